//! Addresses as they may be shown or leave: the one redaction of all addresses, wherever they stand.
//!
//! [`address`] cuts an address into its [`Part`]s (RFC 3986, section 3, as browsers read it) and asks a
//! [`Hide`] what stands for each. User name and password never come out. What nobody asks for is hidden: a
//! part is open because it is in a list here, never because nothing is known against it.
//!
//! Leaves out: resolving and normalising. Relative addresses and damaged ones are cut the same way.

use super::{characters::folded, redact::placeholder};

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Host and port.
    Host,
    /// A segment of the path.
    Segment,
    /// A segment behind a word that says that it is a credential: `/-/invites/…`.
    Credential,
    /// A segment of a group's path, which stands behind `/groups/` and before `/-/`.
    Group,
    /// The name of a parameter of the query.
    Name,
    /// The value of the parameter with this name.
    Value(&'a str),
    /// Anything else: parameters of a segment, a query without names, a fragment, what is no web address.
    Rest,
}

/// The texts that stand for the parts of an address.
pub trait Hide {
    /// The text for `text`, which is this `part`. For a value, nothing takes the parameter out.
    fn hide(&mut self, part: Part<'_>, text: &str) -> Option<String>;
}

/// On the person's own screen: hides what can be a credential.
pub struct OnScreen;

/// In what a person sends to somebody who knows the group: hides all that is not known to be harmless.
pub struct InMessage<'a> {
    /// The path of the group, which can be shown.
    pub group: &'a str,
}

impl Hide for OnScreen {
    fn hide(&mut self, part: Part<'_>, text: &str) -> Option<String> {
        let is_shown = match part {
            Part::Host | Part::Segment | Part::Group | Part::Name => !is_token(text),
            Part::Value(name) => is_open_value(name, text),
            Part::Credential => false,
            Part::Rest => text.is_empty(),
        };
        Some(if is_shown { text.to_owned() } else { placeholder(text) })
    }
}

impl Hide for InMessage<'_> {
    fn hide(&mut self, part: Part<'_>, text: &str) -> Option<String> {
        let is_shown = match part {
            Part::Host => is_host(text),
            Part::Segment => is_word(text),
            Part::Group => self.group.split('/').any(|segment| segment == text),
            Part::Name => is_open_name(text),
            Part::Value(name) => name == "group_path" && text == self.group,
            Part::Credential => false,
            Part::Rest => text.is_empty(),
        };
        Some(if is_shown { text.to_owned() } else { placeholder(text) })
    }
}

/// Names of parameters whose values say where a request goes and nothing else.
const OPEN_VALUES: [&str; 3] = ["group_path", "remember_me", "SigAlg"];

/// Names of parameters that can be shown; of any other one the name may be the secret.
const OPEN_NAMES: [&str; 25] = [
    "key",
    "SAMLRequest",
    "SAMLResponse",
    "SAMLart",
    "SAMLEncoding",
    "SigAlg",
    "Signature",
    "RelayState",
    "wa",
    "wresult",
    "wctx",
    "wtrealm",
    "wreply",
    "token",
    "group_path",
    "remember_me",
    "redirect_to",
    "redirect_fragment",
    "provider",
    "invite_type",
    "code",
    "state",
    "locale",
    "private_token",
    "access_token",
];

/// Words behind which a segment is a credential.
const BEFORE_CREDENTIALS: [&str; 12] = [
    "invites",
    "invite",
    "invitation",
    "invitations",
    "token",
    "tokens",
    "confirmation",
    "confirm",
    "unlock",
    "reset",
    "password",
    "unsubscribe",
];

