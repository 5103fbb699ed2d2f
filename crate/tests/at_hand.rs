//! The sign-ins that a text is about: those that ended with its message are named, newest first and with the
//! one verdict, and all others never. Every message of GitLab's tables is tried as a text, in several
//! wrappings, beside sign-ins that ended with every one of them. And the sentence that follows GitLab's words
//! begins behind a full stop.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;

use base64::{Engine, prelude::BASE64_STANDARD};
use program::samlight;
use samlight::{
    base::instant::Timestamp,
    case::Case,
    event::Event,
    explain::clues::Clues,
    file,
    gitlab::messages::{self, MEANINGS, REFUSALS},
    trace::tracer::Tracer,
    view::{
        at_hand::{self, AtHand, Here, Opens},
        flow::flow_view,
        verdict,
    },
};
use serde_json::{Value, json};

const START: i64 = 1_767_258_000_000;
const NOW: Timestamp = Timestamp(START + 90_000_000);
const FRAME: &str = "Unable to sign in to group with SAML: ";

/// The end of a sign-in: the group, GitLab's answer with the address it leads to, and the message there.
struct End {
    group: &'static str,
    status: u16,
    location: &'static str,
    said: Option<String>,
    /// The identity provider's message in a Response that is no success.
    refused: &'static str,
}

fn end(location: &'static str, said: &str) -> End {
    End { group: "acme", status: 302, location, said: Some(said.to_owned()), refused: "" }
}

/// The events of a sign-in with this number; a minute after the one before.
fn sign_in(number: usize, end: &End) -> Vec<Event> {
    let acs = format!("https://gitlab.com/groups/{}/-/saml/callback", end.group);
    let status = match end.refused {
        "" => "<p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/>".to_owned(),
        said => format!(
            "<p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Responder'/><p:StatusMessage>{said}</p:StatusMessage>"
        ),
    };
    let xml = format!(
        "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion' \
         ID='_r{number}'><p:Status>{status}</p:Status><a:Assertion ID='_a{number}'><a:Subject><a:NameID>person-{number}\
         </a:NameID></a:Subject></a:Assertion></p:Response>"
    );
    let (tab, request) = (10 + number, format!("r{number}"));
    let mut answered = json!({"kind": "response", "request": request, "tab": tab, "method": "POST", "url": acs,
        "status": end.status});
    if end.status == 302 {
        answered["location"] = json!(end.location);
    }
    let asked = json!({"kind": "request", "request": request, "tab": tab, "method": "POST", "body": "form",
        "url": acs, "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]});
    let page = end.said.as_ref().map(|said| {
        json!({"kind": "page", "tab": tab, "url": end.location, "page": "any", "rows": [],
            "fields": {"flash": [said]}})
    });
    let events = [asked, answered].into_iter().chain(page).enumerate();
    let with_id = |(at, mut event): (usize, Value)| {
        event["id"] = json!(format!("{:013}-hand-{at:06}", START + 60_000 * number as i64));
        serde_json::from_value(event).unwrap()
    };
    events.map(with_id).collect()
}

fn trace<'e>(ends: impl IntoIterator<Item = (usize, &'e End)>) -> Tracer {
    Tracer::replay(ends.into_iter().flat_map(|(number, end)| sign_in(number, end)))
}

fn found(tracer: &Tracer, text: &str) -> Vec<AtHand> {
    at_hand::sign_ins(tracer, &Clues::of(text), None, NOW)
}

/// The numbers of the sign-ins that are named, by their NameIDs.
fn numbers(found: &[AtHand]) -> Vec<usize> {
    let number = |found: &AtHand| {
        let texts = found.statement.sentences.iter().map(|sentence| sentence.text.as_str());
        let sent = texts.filter_map(|text| text.strip_prefix("NameID sent: “person-")).next();
        sent.unwrap_or_else(|| panic!("no NameID: {found:?}")).trim_end_matches("”.").parse().unwrap()
    };
    found.iter().map(number).collect()
}

