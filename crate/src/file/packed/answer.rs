//! An answer of HTTP as it came over the line (RFC 9112), whose body is in chunks or compressed (RFC 9110,
//! 8.4): as Fiddler's `.saz` keeps answers, and as a tool prints them.
//!
//! Leaves out: requests, which browsers do not compress, and other codings than gzip and deflate: they are
//! named, with what to save instead.

use super::{Unpacked, ended, gzip};
use crate::{
    base::{
        counted::stepped,
        flaw::{Flaw, Span},
    },
    binding::zlib_header,
    encoding::inflate::{End, inflate},
    text,
};
use std::borrow::Cow;

/// The answer in `content` with its body as it was written, at most `room` octets of it; absent where
/// `content` is no answer, or one that is as it was written.
pub(super) fn open(content: &[u8], room: usize) -> Option<Unpacked<'_>> {
    const HEAD: usize = 64 * 1024;
    content.starts_with(b"HTTP/").then_some(())?;
    let start = content.get(..HEAD).unwrap_or(content);
    stepped(start.len());
    let length =
        |end: &[u8]| start.windows(end.len()).position(|octets| octets == end).map(|at| at + end.len());
    let length = length(b"\r\n\r\n").or_else(|| length(b"\n\n"))?;
    let (head, body) = content.split_at_checked(length)?;
    let lines = String::from_utf8_lossy(head).to_ascii_lowercase();
    let field = |name: &str| {
        let value = lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim));
        value.map(str::to_owned).unwrap_or_default()
    };
    let (transfer, coding) = (field("transfer-encoding"), field("content-encoding"));
    let is_chunked = transfer.ends_with("chunked");
    if !is_chunked && matches!(coding.as_str(), "" | "identity") {
        return None;
    }
    let body = if is_chunked { Cow::Owned(joined(body)) } else { Cow::Borrowed(body) };
    let (mut octets, end) = match coding.as_str() {
        "" | "identity" => (body.get(..room).unwrap_or(&body).to_vec(), End::Whole),
        "gzip" | "x-gzip" => gzip(&body, room),
        "deflate" => {
            // Some send it without the header that it must have.
            let start = zlib_header(&body).unwrap_or_default();
            let inflated = inflate(body.get(start..).unwrap_or_default(), room);
            (inflated.octets, inflated.end)
        }
        _ => {
            let text = text!("flaw.answer-coding", coding = coding);
            let flaw = Flaw::in_received("answer-coding", Span::new(0, content.len()), text);
            // Where it leads to stands in its head.
            let files = if field("location").is_empty() { Vec::new() } else { vec![Cow::Borrowed(head)] };
            let files = files.into_iter().map(|head| (String::new(), head)).collect();
            return Some(Unpacked { files, flaws: vec![flaw] });
        }
    };
    let mut flaws: Vec<Flaw> = ended(end, &coding, content).into_iter().collect();
    // Some tools unfold the body and leave the head as it was.
    if matches!(end, End::CutOff | End::Broken) && octets.len() < body.len() {
        octets = body.get(..room).unwrap_or(&body).to_vec();
        flaws.clear();
    }
    // What is said of the body holds no more.
    let head: Vec<&[u8]> =
        head.split_inclusive(|octet| *octet == b'\n').filter(|line| !is_coding(line)).collect();
    let whole = [&head.concat(), &octets[..]].concat();
    Some(Unpacked { files: vec![(String::new(), Cow::Owned(whole))], flaws })
}

/// Whether a line of a head says how the body is packed.
fn is_coding(line: &[u8]) -> bool {
    ["content-encoding:", "transfer-encoding:"]
        .iter()
        .any(|name| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes())))
}

/// A body without the lengths of its chunks (RFC 9112, 7.1); what is none is kept as it is.
fn joined(body: &[u8]) -> Vec<u8> {
    let (mut whole, mut rest) = (Vec::new(), body);
    loop {
        let line = rest.iter().take(20).position(|octet| *octet == b'\n');
        let length = line.and_then(|end| {
            let digits = std::str::from_utf8(rest.get(..end)?).ok()?;
            usize::from_str_radix(digits.split(';').next()?.trim(), 16).ok()
        });
        let (Some(end), Some(length)) = (line, length) else {
            whole.extend_from_slice(rest);
            return whole;
        };
        rest = rest.get(end + 1..).unwrap_or_default();
        if length == 0 {
            return whole;
        }
        let (chunk, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        whole.extend_from_slice(chunk);
        let line_end =
            [&b"\r\n"[..], b"\n"].into_iter().find(|end| behind.starts_with(end)).map_or(0, <[u8]>::len);
        rest = behind.get(line_end..).unwrap_or_default();
        if rest.is_empty() {
            return whole;
        }
    }
}
