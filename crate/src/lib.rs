//! Samlight: a SAML tracer for GitLab single sign-on.
//!
//! # Data flow
//!
//! ```text
//! webRequest event --capture.js--> Event --+--> store.js: one entry an event in storage.session
//! page reading     --content.js--> Event --+
//! API answer       --content.js--> Event --+    (asked for by the core, fetched by the page's own origin)
//! file             --import------> Event --+
//!                                          v
//!              Tracer::observe(Event) -> Revision                     ground state
//!                exchange   request and response assembled
//!                binding    exchange -> parameter, octets, RelayState
//!                xml, saml  octets -> Decoded<Message> { value, flaws }
//!                flow       exchanges of one sign-in joined
//!                           v
//!              derived on demand, pure functions of &Tracer:
//!                attribution   whose NameID is it
//!                comparison    facts by sources, a verdict a row
//!                acceptance    GitLab's checks in its order
//!                diagnoses     findings with evidence and remedy
//!                view          plain data in the reader's words
//!                           v
//!              panel and popup (www)    notes on GitLab's page (content.js)    terminal (view::terminal)
//! ```
//!
//! # Code map
//!
//! | to find | look in |
//! |---|---|
//! | what the outside tells, and the trace file | [`event`], [`log`] |
//! | the trace and what is derived from it | [`tracer`], [`exchange`], [`flow`], [`identities`] |
//! | clocks, and when a Response is valid | [`clock`] |
//! | how values are compared, and whose they are | [`comparison`], [`attribution`], [`fact`] |
//! | what can be wrong | [`diagnoses`], one file each; signs of an attack: [`attack`] |
//! | other software's files, in and out | [`import`], [`export`], [`hop`] |
//! | SAML: bindings, XML, messages, signatures, encryption | [`binding`], [`xml`], [`saml`], [`signature`], [`encryption`] |
//! | GitLab: addresses, pages, notes, answers, messages | [`gitlab`] |
//! | what GitLab makes of a Response, check by check | [`gitlab::acceptance`] |
//! | a whole group: reads, join, verdicts, repair | [`group`]; requests to copy for SCIM: [`scim`] |
//! | identity providers' own exports | [`idp`] |
//! | what may be captured, stored and shown | [`capture`], [`raw_body`], [`limits`], [`redact`] |
//! | calls between our parts | [`protocol`], answered in [`own`] and [`page`] |
//! | every sentence for people | [`catalogue`] |
//!
//! # Invariants
//!
//! - The core does no I/O and reads no clock. Same events, same trace.
//! - Every byte from outside is untrusted; sizes are bounded before memory is taken ([`limits`]).
//! - Decoding never fails; it yields flaws. No message is dropped.
//! - Derived state is never stored.
//! - A secret prints as its length unless `.expose()` is written. SCIM tokens are never read.
//! - Nothing is asked of any origin but the GitLab page that the person is on, and only by GET, but for the one change
//!   that a person has confirmed ([`group::change`]).
//! - Answers for a whole group are never events and never stored; only how far their reading came is.
//! - JavaScript has no SAML or GitLab knowledge; what it may keep is generated from [`capture`].
//! - Absent on purpose: plug-ins, remote rules, telemetry, keep-alive, any acceptance of a signature as authentication.

#[cfg(test)]
extern crate self as samlight;
#[cfg(test)]
#[path = "../tests/signer/mod.rs"]
mod signer;

pub mod address;
pub mod attack;
pub mod attribution;
pub mod binding;
pub mod capture;
pub mod catalogue;
pub mod clock;
pub mod comparison;
pub mod diagnoses;
pub mod encryption;
pub mod event;
pub mod exchange;
pub mod export;
pub mod fact;
#[cfg(feature = "fault")]
pub mod fault;
pub mod flaw;
pub mod flow;
pub mod gitlab;
pub mod group;
pub mod hop;
pub mod identities;
pub mod idp;
pub mod import;
pub mod instant;
pub mod limits;
pub mod log;
pub mod own;
pub mod page;
pub mod protocol;
pub mod raw_body;
pub mod redact;
pub mod saml;
pub mod scim;
pub mod signature;
pub mod tracer;
pub mod view;
#[cfg(feature = "wasm")]
#[allow(missing_docs)] // the attribute's own code has none
pub mod wasm;
pub mod xml;
