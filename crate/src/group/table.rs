//! The table of a group's users: counts, filter, search, order, and the window of it that is on the screen.
//!
//! Plain data in the reader's words. The order of a query is kept, so that scrolling through 100,000 members
//! costs what the window costs.

use super::{
    captured::{Captures, Claim},
    expected::{Expectation, ExpectedView, Matched, MemberStanding},
    join::{Joined, Line},
    member_class::{MEMBER_CLASSES, MemberClass, MemberClassKind},
    member_verdict::{MEMBER_VERDICTS, MemberVerdict, MemberVerdictKind},
    members::Roll,
};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        number::thousands,
        order::{sort_by, sort_by_key},
        severity::{Sentence, Severity},
    },
    text,
    view::value::visible,
};
use serde::{Deserialize, Serialize};

/// Rows that one answer carries at most.
pub const WINDOW: usize = 120;

/// The choice of what the table is to show. The default is everybody, the worst first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words that must all be found in name, user name, e-mail address or an identifier. Case does not count.
    pub text: String,
    /// Only these classes; all when there is none.
    pub classes: Vec<MemberClass>,
    /// Of them only these standings; all when there is none.
    pub standings: Vec<MemberVerdict>,
    /// Only those of whom a list of people tells this; all when there is none.
    pub expected: Vec<MemberStanding>,
    /// By what the rows are ordered.
    pub sort: Column,
    /// From the last to the first.
    pub descending: bool,
    /// Position of the first row that is wanted, among those found.
    pub start: usize,
    /// The user whose row is wanted too, wherever it is.
    pub chosen: Option<u64>,
}

impl Query {
    /// Whether it leaves somebody out.
    pub fn narrows(&self) -> bool {
        let Query { text, classes, standings, expected, .. } = self;
        !(text.is_empty() && classes.is_empty() && standings.is_empty() && expected.is_empty())
    }
}

/// A column of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    /// The verdict, the worst first.
    #[default]
    Standing,
    /// Display name.
    Name,
    /// User name.
    Username,
    /// E-mail address.
    Email,
    /// The NameID that was captured.
    NameId,
    /// The NameID that a list of people lets expect.
    Expected,
    /// The SAML identifier.
    Saml,
    /// The SCIM identifier.
    Scim,
}

/// The part of the table that a query asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableView {
    /// The standing of all of them, in one sentence.
    pub summary: Sentence,
    /// The number of users of each class that there is, worst first; of all users, whatever the query finds.
    /// Together they are all users.
    pub classes: Vec<ClassCount>,
    /// The same of each standing; those of one class together are the class.
    pub counts: Vec<Count>,
    /// The number of all users.
    pub total: usize,
    /// The number of users that the query finds.
    pub found: usize,
    /// Position of the first of `rows` among those found.
    pub start: usize,
    /// At most [`WINDOW`] of them.
    pub rows: Vec<RowView>,
    /// The row of the user who was asked for; absent when there is no such user.
    pub chosen: Option<Chosen>,
}

/// The row of one user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// The row.
    pub row: RowView,
    /// Its position among those found; absent when it is not among them.
    pub position: Option<usize>,
}

/// The number of users of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassCount {
    /// The class.
    pub class: MemberClass,
    /// Its word.
    pub word: String,
    /// Its colour.
    pub severity: Severity,
    /// The number of users.
    pub count: usize,
}

/// The number of users who have one standing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// The verdict that they have.
    pub standing: MemberVerdict,
    /// The class that it belongs to.
    pub class: MemberClass,
    /// Its word.
    pub word: String,
    /// Its severity.
    pub severity: Severity,
    /// The number of users.
    pub count: usize,
}

