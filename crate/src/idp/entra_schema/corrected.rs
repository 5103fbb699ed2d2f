//! [`Corrected`]: Entra ID's provisioning schema without the faults that GitLab's documentation says how to
//! mend, and each change beside what was there.
//!
//! gitlab-facts 7.2 and 7.3; rows R86 to R88 and R92. The way around “(Field) can't be blank” is to delete
//! the mapping of `name.formatted` and to make it of `displayName`: that is one change here. The names of
//! an object come in the order of the alphabet, which Entra ID does not mind. Leaves out: expressions
//! (`active`), whose parts Entra ID wants described one by one; and fields that are another's choice, of
//! which the check warns ([`super::EXPORT`]).

use super::{EMAIL, EXTERNAL_ID, field, folded, list, text_of};
use crate::{
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity},
    },
    text,
};
use serde_json::{Value, json};

/// The actions of which users need all.
const FLOWS: &str = "Add, Update, Delete";

/// The fields of which a NameID can be made (gitlab-facts 7.2), as provisioning spells them.
const SPELLED: [&str; 6] =
    ["objectId", "userPrincipalName", "mail", "mailNickname", "employeeId", "onPremisesSamAccountName"];

/// A schema with its changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrected {
    /// The whole, to be uploaded.
    pub schema: Value,
    /// The changes; none where nothing was to be mended.
    pub changes: Vec<Change>,
}

impl Corrected {
    /// The schema as a file.
    pub fn content(&self) -> String {
        // What was read as JSON can be written as JSON.
        serde_json::to_string_pretty(&self.schema).unwrap_or_default() + "\n"
    }

