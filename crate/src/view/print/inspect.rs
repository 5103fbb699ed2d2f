//! One message as a JSON object, for other programs: what `samlight inspect --json` prints.
//!
//! The keys are fixed: what is absent is null or empty, never missing. Names are those of the SAML standards
//! in snake case.

use super::Given;
use crate::{
    attack::{self, Attack, Look},
    base::{flaw::Flaw, limits::LIMITS, redact::Secret, shared::Shared},
    binding::Carried,
    encryption::{self, EncryptedPart, Opened},
    gitlab::name_id::signed_name_id,
    saml::{Artifact, Assertion, Message, MessageKind, NameId, Subject},
    signature::certificates,
    text,
    xml::Document,
};
use serde_json::{Value, json};

/// The JSON object of `carried`, of which a file tells: of a redacted copy it says what is not known.
pub fn inspect_imported(source: &str, carried: &Carried, given: &Given) -> Value {
    looked_at(source, carried, given, attack::look_at_imported(carried, &given.certificates))
}

/// The JSON object of `carried`, which comes from `source` (a file's name). It holds what the message holds:
/// nothing is redacted. Signatures are verified with the certificates in it and those `given`. What the
/// private keys `given` open is read like the rest of the message.
pub fn inspect(source: &str, carried: &Carried, given: &Given) -> Value {
    looked_at(source, carried, given, attack::look(carried, &given.certificates))
}

fn looked_at(source: &str, carried: &Carried, given: &Given, look: Look) -> Value {
    let is_taken_out = look.is_signature_taken_out();
    let opened = carried
        .document
        .as_ref()
        .map(|document| encryption::open(document, &given.keys, encryption::Manner::Standard));
    let inside = opened.as_ref().and_then(Opened::message);
    let message = inside.as_ref().or(carried.message.as_ref());
    let head = message.map(|message| &message.head);
    let status = message.and_then(Message::status);
    let request = message.and_then(Message::authn_request);
    let assertion = message.and_then(|message| message.assertions().first());
    let conditions = assertion.and_then(|assertion| assertion.conditions.as_ref());
    let authn = assertion.and_then(|assertion| assertion.authn_statements.first());
    let metadata = message.and_then(Message::metadata);
    let document = opened.as_ref().and_then(|opened| opened.document.as_ref()).or(carried.document.as_ref());
    let (certificates, certificate_flaws) = certificates_of(document);
    let decryption_flaws =
        opened.iter().flat_map(|opened| [opened.flaws(), opened.flaws_inside()]).flatten().take(LIMITS.flaws);
    let Look { attacks, mut signatures, copy, .. } = look;
    signatures.extend(opened.iter().flat_map(|opened| opened.signatures(&given.certificates)));
    json!({
        "source": source,
        "reading": "standards",
        "binding": carried.binding,
        "message": message.map(|message| message.kind.name()),
        "version": head.and_then(|head| head.version.as_deref()),
        "id": head.and_then(|head| head.id.as_deref()),
        "in_response_to": head.and_then(|head| head.in_response_to.as_deref()),
        "issue_instant": head.and_then(|head| head.issue_instant.as_deref()),
        "issuer": head.and_then(|head| head.issuer.as_deref()),
        "destination": head.and_then(|head| head.destination.as_deref()),
        "status": {
            "code": status.and_then(|status| status.code()),
            "subcode": status.and_then(|status| status.subcode()),
            "message": status.and_then(|status| status.message.as_deref()),
        },
        "request": {
            "acs_url": request.and_then(|request| request.acs_url.as_deref()),
            "name_id_policy_format": request
                .and_then(|request| request.name_id_policy.as_ref())
                .and_then(|policy| policy.format.as_deref()),
            "force_authn": request.and_then(|request| request.force_authn),
        },
        "metadata": {
            "entity_ids": metadata.map_or_else(Vec::new, |metadata| metadata.entity_ids().collect()),
            "acs_urls": metadata.map_or_else(Vec::new, |metadata| metadata.acs_urls().collect()),
        },
        "artifact": message.and_then(Message::artifact).map(artifact),
        "assertions": message.map_or(0, |message| message.assertions().len()),
        "encrypted": carried.message.as_ref().is_some_and(Message::is_encrypted),
        "assertion": {
            "id": assertion.and_then(|assertion| assertion.id.as_deref()),
            "issuer": assertion.and_then(|assertion| assertion.issuer.as_deref()),
        },
        "subject": subject(message, carried.message.as_ref()),
        "name_id_gitlab_reads": signed_name_id(carried, &signatures),
        "conditions": {
            "not_before": conditions.and_then(|conditions| conditions.not_before.as_deref()),
            "not_on_or_after": conditions.and_then(|conditions| conditions.not_on_or_after.as_deref()),
            "audiences": conditions.map_or_else(Vec::new, |conditions| conditions.audiences().collect()),
        },
        "authn": {
            "instant": authn.and_then(|authn| authn.authn_instant.as_deref()),
            "session_index": session_index(message),
            "context": authn.and_then(|authn| authn.authn_context_class_ref.as_deref()),
        },
        "attributes": assertion.map_or_else(Vec::new, attributes),
        "signatures": signatures,
        "redacted_copy": copy.map(|copy| json!({
            "had_signature": copy.had_signature,
            "text": is_taken_out.then(|| text!("copy.taken-out").to_string()),
        })),
        "attacks": attacks.iter().map(sign_of_attack).collect::<Vec<_>>(),
        "certificates": certificates,
        "decryption": opened.iter().flat_map(|opened| &opened.parts).map(encrypted_part).collect::<Vec<_>>(),
        "relay_state": carried.relay_state.as_ref().map(Shared::expose),
        "flaws": carried
            .flaws
            .iter()
            .cloned()
            .chain(certificate_flaws)
            .chain(decryption_flaws)
            .map(|it| flaw(&it))
            .collect::<Vec<_>>(),
    })
}

