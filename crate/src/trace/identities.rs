//! The identities that GitLab has stored, member by member, as far as they were seen.
//!
//! Readings are keyed by where they were made; the newest of a place wins. Of several places the newest wins
//! too, but on white space alone never over one that shows more of it: HTML folds white space, and some pages
//! trim it. What a file tells is kept beside it: it counts for what files tell alone, and there only where
//! nothing was seen.

use crate::{
    base::place::Place,
    event::Provenance,
    gitlab::{
        api::CurrentUser,
        instance::Instance,
        routes::Provider,
        stored::{Member, StoredIdentity, StoredValue},
    },
    trace::observation::Source,
};

/// One member's stored identity, from one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The GitLab that stores it.
    pub instance: Instance,
    /// The integration that it is for.
    pub provider: Provider,
    /// The stored values, and the member whose they are.
    pub identity: StoredIdentity,
    /// The source that showed it.
    pub source: Source,
    /// The event that showed it, and whether this browser saw that.
    pub provenance: Provenance,
}

/// The signed-in user, from `GET /api/v4/user`.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    /// The GitLab that the user is signed in at.
    pub instance: Instance,
    /// The place whose cookie jar it is in.
    pub place: Place,
    /// The user; `None` when the answer was that nobody is signed in.
    pub user: Option<CurrentUser>,
    /// The answer, and whether this browser saw it.
    pub provenance: Provenance,
}

impl SignedIn {
    /// Whether this is about the cookie jar of `place`.
    pub fn is_in(&self, instance: &Instance, place: &Place) -> bool {
        self.instance == *instance && self.place.shares_cookies(place)
    }
}

/// All that was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identities {
    sightings: Vec<Sighting>,
    signed_in: Vec<SignedIn>,
    /// Users whose own answers were seen, each with the newest, signed in or not by now.
    users: Vec<(Instance, CurrentUser, Provenance)>,
}

impl Identities {
    /// Takes in one sighting; an earlier one of the same member from the same source goes.
    pub fn see(&mut self, sighting: Sighting) {
        self.sightings.retain(|old| {
            !(old.source == sighting.source
                && old.provenance.is_imported() == sighting.provenance.is_imported()
                && old.instance == sighting.instance
                && old.provider == sighting.provider
                && old.identity.member.is(&sighting.identity.member))
        });
        self.sightings.push(sighting);
    }

    /// Forgets what `source` said of `member`, before it says all anew.
    pub fn forget(&mut self, instance: &Instance, source: &Source, member: &Member, of_file: bool) {
        self.sightings.retain(|old| {
            !(old.source == *source
                && old.provenance.is_imported() == of_file
                && old.instance == *instance
                && old.identity.member.is(member))
        });
    }

    /// Takes in who is signed in; an earlier answer for the same cookie jar goes.
    pub fn sign_in(&mut self, signed_in: SignedIn) {
        self.signed_in.retain(|old| !old.is_in(&signed_in.instance, &signed_in.place));
        if let Some(user) = &signed_in.user {
            let (instance, told) = (&signed_in.instance, &signed_in.provenance);
            self.users.retain(|(at, old, by)| {
                !(at == instance && by.is_imported() == told.is_imported() && old.member().is(&user.member()))
            });
            self.users.push((instance.clone(), user.clone(), told.clone()));
        }
        self.signed_in.push(signed_in);
    }

    /// The user who is signed in at `instance` in the cookie jar of `place`; `None` when that was not read.
    pub fn signed_in(&self, instance: &Instance, place: &Place) -> Option<&SignedIn> {
        self.signed_in.iter().find(|signed_in| signed_in.is_in(instance, place))
    }

