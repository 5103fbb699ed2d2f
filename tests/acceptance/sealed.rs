//! The kinds of difference in how a Response is signed and encrypted.

use crate::generate::{Kind, Parts, once_in, pick};
use fastrand::Rng;
use samlight_tests::draft::KEY_INFO;
use serde_json::{Value, json};

pub(crate) const KINDS: &[Kind] = &[
    ("what is signed", signed),
    ("algorithm", algorithm),
    ("ECDSA", ecdsa),
    ("changed content", changed),
    ("Signature", signature),
    ("detached Signature", detached),
    ("KeyInfo", key_info),
    ("EncryptedAssertion", encrypted_assertion),
    ("EncryptedAssertion as it should be", well_encrypted_assertion),
    ("EncryptedAssertion, key transport", key_transport),
    ("EncryptedAssertion, content", content),
    ("EncryptedID", encrypted_id),
    ("EncryptedAttribute", encrypted_attribute),
];

const DS: &str = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";

fn signed(parts: &mut Parts, random: &mut Rng) {
    let of = |is_there: bool, id: &str| if is_there { format!("{{SIGNATURE {id}}}") } else { String::new() };
    parts.response_signature = of(random.bool(), "_r");
    parts.assertion_signature = of(random.bool(), "_a");
    if once_in(random, 4) {
        parts.assertion_signature = of(true, pick(random, &["_r", "_x", "", "_a}{SIGNATURE _a"]));
    }
}

fn algorithm(parts: &mut Parts, random: &mut Rng) {
    parts.sign.insert("sha".to_owned(), json!(pick(random, &["1", "256", "384", "512"])));
    let canonicalization = pick(
        random,
        &[
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            "http://www.w3.org/2006/12/xml-c14n11",
        ],
    );
    parts.sign.insert("canonicalization".to_owned(), json!(canonicalization));
    if random.bool() {
        parts
            .sign
            .insert("prefixes".to_owned(), json!(pick(random, &["xs", "xs saml", "#default samlp", ""])));
    }
    if once_in(random, 4) {
        let method = pick(
            random,
            &[
                "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
                "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
                "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
                "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                "urn:x",
            ],
        );
        parts.sign.insert("method".to_owned(), json!(method));
    }
}

fn ecdsa(parts: &mut Parts, random: &mut Rng) {
    parts.sign.insert("curve".to_owned(), json!(pick(random, &["prime256v1", "prime256v1", "secp384r1"])));
    parts.sign.insert("ecdsa".to_owned(), json!(pick(random, &["der", "raw"])));
    parts.sign.insert("sha".to_owned(), json!(pick(random, &["256", "256", "384", "1"])));
}

fn changed(parts: &mut Parts, random: &mut Rng) {
    let (from, to) = pick(
        random,
        &[
            ("alex", "eve"),
            ("persistent", "transient"),
            ("2026-03-01T11:59:00Z", "2026-03-01T11:58:00Z"),
            ("</saml:Conditions>", "</saml:Conditions>\n"),
            ("<saml:Subject>", "<saml:Subject><!-- c -->"),
            ("<saml:Subject>", "<saml:Subject >"),
            ("<samlp:Status>", "\n<samlp:Status>"),
            ("ID=\"_a\" Version=\"2.0\"", "Version=\"2.0\" ID=\"_a\""),
        ],
    );
    parts.after.push((from.to_owned(), to.to_owned()));
}

