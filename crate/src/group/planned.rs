//! A change that somebody plans for a group: another field as the NameID, another identity provider, another
//! SCIM app. Who matches today and afterwards, and the steps in their order, with what each costs.
//!
//! Rows R26, R27, R33 to R35, R40 to R43; GitLab's pages "Troubleshooting SAML" and "Troubleshooting SCIM".
//! Running it again says how far the correction is. Leaves out making any of it: the scripts
//! ([`script`](super::script)) do that, and the people themselves.

use super::{
    expected::{Expectation, MemberStanding, Reader},
    members::Roll,
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Actor, Sentence, Severity, Step},
    },
    gitlab::{docs, instance::Instance},
    scim::Statement,
    text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Members who are named; the others are counted.
const NAMED: usize = 50;

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Another field becomes the NameID.
    Field,
    /// Another identity provider, or another SAML app of the same one.
    Provider,
    /// Another SCIM app.
    ScimApp,
}

impl Change {
    /// Each with its name on the command line.
    pub const NAMED: [(&str, Change); 3] =
        [("field", Change::Field), ("provider", Change::Provider), ("scim-app", Change::ScimApp)];

    fn heading(self) -> Text {
        match self {
            Change::Field => text!("plan.heading.field"),
            Change::Provider => text!("plan.heading.provider"),
            Change::ScimApp => text!("plan.heading.scim-app"),
        }
    }
}

/// The conditions under which a step is taken.
struct Now<'a> {
    change: Change,
    instance: &'a Instance,
    /// Whether the group enforces SSO; `None` where nothing says so.
    is_enforced: Option<bool>,
}

/// A step: when it is taken, by whose hand, its words, and the page that says more.
type PlannedStep = (fn(&Now<'_>) -> bool, Actor, fn(Reader) -> Text, &'static str);

/// The steps in their order.
const STEPS: [PlannedStep; 14] = [
    (|_| true, Actor::GroupOwner, |_| text!("plan.step.owners"), docs::TROUBLESHOOTING),
    (|_| true, Actor::GroupOwner, |_| text!("plan.step.backup"), docs::SAML_API),
    (
        |now| now.is_enforced != Some(false),
        Actor::GroupOwner,
        |_| text!("plan.step.enforcement-off"),
        docs::SET_UP,
    ),
    (|now| now.change == Change::Provider, Actor::GroupOwner, |_| text!("plan.step.settings"), docs::SET_UP),
    (|now| now.change == Change::Field, Actor::IdentityProvider, |_| text!("plan.step.field"), docs::NAME_ID),
    (
        |now| now.change != Change::ScimApp,
        Actor::GroupOwner,
        |_| text!("plan.step.verify"),
        docs::TROUBLESHOOTING,
    ),
    (|now| now.change != Change::ScimApp, Actor::GroupOwner, |_| text!("plan.step.pilot"), docs::NAME_ID),
    (
        |now| now.change != Change::ScimApp,
        Actor::GroupOwner,
        |reader| match reader {
            Reader::CommandLine => text!("plan.step.script.terminal"),
            Reader::Panel => text!("plan.step.script"),
        },
        docs::SAML_API,
    ),
    (|now| now.change != Change::ScimApp, Actor::GroupOwner, |_| text!("plan.step.relink"), docs::LINK),
    (
        |now| now.instance.is_gitlab_com(),
        Actor::IdentityProvider,
        |_| text!("plan.step.remove.group"),
        docs::SCIM,
    ),
    (
        |now| !now.instance.is_gitlab_com(),
        Actor::IdentityProvider,
        |_| text!("plan.step.remove.instance"),
        docs::SCIM,
    ),
    (|_| true, Actor::IdentityProvider, |_| text!("plan.step.sync"), docs::SCIM_MAPPING),
    (
        |_| true,
        Actor::You,
        |reader| match reader {
            Reader::CommandLine => text!("plan.step.progress.terminal"),
            Reader::Panel => text!("plan.step.progress"),
        },
        docs::TROUBLESHOOTING_SCIM,
    ),
    (
        |now| now.is_enforced != Some(false),
        Actor::GroupOwner,
        |_| text!("plan.step.enforcement-on"),
        docs::SET_UP,
    ),
];

/// The members of a list by what becomes of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// Match today and afterwards.
    pub kept: Vec<u64>,
    /// Have the new value already, and do not match today.
    pub ready: Vec<u64>,
    /// Match today, and are refused afterwards.
    pub lost: Vec<u64>,
    /// Do not match today, nor afterwards.
    pub refused: Vec<u64>,
    /// Have no SAML identifier.
    pub unlinked: Vec<u64>,
    /// Nothing can be said of them: not in the list, not surely, or their new value is not known.
    pub unknown: Vec<u64>,
}

