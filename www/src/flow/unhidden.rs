//! Text in which what cannot be seen is made visible.
//!
//! White space becomes a sign in the text itself, because a message is full of it; a rarer character
//! (no-break space, characters without width, marks of direction) becomes a marked box with its code point,
//! and its name as a tip.

use samlight::{base::characters::is_invisible, view::runs};
use sycamore::prelude::*;
use sycamore::web::tags::span;

/// A part of the text.
#[derive(Debug, PartialEq)]
enum TextPart {
    Shown(String),
    Hidden(char),
}

/// The text with everything visible.
pub(crate) fn view(text: &str) -> View {
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        TextPart::Shown(text) => View::from(text),
        TextPart::Hidden(character) => {
            let code = format!("U+{:04X}", u32::from(character));
            let name = runs(&character.to_string(), None).into_iter().find_map(|run| run.name);
            let name = name.unwrap_or_else(|| code.clone());
            let shown = span().class("invisible").attr("role", "img").attr("aria-label", name.clone());
            shown.title(name).children(code).into()
        }
    });
    pieces.collect::<Vec<_>>().into()
}

fn pieces(text: &str) -> Vec<TextPart> {
    let mut pieces = Vec::new();
    let mut shown = String::new();
    for character in text.chars() {
        match character {
            ' ' => shown.push('·'),
            '\t' => shown.push_str("→\t"),
            // The line still ends where it ends.
            '\n' => shown.push_str("↵\n"),
            // Few fonts have a sign for it.
            hidden if hidden == '\r' || is_invisible(hidden) => {
                pieces.push(TextPart::Shown(std::mem::take(&mut shown)));
                pieces.push(TextPart::Hidden(hidden));
            }
            visible => shown.push(visible),
        }
    }
    pieces.push(TextPart::Shown(shown));
    pieces.retain(|piece| *piece != TextPart::Shown(String::new()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_becomes_a_sign_and_what_is_rarer_a_piece_of_its_own() {
        assert_eq!(
            pieces("a b\r\n\t"),
            [TextPart::Shown("a·b".into()), TextPart::Hidden('\r'), TextPart::Shown("↵\n→\t".into())]
        );
        assert_eq!(
            pieces("al\u{200b}ex\u{a0}"),
            [
                TextPart::Shown("al".into()),
                TextPart::Hidden('\u{200b}'),
                TextPart::Shown("ex".into()),
                TextPart::Hidden('\u{a0}')
            ]
        );
        assert_eq!(pieces(""), []);
    }
}
