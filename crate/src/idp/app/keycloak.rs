//! Keycloak: a client as it is exported, or all of a realm.
//!
//! keycloak.org, Admin REST API (`ClientRepresentation`); which NameID it makes is read in its source
//! (`services/.../protocol/saml/SamlProtocol.java`, `SamlService.java`, `mappers/NameIdMapperHelper.java`).
//! The format decides: that of the client where it is forced, else the one that GitLab asks for, which for a
//! group is `unspecified` (gitlab-facts 2). A mapper of that format gives the value; else it is the e-mail
//! address, the user name, or a stored persistent value. Leaves out: mappers of client scopes, which are not
//! in the client's export.

use super::{App, Kind, Source, list, objects, text, texts};
use crate::idp::expression::{Expression, Unclear};
use serde_json::Value;

pub(super) const CLIENT: Kind = Kind {
    provider: "Keycloak",
    export: "client or realm export",
    source: "https://www.keycloak.org/docs-api/latest/rest-api/index.html#ClientRepresentation",
    label: "Name ID format",
    is_certain: true,
    read: |kind, content| {
        objects(content, &["clients"]).into_iter().filter_map(|client| read(kind, client)).collect()
    },
};

/// The formats by their names in a client, each with its URI.
const FORMATS: [(&str, &str); 4] = [
    ("username", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
    ("email", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    ("persistent", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
    ("transient", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
];

/// The scopes that a client has from the beginning; they send no e-mail address.
const SCOPES: [&str; 2] = ["role_list", "saml_organization"];

fn read(kind: &'static Kind, client: &Value) -> Option<App> {
    text(client, "/protocol").filter(|protocol| *protocol == "saml")?;
    let id = text(client, "/clientId")?;
    let attributes = client.get("attributes");
    let attribute = |name: &str| attributes?.get(name)?.as_str().filter(|value| !value.is_empty());
    let is = |name: &str| attribute(name).map(|value| value == "true");
    let is_forced = is("saml_force_name_id_format") == Some(true);
    let configured = attribute("saml_name_id_format").filter(|_| is_forced).unwrap_or("username");
    let (format, uri) =
        FORMATS.iter().copied().find(|(name, _)| *name == configured).unwrap_or((configured, ""));
    let mappers = list(client, "/protocolMappers");
    let config = |mapper: &Value, name: &str| Some(mapper.get("config")?.get(name)?.as_str()?.to_owned());
    let of_name_id = mappers.iter().find(|mapper| {
        text(mapper, "/protocolMapper") == Some("saml-user-attribute-nameid-mapper")
            && config(mapper, "mapper.nameid.format").is_some_and(|it| it == uri)
    });
    let persistent = |of: &str| format!("saml.persistent.name.id.for.{of}");
    let name_id = match (of_name_id.and_then(|mapper| config(mapper, "user.attribute")), format) {
        (Some(name), _) => Source::field(&name),
        (None, "email") => Source::field("email"),
        (None, "username") => Source::field("username"),
        (None, "persistent") => Source {
            written: persistent(id),
            read: Ok(Expression::first_of(&[persistent(id), persistent("*")])),
        },
        (None, format) => Source { written: format.to_owned(), read: Err(Unclear::Random) },
    };
    let post = attribute("saml_assertion_consumer_url_post").map(str::to_owned);
    let urls = post.map_or_else(|| texts(client, "/redirectUris"), |url| vec![url]);
    let scopes = texts(client, "/defaultClientScopes");
    let is_whole = scopes.iter().all(|scope| SCOPES.contains(&scope.as_str()));
    let names = mappers.iter().filter_map(|mapper| config(mapper, "attribute.name"));
    let signed = [is("saml.server.signature"), is("saml.assertion.signature")];
    Some(App {
        name_id,
        format: Some(if uri.is_empty() { format } else { uri }.to_owned()),
        acs: urls.into_iter().map(|url| ("Assertion Consumer Service POST Binding URL", url)).collect(),
        audiences: vec![id.to_owned()],
        is_signed: signed.into_iter().flatten().reduce(|one, other| one || other),
        is_encrypted: is("saml.encrypt"),
        has_authn_statement: is("saml.authnstatement"),
        attributes: is_whole.then(|| names.collect()),
        ..App::of(kind, text(client, "/name").unwrap_or(id))
    })
}
