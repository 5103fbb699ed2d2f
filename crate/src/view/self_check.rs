//! The self-check of whoever signs in ([`SelfCheck`]): what GitLab has stored for them, each identity beside
//! the NameID that was sent; or, while that cannot be read, what is needed for it.
//!
//! gitlab-facts 3.2: `GET /api/v4/user` tells any signed-in user their own SAML identities and, since GitLab
//! 16.1, SCIM identities. Rows R07, R08, R12, R15, R17, R23, R39, R59, R65. Leaves out: what a group owner
//! sees of others, which is the comparison's.

use super::{
    ValueView,
    value::runs,
    verdict::{sentence, step, verdict_text},
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    case::Case,
    comparison::{self, Rule, Verdict, attribution},
    gitlab::{
        api::{CurrentUser, ScimIdentity},
        docs,
        instance::Instance,
        outcome::Outcome,
        routes::Provider,
        stored::Fact,
    },
    text,
    trace::{flow::FlowKind, identities::SignedIn},
};
use serde::{Deserialize, Serialize};

/// The facts that a person can check by themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfCheck {
    /// The person who is signed in to GitLab in this browser, or why nothing can be read.
    pub state: Sentence,
    /// The values that GitLab has stored for them; SAML first.
    pub identities: Vec<OwnIdentity>,
    /// The steps that are needed before anything can be compared.
    pub needed: Vec<Step>,
}

/// One thing that GitLab has stored for the person who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnIdentity {
    /// The stored value, with what differs from the one sent marked.
    pub value: ValueView,
    /// Its meaning for the sign-in.
    pub sentence: Sentence,
}

/// The self-check of the person who signs in. None where there is nothing to compare, where what is stored
/// was given by hand, and where what is stored is known of somebody else, as a group owner's page shows it.
pub fn self_check(case: &Case<'_>) -> Option<SelfCheck> {
    let Case { tracer, flow, .. } = *case;
    let comparison = case.comparison();
    let (Some(instance), Some(provider)) = (&flow.instance, &flow.provider) else { return None };
    if flow.kind != FlowKind::SignIn || tracer.told().is_some() {
        return None;
    }
    let (name_id, _) = comparison::uid_sent(tracer, flow)?;
    let sent = comparison.name_id.as_ref().filter(|_| comparison::uid_attribute(tracer, flow).is_none());
    let transient = sent.is_some_and(comparison::is_transient);
    let answer = tracer.identities().signed_in(instance, &flow.place);
    let theirs = comparison.attribution.member();
    match answer.and_then(|answer| Some((answer, answer.user.as_ref()?))) {
        Some((answer, user)) if theirs.is_some_and(|member| member.is(&user.member())) => {
            let own = Own { case, instance, provider, answer, user };
            Some(own.check(&name_id, transient))
        }
        _ if comparison.saml_verdict() != Verdict::Unknown => None,
        Some((_, user)) => {
            let state = text!("self-check.other", host = instance, member = user.member().label());
            Some(waiting(sentence(Severity::Info, state), case, instance))
        }
        None => {
            let state = match answer {
                Some(_) => text!("self-check.signed-out", host = instance),
                None => text!("self-check.not-seen", host = instance),
            };
            Some(waiting(sentence(Severity::Neutral, state), case, instance))
        }
    }
}

/// A self-check that names the steps that are needed before GitLab tells anything.
fn waiting(state: Sentence, case: &Case<'_>, instance: &Instance) -> SelfCheck {
    let Case { tracer, flow, .. } = *case;
    let has_password = !tracer.forbids_passwords(flow);
    let needed = if flow.let_in() {
        vec![step(text!("self-check.open-page", host = instance), None)]
    } else {
        let place = match flow.place.private {
            true => text!("self-check.sign-in.private", host = instance),
            false => text!("self-check.sign-in", host = instance),
        };
        let ask = match flow.provider.as_ref().and_then(Provider::group) {
            Some(_) => text!("self-check.ask-owner"),
            None => text!("self-check.ask-admin"),
        };
        // After this outcome it is what to do first anyway; without passwords it is no way out.
        let said = flow.outcomes == [Outcome::EmailTaken] && !flow.place.private;
        let sign_in = (!said && has_password).then(|| step(place, None));
        let page = instance.url("/users/password/new");
        let reset = || step(text!("self-check.reset", page = page), Some(&page));
        let ask = step(ask, Some(docs::TROUBLESHOOTING));
        sign_in.into_iter().chain(has_password.then(reset)).chain([ask]).collect()
    };
    SelfCheck { state, identities: Vec::new(), needed }
}

/// The signed-in person's own answer.
struct Own<'a> {
    case: &'a Case<'a>,
    instance: &'a Instance,
    provider: &'a Provider,
    answer: &'a SignedIn,
    user: &'a CurrentUser,
}

