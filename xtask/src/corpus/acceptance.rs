//! The fields with the answer of GitLab's library: `ruby_saml_1_18_1`, `gitlab_accepts`,
//! `gitlab_first_error`, `schema_errors`.
//!
//! The reference ran ruby-saml 1.18.1 over each message with the certificate that is in it (or was filed with
//! it) as the trusted one and with the key that opens what is encrypted, and left out the checks that depend
//! on time and place; so does Samlight here. An exception of Ruby counts as a refusal, whatever its words.

use samlight::{
    acceptance::schema_violation,
    case::{Case, acceptance::Acceptance},
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, routes::Provider},
    trace::tracer::Tracer,
};
use serde_json::{Value, json};

use super::NOW;
use super::fields::Read;

/// The checks that the reference left out: time, audience, destination, subject, and what GitLab has stored.
const LEFT_OUT: [&str; 9] = [
    "one-conditions",
    "validity",
    "one-authn-statement",
    "audience",
    "destination",
    "issuer",
    "session",
    "subject-confirmation",
    "account",
];

/// The reference took the SPNameQualifier that it saw for its own name; in what it decrypted is another one.
const ENTITY_ID: &str = "https://gitlab.example.com";

/// `ruby_saml_1_18_1` with our answers in the places of theirs.
pub(super) fn ruby_saml(read: &Read<'_>, theirs: &Value) -> Value {
    let Some(fields) = theirs.as_object() else { return theirs.clone() };
    let provider = Provider::Instance { name: "saml".to_owned() };
    let Some(ours) = answer(read, provider) else { return Value::Null };
    let mut answered = fields.clone();
    let failed_itself = !theirs["valid"].is_boolean();
    if failed_itself && ours.accepted == Some(false) {
        return theirs.clone();
    }
    answered.insert("valid".to_owned(), json!(ours.accepted));
    // Without a certificate in its settings the library looks at nothing else.
    let is_configured = ours.step != Some("configured");
    let errors: Vec<&str> = ours.errors().take(if is_configured { usize::MAX } else { 1 }).collect();
    answered.insert("errors".to_owned(), json!(errors));
    answered.insert("name_id".to_owned(), json!(ours.name_id));
    answered.into()
}

/// `gitlab_accepts`.
pub(super) fn accepts(read: &Read<'_>, _: &Value) -> Value {
    json!(answer(read, group()).and_then(|ours| ours.accepted))
}

/// `gitlab_first_error`; empty where there is none.
pub(super) fn first_error(read: &Read<'_>, theirs: &Value) -> Value {
    match answer(read, group()) {
        Some(ours) => json!(ours.errors().next().unwrap_or_default()),
        None => theirs.clone(),
    }
}

/// `schema_errors`: theirs where our first one is theirs. Ours leaves out what libxml2 expected in its place.
pub(super) fn schema_errors(read: &Read<'_>, theirs: &Value) -> Value {
    let messages: Vec<_> = import::messages(import::file(read.name, read.content, NOW)).collect();
    let root = messages.iter().find_map(|message| message.document.as_ref()?.root());
    let ours = root.and_then(schema_violation);
    let first = theirs[0].as_str();
    match (&ours, first) {
        (None, None) => theirs.clone(),
        (Some(ours), Some(first)) if first.starts_with(ours.as_str()) => theirs.clone(),
        _ => json!(ours),
    }
}

fn group() -> Provider {
    Provider::Group { path: "acme".to_owned() }
}

fn answer(read: &Read<'_>, provider: Provider) -> Option<Acceptance> {
    let imported = import::file(read.name, read.content, NOW);
    let mut tracer = Tracer::replay(imported.events);
    let instance = Instance::at("https://gitlab.example.com")?;
    let certificate = read.objects.iter().find_map(|object| object["certificates"][0]["sha256"].as_str());
    let filed = read.support_files.iter().find(|file| file.contains("_certs/"));
    let is_group = matches!(provider, Provider::Group { .. });
    let told = ProviderSettings {
        entity_id: (!is_group).then(|| read.sp_name_qualifier().unwrap_or_else(|| ENTITY_ID.to_owned())),
        has_sp_key: read.has_key,
        fingerprint: Some(certificate.unwrap_or_default().to_owned()),
        certificate: filed.and_then(|file| std::fs::read_to_string(read.folder.join(file)).ok()),
        leave_out: LEFT_OUT.iter().map(|id| (*id).to_owned()).collect(),
        ..ProviderSettings::new(instance, provider)
    };
    let settings = Settings { provider: Some(told), ..tracer.settings().clone() };
    tracer.observe(&Event::new(EventId::new(NOW, "given", 1), Body::Settings(settings)));
    let flow = tracer.flows().last()?;
    Case::new(&tracer, flow, NOW).received_at(NOW).with_keys(read.private).acceptance().cloned()
}
