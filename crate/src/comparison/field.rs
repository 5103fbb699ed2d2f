//! From which field of the identity provider a value seems to come, by its form.
//!
//! NameID and SCIM's externalId must come from one field (rows R24 and R25). Which fields an identity
//! provider is set to use is not seen in a sign-in, but the usual ones have forms of their own (gitlab-facts
//! 6). Leaves out fields without one, such as user names and numbers of staff.

use crate::{base::catalogue::Text, text};

/// A field with a form of its own.
struct Field {
    name: fn() -> Text,
    fits: fn(&str) -> bool,
}

const FIELDS: [Field; 3] = [
    Field { name: || text!("field.object-id"), fits: is_guid },
    Field { name: || text!("field.okta-id"), fits: is_okta_id },
    Field { name: || text!("field.email"), fits: is_email },
];

/// That two values seem to come from two fields; nothing where they come from one, or from one that cannot be
/// told.
pub fn of_two_fields(a: &str, b: &str) -> Option<Text> {
    let field = |value: &str| FIELDS.iter().position(|field| (field.fits)(value));
    let (one, other) = (field(a)?, field(b)?);
    let name = |at: usize| FIELDS.get(at).map(|field| (field.name)());
    let (one_name, other_name) = (name(one)?, name(other)?);
    (one != other).then(|| text!("field.two", a = a, one = one_name, b = b, other = other_name))
}

/// Five groups of hexadecimal digits (RFC 9562, section 4): `objectId` of Entra ID.
fn is_guid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|octet| octet == b'-' || octet.is_ascii_hexdigit())
}

/// `00u` and 17 letters and digits.
fn is_okta_id(value: &str) -> bool {
    value.len() == 20 && value.starts_with("00u") && value.bytes().all(|octet| octet.is_ascii_alphanumeric())
}

/// An e-mail address, or a user principal name, which has the same form.
pub fn is_email(value: &str) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !domain.contains('@'))
        && !value.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_two_fields_are_told_and_no_others() {
        const GUID: &str = "8f6a0c3e-41d2-4a5b-9c7d-0123456789ab";
        const OKTA: &str = "00u1a2b3c4D5E6F7g8h9";
        let told = |a, b| of_two_fields(a, b).map(|text| text.to_string());
        let both = told("ada@example.com", GUID).unwrap();
        assert!(both.contains("“ada@example.com” has the form of an e-mail address"), "{both}");
        assert!(both.contains(&format!("“{GUID}” has the form of an object ID")), "{both}");
        assert!(told(GUID, OKTA).unwrap().contains("user ID of Okta"));
        for (a, b) in [
            (GUID, "8F6A0C3E-41D2-4A5B-9C7D-0123456789AC"),
            ("ada@example.com", "ada@example.org"),
            ("ada", GUID),
            ("ada@localhost", GUID),
            ("ada low@example.com", GUID),
            ("00u1a2b3c4d5e6f7g8h", GUID),
            ("8f6a0c3e-41d2-4a5b-9c7d-0123456789ag", "ada@example.com"),
            ("", ""),
        ] {
            assert_eq!(told(a, b), None, "{a} and {b}");
        }
    }
}