/// Words in paths that say what is there and not whose it is: of GitLab's routes, of SAML and SCIM, and of
/// the usual identity providers. In small letters.
const WORDS: [&str; 94] = [
    "-",
    ".",
    "..",
    "3",
    "acs",
    "adfs",
    "admin",
    "api",
    "app",
    "apps",
    "artifact",
    "auth",
    "authorize",
    "broker",
    "callback",
    "clients",
    "common",
    "confirmation",
    "dashboard",
    "edit",
    "explore",
    "federation",
    "federationmetadata",
    "gitlab",
    "group_members",
    "group_saml",
    "groups",
    "home",
    "identities",
    "identity",
    "idp",
    "idp-initiated",
    "index",
    "index.html",
    "index.php",
    "initsso",
    "invites",
    "landing",
    "login",
    "logout",
    "members",
    "metadata",
    "metadata.php",
    "module.php",
    "new",
    "oauth",
    "oauth2",
    "omniauth",
    "openid-connect",
    "organizations",
    "paos",
    "password",
    "post",
    "profile",
    "projects",
    "protocol",
    "protocols",
    "provider",
    "providers",
    "realms",
    "redirect",
    "relay",
    "reset",
    "response",
    "saml",
    "saml1",
    "saml11",
    "saml2",
    "samlp",
    "saml_1",
    "saml_2",
    "saml_3",
    "scim",
    "session",
    "shibboleth",
    "sign_in",
    "sign_out",
    "sign_up",
    "simplesaml",
    "simplesign",
    "singlelogoutservice",
    "singlesignonservice",
    "singlesignonservice.php",
    "slo",
    "soap",
    "spslo",
    "sso",
    "ssoservice.php",
    "trust",
    "unlink",
    "user",
    "user_settings",
    "users",
    "v1",
];

/// More of them: versions and what has none in front.
const MORE_WORDS: [&str; 10] =
    ["help", "v2", "v2.0", "v4", "wsfed", "x509", "account", "2005", "2007-06", "federationmetadata.xml"];

/// The beginnings of tokens of GitLab, without the hyphen that ends each (GitLab's documentation, "Token
/// overview", "Token prefixes"); what follows opens something.
const TOKEN_PREFIXES: [&str; 13] = [
    "glpat", "gloas", "gldt", "glrt", "glrtr", "glcbt", "glptt", "glft", "glimt", "glagent", "glwt",
    "glsoat", "glffct",
];

/// Longest label of a host that is taken for a name.
const LONGEST_LABEL: usize = 40;

/// Whether `segment` is a word of the lists, in whatever case and spelling.
pub fn is_word(segment: &str) -> bool {
    segment.is_empty()
        || folded(segment)
            .is_some_and(|word| WORDS.contains(&word.as_str()) || MORE_WORDS.contains(&word.as_str()))
}

/// Whether the name of a parameter can be shown.
pub fn is_open_name(name: &str) -> bool {
    OPEN_NAMES.contains(&name)
}

/// Domains of services and of documentation: what stands before them is whose it is. They and the words are
/// all of a host that says nothing of anybody.
const DOMAINS: [&str; 20] = [
    "gitlab.com",
    "gitlab.io",
    "microsoftonline.com",
    "microsoftonline.us",
    "microsoft.com",
    "windows.net",
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "onelogin.com",
    "google.com",
    "auth0.com",
    "pingone.com",
    "pingidentity.com",
    "duosecurity.com",
    "jumpcloud.com",
    "amazonaws.com",
    "example.com",
    "example.org",
    "example.net",
];
const HOST_WORDS: [&str; 14] = [
    "accounts", "adfs", "app", "auth", "auth1", "gitlab", "idp", "login", "portal", "saml", "secure", "sso",
    "sts", "www",
];

/// The domain of a service that `name` is or ends with, and whether what stands before it is known, too.
pub fn is_known_host(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    let known = |domain: &&str| {
        let before = small.strip_suffix(*domain)?;
        let labels = before.strip_suffix('.').or_else(|| before.is_empty().then_some(""))?;
        Some(labels.is_empty() || labels.split('.').all(|label| HOST_WORDS.contains(&label)))
    };
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&small.as_str());
    is_loopback || DOMAINS.iter().any(|domain| known(domain) == Some(true))
}

/// A host without its port, and its port with the colon.
pub fn split_port(host: &str) -> (&str, &str) {
    let at = host.rfind(':').filter(|at| !host.ends_with(']') && *at > 0);
    at.and_then(|at| host.split_at_checked(at)).unwrap_or((host, ""))
}

/// Whether `host`, with its port, is written like one: letters, digits and hyphens, no label that can only be
/// a code.
pub fn is_host(host: &str) -> bool {
    let (name, port) = split_port(host);
    let port = port.trim_start_matches(':');
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && !is_token(label)
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
    };
    let is_ipv6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).is_some_and(|inner| {
        inner.len() <= 45 && inner.bytes().all(|octet| octet.is_ascii_hexdigit() || b":.".contains(&octet))
    });
    let name = name.strip_suffix('.').unwrap_or(name);
    port.len() <= 5
        && port.bytes().all(|octet| octet.is_ascii_digit())
        && (is_ipv6 || name.split('.').all(is_label))
}

