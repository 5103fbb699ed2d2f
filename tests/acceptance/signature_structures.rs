//! Structures of a Signature: what Samlight makes of each, beside libxmlsec (its program `xmlsec1`) and
//! ruby-saml.
//!
//! Each part of a Signature is missing, doubled, moved, nested, wrapped, or has foreign things beside and
//! inside it; SignedInfo is signed as it then stands, so that nothing but the structure can be wrong. And the
//! eight ways to wrap a signature. A verdict may be stricter than that of the other two for a reason of the
//! structure or the key, and never laxer. Left out: other algorithms.

use crate::library::{self, Trial, difference};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::limits::LIMITS,
    binding::from_octets,
    view::print::{Given, inspect::inspect},
    xml::{
        Document, Element,
        c14n::{Budget, Method, Part, Variant, canonical},
    },
};
use samlight_tests::{
    draft::{Draft, NAME_ID, Signed, key_numbers, signature_value},
    lab::program::XMLSEC,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, process::Command};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const CERTIFICATE: &str = include_str!("../../crate/tests/signer/sp.crt");
/// The place of the SignatureValue until SignedInfo is signed.
const VALUE: &str = "{VALUE}";

/// An element of a Signature.
#[derive(Clone)]
struct Node {
    name: String,
    attributes: String,
    inside: Vec<Piece>,
}

#[derive(Clone)]
enum Piece {
    Node(Node),
    Text(String),
}

impl Node {
    fn new(name: &str, attributes: &str, inside: Vec<Node>) -> Self {
        let inside = inside.into_iter().map(Piece::Node).collect();
        Node { name: name.to_owned(), attributes: attributes.to_owned(), inside }
    }

    fn text(name: &str, text: &str) -> Self {
        Node { inside: vec![Piece::Text(text.to_owned())], ..Node::new(name, "", Vec::new()) }
    }

    fn algorithm(name: &str, uri: &str) -> Self {
        Node::new(name, &format!(" Algorithm=\"{uri}\""), Vec::new())
    }

    fn written(&self) -> String {
        let inside: String = self.inside.iter().map(Piece::written).collect();
        format!("<{0}{1}>{inside}</{0}>", self.name, self.attributes)
    }

    /// The places of all that is in it, by the numbers of the pieces on the way.
    fn places(&self) -> Vec<Vec<usize>> {
        let of_child = |(number, piece): (usize, &Piece)| {
            let Piece::Node(child) = piece else { return Vec::new() };
            let below = child.places().into_iter().map(|place| [vec![number], place].concat());
            std::iter::once(vec![number]).chain(below).collect()
        };
        self.inside.iter().enumerate().flat_map(of_child).collect()
    }

    /// The node at `place`.
    fn at(&mut self, place: &[usize]) -> &mut Node {
        place.iter().fold(self, |node, number| match &mut node.inside[*number] {
            Piece::Node(child) => child,
            Piece::Text(_) => unreachable!("places are those of nodes"),
        })
    }
}

impl Piece {
    fn written(&self) -> String {
        match self {
            Piece::Node(node) => node.written(),
            Piece::Text(text) => text.clone(),
        }
    }
}

/// A change of the element at a place: its number among the pieces of its parent is the last one.
type Change = (&'static str, fn(&mut Node, &[usize]));

fn parent<'n>(root: &'n mut Node, place: &[usize]) -> (&'n mut Node, usize) {
    let (number, above) = place.split_last().unwrap();
    (root.at(above), *number)
}

/// In place of the element, what `wrapped` makes of it.
fn wrap(root: &mut Node, place: &[usize], name: &str, attributes: &str) {
    let (parent, number) = parent(root, place);
    let inner = parent.inside[number].clone();
    let outer = Node { inside: vec![inner], ..Node::new(name, attributes, Vec::new()) };
    parent.inside[number] = Piece::Node(outer);
}

fn foreign() -> Piece {
    Piece::Node(Node::new("x:x", " xmlns:x=\"urn:x\"", Vec::new()))
}

