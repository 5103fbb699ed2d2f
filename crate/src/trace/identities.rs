//! The identities that GitLab has stored, member by member, as far as they were seen.
//!
//! Readings are keyed by where they were made; the newest of a place wins. Of several places the newest wins
//! too, but on white space alone never over one that shows more of it: HTML folds white space, and some pages
//! trim it. What a file tells is kept beside it: it counts for what files tell alone, and there only where
//! nothing was seen.

use crate::{
    base::{
        order::inserted,
        place::{Cookies, Place},
    },
    event::Provenance,
    gitlab::{
        api::CurrentUser,
        instance::Instance,
        routes::Provider,
        stored::{Member, StoredIdentity, StoredValue},
    },
    trace::observation::Source,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// All that was seen. Each question costs what its answer has, however many pages and answers were read.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// In the order in which they were seen.
    sightings: BTreeMap<usize, Sighting>,
    of_provider: HashMap<(Instance, Provider), MemberIndex>,
    of_source: HashMap<(Instance, Source, bool), MemberIndex>,
    of_both: HashMap<(Instance, Provider, Source, bool), MemberIndex>,
    signed_in: BTreeMap<usize, SignedIn>,
    of_jar: HashMap<(Instance, Cookies), usize>,
    /// Users whose own answers were seen, each with the newest, signed in or not by now.
    users: BTreeMap<usize, (Instance, CurrentUser, Provenance)>,
    of_user: HashMap<(Instance, bool), MemberIndex>,
    /// The number of what comes next.
    next: usize,
}

/// The same was seen, in the same order.
impl PartialEq for Identities {
    fn eq(&self, other: &Self) -> bool {
        self.sightings.values().eq(other.sightings.values())
            && self.signed_in.values().eq(other.signed_in.values())
            && self.users.values().eq(other.users.values())
    }
}

/// Numbers by the member that they are of, so that those of one are found as [`Member::is`] tells them.
#[derive(Clone, Debug, Default)]
struct MemberIndex {
    all: BTreeSet<usize>,
    ids: HashMap<u64, BTreeSet<usize>>,
    names: HashMap<String, BTreeSet<usize>>,
    /// Of members without an id.
    names_alone: HashMap<String, BTreeSet<usize>>,
}

impl MemberIndex {
    fn add(&mut self, member: &Member, number: usize) {
        self.all.insert(number);
        if let Some(id) = member.id {
            self.ids.entry(id).or_default().insert(number);
        }
        if let Some(name) = &member.username {
            self.names.entry(name.clone()).or_default().insert(number);
            if member.id.is_none() {
                self.names_alone.entry(name.clone()).or_default().insert(number);
            }
        }
    }

    fn remove(&mut self, member: &Member, number: usize) {
        self.all.remove(&number);
        if let Some(numbers) = member.id.and_then(|id| self.ids.get_mut(&id)) {
            numbers.remove(&number);
        }
        if let Some(name) = &member.username {
            let names = [&mut self.names, &mut self.names_alone].into_iter();
            names.filter_map(|index| index.get_mut(name)).for_each(|numbers| _ = numbers.remove(&number));
        }
    }

    /// The numbers of `member`, in order.
    fn of(&self, member: &Member) -> BTreeSet<usize> {
        let by_id = member.id.and_then(|id| self.ids.get(&id));
        let names = if member.id.is_some() { &self.names_alone } else { &self.names };
        let by_name = member.username.as_ref().and_then(|name| names.get(name));
        inserted(by_id.into_iter().chain(by_name).flatten().copied())
    }
}

impl Identities {
    /// Takes in one sighting; an earlier one of the same member from the same source goes.
    pub fn see(&mut self, sighting: Sighting) {
        let Sighting { instance, provider, source, identity, provenance } = &sighting;
        let of_file = provenance.is_imported();
        let both = (instance.clone(), provider.clone(), source.clone(), of_file);
        let earlier = self.of_both.get(&both).map(|index| index.of(&identity.member)).unwrap_or_default();
        earlier.into_iter().for_each(|number| self.drop_sighting(number));
        let number = self.number();
        let member = &sighting.identity.member;
        self.of_provider.entry((both.0.clone(), both.1.clone())).or_default().add(member, number);
        self.of_source.entry((both.0.clone(), both.2.clone(), of_file)).or_default().add(member, number);
        self.of_both.entry(both).or_default().add(member, number);
        self.sightings.insert(number, sighting);
    }

    /// Forgets what `source` said of `member`, before it says all anew.
    pub fn forget(&mut self, instance: &Instance, source: &Source, member: &Member, of_file: bool) {
        let known = self.of_source.get(&(instance.clone(), source.clone(), of_file));
        let of_member = known.map(|index| index.of(member)).unwrap_or_default();
        of_member.into_iter().for_each(|number| self.drop_sighting(number));
    }

