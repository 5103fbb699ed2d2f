//! Reasons why an encrypted part stays encrypted: the closed list.

use crate::{base::catalogue::Text, text};

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No private key was given.
    NoKey,
    /// A part that is needed is absent.
    Incomplete {
        /// Its name.
        element: &'static str,
    },
    /// There is no EncryptedKey: the key of the content is one that both sides must know already.
    NoEncryptedKey,
    /// The encrypted octets are outside of the message; nothing is fetched.
    Elsewhere,
    /// An algorithm that is not on the lists.
    Algorithm {
        /// Its URI.
        uri: String,
    },
    /// The encrypted octets are not base64.
    Base64,
    /// None of the given keys opens the EncryptedKey.
    WrongKey,
    /// The key in the EncryptedKey is too long or too short for the algorithm.
    KeyLength,
    /// The encrypted octets break off: they are no whole blocks.
    CutOff,
    /// The padding is wrong: the content was changed, or the key is another one.
    Padding,
    /// The content was changed, or the key is another one.
    Authentication,
    /// The decrypted content is not one well-formed element.
    NotXml,
    /// There are more encrypted parts than the limit.
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl Problem {
    /// Kebab-case name, also that of the flaw.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::NoKey => "decryption-no-key",
            Problem::Incomplete { .. } => "decryption-incomplete",
            Problem::NoEncryptedKey => "decryption-no-encrypted-key",
            Problem::Elsewhere => "decryption-elsewhere",
            Problem::Algorithm { .. } => "decryption-algorithm",
            Problem::Base64 => "decryption-base64",
            Problem::WrongKey => "decryption-wrong-key",
            Problem::KeyLength => "decryption-key-length",
            Problem::CutOff => "decryption-cut-off",
            Problem::Padding => "decryption-padding",
            Problem::Authentication => "decryption-authentication",
            Problem::NotXml => "decryption-not-xml",
            Problem::TooMany { .. } => "decryption-too-many",
        }
    }

    /// In words, with what to do.
    pub fn text(&self) -> Text {
        match self {
            Problem::NoKey => text!("decryption.no-key"),
            Problem::Incomplete { element } => text!("decryption.incomplete", element = element),
            Problem::NoEncryptedKey => text!("decryption.no-encrypted-key"),
            Problem::Elsewhere => text!("decryption.elsewhere"),
            Problem::Algorithm { uri } => {
                text!("decryption.algorithm", uri = uri.chars().take(100).collect::<String>())
            }
            Problem::Base64 => text!("decryption.base64"),
            Problem::WrongKey => text!("decryption.wrong-key"),
            Problem::KeyLength => text!("decryption.key-length"),
            Problem::CutOff => text!("decryption.cut-off"),
            Problem::Padding => text!("decryption.padding"),
            Problem::Authentication => text!("decryption.authentication"),
            Problem::NotXml => text!("decryption.not-xml"),
            Problem::TooMany { limit } => text!("decryption.too-many", limit = limit),
        }
    }
}
