//! [`Clues`]: the parts of a text by which more is found that is at hand: the meanings of its messages, and
//! the users and the groups that it names.
//!
//! The text itself stays where it was given; the clues go to where the trace is. Leaves out what is found by
//! them: sign-ins ([`view::at_hand`](crate::view::at_hand)), requests in a log
//! ([`scim::answered`](crate::scim::answered)) and members of a group
//! ([`group::check`](crate::group::check)).

use super::{Explained, PASTED, Reading, explain, known, plain};
use crate::{
    base::{counted::stepped, redact::Secret},
    scim::{
        Statement,
        answered::{self, Asked},
        messages::between,
        story::Again,
    },
};
use serde::{Deserialize, Serialize};

/// The parts of a text by which more is found. Two messages are the same where their meanings are, in words:
/// so it does not matter how they were wrapped, or in which language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clues {
    /// The meanings of its messages about signing in and of pages.
    pub sign_in: Vec<String>,
    /// The meanings of the identity provider's messages.
    pub provider: Vec<String>,
    /// The meanings of its messages about provisioning.
    pub provisioning: Vec<String>,
    /// Values that can name a user: identifiers, e-mail addresses, user names. One can be anything that
    /// stands in a text, so it does not print.
    pub users: Vec<Secret<String>>,
    /// The paths of the groups that it names.
    pub groups: Vec<String>,
}

/// Values of each kind that are kept of a text.
const MOST: usize = 20;

impl Clues {
    /// The clues in `text`; none where no message in it is known.
    pub fn of(text: &str) -> Self {
        Clues::with(&explain(text).explained, text)
    }

    /// The same of a text that was explained.
    pub(super) fn with(explained: &[Explained], text: &str) -> Self {
        let mut clues = Clues::default();
        for it in explained.iter().filter(|it| !known::is_frame(it.key)) {
            let of_reading = match it.reading {
                Reading::Saml | Reading::Page => &mut clues.sign_in,
                Reading::Provider => &mut clues.provider,
                Reading::Scim => &mut clues.provisioning,
            };
            of_reading.push(it.means.clone());
        }
        if !clues.is_empty() {
            stepped(text.len());
            let pasted: String = text.chars().take(PASTED).collect();
            let text = plain::plain(&pasted);
            (clues.users, clues.groups) = (users(&text), groups(&text));
        }
        clues
    }

    /// The newest requests in the log `file`, whose octets `read` gives, that were refused with an answer of
    /// `text`, which these clues are of.
    pub fn refused(&self, text: &str, file: &str, read: Again<'_>) -> Vec<Statement> {
        if self.provisioning.is_empty() {
            return Vec::new();
        }
        let answer = explain(text);
        let of_scim = answer.explained.iter().filter(|it| it.reading == Reading::Scim);
        let keys: Vec<&'static str> = of_scim.map(|it| it.key).collect();
        let users: Vec<&str> = self.users.iter().map(|user| user.expose().as_str()).collect();
        answered::refused(file, read, &Asked { keys: &keys, users: &users, groups: &self.groups })
    }

    /// Whether nothing can be found by them.
    pub fn is_empty(&self) -> bool {
        self.sign_in.is_empty() && self.provider.is_empty() && self.provisioning.is_empty()
    }

    /// Whether the text can be about the group at `path`: it names it, or none. GitLab finds paths whatever
    /// their case.
    pub fn can_be_of(&self, path: &str) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|group| group.eq_ignore_ascii_case(path))
    }
}

/// Fields that have the identifier or the name of a user behind them.
const FIELDS: [&str; 5] = ["externalid", "extern_uid", "username", "nameid", "name_id"];

/// The values in `text` that can name a user.
fn users(text: &str) -> Vec<Secret<String>> {
    const LONGEST: usize = 200;
    let is_border = |c: char| c.is_whitespace() || "\"'`“”‘’„«»,;=<>(){}[]|".contains(c);
    let words = text.split(is_border).map(|word| word.trim_matches(['.', ':', '!', '?']));
    let resource = between(text, "Resource ", " not found").filter(|id| !id.contains(char::is_whitespace));
    let mut users: Vec<Secret<String>> = resource.into_iter().map(Secret::new).collect();
    let mut is_behind_field = false;
    for word in words.filter(|word| !word.is_empty() && word.len() <= LONGEST) {
        let is_new = || !users.iter().any(|known| known.expose() == word);
        if users.len() < MOST && (is_behind_field || is_identifier(word)) && is_new() {
            users.push(word.into());
        }
        is_behind_field = FIELDS.iter().any(|field| field.eq_ignore_ascii_case(word));
    }
    users
}

/// Whether a word looks like nothing but an e-mail address or an identifier: letters with digits, and no
/// address, time or code of an error.
fn is_identifier(word: &str) -> bool {
    let (digits, letters) = (|c: char| c.is_ascii_digit(), |c: char| c.is_alphabetic());
    let is_date = word.get(4..5) == Some("-") && word.get(7..8) == Some("-");
    let is_other = word.contains(['/', '\\']) || word.starts_with("urn:") || is_date;
    let is_code = ["AADSTS", "MSIS", "HTTP"].iter().any(|code| word.starts_with(code));
    let is_email = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    !is_other
        && !is_code
        && (is_email || (word.len() >= 4 && word.contains(digits) && word.contains(letters)))
}

/// The paths of the top-level groups that `text` names, by an address or in GitLab's words.
fn groups(text: &str) -> Vec<String> {
    let by_address = text.split("groups/").skip(1).filter_map(|rest| {
        let is_end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let path = rest.split(is_end).next()?.trim_end_matches('.');
        (!path.is_empty() && !path.starts_with('-')).then(|| path.to_owned())
    });
    let by_words = [" not found", " does not have SAML SSO"].into_iter().filter_map(|end| {
        let path = between(text, "Group ", end)?;
        (!path.is_empty() && !path.contains(char::is_whitespace)).then_some(path)
    });
    let mut groups: Vec<String> = Vec::new();
    for path in by_words.chain(by_address).take(MOST) {
        if !groups.contains(&path) {
            groups.push(path);
        }
    }
    groups
}
