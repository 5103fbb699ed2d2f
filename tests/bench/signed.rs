//! The cost of a signed Response: reading and verifying it beside xmlsec1's library, and GitLab's whole
//! verdict beside the real ruby-saml.
//!
//! The messages are signed by the libraries of the lab and accepted by all three. Both peers run in a process
//! of their own (`peers/xmlsec.c`, `peers/ruby_saml.rb`), read the same octets and say the least time that
//! the processor was at one of their runs, as is done here. Leaves out: what the browser adds.

use crate::measure::{Figure, quickest_after, quickest_of};
use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    acceptance::ACCOUNT,
    base::{instant::Timestamp, limits::LIMITS},
    case::Case,
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, routes::Provider},
    signature::{self, GivenKeys, SignatureState},
    trace::tracer::Tracer,
    xml::Document,
};
use samlight_tests::{
    draft::{ACS, Answer, Draft, ENTITY_ID, Edit, NOW, Signed, answers},
    lab::program::RUBY,
};
use serde_json::json;
use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// Groups of the person: Responses of 4, 94 and 159 KB.
const GROUPS: [usize; 3] = [0, 1_145, 1_967];

/// A message is read often, for the first reads of a process are slow.
const RUNS: usize = 60;
/// ruby-saml takes long for a large message.
const RUBY_RUNS: usize = 12;

/// A Response of a person in so many groups.
fn draft(groups: usize) -> Draft {
    let value = |number: usize| {
        let id = 0x2f1a_9c04_u64 * (number as u64 + 1);
        let (first, rest) = (id as u32, (id * 7_919) & 0xffff_ffff_ffff);
        format!("<saml:AttributeValue>{first:08x}-4c1d-4b7e-9a30-{rest:012x}</saml:AttributeValue>")
    };
    let values: String = (0..groups).map(value).collect();
    let attribute =
        format!("<saml:Attribute Name=\"groups\">{values}</saml:Attribute></saml:AttributeStatement>");
    let edits = [Edit::Xml("</saml:AttributeStatement>", attribute)];
    let draft = Draft::good(Signed::Assertion);
    if groups == 0 { draft } else { draft.with(&edits).unwrap() }
}

/// A figure for each size, and each way of looking.
pub(crate) fn figures() -> Result<Vec<Figure>> {
    let answers = answers(&GROUPS.map(draft), None)?;
    let folder = tempfile::tempdir()?;
    let mut files = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        ensure!(answer.accepted, "the library refuses a message of the benches: {:?}", answer.message);
        let file = folder.path().join(format!("{number}.xml"));
        std::fs::write(&file, BASE64_STANDARD.decode(&answer.response)?)?;
        files.push(file);
    }
    let xmlsec = xmlsec(folder.path(), &files)?;
    let ruby = ruby(&answers, &files)?;
    let mut figures = Vec::new();
    for ((file, answer), peers) in files.iter().zip(&answers).zip(xmlsec.times.iter().zip(&ruby.times)) {
        let xml = std::fs::read(file)?;
        let work = format!("1 Response of {} octets", xml.len());
        figures.push(Figure {
            what: "Document::parse and signature::signatures".into(),
            work: work.clone(),
            time: quickest_of(RUNS, || verify(&xml)),
            peer: format!("{}: reading and verifying it, with the certificate in it", xmlsec.name),
            peer_time: *peers.0,
        });
        let held = Document::parse(&xml, &LIMITS).0.held() as f64 / xml.len() as f64;
        figures.push(Figure {
            what: "Document::parse".into(),
            work: format!("{work}, {held:.1} octets in memory for one of XML"),
            time: quickest_of(RUNS, || drop(black_box(Document::parse(&xml, &LIMITS)))),
            peer: format!("{}: reading and verifying it, with the certificate in it", xmlsec.name),
            peer_time: *peers.0,
        });
        figures.push(Figure {
            what: "GitLab's whole verdict, from the parameter's value".into(),
            work,
            time: verdict(answer),
            peer: format!("{}: Response.new, is_valid?, name_id and attributes", ruby.name),
            peer_time: *peers.1,
        });
    }
    Ok(figures)
}