/// A message of GitLab's tables with something in its gaps, the key of its meaning, and how a sign-in ends
/// with it.
fn messages() -> Vec<(String, &'static str, End)> {
    let is_number = |part: &&str| part.chars().all(|c| c.is_ascii_digit() || c == ':');
    let of = |meaning: &'static messages::Meaning, is_refusal: bool| {
        let said = meaning.pattern.join(" x ").replace("' x '", "'x'");
        let end = match is_refusal {
            true => end("https://gitlab.com/groups/acme/-/saml/sso", &format!("{FRAME}\"{said}\"")),
            false => end("https://gitlab.com/users/sign_in", &said),
        };
        let meant = messages::meaning(end.said.as_deref().unwrap()).unwrap();
        (said, (meant.means)().key(), end)
    };
    let refusals = REFUSALS.iter().map(|meaning| of(meaning, true));
    let others = MEANINGS.iter().filter(|meaning| !meaning.pattern.iter().all(is_number));
    refusals.chain(others.map(|meaning| of(meaning, false))).collect()
}

/// The ways in which a person brings the text.
const WRAPPINGS: [fn(&str) -> String; 4] = [
    str::to_owned,
    |said| format!("> {FRAME}\"{said}\"\n"),
    |said| json!({"flash": format!("{FRAME}\"{said}\"")}).to_string(),
    |said| format!("{FRAME}&quot;{}&quot;", said.replace('\'', "&#39;")),
];

#[test]
fn a_text_names_the_newest_sign_ins_that_ended_with_its_message_and_no_other() {
    let all = messages();
    // Each message ends two sign-ins, so that some meanings have more than are told.
    let ends: Vec<&End> = all.iter().chain(&all).map(|(_, _, end)| end).collect();
    let key = |number: usize| all[number % all.len()].1;
    let whole = trace(ends.iter().copied().enumerate());
    let (mut named, mut silent, mut unknown) = (0, 0, 0);
    for (at, (said, meant, _)) in all.iter().enumerate() {
        let text = WRAPPINGS[at % WRAPPINGS.len()](said);
        let fitting = (0..ends.len()).rev().filter(|number| key(*number) == *meant).take(3);
        let is_known = !Clues::of(&text).sign_in.is_empty();
        let wanted: Vec<usize> = fitting.filter(|_| is_known).collect();
        let told = found(&whole, &text);
        assert_eq!(numbers(&told), wanted, "{text}");
        named += told.len();
        unknown += usize::from(!is_known);
        // Without them nothing is said.
        if at % 3 == 0 {
            let others = all.iter().map(|(_, _, end)| end).enumerate();
            let others = others.filter(|(number, _)| key(*number) != *meant);
            assert_eq!(found(&trace(others), &text), [], "{text}");
            silent += 1;
        }
    }
    println!("{named} sign-ins named, {silent} texts beside sign-ins that end otherwise");
    assert!(named > 150 && silent > 20 && unknown < 4, "{named} {silent} {unknown}");
}

#[test]
fn a_sign_in_is_named_with_time_group_name_id_and_the_verdict_of_the_panel() {
    for (said, _, end) in messages().iter().step_by(7) {
        let tracer = trace([(1, end)]);
        let told = found(&tracer, &format!("{FRAME}\"{said}\""));
        let [one] = &told[..] else { panic!("{said}: {told:?}") };
        let flow = &tracer.flows()[0];
        let heading = one.statement.heading.as_deref().unwrap();
        let parts = ["Sign-in to group acme on gitlab.com", "2026-01-01 09:01:00 UTC"];
        assert!(parts.iter().all(|part| heading.contains(part)), "{heading}");
        let view = flow_view(&Case::new(&tracer, flow, NOW));
        assert_eq!(one.statement.sentences[0], view.verdict);
        assert_eq!(one.opens, Opens::SignIn(view.line.id));
    }
}

