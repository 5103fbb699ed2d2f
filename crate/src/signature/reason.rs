//! The reasons why a signature is not valid, or cannot be verified: the closed list.

use super::{SignatureState, key::KeyProblem};
use crate::{
    base::{catalogue::Text, redact},
    text,
    xml::c14n::Obstacle,
};
use serde::{Serialize, Serializer};

/// One reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The digest of what `uri` refers to is another one.
    Digest {
        /// As it is written.
        uri: String,
    },
    /// There is no element with the ID that `uri` names.
    Missing {
        /// As it is written.
        uri: String,
    },
    /// SignatureValue was not made from SignedInfo with any of the keys.
    Value,
    /// The signature in an address was not made from its parameters with any of the keys.
    QueryValue,
    /// Beside a digest that differs: SignatureValue itself is right.
    ValueFits,
    /// Beside a SignatureValue that is wrong: the digests are right.
    DigestsFit,
    /// It would be valid without the white space between elements.
    Reformatted,

    /// There is no key.
    NoKey,
    /// The key cannot be used.
    Key(KeyProblem),
    /// An algorithm that is not on the lists.
    Algorithm {
        /// Its URI.
        uri: String,
    },
    /// A transform that is not on the list, or not where it can be.
    Transform {
        /// Its URI.
        uri: String,
    },
    /// `uri` refers to something outside of the message.
    Outside {
        /// As it is written.
        uri: String,
    },
    /// An XPointer that is not known.
    Pointer {
        /// As it is written.
        uri: String,
    },
    /// It refers to a list of further References, whose digests are not compared.
    Manifest,
    /// Several elements have the ID, and it depends on the reader which one is taken.
    Ambiguous {
        /// As it is written.
        uri: String,
        /// The number of them.
        count: usize,
    },
    /// A part of the signature is absent, an element or an attribute.
    Incomplete {
        /// Its name.
        element: String,
        /// The name of the element that has none.
        parent: String,
    },
    /// There are several of what must be one.
    Several {
        /// Its name.
        element: String,
        /// The name of the element that has several.
        parent: String,
    },
    /// An element where none of its name may be.
    Misplaced {
        /// Its name.
        element: String,
        /// The name of the element that it is in.
        parent: String,
        /// The byte at which it begins.
        at: usize,
    },
    /// Text where only elements may be.
    TextInStructure {
        /// The name of the element that it is in.
        parent: String,
        /// The byte at which it begins.
        at: usize,
    },
    /// An attribute that the element may not have.
    AttributeInStructure {
        /// Its name.
        attribute: String,
        /// The name of the element.
        element: String,
        /// The byte at which it begins.
        at: usize,
    },
    /// The key that verifies it is not that of the first certificate.
    OtherKey,
    /// More signatures than the limit came before it.
    TooManySignatures {
        /// The limit.
        limit: usize,
    },
    /// More References than the limit.
    TooManyReferences {
        /// The limit.
        limit: usize,
    },
    /// There is a document type declaration; it is never read.
    Doctype,
    /// The XML is not well-formed.
    NotWellFormed {
        /// The code of the first flaw.
        code: &'static str,
    },
    /// The XML is in an encoding that is not read.
    Encoding,
    /// There is no canonical form.
    Obstacle(Obstacle),
    /// The redirect has a Signature, but no SigAlg, or the other way round.
    NoSigAlg,
    /// It is the signature of a form, which is not looked at.
    SimpleSign,
}