/// Reads the message and verifies its signature.
fn verify(xml: &[u8]) {
    let (document, flaws) = Document::parse(black_box(xml), &LIMITS);
    let signatures = signature::signatures(&document, &GivenKeys::default());
    assert!(flaws.is_empty() && signatures.len() == 1);
    assert!(signatures.iter().all(|signature| signature.state == SignatureState::Valid));
}

/// The time from the events that bring the message to what GitLab makes of it.
fn verdict(answer: &Answer) -> Duration {
    let provider = Provider::Instance { name: "saml".to_owned() };
    let told = ProviderSettings {
        entity_id: Some(ENTITY_ID.to_owned()),
        acs: Some(ACS.to_owned()),
        fingerprint: answer.fingerprint.clone(),
        rules_version: Some("1.13.0".to_owned()),
        leave_out: vec![ACCOUNT.to_owned()],
        ..ProviderSettings::new(Instance::at("https://gitlab.example.com").unwrap(), provider)
    };
    let before = || {
        let mut events = import::file("response", answer.response.as_bytes(), Timestamp(NOW)).events;
        let told = Body::Settings(Settings { provider: Some(told.clone()), ..Settings::default() });
        events.push(Event::new(EventId::new(Timestamp(NOW), "given", 1), told));
        events
    };
    quickest_after(RUNS, before, |events| {
        let tracer = Tracer::replay(events);
        let case =
            Case::new(&tracer, tracer.flows().last().unwrap(), Timestamp(NOW)).received_at(Timestamp(NOW));
        assert_eq!(case.acceptance().unwrap().accepted, Some(true));
    })
}

/// A peer by its own words, and the time that it takes for each message.
struct Peer {
    name: String,
    times: Vec<Duration>,
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/peers")
}

/// xmlsec1's library, by a program that is compiled for it.
fn xmlsec(folder: &Path, files: &[PathBuf]) -> Result<Peer> {
    let program = folder.join("xmlsec");
    let flags = said(Command::new("pkg-config").args(["--cflags", "--libs", "xmlsec1-openssl", "xmlsec1"]))
        .context("is libxmlsec1-dev installed?")?;
    let source = peers().join("xmlsec.c");
    said(Command::new("cc").arg("-O2").arg("-o").arg(&program).arg(source).args(flags.split_whitespace()))?;
    Peer::read(&said(Command::new(program).arg(RUNS.to_string()).args(files))?, files.len())
}

/// ruby-saml, as the lab has it.
fn ruby(answers: &[Answer], files: &[PathBuf]) -> Result<Peer> {
    let fingerprint = answers.first().and_then(|answer| answer.fingerprint.as_deref());
    let settings = json!({ "sp_entity_id": ENTITY_ID, "assertion_consumer_service_url": ACS, "now": NOW,
        "idp_cert_fingerprint": fingerprint, "runs": RUBY_RUNS });
    let mut ruby = Command::new(RUBY.find()?);
    ruby.arg(peers().join("ruby_saml.rb")).arg(settings.to_string()).args(files);
    Peer::read(&said(&mut ruby)?, files.len())
}

impl Peer {
    /// From its output: its name, then the nanoseconds for each message on a line of their own.
    fn read(output: &str, count: usize) -> Result<Self> {
        let mut lines = output.lines();
        let name = lines.next().context("a peer said nothing")?.to_owned();
        let times = lines.map(|line| Ok(Duration::from_nanos(line.trim().parse()?)));
        let times: Vec<Duration> = times.collect::<Result<_>>()?;
        ensure!(times.len() == count, "{name} gave {} times for {count} messages", times.len());
        Ok(Peer { name, times })
    }
}

/// The output of a program that must succeed.
fn said(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed");
    Ok(String::from_utf8(output.stdout)?)
}
