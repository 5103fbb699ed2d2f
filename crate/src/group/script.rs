//! [`Script`]: the corrections of a whole group as two shell scripts that a person reads and runs, one to
//! make them and one to take them back (`script/correct.sh`).
//!
//! Rows R26, R27 and R36 to R39. Where a NameID was captured for a member, a correction is what a single
//! repair offers, by the same refusals and doubts ([`super::repair`]). Of others the script alone, never the
//! browser, may carry what is expected, each with its ground: at least [`SHOWN`] captured sign-ins show the
//! field and none speaks against it, exactly one row of the list has the member's confirmed address, and
//! nobody else has the value. All others are left out, each with the reason. Leaves out: SCIM identifiers of
//! whom nothing was captured.

use super::{
    captured::Captures,
    expected::{Chosen, Evidence, Expectation},
    join::{Joined, other_owner, other_owner_of},
    members::{Identity, Roll},
    repair::{self, Offer},
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    gitlab::{instance::Instance, path, stored::StoredValue},
    scim::Statement,
    text,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Captured sign-ins that must show the field of the NameID before it is believed of others.
pub const SHOWN: usize = 5;

/// The script before it is filled in.
const TEMPLATE: &str = include_str!("script/correct.sh");

/// One correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The user's number.
    pub user: u64,
    /// Without `@`.
    pub username: Option<String>,
    /// The identity that it is about.
    pub identity: Identity,
    /// The identifier that GitLab has.
    pub from: String,
    /// The one that it is to have.
    pub to: String,
    /// The reason for it.
    pub ground: Ground,
}

/// The reason for a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// A sign-in of this user sent it.
    Captured,
    /// The identity provider's list has it, in the field that sign-ins of others show.
    Expected,
}

/// A member whose identifier differs, and is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The user's number.
    pub user: u64,
    /// `Ada Low (@ada)`.
    pub member: String,
    /// The identity that it is about.
    pub identity: Identity,
    /// The reasons.
    pub because: Vec<String>,
}

/// The names of the files: the script that corrects, the one that takes it back, and who is left out.
pub const FILES: [&str; 3] = ["change.sh", "undo.sh", "left-out.txt"];

/// Members whom one part is about at most.
pub const PART: usize = 2_000;

/// The ends of a file that a part has.
#[derive(Clone, Copy, Debug)]
struct Ends {
    begins: bool,
    is_last: bool,
}

/// Both ends: the file is whole.
const WHOLE: Ends = Ends { begins: true, is_last: true };

/// A part of the three files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScriptPart {
    /// Of each of [`FILES`]; it follows what came before.
    pub files: [String; 3],
    /// The part in numbers.
    pub tally: ScriptTally,
    /// The place where the next part begins; absent in the last.
    pub next: Option<usize>,
}

impl ScriptPart {
    /// This part, and the `next` behind it.
    pub fn with(self, next: ScriptPart) -> Self {
        let ScriptPart { files: [change, undo, left_out], tally, .. } = self;
        let [more_change, more_undo, more_left_out] = &next.files;
        let files = [change + more_change, undo + more_undo, left_out + more_left_out];
        let (one, other) = (tally, next.tally);
        let tally = ScriptTally {
            corrections: one.corrections + other.corrections,
            expected: one.expected + other.expected,
            left_out: one.left_out + other.left_out,
        };
        ScriptPart { files, tally, next: next.next }
    }
}

/// The corrections in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptTally {
    /// Identifiers that are corrected.
    pub corrections: usize,
    /// Those of them that are expected, and were not captured.
    pub expected: usize,
    /// Identifiers that differ and stay as they are.
    pub left_out: usize,
}

impl ScriptTally {
    /// It in words, with the places of the [`FILES`].
    pub fn statement(self, [change, undo, left_out]: [&str; 3]) -> Statement {
        let first = match self.corrections {
            0 => text!("script.none"),
            count => text!("script.some", count = count, file = change, undo = undo),
        };
        let expected = (self.expected > 0).then(|| text!("script.expected", count = self.expected));
        let left_out =
            (self.left_out > 0).then(|| text!("script.left-out", count = self.left_out, file = left_out));
        let said = [Some(first), expected, left_out].into_iter().flatten();
        Statement {
            heading: Some(text!("script.heading").to_string()),
            sentences: said
                .map(|text| Sentence { severity: Severity::Info, text: text.to_string() })
                .collect(),
            ..Statement::default()
        }
    }
}

