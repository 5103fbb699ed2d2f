//! The XML tree: what it gives back, and laws that hold for every input.

use proptest::prelude::*;
use samlight::{
    base::limits::{LIMITS, Limits},
    xml::{Document, Element, Node, NodeKind},
};

fn read(xml: &str) -> Document {
    let (document, flaws) = Document::parse(xml.as_bytes(), &LIMITS);
    assert_eq!(flaws, [], "{xml}");
    document
}

#[test]
fn names_namespaces_and_attributes() {
    let document = read("<p:a xmlns:p='urn:x' xmlns='urn:y'><b c=' 1\n2&#10;' p:c='3'/><d xmlns=''/></p:a>");
    let root = document.root().unwrap();
    assert_eq!((root.prefix(), root.local(), root.namespace()), ("p", "a", "urn:x"));
    let b = root.child("urn:y", "b").unwrap();
    assert_eq!(b.attribute("c").as_deref(), Some(" 1 2\n"));
    let named: Vec<_> = b.attributes().map(|a| (a.name(), a.local(), a.namespace(), a.value())).collect();
    assert_eq!(named, [("c", "c", "", " 1 2\n".into()), ("p:c", "c", "urn:x", "3".into())]);
    assert!(root.child("", "d").is_some() && root.child("urn:y", "d").is_none());
    assert_eq!(b.parent(), Some(root));
    assert_eq!(root.parent(), None);
    assert_eq!(&document.source()[b.span().start..b.span().end], "<b c=' 1\n2&#10;' p:c='3'/>");
}

#[test]
fn own_text_is_joined_and_not_trimmed() {
    let document = read("<a> u&amp;<!-- x -->s<?pi y?><![CDATA[e<]]><b>no</b>r\r\n&#13; </a>");
    let root = document.root().unwrap();
    assert_eq!(root.own_text(), " u&se<r\n\r ");
    assert_eq!(root.all_text(), " u&se<nor\n\r ");
}

#[test]
fn pretty_puts_one_element_on_a_line_and_keeps_the_rest() {
    let document = read(
        "<?xml version='1.0'?><!-- x --><a  b='1'\tc=\"&lt;2\"><d/> \n\n <e>t&amp;<!--y--></e><f><g> </g></f>\
         <h xml:space='preserve'> <i/></h><j> t <k/> </j></a>",
    );
    let expected = "<?xml version='1.0'?>\n<!-- x -->\n<a  b='1'\tc=\"&lt;2\">\n  <d/>\n  <e>t&amp;<!--y--></e>\n  \
                    <f>\n    <g> </g>\n  </f>\n  <h xml:space='preserve'> <i/></h>\n  <j> t <k/> </j>\n</a>";
    assert_eq!(document.pretty(), expected);
    assert!(read(expected).same_but_for_space_between_elements(&document));
}

#[test]
fn sameness_is_of_everything_but_space_between_elements() {
    let one = read("<a><b c='1'>x</b></a>");
    for (other, same) in [
        ("<a>\n <b c='1'>x</b>\n</a>", true),
        ("<a><b c=\"1\">x</b></a>", false),
        ("<a><b c='1'> x</b></a>", false),
        ("<a><b c='1'>x</b><!----></a>", false),
        ("<a><b c='1'>&#120;</b></a>", false),
        ("<a><b c='1'><![CDATA[x]]></b></a>", false),
    ] {
        assert_eq!(read(other).same_but_for_space_between_elements(&one), same, "{other}");
    }
}

#[test]
fn a_document_prints_lengths_only() {
    let (document, _) = Document::parse(b"<hidden>secret</hidden>", &LIMITS);
    let shown = format!("{document:?} {:?}", document.root());
    assert!(!shown.contains("hidden") && !shown.contains("secret"), "{shown}");
}

