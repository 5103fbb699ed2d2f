//! The names under which GitLab reads a person's data in a Response.
//!
//! gitlab-facts 4.5: group SAML reads these, an instance too where nobody set `attribute_statements`. Of
//! several the first name that is there counts. Leaves out: first and last name, and groups.

/// The user name.
pub const USERNAME: &[&str] = &["username", "nickname", "urn:oid:0.9.2342.19200300.100.1.1"];

/// The e-mail address.
pub const EMAIL: &[&str] = &[
    "email",
    "mail",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/emailaddress",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/email",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/email",
    "urn:oid:0.9.2342.19200300.100.1.3",
];
