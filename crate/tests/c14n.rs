//! Canonical XML: what the recommendations' own examples show, clause by clause.

#![allow(clippy::unwrap_used)] // a test stops where it fails, the functions that it shares too

use samlight::{
    base::limits::LIMITS,
    xml::{
        Document, Element,
        c14n::{Budget, Method, Obstacle, Part, Variant, canonical},
    },
};

fn document(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &LIMITS).0
}

fn written(part: Part<'_>, method: &Method) -> Result<String, Obstacle> {
    canonical(part, method, &Budget::new(1_000_000)).map(|octets| String::from_utf8(octets).unwrap())
}

fn whole(xml: &str, variant: Variant, comments: bool) -> Result<String, Obstacle> {
    let document = document(xml);
    let method = Method { comments, ..Method::new(variant) };
    written(Part { document: &document, apex: None, without: None }, &method)
}

fn named<'a>(document: &'a Document, local: &str) -> Element<'a> {
    let root = document.root().unwrap();
    std::iter::once(root).chain(root.descendants()).find(|element| element.local() == local).unwrap()
}

/// The element `local` of `xml`.
fn part(xml: &str, local: &str, variant: Variant) -> Result<String, Obstacle> {
    let document = document(xml);
    let part = Part { document: &document, apex: Some(named(&document, local)), without: None };
    written(part, &Method::new(variant))
}

fn exclusive(prefixes: &[&str]) -> Variant {
    Variant::Exclusive { prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect() }
}

#[test]
fn what_stands_around_the_root_is_on_lines_of_its_own() {
    // Canonical XML 1.0, 3.1, without its document type declaration.
    let xml = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
               <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n\
               <!-- Comment 3 -->";
    let start = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!";
    assert_eq!(
        whole(xml, Variant::Inclusive10, false).unwrap(),
        format!("{start}</doc>\n<?pi-without-data?>")
    );
    assert_eq!(
        whole(xml, Variant::Inclusive10, true).unwrap(),
        format!(
            "{start}<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->"
        )
    );
}

#[test]
fn tags_are_written_in_one_way() {
    // Canonical XML 1.0, 3.3, without the attribute that a document type declaration adds.
    let xml = r#"<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
</doc>"#;
    let expected = r#"<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
</doc>"#;
    assert_eq!(whole(xml, Variant::Inclusive10, false).unwrap(), expected);
    assert_eq!(whole(xml, Variant::Inclusive11, false).unwrap(), expected);
}

#[test]
fn characters_are_escaped_in_one_way() {
    // Canonical XML 1.0, 3.4, and line ends (XML 1.0, 2.11).
    let xml = "<doc>\r\n<text>First line&#x0d;&#10;Second line</text><value>&#x32;</value><compute><![CDATA[value>\"0\" \
               && value<\"10\" ?\"valid\":\"error\"]]></compute><compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" \
               ?\"valid\":\"error\"'>valid</compute><norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; \t'/></doc>";
    let expected = "<doc>\n<text>First line&#xD;\nSecond line</text><value>2</value><compute>value&gt;\"0\" \
                    &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute><compute expr=\"value>&quot;0&quot; \
                    &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute><norm \
                    attr=\" '    &#xD;&#xA;&#x9;   '  \"></norm></doc>";
    assert_eq!(whole(xml, Variant::Inclusive10, false).unwrap(), expected);
}

/// Exclusive XML Canonicalization, 2.2: two contexts of the same element.
const CONTEXTS: [&str; 2] = [
    r#"<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n0:local>"#,
    r#"<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n2:pdu>"#,
];

#[test]
fn an_element_takes_its_context_along_unless_it_is_excluded() {
    let inclusive = [
        r#"<n1:elem2 xmlns:n0="foo:bar" xmlns:n1="http://example.net" xmlns:n3="ftp://example.org" xml:lang="en"><n3:stuff></n3:stuff></n1:elem2>"#,
        r#"<n1:elem2 xmlns:n1="http://example.net" xmlns:n2="http://foo.example" xml:lang="en" xml:space="retain"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#,
    ];
    let excluded = r#"<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#;
    for (context, inclusive) in CONTEXTS.iter().zip(inclusive) {
        assert_eq!(part(context, "elem2", Variant::Inclusive10).unwrap(), inclusive);
        assert_eq!(part(context, "elem2", exclusive(&[])).unwrap(), excluded);
    }
}

