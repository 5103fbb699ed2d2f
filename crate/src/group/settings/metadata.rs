//! The metadata of both sides (SAML Metadata 2.3) against each other, against the group and against recorded
//! sign-ins: entityID, addresses and their bindings, formats of the NameID, and certificates, now and next,
//! with the days that are left.
//!
//! gitlab-facts 2 (a group's requests go by HTTP-Redirect and are not signed), 4.6 and 5.1 (E01, E07, E08);
//! row F67. A group takes one certificate, by its fingerprint. Leaves out: who signed the metadata; roles
//! beside IdP and SP; files of whole federations; and the settings page.

use super::{For, checks, shown};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        limits::LIMITS,
        severity::{Sentence, Severity},
    },
    saml::{self, Body, Message, Role, uri},
    scim::Statement,
    signature::certificates::{Certificate, octets_of},
    text,
    trace::{flow::Flow, tracer::Tracer},
    xml::Document,
};
use std::collections::BTreeSet;

/// The role of an identity provider.
const IDP: &str = "IDPSSODescriptor";
/// Characters of an Issuer (SAML Core 8.3.6).
const ISSUER: usize = 1024;
/// Issuers of recorded Responses that are named.
const NAMED: usize = 5;
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// Parties of a file that are looked at; that of one app has one or two.
const PARTIES: usize = 4;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Days that are left when somebody should act.
const SOON: i64 = 30;

/// One party of a file, in one role.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Party {
    pub(super) file: String,
    entity_id: String,
    valid_until: Option<Timestamp>,
    role: Role,
    /// The certificates for signing, each once.
    certificates: Vec<Certificate>,
}

/// The Responses that were recorded: Issuer, and fingerprint of the certificate that GitLab looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Responses(Vec<(Option<String>, Option<String>)>);

impl Responses {
    /// Those of a trace.
    pub fn of(tracer: &Tracer) -> Self {
        let response = |flow: &Flow| {
            let seen = tracer.seen(flow.response?)?;
            let issuer = seen.carried().message.as_ref().and_then(issuer);
            Some((issuer, seen.certificates().0.first().map(|it| it.sha256.clone())))
        };
        let mut all: Vec<_> = tracer.flows().iter().filter_map(response).collect();
        all.sort_unstable();
        all.dedup();
        Responses(all)
    }
}

/// The Issuer of a Response, or of its first assertion: a Response need not name one.
fn issuer(message: &Message) -> Option<String> {
    let of_assertion = || match &message.body {
        Body::Response(response) => response.assertions.first()?.issuer.clone(),
        _ => None,
    };
    message.head.issuer.clone().or_else(of_assertion)
}

impl Party {
    fn is_idp(&self) -> bool {
        self.role.descriptor == IDP
    }

    /// The addresses for one thing, each with its binding.
    fn endpoints(&self, what: &str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.role.endpoints.iter().filter(move |it| it.what == what);
        all.filter_map(|it| Some((it.location.as_deref()?, it.binding.as_deref().unwrap_or_default())))
    }
}

/// The parties of a file of metadata; none where it is something else.
pub(super) fn read(file: &str, content: &str) -> Vec<Party> {
    if !(content.starts_with('<') && content.contains("EntityDescriptor")) {
        return Vec::new();
    }
    let (document, _) = Document::parse(content.as_bytes(), &LIMITS);
    let message = saml::read(&document).value;
    let Some(Body::Metadata(metadata)) = message.map(|message| message.body) else { return Vec::new() };
    let party = |(entity_id, valid_until, role): (String, Option<Timestamp>, Role)| Party {
        certificates: certificates(&document, &entity_id, &role.descriptor),
        file: file.to_owned(),
        entity_id,
        valid_until,
        role,
    };
    let roles = metadata.entities.into_iter().flat_map(|entity| {
        let until = entity.valid_until.as_deref().and_then(Timestamp::parse);
        let id = entity.entity_id.unwrap_or_default();
        entity.roles.into_iter().map(move |role| (id.clone(), until, role))
    });
    let is_known = |role: &Role| [IDP, "SPSSODescriptor"].contains(&role.descriptor.as_str());
    roles.filter(|(.., role)| is_known(role)).take(PARTIES).map(party).collect()
}

/// The parties of what a person gives of a new identity provider: metadata of it, a certificate, or its
/// Issuer alone. None where it is something else.
pub(super) fn side(file: &str, content: &str) -> Vec<Party> {
    let content = content.trim_start_matches('\u{feff}').trim();
    let party = |entity_id: &str, certificates| Party {
        file: file.to_owned(),
        entity_id: entity_id.to_owned(),
        valid_until: None,
        role: Role { descriptor: IDP.to_owned(), ..Role::default() },
        certificates,
    };
    if content.starts_with('<') {
        return read(file, content).into_iter().filter(Party::is_idp).collect();
    }
    let mut certificates = Certificate::all_from_file(content.as_bytes());
    certificates.retain(|it| it.says.is_some());
    if !certificates.is_empty() {
        return vec![party("", certificates)];
    }
    let is_issuer = (1..=ISSUER).contains(&content.chars().count())
        && content.contains(':')
        && !content.contains(|c: char| c.is_whitespace() || c.is_control() || "{}\"<>".contains(c));
    is_issuer.then(|| party(content, Vec::new())).into_iter().collect()
}

