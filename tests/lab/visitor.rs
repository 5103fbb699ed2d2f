//! A person with a browser, as small as it can be: cookies for each host, forms, links with `data-method`,
//! and redirects followed one at a time. No script is run: what a script would click, the test submits.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use samlight_tests::lab::Lab;
use samlight_tests::lab::wire::{self, Answer, Request};

/// A visitor of the lab with an empty cookie jar.
pub(crate) struct Visitor<'lab> {
    lab: &'lab Lab,
    cookies: BTreeMap<(String, String), String>,
}

/// The page that a visitor got for a URL.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) answer: Answer,
}

/// A form with its fields; or what clicking a link with `data-method` sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) method: String,
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl<'lab> Visitor<'lab> {
    pub(crate) fn new(lab: &'lab Lab) -> Self {
        Self { lab, cookies: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, url: &str) -> Result<Page> {
        self.send("GET", url, &[])
    }

    pub(crate) fn submit(&mut self, form: &Form) -> Result<Page> {
        self.send(&form.method, &form.action, &form.fields)
    }

    /// Follows redirects until there is a page.
    pub(crate) fn follow(&mut self, mut page: Page) -> Result<Page> {
        while let Some(location) = page.location() {
            page = self.get(&location)?;
        }
        Ok(page)
    }

    fn send(&mut self, method: &str, url: &str, fields: &[(String, String)]) -> Result<Page> {
        let (host, target) = split(url)?;
        let state = self.lab.state();
        let port = match format!("https://{host}") {
            origin if origin == state.gitlab_origin => self.lab.gitlab_port(),
            origin if origin == state.idp_origin => self.lab.idp_port(),
            origin => bail!("nobody serves {origin}"),
        };
        let mut headers =
            vec![("Host".to_owned(), host.to_owned()), ("X-Forwarded-Proto".to_owned(), "https".to_owned())];
        let jar: Vec<String> = self
            .cookies
            .iter()
            .filter(|((of, _), _)| of == host)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        if !jar.is_empty() {
            headers.push(("Cookie".to_owned(), jar.join("; ")));
        }
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        if method == "POST" {
            headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
        let request =
            Request { method: method.to_owned(), target: target.to_owned(), headers, body: body.join("&") };
        let answer = wire::send(port, &request)?;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.insert((host.to_owned(), name.to_owned()), value.to_owned());
            }
        }
        Ok(Page { url: url.to_owned(), answer })
    }
}

impl Page {
    /// The place that the browser is sent to, as a whole URL.
    pub(crate) fn location(&self) -> Option<String> {
        self.answer.header("location").map(|location| absolute(&self.url, location))
    }

    pub(crate) fn html(&self) -> String {
        self.answer.text()
    }

    /// The text of the flash alert or notice (`kind`) of the page.
    pub(crate) fn flash(&self, kind: &str) -> Option<String> {
        let html = self.html();
        let (_, rest) = html.split_once(&format!("flash-{kind}\""))?;
        let (_, rest) = rest.split_once("gl-alert-body\">")?;
        Some(unescape(rest.split_once("</div>")?.0.trim()))
    }

    /// The form whose tag contains `mark`.
    pub(crate) fn form(&self, mark: &str) -> Result<Form> {
        let html = self.html();
        let form = html
            .split("<form")
            .skip(1)
            .filter_map(|rest| rest.split_once("</form>").map(|(form, _)| form))
            .find(|form| form.split('>').next().is_some_and(|tag| tag.contains(mark)))
            .with_context(|| format!("{} has no form with {mark}:\n{html}", self.url))?;
        let fields = form
            .split("<input")
            .skip(1)
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
            .collect();
        let action = absolute(&self.url, &attribute(form, "action").unwrap_or_default());
        Ok(Form { method: attribute(form, "method").unwrap_or_default().to_uppercase(), action, fields })
    }

    /// The form that a click sends on the link with `data-method` whose tag contains `mark`.
    pub(crate) fn method_link(&self, mark: &str) -> Result<Form> {
        let html = self.html();
        let tag = html
            .split("<a")
            .find(|tag| tag.contains(mark) && tag.contains("data-method"))
            .with_context(|| format!("{} has no link with {mark}:\n{html}", self.url))?;
        let action = absolute(&self.url, &attribute(tag, "href").unwrap_or_default());
        let method = attribute(tag, "data-method").unwrap_or_default();
        Ok(Form {
            method: "POST".to_owned(),
            action,
            fields: vec![
                ("_method".to_owned(), method),
                ("authenticity_token".to_owned(), self.csrf_token().unwrap_or_default()),
            ],
        })
    }

    pub(crate) fn csrf_token(&self) -> Option<String> {
        let html = self.html();
        attribute(html.split_once("name=\"csrf-token\"")?.1, "content")
    }
}

impl Form {
    /// The form with a field filled in.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Host and target of an https URL.
fn split(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("https://").with_context(|| format!("{url} is no https URL"))?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let start = rest.find('/').unwrap_or(rest.len());
    Ok((&rest[..start], if start == rest.len() { "/" } else { &rest[start..] }))
}

/// A link of a page as a whole URL.
fn absolute(base: &str, link: &str) -> String {
    let path = base.split('?').next().unwrap_or(base);
    if link.starts_with("https://") {
        link.to_owned()
    } else if link.starts_with('/') {
        let origin = path.match_indices('/').nth(2).map_or(path, |(end, _)| &path[..end]);
        format!("{origin}{link}")
    } else {
        format!("{path}{link}")
    }
}

/// The value of an attribute in the tag that `text` starts in.
fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split('"').next()?))
}

fn unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#039;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