/// One user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// GitLab's number.
    pub id: u64,
    /// `Ada Low (@ada)`.
    pub label: String,
    /// `Ada Low`, or what else there is to call the user.
    pub name: String,
    /// `@ada`, where the name is another.
    pub handle: Option<String>,
    /// The primary e-mail address, where it is known.
    pub email: Option<String>,
    /// Whether it was confirmed, as far as GitLab says.
    pub email_confirmed: Option<bool>,
    /// Whether the group takes an address of this domain; a bot's always.
    pub email_allowed: Option<bool>,
    /// The e-mail address that the identity provider sends with the NameID.
    pub email_sent: Option<String>,
    /// The NameID that was captured.
    pub name_id: Option<String>,
    /// When it was sent, and who says so.
    pub sent: Option<Sent>,
    /// The NameID that a file names and nothing proves, with the reason.
    pub claim: Option<Sentence>,
    /// The SAML identifier.
    pub saml: Option<String>,
    /// The SCIM identifier.
    pub scim: Option<String>,
    /// Whether the SCIM identity is active, where GitLab says so. An inactive one can be reactivated.
    pub scim_active: Option<bool>,
    /// The verdict.
    pub standing: MemberVerdict,
    /// Its word.
    pub word: String,
    /// Its severity.
    pub severity: Severity,
    /// The reason.
    pub why: String,
    /// The things to do.
    pub repair: String,
    /// Another user of the same name: perhaps one person with two accounts.
    pub namesake: Option<String>,
    /// The history of this user's identities by GitLab's audit events, newest first.
    pub history: Vec<String>,
    /// The things that a list of people tells, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<ExpectedView>,
}

/// When a NameID was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// By the clock of this browser, or, of a file's, by the instant that is signed.
    pub at: Timestamp,
    /// The name of the file that tells it; absent of what this browser saw.
    pub file: Option<String>,
}

impl Sent {
    /// In words.
    pub fn text(&self) -> Text {
        let time = self.at.day_and_time();
        match &self.file {
            None => text!("group.sent", time = time),
            Some(file) => text!("group.sent.of-file", file = visible(file, None), time = time),
        }
    }
}

/// A joined group with the order of the last query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    joined: Joined,
    order: Option<(Query, Vec<usize>)>,
}

impl Table {
    /// Of what was joined.
    pub fn new(joined: Joined) -> Self {
        Table { joined, order: None }
    }

    /// The users as they were joined.
    pub fn joined(&self) -> &Joined {
        &self.joined
    }

    /// Another list of people is compared, or none: the order of the last query is none any longer.
    pub(super) fn expect(&mut self, matched: Option<&Matched>) {
        self.joined.expect(matched);
        self.order = None;
    }

    /// The view that `query` asks for, of the same roll and captures as were joined.
    pub fn view(
        &mut self,
        roll: &Roll,
        captures: &Captures,
        expected: Option<&Expectation<'_>>,
        query: &Query,
    ) -> TableView {
        let (asked, order) = self.ordered((roll, captures, expected), query);
        let start = query.start.min(order.len().saturating_sub(1));
        let shown = order.iter().skip(start).take(WINDOW).filter_map(|at| self.joined.lines.get(*at));
        let row = |line: &Line| expected_row(&self.joined, (roll, captures, expected), line);
        let rows = shown.map(row).collect();
        let chosen = query.chosen.and_then(|user| {
            let at = self.joined.lines.iter().position(|line| line.id == user)?;
            let row = row(self.joined.lines.get(at)?);
            Some(Chosen { row, position: order.iter().position(|found| *found == at) })
        });
        let view = TableView {
            summary: summary(&self.joined),
            classes: classes(&self.joined),
            counts: counts(&self.joined),
            total: self.joined.lines.len(),
            found: order.len(),
            start,
            rows,
            chosen,
        };
        self.order = Some((asked, order));
        view
    }

    /// At most `most` of the lines that `query` finds, the first at `start`, and where the next part begins;
    /// absent in the last. Where the query narrows nothing, in the order of the users' numbers.
    pub fn part(
        &mut self,
        known: Known<'_>,
        query: &Query,
        (start, most): (usize, usize),
    ) -> (Vec<Line>, Option<usize>) {
        let next = |all: usize| Some(start + most).filter(|next| *next < all);
        if !query.narrows() {
            let lines = self.joined.lines.iter().skip(start).take(most).copied().collect();
            return (lines, next(self.joined.lines.len()));
        }
        let (asked, order) = self.ordered(known, query);
        let here = order.iter().skip(start).take(most);
        let lines = here.filter_map(|at| self.joined.lines.get(*at).copied()).collect();
        let next = next(order.len());
        self.order = Some((asked, order));
        (lines, next)
    }

