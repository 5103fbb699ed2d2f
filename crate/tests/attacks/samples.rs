//! Messages of attackers, made from one that is signed as it should be by moving and changing what is in it:
//! nothing is signed here.

use std::path::Path;

const OBJECT: [&str; 2] = ["<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">", "</ds:Object>"];
const EXTENSIONS: [&str; 2] = ["<samlp:Extensions>", "</samlp:Extensions>"];

/// A message and its parts. The person in it is Ada; Eve wants to be let in as somebody else.
pub(crate) struct Sample {
    /// The whole.
    pub(crate) xml: String,
    assertion: String,
    signature: String,
}

impl Sample {
    /// With the assertion signed.
    pub(crate) fn signed_assertion() -> Self {
        let xml = file("openssl/rsa-sha256.xml");
        let assertion = between(&xml, "<saml:Assertion", "</saml:Assertion>");
        let signature = between(&xml, "<ds:Signature", "</ds:Signature>");
        Sample { xml, assertion, signature }
    }

    /// With `from` replaced by `to`, once.
    pub(crate) fn changed(&self, from: &str, to: &str) -> String {
        assert!(self.xml.contains(from), "{from}");
        self.xml.replacen(from, to, 1)
    }

    /// With `assertions` in place of the assertion.
    fn holding(&self, assertions: &str) -> String {
        self.changed(&self.assertion, assertions)
    }

    /// The assertion without its signature.
    fn bare(&self) -> String {
        self.assertion.replace(&self.signature, "")
    }

    /// An assertion about somebody else, with this ID.
    fn evil(&self, id: &str) -> String {
        self.bare().replace("ada@", "eve@").replace("ID=\"_a\"", &format!("ID=\"{id}\""))
    }

    /// Signature wrapping 1 to 9 (Somorovsky et al., 2012, as SAML Raider counts them; 9 has the signed
    /// assertion in Extensions). The first two are for a signed Response: see [`signed_response`].
    pub(crate) fn wrapped(&self) -> Vec<(&'static str, String)> {
        let evil = self.evil("_evil");
        let with_signature = |inside: &str| {
            let signature = self.signature.replace("</ds:Signature>", &format!("{inside}</ds:Signature>"));
            evil.replace("<saml:Subject>", &format!("{signature}<saml:Subject>"))
        };
        let object = |inside: &str| format!("{}{inside}{}", OBJECT[0], OBJECT[1]);
        let extensions = |inside: &str| format!("{}{inside}{}", EXTENSIONS[0], EXTENSIONS[1]);
        vec![
            ("xsw3", self.holding(&format!("{evil}{}", self.assertion))),
            (
                "xsw4",
                self.holding(
                    &evil.replace("</saml:Assertion>", &format!("{}</saml:Assertion>", self.assertion)),
                ),
            ),
            ("xsw5", self.holding(&format!("{}{}", with_signature(""), self.bare()))),
            ("xsw6", self.holding(&with_signature(&self.bare()))),
            ("xsw7", self.holding(&format!("{}{}", extensions(&evil), self.assertion))),
            ("xsw8", self.holding(&with_signature(&object(&self.bare())))),
            ("xsw9", self.holding(&format!("{}{evil}", extensions(&self.assertion)))),
        ]
    }

    /// The other things that are done to signatures: name, message, and the cause that must be told.
    pub(crate) fn tampered(&self) -> Vec<(&'static str, String, &'static str)> {
        let digest = between(&self.xml, "<ds:DigestValue>", "</ds:DigestValue>");
        let signed_info = between(&self.xml, "<ds:SignedInfo>", "</ds:SignedInfo>");
        let smuggled = "<samlp:Extensions><ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">AAAA</ds:DigestValue></samlp:Extensions>";
        let in_status = "<samlp:StatusDetail><ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">AAAA</ds:DigestValue></samlp:StatusDetail></samlp:Status>";
        let nothing = "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>";
        let commented = digest.replace("</ds:DigestValue>", "<!-- x --></ds:DigestValue>");
        let wrapped_info = format!("<ds:Object>{signed_info}</ds:Object>");
        vec![
            ("tampered NameID", self.changed("ada@", "eve@"), "changed"),
            ("pretty-printed", self.changed("<saml:Subject>", "\n  <saml:Subject>"), "reformatted"),
            ("signature stripped", self.changed(&self.signature, ""), "unsigned"),
            ("duplicate ID", self.holding(&format!("{}{}", self.evil("_a"), self.assertion)), "duplicate-id"),
            (
                "several assertions",
                self.holding(&format!("{}{}", self.assertion, self.evil("_b"))),
                "several-assertions",
            ),
            (
                "CVE-2024-45409, Extensions",
                self.changed("<samlp:Status ", &format!("{smuggled}<samlp:Status ")),
                "digest-elsewhere",
            ),
            ("CVE-2024-45409, Status", self.changed("</samlp:Status>", in_status), "digest-elsewhere"),
            (
                "CVE-2025-29774, two SignedInfo",
                self.changed(&signed_info, &format!("{signed_info}{signed_info}")),
                "several-parts",
            ),
            (
                "SignedInfo in an Object",
                self.changed("</ds:KeyInfo>", &format!("</ds:KeyInfo>{wrapped_info}")),
                "digest-elsewhere",
            ),
            (
                "CVE-2025-29775, comment in DigestValue",
                self.changed(&digest, &commented),
                "comment-in-digest",
            ),
            ("empty digest", self.changed(&digest, nothing), "empty-digest"),
            ("HMAC with the certificate", self.changed("#rsa-sha256", "#hmac-sha256"), "hmac"),
            (
                "XPath transform",
                self.changed(
                    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                    "http://www.w3.org/TR/1999/REC-xpath-19991116",
                ),
                "transform",
            ),
            (
                "XSLT transform",
                self.changed(
                    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                    "http://www.w3.org/TR/1999/REC-xslt-19991116",
                ),
                "transform",
            ),
            (
                "CVE-2025-66568, relative namespace",
                self.changed("<samlp:Response ", "<samlp:Response xmlns:x=\"relative\" "),
                "relative-namespace",
            ),
            (
                "CVE-2025-66568, namespace that is no URI, declared where nothing is signed",
                self.changed("<samlp:Status ", "<samlp:Status xmlns:x=\"urn:x y\" "),
                "relative-namespace",
            ),
            ("CVE-2025-25291, DOCTYPE", format!("<!DOCTYPE r [<!ENTITY e \"x\">]>{}", self.xml), "doctype"),
            (
                "comment in NameID",
                self.changed("ada@example.com", "ada@example.com<!-- -->.evil.example.com"),
                "name-id",
            ),
            (
                "processing instruction in NameID",
                self.changed("ada@example.com", "ada@example.com<?x y?>.evil.example.com"),
                "name-id",
            ),
            ("CDATA in NameID", self.changed("ada@example.com", "ada@<![CDATA[example.com]]>"), "name-id"),
            ("element in NameID", self.changed("ada@example.com", "ada@example.com<b>.evil</b>"), "name-id"),
            ("many References", self.many_references(), "bomb"),
            (
                "deep",
                self.changed(
                    "<saml:Subject>",
                    &format!("{}{}<saml:Subject>", "<b>".repeat(1_000), "</b>".repeat(1_000)),
                ),
                "bomb",
            ),
        ]
    }

    fn many_references(&self) -> String {
        let reference = between(&self.xml, "<ds:Reference ", "</ds:Reference>");
        self.changed(&reference, &reference.repeat(2_000))
    }
}

/// Signature wrapping 1 and 2: the signed Response stands in the signature of a forged one, or beside it.
pub(crate) fn signed_response() -> Vec<(&'static str, String)> {
    let xml = file("generated/algs/both-signed.rsa-sha256.xml");
    let xml = xml.trim();
    let signature = between(xml, "<ds:Signature", "</ds:Signature>");
    let original = xml.replacen(&signature, "", 1);
    let (start, _) = xml.split_once("<saml:Issuer>").unwrap();
    let (_, rest) = xml.split_once(&signature).unwrap();
    // The forged assertion has no signature of its own.
    let own = between(rest, "<ds:Signature", "</ds:Signature>");
    let forged = |signature: &str| {
        let evil =
            rest.replace(&own, "").replace("user@user.com", "eve@user.com").replace("\"_a1\"", "\"_evil\"");
        format!("{}{signature}{evil}", start.replace("\"_r1\"", "\"_forged\""))
    };
    let inside =
        signature.replace("</ds:Signature>", &format!("{}{original}{}</ds:Signature>", OBJECT[0], OBJECT[1]));
    vec![
        ("xsw1", forged(&inside)),
        ("xsw2", forged(&format!("{}{original}{}{signature}", EXTENSIONS[0], EXTENSIONS[1]))),
    ]
}

/// A file of the corpus.
pub(crate) fn file(name: &str) -> String {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    std::fs::read_to_string(corpus.join(name)).unwrap()
}

/// From the first `start` to the first `end` behind it.
fn between(text: &str, start: &str, end: &str) -> String {
    let from = text.find(start).unwrap();
    let to = text[from..].find(end).unwrap() + from + end.len();
    text[from..to].to_owned()
}
