//! A GitLab instance: its origin and relative URL root.
//!
//! An origin that was never named a GitLab is never treated as one. GitLab.com is named from the start;
//! others are named by the person, in [`Settings`](crate::event::settings::Settings). An instance can live
//! under a relative URL root (`gon.relative_url_root`): `https://host/gitlab`.
//!
//! A person's input is normalised as browsers write an origin (WHATWG URL 4.3: lower case, no default port),
//! or refused with a reason. Leaves out: host names in other scripts, which must be typed in their ASCII
//! form.

use super::GITLAB_COM;
use crate::{
    base::{address::Address, catalogue::Text},
    text,
};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// Hosts to which a browser sends http without anybody on the way (W3C Secure Contexts 3.1).
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// Parts of a path that stand below GitLab's root: who types them has copied the address of a page.
const PAGES: [&str; 5] = ["/-/", "/users/", "/groups/", "/admin/", "/dashboard/"];

/// A GitLab instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// `https://gitlab.com`.
    pub origin: String,
    /// `/gitlab`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub root: String,
}

/// Paths of GitLab's below its root on which people sign in.
const SIGN_IN_PATHS: [&str; 2] = ["/users/sign_in", "/users/auth/"];

impl Instance {
    /// GitLab.com.
    pub fn gitlab_com() -> Self {
        Instance { origin: "https://gitlab.com".into(), root: String::new() }
    }

    /// The instance at `url`: its origin, and its path as the relative URL root. `None` when it is no http(s)
    /// URL.
    pub fn at(url: &str) -> Option<Self> {
        let address = Address::parse(url)?;
        Some(Instance {
            origin: address.origin.to_ascii_lowercase(),
            root: address.path.trim_end_matches('/').to_owned(),
        })
    }

    /// The instance that the page at `url` is of, when it looks like a page of GitLab's: by its host's name
    /// or by a path that few others have. None for what nobody could name, and for GitLab.com.
    pub fn of_page(url: &str) -> Option<Self> {
        let address = Address::parse(url)?;
        let signs_in = SIGN_IN_PATHS.iter().find_map(|path| address.path.find(path));
        let is_like = signs_in.is_some() || address.path.contains("/-/") || address.host().contains("gitlab");
        // Elsewhere a path can begin with a group as well as with the relative URL root.
        let root = address.path.get(..signs_in.unwrap_or(0)).unwrap_or_default();
        Instance::named(&format!("{}{root}", address.origin), &[]).ok().filter(|_| is_like)
    }

