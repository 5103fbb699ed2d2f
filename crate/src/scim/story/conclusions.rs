//! The conclusions from the records of one person, one row of [`CONCLUSIONS`] each.
//!
//! gitlab-facts 3.7, 4.2 and 4.7; rows R45, R46, R53 to R56, R64, R69 and R74. A log does not tell why GitLab
//! refused something; what was taken before, for the same person, often proves it. Leaves out: what no file
//! says.

use super::{
    super::{
        Statement,
        record::NAME_ID,
        stored::{SAML_UID, SCIM_ACTIVE, SCIM_UID},
    },
    People, Person, Placed, Source, Valued, What, command, expected,
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    comparison::{Verdict, verdict},
    text,
};

/// The things that conclusions are drawn from.
pub(super) struct Known<'a> {
    /// In the order of time.
    pub(super) records: &'a [Placed],
    pub(super) people: &'a People,
    /// The attributes of the SCIM app, and the fields that they are made of, by the schema in the files.
    pub(super) mapped: &'a [(String, String)],
    /// The names of the files.
    pub(super) files: &'a [String],
}

const CONCLUSIONS: [fn(&Known<'_>) -> Vec<Statement>; 5] =
    [proven, identifiers, state, expected::compared, unsolved];

/// All conclusions, as they may be printed.
pub(super) fn all(known: &Known<'_>) -> Vec<Statement> {
    CONCLUSIONS.iter().flat_map(|row| row(known)).map(Statement::redacted).collect()
}

pub(super) fn sentence(severity: Severity, text: &Text) -> Sentence {
    Sentence { severity, text: text.to_string() }
}

fn one(severity: Severity, text: &Text) -> Vec<Statement> {
    vec![Statement::of(severity, text)]
}

impl Known<'_> {
    /// The place of a record, for people.
    pub(super) fn place(&self, placed: &Placed) -> Text {
        let file = self.files.get(placed.file).filter(|_| self.files.len() > 1);
        placed.record.source.place(placed.record.line, file.map(String::as_str))
    }

    /// The newest value of one of these names, with its record.
    fn newest(&self, names: &[&str], is_meant: impl Fn(&Placed) -> bool) -> Option<(&str, &Placed)> {
        let meant = self.records.iter().rev().filter(|it| is_meant(it));
        meant.filter_map(|it| Some((value(&it.record.values, names)?, it))).next()
    }

    /// The NameID of the newest sign-in, also of one that was recorded and that GitLab refused.
    pub(super) fn name_id(&self) -> Option<&str> {
        Some(self.newest(&[NAME_ID], |it| it.record.what == What::SignedIn || is_recorded(it))?.0)
    }

    /// The NameID of the newest sign-in that a log has.
    pub(super) fn logged_name_id(&self) -> Option<&str> {
        Some(self.newest(&[NAME_ID], |it| it.record.what == What::SignedIn && !is_recorded(it))?.0)
    }

    /// The NameID of the newest sign-in that was recorded.
    pub(super) fn recorded_name_id(&self) -> Option<&str> {
        Some(self.newest(&[NAME_ID], is_recorded)?.0)
    }

    /// The identifier that the SCIM app sends.
    pub(super) fn sent(&self) -> Option<&str> {
        Some(self.newest(&["externalId"], |it| it.record.what != What::Stored)?.0)
    }

    /// GitLab's SAML identifier.
    pub(super) fn saml(&self) -> Option<&str> {
        Some(self.newest(&[SAML_UID], |_| true)?.0)
    }

    /// GitLab's SCIM identifier, with the record that tells it: an answer, or what GitLab took.
    pub(super) fn scim(&self) -> Option<(&str, &Placed)> {
        self.newest(&[SCIM_UID], |_| true).or_else(|| self.newest(&["externalId", "id"], stores))
    }

    /// The last thing that the SCIM app sent of the person, where that was to switch them off.
    pub(super) fn switched_off(&self) -> Option<&Placed> {
        let is_of_app = |it: &&Placed| {
            it.record.what.is_change()
                || matches!(it.record.what, What::Refused | What::Failed | What::NotDone)
        };
        self.records.iter().rev().find(is_of_app).filter(|it| switches_off(it))
    }

    /// The newest request that GitLab refused, and that was not done later.
    fn refused(&self) -> Option<(&Placed, Option<&Placed>)> {
        let is_refused = |it: &&Placed| matches!(it.record.what, What::Refused | What::Failed);
        let refused = self.records.iter().rev().find(is_refused)?;
        let later = self.records.iter().skip_while(|it| !std::ptr::eq(*it, refused)).skip(1);
        let is_done = |it: &&Placed| it.record.source == refused.record.source && it.record.what.is_change();
        Some((refused, later.into_iter().find(is_done)))
    }
}

/// Whether a record is that of a request that is to switch the person off.
fn switches_off(placed: &Placed) -> bool {
    let action = placed.record.action.to_ascii_lowercase();
    let is_off = |it: &Valued| it.name == "active" && it.value.eq_ignore_ascii_case("false");
    ["delete", "disable", "deactivate"].iter().any(|word| action.contains(word))
        || placed.record.values.iter().any(is_off)
}

/// Whether a browser recorded it.
fn is_recorded(placed: &Placed) -> bool {
    placed.record.source == Source::Recording
}

/// Whether GitLab has the identifier of a record stored since then.
fn stores(placed: &Placed) -> bool {
    matches!(placed.record.what, What::Provisioned | What::Changed)
}

pub(super) fn value<'v>(values: &'v [Valued], names: &[&str]) -> Option<&'v str> {
    let found = names.iter().find_map(|name| values.iter().find(|it| it.name == *name && it.name != "id"));
    let changed = || values.iter().find(|it| it.before.is_some() && names.contains(&it.name.as_str()));
    found.or_else(changed).map(|it| it.value.as_str())
}

