//! Addresses as ruby-saml compares them (`uri_match?`): scheme and host without regard to case, path and
//! query byte for byte; the port, the user and the fragment do not count. What Ruby cannot read as an address
//! must be equal.

/// Whether ruby-saml takes both as the same.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    match (Parts::read(one), Parts::read(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

#[derive(PartialEq)]
struct Parts<'a> {
    scheme: String,
    host: String,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn read(address: &'a str) -> Option<Self> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        let escapes_fit = address.match_indices('%').all(|(at, _)| {
            let digits = address.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        });
        if !address.chars().all(is_allowed) || !escapes_fit {
            return None;
        }
        let (scheme, rest) = address.split_once("://")?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(is_scheme) {
            return None;
        }
        let (rest, fragment) = rest.split_once('#').map_or((rest, ""), |(rest, fragment)| (rest, fragment));
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = host.rsplit_once(':').filter(|_| !host.ends_with(']')).unwrap_or((host, ""));
        let is_port = port.bytes().all(|c| c.is_ascii_digit());
        if host.is_empty() || !is_port || path.contains(['[', ']']) || fragment.contains('#') {
            return None;
        }
        Some(Parts { scheme: scheme.to_ascii_lowercase(), host: host.to_ascii_lowercase(), path, query })
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn scheme_and_host_have_no_case_and_the_rest_has() {
        let acs = "https://gitlab.example.com/groups/acme/-/saml/callback";
        for same in [
            "HTTPS://GitLab.example.com/groups/acme/-/saml/callback",
            "https://gitlab.example.com:8443/groups/acme/-/saml/callback#x",
        ] {
            assert!(is_same(same, acs), "{same}");
        }
        for other in [
            "https://gitlab.example.com/groups/Acme/-/saml/callback",
            "https://gitlab.example.com/groups/acme/-/saml/callback/",
            "https://gitlab.example.com/groups/acme/-/saml/callback?a=b",
            "https://gitlab.example.com/groups/acme/-/saml/callback ",
            "",
        ] {
            assert!(!is_same(other, acs), "{other}");
        }
        assert!(is_same("urn:a", "urn:a") && !is_same("urn:a", "urn:A"));
    }
}
