//! The scripts that correct a group's identifiers, run by a shell with curl and jq against the lab's API: it
//! stands in for GitLab's own, and the sign-ins that show the field of the NameID are real ones.
//!
//! Between the script and the API stands what fails on a network: told to wait, broken, and cut off before
//! and after a change; and what GitLab refuses for good. Leaves out: which correction is sure, which the
//! core's tests ask.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::event::Event;
use samlight::gitlab::instance::Instance;
use samlight::group::captured::Captures;
use samlight::group::expected::{Columns, Expectation};
use samlight::group::join::join;
use samlight::group::members::Roll;
use samlight::group::{answer_files, script::Script};
use samlight::idp::directory::Directory;
use samlight::trace::tracer::Tracer;
use samlight_tests::http::{self, Listener};
use samlight_tests::lab::{Lab, LabState, LabUser, wire};
use samlight_tests::wait::until;
use serde_json::json;
use tempfile::TempDir;

use crate::steps::{saml_response_from, sso_url};
use crate::visitor::Visitor;

const MEMBERS: usize = 250;
/// The places of members whose stored identifier is an old one.
const OLD: std::ops::Range<usize> = 100..140;
/// The members who sign in.
const SIGNED_IN: std::ops::Range<usize> = 1..8;

/// A failure in place of an answer.
#[derive(Clone, Copy)]
enum Fault {
    Status(u16),
    CutBefore,
    CutAfter,
}

/// The faults of a network that is not well: of the requests with this method, the one with this number.
fn unwell(method: &str, number: usize) -> Option<Fault> {
    match (method, number % 12) {
        ("GET", 5) | ("PATCH", 3) => Some(Fault::Status(429)),
        ("GET", 9) => Some(Fault::Status(502)),
        ("GET", 11) | ("PATCH", 7) => Some(Fault::CutBefore),
        ("PATCH", 5) => Some(Fault::CutAfter),
        ("PATCH", 11) => Some(Fault::Status(500)),
        _ => None,
    }
}

/// The token may read, and not change anything.
fn forbidden(method: &str, _: usize) -> Option<Fault> {
    (method == "PATCH").then_some(Fault::Status(403))
}

/// The first identity is changed by somebody else meanwhile.
fn overtaken(method: &str, number: usize) -> Option<Fault> {
    (method == "PATCH" && number == 1).then_some(Fault::Status(412))
}

/// The way to the lab's API, with faults.
struct Network {
    listener: Listener,
    patches: Arc<AtomicUsize>,
}

impl Network {
    fn start(lab: &Lab, fault: fn(&str, usize) -> Option<Fault>) -> Result<Self> {
        let (port, patches, gets) = (lab.gitlab_port(), Arc::<AtomicUsize>::default(), AtomicUsize::new(0));
        let counted = Arc::clone(&patches);
        let listener = Listener::start(move |mut stream| {
            let Ok(Some(request)) = http::Request::read(&mut stream) else { return };
            let count = if request.method == "PATCH" { &counted } else { &gets };
            let fault = fault(&request.method, count.fetch_add(1, Ordering::AcqRel) + 1);
            let response = match fault {
                Some(Fault::Status(status)) => http::Response::new(status, "application/json", "{}"),
                Some(Fault::CutBefore) => return,
                Some(Fault::CutAfter) | None => match forwarded(port, &request) {
                    Ok(response) => response,
                    Err(error) => http::Response::new(502, "text/plain", format!("{error:#}")),
                },
            };
            if !matches!(fault, Some(Fault::CutAfter)) {
                // Who was killed is gone before the answer comes.
                let _ = response.with("Retry-After", "0").write(&mut stream);
            }
        })?;
        Ok(Network { listener, patches })
    }

    fn patches(&self) -> usize {
        self.patches.load(Ordering::Acquire)
    }
}

fn forwarded(port: u16, request: &http::Request) -> Result<http::Response> {
    let kept = ["private-token", "content-type"];
    let headers =
        request.fields.iter().filter(|(name, _)| kept.contains(&name.to_ascii_lowercase().as_str()));
    let request = wire::Request {
        method: request.method.clone(),
        target: request.target.clone(),
        headers: headers.cloned().collect(),
        body: String::from_utf8(request.body.clone())?,
    };
    let answer = wire::send(port, &request)?;
    Ok(http::Response::new(answer.status, "application/json", answer.body))
}

