//! Entra ID's provisioning schema, as its portal exports it: whether users are mapped as GitLab needs them.
//!
//! gitlab-facts 7.2 and 7.3 (Microsoft Graph, `synchronizationSchema`), the checks V1 to V11; rows R24, R27,
//! R54, R56, R75 to R80, R86 to R88, R91 and R92. What Entra ID really sends is seen in GitLab's log
//! ([`crate::scim::requests`]). Leaves out: scoping filters, the definition of `id` (of V9), and functions
//! within expressions, which are compared as they are written.

mod corrected;

use super::Export;
use crate::{
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity},
    },
    text,
};
pub use corrected::{Change, Corrected, corrected};
use serde_json::Value;

pub(super) const EXPORT: Export = Export {
    id: "entra-schema",
    called: "Entra ID",
    recognises: |content| content.starts_with('{') && content.contains("\"synchronizationRules\""),
    check: |content, name_id| Ok(Schema::read(content)?.check(name_id)),
    mapped: |content| Schema::read(content).map(|schema| schema.mapped()).unwrap_or_default(),
};

/// A schema.
#[derive(Debug)]
struct Schema {
    rules: Vec<Value>,
    definitions: Vec<Value>,
}

/// The mapping of one kind of object.
struct Objects<'a> {
    whole: &'a Value,
    attributes: Vec<Attribute<'a>>,
}

/// The mapping of one attribute.
#[derive(Clone, Copy)]
struct Attribute<'a> {
    target: &'a str,
    whole: &'a Value,
}

/// The mapping of users that a check looks at.
struct UserMapping<'a> {
    schema: &'a Schema,
    users: &'a Objects<'a>,
    /// The field of which the NameID is made, `user.objectid` as the SAML app names it.
    name_id: Option<&'a str>,
}

type SchemaRule = fn(&UserMapping<'_>) -> Vec<(Severity, Text)>;

/// The checks, in the order of gitlab-facts 7.3.
const CHECKS: [SchemaRule; 9] = [
    users_are_provisioned,
    external_id,
    no_other_matches,
    email,
    user_name,
    formatted_name,
    active,
    no_groups,
    definitions,
];

const EXTERNAL_ID: &str = "externalId";
const EMAIL: &str = "emails[type eq \"work\"].value";
/// The two ways in which `active` is right, folded.
const ACTIVE: [&str; 2] =
    ["switch([issoftdeleted],,\"false\",\"true\",\"true\",\"false\")", "not([issoftdeleted])"];

impl Schema {
    /// Reads an export; or why it is none.
    fn read(file: &str) -> Result<Self, Text> {
        let file = file.trim_start_matches('\u{feff}');
        let whole: Value = serde_json::from_str(file)
            .map_err(|error| text!("entra.no-json", error = redact::json_error(&error)))?;
        let rules = list(&whole, "synchronizationRules").to_vec();
        if rules.is_empty() {
            return Err(text!("entra.no-schema"));
        }
        Ok(Schema { rules, definitions: list(&whole, "directories").to_vec() })
    }

    /// Says what of it is not as GitLab needs it, and what is; `name_id` is the field of which the SAML app
    /// makes the NameID, where it is known.
    fn check(&self, name_id: Option<&str>) -> Vec<Sentence> {
        let objects: Vec<Objects<'_>> = self.objects().collect();
        let sentence = |(severity, text): (Severity, Text)| Sentence { severity, text: text.to_string() };
        let Some(users) = objects.iter().find(|objects| objects.attribute("userName").is_some()) else {
            return vec![sentence((Severity::Error, text!("entra.no-users")))];
        };
        let mapping = UserMapping { schema: self, users, name_id };
        CHECKS.iter().flat_map(|check| check(&mapping)).map(sentence).collect()
    }

    /// The attributes of users, each with its source as written.
    fn mapped(&self) -> Vec<(String, String)> {
        let users = self.objects().find(|objects| objects.attribute("userName").is_some());
        let attributes = users.map(|users| users.attributes).unwrap_or_default();
        let of = |it: &Attribute<'_>| (it.target.to_owned(), it.source().to_owned());
        attributes.iter().map(of).collect()
    }

    fn objects(&self) -> impl Iterator<Item = Objects<'_>> {
        self.rules.iter().flat_map(|rule| list(rule, "objectMappings")).map(Objects::of)
    }
}

