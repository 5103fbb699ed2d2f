//! [`ForMembers`]: what goes to the members that a query finds. Their e-mail addresses, or a message to them,
//! one a verdict: what the member is to do, in the member's words.
//!
//! A part at a time, as the table's file is. It holds addresses, so it is made only when a person asks for
//! it, and goes to the clipboard alone. Leaves out what the owner is to do, which is the verdict's repair.

use super::{
    join::{Joined, Line},
    member_verdict::MemberVerdict,
    table::{Known, Query, row},
};
use crate::{base::number::thousands, text};
use serde::{Deserialize, Serialize};

/// A thing that can be had for the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForMembers {
    /// Their addresses, with a comma between two.
    Addresses,
    /// A message, one a verdict.
    Message,
}

/// A part of it, for those whom a query finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WantedForMembers {
    /// Addresses or messages.
    pub what: ForMembers,
    /// Those whom the table shows.
    pub of: Query,
    /// The place where it begins: 0, or where the part before said.
    pub start: usize,
}

impl ForMembers {
    /// The text between two parts.
    pub fn between(self) -> &'static str {
        match self {
            ForMembers::Addresses => ", ",
            ForMembers::Message => "\n\n",
        }
    }
}

/// The text that goes to the members of these lines, those of one verdict together in the order of the lines.
/// `sso` is the group's single sign-on URL.
pub fn for_members(
    what: ForMembers,
    joined: &Joined,
    known: Known<'_>,
    lines: &[Line],
    (group, sso): (&str, &str),
) -> String {
    match what {
        ForMembers::Addresses => Recipients::of(joined, known, lines).addresses.join(what.between()),
        ForMembers::Message => {
            let messages = lines.chunk_by(|one, other| one.standing == other.standing).map(|alike| {
                let standing = alike.first().map_or(MemberVerdict::Unknown, |line| line.standing);
                message(standing, &Recipients::of(joined, known, alike), group, sso)
            });
            messages.collect::<Vec<_>>().join(what.between())
        }
    }
}

/// The members who get one message.
struct Recipients {
    addresses: Vec<String>,
    /// Members whose address GitLab does not show.
    unknown: Vec<String>,
}

impl Recipients {
    fn of(joined: &Joined, (roll, captures, _): Known<'_>, lines: &[Line]) -> Self {
        let mut all = Recipients { addresses: Vec::new(), unknown: Vec::new() };
        for line in lines {
            let row = row(joined, roll, captures, line);
            match row.email {
                Some(email) => all.addresses.push(email),
                None => all.unknown.push(row.label),
            }
        }
        all
    }
}

fn message(standing: MemberVerdict, to: &Recipients, group: &str, sso: &str) -> String {
    let kind = standing.kind();
    let count = thousands(to.addresses.len() + to.unknown.len());
    let mut said = vec![text!("letter.of", word = (kind.word)(), count = count).to_string()];
    match kind.letter {
        None => said.push(text!("letter.none").to_string()),
        Some(letter) => {
            if !to.addresses.is_empty() {
                said.push(text!("letter.to", addresses = to.addresses.join(", ")).to_string());
            }
            if !to.unknown.is_empty() {
                said.push(text!("letter.unknown", members = to.unknown.join(", ")).to_string());
            }
            said.push(text!("letter.subject", group = group).to_string());
            said.extend([String::new(), text!("letter.hello").to_string(), String::new()]);
            said.push(letter(sso).to_string());
        }
    }
    said.push(String::new());
    said.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gitlab::passwords,
        group::{member_verdict::MEMBER_VERDICTS, tests::Group},
    };

    const SSO: &str = "https://gitlab.com/groups/acme/-/saml/sso";

    #[test]
    fn the_members_of_a_verdict_get_one_message_and_those_without_an_address_are_named() {
        let users = [(1, "ada", "-", "-", "-"), (2, "ben", "-", "-", "-"), (3, "cy", "c", "c", "c")];
        let mut group = Group::captured(&users);
        group.roll.change(2, |person| person.emails.clear());
        let (joined, captures) = (group.joined(), group.captures());
        let known = (&group.roll, &captures, None);
        let given = |what| for_members(what, &joined, known, &joined.lines, ("acme", SSO));
        assert_eq!(given(ForMembers::Addresses), "ada@example.com, cy@example.com");
        let message = given(ForMembers::Message);
        let [link, good] = &message.split("\n\n\n").collect::<Vec<_>>()[..] else { panic!("{message}") };
        assert!(link.starts_with("Never linked: 2\nTo: ada@example.com\n"), "{message}");
        assert!(link.contains("BEN (@ben)") && link.contains(SSO) && link.contains("Authorize"), "{message}");
        assert!(good.starts_with("Match: 1\n") && !good.contains("cy@example.com"), "{message}");
    }

    /// Not everybody has a password, and nobody is told what only an owner can do.
    #[test]
    fn a_message_asks_for_nothing_that_the_member_cannot_do() {
        let letters = MEMBER_VERDICTS.iter().filter_map(|kind| Some((kind, kind.letter?(SSO).to_string())));
        let letters: Vec<_> = letters.collect();
        assert!(letters.len() > 10, "{} messages", letters.len());
        for (kind, letter) in letters {
            assert!(!passwords::needs_password(&letter), "{:?}: {letter}", kind.standing);
            for word in ["NameID", "SCIM", "extern_uid", "API", "{"] {
                assert!(!letter.contains(word), "{:?}: {letter}", kind.standing);
            }
        }
    }
}
