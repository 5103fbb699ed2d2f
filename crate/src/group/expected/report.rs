//! An expectation for people and for programs: statements, and the same as JSON.
//!
//! Leaves out members whom it says nothing of: the table has them.

use super::{Chosen, Evidence, Expectation, Expected, Field, Shape, Tally};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    comparison::Verdict,
    group::members::Identity,
    idp::directory::{Column, Ground, Role},
    scim::Statement,
    text,
    view::value::visible,
};
use serde::Serialize;
use serde_json::{Value, json};

/// People of a list that are named one by one; the others are counted.
const NAMED: usize = 50;

/// The whole of an expectation, as JSON has it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The list: its kind, its columns and what they hold.
    directory: Value,
    /// The field of the NameID, and how it is known.
    name_id: Value,
    /// The field of externalId.
    external_id: Value,
    /// The members who are in the list, by number.
    members: Vec<Value>,
    /// Numbers of members of whom the list says nothing: no row, several rows, no address.
    missing: Vec<u64>,
    ambiguous: Vec<u64>,
    without_address: Vec<u64>,
    /// The rows that are of no member, counted from 1 behind the head.
    others: Vec<usize>,
    /// The same in words.
    statements: Vec<Statement>,
}

/// The standing of a member by what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Stored with what is expected.
    Fits,
    /// Stored with another value.
    Refused,
    /// Without a SAML identifier.
    Unlinked,
    /// Nothing is known.
    Unknown,
}

impl Expected {
    fn standing(&self) -> Standing {
        match self.saml {
            Verdict::NotStored => Standing::Unlinked,
            Verdict::Unknown | Verdict::NoNameId => Standing::Unknown,
            verdict if Identity::Saml.rule().accepts(verdict) => Standing::Fits,
            _ => Standing::Refused,
        }
    }
}

