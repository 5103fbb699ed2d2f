//! [`EventId`]: when an event happened, and its place in order. Also its key in the browser's store.

use crate::base::instant::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// When an event happened, and its place in order: time, the worker's start that saw it, its number there.
///
/// As text (`1767225600000-k3x9-000017`) it sorts in the order of the events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// When it happened.
    pub time: Timestamp,
    /// The start of the worker (or program) that saw it; letters and digits.
    pub boot: String,
    /// Its number in that start.
    pub n: u32,
}

impl EventId {
    /// An id for the event number `n` of `boot`.
    pub fn new(time: Timestamp, boot: &str, n: u32) -> Self {
        EventId { time, boot: boot.to_owned(), n }
    }

    /// Whether a file told of it: nobody saw this browser receive it. A worker's own name for its start is
    /// shorter.
    pub fn is_imported(&self) -> bool {
        self.boot.len() > WORKER_BOOT && self.boot.starts_with(IMPORTED)
    }

    /// The id of the same event as a file tells of it, whatever the file says of where it was seen.
    #[must_use]
    pub fn imported(self) -> Self {
        if self.is_imported() {
            self
        } else {
            EventId { boot: format!("{IMPORTED}copy{}", self.boot), ..self }
        }
    }
}

/// The beginning of the name of a start that stands for a file.
pub const IMPORTED: &str = "file";
/// Characters of the name that a worker gives to its start, at most.
const WORKER_BOOT: usize = 6;

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}-{}-{:06}", self.time.0, self.boot, self.n)
    }
}

impl FromStr for EventId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '-');
        let (Some(time), Some(boot), Some(n)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("an event's id is time-boot-number");
        };
        Ok(EventId {
            time: Timestamp(time.parse().map_err(|_| "an event's id begins with its time in milliseconds")?),
            boot: boot.to_owned(),
            n: n.parse().map_err(|_| "an event's id ends with its number")?,
        })
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
