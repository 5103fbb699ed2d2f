//! Instants as logs and their exports write them: `2026-11-20 12:31:10 UTC`, Kibana's `Nov 20, 2026 @
//! 12:31:10.000`, seconds and milliseconds since 1970, and what else export tools make of them.
//!
//! gitlab-facts 6.1 (`time`, ISO 8601); Kibana's setting `dateFormat` (before version 7 `MMMM Do YYYY`);
//! Ruby's `Time#to_s`; the Common Log Format; Microsoft's portal (`11/20/2026, 12:31:10 PM`). A day that can
//! be read in two ways (`11/12/2026` without AM or PM) is not guessed, and neither is a missing year.

use super::Timestamp;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// An instant of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The instant; where no zone is named, that of UTC.
    pub at: Timestamp,
    /// Whether its zone is named. Who exports from a log viewer gets the times of their own zone.
    pub has_zone: bool,
}

impl Logged {
    /// Reads an instant in any form that logs and their exports have; nothing where it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        const LONGEST: usize = 64;
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        let named = |at| Logged { at, has_zone: true };
        since_epoch(text).or_else(|| Timestamp::parse_http(text)).map(named).or_else(|| civil(text))
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, of which the length tells.
fn since_epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let milliseconds = match whole.len() {
        10 => {
            let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
            number.checked_mul(1_000)?.checked_add(thousandths.parse().ok()?)?
        }
        13 => number,
        16 => number / 1_000,
        19 => number / 1_000_000,
        _ => return None,
    };
    Some(Timestamp(milliseconds))
}

/// A day and a time of day, in whatever order and with whatever between them, as an RFC 3339 instant.
fn civil(text: &str) -> Option<Logged> {
    let colon = text.find("T24:").or_else(|| text.find(':'))?;
    // The time of day begins at the two digits before the first colon; in the Common Log Format at those
    // behind it.
    let is_common = text.get(..colon)?.matches('/').count() == 2 && !text.get(..colon)?.contains(' ');
    let starts = if is_common { colon + 1 } else { digits_before(text, colon) };
    let (day, time) = (text.get(..starts)?, text.get(starts..)?);
    let length =
        time.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(time.len());
    let (clock, behind) = time.split_at(length);
    let (half, zone) = match behind.trim_start().get(..2) {
        Some(half) if half.eq_ignore_ascii_case("am") => (Some(0), behind.trim_start().get(2..)?),
        Some(half) if half.eq_ignore_ascii_case("pm") => (Some(12), behind.trim_start().get(2..)?),
        _ => (None, behind),
    };
    let day = day_of(day.trim_end_matches('T'), half.is_some())?;
    let (zone, has_zone) = zone_of(zone.trim())?;
    let at = Timestamp::parse(&format!("{day}T{}{zone}", clock_of(clock, half)?))?;
    Some(Logged { at, has_zone })
}

fn digits_before(text: &str, end: usize) -> usize {
    let before = text.get(..end).unwrap_or_default();
    before.trim_end_matches(|c: char| c.is_ascii_digit()).len()
}

/// `2026-11-20` of a day in words or numbers.
fn day_of(text: &str, is_american: bool) -> Option<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.filter(|part| !is_weekday(part)).collect();
    let number = |part: &str| {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        digits.parse::<u32>().ok().filter(|_| part.starts_with(|c: char| c.is_ascii_digit()))
    };
    let month = |part: &str| {
        let start = part.get(..3)?.to_ascii_lowercase();
        (1..).zip(MONTHS).find(|(_, name)| *name == start).map(|(number, _)| number)
    };
    let [first, second, third] = parts[..] else { return None };
    let (year, month, day) = match (month(first), month(second)) {
        (Some(named), _) => (number(third)?, named, number(second)?),
        (_, Some(named)) if first.len() == 4 => (number(first)?, named, number(third)?),
        (_, Some(named)) => (number(third)?, named, number(first)?),
        _ if first.len() == 4 => (number(first)?, number(second)?, number(third)?),
        _ if is_american || number(second)? > 12 => (number(third)?, number(first)?, number(second)?),
        _ if number(first)? > 12 => (number(third)?, number(second)?, number(first)?),
        _ => return None,
    };
    (year >= 1_000).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn is_weekday(part: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    part.get(..3).is_some_and(|start| DAYS.iter().any(|day| day.eq_ignore_ascii_case(start)))
}

