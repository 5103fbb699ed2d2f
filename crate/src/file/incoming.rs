//! A file that comes in pieces, cut anywhere: what it is, once enough of it has come; and where it is a log,
//! its text without the packing of gzip, as it comes.
//!
//! A log is all that does not begin as something else: a recording, a zip, XML, a picture. It can be of any
//! size: what is held is its beginning, until it is known, and then the window of what is packed. Leaves out:
//! what the text says; and files that are short or no log, which are read whole ([`read`](super::read)).

use super::{
    foreign,
    import::RECORDINGS,
    packed::{
        ended,
        pieces::{Gunzip, may_begin},
    },
};
use crate::{
    base::{catalogue::Text, limits::SHORT_BYTES},
    encoding,
};

/// Octets by which a file is known to be packed.
const SIGN: usize = 3;

/// A file, as far as it has come.
#[derive(Default)]
pub struct Incoming {
    /// The beginning of its text, as long as it is not known.
    start: Vec<u8>,
    /// The way it is packed, once that is known.
    gunzip: Option<Option<Gunzip>>,
    kind: Kind,
}

#[derive(Default)]
enum Kind {
    /// It can still be short.
    #[default]
    Unknown,
    Log,
    Other,
}

/// A file that has come to its end.
#[derive(Debug, PartialEq)]
pub enum Ended {
    /// All of a short one, unpacked; it can be anything.
    Short(Vec<u8>),
    /// A log, which was handed on.
    Log,
    /// Something else, of which nothing was handed on.
    Other,
}

impl Incoming {
    /// Reads more of it, and gives what it adds to the text of a log to `take`. Says whether more is wanted:
    /// of what is no log, nothing is.
    pub fn read(&mut self, octets: &[u8], take: &mut dyn FnMut(&[u8])) -> bool {
        let Incoming { start, gunzip, kind } = self;
        let begun;
        let (octets, gunzip) = match gunzip {
            Some(gunzip) => (octets, gunzip),
            None => {
                start.extend_from_slice(octets);
                if start.len() < SIGN {
                    return true;
                }
                begun = std::mem::take(start);
                (&begun[..], gunzip.insert(may_begin(&begun).then(Gunzip::new)))
            }
        };
        let mut text = |octets: &[u8]| match kind {
            Kind::Unknown => {
                start.extend_from_slice(octets);
                if start.len() >= SHORT_BYTES {
                    let start = std::mem::take(start);
                    *kind = if is_other(&start) { Kind::Other } else { Kind::Log };
                    if matches!(kind, Kind::Log) {
                        take(&start);
                    }
                }
            }
            Kind::Log => take(octets),
            Kind::Other => {}
        };
        match gunzip {
            Some(gunzip) => gunzip.read(octets, &mut text),
            None => text(octets),
        }
        !matches!(self.kind, Kind::Other)
    }

    /// The octets that are held of it.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.start.capacity()
    }

    /// The file at its end, and what is wrong with its packing.
    pub fn end(self) -> (Ended, Option<Text>) {
        let end = self.gunzip.flatten().map(Gunzip::end);
        let damage = end.and_then(|end| ended(end, "gzip", &[])).map(|flaw| flaw.text);
        let ended = match self.kind {
            Kind::Unknown => Ended::Short(self.start),
            Kind::Log => Ended::Log,
            Kind::Other => Ended::Other,
        };
        (ended, damage)
    }
}

/// Whether a file that begins so is no log.
fn is_other(start: &[u8]) -> bool {
    let (text, width) = encoding::text::text_of(start);
    let plain = if width > 1 { text.as_bytes() } else { start };
    let is_markup = |text: &str| {
        let behind = text.trim_start_matches('\u{feff}').trim_start().strip_prefix('<');
        // A line of syslog begins with a number there.
        behind.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_alphabetic() || "?!".contains(c)))
    };
    start.starts_with(b"PK")
        || foreign::named(start).is_some()
        || is_markup(&text)
        || RECORDINGS.iter().any(|recording| (recording.recognises)(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(file: &[u8], size: usize) -> (Vec<u8>, Ended, bool, bool) {
        let (mut incoming, mut text, mut is_wanted) = (Incoming::default(), Vec::new(), true);
        for piece in file.chunks(size) {
            is_wanted = incoming.read(piece, &mut |octets| text.extend_from_slice(octets));
            assert!(incoming.start.len() < SHORT_BYTES + 2 * size.max(64 * 1024));
        }
        let (ended, damage) = incoming.end();
        (text, ended, is_wanted, damage.is_some())
    }

    /// A text that is longer than what is read whole.
    fn long(start: &str) -> Vec<u8> {
        let line = "{\"method\":\"GET\",\"path\":\"/api/v4/projects\"}\n";
        let mut text = start.as_bytes().to_vec();
        text.extend(line.repeat(SHORT_BYTES / line.len() + 1).bytes());
        text
    }

    #[test]
    fn a_log_is_handed_on_and_a_short_file_is_held_wherever_they_are_cut() {
        let log = long("# Logfile created\n");
        for size in [1000, 65_537, log.len()] {
            assert_eq!(read(&log, size), (log.clone(), Ended::Log, true, false));
            assert_eq!(read(&packed(&log), size), (log.clone(), Ended::Log, true, false));
        }
        let twice = [&log[..], &log].concat();
        let cut = packed(&twice);
        let (text, ended, _, is_damaged) = read(&cut[..cut.len() - 100], 5000);
        assert!(twice.starts_with(&text) && ended == Ended::Log && is_damaged);
        for size in [1, 2, 100] {
            for short in [&b""[..], b"{", b"{}", b"\x1F", b"one line\n"] {
                assert_eq!(read(short, size), (Vec::new(), Ended::Short(short.to_vec()), true, false));
            }
            assert_eq!(read(&packed(b"abc"), size).1, Ended::Short(b"abc".to_vec()));
        }
    }

    #[test]
    fn what_begins_as_something_else_is_no_log() {
        let other = |start: &str| read(&long(start), 100_000);
        for (start, is_log) in [
            ("{\"log\":{\"version\":\"1.2\",\"entries\":[", false),
            ("{\"requests\": [", false),
            ("{\"samlight_trace\":1}\n", false),
            ("\u{feff} <?xml version='1.0'?>", false),
            ("<html>", false),
            ("PK\u{3}\u{4}", false),
            ("%PDF-1.7", false),
            ("<134>Nov 21 host gitlab: ", true),
            ("Time,Method\n", true),
            ("[\n", true),
        ] {
            let (text, ended, is_wanted, _) = other(start);
            assert_eq!(
                (ended == Ended::Log, is_wanted, text.is_empty()),
                (is_log, is_log, !is_log),
                "{start}"
            );
        }
    }
}
