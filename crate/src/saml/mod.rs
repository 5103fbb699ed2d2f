//! SAML messages as plain data: SAML Core 2.0, chapters 2 (assertions) and 3 (protocols).
//!
//! One file an element family. Reading never fails: what is not there is absent, what is malformed is a
//! [`Flaw`](crate::base::flaw::Flaw). Values are kept exactly as the message has them; a text is an element's
//! own text, as GitLab's library reads it (comments dropped, nothing trimmed). Instants stay texts:
//! [`Timestamp::parse`](crate::base::instant::Timestamp::parse) reads them.
//!
//! NameIDs and attributes are personal data, but no credentials: they are seen in `Debug`. A SessionIndex is
//! a [`Secret`](crate::base::redact::Secret).
//!
//! SAML 1.1 and the answers of WS-Trust are read into the same types.
//!
//! Leaves out: decryption (encrypted parts are counted); see [`encryption`](crate::encryption).

mod answer;
mod artifact;
mod assertion;
mod attribute;
mod authn_request;
mod authn_statement;
mod conditions;
pub(crate) mod envelope;
pub(crate) mod kinds;
mod logout;
mod message;
mod metadata;
mod name_id;
mod name_id_characters;
mod protocol;
mod query;
mod reading;
mod redacted_copy;
mod response;
mod saml_1_1;
mod subject;
pub mod uri;

pub use answer::OtherResponse;
pub use artifact::Artifact;
pub use assertion::Assertion;
pub use attribute::{Attribute, value_as_read, values_as_read};
pub use authn_request::{AuthnRequest, NameIdPolicy, RequestedAuthnContext};
pub use authn_statement::AuthnStatement;
pub use conditions::{AudienceRestriction, Conditions};
pub use kinds::MessageKind;
pub use logout::{LogoutRequest, LogoutResponse};
pub use message::{Body, Message, read};
pub use metadata::{Endpoint, Entity, Metadata, Role};
pub use name_id::{NameId, OtherReading, TextReader};
pub use protocol::{Head, Status};
pub use query::Query;
pub use redacted_copy::{RedactedCopy, has_signature};
pub use response::Response;
pub use subject::{Subject, SubjectConfirmation};
