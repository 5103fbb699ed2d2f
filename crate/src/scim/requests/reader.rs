//! Requests of SCIM in a log that comes in pieces.
//!
//! Leaves out: what is in a record ([`Request`](super::Request)), and what no request is, which is handed on.

use super::{ScimLog, follow, sieve};
use crate::scim::{
    filters::Filters,
    records::{Fields, Sifted, Stream},
};

/// A log that comes in pieces, as far as it has come.
pub(in crate::scim) struct LogReader {
    records: Stream,
    log: ScimLog,
}

impl LogReader {
    /// A log of which nothing has come, and of which this will be `wanted`.
    pub(in crate::scim) fn new(wanted: Filters<'_>) -> Self {
        LogReader { records: Stream::new(sieve(wanted)), log: ScimLog::default() }
    }

    /// Reads more of it, cut anywhere. Each record that is no request is given to `other`, with its line,
    /// which says whether it is known.
    pub(in crate::scim) fn read(
        &mut self,
        wanted: Filters<'_>,
        octets: &[u8],
        other: &mut dyn FnMut(usize, &Fields) -> bool,
    ) {
        let LogReader { records, log } = self;
        records.read(octets, &mut log.taking(wanted, other));
    }

    /// Reads more of it: a block of lines, which were sifted by [`sieve`].
    pub(in crate::scim) fn read_sifted(
        &mut self,
        wanted: Filters<'_>,
        block: &[u8],
        sifted: &Sifted,
        other: &mut dyn FnMut(usize, &Fields) -> bool,
    ) {
        let LogReader { records, log } = self;
        records.read_sifted(block, sifted, &mut log.taking(wanted, other));
    }

    /// Reads what is left.
    pub(in crate::scim) fn end(
        self,
        wanted: Filters<'_>,
        other: &mut dyn FnMut(usize, &Fields) -> bool,
    ) -> ScimLog {
        let LogReader { records, mut log } = self;
        let rest = records.end(&mut log.taking(wanted, other));
        log.count += rest.requests;
        (log.others, log.problems, log.more_problems) = (rest.others, rest.problems, rest.more_problems);
        follow(&mut log.requests);
        log
    }
}
