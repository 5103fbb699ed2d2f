//! One request and its answer: HTTP/1.1 (RFC 9112), `GET` and `HEAD`, in origin form and in absolute form.
//!
//! Leaves out keep-alive, ranges, caching, and the content of a request, which nothing here takes.

use super::{Files, INDEX};

/// Sent with every answer.
const HEADERS: &str = "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
X-Content-Type-Options: nosniff\r
Referrer-Policy: no-referrer\r
Cross-Origin-Resource-Policy: same-origin\r
Cross-Origin-Opener-Policy: same-origin\r
Cache-Control: no-store\r
Connection: close\r
";

/// Octets of a request's head that are read; browsers send some hundred.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// Header lines of one request; browsers send some twenty.
const HEADER_LINES: usize = 100;

/// The page, and the port that it is served on.
pub(super) struct Page {
    pub(super) files: Files,
    pub(super) port: u16,
}

/// The end of a connection that is no answer to a whole head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The head has more octets than are read.
    TooLarge,
    /// The head did not come in time.
    TooLate,
}

/// A status, and what is said in the answer beside it.
struct Answer<'a> {
    status: &'static str,
    media_type: &'static str,
    content: &'a [u8],
}

impl Answer<'static> {
    /// An answer without content.
    fn only(status: &'static str) -> Self {
        Answer { status, media_type: "text/plain", content: &[] }
    }
}

/// Whether the octets end a head: an empty line is in them. Only what is new is looked at, and the line end
/// before it.
pub(super) fn ends_head(octets: &[u8], new_from: usize) -> bool {
    let octets = octets.get(new_from.saturating_sub(3)..).unwrap_or_default();
    octets.windows(3).any(|end| end == b"\n\r\n") || octets.windows(2).any(|end| end == b"\n\n")
}

/// The octets that answer a head.
pub(super) fn response(head: &[u8], page: &Page) -> Vec<u8> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LINES];
    let mut request = httparse::Request::new(&mut headers);
    let answer = match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => answer(&request, page),
        Err(httparse::Error::TooManyHeaders) => return refusal(Refusal::TooLarge),
        Err(httparse::Error::Version) => Answer::only("505 HTTP Version Not Supported"),
        Ok(httparse::Status::Partial) | Err(_) => Answer::only("400 Bad Request"),
    };
    written(&answer, request.method == Some("HEAD"))
}

/// The octets that refuse a request whose head was not read to its end.
pub(super) fn refusal(refusal: Refusal) -> Vec<u8> {
    let status = match refusal {
        Refusal::TooLarge => "431 Request Header Fields Too Large",
        Refusal::TooLate => "408 Request Timeout",
    };
    written(&Answer::only(status), false)
}

fn written(Answer { status, media_type, content }: &Answer<'_>, head_alone: bool) -> Vec<u8> {
    let length = content.len();
    // What is not allowed is told together with what is (RFC 9110, 15.5.6).
    let allow = if status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status}\r\n{HEADERS}{allow}Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), if head_alone { &[] } else { content }].concat()
}

fn answer<'a>(request: &httparse::Request<'_, '_>, page: &'a Page) -> Answer<'a> {
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    // None, or two that could be read differently by two readers (RFC 9112, 3.2).
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Answer::only("400 Bad Request") };
    let host = std::str::from_utf8(host.value).unwrap_or_default().trim();
    let (authority, path) = match parted(request.path.unwrap_or_default()) {
        Some(Target { authority, path }) => (authority.unwrap_or(host), path),
        None => return Answer::only("400 Bad Request"),
    };
    let is_ours = ["127.0.0.1", "localhost"]
        .iter()
        .any(|name| authority.eq_ignore_ascii_case(&format!("{name}:{}", page.port)));
    let name = path.strip_prefix('/').map(|name| if name.is_empty() { INDEX } else { name });
    match (is_ours, request.method, name.and_then(|name| page.files.get(name))) {
        (false, _, _) => Answer::only("421 Misdirected Request"),
        (true, Some("GET" | "HEAD"), Some((media_type, content))) => {
            Answer { status: "200 OK", media_type, content }
        }
        (true, Some("GET" | "HEAD"), None) => Answer::only("404 Not Found"),
        (true, _, _) => Answer::only("405 Method Not Allowed"),
    }
}

