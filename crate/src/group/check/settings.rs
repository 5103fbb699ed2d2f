//! The files of the identity provider's settings beside the group that is checked: taken in one by one, and
//! said in words.
//!
//! They are in memory alone and go with the check, as the list of people does; nothing of them is an event,
//! stored or sent. The field that they name is a ground of what is expected of the people in the list.
//! Leaves out: how a file is read ([`Settings`]).

use super::{GroupCheck, Plan};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        limits::{SETTINGS_FILES, SHORT_BYTES},
        severity::Severity,
    },
    group::{
        provisioned::{Provisioned, Received},
        settings::{For, Responses, Settings},
    },
    scim::Statement,
    text,
    trace::tracer::Tracer,
    view::value::visible,
};
use serde::{Deserialize, Serialize};

/// The settings that were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Given {
    pub(super) settings: Settings,
    state: SettingsState,
}

/// The files as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsState {
    /// Their names, in the order in which they came.
    pub files: Vec<String>,
    /// Another one when what they say may have changed.
    pub serial: u64,
}

/// The group that is checked, as settings know it.
pub(super) fn of(plan: &Plan) -> For<'_> {
    let cursor = plan.cursor();
    For { instance: &cursor.instance, path: &cursor.group }
}

impl GroupCheck {
    /// Takes in a file of settings, in place of one of the same name.
    ///
    /// # Errors
    /// A sentence for people: it is none, or too large, or there are too many.
    pub fn take_settings(&mut self, file: &str, content: &str) -> Result<(), Text> {
        let file = visible(file, None).to_string();
        let Given { settings, state } = &mut self.given;
        if content.len() > SHORT_BYTES {
            return Err(text!("settings.too-large", file = file, limit = SHORT_BYTES / (1024 * 1024)));
        }
        let is_known = state.files.contains(&file);
        if !is_known && state.files.len() == SETTINGS_FILES {
            return Err(text!("settings.too-many", limit = SETTINGS_FILES));
        }
        // What cannot be read puts nothing away.
        if !Settings::default().take(&file, content, true) {
            return Err(text!("settings.not-known", file = file));
        }
        settings.forget(&file);
        settings.take(&file, content, true);
        if !is_known {
            state.files.push(file);
        }
        state.serial += 1;
        self.match_anew();
        Ok(())
    }

    /// Puts all of them away: nothing of them is left.
    pub fn put_settings_away(&mut self) {
        let serial = self.given.state.serial + 1;
        self.given =
            Given { state: SettingsState { serial, ..SettingsState::default() }, ..Given::default() };
        self.match_anew();
    }

    /// The files as they stand.
    pub fn settings_state(&self) -> SettingsState {
        self.given.state.clone()
    }

    /// They in words: the fields, what is not as GitLab needs it, and the metadata of both sides beside the
    /// group and the Responses that were recorded.
    pub fn said_of_settings(&self, tracer: &Tracer, now: Timestamp) -> Vec<Statement> {
        let (settings, of) = (&self.given.settings, of(&self.plan));
        // The Responses are read for that alone.
        let metadata = settings.has_metadata().then(|| Responses::of(tracer));
        let metadata = metadata.map(|responses| settings.said_of_metadata(of, &responses, now));
        settings.statements(of).into_iter().chain(metadata.into_iter().flatten()).collect()
    }

    /// The SCIM request that GitLab will receive for a user, beside what a log shows of them; or what is
    /// missing for it.
    pub fn provisioned(&mut self, tracer: &Tracer, user: u64, received: Option<&Received>) -> Vec<Statement> {
        let one = |text: Text| vec![Statement::of(Severity::Info, &text).redacted()];
        self.joined(tracer);
        let GroupCheck { plan, roll, joined: Some(snapshot), list, given, .. } = self else {
            return Vec::new();
        };
        let (Some(list), Some(expectation)) = (list.as_ref(), snapshot.expectation(roll, list.as_ref()))
        else {
            return one(text!("provisioned.no-list"));
        };
        let Some(row) = expectation.members.get(&user).map(|member| member.row) else {
            return one(text!("provisioned.no-row"));
        };
        let request = Provisioned::of(&given.settings, of(plan), &list.directory, row);
        let Some(request) = request else { return one(text!("provisioned.no-mapping")) };
        let received = received.filter(|it| it.is_of(&request.known_by()));
        request.statements((&list.directory, roll), Some(&expectation), received)
    }
}

#[cfg(test)]
mod tests;
