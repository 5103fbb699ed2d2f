//! The message that a person who cannot sign in sends to the owner of the group, or to the administrator of
//! their GitLab ([`OwnerMessage`]): what was seen, what GitLab said, when, and what to compare.
//!
//! Row R23. A person signs in with an assertion, a cookie or a RelayState, so none of the three is ever in
//! it, nor any part of a message beyond what is compared; of addresses only what is known to be harmless is
//! shown ([`shown_address`]), of what a page said the words that are known as GitLab's, and of what the
//! identity provider said the codes that are known (`for_others.rs`). A NameID and stored identifiers are no
//! credentials: they name an account and open none. The owner sees them on the settings page anyway and has
//! to compare them character by character, so they stand here in full, with what cannot be seen written out.
//! Only a transient NameID, which nobody can compare with anything, is left out.

use super::{
    new_identity, of_file,
    print::terminal,
    value,
    verdict::{said_meaning, short_verdict, title, usual, verdict_for_others, verdict_text, worst},
};
use crate::{
    base::{
        catalogue::Text,
        order::sort_by_key,
        redact,
        severity::Actor,
        shown_address::{self, InMessage},
    },
    case::{Case, diagnosis::Ask, finding::Finding},
    comparison::{self, Row, Verdict, attribution},
    gitlab::{
        docs,
        instance::Instance,
        outcome::{self, Outcome},
        routes::Provider,
        stored::{Fact, StoredValue},
    },
    idp::vendor::Vendor,
    text,
    trace::{flow::FlowKind, observation::Observation},
};
use serde::{Deserialize, Serialize};

/// A message that is ready to be sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerMessage {
    /// For whom it is: "Message to the group owner".
    pub heading: String,
    /// The words of the button that copies it: "Copy message for your group owner".
    #[serde(default)]
    pub copy: String,
    /// It in one line.
    pub subject: String,
    /// All of it, with the subject: plain text.
    pub text: String,
}

/// The material that the message is made of.
struct Context<'a> {
    case: &'a Case<'a>,
    instance: &'a Instance,
    provider: &'a Provider,
    worst: Option<&'a Finding>,
}

/// The message about the flow of `case`. None for a sign-in that works or is under way, and for one that is
/// to no GitLab that is known.
pub fn owner_message(case: &Case<'_>) -> Option<OwnerMessage> {
    let (flow, comparison) = (case.flow, case.comparison());
    let (Some(instance), Some(provider)) = (&flow.instance, &flow.provider) else { return None };
    let worst = worst(case);
    let open = flow.response.is_some() && !flow.let_in() && comparison.saml_verdict() == Verdict::Unknown;
    let refused = flow.succeeded() == Some(false);
    // Whoever has GitLab verify its settings is an owner.
    let verifies = flow.outcomes.iter().any(|it| matches!(it, Outcome::Verified | Outcome::VerifyFailed));
    // A message that is no Response of SAML 2.0 is refused, too, where it stands in its place.
    let is_sign_in = flow.kind == FlowKind::SignIn || case.verdict().accepted == Some(false);
    if verifies || !is_sign_in || !(worst.is_some() || open || refused) {
        return None;
    }
    let context = Context { case, instance, provider, worst };
    if context.steps().is_empty() {
        return None;
    }
    let verdict = verdict_for_others(case);
    let subject = text!("owner.subject", title = title(flow), verdict = short_verdict(case).text);
    let (heading, copy) = match context.reader() {
        Actor::IdentityProvider => (text!("owner.heading.idp"), text!("owner.copy.idp")),
        Actor::GitlabAdministrator => (text!("owner.heading.instance"), text!("owner.copy.instance")),
        Actor::GroupOwner | Actor::You => (text!("owner.heading.group"), text!("owner.copy.group")),
    };
    let blocks = [
        vec![subject.to_string()],
        vec![match flow.let_in() {
            true => text!("owner.greeting.let-in").to_string(),
            false => text!("owner.greeting").to_string(),
        }],
        context.circumstances(&verdict.text),
        context.compared(),
        context.asks(),
        vec![text!("owner.left-out").to_string()],
    ];
    let blocks = blocks.iter().filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n"));
    Some(OwnerMessage {
        heading: heading.to_string(),
        copy: copy.to_string(),
        subject: subject.to_string(),
        text: terminal::printable(&blocks.collect::<Vec<_>>().join("\n\n")),
    })
}

/// The requests that only the administrator of the identity provider can meet.
const OF_PROVIDER: &[&str] = &["owner.ask.assigned", "owner.ask.name-id-missing", "owner.ask.transient"];