#[test]
fn nesting_beyond_the_limit_is_passed_over() {
    let limits = Limits { xml_depth: 3, ..LIMITS };
    let (document, flaws) = Document::parse(b"<a><b><c><d><e/></d><d/></c></b><f/></a>", &limits);
    assert_eq!(flaws.iter().map(|flaw| flaw.code).collect::<Vec<_>>(), ["too-deep", "too-deep"]);
    let names: Vec<_> = document.root().unwrap().descendants().map(Element::local).collect();
    assert_eq!(names, ["b", "c", "f"]);
    assert_covers_source(&document);

    let bomb = "<a>".repeat(LIMITS.xml_nodes - 1);
    let (document, flaws) = Document::parse(bomb.as_bytes(), &LIMITS);
    assert_eq!(flaws.iter().map(|flaw| flaw.code).collect::<Vec<_>>(), ["too-deep"]);
    assert_eq!(document.root().unwrap().descendants().count(), LIMITS.xml_depth - 1);
    assert!(document.pretty().len() < bomb.len() * 2);
    assert_covers_source(&document);
}

/// In one element that is too deep and in many.
#[test]
fn what_is_passed_over_counts_as_what_is_read() {
    let parts = [("<x>", "</x>"), ("<x/>", ""), ("<!---->", ""), ("t<x/>", ""), ("</y>", "")];
    for (open, close) in parts {
        for (limit, count, is_cut) in [(100, 20, false), (100, 5_000, true), (2_000, 5_000, true)] {
            let limits = Limits { xml_depth: 2, xml_nodes: limit, flaws: usize::MAX, ..LIMITS };
            for content in [
                format!("<d>{}{}</d>", open.repeat(count), close.repeat(count)),
                format!("<d>{open}{close}</d>").repeat(count),
            ] {
                let (document, flaws) =
                    Document::parse(format!("<a><b>{content}</b></a>").as_bytes(), &limits);
                let says_so = flaws.iter().any(|flaw| flaw.code == "too-many-nodes");
                assert_eq!(says_so, is_cut, "{open}: {count} of at most {limit}");
                assert_covers_source(&document);
                assert!(document.node_count() <= limit);
            }
        }
    }
}

#[test]
fn nodes_beyond_the_limit_are_not_read() {
    let xml = "<a b='1' c='2'><d/>x<!-- y --><e f='3'><g/></e></a>";
    for nodes_max in 0..14 {
        let limits = Limits { xml_nodes: nodes_max, ..LIMITS };
        let (document, flaws) = Document::parse(xml.as_bytes(), &limits);
        assert!(document.node_count() <= nodes_max, "{nodes_max}: {}", document.node_count());
        let cut = flaws.iter().any(|flaw| flaw.code == "too-many-nodes");
        // Nine nodes, and one place that is kept.
        assert_eq!(cut, nodes_max < 10, "{nodes_max}: {flaws:?}");
        if nodes_max > 0 {
            assert_covers_source(&document);
        }
    }
}

/// They are counted before they are read further, and what is before the element stays.
#[test]
fn attributes_of_one_element_beyond_the_limit_are_not_read() {
    for (count, is_cut) in [(LIMITS.xml_attributes, false), (LIMITS.xml_attributes + 1, true)] {
        let many = format!("<b/><a {}/>", (0..count).map(|n| format!("a{n}='' ")).collect::<String>());
        let (document, flaws) = Document::parse(format!("<r>{many}</r>").as_bytes(), &LIMITS);
        let says_so = flaws.iter().any(|flaw| flaw.code == "too-many-attributes");
        assert_eq!(says_so, is_cut, "{count}");
        assert_covers_source(&document);
        let children: Vec<_> = document.root().unwrap().children().collect();
        assert!(children.len() == 2 && document.node_count() <= count + 5, "{}", document.node_count());
    }
}