    /// The instance that a person names by typing `address`, beside those that are `known`. Without a scheme
    /// it is https.
    ///
    /// # Errors
    /// The reason why it cannot be added.
    pub fn named(address: &str, known: &[Instance]) -> Result<Self, Refusal> {
        let typed = address.trim();
        let (scheme, rest) = typed.split_once("://").unwrap_or(("https", typed));
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return Err(Refusal::Scheme),
        };
        let (authority, path) =
            rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len())).unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(Refusal::Credentials);
        }
        if path.contains(['?', '#']) {
            return Err(Refusal::Query);
        }
        let (host, port) = split_port(authority);
        let host = written_host(host)?;
        let port = match port {
            None | Some("") => default_port,
            Some(port) => port.parse::<u16>().ok().filter(|port| *port > 0).ok_or(Refusal::Port)?,
        };
        if scheme == "http" && !LOOPBACK.contains(&host.as_str()) {
            return Err(Refusal::Http);
        }
        let root = written_root(path)?;
        let port = if port == default_port { String::new() } else { format!(":{port}") };
        let instance = Instance { origin: format!("{scheme}://{host}{port}"), root };
        if instance.origin == Instance::gitlab_com().origin {
            return Err(Refusal::GitlabCom);
        }
        if known.contains(&instance) { Err(Refusal::Known(instance)) } else { Ok(instance) }
    }

    /// The match pattern of the browser permission that this instance needs: its origin alone.
    ///
    /// Not every browser's patterns know ports (Firefox's do not); where they do, the default port is named
    /// too, because a pattern without one is for every port.
    pub fn access_pattern(&self, ports: Ports) -> String {
        if self.is_gitlab_com() { GITLAB_COM.to_owned() } else { format!("{}/*", self.pattern_origin(ports)) }
    }

    /// The match patterns of its pages: the start page and all below the root. Where patterns know no ports
    /// they are for those of other ports, too; [`path_of`](Self::path_of) tells these apart.
    pub fn page_patterns(&self, ports: Ports) -> Vec<String> {
        let origin = self.pattern_origin(ports);
        let below = format!("{origin}{}/*", self.root);
        if self.root.is_empty() { vec![below] } else { vec![format!("{origin}{}", self.root), below] }
    }

    fn pattern_origin(&self, ports: Ports) -> String {
        let (scheme, authority) = self.origin.split_once("://").unwrap_or(("https", &self.origin));
        let (host, port) = split_port(authority);
        match ports {
            Ports::Unknown => format!("{scheme}://{host}"),
            Ports::Known => {
                let port = port.unwrap_or(if scheme == "http" { "80" } else { "443" });
                format!("{scheme}://{host}:{port}")
            }
        }
    }

    /// The path of `address` below this instance's root, beginning with `/`; `None` when it lies elsewhere.
    pub fn path_of<'a>(&self, address: &Address<'a>) -> Option<&'a str> {
        if !address.origin.eq_ignore_ascii_case(&self.origin) {
            return None;
        }
        match address.path.strip_prefix(self.root.as_str())? {
            "" => Some("/"),
            path if path.starts_with('/') => Some(path),
            _ => None,
        }
    }

    /// The address of `path` (with its leading `/`) on this instance.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.root)
    }

    /// Whether this is GitLab.com, where group SAML is the rule and there is no administrator to ask.
    pub fn is_gitlab_com(&self) -> bool {
        *self == Instance::gitlab_com()
    }
}

/// Whether a browser's match patterns can name a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ports {
    /// They can (Chromium).
    Known,
    /// They cannot: a pattern is for every port of the host (Firefox).
    Unknown,
}

/// The reason why an address cannot be added as a GitLab instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Neither https nor http.
    Scheme,
    /// There is a user name or a password in it.
    Credentials,
    /// There is a query or a fragment in it.
    Query,
    /// No host.
    NoHost,
    /// The text in the host's place is no name or number of a host.
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// http, and not on this computer.
    Http,
    /// It is a page below the root.
    Page,
    /// The path has characters that a root cannot have.
    Root,
    /// It is GitLab.com, which is built in.
    GitlabCom,
    /// It is there already.
    Known(Instance),
}

impl Refusal {
    /// The problem and what to do about it, for people.
    pub fn text(&self) -> Text {
        match self {
            Refusal::Scheme => text!("instance.refused.scheme"),
            Refusal::Credentials => text!("instance.refused.credentials"),
            Refusal::Query => text!("instance.refused.query"),
            Refusal::NoHost => text!("instance.refused.no-host"),
            Refusal::Host => text!("instance.refused.host"),
            Refusal::Port => text!("instance.refused.port"),
            Refusal::Http => text!("instance.refused.http"),
            Refusal::Page => text!("instance.refused.page"),
            Refusal::Root => text!("instance.refused.root"),
            Refusal::GitlabCom => text!("instance.refused.gitlab-com"),
            Refusal::Known(instance) => text!("instance.refused.known", address = instance.url("")),
        }
    }
}

/// Host and port of an authority; the colons of an IPv6 address are inside brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// `host` as browsers write it.
fn written_host(host: &str) -> Result<String, Refusal> {
    if host.is_empty() {
        return Err(Refusal::NoHost);
    }
    if let Some(number) = host.strip_prefix('[') {
        let address = number.strip_suffix(']').and_then(|number| number.parse::<Ipv6Addr>().ok());
        // Browsers write an IPv4 address inside it in hexadecimal; nobody has a GitLab there.
        let address = address.filter(|address| address.to_ipv4_mapped().is_none()).ok_or(Refusal::Host)?;
        return Ok(format!("[{address}]"));
    }
    let host = host.to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    // A last label of digits makes the browser read all as an IPv4 address, in several notations.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with("0x") || last.chars().all(|c| c.is_ascii_digit());
    let is_host = host.split('.').all(is_label) && (!is_number || host.parse::<Ipv4Addr>().is_ok());
    if is_host { Ok(host) } else { Err(Refusal::Host) }
}

