//! The sentences about a group's check ([`GroupView`]): whether it goes on, what could not be checked, and
//! what is set so that members fail.

use super::{GroupCheck, ListState, SettingsState, Snapshot};
use crate::{
    base::{
        instant::Timestamp,
        number::thousands,
        severity::{Sentence, Severity},
    },
    gitlab::instance::Instance,
    group::{
        change::Change,
        expected::{Expectation, MemberStanding},
        member_class::MemberClass,
        members::Identity,
        plan::PlanState,
        reads::{Read, ReadKind},
        repair::Offer,
        table::{Query, RowView, TableView},
    },
    idp::vendor::{Setting, Vendor},
    text,
    trace::tracer::Tracer,
    view::owner_message::OwnerMessage,
};
use serde::{Deserialize, Serialize};

/// A group's check as people see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupView {
    /// Its GitLab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Instance>,
    /// The group's path.
    pub group: String,
    /// Whether all members were read.
    #[serde(default)]
    pub is_read: bool,
    /// Whether it reads, why it stands still, or that it is done.
    pub state: Sentence,
    /// Whether it can be stopped.
    pub can_cancel: bool,
    /// Whether it can go on.
    pub can_resume: bool,
    /// Whether all was read and can be read again.
    pub can_read_again: bool,
    /// Whether the person is not shown the group, and has their own sign-ins only.
    pub has_own_only: bool,
    /// Remarks on what could not be checked, and on what is set so that members fail.
    pub remarks: Vec<Sentence>,
    /// The number of those who lose access where SSO is enforced; absent before all is read.
    #[serde(default)]
    pub enforcement: Option<Sentence>,
    /// That a change is being made, or what came of the last one.
    pub changed: Option<Sentence>,
    /// The command that takes the last change back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<String>,
    /// Its identity provider, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// The place of the NameID's field on that provider's screens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_id_place: Option<String>,
    /// The result in words that can be sent, once all members were read: numbers and what to do, no names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<OwnerMessage>,
    /// The users.
    pub table: TableView,
    /// The identities of the chosen user that differ from what was sent, or of which nothing was.
    #[serde(default)]
    pub repairs: Vec<RepairAt>,
    /// The identity provider's list of people, where the person has given one.
    #[serde(default)]
    pub list: Option<ListState>,
    /// The files of the identity provider's settings that the person has given.
    #[serde(default)]
    pub settings: SettingsState,
}

/// An identity of one user, and whether it can be changed from here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepairAt {
    /// The identity.
    pub identity: Identity,
    /// The reasons why it cannot; absent where it can, or where the command for it can be had.
    pub refused: Option<String>,
}

impl GroupCheck {
    /// As people see it.
    pub fn view(&mut self, tracer: &Tracer, query: &Query) -> GroupView {
        let (state, group) = (self.state(), self.cursor().group.clone());
        let (_, snapshot, _) = self.joined(tracer);
        let vendor = snapshot.captures.rules.vendor;
        let (namesakes, forged) = (snapshot.table.joined().namesakes, snapshot.captures.forged());
        let (state_sentence, remarks) = (self.state_sentence(), self.remarks(namesakes, forged));
        let last = self.outcomes.last().filter(|_| self.change.is_none());
        let way_back = last.and_then(|outcome| outcome.way_back.clone());
        let outcome = self.outcomes.last().map(|outcome| outcome.sentence.clone());
        let can_resume = self.plan.can_go_on();
        let is_unsent = self.change.as_ref().is_some_and(Change::is_unsent);
        let under_way = |change: &Change| match change.is_unsent() {
            true => text!("change.waiting"),
            false => text!("change.under-way"),
        };
        let under_way = self.change.as_ref().map(|change| under_way(change).to_string());
        let changed = under_way.map(|text| Sentence { severity: Severity::Neutral, text }).or(outcome);
        self.joined(tracer);
        let (list, settings) = (self.list_state(), self.settings_state());
        let enforcement = self.enforcement();
        let table = self.table_view(query);
        let message = self.message(&table, list.as_ref());
        let repairs = match &table.chosen {
            Some(chosen) => self.repairs(tracer, &chosen.row),
            None => Vec::new(),
        };
        GroupView {
            instance: Some(self.cursor().instance.clone()),
            group,
            is_read: state == PlanState::Done,
            state: state_sentence,
            can_cancel: state == PlanState::Running || is_unsent,
            can_resume,
            can_read_again: self.can_read_again(),
            has_own_only: matches!(state, PlanState::NotOwner | PlanState::NotVisible),
            remarks,
            enforcement,
            changed,
            way_back,
            vendor,
            name_id_place: vendor.and_then(|vendor| Setting::NameId.place(vendor)).map(|it| it.to_string()),
            message,
            table,
            repairs,
            list,
            settings,
        }
    }

