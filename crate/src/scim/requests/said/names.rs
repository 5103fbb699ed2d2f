//! The names of SCIM that are told as a log has them. A line of a log can say anything, so any other name is
//! told by its length.
//!
//! RFC 7643, 4.1 to 4.3; RFC 7644, 3.4.2.2 and 3.10. Leaves out: the names of extensions but that of
//! enterprises.

use crate::base::redact;

/// The attributes of a user (RFC 7643, 4.1 and 4.3), without what chooses one of several.
const ATTRIBUTES: [&str; 45] = [
    "id",
    "externalId",
    "userName",
    "name",
    "formatted",
    "familyName",
    "givenName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "active",
    "password",
    "emails",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "groups",
    "entitlements",
    "roles",
    "x509Certificates",
    "members",
    "value",
    "type",
    "primary",
    "display",
    "streetAddress",
    "locality",
    "region",
    "postalCode",
    "country",
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
    "manager",
];
/// The operators of a filter (RFC 7644, 3.4.2.2), in capitals too.
pub(super) const OPERATORS: [&str; 20] = [
    "eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le", "EQ", "NE", "CO", "SW", "EW", "PR", "GT",
    "GE", "Eq", "eQ",
];
/// The types of one of several values (RFC 7643, 4.1.2).
const TYPES: [&str; 8] = ["work", "home", "other", "mobile", "fax", "pager", "true", "false"];
const SCHEMAS: [&str; 2] = [
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
];

/// An attribute as RFC 7644 (3.10) names it, where all of it is known; else its length, for a line can say
/// anything.
pub(super) fn attribute_name(path: &str) -> String {
    let below = SCHEMAS.iter().find_map(|schema| path.strip_prefix(schema)?.strip_prefix(':'));
    let words =
        below.unwrap_or(path).split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let is_known = |word: &str| {
        ATTRIBUTES.iter().chain(&TYPES).any(|known| known.eq_ignore_ascii_case(word)) || word == "eq"
    };
    if words.into_iter().all(is_known) { path.to_owned() } else { redact::placeholder(path) }
}
