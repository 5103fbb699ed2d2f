//! An absolute http(s) URL, cut into its parts and not changed.
//!
//! RFC 3986 section 3, for http and https. The parts stay escaped exactly as the browser gave them, because a
//! redirect signature covers the escaped octets. Leaves out: resolving, normalising, other schemes.

/// The parts of an absolute http(s) URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// `https://gitlab.com`, without user name, with the port if one is written.
    pub origin: &'a str,
    /// `/groups/acme/-/saml`, at least `/`.
    pub path: &'a str,
    /// Without `?`; empty when there is none.
    pub query: &'a str,
}

impl<'a> Address<'a> {
    /// Cuts `url` into parts; `None` when it is not an absolute http(s) URL.
    pub fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at_checked(end)?;
        if authority.is_empty() || authority.contains('@') {
            return None;
        }
        let origin = url.get(..scheme.len() + 3 + authority.len())?;
        let without_fragment = after.split('#').next().unwrap_or_default();
        let (path, query) = without_fragment.split_once('?').unwrap_or((without_fragment, ""));
        Some(Address { origin, path: if path.is_empty() { "/" } else { path }, query })
    }

    /// `gitlab.com`, with the port if one is written.
    pub fn host(&self) -> &'a str {
        self.origin.split_once("://").map_or(self.origin, |(_, host)| host)
    }

    /// The first value of the query parameter `name`, unescaped; `+` is a space.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(
            |(_, value)| {
                percent_encoding::percent_decode_str(&value.replace('+', " "))
                    .decode_utf8_lossy()
                    .into_owned()
            },
        )
    }

    /// Whether both lead to the same place: scheme and host in any case, path exactly.
    pub fn same_place(&self, other: &Address<'_>) -> bool {
        self.origin.eq_ignore_ascii_case(other.origin) && self.path == other.path
    }
}

/// Whether two URLs lead to the same place, whatever their queries.
pub fn same_place(a: &str, b: &str) -> bool {
    match (Address::parse(a), Address::parse(b)) {
        (Some(a), Some(b)) => a.same_place(&b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_a_url_into_its_parts() {
        let address =
            Address::parse("https://gitlab.com/groups/acme/-/saml/sso?token=a%20b&x=1#top").unwrap();
        assert_eq!((address.origin, address.host()), ("https://gitlab.com", "gitlab.com"));
        assert_eq!((address.path, address.query), ("/groups/acme/-/saml/sso", "token=a%20b&x=1"));
        assert_eq!(address.parameter("token").as_deref(), Some("a b"));
        assert_eq!(Address::parse("https://gitlab.com?x=1").map(|a| a.path), Some("/"));
        for refused in ["gitlab.com", "javascript://x", "https:///x", "https://a@b/", "", "https://"] {
            assert_eq!(Address::parse(refused), None, "{refused}");
        }
    }
}