/// The relative URL root in `path`, without the slash at its end.
fn written_root(path: &str) -> Result<String, Refusal> {
    let root = path.trim_end_matches('/');
    let slashed = format!("{root}/");
    if PAGES.iter().any(|page| slashed.contains(page)) {
        return Err(Refusal::Page);
    }
    // Dots alone are steps in the tree; `*` would match anything in a pattern.
    let is_segment = |segment: &str| {
        let is_name =
            segment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'));
        !segment.is_empty() && is_name && segment.chars().any(|c| c != '.')
    };
    let is_root = root.is_empty() || root.split('/').skip(1).all(is_segment);
    if is_root { Ok(root.to_owned()) } else { Err(Refusal::Root) }
}

impl fmt::Display for Instance {
    /// `gitlab.com`, `gitlab.example.com/gitlab`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        write!(f, "{host}{}", self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(address: &str) -> Result<String, Refusal> {
        Instance::named(address, &[]).map(|instance| instance.url(""))
    }

    #[test]
    fn a_page_that_looks_like_one_of_gitlabs_leads_to_its_instance() {
        for (page, instance) in [
            ("https://gitlab.company.example/", Some("https://gitlab.company.example")),
            ("https://git.example.com/users/sign_in", Some("https://git.example.com")),
            ("https://example.com:8443/tools/users/auth/saml", Some("https://example.com:8443/tools")),
            ("https://code.example.com/acme/-/saml", Some("https://code.example.com")),
            ("https://gitlab.com/acme", None),
            ("https://example.com/wiki", None),
            ("http://gitlab.example.com/", None),
            ("about:blank", None),
            ("", None),
        ] {
            assert_eq!(Instance::of_page(page).map(|it| it.url("")), instance.map(str::to_owned), "{page}");
        }
    }

    #[test]
    fn what_is_typed_is_written_as_browsers_write_it() {
        for (typed, written) in [
            ("https://gitlab.example.com", "https://gitlab.example.com"),
            (" GitLab.Example.COM/ ", "https://gitlab.example.com"),
            ("HTTPS://gitlab.example.com:443/gitlab/", "https://gitlab.example.com/gitlab"),
            ("https://gitlab.example.com:8443/gitlab", "https://gitlab.example.com:8443/gitlab"),
            ("gitlab.example.com:8443/a/b", "https://gitlab.example.com:8443/a/b"),
            ("https://gitlab.example.com:0443", "https://gitlab.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:80/gitlab", "http://127.0.0.1/gitlab"),
            ("http://[0:0::1]:8080/", "http://[::1]:8080"),
            ("https://192.0.2.7", "https://192.0.2.7"),
            ("https://[2001:DB8::7]/Gitlab", "https://[2001:db8::7]/Gitlab"),
        ] {
            assert_eq!(named(typed).as_deref(), Ok(written), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_added_is_refused_with_its_reason() {
        for (typed, refusal) in [
            ("", Refusal::NoHost),
            ("https://", Refusal::NoHost),
            ("https:///gitlab", Refusal::NoHost),
            ("https://:8443", Refusal::NoHost),
            ("ftp://gitlab.example.com", Refusal::Scheme),
            ("javascript://gitlab.example.com", Refusal::Scheme),
            ("https://ada:secret@gitlab.example.com", Refusal::Credentials),
            ("ada@gitlab.example.com", Refusal::Credentials),
            ("https://gitlab.example.com/?private", Refusal::Query),
            ("https://gitlab.example.com?x=1", Refusal::Query),
            ("https://gitlab.example.com/#top", Refusal::Query),
            ("https://*.example.com", Refusal::Host),
            ("https://gitlab..example.com", Refusal::Host),
            ("https://gitlab.com.", Refusal::Host),
            ("https://gitlab example.com", Refusal::Host),
            ("https://gitlab.example.com\\x", Refusal::Host),
            ("https://gitläb.example.com", Refusal::Host),
            ("https://127.1", Refusal::Host),
            ("https://0x7f000001", Refusal::Host),
            ("https://[::ffff:127.0.0.1]", Refusal::Host),
            ("https://[::1", Refusal::Host),
            ("https://gitlab.example.com:0", Refusal::Port),
            ("https://gitlab.example.com:65536", Refusal::Port),
            ("https://gitlab.example.com:port", Refusal::Port),
            ("http://gitlab.example.com", Refusal::Http),
            ("http://127.0.0.2", Refusal::Http),
            ("http://localhost.example.com", Refusal::Http),
            ("https://gitlab.example.com/users/sign_in", Refusal::Page),
            ("https://gitlab.example.com/gitlab/groups/acme/-/saml", Refusal::Page),
            ("https://gitlab.example.com/git*", Refusal::Root),
            ("https://gitlab.example.com/a/../b", Refusal::Root),
            ("https://gitlab.example.com//a", Refusal::Root),
            ("https://gitlab.example.com/a%2Fb", Refusal::Root),
            ("https://gitlab.com", Refusal::GitlabCom),
            ("GITLAB.com:443/acme", Refusal::GitlabCom),
        ] {
            assert_eq!(named(typed), Err(refusal), "{typed}");
        }
    }

    #[test]
    fn one_instance_is_added_once_and_another_root_is_another_instance() {
        let known = [Instance::named("https://gitlab.example.com:8443/gitlab", &[]).unwrap()];
        let again = Instance::named("gitlab.example.com:8443/gitlab/", &known);
        assert_eq!(again, Err(Refusal::Known(known[0].clone())));
        let text = Refusal::Known(known[0].clone()).text().to_string();
        assert!(text.contains("https://gitlab.example.com:8443/gitlab"), "{text}");
        assert!(Instance::named("gitlab.example.com:8443", &known).is_ok());
    }

    #[test]
    fn patterns_are_as_narrow_as_the_browser_can_express() {
        let patterns = |address: &str, ports| {
            let instance = Instance::named(address, &[]).unwrap();
            (instance.access_pattern(ports), instance.page_patterns(ports).join(" "))
        };
        let pair = |access: &str, pages: &str| (access.to_owned(), pages.to_owned());
        assert_eq!(
            patterns("https://gitlab.example.com:8443/gitlab", Ports::Known),
            pair(
                "https://gitlab.example.com:8443/*",
                "https://gitlab.example.com:8443/gitlab https://gitlab.example.com:8443/gitlab/*"
            )
        );
        assert_eq!(
            patterns("https://gitlab.example.com:8443", Ports::Unknown),
            pair("https://gitlab.example.com/*", "https://gitlab.example.com/*")
        );
        assert_eq!(patterns("http://[::1]", Ports::Known).0, "http://[::1]:80/*");
        assert_eq!(patterns("http://[::1]:8080", Ports::Unknown).0, "http://[::1]/*");
        assert_eq!(patterns("gitlab.example.com", Ports::Known).0, "https://gitlab.example.com:443/*");
        assert_eq!(Instance::gitlab_com().access_pattern(Ports::Known), GITLAB_COM);
    }

    #[test]
    fn a_path_below_the_relative_root_is_found_and_a_neighbour_is_not() {
        let instance = Instance::at("https://Host.example.com/gitlab/").unwrap();
        let path = |url| instance.path_of(&Address::parse(url).unwrap()).map(str::to_owned);
        assert_eq!(path("https://host.example.com/gitlab/groups/acme").as_deref(), Some("/groups/acme"));
        assert_eq!(path("https://host.example.com/gitlab").as_deref(), Some("/"));
        assert_eq!(path("https://host.example.com/gitlabber/groups"), None);
        assert_eq!(path("https://other.example.com/gitlab/groups"), None);
        assert_eq!(instance.to_string(), "host.example.com/gitlab");
    }
}
