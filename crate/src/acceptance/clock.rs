//! Instants as ruby-saml compares and writes them.
//!
//! ruby-saml adds the smallest step above 1 to the allowed clock drift, so that at the very instant both ends
//! of a validity window are inside, and 0 seconds of drift are written as "1s".

use super::CheckResult;
use super::received::Received;
use crate::{base::instant::Timestamp, text};

/// The number of seconds that the drift allows; never 0.
pub(super) fn allowed(drift: f64) -> f64 {
    drift.abs() + f64::EPSILON
}

/// Whether `at` is too early for `not_before`.
pub(super) fn is_before(at: Timestamp, not_before: Timestamp, drift: f64) -> bool {
    seconds(at, not_before) < -allowed(drift)
}

/// Whether `at` is too late for `not_on_or_after`.
pub(super) fn is_after(at: Timestamp, not_on_or_after: Timestamp, drift: f64) -> bool {
    seconds(at, not_on_or_after) >= allowed(drift)
}

#[allow(clippy::cast_precision_loss)] // far below the 53 bits of a double
fn seconds(at: Timestamp, from: Timestamp) -> f64 {
    at.since(from) as f64 / 1_000.0
}

/// The drift as it is written: whole seconds, rounded up.
pub(super) fn written(drift: f64) -> String {
    format!("{:.0}s", allowed(drift).ceil())
}

/// An instant as Ruby writes a Time: `2026-01-01 00:00:00 UTC`. `written` is the xs:dateTime that it was read
/// from, whose zone it keeps.
pub(super) fn in_ruby(at: Timestamp, written: &str) -> String {
    let zone = written.trim().rsplit_once('T').map(|(_, time)| time).unwrap_or_default();
    let offset = zone.find(['+', '-']).and_then(|from| zone.get(from..));
    let (shift, shown) = match offset {
        Some(offset) => (offset_minutes(offset), offset.replace(':', "")),
        None if zone.ends_with('Z') => (0, "UTC".to_owned()),
        // GitLab's servers run in UTC.
        None => (0, "+0000".to_owned()),
    };
    let local = Timestamp(at.0.saturating_add(shift * 60_000)).to_string();
    let local = local.get(..19).unwrap_or(&local).replace('T', " ");
    format!("{local} {shown}")
}

fn offset_minutes(offset: &str) -> i64 {
    let (sign, digits) = offset.split_at(1);
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let minutes = hours.parse::<i64>().unwrap_or_default() * 60 + minutes.parse::<i64>().unwrap_or_default();
    if sign == "-" { -minutes } else { minutes }
}

impl Received<'_> {
    /// A failure that an allowed clock drift may prevent: certain only where that setting is known.
    pub(super) fn fails_by_clock(&self, words: impl Into<String>) -> CheckResult {
        if self.sp.told || self.sp.is_group() {
            CheckResult::fails(words)
        } else {
            CheckResult::Unknown(text!("accept.drift-unknown"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_inside_and_zero_is_written_as_one() {
        let at = Timestamp(1_000_000);
        assert!(!is_before(at, at, 0.0) && !is_after(at, at, 0.0));
        assert!(is_before(at, Timestamp(1_000_001), 0.0) && is_after(at, Timestamp(999_999), 0.0));
        assert!(!is_before(at, Timestamp(1_004_000), 5.0) && is_after(at, Timestamp(990_000), 5.0));
        assert_eq!((written(0.0), written(1.0), written(5.0)), ("1s".into(), "2s".into(), "5s".into()));
    }

    #[test]
    fn instants_keep_their_zone() {
        let at = Timestamp(1_767_225_600_500);
        assert_eq!(in_ruby(at, "2026-01-01T00:00:00.5Z"), "2026-01-01 00:00:00 UTC");
        assert_eq!(in_ruby(at, "2026-01-01T01:30:00.5+01:30"), "2026-01-01 01:30:00 +0130");
        assert_eq!(in_ruby(at, "2026-01-01T00:00:00"), "2026-01-01 00:00:00 +0000");
    }
}
