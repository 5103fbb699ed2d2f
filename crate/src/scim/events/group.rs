//! The group that an event of an identity provider is about, as far as its log tells.
//!
//! An identity provider knows apps, not groups. Microsoft Graph's `targetSystem` and `servicePrincipal` and
//! Okta's `AppInstance` have an id and the name that a customer gave, and no tenant URL (gitlab-facts 7.4 and
//! 7.6). A group is named where a text of the event has the address of a request, and then it is the group of
//! all events of that app: an app has one base URL. Else only the app's name can name it. Leaves out: what is
//! not named, which is not guessed.

use crate::{gitlab::routes::is_group_path, scim::records::Flat};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// The address of a group's SCIM API, up to the group.
const ROOT: &str = "/scim/v2/groups/";
/// Ids that one app alone has. A target system of Entra ID can have the name of all that are in no gallery.
const IDS: &[&str] = &[
    "serviceprincipalid",
    "serviceprincipal0id",
    "targetsystemdetailsserviceprincipalid",
    "jobid",
    "appid",
    "applicationid",
];
const NAMES: &[&str] = &[
    "serviceprincipaldisplayname",
    "serviceprincipalname",
    "serviceprincipal0displayname",
    "targetsystemdetailsserviceprincipaldisplayname",
    "targetsystemdisplayname",
    "targetsystem",
    "appdisplayname",
    "application",
];
/// Apps whose groups are kept.
const APPS: usize = 1_000;

/// The things that an event says of its group.
#[derive(Default)]
pub(in crate::scim) struct Named {
    /// The path in an address.
    pub(in crate::scim) group: Option<String>,
    /// The id of the app, and its name.
    app: Option<String>,
    pub(in crate::scim) app_name: Option<String>,
}

impl Named {
    pub(super) fn of(record: &Flat) -> Self {
        let [mut app, mut app_name] = [IDS, NAMES].map(|names| record.first(names).map(str::to_owned));
        let targets = record.members("target", ["type", "id", "displayname"]);
        for [_, id, name] in targets.filter(|[of, ..]| *of == Some("AppInstance")) {
            (app, app_name) = (id.map(str::to_owned), name.map(str::to_owned));
        }
        Named { group: record.below("").find_map(in_address), app, app_name }
    }

    /// The text that is the same where the group is, as far as it is named.
    pub(in crate::scim) fn key(&self) -> String {
        format!("\0{:?}\0{:?}\0{:?}", self.group, self.app, self.app_name)
    }

    /// The texts that it has in memory.
    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.group, &self.app, &self.app_name].into_iter().flatten()
    }

    /// Whether the name of the app has the group's path as a word. GitLab's own name names no group.
    fn is_called(&self, group: &str) -> bool {
        let is_border = |c: char| !(c.is_alphanumeric() || "-_.".contains(c));
        let mut words = self.app_name.iter().flat_map(|name| name.split(is_border));
        let is_it = |word: &str| word.eq_ignore_ascii_case(group) && !word.eq_ignore_ascii_case("gitlab");
        words.any(is_it)
    }
}

/// The groups of apps, by the addresses in their events; nothing for an app that has several.
#[derive(Default)]
pub(in crate::scim) struct Apps(BTreeMap<String, Option<String>>);

impl Apps {
    /// Takes in what an event names.
    pub(in crate::scim) fn take(&mut self, named: &Named) {
        let (Some(app), Some(group)) = (&named.app, &named.group) else { return };
        let group = group.to_ascii_lowercase();
        let has_room = self.0.len() < APPS;
        match self.0.get_mut(app) {
            Some(known) if known.as_ref() != Some(&group) => *known = None,
            None if has_room => drop(self.0.insert(app.clone(), Some(group))),
            _ => {}
        }
    }

    /// Whether an event is of `group`, which is the top-level one; nothing where that is not known.
    pub(in crate::scim) fn is_of(&self, named: &Named, group: &str) -> Option<bool> {
        let of_app = || self.0.get(named.app.as_ref()?)?.as_deref();
        let known = named.group.as_deref().or_else(of_app);
        let is_it = |path: &str| path.split('/').next().is_some_and(|top| top.eq_ignore_ascii_case(group));
        known.map(is_it).or(named.is_called(group).then_some(true))
    }
}

/// The group in the address that `text` has.
fn in_address(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(ROOT)?;
    let is_end = |c: char| c.is_whitespace() || "/?#\"'<>\\,;:()[]{}".contains(c);
    let path = percent_decode_str(rest.split(is_end).next()?).decode_utf8().ok()?;
    let path = path.trim_end_matches('.');
    is_group_path(path).then(|| path.to_owned())
}

#[cfg(test)]
mod tests;