impl Expectation<'_> {
    /// It as JSON.
    pub fn report(&self) -> Report {
        let kind = self.directory.kind;
        let columns = self.directory.columns.iter().enumerate().map(|(at, column)| {
            let (role, ground) = column.role.map(|(role, ground)| (named(role), grounded(ground))).unzip();
            let mut cells = (0..self.directory.rows.len()).map(|row| self.directory.cell(row, at));
            let example = cells.find(|cell| !cell.is_empty());
            json!({"name": column.name, "holds": role, "known_by": ground, "example": example})
        });
        let members = self.members.iter().map(|(id, expected)| {
            json!({"id": id, "row": expected.row + 1, "expected_name_id": expected.name_id,
                "saml": expected.saml, "scim": expected.scim})
        });
        Report {
            directory: json!({"provider": kind.map(|kind| kind.provider), "export": kind.map(|kind| kind.export),
                "source": kind.map(|kind| kind.source), "rows": self.directory.rows.len(),
                "unreadable": self.directory.unreadable, "columns": columns.collect::<Vec<_>>(),
                "email": self.email.and_then(|at| self.directory.columns.get(at)).map(|column| &column.name)}),
            name_id: self.chosen(&self.name_id),
            external_id: self.chosen(&self.external_id),
            members: members.collect(),
            missing: self.missing.clone(),
            ambiguous: self.ambiguous.clone(),
            without_address: self.without_address.clone(),
            others: self.others.iter().map(|row| row + 1).collect(),
            statements: self.statements(),
        }
    }

    fn chosen(&self, chosen: &Chosen) -> Value {
        let field = |field: &Field| {
            let tallies = [Evidence::Sent, Evidence::Told, Evidence::Saml, Evidence::Scim];
            let tallies: Vec<Value> =
                tallies.into_iter().map(|by| json!({"by": by, "counts": field.tally(by)})).collect();
            json!({"column": self.directory.columns.get(field.column).map(|column| &column.name),
                "shape": field.shape, "evidence": tallies})
        };
        match chosen {
            Chosen::Named(it) => json!({"known": "named", "field": field(it)}),
            Chosen::Found(it, by) => json!({"known": "found", "by": by, "field": field(it)}),
            Chosen::Several(fields, by) => {
                json!({"known": "several", "by": by, "fields": fields.iter().map(field).collect::<Vec<_>>()})
            }
            Chosen::None(nearest) => {
                json!({"known": "no", "nearest": nearest.as_ref().map(|(it, _)| field(it))})
            }
        }
    }

    /// It in words: the list, the fields, then the members, those who will be refused first.
    pub fn statements(&self) -> Vec<Statement> {
        let fields = [Some(self.said_of_list()), self.said_of_fields()];
        let of_members = [
            self.said_of_refused(),
            self.said_of_unlinked(),
            self.said_of_missing(),
            self.said_of_others(),
            self.said_of_same_values(),
            self.said_of_same_people(),
        ];
        fields.into_iter().chain(of_members).flatten().collect()
    }

    fn said_of_list(&self) -> Statement {
        let rows = self.directory.rows.len();
        let kind = match self.directory.kind {
            Some(kind) => {
                text!("cli.expected.list", rows = rows, provider = kind.provider, export = kind.export)
            }
            None => text!("cli.expected.list.other", rows = rows),
        };
        let unreadable = self.directory.unreadable;
        let unreadable = (unreadable > 0)
            .then(|| (Severity::Warning, text!("cli.expected.unreadable", count = unreadable)));
        let email = match self.email.and_then(|at| self.directory.columns.get(at)) {
            Some(column) => (Severity::Neutral, text!("cli.expected.email", column = shown(&column.name))),
            None => (Severity::Warning, text!("cli.expected.no-email", columns = self.columns())),
        };
        let said = std::iter::once((Severity::Neutral, kind)).chain(unreadable).chain([email]);
        headed(&text!("cli.expected.heading"), said)
    }

    /// The names of the columns, for people.
    fn columns(&self) -> String {
        names(&self.directory.columns)
    }

    fn field(&self, field: &Field) -> Text {
        let column = self.directory.columns.get(field.column).map(|column| column.name.as_str());
        let column = shown(column.unwrap_or_default());
        match field.shape {
            Shape::AsItIs => text!("cli.expected.field.plain", column = column),
            Shape::Small => text!("cli.expected.field.small", column = column),
            Shape::BeforeAt => text!("cli.expected.field.before-at", column = column),
        }
    }

    fn said_of_fields(&self) -> Option<Statement> {
        self.email?;
        let all = |tally: Tally| tally.equal + tally.other;
        let name_id = match &self.name_id {
            Chosen::Named(field) => {
                let (tally, field) = (field.tally(Evidence::Sent), self.field(field));
                let severity = if tally.other > 0 { Severity::Warning } else { Severity::Neutral };
                let said = match all(tally) {
                    0 => text!("cli.expected.named.unseen", field = field),
                    all => text!("cli.expected.named", field = field, equal = tally.equal, all = all),
                };
                (severity, said)
            }
            Chosen::Found(field, by) => {
                let tally = field.tally(*by);
                let (field, equal, all) = (self.field(field), tally.equal, all(tally));
                match by {
                    Evidence::Sent => (
                        Severity::Good,
                        text!("cli.expected.found.sent", field = field, equal = equal, all = all),
                    ),
                    Evidence::Told => (
                        Severity::Info,
                        text!("cli.expected.found.told", field = field, equal = equal, all = all),
                    ),
                    Evidence::Saml | Evidence::Scim => (
                        Severity::Info,
                        text!("cli.expected.found.saml", field = field, equal = equal, all = all),
                    ),
                }
            }
            Chosen::Several(fields, _) => {
                let fields: Vec<String> = fields.iter().map(|field| self.field(field).to_string()).collect();
                (Severity::Warning, text!("cli.expected.several", fields = fields.join(", ")))
            }
            Chosen::None(Some((field, by))) => {
                let (tally, field) = (field.tally(*by), self.field(field));
                let said = text!("cli.expected.none", field = field, equal = tally.equal, all = all(tally));
                (Severity::Warning, said)
            }
            Chosen::None(None) => {
                (Severity::Warning, text!("cli.expected.unknown", columns = self.columns()))
            }
        };
        let external_id = self.external_id.field().map(|field| {
            let tally = field.tally(Evidence::Scim);
            let (equal, all) = (tally.equal, all(tally));
            let said = text!("cli.expected.found.scim", field = self.field(field), equal = equal, all = all);
            (Severity::Info, said)
        });
        let of = |standing: Standing| self.members.values().filter(|it| it.standing() == standing).count();
        let summary = self.name_id.field().map(|_| {
            let summary = text!(
                "cli.expected.summary",
                fit = of(Standing::Fits),
                members = self.members.len(),
                refused = of(Standing::Refused),
                unlinked = of(Standing::Unlinked),
                unknown = of(Standing::Unknown),
            );
            (Severity::Neutral, summary)
        });
        let said = std::iter::once(name_id).chain(external_id).chain(self.two_fields()).chain(summary);
        Some(Statement { heading: None, ..headed(&text!("cli.expected.heading"), said) })
    }

    /// That the two fields give different values for somebody (R24).
    fn two_fields(&self) -> Option<(Severity, Text)> {
        let (name_id, external_id) = (self.name_id.field()?, self.external_id.field()?);
        let is_other = |it: &Expected| {
            name_id.value(self.directory, it.row) != external_id.value(self.directory, it.row)
        };
        self.members.values().any(is_other).then(|| {
            let (name_id, external_id) = (self.field(name_id), self.field(external_id));
            let said = text!("cli.expected.two-fields", name_id = name_id, external_id = external_id);
            (Severity::Warning, said)
        })
    }

    /// The members of a standing of whom no sign-in was captured; of the others the table speaks.
    fn unseen(&self, standing: Standing) -> impl Iterator<Item = (u64, &Expected, String)> {
        let members = self
            .members
            .iter()
            .filter(move |(id, it)| it.standing() == standing && self.captures.of_user(**id).is_none());
        members.filter_map(|(id, it)| Some((*id, it, shown(it.name_id.as_deref()?))))
    }

    fn said_of_refused(&self) -> Option<Statement> {
        let said: Vec<(Severity, Text)> = self
            .unseen(Standing::Refused)
            .map(|(id, it, expected)| {
                let (member, stored) = (self.member(id), self.stored(id, Identity::Saml));
                let said = match it.saml {
                    Verdict::CaseOnly => {
                        text!("cli.expected.case", member = member, expected = expected, stored = stored)
                    }
                    _ => text!("cli.expected.differs", member = member, expected = expected, stored = stored),
                };
                (Severity::Warning, said)
            })
            .collect();
        let step = Step { text: text!("cli.expected.do").to_string(), link: None, by: None };
        let said = some(&text!("cli.expected.refused"), said)?;
        Some(Statement { steps: vec![step], ..said })
    }

    fn said_of_unlinked(&self) -> Option<Statement> {
        let not_linked = self.unseen(Standing::Unlinked).map(|(id, _, expected)| {
            let said = text!("cli.expected.not-linked", member = self.member(id), expected = expected);
            (Severity::Info, said)
        });
        let scim = self.unseen(Standing::Unlinked).filter(|(_, it, _)| {
            !matches!(it.scim, Verdict::NotStored | Verdict::Unknown)
                && !Identity::Scim.rule().accepts(it.scim)
        });
        let scim = scim.map(|(id, _, expected)| {
            let (member, stored) = (self.member(id), self.stored(id, Identity::Scim));
            let said =
                text!("cli.expected.scim-differs", member = member, expected = expected, stored = stored);
            (Severity::Warning, said)
        });
        some(&text!("cli.expected.unlinked"), scim.chain(not_linked).collect())
    }

    fn said_of_missing(&self) -> Option<Statement> {
        self.email?;
        let missing = self.missing.iter().map(|id| {
            let person = self.roll.borrowed(*id);
            let address = person.and_then(|it| it.primary()).map_or("", |it| it.address.as_str());
            text!("cli.expected.missing.one", member = self.member(*id), address = shown(address))
        });
        let missing = missing.map(|said| (Severity::Warning, said)).collect();
        some(&text!("cli.expected.missing"), missing)
    }

    fn said_of_others(&self) -> Option<Statement> {
        self.email?;
        let names = |ids: &[u64]| list(ids.iter().map(|id| self.member(*id)));
        let ambiguous = (!self.ambiguous.is_empty()).then(|| {
            let said = format!("{}: {}", text!("cli.expected.ambiguous"), names(&self.ambiguous));
            Sentence { severity: Severity::Warning, text: said }
        });
        let unknown = (!self.without_address.is_empty()).then(|| {
            let said = format!("{}: {}", text!("cli.expected.without-address"), names(&self.without_address));
            Sentence { severity: Severity::Info, text: said }
        });
        let others = (!self.others.is_empty()).then(|| {
            let names = list(self.others.iter().map(|row| shown(self.directory.label(*row))));
            let said = text!("cli.expected.others", count = self.others.len());
            Sentence { severity: Severity::Neutral, text: format!("{said} ({names})") }
        });
        let step = unknown.as_ref().map(|_| text!("cli.expected.without-address.do").to_string());
        let steps = step.map(|text| Step { text, link: None, by: None }).into_iter().collect();
        let sentences: Vec<Sentence> = ambiguous.into_iter().chain(unknown).chain(others).collect();
        (!sentences.is_empty()).then_some(Statement { heading: None, sentences, steps })
    }

    fn said_of_same_values(&self) -> Option<Statement> {
        let said = self.same_value.iter().take(NAMED).map(|(value, rows)| {
            let people = list(rows.iter().map(|row| shown(self.directory.label(*row))));
            let said = text!("cli.expected.same-value.one", value = shown(value), people = people);
            (Severity::Warning, said)
        });
        some(&text!("cli.expected.same-value"), said.collect())
    }

    fn said_of_same_people(&self) -> Option<Statement> {
        let said = self.same_person.iter().map(|(row, members)| {
            let members = list(members.iter().map(|id| self.member(*id)));
            let person = shown(self.directory.label(*row));
            (Severity::Warning, text!("cli.expected.same-person.one", person = person, members = members))
        });
        some(&text!("cli.expected.same-person"), said.collect())
    }

    fn member(&self, id: u64) -> String {
        shown(&self.roll.person(id).unwrap_or_default().member(id).label())
    }

    fn stored(&self, id: u64, identity: Identity) -> String {
        let person = self.roll.borrowed(id);
        let stored = person.map(|person| identity.of(self.roll, person));
        shown(stored.as_ref().and_then(|stored| stored.known()).unwrap_or_default())
    }
}

