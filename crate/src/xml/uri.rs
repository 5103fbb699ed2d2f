//! Whether a namespace name is an absolute URI (RFC 3986): only such a name has a canonical form (Canonical
//! XML 1.0, clause 1.3).
//!
//! libxml2 reads any name and then makes no canonical form of a document with another one, wherever it is
//! declared; a reader that does not notice verifies the empty text (CVE-2025-66568). So this says of a name
//! what libxml2 says of it, which is the RFC's grammar but for brackets in a fragment, which it lets pass,
//! and a port, which it wants to be a number. Leaves out: taking a URI apart.

/// The characters that stand for themselves everywhere (RFC 3986, 2.2 and 2.3): unreserved and sub-delims.
fn is_plain(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&octet)
}

/// Behind the characters from the start of `text` that are plain, escaped, or among `others`.
fn behind<'a>(text: &'a [u8], others: &[u8]) -> &'a [u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'%', one, two, after @ ..] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit() => after,
            [octet, after @ ..] if is_plain(*octet) || others.contains(octet) => after,
            _ => return rest,
        }
    }
}

/// Behind the host and the port; absent where they are none.
fn behind_authority(text: &[u8]) -> Option<&[u8]> {
    let host = match behind(text, b":") {
        [b'@', host @ ..] => host,
        _ => text,
    };
    let rest = match host {
        [b'[', literal @ ..] => &literal[literal.iter().position(|octet| *octet == b']')? + 1..],
        _ => behind(host, b""),
    };
    let [b':', port @ ..] = rest else { return Some(rest) };
    let digits = port.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (number, rest) = port.split_at(digits);
    let number: Option<i32> = str::from_utf8(number).ok()?.parse().ok();
    number.map(|_| rest)
}

/// Whether `name` is an absolute URI.
pub(super) fn is_absolute(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else { return false };
    let is_of_scheme = |octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet);
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.bytes().all(is_of_scheme) {
        return false;
    }
    let mut rest = rest.as_bytes();
    if let [b'/', b'/', authority @ ..] = rest {
        match behind_authority(authority) {
            // A path behind a host begins with a slash.
            Some(path) if path.first().is_none_or(|octet| b"/?#".contains(octet)) => rest = path,
            _ => return false,
        }
    }
    rest = behind(rest, b":@/");
    if let [b'?', query @ ..] = rest {
        rest = behind(query, b":@/?");
    }
    if let [b'#', fragment @ ..] = rest {
        rest = behind(fragment, b":@/?[]");
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_absolute;

    #[test]
    fn a_name_is_absolute_where_libxml2_says_so() {
        // As libxml2 2.9.14 answers.
        for name in [
            "u:",
            "u:x",
            "u:?q",
            "u:#",
            "u:/a//b",
            "u:a#[b]",
            "u://",
            "urn:a:b%20c",
            "http:///x",
            "file:///x",
            "http://u@x:80/",
            "http://@x",
            "http://[::1]/",
            "http://x?y#z",
            "a+b-c.d:x",
        ] {
            assert!(is_absolute(name), "{name}");
        }
        for name in [
            "relative",
            "../x",
            "",
            ":",
            "9u:x",
            "é:x",
            "u:a b",
            "u:a\nb",
            "u:é",
            "u:a%zz",
            "u:{x}",
            "u:a#b#c",
            "u:a[b]",
            "u:a?[b]",
            "u:a\\b",
            "u:|",
            "u:^`",
            "http://[x/",
            "http://[::1/",
            "http://a[b/",
            "http://[]x/",
            "http://x:/",
            "http://x:80a/",
            "http://x:9999999999/",
            "u://a@b@c",
        ] {
            assert!(!is_absolute(name), "{name}");
        }
    }
}
