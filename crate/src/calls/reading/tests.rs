//! Files that are generated, in pieces of any size: the answers are those of the whole.

use super::*;
use crate::{
    base::limits::SHORT_BYTES,
    scim::story::{StoryFile, told},
};
use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use std::io::Write;

fn request(second: usize, person: usize, group: &str) -> String {
    let params = json!([{"key": "externalId", "value": format!("id-{person}")},
        {"key": "userName", "value": format!("user{person}@example.com")}]);
    let time = format!("2026-11-20T09:{:02}:{:02}Z", second / 60, second % 60);
    json!({"time": time, "method": "POST", "path": format!("/api/scim/v2/groups/{group}/Users"),
        "status": if second.is_multiple_of(2) { 201 } else { 409 }, "params": params})
    .to_string()
        + "\n"
}

/// A log that is longer than what is read whole, with requests all over it.
fn log(requests: usize, people: usize) -> String {
    let other = "{\"method\":\"GET\",\"path\":\"/api/v4/projects\",\"status\":200}\n";
    let between = other.repeat(SHORT_BYTES / other.len() / requests * 5 / 4 + 1);
    let line = |number: usize| request(number, number % people, "acme") + &between;
    (0..requests).map(line).collect()
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn wide(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Gives `file` in pieces of `size` octets, and less than all of it where no more is wanted.
fn give(reading: &mut Reading, file: &[u8], size: usize) {
    for piece in file.chunks(size) {
        if !reading.read(piece) {
            break;
        }
    }
    reading.end_file();
}

fn answer(file: &[u8], size: usize) -> Option<FileReply> {
    let mut reading = Reading::file();
    give(&mut reading, file, size);
    assert!(!reading.again());
    let Reading::File(file) = reading else { panic!("it is a file's") };
    file.reply()
}

fn story(call: &StoryCall, rounds: [&[&[u8]]; 2], size: usize) -> Result<StoryReply, Text> {
    let mut reading = Reading::story(call.clone())?;
    for files in rounds {
        files.iter().for_each(|file| give(&mut reading, file, size));
        if !reading.again() {
            break;
        }
    }
    let Reading::Story(story) = reading else { panic!("it is a story's") };
    story.reply()
}

fn call(person: &str, files: &[&str]) -> StoryCall {
    let files = files.iter().map(|name| (*name).to_owned()).collect();
    StoryCall { person: person.into(), files, ..StoryCall::default() }
}

fn text(statements: &[Statement]) -> String {
    let lines = statements.iter().flat_map(|it| {
        it.heading.iter().chain(it.sentences.iter().map(|it| &it.text)).cloned().collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_log_in_pieces_says_what_the_reader_of_logs_says_wherever_it_is_cut() {
    let log = log(40, 7);
    let mut stream = Stream::new(&Asked::default());
    stream.read(log.as_bytes());
    let mut said = Vec::new();
    assert_eq!(stream.end(&mut |statement| said.push(statement)), None);
    let expected = Some(FileReply { statements: said, is_of_people: true, ..FileReply::default() });
    for file in [log.as_bytes().to_vec(), packed(log.as_bytes()), wide(&log)] {
        for size in [10_007, SHORT_BYTES - 1, file.len()] {
            assert_eq!(answer(&file, size), expected, "{size}");
        }
    }
    let cut = packed((log.clone() + &log).as_bytes());
    let reply = answer(&cut[..cut.len() - 20], 5_000).unwrap();
    assert!(reply.flaws[0].contains("damaged") && !reply.statements.is_empty(), "{reply:?}");
}

#[test]
fn of_a_log_no_more_is_answered_than_is_shown_and_the_rest_is_counted() {
    let reply = answer(log(SHOWN + 50, 300).as_bytes(), 100_000).unwrap();
    assert_eq!((reply.statements.len(), reply.left_out), (SHOWN, 51));
    assert!(text(&reply.statements).contains("Shown: 250 of 250 SCIM requests"));
}

#[test]
fn what_is_short_or_no_log_is_left_to_be_read_whole() {
    let filler = "{\"a\":1}\n".repeat(SHORT_BYTES / 8 + 1);
    let har = "{\"log\":{\"version\":\"1.2\",\"entries\":[".to_owned() + &filler;
    for file in ["", "{}", &request(1, 1, "acme"), &har, &filler] {
        assert_eq!(answer(file.as_bytes(), 100_000), None);
    }
    // What is too large for that is told by its beginning.
    let mut reading = Reading::file();
    give(&mut reading, filler.as_bytes(), 100_000);
    let Reading::File(mut file) = reading else { panic!("it is a file's") };
    file.octets = UNPACKED_BYTES + 1;
    let reply = file.reply().unwrap();
    assert!(reply.flaws[0].contains("its first 65536 bytes alone"), "{reply:?}");
    assert!(!reply.is_of_people && !reply.statements.is_empty());
}

#[test]
fn nothing_of_a_log_is_held_but_what_is_kept_of_it() {
    let mut reading = Reading::file();
    for piece in log(20, 3).as_bytes().chunks(50_000) {
        reading.read(piece);
    }
    let Reading::File(file) = reading else { panic!("it is a file's") };
    assert_eq!(file.incoming.held(), 0);
}

#[test]
fn a_story_of_files_in_pieces_is_that_of_their_texts_wherever_they_are_cut() {
    let (large, small) = (log(40, 7), request(3, 5, "acme") + &request(4, 6, "acme"));
    let names = ["large.log", "small.log"];
    let files = [StoryFile::of(names[0], &large), StoryFile::of(names[1], &small)];
    for person in ["id-5", "USER5@example.com", "user7@example.com", "nobody"] {
        let asked = Asked { person: Some(person.into()), ..Asked::default() };
        let told = told(&files, &asked);
        let received = Received::newest(std::slice::from_ref(&told));
        let expected = StoryReply { statements: told.statements(), left_out: 0, received };
        let large = if person == "id-5" { packed(large.as_bytes()) } else { large.as_bytes().to_vec() };
        let told = story(&call(person, &names), [&[&large, small.as_bytes()]; 2], 30_011).unwrap();
        assert_eq!(told, expected, "{person}");
        for size in 1..40 {
            let files: &[&[u8]] = &[small.as_bytes(), b""];
            let told = story(&call(person, &names), [files; 2], size).unwrap();
            let whole = story(&call(person, &names), [files; 2], small.len()).unwrap();
            assert_eq!(told, whole, "{person} {size}");
        }
    }
}

#[test]
fn filters_hold_for_a_story_and_what_they_leave_out_is_said() {
    let text_of = |change: &dyn Fn(&mut StoryCall)| {
        let lines = request(0, 1, "acme") + &request(3, 1, "acme") + &request(60, 1, "other.org");
        let stored = json!({"extern_uid": "id-1", "user_id": 7, "active": true}).to_string();
        let files: &[&[u8]] = &[lines.as_bytes(), stored.as_bytes()];
        let mut call = call("id-1", &["a.log", "b.json"]);
        change(&mut call);
        story(&call, [files; 2], 1000).map(|told| text(&told.statements)).unwrap_or_else(|it| it.to_string())
    };
    let all = text_of(&|_| {});
    for line in ["line 1 of a.log", "line 2 of a.log", "line 3 of a.log", "line 1 of b.json"] {
        assert!(all.contains(line), "{all}");
    }
    // A group by its path, or by the address of one of its pages.
    for group in ["acme", "/ACME/", "acme/below", "https://gitlab.com/groups/acme/-/saml"] {
        let told = text_of(&|call| call.group = group.into());
        assert!(told.contains("line 2 of a.log") && !told.contains("line 3 of a.log"), "{told}");
        assert!(told.contains("1 records of this person are of other groups and are not shown"), "{told}");
        assert!(told.contains("1 records of this person do not say of which group they are"), "{told}");
    }
    let told = text_of(&|call| {
        call.since = "2026-11-20T09:00:03Z".into();
        call.until = "2026-11-20T09:01:00Z".into();
    });
    assert!(!told.contains("line 1 of a.log)") && told.contains("line 2 of a.log)"), "{told}");
    assert!(told.contains("2 records of this person are of other times and are not shown"), "{told}");
    assert!(told.contains("1 records of this person have no time. They are shown"), "{told}");
    let told = text_of(&|call| {
        call.group = "other.org".into();
        call.until = " 2026-11-20 ".into();
    });
    assert!(told.contains("1 records of this person are of other times"), "{told}");
    let told = text_of(&|call| call.since = "yesterday".into());
    assert!(told.contains("“yesterday” is no time"), "{told}");
}

#[test]
fn filters_that_leave_nothing_of_a_person_say_so() {
    let line = request(0, 1, "acme");
    let files: &[&[u8]] = &[line.as_bytes()];
    for (group, since) in [("other", ""), ("", "2027-01-01")] {
        let call = StoryCall { group: group.into(), since: since.into(), ..call("id-1", &["a.log"]) };
        let told = text(&story(&call, [files; 2], 1000).unwrap().statements);
        assert!(told.contains("Person: id-1\nWith these filters nothing is left of this person"), "{told}");
    }
}

#[test]
fn a_file_that_changes_between_the_readings_and_one_that_is_no_log_are_said() {
    let (one, other) = (request(0, 1, "acme"), request(0, 1, "acme") + &request(1, 1, "acme"));
    let names = ["a.log", "b.log"];
    let (first, second): (&[&[u8]], &[&[u8]]) =
        (&[one.as_bytes(), one.as_bytes()], &[one.as_bytes(), other.as_bytes()]);
    let problem = story(&call("id-1", &names), [first, second], 50).unwrap_err().to_string();
    assert!(problem.contains("b.log was changed"), "{problem}");
    let markup = "<html>".to_owned() + &"x".repeat(SHORT_BYTES);
    let files: &[&[u8]] = &[one.as_bytes(), markup.as_bytes()];
    let told = text(&story(&call("id-1", &names), [files; 2], 100_000).unwrap().statements);
    assert!(told.contains("b.log: This file is too large and begins like no log"), "{told}");
    assert!(told.contains("line 1 of a.log"), "{told}");
}

fn filtered(call: &StoryCall, files: &[&[u8]], size: usize) -> StoryReply {
    let mut reading = Reading::story(call.clone()).unwrap();
    assert_eq!(reading.rounds(), 1);
    files.iter().for_each(|file| give(&mut reading, file, size));
    assert!(!reading.again());
    let Reading::Filtered(filtered) = reading else { panic!("it has no person") };
    filtered.reply()
}

/// The same filter says the same of a short file and of one that is read as it comes, and of several names
/// each; where nothing is left, that is said.
#[test]
fn filters_without_a_person_list_what_they_leave() {
    let acme = log(30, 10);
    let other: String = (0..3).map(|second| request(second, second, "other")).collect();
    let of_group = |group: &str| StoryCall { group: group.into(), ..call("", &["acme.log"]) };
    let one = filtered(&of_group("acme"), &[acme.as_bytes()], 40_009);
    assert!(text(&one.statements).starts_with("Shown: 30 of 30 SCIM requests"), "{}", text(&one.statements));
    let none = text(&filtered(&of_group("nobody"), &[acme.as_bytes()], 40_009).statements);
    assert!(none.starts_with("Shown: 0 of 30"), "{none}");

    let names = ["acme.log", "other.log", "picture.png"];
    let picture = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![0; SHORT_BYTES]].concat();
    let files = [acme.as_bytes(), other.as_bytes(), &picture];
    let both = StoryCall { since: "2026-11-20T09:00:01Z".into(), ..call(" ", &names) };
    for size in [1_000_003, 7_919] {
        let told = text(&filtered(&both, &files, size).statements);
        assert!(told.contains("29 of 30") && told.contains("2 of 3"), "{told}");
        assert!(told.contains("acme.log: 2026-11-20") && told.contains("other.log: 2026-11-20"), "{told}");
        assert!(
            told.contains("picture.png\nThis file is too large and begins like no log. It was left out."),
            "{told}"
        );
    }
    let first = StoryCall { until: "2026-11-20T09:00:01Z".into(), ..call("", &names[1..2]) };
    let told = text(&filtered(&first, &[other.as_bytes()], 9).statements);
    assert!(told.starts_with("Shown: 1 of 3"), "{told}");
}
