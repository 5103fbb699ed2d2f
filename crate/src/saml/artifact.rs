//! Artifact: a reference to a message that the receiver resolves (SAML Bindings 3.6.4; for types 1 and 2 SAML
//! 1.1, Bindings and Profiles, 8.1 and 8.2).

use crate::base::redact::Secret;

/// A reference to a message, in its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Artifact {
    /// TypeCode: 4 in SAML 2.0, 1 or 2 in SAML 1.1. Absent where there are not even two octets.
    pub type_code: Option<u16>,
    /// EndpointIndex: which artifact resolution service of the issuer, by its number in the metadata. Type 4
    /// alone.
    pub endpoint_index: Option<u16>,
    /// SourceID in hexadecimal digits: the SHA-1 digest of the issuer's entityID. Not of type 2.
    pub source_id: Option<String>,
    /// SourceLocation: the address of the resolution service. Type 2 alone.
    pub source_location: Option<String>,
    /// MessageHandle (AssertionHandle in SAML 1.1) in hexadecimal digits: who has it can fetch the message.
    pub message_handle: Option<Secret<String>>,
    /// The number of octets that an artifact of this type has; absent for an unknown type. Type 2 has no
    /// length of its own.
    pub length_due: Option<usize>,
}

/// Octets of a SourceID and of a MessageHandle.
const PART: usize = 20;

impl Artifact {
    /// Takes the octets of an artifact apart, as far as they go.
    pub fn read(octets: &[u8]) -> Artifact {
        let mut rest = octets;
        let type_code = number(&mut rest);
        match type_code {
            Some(4) => Artifact {
                type_code,
                endpoint_index: number(&mut rest),
                source_id: part(&mut rest),
                message_handle: part(&mut rest).map(Secret::new),
                length_due: Some(4 + 2 * PART),
                ..Artifact::default()
            },
            Some(1) => Artifact {
                type_code,
                source_id: part(&mut rest),
                message_handle: part(&mut rest).map(Secret::new),
                length_due: Some(2 + 2 * PART),
                ..Artifact::default()
            },
            Some(2) => Artifact {
                type_code,
                message_handle: part(&mut rest).map(Secret::new),
                source_location: (!rest.is_empty()).then(|| String::from_utf8_lossy(rest).into_owned()),
                length_due: Some(octets.len().max(2 + PART)),
                ..Artifact::default()
            },
            _ => Artifact { type_code, ..Artifact::default() },
        }
    }
}

fn number(rest: &mut &[u8]) -> Option<u16> {
    let (octets, behind) = rest.split_first_chunk::<2>()?;
    *rest = behind;
    Some(u16::from_be_bytes(*octets))
}

/// The next part in hexadecimal digits; one that is cut off is shown as far as it goes.
fn part(rest: &mut &[u8]) -> Option<String> {
    let (octets, behind) = rest.split_at(PART.min(rest.len()));
    *rest = behind;
    (!octets.is_empty()).then(|| octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_each_type_apart() {
        let whole = [vec![0, 4, 0, 3], vec![0xAA; 20], vec![0xBB; 20]].concat();
        let artifact = Artifact::read(&whole);
        assert_eq!((artifact.type_code, artifact.endpoint_index), (Some(4), Some(3)));
        assert_eq!(artifact.source_id, Some("aa".repeat(20)));
        assert_eq!(artifact.message_handle.map(|handle| handle.expose().clone()), Some("bb".repeat(20)));
        assert_eq!(artifact.length_due, Some(44));

        let older = Artifact::read(&[vec![0, 1], vec![0xAA; 20], vec![0xBB; 20]].concat());
        assert_eq!((older.type_code, older.endpoint_index, older.length_due), (Some(1), None, Some(42)));
        assert_eq!(older.source_id, Some("aa".repeat(20)));

        let located = [vec![0, 2], vec![0xBB; 20], b"https://idp.example.com/resolve".to_vec()].concat();
        let located = Artifact::read(&located);
        assert_eq!(located.source_location.as_deref(), Some("https://idp.example.com/resolve"));
    }

    #[test]
    fn reads_what_is_there_of_one_that_is_cut_off() {
        let cut = Artifact::read(&[0, 4, 0, 0, 0xAA]);
        assert_eq!(
            (cut.source_id.as_deref(), cut.message_handle, cut.length_due),
            (Some("aa"), None, Some(44))
        );
        assert_eq!(Artifact::read(&[0]), Artifact::default());
        assert_eq!(Artifact::read(&[0, 9]).length_due, None);
    }
}
