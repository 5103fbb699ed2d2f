//! Values with escapes, taken off octet by octet as the reference: each octet, its place and whether it
//! stands for a plus sign are the same as in the passes over the whole.

use super::*;
use crate::{base::counted::steps_of, encoding::base64};
use proptest::prelude::*;
use std::collections::VecDeque;

/// An octet of a value and where it stands in what was received.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Octet {
    octet: u8,
    at: Span,
    is_plus: bool,
}

/// Takes one escape off, octet by octet.
struct Unescaping<'a> {
    inner: Box<dyn Iterator<Item = Octet> + 'a>,
    escape: Escape,
    ahead: VecDeque<Octet>,
    made: VecDeque<Octet>,
}

impl Iterator for Unescaping<'_> {
    type Item = Octet;

    fn next(&mut self) -> Option<Octet> {
        if let Some(made) = self.made.pop_front() {
            return Some(made);
        }
        let first = self.ahead.pop_front().or_else(|| self.inner.next())?;
        // The octets behind the first of `&#x0010FFFF;`.
        self.ahead.extend(self.inner.by_ref().take(11_usize.saturating_sub(self.ahead.len())));
        let behind: Vec<u8> = self.ahead.iter().map(|octet| octet.octet).collect();
        let Some(read) = self.escape.read(first.octet, &behind) else { return Some(first) };
        let end = self.ahead.drain(..read.used).next_back().map_or(first.at.end, |last| last.at.end);
        let at = Span::new(first.at.start, end);
        let is_plus = self.escape == Escape::Form && first.octet == b'+';
        self.made.extend(read.octets().iter().map(|octet| Octet { octet: *octet, at, is_plus }));
        self.made.pop_front()
    }
}

/// The octets of a value from which `escapes` are taken, the outermost first.
fn slowly(received: &str, escapes: &[Escape]) -> Vec<Octet> {
    let received = received.bytes().enumerate();
    let plain: Box<dyn Iterator<Item = Octet>> =
        Box::new(received.map(|(at, octet)| Octet { octet, at: Span::new(at, at + 1), is_plus: false }));
    let unescaped = escapes.iter().fold(plain, |inner, escape| {
        Box::new(Unescaping { inner, escape: *escape, ahead: VecDeque::new(), made: VecDeque::new() })
    });
    unescaped.collect()
}

/// The octets of `plain`.
fn at_once(plain: &Plain<'_>) -> Vec<Octet> {
    let (mut places, mut pluses) = (plain.places(), plain.places());
    let octets = plain.octets.iter().enumerate();
    octets
        .map(|(index, octet)| Octet { octet: *octet, at: places.at(index), is_plus: pluses.is_plus(index) })
        .collect()
}

/// Text in which much is an escape, or nearly one, or one within another.
fn received() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "A",
        "b",
        "+",
        " ",
        "%",
        "%2",
        "%25",
        "%2525",
        "%252525",
        "25",
        "41",
        "%41",
        "%26",
        "&",
        "#",
        "x",
        "41;",
        ";",
        "amp;",
        "&amp;",
        "&#37;",
        "&#x26;",
        "&#x20AC;",
        "&nbsp;",
        "&#x0010FFFF;",
        "%C3%A9",
        "é",
        "\n",
        "%2B",
        "%20",
        "&#38;#38;#38;",
        "%2526%2523%2578%2534%2531%253B",
        "%26%2523%2537%253B",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Some of these, the one of forms only as the first.
fn escapes() -> impl Strategy<Value = Vec<Escape>> {
    let needless =
        prop::collection::vec(prop::sample::select(vec![Escape::Percent, Escape::Reference]), 0..=3);
    (any::<bool>(), needless)
        .prop_map(|(is_form, needless)| is_form.then_some(Escape::Form).into_iter().chain(needless).collect())
}

/// `value` without `escapes`, in passes.
fn taken_off<'a>(value: &'a str, escapes: &[Escape]) -> Plain<'a> {
    let is_form = escapes.first() == Some(&Escape::Form);
    let mut plain = if is_form { Written::escaped(value).read() } else { Written::plain(value).read() };
    escapes.iter().skip(usize::from(is_form)).for_each(|escape| plain.unescape(*escape));
    // Lost plus signs are no matter of escapes.
    plain.plus_within = 0..0;
    plain
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn each_octet_is_that_of_reading_octet_by_octet(value in received(), escapes in escapes()) {
        let plain = taken_off(&value, &escapes);
        prop_assert_eq!(at_once(&plain), slowly(&value, &escapes));
    }
}

/// Each octet of `value` as a reference of full length, again and again.
fn referenced(value: &str, rounds: usize) -> String {
    (0..rounds)
        .fold(value.to_owned(), |value, _| value.bytes().map(|octet| format!("&#x{octet:08X};")).collect())
}

#[test]
fn places_are_right_where_one_octet_stands_for_thousands() {
    for rounds in [1, 2, 3] {
        let value = format!("A{}B", referenced("<é+", rounds));
        let escapes = vec![Escape::Reference; rounds];
        let octets = at_once(&taken_off(&value, &escapes));
        assert_eq!(octets, slowly(&value, &escapes));
        assert_eq!(octets.last().map(|octet| octet.at.end), Some(value.len()));
        assert!(octets[1].at.end - octets[1].at.start == 12_usize.pow(rounds as u32));
    }
}

/// The worst values of each kind, in steps for each of their octets.
#[test]
fn reading_a_value_costs_a_few_passes_over_it() {
    const SIZE: usize = 100_000;
    for unit in [
        "%25252541",
        "%2525252541",
        "%2526#x26;#x41;",
        "AA+%20",
        "QUFB\n",
        "QUFBQUFB%0A%2B",
        "&#x00000",
        "&a",
        " A",
        "-",
    ] {
        let value = unit.repeat(SIZE / unit.len());
        for written in [Written::plain(&value), Written::escaped(&value)] {
            let steps = steps_of(|| {
                let plain = written.read().without_needless_escapes(&mut Vec::new());
                base64::decode(&plain);
                base64::place_of_digit(&plain, SIZE);
            });
            assert!(
                steps >= value.len() / 2 && steps <= 12 * value.len(),
                "{unit}: {steps} for {}",
                value.len()
            );
        }
    }
}