#[test]
fn the_prefix_list_counts_as_without_exclusion() {
    let xml = r#"<a xmlns="urn:d" xmlns:x="urn:x" xmlns:y="urn:y"><p:b xmlns:p="urn:p"><c xmlns="" y="1"><p:d xmlns:x="urn:z"/></c></p:b></a>"#;
    for (prefixes, expected) in [
        (vec![], r#"<p:b xmlns:p="urn:p"><c y="1"><p:d></p:d></c></p:b>"#),
        (vec!["x"], r#"<p:b xmlns:p="urn:p" xmlns:x="urn:x"><c y="1"><p:d xmlns:x="urn:z"></p:d></c></p:b>"#),
        (
            vec!["", "y", "unknown"],
            r#"<p:b xmlns="urn:d" xmlns:p="urn:p" xmlns:y="urn:y"><c xmlns="" y="1"><p:d></p:d></c></p:b>"#,
        ),
    ] {
        assert_eq!(part(xml, "b", exclusive(&prefixes)).unwrap(), expected, "{prefixes:?}");
    }
}

#[test]
fn xml_attributes_come_along_as_the_version_says() {
    let xml = r#"<a xml:lang="en" xml:id="i"><b xml:space="preserve" xml:lang="de"><c xml:id="j"/></b></a>"#;
    let c = r#"<c xml:id="j" xml:lang="de" xml:space="preserve"></c>"#;
    assert_eq!(part(xml, "c", Variant::Inclusive10).unwrap(), c);
    assert_eq!(part(xml, "c", Variant::Inclusive11).unwrap(), c);
    assert_eq!(part(xml, "c", exclusive(&[])).unwrap(), r#"<c xml:id="j"></c>"#);
    let b = |id: &str| format!(r#"<b{id} xml:lang="de" xml:space="preserve"><c xml:id="j"></c></b>"#);
    assert_eq!(part(xml, "b", Variant::Inclusive10).unwrap(), b(r#" xml:id="i""#));
    // Canonical XML 1.1, 2.4: an ID is not inherited.
    assert_eq!(part(xml, "b", Variant::Inclusive11).unwrap(), b(""));
    let based = r#"<a xml:base="https://example.com/"><b/></a>"#;
    assert_eq!(part(based, "b", Variant::Inclusive11), Err(Obstacle::XmlBase));
    assert_eq!(
        part(based, "a", Variant::Inclusive11).unwrap(),
        r#"<a xml:base="https://example.com/"><b></b></a>"#
    );
}

#[test]
fn an_element_can_be_left_out() {
    let document = document("<a><!-- c --><s>x<a/></s> <b/></a>");
    let (a, s) = (named(&document, "a"), named(&document, "s"));
    let mut method = Method::new(exclusive(&[]));
    let part = |apex| Part { document: &document, apex, without: Some(s) };
    assert_eq!(written(part(Some(a)), &method).unwrap(), "<a> <b></b></a>");
    assert_eq!(written(part(None), &method).unwrap(), "<a> <b></b></a>");
    assert_eq!(written(part(Some(s)), &method).unwrap(), "");
    assert_eq!(written(part(Some(s.elements().next().unwrap())), &method).unwrap(), "");
    method.space_between_elements = false;
    assert_eq!(written(part(Some(a)), &method).unwrap(), "<a><b></b></a>");
}

#[test]
fn says_why_there_is_no_canonical_form() {
    for (xml, obstacle) in [
        ("<!DOCTYPE a><a/>", Obstacle::Doctype),
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", Obstacle::Doctype),
        ("<a b='1' b='2'/>", Obstacle::NotWellFormed),
        ("<a>&e;</a>", Obstacle::NotWellFormed),
        ("<p:a/>", Obstacle::NotWellFormed),
        ("", Obstacle::NotWellFormed),
        ("<a xmlns='relative'/>", Obstacle::RelativeNamespace),
        ("<a xmlns:p='../x'><p:b/></a>", Obstacle::RelativeNamespace),
    ] {
        assert_eq!(whole(xml, exclusive(&[]), false), Err(obstacle), "{xml}");
    }
    // Declared, but not part of the canonical form: libxml2 has none, either.
    for name in ["relative", "urn:a b", "http://[x/", "urn:%zz"] {
        let xml = format!("<a><b xmlns:p='{name}'/><c/></a>");
        assert_eq!(whole(&xml, exclusive(&[]), false), Err(Obstacle::RelativeNamespace), "{name}");
        assert_eq!(part(&xml, "c", exclusive(&[])), Err(Obstacle::RelativeNamespace), "{name}");
    }
}

#[test]
fn never_writes_more_than_the_limit() {
    // Each element writes the declaration anew: the form grows with the square of the document.
    let name = "x".repeat(1000);
    let xml = format!("<a xmlns:p='urn:{name}'>{}</a>", "<p:b/>".repeat(1000));
    let document = document(&xml);
    let part = Part { document: &document, apex: None, without: None };
    assert_eq!(canonical(part, &Method::new(exclusive(&[])), &Budget::new(100_000)), Err(Obstacle::TooLarge));
    let short = canonical(part, &Method::new(Variant::Inclusive10), &Budget::new(100_000)).unwrap();
    assert!(short.len() < 2 * xml.len());
}