/// The corrections of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Script {
    #[serde(skip)]
    instance: Instance,
    #[serde(skip)]
    group: String,
    /// By user's number.
    pub corrections: Vec<Correction>,
    /// By user's number.
    pub left_out: Vec<LeftOut>,
}

impl Script {
    /// The corrections of the group at `group`.
    pub fn of(
        (roll, captures, joined): (&Roll, &Captures, &Joined),
        (instance, group): (&Instance, &str),
        expectation: Option<&Expectation<'_>>,
    ) -> Self {
        Script::of_lines((roll, captures, joined), (instance, group), expectation, 0..joined.lines.len())
    }

    /// Those of the members in these places.
    fn of_lines(
        (roll, captures, joined): (&Roll, &Captures, &Joined),
        (instance, group): (&Instance, &str),
        expectation: Option<&Expectation<'_>>,
        places: Range<usize>,
    ) -> Self {
        let mut script = Script {
            instance: instance.clone(),
            group: group.to_owned(),
            corrections: Vec::new(),
            left_out: Vec::new(),
        };
        for user in joined.lines.iter().skip(places.start).take(places.len()).map(|line| line.id) {
            for identity in [Identity::Saml, Identity::Scim] {
                if captures.of_user(user).is_some() {
                    script.captured(roll, captures, user, identity);
                } else if let Some(expectation) = expectation.filter(|_| identity == Identity::Saml) {
                    script.expected(roll, captures, user, expectation);
                }
            }
        }
        script
    }

    /// The correction that a single repair offers.
    fn captured(&mut self, roll: &Roll, captures: &Captures, user: u64, identity: Identity) {
        let plan = repair::plan(roll, captures, (&self.instance, &self.group), user, identity, 0);
        let Some(plan) = plan else { return };
        let (Some(from), Some(to)) = (plan.current, plan.wanted) else { return };
        if identity.accepts(&to, &from) {
            return;
        }
        match plan.offer {
            Offer::Change { .. } => self.correct(roll, user, identity, (from, to), Ground::Captured),
            Offer::Refused { because } | Offer::CommandOnly { because } => {
                self.left_out.push(LeftOut { user, member: plan.member, identity, because });
            }
        }
    }

    /// The correction towards what is expected.
    fn expected(&mut self, roll: &Roll, captures: &Captures, user: u64, expectation: &Expectation<'_>) {
        let identity = Identity::Saml;
        let Some(person) = roll.person(user) else { return };
        let StoredValue::Known(from) = person.saml.clone() else { return };
        let Some(to) = expectation.members.get(&user).and_then(|it| it.name_id.clone()) else { return };
        if identity.accepts(&to, &from) {
            return;
        }
        let shown = match &expectation.name_id {
            Chosen::Found(field, Evidence::Sent) => field.tally(Evidence::Sent).equal,
            Chosen::Named(field) | Chosen::Configured(field) if field.tally(Evidence::Sent).other == 0 => {
                field.tally(Evidence::Sent).equal
            }
            _ => 0,
        };
        let is_twice = expectation.same_value.contains_key(&to.to_lowercase());
        let is_contradicted = captures.claim_of(user).is_some_and(|claim| claim.name_id != to);
        let is_writable = path::is_addressable(&from) && path::is_addressable(&to);
        let reasons = [
            (shown < SHOWN, text!("change-script.few", count = shown, needed = SHOWN)),
            (is_twice, text!("change-script.same-value")),
            (is_contradicted, text!("repair.refused.claimed")),
            (!is_writable, text!("repair.doubt.slash")),
            (captures.refused(user).is_some(), text!("change-script.refused")),
            (captures.also_sent_for(&to, user).is_some(), text!("repair.refused.sent-for-other")),
            (other_owner(roll, &to, user).is_some(), text!("repair.refused.other-owner")),
            (other_owner_of(roll, &[identity], &from, user).is_some(), text!("repair.refused.ambiguous")),
            (!roll.is_whole(), text!("repair.doubt.incomplete")),
        ];
        let because: Vec<String> =
            reasons.iter().filter(|(holds, _)| *holds).map(|(_, text)| text.to_string()).collect();
        match because.is_empty() {
            true => self.correct(roll, user, identity, (from, to), Ground::Expected),
            false => {
                let member = person.member(user).label();
                self.left_out.push(LeftOut { user, member, identity, because });
            }
        }
    }

