//! Facts of a GitLab, and of a group's SAML, that GitLab's own pages said, and the API its version: advice
//! depends on them.
//!
//! gitlab-facts 1, 1.1, G12; rows R02, R05, R60 of the facts. The newest page or answer that says it counts,
//! whoever opened it. Leaves out what was not seen to be said: it is not known, and neither yes nor no.

use super::{flow::Flow, identities::SignedIn, tracer::Tracer};
use crate::{
    base::{address::Address, place::Place},
    event::{Answer, EventId},
    gitlab::{
        api::{self, KeptAnswer},
        instance::Instance,
        pages::{self, PageReading},
        routes::{self, Provider, Route},
        stored::Fact,
        version::Version,
    },
    idp::vendor::Vendor,
};

impl Tracer {
    /// Takes in an answer of the API.
    pub(super) fn read_answer(&mut self, event: &EventId, answer: &Answer) {
        let url = answer.url.expose();
        let Some((instance, _)) = self.route(url) else { return };
        let Some(address) = Address::parse(url) else { return };
        let path = instance.path_of(&address).unwrap_or_default();
        // A read that failed says nothing of who is signed in; a refused one says that nobody is.
        let user = match KeptAnswer::read(path, &answer.answer) {
            Some(KeptAnswer::Metadata(it)) => {
                return self.versions.push((event.clone(), instance, it.version));
            }
            Some(KeptAnswer::User(user)) => Some(user),
            None if path == api::USER && answer.status == 401 => None,
            None => return,
        };
        self.identities.sign_in(SignedIn {
            instance,
            place: Place { of_file: event.is_imported(), ..answer.place.clone() },
            user,
            provenance: event.into(),
        });
    }

    /// The version of a GitLab.
    pub fn gitlab_version(&self, instance: &Instance) -> Option<Version> {
        let pages = self.pages().iter().rev();
        let on_pages = pages.filter(|(_, page)| routes::route(instance, page.url.expose()).is_some());
        let on_page = on_pages.filter_map(|(event, page)| Some((event.time, pages::version(page)?))).next();
        let mut answers = self.versions.iter().rev().filter(|(_, of, _)| of == instance);
        let answered = answers.next().map(|(event, _, version)| (event.time, *version));
        on_page.into_iter().chain(answered).max_by_key(|(time, _)| *time).map(|(_, version)| version)
    }

    /// Whether this GitLab was asked for its metadata, with whatever answer.
    pub fn asked_for_metadata(&self, instance: &Instance) -> bool {
        let asked = format!("{}{}{}", instance.origin, instance.root, api::METADATA);
        self.answers.iter().any(|(_, url)| *url.expose() == asked)
    }

    /// Whether a group enforces SSO.
    pub fn enforces_sso(&self, instance: &Instance, provider: &Provider) -> Option<bool> {
        self.settings_of(instance, provider).find_map(pages::enforced)
    }

    /// Whether it was seen that the group of a sign-in has switched off passwords for its enterprise users.
    pub fn forbids_passwords(&self, flow: &Flow) -> bool {
        let of_group = flow.instance.as_ref().zip(flow.provider.as_ref());
        of_group.is_some_and(|(instance, provider)| self.has_passwords_off(instance, provider))
    }

    /// The same of a group.
    pub fn has_passwords_off(&self, instance: &Instance, provider: &Provider) -> bool {
        self.settings_of(instance, provider).find_map(pages::passwords_off) == Some(true)
    }

    /// The identity provider of a group, where the single sign-on URL in its settings tells which one it is.
    pub fn vendor_in_settings(&self, instance: &Instance, provider: &Provider) -> Option<Vendor> {
        self.settings_of(instance, provider).find_map(|page| Vendor::of(pages::setting(page, Fact::SsoUrl)?))
    }

    fn settings_of(&self, instance: &Instance, provider: &Provider) -> impl Iterator<Item = &PageReading> {
        let is_it = |page: &&PageReading| {
            page.page == pages::SETTINGS
                && routes::route(instance, page.url.expose()) == Some(Route::Settings(provider.clone()))
        };
        self.newest_pages().filter(is_it)
    }

    fn newest_pages(&self) -> impl Iterator<Item = &PageReading> {
        self.pages().iter().rev().map(|(_, page)| page)
    }
}
