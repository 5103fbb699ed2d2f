//! [`Managed`]: the accounts that a group manages (enterprise users), with their primary e-mail addresses.
//!
//! gitlab-facts 4.3 and G3: a group's SAML finds such an account by its primary e-mail address too, and
//! stores the NameID that was sent, whatever was stored before. GitLab tells it in the list of a group's
//! members alone, so it is known once a group was read, and forgotten with that: it is no event, and is never
//! stored.

use super::tracer::Tracer;
use crate::{
    base::place::Place,
    gitlab::{instance::Instance, routes::Provider},
};
use std::collections::HashMap;

/// The accounts that one group manages.
#[derive(Clone, Debug, PartialEq)]
pub struct Managed {
    /// The GitLab that the group is on.
    pub instance: Instance,
    /// The group's path.
    pub group: String,
    /// The place whose session was told it.
    pub place: Place,
    /// The primary e-mail address of each, by the user's number.
    pub emails: HashMap<u64, String>,
}

impl Managed {
    /// The account that `provider` finds by this e-mail address, for who has the cookies of `place`.
    pub fn found(&self, of: (&Instance, &Provider, &Place), email: &str) -> Option<u64> {
        let (instance, provider, place) = of;
        let is_here = *instance == self.instance
            && provider.group() == Some(self.group.as_str())
            && place.shares_cookies(&self.place);
        let mut all = self.emails.iter().filter(|_| is_here);
        all.find(|(_, known)| known.eq_ignore_ascii_case(email)).map(|(user, _)| *user)
    }
}

impl Tracer {
    /// The accounts that the group manages that was read last.
    pub fn managed(&self) -> Option<&Managed> {
        self.managed.0.as_ref()
    }

    /// The number of times that it was told which accounts a group manages.
    pub fn revision_of_managed(&self) -> u64 {
        self.managed.1
    }

    /// Takes in which accounts a group manages, which no event tells.
    pub fn manage(&mut self, managed: Managed) {
        if self.managed.0.as_ref() != Some(&managed) {
            self.managed = (Some(managed), self.managed.1.saturating_add(1));
        }
    }
}
