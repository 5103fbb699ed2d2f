//! Characters in a NameID that people do not see as they are: white space, invisible characters, marks of
//! direction, letters that look like others, letters in another Unicode form. GitLab keeps them all
//! (ruby-saml trims nothing), so each makes another NameID.
//!
//! Leaves out: most of the confusable characters of Unicode (UTS 39 lists thousands): those that look like
//! letters of ASCII in common fonts are here, of the scripts that keyboards have.

use super::reading::Reading;
use crate::{
    base::{
        catalogue::Text,
        characters::is_invisible,
        flaw::Span,
        normal_form::{is_combining_mark, is_nfc, nfkc},
    },
    text,
    xml::{Element, NodeKind},
};

/// Letters of other scripts, each followed by the letter of ASCII that it looks like: Cyrillic, Greek,
/// Armenian.
const LOOK_ALIKE: &str = "аaеeоoрpсcуyхxіiѕsјjһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTУYХXІIЅSЈJԌGԜW\
                          οoαaνvιiρpυuκkΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX\
                          օoսuհhցg";

/// A character of the NameID and where it stands in the XML.
#[derive(Clone, Copy)]
struct Placed {
    c: char,
    at: Span,
}

/// Reports every character in `name_id` that is not what it seems.
pub(super) fn check(name_id: Element<'_>, reading: &mut Reading) {
    let characters = characters(name_id);
    let is_space = |placed: &Placed| placed.c.is_whitespace();
    let leading = characters.iter().take_while(|placed| is_space(placed)).count();
    let trailing = characters.iter().rev().take_while(|placed| is_space(placed)).count();
    let inner = leading..characters.len().saturating_sub(trailing);
    for (index, placed) in characters.iter().enumerate() {
        crate::base::counted::stepped(1);
        if reading.flaws.is_full() {
            return;
        }
        let Placed { c, at } = *placed;
        let found = if !inner.contains(&index) && c.is_ascii_whitespace() {
            // One flaw for all white space at one end.
            let is_first = index == 0 || index == inner.end;
            is_first.then(|| ("white-space-in-name-id", text!("flaw.outer-space-in-name-id", at = at.start)))
        } else {
            character_flaw(c, at)
        };
        if let Some((code, text)) = found {
            reading.flaw(code, at, text);
        }
    }
    check_letters(&characters, reading);
    check_form(&characters, reading);
}

/// `value` for a sentence: characters that would not be seen as their code points.
pub(super) fn visible(value: &str) -> String {
    const SHOWN: usize = 100;
    let shown = value.chars().take(SHOWN).map(|c| {
        let hidden = is_invisible(c) || c.is_control();
        if hidden { format!("[U+{:04X}]", u32::from(c)) } else { c.to_string() }
    });
    let cut = if value.chars().nth(SHOWN).is_some() { "…" } else { "" };
    shown.collect::<String>() + cut
}

fn character_flaw(c: char, at: Span) -> Option<(&'static str, Text)> {
    let code_point = || format!("U+{:04X}", u32::from(c));
    match c {
        '\t' | '\n' | '\r' => Some((
            "white-space-in-name-id",
            text!("flaw.inner-space-in-name-id", code = code_point(), at = at.start),
        )),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            let text = text!("flaw.bidirectional-in-name-id", code = code_point(), at = at.start);
            Some(("bidirectional-in-name-id", text))
        }
        _ if is_invisible(c) => Some((
            "invisible-in-name-id",
            text!("flaw.invisible-in-name-id", code = code_point(), at = at.start),
        )),
        _ => None,
    }
}

/// Reports letters that look like those of ASCII, in words where they pass for them: beside letters of ASCII,
/// or where all letters of the word are such. A name that is honestly written in another script has others
/// among them.
fn check_letters(characters: &[Placed], reading: &mut Reading) {
    for word in characters.split(|placed| !placed.c.is_alphanumeric()) {
        let mixed = word.iter().any(|placed| placed.c.is_ascii_alphabetic());
        let passes = word.iter().all(|placed| !placed.c.is_alphabetic() || looks_like(placed.c).is_some());
        if !mixed && !passes {
            continue;
        }
        crate::base::counted::stepped(word.len());
        for Placed { c, at } in word {
            if let Some(other) = looks_like(*c) {
                let code = format!("U+{:04X}", u32::from(*c));
                let text = text!("flaw.look-alike-in-name-id", code = code, other = other, at = at.start);
                reading.flaw("look-alike-in-name-id", *at, text);
            }
        }
    }
}

/// The character of ASCII that `c` looks like without being it.
fn looks_like(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let mut pairs = LOOK_ALIKE.chars();
    while let (Some(other), Some(ascii)) = (pairs.next(), pairs.next()) {
        if other == c {
            return Some(ascii);
        }
    }
    // Full-width letters, letters of mathematics: the same character in another guise.
    let plain = nfkc(c.encode_utf8(&mut [0; 4]));
    let mut plain = plain.chars();
    plain.next().filter(|first| first.is_ascii_alphanumeric() && plain.next().is_none())
}

/// Reports the first combining mark of a NameID that is not in NFC, the form that keyboards write.
fn check_form(characters: &[Placed], reading: &mut Reading) {
    let value: String = characters.iter().map(|placed| placed.c).collect();
    crate::base::counted::stepped(value.len());
    let mark = characters.iter().find(|placed| is_combining_mark(placed.c));
    if let Some(Placed { at, .. }) = mark.filter(|_| !is_nfc(&value)) {
        let text = text!("flaw.unicode-form-in-name-id", at = at.start);
        reading.flaw("unicode-form-in-name-id", *at, text);
    }
}

/// The characters of the value, each with its place.
fn characters(name_id: Element<'_>) -> Vec<Placed> {
    let mut characters = Vec::new();
    for node in name_id.children() {
        let span = node.span();
        let written = match node.kind() {
            NodeKind::Reference(Some(c)) => {
                characters.push(Placed { c, at: span });
                continue;
            }
            NodeKind::Text => (span.start, node.source()),
            NodeKind::CData => {
                let inner = node.source().strip_prefix("<![CDATA[").unwrap_or(node.source());
                (span.end - inner.len(), inner.strip_suffix("]]>").unwrap_or(inner))
            }
            _ => continue,
        };
        characters.extend(written.1.char_indices().map(|(offset, c)| {
            let start = written.0 + offset;
            Placed { c, at: Span::new(start, start + c.len_utf8()) }
        }));
    }
    characters
}