    /// The users of `instance` whose own answers were seen, each with the newest; what counts in `place`, and
    /// what was seen first.
    pub fn users<'a>(
        &'a self,
        instance: &Instance,
        place: &Place,
    ) -> impl Iterator<Item = (&'a CurrentUser, &'a Provenance)> {
        let told = |of_file| self.users.iter().filter(move |(.., by)| by.is_imported() == of_file);
        let all = told(false).chain(told(true).filter(|_| place.of_file));
        all.filter(move |(at, ..)| at == instance).map(|(_, user, told)| (user, told))
    }

    /// The members of `provider` on `instance` that were seen, each once; what counts in `place`.
    pub fn members(&self, instance: &Instance, provider: &Provider, place: &Place) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        for sighting in self.of(instance, provider, place) {
            if !members.iter().any(|known| known.is(&sighting.identity.member)) {
                members.push(sighting.identity.member.clone());
            }
        }
        members
    }

    /// The sighting that tells `member`'s value, `pick`ed from the stored identity; what counts in `place`.
    pub fn stored(
        &self,
        (instance, provider, place): (&Instance, &Provider, &Place),
        member: &Member,
        pick: fn(&StoredIdentity) -> &StoredValue,
    ) -> Option<&Sighting> {
        let tell = |sighting: &&Sighting| {
            sighting.identity.member.is(member) && *pick(&sighting.identity) != StoredValue::Unseen
        };
        let all = || self.of(instance, provider, place).filter(tell);
        let newest = all().max_by_key(|sighting| &sighting.provenance)?;
        let differ_in_space_only = |other: &&Sighting| {
            let is_told_alike = other.provenance.is_imported() == newest.provenance.is_imported();
            let (a, b) = (pick(&other.identity).known(), pick(&newest.identity).known());
            is_told_alike && a.zip(b).is_some_and(|(a, b)| a.split_whitespace().eq(b.split_whitespace()))
        };
        let same = all().filter(differ_in_space_only);
        Some(same.max_by_key(|sighting| (sighting.source.spaces(), &sighting.provenance)).unwrap_or(newest))
    }

    fn of<'a>(
        &'a self,
        instance: &Instance,
        provider: &Provider,
        place: &Place,
    ) -> impl Iterator<Item = &'a Sighting> {
        self.sightings.iter().filter(move |sighting| {
            sighting.instance == *instance
                && sighting.provider == *provider
                && (place.of_file || !sighting.provenance.is_imported())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::instant::Timestamp, event::EventId};

    fn sighting(at: i64, source: Source, saml: &str) -> Sighting {
        Sighting {
            instance: Instance::gitlab_com(),
            provider: Provider::Group { path: "acme".into() },
            identity: StoredIdentity {
                member: Member { id: Some(1), ..Member::default() },
                saml: StoredValue::Known(saml.into()),
                scim: StoredValue::Unseen,
            },
            source,
            provenance: (&EventId::new(Timestamp(at), "a", 0)).into(),
        }
    }

    fn stored(sightings: &[Sighting]) -> String {
        let mut identities = Identities::default();
        sightings.iter().for_each(|sighting| identities.see(sighting.clone()));
        let (first, place) = (&sightings[0], Place::default());
        let of = (&first.instance, &first.provider, &place);
        let found = identities.stored(of, &first.identity.member, |i| &i.saml).unwrap();
        found.identity.saml.known().unwrap().to_owned()
    }

    #[test]
    fn the_newest_wins_but_not_on_white_space_over_a_source_that_shows_more_of_it() {
        let page = Source::Page("group-saml-settings");
        let api = Source::Api("/api/v4/user");
        assert_eq!(stored(&[sighting(1, api.clone(), "old"), sighting(2, page.clone(), "new")]), "new");
        assert_eq!(stored(&[sighting(1, page.clone(), "old"), sighting(2, page.clone(), "new")]), "new");
        assert_eq!(stored(&[sighting(1, api, " a  b "), sighting(2, page.clone(), "a b")]), " a  b ");
        let trimmed = Source::Page("user-identities");
        assert_eq!(stored(&[sighting(1, page.clone(), " a"), sighting(2, trimmed.clone(), "a")]), " a");
        assert_eq!(stored(&[sighting(1, page, " a"), sighting(2, trimmed, "b")]), "b");
    }
}
