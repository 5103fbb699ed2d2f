//! XML and its canonical form, beside what roxmltree and libxml2 read and write.

use super::{bounded, chooses, peers, shape};
use crate::other_reader;
use samlight::{
    base::limits::LIMITS,
    xml::{
        Document,
        c14n::{Budget, Method, Obstacle, Part, Variant, canonical},
    },
};

/// XML as octets or as a shape that is well-formed. Reading it twice gives the same, indenting it changes no
/// text, and roxmltree gives the same tree.
pub(super) fn xml(octets: &[u8]) {
    let made = chooses(octets).map(shape::xml);
    let octets = made.as_deref().map_or(octets, str::as_bytes);
    let (document, flaws) = bounded(octets.len(), 8, 4096, || Document::parse(octets, &LIMITS));
    assert_eq!(
        (&document, &flaws),
        (&again(octets).0, &again(octets).1),
        "the second time it is another tree"
    );
    assert!(document.node_count() <= LIMITS.xml_nodes + 1 && flaws.len() <= LIMITS.flaws);
    if made.is_some() {
        assert_eq!(flaws, [], "{}", document.source());
    }
    for flaw in &flaws {
        assert!(!flaw.text.to_string().is_empty(), "{}: nothing is said", flaw.code);
    }
    let text = document.root().map(|root| bounded(octets.len(), 8, 4096, || root.all_text()));
    let indented = document.pretty();
    // What is indented is text; the octets may be in another encoding.
    if flaws.is_empty() && octets == document.source().as_bytes() {
        let (indented, flaws) = again(indented.as_bytes());
        assert_eq!(flaws, [], "indenting breaks it");
        assert!(document.same_but_for_space_between_elements(&indented), "indenting changes it");
        let without_space =
            |text: Option<String>| text.map(|text| text.split_whitespace().collect::<String>());
        let after = indented.root().map(|root| root.all_text());
        assert_eq!(without_space(text), without_space(after), "indenting changes its text");
    }
    if let Ok(source) = str::from_utf8(octets) {
        // roxmltree has no limit of its own for either.
        let is_beyond = |code: &str| flaws.iter().any(|flaw| flaw.code == code);
        if !["too-deep", "too-many-nodes", "too-many-attributes"].into_iter().any(is_beyond) {
            assert_eq!(other_reader::compare(source), Ok(()), "{source}");
        }
    }
}

fn again(octets: &[u8]) -> (Document, Vec<samlight::base::flaw::Flaw>) {
    Document::parse(octets, &LIMITS)
}

/// The ways to write a document in canonical form that libxml2 has as well.
fn methods() -> [Method; 5] {
    let exclusive = |prefixes: &[&str]| Variant::Exclusive {
        prefixes: prefixes.iter().map(|it| (*it).to_owned()).collect(),
    };
    [
        Method::new(Variant::Inclusive10),
        Method { comments: true, ..Method::new(Variant::Inclusive10) },
        Method::new(Variant::Inclusive11),
        Method::new(exclusive(&[])),
        Method { comments: true, ..Method::new(exclusive(peers::PREFIXES)) },
    ]
}

/// XML as octets or as a shape. Where it has no flaw, libxml2 reads it too; its canonical forms, of the whole
/// and of one element, are those of libxml2; and the form of a form is the same.
pub(super) fn c14n(octets: &[u8]) {
    let made = chooses(octets).map(shape::xml);
    let octets = made.as_deref().map_or(octets, str::as_bytes);
    let (document, flaws) = Document::parse(octets, &LIMITS);
    if !flaws.is_empty() {
        for method in methods() {
            let form = canonical(whole(&document), &method, &Budget::new(0));
            assert!(form.is_err(), "a form of what is not well-formed");
        }
        return;
    }
    let elements: Vec<_> = document.elements().collect();
    let chosen = elements.len() / 2;
    let theirs = peers::libxml2(octets, chosen);
    assert_eq!(theirs.refuses, None, "libxml2 refuses {}", document.source());
    let apex = elements.get(chosen).copied();
    for (index, method) in methods().iter().enumerate() {
        for (part, theirs) in [
            (whole(&document), &theirs.whole[index]),
            (Part { document: &document, apex, without: None }, &theirs.part[index]),
        ] {
            let budget = Budget::for_message(octets.len(), LIMITS.canonical_steps);
            let ours = bounded(octets.len(), 40, 80 * 1024, || canonical(part, method, &budget));
            match (ours, theirs) {
                (Ok(ours), Some(theirs)) => {
                    assert_eq!(
                        String::from_utf8_lossy(&ours),
                        String::from_utf8_lossy(theirs),
                        "{method:?}: {}",
                        document.source()
                    );
                    let (read, flaws) = again(&ours);
                    // Text around a root that was not first is no document.
                    if part.apex.is_none() && flaws.is_empty() {
                        let form = canonical(whole(&read), method, &Budget::new(usize::MAX));
                        assert_eq!(form.as_ref(), Ok(&ours), "the form of a form: {}", document.source());
                    }
                }
                (Ok(_), None) => panic!("{method:?}: libxml2 has no form of {}", document.source()),
                // What is not known is not guessed: each of these is said to be the reason.
                (Err(Obstacle::XmlBase | Obstacle::TooLarge), _) => {}
                (Err(Obstacle::RelativeNamespace), None) => {}
                (Err(obstacle), theirs) => panic!("{method:?}: {obstacle:?}, {theirs:?}"),
            }
        }
    }
}

fn whole(document: &Document) -> Part<'_> {
    Part { document, apex: None, without: None }
}
