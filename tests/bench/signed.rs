//! The cost of a signed Response: reading and verifying it beside xmlsec1's library, and GitLab's whole
//! verdict beside the real ruby-saml.
//!
//! The messages are signed by the libraries of the lab and accepted by all three, but for the one that GitLab
//! finds too large. Both peers run in a process of their own (`peers/xmlsec.c`, `peers/ruby_saml.rb`), read
//! the same octets and say the least time that the processor was at one of their runs, as is done here. The
//! same messages and peers are those of the pages (`browsers.rs`). Leaves out: what the browser adds.

use crate::{
    measure::{Figure, quickest_after, quickest_of},
    rows::{Goal, Row},
};
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
    draft::{ACS, Draft, ENTITY_ID, Edit, NOW, Signed, answers},
    lab::program::RUBY,
};
use serde_json::json;
use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

/// Groups of the person: Responses of 4, 20, 94 and 159 KB, and of 2 MB, which GitLab refuses for its size.
const GROUPS: [usize; 5] = [0, 213, 1_145, 1_967, 25_270];

/// The goals of reading and verifying, and of the whole verdict, for each of the three that have one.
const GOALS: [(usize, Goal, Option<Goal>); 3] = [
    (GROUPS[0], Goal::faster(3.5, 4.0), Some(Goal::faster(45.0, 60.0))),
    (GROUPS[2], Goal::faster(1.2, 2.0), Some(Goal::faster(90.0, 140.0))),
    (GROUPS[3], Goal::faster(1.2, 2.0), None),
];

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

/// A Response with what the peers need for it.
pub(crate) struct Message {
    groups: usize,
    /// Its XML, signed.
    pub(crate) xml: Vec<u8>,
    /// The parameter's value: the XML in base64.
    pub(crate) value: String,
    /// Whether GitLab lets the person in.
    pub(crate) accepted: bool,
    /// The time that xmlsec1 takes with the certificate in the message, and that with the key given.
    pub(crate) xmlsec: (Duration, Duration),
    /// The time that ruby-saml takes; of one that it accepts.
    pub(crate) ruby: Option<Duration>,
}

/// The Responses, and the peers that went through them.
pub(crate) struct Measured {
    pub(crate) messages: Vec<Message>,
    /// GitLab's settings for them.
    pub(crate) settings: ProviderSettings,
    /// The names of the peers.
    pub(crate) xmlsec: String,
    pub(crate) ruby: String,
}

/// The Responses, made and measured with the peers once a run.
pub(crate) fn signed() -> &'static Measured {
    static MEASURED: LazyLock<Measured> = LazyLock::new(|| Measured::taken().unwrap());
    &MEASURED
}

impl Measured {
    fn taken() -> Result<Self> {
        let answers = answers(&GROUPS.map(draft), None)?;
        let folder = tempfile::tempdir()?;
        let file = |number: usize| folder.path().join(format!("{number}.xml"));
        let mut messages = Vec::new();
        for (number, (answer, groups)) in answers.iter().zip(GROUPS).enumerate() {
            let xml = BASE64_STANDARD.decode(&answer.response)?;
            std::fs::write(file(number), &xml)?;
            let xmlsec = (Duration::ZERO, Duration::ZERO);
            let (value, accepted) = (answer.response.clone(), answer.accepted);
            messages.push(Message { groups, xml, value, accepted, xmlsec, ruby: None });
        }
        let accepted: Vec<usize> = (0..messages.len()).filter(|&it| messages[it].accepted).collect();
        ensure!(accepted.len() + 1 == GROUPS.len(), "the library refuses: {:?}", answers.last());
        let xmlsec = xmlsec(folder.path(), &(0..messages.len()).map(file).collect::<Vec<_>>())?;
        let fingerprint = answers.first().and_then(|answer| answer.fingerprint.clone());
        let ruby = ruby(fingerprint.as_deref(), &accepted.iter().map(|&it| file(it)).collect::<Vec<_>>())?;
        for (message, times) in messages.iter_mut().zip(&xmlsec.times) {
            message.xmlsec = (times[0], times[1]);
        }
        for (&at, times) in accepted.iter().zip(&ruby.times) {
            messages[at].ruby = times.first().copied();
        }
        let provider = Provider::Instance { name: "saml".to_owned() };
        let settings = ProviderSettings {
            entity_id: Some(ENTITY_ID.to_owned()),
            acs: Some(ACS.to_owned()),
            fingerprint,
            rules_version: Some("1.13.0".to_owned()),
            leave_out: vec![ACCOUNT.to_owned()],
            ..ProviderSettings::new(Instance::at("https://gitlab.example.com").unwrap(), provider)
        };
        Ok(Measured { messages, settings, xmlsec: xmlsec.name, ruby: ruby.name })
    }