    fn drop_sighting(&mut self, number: usize) {
        let Some(Sighting { instance, provider, source, identity, provenance }) =
            self.sightings.remove(&number)
        else {
            return;
        };
        let (member, of_file) = (&identity.member, provenance.is_imported());
        let of_provider = self.of_provider.get_mut(&(instance.clone(), provider.clone()));
        let of_source = self.of_source.get_mut(&(instance.clone(), source.clone(), of_file));
        let of_both = self.of_both.get_mut(&(instance, provider, source, of_file));
        let indexes = of_provider.into_iter().chain(of_source).chain(of_both);
        indexes.for_each(|index| index.remove(member, number));
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// Takes in who is signed in; an earlier answer for the same cookie jar goes.
    pub fn sign_in(&mut self, signed_in: SignedIn) {
        let number = self.number();
        let jar = (signed_in.instance.clone(), signed_in.place.cookies());
        if let Some(earlier) = self.of_jar.insert(jar, number) {
            self.signed_in.remove(&earlier);
        }
        if let Some(user) = &signed_in.user {
            let (instance, told) = (&signed_in.instance, &signed_in.provenance);
            let member = user.member();
            let index = self.of_user.entry((instance.clone(), told.is_imported())).or_default();
            for earlier in index.of(&member) {
                if let Some((_, user, _)) = self.users.remove(&earlier) {
                    index.remove(&user.member(), earlier);
                }
            }
            index.add(&member, number);
            self.users.insert(number, (instance.clone(), user.clone(), told.clone()));
        }
        self.signed_in.insert(number, signed_in);
    }

    /// The user who is signed in at `instance` in the cookie jar of `place`; `None` when that was not read.
    pub fn signed_in(&self, instance: &Instance, place: &Place) -> Option<&SignedIn> {
        let number = self.of_jar.get(&(instance.clone(), place.cookies()))?;
        self.signed_in.get(number)
    }

    /// The users of `instance` whose own answers were seen, each with the newest; what counts in `place`, and
    /// what was seen first.
    pub fn users<'a>(
        &'a self,
        instance: &Instance,
        place: &Place,
    ) -> impl Iterator<Item = (&'a CurrentUser, &'a Provenance)> {
        let told = |of_file| self.users.values().filter(move |(.., by)| by.is_imported() == of_file);
        let all = told(false).chain(told(true).filter(|_| place.of_file));
        all.filter(move |(at, ..)| at == instance).map(|(_, user, told)| (user, told))
    }

    /// The members of `provider` on `instance` that were seen, each once; what counts in `place`.
    pub fn members(&self, instance: &Instance, provider: &Provider, place: &Place) -> Vec<Member> {
        let (mut members, mut known) = (Vec::new(), MemberIndex::default());
        let index = self.of_provider.get(&(instance.clone(), provider.clone()));
        let numbers = index.into_iter().flat_map(|index| index.all.iter().copied());
        for (number, sighting) in self.counting(numbers, place) {
            let member = &sighting.identity.member;
            if known.of(member).is_empty() {
                known.add(member, number);
                members.push(member.clone());
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
        let index = self.of_provider.get(&(instance.clone(), provider.clone()))?;
        let numbers = index.of(member);
        let tells = |sighting: &&Sighting| *pick(&sighting.identity) != StoredValue::Unseen;
        let all = || self.counting(numbers.iter().copied(), place).map(|(_, it)| it).filter(tells);
        let newest = all().max_by_key(|sighting| &sighting.provenance)?;
        let differ_in_space_only = |other: &&Sighting| {
            let is_told_alike = other.provenance.is_imported() == newest.provenance.is_imported();
            let (a, b) = (pick(&other.identity).known(), pick(&newest.identity).known());
            is_told_alike && a.zip(b).is_some_and(|(a, b)| a.split_whitespace().eq(b.split_whitespace()))
        };
        let same = all().filter(differ_in_space_only);
        Some(same.max_by_key(|sighting| (sighting.source.spaces(), &sighting.provenance)).unwrap_or(newest))
    }

    /// The sightings with these numbers that count in `place`.
    fn counting<'a>(
        &'a self,
        numbers: impl Iterator<Item = usize>,
        place: &Place,
    ) -> impl Iterator<Item = (usize, &'a Sighting)> {
        let all = numbers.filter_map(|number| Some((number, self.sightings.get(&number)?)));
        all.filter(move |(_, sighting)| place.of_file || !sighting.provenance.is_imported())
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

    /// Members as pages and answers name them: by id, by name or by both, ids with several names.
    fn member(of: u64) -> Member {
        let name = format!("user{}", of % 5);
        match of % 3 {
            0 => Member { id: Some(of % 7), ..Member::default() },
            1 => Member { username: Some(name), ..Member::default() },
            _ => Member { id: Some(of % 7), username: Some(name), ..Member::default() },
        }
    }

    proptest::proptest! {
        /// The indexes find the same as going through all would find.
        #[test]
        fn members_are_found_as_they_are_told(seen in proptest::collection::vec((0..40_u64, 0..3_u8), 0..40)) {
            let mut identities = Identities::default();
            let mut expected: Vec<Sighting> = Vec::new();
            for (at, (of, what)) in seen.into_iter().enumerate() {
                let source = if of % 2 == 0 { Source::Page("group-saml-settings") } else { Source::Api("/api") };
                let mut sighting = sighting(i64::try_from(at).unwrap(), source.clone(), &format!("value-{at}"));
                sighting.identity.member = member(of);
                let is_of = |old: &Sighting| old.source == source && old.identity.member.is(&sighting.identity.member);
                expected.retain(|old| !is_of(old));
                if what == 0 {
                    identities.forget(&sighting.instance, &source, &sighting.identity.member, false);
                } else {
                    expected.push(sighting.clone());
                    identities.see(sighting);
                }
            }
            proptest::prop_assert!(identities.sightings.values().eq(&expected));
            let (instance, provider) = (Instance::gitlab_com(), Provider::Group { path: "acme".into() });
            let place = Place::default();
            let mut members: Vec<Member> = Vec::new();
            for sighting in &expected {
                if !members.iter().any(|known| known.is(&sighting.identity.member)) {
                    members.push(sighting.identity.member.clone());
                }
            }
            proptest::prop_assert_eq!(identities.members(&instance, &provider, &place), members);
            for of in 0..40 {
                let found = identities.stored((&instance, &provider, &place), &member(of), |it| &it.saml);
                let mine = expected.iter().filter(|it| it.identity.member.is(&member(of)));
                proptest::prop_assert_eq!(found, mine.max_by_key(|it| &it.provenance));
            }
        }
    }
}
