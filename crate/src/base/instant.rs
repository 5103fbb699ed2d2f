//! Instants: the browser's milliseconds and SAML's `xs:dateTime`.
//!
//! SAML Core 1.3.3: instants are UTC, without a zone other than `Z`; other software reads offsets too, so
//! does this. Leaves out: what logs make of instants ([`logged`]).

pub mod logged;

use crate::{base::catalogue::Text, text};
use serde::{Deserialize, Serialize};
use std::fmt;
use time::{
    OffsetDateTime, PrimitiveDateTime,
    format_description::well_known::{Rfc2822, Rfc3339},
};

/// Milliseconds since 1970-01-01T00:00:00Z, as the browser's clock gives them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads an `xs:dateTime` or RFC 3339 instant. One without a zone is taken as UTC, as SAML demands.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // The end of a day is the beginning of the next (XML Schema part 2, 3.2.7).
        if let Some((day, rest)) = text.split_once("T24:00:00") {
            let zone = rest.trim_start_matches(['.', '0']);
            let is_end = zone.is_empty() || zone.starts_with(['Z', '+', '-']);
            let start = Timestamp::parse(&format!("{day}T00:00:00{rest}")).filter(|_| is_end)?;
            return Some(Timestamp(start.0.saturating_add(86_400_000)));
        }
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| {
            let with_zone = format!("{text}Z");
            OffsetDateTime::parse(&with_zone, &Rfc3339).ok()
        })?;
        i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
    }

    /// Reads the `Date` header of HTTP (RFC 9110, 5.6.7), in the one of its three forms that is still
    /// written.
    pub fn parse_http(text: &str) -> Option<Self> {
        let instant = OffsetDateTime::parse(text.trim(), &Rfc2822).ok()?;
        instant.unix_timestamp().checked_mul(1_000).map(Timestamp)
    }

    /// As a `Date` header has it: `Thu, 01 Jan 2026 09:14:03 GMT`.
    pub fn http_date(self) -> Option<String> {
        let instant = self.civil()?.assume_utc();
        Some(instant.format(&Rfc2822).ok()?.replace("+0000", "GMT"))
    }

    /// Milliseconds from `earlier` to this.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `09:14:03 UTC`: for lists where the day is clear.
    pub fn time_of_day(self) -> String {
        Zone::default().time_of_day(self)
    }

    /// `2026-01-01 09:14:03 UTC`: where the day may be another.
    pub fn day_and_time(self) -> String {
        self.civil()
            .map_or_else(|| self.0.to_string(), |civil| format!("{} {}", civil.date(), self.time_of_day()))
    }

    fn civil(self) -> Option<PrimitiveDateTime> {
        let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).ok()?;
        Some(PrimitiveDateTime::new(instant.date(), instant.time()))
    }
}

/// The minutes by which a reader's clock is ahead of UTC at that time, as the page says that shows it: the
/// core knows no time zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(pub i16);

impl Zone {
    /// The number of the day that a calendar there shows; the day after has the next number.
    pub fn day(self, at: Timestamp) -> i64 {
        (at.0 + i64::from(self.0) * 60_000).div_euclid(86_400_000)
    }

    /// Whether its clocks show UTC.
    pub fn is_utc(&self) -> bool {
        self.0 == 0
    }

    /// `10:14:03 UTC+1`: for lists where the day is clear.
    pub fn time_of_day(self, at: Timestamp) -> String {
        self.civil(at).map_or_else(
            || at.0.to_string(),
            |c| format!("{:02}:{:02}:{:02} {self}", c.hour(), c.minute(), c.second()),
        )
    }

    /// `2026-01-01 10:14:03 UTC+1 (09:14:03 UTC)`: for somebody else, who may be elsewhere.
    pub fn for_others(self, at: Timestamp) -> String {
        let utc = if self.is_utc() { String::new() } else { format!(" ({})", at.time_of_day()) };
        format!("{}{utc}", self.day_and_time(at))
    }

    /// `2026-01-01 10:14:03 UTC+1`.
    pub fn day_and_time(self, at: Timestamp) -> String {
        let day = self.civil(at).map(|civil| format!("{} ", civil.date())).unwrap_or_default();
        format!("{day}{}", self.time_of_day(at))
    }

    fn civil(self, at: Timestamp) -> Option<PrimitiveDateTime> {
        Timestamp(at.0.saturating_add(i64::from(self.0) * 60_000)).civil()
    }
}

