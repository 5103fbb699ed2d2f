//! One member as a list of people tells of them: the standing, the words, and the ground of what is expected.
//!
//! A captured NameID always counts, and what is expected stands beside it. Where nothing was captured and
//! what is stored agrees with itself, the row says in its verdict what the list adds. Leaves out what to do
//! about many at once.

use super::{Chosen, Evidence, Expectation, Expected, Matched};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    comparison::Verdict,
    group::{member_verdict::MemberVerdict, members::Identity, table::RowView},
    text,
    view::value::visible,
};
use serde::{Deserialize, Serialize};

/// The standing of a member by what is expected, those first of whom there is something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberStanding {
    /// Stored with another value.
    Refused,
    /// Several rows have the address.
    Ambiguous,
    /// No row has the address.
    Missing,
    /// Without a SAML identifier.
    Unlinked,
    /// No confirmed address is known.
    WithoutAddress,
    /// It is not known what is expected, or what is stored.
    Unknown,
    /// Stored with what is expected.
    Fits,
}

/// A standing with its severity and its words.
type Kind = (MemberStanding, Severity, fn() -> Text);

/// The standings, in their order.
const KINDS: [Kind; 7] = [
    (MemberStanding::Refused, Severity::Warning, || text!("expected.is.refused")),
    (MemberStanding::Ambiguous, Severity::Warning, || text!("expected.is.ambiguous")),
    (MemberStanding::Missing, Severity::Warning, || text!("expected.is.missing")),
    (MemberStanding::Unlinked, Severity::Info, || text!("expected.is.unlinked")),
    (MemberStanding::WithoutAddress, Severity::Info, || text!("expected.is.without-address")),
    (MemberStanding::Unknown, Severity::Neutral, || text!("expected.is.unknown")),
    (MemberStanding::Fits, Severity::Neutral, || text!("expected.is.fits")),
];

impl MemberStanding {
    fn kind(self) -> &'static Kind {
        static ROWS: [Kind; KINDS.len()] = KINDS;
        ROWS.iter().find(|(standing, ..)| *standing == self).unwrap_or(&ROWS[KINDS.len() - 1])
    }
}

/// The number of members of one standing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingCount {
    /// The standing that they have.
    pub standing: MemberStanding,
    /// Its words.
    pub word: String,
    /// Its severity.
    pub severity: Severity,
    /// The number of members.
    pub count: usize,
}

/// The things that a list tells of one member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedView {
    /// The NameID to expect; never one that was captured.
    pub value: Option<String>,
    /// The standing.
    pub standing: MemberStanding,
    /// Its severity.
    pub severity: Severity,
    /// Its words.
    pub word: String,
    /// All that is to be said of it.
    pub said: Vec<Sentence>,
    /// The field that it is made of, and what speaks for and against that.
    pub ground: Option<String>,
    /// The same in short, for a file: the kind of evidence, with its counts.
    pub by: Option<String>,
}

impl Expected {
    /// The standing by the stored SAML identifier.
    pub(super) fn standing(&self) -> MemberStanding {
        match self.saml {
            Verdict::NotStored => MemberStanding::Unlinked,
            Verdict::Unknown | Verdict::NoNameId => MemberStanding::Unknown,
            verdict if Identity::Saml.rule().accepts(verdict) => MemberStanding::Fits,
            _ => MemberStanding::Refused,
        }
    }

    /// Whether the stored SCIM identifier of who has no SAML identifier is another one.
    pub(super) fn has_other_scim(&self) -> bool {
        self.standing() == MemberStanding::Unlinked
            && !matches!(self.scim, Verdict::NotStored | Verdict::Unknown)
            && !Identity::Scim.rule().accepts(self.scim)
    }
}

impl Matched {
    /// The standing of a user; nothing for who is no person of the group.
    pub fn standing(&self, id: u64) -> Option<MemberStanding> {
        let lists = [
            (MemberStanding::Missing, &self.missing),
            (MemberStanding::Ambiguous, &self.ambiguous),
            (MemberStanding::WithoutAddress, &self.without_address),
        ];
        let listed = || lists.iter().find(|(_, list)| list.binary_search(&id).is_ok());
        self.members.get(&id).map(Expected::standing).or_else(|| listed().map(|(standing, _)| *standing))
    }

    /// The number of members of this standing.
    pub fn count(&self, standing: MemberStanding) -> usize {
        match standing {
            MemberStanding::Missing => self.missing.len(),
            MemberStanding::Ambiguous => self.ambiguous.len(),
            MemberStanding::WithoutAddress => self.without_address.len(),
            _ => self.found.get(standing as usize).copied().unwrap_or_default(),
        }
    }

    /// Counts the members of each standing that there is.
    pub fn counts(&self) -> Vec<StandingCount> {
        let count = |(standing, severity, word): &Kind| {
            let (standing, severity, word) = (*standing, *severity, word().to_string());
            StandingCount { standing, word, severity, count: self.count(standing) }
        };
        KINDS.iter().map(count).filter(|it| it.count > 0).collect()
    }
}