/// A change, with what becomes of whom.
#[derive(Debug)]
pub struct Planned<'a> {
    change: Change,
    roll: &'a Roll,
    /// Members who match today, whatever becomes of them; `None` where the field of today's NameID is not
    /// known.
    today: Option<usize>,
    /// Whether the field of the new one is known.
    knows_new: bool,
    reader: Reader,
    /// Members who matched when the plan was begun.
    begun: Option<usize>,
    /// The members by what becomes of them.
    pub outlook: Outlook,
}

impl<'a> Planned<'a> {
    /// The change from what is expected `today` to what is expected `after` it. `None` is for a list that
    /// says nothing of today: a new identity provider's.
    pub fn of(
        change: Change,
        roll: &'a Roll,
        today: Option<&Expectation<'_>>,
        after: &Expectation<'_>,
    ) -> Self {
        let today = today.filter(|today| today.name_id.field().is_some());
        let fits_today = |id| today.is_some_and(|today| today.standing(id) == Some(MemberStanding::Fits));
        let mut outlook = Outlook::default();
        for (id, _) in roll.people() {
            let fits_today = fits_today(id);
            let list = match (after.standing(id), fits_today) {
                (Some(MemberStanding::Fits), true) => &mut outlook.kept,
                (Some(MemberStanding::Fits), false) => &mut outlook.ready,
                (Some(MemberStanding::Refused), true) => &mut outlook.lost,
                (Some(MemberStanding::Refused), false) => &mut outlook.refused,
                (Some(MemberStanding::Unlinked), _) => &mut outlook.unlinked,
                _ => &mut outlook.unknown,
            };
            list.push(id);
        }
        let today = today.map(|_| roll.people().filter(|(id, _)| fits_today(*id)).count());
        let (knows_new, reader) = (after.name_id.field().is_some(), after.reader);
        Planned { change, roll, today, knows_new, reader, begun: None, outlook }
    }

    /// The same, with how many matched when the plan was begun.
    pub fn since(self, begun: Option<usize>) -> Self {
        Planned { begun, ..self }
    }

    /// The members who match after the change.
    pub fn fit(&self) -> usize {
        self.outlook.kept.len() + self.outlook.ready.len()
    }

    /// It in words: who matches, then the steps.
    pub fn statement(&self, instance: &Instance, is_enforced: Option<bool>) -> Statement {
        let now = Now { change: self.change, instance, is_enforced };
        let steps = STEPS.iter().filter(|(is_taken, ..)| is_taken(&now));
        let steps = steps.map(|(_, by, text, link)| Step {
            text: text(self.reader).to_string(),
            link: Some((*link).to_owned()),
            by: Some(*by),
        });
        let sentences = self.said().into_iter();
        let sentences = sentences.map(|(severity, text)| Sentence { severity, text: text.to_string() });
        let whole = Statement {
            heading: Some(self.change.heading().to_string()),
            sentences: sentences.collect(),
            steps: steps.collect(),
        };
        whole.redacted()
    }