    /// The order that `query` asks for, which is taken out of what is kept where it is the last one's.
    fn ordered(&mut self, known: Known<'_>, query: &Query) -> (Query, Vec<usize>) {
        let asked = Query { start: 0, chosen: None, ..query.clone() };
        let kept = self.order.take().filter(|(kept, _)| *kept == asked);
        kept.unwrap_or_else(|| {
            let order = order(&self.joined, known, &asked);
            (asked, order)
        })
    }
}

/// One user's row.
pub fn row(joined: &Joined, roll: &Roll, captures: &Captures, line: &Line) -> RowView {
    let person = roll.person(line.id).unwrap_or_default();
    let values = joined.values(roll, captures, line);
    let kind = line.standing.kind();
    let captured = captures.of_user(line.id);
    let sent = captured.map(|captured| Sent { at: captured.at, file: captured.file.clone() });
    // What is judged by a file says so wherever it is said.
    let of_file = sent.as_ref().filter(|sent| sent.file.is_some()).map(Sent::text);
    let member = person.member(line.id);
    let handle = person.username.as_ref().filter(|_| person.name.is_some()).map(|name| format!("@{name}"));
    let changes = roll.changes.iter().filter(|change| change.user == Some(line.id));
    RowView {
        id: line.id,
        label: member.label(),
        name: member.name.clone().unwrap_or_else(|| member.label()),
        handle,
        email: person.primary().map(|email| email.address.clone()),
        email_confirmed: person.primary().map(|email| email.confirmed),
        email_allowed: person.primary().map(|_| values.refused_email.is_none()),
        email_sent: captured.and_then(|captured| captured.email.clone()),
        name_id: captured.map(|captured| captured.name_id.clone()),
        sent,
        claim: captures.claim_of(line.id).map(Claim::sentence),
        saml: person.saml.known().map(str::to_owned),
        scim: person.scim.known().map(str::to_owned),
        scim_active: person.scim_active.filter(|_| person.scim.known().is_some()),
        standing: line.standing,
        word: (kind.word)().to_string(),
        severity: kind.severity(),
        why: join_sentences([Some(kind.why(&values)), values.of_two_fields(), of_file]),
        repair: kind.repair(&values).to_string(),
        namesake: line.namesake.map(|id| roll.person(id).unwrap_or_default().member(id).label()),
        history: changes.map(|change| change.text().to_string()).collect(),
        expected: None,
    }
}

/// All that is known of users beside the verdicts; with what a list of people lets expect, where there is
/// one.
pub type Known<'a> = (&'a Roll, &'a Captures, Option<&'a Expectation<'a>>);

/// One user's row, with what a list of people tells.
pub(super) fn expected_row(joined: &Joined, (roll, captures, expected): Known<'_>, line: &Line) -> RowView {
    let mut row = row(joined, roll, captures, line);
    expected.into_iter().for_each(|expected| expected.add_to(&mut row));
    row
}

fn join_sentences(texts: [Option<Text>; 3]) -> String {
    texts.into_iter().flatten().map(|text| text.to_string()).collect::<Vec<_>>().join(" ")
}

/// Counts the users of each standing that there is.
pub fn counts(joined: &Joined) -> Vec<Count> {
    let counted = MEMBER_VERDICTS.iter().zip(joined.counts).filter(|(_, count)| *count > 0);
    let count = |(kind, count): (&MemberVerdictKind, usize)| Count {
        standing: kind.standing,
        class: kind.class,
        word: (kind.word)().to_string(),
        severity: kind.severity(),
        count,
    };
    counted.map(count).collect()
}

/// Counts the users of each standing that there is, worst first, with the rows of the first `most` of them.
pub fn listed(joined: &Joined, known: Known<'_>, most: usize) -> Vec<(Count, Vec<RowView>)> {
    let with_rows = |count: Count| {
        let of = joined.lines.iter().filter(|line| line.standing == count.standing).take(most);
        let rows = of.map(|line| expected_row(joined, known, line)).collect();
        (count, rows)
    };
    counts(joined).into_iter().map(with_rows).collect()
}