impl Expectation<'_> {
    /// The things that the list tells of a user; nothing of who is no person of the group.
    pub fn of_member(&self, id: u64) -> Option<ExpectedView> {
        let standing = self.standing(id)?;
        let (_, severity, word) = standing.kind();
        let value = self.members.get(&id).and_then(|it| it.name_id.clone());
        let ground = value.as_ref().map(|_| self.said_of_name_id().1.to_string());
        let said = self.said_of_member(id, standing).into_iter();
        Some(ExpectedView {
            by: value.as_ref().and_then(|_| self.shown_by()),
            value,
            standing,
            severity: *severity,
            word: word().to_string(),
            said: said.map(|(severity, text)| Sentence { severity, text: text.to_string() }).collect(),
            ground,
        })
    }

    /// Adds to a row what the list tells.
    pub fn add_to(&self, row: &mut RowView) {
        let Some(view) = self.of_member(row.id) else { return };
        let said = view.said.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" ");
        match row.standing {
            MemberVerdict::AsExpected => row.why = [row.why.as_str(), &said].join(" "),
            MemberVerdict::NotAsExpected => row.why = said,
            _ => {}
        }
        row.expected = Some(view);
    }

    /// All that is to be said of a member.
    fn said_of_member(&self, id: u64, standing: MemberStanding) -> Vec<(Severity, Text)> {
        let member = || self.member(id);
        let Some(expected) = self.members.get(&id) else {
            return match standing {
                MemberStanding::Missing => vec![self.said_of_missing_one(id)],
                MemberStanding::Ambiguous => {
                    vec![(Severity::Warning, text!("expected.ambiguous.one", member = member()))]
                }
                _ => vec![(Severity::Info, text!("expected.without-address.one", member = member()))],
            };
        };
        let Some(value) = &expected.name_id else { return Vec::new() };
        if let Some(captured) = self.captures.of_user(id) {
            let sent = &captured.name_id;
            return vec![match sent == value {
                true => (Severity::Good, text!("expected.sent.same")),
                false => {
                    let (sent, expected) = (visible(sent, None), visible(value, None));
                    (Severity::Warning, text!("expected.sent.other", sent = sent, expected = expected))
                }
            }];
        }
        let shown = visible(value, None).to_string();
        let said = match standing {
            MemberStanding::Refused => self.said_of_refused_one(id, expected, &shown),
            MemberStanding::Unlinked => {
                (Severity::Info, text!("expected.not-linked", member = member(), expected = shown))
            }
            MemberStanding::Fits => {
                (Severity::Neutral, text!("expected.fits", member = member(), expected = shown))
            }
            _ => (Severity::Neutral, text!("expected.unseen", member = member(), expected = shown)),
        };
        let scim = expected.has_other_scim().then(|| self.said_of_scim_one(id, &shown));
        scim.into_iter().chain([said]).collect()
    }

    /// That GitLab has stored another value than is expected.
    pub(super) fn said_of_refused_one(&self, id: u64, it: &Expected, expected: &str) -> (Severity, Text) {
        let (member, stored) = (self.member(id), self.stored(id, Identity::Saml));
        let said = match it.saml {
            Verdict::CaseOnly => {
                text!("expected.case", member = member, expected = expected, stored = stored)
            }
            _ => text!("expected.differs", member = member, expected = expected, stored = stored),
        };
        (Severity::Warning, said)
    }

    /// That GitLab has stored another SCIM identifier than is expected.
    pub(super) fn said_of_scim_one(&self, id: u64, expected: &str) -> (Severity, Text) {
        let (member, stored) = (self.member(id), self.stored(id, Identity::Scim));
        (
            Severity::Warning,
            text!("expected.scim-differs", member = member, expected = expected, stored = stored),
        )
    }

    /// That no row has the address of a member.
    pub(super) fn said_of_missing_one(&self, id: u64) -> (Severity, Text) {
        let person = self.roll.borrowed(id);
        let address = person.and_then(|it| it.primary()).map_or("", |it| it.address.as_str());
        let address = visible(address, None);
        (Severity::Warning, text!("expected.missing.one", member = self.member(id), address = address))
    }

    /// The kind of evidence for the field, with its counts.
    fn shown_by(&self) -> Option<String> {
        let (field, by, name) = match &self.name_id {
            Chosen::Named(field) => (field, Evidence::Sent, "named"),
            Chosen::Configured(field) => (field, Evidence::Sent, "configured"),
            Chosen::Found(field, by) => {
                let name = match by {
                    Evidence::Sent => "sent",
                    Evidence::Told => "told",
                    Evidence::Saml => "saml",
                    Evidence::Scim => "scim",
                };
                (field, *by, name)
            }
            Chosen::Several(..) | Chosen::None(_) => return None,
        };
        let tally = field.tally(by);
        Some(format!("{name} {}/{}", tally.equal, tally.equal + tally.other))
    }
}
