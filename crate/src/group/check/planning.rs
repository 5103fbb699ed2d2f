//! A change that a person plans with the list of people beside the group that is checked: chosen, matched
//! with the list, and said in words.
//!
//! It is in memory alone and goes with the list. It stays while the group is read again, so that it is seen
//! how far the correction has come (row R43). Leaves out: who matches and the steps ([`Planned`]), and what a
//! new side is compared with ([`Settings`]).

use super::{GroupCheck, PlanState, settings::of};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        limits::{SETTINGS_FILES, SHORT_BYTES},
    },
    group::{
        expected::{Columns, Expectation, Matching, Shape},
        planned::{Change, Planned},
        script::{Script, ScriptPart},
        settings::{Responses, Settings},
    },
    idp::directory::Directory,
    scim::Statement,
    text,
    trace::tracer::Tracer,
    view::value::visible,
};
use serde::{Deserialize, Serialize};

/// The change that a person plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// Its kind.
    pub change: Change,
    /// The column of the new NameID; that of today where none is named.
    pub to: Option<usize>,
    /// The way in which the new NameID is made of it.
    #[serde(default)]
    pub shape: Shape,
}

impl PlannedChange {
    /// Begins to match the list with the new column, where there is one.
    pub(super) fn begin(self, list: &Directory, today: &Columns) -> Option<Matching> {
        let name_id = self.to.filter(|to| *to < list.columns.len())?;
        let columns = Columns {
            name_id: Some(name_id),
            shape: self.shape,
            configured: None,
            email: today.email,
            external_id: today.external_id,
            configured_external_id: today.configured_external_id.clone(),
        };
        Some(Matching::new(list, columns))
    }
}

/// A change that is planned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Planning {
    pub(super) chosen: PlannedChange,
    pub(super) matching: Option<Matching>,
    /// The number of members who matched when it was begun.
    begun: Option<usize>,
    /// The new side: metadata, certificates, Issuers.
    new: Settings,
    /// The number of things that were given of it.
    given: usize,
}

impl GroupCheck {
    /// Plans this change from now on, or none. What was given of the new side stays while the kind does.
    pub fn plan_change(&mut self, chosen: Option<PlannedChange>) {
        let Some(list) = &mut self.list else { return };
        let before = list.planning.take();
        list.planning = chosen.map(|chosen| {
            let same = before.filter(|before| before.chosen.change == chosen.change);
            let is_same = same.as_ref().is_some_and(|before| before.chosen == chosen);
            let (new, given, begun) = match same {
                Some(before) => (before.new, before.given, before.begun),
                None => (Settings::default(), 0, None),
            };
            Planning { chosen, matching: None, begun: begun.filter(|_| is_same), new, given }
        });
        self.match_anew();
    }

    /// Takes in metadata, a certificate or the Issuer of the new identity provider.
    ///
    /// # Errors
    /// A sentence for people: it is none of these, or no change is planned, or there is too much of it.
    pub fn take_new_side(&mut self, file: &str, content: &str) -> Result<(), Text> {
        let file = visible(file, None).to_string();
        let planning = self.list.as_mut().and_then(|list| list.planning.as_mut());
        let planning = planning.ok_or_else(|| text!("expected.gone"))?;
        if content.len() > SHORT_BYTES {
            return Err(text!("settings.too-large", file = file, limit = SHORT_BYTES / (1024 * 1024)));
        }
        if planning.given == SETTINGS_FILES {
            return Err(text!("settings.too-many", limit = SETTINGS_FILES));
        }
        if !planning.new.take_side(&file, content) {
            return Err(text!("plan.no-side", file = file));
        }
        planning.given += 1;
        self.match_anew();
        Ok(())
    }

    /// The part of the corrections as scripts that begins in the place `start`: towards what is planned, or
    /// else towards what is expected today. Nothing before all is read and matched.
    pub fn script(&mut self, tracer: &Tracer, start: usize) -> Option<ScriptPart> {
        let is_whole = self.state() == PlanState::Done;
        self.joined(tracer);
        let GroupCheck { plan, roll, joined: Some(snapshot), list, .. } = self else { return None };
        let list = list.as_ref();
        if !is_whole || list.is_some_and(|list| list.unmatched().next().is_some()) {
            return None;
        }
        let planned = snapshot.planned.as_ref().zip(list);
        let planned =
            planned.map(|(it, list)| Expectation::matched(&list.directory, roll, &snapshot.captures, it));
        let expectation = planned.or_else(|| snapshot.expectation(roll, list));
        let (of, known) = (of(plan), (&*roll, &snapshot.captures, snapshot.table.joined()));
        Some(Script::part(known, (of.instance, of.path), expectation.as_ref(), start))
    }

    /// The plan in words, once all is matched: who matches and the steps, then what is new at the other side.
    pub(super) fn said_of_plan(&mut self, tracer: &Tracer, now: Timestamp) -> Vec<Statement> {
        let is_whole = self.state() == PlanState::Done;
        let GroupCheck { plan, roll, joined: Some(snapshot), list: Some(list), .. } = self else {
            return Vec::new();
        };
        let Some((planned, fit)) = list.planning.as_ref().and_then(|planning| {
            let PlannedChange { change, to, .. } = planning.chosen;
            let today = snapshot.expectation(roll, Some(list))?;
            let new = match (&snapshot.planned, to) {
                (Some(planned), Some(_)) => {
                    Some(Expectation::matched(&list.directory, roll, &snapshot.captures, planned))
                }
                (None, Some(_)) => return None,
                // Of the field everything depends.
                (_, None) if change == Change::Field => return None,
                (_, None) => None,
            };
            let after = new.as_ref().unwrap_or(&today);
            // A new provider's list says nothing of what the old one sends.
            let today = (change != Change::Provider).then_some(&today);
            let planned = Planned::of(change, roll, today, after).since(planning.begun);
            let said = planned.statement(of(plan).instance, snapshot.captures.rules.enforces_sso);
            Some((said, planned.fit()))
        }) else {
            return Vec::new();
        };
        let Some(planning) = list.planning.as_mut() else { return Vec::new() };
        if is_whole {
            planning.begun.get_or_insert(fit);
        }
        let new = (planning.given > 0).then(|| planning.new.said_of_new(&Responses::of(tracer), now));
        [planned].into_iter().chain(new).collect()
    }
}

#[cfg(test)]
mod tests;
