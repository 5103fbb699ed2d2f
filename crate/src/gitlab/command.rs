//! Commands to copy: curl, with a placeholder where the person's own access belongs. Nothing here asks for
//! it.
//!
//! Quoting is that of a POSIX shell (Shell Command Language, 2.2): all that comes from outside stands between
//! single quotes; only the placeholder stands between double quotes, where the shell fills it from the
//! environment. Addresses and fields are percent-encoded, so that no character of theirs acts upon a terminal
//! or hides from the reader.

use super::path;

/// An HTTP request as people copy it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// `GET`, `PATCH`.
    pub method: &'static str,
    /// The address that it is sent to.
    pub url: String,
    /// The header with the placeholder: `PRIVATE-TOKEN: $GITLAB_TOKEN`.
    pub access: &'static str,
    /// The content that it sends.
    pub sends: Sends,
}

/// The content that a request sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sends {
    /// It sends nothing.
    Nothing,
    /// One field of a form.
    Field(&'static str, String),
    /// Text of this media type.
    Text(&'static str, &'static str),
}

impl Command {
    /// For a shell. It prints the answer and then its status, in a line of its own.
    pub fn shell(&self) -> String {
        let mut parts =
            vec![format!("curl --request {}", self.method), format!("--header \"{}\"", self.access)];
        match &self.sends {
            Sends::Nothing => {}
            Sends::Field(name, value) => {
                parts.push(format!("--data {}", quoted(&path::form_field(name, value))))
            }
            Sends::Text(media_type, text) => {
                parts.push(format!("--header {}", quoted(&format!("Content-Type: {media_type}"))));
                parts.push(format!("--data {}", quoted(text)));
            }
        }
        parts.push("--write-out '\\nstatus %{http_code}\\n'".into());
        parts.push(quoted(&self.url));
        parts.join(" \\\n  ")
    }
}

/// Between single quotes; a single quote itself stands outside of them.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_stays_one_word_of_the_shell() {
        let hostile = "x'; rm -rf ~ #$(id)`id`\n\"$HOME\"\u{9b}31m\u{202e}";
        let command = Command {
            method: "PATCH",
            url: "https://gitlab.com/api/v4/groups/acme/saml/a".into(),
            access: "PRIVATE-TOKEN: $GITLAB_TOKEN",
            sends: Sends::Field("extern_uid", hostile.into()),
        };
        let written = command.shell();
        let is_plain = |c: char| c == '\n' || c == ' ' || c.is_ascii_graphic();
        assert!(written.chars().all(is_plain), "{written}");
        // The shell itself says what it makes of it.
        let script =
            format!("GITLAB_TOKEN=t; HOME=/; curl() {{ printf '%s\\0' \"$@\"; }}; {}", command.shell());
        let said = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let words: Vec<&str> = said.split_terminator('\0').collect();
        let field = path::form_field("extern_uid", hostile);
        let expected = [
            "--request",
            "PATCH",
            "--header",
            "PRIVATE-TOKEN: t",
            "--data",
            &field,
            "--write-out",
            "\\nstatus %{http_code}\\n",
            "https://gitlab.com/api/v4/groups/acme/saml/a",
        ];
        assert_eq!(words, expected);
    }
}