fn signature(parts: &mut Parts, random: &mut Rng) {
    let (from, to) = pick(
        random,
        &[
            ("<ds:DigestValue>", "<ds:DigestValue>AAAA"),
            ("<ds:DigestValue>", "<ds:DigestValue><!-- c -->"),
            ("<ds:DigestValue>", "<ds:DigestValue>\n"),
            ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
            ("<ds:SignatureValue>", "<ds:SignatureValue>\n "),
            ("<ds:SignatureValue>", "<ds:SignatureValue><!-- c -->"),
            ("<ds:SignatureValue>", "<ds:SignatureValue>&#13;"),
            ("<ds:SignedInfo>", "<ds:SignedInfo>\n"),
            ("<ds:SignedInfo>", "<ds:SignedInfo Id=\"x\">"),
            ("#_a\"", "#_r\""),
            ("#_r\"", "#_a\""),
            ("URI=\"#_a\"", "URI=\"\""),
            ("URI=\"#_r\"", "URI=\"\""),
            ("URI=\"#_a\"", "URI=\"#\""),
            ("URI=\"#_a\"", "URI=\"#xpointer(id('_a'))\""),
            ("URI=\"#_a\"", ""),
            ("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>"),
            (
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                "http://www.w3.org/2001/10/xml-exc-c14n#",
            ),
            ("</ds:Transforms>", "<ds:Transform Algorithm=\"urn:x\"/></ds:Transforms>"),
            ("</ds:Reference>", "</ds:Reference><ds:Reference URI=\"#_x\"/>"),
            ("</ds:Signature>", "<ds:Object>x</ds:Object></ds:Signature>"),
            ("xmlenc#sha256", "xmlenc#sha512"),
        ],
    );
    parts.after.push((from.to_owned(), to.to_owned()));
}

fn detached(parts: &mut Parts, random: &mut Rng) {
    let value = "<ds:SignatureValue>AAAA</ds:SignatureValue>";
    let info = |inside: &str| {
        format!(
            "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{inside}</ds:SignedInfo>"
        )
    };
    let reference = |uri: &str| {
        format!(
            "<ds:Reference{uri}><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>"
        )
    };
    let inside = pick(
        random,
        &[
            value.to_owned(),
            info("") + value,
            info(&reference("")) + value,
            info(&reference(" URI=\"\"")) + value,
            info(&reference(" URI=\"https://example.com/x\"")) + value,
            info(&reference(" URI=\"#_a\"")),
            info(&reference(" URI=\"#_a\"")) + value,
            info(&reference(" URI=\"#_nowhere\"")) + value,
            "<ds:SignedInfo/>".to_owned() + value,
        ],
    );
    let written = format!("<ds:Signature {DS}>{inside}{KEY_INFO}</ds:Signature>");
    match random.u8(..4) {
        0 => parts.response_signature = written,
        1 => parts.assertion_signature = written,
        2 => {
            parts.response_signature.clear();
            parts.assertion_signature = written;
        }
        _ => {
            parts.assertion_signature.clear();
            parts.before_assertion = format!("<samlp:Extensions>{written}</samlp:Extensions>");
        }
    }
}

fn key_info(parts: &mut Parts, random: &mut Rng) {
    let of = |certificate: &str| format!("<ds:X509Data>{certificate}</ds:X509Data>");
    let own = "<ds:X509Certificate>{CERTIFICATE}</ds:X509Certificate>";
    let other = "<ds:X509Certificate>{OTHER}</ds:X509Certificate>";
    let inside = pick(random, &[
        String::new(),
        of(own) + &of(other),
        of(other) + &of(own),
        of(&format!("{own}{other}")),
        of(other),
        "<ds:KeyName>x</ds:KeyName>".to_owned() + &of(own),
        "<ds:KeyName>x</ds:KeyName>".to_owned(),
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>".to_owned(),
        of("<ds:X509Certificate/>"),
        of("<ds:X509Certificate>AAAA</ds:X509Certificate>"),
        of("<ds:X509Certificate>\n{CERTIFICATE}\n</ds:X509Certificate>"),
        of("<ds:X509Certificate><!-- c -->{CERTIFICATE}</ds:X509Certificate>"),
        of("<ds:X509Certificate>-----BEGIN CERTIFICATE-----{CERTIFICATE}-----END CERTIFICATE-----</ds:X509Certificate>"),
        of("<ds:X509SubjectName>CN=x</ds:X509SubjectName>") + &of(own),
    ]);
    let whole = if inside.is_empty() { inside } else { format!("<ds:KeyInfo>{inside}</ds:KeyInfo>") };
    parts.sign.insert("key_info".to_owned(), json!(whole));
}