    fn correct(
        &mut self,
        roll: &Roll,
        user: u64,
        identity: Identity,
        (from, to): (String, String),
        ground: Ground,
    ) {
        let username = roll.person(user).and_then(|person| person.username);
        self.corrections.push(Correction { user, username, identity, from, to, ground });
    }

    /// The part of the three files that begins with the member in the place `start`.
    pub fn part(
        (roll, captures, joined): (&Roll, &Captures, &Joined),
        of: (&Instance, &str),
        expectation: Option<&Expectation<'_>>,
        start: usize,
    ) -> ScriptPart {
        let (end, all) = (start.saturating_add(PART), joined.lines.len());
        let script = Script::of_lines((roll, captures, joined), of, expectation, start..end);
        let next = Some(end).filter(|end| *end < all);
        let ends = Ends { begins: start == 0, is_last: next.is_none() };
        let files = [script.change_part(ends), script.undo_part(ends), script.reasons()];
        ScriptPart { files, tally: script.tally(), next }
    }

    /// The contents of [`FILES`].
    pub fn files(&self) -> [String; 3] {
        [self.change(), self.undo(), self.reasons()]
    }

    /// The script that makes them.
    pub fn change(&self) -> String {
        self.change_part(WHOLE)
    }

    /// The script that takes them back; what was not changed stays as it is.
    pub fn undo(&self) -> String {
        self.undo_part(WHOLE)
    }

    fn change_part(&self, ends: Ends) -> String {
        let words = [text!("change-script.change"), text!("change-script.change.other")];
        self.filled(FILES[0], words, ends, |it| (&it.from, &it.to))
    }

    fn undo_part(&self, ends: Ends) -> String {
        let words = [text!("change-script.undo"), text!("change-script.undo.other")];
        self.filled(FILES[1], words, ends, |it| (&it.to, &it.from))
    }

    /// The members who are left out, each with the reasons.
    fn reasons(&self) -> String {
        let line =
            |it: &LeftOut| format!("{} ({}): {}\n", it.member, it.identity.text(), it.because.join(" "));
        self.left_out.iter().map(line).collect()
    }

    /// It in numbers.
    pub fn tally(&self) -> ScriptTally {
        let expected = self.corrections.iter().filter(|it| it.ground == Ground::Expected).count();
        ScriptTally { corrections: self.corrections.len(), expected, left_out: self.left_out.len() }
    }

    fn filled(
        &self,
        name: &str,
        [title, other]: [Text; 2],
        ends: Ends,
        of: impl Fn(&Correction) -> (&String, &String),
    ) -> String {
        // All that comes from outside is percent-encoded or a plain name, so nothing acts upon the shell.
        let plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        let line = |it: &Correction| {
            let (from, to) = of(it);
            let (from, to) = (path::segment(from)?, path::segment(to)?);
            let name = it.username.as_ref().filter(|name| plain(name)).map_or("", String::as_str);
            Some(format!("change {} '{from}' '{to}' {} '{name}'\n", it.identity.segment(), it.user))
        };
        let changes: String = self.corrections.iter().filter_map(line).collect();
        let group = path::segment(&self.group).unwrap_or_default();
        let root = self.instance.url("");
        // The address comes last: it alone could have the name of a place in it.
        let (title, other) = (title.to_string(), other.to_string());
        let filled = [
            ("{name}", name),
            ("{title}", title.as_str()),
            ("{other}", other.as_str()),
            ("{group}", &group),
            ("{root}", &root.replace('\'', "%27")),
        ];
        let fill =
            |part: &str| filled.iter().fold(part.to_owned(), |it, (place, text)| it.replace(place, text));
        let (head, tail) = TEMPLATE.split_once("{changes}").unwrap_or((TEMPLATE, ""));
        let head = if ends.begins { fill(head) } else { String::new() };
        let tail = if ends.is_last { fill(tail) } else { String::new() };
        head + &changes + &tail
    }
}

#[cfg(test)]
mod tests;
