//! The important values of a message beside sign-in and sign-out: an artifact, metadata, a query. Labels are
//! the names of the standards.

use crate::saml::{Artifact, Body, Entity, Message, Query};

/// The important values in reading order; absent ones are left out.
pub(super) fn rows(message: &Message) -> Vec<(String, String)> {
    let rows = match &message.body {
        Body::Artifact(artifact) => of_artifact(artifact),
        Body::Metadata(metadata) => metadata.entities.iter().flat_map(of_entity).collect(),
        Body::Query(query) => of_query(query),
        Body::Answer(answer) => {
            vec![("Message", answer.message.as_ref().map(|inside| inside.kind.name().to_owned()))]
        }
        _ => Vec::new(),
    };
    rows.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect()
}

type LabelledValue = (&'static str, Option<String>);

fn of_artifact(artifact: &Artifact) -> Vec<LabelledValue> {
    vec![
        ("TypeCode", artifact.type_code.map(|code| code.to_string())),
        ("EndpointIndex", artifact.endpoint_index.map(|index| index.to_string())),
        ("SourceID", artifact.source_id.clone()),
        ("SourceLocation", artifact.source_location.clone()),
        // Shown on the person's own screen, as the whole message is.
        ("MessageHandle", artifact.message_handle.as_ref().map(|handle| handle.expose().clone())),
    ]
}

fn of_entity(entity: &Entity) -> Vec<LabelledValue> {
    let mut rows = vec![("entityID", entity.entity_id.clone()), ("validUntil", entity.valid_until.clone())];
    for role in &entity.roles {
        rows.push(("Role", Some(role.descriptor.clone())));
        rows.extend(role.name_id_formats.iter().map(|format| ("NameIDFormat", Some(format.clone()))));
        rows.extend(role.endpoints.iter().map(|endpoint| {
            let place = [&endpoint.location, &endpoint.binding].into_iter().flatten();
            let place: Vec<&str> = place.map(String::as_str).collect();
            ("Endpoint", Some(format!("{} {}", endpoint.what, place.join(" "))))
        }));
    }
    rows
}

fn of_query(query: &Query) -> Vec<LabelledValue> {
    let names = query.attributes.iter().map(|attribute| ("Attribute", attribute.name.clone()));
    let ids = query.assertion_ids.iter().map(|id| ("AssertionIDRef", Some(id.clone())));
    let new = [
        ("NewID", query.new_id.clone()),
        ("Artifact", query.artifact.as_ref().map(|artifact| artifact.expose().clone())),
    ];
    names.chain(ids).chain(new).collect()
}