/// `12:31:10.000` of a time of day, in its half of the day where it is one of twelve hours.
fn clock_of(text: &str, half: Option<u32>) -> Option<String> {
    let text = text.trim_end_matches(['.', ',']);
    let mut parts = text.splitn(3, ':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let hour = half.map_or(hour, |half| hour % 12 + half);
    let (minute, second) = (parts.next()?, parts.next().unwrap_or("00"));
    let second = second.replace([',', ':'], ".");
    Some(format!("{hour:02}:{minute:0>2}:{second:0>2}"))
}

/// `+01:00` of a zone, and whether one is named; nothing where it is named by a word that is not known.
fn zone_of(text: &str) -> Option<(String, bool)> {
    let text = text.trim_start_matches('(').trim_end_matches([')', ']']);
    let offset = ["UTC", "GMT", "Z"].iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    if offset.is_empty() {
        return Some(("Z".to_owned(), !text.is_empty()));
    }
    let sign = offset.get(..1).filter(|sign| ["+", "-"].contains(sign))?;
    let digits: String = offset.chars().skip(1).filter(char::is_ascii_digit).collect();
    let is_offset = offset.chars().skip(1).all(|c| c.is_ascii_digit() || c == ':');
    let (hours, minutes) = digits.split_at_checked(2).filter(|_| is_offset)?;
    Some((format!("{sign}{hours}:{minutes:0<2}"), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_instant_is_read() {
        const AT: i64 = 1_795_177_870_000;
        for (text, milliseconds, has_zone) in [
            ("2026-11-20T12:31:10Z", 0, true),
            ("2026-11-20T12:31:10.452Z", 452, true),
            ("2026-11-20T13:31:10.452+01:00", 452, true),
            ("2026-11-20T12:31:10+0000", 0, true),
            ("2026-11-20T12:31:10,452Z", 452, true),
            ("2026-11-20T12:31:10.452", 452, false),
            ("2026-11-20 12:31:10 UTC", 0, true),
            ("2026-11-20 12:31:10.452 UTC", 452, true),
            ("2026-11-20 14:31:10 +0200", 0, true),
            ("2026-11-20 07:01:10 -05:30", 0, true),
            ("2026-11-20 12:31:10", 0, false),
            ("Nov 20, 2026 @ 12:31:10.000", 0, false),
            ("Nov 20, 2026 @ 12:31:10.452", 452, false),
            ("November 20th 2026, 12:31:10.452", 452, false),
            ("Nov 20, 2026, 12:31:10 PM", 0, false),
            ("20 Nov 2026 12:31:10", 0, false),
            ("20-Nov-2026 12:31:10.452", 452, false),
            ("2026-Nov-20 12:31:10", 0, false),
            ("20/Nov/2026:12:31:10 +0000", 0, true),
            ("Fri, 20 Nov 2026 12:31:10 GMT", 0, true),
            ("Fri Nov 20 2026 12:31:10 GMT+0000", 0, true),
            ("11/20/2026, 12:31:10 PM", 0, false),
            ("11/20/2026 12:31:10", 0, false),
            ("20.11.2026 12:31:10", 0, false),
            ("2026/11/20 12:31:10", 0, false),
            ("1795177870", 0, true),
            ("1795177870.452", 452, true),
            ("1795177870452", 452, true),
            ("1795177870452000", 452, true),
            ("1795177870452000000", 452, true),
            (" 2026-11-20T12:31:10Z ", 0, true),
        ] {
            let expected = Logged { at: Timestamp(AT + milliseconds), has_zone };
            assert_eq!(Logged::parse(text), Some(expected), "{text}");
        }
        let midnight = Logged::parse("11/20/2026, 12:31:10 AM").unwrap().at;
        assert_eq!(midnight, Timestamp(AT - 12 * 3_600_000));
        assert_eq!(Logged::parse("Nov 20, 2026 @ 12:31").unwrap().at, Timestamp(AT - 10_000));
    }

    #[test]
    fn what_can_mean_two_instants_or_none_is_not_read() {
        for text in [
            "",
            "-",
            "yesterday",
            "11/12/2026 12:31:10",
            "Nov 20 12:31:10",
            "12:31:10",
            "2026-11-20",
            "2026-13-20 12:31:10",
            "2026-11-31 12:31:10",
            "2026-11-20 25:31:10",
            "2026-11-20 12:31:10 CEST",
            "20 Foo 2026 12:31:10",
            "123456",
            "99999999999999999999",
            ":::::",
            "Nov 20, 2026 @ :",
            "\u{1f600}: @ 12:31",
            &"1".repeat(10_000),
        ] {
            assert_eq!(Logged::parse(text), None, "{text}");
        }
    }
}
