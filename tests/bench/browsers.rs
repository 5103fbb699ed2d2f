//! Samlight in a real Chromium and a real Firefox: the released core, its listeners and its panel, and the
//! core's single works (`wasm`), beside named peers: other JavaScript on the same page (`peers/page.js`), the
//! native peers of the same run, and the release of an earlier commit.
//!
//! The pages are those of `page`. They are served on loopback, isolated from all others, so that a page's
//! clock is as fine as the browser has it, and send what they found. `cargo xtask bench` puts everything
//! that is served into one folder. Leaves out: an installed extension, whose parts are measured one by one.

use crate::{
    bombs::honest,
    log_lines::GROUP,
    logs::Log,
    rows::{Goal, Row},
    sign_ins::{ACS, APART, BEGIN, EVENTS, response, written},
    signed::{Message, signed},
};
use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use samlight::base::instant::Timestamp;
use samlight_tests::{
    bombs::{self, Sent},
    browser::{Browser, Kind, LaunchOptions},
    draft::{Draft, ENTITY_ID, Edit, NOW, Signed, answers},
    http::{Listener, Request, Response},
};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::{Component, Path},
    sync::mpsc::{Receiver, Sender, channel},
    time::{Duration, Instant},
};

/// The variable that names the folder with what is served.
pub(crate) const FOLDER: &str = "SAMLIGHT_BENCH";
/// The commit that stands where there is no other peer, for people.
pub(crate) const BEFORE: &str = "Samlight at beb18d4";
/// The figure of a start.
const START: &str = "start of the worker: load the core, take in the store";
/// The time that the work of a page may take.
const DEADLINE: Duration = Duration::from_secs(900);
/// The events in the store when a worker starts.
const STORED: usize = 2_000;
/// The messages of the trace whose memory is taken: here, and at [`BEFORE`], where the time of a message grew
/// with their number.
const MEMORY: [usize; 2] = [2_000, 500];
/// The groups in each of them: 10 KB of XML.
const MEMORY_GROUPS: usize = 100;
/// The number of times that each panel is opened.
const PANELS: usize = 9;

/// The rows of all browsers; none where nothing was prepared for them.
pub(crate) fn rows() -> Vec<Row> {
    match std::env::var_os(FOLDER) {
        Some(folder) => {
            let log = Log::written().unwrap();
            let jq = log.jq_alone().unwrap();
            let of = |&kind| of_browser(kind, Path::new(&folder), &log, &jq).unwrap();
            Kind::ALL.iter().flat_map(of).collect()
        }
        None => {
            eprintln!("      nothing: {FOLDER} names no folder; `cargo xtask bench` makes one");
            Vec::new()
        }
    }
}

fn of_browser(kind: Kind, folder: &Path, log: &Log, jq: &(String, Duration)) -> Result<Vec<Row>> {
    let (messages, traces) = (messages(), traces()?);
    eprintln!("      {kind}");
    let site = Site::start(
        folder,
        vec![
            ("messages.json", messages.to_string()),
            ("traces.json", traces.to_string()),
            ("bombs.json", given_bombs()?.to_string()),
            ("logs.json", json!({ "group": GROUP, "count": log.count }).to_string()),
        ],
    )?;
    let browser = Browser::launch(&LaunchOptions { kind, ..LaunchOptions::default() })?;
    let (found, agent) = site.work(&browser, "messages")?;
    let mut rows = message_rows(&found)?;
    rows.extend(trace_rows(&site.work(&browser, "traces")?.0, &traces)?);
    rows.extend(request_rows(&site.work(&browser, "requests")?.0)?);
    rows.push(panel_row(&browser, &site)?);
    rows.extend(bomb_rows(&site.work(&browser, "bombs")?.0)?);
    rows.push(log_row(&site.work_on(&browser, "logs", Some(&log.file()))?.0, log, jq)?);
    let place = version(kind, &agent);
    Ok(rows.into_iter().map(|row| Row { place: place.clone(), ..row }).collect())
}

/// The browser with its version, from what it calls itself.
fn version(kind: Kind, agent: &str) -> String {
    let version = |name: &str| agent.split_once(name).and_then(|(_, rest)| rest.split([' ', '.']).next());
    match kind {
        Kind::Chromium => format!("Chromium {}", version("Chrome/").unwrap_or_default()),
        Kind::Firefox => format!("Firefox {}", version("Firefox/").unwrap_or_default()),
    }
}

/// A message and the works that are done to it on a page.
fn works() -> Vec<(Option<&'static Message>, Vec<&'static str>)> {
    let works = [
        vec!["verify", "verdict"],
        vec!["verify", "look", "pretty", "prettyRedirect"],
        vec!["verify", "verdict"],
        vec!["verify", "look", "pretty", "prettyRedirect"],
        // What is deflated is read up to a megabyte.
        vec!["verify", "look", "pretty"],
    ];
    let unsigned = (None, vec!["pretty", "prettyRedirect"]);
    std::iter::once(unsigned).chain(signed().messages.iter().map(Some).zip(works)).collect()
}