    fn said(&self) -> Vec<(Severity, Text)> {
        let Outlook { lost, refused, unlinked, unknown, .. } = &self.outlook;
        let mut said = Vec::new();
        if !self.knows_new {
            said.push((Severity::Warning, text!("plan.no-field", way = self.way(text!("plan.way.to")))));
            return said;
        }
        said.push(match self.today {
            Some(count) => (Severity::Neutral, text!("plan.today", count = count)),
            None if self.change == Change::Provider => (Severity::Info, text!("plan.today.provider")),
            None => (Severity::Info, text!("plan.today.unknown", way = self.way(text!("plan.way.name-id")))),
        });
        let (fit, all) = (self.fit(), self.roll.people().len());
        let severity = if lost.is_empty() && refused.is_empty() { Severity::Good } else { Severity::Warning };
        said.push((severity, text!("plan.after", count = fit, all = all)));
        let begun = self.begun.filter(|begun| *begun != fit);
        said.extend(begun.map(|begun| (Severity::Info, text!("plan.since", begun = begun, count = fit))));
        let groups = [
            (Severity::Error, lost, (|| text!("plan.lost")) as fn() -> Text),
            (Severity::Error, refused, || text!("plan.refused")),
            (Severity::Info, unlinked, || text!("plan.unlinked")),
            (Severity::Warning, unknown, || text!("plan.unknown")),
        ];
        for (severity, members, words) in groups.into_iter().filter(|(_, members, _)| !members.is_empty()) {
            let text =
                text!("plan.members", what = words(), count = members.len(), names = self.names(members));
            said.push((severity, text));
        }
        said
    }

    /// The way to name a column: `option` is that of the command line.
    fn way(&self, option: Text) -> Text {
        match self.reader {
            Reader::CommandLine => option,
            Reader::Panel => text!("plan.way"),
        }
    }

    fn names(&self, members: &[u64]) -> String {
        let name = |id: &u64| self.roll.person(*id).unwrap_or_default().member(*id).label();
        let mut names: Vec<String> = members.iter().take(NAMED).map(name).collect();
        names.extend((members.len() > NAMED).then(|| "…".to_owned()));
        names.join(", ")
    }