impl Own<'_> {
    fn check(&self, name_id: &str, transient: bool) -> SelfCheck {
        let (member, time) =
            (self.user.member().label(), self.case.zone.time_of_day(self.answer.provenance.time()));
        let state = text!("self-check.signed-in", host = self.instance, member = member, time = time);
        let mut identities = self.saml(name_id, transient);
        identities.extend(self.scim(name_id, transient));
        identities.extend(self.email());
        SelfCheck { state: sentence(Severity::Neutral, state), identities, needed: Vec::new() }
    }

    /// The SAML identities of this kind. The answer names no group, so of several only an equal one is told
    /// apart.
    fn saml(&self, name_id: &str, transient: bool) -> Vec<OwnIdentity> {
        let rule = Rule::of_sign_in(self.provider);
        let stored: Vec<_> = self
            .user
            .identities
            .iter()
            .filter(|identity| identity.provider == self.provider.name())
            .collect();
        if stored.is_empty() {
            return vec![line(
                Fact::SamlExternUid,
                None,
                name_id,
                Severity::Warning,
                text!("self-check.none"),
            )];
        }
        let several = stored.len() > 1;
        let verdict = |extern_uid: &str| comparison::verdict(name_id, extern_uid);
        let found =
            stored.iter().filter_map(|it| it.extern_uid.as_deref()).any(|it| rule.accepts(verdict(it)));
        let shown = |extern_uid: Option<&str>| {
            let (severity, text) = match extern_uid.map(verdict) {
                None => (Severity::Warning, text!("self-check.none")),
                Some(verdict) if rule.accepts(verdict) => (Severity::Good, verdict_text(verdict)),
                Some(_) if found => (Severity::Neutral, text!("self-check.other-group")),
                Some(_) if transient => (Severity::Error, verdict_text(Verdict::Transient)),
                Some(verdict) if several => {
                    (Severity::Warning, text!("self-check.perhaps", verdict = verdict_text(verdict)))
                }
                Some(verdict) => {
                    let text = text!("self-check.refused", verdict = verdict_text(verdict));
                    (Severity::Error, self.case.named(text))
                }
            };
            line(Fact::SamlExternUid, extern_uid, name_id, severity, text)
        };
        stored.iter().map(|identity| shown(identity.extern_uid.as_deref())).collect()
    }

    /// The SCIM identities, where this GitLab tells them. SCIM takes upper and lower case as the same.
    fn scim(&self, name_id: &str, transient: bool) -> Vec<OwnIdentity> {
        let Some(all) = &self.user.scim_identities else { return Vec::new() };
        let is_group = self.provider.group().is_some();
        let of_kind: Vec<_> = all.iter().filter(|identity| identity.group_id.is_some() == is_group).collect();
        if of_kind.is_empty() {
            let none = text!("self-check.no-scim");
            return vec![line(Fact::ScimExternUid, None, name_id, Severity::Neutral, none)];
        }
        let several = of_kind.len() > 1;
        let shown = |identity: &ScimIdentity| {
            let verdict = identity.extern_uid.as_deref().map(|uid| comparison::verdict(name_id, uid));
            let accepted = verdict.is_some_and(|verdict| Rule::IgnoringCase.accepts(verdict));
            let (severity, text) = match verdict {
                _ if identity.active == Some(false) => (Severity::Warning, text!("self-check.scim-inactive")),
                None => (Severity::Neutral, text!("self-check.no-scim")),
                Some(Verdict::CaseOnly) => (Severity::Good, text!("self-check.scim-case")),
                Some(verdict) if accepted => (Severity::Good, verdict_text(verdict)),
                Some(_) if transient => (Severity::Warning, verdict_text(Verdict::Transient)),
                Some(_) if several => (Severity::Neutral, text!("self-check.scim-other-group")),
                Some(_) => (Severity::Warning, self.case.named(text!("self-check.scim-differs"))),
            };
            line(Fact::ScimExternUid, identity.extern_uid.as_deref(), name_id, severity, text)
        };
        of_kind.into_iter().map(shown).collect()
    }

    /// GitLab links and provisions by the primary e-mail address.
    fn email(&self) -> Option<OwnIdentity> {
        let sent = attribution::email_sent(self.case.tracer, self.case.flow)?;
        let stored = self.user.email.as_deref()?;
        let same = stored.eq_ignore_ascii_case(&sent);
        let (severity, text) = match same {
            true if self.user.verified_email().is_none() => {
                (Severity::Warning, text!("self-check.email-unconfirmed"))
            }
            true => (Severity::Good, text!("self-check.email-same")),
            false => (Severity::Info, text!("self-check.email-differs", sent = sent)),
        };
        let label = text!("self-check.email").to_string();
        Some(OwnIdentity {
            // Upper and lower case do not count here, so they are not marked.
            value: ValueView { label, ..own_value(Some(stored), if same { stored } else { &sent }) },
            sentence: sentence(severity, text),
        })
    }
}

fn line(fact: Fact, stored: Option<&str>, sent: &str, severity: Severity, text: Text) -> OwnIdentity {
    let label = fact.text().to_string();
    OwnIdentity { value: ValueView { label, ..own_value(stored, sent) }, sentence: sentence(severity, text) }
}

/// A stored value beside the one that was sent. Where and when it was seen is said once, for all of them.
fn own_value(stored: Option<&str>, sent: &str) -> ValueView {
    ValueView {
        value: stored.map(str::to_owned),
        runs: stored.map(|stored| runs(stored, Some(sent))).unwrap_or_default(),
        ..ValueView::default()
    }
}
