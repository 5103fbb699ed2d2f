//! Requests that nobody asks for, told by their octets, so that they are counted without being read.
//!
//! Where a group or a value is asked for, most lines of a log are of others. One counts unread only where it
//! is certain that it is one request and that it is not meant: its path stands there once, plainly
//! (gitlab-facts 6.1), and of the group or the value no spelling that JSON or an address can have stands
//! there. In doubt it is read. Leaves out: the time, and whether such a line is damaged in its middle, which
//! only reading tells.

use super::ROOT;
use crate::scim::{filters::Filters, records::Sieve};
use memchr::{memchr, memchr2_iter, memmem};

/// The text before the path, and that before the method: as GitLab and as log viewers write them.
const SPELLINGS: [(&[u8], &[u8]); 4] = [
    (b"\"path\":\"", b"\"method\":\""),
    (b"\"json.path\":\"", b"\"json.method\":\""),
    (b"\"path\": \"", b"\"method\": \""),
    (b"\"json.path\": \"", b"\"json.method\": \""),
];

/// The search that counts requests of other groups, and those without the value, unread.
pub(in crate::scim) fn sieve(wanted: Filters<'_>) -> Sieve {
    let Filters { group, value, .. } = wanted;
    let (group, value) = (group.map(str::to_owned), value.filter(|value| is_plain(value)).map(str::to_owned));
    if group.is_none() && value.is_none() {
        return Sieve::default();
    }
    Sieve::leaving_out(move |line| {
        let Some(of) = of_one(line) else { return false };
        let is_of_other = |group: &String| match of {
            Of::Group(named) => !named.eq_ignore_ascii_case(group.as_bytes()),
            Of::Instance => true,
        };
        let is_without = |value: &String| is_unescaped(line) && !has(line, value.as_bytes());
        group.as_ref().is_some_and(is_of_other) || value.as_ref().is_some_and(is_without)
    })
}

/// The scope of a request.
enum Of<'l> {
    Group(&'l [u8]),
    Instance,
}

/// The scope of the one request that `line` is for certain.
fn of_one(line: &[u8]) -> Option<Of<'_>> {
    let at = memmem::find(line, ROOT.as_bytes())?;
    let (before, path) = (line.get(..at)?, line.get(at + ROOT.len()..)?);
    let (_, method) = SPELLINGS.iter().find(|(name, _)| before.ends_with(name))?;
    let is_one = line.first() == Some(&b'{')
        && line.trim_ascii_end().last() == Some(&b'}')
        && memmem::find(path, ROOT.as_bytes()).is_none()
        && memmem::find(line, method).is_some();
    let path = path.get(..memchr(b'"', path)?)?;
    let mut segments = path.split(|octet| *octet == b'/');
    // Escapes have several spellings.
    match segments.next().filter(|_| is_one && !path.contains(&b'\\'))? {
        b"groups" => segments.next().filter(|it| !it.is_empty() && !it.contains(&b'%')).map(Of::Group),
        b"application" => Some(Of::Instance),
        _ => None,
    }
}

/// Whether every text that has `value` has its octets, but for escapes and the case of letters.
fn is_plain(value: &str) -> bool {
    let is_number = value.contains(['.', 'e', 'E']) && value.parse::<f64>().is_ok();
    let is_escaped = |c: char| c.is_control() || "\"\\/".contains(c);
    !value.trim().is_empty() && !is_number && !value.starts_with(['[', '{']) && !value.contains(is_escaped)
}

/// Whether no letter is written as an escape of JSON or of an address.
fn is_unescaped(line: &[u8]) -> bool {
    memchr(b'%', line).is_none() && memmem::find(line, b"\\u").is_none()
}

/// Whether `line` has `value`, whatever its case.
fn has(line: &[u8], value: &[u8]) -> bool {
    let Some(first) = value.first() else { return true };
    let mut places = memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), line);
    places.any(|at| line.get(at..at + value.len()).is_some_and(|it| it.eq_ignore_ascii_case(value)))
}
