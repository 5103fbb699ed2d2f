//! Signed messages whose parts are moved about: what an attacker does who has one.

use super::Choices;
use samlight::{
    base::limits::LIMITS,
    xml::{Document, Element},
};

/// Messages that are signed, by different keys and methods.
const SIGNED: [&str; 7] = [
    include_str!("../../../corpus/generated/algs/both-signed.rsa-sha256.xml"),
    include_str!("../../../corpus/generated/algs/assertion-signed.c14n10.xml"),
    include_str!("../../../corpus/generated/algs/assertion-signed.exc-c14n-withcomments.xml"),
    include_str!("../../../corpus/generated/algs/assertion-signed.ecdsa-p384-sha384.xml"),
    include_str!("../../../corpus/generated/nameid/comment_mid.respsigned.xml"),
    include_str!("../../../corpus/generated/attacks/xsw8-object.xml"),
    include_str!("../../../corpus/openssl/two-references.xml"),
];

/// Things that are put between and into the parts of a signed message.
const SNIPPETS: [&str; 12] = [
    "<!---->",
    " ",
    "\n",
    "<?p?>",
    "x",
    "<x/>",
    "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>",
    "<a:Assertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_evil\"><a:Subject><a:NameID>eve</a:NameID></a:Subject></a:Assertion>",
    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>",
    "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:KeyValue/></ds:KeyInfo>",
    "<ds:Transform xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
    "&amp;",
];

const ATTRIBUTES: [&str; 9] = [
    " ID=\"_evil\"",
    " Id=\"_evil\"",
    " xml:id=\"_evil\"",
    " xmlns:q=\"urn:q\"",
    " xmlns=\"urn:q\"",
    " xml:space=\"preserve\"",
    " xml:lang=\"en\"",
    " URI=\"\"",
    " a=\"\"",
];

/// A signed message whose parts are taken out, doubled, moved, wrapped and changed.
pub(crate) fn signed(octets: &[u8]) -> String {
    let mut choices = Choices::new(octets);
    let mut text = choices.one(&SIGNED).to_owned();
    for _ in 0..choices.below(6) {
        let changed = changed(&mut choices, &text);
        if changed.len() < 32 * 1024 {
            text = changed;
        }
    }
    text
}

fn changed(choices: &mut Choices<'_>, text: &str) -> String {
    let (document, _) = Document::parse(text.as_bytes(), &LIMITS);
    let elements: Vec<Element<'_>> = document.elements().collect();
    if elements.is_empty() || document.source() != text {
        return text.to_owned();
    }
    let (one, other) = (choices.one(&elements), choices.one(&elements));
    let part = |element: Element<'_>| (element.span().start, element.span().end);
    let (start, end) = part(one);
    let with = |from: usize, to: usize, put: &str| format!("{}{put}{}", &text[..from], &text[to..]);
    // Behind its start tag, or before its end tag.
    let inside = |element: Element<'_>, at_end: bool| match element.end_tag().filter(|_| at_end) {
        Some(tag) => tag.start,
        None => element.start_tag().end,
    };
    let source = &text[start..end];
    match choices.below(9) {
        0 => with(start, end, ""),
        1 => with(end, end, source),
        2 => with(start, end, &format!("<w:w xmlns:w=\"urn:w\">{source}</w:w>")),
        3 => with(start, start, choices.one(&SNIPPETS)),
        4 => with(inside(one, choices.yes()), inside(one, false), choices.one(&SNIPPETS)),
        5 => {
            let tag = one.start_tag();
            let close = if text[..tag.end].ends_with("/>") { tag.end - 2 } else { tag.end - 1 };
            with(close, close, choices.one(&ATTRIBUTES))
        }
        6 => {
            let at = start + choices.below(end - start);
            let is_letter = text.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
            if is_letter { with(at, at + 1, choices.one(&["A", "b", "0", "", " "])) } else { text.to_owned() }
        }
        7 => {
            let at = inside(other, choices.yes());
            with(at, at, source)
        }
        _ => {
            let at = part(other).0;
            if at <= start {
                format!("{}{source}{}{}", &text[..at], &text[at..start], &text[end..])
            } else if at >= end {
                format!("{}{}{source}{}", &text[..start], &text[end..at], &text[at..])
            } else {
                text.to_owned()
            }
        }
    }
}