/// A lab whose members are stored with the NameID that is sent for them, but for the old ones.
fn lab_with_old_identifiers() -> Result<Lab> {
    let lab = Lab::start()?;
    let mut state = lab.state();
    state.grow(MEMBERS, 11);
    for (at, user) in state.users.iter_mut().enumerate() {
        let old = || format!("Old {} & co (ä)", user.id);
        user.saml_extern_uid = Some(if OLD.contains(&at) { old() } else { user.name_id.clone() });
        user.scim_extern_uid = None;
    }
    lab.set_state(&state)?;
    Ok(lab)
}

/// The group as its owner has it from the API.
fn roll(lab: &Lab, state: &LabState) -> Result<Roll> {
    let mut roll = Roll::default();
    let group = format!("/api/v4/groups/{}", state.group.path);
    let pages = (1..=MEMBERS.div_ceil(100)).map(|page| format!("members?per_page=100&page={page}"));
    let users = (1..=MEMBERS.div_ceil(100)).map(|page| format!("saml_users?per_page=100&page={page}"));
    for path in pages.chain(users).chain(["saml/identities".to_owned(), "scim/identities".to_owned()]) {
        let mut request = wire::Request::get(&format!("{group}/{path}"));
        request.headers.push(("PRIVATE-TOKEN".to_owned(), state.group.owner_token.clone()));
        let answer = wire::send(lab.gitlab_port(), &request)?;
        ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text());
        let text = answer.text();
        let is_taken = !answer_files::take(&mut roll, &text).is_empty()
            || answer_files::take_empty(&mut roll, &path, &text).is_some();
        ensure!(is_taken, "{path}: {text}");
    }
    Ok(roll)
}

/// The events of a real sign-in of the member at this place, as a browser records them.
fn signed_in(lab: &Lab, state: &LabState, at: usize) -> Result<Vec<Event>> {
    let mut visitor = Visitor::new(lab);
    let landing = visitor.get(&sso_url(state))?;
    let start = landing.method_link("/users/auth/group_saml")?;
    let form = saml_response_from(&mut visitor, &start, &state.users[at])?;
    let sent = form.field("SAMLResponse").context("a Response")?.to_owned();
    let answer = visitor.submit(&form)?;
    let location = answer.location().context("a redirect")?;
    ensure!(BASE64_STANDARD.decode(&sent).is_ok() && location.ends_with(&state.group.path), "{location}");
    let of = json!({"request": at.to_string(), "tab": at, "method": "POST", "url": form.action});
    let (mut request, mut response) = (of.clone(), of);
    (request["kind"], request["body"]) = (json!("request"), json!("form"));
    request["form"] = json!([["SAMLResponse", [sent]]]);
    (response["kind"], response["status"], response["location"]) =
        (json!("response"), json!(302), json!(location));
    let time = |number: usize| format!("{:013}-lab-{:06}", 1_767_258_000_000 + 60_000 * at, number);
    (request["id"], response["id"]) = (json!(time(0)), json!(time(1)));
    Ok(vec![serde_json::from_value(request)?, serde_json::from_value(response)?])
}

/// The list of people that the identity provider has.
fn directory(state: &LabState) -> Result<Directory> {
    let row = |user: &LabUser| format!("{},\"{}\"\n", user.email, user.name_id);
    let rows: String = state.users.iter().map(row).collect();
    Directory::read(&format!("mail,objectId\n{rows}")).map_err(|problem| anyhow::anyhow!("{problem}"))
}

/// The scripts in a folder.
struct Written {
    folder: TempDir,
    token: String,
}

impl Written {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, name: &str, arguments: &[&str]) -> Result<Child> {
        let mut shell = Command::new("sh");
        shell
            .arg(self.path(name))
            .args(arguments)
            .env("GITLAB_TOKEN", &self.token)
            .env("SAMLIGHT_PAUSE", "0");
        Ok(shell.env("no_proxy", "*").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let output = self.start(name, arguments)?.wait_with_output()?;
        Ok((output.status.code(), String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?))
    }
}