/// The changes that are made to each element.
const CHANGES: [Change; 20] = [
    ("missing", |root, place| {
        let (parent, number) = parent(root, place);
        parent.inside.remove(number);
    }),
    ("doubled", |root, place| {
        let (parent, number) = parent(root, place);
        let same = parent.inside[number].clone();
        parent.inside.insert(number, same);
    }),
    ("doubled at the end", |root, place| {
        let (parent, number) = parent(root, place);
        let same = parent.inside[number].clone();
        parent.inside.push(same);
    }),
    ("moved to the front", |root, place| {
        let (parent, number) = parent(root, place);
        let moved = parent.inside.remove(number);
        parent.inside.insert(0, moved);
    }),
    ("moved to the end", |root, place| {
        let (parent, number) = parent(root, place);
        let moved = parent.inside.remove(number);
        parent.inside.push(moved);
    }),
    ("moved out", |root, place| {
        let (parent, number) = parent(root, place);
        let moved = parent.inside.remove(number);
        let outer = place.len().saturating_sub(2);
        root.at(&place[..outer]).inside.push(moved);
    }),
    ("moved into the Signature", |root, place| {
        let (parent, number) = parent(root, place);
        let moved = parent.inside.remove(number);
        root.inside.push(moved);
    }),
    ("nested in its own kind", |root, place| {
        let Node { name, attributes, .. } = root.at(place).clone();
        wrap(root, place, &name, &attributes);
    }),
    ("in a foreign element", |root, place| wrap(root, place, "x:x", " xmlns:x=\"urn:x\"")),
    ("in an Object", |root, place| wrap(root, place, "ds:Object", "")),
    ("behind a foreign element", |root, place| {
        let (parent, number) = parent(root, place);
        parent.inside.insert(number, foreign());
    }),
    ("around a foreign element", |root, place| root.at(place).inside.push(foreign())),
    ("around a Reference", |root, place| {
        let reference = Node::new("ds:Reference", " URI=\"#_x\"", Vec::new());
        root.at(place).inside.push(Piece::Node(reference));
    }),
    ("behind text", |root, place| {
        let (parent, number) = parent(root, place);
        parent.inside.insert(number, Piece::Text("x".to_owned()));
    }),
    ("with an attribute", |root, place| root.at(place).attributes.push_str(" x=\"x\"")),
    ("around a comment", |root, place| {
        root.at(place).inside.insert(0, Piece::Text("<!-- x -->".to_owned()));
    }),
    ("around an instruction", |root, place| {
        root.at(place).inside.push(Piece::Text("<?x y?>".to_owned()));
    }),
    ("behind space", |root, place| {
        let (parent, number) = parent(root, place);
        parent.inside.insert(number, Piece::Text("\n  ".to_owned()));
    }),
    ("with an Id", |root, place| root.at(place).attributes.push_str(" Id=\"_i\"")),
    ("of another namespace", |root, place| {
        let node = root.at(place);
        let local = node.name.split(':').next_back().unwrap_or_default().to_owned();
        node.name = format!("x:{local}");
        node.attributes.push_str(" xmlns:x=\"urn:x\"");
    }),
];

/// The base64 of the certificate.
fn certificate() -> String {
    CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect()
}

