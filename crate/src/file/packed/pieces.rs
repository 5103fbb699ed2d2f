//! A gzip file that comes in pieces (RFC 1952): one member after the other, each handed on as it comes.
//!
//! Leaves out: check sums; and what is no member behind the last, which is passed over.

use crate::{
    binding::gzip_header,
    encoding::inflate::{End, Inflater},
};

/// Octets of a header; it can hold a name, a comment and more.
const HEADER: usize = 256 * 1024;
/// Octets behind the stream of a member: its check sum and its length.
const TRAILER: usize = 8;

/// A gzip file, as far as it has come.
pub(in crate::file) struct Gunzip {
    /// The octets that are not read: the beginning of a header.
    held: Vec<u8>,
    state: State,
}

enum State {
    /// Before a member; whether it is the first.
    Header(bool),
    Stream(Box<Inflater>),
    /// In the octets behind a stream, of which so many are still to come.
    Trailer(usize),
    /// Behind the last member, or where it is damaged.
    Over(End),
}

impl Gunzip {
    /// A file of which nothing has come.
    pub(in crate::file) fn new() -> Self {
        Gunzip { held: Vec::new(), state: State::Header(true) }
    }

    /// Gives what the next octets of the file add to `take`.
    pub(in crate::file) fn read(&mut self, mut octets: &[u8], take: &mut dyn FnMut(&[u8])) {
        while !octets.is_empty() {
            match &mut self.state {
                State::Header(is_first) => {
                    let before = self.held.len();
                    self.held.extend_from_slice(octets.get(..HEADER).unwrap_or(octets));
                    match gzip_header(&self.held) {
                        Some(length) => {
                            // A check sum of the header can still be to come.
                            let Some(rest) = octets.get(length.saturating_sub(before)..) else { return };
                            octets = rest;
                            self.held.clear();
                            self.state = State::Stream(Box::new(Inflater::new()));
                        }
                        None if self.held.len() < HEADER && may_begin(&self.held) => return,
                        None => {
                            let end = if *is_first { End::Broken } else { End::Whole };
                            self.state = State::Over(end);
                        }
                    }
                }
                State::Stream(inflater) => {
                    let (end, used) = inflater.read(octets, take);
                    octets = octets.get(used..).unwrap_or_default();
                    match end {
                        End::CutOff | End::Limit => return,
                        End::Whole => self.state = State::Trailer(TRAILER),
                        End::Broken => self.state = State::Over(End::Broken),
                    }
                }
                State::Trailer(left) => {
                    let more = octets.len().min(*left);
                    *left -= more;
                    octets = octets.get(more..).unwrap_or_default();
                    if *left == 0 {
                        self.state = State::Header(false);
                    }
                }
                State::Over(_) => return,
            }
        }
    }

    /// The way it ended.
    pub(in crate::file) fn end(self) -> End {
        match self.state {
            State::Header(false) if self.held.is_empty() => End::Whole,
            State::Header(_) | State::Stream(_) => End::CutOff,
            State::Trailer(_) => End::Whole,
            State::Over(end) => end,
        }
    }
}

/// Whether a member may begin with these octets.
pub(in crate::file) fn may_begin(octets: &[u8]) -> bool {
    octets.iter().zip(b"\x1F\x8B\x08").all(|(octet, sign)| octet == sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder};
    use std::io::Write;

    fn member(content: &[u8], name: &str) -> Vec<u8> {
        let builder = GzBuilder::new().filename(name).comment("rotated").extra([7; 30]);
        let mut encoder = builder.write(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn read(file: &[u8], size: usize) -> (Vec<u8>, End) {
        let (mut gunzip, mut all) = (Gunzip::new(), Vec::new());
        file.chunks(size).for_each(|piece| gunzip.read(piece, &mut |octets| all.extend_from_slice(octets)));
        (all, gunzip.end())
    }

    #[test]
    fn members_are_one_text_wherever_the_file_is_cut() {
        let texts = [&b"first line\n"[..], b"", &b"second line\n".repeat(9000)];
        let whole = texts.concat();
        let file: Vec<u8> = texts.iter().flat_map(|text| member(text, "api_json.log")).collect();
        for size in [1, 2, 3, 11, 500, file.len()] {
            assert_eq!(read(&file, size), (whole.clone(), End::Whole), "{size}");
            let padded = [&file[..], &[0; 600]].concat();
            assert_eq!(read(&padded, size), (whole.clone(), End::Whole), "{size}");
        }
    }

    #[test]
    fn of_a_damaged_file_what_came_before_is_given_and_that_it_is_damaged() {
        let whole = b"a line that is like the one before it\n".repeat(2000);
        let file = member(&whole, "a");
        for cut in [1, 5, 30, file.len() / 2] {
            let (octets, end) = read(&file[..cut], 7);
            assert!(end == End::CutOff && whole.starts_with(&octets), "{cut}");
        }
        assert_eq!(read(&[&file[..], &file[..20]].concat(), 7), (whole, End::CutOff));
        let mut broken = file.clone();
        broken[60..80].fill(0xFF);
        assert_eq!(read(&broken, 7).1, End::Broken);
        assert_eq!(read(b"no gzip at all", 7), (Vec::new(), End::Broken));
    }
}
