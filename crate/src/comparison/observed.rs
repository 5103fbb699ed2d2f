//! Sources of the value of each [`Fact`]: the messages of a flow, GitLab's pages, its answers, or the word
//! of a person.

use super::rule::digits;
use crate::{
    comparison::{self, attribution::Attribution},
    event::{EventId, Provenance, settings::ProviderSettings},
    gitlab::{
        api,
        instance::Instance,
        pages,
        routes::{self, Provider, Route},
        stored::{Fact, Member, StoredIdentity, StoredValue},
    },
    saml::Message,
    trace::{
        flow::{Flow, MessageRef},
        observation::{Observation, Source, Spaces},
        tracer::Tracer,
    },
};

/// The places to look in.
pub(super) struct Observer<'a> {
    pub(super) tracer: &'a Tracer,
    pub(super) flow: &'a Flow,
    pub(super) instance: &'a Instance,
    pub(super) provider: &'a Provider,
    pub(super) attribution: &'a Attribution,
}

impl Observer<'_> {
    /// The values seen of `fact`; several where a message carries several. `beside` is what they are compared
    /// with.
    pub(super) fn observe(&self, fact: Fact, beside: Option<&str>) -> Vec<Observation> {
        match fact {
            Fact::NameId | Fact::Uid => {
                let is_name_id = comparison::uid_attribute(self.tracer, self.flow).is_none();
                let fact = if is_name_id { Fact::NameId } else { Fact::Uid };
                let sent = comparison::uid_sent(self.tracer, self.flow);
                sent.map(|(uid, event)| known(fact, uid, Source::Message, &event)).into_iter().collect()
            }
            Fact::SamlExternUid | Fact::ScimExternUid => self.stored(fact).into_iter().collect(),
            Fact::RequestAcs | Fact::RequestDestination => {
                self.sent_in(self.flow.request, fact, |message| match fact {
                    Fact::RequestAcs => {
                        message.authn_request().and_then(|r| r.acs_url.clone()).into_iter().collect()
                    }
                    _ => message.head.destination.clone().into_iter().collect(),
                })
            }
            Fact::Destination => self.sent_in(self.flow.response, fact, |message| {
                message.head.destination.iter().cloned().collect()
            }),
            Fact::Recipient => self.sent_in(self.flow.response, fact, recipients),
            Fact::Audience => self.sent_in(self.flow.response, fact, audiences),
            Fact::Format => {
                let sent = self.flow.name_id(self.tracer);
                let format = sent.and_then(|(name_id, event)| name_id.format.map(|format| (format, event)));
                format
                    .map(|(format, event)| known(fact, format, Source::Message, &event))
                    .into_iter()
                    .collect()
            }
            Fact::NameIdRead | Fact::FormatRead => self.read_by_gitlab(fact).into_iter().collect(),
            Fact::Certificate => self.certificate(beside).into_iter().collect(),
            Fact::AcsUrl | Fact::EntityId | Fact::SsoUrl | Fact::Fingerprint => {
                self.setting(fact).into_iter().collect()
            }
        }
    }

    fn sent_in(
        &self,
        message: Option<MessageRef>,
        fact: Fact,
        values: impl Fn(&Message) -> Vec<String>,
    ) -> Vec<Observation> {
        let Some(seen) = message.and_then(|message| self.tracer.seen(message)) else { return Vec::new() };
        let sent = seen.carried().message.as_ref().map(values).unwrap_or_default();
        sent.into_iter().map(|value| known(fact, value, Source::Message, &seen.event)).collect()
    }

    /// The fingerprint of the Response's first certificate, which is the one that GitLab looks at; of the
    /// kind, by its length, that the setting beside it has.
    fn certificate(&self, beside: Option<&str>) -> Option<Observation> {
        let seen = self.tracer.seen(self.flow.response?)?;
        let first = seen.certificates().0.first()?;
        let is_sha1 = beside.is_some_and(|setting| digits(setting).len() == 40);
        let fingerprint = if is_sha1 { &first.sha1 } else { &first.sha256 };
        Some(known(Fact::Certificate, fingerprint.clone(), Source::Message, &seen.event))
    }

    /// A setting of GitLab's side: as a person said, as the newest settings page showed it, or, for a group,
    /// as GitLab fixes it.
    fn setting(&self, fact: Fact) -> Option<Observation> {
        self.setting_told(fact).or_else(|| self.setting_shown(fact)).or_else(|| {
            let fixed = match (fact, self.provider) {
                (Fact::AcsUrl, Provider::Group { .. }) => Some(self.provider.acs(self.instance)),
                (Fact::EntityId, _) => self.provider.entity_id(self.instance),
                _ => None,
            };
            fixed.map(|value| known(fact, value, Source::Fixed, &self.flow.id.event))
        })
    }

    fn setting_told(&self, fact: Fact) -> Option<Observation> {
        let (event, settings) = self.tracer.provider_settings()?;
        if settings.instance != *self.instance || settings.provider != *self.provider {
            return None;
        }
        Some(known(fact, said(settings, fact)?.to_owned(), Source::Told, event))
    }

    /// The value that "Verify SAML Configuration" says that it read of this Response.
    fn read_by_gitlab(&self, fact: Fact) -> Option<Observation> {
        let page = self.flow.flash_event.as_ref()?;
        let (event, reading) = self.tracer.pages().iter().find(|(event, _)| event == page)?;
        let value = pages::read_by_gitlab(reading, fact)?;
        Some(known(fact, value.to_owned(), Source::Page(pages::SETTINGS), event))
    }

    fn setting_shown(&self, fact: Fact) -> Option<Observation> {
        let read = |of_file| {
            let pages = self.tracer.pages().iter().rev();
            pages.filter(move |(event, _)| event.is_imported() == of_file)
        };
        let mut all = read(false).chain(read(true).filter(|_| self.flow.place.of_file));
        all.find_map(|(event, reading)| {
            let route = routes::route(self.instance, reading.url.expose())?;
            let is_here = matches!(route, Route::Settings(provider) if provider == *self.provider);
            let value = pages::setting(reading, fact).filter(|_| is_here)?;
            Some(known(fact, value.to_owned(), Source::Page(pages::SETTINGS), event))
        })
    }

    /// The value that is stored for the member that the flow's NameID is attributed to.
    fn stored(&self, fact: Fact) -> Option<Observation> {
        let Observer { tracer, flow, instance, provider, .. } = self;
        let pick: fn(&StoredIdentity) -> &StoredValue =
            if fact == Fact::SamlExternUid { |identity| &identity.saml } else { |identity| &identity.scim };
        if let Some(told) = tracer.told()
            && let (event, Some(value)) = (told.0, told.1.value(fact))
        {
            return Some(Observation { fact, value, source: Source::Told, provenance: event.into() });
        }
        let member = self.attribution.member()?;
        let name_id = comparison::uid_sent(tracer, flow).map(|(uid, _)| uid);
        let of_page =
            tracer.identities().stored((instance, provider, &flow.place), member, pick).map(|sighting| {
                let value = pick(&sighting.identity);
                // If white space at the ends is not shown, nothing is known of a NameID that differs by it
                // alone.
                let is_hidden = sighting.source.spaces() == Spaces::Trimmed
                    && name_id.as_deref().zip(value.known()).is_some_and(|(a, b)| a != b && a.trim() == b);
                Observation {
                    fact,
                    value: if is_hidden { StoredValue::Unseen } else { value.clone() },
                    source: sighting.source.clone(),
                    provenance: sighting.provenance.clone(),
                }
            });
        let of_user = own(tracer, flow, name_id.as_deref(), (instance, provider), member)
            .filter(|(identity, _)| *pick(identity) != StoredValue::Unseen)
            .map(|(identity, provenance)| Observation {
                fact,
                value: pick(&identity).clone(),
                source: Source::Api(api::USER),
                provenance,
            });
        // Both tell the same thing at different times; the newer one holds, but never a file's.
        match (of_page, of_user) {
            (Some(page), Some(user)) => Some(if user.provenance >= page.provenance { user } else { page }),
            (page, user) => page.or(user),
        }
    }
}

