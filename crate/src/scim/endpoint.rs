//! The address that a SCIM app is given: Base URL in Okta, Tenant URL in Entra ID.
//!
//! gitlab-facts 3.7 and 5.4 (S08, S14, S17); rows R81 to R83 and R94 to R97: it is the SCIM API endpoint of a
//! top-level group, or of the instance, with nothing behind it; characters of the group's path that Entra ID
//! cannot send must be escaped; and the identity provider must be able to reach it. Leaves out: whether
//! anybody answers there, since Samlight asks nobody.

use super::{EvidenceReader, Statement, evidence::Asked};
use crate::{
    base::{
        address::Address,
        catalogue::Text,
        order::sort_by_key,
        severity::{Sentence, Severity},
    },
    binding, text,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::net::IpAddr;

pub(super) const READER: EvidenceReader =
    EvidenceReader { recognises: is_address, can_be_other: true, is_of_people: false, read };

/// Below GitLab's root: the SCIM API of groups, with the group behind it, and that of the instance.
const OF_GROUPS: &str = "/api/scim/v2/groups/";
const OF_INSTANCE: &str = "/api/scim/v2/application";

fn is_address(content: &str) -> bool {
    let bare = bare(content);
    let starts = |scheme: &str| bare.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
    // One that carries a message is of a sign-in.
    (starts("http://") || starts("https://"))
        && !bare.contains(char::is_whitespace)
        && !binding::carries(bare)
}

/// The address without what people copy with it: a label before it, and quotation marks or brackets round it.
fn bare(content: &str) -> &str {
    const MARKS: [char; 13] = ['"', '\'', '`', '<', '>', '(', ')', '[', ']', '“', '”', '‘', '’'];
    const LABEL: usize = 60;
    let is_mark = |c: char| MARKS.contains(&c) || c.is_whitespace();
    let content = content.trim_matches(is_mark);
    let parts = content.find("http").filter(|at| *at <= LABEL).and_then(|at| content.split_at_checked(at));
    let label = parts.filter(|(label, _)| is_label(label.trim_end_matches(is_mark)));
    let address = label.map_or(content, |(_, address)| address);
    address.trim_matches(is_mark)
}

/// Whether a text before an address only names it: a few words and a colon or an equals sign.
fn is_label(text: &str) -> bool {
    let name = text.strip_suffix([':', '=']).unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '*'))
}

fn read(content: &str, asked: &Asked) -> Vec<Statement> {
    let sentences = check(bare(content), asked.endpoint.as_deref());
    vec![Statement { sentences, ..Statement::default() }]
}

/// The faults of `url`, worst first, or that it is right. `expected` is the address that GitLab shows, where
/// it is known.
pub fn check(url: &str, expected: Option<&str>) -> Vec<Sentence> {
    let url = url.trim();
    let Some(address) = Address::parse(url) else {
        return vec![sentence((Severity::Error, text!("scim-url.no-url")))];
    };
    let found = match Target::of(url, &address) {
        Ok(target) => [reach(&address), target.escaped(&address), Some(target.compare(url, expected))],
        Err(problem) => [Some((Severity::Error, problem)), reach(&address), None],
    };
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    sort_by_key(&mut found, |(severity, _)| std::cmp::Reverse(*severity));
    found.into_iter().map(sentence).collect()
}

fn sentence((severity, text): (Severity, Text)) -> Sentence {
    Sentence { severity, text: text.to_string() }
}

/// The owner of the SCIM API.
enum Target {
    /// A group's, with its path as it should be written.
    Group(String),
    /// The instance's.
    Instance,
}

impl Target {
    fn of(url: &str, address: &Address<'_>) -> Result<Self, Text> {
        if url.contains(['?', '#']) {
            return Err(text!("scim-url.query"));
        }
        let path = address.path.trim_end_matches('/');
        if path.ends_with(OF_INSTANCE) {
            let is_gitlab_com = address.host().eq_ignore_ascii_case("gitlab.com");
            return if is_gitlab_com { Err(text!("scim-url.not-gitlab-com")) } else { Ok(Target::Instance) };
        }
        let Some((_, rest)) = path.split_once(OF_GROUPS) else {
            return Err(match path.contains(OF_INSTANCE) {
                true => text!("scim-url.behind"),
                false => text!("scim-url.no-endpoint"),
            });
        };
        let (group, behind) = rest.split_once('/').unwrap_or((rest, ""));
        let group = percent_decode_str(group).decode_utf8_lossy();
        match behind.split('/').next().unwrap_or_default() {
            _ if group.is_empty() => Err(text!("scim-url.no-endpoint")),
            _ if group.contains('/') => Err(text!("scim-url.subgroup")),
            "" => Ok(Target::Group(escape(&group))),
            "Users" | "Groups" | "ServiceProviderConfig" | "Schemas" => Err(text!("scim-url.behind")),
            _ => Err(text!("scim-url.subgroup")),
        }
    }