/// No two attributes of an element have one name: the shortest ones are used up.
#[test]
fn no_element_of_the_size_that_gitlab_takes_has_more_attributes_than_are_read() {
    let letters = || ('a'..='z').chain('A'..='Z').chain(['_']);
    let longer = || letters().chain('0'..='9').chain(['-', '.']);
    let one = letters().map(String::from);
    let two = letters().flat_map(|a| longer().map(move |b| format!("{a}{b}")));
    let three =
        letters().flat_map(|a| longer().flat_map(move |b| longer().map(move |c| format!("{a}{b}{c}"))));
    let mut xml = "<r".to_owned();
    for name in one.chain(two).chain(three) {
        if xml.len() + name.len() + " =''/>".len() > 250_000 {
            break;
        }
        xml += &format!(" {name}=''");
    }
    let (document, flaws) = Document::parse((xml + "/>").as_bytes(), &LIMITS);
    let count = document.root().unwrap().attributes().count();
    assert!(flaws.is_empty() && count > LIMITS.xml_attributes * 8 / 10, "{count}: {flaws:?}");
}

/// Whatever GitLab takes, as far as its size goes, is read whole.
#[test]
fn no_message_of_the_size_that_gitlab_takes_has_more_nodes_than_are_read() {
    for densest in ["<a/>x", "<a/>", "<?a?>x", "&lt;x", "<a>x</a>", "<a b=''/>", "<!---->x"] {
        let room = 250_000 - "<r></r>".len();
        let xml = format!("<r>{}</r>", densest.repeat(room / densest.len()));
        let (document, flaws) = Document::parse(xml.as_bytes(), &LIMITS);
        assert!(
            flaws.iter().all(|flaw| flaw.code != "too-many-nodes"),
            "{densest}: {}",
            document.node_count()
        );
    }
}

/// Every octet of the source is in exactly one node, an element's own part being its tags.
fn assert_covers_source(document: &Document) {
    fn push(node: Node<'_>, spans: &mut Vec<(usize, usize)>) {
        if let Some(element) = node.element() {
            spans.push((element.start_tag().start, element.start_tag().end));
            element.children().for_each(|child| push(child, spans));
            spans.extend(element.end_tag().map(|tag| (tag.start, tag.end)));
        } else {
            spans.push((node.span().start, node.span().end));
        }
    }
    let mut spans = vec![(0, 0)];
    document.top().children().for_each(|child| push(child, &mut spans));
    spans.push((document.source().len(), document.source().len()));
    for pair in spans.windows(2) {
        assert_eq!(pair[0].1, pair[1].0, "{spans:?} of {:?}", document.source());
    }
}

/// A well-formed document, of everything that one may hold.
fn document() -> impl Strategy<Value = String> {
    let text = || {
        prop_oneof![
            "[ \n\t]{1,3}",
            "[a-z äß@.]{1,6}",
            Just("&amp;&#10;".to_owned()),
            Just("&#x20;".to_owned()),
            Just("\r\n".to_owned()),
            Just("<![CDATA[ <&]]>".to_owned()),
            Just("<!-- c -->".to_owned()),
            Just("<?p i?>".to_owned()),
        ]
    };
    let attributes = prop_oneof![
        Just(""),
        Just(" a='1'"),
        Just("\n b=\"&quot;'\" a=' '"),
        Just(" xmlns='urn:x'"),
        Just(" xmlns:p='urn:y' p:a=''"),
        Just(" xml:space='preserve'"),
        Just(" xml:space='default'"),
    ];
    let element = (attributes, prop_oneof![Just("a"), Just("b-c"), Just("é")]);
    let leaf =
        prop_oneof![text(), element.clone().prop_map(|(attributes, name)| format!("<{name}{attributes}/>"))];
    let tree = leaf.prop_recursive(5, 40, 6, move |inner| {
        (element.clone(), prop::collection::vec(inner, 0..6)).prop_map(|((attributes, name), children)| {
            format!("<{name}{attributes}>{}</{name} >", children.concat())
        })
    });
    (
        "(<\\?xml version='1\\.0'\\?>)?",
        "( |\n|<!--x-->|<\\?p?\\?>){0,3}",
        prop::collection::vec(tree, 0..5),
        "( |<!--y-->){0,2}",
    )
        .prop_map(|(declaration, before, children, after)| {
            let before = before.replace("<??>", "<?p?>");
            format!("{declaration}{before}<r>{}</r>{after}", children.concat())
        })
}

