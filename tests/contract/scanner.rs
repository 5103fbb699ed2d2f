//! The scanner of bodies in JavaScript beside its twin in Rust, which the fuzzer runs: both take the same out
//! of generated bodies, those that the fuzzer keeps among them.

use super::run;
use samlight::event::capture;
use samlight_tests::scanner::{self, Listed};
use serde_json::{Value, json};
use std::path::Path;

/// The pieces that bodies are made of: beginnings, names, marks, and what ends something.
const PIECES: [&str; 60] = [
    "--xYz",
    "--xYz\r\n",
    "\r\n--xYz",
    "\r\n--xYz--\r\n",
    "--",
    "\r\n",
    "\r",
    "\n",
    "\r\n\r\n",
    "\r\n--",
    "Content-Disposition: form-data; name=\"",
    "content-disposition:form-data;\u{a0}name=\"",
    "NAME=\"",
    "SAMLResponse",
    "SAMLRequest",
    "SAMLart",
    "wresult",
    "RelayState",
    "Signature",
    "SAMLRespons",
    "\"",
    "=",
    "&",
    "{",
    "[",
    "}",
    ":",
    " : ",
    "\"SAMLResponse\"",
    "\"SAMLResponse\":\"",
    "\\",
    "\\\"",
    "\\u003d",
    ",",
    "<",
    ">",
    "/>",
    "</",
    "<?xml version='1.0'?>",
    "<S:Envelope xmlns:S='urn:x'>",
    "<Envelope>",
    "</S:Envelope>",
    "<S:Header>",
    "</S:Header>",
    "<S:Header/>",
    "<S:Body>",
    "</S:Body>",
    "<e:RelayState>",
    "</e:RelayState>",
    "<e:Response ",
    "<p:Response ",
    "<AuthnRequest>",
    "urn:oasis:names:tc:SAML:2.0",
    " ",
    "\u{feff}",
    "\u{e9}",
    "\u{1f600}",
    "\u{85}",
    "value",
    "%5",
];

/// A body of some pieces, of which octets may be changed.
fn body(random: &mut fastrand::Rng) -> Vec<u8> {
    let count = random.usize(0..14);
    let mut body: Vec<u8> = (0..count).flat_map(|_| PIECES[random.usize(..PIECES.len())].bytes()).collect();
    for _ in 0..random.usize(0..3) {
        if !body.is_empty() {
            let at = random.usize(..body.len());
            body[at] = random.u8(..);
        }
    }
    body
}

/// Bodies that each look of them fits.
const WHOLE: [&str; 5] = [
    "--xYz\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\nPHg+\r\n--xYz--\r\n",
    "{\"a\": [{\"SAMLResponse\" : \"PHg+\", \"RelayState\":\"\\\"\"}]}",
    "RelayState=/x\r\nSAMLResponse=PHg+\r\n",
    "RelayState=%2Fx&SAMLResponse=PHg%2B",
    "<S:Envelope><S:Header><e:RelayState>/x</e:RelayState></S:Header><S:Body><p:Response \
     xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol'/></S:Body></S:Envelope>",
];

/// One of the whole bodies with pieces put in, and octets taken out.
fn changed(random: &mut fastrand::Rng) -> Vec<u8> {
    let mut body = WHOLE[random.usize(..WHOLE.len())].as_bytes().to_vec();
    for _ in 0..random.usize(0..4) {
        let from = random.usize(..=body.len());
        let to = (from + random.usize(0..12)).min(body.len());
        let piece = if random.bool() { PIECES[random.usize(..PIECES.len())] } else { "" };
        body.splice(from..if random.bool() { from } else { to }, piece.bytes());
    }
    body
}

fn kept_by_the_fuzzer() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/scanner");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn the_scanner_and_its_twin_take_the_same_out_of_bodies() {
    let table = capture::table();
    let listed = Listed::of(&table);
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bodies: Vec<Vec<u8>> = WHOLE.iter().map(|body| body.as_bytes().to_vec()).collect();
    bodies.extend(kept_by_the_fuzzer());
    bodies.extend((0..8_000).flat_map(|_| [body(&mut random), changed(&mut random)]));
    let written = [("capture_table.js", format!("export const captureTable = {table};"))];
    let printed = run("scanner.mjs", &["background/scanner.js"], &written, &json!(bodies));
    let printed: Vec<Value> = serde_json::from_value(printed).unwrap();
    assert_eq!(printed.len(), bodies.len());
    let mut looks = std::collections::BTreeMap::<_, usize>::new();
    for (octets, javascript) in bodies.iter().zip(&printed) {
        let text = scanner::decoded(octets);
        let scanned = scanner::read(&text, &listed);
        assert_eq!(json!([scanned.look, scanned.taken]), *javascript, "seed {seed}: {text:?}");
        if !scanned.taken.is_empty() {
            *looks.entry(scanned.look).or_default() += 1;
        }
    }
    println!("bodies with fields: {looks:?}");
    assert!(looks.len() == 5 && looks.values().all(|count| *count > 100), "{looks:?}");
}
