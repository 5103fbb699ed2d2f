//! The lines of a long text for the eye: the part that is shown, what can be folded, where something is
//! found.
//!
//! Everything works on places in the text, in octets, and costs one look at it: a message of megabytes is
//! searched as a whole, and only a part of it is put into the page. A fold is found by the indentation that
//! the core gives to the pretty form; on any other text there is none. Leaves out: searching with other
//! letters' small forms than ASCII's, which would move the places.

use super::xml_colours::Colour;
use std::ops::Range;

/// Hits of a search that are counted at most.
pub(crate) const MOST_HITS: usize = 1_000;

/// The places of `wanted` in `text`, in order; ASCII letters are found in either case.
pub(crate) fn hits(text: &str, wanted: &str) -> Vec<Range<usize>> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let (text, wanted) = (text.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    text.match_indices(&wanted).take(MOST_HITS).map(|(at, it)| at..at + it.len()).collect()
}

/// The part of `text` to show: whole lines around `place`, of about `room` octets.
pub(crate) fn part_around(text: &str, place: usize, room: usize) -> Range<usize> {
    if place < room.min(text.len()) {
        return 0..end_of_part(text, 0, room);
    }
    let from = boundary(text, place.saturating_sub(room / 8));
    let line = text.get(..from).and_then(|before| before.rfind('\n'));
    // A line can be as long as the text.
    let start = line.map(|at| at + 1).filter(|at| from - at < room / 8).unwrap_or(from);
    start..end_of_part(text, start, room)
}

fn end_of_part(text: &str, start: usize, room: usize) -> usize {
    let end = boundary(text, start.saturating_add(room));
    if end == text.len() {
        return end;
    }
    let line = text.get(start..end).and_then(|part| part.rfind('\n'));
    line.map_or(end, |at| start + at + 1)
}

/// The end of the last whole character at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// A piece of a line: its colour, and the number of the hit that it belongs to.
#[derive(Debug, PartialEq)]
pub(crate) struct Piece<'a> {
    pub(crate) colour: Colour,
    pub(crate) text: &'a str,
    pub(crate) hit: Option<usize>,
}

/// The lines of `runs`, whose first octet is at `start` of the whole text, with `hits` in pieces of their
/// own.
pub(crate) fn lines<'a>(
    runs: Vec<(Colour, &'a str)>,
    start: usize,
    hits: &[Range<usize>],
) -> Vec<Vec<Piece<'a>>> {
    let mut lines: Vec<Vec<Piece<'a>>> = vec![Vec::new()];
    let mut at = start;
    let mut next = hits.partition_point(|hit| hit.end <= start);
    for (colour, mut rest) in runs {
        while !rest.is_empty() {
            while hits.get(next).is_some_and(|hit| hit.end <= at) {
                next += 1;
            }
            let hit = hits.get(next);
            let is_hit = hit.is_some_and(|hit| hit.start <= at);
            let to = hit.map_or(usize::MAX, |hit| if is_hit { hit.end } else { hit.start });
            let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let length = boundary(rest, line.min(to.saturating_sub(at)));
            // A hit has whole characters; should one not have, it ends with the run.
            let length = if length == 0 { line } else { length };
            let (text, after) = rest.split_at(length);
            let piece = Piece { colour, text, hit: is_hit.then_some(next) };
            if let Some(last) = lines.last_mut() {
                last.push(piece);
            }
            if text.ends_with('\n') {
                lines.push(Vec::new());
            }
            (at, rest) = (at + length, after);
        }
    }
    if lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

/// For each line the number of lines in it that can be folded away: those between an element's first line and
/// its last.
pub(crate) fn folds(text: &str) -> Vec<usize> {
    let mut folds = Vec::new();
    // The elements that are open: their line and indentation.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        folds.push(0);
        let tag = line.trim_start_matches(' ');
        let indentation = line.len() - tag.len();
        while open.last().is_some_and(|(_, outer)| *outer > indentation) {
            open.pop();
        }
        let same = open.pop_if(|(_, outer)| *outer == indentation);
        match (tag.strip_prefix("</"), same) {
            (Some(_), Some((first, _))) => {
                folds.get_mut(first).into_iter().for_each(|lines| *lines = at - first - 1);
            }
            (None, _) if tag.starts_with('<') && !tag.ends_with("/>") => open.push((at, indentation)),
            _ => {}
        }
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_counted_in_either_case_and_has_an_end() {
        assert_eq!(hits("Ada <ada> ÄDA", "ada"), [0..3, 5..8]);
        assert!(hits("Ada", "").is_empty());
        assert_eq!(hits(&"a".repeat(5_000), "A").len(), MOST_HITS);
        assert_eq!(hits("é é", "é"), [0..2, 3..5]);
    }

    #[test]
    fn a_part_of_a_long_text_has_the_place_and_whole_lines() {
        let text: String = (0..10_000).map(|at| format!("<line {at}>\n")).collect();
        for place in [0, 500, 50_000, text.len() - 1] {
            let part = part_around(&text, place, 1_024);
            assert!(part.contains(&place) && part.len() <= 1_024, "{place}: {part:?}");
            assert!(part.start == 0 || text.as_bytes()[part.start - 1] == b'\n', "{part:?}");
            assert!(part.end == text.len() || text.as_bytes()[part.end - 1] == b'\n', "{part:?}");
        }
        let one = "é".repeat(10_000);
        let part = part_around(&one, 10_000, 1_024);
        assert!(part.contains(&10_000) && part.len() <= 1_024 && one.get(part.clone()).is_some(), "{part:?}");
        assert_eq!(part_around("short", 3, 1_024), 0..5);
    }

    #[test]
    fn the_pieces_joined_are_the_text_and_hits_stand_alone() {
        let text = "<a>\n  x<b/>\n</a>\n";
        for wanted in ["", "a", "\n", "x<b", ">\n", text] {
            let found = hits(text, wanted);
            for runs in [vec![(Colour::Text, text)], crate::base::xml_colours::runs(text)] {
                let lines = lines(runs, 0, &found);
                assert_eq!(lines.len(), 3, "{wanted:?}");
                let all: String = lines.iter().flatten().map(|piece| piece.text).collect();
                assert_eq!(all, text, "{wanted:?}");
                for (at, hit) in found.iter().enumerate() {
                    let marked: String =
                        lines.iter().flatten().filter(|it| it.hit == Some(at)).map(|it| it.text).collect();
                    assert_eq!(marked, text[hit.clone()], "{wanted:?}");
                }
            }
        }
    }

    #[test]
    fn a_part_has_the_hits_that_are_in_it() {
        let text = "ada\nbob\nada\n";
        let lines = lines(vec![(Colour::Text, &text[8..])], 8, &hits(text, "ada"));
        assert_eq!(
            lines,
            [[
                Piece { colour: Colour::Text, text: "ada", hit: Some(1) },
                Piece { colour: Colour::Text, text: "\n", hit: None },
            ]]
        );
    }

    #[test]
    fn an_element_over_several_lines_can_be_folded() {
        let text = "<a>\n  <b>\n    <c/>\n    <d>x</d>\n  </b>\n  <e>y</e>\n</a>";
        assert_eq!(folds(text), [5, 2, 0, 0, 0, 0, 0]);
        assert_eq!(folds("</a>\n<b>\n  <c>\n"), [0, 0, 0]);
        assert_eq!(folds(""), [0; 0]);
    }
}
