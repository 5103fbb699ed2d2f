//! Samlight: a SAML tracer for GitLab single sign-on.
//!
//! # Rooms
//!
//! A room may import the rooms above it in this list, none below it and none of its own line; so no circle of
//! files leaves a room. `cargo xtask tidy` reads this list and every import, and names each that runs the
//! other way.
//!
//! ```text
//! base                  words that all rooms use: texts, severities, places, instants, flaws, limits
//! xml, encoding, idp    a tolerant tree with byte places; how values are written; providers' exports
//! saml                  messages as plain data
//! binding               from a request's octets to the messages in it
//! signature             who signed what
//! encryption, attack    opening what is encrypted; signs of an attack
//! gitlab                what GitLab is: addresses, pages, API, messages, outcomes, what it stores
//! event                 what the outside tells: events, settings, the trace file, what may be captured
//! trace                 what the events amount to: exchanges, flows, what was seen stored
//! comparison            two values, whose they are, a sign-in
//! case                  a flow that is looked at, with all that follows from it; judgements as plain data
//! acceptance            GitLab's checks of a Response in its order
//! diagnoses             what can be wrong, and the one verdict
//! scim                  what logs and messages say of SCIM
//! explain               any error text: its messages, their meaning, who can fix it
//! file                  files in and out: read in one place, whatever they are
//! view                  what people see, as plain data; what the command line prints
//! group                 a whole group: reads, join, verdicts, table, repair
//! guide                 checks that ask for what is missing, one thing at a time
//! notes                 what is marked on GitLab's pages
//! calls                 calls between our parts, and what answers them
//! fault                 traps on purpose, for browser tests
//! wasm                  the background worker's handle
//! ```
//!
//! Two rooms of a line stand beside each other and do not know each other. `base`, `encoding` and `xml` know
//! nothing of SAML. The command line (`bin/samlight`) uses all of them, and so does the user interface
//! (package `samlight-www`, with a list of its own).
//!
//! # Vocabulary
//!
//! One word for a thing. What a standard or GitLab has a word for is called as there: SAML 2.0 (Response,
//! NameID, Assertion), SCIM (RFC 7643, 7644: externalId, userName, active), GitLab (extern_uid, provider,
//! identity).
//!
//! ```text
//! Event                 one thing that the outside tells
//! Exchange              an HTTP request with its response
//! Message               a SAML protocol message
//! Flow                  one sign-in or sign-out; never "session", which is GitLab's
//! Flaw                  something malformed in one message
//! Fact, Source          what a value is; where it was seen
//! Provenance            the event behind a value, and whether this browser saw it or a file tells it
//! Observation           a value of a fact, as it was seen at a source, with its provenance
//! Comparison            facts by sources, with a verdict a row
//! Case                  a flow that is looked at, with all that follows from it, each worked out once
//! Proof, Claim          that the identity provider sent a NameID; what a file says without one
//! Acceptance            what GitLab makes of a Response, check by check in its order
//! Diagnosis             one thing that can be wrong
//! Finding               that it is, with Evidence and Remedy
//! Recipe, Reading, Note what to read on a page of GitLab's; what was read; what is marked on it
//! Call, Reply, Notice   between our own parts
//! ```
//!
//! # Data flow
//!
//! ```text
//! webRequest event --capture.js--> Event --+--> store.js: one entry an event in storage.session
//! page reading     --content.js--> Event --+
//! API answer       --content.js--> Event --+    (asked for by the core, fetched by the page's own origin)
//! file             --file::import> Event --+
//!                                          v
//!              Tracer::observe(Event) -> Revision                     ground state
//!                trace::closed     what is over, and is not read before somebody asks for it
//!                trace::exchange   request and response assembled
//!                trace::seen       what was received of a message, and how flows are joined by it
//!                trace::flow       exchanges of one sign-in joined
//!                           v
//!              read when it is looked at, kept for the next look, given back when that takes much:
//!                binding           exchange -> parameter, octets, RelayState
//!                xml, saml         octets -> Decoded<Message> { value, flaws }
//!                attack, signature who signed it; signs of an attack
//!                           v
//!              derived on demand, pure functions of &Tracer, kept by a case::Case while it is looked at:
//!                comparison    whose NameID is it; facts by sources, a verdict a row
//!                acceptance    GitLab's checks in its order
//!                diagnoses     findings with evidence and remedy
//!                view          plain data in the reader's words
//!                           v
//!              panel and popup (www)    notes on GitLab's page (content.js)    terminal (view::print)
//! ```
//!
//! # Modules
//!
//! The core and the panel (package `samlight-www`), which only shows, are two Wasm files, and each is
//! compiled as one and split into two. The core's first part takes in: it replays the store, observes
//! events, and says what was counted before. Its second part looks: it answers pages, reads files, compares,
//! judges, and has the texts. It is loaded before the first look. The panel's first part shows sign-ins and
//! files; its second part the rest, and is loaded when that is opened first. A function or a table that
//! only the second part names is in it; so the first part names nothing of it but one door, a trait
//! (`wasm/second.rs`; `pages/second.rs` of the panel). To Rust both parts are one instance: they share
//! memory, stack and table of functions, no state crosses in another form, and a new instance of the first
//! needs a new one of the second. The few texts that the core's first part shows are a part of the
//! catalogue of their own (`base/catalogue/parts.rs`); of any other it would show the key.
//!
//! Core and panel share no memory: what crosses is JSON text ([`calls::protocol`]) and the browser's handle
//! of a file that a person opens, which the core reads in pieces ([`calls::reading`]), so that no size is
//! too large. The background worker runs the core and has the trace. A page of the panel asks it, and loads
//! a core of its own only for what must not leave the page ([`calls::in_page`]): files in and out, and
//! keys. An identity provider's list of people is read there, too, and handed on in parts to where the
//! group is ([`calls::list_reading`]). On the static page, where there is no worker, that core has the
//! trace as well.
//!
//! # Invariants
//!
//! - The core does no I/O and reads no clock. Same events, same trace.
//! - Every byte from outside is untrusted; sizes are bounded before memory is taken ([`base::limits`]).
//! - Decoding never fails; it yields flaws. No message is dropped.
//! - Derived state is never stored, but for one count: how many of the sign-ins that are over have a problem
//!   ([`view::older`]). The toolbar must show it before a starting worker could have read thousands of them.
//!   It is of exactly the stored events and of this version, or it is thrown away; nothing else follows from
//!   it.
//! - A secret prints as its length unless `.expose()` is written. SCIM tokens are never read.
//! - Nothing is asked of any origin but the GitLab page that the person is on, and only by GET, but for the
//!   one change that a person has confirmed ([`group::change`]). The command line asks the search engine that
//!   a person names (`samlight scim --from URL`), and no other.
//! - An identifier is changed only towards a NameID that was captured for that user. Scripts that
//!   `samlight group --script` writes and the panel saves, and no change by the browser, may also carry what
//!   a list of people lets expect, by the rules of [`group::script`]; Samlight runs none of them.
//! - Answers for a whole group, and an identity provider's list of people and settings, are never events and
//!   never stored; only how far the reading of answers came is.
//! - JavaScript has no SAML or GitLab knowledge; what it may keep is generated from [`event::capture`].
//! - Absent on purpose: plug-ins, remote rules, telemetry, keep-alive, any acceptance of a signature as
//!   authentication.

#[cfg(test)]
extern crate self as samlight;
#[cfg(test)]
#[path = "../tests/signer/mod.rs"]
mod signer;

pub mod acceptance;
pub mod attack;
pub mod base;
pub mod binding;
pub mod calls;
pub mod case;
pub mod comparison;
pub mod diagnoses;
pub mod encoding;
pub mod encryption;
pub mod event;
pub mod explain;
#[cfg(feature = "fault")]
pub mod fault;
pub mod file;
pub mod gitlab;
pub mod group;
pub mod guide;
pub mod idp;
pub mod notes;
pub mod saml;
pub mod scim;
pub mod signature;
pub mod trace;
pub mod view;
#[cfg(feature = "wasm")]
#[allow(missing_docs)] // the attribute's own code has none
pub mod wasm;
pub mod xml;