/// The XML of the unsigned one.
fn unsigned() -> String {
    Draft::good(Signed::Assertion).xml.replace("{SIGNATURE _a}", "")
}

/// The content that the page with the messages gets.
fn messages() -> Value {
    let messages = works().into_iter().map(|(message, works)| {
        let xml = message.map_or_else(unsigned, |message| String::from_utf8(message.xml.clone()).unwrap());
        let post = BASE64_STANDARD.encode(&xml);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(xml.as_bytes()).unwrap();
        let redirect = BASE64_STANDARD.encode(encoder.finish().unwrap());
        let redirect = utf8_percent_encode(&redirect, NON_ALPHANUMERIC).to_string();
        let accepted = message.is_some_and(|message| message.accepted);
        json!({ "xml": xml, "post": post, "redirect": redirect, "accepted": accepted, "works": works })
    });
    let messages: Vec<Value> = messages.collect();
    let settings = serde_json::to_string(&signed().settings).unwrap();
    json!({ "settings": settings, "now": NOW, "messages": messages })
}

fn message_rows(found: &Value) -> Result<Vec<Row>> {
    let signed = signed();
    let packages: Value = serde_json::from_str(include_str!("peers/package.json"))?;
    let named =
        |name: &str| format!("{name} {}", packages["devDependencies"][name].as_str().unwrap_or_default());
    let printed = format!("{} and {}", named("fast-xml-parser"), named("pako"));
    let mut rows = Vec::new();
    for (at, (message, works)) in works().into_iter().enumerate() {
        let octets = message.map_or_else(|| unsigned().len(), |message| message.xml.len());
        let work = |binding: &str| format!("1 Response of {octets} octets{binding}");
        for name in works {
            let time = |which: usize| {
                found[at][name][which].as_f64().with_context(|| format!("no time of {name}: {found}"))
            };
            let own = time(0)?;
            rows.push(match (name, message) {
                ("verify", Some(message)) => Row::time(
                    "parse and verify in Wasm",
                    work(""),
                    (own, message.xmlsec.1.as_nanos() as f64),
                    format!("{}, native, with the key given", signed.xmlsec),
                    Some(Goal::within(2.2, 1.6)),
                ),
                ("verdict", Some(message)) => Row::time(
                    "GitLab's whole verdict in Wasm, from the parameter's value",
                    work(""),
                    (own, message.ruby.context("ruby-saml refuses it")?.as_nanos() as f64),
                    format!("{}, native", signed.ruby_does()),
                    Some(if octets < 10_000 { Goal::faster(13.0, 25.0) } else { Goal::faster(30.0, 50.0) }),
                ),
                ("look", _) => Row::time(
                    "decode, verify, verdict and pretty print",
                    work(" by POST"),
                    (own, time(1)?),
                    format!("{printed}, and {}, without a verdict", named("xml-crypto")),
                    Some(match octets {
                        ..100_000 => Goal::faster(8.0, 15.0),
                        100_000..1_000_000 => Goal::faster(9.0, 15.0),
                        _ => Goal::faster(10.0, 15.0),
                    }),
                ),
                _ => Row::time(
                    "decode, parse and pretty print",
                    work(if name == "pretty" { " by POST" } else { " by redirect" }),
                    (own, time(1)?),
                    printed.clone(),
                    Some(Goal::faster(2.5, 4.0)),
                ),
            });
        }
    }
    Ok(rows)
}

/// The content that the page with the traces gets.
fn traces() -> Result<Value> {
    let sign_ins = STORED.div_ceil(EVENTS);
    let stored = |response: &dyn Fn(usize) -> String| -> Vec<Value> {
        (0..sign_ins).flat_map(|number| written(number, response(number))).take(STORED).collect()
    };
    let begins = |number: usize| Timestamp(BEGIN + APART * number as i64);
    // Each with IDs of its own: of Responses that share one, none is ever over.
    let own = |it: usize| {
        Draft::good(Signed::Assertion).with(&[
            Edit::Xml("ID=\"_r\"", format!("ID=\"_p{it}\"")),
            Edit::Xml("ID=\"_a\"", format!("ID=\"_a{it}\"")),
            Edit::Xml("{SIGNATURE _a}", format!("{{SIGNATURE _a{it}}}")),
        ])
    };
    let drafts: Vec<Draft> = (0..sign_ins)
        .map(|it| Some(own(it)?.sent(ENTITY_ID, ACS, begins(it), &format!("_r{it}"))))
        .collect::<Option<_>>()
        .context("the draft has other IDs")?;
    let answers = answers(&drafts, None)?;
    let large: Vec<Value> = (0..MEMORY[0]).map(of_memory).collect();
    Ok(json!({
        "start": [stored(&response), stored(&|number| answers[number].response.clone())],
        "memory": large,
        "counts": MEMORY,
        "now": begins(sign_ins).0,
    }))
}

