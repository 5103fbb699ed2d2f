//! The boundary of XML: every input is accepted without a flaw, or refused with the code and the
//! place of its first flaw. libxml2, which GitLab's library asks first, accepts and refuses the same ones,
//! but for the rules of namespaces, where it warns, and document type declarations, which GitLab's library
//! refuses itself.

use samlight::{
    base::{flaw::Span, limits::LIMITS},
    xml::Document,
};

/// Well-formed inputs.
const ACCEPTED: &[&str] = &[
    "<a/>",
    "<a></a>",
    "<a ></a >",
    "<a />",
    "<?xml version=\"1.0\"?><a/>",
    "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<a/>\n",
    "<?xml version=\"1.0\" encoding=\"us-ascii\"?><a/>",
    "\u{FEFF}<a/>",
    "\n <a/> \t\r\n",
    "<a b=\"1\" c='2'/>",
    "<a b = \"1\"\n\tc\r\n=\n'2'/>",
    "<a b='\"' c=\"'\"/>",
    "<a b='>' c=']]>'/>",
    "<a b='&lt;&amp;&#65;&#x1F600;'/>",
    "<a>&lt;&gt;&amp;&quot;&apos;&#9;&#x10FFFF;</a>",
    "<a>]] > ]&gt;</a>",
    "<a><![CDATA[<b>&c;]]&]]></a>",
    "<!-- a - b --><a><!----></a><!-- -->",
    "<?pi?><a><?pi <b> ?></a><?p-i x?>",
    "<a xmlns='urn:x'><b xmlns=''/></a>",
    "<p:a xmlns:p='urn:x' p:b='1' b='2'/>",
    "<a xml:lang='de' xml:space='preserve'/>",
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
    "<é.-_1 ü='ß'>\u{A0}\u{200B}\u{1F600}</é.-_1>",
    "<p:a xmlns:p='urn:x'><p:b xmlns:p='urn:y' xmlns:q='urn:x' p:c='' q:c=''/></p:a>",
];

/// Inputs that are not well-formed: the first flaw's code and the octets that it is about.
const REFUSED: &[(&str, &str, &str)] = &[
    ("", "no-root", ""),
    ("<!-- only -->", "no-root", ""),
    ("<a b='x & y'/>", "bare-ampersand", "& y"),
    ("<a b='x &y'/>", "bare-ampersand", "&y"),
    ("<a>x & y</a>", "bare-ampersand", "&"),
    ("<a>x &</a>", "bare-ampersand", "&"),
    ("<a>x & y; z</a>", "bare-ampersand", "& y;"),
    ("<a b='1'c='2'/>", "no-space-before-attribute", "c"),
    ("<1a/>", "bad-name", "1a"),
    ("<a 1b=''/>", "bad-name", "1b"),
    ("<>x</>", "bad-name", ""),
    ("<a>x ]]> y</a>", "cdata-end-in-text", "]]>"),
    ("<:a/>", "bad-name", ":a"),
    ("<a:/>", "bad-name", "a:"),
    ("<a xmlns:b='urn:x'><a:b:c/></a>", "bad-name", "a:b:c"),
    ("<a>\u{1}</a>", "illegal-character", "\u{1}"),
    ("<a b='\u{B}'/>", "illegal-character", "\u{B}"),
    ("<a>\0</a>", "illegal-character", "\0"),
    ("<a>\u{FFFF}</a>", "illegal-character", "\u{FFFF}"),
    ("<a>&#0;</a>", "bad-character-reference", "&#0;"),
    ("<a>&#1;</a>", "bad-character-reference", "&#1;"),
    ("<a>&#xD800;</a>", "bad-character-reference", "&#xD800;"),
    ("<a b='&#xFFFF;'/>", "bad-character-reference", "&#xFFFF;"),
    ("<a>&#;</a>", "bad-character-reference", "&#;"),
    ("<a>&nbsp;</a>", "unresolved-entity", "&nbsp;"),
    ("<a b='&nbsp;'/>", "unresolved-entity", "&nbsp;"),
    (" <?xml version='1.0'?><a/>", "xml-declaration-not-first", "<?xml version='1.0'?>"),
    ("<a><?xml version='1.0'?></a>", "xml-declaration-not-first", "<?xml version='1.0'?>"),
    ("<?xml encoding='UTF-8'?><a/>", "bad-xml-declaration", "<?xml encoding='UTF-8'?>"),
    ("<?xml version='2.0'?><a/>", "bad-xml-declaration", "<?xml version='2.0'?>"),
    (
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "bad-xml-declaration",
        "<?xml version='1.0' standalone='maybe'?>",
    ),
    ("<?xml version='1.0' encoding='UTF-16'?><a/>", "encoding-mismatch", "UTF-16"),
    ("<p:a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "duplicate-attribute", "q:b=''"),
    ("<a b='' b=''/>", "duplicate-attribute", "b=''"),
    ("<a/><b/>", "second-root", "<b/>"),
    ("x<a/>", "text-outside-root", "x"),
    ("<a/>x", "text-outside-root", "x"),
    ("<a/>&#32;", "text-outside-root", "&#32;"),
    ("<![CDATA[]]><a/>", "text-outside-root", "<![CDATA[]]>"),
    ("\u{FEFF}\u{FEFF}<a/>", "text-outside-root", "\u{FEFF}"),
    ("<a>", "unclosed-element", "<a>"),
    ("<a><b></a>", "unclosed-element", "<b>"),
    ("<a></b></a>", "unmatched-end-tag", "</b>"),
    ("<a></:a>", "unmatched-end-tag", "</:a>"),
    ("<a/></a>", "unmatched-end-tag", "</a>"),
    ("<a></a b=''>", "attribute-in-end-tag", "</a b=''>"),
    ("<a b='<'/>", "less-than-in-attribute", "<"),
    ("<a b/>", "attribute-without-value", "b"),
    ("<a b=''?>", "no-space-before-attribute", "?"),
    ("<a></a/>", "unmatched-end-tag", "</a/>"),
    ("<a b=c/>", "attribute-not-quoted", "c"),
    ("<p:a/>", "unbound-prefix", "p:a"),
    ("<a p:b=''/>", "unbound-prefix", "p:b"),
    ("<a\u{A0}b=''/>", "bad-name", "a\u{A0}b=''"),
    ("<a xmlns:p=''/>", "bad-namespace-declaration", "xmlns:p=''"),
    ("<a xmlns:xmlns='urn:x'/>", "bad-namespace-declaration", "xmlns:xmlns='urn:x'"),
    ("<a xmlns:xml='urn:x'/>", "bad-namespace-declaration", "xmlns:xml='urn:x'"),
    (
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "bad-namespace-declaration",
        "xmlns:p='http://www.w3.org/XML/1998/namespace'",
    ),
    ("<a><!-- b -- c --></a>", "double-hyphen-in-comment", "--"),
    ("<a><!-- b ---></a>", "double-hyphen-in-comment", "--"),
    ("<a><!-- b</a>", "unclosed-markup", "<!-- b</a>"),
    ("<a><![CDATA[ b</a>", "unclosed-markup", "<![CDATA[ b</a>"),
    ("<a><? b</a>", "unclosed-markup", "<? b</a>"),
    ("<a><b c='</a>", "unclosed-markup", "<b c='</a>"),
    ("<a><!b></a>", "unclosed-markup", "<!b></a>"),
    ("<a", "unclosed-markup", "<a"),
    ("<a><??></a>", "bad-processing-instruction", "<??>"),
    ("<a><?XML b?></a>", "bad-processing-instruction", "<?XML b?>"),
    ("<!DOCTYPE a><a/>", "doctype", "<!DOCTYPE a>"),
    ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "doctype", "<!DOCTYPE a [<!ENTITY b 'c'>]>"),
    ("<!DOCTYPE><a/>", "doctype", "<!DOCTYPE>"),
];