/// A request's target: where it goes, if it says so itself, and the path.
struct Target<'a> {
    authority: Option<&'a str>,
    path: &'a str,
}

/// The parts of a target in origin form (`/a?b`) or absolute form (`http://host/a?b`), whose host counts more
/// than the `Host` header (RFC 9112, 3.2.2). Other forms are for proxies and for `OPTIONS`.
fn parted(target: &str) -> Option<Target<'_>> {
    let whole = target.split(['?', '#']).next().unwrap_or_default();
    if whole.starts_with('/') {
        return Some(Target { authority: None, path: whole });
    }
    let (_, rest) = whole.split_once("://").filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http"))?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    Some(Target { authority: Some(authority), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(head: &str) -> String {
        let files = Files::from([(INDEX.to_owned(), ("text/html", b"the page".to_vec()))]);
        String::from_utf8_lossy(&response(head.as_bytes(), &Page { files, port: 7 })).into_owned()
    }

    fn assert_status(head: &str, status: &str) {
        let answer = ask(head);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head}: {answer}");
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
        for target in ["/other", "/../index.html", "//index.html", "/%2e%2e/x", "//evil.example.com/"] {
            assert_status(&format!("GET {target} HTTP/1.1\r\n{host}"), "404");
        }
        let answer = ask(&format!("POST / HTTP/1.1\r\n{host}"));
        assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("Allow: GET, HEAD\r\n"), "{answer}");
        for host in ["evil.example.com:7", "127.0.0.1", "127.0.0.1:70", "127.0.0.1:7:7", "x@127.0.0.1:7", ""]
        {
            assert_status(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), "421");
        }
    }

    #[test]
    fn a_request_names_one_host() {
        for head in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:7\r\nHost: 127.0.0.1:7\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:7\r\nAccept: */*\r\nhOST: evil.example.com\r\n\r\n",
            "GET http://127.0.0.1:7/ HTTP/1.1\r\n\r\n",
            "GET http://127.0.0.1:7/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        ] {
            assert_status(head, "400");
        }
    }

    #[test]
    fn a_target_in_absolute_form_is_answered_where_it_names_this_page() {
        let ask_for = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n");
        for target in ["http://127.0.0.1:7", "http://127.0.0.1:7/", "HTTP://LocalHost:7/index.html?x=//y"] {
            assert_status(&ask_for(target), "200");
        }
        assert_status(&ask_for("http://127.0.0.1:7/other"), "404");
        for target in ["http://evil.example.com:7/", "http://127.0.0.1/", "http://a@127.0.0.1:7/", "http:///"]
        {
            assert_status(&ask_for(target), "421");
        }
        // What the target says counts, not the header.
        assert_status("GET http://localhost:7/ HTTP/1.1\r\nHost: elsewhere.example.com\r\n\r\n", "200");
        for target in
            ["https://127.0.0.1:7/", "127.0.0.1:7", "*", "index.html", "ftp://127.0.0.1:7/", "://x/"]
        {
            assert_status(&ask_for(target), "400");
        }
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for head in [
            "x",
            "",
            "\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / HTTP/1.1\r\nHost 127.0.0.1:7\r\n\r\n",
            "\u{1}\r\n\r\n",
        ] {
            assert_status(head, "400");
        }
        assert_status("GET / HTTP/2.0\r\nHost: 127.0.0.1:7\r\n\r\n", "505");
        let many = "a: b\r\n".repeat(HEADER_LINES + 1);
        assert_status(&format!("GET / HTTP/1.1\r\n{many}\r\n"), "431");
    }

    #[test]
    fn the_end_of_a_head_is_found_however_it_is_cut() {
        for head in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n"] {
            for cut in 1..=head.len() {
                assert!(ends_head(head.as_bytes(), cut - 1), "{cut}");
                let begun = head.as_bytes().get(..head.len() - 1).unwrap_or_default();
                assert!(!ends_head(begun, cut.min(begun.len())), "{cut}");
            }
        }
    }
}
