//! The reads of a group, one row a read ([`READS`]): paths, pages, and what stays unchecked without it.
//!
//! gitlab-facts 3.2 to 3.6. Every read is a GET below the instance's `/api/v4`, made with the person's own
//! session. The order decides when a person who does not own the group is told: before anything long is read.
//! Leaves out: `/members/all` (members of ancestors; SAML is a top-level group's) and `provisioned_users`.

use super::{answers, members::Roll};
use crate::{
    base::{catalogue::Text, limits},
    gitlab::path,
    text,
};
use serde::{Deserialize, Serialize};

/// One read of a whole-group check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// The person themselves.
    User,
    /// Their further e-mail addresses.
    Emails,
    /// The group: its number, IP restriction, allowed e-mail domains.
    Group,
    /// The SAML identities of the group.
    SamlIdentities,
    /// The SCIM identities of the group.
    ScimIdentities,
    /// The users with an identity, with their e-mail addresses.
    SamlUsers,
    /// The members, page by page.
    Members,
    /// The audit events that tell what happened to identities.
    AuditEvents,
}

/// One row of the table.
pub struct ReadKind {
    /// The read of this row.
    pub read: Read,
    /// The consequence for the check when it is refused.
    pub without: Without,
    /// The words for what it reads.
    pub what: fn() -> Text,
    /// The words for what cannot be checked without it.
    pub lacks: fn() -> Text,
    /// The version of GitLab that it came with, where older ones have not got it.
    pub since: Option<&'static str>,
    /// The most pages that are read; one answer is all where it is 1.
    pub most_pages: u32,
    /// The path below `/api/v4`; the group is percent-encoded.
    path: &'static str,
    /// Takes in what an answer holds: its number of rows, `None` when it is not what was asked for.
    pub(super) take: fn(&mut Roll, &str) -> Option<usize>,
}

/// The consequence for the check when a read is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// It goes on, and says what it could not check.
    Goes,
    /// GitLab does not show the group.
    NotVisible,
    /// The person does not own the group. Where the endpoint itself is missing, it goes on.
    NotOwner,
}

/// Rows of one page; the most that GitLab gives.
pub const PER_PAGE: usize = 100;

/// The reads, in their order.
pub const READS: [ReadKind; 8] = [
    ReadKind {
        read: Read::User,
        without: Without::Goes,
        what: || text!("group.read.user"),
        lacks: || text!("group.lacks.user"),
        since: None,
        most_pages: 1,
        path: "/user",
        take: answers::user,
    },
    ReadKind {
        read: Read::Group,
        without: Without::NotVisible,
        what: || text!("group.read.group"),
        lacks: || text!("group.lacks.group"),
        since: None,
        most_pages: 1,
        path: "/groups/{group}?with_projects=false",
        take: answers::group,
    },
    ReadKind {
        read: Read::SamlIdentities,
        without: Without::NotOwner,
        what: || text!("group.read.saml-identities"),
        lacks: || text!("group.lacks.saml-identities"),
        since: Some("15.5"),
        most_pages: 1,
        path: "/groups/{group}/saml/identities",
        take: answers::saml_identities,
    },
    ReadKind {
        read: Read::ScimIdentities,
        without: Without::Goes,
        what: || text!("group.read.scim-identities"),
        lacks: || text!("group.lacks.scim-identities"),
        since: Some("15.5"),
        most_pages: 1,
        path: "/groups/{group}/scim/identities",
        take: answers::scim_identities,
    },
    ReadKind {
        read: Read::Members,
        without: Without::NotVisible,
        what: || text!("group.read.members"),
        lacks: || text!("group.lacks.members"),
        since: None,
        most_pages: limits::GROUP_PAGES,
        path: "/groups/{group}/members?per_page=100&page={page}",
        take: answers::members,
    },
    ReadKind {
        read: Read::SamlUsers,
        without: Without::Goes,
        what: || text!("group.read.saml-users"),
        lacks: || text!("group.lacks.saml-users"),
        since: Some("18.1"),
        most_pages: limits::GROUP_PAGES,
        path: "/groups/{group}/saml_users?per_page=100&page={page}",
        take: answers::saml_users,
    },
    ReadKind {
        read: Read::Emails,
        without: Without::Goes,
        what: || text!("group.read.emails"),
        lacks: || text!("group.lacks.emails"),
        since: None,
        most_pages: 1,
        path: "/user/emails",
        take: answers::emails,
    },
    ReadKind {
        read: Read::AuditEvents,
        without: Without::Goes,
        what: || text!("group.read.audit-events"),
        lacks: || text!("group.lacks.audit-events"),
        since: None,
        most_pages: limits::AUDIT_PAGES,
        path: "/groups/{group}/audit_events?per_page=100&page={page}",
        take: answers::audit_events,
    },
];

impl Read {
    /// Its row of the table.
    pub fn kind(self) -> &'static ReadKind {
        static ROWS: [ReadKind; READS.len()] = READS;
        ROWS.iter().find(|kind| kind.read == self).unwrap_or(&ROWS[0])
    }
}

impl ReadKind {
    /// The path of `page` (from 1) for the group at `group`, below the instance's `root`. `None` where a
    /// group cannot have that path.
    pub fn path(&self, root: &str, group: &str, page: u32) -> Option<String> {
        let group = path::segment(group)?;
        let path = self.path.replace("{group}", &group).replace("{page}", &page.to_string());
        Some(format!("{root}/api/v4{path}"))
    }

    /// Whether it has several pages.
    pub fn is_paged(&self) -> bool {
        self.most_pages > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_read_has_one_row_and_a_path_of_its_own() {
        let paths: BTreeSet<_> =
            READS.iter().map(|kind| kind.path("/gitlab", "acme/sub", 2).unwrap()).collect();
        assert_eq!(paths.len(), READS.len());
        assert!(paths.contains("/gitlab/api/v4/groups/acme%2Fsub/members?per_page=100&page=2"), "{paths:?}");
        assert!(READS.iter().all(|kind| kind.read.kind().read == kind.read));
        assert_eq!(READS[1].path("", "..", 1), None);
    }
}
