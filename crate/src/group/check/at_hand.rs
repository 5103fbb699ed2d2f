//! The members of the group that was read whom a message about provisioning is about: those that its text
//! names, or, where it names nobody, those to whom it can apply by what GitLab has stored for them.
//!
//! gitlab-facts 5.4, S01 to S04; rows R45 and R46. Their three identifiers are compared as in the group's
//! table. Leaves out groups that were not read to the end, and messages about sign-ins
//! ([`view::at_hand`](crate::view::at_hand)).

use super::GroupCheck;
use crate::{
    base::{
        catalogue::Text,
        order::sort_by_key,
        severity::{Sentence, Severity, Step},
    },
    explain::clues::Clues,
    group::{
        captured::Captures,
        join::Line,
        member_verdict::MemberVerdict,
        members::Roll,
        plan::PlanState,
        table::{self, RowView},
    },
    scim::Statement,
    text,
    trace::tracer::Tracer,
    view::{
        at_hand::{AtHand, Here, Opens},
        value::visible,
    },
};
use std::collections::HashSet;

/// Members that are told of a text.
const MOST: usize = 3;

/// A message, by its meaning, and the standings of the members whom it can be about.
type Applies = (fn() -> Text, &'static [MemberVerdict]);

/// The messages that are about members of some standings, also where they name nobody.
const APPLIES: [Applies; 4] = [
    (
        || text!("scim-said.user-taken"),
        &[
            MemberVerdict::AllDiffer,
            MemberVerdict::IdpChanged,
            MemberVerdict::ScimDrift,
            MemberVerdict::SamlScimDiffer,
        ],
    ),
    (|| text!("scim-said.uid-taken"), &[MemberVerdict::WrongAccount, MemberVerdict::Crossed]),
    (
        || text!("scim-said.not-linked"),
        &[MemberVerdict::Reactivate, MemberVerdict::LinkSaml, MemberVerdict::NeverLinked],
    ),
    (|| text!("scim-said.domain"), &[MemberVerdict::EmailRefused]),
];

impl GroupCheck {
    /// The members whom the text with these clues is about; nobody where none fits, where it names another
    /// group, or where not all was read.
    pub fn at_hand(&mut self, tracer: &Tracer, clues: &Clues, here: Option<&Here>) -> Vec<AtHand> {
        let (instance, group) = (self.cursor().instance.clone(), self.cursor().group.clone());
        let is_read = self.state() == PlanState::Done;
        if clues.provisioning.is_empty() || !is_read || !clues.can_be_of(&group) {
            return Vec::new();
        }
        let name = text!("at-hand.group", group = group, host = instance);
        let is_here = here.is_some_and(|here| here.is_of(&instance, &group));
        let (roll, snapshot, _) = self.joined(tracer);
        let joined = snapshot.table.joined();
        let mut found: Vec<&Line> = match clues.users.is_empty() {
            false => named(roll, &snapshot.captures, &joined.lines, clues),
            true => {
                let all =
                    APPLIES.iter().filter(|(means, _)| clues.provisioning.contains(&means().to_string()));
                let standings: Vec<MemberVerdict> =
                    all.flat_map(|(_, standings)| *standings).copied().collect();
                joined.lines.iter().filter(|line| standings.contains(&line.standing)).collect()
            }
        };
        sort_by_key(&mut found, |line| line.standing);
        let count = found.len();
        let rows = found.into_iter().take(MOST);
        let rows = rows.map(|line| table::row(joined, roll, &snapshot.captures, line));
        let members = rows.map(|row| member(row, &name, is_here));
        let summary = (clues.users.is_empty() && count > 0).then(|| summary(count, &name));
        summary.into_iter().chain(members).collect()
    }
}

/// The members for whom something is stored, or was sent, that the text names. Case does not count: where
/// only that differs, the member is meant.
fn named<'l>(roll: &Roll, captures: &Captures, lines: &'l [Line], clues: &Clues) -> Vec<&'l Line> {
    // What is exposed is compared, and goes nowhere.
    let words: HashSet<String> = clues.users.iter().map(|word| word.expose().to_lowercase()).collect();
    let is_named = |line: &&Line| {
        let Some(person) = roll.borrowed(line.id) else { return false };
        let sent = captures.of_user(line.id).map(|captured| captured.name_id.as_str());
        let stored = [person.saml.known(), person.scim.known(), person.username.as_deref(), sent];
        let emails = person.emails.iter().map(|email| email.address.as_str());
        stored.into_iter().flatten().chain(emails).any(|value| words.contains(&value.to_lowercase()))
    };
    lines.iter().filter(is_named).collect()
}

/// The number of members to whom a message can apply that names nobody.
fn summary(count: usize, group: &Text) -> AtHand {
    let statement = Statement {
        heading: Some(text!("at-hand.read", group = group).to_string()),
        ..Statement::of(Severity::Info, &text!("at-hand.applies", count = count))
    };
    AtHand { statement: statement.redacted(), opens: Opens::Group }
}

fn member(row: RowView, group: &Text, is_here: bool) -> AtHand {
    let value = |value: &Option<String>| match value {
        Some(value) => format!("“{}”", visible(value, None)),
        None => text!("ui.group.none").to_string(),
    };
    let values =
        text!("at-hand.values", sent = value(&row.name_id), saml = value(&row.saml), scim = value(&row.scim));
    let why = Sentence { severity: row.severity, text: row.why };
    let values = Sentence { severity: Severity::Neutral, text: values.to_string() };
    let statement = Statement {
        heading: Some(text!("at-hand.member", member = row.label, group = group).to_string()),
        sentences: [why, values].into_iter().chain(is_here.then(Here::sentence)).collect(),
        steps: vec![Step { text: row.repair, link: None, by: None }],
    };
    AtHand { statement: statement.redacted(), opens: Opens::Member(row.id) }
}
