//! An event as it may leave: each of its fields with the kind of what it holds, and nothing that has none.
//!
//! Every event is taken apart here field by field, without a rest: a new field does not compile until it has
//! a kind. Unknown fields go.

use super::redaction::{Kind, Redaction};
use crate::{
    acceptance,
    base::{limits::LIMITS, other::Other, place::Place, redact::Secret},
    binding::{
        PARAMETERS,
        raw_body::{self, BodyForm, Piece},
        raw_message,
    },
    event::{
        Answer, Body, Completed, Event, EventId, Failed, ImportedMessage, Request, Response, Sent, Tab, Told,
        settings::{ProviderSettings, Settings},
    },
    gitlab::{
        api::{CurrentUser, Identity, KeptAnswer, ScimIdentity},
        instance::Instance,
        pages::{self, PageReading},
        routes::Provider,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

impl Redaction {
    /// The event as it may leave.
    #[must_use]
    pub fn event(&mut self, event: &Event) -> Event {
        let Event { id, file, mut body } = event.clone();
        self.begin(id.is_imported());
        match &mut body {
            Body::Request(request) => self.request(request),
            Body::Sent(sent) => {
                let Sent { request, origin, other } = sent;
                self.browser_name(request);
                self.optional(Kind::Address, origin);
                self.other(other);
            }
            Body::Response(response) => self.response(response),
            Body::Completed(Completed { request, other }) => {
                self.browser_name(request);
                self.other(other);
            }
            Body::Failed(Failed { request, error, other }) => {
                self.browser_name(request);
                *error = self.text(Kind::BrowserError, error);
                self.other(other);
            }
            Body::Tab(Tab { place, other }) => {
                self.place(place);
                self.other(other);
            }
            Body::Page(page) => self.page(page),
            Body::Answer(Answer { place, url, status: _, answer, other }) => {
                self.place(place);
                let kept = KeptAnswer::read(url.expose(), answer).map(|kept| match kept {
                    KeptAnswer::User(user) => KeptAnswer::User(self.user(user)),
                    KeptAnswer::Metadata(metadata) => KeptAnswer::Metadata(metadata),
                });
                *answer = kept.and_then(|kept| serde_json::to_value(kept).ok()).unwrap_or_default();
                self.url(url);
                self.other(other);
            }
            Body::Message(message) => self.message(message),
            Body::Told(Told { saml_extern_uid, scim_extern_uid, other }) => {
                for said in [saml_extern_uid, scim_extern_uid].into_iter().flatten() {
                    self.optional(Kind::Identifier, said);
                }
                self.other(other);
            }
            Body::Settings(Settings { instances, provider, other }) => {
                instances.iter_mut().for_each(|instance| self.instance(instance));
                provider.iter_mut().for_each(|provider| self.provider_settings(provider));
                self.other(other);
            }
            Body::Unknown { kind, fields } => {
                *kind = self.text(Kind::Identifier, kind);
                self.other(fields);
            }
        }
        // A name that a person gave.
        let file = file.map(|name| self.text(Kind::Identifier, &name));
        Event { id: self.id(id), file, body }
    }

    /// The name of a worker's start is letters and digits of its own making; what a file claims can be
    /// anything.
    fn id(&mut self, id: EventId) -> EventId {
        let EventId { time, boot, n } = id;
        let is_digest = |text: &str| text.len() == 10 && text.bytes().all(|c| c.is_ascii_hexdigit());
        let is_boot = |text: &str| text.len() <= 6 && text.bytes().all(|c| c.is_ascii_alphanumeric());
        let of_file = boot.strip_prefix(crate::event::IMPORTED);
        let is_known = boot == Settings::event_id().boot
            || is_boot(&boot)
            || of_file.is_some_and(|rest| is_digest(rest) || rest.strip_prefix("copy").is_some_and(is_boot));
        let is_imported = of_file.is_some();
        let boot = match (is_known, is_imported) {
            (true, _) => boot,
            (false, true) => format!("{}{}", crate::event::IMPORTED, self.letters(&boot)),
            (false, false) => self.letters(&boot).chars().take(6).collect(),
        };
        EventId { time, boot, n }
    }

    fn letters(&mut self, text: &str) -> String {
        let name = self.text(Kind::Identifier, text);
        name.chars().filter(char::is_ascii_lowercase).skip("name".len()).collect()
    }

    fn other(&mut self, other: &mut Other) {
        self.drop(Kind::Unknown, other.names().count());
        other.clear();
    }

    fn browser_name(&mut self, name: &mut String) {
        *name = self.text(Kind::BrowserName, name);
    }

    fn url(&mut self, url: &mut Secret<String>) {
        // Wrapped again at once.
        *url = Secret::new(self.text(Kind::Address, url.expose()));
    }

    fn place(&mut self, place: &mut Place) {
        let Place { tab: _, private: _, cookie_store, of_file: _ } = place;
        *cookie_store = self.text(Kind::BrowserName, cookie_store);
    }

    fn request(&mut self, event: &mut Request) {
        let Request { request, place, method, url, form, body: _, pieces, cut: _, more: _, other } = event;
        self.browser_name(request);
        self.place(place);
        *method = self.text(Kind::Word, method);
        self.url(url);
        let is_signature = |name: &str| name == "Signature";
        self.beside_signature(
            form.iter().any(|(name, _)| is_signature(name))
                || pieces.iter().any(|piece| is_signature(&piece.1)),
        );
        let fields = std::mem::take(form).into_iter().map(|(name, values)| {
            // Wrapped again at once.
            let kept = values.iter().filter_map(|value| self.field(&name, value.expose())).map(Secret::new);
            let kept = kept.collect::<Vec<_>>();
            (name, kept)
        });
        *form = fields.filter(|(name, values)| is_field(name) && !values.is_empty()).collect();
        *pieces = self.pieces(pieces);
        self.other(other);
    }

    fn pieces(&mut self, pieces: &[Piece]) -> Vec<Piece> {
        let mut kept = Vec::new();
        if let Some(envelope) = raw_body::envelope(pieces) {
            // It is the message itself, as XML.
            let copy = self.text(Kind::Message, envelope.expose());
            kept.push(Piece(BodyForm::Envelope, String::new(), Secret::new(copy)));
        }
        for piece in pieces.iter().filter(|piece| piece.0 != BodyForm::Envelope) {
            let Some(value) = self.field(&piece.1, piece.value().expose()).filter(|_| is_field(&piece.1))
            else {
                continue;
            };
            let written = match piece.0 {
                BodyForm::Urlencoded => utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string(),
                BodyForm::Json => {
                    let quoted = serde_json::Value::String(value).to_string();
                    quoted.trim_start_matches('"').trim_end_matches('"').to_owned()
                }
                BodyForm::Multipart | BodyForm::Text | BodyForm::Envelope => value,
            };
            kept.push(Piece(piece.0, piece.1.clone(), Secret::new(written)));
        }
        kept
    }

    fn response(&mut self, event: &mut Response) {
        let Response { request, place, method, url, status: _, location, date, content_type, other } = event;
        self.browser_name(request);
        self.place(place);
        *method = self.text(Kind::Word, method);
        self.url(url);
        location.iter_mut().for_each(|location| self.url(location));
        self.optional(Kind::Date, date);
        self.optional(Kind::MediaType, content_type);
        self.other(other);
    }

    fn page(&mut self, reading: &mut PageReading) {
        let fields_before = reading.fields.len() + reading.rows.iter().map(|row| row.len()).sum::<usize>();
        pages::keep_known(reading);
        let PageReading { place, url, page, fields, rows, other } = reading;
        let fields_after = fields.len() + rows.iter().map(|row| row.len()).sum::<usize>();
        self.drop(Kind::Unknown, fields_before.saturating_sub(fields_after));
        self.place(place);
        self.url(url);
        for (key, values) in fields.iter_mut() {
            let kind = pages::field_holds(page, key).map_or(Kind::Unknown, Redaction::of_page);
            values.iter_mut().for_each(|value| *value = self.text(kind, value));
        }
        for (key, value) in rows.iter_mut().flatten() {
            let kind = pages::cell_holds(page, key).map_or(Kind::Unknown, Redaction::of_page);
            *value = self.text(kind, value);
        }
        if !pages::ALL.iter().any(|known| known.id == page) {
            *page = self.text(Kind::Identifier, page);
        }
        self.other(other);
    }

    fn user(&mut self, user: CurrentUser) -> CurrentUser {
        let CurrentUser {
            id,
            mut username,
            mut name,
            mut email,
            mut confirmed_at,
            identities,
            scim_identities,
        } = user;
        self.optional(Kind::Identifier, &mut username);
        self.optional(Kind::Identifier, &mut name);
        self.optional(Kind::Identifier, &mut email);
        self.optional(Kind::Instant, &mut confirmed_at);
        let identities = identities.into_iter().map(|identity| {
            let Identity { provider, mut extern_uid, saml_provider_id } = identity;
            self.optional(Kind::Identifier, &mut extern_uid);
            Identity { provider: self.text(Kind::Provider, &provider), extern_uid, saml_provider_id }
        });
        let identities = identities.collect();
        let scim_identities = scim_identities.map(|all| {
            let redacted = all.into_iter().map(|identity| {
                let ScimIdentity { mut extern_uid, group_id, active } = identity;
                self.optional(Kind::Identifier, &mut extern_uid);
                ScimIdentity { extern_uid, group_id, active }
            });
            redacted.collect()
        });
        CurrentUser { id, username, name, email, confirmed_at, identities, scim_identities }
    }

    fn message(&mut self, message: &mut ImportedMessage) {
        let ImportedMessage { source, octets, found, other } = message;
        // What is written instead of the octets stands in no text around it.
        *found = None;
        *source = self.text(Kind::Identifier, source);
        let content =
            BASE64_STANDARD.decode(octets.expose()).unwrap_or_else(|_| octets.expose().clone().into_bytes());
        let read = raw_message::read(&content, &LIMITS);
        let copy = match read.as_slice() {
            [carried] => super::message::redacted(carried, self),
            _ => None,
        };
        self.drop(Kind::Message, 1);
        *octets = Secret::new(copy.map_or_else(|| octets.placeholder(), |xml| BASE64_STANDARD.encode(xml)));
        self.other(other);
    }

    fn instance(&mut self, instance: &mut Instance) {
        let Instance { origin, root } = instance;
        *origin = self.text(Kind::Address, origin);
        *root = self.text(Kind::Address, root);
    }

    fn provider_settings(&mut self, settings: &mut ProviderSettings) {
        let ProviderSettings {
            instance,
            provider,
            entity_id,
            acs,
            fingerprint,
            allowed_clock_drift: _,
            idp_entity_id,
            uid_attribute,
            size_limit: _,
            signed_in_as,
            certificate,
            has_sp_key: _,
            rules_version,
            leave_out,
            other,
        } = settings;
        self.instance(instance);
        match provider {
            Provider::Group { path } => *path = self.text(Kind::GroupPath, path),
            Provider::Instance { name } => *name = self.text(Kind::Provider, name),
        }
        self.optional(Kind::EntityId, entity_id);
        self.optional(Kind::Address, acs);
        self.optional(Kind::Fingerprint, fingerprint);
        self.optional(Kind::EntityId, idp_entity_id);
        self.optional(Kind::AttributeName, uid_attribute);
        self.optional(Kind::Identifier, signed_in_as);
        self.drop(Kind::Certificate, usize::from(certificate.take().is_some()));
        self.optional(Kind::Number, rules_version);
        let count = leave_out.len();
        leave_out.retain(|id| acceptance::CHECKS.iter().any(|check| check.id == id));
        self.drop(Kind::Word, count - leave_out.len());
        self.other(other);
    }
}

fn is_field(name: &str) -> bool {
    PARAMETERS.bearing.iter().chain(&PARAMETERS.companions).any(|known| *known == name)
}
