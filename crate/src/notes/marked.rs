//! A note's sentence as it may stand on GitLab's page: what cannot be seen is written out, and of two values
//! that differ the characters that do are marked.
//!
//! A raw U+202E would turn the page's own text round, and a raw U+200B would make two values look alike. Of a
//! value that is compared, long parts that agree are left out in the middle; two values that have little in
//! common are not marked. Leaves out: look-alike letters of
//! other scripts, which are marked as differing where they do.

use super::Note;
use crate::{
    base::catalogue::Text,
    text,
    view::{
        Mark, Run,
        value::{self, alike, legible as in_sentence, visible},
    },
};

/// The arguments of the texts that are values, whose ends count; all others are words.
const VALUES: [&str; 5] = ["sent", "stored", "saml", "scim", "account"];

/// Characters of a run that are shown before and behind its middle, where it is long: of what agrees, and of
/// what differs.
const KEPT: [(Mark, usize); 2] = [(Mark::Plain, 20), (Mark::Differs, 40)];

/// `text` with what cannot be seen written out.
pub(super) fn legible(text: &Text) -> Text {
    text.replacing(|name, value| Some(written(Some(name), value)))
}

/// One piece of a sentence: a value, whose ends count, or words.
fn written(name: Option<&str>, piece: &str) -> String {
    if name.is_some_and(|name| VALUES.contains(&name)) { visible(piece, None) } else { in_sentence(piece) }
}

impl Note {
    /// The same, saying `text`, in which the argument `name` is a value that differs from `other`. Where
    /// nothing of it can be marked, because `other` has characters more, or has some that cannot be seen,
    /// that one is said, too.
    pub(super) fn comparing(self, text: &Text, name: &'static str, other: &str) -> Self {
        self.comparing_both(text, name, ("stored", other))
    }

