//! Every malformed form of a message is listed, read as far as it goes, and said with its place.
//!
//! The table in `forms` says what each form is and what is expected; the files beside are made from it. After
//! a change of the table, `SAMLIGHT_MALFORMED=write cargo test -p samlight-tests --test malformed` writes
//! them anew.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bombs;
mod forms;
mod make;

use samlight::{
    base::limits::LIMITS,
    base::redact::Secret,
    binding::{from_form, from_octets, from_query},
};
use samlight_tests::malformed::{Malformed, Reading, cases, folder};
use std::fs;

/// Whether the files are to be written.
const WRITE: &str = "SAMLIGHT_MALFORMED";

#[test]
fn the_files_are_what_the_table_makes() {
    let made = forms::all();
    let names: Vec<&str> = made.iter().map(|case| case.form.as_str()).collect();
    let text = |case: &Malformed| serde_json::to_string_pretty(case).unwrap() + "\n";
    if std::env::var_os(WRITE).is_some_and(|wish| wish == "write") {
        for old in cases().unwrap().iter().filter(|old| !names.contains(&old.form.as_str())) {
            fs::remove_file(folder().join(format!("{}.json", old.form))).unwrap();
        }
        for case in &made {
            fs::write(folder().join(format!("{}.json", case.form)), text(case)).unwrap();
        }
    }
    let written = cases().unwrap();
    for case in &made {
        let found = written.iter().find(|found| found.form == case.form);
        assert_eq!(found, Some(case), "write the files anew: {WRITE}=write cargo test --test malformed");
    }
    assert_eq!(written.len(), made.len(), "a file that the table does not make; {WRITE}=write removes it");
}

#[test]
fn each_form_is_read_as_expected() {
    // The files are the same, and could be being written.
    let cases = forms::all();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in &cases {
        let found: Vec<Reading> = case.carried().iter().map(Reading::of).collect();
        if found != case.expected {
            let [expected, found] = [&case.expected, &found].map(|it| serde_json::to_string(it).unwrap());
            wrong.push(format!("{} ({})\n  expected {expected}\n  found    {found}", case.form, case.what));
        }
    }
    assert!(wrong.is_empty(), "{} of {} forms:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// A message that is cut off anywhere is listed, says so, and shows what there was before the cut.
#[test]
fn a_message_that_is_cut_off_anywhere_is_listed_with_what_came_before() {
    let xml = make::response("ada@example.com");
    let name_id = xml.find("</saml:NameID>").unwrap();
    for cut in 1..xml.len() {
        let carried = from_octets(&xml.as_bytes()[..cut], &LIMITS);
        assert!(!carried.flaws.is_empty(), "cut at {cut}");
        let read = carried.message.as_ref().and_then(|message| message.name_id()).map(|id| id.value.as_str());
        if cut >= name_id {
            assert_eq!(read, Some("ada@example.com"), "cut at {cut}");
        }
        // The namespace is declared from here on.
        if cut > xml.find(" ID=").unwrap() {
            assert_eq!(
                carried.message.map(|message| message.kind.name().to_owned()).as_deref(),
                Some("Response")
            );
        }
    }
    let base64 = make::base64(xml.as_bytes());
    for cut in 1..base64.trim_end_matches('=').len() {
        let carried = from_form(&[("SAMLResponse".to_owned(), Secret::from(&base64[..cut]))], &LIMITS);
        assert_eq!(carried.len(), 1);
        assert!(!carried[0].flaws.is_empty(), "cut at {cut}");
        let octets = carried[0].octets().map_or(0, |octets| octets.expose().len());
        assert_eq!(octets, cut * 3 / 4, "cut at {cut}");
    }
    let deflated = make::base64(&make::deflate(xml.as_bytes()));
    for cut in 1..deflated.trim_end_matches('=').len() {
        let carried = from_query(&format!("SAMLResponse={}", make::escape(&deflated[..cut])), &LIMITS);
        assert_eq!(carried.len(), 1);
        assert!(!carried[0].flaws.is_empty(), "cut at {cut}");
    }
}
