//! The XML tree against roxmltree, an independent reader, on mutated documents: where ours finds no flaw,
//! both accept and give the same tree; where roxmltree accepts, so does ours, but for the few things that it
//! is known to let pass.

mod other_reader;

use other_reader::compare;
use proptest::prelude::*;
use samlight::{base::limits::LIMITS, xml::Document};

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
