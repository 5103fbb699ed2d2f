//! Keys as a person presses them, by the names of the UI Events specification (`key` values), with modifiers:
//! `Tab`, `Shift+Tab`, `Control+a`, `ArrowDown`. Left out: dead keys and layouts other than US.

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// Keys that have a name: key, code, Windows virtual key code, the text they type.
const NAMED: &[(&str, &str, u32, &str)] = &[
    ("Tab", "Tab", 9, ""),
    ("Enter", "Enter", 13, "\r"),
    ("Escape", "Escape", 27, ""),
    ("Space", "Space", 32, " "),
    ("Backspace", "Backspace", 8, ""),
    ("Delete", "Delete", 46, ""),
    ("ArrowLeft", "ArrowLeft", 37, ""),
    ("ArrowUp", "ArrowUp", 38, ""),
    ("ArrowRight", "ArrowRight", 39, ""),
    ("ArrowDown", "ArrowDown", 40, ""),
    ("Home", "Home", 36, ""),
    ("End", "End", 35, ""),
    ("PageUp", "PageUp", 33, ""),
    ("PageDown", "PageDown", 34, ""),
    ("F6", "F6", 117, ""),
    ("/", "Slash", 191, "/"),
    ("[", "BracketLeft", 219, "["),
];

/// Modifiers and their bits in the protocol.
const MODIFIERS: &[(&str, u32)] = &[("Alt", 1), ("Control", 2), ("Meta", 4), ("Shift", 8)];

/// The parameters of the two `Input.dispatchKeyEvent` calls, down and up, of one key press.
pub(super) fn press(keys: &str) -> Result<[Value; 2]> {
    let mut parts: Vec<_> = keys.split('+').collect();
    let Some(name) = parts.pop() else { bail!("no key in {keys:?}") };
    let mut modifiers = 0;
    for part in parts {
        match MODIFIERS.iter().find(|(modifier, _)| *modifier == part) {
            Some((_, bit)) => modifiers |= bit,
            None => bail!("{part:?} in {keys:?} is no modifier"),
        }
    }
    let (key, code, number, text) = key(name)?;
    let types_text = !text.is_empty() && modifiers & !8 == 0;
    let event = |kind: &str| {
        json!({
            "type": kind, "modifiers": modifiers, "key": key, "code": code,
            "windowsVirtualKeyCode": number, "text": if types_text { text.as_str() } else { "" },
        })
    };
    // "keyDown" types the key's text; "rawKeyDown" is for keys that type none.
    let mut up = event("keyUp");
    up["text"] = "".into();
    Ok([event(if types_text { "keyDown" } else { "rawKeyDown" }), up])
}

fn key(name: &str) -> Result<(String, String, u32, String)> {
    if let Some((key, code, number, text)) = NAMED.iter().find(|(known, ..)| *known == name) {
        let key = if *key == "Space" { " " } else { key };
        return Ok((key.to_owned(), (*code).to_owned(), *number, (*text).to_owned()));
    }
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_alphanumeric() => {
            let upper = letter.to_ascii_uppercase();
            let code = if letter.is_ascii_digit() { format!("Digit{letter}") } else { format!("Key{upper}") };
            Ok((letter.to_string(), code, u32::from(upper), letter.to_string()))
        }
        _ => bail!("the harness knows no key {name:?}; add it to the table in browser/keyboard.rs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modified_key_carries_its_modifiers_and_types_nothing() -> Result<()> {
        let [down, up] = press("Shift+Tab")?;
        assert_eq!(
            (&down["type"], &down["modifiers"], &down["key"]),
            (&json!("rawKeyDown"), &json!(8), &json!("Tab"))
        );
        assert_eq!(up["type"], "keyUp");
        assert_eq!(press("Control+a")?[0]["text"], "");
        Ok(())
    }

    #[test]
    fn a_letter_is_typed() -> Result<()> {
        let [down, _] = press("g")?;
        assert_eq!(
            (&down["type"], &down["text"], &down["code"]),
            (&json!("keyDown"), &json!("g"), &json!("KeyG"))
        );
        Ok(())
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(press("Hyper+a").is_err());
        assert!(press("Tabulator").is_err());
    }
}
