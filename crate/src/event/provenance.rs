//! [`Provenance`]: the event that stands behind a value, and whether this browser saw it.
//!
//! Anybody can write a file. So what a file tells is never taken as seen: it is another variant of the type,
//! it counts only where nothing was seen, and every place that shows it says so. Leaves out what a file can
//! prove all the same, by a signature; that is `case::proof`.

use super::EventId;
use crate::base::instant::Timestamp;

/// The provenance of a value. Of two values the greater one counts: what was seen before what a file tells,
/// then the newer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// A file that a person gave tells it, in this event.
    Imported(EventId),
    /// This browser saw it, in this event.
    Seen(EventId),
}

impl Provenance {
    /// The event.
    pub fn event(&self) -> &EventId {
        match self {
            Provenance::Imported(event) | Provenance::Seen(event) => event,
        }
    }

    /// When it happened: a file can give any time.
    pub fn time(&self) -> Timestamp {
        self.event().time
    }

    /// Whether only a file tells it.
    pub fn is_imported(&self) -> bool {
        matches!(self, Provenance::Imported(_))
    }
}

impl From<&EventId> for Provenance {
    fn from(event: &EventId) -> Self {
        match event.is_imported() {
            true => Provenance::Imported(event.clone()),
            false => Provenance::Seen(event.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_counts_before_what_a_file_tells_however_new_that_is() {
        let of = |time: i64, boot: &str| Provenance::from(&EventId::new(Timestamp(time), boot, 0));
        let in_order = [of(5, "filecopya"), of(9, "filecopya"), of(1, "a"), of(2, "a")];
        assert!(in_order.is_sorted(), "{in_order:?}");
        assert_eq!(in_order.map(|it| it.is_imported()), [true, true, false, false]);
    }
}