const DATA: [&str; 7] = [
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes192-gcm",
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
];
const RSA_15: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
const MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";

/// Encrypted as ruby-saml can read it.
fn well(random: &mut Rng) -> Value {
    json!({
        "cipher": pick(random, &DATA), "transport": pick(random, &[RSA_15, MGF1P, MGF1P]), "recipients": ["sp"],
    })
}

fn digest_uri(name: &str) -> String {
    match name {
        "sha1" => "http://www.w3.org/2000/09/xmldsig#sha1".to_owned(),
        "sha384" => "http://www.w3.org/2001/04/xmldsig-more#sha384".to_owned(),
        other => format!("http://www.w3.org/2001/04/xmlenc#{other}"),
    }
}

/// With another way to send the key.
fn with_transport(sealed: &mut Value, random: &mut Rng) {
    match random.u8(..6) {
        0..3 => {
            let names = ["sha1", "sha1", "sha256", "sha384", "sha512"];
            let (digest, mask) = (pick(random, &names), pick(random, &names));
            let transport = pick(random, &[MGF1P, MGF1P, OAEP]);
            // What is written need not be what was done.
            let said = if once_in(random, 3) { pick(random, &names) } else { digest };
            let mut inside = format!("<ds:DigestMethod {DS} Algorithm=\"{}\"/>", digest_uri(said));
            let mask = if transport == OAEP || once_in(random, 4) { mask } else { "sha1" };
            if transport == OAEP && random.bool() {
                inside.push_str(&format!(
                    "<xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1{mask}\"/>"
                ));
            }
            let mut oaep = json!({"digest": digest, "mask": mask});
            if once_in(random, 4) {
                oaep["label"] = json!("label");
                inside.insert_str(0, "<xenc:OAEPparams>bGFiZWw=</xenc:OAEPparams>");
            }
            sealed["transport"] = json!(transport);
            sealed["oaep"] = oaep;
            sealed["inside"] = json!(if once_in(random, 5) { String::new() } else { inside });
        }
        3 => sealed["transport"] = pick(random, &[json!("urn:x"), json!(null), json!(OAEP)]),
        4 => {
            sealed["recipients"] = json!(pick(
                random,
                &[
                    vec!["other", "sp"],
                    vec!["sp", "other"],
                    vec!["other"],
                    vec!["other", "other", "sp"],
                    vec![],
                ]
            ));
        }
        _ => {
            sealed["beside"] = json!(pick(random, &["pointed", "alone"]));
            sealed["recipients"] = json!(pick(random, &[vec!["sp"], vec!["sp"], vec!["other", "sp"]]));
        }
    }
}

/// With something else in it, or changed on the way.
fn with_content(sealed: &mut Value, random: &mut Rng) {
    match random.u8(..10) {
        0..3 => {
            sealed["before"] = json!(pick(
                random,
                &[
                    "\u{feff}",
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                    "<?xml version=\"1.0\"?>\n",
                    "\u{feff}<?xml version=\"1.0\"?>",
                    "\n",
                    "  ",
                    "<!-- c -->",
                    "<?x y?>",
                    "x",
                    "<x/>",
                ]
            ));
        }
        3 | 4 => {
            sealed["behind"] = json!(pick(
                random,
                &[
                    "\n",
                    "noise",
                    "<!-- c -->",
                    "</x>",
                    "<x>",
                    "\u{0}\u{1}",
                    "<saml:Assertion></saml:Assertion>",
                    "&x;",
                ]
            ));
        }
        5 => sealed["padding"] = json!(pick(random, &["zero", "large"])),
        6 => sealed["lines"] = json!(true),
        7 => sealed[pick(random, &["broken", "short_key", "ds"])] = json!(true),
        8 => sealed["cut"] = json!(pick(random, &[1, 8, 16, 3000])),
        _ => sealed["cipher"] = pick(random, &[json!("urn:x"), json!(null)]),
    }
}

fn sealed(random: &mut Rng) -> Value {
    let mut sealed = well(random);
    if random.bool() {
        with_transport(&mut sealed, random);
    }
    if random.bool() {
        with_content(&mut sealed, random);
    }
    sealed
}