impl<'a> Objects<'a> {
    fn of(whole: &'a Value) -> Self {
        let attribute =
            |whole: &'a Value| Some(Attribute { target: whole.get("targetAttributeName")?.as_str()?, whole });
        Objects { whole, attributes: list(whole, "attributeMappings").iter().filter_map(attribute).collect() }
    }

    fn attribute(&self, target: &str) -> Option<Attribute<'a>> {
        self.attributes.iter().copied().find(|it| folded(it.target) == folded(target))
    }

    fn is_enabled(&self) -> bool {
        self.whole.get("enabled").and_then(Value::as_bool) != Some(false)
    }

    fn is_of_groups(&self) -> bool {
        let names = ["name", "targetObjectName"].map(|name| text_of(self.whole, name).to_lowercase());
        self.attribute("members").is_some() || names.iter().any(|name| name.ends_with("group"))
    }
}

impl Attribute<'_> {
    /// The source of its value, as written.
    fn source(&self) -> &str {
        self.whole.get("source").map_or("", |source| text_of(source, "expression"))
    }

    fn comes_from(&self, expressions: &[&str]) -> bool {
        expressions.contains(&folded(self.source()).as_str())
    }

    /// By which the users of both sides are matched; 0 is not at all.
    fn priority(&self) -> u64 {
        self.whole.get("matchingPriority").and_then(Value::as_u64).unwrap_or_default()
    }

    /// Whether every user can get the same value.
    fn is_constant(&self) -> bool {
        let source = self.whole.get("source").filter(|source| !source.is_null());
        let is_constant =
            source.is_none_or(|source| text_of(source, "type").eq_ignore_ascii_case("Constant"));
        is_constant || !text_of(self.whole, "defaultValue").is_empty()
    }
}

/// Check V1 of gitlab-facts 7.
fn users_are_provisioned(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    if !mapping.users.is_enabled() {
        return vec![(Severity::Error, text!("entra.users-off"))];
    }
    let flows = text_of(mapping.users.whole, "flowTypes").to_lowercase();
    let missing: Vec<&str> = ["Add", "Update", "Delete"]
        .into_iter()
        .filter(|flow| !flows.split(',').any(|it| it.trim().eq_ignore_ascii_case(flow)))
        .collect();
    if missing.is_empty() {
        return vec![(Severity::Good, text!("entra.users-on"))];
    }
    vec![(Severity::Warning, text!("entra.actions", missing = missing.join(", ")))]
}

/// V2, V10 and V11.
fn external_id(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    let Some(mapped) = mapping.users.attribute(EXTERNAL_ID) else {
        return vec![(Severity::Error, text!("entra.no-external-id"))];
    };
    let source = mapped.source();
    let of_name_id = mapping.name_id.map(|name_id| format!("[{}]", field(name_id)));
    let is_same = of_name_id.as_deref().is_some_and(|wanted| folded(source) == wanted);
    let mut found = Vec::new();
    if mapped.is_constant() {
        found.push((Severity::Error, text!("entra.constant", attribute = EXTERNAL_ID)));
    }
    if mapped.priority() != 1 && is_matched_by_id(mapping, mapped) {
        found.push((Severity::Info, text!("entra.by-id")));
    } else if mapped.priority() != 1 {
        found.push((Severity::Error, text!("entra.precedence", precedence = mapped.priority())));
    }
    match of_name_id {
        Some(_) if !is_same => {
            let name_id = mapping.name_id.unwrap_or_default();
            found.push((Severity::Error, text!("entra.two-fields", source = source, name_id = name_id)));
        }
        None if !mapped.comes_from(&["[objectid]"]) => {
            found.push((Severity::Warning, text!("entra.not-object-id", source = source)));
        }
        Some(_) | None => {}
    }
    if text_of(mapped.whole, "flowType").eq_ignore_ascii_case("ObjectAddOnly") {
        found.push((Severity::Warning, text!("entra.frozen")));
    }
    if found.is_empty() {
        found.push((Severity::Good, text!("entra.external-id", source = source)));
    }
    found
}

