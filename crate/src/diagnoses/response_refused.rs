//! GitLab refuses the Response: the first of its checks that fails, as GitLab said or as Samlight sees it.
//!
//! gitlab-facts 4.6 and 5.1. This is for the checks that no other diagnosis explains ([`EXPLAINED`]): each
//! refusal has a finding, what it means and what to do. Where GitLab's page named a check, that one counts.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    acceptance,
    base::{
        catalogue::{Text, stop},
        severity::Severity,
    },
    case::acceptance::{CheckState, Checked},
    gitlab::{docs, messages},
    text,
    trace::flow::Flow,
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "response-refused",
    short: |_| text!("short.refuses"),
    ask: &[Ask::CompareNameId, Ask::Do(|| text!("owner.ask.refused")), Ask::Usual],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

/// The diagnoses that say more of a failed check than the check itself.
const EXPLAINED: &[(&str, &[&str])] = &[
    ("message-size", &["message-bomb"]),
    ("encoding", &["unreadable-message"]),
    ("well-formed", &["unreadable-message", "doctype"]),
    ("encrypted-assertion", &["message-encrypted"]),
    ("attributes", &["message-encrypted"]),
    ("status", &["status-not-success"]),
    ("signed-elements", &["signature-missing", "signature-ambiguous"]),
    ("schema", &["doctype", "name-id-missing"]),
    ("validity", &["clock-skew"]),
    ("audience", &["audience-differs"]),
    ("destination", &["acs-differs"]),
    ("session", &["clock-skew"]),
    ("subject-confirmation", &["acs-differs", "clock-skew", "name-id-missing"]),
    ("name-id", &["name-id-missing", "message-encrypted"]),
    (
        "signature",
        &[
            "fingerprint-differs",
            "signature-invalid",
            "signature-missing",
            "signature-method",
            "response-forged",
        ],
    ),
    (
        acceptance::ACCOUNT,
        &[
            "name-id-mismatch",
            "name-id-not-stored",
            "name-id-transient",
            "name-id-missing",
            "stored-for-other-user",
        ],
    ),
];

/// Whether the diagnosis with this id says why the check `step` fails.
pub(super) fn explains(id: &str, step: &str) -> bool {
    EXPLAINED.iter().any(|(check, ids)| *check == step && ids.contains(&id))
}

fn find(case: &Case<'_>) -> Option<Found> {
    let Refusal { id, title, said } = case.refusal()?;
    let response = case.response().or_else(|| case.messages().next())?;
    let judged = case.acceptance().and_then(|it| it.checks.iter().find(|checked| checked.id == id));
    let failed = judged.filter(|checked| checked.state == CheckState::Failed);
    let predicted = failed.and_then(|checked| checked.said.as_ref()).map(|said| said.text.as_str());
    let meaning = said.or(predicted).and_then(messages::meaning);
    // Words that GitLab showed count before those that are predicted.
    let is_same = |said| predicted.is_some_and(|it| messages::folded(it) == messages::folded(said));
    let failed = failed.filter(|_| said.is_none_or(is_same));
    let means = meaning.map(|meaning| (meaning.means)());
    // What the check itself says is closer than what its words mean in general.
    let own = failed.filter(|checked| checked.text.is_some() && checked.text != means);
    let words = said.or(predicted).map(|said| text!("accept.says", said = said, stop = stop(said)));
    let text = match (means.filter(|_| own.is_none()), own.map(Checked::sentence).or(words)) {
        (Some(means), Some(why)) => {
            text!("response-refused.means", check = title, means = means, why = why)
        }
        (None, Some(why)) => text!("response-refused.why", check = title, why = why),
        (_, None) => text!("response-refused", check = title),
    };
    let evidence = Evidence::of(&response.seen.event, text!("evidence.check", check = title));
    let step = meaning.map_or_else(|| text!("remedy.refused"), |meaning| (meaning.steps)());
    let found = Found::new(Severity::Error, AtFault::IdentityProvider, text, evidence);
    Some(found.remedy(step, Some(docs::TROUBLESHOOTING)))
}

/// A check by which GitLab refuses the Response.
pub(super) struct Refusal<'a> {
    /// The check's id, or [`acceptance::ACCOUNT`].
    pub(super) id: &'static str,
    title: Text,
    /// The words that GitLab's page showed.
    said: Option<&'a str>,
}

impl<'a> Case<'a> {
    /// The check by which GitLab refuses the Response: the one that its page named, or else the first that
    /// fails. None where GitLab found the account; where it found the Response valid, only what it does with
    /// the account can be.
    pub(super) fn refusal(&self) -> Option<Refusal<'a>> {
        if self.took_response() && self.flow.has_account() {
            return None;
        }
        let flow: &'a Flow = self.flow;
        let mut named = flow.flash.iter().flatten().filter_map(|shown| {
            let check = acceptance::check_of(shown)?;
            let said = messages::reason(shown).unwrap_or(shown);
            Some(Refusal { id: check.id, title: (check.title)(), said: Some(said) })
        });
        named.next().or_else(|| {
            let acceptance = self.acceptance().filter(|acceptance| acceptance.accepted == Some(false))?;
            let is_possible = |step| !self.took_response() || step == Some(acceptance::ACCOUNT);
            let acceptance = Some(acceptance).filter(|it| is_possible(it.step))?;
            let checked = acceptance.checks.iter().find(|checked| Some(checked.id) == acceptance.step)?;
            Some(Refusal { id: checked.id, title: checked.title.clone(), said: None })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{acceptance::CHECKS, diagnoses::ALL};

    #[test]
    fn the_table_names_checks_and_diagnoses_that_there_are() {
        for (check, ids) in EXPLAINED {
            assert!(*check == acceptance::ACCOUNT || CHECKS.iter().any(|it| it.id == *check), "{check}");
            assert!(ids.iter().all(|id| ALL.iter().any(|diagnosis| diagnosis.id == *id)), "{ids:?}");
        }
    }
}
