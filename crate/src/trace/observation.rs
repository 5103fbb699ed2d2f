//! Facts, their sources, and observations: what was seen of what, where and when.
//!
//! Messages, pages, API answers and persons all yield observations; comparing is rows of facts by columns of
//! sources (see [`comparison`](crate::comparison)). A value that was not seen is [`StoredValue::Unseen`],
//! which is another thing than [`StoredValue::Absent`], known not to be there; neither is ever guessed.

use crate::{
    base::catalogue::Text,
    event::Provenance,
    gitlab::{
        pages,
        stored::{Fact, StoredValue},
    },
    text,
};

/// The source that showed a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// In a captured or imported SAML message.
    Message,
    /// On a GitLab page, by its id.
    Page(&'static str),
    /// In an answer of GitLab's API, by its path.
    Api(&'static str),
    /// A person said so.
    Told,
    /// Nowhere: GitLab fixes it for the group.
    Fixed,
}

impl Source {
    /// The share of a value's white space that it shows.
    pub fn spaces(&self) -> Spaces {
        match self {
            Source::Page(pages::USER_IDENTITIES) => Spaces::Trimmed,
            Source::Page(_) => Spaces::Folded,
            Source::Message | Source::Api(_) | Source::Told | Source::Fixed => Spaces::Kept,
        }
    }

    /// The source in words.
    pub fn text(&self) -> Text {
        match self {
            Source::Message => text!("source.message"),
            Source::Page(pages::SETTINGS) => text!("source.page.group-saml-settings"),
            Source::Page(pages::USER_IDENTITIES) => text!("source.page.user-identities"),
            Source::Page(pages::GROUP_MEMBERS) => text!("source.page.group-members"),
            Source::Page(_) => text!("source.page.any"),
            Source::Api(path) => text!("source.api", path = path),
            Source::Told => text!("source.told"),
            Source::Fixed => text!("source.fixed"),
        }
    }
}

/// The share of a value's white space that a source shows. On white space alone a source never overrules one
/// that shows more of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spaces {
    /// None at the ends.
    Trimmed,
    /// As a page has it, where what stands for it may have been changed.
    Folded,
    /// All of it.
    Kept,
}

/// One value and where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The fact that was observed.
    pub fact: Fact,
    /// The value, or that there is none.
    pub value: StoredValue,
    /// The source that showed it.
    pub source: Source,
    /// The event that showed it, and whether this browser saw that.
    pub provenance: Provenance,
}