#[test]
fn only_what_was_seen_to_end_so_is_named() {
    let sso = "https://gitlab.com/groups/acme/-/saml/sso";
    let of = |status, location, said: Option<&str>, refused| End {
        group: "acme",
        status,
        location,
        said: said.map(str::to_owned),
        refused,
    };
    let refused = "AADSTS50105: The signed in user is not assigned to a role";
    for (end, text, is_named) in [
        // By the page, by GitLab's answer alone, by its status, by the identity provider's own words.
        (
            of(302, sso, Some("Unable to sign in to group with SAML: \"Digest mismatch\""), ""),
            "Digest mismatch",
            true,
        ),
        (of(302, "https://gitlab.com/users/sign_in", None, ""), "Your account has been blocked", false),
        (
            of(302, "https://gitlab.com/groups/acme/-/saml/sso?token=x", None, ""),
            "The SAML response did not contain an email address",
            false,
        ),
        (of(404, "", None, ""), "404: Page not found", true),
        (of(404, "", None, ""), "403 Forbidden", false),
        (of(500, "", None, ""), "Whoops, something went wrong on our end", true),
        (of(302, sso, None, refused), "Sorry, AADSTS50105", true),
        (of(302, sso, None, refused), "Sorry, AADSTS50058", false),
        (of(302, sso, None, "AADSTS1234567: x"), "AADSTS1234567", true),
        (of(302, sso, None, "AADSTS1234567: x"), "AADSTS7654321", false),
        // A refusal whose reason nobody saw, and frames round reasons that are not known.
        (of(302, sso, None, ""), "Fingerprint mismatch", false),
        (
            of(302, sso, Some("Unable to sign in to group with SAML: \"One\""), ""),
            &format!("{FRAME}\"Two\""),
            false,
        ),
        (
            of(302, "https://gitlab.com/acme", Some("Signed in with SAML for Acme"), ""),
            "Digest mismatch",
            false,
        ),
        // Of provisioning no sign-in is told, and of another group's address none of this.
        (
            of(302, sso, Some("User has already been taken"), ""),
            "{\"detail\":\"User has already been taken\"}",
            false,
        ),
        (
            of(302, sso, Some("Digest mismatch"), ""),
            "https://gitlab.com/groups/other/-/saml says: Digest mismatch",
            false,
        ),
        (of(302, sso, Some("Digest mismatch"), ""), "/groups/ACME/-/saml says: Digest mismatch", true),
    ] {
        let told = found(&trace([(1, &end)]), text);
        assert_eq!(told.len(), usize::from(is_named), "{text} after {:?}: {told:?}", end.said);
    }
}

#[test]
fn sign_ins_of_the_group_whose_page_is_open_come_first_and_say_so() {
    let said = format!("{FRAME}\"Fingerprint mismatch\"");
    let ends: Vec<End> = (0..12)
        .map(|number| match number {
            0 | 1 => End { group: "beta", ..end("https://gitlab.com/groups/beta/-/saml/sso", &said) },
            _ => end("https://gitlab.com/groups/acme/-/saml/sso", &said),
        })
        .collect();
    let tracer = trace(ends.iter().enumerate());
    let clues = Clues::of(&said);
    let told = |page: &str| {
        let here = Here::at(&tracer, page);
        let told = at_hand::sign_ins(&tracer, &clues, here.as_ref(), NOW);
        let is_here = |it: &AtHand| it.statement.sentences.contains(&Here::sentence());
        (numbers(&told), told.iter().filter(|it| is_here(it)).count())
    };
    assert_eq!(told("https://gitlab.com/groups/beta/-/saml"), (vec![1, 0, 11], 2));
    assert_eq!(told("https://gitlab.com/groups/beta/sub/-/group_members"), (vec![1, 0, 11], 2));
    assert_eq!(told("https://gitlab.com/groups/acme/-/saml/sso"), (vec![11, 10, 9], 3));
    for page in
        ["https://gitlab.com/acme/project", "https://gitlab.example.com/groups/beta/-/saml", "about:blank"]
    {
        assert_eq!(told(page), (vec![11, 10, 9], 0), "{page}");
    }
}

