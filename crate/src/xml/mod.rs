//! XML for a tracer: a tolerant tree with the place of every part.
//!
//! A conforming parser stops at the first error; a tracer has to show what came. So [`Document::parse`]
//! always gives a document, and a [`Flaw`] with code and place for every violation of XML 1.0 (fifth edition)
//! and Namespaces in XML 1.0 that it met. A document without such a flaw is one that libxml2, and with it
//! GitLab, can read; quick-xml, which finds the borders of the markup here, leaves most of these checks to
//! its user.
//!
//! | file | what it reads |
//! |---|---|
//! | `decode` | octets to text |
//! | `build` | events of quick-xml to the tree |
//! | `arena` | the tree while it is filled |
//! | `tag` | names and attributes of one tag |
//! | `markup` | the rules within declarations, comments, texts |
//! | `reference` | references, line ends, values of attributes |
//! | `namespaces` | declarations in force |
//! | `uri` | names that are relative |
//! | `tree` | what is read: `Document`, `Element`, `Node`, `Attribute` |
//! | `content_model` | which elements may follow one another |
//! | `ids` | elements by their IDs |
//! | `pretty` | one element a line, and comparing |
//! | `c14n` | the octets that signatures cover |
//!
//! Leaves out, on purpose: document type declarations. They are never read, no entity is ever resolved.

mod arena;
mod build;
pub mod c14n;
mod chars;
mod content_model;
mod decode;
mod flaw_list;
mod ids;
mod markup;
mod namespaces;
mod pretty;
mod reference;
mod tag;
mod tree;
mod uri;

pub(crate) use content_model::Model;
pub(crate) use flaw_list::FlawList;
pub use ids::Ids;
pub use tree::{Attribute, Document, Element, Node, NodeKind};

use crate::base::{flaw::Flaw, limits::Limits};
use decode::Encoding;

impl Document {
    /// Reads `octets`, whatever they are. The document holds what could be read; it never has more nodes, nor
    /// is it deeper, nor are more octets looked at than `limits` allow.
    pub fn parse(octets: &[u8], limits: &Limits) -> (Document, Vec<Flaw>) {
        let mut flaws = FlawList::new(limits.flaws);
        let octets_max = limits.parameter_bytes.min(tree::SOURCE_OCTETS);
        let mut document = match decode::text_of(octets, octets_max, &mut flaws) {
            Some((source, encoding)) => build::document(source, encoding, limits, &mut flaws),
            // That there is no root is no news then.
            None => build::document(String::new(), Encoding::Utf8, limits, &mut FlawList::new(0)),
        };
        let flaws = flaws.into_vec();
        // When the limit of flaws is reached, the first one is still there.
        document.flaw = flaws.iter().map(|flaw| flaw.code).find(|code| *code != "doctype");
        document.has_doctype = flaws.iter().any(|flaw| flaw.code == "doctype");
        (document, flaws)
    }
}
