//! Times as a clock of the reader's shows them: the only place that knows the reader's zone.
//!
//! The core knows no zone; it is handed over with what is asked for ([`zone`]). Where a page tells the time
//! by itself, it is from an instant of RFC 3339 in UTC.

use samlight::base::instant::Zone;

/// An instant as a clock beside the reader shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LocalTime {
    /// `2026-01-31`.
    pub(crate) day: String,
    /// `14:45:40`.
    pub(crate) time: String,
    /// Its zone: `UTC+1`.
    pub(crate) zone: String,
}

/// The zone in which the reader lives at `instant`.
#[cfg(target_arch = "wasm32")]
pub(crate) fn zone(instant: &str) -> Zone {
    // Minutes from local time to UTC; not a number where the instant is none, and then 0.
    Zone(-date(instant).get_timezone_offset() as i16)
}

/// The zone in which the reader lives now.
#[cfg(target_arch = "wasm32")]
pub(crate) fn zone_now() -> Zone {
    Zone(-js_sys::Date::new_0().get_timezone_offset() as i16)
}

/// Only a browser knows where its reader lives.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn zone_now() -> Zone {
    Zone::default()
}

/// Only a browser knows where its reader lives.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn zone(_: &str) -> Zone {
    Zone::default()
}

/// `instant` as a clock beside the reader shows it; as it is written where it cannot be read.
pub(crate) fn at(instant: &str) -> LocalTime {
    let zone = zone(instant);
    let shifted = shifted(instant, zone);
    let (day, time) = shifted.split_once('T').unwrap_or((&shifted, ""));
    LocalTime { day: day.to_owned(), time: time.get(..8).unwrap_or(time).to_owned(), zone: zone.to_string() }
}

/// The instant whose writing in UTC is what a clock in `zone` shows.
#[cfg(target_arch = "wasm32")]
fn shifted(instant: &str, zone: Zone) -> String {
    let date = date(instant);
    date.set_time(date.get_time() + f64::from(zone.0) * 60_000.0);
    // It throws for what is no instant.
    if date.get_time().is_nan() { instant.to_owned() } else { date.to_iso_string().into() }
}

#[cfg(not(target_arch = "wasm32"))]
fn shifted(instant: &str, _: Zone) -> String {
    instant.to_owned()
}

#[cfg(target_arch = "wasm32")]
fn date(instant: &str) -> js_sys::Date {
    js_sys::Date::new(&instant.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_by_day_and_time_with_its_zone() {
        let told = at("2026-01-31T14:45:40.123Z");
        assert_eq!((told.day.as_str(), told.time.as_str()), ("2026-01-31", "14:45:40"));
        assert_eq!(told.zone, "UTC");
        assert_eq!(
            at("no instant"),
            LocalTime { day: "no instant".into(), zone: "UTC".into(), ..LocalTime::default() }
        );
    }
}
