//! The calls of own pages about the group that is checked: the table, the repair of one member, the identity
//! provider's list of people and settings, a planned change, and the scripts.
//!
//! They are part of [`protocol`](super::protocol), which has the answers.

use crate::{
    base::{pseudonym::Salt, redact::Secret},
    file::export::Secrecy,
    group::{
        change::Confirmed,
        check::{ListState, ListView, NewList, PlannedChange},
        expected::NamedColumns,
        export,
        for_members::WantedForMembers,
        members::Identity,
        provisioned::Received,
        reactivation, table,
    },
};
use serde::{Deserialize, Serialize};

/// A question of an own page about the group that is checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "group", rename_all = "kebab-case")]
pub enum GroupCall {
    /// The progress so far, and a part of the table.
    View(table::Query),
    /// Stop reading.
    Cancel,
    /// Go on reading.
    Resume,
    /// Read all of it again.
    Again,
    /// The things that can be done about one identity of a user.
    Repair {
        /// GitLab's number.
        user: u64,
        /// The identity in question.
        identity: Identity,
    },
    /// Make this change.
    Confirm(Confirmed),
    /// A part of the table as a file.
    Export {
        /// CSV or JSON.
        format: export::Format,
        /// In clear only when the person asked for it.
        #[serde(default)]
        secrecy: Secrecy,
        /// Of its pseudonyms: the same for all parts of a file, another one for the next file.
        #[serde(default)]
        salt: Salt,
        /// Those whom the table shows, or all.
        #[serde(default)]
        of: table::Query,
        /// The place where it begins: 0, or where the part before said.
        start: usize,
    },
    /// A part of what goes to the members whom the table shows.
    ForMembers(WantedForMembers),
    /// The requests that reactivate a user's SCIM identity.
    Reactivation {
        /// GitLab's number.
        user: u64,
    },
    /// The meaning of a pasted answer to one of them.
    CheckScim {
        /// From [`ReactivationView`]: what was read of the group may be lost until an answer comes.
        of: reactivation::Reactivation,
        /// The request that it answers.
        request: reactivation::Request,
        /// The pasted text. It is not kept.
        pasted: Secret<String>,
    },
    /// About the identity provider's list of people.
    List(ListCall),
    /// About the identity provider's settings.
    Settings(SettingsCall),
    /// The SCIM request that GitLab will receive for a user.
    Provisioned {
        /// GitLab's number.
        user: u64,
        /// The creation that a log shows; that of another person is left out.
        received: Option<Received>,
    },
    /// A part of the corrections as scripts: a person saves, reads and runs them.
    Script {
        /// The place where it begins: 0, or where the part before said.
        start: usize,
    },
}

/// A word about the identity provider's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "settings", rename_all = "kebab-case")]
pub enum SettingsCall {
    /// Take in one file of them.
    Take {
        /// Its name.
        file: String,
        /// Its text. Exports can hold keys; of those nothing is kept.
        content: Secret<String>,
    },
    /// Put all of them away.
    PutAway,
    /// The settings in words.
    View,
}

/// A word about the identity provider's list of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "list", rename_all = "kebab-case")]
pub enum ListCall {
    /// Another list begins.
    Begin(NewList),
    /// Rows of it.
    Rows {
        /// Their JSON text: a list of cells each. Read as JSON here, they would be held twice.
        rows: String,
    },
    /// All rows have come.
    End,
    /// Match one more piece.
    Match,
    /// The columns that the person names.
    Name(NamedColumns),
    /// Put it away.
    PutAway,
    /// The list as the person sees it.
    View,
    /// Plan this change with it, or none.
    Plan {
        /// The change; none puts the plan away.
        chosen: Option<PlannedChange>,
    },
    /// Metadata, a certificate or the Issuer of the new identity provider.
    NewSide {
        /// Its name.
        file: String,
        /// Its text.
        content: Secret<String>,
    },
}

/// The answer to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListReply {
    /// The list as it stands now; absent where there is none.
    pub state: Option<ListState>,
    /// To [`ListCall::View`]; absent until all is matched.
    pub view: Option<ListView>,
}

/// The two requests that reactivate a SCIM identity, to copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReactivationView {
    /// Of which identity; it goes back with a pasted answer.
    pub of: reactivation::Reactivation,
    /// The one that looks.
    pub look: String,
    /// The one that activates.
    pub activate: String,
    /// The thing to know before.
    pub warning: Option<String>,
}