/// Whether id matches users first, with the value that externalId has: GitLab searches both alike
/// (gitlab-facts 3.7).
fn is_matched_by_id(mapping: &UserMapping<'_>, external_id: Attribute<'_>) -> bool {
    let id = mapping.users.attribute("id").filter(|id| id.priority() == 1);
    id.is_some_and(|id| folded(id.source()) == folded(external_id.source()))
}

/// Check V3 of gitlab-facts 7.
fn no_other_matches(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    let others = mapping.users.attributes.iter().filter(|it| it.priority() > 0 && it.target != EXTERNAL_ID);
    // GitLab can search these, too.
    let said = |it: &Attribute<'_>| match it.target {
        "userName" | "id" => (Severity::Info, text!("entra.also-match", attribute = it.target)),
        _ => (Severity::Error, text!("entra.other-match", attribute = it.target)),
    };
    others.map(said).collect()
}

/// V4 and V11.
fn email(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    match mapping.users.attribute(EMAIL) {
        None => vec![(Severity::Error, text!("entra.no-email"))],
        Some(mapped) if mapped.is_constant() => {
            vec![(Severity::Error, text!("entra.constant", attribute = EMAIL))]
        }
        Some(mapped) if !mapped.comes_from(&["[userprincipalname]", "[mail]"]) => {
            vec![(Severity::Warning, text!("entra.email", source = mapped.source()))]
        }
        Some(_) => Vec::new(),
    }
}

/// Check V5 of gitlab-facts 7.
fn user_name(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    let mapped = mapping.users.attribute("userName").filter(|it| !it.comes_from(&["[mailnickname]"]));
    mapped.map(|it| (Severity::Warning, text!("entra.user-name", source = it.source()))).into_iter().collect()
}

/// Check V6 of gitlab-facts 7.
fn formatted_name(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    match mapping.users.attribute("name.formatted") {
        None => vec![(Severity::Warning, text!("entra.no-name"))],
        // It is empty where one of its parts is.
        Some(mapped) if !mapped.comes_from(&["[displayname]"]) => {
            vec![(Severity::Info, text!("entra.name", source = mapped.source()))]
        }
        Some(_) => Vec::new(),
    }
}

/// Check V7 of gitlab-facts 7.
fn active(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    match mapping.users.attribute("active") {
        None => vec![(Severity::Error, text!("entra.no-active"))],
        Some(mapped) if !mapped.comes_from(&ACTIVE) => {
            vec![(Severity::Warning, text!("entra.active", source = mapped.source()))]
        }
        Some(_) => Vec::new(),
    }
}

/// Check V8 of gitlab-facts 7.
fn no_groups(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    let is_on = mapping.schema.objects().any(|objects| objects.is_of_groups() && objects.is_enabled());
    if is_on { vec![(Severity::Info, text!("entra.groups"))] } else { Vec::new() }
}

/// Check V9 of gitlab-facts 7.
fn definitions(mapping: &UserMapping<'_>) -> Vec<(Severity, Text)> {
    let objects = mapping.schema.definitions.iter().flat_map(|directory| list(directory, "objects"));
    let defined = |name: &'static str| {
        let named = move |attribute: &&Value| text_of(attribute, "name") == name;
        objects.clone().flat_map(|object| list(object, "attributes")).find(named)
    };
    let is = |attribute: &Value, what: &str| attribute.get(what).and_then(Value::as_bool) == Some(true);
    let external_id = defined(EXTERNAL_ID).filter(|it| !is(it, "required"));
    external_id.map(|_| (Severity::Info, text!("entra.not-required"))).into_iter().collect()
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text_of<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// An expression without spaces, in lower mapping.
fn folded(expression: &str) -> String {
    expression.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// `objectid` of `user.objectid`.
fn field(name_id: &str) -> String {
    let folded = folded(name_id);
    folded.strip_prefix("user.").unwrap_or(&folded).to_owned()
}

#[cfg(test)]
mod tests;
