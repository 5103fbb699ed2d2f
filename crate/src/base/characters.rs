//! Text from octets; characters that people do not see, and what they would take a text for. One list for all
//! that compares, shows or judges identifiers. Leaves out: look-alike letters of other scripts.

use super::normal_form::nfkc;
use std::borrow::Cow;

/// The text that `octets` are in UTF-8, with U+FFFD for what is no character. Nearly all is well-formed, and
/// checking the whole is many times quicker than taking it in chunks, as the standard library does.
pub(crate) fn text_of(octets: &[u8]) -> Cow<'_, str> {
    str::from_utf8(octets).map_or_else(|_| String::from_utf8_lossy(octets), Cow::Borrowed)
}

/// The value as a person would take it: without case, white space and Unicode form. `None` when nothing is
/// left.
pub(crate) fn folded(text: &str) -> Option<String> {
    Some(without_space(&visible_form(text).to_lowercase())).filter(|folded| !folded.is_empty())
}

/// Without the white space that people type: space, tab, line breaks. Others count as invisible characters.
pub(crate) fn without_space(text: &str) -> String {
    super::counted::stepped(text.len());
    text.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}

/// Percent-decoded, in compatibility form, without characters that cannot be seen.
pub(crate) fn visible_form(text: &str) -> String {
    super::counted::stepped(text.len());
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    nfkc(&decoded.chars().filter(|&c| !is_invisible(c)).collect::<String>())
}

/// Characters that show nothing: Unicode's format characters (Cf) and what it calls ignorable by default
/// (joiners, soft hyphen, marks of direction, fillers, selectors, tags), controls, special spaces.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}'
        | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && !c.is_ascii_whitespace())
        || (c.is_whitespace() && !c.is_ascii_whitespace())
}
