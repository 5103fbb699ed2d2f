//! [`App`]: the settings of a SAML app at an identity provider, above all of which field it makes the NameID.
//!
//! A kind of settings is one row of [`KINDS`] and one reader; each names its public page. Settings of Google
//! Workspace have no documented export, and OneLogin documents few of its own, so of those the text of the
//! screen is read (`screen.rs`). Leaves out: whether the settings are as GitLab needs them
//! ([`crate::group::settings`]); and SAML apps of identity providers that document no format.

mod entra;
mod fields;
mod keycloak;
mod okta;
mod onelogin;
mod screen;

use super::{
    directory::Directory,
    expression::{Expression, Unclear},
};
use crate::base::limits::{APPS, FILE_BYTES};
use serde_json::Value;

/// A value in the settings: as it is written, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As the file has it.
    pub written: String,
    /// The same, read; or why it cannot be.
    pub read: Result<Expression, Unclear>,
}

impl Source {
    /// The source that the settings do not name.
    fn unsaid() -> Self {
        Source { written: String::new(), read: Err(Unclear::Unsaid) }
    }

    /// One field as it is.
    fn field(written: &str) -> Self {
        Source { written: written.to_owned(), read: Ok(Expression::field(written)) }
    }
}

/// One SAML app.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// The kind of settings.
    pub kind: &'static Kind,
    /// Its name in the settings; empty where it has none.
    pub name: String,
    /// The source of the NameID.
    pub name_id: Source,
    /// The format of the NameID, as it is written.
    pub format: Option<String>,
    /// The addresses to which Responses go, each with its name on the screen.
    pub acs: Vec<(&'static str, String)>,
    /// The identifiers of whom Responses are for.
    pub audiences: Vec<String>,
    /// Whether the Response or the assertion is signed.
    pub is_signed: Option<bool>,
    /// Whether the assertion is encrypted.
    pub is_encrypted: Option<bool>,
    /// Whether there is an AuthnStatement.
    pub has_authn_statement: Option<bool>,
    /// The names of the attributes that are sent, where the settings name all of them.
    pub attributes: Option<Vec<String>>,
    /// The user name that SCIM sends, where the settings say it.
    pub user_name: Option<Source>,
}

impl App {
    fn of(kind: &'static Kind, name: &str) -> Self {
        App {
            kind,
            name: name.to_owned(),
            name_id: Source::unsaid(),
            format: None,
            acs: Vec::new(),
            audiences: Vec::new(),
            is_signed: None,
            is_encrypted: None,
            has_authn_statement: None,
            attributes: None,
            user_name: None,
        }
    }
}

/// The place of the column of a list that has a field of `provider`.
pub fn column(provider: &str, list: &Directory, field: &str) -> Option<usize> {
    fields::column(provider, list, field)
}

/// One kind of settings.
#[derive(Debug)]
pub struct Kind {
    /// The identity provider, as [`super::directory::Kind`] calls it.
    pub provider: &'static str,
    /// The settings, as people call them.
    pub export: &'static str,
    /// The page that documents them.
    pub source: &'static str,
    /// The name of the NameID's source on the administrator's screen.
    pub label: &'static str,
    /// Whether nothing else looks like them, so that they may come among other files.
    pub is_certain: bool,
    read: fn(&'static Kind, &Content<'_>) -> Vec<App>,
}

impl PartialEq for Kind {
    /// Each kind is one row of [`KINDS`].
    fn eq(&self, other: &Self) -> bool {
        (self.provider, self.export) == (other.provider, other.export)
    }
}

/// The content of a file, as readers take it.
enum Content<'t> {
    Json(Value),
    Text(&'t str),
}

/// The kinds; the first that finds something holds.
pub const KINDS: &[Kind] = &[
    entra::CLAIMS_MAPPING,
    entra::CUSTOM_CLAIMS,
    entra::MANIFEST,
    okta::APP,
    keycloak::CLIENT,
    onelogin::APP,
    screen::ENTRA,
    screen::OKTA,
    screen::ONELOGIN,
    screen::GOOGLE,
];

/// The apps in the settings that `content` is; none where it is something else.
pub fn read(content: &str) -> Vec<App> {
    let content = content.trim_start_matches('\u{feff}').trim();
    if content.len() > FILE_BYTES {
        return Vec::new();
    }
    let content = match content.starts_with(['{', '[']) {
        true => serde_json::from_str(content).map(Content::Json).unwrap_or(Content::Text("")),
        false => Content::Text(content),
    };
    let mut found = KINDS.iter().map(|kind| (kind.read)(kind, &content));
    let mut apps = found.find(|apps| !apps.is_empty()).unwrap_or_default();
    apps.truncate(APPS);
    apps
}

/// The objects in a file of JSON: one, a list of them, or an object that has the list under `name`.
fn objects<'v>(content: &'v Content<'_>, names: &[&str]) -> Vec<&'v Value> {
    let Content::Json(whole) = content else { return Vec::new() };
    let listed = names.iter().find_map(|name| whole.get(name)?.as_array());
    match (whole, listed) {
        (Value::Array(list), _) | (_, Some(list)) => list.iter().filter(|it| it.is_object()).collect(),
        (Value::Object(_), None) => vec![whole],
        _ => Vec::new(),
    }
}

fn text<'v>(of: &'v Value, path: &str) -> Option<&'v str> {
    of.pointer(path)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn list<'v>(of: &'v Value, path: &str) -> &'v [Value] {
    of.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn texts(of: &Value, path: &str) -> Vec<String> {
    list(of, path).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
pub(crate) mod tests;