    /// That the group's path has characters that must be escaped, and are not (R82, R83).
    fn escaped(&self, address: &Address<'_>) -> Option<(Severity, Text)> {
        let Target::Group(group) = self else { return None };
        let path = address.path.trim_end_matches('/');
        let (root, written) = path.split_once(OF_GROUPS)?;
        let right = format!("{}{root}{OF_GROUPS}{group}", address.origin);
        (!written.eq_ignore_ascii_case(group))
            .then(|| (Severity::Warning, text!("scim-url.escape", url = right)))
    }

    /// Whether it is the address that GitLab shows, however it is escaped; where that is not known, whose it
    /// is.
    fn compare(&self, url: &str, expected: Option<&str>) -> (Severity, Text) {
        let same = |expected: &str| plain(expected) == plain(url);
        match expected {
            None => (Severity::Good, self.name()),
            Some(expected) if Address::parse(expected.trim()).is_none() => {
                (Severity::Warning, text!("scim-url.expected-none", url = expected))
            }
            Some(expected) if same(expected) => (Severity::Good, text!("scim-url.same")),
            Some(expected) => (Severity::Error, text!("scim-url.other", url = expected)),
        }
    }

    fn name(&self) -> Text {
        match self {
            Target::Group(group) => {
                text!("scim-url.of-group", group = percent_decode_str(group).decode_utf8_lossy())
            }
            Target::Instance => text!("scim-url.of-instance"),
        }
    }
}

/// An address without escapes and without a `/` at its end, its origin in lower case.
fn plain(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let Some(address) = Address::parse(url) else { return url.to_owned() };
    format!("{}{}", address.origin.to_ascii_lowercase(), percent_decode_str(address.path).decode_utf8_lossy())
}

/// A group's path with everything escaped that Entra ID cannot send: all but letters, digits, `-` and `_`.
pub(super) fn escape(group: &str) -> String {
    const LEFT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    utf8_percent_encode(group, LEFT).to_string()
}

/// The fault that keeps an identity provider on the internet from reaching the host.
fn reach(address: &Address<'_>) -> Option<(Severity, Text)> {
    let host = address.host().to_ascii_lowercase();
    if is_private(&host) {
        return Some((Severity::Warning, text!("scim-url.private", host = host)));
    }
    let is_plain = !address.origin.to_ascii_lowercase().starts_with("https:");
    is_plain.then(|| (Severity::Error, text!("scim-url.http")))
}