/// Pieces of markup and octets that are none, in any order.
fn rubble() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "<",
            ">",
            "/",
            "</",
            "/>",
            "<a",
            "<a>",
            "</a>",
            "<a b='",
            "'",
            "\"",
            "=",
            "&",
            ";",
            "&amp;",
            "&#",
            "<!--",
            "-->",
            "--",
            "<![CDATA[",
            "]]>",
            "<?",
            "?>",
            "<?xml ",
            "<!DOCTYPE ",
            "[",
            "<!",
            " ",
            "\n",
            "xmlns:p='u'",
            "p:a",
            ":",
            "xmlns",
            "\u{FEFF}",
            "\u{FFFF}",
            "é",
            "\0",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The tree as nested kinds and texts, white space between elements apart.
fn kinds(document: &Document) -> Vec<(NodeKind, String)> {
    let root = document.root().into_iter().flat_map(|root| std::iter::once(root).chain(root.descendants()));
    root.flat_map(|element| element.children().map(|node| (node.kind(), node)))
        .filter(|(kind, node)| !(*kind == NodeKind::Text && node.characters().trim().is_empty()))
        .map(|(kind, node)| (kind, node.characters().into_owned()))
        .collect()
}

#[test]
fn text_that_ends_like_an_empty_elements_tag_closes_nothing() {
    for xml in ["<a><b>/></a>", "<a><a-->/></a>", "<a><b c='d'>text/></a>", "<a><b><c/>/></a>"] {
        let document = Document::parse(xml.as_bytes(), &LIMITS).0;
        let again = Document::parse(document.pretty().as_bytes(), &LIMITS).0;
        assert!(again.same_but_for_space_between_elements(&document), "{xml}: {}", document.pretty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pretty_changes_nothing_but_space_between_elements(xml in document()) {
        let first = read(&xml);
        let second = read(&first.pretty());
        prop_assert!(second.same_but_for_space_between_elements(&first), "{xml}\n{}", first.pretty());
        prop_assert_eq!(kinds(&first), kinds(&second));
        prop_assert_eq!(second.pretty(), first.pretty());
    }

    #[test]
    fn any_octets_are_read_within_the_limits(octets in rubble(), nodes_max in 0_usize..30, depth_max in 1_usize..6) {
        let limits = Limits { xml_nodes: nodes_max, xml_depth: depth_max, flaws: 7, ..LIMITS };
        let (document, flaws) = Document::parse(&octets, &limits);
        prop_assert!(document.node_count() <= nodes_max);
        prop_assert!(flaws.len() <= 7);
        for at in flaws.iter().filter_map(|flaw| flaw.at) {
            prop_assert!(document.source().get(at.start..at.end).is_some(), "{flaws:?}");
        }
        for element in document.root().into_iter().flat_map(Element::descendants) {
            prop_assert!(std::iter::successors(Some(element), |e| e.parent()).count() <= depth_max);
            let _characters = element.own_text();
        }
        if nodes_max > 0 {
            assert_covers_source(&document);
        }
    }

    #[test]
    fn rubble_is_read_whole_and_kept_by_pretty(octets in rubble()) {
        let (document, _) = Document::parse(&octets, &LIMITS);
        assert_covers_source(&document);
        let (again, _) = Document::parse(format!("\u{FEFF}{}", document.pretty()).as_bytes(), &LIMITS);
        prop_assert!(again.same_but_for_space_between_elements(&document), "{}", document.pretty());
    }
}