/// The event with a Response of 10 KB.
fn of_memory(number: usize) -> Value {
    let group = |at: usize| {
        format!(
            "<saml:AttributeValue>group-{number}-{at}-of-the-organisation-and-its-parts</saml:AttributeValue>"
        )
    };
    let groups: String = (0..MEMORY_GROUPS).map(group).collect();
    let xml = unsigned().replacen("<saml:AttributeValue>", &format!("{groups}<saml:AttributeValue>"), 1);
    let [_, request, _] = written(number, BASE64_STANDARD.encode(xml));
    request
}

fn trace_rows(found: &Value, traces: &Value) -> Result<Vec<Row>> {
    let pair = |value: &Value| -> Result<(f64, f64)> {
        let amount = |at: usize| value[at].as_f64().with_context(|| format!("no amounts: {found}"));
        Ok((amount(0)?, amount(1)?))
    };
    let mut rows = Vec::new();
    for (at, name) in ["small ones", "Responses of 4 KB"].into_iter().enumerate() {
        let work = format!("{STORED} events stored, {name}");
        let row = |what: &str, name: &str, goal: Option<Goal>| -> Result<Row> {
            Ok(Row::time(what, work.clone(), pair(&found["starts"][at][name])?, BEFORE.into(), goal))
        };
        let start = Goal::micros(80e3, 50e3);
        rows.push(row(START, "start", Some(start))?);
        rows.push(row("the first badge after it", "badge", Some(Goal::micros(20e3, 20e3)))?);
        rows.push(row("of the start: load the core", "load", None)?);
        rows.push(row("reading the whole store, when somebody looks", "whole", None)?);
    }
    let value = |event: &Value| event["form"][0][1][0].as_str().map_or(0, |it| it.len() / 4 * 3);
    let events = traces["memory"].as_array().context("no events")?;
    let each =
        |octets: f64, count: usize| octets / events.iter().take(count).map(value).sum::<usize>() as f64;
    let (amount, peer_amount) = pair(&found["memory"])?;
    let amounts = (each(amount, MEMORY[0]) * 1e3, each(peer_amount, MEMORY[1]) * 1e3);
    let what = "memory of a trace for an octet of its XML, with the value as it came (1.33)";
    let work = format!("{} Responses of 10 KB, taken in one by one, then the badge", MEMORY[0]);
    let peer = format!("{BEFORE}, with {}", MEMORY[1]);
    let goal = Goal::octets(4.0 + 4.0 / 3.0, 4.0 + 4.0 / 3.0);
    rows.push(Row { unit: "octets for one", ..Row::time(what, work, amounts, peer, Some(goal)) });
    Ok(rows)
}

fn request_rows(found: &Value) -> Result<Vec<Row>> {
    let goals = [(20.0, 10.0), (100.0, 50.0), (1_000.0, 500.0)].map(|(must, aim)| Goal::micros(must, aim));
    let row = |(at, goal): (usize, Goal)| {
        let it = &found[at];
        let time = |which: usize| it["times"][which].as_f64().with_context(|| format!("no time: {found}"));
        let work = format!("4 events, 25 headers each way, a body of {} octets", it["size"]);
        Ok(Row::time(
            "an unrelated request in the worker",
            work,
            (time(0)?, time(1)?),
            BEFORE.into(),
            Some(goal),
        ))
    };
    goals.into_iter().enumerate().map(row).collect()
}

/// The bombs, and the honest message that is their peer.
fn given_bombs() -> Result<Value> {
    let given = |sent: &str, octets: &[u8]| json!({ "sent": sent, "octets": BASE64_STANDARD.encode(octets) });
    let bombs = bombs::all()?.into_iter().map(|bomb| match &bomb.sent {
        Sent::Query(query) => given("query", query.as_bytes()),
        Sent::Form(value) => given("form", value.as_bytes()),
        Sent::Xml(xml) => given("xml", xml),
    });
    Ok(bombs.chain([given("xml", honest().as_bytes())]).collect())
}

/// The beginnings of the names of bombs that are promised to be short.
const SHORT: [&str; 7] =
    ["inflate: ", "depth: ", "attributes: ", "namespaces: ", "References: ", "IDs: ", "parameters: 20 "];