/// Whether a host, with its port if one is written, has no address on the internet (RFC 1918, 4193, 6598,
/// 6761, 6762).
fn is_private(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            // RFC 6598: addresses that providers share, behind their own translation.
            let is_shared = matches!(ip.octets(), [100, 64..=127, ..]);
            is_shared || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()
        }
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Err(_) => {
            const ENDINGS: [&str; 6] = [".local", ".localhost", ".internal", ".test", ".lan", ".home.arpa"];
            !name.contains('.') || ENDINGS.iter().any(|ending| name.ends_with(ending))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: &str = "https://gitlab.com/api/scim/v2/groups/acme";

    fn found(url: &str, expected: Option<&str>) -> Vec<(Severity, String)> {
        check(url, expected).into_iter().map(|it| (it.severity, it.text)).collect()
    }

    #[test]
    fn an_endpoint_is_known_whoever_it_is_of() {
        for (url, of) in [
            (ACME, "“acme”"),
            ("https://gitlab.com/api/scim/v2/groups/acme/", "“acme”"),
            (" HTTPS://GitLab.com/api/scim/v2/groups/my%2Egroup\n", "“my.group”"),
            ("https://gitlab.example.com:8443/root/api/scim/v2/application", "whole"),
        ] {
            let found = found(url, None);
            assert!(matches!(&found[..], [(Severity::Good, text)] if text.contains(of)), "{url}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_told_with_the_reason() {
        for (url, words) in [
            ("", "not an address"),
            ("gitlab.com/api/scim/v2/groups/acme", "not an address"),
            ("https://gitlab.com/groups/acme/-/saml", "not the address"),
            ("https://gitlab.com/api/scim/v2/groups/", "not the address"),
            ("https://gitlab.com/api/v4/groups/acme/scim", "not the address"),
            ("https://gitlab.com/api/scim/v2/groups/acme/Users", "ends with the group"),
            ("https://gitlab.com/api/scim/v2/application/Users", "ends with the group"),
            ("https://gitlab.com/api/scim/v2/groups/acme?aadOptscim062020", "? or #"),
            ("https://gitlab.com/api/scim/v2/groups/acme/team", "top-level"),
            ("https://gitlab.com/api/scim/v2/groups/acme%2Fteam", "top-level"),
            ("https://GitLab.com/api/scim/v2/application", "GitLab.com has no SCIM"),
        ] {
            let found = found(url, Some(ACME));
            assert!(
                matches!(&found[..], [(Severity::Error, text)] if text.contains(words)),
                "{url}: {found:?}"
            );
        }
    }

    #[test]
    fn characters_that_must_be_escaped_are_and_the_right_address_is_given() {
        let dotted = "https://gitlab.example.com/git/api/scim/v2/groups/my.group";
        let found = found(dotted, Some(dotted));
        let [(Severity::Warning, text), (Severity::Good, _)] = &found[..] else { panic!("{found:?}") };
        assert!(text.contains("https://gitlab.example.com/git/api/scim/v2/groups/my%2Egroup"), "{text}");
    }

    #[test]
    fn the_address_that_gitlab_shows_is_compared_however_it_is_escaped() {
        let same = [(ACME, ACME), ("https://GITLAB.com/api/scim/v2/groups/acme/", ACME)];
        let escaped = ACME.replace("acme", "a%2Eb");
        for (url, expected) in same.into_iter().chain([(escaped.as_str(), &*ACME.replace("acme", "a.b"))]) {
            assert_eq!(found(url, Some(expected))[0].0, Severity::Good, "{url}");
        }
        let other = found(ACME, Some("https://gitlab.com/api/scim/v2/groups/other"));
        assert!(
            matches!(&other[..], [(Severity::Error, text)] if text.contains("groups/other")),
            "{other:?}"
        );
    }

    #[test]
    fn an_address_is_known_with_what_was_copied_round_it() {
        for content in [
            format!("scim URL: {ACME}"),
            format!("\"{ACME}\""),
            format!("Tenant URL = <{ACME}>\n"),
            format!("“{ACME}”"),
            format!("`{ACME}`"),
            ACME.replace("https", "HTTPS"),
        ] {
            assert!(is_address(&content), "{content}");
            let statements = read(&content, &Asked::default());
            let [sentence] = &statements[0].sentences[..] else { panic!("{statements:?}") };
            assert!(sentence.severity == Severity::Good && sentence.text.contains("acme"), "{content}");
        }
        for content in [
            format!("See {ACME}"),
            format!("{ACME} and more"),
            "http server failed".into(),
            format!("<html><a href=\"{ACME}\">"),
        ] {
            assert!(!is_address(&content), "{content}");
        }
    }

    #[test]
    fn what_is_given_as_gitlabs_address_and_is_none_is_told_and_not_compared() {
        let found = found(ACME, Some("gibberish"));
        assert!(matches!(&found[..], [(Severity::Warning, text)] if text.contains("gibberish")), "{found:?}");
    }

    #[test]
    fn a_host_that_the_identity_provider_cannot_reach_is_told() {
        for (host, expected) in [
            ("https://gitlab.example.com", None),
            ("https://203.0.113.7", None),
            ("https://[2001:db8::1]:8443", None),
            ("https://gitlab", Some(Severity::Warning)),
            ("https://gitlab.corp.internal", Some(Severity::Warning)),
            ("http://localhost:3000", Some(Severity::Warning)),
            ("https://10.1.2.3:8443", Some(Severity::Warning)),
            ("https://172.31.0.1", Some(Severity::Warning)),
            ("https://100.64.3.2", Some(Severity::Warning)),
            ("https://100.128.3.2", None),
            ("https://[fd00::1]", Some(Severity::Warning)),
            ("https://[::1]:443", Some(Severity::Warning)),
            ("http://gitlab.example.com", Some(Severity::Error)),
        ] {
            let found = found(&format!("{host}/api/scim/v2/application"), None);
            let told = found.iter().map(|it| it.0).find(|severity| *severity >= Severity::Warning);
            assert_eq!(told, expected, "{host}: {found:?}");
        }
    }
}
