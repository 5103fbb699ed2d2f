//! `samlight serve`: the static page on this machine alone.
//!
//! Serves the files that lie in one folder when it starts, with its style sheets in `css`, and nothing else:
//! they are held in memory by name, so no path in a request can lead elsewhere. It listens on the loopback
//! address, answers only requests that name it as loopback (a web site could point its own name there), and
//! sends the page's Content-Security-Policy as a header: without any network but the page's own files. Each
//! connection has a thread of its own: browsers open some in advance and say nothing on them for long, and a
//! busy machine reads slowly. HTTP/1.1 (RFC 9112), `GET` and `HEAD`; leaves out keep-alive, ranges, caching.

use crate::{Command, ExitOutcome, Problem, input, report};
use lexopt::{Arg, Parser, ValueExt};
use samlight::text;
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

pub(crate) const COMMAND: Command = Command { name: "serve", summary: || text!("cli.serve"), run };

/// The kinds of files that the page consists of: ending and media type.
const KINDS: [(&str, &str); 5] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("wasm", "application/wasm"),
];

/// Sent with every answer.
const HEADERS: &str = "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
X-Content-Type-Options: nosniff\r
Referrer-Policy: no-referrer\r
Cross-Origin-Resource-Policy: same-origin\r
Cross-Origin-Opener-Policy: same-origin\r
Cache-Control: no-store\r
Connection: close\r
";

/// The folders of the page, from the given one, as they begin a file's name.
const FOLDERS: [&str; 2] = ["", "css/"];

/// The page when no file is named.
const INDEX: &str = "index.html";
/// Octets of a request's head that are read; browsers send some hundred.
const HEAD_BYTES: u64 = 16 * 1024;
/// Octets of one file of the page.
const PAGE_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The time that a connection may say nothing, or not take what it is sent. Nobody else waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The files of the page, by name: media type and content.
type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let (folder, port) = arguments(parser)?;
    let files = Arc::new(files(&folder)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| Problem::from(text!("cli.cannot-listen", port = port, reason = error)))?;
    let port = listener.local_addr()?.port();
    writeln!(out, "{}", text!("cli.serving", url = format!("http://127.0.0.1:{port}/")))?;
    out.flush()?;
    for connection in listener.incoming() {
        let files = Arc::clone(&files);
        thread::spawn(move || {
            // One visitor's broken connection ends nothing.
            if let Err(error) = connection.and_then(|mut connection| answer(&mut connection, &files, port)) {
                report(&error.to_string());
            }
        });
    }
    Ok(ExitOutcome::Good)
}

fn arguments(parser: &mut Parser) -> Result<(OsString, u16), Problem> {
    let (mut folder, mut port) = (None, 0);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => port = parser.value()?.parse()?,
            Arg::Value(path) if folder.is_none() => folder = Some(path),
            argument => return Err(argument.unexpected().into()),
        }
    }
    folder.map(|folder| (folder, port)).ok_or_else(|| text!("cli.no-folder").into())
}

/// The files of the page in `folder`. Other folders below it and other kinds of files are not part of the
/// page.
fn files(folder: &OsStr) -> Result<Files, Problem> {
    let mut files = Files::new();
    for prefix in FOLDERS {
        let inside = Path::new(folder).join(prefix);
        // Without its style sheets the page is plain, but a page.
        if prefix.is_empty() || inside.is_dir() {
            add_files(&mut files, &inside, prefix)?;
        }
    }
    if files.contains_key(INDEX) {
        Ok(files)
    } else {
        Err(text!("cli.no-page", folder = input::shown(folder)).into())
    }
}

/// Adds the files that lie in `folder` itself, by their names behind `prefix`.
fn add_files(files: &mut Files, folder: &Path, prefix: &str) -> Result<(), Problem> {
    let unreadable = |path: &Path, reason: &dyn std::fmt::Display| {
        Problem::from(text!("cli.cannot-read", file = path.display(), reason = reason))
    };
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry?.path();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let kind = KINDS.iter().find(|(known, _)| *known == ending);
        if let (Some((_, media_type)), Some(name), true) =
            (kind, path.file_name().and_then(OsStr::to_str), path.is_file())
        {
            let mut content = Vec::new();
            std::fs::File::open(&path)
                .and_then(|file| file.take(PAGE_FILE_BYTES).read_to_end(&mut content))
                .map_err(|error| unreadable(&path, &error))?;
            files.insert(format!("{prefix}{name}"), (media_type, content));
        }
    }
    Ok(())
}