    /// ruby-saml, with what it does.
    pub(crate) fn ruby_does(&self) -> String {
        format!("{}: Response.new, is_valid?, name_id and attributes", self.ruby)
    }
}

/// A row for each size, and each way of looking.
pub(crate) fn rows() -> Vec<Row> {
    let signed = signed();
    let peer = format!("{}: reading and verifying it, with the certificate in it", signed.xmlsec);
    let mut rows = Vec::new();
    for (groups, verify_goal, verdict_goal) in GOALS {
        let message = signed.messages.iter().find(|message| message.groups == groups).unwrap();
        let (xml, work) = (&message.xml, format!("1 Response of {} octets", message.xml.len()));
        let peer_time = message.xmlsec.0;
        let verified = Figure {
            what: "Document::parse and signature::signatures".into(),
            work: work.clone(),
            time: quickest_of(RUNS, || verify(xml)),
            peer: peer.clone(),
            peer_time,
        };
        let held = Document::parse(xml, &LIMITS).0.held() as f64 / xml.len() as f64;
        let parsed = Figure {
            what: "Document::parse".into(),
            work: format!("{work}, {held:.1} octets in memory for one of XML"),
            time: quickest_of(RUNS, || drop(black_box(Document::parse(xml, &LIMITS)))),
            peer: peer.clone(),
            peer_time,
        };
        let judged = Figure {
            what: "GitLab's whole verdict, from the parameter's value".into(),
            work,
            time: verdict(message, &signed.settings),
            peer: signed.ruby_does(),
            peer_time: message.ruby.unwrap(),
        };
        rows.push(Row::native(verified, Some(verify_goal)));
        rows.push(Row::native(parsed, None));
        rows.push(Row::native(judged, verdict_goal));
    }
    rows
}

/// Reads the message and verifies its signature.
fn verify(xml: &[u8]) {
    let (document, flaws) = Document::parse(black_box(xml), &LIMITS);
    let signatures = signature::signatures(&document, &GivenKeys::default());
    assert!(flaws.is_empty() && signatures.len() == 1);
    assert!(signatures.iter().all(|signature| signature.state == SignatureState::Valid));
}

/// The time from the events that bring the message to what GitLab makes of it.
fn verdict(message: &Message, settings: &ProviderSettings) -> Duration {
    let before = || {
        let mut events = import::file("response", message.value.as_bytes(), Timestamp(NOW)).events;
        let told = Body::Settings(Settings { provider: Some(settings.clone()), ..Settings::default() });
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

/// A peer by its own words, and the times that it takes for each message.
struct Peer {
    name: String,
    times: Vec<Vec<Duration>>,
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
fn ruby(fingerprint: Option<&str>, files: &[PathBuf]) -> Result<Peer> {
    let settings = json!({ "sp_entity_id": ENTITY_ID, "assertion_consumer_service_url": ACS, "now": NOW,
        "idp_cert_fingerprint": fingerprint, "runs": RUBY_RUNS });
    let mut ruby = Command::new(RUBY.find()?);
    ruby.arg(peers().join("ruby_saml.rb")).arg(settings.to_string()).args(files);
    Peer::read(&said(&mut ruby)?, files.len())
}

impl Peer {
    /// From its output: its name, then a line of nanoseconds for each message.
    fn read(output: &str, count: usize) -> Result<Self> {
        let mut lines = output.lines();
        let name = lines.next().context("a peer said nothing")?.to_owned();
        let time = |word: &str| Ok(Duration::from_nanos(word.parse()?));
        let times = lines.map(|line| line.split_whitespace().map(time).collect());
        let times: Vec<Vec<Duration>> = times.collect::<Result<_>>()?;
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
