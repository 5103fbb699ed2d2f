//! Words that all rooms use: places, instants, flaws, sentences with their weight, limits, secrets.
//!
//! Nothing here knows XML, SAML or GitLab. Leaves out what only one room needs: it stays there.

pub mod address;
pub mod catalogue;
pub mod characters;
pub mod counted;
pub mod flaw;
pub mod instant;
pub mod json;
pub mod limits;
pub(crate) mod normal_form;
pub mod number;
pub(crate) mod order;
pub mod other;
mod packed;
pub mod place;
pub mod pseudonym;
pub mod redact;
pub mod severity;
pub mod shared;
pub mod shown_address;