/// A value for people.
fn shown(value: &str) -> String {
    visible(value, None).to_string()
}

/// The names of columns, for people.
pub fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| shown(&column.name)).collect::<Vec<_>>().join(", ")
}

/// The first of them; the others are counted.
fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| text!("cli.expected.more", count = more).to_string());
    names.take(NAMED).chain(more).collect::<Vec<_>>().join(", ")
}

fn headed(heading: &Text, said: impl Iterator<Item = (Severity, Text)>) -> Statement {
    let sentence = |(severity, text): (Severity, Text)| Sentence { severity, text: text.to_string() };
    Statement {
        heading: Some(heading.to_string()),
        sentences: said.map(sentence).collect(),
        ..Statement::default()
    }
}

fn some(heading: &Text, said: Vec<(Severity, Text)>) -> Option<Statement> {
    (!said.is_empty()).then(|| headed(heading, said.into_iter()))
}

/// As JSON has it.
fn named(role: Role) -> &'static str {
    match role {
        Role::Email => "email",
        Role::Login => "login",
        Role::Name => "name",
        Role::Id => "id",
    }
}

/// As JSON has it.
fn grounded(ground: Ground) -> &'static str {
    match ground {
        Ground::Documented => "documented",
        Ground::Name => "name",
        Ground::Contents => "contents",
    }
}
