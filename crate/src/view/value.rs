//! A value in runs: what differs from the other value and what cannot be seen are marked.
//!
//! Two identifiers that look the same must not look the same here. Leaves out: look-alike letters of other
//! scripts, which are marked as differing where they do.

use super::{Mark, Run, print::terminal};
use crate::{
    base::characters::{folded, is_invisible},
    text,
};

/// `value` in runs, compared with `other` where there is one.
pub fn runs(value: &str, other: Option<&str>) -> Vec<Run> {
    let characters: Vec<char> = value.chars().collect();
    let differs = differing(&characters, other);
    let mut runs: Vec<Run> = Vec::new();
    for (index, &c) in characters.iter().enumerate() {
        let at_edge = index == 0 || index + 1 == characters.len();
        let differs = differs.get(index).copied().unwrap_or_default();
        if let Some(name) = hidden_name(c, at_edge || differs) {
            runs.push(Run { text: sign(c).to_string(), mark: Mark::Invisible, name: Some(name) });
            continue;
        }
        let mark = if differs { Mark::Differs } else { Mark::Plain };
        match runs.last_mut().filter(|run| run.mark == mark) {
            Some(run) => run.text.push(c),
            None => runs.push(Run { text: c.to_string(), mark, name: None }),
        }
    }
    runs
}

/// Whether two values have so much in common that it helps to see what they have not.
pub fn alike(value: &str, other: &str) -> bool {
    let is_alike = |value: &str, other: &str| {
        let of = |mark: Mark| {
            let runs = runs(value, Some(other)).into_iter().filter(move |run| run.mark == mark);
            runs.map(|run| run.text.chars().count()).sum::<usize>()
        };
        of(Mark::Plain) >= of(Mark::Differs)
    };
    folded(value) == folded(other) || (is_alike(value, other) && is_alike(other, value))
}

/// `value` for a sentence, with what cannot be seen written out.
pub(crate) fn visible(value: &str, other: Option<&str>) -> String {
    runs(value, other).iter().map(terminal::show).collect()
}

/// `text` with what cannot be seen written out: a sentence, whose spaces are its own.
pub(crate) fn legible(text: &str) -> String {
    let written = |c: char| hidden_name(c, false).map_or_else(|| c.to_string(), |name| format!("‹{name}›"));
    text.chars().map(written).collect()
}

/// The characters that differ from `other`: one by one where both have as many, else all between the parts
/// that agree at the beginning and at the end.
fn differing(value: &[char], other: Option<&str>) -> Vec<bool> {
    let Some(other) = other else { return vec![false; value.len()] };
    let other: Vec<char> = other.chars().collect();
    // Where they differ by what cannot be seen alone, that is marked anyway, and nothing else.
    let seen =
        |characters: &[char]| characters.iter().copied().filter(|&c| !is_invisible(c)).collect::<Vec<_>>();
    if seen(value) == seen(&other) {
        return vec![false; value.len()];
    }
    if value.len() == other.len() {
        return value.iter().zip(&other).map(|(a, b)| a != b).collect();
    }
    let before = value.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = value.len().min(other.len()) - before;
    let after = value.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    (0..value.len()).map(|index| index >= before && index < value.len() - after).collect()
}

/// The name of a character that cannot be seen as it stands. A plain space between words can.
fn hidden_name(c: char, at_edge: bool) -> Option<String> {
    let name = match c {
        ' ' if !at_edge => return None,
        ' ' => text!("character.space"),
        '\t' => text!("character.tab"),
        '\n' => text!("character.line-feed"),
        '\r' => text!("character.carriage-return"),
        '\u{a0}' => text!("character.no-break-space"),
        '\u{ad}' => text!("character.soft-hyphen"),
        '\u{200b}' => text!("character.zero-width-space"),
        '\u{200c}' | '\u{200d}' => text!("character.joiner"),
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            text!("character.direction")
        }
        '\u{feff}' => text!("character.byte-order-mark"),
        _ if is_invisible(c) || c.is_control() => text!("character.invisible"),
        _ => return None,
    };
    Some(format!("{name} (U+{:04X})", u32::from(c)))
}

fn sign(c: char) -> char {
    match c {
        ' ' => '␣',
        '\t' => '→',
        '\n' | '\r' => '↵',
        _ => '◌',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str, other: &str) -> String {
        runs(value, Some(other))
            .into_iter()
            .map(|run| match run.mark {
                Mark::Plain => run.text,
                Mark::Differs => format!("[{}]", run.text),
                Mark::Invisible => format!("<{}>", run.name.unwrap_or_default()),
            })
            .collect()
    }

    #[test]
    fn what_differs_or_hides_is_marked() {
        assert_eq!(shown("Alex.Doe", "alex.doe"), "[A]lex.[D]oe");
        assert_eq!(shown("alex ", "alex"), "alex<space (U+0020)>");
        assert_eq!(shown("al\u{200b}ex", "alex"), "al<zero width space (U+200B)>ex");
        assert_eq!(shown("a b", "a b"), "a b");
        assert_eq!(shown("", "x"), "");
        assert_eq!(shown("abcXdef", "abcdef"), "abc[X]def");
    }
}
