//! One segment of a path of GitLab's API, or one field of a form, written so that browsers, curl and GitLab
//! read the same one.
//!
//! RFC 3986, 3.3; gitlab-facts 3.4: a stored identifier is one segment (`[^/]+`). A browser takes `.` and
//! `..` for steps in the tree whether they are escaped or not (WHATWG URL, 4.5), so a change meant for such
//! an identifier would go to the group itself; and many servers refuse an escaped `/`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that are escaped: all but letters, digits and what RFC 3986, 2.3 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `value` as one segment; `None` where it would be read as something else. A `/` is escaped.
pub fn segment(value: &str) -> Option<String> {
    (!matches!(value, "" | "." | "..")).then(|| utf8_percent_encode(value, ESCAPED).to_string())
}

/// One field of a form, as it is sent (WHATWG URL, 5.2; every octet that could be something else is escaped).
pub fn form_field(name: &str, value: &str) -> String {
    format!("{name}={}", utf8_percent_encode(value, ESCAPED))
}

/// Whether GitLab can find `value` as a segment: it is one, and has no `/`, which servers in front of GitLab
/// read as the end of it.
pub fn is_addressable(value: &str) -> bool {
    segment(value).is_some() && !value.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_read_as_one() {
        for (value, expected) in [
            ("alex", Some("alex")),
            ("alex@example.com", Some("alex%40example.com")),
            ("a b+c", Some("a%20b%2Bc")),
            ("a/../b", Some("a%2F..%2Fb")),
            ("é", Some("%C3%A9")),
            ("50%", Some("50%25")),
            ("...", Some("...")),
            ("", None),
            (".", None),
            ("..", None),
        ] {
            assert_eq!(segment(value).as_deref(), expected, "{value}");
        }
        assert_eq!(form_field("extern_uid", "a+b &é\n"), "extern_uid=a%2Bb%20%26%C3%A9%0A");
        assert!(is_addressable("a.b") && !is_addressable("a/b") && !is_addressable(".."));
    }
}
