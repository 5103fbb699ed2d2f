//! The scripts, run by a real shell with curl and jq against a stand-in for GitLab's API: it answers as
//! gitlab-facts 3.4 says (single identities of SAML and SCIM), fails on purpose, and counts.

use super::*;
use crate::{
    group::{
        expected::{
            Columns,
            tests::{cell, group_of, list, none},
        },
        join::join,
    },
    idp::directory::Directory,
};
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};
use tempfile::TempDir;

const TOKEN: &str = "glpat-owner_1";

/// A failure in place of an answer.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// This status; nothing is done.
    Status(u16),
    /// The connection ends before anything is done.
    CutBefore,
    /// The connection ends after it was done.
    CutAfter,
}

/// The API.
#[derive(Default)]
struct Api {
    /// By kind and user.
    stored: BTreeMap<(String, u64), String>,
    /// Requests to change something.
    patches: usize,
    requests: usize,
    /// The fault of a request, by its method and number.
    fault: Option<fn(&str, usize) -> Option<Fault>>,
}

impl Api {
    fn answer(&mut self, method: &str, path: &str, body: &str, token: &str) -> Result<(u16, String), ()> {
        self.requests += 1;
        self.patches += usize::from(method == "PATCH");
        let number = if method == "PATCH" { self.patches } else { self.requests };
        let fault = self.fault.and_then(|fault| fault(method, number));
        match fault {
            Some(Fault::Status(status)) => return Ok((status, "{\"message\":\"later\"}".to_owned())),
            Some(Fault::CutBefore) => return Err(()),
            Some(Fault::CutAfter) | None => {}
        }
        let answer = self.honest(method, path, body, token);
        if fault.is_some() { Err(()) } else { Ok(answer) }
    }

    fn honest(&mut self, method: &str, path: &str, body: &str, token: &str) -> (u16, String) {
        if token != TOKEN {
            return (401, json!({"message": "401 Unauthorized"}).to_string());
        }
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let path = path.strip_prefix("/api/v4/groups/acme%2Fsub/").unwrap();
        let (kind, uid) = path.split_once('/').unwrap();
        let uid = decoded(uid);
        let is_it = |stored: &str| match kind {
            "saml" => stored == uid,
            _ => stored.to_lowercase() == uid.to_lowercase(),
        };
        let found = self.stored.iter().find(|((of, _), stored)| of == kind && is_it(stored));
        let Some(user) = found.map(|((_, user), _)| *user) else {
            return (404, json!({"message": "404 Identity Not Found"}).to_string());
        };
        if method == "PATCH" {
            let wanted = decoded(body.strip_prefix("extern_uid=").unwrap());
            let is_taken = |((of, other), stored): (&(String, u64), &String)| {
                of == kind && *other != user && stored.to_lowercase() == wanted.to_lowercase()
            };
            if self.stored.iter().any(is_taken) {
                return (400, json!({"message": "Extern uid has already been taken."}).to_string());
            }
            self.stored.insert((kind.to_owned(), user), wanted);
        }
        let stored = &self.stored[&(kind.to_owned(), user)];
        (200, json!({"extern_uid": stored, "user_id": user}).to_string())
    }
}

/// The API on a port of this machine; the thread ends with the program.
fn serve(api: Api) -> (String, Arc<Mutex<Api>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let api = Arc::new(Mutex::new(api));
    let shared = Arc::clone(&api);
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that was killed may be gone before it is answered.
            let _ = talk(stream.unwrap(), &shared);
        }
    });
    (address, api)
}

fn talk(mut stream: TcpStream, api: &Mutex<Api>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            match name.to_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "private-token" => token = value.to_owned(),
                _ => {}
            }
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let answer = api.lock().unwrap().answer(method, path, &String::from_utf8(body).unwrap(), &token);
    if let Ok((status, body)) = answer {
        write!(
            stream,
            "HTTP/1.1 {status} X\r\nRetry-After: 0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
    }
    Ok(())
}

/// The scripts in a folder.
struct Written(TempDir);

