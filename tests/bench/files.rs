//! The cost of reading a HAR in which every exchange has a message. The peer is reading the same octets as
//! plain JSON, which any program must do.

use crate::{
    measure::{Figure, quickest_after},
    sign_ins::{BEGIN, EXCHANGES, har},
};
use samlight::{
    base::instant::Timestamp,
    file::{self, Beside, import},
};
use serde_json::Value;

const NAME: &str = "bench.har";
const NOW: Timestamp = Timestamp(BEGIN);
/// Many, as a small file is read in a moment that something else may disturb.
const RUNS: usize = 15;

/// The figures for a HAR of so many exchanges.
pub(crate) fn figures(exchanges: usize) -> Vec<Figure> {
    let har = har(exchanges / EXCHANGES);
    let content = har.as_bytes();
    let peer_time = quickest_after(RUNS, || (), |()| serde_json::from_slice::<Value>(content).unwrap());
    let events = quickest_after(
        RUNS,
        || (),
        |()| {
            let read = file::read(NAME, content, NOW, Beside::Files);
            assert!(read.events.len() >= exchanges && read.flaws.is_empty());
            read
        },
    );
    let messages = quickest_after(
        RUNS,
        || (),
        |()| {
            let messages: Vec<_> = import::messages(import::file(NAME, content, NOW)).collect();
            assert_eq!(messages.len(), exchanges);
            messages
        },
    );
    let rows = [
        ("file::read: the events in a HAR", events),
        ("import::file and import::messages: the messages in a HAR, decoded", messages),
    ];
    rows.map(|(what, time)| Figure {
        what: what.into(),
        work: format!("{exchanges} exchanges, {} octets", content.len()),
        time,
        peer: "serde_json: the same octets as a Value".into(),
        peer_time,
    })
    .into()
}
