//! The minimal HTTP/1.1 that the TLS front and the stand-ins share (RFC 9112): one request a connection,
//! bodies by `Content-Length`, limits on both. Heads are parsed by `httparse`.
//!
//! Left out: keep-alive, chunked requests, trailers, pipelining, `Expect: 100-continue`. Browsers send none
//! of these to a server that closes each connection.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// A request line and its headers: GitLab's own SAML redirects stay far below.
const HEAD_BYTES: usize = 64 * 1024;
/// A form with a SAMLResponse: GitLab itself refuses more than 250,000 bytes.
const BODY_BYTES: usize = 16 * 1024 * 1024;
/// Header fields of one message.
const FIELDS: usize = 100;
/// A browser opens connections in advance and may leave them unused for a long time.
const IDLE: Duration = Duration::from_secs(300);

/// One request, read completely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Header fields in their order.
    pub fields: Vec<(String, String)>,
    /// The body's octets.
    pub body: Vec<u8>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// `200` and so on.
    pub status: u16,
    /// Header fields without `Content-Length` and `Connection`, which are added when it is sent.
    pub fields: Vec<(String, String)>,
    /// The body's octets.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        field(&self.fields, name)
    }

    /// Reads one request; nothing when the other side closes without having sent a byte.
    ///
    /// # Errors
    /// Not HTTP/1.1, too large, or cut off.
    pub fn read(stream: &mut impl Read) -> Result<Option<Self>> {
        let Some((head, mut body)) = read_head(stream)? else { return Ok(None) };
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut parsed = httparse::Request::new(&mut fields);
        ensure!(parsed.parse(&head).context("not an HTTP request")?.is_complete(), "the head is cut off");
        let mut request = Request {
            method: parsed.method.unwrap_or_default().to_owned(),
            target: parsed.path.unwrap_or_default().to_owned(),
            fields: owned(parsed.headers),
            body: Vec::new(),
        };
        ensure!(request.field("transfer-encoding").is_none(), "chunked requests are not read here");
        let length: usize =
            request.field("content-length").unwrap_or("0").parse().context("Content-Length")?;
        ensure!(length <= BODY_BYTES, "a body of {length} bytes; at most {BODY_BYTES} are read");
        let missing = length.saturating_sub(body.len());
        let read = stream.take(missing as u64).read_to_end(&mut body)?;
        ensure!(read == missing, "the body is cut off after {} of {length} bytes", body.len());
        body.truncate(length);
        request.body = body;
        Ok(Some(request))
    }
}

impl Response {
    /// An answer with a text of the given media type.
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Response { status, fields: Vec::new(), body: body.into() }.with("Content-Type", media_type)
    }

    /// A redirect with `302 Found`, as GitLab's are.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        Response::new(302, "text/html; charset=utf-8", "").with("Location", location)
    }

    /// The same answer with one more header field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    /// Sends it, as the last answer of this connection.
    ///
    /// # Errors
    /// The other side is gone.
    pub fn write(&self, stream: &mut impl Write) -> Result<()> {
        let mut bytes = format!("HTTP/1.1 {} -\r\n", self.status).into_bytes();
        for (name, value) in &self.fields {
            write!(bytes, "{name}: {value}\r\n")?;
        }
        write!(bytes, "Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len())?;
        bytes.extend_from_slice(&self.body);
        stream.write_all(&bytes)?;
        Ok(stream.flush()?)
    }
}

/// Reads up to the end of a message's head; gives the head, and what was read beyond it.
pub(crate) fn read_head(stream: &mut impl Read) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut head = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            ensure!(head.is_empty(), "the head is cut off after {} bytes", head.len());
            return Ok(None);
        }
        let searched = head.len().saturating_sub(3);
        head.extend_from_slice(&buffer[..read]);
        if let Some(end) = head[searched..].windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let rest = head.split_off(searched + end + 4);
            return Ok(Some((head, rest)));
        }
        if head.len() > HEAD_BYTES {
            bail!("a head of more than {HEAD_BYTES} bytes");
        }
    }
}

/// The value of a header field; its name's case does not count.
pub(crate) fn field<'fields>(fields: &'fields [(String, String)], name: &str) -> Option<&'fields str> {
    fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Header fields of the parser, kept. GitLab's values are UTF-8; anything else is shown with marks.
pub(crate) fn owned(fields: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    fields.iter().map(|it| (it.name.to_owned(), String::from_utf8_lossy(it.value).into_owned())).collect()
}

/// Something that listens on loopback, one thread for each connection, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    port: u16,
    stop: Arc<AtomicBool>,
}

impl Listener {
    /// Listens on a free port and hands every connection over.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(connection: impl Fn(TcpStream) + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
        let listening = Listener { port: listener.local_addr()?.port(), stop: Arc::default() };
        let (stop, connection) = (Arc::clone(&listening.stop), Arc::new(connection));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let connection = Arc::clone(&connection);
                thread::spawn(move || {
                    if stream.set_read_timeout(Some(IDLE)).is_ok() && stream.set_nodelay(true).is_ok() {
                        connection(stream);
                    }
                });
            }
        });
        Ok(listening)
    }

    /// Listens and answers requests.
    ///
    /// # Errors
    /// No port is free.
    pub fn serve(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Result<Self> {
        Listener::start(move |mut stream| {
            let response = match Request::read(&mut stream) {
                Ok(None) => return,
                Ok(Some(request)) => answer(&request),
                Err(error) => Response::new(400, "text/plain; charset=utf-8", format!("{error:#}\n")),
            };
            let _ = response.write(&mut stream); // a browser may leave before the answer comes
        })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)); // wakes the accepting thread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<Request>> {
        Request::read(&mut &bytes[..])
    }

    #[test]
    fn reads_head_and_body() -> Result<()> {
        let request =
            read(b"POST /a?b=c HTTP/1.1\r\nHost: gitlab.com\r\ncontent-length: 3\r\n\r\nx=yAND MORE")?;
        let request = request.context("no request")?;
        assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/a?b=c"));
        assert_eq!(request.field("HOST"), Some("gitlab.com"));
        assert_eq!(request.body, b"x=y");
        Ok(())
    }

    #[test]
    fn an_unused_connection_is_no_request() -> Result<()> {
        assert_eq!(read(b"")?, None);
        Ok(())
    }

    #[test]
    fn refuses_what_is_cut_off_or_too_large() {
        assert!(read(b"GET / HTTP/1.1\r\nHost: a").is_err());
        assert!(read(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc").is_err());
        assert!(read(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n").is_err());
        assert!(read(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").is_err());
        assert!(read(format!("GET /{} HTTP/1.1\r\n", "a".repeat(HEAD_BYTES)).as_bytes()).is_err());
    }

    #[test]
    fn serves_and_stops() -> Result<()> {
        let server = Listener::serve(|request| Response::new(200, "text/plain", request.target.clone()))?;
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port()))?;
        stream.write_all(b"GET /here HTTP/1.1\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n/here"), "{answer}");
        Ok(())
    }
}
