//! The TLS front: `https://gitlab.com` and its friends on loopback, for a browser that believes in them.
//!
//! Chromium maps every name to the front's port, Firefox asks a proxy on another port for every name and gets
//! the front; the front has a certificate made at start that only this browser trusts, reads the `Host` and
//! passes the request on to the loopback port that plays this name, with `X-Forwarded-Proto: https`. A name
//! nobody plays gets a 404: no request of a test ever leaves the machine, and [`Front::requests`] tells which
//! were tried.
//!
//! One request a connection; requests are read whole, answers are streamed.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};

use crate::http::{Listener, Request, Response, field, owned, read_head};
use crate::wait::until;

/// A running front.
#[derive(Debug)]
pub struct Front {
    listener: Listener,
    proxy: Listener,
    spki_hash: String,
    requests: Arc<Mutex<Vec<Passed>>>,
    gate: Arc<Gate>,
}

/// The way in which a browser reaches the front.
#[derive(Clone, Debug)]
pub struct Reach {
    port: u16,
    proxy: u16,
    spki_hash: String,
}

/// The gate where requests to one path wait until they may go on.
#[derive(Debug, Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct GateState {
    /// The path that is held; none: all pass.
    path: Option<String>,
    /// The path whose requests are never answered: their connection ends.
    broken: Option<String>,
    /// Requests whose path begins so go to this port, whoever plays their name.
    diverted: Option<(String, u16)>,
    /// The number of requests that wait.
    waiting: usize,
}

/// Holds the requests to one path back until it is dropped.
#[derive(Debug)]
pub struct Held {
    gate: Arc<Gate>,
}

/// One request that came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The name the browser asked for.
    pub host: String,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The answer's status; 404 for a name nobody plays, 502 for a backend that fails.
    pub status: u16,
    /// When the front had the request, before it was held back, and when it had the beginning of the answer.
    pub under_way: (Instant, Instant),
}

impl Front {
    /// Starts a front for these names, each played by a port on loopback. A name with a port (`host:8443`) is
    /// for addresses with that port alone.
    ///
    /// # Errors
    /// No port is free, or a name that no certificate can hold.
    pub fn start(backends: &[(&str, u16)]) -> Result<Self> {
        let host = |name: &str| name.split(':').next().unwrap_or_default().to_owned();
        let names: Vec<String> = backends.iter().map(|(name, _)| host(name)).collect();
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(names)?.self_signed(&key)?;
        let spki_hash = STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private_key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private_key)?;

        let requests = Arc::new(Mutex::new(Vec::new()));
        let gate = Arc::<Gate>::default();
        let passing = Arc::new(Passing {
            tls: Arc::new(tls),
            backends: backends.iter().map(|(name, port)| ((*name).to_owned(), *port)).collect(),
            requests: Arc::clone(&requests),
            gate: Arc::clone(&gate),
        });
        // A browser may leave at any moment; what it asked for and got is in `requests`.
        let behind_proxy = Arc::clone(&passing);
        let listener = Listener::start(move |stream| drop(passing.pass(stream)))?;
        let proxy = Listener::start(move |stream| drop(behind_proxy.connect(stream)))?;
        Ok(Front { listener, proxy, spki_hash, requests, gate })
    }

    /// Holds back requests to `path` (without query), before they reach their backend, until the answer is
    /// dropped. One path at a time.
    #[must_use]
    pub fn hold(&self, path: &str) -> Held {
        self.gate.state.lock().unwrap_or_else(PoisonError::into_inner).path = Some(path.to_owned());
        Held { gate: Arc::clone(&self.gate) }
    }

    /// Ends the connection of requests to `path` (without query) without an answer, until told otherwise.
    pub fn break_at(&self, path: Option<&str>) {
        self.gate.state.lock().unwrap_or_else(PoisonError::into_inner).broken = path.map(str::to_owned);
    }

    /// Sends requests to paths that begin with `prefix` to another port, until told otherwise.
    pub fn divert(&self, diverted: Option<(&str, u16)>) {
        let diverted = diverted.map(|(prefix, port)| (prefix.to_owned(), port));
        self.gate.state.lock().unwrap_or_else(PoisonError::into_inner).diverted = diverted;
    }

    /// The facts that a browser needs to find the front under every name and to trust it.
    #[must_use]
    pub fn reach(&self) -> Reach {
        Reach { port: self.listener.port(), proxy: self.proxy.port(), spki_hash: self.spki_hash.clone() }
    }

    /// All requests so far, in the order of their answers.
    #[must_use]
    pub fn requests(&self) -> Vec<Passed> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last requests, one a line, for a person who looks for the cause of a failure.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let requests = self.requests();
        let last = &requests[requests.len().saturating_sub(200)..];
        last.iter().map(|it| format!("{it}\n")).collect()
    }

    /// The port on 127.0.0.1 that speaks TLS.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.listener.port()
    }
}