/// The new side beside recorded Responses: what stays, and what is another one.
pub(super) fn said_of_new(parties: &[Party], responses: &Responses, now: Timestamp) -> Statement {
    let mut said = Vec::new();
    let old: BTreeSet<&str> = responses.0.iter().filter_map(|(issuer, _)| issuer.as_deref()).collect();
    let sent = |sha256: &String| responses.0.iter().any(|(_, it)| it.as_ref() == Some(sha256));
    for party in parties {
        let issuer = party.entity_id.as_str();
        if old.contains(issuer) {
            said.push((Severity::Good, text!("plan.side.issuer.same", issuer = shown(issuer))));
        } else if !issuer.is_empty() && old.is_empty() {
            said.push((Severity::Neutral, text!("plan.side.issuer", issuer = shown(issuer))));
        } else if !issuer.is_empty() {
            let old: Vec<String> = old.iter().take(NAMED).map(|it| shown(it)).collect();
            let text = text!(
                "plan.side.issuer.new",
                issuer = shown(issuer),
                old = old.join(&text!("quoted.between").to_string())
            );
            said.push((Severity::Info, text));
        }
        if !party.role.endpoints.is_empty() {
            said.extend(of_requests(party));
        }
        for certificate in &party.certificates {
            let fingerprint = &certificate.sha256;
            said.push(match sent(fingerprint) {
                true => (Severity::Good, text!("plan.side.certificate.same", fingerprint = fingerprint)),
                false => (Severity::Info, text!("plan.side.certificate.new", fingerprint = fingerprint)),
            });
            said.push(of_certificate(certificate, now));
        }
    }
    if responses.0.is_empty() {
        said.push((Severity::Neutral, text!("plan.side.nothing")));
    }
    let sentence = |(severity, text): (Severity, Text)| Sentence { severity, text: text.to_string() };
    let heading = Some(text!("plan.side.heading").to_string());
    let sentences = said.into_iter().map(sentence).collect();
    Statement { heading, sentences, ..Statement::default() }.redacted()
}

/// The certificates of a role that are not for encryption alone.
fn certificates(document: &Document, entity_id: &str, descriptor: &str) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    for element in document.elements().filter(|it| it.is(uri::XML_SIGNATURE, "X509Certificate")) {
        let around: Vec<_> = element.ancestors().collect();
        let has = |local: &str| around.iter().find(|it| it.is(uri::METADATA, local));
        let is_for_signing = has("KeyDescriptor")
            .is_some_and(|key| key.attribute("use").is_none_or(|purpose| purpose != "encryption"));
        let is_of_party = has("EntityDescriptor")
            .is_some_and(|it| it.attribute("entityID").is_some_and(|id| id == entity_id));
        if !is_for_signing || !is_of_party || has(descriptor).is_none() {
            continue;
        }
        let Some(der) = octets_of(&element.all_text()) else { continue };
        let certificate = Certificate::new(der, element.span());
        if found.iter().all(|known| known.sha256 != certificate.sha256) {
            found.push(certificate);
        }
    }
    found
}

/// The metadata in words, a statement a party.
pub(super) fn said(parties: &[Party], of: For<'_>, responses: &Responses, now: Timestamp) -> Vec<Statement> {
    let sentence = |(severity, text): (Severity, Text)| Sentence { severity, text: text.to_string() };
    let statement = |party: &Party| {
        let heading = match party.is_idp() {
            true => text!("metadata.idp", file = party.file, id = shown(&party.entity_id)),
            false => text!("metadata.sp", file = party.file, id = shown(&party.entity_id)),
        };
        let old = party.valid_until.filter(|until| *until < now);
        let old = old.map(|until| (Severity::Warning, text!("metadata.old", until = until.day_and_time())));
        let of_role = match party.is_idp() {
            true => of_provider(party, responses, now),
            false => of_gitlab(party, of),
        };
        let sentences = of_role.into_iter().chain(old).map(sentence).collect();
        Statement { heading: Some(heading.to_string()), sentences, ..Statement::default() }
    };
    let both =
        of_both(parties).map(|said| Statement { sentences: vec![sentence(said)], ..Statement::default() });
    parties.iter().map(statement).chain(both).map(Statement::redacted).collect()
}

