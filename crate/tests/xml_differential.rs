//! The XML tree against roxmltree, an independent reader, on mutated documents: where ours finds no flaw,
//! both accept and give the same tree; where roxmltree accepts, so does ours, but for the few things that it
//! is known to let pass.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use samlight::{
    base::limits::LIMITS,
    xml::{Document, Node, NodeKind},
};

const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The documents that are mutated: between them they have every kind of node.
const DOCUMENTS: [&str; 4] = [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID='_a' \
     Version=\"2.0\"><Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_b\"><Subject><NameID \
     Format='urn:f'>ada<!-- x -->@example.com</NameID></Subject></Assertion></p:Response>",
    "<a xmlns='urn:x' xmlns:b='urn:y' b:c='1' c=\"2\"><b:d xmlns:b='urn:z'>t&amp;u&#65;<![CDATA[<v>&w;]]></b:d><e \
     xmlns=''/>tail</a><!-- end -->",
    "<a>\n <b c='x\ny\tz'>&lt;&gt;</b>\r\n <?pi some text?><c/><c></c>]] &gt; </a>\n<?last?>",
    "<\u{e9}l\u{e9}ment \u{fc}='\u{df}'>\u{1f600}\u{a0}</\u{e9}l\u{e9}ment>",
];

/// Flaws that roxmltree does not look for: names that begin with a colon, references to surrogates, prefixes
/// bound to nothing or `xmlns` itself, an encoding that the text is not in, what an XML declaration says, and
/// what follows the name of a processing instruction. libxml2 refuses all of these.
const NOT_LOOKED_FOR: [&str; 7] = [
    "bad-name",
    "bad-character-reference",
    "bad-namespace-declaration",
    "encoding-mismatch",
    "encoding-unsupported",
    "bad-xml-declaration",
    "bad-processing-instruction",
];

/// The tree of ours, a line a node.
fn ours(node: Node<'_>, lines: &mut Vec<String>) {
    let mut text = String::new();
    for child in node.children() {
        let is_text = matches!(child.kind(), NodeKind::Text | NodeKind::CData | NodeKind::Reference(_));
        if is_text {
            text.push_str(&child.characters());
            continue;
        }
        flush(&mut text, node.kind() == NodeKind::Document, lines);
        let source = child.source();
        match child.kind() {
            NodeKind::Element => {
                let element = child.element().unwrap();
                let mut attributes: Vec<String> = element
                    .attributes()
                    .filter(|attribute| attribute.namespace() != XMLNS)
                    .map(|attribute| {
                        format!("{{{}}}{}={:?}", attribute.namespace(), attribute.local(), attribute.value())
                    })
                    .collect();
                attributes.sort();
                lines.push(format!(
                    "<{{{}}}{} {}",
                    element.namespace(),
                    element.local(),
                    attributes.join(" ")
                ));
                ours(child, lines);
                lines.push(">".to_owned());
            }
            NodeKind::Comment => lines.push(format!("comment {:?}", &source[4..source.len() - 3])),
            NodeKind::ProcessingInstruction => {
                let inner = &source[2..source.len() - 2];
                let (target, value) = inner.split_once([' ', '\t', '\n', '\r']).unwrap_or((inner, ""));
                lines.push(format!("pi {target} {:?}", value.trim_start_matches([' ', '\t', '\n', '\r'])));
            }
            _ => {}
        }
    }
    flush(&mut text, node.kind() == NodeKind::Document, lines);
}

/// roxmltree leaves a carriage return that stands before a reference; XML 1.0, 2.11 makes a line feed of it.
fn flush(text: &mut String, outside: bool, lines: &mut Vec<String>) {
    let text = std::mem::take(text).replace('\r', "\n");
    if !text.is_empty() && !outside {
        lines.push(format!("text {text:?}"));
    }
}

/// The tree of roxmltree, in the same lines.
fn theirs(node: roxmltree::Node<'_, '_>, lines: &mut Vec<String>) {
    let mut text = String::new();
    for child in node.children() {
        if child.is_text() {
            text.push_str(child.text().unwrap_or_default());
            continue;
        }
        flush(&mut text, node.is_root(), lines);
        if child.is_element() {
            let mut attributes: Vec<String> = child
                .attributes()
                .map(|it| format!("{{{}}}{}={:?}", it.namespace().unwrap_or(""), it.name(), it.value()))
                .collect();
            attributes.sort();
            let name = child.tag_name();
            lines.push(format!(
                "<{{{}}}{} {}",
                name.namespace().unwrap_or(""),
                name.name(),
                attributes.join(" ")
            ));
            theirs(child, lines);
            lines.push(">".to_owned());
        } else if let Some(pi) = child.pi() {
            lines.push(format!("pi {} {:?}", pi.target, pi.value.unwrap_or("")));
        } else {
            lines.push(format!("comment {:?}", child.text().unwrap_or_default()));
        }
    }
    flush(&mut text, node.is_root(), lines);
}

/// Compares both on `source`; says what differs.
fn compare(source: &str) -> Result<(), String> {
    let (document, flaws) = Document::parse(source.as_bytes(), &LIMITS);
    let codes: Vec<_> = flaws.iter().map(|flaw| flaw.code).collect();
    match roxmltree::Document::parse(source) {
        Ok(other) if codes.is_empty() => {
            let (mut left, mut right) = (Vec::new(), Vec::new());
            ours(document.top(), &mut left);
            theirs(other.root(), &mut right);
            if left == right { Ok(()) } else { Err(format!("ours {left:#?}\ntheirs {right:#?}")) }
        }
        Ok(_) if codes.iter().any(|code| NOT_LOOKED_FOR.contains(code)) => Ok(()),
        // It takes `</:a>` for the end of `<a>`. libxml2 does not (`xml_well_formedness`).
        Ok(_) if source.contains("</:") && codes.contains(&"unmatched-end-tag") => Ok(()),
        Ok(_) => Err(format!("roxmltree accepts what has {codes:?}")),
        Err(error) if codes.is_empty() => Err(format!("roxmltree refuses: {error}")),
        Err(_) => Ok(()),
    }
}

#[test]
fn the_documents_are_read_alike() {
    for document in DOCUMENTS {
        let (_, flaws) = Document::parse(document.as_bytes(), &LIMITS);
        assert_eq!(flaws, [], "{document}");
        assert_eq!(compare(document), Ok(()), "{document}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Characters and pieces of markup put in, taken out and moved.
    #[test]
    fn mutated_documents_are_read_alike(
        document in prop::sample::select(&DOCUMENTS[..]),
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..12, prop_oneof![
                3 => "[<>/&;'\"=a:b! ?\\-\\[\\]#\t\n]{0,4}",
                1 => prop::sample::select(&["<a>", "</a>", "<a/>", "xmlns:q='u'", "xmlns=''", "&#x41;", "&lt;", "&x;",
                    "<!--", "-->", "<![CDATA[", "]]>", "<?p ", "?>", " b='1'", " q:b='1'", "xml:id='1'"][..])
                    .prop_map(str::to_owned),
                1 => "\\PC",
            ]),
            0..4,
        ),
    ) {
        let mut characters: Vec<char> = document.chars().collect();
        for (place, removed, put) in edits {
            let start = place.index(characters.len() + 1);
            characters.splice(start..(start + removed).min(characters.len()), put.chars());
        }
        let source: String = characters.into_iter().collect();
        if let Err(difference) = compare(&source) {
            prop_assert!(false, "{source}\n{difference}");
        }
    }
}
