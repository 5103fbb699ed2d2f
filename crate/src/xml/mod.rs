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

/// The codes of flaws that some readers pass over.
const PASSED_OVER: [&str; 4] =
    ["utf-16", "entity-declaration", "encoding-mismatch", "xml-declaration-not-first"];

impl Document {
    /// Reads `octets`, whatever they are. The document holds what could be read; it never has more nodes, nor
    /// is it deeper, nor are more octets looked at than `limits` allow.
    pub fn parse(octets: &[u8], limits: &Limits) -> (Document, Vec<Flaw>) {
        let mut flaws = FlawList::new(limits.flaws);
        let read = decode::text_of(octets, octets_max(limits), &mut flaws);
        Document::of(read, limits, flaws)
    }

    /// The same of octets that nobody else needs. They become the source of the document; the third is them
    /// again where that is another text.
    pub fn parse_owned(octets: Vec<u8>, limits: &Limits) -> (Document, Vec<Flaw>, Option<Vec<u8>>) {
        let as_it_is = if octets.len() <= octets_max(limits) && decode::is_utf_8_alone(&octets) {
            String::from_utf8(octets).map_err(|error| error.into_bytes())
        } else {
            Err(octets)
        };
        match as_it_is {
            Ok(mut source) => {
                source.shrink_to_fit();
                let read = Some((source, Encoding::Utf8));
                let (document, flaws) = Document::of(read, limits, FlawList::new(limits.flaws));
                (document, flaws, None)
            }
            Err(octets) => {
                let (document, flaws) = Document::parse(&octets, limits);
                (document, flaws, Some(octets))
            }
        }
    }

    fn of(read: Option<(String, Encoding)>, limits: &Limits, flaws: FlawList) -> (Document, Vec<Flaw>) {
        let mut flaws = flaws;
        let mut document = match read {
            Some((source, encoding)) => build::document(source, encoding, limits, &mut flaws),
            // That there is no root is no news then.
            None => build::document(String::new(), Encoding::Utf8, limits, &mut FlawList::new(0)),
        };
        let flaws = flaws.into_vec();
        // When the limit of flaws is reached, the first one is still there.
        let codes = || flaws.iter().map(|flaw| flaw.code).filter(|code| *code != "doctype");
        // What some readers pass over does not hide what none does.
        document.flaw = codes().find(|code| !PASSED_OVER.contains(code)).or_else(|| codes().next());
        document.has_doctype = flaws.iter().any(|flaw| flaw.code == "doctype");
        (document, flaws)
    }
}

/// Octets of a message that are looked at.
fn octets_max(limits: &Limits) -> usize {
    limits.parameter_bytes.min(tree::SOURCE_OCTETS)
}