/// The identifier that GitLab took for this person, against those that it refused later.
fn proven(known: &Known<'_>) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let answered = known.newest(&[SCIM_UID], |_| true);
    let mut taken: Option<(&str, &Placed)> = None;
    let mut others: Option<(&str, &Placed, &Placed, usize)> = None;
    let mut tell = |taken: Option<(&str, &Placed)>, others: &mut Option<(&str, &Placed, &Placed, usize)>| {
        let Some((sent, first, last, count)) = others.take() else { return };
        let Some((stored, by)) = taken.or(answered) else { return };
        let place = (known.place(by), known.place(first), known.place(last));
        found.extend(one(
            Severity::Error,
            &match count {
                1 => text!("story.proof.one", place = place.0, stored = stored, first = place.1, sent = sent),
                _ => text!(
                    "story.proof",
                    place = place.0,
                    stored = stored,
                    count = count,
                    first = place.1,
                    last = place.2,
                    sent = sent
                ),
            },
        ));
    };
    for placed in known.records {
        let sent = value(&placed.record.values, &["externalId"]);
        if stores(placed) {
            tell(taken, &mut others);
            taken = value(&placed.record.values, &["externalId", "id"]).map(|it| (it, placed)).or(taken);
        } else if placed.record.what == What::Refused
            && let Some(sent) = sent
            && let Some((stored, _)) = taken.or(answered)
            && !stored.eq_ignore_ascii_case(sent)
        {
            match &mut others {
                Some((same, _, last, count)) if *same == sent => (*last, *count) = (placed, *count + 1),
                _ => {
                    tell(taken, &mut others);
                    others = Some((sent, placed, placed, 1));
                }
            }
        }
    }
    tell(taken, &mut others);
    // The newest say most.
    let older = found.len().saturating_sub(3);
    found.split_off(older)
}