/// The sign-ins as a file tells them beside what a browser recorded.
fn of_file(ends: &[End]) -> Tracer {
    let events = ends.iter().enumerate().flat_map(|(number, end)| sign_in(number, end));
    let events = events.map(|event| Event { file: Some("ada.har".into()), ..event });
    Tracer::replay(file::take_in(&Tracer::new(), events.collect()))
}

#[test]
fn what_a_file_tells_says_so_and_begins_behind_a_full_stop() {
    let all = messages();
    for end_of in ["", ".", "!", ".\""] {
        let ends: Vec<End> =
            all.iter().map(|(said, _, it)| end(it.location, &format!("{FRAME}\"{said}{end_of}"))).collect();
        let tracer = of_file(&ends);
        let mut outcomes = 0;
        for flow in tracer.flows() {
            let case = Case::new(&tracer, flow, NOW);
            let verdict = verdict::verdict(&case).0.text;
            let (before, _) = verdict.split_once(" All of this is from the file “ada.har”").unwrap();
            assert!(before.ends_with(['.', '!', '?', '…']), "{verdict}");
            assert!(!before.ends_with(".."), "{verdict}");
            let outcome = flow_view(&case).outcome.unwrap().text;
            if let Some((said, _)) = outcome.split_once(" This means: ") {
                let said = said.trim_end_matches(['”', '"']);
                assert!(said.ends_with(['.', '!', '?', '…']), "{outcome}");
                outcomes += 1;
            }
        }
        assert!(outcomes > 20, "{outcomes}");
    }
    let tracer =
        of_file(&[end("https://gitlab.com/groups/acme/-/saml/sso", &format!("{FRAME}\"Digest mismatch\""))]);
    let told = found(&tracer, "Digest mismatch");
    assert!(told[0].statement.heading.as_deref().unwrap().contains("from the file “ada.har”"), "{told:?}");
    assert!(told[0].statement.sentences[0].text.contains("this browser did not see it"), "{told:?}");
}

/// Text and JSON of the command line say the same.
#[test]
fn the_command_line_names_the_sign_ins_of_a_recording() {
    let end = end("https://gitlab.com/groups/acme/-/saml/sso", &format!("{FRAME}\"Digest mismatch\""));
    let header = serde_json::to_string(&samlight::event::log::Header::default()).unwrap();
    let events = sign_in(1, &end).into_iter().map(|event| serde_json::to_string(&event).unwrap());
    let lines: Vec<String> = std::iter::once(header).chain(events).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.trace.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let with = file.to_str().unwrap();
    for (text, is_named) in [("Digest mismatch", true), ("Fingerprint mismatch", false)] {
        let (code, out, errors) = samlight(&["explain", "--with", with, "--text", text], "");
        assert_eq!((code, errors.as_str()), (Some(1), ""), "{out}");
        assert_eq!(out.contains("A sign-in ended with this message"), is_named, "{out}");
        let (_, json, _) = samlight(&["explain", "--json", "--with", with, "--text", text], "");
        let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<&Value> = lines.iter().filter_map(|line| line.get("at_hand")).collect();
        assert_eq!(told.len(), usize::from(is_named), "{json}");
        for sentence in told.iter().flat_map(|it| it["statement"]["sentences"].as_array().unwrap()) {
            assert!(out.contains(sentence["text"].as_str().unwrap()), "{sentence}: {out}");
        }
    }
    let (code, _, errors) = samlight(&["explain", "--with", "nowhere.har", "--text", "Digest mismatch"], "");
    assert!(code == Some(2) && errors.contains("nowhere.har"), "{code:?} {errors}");
}
