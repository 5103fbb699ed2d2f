//! HTTP with a search engine: one request, its answer, and what is said when there is none.
//!
//! An answer that says "later" (429, 503) is asked for again, after the time that `Retry-After` names (RFC
//! 9110, 10.2.3; in seconds, as engines write it). Nothing that an engine says is repeated with the
//! credential in it. Leaves out what is asked and what answers mean ([`hits`](super::hits)).

use super::address::Address;
use crate::Problem;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use samlight::{
    base::{
        catalogue::Text,
        redact::{self, Secret},
    },
    text,
};
use serde::Deserialize;
use serde_json::Value;
use std::{env, io::ErrorKind, sync::Arc, thread::sleep, time::Duration};
use ureq::{
    Agent, Error, Timeout,
    http::{HeaderMap, Method, Request, header},
    tls::{Certificate, RootCerts, TlsConfig},
};

/// The variable with an API key, encoded as Elasticsearch shows it.
pub(super) const API_KEY: &str = "SAMLIGHT_API_KEY";
/// The variable with a user name, a colon and a password.
pub(super) const BASIC_AUTH: &str = "SAMLIGHT_BASIC_AUTH";

/// Characters of what an engine says that are repeated.
const SAID: usize = 300;

/// Bounds of time, memory and patience.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Until a connection stands.
    connect: Duration,
    /// Until an answer begins, and until it ends.
    answer: Duration,
    /// Between two tries, whatever the engine says.
    pause: Duration,
    /// Tries in all.
    tries: u32,
    /// Octets of one answer, after unpacking. Five hundred lines of a log have some MB.
    octets: u64,
}

impl Bounds {
    /// Bounds with this time for an answer.
    pub(super) fn within(answer: Duration) -> Self {
        Bounds {
            connect: answer.min(Duration::from_secs(10)),
            answer,
            pause: Duration::from_secs(30),
            tries: 4,
            octets: 24 * 1024 * 1024,
        }
    }
}

/// The value of the header that lets a person in.
pub(super) struct Credential(Option<Secret<String>>);

impl Credential {
    /// The credential in the environment: a key counts more than a password.
    pub(super) fn of_environment() -> Result<Self, Problem> {
        let given = |name| env::var(name).ok().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let header = match (given(API_KEY), given(BASIC_AUTH)) {
            (Some(key), _) if !key.bytes().all(|octet| octet.is_ascii_graphic()) => {
                return Err(text!("cli.from.bad-credential", name = API_KEY).into());
            }
            (Some(key), _) => Some(format!("ApiKey {key}")),
            (None, Some(basic)) if !basic.contains(':') => {
                return Err(text!("cli.from.bad-credential", name = BASIC_AUTH).into());
            }
            (None, Some(basic)) => Some(format!("Basic {}", STANDARD.encode(basic))),
            (None, None) => None,
        };
        Ok(Credential(header.map(Secret::new)))
    }

    /// The words of an engine without the credential: it may repeat what it was sent.
    fn hidden(&self, said: &str) -> String {
        // Compared here alone, and only its place is used.
        let sent = self.0.as_ref().and_then(|header| header.expose().split_once(' '));
        let Some((_, sent)) = sent else { return said.to_owned() };
        let plain = STANDARD.decode(sent).ok().and_then(|octets| String::from_utf8(octets).ok());
        let plain = plain.unwrap_or_default();
        let parts = plain.split_once(':').map(|(_, secret)| secret);
        [Some(sent), Some(plain.as_str()), parts]
            .into_iter()
            .flatten()
            .filter(|secret| !secret.is_empty())
            .fold(said.to_owned(), |said, secret| said.replace(secret, "…"))
    }
}

/// The reason why there is no answer of use.
pub(super) enum Refusal {
    /// An answer that has more octets than are read.
    TooLarge,
    /// An answer with a status that says no; the kind of error that the engine names.
    Status { status: u16, kind: String, said: Text },
    /// Anything else, in words.
    Said(Text),
}

impl Refusal {
    /// The refusal in words.
    pub(super) fn text(self) -> Text {
        match self {
            Refusal::TooLarge => text!("cli.from.too-large"),
            Refusal::Status { said, .. } | Refusal::Said(said) => said,
        }
    }
}

/// One engine.
pub(super) struct Client {
    agent: Agent,
    address: Address,
    credential: Credential,
    bounds: Bounds,
}

