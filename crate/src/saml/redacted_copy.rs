//! The mark of a redacted copy: a message that was written anew, without its signatures, for a file that is
//! shared.
//!
//! The mark is a processing instruction, the first thing in the root: readers of SAML pass over it, and no
//! schema speaks of it (XML 1.0 clause 2.6). It says whether there was a signature, for a copy of a message
//! that nobody signed stays one that nobody signed.
//!
//! Anybody can write a mark. So it counts only where a file tells of the message and no signature is in it;
//! what a browser receives is looked at as if there were none. Even where it counts, it proves nothing: it
//! turns "not signed" into "not known", never into "signed".

use super::uri;
use crate::xml::{Document, NodeKind};

/// A redacted copy, as its mark says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedactedCopy {
    /// Whether a signature was taken out of it, valid or not.
    pub had_signature: bool,
}

const TAKEN_OUT: &str = "<?samlight-redacted signature=\"taken-out\"?>";
const NONE: &str = "<?samlight-redacted signature=\"none\"?>";

impl RedactedCopy {
    /// The mark, to be written as the first thing in the root.
    pub fn mark(self) -> &'static str {
        if self.had_signature { TAKEN_OUT } else { NONE }
    }

    /// The copy that `document` says it is; nothing where it holds a signature, which no copy does.
    pub fn of(document: &Document) -> Option<Self> {
        let first = document.root()?.children().next()?;
        let is_mark = first.kind() == NodeKind::ProcessingInstruction;
        let had_signature = match first.source() {
            TAKEN_OUT if is_mark => true,
            NONE if is_mark => false,
            _ => return None,
        };
        (!has_signature(document)).then_some(RedactedCopy { had_signature })
    }
}

/// Whether there is a Signature anywhere in `document`.
pub fn has_signature(document: &Document) -> bool {
    document.elements().any(|element| element.is(uri::XML_SIGNATURE, "Signature"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::LIMITS;

    #[test]
    fn only_the_mark_itself_counts_and_only_without_a_signature() {
        let read = |inside: &str| {
            let xml = format!("<a xmlns:s=\"{}\">{inside}<b/></a>", uri::XML_SIGNATURE);
            RedactedCopy::of(&Document::parse(xml.as_bytes(), &LIMITS).0)
        };
        for had_signature in [true, false] {
            let copy = RedactedCopy { had_signature };
            let mark = copy.mark();
            assert_eq!(read(mark), Some(copy));
            for other in [
                String::new(),
                format!(" {mark}"),
                format!("<b/>{mark}"),
                format!("<b>{mark}</b>"),
                format!("<![CDATA[{mark}]]>"),
                format!("<!--{mark}-->"),
                mark.replace(' ', "  "),
                mark.replace('"', "'"),
                format!("{mark}<s:Signature/>"),
                format!("{mark}<b><b><s:Signature/></b></b>"),
            ] {
                assert_eq!(read(&other), None, "{other}");
            }
        }
    }
}