/// Counts the users of each class that there is.
pub fn classes(joined: &Joined) -> Vec<ClassCount> {
    let count = |kind: &MemberClassKind| ClassCount {
        class: kind.class,
        word: (kind.word)().to_string(),
        severity: kind.severity,
        count: joined.count(kind.class),
    };
    MEMBER_CLASSES.iter().map(count).filter(|count| count.count > 0).collect()
}

/// The standing of all users, in one sentence: the numbers are those of the classes.
pub fn summary(joined: &Joined) -> Sentence {
    let [failing, care, quiet, proved, others] = MEMBER_CLASSES.map(|kind| joined.count(kind.class));
    let total = joined.lines.len();
    let said = text!(
        "group.summary",
        total = thousands(total),
        failing = thousands(failing),
        care = thousands(care),
        quiet = thousands(quiet),
        proved = thousands(proved),
    );
    let text = match others {
        0 => said,
        others => text!("group.summary.no-saml", summary = said, count = thousands(others)),
    };
    let severity = match classes(joined).first().map(|worst| worst.severity) {
        Some(worst) if worst >= Severity::Warning => worst,
        _ if proved == total && total > 0 => Severity::Good,
        _ => Severity::Neutral,
    };
    Sentence { severity, text: text.to_string() }
}

/// Indexes of the lines that `query` finds, in its order. Where that leaves it open, by number.
fn order(joined: &Joined, known: Known<'_>, query: &Query) -> Vec<usize> {
    let standing = |line: &Line| known.2.and_then(|expected| expected.standing(line.id));
    let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
    let finds = |line: &Line| {
        (query.classes.is_empty() || query.classes.contains(&line.standing.kind().class))
            && (query.standings.is_empty() || query.standings.contains(&line.standing))
            && (query.expected.is_empty() || standing(line).is_some_and(|it| query.expected.contains(&it)))
            && (words.is_empty() || has_all(known, line.id, &words))
    };
    let found = joined.lines.iter().enumerate().filter(|(_, line)| finds(line)).map(|(at, _)| at);
    let mut order: Vec<usize> = found.collect();
    let line = |at: &usize| joined.lines.get(*at);
    match query.sort {
        Column::Standing => {
            // Where the verdicts are the same, those first of whom the list says that something differs.
            let key = |line: &Line| (line.standing, standing(line));
            let mut keyed: Vec<_> = order.into_iter().map(|at| (line(&at).map(key), at)).collect();
            sort_by_key(&mut keyed, |(key, _)| *key);
            order = keyed.into_iter().map(|(_, at)| at).collect();
        }
        column => {
            let value = |at: &usize| line(at).and_then(|line| value(known, line.id, column));
            let mut valued: Vec<_> = order.into_iter().map(|at| (value(&at), at)).collect();
            // Users who have no such value come last.
            sort_by(&mut valued, |(one, _), (other, _)| {
                one.is_none().cmp(&other.is_none()).then_with(|| one.cmp(other))
            });
            order = valued.into_iter().map(|(_, at)| at).collect();
        }
    }
    if query.descending {
        order.reverse();
    }
    order
}

fn value((roll, captures, expected): Known<'_>, id: u64, column: Column) -> Option<String> {
    let person = roll.borrowed(id)?;
    let value = match column {
        Column::Standing => None,
        Column::Name => person.name.as_deref(),
        Column::Username => person.username.as_deref(),
        Column::Email => person.primary().map(|email| email.address.as_str()),
        Column::NameId => captures.of_user(id).map(|captured| captured.name_id.as_str()),
        Column::Expected => expected.and_then(|it| it.members.get(&id)?.name_id.as_deref()),
        Column::Saml => person.saml.known(),
        Column::Scim => person.scim.known(),
    };
    value.map(str::to_lowercase)
}

const SEARCHED: [Column; 7] = [
    Column::Name,
    Column::Username,
    Column::Email,
    Column::NameId,
    Column::Expected,
    Column::Saml,
    Column::Scim,
];

fn has_all(known: Known<'_>, id: u64, words: &[String]) -> bool {
    let values: Vec<String> = SEARCHED.into_iter().filter_map(|column| value(known, id, column)).collect();
    words.iter().all(|word| values.iter().any(|value| value.contains(word)))
}
