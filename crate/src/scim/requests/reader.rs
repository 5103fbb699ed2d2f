//! Requests of SCIM in a log that comes in pieces.
//!
//! Leaves out: what is in a record ([`Request`](super::Request)), and what no request is, which is handed on.

use super::{ScimLog, Wanted, follow, sieve};
use crate::scim::records::{Fields, Sifted, Stream};

/// A log that comes in pieces, as far as it has come.
pub(in crate::scim) struct LogReader {
    group: Option<String>,
    value: Option<String>,
    records: Stream,
    log: ScimLog,
}

impl LogReader {
    /// A log of which nothing has come.
    pub(in crate::scim) fn new((group, value): Wanted<'_>) -> Self {
        let (group, value) = (group.map(str::to_owned), value.map(str::to_owned));
        let records = Stream::new(sieve((group.as_deref(), value.as_deref())));
        LogReader { group, value, records, log: ScimLog::default() }
    }

    /// Reads more of it, cut anywhere. Each record that is no request is given to `other`, with its line,
    /// which says whether it is known.
    pub(in crate::scim) fn read(&mut self, octets: &[u8], other: &mut dyn FnMut(usize, &Fields) -> bool) {
        let LogReader { group, value, records, log } = self;
        records.read(octets, &mut log.taking((group.as_deref(), value.as_deref()), other));
    }

    /// Reads more of it: a block of lines, which were sifted by [`sieve`].
    pub(in crate::scim) fn read_sifted(
        &mut self,
        block: &[u8],
        sifted: &Sifted,
        other: &mut dyn FnMut(usize, &Fields) -> bool,
    ) {
        let LogReader { group, value, records, log } = self;
        records.read_sifted(block, sifted, &mut log.taking((group.as_deref(), value.as_deref()), other));
    }

    /// Reads what is left.
    pub(in crate::scim) fn end(self, other: &mut dyn FnMut(usize, &Fields) -> bool) -> ScimLog {
        let LogReader { group, value, records, mut log } = self;
        let rest = records.end(&mut log.taking((group.as_deref(), value.as_deref()), other));
        log.count += rest.requests;
        (log.others, log.problems, log.more_problems) = (rest.others, rest.problems, rest.more_problems);
        follow(&mut log.requests);
        log
    }
}