/// Whether `text` holds a token of GitLab, in whatever case.
pub(super) fn is_token(text: &str) -> bool {
    // Few words have a hyphen, and every word of a log comes here.
    memchr::memchr_iter(b'-', text.as_bytes()).any(|at| {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        TOKEN_PREFIXES.iter().any(|prefix| {
            let begin = before.len().checked_sub(prefix.len());
            begin
                .and_then(|begin| before.get(begin..))
                .is_some_and(|end| end.eq_ignore_ascii_case(prefix.as_bytes()))
        })
    })
}

fn is_open_value(name: &str, value: &str) -> bool {
    OPEN_VALUES.contains(&name) && is_plain(value) && !is_token(value)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"_.-%/".contains(&octet))
}

/// `url` with what `hide` gives for its parts. Of an address that is none of the web's only the scheme stays.
pub fn address(url: &str, hide: &mut dyn Hide) -> String {
    let begin = url.len() - url.trim_start().len();
    let (space, url) = url.split_at_checked(begin).unwrap_or(("", url));
    let (without_fragment, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (location, query) = match without_fragment.split_once('?') {
        Some((before, after)) => (before, Some(after)),
        None => (without_fragment, None),
    };
    let mut shown = space.to_owned() + &shown_location(location, hide);
    if let Some(query) = query {
        let pairs: Vec<String> = query.split('&').filter_map(|pair| shown_pair(pair, hide)).collect();
        if !pairs.is_empty() {
            shown.push('?');
            shown.push_str(&pairs.join("&"));
        }
    }
    if !fragment.is_empty() {
        shown.push('#');
        shown.push_str(&hide.hide(Part::Rest, fragment).unwrap_or_default());
    }
    shown
}

fn shown_location(location: &str, hide: &mut dyn Hide) -> String {
    let mut rest_of = |text: &str| {
        if text.is_empty() { String::new() } else { hide.hide(Part::Rest, text).unwrap_or_default() }
    };
    let (scheme, rest) = match location.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (format!("{scheme}:"), rest),
        // Before a colon that belongs to no scheme anything can stand.
        Some((before, _)) if !before.contains('/') => return rest_of(location),
        _ => (String::new(), location),
    };
    if !scheme.is_empty() && !rest.starts_with("//") {
        return format!("{scheme}{}", rest_of(rest));
    }
    let Some(rest) = rest.strip_prefix("//") else { return shown_path(rest, hide) };
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = if path.starts_with('\\') { rest_of(path) } else { shown_path(path, hide) };
    let host = if host.is_empty() { String::new() } else { hide.hide(Part::Host, host).unwrap_or_default() };
    format!("{scheme}//{host}{path}")
}

/// Schemes of addresses that are told by their names; of any other one the name may be the secret.
fn is_scheme(scheme: &str) -> bool {
    const SCHEMES: [&str; 12] =
        ["http", "https", "data", "blob", "file", "urn", "mailto", "javascript", "about", "ftp", "ws", "wss"];
    SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
}

fn shown_path(path: &str, hide: &mut dyn Hide) -> String {
    let (mut before, mut in_group) = ("", false);
    let mut shown = Vec::new();
    for written in path.split('/') {
        let (segment, parameters) = match written.split_once(';') {
            Some((segment, parameters)) => (segment, Some(parameters)),
            None => (written, None),
        };
        in_group = segment != "-" && (in_group || before == "groups");
        let part = match () {
            () if BEFORE_CREDENTIALS.contains(&before) && !is_word(segment) => Part::Credential,
            () if in_group => Part::Group,
            () => Part::Segment,
        };
        let mut text = match segment {
            "" => String::new(),
            segment => hide.hide(part, segment).unwrap_or_default(),
        };
        if let Some(parameters) = parameters {
            text.push(';');
            text.push_str(&hide.hide(Part::Rest, parameters).unwrap_or_default());
        }
        shown.push(text);
        before = segment;
    }
    shown.join("/")
}

fn shown_pair(pair: &str, hide: &mut dyn Hide) -> Option<String> {
    match pair.split_once('=') {
        // Without a value, the name itself may be a credential: base64 ends like this.
        Some((name, value)) if !value.trim_matches('=').is_empty() && is_plain(name) => {
            let value = hide.hide(Part::Value(name), value)?;
            let name = hide.hide(Part::Name, name).unwrap_or_default();
            Some(format!("{name}={value}"))
        }
        Some((name, "")) if is_open_name(name) => Some(pair.to_owned()),
        _ if pair.is_empty() => Some(String::new()),
        _ => hide.hide(Part::Rest, pair),
    }
}