/// Marks the assertion as encrypted as `sealed` says.
fn encrypt_assertion(parts: &mut Parts, sealed: Value, random: &mut Rng) {
    let number = parts.encrypt.len();
    parts.encrypt.push(sealed);
    if !parts.is_group && random.u8(..5) > 0 {
        parts.set("private_key", json!(true));
    }
    let (open, close) = pick(
        random,
        &[
            ("<saml:EncryptedAssertion>", "</saml:EncryptedAssertion>"),
            ("<saml:EncryptedAssertion>", "</saml:EncryptedAssertion>"),
            ("<saml:EncryptedAssertion>", "</saml:EncryptedAssertion>"),
            ("<saml:EncryptedAssertion>", "</saml:EncryptedAssertion>"),
            ("<EncryptedAssertion>", "</EncryptedAssertion>"),
        ],
    );
    parts.around = (format!("{open}{{ENCRYPT {number}}}"), format!("{{/ENCRYPT}}{close}"));
    if random.bool() {
        let saml = "urn:oasis:names:tc:SAML:2.0:assertion".to_owned();
        parts.assertion.push(("xmlns:saml", saml));
    }
}

fn well_encrypted_assertion(parts: &mut Parts, random: &mut Rng) {
    let sealed = well(random);
    encrypt_assertion(parts, sealed, random);
}

fn encrypted_assertion(parts: &mut Parts, random: &mut Rng) {
    let sealed = sealed(random);
    encrypt_assertion(parts, sealed, random);
}

fn key_transport(parts: &mut Parts, random: &mut Rng) {
    let mut sealed = well(random);
    with_transport(&mut sealed, random);
    encrypt_assertion(parts, sealed, random);
    parts.set("private_key", json!(true));
    parts.is_group = false;
}

fn content(parts: &mut Parts, random: &mut Rng) {
    let mut sealed = well(random);
    with_content(&mut sealed, random);
    encrypt_assertion(parts, sealed, random);
    parts.set("private_key", json!(true));
    parts.is_group = false;
}

fn encrypted_id(parts: &mut Parts, random: &mut Rng) {
    let sealed = if random.bool() { well(random) } else { sealed(random) };
    let number = parts.encrypt.len();
    parts.encrypt.push(sealed);
    parts.name_id =
        format!("<saml:EncryptedID>{{ENCRYPT {number}}}{}{{/ENCRYPT}}</saml:EncryptedID>", parts.name_id);
    if once_in(random, 6) {
        parts.name_id.push_str("<saml:NameID>eve</saml:NameID>");
    }
    if !parts.is_group && random.u8(..5) > 0 {
        parts.set("private_key", json!(true));
    }
}

fn encrypted_attribute(parts: &mut Parts, random: &mut Rng) {
    let sealed = if random.bool() { well(random) } else { sealed(random) };
    let number = parts.encrypt.len();
    parts.encrypt.push(sealed);
    let inside = pick(
        random,
        &[
            "<saml:Attribute Name=\"uid\"><saml:AttributeValue>alex-7</saml:AttributeValue></saml:Attribute>",
            "<saml:Attribute Name=\"email\"><saml:AttributeValue xsi:nil=\"true\"/><saml:AttributeValue>b</saml:AttributeValue></saml:Attribute>",
            "<saml:Attribute xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" Name=\"uid\"><saml:AttributeValue>a<!-- c -->b</saml:AttributeValue></saml:Attribute>",
        ],
    );
    let encrypted = format!(
        "<saml:EncryptedAttribute>{{ENCRYPT {number}}}{inside}{{/ENCRYPT}}</saml:EncryptedAttribute>"
    );
    parts.attributes = parts.attributes.replacen(
        "</saml:AttributeStatement>",
        &format!("{encrypted}</saml:AttributeStatement>"),
        1,
    );
    if !parts.is_group && random.u8(..5) > 0 {
        parts.set("private_key", json!(true));
        if random.bool() {
            parts.set("uid_attribute", json!("uid"));
        }
    }
}