    /// It as JSON.
    pub fn report(&self, instance: &Instance, is_enforced: Option<bool>) -> Value {
        json!({"change": self.change, "members": self.outlook, "statements": [self.statement(instance, is_enforced)]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::expected::{
        Columns,
        tests::{cell, group_of, list, none},
    };

    const PEOPLE: u64 = 60;

    /// Stored is the address; of ten the object id already, of five nothing, of three something else.
    fn stored(id: u64) -> Option<String> {
        match id {
            1..=10 => Some(cell("objectId", id)),
            11..=15 => None,
            16..=18 => Some(format!("other-{id}")),
            _ => Some(cell("mail", id)),
        }
    }

    fn planned(change: Change, instance: &Instance, is_enforced: Option<bool>) -> (Outlook, Statement) {
        let (roll, captures) = group_of(PEOPLE, stored, none, none);
        let directory = list(1..=PEOPLE - 2);
        let column = |name: &str| Columns { name_id: directory.column(name), ..Columns::default() };
        let [today, after] =
            ["mail", "objectId"].map(|name| Expectation::of(&directory, &roll, &captures, column(name)));
        let planned = Planned::of(change, &roll, Some(&today), &after);
        (planned.outlook.clone(), planned.statement(instance, is_enforced))
    }

    #[test]
    fn each_member_is_in_one_list_and_the_numbers_are_theirs() {
        let (outlook, said) = planned(Change::Field, &Instance::gitlab_com(), None);
        assert!(outlook.kept.is_empty());
        assert_eq!(outlook.ready, (1..=10).collect::<Vec<_>>());
        assert_eq!(outlook.unlinked, (11..=15).collect::<Vec<_>>());
        assert_eq!(outlook.refused, (16..=18).collect::<Vec<_>>());
        assert_eq!(outlook.lost, (19..=PEOPLE - 2).collect::<Vec<_>>());
        assert_eq!(outlook.unknown, [PEOPLE - 1, PEOPLE]);
        let text = said.sentences.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n");
        for part in ["40 members", "10 of 60 members", "40: ", "3: ", "5: ", "2: "] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    /// The steps are those of the change, the offering and the group, each once and in the same order.
    #[test]
    fn the_steps_are_those_of_the_change_and_of_the_gitlab() {
        let own = Instance::at("https://gitlab.example.com").unwrap();
        let all: Vec<String> =
            STEPS.iter().map(|(_, _, text, _)| text(Reader::CommandLine).to_string()).collect();
        for (_, change) in Change::NAMED {
            for instance in [&Instance::gitlab_com(), &own] {
                for is_enforced in [None, Some(true), Some(false)] {
                    let (_, said) = planned(change, instance, is_enforced);
                    let steps: Vec<&String> = said.steps.iter().map(|step| &step.text).collect();
                    let places: Vec<usize> =
                        steps.iter().map(|step| all.iter().position(|it| it == *step).unwrap()).collect();
                    assert!(places.is_sorted_by(|one, other| one < other), "{places:?}");
                    let has = |text: Text| steps.contains(&&text.to_string());
                    assert_eq!(has(text!("plan.step.settings")), change == Change::Provider);
                    assert_eq!(has(text!("plan.step.field")), change == Change::Field);
                    assert_eq!(has(text!("plan.step.pilot")), change != Change::ScimApp);
                    assert_eq!(has(text!("plan.step.remove.instance")), instance == &own);
                    assert_eq!(has(text!("plan.step.enforcement-on")), is_enforced != Some(false));
                    assert!(said.steps.iter().all(|step| step.link.is_some()));
                }
            }
        }
    }

    #[test]
    fn where_the_new_field_is_not_known_nobody_is_judged() {
        let (roll, captures) = group_of(PEOPLE, |id| Some(format!("x{id}")), none, none);
        let directory = list(1..=PEOPLE);
        let found = Expectation::of(&directory, &roll, &captures, Columns::default());
        let planned = Planned::of(Change::Provider, &roll, Some(&found), &found);
        let said = planned.statement(&Instance::gitlab_com(), None);
        assert_eq!(said.sentences[0].text, text!("plan.no-field", way = text!("plan.way.to")).to_string());
        assert_eq!(said.sentences.len(), 1);
        assert_eq!(planned.outlook.unknown.len() as u64, PEOPLE);
    }

    /// Those who match today are counted also where the new list does not have them, and a new provider's
    /// list says nothing of today.
    #[test]
    fn who_matches_today_is_counted_apart_from_what_becomes_of_them() {
        let (roll, captures) = group_of(PEOPLE, stored, none, none);
        let directories = [list(1..=PEOPLE), list(1..=20)];
        let [today, after] = [0, 1].map(|at| {
            let name_id = directories[at].column(["mail", "objectId"][at]);
            Expectation::of(&directories[at], &roll, &captures, Columns { name_id, ..Columns::default() })
        });
        let said = |today: Option<&Expectation<'_>>| {
            let planned = Planned::of(Change::Provider, &roll, today, &after);
            let first = planned.statement(&Instance::gitlab_com(), None).sentences.remove(0).text;
            (first, planned.outlook)
        };
        let (first, outlook) = said(Some(&today));
        // Nineteen to sixty have the address; the new list ends at twenty.
        assert_eq!(first, text!("plan.today", count = 42).to_string());
        assert_eq!((outlook.lost.len(), outlook.unknown.len()), (2, 40));
        let (first, outlook) = said(None);
        assert_eq!(first, text!("plan.today.provider").to_string());
        assert!(outlook.kept.is_empty() && outlook.lost.is_empty());
        assert_eq!(outlook.ready, (1..=10).collect::<Vec<_>>());
    }
}