#[test]
fn accepts_what_is_well_formed() {
    for input in ACCEPTED {
        let (document, flaws) = Document::parse(input.as_bytes(), &LIMITS);
        assert_eq!(flaws, [], "{input:?}");
        assert!(document.root().is_some(), "{input:?}");
    }
}

#[test]
fn refuses_what_is_not_with_code_and_place() {
    for (input, code, place) in REFUSED {
        let (document, flaws) = Document::parse(input.as_bytes(), &LIMITS);
        let first = flaws.first().unwrap_or_else(|| panic!("no flaw: {input:?}"));
        let Span { start, end } = first.at.unwrap_or_else(|| panic!("no place: {input:?}"));
        assert_eq!((first.code, &document.source()[start..end]), (*code, *place), "{input:?}: {flaws:?}");
        assert!(!first.text.to_string().contains(['{', '}']), "{}", first.text);
    }
}

#[test]
fn refuses_octets_that_are_not_utf_8() {
    for (octets, code) in [
        (&b"<a>\xFF</a>"[..], "not-utf-8"),
        (b"<a>\xC0\x80</a>", "not-utf-8"),
        (b"<?xml version='1.0' encoding='Shift_JIS'?><a>\xE9</a>", "not-utf-8"),
        (b"\xFF\xFE<\0a\0/\0>\0", "utf-16"),
        (b"\xFF\xFE\0\0<\0\0\0", "encoding-unsupported"),
    ] {
        let (_, flaws) = Document::parse(octets, &LIMITS);
        assert_eq!(flaws.first().map(|flaw| flaw.code), Some(code), "{octets:?}");
    }
}

#[test]
fn keeps_what_could_be_read() {
    let (document, flaws) = Document::parse(b"<a><b>1</c><d e=f>2</d><g></a>", &LIMITS);
    let codes: Vec<_> = flaws.iter().map(|flaw| flaw.code).collect();
    assert_eq!(codes, ["unmatched-end-tag", "attribute-not-quoted", "unclosed-element", "unclosed-element"]);
    let root = document.root().unwrap();
    let names: Vec<_> = root.descendants().map(|element| element.local()).collect();
    assert_eq!(names, ["b", "d", "g"]);
    assert_eq!(root.descendants().nth(1).unwrap().attribute("e").as_deref(), Some("f"));
}