    /// The identities of a user that could need a change. If GitLab has what was sent, there is none.
    fn repairs(&mut self, tracer: &Tracer, row: &RowView) -> Vec<RepairAt> {
        if self.state() != PlanState::Done {
            return Vec::new();
        }
        let sent = row.name_id.as_deref();
        let stored = [(Identity::Saml, &row.saml), (Identity::Scim, &row.scim)];
        let open = stored.into_iter().filter(|(identity, stored)| {
            let is_same = |stored: &str| sent.is_some_and(|sent| identity.accepts(sent, stored));
            stored.as_deref().is_some_and(|stored| !is_same(stored))
        });
        let mut at = |identity: Identity| {
            let refused = match sent {
                // Without what was sent there is nothing to plan.
                None => Some(text!("repair.refused.not-captured").to_string()),
                Some(_) => match self.repair(tracer, row.id, identity)?.offer {
                    Offer::Refused { because } => Some(because.join(" ")),
                    Offer::CommandOnly { .. } | Offer::Change { .. } => None,
                },
            };
            Some(RepairAt { identity, refused })
        };
        open.filter_map(|(identity, _)| at(identity)).collect()
    }

    /// The number of those who lose access where SSO is enforced, as far as the last join knows.
    fn enforcement(&self) -> Option<Sentence> {
        let snapshot = self.joined.as_ref().filter(|_| self.state() == PlanState::Done)?;
        let losing = snapshot.table.joined().count(MemberClass::CannotSignIn);
        let (count, is_enforced) = (thousands(losing), snapshot.captures.rules.enforces_sso == Some(true));
        let text = match (losing, is_enforced) {
            (0, true) => text!("group.enforced.nobody"),
            (0, false) => text!("group.enforce.nobody"),
            (_, true) => text!("group.enforced.losing", count = count),
            (_, false) => text!("group.enforce.losing", count = count),
        };
        let severity = if losing == 0 { Severity::Neutral } else { Severity::Warning };
        Some(Sentence { severity, text: text.to_string() })
    }

    /// The part of the table that is asked for, of the last join; what a list of people lets expect is said
    /// behind the summary.
    fn table_view(&mut self, query: &Query) -> TableView {
        let GroupCheck { roll, joined: Some(snapshot), list, .. } = self else { return TableView::default() };
        let Snapshot { captures, table, matched, .. } = snapshot;
        let expected = matched.as_ref().zip(list.as_ref());
        let expected =
            expected.map(|(matched, list)| Expectation::matched(&list.directory, roll, captures, matched));
        let mut view = table.view(roll, captures, expected.as_ref(), query);
        if let Some(said) = expected.as_ref().and_then(Expectation::summary) {
            view.summary.text =
                text!("group.summary.expected", summary = view.summary.text, expected = said).to_string();
            if expected.is_some_and(|it| it.count(MemberStanding::Refused) > 0) {
                view.summary.severity = view.summary.severity.max(Severity::Warning);
            }
        }
        view
    }