impl Reach {
    /// Chromium maps every name to the port, and trusts the one key.
    pub(crate) fn chromium_arguments(&self) -> [String; 2] {
        [
            format!("--host-resolver-rules=MAP * 127.0.0.1:{},EXCLUDE localhost", self.port),
            format!("--ignore-certificate-errors-spki-list={}", self.spki_hash),
        ]
    }

    /// The port of the proxy through which Firefox, which cannot map names to ports, asks for every site.
    pub(crate) fn proxy(&self) -> u16 {
        self.proxy
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} https://{}{}", self.status, self.method, self.host, self.target)
    }
}

impl Held {
    /// Waits until a request is held back.
    ///
    /// # Errors
    /// None came.
    pub fn wait_for_request(&self) -> Result<()> {
        until("a request to be held back", || {
            let state = self.gate.state.lock().unwrap_or_else(PoisonError::into_inner);
            ensure!(state.waiting > 0, "nobody asked for {:?}", state.path);
            Ok(())
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gate.state.lock().unwrap_or_else(PoisonError::into_inner).path = None;
        self.gate.changed.notify_all();
    }
}

impl Gate {
    fn is_broken(&self, target: &str) -> bool {
        let path = target.split('?').next();
        path.is_some() && self.state.lock().unwrap_or_else(PoisonError::into_inner).broken.as_deref() == path
    }

    /// The port that requests to `target` are diverted to.
    fn diverted(&self, target: &str) -> Option<u16> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.diverted.as_ref().filter(|(prefix, _)| target.starts_with(prefix)).map(|(_, port)| *port)
    }

    /// Waits while requests to `target`'s path are held back.
    fn pass(&self, target: &str) {
        let path = target.split('?').next().unwrap_or_default();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.path.as_deref() != Some(path) {
            return;
        }
        state.waiting += 1;
        let held = |state: &mut GateState| state.path.as_deref() == Some(path);
        state = self.changed.wait_while(state, held).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
    }
}

/// The parts that a connection's thread needs.
struct Passing {
    tls: Arc<ServerConfig>,
    backends: Vec<(String, u16)>,
    requests: Arc<Mutex<Vec<Passed>>>,
    gate: Arc<Gate>,
}

impl Passing {
    /// One request to the proxy (RFC 9110, 9.3.6): behind CONNECT, the front itself, whatever name was asked
    /// for.
    fn connect(&self, mut stream: TcpStream) -> Result<()> {
        let Some((head, _)) = read_head(&mut stream)? else { return Ok(()) };
        if !head.starts_with(b"CONNECT ") {
            let refusal = "Here only https is played.\n";
            return Response::new(502, "text/plain; charset=utf-8", refusal).write(&mut stream);
        }
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
        self.pass(stream)
    }

    fn pass(&self, stream: TcpStream) -> Result<()> {
        let mut browser = StreamOwned::new(ServerConnection::new(Arc::clone(&self.tls))?, stream);
        let Some(request) = Request::read(&mut browser)? else { return Ok(()) };
        let host = request.field("host").unwrap_or_default().to_owned();
        let began = Instant::now();
        self.gate.pass(&request.target);
        if self.gate.is_broken(&request.target) {
            return Ok(());
        }
        let answer = match self.backends.iter().find(|(name, _)| *name == host) {
            Some((_, port)) => ask(self.gate.diverted(&request.target).unwrap_or(*port), &request),
            None => Err(anyhow::anyhow!("nobody plays {host:?} here")),
        };
        let status = match &answer {
            Ok(answer) => answer.status,
            Err(_) if self.backends.iter().any(|(name, _)| *name == host) => 502,
            Err(_) => 404,
        };
        let under_way = (began, Instant::now());
        let passed = Passed { host, method: request.method, target: request.target, status, under_way };
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
        match answer {
            Ok(mut answer) => {
                browser.write_all(&answer.head)?;
                io::copy(&mut answer.body, &mut browser)?;
            }
            Err(error) => {
                Response::new(status, "text/plain; charset=utf-8", format!("{error:#}\n"))
                    .write(&mut browser)?;
            }
        }
        browser.conn.send_close_notify();
        Ok(browser.flush()?)
    }
}

/// A backend's answer: the head as it goes to the browser, and the body to be streamed.
struct Answer {
    status: u16,
    head: Vec<u8>,
    body: Box<dyn Read>,
}

/// Sends the request to a backend and reads the head of its answer.
fn ask(port: u16, request: &Request) -> Result<Answer> {
    let mut backend = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("the backend on port {port} does not answer"))?;
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for (name, value) in request.fields.iter().filter(|(name, _)| !belongs_to_connection(name)) {
        write!(bytes, "{name}: {value}\r\n")?;
    }
    let host = request.field("host").unwrap_or_default();
    write!(bytes, "X-Forwarded-Proto: https\r\nX-Forwarded-Host: {host}\r\nConnection: close\r\n\r\n")?;
    bytes.extend_from_slice(&request.body);
    backend.write_all(&bytes)?;