/// A Signature over the element with the ID `id`, whose digest is `digest`.
fn signature(id: &str, digest: &str) -> Node {
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    let (modulus, exponent) = key_numbers();
    let transforms =
        [enveloped, exclusive].map(|uri| Node::algorithm("ds:Transform", uri)).into_iter().collect();
    let reference = Node::new(
        "ds:Reference",
        &format!(" URI=\"#{id}\""),
        vec![
            Node::new("ds:Transforms", "", transforms),
            Node::algorithm("ds:DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
            Node::text("ds:DigestValue", digest),
        ],
    );
    let method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let signed_info = Node::new(
        "ds:SignedInfo",
        "",
        vec![
            Node::algorithm("ds:CanonicalizationMethod", exclusive),
            Node::algorithm("ds:SignatureMethod", method),
            reference,
        ],
    );
    let numbers = vec![Node::text("ds:Modulus", &modulus), Node::text("ds:Exponent", &exponent)];
    let key_info = Node::new(
        "ds:KeyInfo",
        "",
        vec![
            Node::new("ds:X509Data", "", vec![Node::text("ds:X509Certificate", &certificate())]),
            Node::new("ds:KeyValue", "", vec![Node::new("ds:RSAKeyValue", "", numbers)]),
        ],
    );
    Node::new(
        "ds:Signature",
        &format!(" xmlns:ds=\"{DS}\""),
        vec![signed_info, Node::text("ds:SignatureValue", VALUE), key_info, Node::text("ds:Object", "x")],
    )
}

/// The canonical form of what `find` finds.
fn canonical_of(xml: &str, find: impl Fn(&Element<'_>) -> bool) -> Option<Vec<u8>> {
    let (document, _) = Document::parse(xml.as_bytes(), &LIMITS);
    let apex = Some(document.elements().find(find)?);
    let method = Method::new(Variant::Exclusive { prefixes: Default::default() });
    let part = Part { document: &document, apex, without: None };
    canonical(part, &method, &Budget::new(LIMITS.canonical_steps)).ok()
}

/// The digest of the element with the ID `id`.
fn digest_of(xml: &str, id: &str) -> String {
    let octets = canonical_of(xml, |element| element.attribute("ID").as_deref() == Some(id)).unwrap();
    BASE64_STANDARD.encode(Sha256::digest(octets))
}

/// `xml` with SignatureValues for the first SignedInfo that there is.
fn signed(xml: &str) -> String {
    let octets = canonical_of(xml, |element| element.is(DS, "SignedInfo")).unwrap_or_default();
    xml.replace(VALUE, &signature_value(&octets))
}

/// One structure.
struct Structure {
    name: String,
    xml: String,
}

const PLACE: &str = "{SIGNATURE _a}";

/// Every change of every element.
fn changed() -> Vec<Structure> {
    let good = Draft::good(Signed::Assertion).xml;
    let base = signature("_a", &digest_of(&good.replace(PLACE, ""), "_a"));
    let with = |name: String, signature: &Node| {
        let xml = signed(&good.replace(PLACE, &signature.written()));
        Structure { name, xml }
    };
    let mut all = vec![with("as it should be".to_owned(), &base)];
    for place in base.clone().places() {
        for (what, change) in CHANGES {
            let mut signature = base.clone();
            let name = format!("{} {what}", signature.at(&place).name);
            change(&mut signature, &place);
            let structure = with(name, &signature);
            // Moved to where it was.
            if all.iter().all(|known| known.xml != structure.xml) {
                all.push(structure);
            }
        }
    }
    all
}

/// Signature wrapping 1 to 8 (Somorovsky et al., 2012): what is signed is about Alex, what is forged about
/// Eve.
fn wrapped() -> Vec<Structure> {
    let bare = Draft::good(Signed::Assertion).xml.replace(PLACE, "");
    let evil = |xml: &str| xml.replace(NAME_ID, "eve").replace("\"_a\"", "\"_evil\"");
    let between = |start: &str, end: &str| {
        let from = bare.find(start).unwrap();
        bare[from..from + bare[from..].find(end).unwrap() + end.len()].to_owned()
    };
    let assertion = between("<saml:Assertion", "</saml:Assertion>");
    let issuer = between("<saml:Issuer>", "</saml:Issuer>");
    let behind = |xml: &str, added: &str| xml.replacen(&issuer, &format!("{issuer}{added}"), 1);
    let extensions = |inside: &str| format!("<samlp:Extensions>{inside}</samlp:Extensions>");
    let of = |id: &str| {
        let mut signature = signature(id, &digest_of(&bare, id));
        signature.inside.pop();
        signature.written()
    };
    let with_object = |id: &str, inside: &str| {
        of(id).replace("</ds:Signature>", &format!("<ds:Object>{inside}</ds:Object></ds:Signature>"))
    };
    let forged = evil(&bare).replace("\"_r\"", "\"_forged\"");
    let (response, own) = (of("_r"), of("_a"));
    let original = behind(&assertion, &own);
    let forged_with = |signature: &str| behind(&evil(&assertion), signature);
    let holding = |content: &str| bare.replace(&assertion, content);
    let inside =
        |outer: &str, inner: &str| outer.replace("</saml:Assertion>", &format!("{inner}</saml:Assertion>"));
    let ways = [
        behind(&forged, &with_object("_r", &bare)),
        behind(&forged, &format!("{response}{}", extensions(&bare))),
        holding(&format!("{}{original}", evil(&assertion))),
        holding(&inside(&evil(&assertion), &original)),
        holding(&format!("{}{assertion}", forged_with(&own))),
        holding(&forged_with(&own.replace("</ds:Signature>", &format!("{assertion}</ds:Signature>")))),
        behind(&holding(&original), &extensions(&evil(&assertion))),
        holding(&forged_with(&with_object("_a", &assertion))),
    ];
    let number = |(number, xml): (usize, String)| Structure {
        name: format!("wrapping {}", number + 1),
        xml: signed(&xml),
    };
    ways.into_iter().enumerate().map(number).collect()
}

/// Whether libxmlsec verifies the first Signature of each, with the key in it.
fn by_xmlsec(structures: &[Structure]) -> Vec<bool> {
    let program = XMLSEC.find().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message.xml");
    let verify = |structure: &Structure| {
        std::fs::write(&file, &structure.xml).unwrap();
        let ids = [
            "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
            "urn:oasis:names:tc:SAML:2.0:protocol:Response",
        ];
        let ids = ids.iter().flat_map(|element| ["--id-attr:ID", element]);
        // Whether the certificate is to be trusted is not the question.
        let mut verify = Command::new(&program);
        let output = verify.args(["--verify", "--insecure"]).args(ids).arg(&file).output().unwrap();
        output.status.success()
    };
    structures.iter().map(verify).collect()
}

/// Asks ruby-saml, which trusts the certificate; its answer is also that of Samlight's own checks of what
/// GitLab accepts. Gives the NameID of each that is accepted.
fn by_ruby_saml(structures: &[Structure]) -> Vec<Option<String>> {
    let der = BASE64_STANDARD.decode(certificate()).unwrap();
    let fingerprint: Vec<String> = Sha256::digest(der).iter().map(|octet| format!("{octet:02X}")).collect();
    let draft = |structure: &Structure| {
        let mut draft = Draft::good(Signed::Assertion);
        draft.xml = structure.xml.clone();
        draft.settings.insert("idp_cert_fingerprint".to_owned(), json!(fingerprint.join(":")));
        draft
    };
    let trial = |structure: &Structure| Trial::new(structure.name.clone(), None, draft(structure));
    let answered = library::ask(structures.iter().map(trial).collect()).unwrap();
    let differences: Vec<String> =
        answered.iter().filter_map(|(trial, answer)| difference(trial, answer, None)).collect();
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    answered.into_iter().map(|(_, answer)| answer.name_id.filter(|_| answer.accepted)).collect()
}

/// Samlight's verdict on the first Signature, with what `inspect` says of the whole.
fn ours(structure: &Structure) -> (bool, Value) {
    let said = inspect("x", &from_octets(structure.xml.as_bytes(), &LIMITS), &Given::default());
    (said["signatures"][0]["state"] == "valid", said)
}

const XMLSEC1: &str = "xmlsec1";
const RUBY_SAML: &str = "ruby-saml";

/// The words by which a verdict may be stricter, whose it is stricter than, and why.
const STRICTER: [(&str, &[&str], &str); 8] = [
    ("has more than one", &[XMLSEC1, RUBY_SAML], "the schema has one"),
    ("where XML Signature does not allow it", &[XMLSEC1, RUBY_SAML], "the schema has it nowhere there"),
    ("where XML Signature allows only elements", &[XMLSEC1, RUBY_SAML], "the schema has no text there"),
    ("which XML Signature does not know", &[XMLSEC1, RUBY_SAML], "the schema has no such attribute"),
    (" has no ", &[XMLSEC1, RUBY_SAML], "the schema demands it"),
    ("does not execute the transform", &[XMLSEC1, RUBY_SAML], "a transform behind a canonicalization"),
    ("its digest is different", &[RUBY_SAML], "ruby-saml does not look at the transforms"),
    ("with a different key", &[XMLSEC1], "the first certificate made it not"),
];

/// The structures that ruby-saml refuses though it is signed as it should be: it trusts certificates alone.
const WITHOUT_CERTIFICATE: [&str; 2] = ["ds:X509Data missing", "ds:X509Certificate of another namespace"];

#[test]
fn no_structure_is_valid_that_others_refuse() {
    let structures: Vec<Structure> = changed();
    let (xmlsec, ruby) = (by_xmlsec(&structures), by_ruby_saml(&structures));
    let (mut stricter, mut wrong) = (BTreeMap::<(&str, &str), Vec<&str>>::new(), Vec::new());
    let mut valid = 0;
    for ((structure, xmlsec), ruby) in structures.iter().zip(&xmlsec).zip(&ruby) {
        let (is_valid, said) = ours(structure);
        valid += usize::from(is_valid);
        let reason = said["signatures"][0]["reason"].as_str().unwrap_or("no signature is there");
        for (who, theirs) in [(XMLSEC1, *xmlsec), (RUBY_SAML, ruby.is_some())] {
            let is_for_trust = who == RUBY_SAML && WITHOUT_CERTIFICATE.contains(&structure.name.as_str());
            if is_valid && !theirs && !is_for_trust {
                wrong.push(format!("{}: valid, but {who} refuses it", structure.name));
            }
            if !is_valid && theirs {
                let is_known =
                    |(words, of, _): &&(&str, &[&str], &str)| reason.contains(words) && of.contains(&who);
                match STRICTER.iter().find(is_known) {
                    Some((_, _, why)) => stricter.entry((who, *why)).or_default().push(&structure.name),
                    None => wrong.push(format!("{}: {who} accepts it, {reason}", structure.name)),
                }
            }
        }
    }
    let count = |taken: &[bool]| taken.iter().filter(|taken| **taken).count();
    let by_ruby: Vec<bool> = ruby.iter().map(Option::is_some).collect();
    println!(
        "{} structures: valid {valid}, by xmlsec1 {}, by ruby-saml {}; stricter: {stricter:#?}",
        structures.len(),
        count(&xmlsec),
        count(&by_ruby)
    );
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(structures.len() >= 130, "{}", structures.len());
    assert!(ours(&structures[0]).0 && xmlsec[0] && by_ruby[0], "the structure as it should be");
}

#[test]
fn no_wrapped_signature_speaks_for_the_forged_name() {
    let structures = wrapped();
    let (xmlsec, ruby) = (by_xmlsec(&structures), by_ruby_saml(&structures));
    for ((structure, xmlsec), ruby) in structures.iter().zip(&xmlsec).zip(&ruby) {
        let (is_valid, said) = ours(structure);
        let name = &structure.name;
        assert!(*xmlsec || !is_valid, "{name}: xmlsec1 refuses it");
        assert_ne!(ruby.as_deref(), Some("eve"), "{name}");
        assert_ne!(said["name_id_gitlab_reads"], "eve", "{name}");
        let is_shown = said["subject"]["name_id"] == "eve";
        assert!(!is_shown || said["signatures"][0]["first_assertion_covered"] == false, "{name}: {said}");
        let kinds: Vec<&str> =
            said["attacks"].as_array().unwrap().iter().filter_map(|attack| attack["kind"].as_str()).collect();
        assert!(kinds.contains(&"wrapped"), "{name}: {kinds:?}");
        println!("{name}: {is_valid}, xmlsec1 {xmlsec}, ruby-saml {ruby:?}, {kinds:?}");
    }
}