/// The identifiers that GitLab has stored now.
fn stored(lab: &Lab, state: &LabState) -> Result<BTreeMap<u64, Option<String>>> {
    state.users.iter().map(|user| Ok((user.id, lab.saml_extern_uid(user.id)?))).collect()
}

#[test]
fn forty_of_250_members_are_corrected_by_the_api_whatever_fails_and_taken_back() -> Result<()> {
    let lab = lab_with_old_identifiers()?;
    let state = lab.state();
    let roll = roll(&lab, &state)?;
    let events: Vec<Event> = SIGNED_IN
        .map(|at| signed_in(&lab, &state, at))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    let tracer = Tracer::replay(events);
    let gitlab = Instance::at(&state.gitlab_origin).context("the lab's GitLab")?;
    let captures = Captures::of(&tracer, &roll, &gitlab, &state.group.path);
    let joined = join(&roll, &captures);
    let directory = directory(&state)?;
    let expectation = Expectation::of(&directory, &roll, &captures, Columns::default());

    let written_for = |network: &Network| -> Result<Written> {
        let api =
            Instance::at(&format!("http://127.0.0.1:{}", network.listener.port())).context("the API")?;
        let script = Script::of((&roll, &captures, &joined), (&api, &state.group.path), Some(&expectation));
        ensure!(script.corrections.len() == OLD.len() && script.left_out.is_empty(), "{script:?}");
        let written = Written { folder: tempfile::tempdir()?, token: state.group.owner_token.clone() };
        std::fs::write(written.path("change.sh"), script.change())?;
        std::fs::write(written.path("undo.sh"), script.undo())?;
        Ok(written)
    };
    let network = Network::start(&lab, unwell)?;
    let written = written_for(&network)?;
    let before = stored(&lab, &state)?;
    let after: BTreeMap<u64, Option<String>> =
        state.users.iter().map(|user| (user.id, Some(user.name_id.clone()))).collect();
    ensure!(before != after);

    let (code, said) = written.run("change.sh", &[])?;
    ensure!(code == Some(0) && said.matches("would\t").count() == OLD.len(), "{said}");
    ensure!(network.patches() == 0 && stored(&lab, &state)? == before, "without --run something is changed");

    let mut child = written.start("change.sh", &["--run"])?;
    until("a part is changed", || {
        ensure!(child.try_wait()?.is_none(), "it ended by itself");
        ensure!(network.patches() >= 15);
        Ok(())
    })?;
    child.kill()?;
    child.wait()?;
    ensure!(stored(&lab, &state)? != after, "it was killed too late");
    let (code, said) = written.run("change.sh", &["--run"])?;
    ensure!(code == Some(0) && said.contains("same\t") && said.contains("changed\t"), "{said}");
    ensure!(stored(&lab, &state)? == after, "{said}");
    let patches = network.patches();
    ensure!(written.run("change.sh", &["--run"])?.0 == Some(0) && network.patches() == patches);

    let (code, said) = written.run("undo.sh", &["--run"])?;
    ensure!(code == Some(0) && stored(&lab, &state)? == before, "{said}");

    // What GitLab refuses for good is not tried again: of all at once, or of one.
    let network = Network::start(&lab, forbidden)?;
    let (code, said) = written_for(&network)?.run("change.sh", &["--run"])?;
    ensure!(code == Some(1) && said.contains("stopped\t") && said.contains("403"), "{said}");
    ensure!(network.patches() == 1 && stored(&lab, &state)? == before, "{said}");
    let network = Network::start(&lab, overtaken)?;
    let written = written_for(&network)?;
    let (code, said) = written.run("change.sh", &["--run"])?;
    ensure!(code == Some(1) && said.matches("GitLab says 412").count() == 1, "{said}");
    ensure!(said.matches("changed\t").count() == OLD.len() - 1 && network.patches() == OLD.len(), "{said}");
    ensure!(written.run("change.sh", &["--run"])?.0 == Some(0) && stored(&lab, &state)? == after);
    Ok(())
}