impl Reason {
    /// Kebab-case name, for programs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Digest { .. } => "digest-differs",
            Reason::Missing { .. } => "reference-missing",
            Reason::Value | Reason::QueryValue => "value-differs",
            Reason::ValueFits => "value-fits",
            Reason::DigestsFit => "digests-fit",
            Reason::Reformatted => "reformatted",
            Reason::NoKey => "no-key",
            Reason::Key(KeyProblem::Unreadable) => "key-unreadable",
            Reason::Key(KeyProblem::Kind) => "key-kind",
            Reason::Key(KeyProblem::Unsuitable) => "key-unsuitable",
            Reason::Key(KeyProblem::Size(_)) => "key-size",
            Reason::Algorithm { .. } => "algorithm",
            Reason::Transform { .. } => "transform",
            Reason::Outside { .. } => "reference-outside",
            Reason::Pointer { .. } => "pointer",
            Reason::Manifest => "manifest",
            Reason::Ambiguous { .. } => "ambiguous",
            Reason::Incomplete { .. } => "incomplete",
            Reason::Several { .. } => "several",
            Reason::Misplaced { .. } => "misplaced",
            Reason::TextInStructure { .. } => "text-in-structure",
            Reason::AttributeInStructure { .. } => "attribute-in-structure",
            Reason::OtherKey => "other-key",
            Reason::TooManySignatures { .. } => "too-many-signatures",
            Reason::TooManyReferences { .. } => "too-many-references",
            Reason::Doctype => "doctype",
            Reason::NotWellFormed { .. } => "not-well-formed",
            Reason::Encoding => "encoding",
            Reason::Obstacle(Obstacle::Doctype) => "doctype",
            Reason::Obstacle(Obstacle::NotWellFormed) => "not-well-formed",
            Reason::Obstacle(Obstacle::RelativeNamespace) => "relative-namespace",
            Reason::Obstacle(Obstacle::XmlBase) => "xml-base",
            Reason::Obstacle(Obstacle::TooLarge) => "too-large",
            Reason::NoSigAlg => "no-sig-alg",
            Reason::SimpleSign => "simple-sign",
        }
    }

    /// Whether the signature is not built as XML Signature says.
    pub fn is_structure(&self) -> bool {
        match self {
            Reason::Incomplete { .. } | Reason::Several { .. } => true,
            reason => reason.is_foreign_structure(),
        }
    }

    /// Whether the signature has something that XML Signature does not know in that place.
    pub(crate) fn is_foreign_structure(&self) -> bool {
        matches!(
            self,
            Reason::Misplaced { .. } | Reason::TextInStructure { .. } | Reason::AttributeInStructure { .. }
        )
    }

    /// In words.
    pub fn text(&self) -> Text {
        match self {
            Reason::Digest { uri } if uri.is_empty() => text!("signature.digest-differs-whole"),
            Reason::Digest { uri } => text!("signature.digest-differs", uri = referred(uri)),
            Reason::Missing { uri } => text!("signature.reference-missing", uri = referred(uri)),
            Reason::Value => text!("signature.value-differs"),
            Reason::QueryValue => text!("signature.query-differs"),
            Reason::ValueFits => text!("signature.value-fits"),
            Reason::DigestsFit => text!("signature.digests-fit"),
            Reason::Reformatted => text!("signature.reformatted"),
            Reason::NoKey => text!("signature.no-key"),
            Reason::Key(KeyProblem::Unreadable) => text!("signature.key-unreadable"),
            Reason::Key(KeyProblem::Kind) => text!("signature.key-kind"),
            Reason::Key(KeyProblem::Unsuitable) => text!("signature.key-unsuitable"),
            Reason::Key(KeyProblem::Size(bits)) => text!("signature.key-size", bits = bits),
            Reason::Algorithm { uri } if uri.is_empty() => text!("signature.no-algorithm"),
            Reason::Algorithm { uri } => text!("signature.algorithm", uri = shown(uri)),
            Reason::Transform { uri } => text!("signature.transform", uri = shown(uri)),
            Reason::Outside { uri } => text!("signature.reference-outside", uri = referred(uri)),
            Reason::Pointer { uri } => text!("signature.pointer", uri = referred(uri)),
            Reason::Manifest => text!("signature.manifest"),
            Reason::Ambiguous { uri, count } => {
                text!("signature.ambiguous", uri = referred(uri), count = count)
            }
            Reason::Incomplete { element, parent } => {
                text!("signature.incomplete", element = element, parent = parent)
            }
            Reason::Several { element, parent } => {
                text!("signature.several", element = element, parent = parent)
            }
            Reason::Misplaced { element, parent, at } => {
                text!("signature.misplaced", element = element, parent = parent, at = at)
            }
            Reason::TextInStructure { parent, at } => {
                text!("signature.text-in-structure", parent = parent, at = at)
            }
            Reason::AttributeInStructure { attribute, element, at } => {
                text!("signature.attribute-in-structure", attribute = attribute, element = element, at = at)
            }
            Reason::OtherKey => text!("signature.other-key"),
            Reason::TooManySignatures { limit } => text!("signature.too-many-signatures", limit = limit),
            Reason::TooManyReferences { limit } => text!("signature.too-many-references", limit = limit),
            Reason::Doctype | Reason::Obstacle(Obstacle::Doctype) => text!("signature.doctype"),
            Reason::NotWellFormed { code } => text!("signature.not-well-formed", code = code),
            Reason::Obstacle(Obstacle::NotWellFormed) => {
                text!("signature.not-well-formed", code = "not-well-formed")
            }
            Reason::Encoding => text!("signature.encoding"),
            Reason::Obstacle(Obstacle::RelativeNamespace) => text!("signature.relative-namespace"),
            Reason::Obstacle(Obstacle::XmlBase) => text!("signature.xml-base"),
            Reason::Obstacle(Obstacle::TooLarge) => text!("signature.too-large"),
            Reason::NoSigAlg => text!("signature.no-sig-alg"),
            Reason::SimpleSign => text!("signature.simple-sign"),
        }
    }
}

/// The reasons in words, as one text; absent for a valid signature.
pub(super) fn serialize<S: Serializer>(reasons: &[Reason], serializer: S) -> Result<S::Ok, S::Error> {
    joined(reasons).serialize(serializer)
}

/// The reasons in words, as one text.
pub(super) fn joined(reasons: &[Reason]) -> Option<String> {
    let texts: Vec<_> = reasons.iter().map(|reason| reason.text().to_string()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

impl SignatureState {
    /// In one word.
    pub fn text(self) -> Text {
        match self {
            SignatureState::Valid => text!("signature.state.valid"),
            SignatureState::Invalid => text!("signature.state.invalid"),
            SignatureState::Unverifiable => text!("signature.state.unverifiable"),
        }
    }
}

/// The thing that a Reference refers to, for people.
fn referred(uri: &str) -> String {
    shown(&redact::reference(uri))
}

/// A value for people; a hostile one can be as long as the message.
fn shown(value: &str) -> String {
    value.chars().take(100).collect()
}