    /// The same of a sentence in which the other value, where it is said, is the argument `of_other`.
    pub(super) fn comparing_both(
        self,
        text: &Text,
        name: &'static str,
        (name_of_other, other): (&'static str, &str),
    ) -> Self {
        let pieces = text.pieces();
        let Some((_, value)) = pieces.iter().find(|(known, _)| *known == Some(name)) else { return self };
        let (own, of_other) = (shown(value, other), shown(other, value));
        // A sentence that has both has both marked.
        let values = [(name, own.as_slice()), (name_of_other, of_other.as_slice())];
        let mut runs = runs_of(&pieces, &values);
        let of = |known: &str| values.iter().find(|(name, _)| *name == known).map(|(_, runs)| joined(runs));
        let mut said = legible(&text.replacing(|known, _| of(known)));
        // Here or there: what the other alone has, or has that cannot be seen.
        let hides = of_other.iter().any(|run| run.mark == Mark::Invisible);
        let is_said = pieces.iter().any(|(known, _)| *known == Some(name_of_other));
        if !is_said && (hides || (!is_marked(&own) && is_marked(&of_other))) {
            let more = text!("note.and-stored.why", why = "", stored = other);
            runs.extend(runs_of(&more.pieces(), &[("stored", of_other.as_slice())]));
            said = text!("note.and-stored.why", why = said, stored = joined(&of_other));
        }
        Note { text: said, runs: if is_marked(&runs) { runs } else { Vec::new() }, ..self }
    }

    /// The same with `more` said after it.
    pub(super) fn and(self, more: &str) -> Self {
        let more = in_sentence(more);
        let mut runs = self.runs;
        if !runs.is_empty() {
            runs.push(Run { text: format!(" {more}"), mark: Mark::Plain, name: None });
        }
        Note { text: text!("note.standing.why", why = self.text, repair = more), runs, ..self }
    }
}

/// `value` in runs, compared with `other`.
fn shown(value: &str, other: &str) -> Vec<Run> {
    let written = |run: Run| match run.name {
        Some(name) => Run { text: format!("‹{name}›"), mark: run.mark, name: None },
        None => shortened(run),
    };
    let other = Some(other).filter(|other| alike(value, other));
    value::runs(value, other).into_iter().map(written).collect()
}

/// A long run without its middle.
fn shortened(run: Run) -> Run {
    let Some((_, kept)) = KEPT.iter().find(|(mark, _)| *mark == run.mark) else { return run };
    let count = run.text.chars().count();
    if count <= 2 * kept + 10 {
        return run;
    }
    let (start, end): (String, String) =
        (run.text.chars().take(*kept).collect(), run.text.chars().skip(count - kept).collect());
    Run { text: format!("{start}…{end}"), ..run }
}

/// A sentence in runs, with those of `values` in the places of the arguments of their names.
fn runs_of(pieces: &[(Option<&str>, &str)], values: &[(&str, &[Run])]) -> Vec<Run> {
    let of_piece = |(known, piece): &(Option<&str>, &str)| {
        let value = values.iter().find(|(name, _)| *known == Some(*name));
        let words = || vec![Run { text: written(*known, piece), mark: Mark::Plain, name: None }];
        value.map_or_else(words, |(_, runs)| runs.to_vec())
    };
    let runs = pieces.iter().flat_map(of_piece);
    runs.filter(|run| !run.text.is_empty()).collect()
}

fn joined(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

fn is_marked(runs: &[Run]) -> bool {
    runs.iter().any(|run| run.mark != Mark::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::severity::Severity;

    fn compared(sent: &str, stored: &str) -> Note {
        let text = text!("note.mismatch.why", sent = sent, time = "now");
        Note::new(Some(0), "saml", Severity::Error, text!("note.different"), text.clone())
            .comparing(&text, "sent", stored)
    }

    /// The sentence with its marks: `[differs]`, `<cannot be seen>`.
    fn marks(note: &Note) -> String {
        let shown = |run: &Run| match run.mark {
            Mark::Plain => run.text.clone(),
            Mark::Differs => format!("[{}]", run.text),
            Mark::Invisible => format!("<{}>", run.text),
        };
        note.runs.iter().map(shown).collect()
    }

    #[test]
    fn what_differs_is_marked_in_the_value_that_has_it() {
        for (sent, stored, marked) in [
            ("Alex.Doe", "alex.doe", "“[A]lex.[D]oe”"),
            ("alex ", "alex", "“alex<‹space (U+0020)›>”"),
            ("al\u{200b}ex", "alex", "“al<‹zero width space (U+200B)›>ex”"),
            ("alex", "al\u{202e}ex", "GitLab has stored “al<‹mark of writing direction (U+202E)›>ex”"),
            ("alex", "alex1", "GitLab has stored “alex[1]”"),
            ("alex", "a\u{200b}le\u{202e}x", "stored “a<‹zero width space (U+200B)›>le<‹mark of writing"),
            ("a\u{200b}lex", "al\u{ad}ex", "“a<‹zero width space (U+200B)›>lex”"),
            ("a\u{200b}lex", "al\u{ad}ex", "stored “al<‹soft hyphen (U+00AD)›>ex”"),
        ] {
            let note = compared(sent, stored);
            assert!(marks(&note).contains(marked), "{sent} {stored}: {}", marks(&note));
            let joined: String = note.runs.iter().map(|run| run.text.as_str()).collect();
            assert_eq!(joined, note.text.to_string(), "the runs are the sentence");
        }
        for (sent, stored) in [("alex", "alex"), ("Chidi Brook 4139", "9f1c02aa-77d1"), ("robin", "alex-1")] {
            assert!(compared(sent, stored).runs.is_empty(), "{sent} {stored}");
        }
    }

    #[test]
    fn a_sentence_that_has_both_values_has_both_marked() {
        let text = text!("note.member-differs.why", sent = "alex", stored = "al\u{200b}eX", time = "now");
        let note = Note::new(Some(0), "badges", Severity::Error, text!("note.different"), text.clone());
        let note = note.comparing(&text, "sent", "al\u{200b}eX");
        let marks = marks(&note);
        assert!(
            marks.contains("“al[ex]”") && marks.contains("“al<‹zero width space (U+200B)›>[eX]”"),
            "{marks}"
        );
        assert_eq!(marks.matches("stored").count(), 1, "{marks}");
    }

    #[test]
    fn of_a_long_value_what_differs_is_shown_and_the_middle_of_the_rest_is_not() {
        let long = "0123456789".repeat(20);
        let note = compared(&format!("{long}X{long}"), &format!("{long}x{long}"));
        let text = note.text.to_string();
        assert!(marks(&note).contains("9[X]0") && text.contains('…') && text.len() < 300, "{text}");
    }

    /// Whatever Unicode has that shows nothing, or turns the text round, does not stand in a note as it is.
    #[test]
    fn no_character_that_cannot_be_seen_stands_in_a_note() {
        let hidden = hidden_characters();
        assert!(hidden.len() > 4_000, "{} characters", hidden.len());
        for c in hidden {
            let value = format!("a{c}b");
            let plain = Note::new(
                None,
                "saml",
                Severity::Info,
                text!("note.match"),
                text!("note.own.why", page = value, own = ""),
            );
            for note in [compared(&value, "ab"), compared("ab", &value), compared(&value, &value), plain] {
                let text = note.text.to_string();
                let name = format!("(U+{:04X})", u32::from(c));
                assert!(!text.contains(c) && text.contains(&name), "U+{:04X}: {text:?}", u32::from(c));
                assert!(note.runs.iter().all(|run| !run.text.contains(c)), "U+{:04X}", u32::from(c));
            }
        }
    }

    /// Of the classes Cc, Cf, Zl, Zp, Zs but for the plain space, and what is ignorable by default.
    fn hidden_characters() -> Vec<char> {
        let class = r"[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]--\x20]";
        let hir = regex_syntax::parse(class).unwrap();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = hir.kind() else {
            panic!("a class of characters")
        };
        class.iter().flat_map(|range| range.start()..=range.end()).collect()
    }
}