impl Client {
    pub(super) fn new(address: Address, credential: Credential, bounds: Bounds) -> Result<Self, Problem> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .allow_non_standard_methods(true)
            .user_agent(concat!("samlight/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(bounds.connect))
            .timeout_recv_response(Some(bounds.answer))
            .timeout_recv_body(Some(bounds.answer));
        let config = match address.is_https() {
            true => config.tls_config(tls()?),
            false => config,
        };
        Ok(Client { agent: config.build().new_agent(), address, credential, bounds })
    }

    /// The engine's answer, read as `T`.
    pub(super) fn ask<T: for<'a> Deserialize<'a>>(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Refusal> {
        for tried in 1.. {
            match self.once(method, path, body)? {
                Answer::Content(content) => {
                    return serde_json::from_slice(&content).map_err(|_| Refusal::Said(no_engine(&content)));
                }
                Answer::Later(after) if tried < self.bounds.tries => {
                    sleep(after.unwrap_or(Duration::from_secs(1 << tried)).min(self.bounds.pause));
                }
                Answer::Later(_) => break,
            }
        }
        Err(Refusal::Said(text!("cli.from.busy", tries = self.bounds.tries)))
    }

    fn once(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Answer, Refusal> {
        let no_request = |_| Refusal::Said(text!("cli.from.no-request"));
        let mut request = Request::builder()
            .method(method)
            .uri(self.address.below(path))
            .header(header::ACCEPT, "application/json");
        if let Credential(Some(sent)) = &self.credential {
            // Sent to the address that the person names, which is what it is for.
            request = request.header(header::AUTHORIZATION, sent.expose());
        }
        let answer = match body {
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, "application/json");
                self.agent.run(request.body(body.to_string()).map_err(no_request)?)
            }
            // Its length is said, or the content would be sent in chunks.
            None if *method == Method::POST => self.agent.run(request.body("").map_err(no_request)?),
            None => self.agent.run(request.body(()).map_err(no_request)?),
        };
        let (head, body) = answer.map_err(|error| self.unanswered(&error))?.into_parts();
        let status = head.status.as_u16();
        if [429, 503].contains(&status) {
            return Ok(Answer::Later(retry_after(&head.headers)));
        }
        if head.status.is_redirection() {
            return Err(Refusal::Said(redirected(&head.headers)));
        }
        let read = body.into_with_config().limit(self.bounds.octets).read_to_vec();
        let content = read.map_err(|error| self.unanswered(&error))?;
        if head.status.is_success() {
            return Ok(Answer::Content(content));
        }
        Err(self.refused(status, &content))
    }

    /// The words for a status that says no.
    fn refused(&self, status: u16, content: &[u8]) -> Refusal {
        let error = serde_json::from_slice::<Value>(content).ok().and_then(|it| it.get("error").cloned());
        let of = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let cause = |error: &Value| error.get("root_cause").and_then(|it| it.get(0)).cloned();
        let cause = error.as_ref().and_then(cause).or_else(|| error.clone()).unwrap_or_default();
        let kind = of(&cause, "type").unwrap_or_default();
        let reason = of(&cause, "reason").or_else(|| error.as_ref()?.as_str().map(str::to_owned));
        let reason = self.repeated(&reason.unwrap_or_default());
        let said = match status {
            401 => text!("cli.from.401", key = API_KEY, basic = BASIC_AUTH, reason = reason),
            403 => text!("cli.from.403", reason = reason),
            404 if kind == "index_not_found_exception" => text!("cli.from.no-index", reason = reason),
            _ if error.is_none() => no_engine(content),
            _ => text!("cli.from.status", status = status, reason = reason),
        };
        Refusal::Status { status, kind, said }
    }

    /// The words of an engine as they may be printed.
    fn repeated(&self, said: &str) -> String {
        let said: String = redact::prose(&self.credential.hidden(said)).chars().take(SAID).collect();
        said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    /// The words for a connection that gave no whole answer.
    fn unanswered(&self, error: &Error) -> Refusal {
        let reason = self.repeated(&error.to_string());
        let tls = match error {
            Error::Rustls(error) => Some(error.to_string()),
            Error::Io(error) => {
                error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>()).map(ToString::to_string)
            }
            _ => None,
        };
        Refusal::Said(match (error, tls) {
            (Error::BodyExceedsLimit(_), _) => return Refusal::TooLarge,
            (_, Some(reason)) => text!("cli.from.tls", reason = self.repeated(&reason)),
            (Error::Timeout(Timeout::Connect), _) => {
                text!("cli.from.timeout", seconds = self.bounds.connect.as_secs())
            }
            (Error::Timeout(_), _) => text!("cli.from.timeout", seconds = self.bounds.answer.as_secs()),
            (Error::HostNotFound, _) => text!("cli.from.no-host"),
            // The standard library has no kind of error for it.
            (Error::Io(error), _) if error.to_string().contains("lookup address") => {
                text!("cli.from.no-host")
            }
            (Error::Io(error), _) if error.kind() == ErrorKind::ConnectionRefused => {
                text!("cli.from.connection-refused")
            }
            (Error::Protocol(_), _) => text!("cli.from.no-http", reason = reason),
            _ => text!("cli.from.broken", reason = reason),
        })
    }
}

/// An answer to one try.
enum Answer {
    Content(Vec<u8>),
    /// Not now; when, if that is said.
    Later(Option<Duration>),
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The words for a redirect: of where it leads, the origin alone.
fn redirected(headers: &HeaderMap) -> Text {
    let to = headers.get(header::LOCATION).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let uri: Option<ureq::http::Uri> = to.parse().ok();
    let origin = uri.and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.host()?)));
    text!("cli.from.redirect", to = origin.unwrap_or_else(|| redact::placeholder(to)))
}

/// The words for an answer of something that is no search engine.
fn no_engine(content: &[u8]) -> Text {
    let start = String::from_utf8_lossy(content.get(..content.len().min(1024)).unwrap_or_default());
    let start = start.trim_start().to_ascii_lowercase();
    match ["<!doctype", "<html", "<?xml"].iter().any(|sign| start.starts_with(sign)) {
        true => text!("cli.from.html"),
        false => text!("cli.from.no-engine"),
    }
}

/// TLS as the system trusts: its certificates, or those that `SSL_CERT_FILE` names.
fn tls() -> Result<TlsConfig, Problem> {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return Err(text!("cli.from.no-certificates").into());
    }
    let roots = found.iter().map(|it| Certificate::from_der(it.as_ref()).to_owned());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}