/// NameID, SAML identifier, SCIM identifier, and what the SCIM app sends, each against the others.
fn identifiers(known: &Known<'_>) -> Vec<Statement> {
    let all = [
        (text!("story.name-id"), known.name_id()),
        (text!("story.saml"), known.saml()),
        (text!("story.scim"), known.scim().map(|it| it.0)),
        (text!("story.sent"), known.sent()),
    ];
    let seen: Vec<(&Text, &str)> = all.iter().filter_map(|(name, value)| Some((name, (*value)?))).collect();
    let missing: Vec<String> = all.iter().filter(|it| it.1.is_none()).map(|it| it.0.to_string()).collect();
    let mut sentences: Vec<Sentence> = Vec::new();
    for (at, (left, a)) in seen.iter().enumerate() {
        for (right, b) in seen.iter().skip(at + 1) {
            // Within SCIM, case does not count (gitlab-facts 4.2).
            let is_within = left.key() == "story.scim" && right.key() == "story.sent";
            let (severity, text) = match verdict(a, b) {
                Verdict::Exact => continue,
                Verdict::CaseOnly if is_within => continue,
                Verdict::CaseOnly => {
                    (Severity::Warning, text!("story.differ.case", left = left, a = a, right = right, b = b))
                }
                Verdict::WhitespaceOnly => {
                    (Severity::Error, text!("story.differ.space", left = left, a = a, right = right, b = b))
                }
                Verdict::UnicodeOnly => {
                    (Severity::Error, text!("story.differ.form", left = left, a = a, right = right, b = b))
                }
                _ => (Severity::Error, text!("story.differ", left = left, a = a, right = right, b = b)),
            };
            sentences.push(sentence(severity, &text));
        }
    }
    if let (true, [(_, value), _, ..]) = (sentences.is_empty(), &seen[..]) {
        let names: Vec<String> = seen.iter().map(|(name, _)| name.to_string()).collect();
        sentences
            .push(sentence(Severity::Good, &text!("story.same", names = names.join(", "), value = value)));
    }
    if seen.is_empty() {
        return Vec::new();
    }
    let unknown = (!missing.is_empty()).then(|| text!("story.unknown", names = missing.join(", ")));
    sentences.extend(unknown.map(|text| sentence(Severity::Neutral, &text)));
    vec![Statement { sentences, ..Statement::default() }]
}

/// Whether the SCIM identity is active, by the last that says so.
fn state(known: &Known<'_>) -> Vec<Statement> {
    let says = |it: &&Placed| match it.record.what {
        What::Provisioned | What::Activated | What::Changed => Some(true),
        What::Deactivated | What::Removed => Some(false),
        What::Stored => {
            let active = it.record.values.iter().find(|value| value.name == SCIM_ACTIVE)?;
            Some(active.value == "true")
        }
        _ => None,
    };
    let mut last = known.records.iter().rev().filter_map(|it| Some((says(&it)?, it)));
    let Some((is_active, by)) = last.next() else { return Vec::new() };
    let place = known.place(by);
    let text = match (is_active, by.record.at.map(|at| at.day_and_time())) {
        (true, Some(at)) => text!("story.active", place = place, at = at),
        (true, None) => text!("story.active-now", place = place),
        (false, Some(at)) => text!("story.inactive", place = place, at = at),
        (false, None) => text!("story.inactive-now", place = place),
    };
    if is_active {
        return one(Severity::Good, &text);
    }
    let (against, steps) = command::activation(known);
    let sentences = std::iter::once(sentence(Severity::Warning, &text)).chain(against).collect();
    vec![Statement { sentences, steps, ..Statement::default() }]
}

/// The last thing that GitLab refused, with what to do, or that it was solved.
fn unsolved(known: &Known<'_>) -> Vec<Statement> {
    let Some((refused, done)) = known.refused() else { return Vec::new() };
    let at = |it: &Placed| it.record.at.map(|at| at.day_and_time()).unwrap_or_default();
    if let Some(done) = done {
        let text = text!(
            "story.solved",
            refused = known.place(refused),
            place = known.place(done),
            at = at(done),
            what = done.record.what.text()
        );
        return one(Severity::Good, &text);
    }
    let status = refused.record.status.unwrap_or_default();
    let text = text!(
        "story.unsolved",
        place = known.place(refused),
        at = at(refused),
        action = refused.record.action,
        status = status,
        meaning = refused.record.meaning
    );
    let mut statement = Statement::of(refused.record.severity, &text);
    statement.steps.clone_from(&refused.record.steps);
    if status == 409 {
        let (told, steps) = command::guarded(known, refused);
        statement.sentences.extend(told);
        statement.steps.extend(steps);
    }
    vec![statement]
}

impl Person {
    /// The person in one line.
    pub(super) fn label(&self) -> String {
        let first = |list: &[String]| list.first().cloned();
        let id = self.user_ids.first().map(|id| text!("member.by-id", id = id).to_string());
        let all = [
            first(&self.emails),
            id,
            first(&self.scim_identifiers).or_else(|| first(&self.saml_identifiers)),
            first(&self.names),
        ];
        all.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