impl Written {
    fn of(script: &Script) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("change.sh"), script.change()).unwrap();
        fs::write(folder.path().join("undo.sh"), script.undo()).unwrap();
        Written(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn start(&self, name: &str, arguments: &[&str]) -> Child {
        Command::new("sh")
            .arg(self.path(name))
            .args(arguments)
            .env("GITLAB_TOKEN", TOKEN)
            .env("SAMLIGHT_PAUSE", "0")
            .env("no_proxy", "*")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, name: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.start(name, arguments).wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}

const PEOPLE: u64 = 250;
/// The members whose stored identifier is an old one: forty.
fn is_old(id: u64) -> bool {
    (50..90).contains(&id)
}

/// Stored is the number that never changes, but of forty an old value; seven signed in.
fn stored(id: u64) -> Option<String> {
    Some(if is_old(id) { format!("Old {id} & co") } else { cell("objectId", id) })
}

fn script_at(root: &str, directory: &Directory, sent: impl Fn(u64) -> Option<String>) -> Script {
    let (roll, captures) = group_of(PEOPLE, stored, none, sent);
    let joined = join(&roll, &captures);
    let expectation = Expectation::of(directory, &roll, &captures, Columns::default());
    let instance = Instance::at(root).unwrap();
    Script::of((&roll, &captures, &joined), (&instance, "acme/sub"), Some(&expectation))
}

fn api(fault: Option<fn(&str, usize) -> Option<Fault>>) -> Api {
    let stored = (1..=PEOPLE).filter_map(|id| Some((("saml".to_owned(), id), stored(id)?)));
    Api { stored: stored.collect(), fault, ..Api::default() }
}

fn seven(id: u64) -> Option<String> {
    (id <= 7).then(|| cell("objectId", id))
}

/// Told to wait, cut off before and after a change, broken servers: in the end nothing is wrong or lost, also
/// where it was killed in the middle; and all of it can be taken back.
#[test]
fn forty_of_250_are_corrected_whatever_fails_and_taken_back() {
    let (root, api) = serve(api(Some(|method, number| match (method, number % 12) {
        ("GET", 5) => Some(Fault::Status(429)),
        ("GET", 9) => Some(Fault::Status(502)),
        ("GET", 11) => Some(Fault::CutBefore),
        ("PATCH", 3) => Some(Fault::Status(429)),
        ("PATCH", 5) => Some(Fault::CutAfter),
        ("PATCH", 7) => Some(Fault::CutBefore),
        ("PATCH", 11) => Some(Fault::Status(500)),
        _ => None,
    })));
    let script = script_at(&root, &list(1..=PEOPLE), seven);
    assert_eq!((script.corrections.len(), script.left_out.len()), (40, 0));
    assert!(script.corrections.iter().all(|it| it.ground == Ground::Expected));
    let before = api.lock().unwrap().stored.clone();
    let after: BTreeMap<_, _> =
        before.keys().map(|(kind, id)| ((kind.clone(), *id), cell("objectId", *id))).collect();
    let written = Written::of(&script);

    let (code, said) = written.run("change.sh", &[]);
    assert_eq!((code, said.matches("would\t").count()), (Some(0), 40), "{said}");
    assert_eq!(api.lock().unwrap().patches, 0, "without --run something is changed");
    assert!(written.log("change.sh.log").is_empty());

    let mut child = written.start("change.sh", &["--run"]);
    while api.lock().unwrap().patches < 15 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_ne!(api.lock().unwrap().stored, after, "it was killed too late");
    let (code, said) = written.run("change.sh", &["--run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("same\t") && said.contains("changed\t"), "{said}");
    assert_eq!(api.lock().unwrap().stored, after);
    assert!(
        written
            .log("change.sh.log")
            .contains("changed\tsaml of user 89 u89: Old%2089%20%26%20co -> 0000-0089")
    );
    let patches = api.lock().unwrap().patches;
    assert_eq!(written.run("change.sh", &["--run"]).0, Some(0));
    assert_eq!(api.lock().unwrap().patches, patches, "what is done is done again");

    let (code, said) = written.run("undo.sh", &["--run"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(api.lock().unwrap().stored, before);
}

/// Each refusal stops at the token, or leaves the one member; nothing else is touched.
#[test]
fn what_gitlab_refuses_is_said_and_left() {
    for (fault, expected, last) in [
        (Fault::Status(403), 0, "stopped\t"),
        (Fault::Status(401), 0, "stopped\t"),
        (Fault::Status(412), 39, "GitLab says 412: later"),
        (Fault::Status(400), 39, "GitLab says 400: later"),
    ] {
        let always: fn(&str, usize) -> Option<Fault> = match fault {
            Fault::Status(403) => |method, _| (method == "PATCH").then_some(Fault::Status(403)),
            Fault::Status(401) => |method, _| (method == "PATCH").then_some(Fault::Status(401)),
            Fault::Status(412) => |method, at| (method == "PATCH" && at == 1).then_some(Fault::Status(412)),
            _ => |method, at| (method == "PATCH" && at == 1).then_some(Fault::Status(400)),
        };
        let (root, api) = serve(api(Some(always)));
        let written = Written::of(&script_at(&root, &list(1..=PEOPLE), seven));
        let (code, said) = written.run("change.sh", &["--run"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(last), "{said}");
        let changed = (50..90)
            .filter(|id| api.lock().unwrap().stored[&("saml".to_owned(), *id)] == cell("objectId", *id));
        assert_eq!(changed.count(), expected, "{said}");
    }
}

/// Somebody was quicker: a user who has another identifier by now, and one whose new one is taken.
#[test]
fn what_changed_in_the_meantime_is_left() {
    let mut other = api(None);
    other.stored.insert(("saml".to_owned(), 50), "newer".to_owned());
    other.stored.insert(("saml".to_owned(), 200), cell("objectId", 51));
    other.stored.insert(("saml".to_owned(), 201), cell("objectId", 52));
    let before = other.stored.clone();
    let (root, api) = serve(other);
    let written = Written::of(&script_at(&root, &list(1..=PEOPLE), seven));
    let (code, said) = written.run("change.sh", &["--run"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("user 50 u50") && said.contains("does not have the old identifier"), "{said}");
    assert!(said.contains("another user has the new identifier"), "{said}");
    for id in [50, 51, 52] {
        let key = ("saml".to_owned(), id);
        assert_eq!(api.lock().unwrap().stored[&key], before[&key], "{said}");
    }
    assert_eq!(api.lock().unwrap().stored[&("saml".to_owned(), 53)], cell("objectId", 53));
}

/// Only what is sure is corrected: every rule of the ground, missed by one.
#[test]
fn what_is_not_sure_is_left_out_with_the_reason() {
    let root = "https://gitlab.example.com";
    let whole = list(1..=PEOPLE);
    let of = |script: &Script, id: u64| {
        let found = script.left_out.iter().find(|it| it.user == id);
        found.map(|it| it.because.join(" ")).unwrap_or_default()
    };
    // Four sign-ins are not five.
    let few = script_at(root, &whole, |id| (id <= 4).then(|| cell("objectId", id)));
    assert!(few.corrections.is_empty());
    assert!(of(&few, 50).contains("4 recorded sign-ins"), "{}", of(&few, 50));
    // One that speaks against it is enough.
    let against = script_at(root, &whole, |id| {
        (id <= 9).then(|| if id == 9 { "x".into() } else { cell("objectId", id) })
    });
    assert!(against.corrections.iter().all(|it| it.ground == Ground::Captured));
    // Nobody in the list twice.
    let twice = script_at(root, &list((1..=PEOPLE).chain([50])), seven);
    assert!(!twice.corrections.iter().any(|it| it.user == 50));
    assert_eq!(twice.corrections.len(), 39);
    // A value that two people of the list have.
    let content = "mail,objectId\n".to_owned()
        + &(1..=PEOPLE)
            .map(|id| format!("{},{}\n", cell("mail", id), cell("objectId", if id == 251 { 60 } else { id })))
            .collect::<String>()
        + "somebody@example.com,0000-0060\n";
    let shared = script_at(root, &Directory::read(&content).unwrap(), seven);
    assert!(of(&shared, 60).contains("Several people in the list"), "{}", of(&shared, 60));
    assert_eq!(shared.corrections.len(), 39);
    // Another member has it already.
    let taken = content
        .replace("Person.70@example.com,0000-0070", "Person.70@example.com,0000-0001")
        .replace("somebody@example.com,0000-0060\n", "")
        .replace("Person.1@example.com,0000-0001\n", "Person.1@example.com,0000-0001x\n");
    let taken = script_at(root, &Directory::read(&taken).unwrap(), |id| {
        ((2..=7).contains(&id)).then(|| cell("objectId", id))
    });
    assert!(!of(&taken, 70).is_empty() && !taken.corrections.iter().any(|it| it.user == 70));
}

/// A captured NameID is taken by the rules of a single repair, and before what is expected.
#[test]
fn a_captured_name_id_comes_before_an_expected_one() {
    let sent = |id: u64| match id {
        1..=7 => Some(cell("objectId", id)),
        55 => Some("Sent-55".to_owned()),
        _ => None,
    };
    let script = script_at("https://gitlab.example.com", &list(1..=PEOPLE), sent);
    let of_55: Vec<_> = script.corrections.iter().filter(|it| it.user == 55).collect();
    assert_eq!(
        of_55.iter().map(|it| (it.to.as_str(), it.ground)).collect::<Vec<_>>(),
        [("Sent-55", Ground::Captured)]
    );
}

/// Whatever a member or an identity provider calls itself, the shell sees words of plain characters.
#[test]
fn nothing_from_outside_acts_upon_the_shell() {
    let hostile = "x'; rm -rf ~ #$(id)`id`!*\n\"$HOME\"\\\u{9b}31m\u{202e}é%27";
    let correction = |user, identity| Correction {
        user,
        username: Some(hostile.to_owned()),
        identity,
        from: format!("{hostile}{user}"),
        to: format!("new {hostile}{user}"),
        ground: Ground::Captured,
    };
    let mut api = Api::default();
    for (kind, user) in [("saml", 1), ("scim", 2)] {
        api.stored.insert((kind.to_owned(), user), format!("{hostile}{user}"));
    }
    let before = api.stored.clone();
    let (root, api) = serve(api);
    let script = Script {
        instance: Instance::at(&root).unwrap(),
        group: "acme/sub".to_owned(),
        corrections: vec![correction(1, Identity::Saml), correction(2, Identity::Scim)],
        left_out: Vec::new(),
    };
    for text in [script.change(), script.undo()] {
        let is_plain = |c: char| c == '\n' || c == '\t' || c == ' ' || c.is_ascii_graphic();
        assert!(text.chars().all(is_plain) && !text.contains("rm -rf"), "{text}");
    }
    let written = Written::of(&script);
    let (code, said) = written.run("change.sh", &["--run"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(api.lock().unwrap().stored[&("scim".to_owned(), 2)], format!("new {hostile}2"));
    assert_eq!(written.run("undo.sh", &["--run"]).0, Some(0));
    assert_eq!(api.lock().unwrap().stored, before);
}

#[test]
fn a_script_without_what_it_needs_says_so() {
    let written = Written::of(&script_at("https://gitlab.example.com", &list(1..=PEOPLE), seven));
    let run = |token: Option<&str>, pause: &str, arguments: &[&str]| {
        let mut command = Command::new("sh");
        command.arg(written.path("change.sh")).args(arguments).env_remove("GITLAB_TOKEN");
        token.map(|token| command.env("GITLAB_TOKEN", token));
        let output = command.env("SAMLIGHT_PAUSE", pause).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (token, pause, arguments, said) in [
        (None, "1", [].as_slice(), "Put the token of a group owner into GITLAB_TOKEN"),
        (Some("a\"\nurl = x"), "1", &[], "is no token"),
        (Some(TOKEN), "1", &["--now"], "Use: sh"),
        (Some(TOKEN), "0.5", &["--run"], "SAMLIGHT_PAUSE is a whole number of seconds"),
        (Some(TOKEN), "$(id)", &["--run"], "SAMLIGHT_PAUSE is a whole number of seconds"),
        (Some(TOKEN), "", &["--run"], "SAMLIGHT_PAUSE is a whole number of seconds"),
    ] {
        let (code, error) = run(token, pause, arguments);
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    }
}

/// The address of a GitLab that looks like a place of the script is an address.
#[test]
fn an_address_fills_no_other_place() {
    let script = script_at("https://gitlab.example.com/{changes}", &list(1..=PEOPLE), seven);
    let lines = |text: String| text.matches("\nchange ").count();
    assert_eq!((lines(script.change()), lines(script.undo())), (40, 40));
    assert!(script.change().contains("/{changes}'\n"), "{}", script.change());
}

/// In parts of a bounded number of members, as the panel has it: the same files.
#[test]
fn the_parts_of_a_large_group_are_the_whole() {
    const LARGE: u64 = 2 * PART as u64 + 7;
    let is_captured = |id: u64| (1..=7).contains(&id);
    let stored =
        |id: u64| Some(if id.is_multiple_of(100) { format!("Old {id}") } else { cell("objectId", id) });
    let sent = |id: u64| is_captured(id).then(|| cell("objectId", id));
    let (roll, captures) = group_of(LARGE, stored, none, sent);
    let joined = join(&roll, &captures);
    let directory = list(1..=LARGE);
    let expectation = Expectation::of(&directory, &roll, &captures, Columns::default());
    let (of, instance) = ((&roll, &captures, &joined), Instance::gitlab_com());
    let whole = Script::of(of, (&instance, "acme"), Some(&expectation));
    let mut parts = ScriptPart { next: Some(0), ..ScriptPart::default() };
    let mut count = 0;
    while let Some(start) = parts.next {
        parts = parts.with(Script::part(of, (&instance, "acme"), Some(&expectation), start));
        count += 1;
    }
    assert_eq!(count, 3);
    assert_eq!((parts.files, parts.tally), (whole.files(), whole.tally()));
    assert_eq!(parts.tally.corrections, whole.corrections.len());
    assert_eq!(parts.tally.corrections + parts.tally.left_out, LARGE as usize / 100);
}