fn bomb_rows(found: &Value) -> Result<Vec<Row>> {
    let time = |at: usize| found[at].as_f64().with_context(|| format!("no time of a bomb: {found}"));
    let bombs = bombs::all()?;
    let peer_time = time(bombs.len())?;
    let row = |(at, bomb): (usize, &bombs::Bomb)| {
        let goal = SHORT.iter().any(|name| bomb.name.starts_with(name)).then(|| Goal::micros(50e3, 20e3));
        let peer = format!("an honest message of {} octets", honest().len());
        let what = format!("reading and looking at a bomb: {}", bomb.name);
        Ok(Row::time(&what, "1 request".into(), (time(at)?, peer_time), peer, goal))
    };
    bombs.iter().enumerate().map(row).collect()
}

fn log_row(found: &Value, log: &Log, (jq, time): &(String, Duration)) -> Result<Row> {
    let own = found.as_f64().with_context(|| format!("no time of a log: {found}"))?;
    let what = "one group's requests in a log from the disk, on the clock";
    let goal = Goal::within(0.25, 0.125);
    let peer = format!("{jq}, native, processor time");
    Ok(Row::time(what, log.work(), (own, time.as_nanos() as f64), peer, Some(goal)))
}

/// The first paint of the panel's page with something on it, each time in a new tab.
fn panel_row(browser: &Browser, site: &Site) -> Result<Row> {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..PANELS {
        for (version, times) in ["now", "before"].into_iter().zip(&mut times) {
            let page = browser.open(&site.url(&format!("{version}/panel/index.html")))?;
            page.to_front()?;
            let painted = page.evaluate(PAINTED)?;
            times.push(painted.as_f64().with_context(|| format!("no time of a paint: {painted}"))? * 1e6);
            page.close()?;
        }
    }
    let [now, before] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[PANELS / 2]
    });
    let work = format!("the static page over HTTP on this machine, median of {PANELS}");
    Ok(Row::time(
        "panel: first contentful paint",
        work,
        (now, before),
        BEFORE.into(),
        Some(Goal::micros(150e3, 100e3)),
    ))
}

const PAINTED: &str = "new Promise((resolve) => new PerformanceObserver((list) => {
    for (const it of list.getEntries()) if (it.name === 'first-contentful-paint') resolve(it.startTime);
}).observe({ type: 'paint', buffered: true }))";

/// The pages on loopback.
struct Site {
    listener: Listener,
    results: Receiver<Vec<u8>>,
}

impl Site {
    fn start(folder: &Path, given: Vec<(&'static str, String)>) -> Result<Self> {
        ensure!(folder.is_dir(), "{FOLDER} names {}, which is no folder", folder.display());
        let folder = folder.to_owned();
        let (sender, results) = channel();
        let listener = Listener::serve(move |request| answer(&folder, &given, &sender, request))?;
        Ok(Site { listener, results })
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.listener.port())
    }

    /// The result of a page, and the name that its browser gives itself.
    fn work(&self, browser: &Browser, name: &str) -> Result<(Value, String)> {
        self.work_on(browser, name, None)
    }

    /// The same of a page that is given a file.
    fn work_on(&self, browser: &Browser, name: &str, file: Option<&Path>) -> Result<(Value, String)> {
        let begin = Instant::now();
        let page = browser.open(&self.url(&format!("index.html?work={name}")))?;
        page.to_front()?;
        if let Some(file) = file {
            page.wait_for("!!document.querySelector('input')")?;
            page.choose("input", file)?;
        }
        let result = self.results.recv_timeout(DEADLINE).with_context(|| format!("no result of {name}"))?;
        let mut result: Value = serde_json::from_slice(&result)?;
        eprintln!("        {name}: {:.0} s", begin.elapsed().as_secs_f32());
        page.close()?;
        if let Some(failed) = result["failed"].as_str() {
            bail!("{name}: {failed}");
        }
        Ok((result["gave"].take(), result["agent"].as_str().unwrap_or_default().to_owned()))
    }
}

fn answer(folder: &Path, given: &[(&str, String)], results: &Sender<Vec<u8>>, request: &Request) -> Response {
    let path = request.target.split('?').next().unwrap_or_default().trim_start_matches('/');
    if path == "result" {
        // The one that waits has gone where a page takes too long.
        let _ = results.send(request.body.clone());
        return Response::new(204, "text/plain", "");
    }
    let media_type = match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let content = match given.iter().find(|(name, _)| path.strip_prefix("given/") == Some(name)) {
        Some((_, text)) => Ok(text.clone().into_bytes()),
        None if is_below => std::fs::read(folder.join(path)),
        None => Err(std::io::ErrorKind::NotFound.into()),
    };
    match content {
        Ok(content) => Response::new(200, media_type, content)
            .with("Cross-Origin-Opener-Policy", "same-origin")
            .with("Cross-Origin-Embedder-Policy", "require-corp"),
        Err(_) => Response::new(404, "text/plain", ""),
    }
}
