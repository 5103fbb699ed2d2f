//! The search by octets that comes before reading: which lines of a log can say something, and how many
//! others there are.
//!
//! A line that ends where it began and has none of the [`marks`](super::marks) is nothing that is looked for
//! (gitlab-facts 6.1: GitLab writes an object a line). Such lines are counted, never copied and never read.
//! Leaves out: what a line means, and objects over several lines, which the reader follows from their first.

use super::marks::Marks;
use crate::base::{counted::stepped, limits::RECORD_BYTES};
use memchr::{memchr, memchr_iter};
use std::{ops::Range, sync::Arc};

/// Whether a marked line is certain to be one request that nobody asks for: then it counts unread.
type Unasked = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// The search. It has no state, so that several can look at several blocks at once.
#[derive(Clone, Default)]
pub struct Sieve {
    unasked: Option<Unasked>,
}

/// The stretches of a block, in its order.
#[derive(Debug, Default, PartialEq)]
pub struct Sifted(pub(super) Vec<Stretch>);

/// Lines one behind the other, that all can say something or none of them.
#[derive(Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) range: Range<usize>,
    /// Absent for lines that are to be read.
    pub(super) skipped: Option<Skipped>,
}

/// Lines that are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Skipped {
    pub(super) lines: usize,
    /// Those about something else; the rest is empty.
    pub(super) others: usize,
    /// Those that are requests which nobody asks for.
    pub(super) requests: usize,
}

impl Sieve {
    /// The search that counts lines for which `unasked` holds as requests, unread.
    pub(in crate::scim) fn leaving_out(unasked: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        Sieve { unasked: Some(Arc::new(unasked)) }
    }

    /// Looks at `block`, which begins where a line begins and ends where one ends.
    pub fn sift(&self, block: &[u8]) -> Sifted {
        stepped(block.len());
        let mut marks = Marks::of(block);
        let mut sifted = Sifted::default();
        let mut start = 0;
        for end in memchr_iter(b'\n', block).map(|at| at + 1) {
            let line = block.get(start..end).unwrap_or_default();
            sifted.add(start..end, self.skipped(line, marks.is_in(start..end)));
            start = end;
        }
        sifted
    }

    /// Whether a line is not read, and what it counts for.
    fn skipped(&self, line: &[u8], is_marked: bool) -> Option<Skipped> {
        if line.len() > RECORD_BYTES {
            return None;
        }
        if is_marked {
            let is_unasked = self.unasked.as_ref().is_some_and(|unasked| unasked(line));
            return is_unasked.then_some(Skipped { lines: 1, others: 0, requests: 1 });
        }
        let is_other = is_whole(line) || memchr(b'{', line).is_none();
        is_other.then(|| Skipped { lines: 1, others: usize::from(!is_blank(line)), requests: 0 })
    }
}

impl Sifted {
    fn add(&mut self, range: Range<usize>, skipped: Option<Skipped>) {
        match (self.0.last_mut(), skipped) {
            (Some(Stretch { range: before, skipped: None }), None) => before.end = range.end,
            (Some(Stretch { range: before, skipped: Some(sum) }), Some(more)) => {
                before.end = range.end;
                sum.lines += more.lines;
                sum.others += more.others;
                sum.requests += more.requests;
            }
            _ => self.0.push(Stretch { range, skipped }),
        }
    }
}

/// Whether `line` ends where an object ends.
pub(super) fn is_whole(line: &[u8]) -> bool {
    line.iter().rev().find(|octet| !b", \r\n".contains(octet)) == Some(&b'}')
}

/// Whether `line` has nothing but what stands between records.
pub(super) fn is_blank(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    line.iter().all(|octet| b"[]{}, \t\r\n".contains(octet))
}