impl fmt::Display for Zone {
    /// `UTC`, `UTC+1`, `UTC-3:30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.0 / 60, (self.0 % 60).abs());
        match (self.0, minutes) {
            (0, _) => f.write_str("UTC"),
            (_, 0) => write!(f, "UTC{hours:+}"),
            (-59..=-1, _) => write!(f, "UTC-0:{minutes:02}"),
            _ => write!(f, "UTC{hours:+}:{minutes:02}"),
        }
    }
}

/// A duration as people read it: `7 ms`, `1.2 s`, `2 min 5 s`. What runs backwards (two clocks) keeps its
/// sign.
pub fn duration_text(milliseconds: i64) -> Text {
    let seconds = milliseconds / 1_000;
    match milliseconds.unsigned_abs() {
        0..1_000 => text!("duration.milliseconds", number = milliseconds),
        1_000..60_000 => {
            text!(
                "duration.seconds",
                number = format!("{seconds}.{}", milliseconds.unsigned_abs() / 100 % 10)
            )
        }
        _ => text!("duration.minutes", minutes = seconds / 60, seconds = (seconds % 60).abs()),
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC: `2026-01-01T00:00:00Z`, with milliseconds where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.civil().and_then(|c| c.assume_utc().format(&Rfc3339).ok()) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_long_as_they_must_be() {
        for (milliseconds, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_250, "1.2 s"),
            (59_999, "59.9 s"),
            (125_000, "2 min 5 s"),
            (-1_250, "-1.2 s"),
        ] {
            assert_eq!(duration_text(milliseconds).to_string(), text);
        }
    }

    #[test]
    fn a_reader_elsewhere_gets_their_own_time_with_its_zone() {
        let midnight = Timestamp(1_767_225_600_000);
        for (minutes, shown, for_others) in [
            (0, "00:00:00 UTC", "2026-01-01 00:00:00 UTC"),
            (60, "01:00:00 UTC+1", "2026-01-01 01:00:00 UTC+1 (00:00:00 UTC)"),
            (345, "05:45:00 UTC+5:45", "2026-01-01 05:45:00 UTC+5:45 (00:00:00 UTC)"),
            (-210, "20:30:00 UTC-3:30", "2025-12-31 20:30:00 UTC-3:30 (00:00:00 UTC)"),
            (-30, "23:30:00 UTC-0:30", "2025-12-31 23:30:00 UTC-0:30 (00:00:00 UTC)"),
        ] {
            assert_eq!(Zone(minutes).time_of_day(midnight), shown);
            assert_eq!(Zone(minutes).for_others(midnight), for_others);
        }
        assert_eq!(Zone(i16::MAX).time_of_day(Timestamp(i64::MAX)), i64::MAX.to_string());
    }

    #[test]
    fn reads_and_writes_instants() {
        assert_eq!(Timestamp::parse("2026-01-01T00:00:00Z"), Some(Timestamp(1_767_225_600_000)));
        assert_eq!(Timestamp::parse("2026-01-01T01:00:00+01:00"), Some(Timestamp(1_767_225_600_000)));
        assert_eq!(Timestamp::parse("2026-01-01T00:00:00.5"), Some(Timestamp(1_767_225_600_500)));
        for end in ["2025-12-31T24:00:00Z", "2025-12-31T24:00:00.0", "2025-12-31T24:00:00+00:00"] {
            assert_eq!(Timestamp::parse(end), Some(Timestamp(1_767_225_600_000)), "{end}");
        }
        for none in ["2025-12-31T24:00:00.5Z", "2025-12-31T24:00:01Z", "2025-12-31T24:00:00x"] {
            assert_eq!(Timestamp::parse(none), None, "{none}");
        }
        assert_eq!(Timestamp::parse("yesterday"), None);
        let date = "Thu, 01 Jan 2026 00:00:00 GMT";
        assert_eq!(Timestamp::parse_http(date), Some(Timestamp(1_767_225_600_000)));
        assert_eq!(Timestamp::parse_http("2026-01-01"), None);
        assert_eq!(Timestamp(1_767_225_600_000).to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(Timestamp(1_767_225_600_000).day_and_time(), "2026-01-01 00:00:00 UTC");
        assert_eq!(Timestamp(i64::MAX).to_string(), "9223372036854775807 ms");
    }
}
