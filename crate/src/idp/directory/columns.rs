//! The lists of people that identity providers export, by the names of their columns, and what columns of
//! such names hold.
//!
//! A kind is one row, with the public page that documents its columns. Names are compared in small letters
//! and digits alone. Leaves out: what only one organisation calls so.

/// The thing that a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The person's e-mail address.
    Email,
    /// The name that they sign in with.
    Login,
    /// The name that others call them.
    Name,
    /// A number or text that never changes.
    Id,
}

/// One export of an identity provider.
#[derive(Debug, PartialEq)]
pub struct Kind {
    /// The identity provider.
    pub provider: &'static str,
    /// The export, as people call it.
    pub export: &'static str,
    /// The page that documents its columns.
    pub source: &'static str,
    /// Columns that tell it from the others: all of them are there.
    marks: &'static [&'static str],
    /// Further columns that the page names.
    others: &'static [&'static str],
}

impl Kind {
    /// Whether a list with columns of these names is one.
    pub(super) fn fits(&self, names: &[String]) -> bool {
        self.marks.iter().all(|mark| names.iter().any(|name| name == mark))
    }

    #[cfg(test)]
    pub(super) fn marks(&self) -> &'static [&'static str] {
        self.marks
    }

    /// Whether its page names this column.
    pub(super) fn documents(&self, name: &str) -> bool {
        self.marks.iter().chain(self.others).any(|known| *known == name)
    }
}

/// The exports; the first that fits holds.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        provider: "Entra ID",
        export: "Download users",
        source: "https://learn.microsoft.com/entra/identity/users/users-bulk-download",
        marks: &["userprincipalname", "objectid", "accountenabled"],
        others: &["displayname", "surname", "mail", "givenname", "usertype", "alternateemailaddress"],
    },
    Kind {
        provider: "Entra ID",
        export: "Microsoft Graph, Get-MgUser",
        source: "https://learn.microsoft.com/graph/api/resources/user",
        marks: &["userprincipalname", "id"],
        others: &[
            "displayname",
            "mail",
            "mailnickname",
            "onpremisesimmutableid",
            "onpremisessamaccountname",
            "employeeid",
            "surname",
            "givenname",
        ],
    },
    Kind {
        provider: "Okta",
        export: "Users API",
        source: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/",
        marks: &["profilelogin", "profileemail"],
        others: &["id", "status", "profiledisplayname", "profilenickname", "profileemployeenumber"],
    },
    Kind {
        provider: "Okta",
        export: "CSV with the columns of the import template",
        source: "https://help.okta.com/en-us/content/topics/users-groups-profiles/usgp-import-users-csv.htm",
        marks: &["login", "firstname", "lastname", "email"],
        others: &["displayname", "nickname", "secondemail", "employeenumber"],
    },
    Kind {
        provider: "Google Workspace",
        export: "Download users",
        source: "https://support.google.com/a/answer/40057",
        marks: &["emailaddressrequired", "orgunitpathrequired"],
        others: &[
            "firstnamerequired",
            "lastnamerequired",
            "employeeid",
            "recoveryemail",
            "worksecondaryemail",
        ],
    },
    Kind {
        provider: "OneLogin",
        export: "Users API",
        source: "https://developers.onelogin.com/api-docs/2/users/user-resource",
        marks: &["username", "email", "externalid", "samaccountname"],
        others: &["id", "firstname", "lastname", "userprincipalname", "distinguishedname"],
    },
    Kind {
        provider: "Keycloak",
        export: "Users API or export of the realm",
        source: "https://www.keycloak.org/docs-api/latest/rest-api/index.html#UserRepresentation",
        marks: &["username", "enabled", "emailverified"],
        others: &["id", "email", "firstname", "lastname"],
    },
];

/// The things that columns of these names hold, whoever exports them.
const ROLES: &[(&str, Role)] = &[
    ("mail", Role::Email),
    ("email", Role::Email),
    ("emailaddress", Role::Email),
    ("emailaddressrequired", Role::Email),
    ("primaryemail", Role::Email),
    ("profileemail", Role::Email),
    ("workemail", Role::Email),
    ("userprincipalname", Role::Login),
    ("upn", Role::Login),
    ("login", Role::Login),
    ("profilelogin", Role::Login),
    ("username", Role::Login),
    ("samaccountname", Role::Login),
    ("onpremisessamaccountname", Role::Login),
    ("displayname", Role::Name),
    ("profiledisplayname", Role::Name),
    ("name", Role::Name),
    ("fullname", Role::Name),
    ("objectid", Role::Id),
    ("id", Role::Id),
    ("externalid", Role::Id),
    ("employeeid", Role::Id),
    ("employeenumber", Role::Id),
    ("profileemployeenumber", Role::Id),
    ("onpremisesimmutableid", Role::Id),
];

/// The thing that a column of this name holds.
pub(super) fn role(name: &str) -> Option<Role> {
    ROLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
}