fn known(fact: Fact, value: String, source: Source, event: &EventId) -> Observation {
    Observation { fact, value: StoredValue::Known(value), source, provenance: event.into() }
}

fn recipients(message: &Message) -> Vec<String> {
    let subjects = message.assertions().iter().filter_map(|assertion| assertion.subject.as_ref());
    subjects.flat_map(|subject| &subject.confirmations).filter_map(|c| c.recipient.clone()).collect()
}

fn audiences(message: &Message) -> Vec<String> {
    let conditions = message.assertions().iter().filter_map(|assertion| assertion.conditions.as_ref());
    conditions.flat_map(|conditions| conditions.audiences()).map(str::to_owned).collect()
}

fn said(settings: &ProviderSettings, fact: Fact) -> Option<&str> {
    match fact {
        Fact::AcsUrl => settings.acs.as_deref(),
        Fact::EntityId => settings.entity_id.as_deref(),
        Fact::Fingerprint => settings.fingerprint.as_deref(),
        _ => None,
    }
}

/// The stored identities that the user's own API answer told, if one of `member` was seen.
fn own(
    tracer: &Tracer,
    flow: &Flow,
    name_id: Option<&str>,
    (instance, provider): (&Instance, &Provider),
    member: &Member,
) -> Option<(StoredIdentity, Provenance)> {
    let mut users = tracer.identities().users(instance, &flow.place);
    let (user, told) = users.find(|(user, _)| user.member().is(member))?;
    Some((user.identity(provider, name_id), told.clone()))
}