    let (head, begin) =
        read_head(&mut backend)?.with_context(|| format!("port {port} closed without an answer"))?;
    let mut fields = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Response::new(&mut fields);
    ensure!(parsed.parse(&head)?.is_complete(), "port {port} answered no HTTP");
    let status = parsed.code.unwrap_or(502);
    let fields = owned(parsed.headers);
    let mut head = format!("HTTP/1.1 {status} {}\r\n", parsed.reason.unwrap_or_default()).into_bytes();
    for (name, value) in fields.iter().filter(|(name, _)| !belongs_to_connection(name)) {
        write!(head, "{name}: {value}\r\n")?;
    }
    head.extend_from_slice(b"Connection: close\r\n\r\n");

    // Without a length the backend's closing ends the body; with one we do not depend on its closing.
    let without_body = request.method == "HEAD" || status == 204 || status == 304;
    let length = match field(&fields, "content-length") {
        _ if without_body => 0,
        Some(length) => length.parse().context("the backend's Content-Length")?,
        None => u64::MAX,
    };
    let body = Box::new(io::Cursor::new(begin).chain(backend).take(length));
    Ok(Answer { status, head, body })
}

/// Fields that speak of one connection only and are not passed on (RFC 9110, 7.6.1).
fn belongs_to_connection(name: &str) -> bool {
    ["connection", "keep-alive", "proxy-connection", "upgrade"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_fields_and_body_to_the_backend_and_its_answer_back() -> Result<()> {
        let backend = Listener::serve(|request| {
            let proto = request.field("x-forwarded-proto").unwrap_or("none").to_owned();
            let body = [b"got ".as_slice(), &request.body].concat();
            Response::new(201, "text/plain", body).with("X-Proto", proto)
        })?;
        let request = Request {
            method: "POST".to_owned(),
            target: "/x".to_owned(),
            fields: vec![
                ("Host".to_owned(), "gitlab.com".to_owned()),
                ("Content-Length".to_owned(), "2".to_owned()),
            ],
            body: b"ab".to_vec(),
        };
        let mut answer = ask(backend.port(), &request)?;
        let (mut body, head) = (String::new(), String::from_utf8(answer.head)?);
        answer.body.read_to_string(&mut body)?;
        assert_eq!((answer.status, body.as_str()), (201, "got ab"));
        assert!(head.contains("X-Proto: https\r\n"), "{head}");
        assert_eq!(head.matches("Connection: close").count(), 1, "{head}");
        Ok(())
    }

    #[test]
    fn the_proxy_leads_to_the_front_and_nowhere_else() -> Result<()> {
        let front = Front::start(&[("gitlab.com", 1)])?;
        let ask = |request: &[u8]| -> Result<String> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, front.reach().proxy()))?;
            stream.write_all(request)?;
            let (head, _) = read_head(&mut stream)?.context("no answer")?;
            Ok(String::from_utf8(head)?)
        };
        assert!(ask(b"CONNECT elsewhere.example.com:443 HTTP/1.1\r\n\r\n")?.starts_with("HTTP/1.1 200 "));
        assert!(ask(b"GET http://elsewhere.example.com/ HTTP/1.1\r\n\r\n")?.starts_with("HTTP/1.1 502 "));
        Ok(())
    }

    #[test]
    fn the_arguments_name_port_and_key() -> Result<()> {
        let front = Front::start(&[("gitlab.com", 1)])?;
        let [rules, spki] = front.reach().chromium_arguments();
        assert!(rules.contains(&format!("127.0.0.1:{}", front.port())), "{rules}");
        let hash = spki.split_once('=').context("no value")?.1;
        assert_eq!(STANDARD.decode(hash)?.len(), 32);
        Ok(())
    }
}
