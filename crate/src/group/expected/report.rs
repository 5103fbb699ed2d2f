//! An expectation for people and for programs: statements, and the same as JSON.
//!
//! Leaves out members whom it says nothing of: the table has them.

use super::{Chosen, Evidence, Expectation, Expected, Field, Formula, Made, MemberStanding, Shape, Tally};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
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

/// A member of whom no sign-in was captured: the number, what is expected, and the value.
type Unseen<'a> = (u64, &'a Expected, &'a str);

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

/// The reader of what is said: who it is decides what is done about a column, and how much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reader {
    /// A person at the command line, who is told of every member.
    #[default]
    CommandLine,
    /// A person with the panel, whose table has every member.
    Panel,
}

impl Reader {
    /// The way to name the right column.
    fn way(self) -> Text {
        match self {
            Reader::CommandLine => text!("expected.way.command-line"),
            Reader::Panel => text!("expected.way.panel"),
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
            match &field.made {
                Made::Of(column, shape) => {
                    json!({"column": self.name(*column), "shape": shape, "evidence": tallies})
                }
                Made::By(Formula { bound, written }) => {
                    let columns: Vec<_> = bound.columns().map(|column| self.name(column)).collect();
                    json!({"columns": columns, "written": written, "evidence": tallies})
                }
            }
        };
        match chosen {
            Chosen::Named(it) => json!({"known": "named", "field": field(it)}),
            Chosen::Configured(it) => json!({"known": "configured", "field": field(it)}),
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
                text!("expected.list", rows = rows, provider = kind.provider, export = kind.export)
            }
            None => text!("expected.list.other", rows = rows),
        };
        let unreadable = self.directory.unreadable;
        let unreadable =
            (unreadable > 0).then(|| (Severity::Warning, text!("expected.unreadable", count = unreadable)));
        let damage = self.directory.damage.as_ref();
        let damage = damage.map(|damage| (Severity::Warning, text!("expected.damage", damage = damage)));
        let left_out = self.directory.left_out;
        let left_out =
            (left_out > 0).then(|| (Severity::Warning, text!("expected.left-out", count = left_out)));
        let email = match self.email.and_then(|at| self.directory.columns.get(at)) {
            Some(column) => (Severity::Neutral, text!("expected.email", column = shown(&column.name))),
            None => {
                let (way, columns) = (self.reader.way(), self.columns());
                (Severity::Warning, text!("expected.no-email", way = way, columns = columns))
            }
        };
        let flaws = damage.into_iter().chain(unreadable).chain(left_out);
        let said = std::iter::once((Severity::Neutral, kind)).chain(flaws).chain([email]);
        headed(&text!("expected.heading"), said)
    }

    /// The name of a column, as the list has it.
    fn name(&self, column: usize) -> Option<&str> {
        self.directory.columns.get(column).map(|column| column.name.as_str())
    }

    /// The names of the columns, for people.
    fn columns(&self) -> String {
        names(&self.directory.columns)
    }

    fn field(&self, field: &Field) -> Text {
        let (column, shape) = match &field.made {
            Made::Of(column, shape) => (shown(self.name(*column).unwrap_or_default()), shape),
            Made::By(formula) => return text!("expected.field.plain", column = shown(&formula.written)),
        };
        match shape {
            Shape::AsItIs => text!("expected.field.plain", column = column),
            Shape::Small => text!("expected.field.small", column = column),
            Shape::BeforeAt => text!("expected.field.before-at", column = column),
        }
    }

    /// The field of the NameID, with what speaks for and against it.
    pub(super) fn said_of_name_id(&self) -> (Severity, Text) {
        let all = |tally: Tally| tally.equal + tally.other;
        match &self.name_id {
            Chosen::Configured(field) => self.said_of_configured(field),
            Chosen::Named(field) => {
                let (tally, field) = (field.tally(Evidence::Sent), self.field(field));
                let severity = if tally.other > 0 { Severity::Warning } else { Severity::Neutral };
                let said = match all(tally) {
                    0 => text!("expected.named.unseen", field = field),
                    all => text!("expected.named", field = field, equal = tally.equal, all = all),
                };
                (severity, said)
            }
            Chosen::Found(field, by) => {
                let tally = field.tally(*by);
                let (field, equal, all) = (self.field(field), tally.equal, all(tally));
                match by {
                    Evidence::Sent => (
                        Severity::Good,
                        text!("expected.found.sent", field = field, equal = equal, all = all),
                    ),
                    Evidence::Told => (
                        Severity::Info,
                        text!("expected.found.told", field = field, equal = equal, all = all),
                    ),
                    Evidence::Saml | Evidence::Scim => (
                        Severity::Info,
                        text!("expected.found.saml", field = field, equal = equal, all = all),
                    ),
                }
            }
            Chosen::Several(fields, _) => {
                let fields: Vec<String> = fields.iter().map(|field| self.field(field).to_string()).collect();
                let (fields, way) = (fields.join(", "), self.reader.way());
                (Severity::Warning, text!("expected.several", fields = fields, way = way))
            }
            Chosen::None(Some((field, by))) => {
                let (tally, field, way) = (field.tally(*by), self.field(field), self.reader.way());
                let (equal, all) = (tally.equal, all(tally));
                let said = text!("expected.none", field = field, equal = equal, all = all, way = way);
                (Severity::Warning, said)
            }
            Chosen::None(None) => {
                let (way, columns) = (self.reader.way(), self.columns());
                (Severity::Warning, text!("expected.unknown", way = way, columns = columns))
            }
        }
    }

    fn said_of_fields(&self) -> Option<Statement> {
        self.email?;
        let external_id = self.external_id.field().map(|field| {
            let tally = field.tally(Evidence::Scim);
            let (equal, all) = (tally.equal, tally.equal + tally.other);
            let field = self.field(field);
            match &self.external_id {
                Chosen::Named(_) => {
                    let said = text!("expected.named.scim", field = field, equal = equal, all = all);
                    (if equal < all { Severity::Warning } else { Severity::Neutral }, said)
                }
                Chosen::Configured(_) if all == 0 => {
                    (Severity::Info, text!("expected.configured.scim.unseen", field = field))
                }
                Chosen::Configured(_) => {
                    let severity = if tally.other > equal { Severity::Warning } else { Severity::Info };
                    (severity, text!("expected.configured.scim", field = field, equal = equal, all = all))
                }
                _ => (Severity::Info, text!("expected.found.scim", field = field, equal = equal, all = all)),
            }
        });
        let summary = self.summary().map(|text| (Severity::Neutral, text));
        let said = std::iter::once(self.said_of_name_id());
        let said = said.chain(self.said_of_other()).chain(external_id);
        let said = said.chain(self.two_fields()).chain(summary);
        Some(Statement { heading: None, ..headed(&text!("expected.heading"), said) })
    }

    /// The members who are in the list, counted by what is stored; nothing while nothing is expected.
    pub fn summary(&self) -> Option<Text> {
        self.name_id.field().map(|_| {
            text!(
                "expected.summary",
                fit = self.count(MemberStanding::Fits),
                members = self.members.len(),
                refused = self.count(MemberStanding::Refused),
                unlinked = self.count(MemberStanding::Unlinked),
                unknown = self.count(MemberStanding::Unknown),
            )
        })
    }

    /// The field that the settings name, with what the surest evidence of it says.
    fn said_of_configured(&self, field: &Field) -> (Severity, Text) {
        let kinds = [Evidence::Sent, Evidence::Told, Evidence::Saml];
        let by = kinds.into_iter().find(|by| field.tally(*by) != Tally::default());
        let said = self.field(field);
        let Some(by) = by else {
            return (Severity::Neutral, text!("expected.configured.unseen", field = said));
        };
        let tally = field.tally(by);
        let (equal, all) = (tally.equal, tally.equal + tally.other);
        let is_wrong = if by == Evidence::Sent { tally.other > 0 } else { tally.other > equal };
        let text = match by {
            Evidence::Sent => text!("expected.configured.sent", field = said, equal = equal, all = all),
            Evidence::Told => text!("expected.configured.told", field = said, equal = equal, all = all),
            _ => text!("expected.configured.saml", field = said, equal = equal, all = all),
        };
        let good = if by == Evidence::Sent { Severity::Good } else { Severity::Info };
        (if is_wrong { Severity::Warning } else { good }, text)
    }

    /// The field that evidence shows in place of the one that the settings name.
    fn said_of_other(&self) -> Option<(Severity, Text)> {
        let (Chosen::Configured(field), Some(Chosen::Found(other, by))) = (&self.name_id, &self.shown) else {
            return None;
        };
        let is_other =
            |it: &Expected| field.value(self.directory, it.row) != other.value(self.directory, it.row);
        self.members.values().any(is_other).then_some(())?;
        let tally = other.tally(*by);
        let (other, equal, all) = (self.field(other), tally.equal, tally.equal + tally.other);
        Some((Severity::Warning, text!("expected.configured.other", other = other, equal = equal, all = all)))
    }

    /// That the two fields give different values for somebody (R24).
    fn two_fields(&self) -> Option<(Severity, Text)> {
        // Of two that the settings name, the settings say it.
        if let (Chosen::Configured(_), Chosen::Configured(_)) = (&self.name_id, &self.external_id) {
            return None;
        }
        let (name_id, external_id) = (self.name_id.field()?, self.external_id.field()?);
        let is_other = |it: &Expected| {
            name_id.value(self.directory, it.row) != external_id.value(self.directory, it.row)
        };
        self.members.values().any(is_other).then(|| {
            let (name_id, external_id) = (self.field(name_id), self.field(external_id));
            let said = text!("expected.two-fields", name_id = name_id, external_id = external_id);
            (Severity::Warning, said)
        })
    }

    /// The members of a standing of whom no sign-in was captured, each with the expected value; of the others
    /// the table speaks.
    fn unseen(&self, standing: MemberStanding) -> impl Iterator<Item = Unseen<'_>> {
        let members = self
            .members
            .iter()
            .filter(move |(id, it)| it.standing() == standing && self.captures.of_user(**id).is_none());
        members.filter_map(|(id, it)| Some((*id, it, it.name_id.as_deref()?)))
    }

    /// A statement of members, each with a sentence of its own, as many as the reader is told of. Those of
    /// the others are not even made.
    fn of_members<T>(
        &self,
        heading: &Text,
        mut members: impl Iterator<Item = T>,
        said: impl Fn(T) -> (Severity, Text),
    ) -> Option<Statement> {
        let most = match self.reader {
            Reader::CommandLine => usize::MAX,
            Reader::Panel => NAMED,
        };
        let mut named: Vec<(Severity, Text)> = members.by_ref().take(most).map(said).collect();
        let more = members.count();
        named.extend((more > 0).then(|| (Severity::Neutral, text!("expected.more", count = more))));
        some(heading, named)
    }

    fn said_of_refused(&self) -> Option<Statement> {
        let said = |(id, it, expected): Unseen<'_>| self.said_of_refused_one(id, it, &shown(expected));
        let said = self.of_members(&text!("expected.refused"), self.unseen(MemberStanding::Refused), said)?;
        let step = Step { text: text!("expected.do").to_string(), link: None, by: None };
        Some(Statement { steps: vec![step], ..said })
    }

    fn said_of_unlinked(&self) -> Option<Statement> {
        let unseen = || self.unseen(MemberStanding::Unlinked);
        let other_scim = unseen().filter(|(_, it, _)| it.has_other_scim()).map(|it| (true, it));
        let said = |(is_scim, (id, _, expected)): (bool, Unseen<'_>)| match is_scim {
            true => self.said_of_scim_one(id, &shown(expected)),
            false => {
                let (member, expected) = (self.member(id), shown(expected));
                (Severity::Info, text!("expected.not-linked", member = member, expected = expected))
            }
        };
        let members = other_scim.chain(unseen().map(|it| (false, it)));
        self.of_members(&text!("expected.unlinked"), members, said)
    }

    fn said_of_missing(&self) -> Option<Statement> {
        self.email?;
        self.of_members(&text!("expected.missing"), self.missing.iter(), |id| self.said_of_missing_one(*id))
    }

    fn said_of_others(&self) -> Option<Statement> {
        self.email?;
        let names = |ids: &[u64]| list(ids.iter().map(|id| self.member(*id)));
        let ambiguous = (!self.ambiguous.is_empty()).then(|| {
            let said = format!("{}: {}", text!("expected.ambiguous"), names(&self.ambiguous));
            Sentence { severity: Severity::Warning, text: said }
        });
        let unknown = (!self.without_address.is_empty()).then(|| {
            let said = format!("{}: {}", text!("expected.without-address"), names(&self.without_address));
            Sentence { severity: Severity::Info, text: said }
        });
        let others = (!self.others.is_empty()).then(|| {
            let names = list(self.others.iter().map(|row| shown(self.directory.label(*row))));
            let said = text!("expected.others", count = self.others.len());
            Sentence { severity: Severity::Neutral, text: format!("{said} ({names})") }
        });
        let step = unknown.as_ref().map(|_| text!("expected.without-address.do").to_string());
        let steps = step.map(|text| Step { text, link: None, by: None }).into_iter().collect();
        let sentences: Vec<Sentence> = ambiguous.into_iter().chain(unknown).chain(others).collect();
        (!sentences.is_empty()).then_some(Statement { heading: None, sentences, steps })
    }

    fn said_of_same_values(&self) -> Option<Statement> {
        let said = self.same_value.iter().take(NAMED).map(|(value, rows)| {
            let people = list(rows.iter().map(|row| shown(self.directory.label(*row))));
            let said = text!("expected.same-value.one", value = shown(value), people = people);
            (Severity::Warning, said)
        });
        some(&text!("expected.same-value"), said.collect())
    }

    fn said_of_same_people(&self) -> Option<Statement> {
        self.of_members(&text!("expected.same-person"), self.same_person.iter(), |(row, members)| {
            let members = list(members.iter().map(|id| self.member(*id)));
            let person = shown(self.directory.label(*row));
            (Severity::Warning, text!("expected.same-person.one", person = person, members = members))
        })
    }

    pub(super) fn member(&self, id: u64) -> String {
        shown(&self.roll.person(id).unwrap_or_default().member(id).label())
    }

    pub(super) fn stored(&self, id: u64, identity: Identity) -> String {
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
    let more = (more > 0).then(|| text!("expected.more", count = more).to_string());
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
