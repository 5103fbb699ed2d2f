//! The columns of a list of people that have a field of the settings.
//!
//! A column of the field's own name has it. Where the list is the same provider's, its documented columns do
//! too, under the names of [`SAME`]. Leaves out: columns that only look like it, which are never taken.

use crate::idp::directory::{Directory, plain};

/// Names that a column has for a field, by provider; `*` stands for the field.
const SAME: &[(&str, &str, &[&str])] = &[
    ("Entra ID", "objectid", &["id"]),
    ("Entra ID", "email", &["mail"]),
    ("Entra ID", "*", &["onpremisesextensionattributes*"]),
    ("Google Workspace", "primaryemail", &["emailaddressrequired"]),
    ("Google Workspace", "*", &["*required"]),
    ("Keycloak", "*", &["attributes*"]),
    ("Okta", "*", &["profile*"]),
    ("OneLogin", "oneloginid", &["id"]),
    ("OneLogin", "custom_attribute_*", &["customattributes*"]),
];

/// The place of the column that has `field` of `provider`.
pub(super) fn column(provider: &str, list: &Directory, field: &str) -> Option<usize> {
    let own = list.column(field);
    let is_of_provider = list.kind.is_some_and(|kind| kind.provider == provider);
    own.or_else(|| {
        let same = SAME.iter().filter(|(of, ..)| is_of_provider && *of == provider);
        same.filter_map(|(_, known, columns)| Some((rest(known, field)?, columns))).find_map(
            |(rest, columns)| columns.iter().find_map(|name| list.column(&name.replace('*', &plain(rest)))),
        )
    })
}

/// The part of `field` that `*` stands for; all of it has to be there.
fn rest<'f>(known: &str, field: &'f str) -> Option<&'f str> {
    match known.strip_suffix('*') {
        Some(before) => field.strip_prefix(before),
        None => (plain(field) == known).then_some(field),
    }
}