/// GitLab's own side: who it is, and where Responses go.
fn of_gitlab(party: &Party, of: For<'_>) -> Vec<(Severity, Text)> {
    if of.path.is_empty() {
        return Vec::new();
    }
    let (identifier, acs) = (checks::identifier(of), checks::acs(of));
    let id = match party.entity_id == identifier {
        true => (Severity::Good, text!("metadata.same-id")),
        false => {
            let said =
                text!("settings.audience", audience = shown(&party.entity_id), identifier = identifier);
            (Severity::Error, said)
        }
    };
    let places: Vec<(&str, &str)> = party.endpoints("AssertionConsumerService").collect();
    let own = places.iter().copied().find(|(url, _)| *url == acs);
    let address = match (own, places.first()) {
        (Some((_, POST)), _) => (Severity::Good, text!("metadata.same-acs")),
        (Some((_, binding)), _) => (Severity::Error, text!("metadata.acs-binding", binding = shown(binding))),
        (None, first) => {
            let url = first.map(|(url, _)| shown(url)).unwrap_or_default();
            (Severity::Error, text!("settings.acs", label = "AssertionConsumerService", url = url, acs = acs))
        }
    };
    vec![id, address]
}

/// The identity provider's side: where requests go, what it asks of them, its certificates, and whether
/// recorded Responses are its own.
fn of_provider(party: &Party, responses: &Responses, now: Timestamp) -> Vec<(Severity, Text)> {
    let mut said = of_requests(party);
    said.extend(party.certificates.iter().map(|it| of_certificate(it, now)));
    match party.certificates.len() {
        0 => said.push((Severity::Warning, text!("metadata.no-certificate"))),
        1 => {}
        count => said.push((Severity::Info, text!("metadata.next", count = count))),
    }
    for (issuer, certificate) in &responses.0 {
        if let Some(issuer) = issuer.as_deref().filter(|issuer| *issuer != party.entity_id) {
            said.push((
                Severity::Warning,
                text!("metadata.issuer", issuer = shown(issuer), id = shown(&party.entity_id)),
            ));
            continue;
        }
        let is_known = |sha256: &String| party.certificates.iter().any(|it| it.sha256 == *sha256);
        said.extend(certificate.as_ref().filter(|_| issuer.is_some()).map(|sha256| match is_known(sha256) {
            true => (Severity::Good, text!("metadata.sent", fingerprint = sha256)),
            false => (Severity::Error, text!("metadata.sent-other", fingerprint = sha256)),
        }));
    }
    said
}

/// The place where GitLab's requests go, and whether they would be taken.
fn of_requests(party: &Party) -> Vec<(Severity, Text)> {
    let mut places = party.endpoints("SingleSignOnService");
    let place = match places.find(|(_, binding)| *binding == REDIRECT) {
        Some((url, _)) => (Severity::Neutral, text!("metadata.sso", url = shown(url))),
        None => (Severity::Error, text!("metadata.no-redirect")),
    };
    let signed =
        (party.role.requests_signed == Some(true)).then(|| (Severity::Error, text!("metadata.wants-signed")));
    [place].into_iter().chain(signed).collect()
}

/// A certificate with its fingerprint and the days that are left.
fn of_certificate(certificate: &Certificate, now: Timestamp) -> (Severity, Text) {
    let fingerprint = certificate.sha256.as_str();
    let Some(says) = &certificate.says else {
        return (Severity::Warning, text!("metadata.bad-certificate", fingerprint = fingerprint));
    };
    let until = says.not_after.day_and_time();
    let days = says.not_after.0.saturating_sub(now.0).div_euclid(DAY);
    if says.not_after < now {
        return (Severity::Error, text!("metadata.expired", fingerprint = fingerprint, until = until));
    }
    if says.not_before > now {
        let from = says.not_before.day_and_time();
        return (Severity::Info, text!("metadata.not-yet", fingerprint = fingerprint, from = from));
    }
    let severity = if days <= SOON { Severity::Warning } else { Severity::Neutral };
    (severity, text!("metadata.certificate", fingerprint = fingerprint, until = until, days = days))
}

/// That no format of the NameID is known to both sides.
fn of_both(parties: &[Party]) -> Option<(Severity, Text)> {
    let formats = |is_idp: bool| {
        let party = parties.iter().find(|party| party.is_idp() == is_idp)?;
        Some(party.role.name_id_formats.iter().map(|it| it.trim()).collect::<Vec<&str>>())
    };
    let (theirs, ours) = (formats(true)?, formats(false)?);
    let is_any = |it: &&str| it.ends_with(":unspecified");
    let is_free = [&theirs, &ours].iter().any(|all| all.is_empty() || all.iter().any(is_any));
    let is_common = theirs.iter().any(|it| ours.contains(it));
    let said = text!("metadata.formats", theirs = shown(&theirs.join(", ")), ours = shown(&ours.join(", ")));
    (!is_free && !is_common).then_some((Severity::Warning, said))
}

#[cfg(test)]
mod tests;