fn answer(connection: &mut TcpStream, files: &Files, port: u16) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let head = head(connection)?;
    if head.is_empty() {
        // A browser opens connections in advance and may not use them.
        return Ok(());
    }
    connection.write_all(&response(&head, files, port))
}

/// The head of a request, up to the empty line or to what was sent.
fn head(connection: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() as u64 <= HEAD_BYTES {
        match connection.read(&mut part) {
            Ok(0) => break,
            Ok(read) => head.extend_from_slice(part.get(..read).unwrap_or_default()),
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn response(head: &str, files: &Files, port: u16) -> Vec<u8> {
    let mut lines = head.split("\r\n");
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (request.next().unwrap_or_default(), request.next().unwrap_or_default());
    let host =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let is_ours = host.is_some_and(|(_, host)| {
        ["127.0.0.1", "localhost"].iter().any(|name| host.trim() == format!("{name}:{port}"))
    });
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let name = path.strip_prefix('/').map(|name| if name.is_empty() { INDEX } else { name });
    let file = name.and_then(|name| files.get(name));
    let (status, media_type, content) = match (is_ours, method, file) {
        (false, _, _) => ("421 Misdirected Request", "text/plain", &[][..]),
        (true, "GET" | "HEAD", Some((media_type, content))) => ("200 OK", *media_type, content.as_slice()),
        (true, "GET" | "HEAD", None) => ("404 Not Found", "text/plain", &[][..]),
        (true, _, _) => ("405 Method Not Allowed", "text/plain", &[][..]),
    };
    let length = content.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{HEADERS}Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), if method == "HEAD" { &[] } else { content }].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(head: &str) -> String {
        let files = Files::from([(INDEX.to_owned(), ("text/html", b"the page".to_vec()))]);
        String::from_utf8_lossy(&response(head, &files, 7)).into_owned()
    }

    #[test]
    fn the_page_is_its_folder_and_its_style_sheets() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["index.html", "notes.txt", "css/a.css", "css/a.txt", "css/deeper/b.css", "other/c.css"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        let Ok(found) = files(folder.path().as_os_str()) else { panic!("the page is there") };
        let found: Vec<_> = found.iter().map(|(name, (kind, _))| (name.as_str(), *kind)).collect();
        assert_eq!(
            found,
            [("css/a.css", "text/css; charset=utf-8"), ("index.html", "text/html; charset=utf-8")]
        );
    }

    #[test]
    fn only_the_page_is_served_and_only_on_loopback() {
        let host = "Host: 127.0.0.1:7\r\n\r\n";
        for target in ["/", "/index.html", "/?view=tab"] {
            let answer = ask(&format!("GET {target} HTTP/1.1\r\n{host}"));
            assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nthe page"), "{answer}");
            assert!(
                answer.contains("default-src 'none'") && answer.contains("Content-Length: 8\r\n"),
                "{answer}"
            );
        }
        assert!(ask(&format!("HEAD / HTTP/1.1\r\n{host}")).ends_with("Content-Length: 8\r\n\r\n"));
        for target in ["/other", "/../index.html", "//index.html", "/%2e%2e/x", "index.html", ""] {
            assert!(ask(&format!("GET {target} HTTP/1.1\r\n{host}")).starts_with("HTTP/1.1 404"), "{target}");
        }
        assert!(ask(&format!("POST / HTTP/1.1\r\n{host}")).starts_with("HTTP/1.1 405"));
        for head in [
            "GET / HTTP/1.1\r\nHost: evil.example.com:7\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "x",
        ] {
            assert!(ask(head).starts_with("HTTP/1.1 421"), "{head}");
        }
    }
}