fn sign_of_attack(attack: &Attack) -> Value {
    json!({ "kind": attack.kind.id(), "cause": attack.cause, "text": attack.text })
}

fn encrypted_part(part: &EncryptedPart) -> Value {
    json!({
        "in": part.name,
        "data_algorithm": part.data_algorithm,
        "key_algorithm": part.key_algorithm,
        "decrypted": part.outcome.is_ok(),
        "reason": part.outcome.as_ref().err().map(|problem| problem.text().to_string()),
        "element": part.outcome.as_ref().ok(),
    })
}

/// The subject of `message`; `sent` is the message before anything in it was decrypted.
fn subject(message: Option<&Message>, sent: Option<&Message>) -> Value {
    let name_id = message.and_then(Message::name_id);
    let text = |part: fn(&NameId) -> Option<&String>| name_id.and_then(part);
    let confirmations =
        message.and_then(Message::subject).map_or(&[][..], |subject: &Subject| &subject.confirmations);
    let first = confirmations.first();
    json!({
        "name_id": text(|name_id| Some(&name_id.value)),
        "other_readings": name_id.map_or(&[][..], |name_id| &name_id.other_readings),
        "format": text(|name_id| name_id.format.as_ref()),
        "name_qualifier": text(|name_id| name_id.name_qualifier.as_ref()),
        "sp_name_qualifier": text(|name_id| name_id.sp_name_qualifier.as_ref()),
        "encrypted_id": sent.is_some_and(Message::encrypted_id),
        "recipients": confirmations.iter().filter_map(|c| c.recipient.as_deref()).collect::<Vec<_>>(),
        "in_response_to": first.and_then(|confirmation| confirmation.in_response_to.as_deref()),
        "not_on_or_after": first.and_then(|confirmation| confirmation.not_on_or_after.as_deref()),
    })
}

fn artifact(artifact: &Artifact) -> Value {
    json!({
        "type_code": artifact.type_code,
        "endpoint_index": artifact.endpoint_index,
        "source_id": artifact.source_id,
        "source_location": artifact.source_location,
        "message_handle": artifact.message_handle.as_ref().map(exposed),
    })
}

/// Of the first AuthnStatement, or of a LogoutRequest.
fn session_index(message: Option<&Message>) -> Option<&str> {
    let message = message?;
    let index = match message.kind {
        MessageKind::LogoutRequest => message.logout_request()?.session_indexes.first(),
        _ => message.assertions().first()?.authn_statements.first()?.session_index.as_ref(),
    };
    index.map(exposed)
}

fn attributes(assertion: &Assertion) -> Vec<Value> {
    let attribute = |attribute: &crate::saml::Attribute| {
        json!({
            "name": attribute.name,
            "friendly_name": attribute.friendly_name,
            "name_format": attribute.name_format,
            "values": attribute.values,
        })
    };
    assertion.attributes.iter().map(attribute).collect()
}

fn certificates_of(document: Option<&Document>) -> (Vec<Value>, Vec<Flaw>) {
    let Some(document) = document else { return (Vec::new(), Vec::new()) };
    let (found, flaws) = certificates::certificates(document);
    let certificate = |certificate: certificates::Certificate| {
        json!({
            "sha1": certificate.sha1,
            "sha256": certificate.sha256,
            "subject": certificate.says.as_ref().map(|says| says.subject.as_str()),
            "not_before": certificate.says.as_ref().map(|says| says.not_before.to_string()),
            "not_after": certificate.says.as_ref().map(|says| says.not_after.to_string()),
        })
    };
    (found.into_iter().map(certificate).collect(), flaws)
}

fn flaw(flaw: &Flaw) -> Value {
    json!({ "code": flaw.code, "at": flaw.at, "in": flaw.octets, "text": flaw.text })
}

/// A person who asks to inspect a message is shown all of it.
fn exposed(secret: &Secret<String>) -> &str {
    secret.expose()
}