impl Context<'_> {
    /// The one who can do what the message asks for first.
    fn reader(&self) -> Actor {
        match (self.steps().first(), self.provider.group()) {
            (Some(Ask::Do(text)), _) if OF_PROVIDER.contains(&text().key()) => Actor::IdentityProvider,
            (_, Some(_)) => Actor::GroupOwner,
            (_, None) => Actor::GitlabAdministrator,
        }
    }

    /// The circumstances: where, when, who, what was seen, what GitLab said.
    fn circumstances(&self, verdict: &str) -> Vec<String> {
        let line = |what: Text, value: String| text!("owner.line", what = what, value = value).to_string();
        let gitlab = line(text!("owner.gitlab"), self.instance.url("/"));
        let group = self.provider.group().map(|path| line(text!("owner.group"), path.to_owned()));
        let when = line(text!("owner.when"), self.case.zone.for_others(self.case.flow.id.event.time));
        let who = self
            .case
            .comparison()
            .attribution
            .member()
            .map(|member| line(text!("owner.who"), member.label()));
        let email = attribution::email_sent(self.case.tracer, self.case.flow);
        let email = email.map(|email| line(text!("owner.email"), visible(&email, None)));
        let issuer =
            self.case.flow.response_message(self.case.tracer).and_then(|message| message.head.issuer.clone());
        let issuer = issuer.map(|issuer| {
            let shown = redact::prose_by(&issuer, &mut self.addresses());
            let named =
                |vendor: Vendor| text!("vendor.named", issuer = shown, name = vendor.name()).to_string();
            line(text!("owner.issuer"), self.case.vendor().map_or_else(|| shown.clone(), named))
        });
        let file = of_file::label(self.case.tracer, &self.case.flow.id.event);
        let file = file.map(|file| line(text!("owner.of-file"), file.to_string()));
        let seen = line(text!("owner.seen"), self.without_addresses(verdict));
        let flash: Vec<String> = self.case.flow.flash.iter().flatten().map(|said| self.known(said)).collect();
        let said = match flash.as_slice() {
            [] => text!("owner.said-nothing").to_string(),
            said => said.join(" / "),
        };
        let said = line(text!("owner.said"), said);
        let means = said_meaning(self.case.flow)
            .map(|meaning| line(text!("owner.means"), self.case.named((meaning.means)()).to_string()));
        [Some(gitlab), group, Some(when), file, who, email, issuer, Some(seen), Some(said), means]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The words of what a page said that are known as GitLab's, and the addresses in it: the rest could hold
    /// a secret, and a message that is not known could be anything.
    fn known(&self, said: &str) -> String {
        let Some(words) = outcome::known_words(said) else {
            return text!("owner.said-other", count = said.chars().count()).to_string();
        };
        let addresses = said.split_whitespace().filter(|word| word.contains("://"));
        let addresses = addresses.map(|address| redact::prose_by(address, &mut self.addresses()));
        std::iter::once(words).chain(addresses).collect::<Vec<_>>().join(" ")
    }

    /// The part that is shown of addresses.
    fn addresses(&self) -> InMessage<'_> {
        InMessage { group: self.provider.group().unwrap_or_default() }
    }

    /// A sentence with the addresses that it compares as they may be shown, also where a value is none.
    fn without_addresses(&self, sentence: &str) -> String {
        let rows = self.case.comparison().rows.iter();
        let sides = rows.flat_map(|row| [&row.left, &row.right]).flatten();
        let known = sides.filter(|side| is_address(side.fact)).filter_map(|side| side.value.known());
        let mut values: Vec<&str> = known.filter(|value| !value.is_empty()).collect();
        // The longest first: one can begin with another.
        sort_by_key(&mut values, |value| std::cmp::Reverse(value.len()));
        values.dedup();
        // A sign of its own for each until the other addresses are done: what stands for a value has spaces.
        let sign = |at: usize| format!("\u{e000}{at}\u{e001}");
        let mut text = sentence.replace(['\u{e000}', '\u{e001}'], "");
        for (at, value) in values.iter().enumerate() {
            text = text.replace(value, &sign(at));
        }
        text = redact::prose_by(&text, &mut self.addresses());
        for (at, value) in values.iter().enumerate() {
            text = text.replace(&sign(at), &shown_address::address(value, &mut self.addresses()));
        }
        text
    }

    /// The values that were sent beside those that are stored: the NameID always, other rows where they are
    /// not the same to GitLab.
    fn compared(&self) -> Vec<String> {
        let rows = &self.case.comparison().rows;
        let is_told = |row: &&Row| match row.verdict {
            Verdict::Unknown => row.kind.id == "name-id-with-saml",
            _ => {
                row.right.as_ref().is_some_and(|right| right.fact == Fact::SamlExternUid)
                    || !row.is_accepted()
            }
        };
        rows.iter().filter(is_told).flat_map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &Row) -> Vec<String> {
        let values = [&row.left, &row.right].map(|side| side.as_ref());
        let other = |at: usize| values.get(1 - at).copied().flatten().and_then(|o| o.value.known());
        let lines = values.iter().enumerate().filter_map(|(at, side)| {
            let observation = (*side)?;
            let what = self.case.named(observation.fact.text());
            let value = self.value(observation, other(at));
            let (source, event) = (observation.source.text(), observation.provenance.event());
            let source = of_file::said(self.case.tracer, event, source);
            Some(text!("owner.value", what = what, value = value, source = source).to_string())
        });
        let head = match row.verdict {
            Verdict::Unknown => text!("owner.not-compared"),
            verdict => text!("owner.compared", verdict = verdict_text(verdict)),
        };
        std::iter::once(head.to_string()).chain(lines).collect()
    }

    /// A value as the owner needs it: identifiers in full, addresses without what could be a credential.
    fn value(&self, observation: &Observation, other: Option<&str>) -> String {
        let name_id = self.case.comparison().name_id.as_ref();
        match (&observation.value, observation.fact) {
            (StoredValue::Absent | StoredValue::Unseen, _) => text!("owner.none").to_string(),
            (_, Fact::NameId) if name_id.is_some_and(comparison::is_transient) => {
                text!("owner.transient").to_string()
            }
            (StoredValue::Known(url), fact) if is_address(fact) => {
                shown_address::address(url, &mut self.addresses())
            }
            (StoredValue::Known(name), Fact::Audience | Fact::EntityId) if name.contains("://") => {
                shown_address::address(name, &mut self.addresses())
            }
            (StoredValue::Known(value), _) => visible(value, other),
        }
    }

    /// The things that the owner is asked to do; nobody compares the NameID of an account that GitLab found.
    fn steps(&self) -> Vec<Ask> {
        let flow = self.case.flow;
        let asks = match self.worst {
            Some(worst) => worst.diagnosis.ask,
            None if flow.is_of_account() => &[Ask::Do(|| text!("owner.ask.account")), Ask::Usual],
            None => &[Ask::CompareNameId, Ask::Usual],
        };
        let is_asked = |ask: &Ask| !(flow.has_account() && matches!(ask, Ask::CompareNameId));
        asks.iter().copied().filter(is_asked).collect()
    }

    /// The tasks for the owner, with where they are written down.
    fn asks(&self) -> Vec<String> {
        let page = self.provider.group().map(|path| self.instance.url(&format!("/groups/{path}/-/saml")));
        let compare = || match (&page, self.case.comparison().saml_verdict()) {
            (_, Verdict::Exact) => text!("owner.ask.look-elsewhere"),
            (Some(page), _) => text!("owner.ask.find-row", page = page),
            (None, _) => text!("owner.ask.find-identity", page = self.instance.url("/admin/users")),
        };
        let asks = self.steps();
        let is_usual = asks.iter().any(|ask| matches!(ask, Ask::Usual));
        let steps = asks.iter().filter_map(|ask| match ask {
            Ask::CompareNameId => Some(self.case.named(compare())),
            Ask::Link => Some(match new_identity::page(self.case) {
                Some((page, provider)) => text!("owner.ask.add-identity", page = page, provider = provider),
                None => text!("owner.ask.not-stored"),
            }),
            Ask::Do(text) => Some(self.case.placed(self.case.named(text()))),
            Ask::Usual => None,
        });
        let usual = usual(self.case.flow)
            .filter(|_| is_usual)
            .map(|steps| text!("owner.usual", steps = self.case.placed(self.case.advice(steps))).to_string());
        let link = self.worst.and_then(|worst| worst.remedy.iter().find_map(|remedy| remedy.link));
        let link = link.unwrap_or(docs::TROUBLESHOOTING);
        let numbered = steps.zip(1..).map(|(ask, number)| format!("{number}. {ask}"));
        std::iter::once(text!("owner.asks").to_string())
            .chain(numbered)
            .chain(usual)
            .chain([text!("owner.documentation", link = link).to_string()])
            .collect()
    }
}

fn is_address(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::Destination
            | Fact::Recipient
            | Fact::AcsUrl
            | Fact::RequestAcs
            | Fact::RequestDestination
            | Fact::SsoUrl
    )
}

/// A value in quotes, with what cannot be seen written out.
fn visible(value: &str, other: Option<&str>) -> String {
    text!("owner.quoted", value = value::visible(value, other)).to_string()
}