    /// Each change before and after, and what does not change.
    pub fn sentences(&self) -> Vec<Sentence> {
        let line = |severity, text: Text| Sentence { severity, text: text.to_string() };
        let changes = self.changes.iter().flat_map(|Change { part, before, after }| {
            let before = before.as_ref();
            let before = before.map(|it| text!("corrected.before", part = part, before = it));
            before.into_iter().chain([text!("corrected.after", part = part, after = after)])
        });
        let rest = line(Severity::Neutral, text!("corrected.rest"));
        changes.map(|text| line(Severity::Info, text)).chain([rest]).collect()
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The part that it is in: an attribute, or the mapping of users or groups.
    pub part: String,
    /// The value before; nothing where there was none.
    pub before: Option<Value>,
    /// The value now.
    pub after: Value,
}

/// Corrects a schema; `name_id` is the field of which the SAML app makes the NameID, where it is known.
///
/// # Errors
/// A sentence for people: it is no schema, or has no mapping of users.
pub fn corrected(content: &str, name_id: Option<&str>) -> Result<Corrected, Text> {
    let content = content.trim_start_matches('\u{feff}');
    let mut schema: Value = serde_json::from_str(content)
        .map_err(|error| text!("entra.no-json", error = redact::json_error(&error)))?;
    let mut changes = Vec::new();
    let rules = schema.get_mut("synchronizationRules").and_then(Value::as_array_mut);
    let rules = rules.filter(|rules| !rules.is_empty()).ok_or_else(|| text!("entra.no-schema"))?;
    let objects =
        rules.iter_mut().filter_map(|rule| rule.get_mut("objectMappings")?.as_array_mut()).flatten();
    let mut has_users = false;
    for object in objects {
        let has = |target: &str| {
            let attributes = list(object, "attributeMappings");
            attributes.iter().any(|it| folded(text_of(it, "targetAttributeName")) == folded(target))
        };
        let is_group = has("members")
            || ["name", "targetObjectName"]
                .iter()
                .any(|name| text_of(object, name).to_lowercase().ends_with("group"));
        if has("userName") && !has_users {
            has_users = true;
            users(object, name_id, &mut changes);
        } else if is_group {
            set(object, "groups", "enabled", &json!(false), &mut changes);
        }
    }
    if has_users { Ok(Corrected { schema, changes }) } else { Err(text!("entra.no-users")) }
}

/// The mapping of users.
fn users(object: &mut Value, name_id: Option<&str>, changes: &mut Vec<Change>) {
    set(object, "users", "enabled", &json!(true), changes);
    let flows = text_of(object, "flowTypes").to_lowercase();
    let is_missing = |flow: &str| !flows.split(',').any(|it| it.trim().eq_ignore_ascii_case(flow));
    if FLOWS.split(", ").any(is_missing) {
        set(object, "users", "flowTypes", &json!(FLOWS), changes);
    }
    let Some(attributes) = object.get_mut("attributeMappings").and_then(Value::as_array_mut) else { return };
    // id may match users in place of externalId; GitLab searches both alike.
    let by_id = attributes.iter().any(|it| text_of(it, "targetAttributeName") == "id" && priority(it) == 1);
    let target = |it: &Value| text_of(it, "targetAttributeName").to_owned();
    for attribute in attributes.iter_mut() {
        let name = target(attribute);
        if name == EXTERNAL_ID {
            external_id(attribute, name_id, by_id, changes);
        } else if name == EMAIL {
            set(attribute, &name, "defaultValue", &Value::Null, changes);
        } else if name == "name.formatted" && !is_made_of(attribute, "displayName") {
            set(attribute, &name, "source", &source("displayName"), changes);
        } else if !["userName", "id"].contains(&name.as_str()) && priority(attribute) > 0 {
            set(attribute, &name, "matchingPriority", &json!(0), changes);
        }
    }
    let of_name_id = name_id.map_or_else(|| "objectId".to_owned(), spelled);
    for (name, from, priority) in [
        (EXTERNAL_ID, of_name_id.as_str(), 1),
        (EMAIL, "userPrincipalName", 0),
        ("name.formatted", "displayName", 0),
    ] {
        if attributes.iter().all(|it| folded(&target(it)) != folded(name)) {
            let added = json!({"targetAttributeName": name, "matchingPriority": priority, "flowType": "Always",
                "flowBehavior": "FlowWhenChanged", "defaultValue": null, "exportMissingReferences": false,
                "source": source(from)});
            changes.push(Change { part: name.to_owned(), before: None, after: added.clone() });
            attributes.push(added);
        }
    }
}

/// externalId: the field of the NameID, always sent, never the same for everybody, and matched first.
fn external_id(attribute: &mut Value, name_id: Option<&str>, by_id: bool, changes: &mut Vec<Change>) {
    let name_id = name_id.map(spelled);
    let has_source =
        attribute.get("source").is_some_and(|it| !it.is_null() && text_of(it, "type") != "Constant");
    match name_id {
        Some(wanted) if !is_made_of(attribute, &wanted) => {
            set(attribute, EXTERNAL_ID, "source", &source(&wanted), changes);
        }
        None if !has_source => set(attribute, EXTERNAL_ID, "source", &source("objectId"), changes),
        Some(_) | None => {}
    }
    if !text_of(attribute, "defaultValue").is_empty() {
        set(attribute, EXTERNAL_ID, "defaultValue", &Value::Null, changes);
    }
    if text_of(attribute, "flowType").eq_ignore_ascii_case("ObjectAddOnly") {
        set(attribute, EXTERNAL_ID, "flowType", &json!("Always"), changes);
    }
    if priority(attribute) != 1 && !by_id {
        set(attribute, EXTERNAL_ID, "matchingPriority", &json!(1), changes);
    }
}

/// The field of a NameID as provisioning spells it.
fn spelled(name_id: &str) -> String {
    let name = field(name_id);
    SPELLED.iter().find(|known| known.eq_ignore_ascii_case(&name)).map_or(name, |known| (*known).to_owned())
}

fn priority(attribute: &Value) -> u64 {
    attribute.get("matchingPriority").and_then(Value::as_u64).unwrap_or_default()
}

fn is_made_of(attribute: &Value, name: &str) -> bool {
    let written = attribute.get("source").map_or("", |source| text_of(source, "expression"));
    folded(written) == folded(&format!("[{name}]"))
}

/// A source that is one attribute of the user, as Microsoft Graph describes it.
fn source(name: &str) -> Value {
    json!({"expression": format!("[{name}]"), "name": name, "type": "Attribute", "parameters": []})
}

/// Gives a member another value, and keeps what was there.
fn set(of: &mut Value, part: &str, name: &str, value: &Value, changes: &mut Vec<Change>) {
    let Some(fields) = of.as_object_mut() else { return };
    let before = fields.get(name).cloned();
    // What is not written is on, and has no default.
    let is_same = match &before {
        Some(before) => before == value,
        None => *value == Value::Bool(true) || value.is_null(),
    };
    if is_same {
        return;
    }
    fields.insert(name.to_owned(), value.clone());
    changes.push(Change { part: format!("{part}.{name}"), before, after: value.clone() });
}

#[cfg(test)]
mod tests;