    /// Whether it reads, why it stands still, or that it is done.
    pub fn state_sentence(&self) -> Sentence {
        let progress = self.progress();
        let (severity, text) = match self.state() {
            PlanState::Running => {
                let what = progress.read.map(|read| (read.kind().what)().to_string()).unwrap_or_default();
                let members = progress.members;
                let text = match (progress.of, progress.page) {
                    _ if progress.again => text!("group.state.again", what = what),
                    (_, None) => text!("group.state.running", what = what),
                    (_, Some(page)) if progress.read != Some(Read::Members) => {
                        text!("group.state.running-page", what = what, page = page)
                    }
                    (Some(of), _) => {
                        text!("group.state.running-of", what = what, members = members, of = of)
                    }
                    (None, _) => text!("group.state.running-members", what = what, members = members),
                };
                (Severity::Neutral, text)
            }
            PlanState::Done => {
                (Severity::Good, text!("group.state.done", members = thousands(progress.members)))
            }
            PlanState::Forgotten => (Severity::Info, text!("group.state.forgotten")),
            PlanState::Cancelled => (Severity::Info, text!("group.state.cancelled")),
            PlanState::SignedOut => (Severity::Warning, text!("group.state.signed-out")),
            PlanState::NotOwner => (Severity::Info, text!("group.state.not-owner")),
            PlanState::NotVisible => (Severity::Info, text!("group.state.not-visible")),
            PlanState::NoProvider => (Severity::Info, text!("group.state.no-provider")),
            PlanState::OtherGroup => (Severity::Warning, text!("group.state.other-group")),
            PlanState::Closed => (Severity::Info, text!("group.state.closed")),
            PlanState::Busy => (Severity::Warning, text!("group.state.busy")),
            PlanState::Broken(0) => (Severity::Warning, text!("group.state.no-answer")),
            PlanState::Broken(status) => (Severity::Warning, text!("group.state.broken", status = status)),
        };
        Sentence { severity, text: text.to_string() }
    }

    /// Remarks on what could not be checked, and on what is set so that members fail.
    fn remarks(&self, namesakes: usize, forged: usize) -> Vec<Sentence> {
        let gap = |(kind, status): (&'static ReadKind, Option<u16>)| {
            let severity = if status == Some(404) { Severity::Info } else { Severity::Warning };
            let lacks = (kind.lacks)();
            let text = match (status, kind.since) {
                (None, _) | (Some(404), None) => lacks,
                (Some(404), Some(since)) => text!("group.gap.since", lacks = lacks, since = since),
                (Some(0), _) => text!("group.gap.no-answer", lacks = lacks),
                (Some(200..300), _) => text!("group.gap.unreadable", lacks = lacks),
                (Some(status), _) => text!("group.gap.status", lacks = lacks, status = status),
            };
            (severity, text)
        };
        let roll = &self.roll;
        let left_out = (roll.left_out() > 0)
            .then(|| (Severity::Warning, text!("group.left-out", count = roll.left_out())));
        let unreadable = (roll.unreadable > 0)
            .then(|| (Severity::Warning, text!("group.unreadable", count = roll.unreadable)));
        let ranges = &roll.group.ip_ranges;
        let ip =
            (!ranges.is_empty()).then(|| (Severity::Info, text!("group.ip", ranges = ranges.join(", "))));
        let domains = &roll.group.email_domains;
        let domains = (!domains.is_empty())
            .then(|| (Severity::Info, text!("group.domains", domains = domains.join(", "))));
        // After a stop of the worker pages of events come in another order.
        let changed = roll.changes.iter().filter(|change| change.event == "group_saml_provider_update");
        let changed = changed.max_by_key(|change| Timestamp::parse(&change.at));
        let changed = changed.map(|change| (Severity::Info, change.text()));
        let all = self.plan.gaps().into_iter().map(gap).chain(left_out).chain(unreadable);
        let forged = (forged > 0).then(|| (Severity::Error, text!("group.forged", count = forged)));
        let alike = (namesakes > 0).then(|| (Severity::Info, text!("group.namesakes", count = namesakes)));
        let all = forged.into_iter().chain(all).chain(ip).chain(domains).chain(changed).chain(alike);
        all.map(|(severity, text)| Sentence { severity, text: text.to_string() }).collect()
    }
}
