//! Character classes and names: XML 1.0 (fifth edition) productions 2 `Char`, 3 `S`, 4 `NameStartChar`,
//! 4a `NameChar`, and Namespaces in XML 1.0 productions 4 `NCName` and 7 `QName`.
//!
//! Leaves out XML 1.1.

/// Production 2: what may stand in a document at all.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Production 3: white space; nothing else is, least of all a no-break space.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether all of `text` is white space.
pub(super) fn is_all_space(text: &str) -> bool {
    text.bytes().all(|octet| is_space(char::from(octet)))
}

/// A name without colon.
pub(super) fn is_nc_name(name: &str) -> bool {
    // Nearly all names are of ASCII: octet by octet then, without a way out of the loop.
    let is_ascii_name_char = |c: u8| c.is_ascii_alphanumeric() | matches!(c, b'_' | b'-' | b'.');
    if name.bytes().fold(true, |all, c| all & is_ascii_name_char(c)) {
        return name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    }
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// A name with at most one colon, and something on both sides of it.
pub(super) fn is_q_name(name: &str) -> bool {
    match name.bytes().position(|octet| octet == b':').and_then(|colon| name.split_at_checked(colon)) {
        Some((prefix, local)) => is_nc_name(prefix) && local.strip_prefix(':').is_some_and(is_nc_name),
        None => is_nc_name(name),
    }
}

/// Production 4 without the colon: what a name can begin with.
pub(super) fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ascii_are_names_as_their_characters_say() {
        let by_characters = |name: &str| {
            let mut chars = name.chars();
            chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
        };
        let characters = (0..=0x2FF_u32).filter_map(char::from_u32).chain(['\u{2040}', '\u{FFFE}', '😀']);
        for c in characters {
            for name in [format!("{c}"), format!("a{c}"), format!("a{c}é"), format!("{c}_"), format!("é{c}")]
            {
                assert_eq!(is_nc_name(&name), by_characters(&name), "{name:?}");
            }
        }
        assert!(!is_nc_name(""));
    }
}
