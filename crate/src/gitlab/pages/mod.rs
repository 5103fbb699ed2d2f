//! GitLab's pages that Samlight reads and writes notes on: one file each, one row each in [`ALL`].
//!
//! A page gives the content script a [`Recipe`]: which fields to read by which selectors, and where notes go.
//! The content script knows nothing of GitLab; it applies the recipe and sends back what it found. Selectors
//! are written here and nowhere else, each variant of a page (GitLab changes its markup) as one [`Variant`]
//! with its marker.

mod account;
mod flash;
pub mod group_members;
pub mod group_saml_settings;
mod reading;
mod sso_landing;
pub mod user_identities;
mod user_link;

pub use reading::PageReading;

use super::{
    routes::{Provider, Route},
    version::Version,
};
use crate::gitlab::stored::{Fact, StoredIdentity};
use serde::Serialize;
use std::collections::BTreeMap;

/// One row of a table as it was read: cells by their keys.
pub type Cells = BTreeMap<String, String>;

/// One page of GitLab.
pub struct Page {
    /// Its id in page readings.
    pub id: &'static str,
    /// Whether an address is this page.
    pub is: fn(&Route) -> bool,
    /// When it is read.
    pub reads: Reads,
    /// Its variants, newest first.
    pub variants: &'static [Variant],
    /// The stored identities that a reading of it shows, each with its integration.
    pub identities: fn(&Route, &PageReading) -> Vec<(Provider, StoredIdentity)>,
}

/// The pages. The last one is any page of GitLab.
pub const ALL: &[Page] = &[
    account::PAGE,
    group_members::PAGE,
    group_saml_settings::PAGE,
    sso_landing::PAGE,
    user_identities::PAGE,
    flash::PAGE,
];

/// When a page is worth reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Each time it is opened: it shows what is compared, or gets notes of its own.
    Always,
    /// When a sign-in in its tab waits for the page that tells its outcome.
    WhenAwaited,
}

/// One generation of a page's markup.
#[derive(Debug, Serialize)]
pub struct Variant {
    /// Its name, for tests and problem reports.
    pub id: &'static str,
    /// A selector that matches in this generation only; the first variant that matches is used.
    pub marker: &'static str,
    /// Single values.
    pub fields: &'static [Field],
    /// The places of the notes on them: the field's key and the selector of the element that they are put
    /// into.
    pub anchors: &'static [(&'static str, &'static str)],
    /// A table.
    pub rows: Option<Rows>,
}

/// One value to read.
#[derive(Debug, Serialize)]
pub struct Field {
    /// Its name in the reading.
    pub key: &'static str,
    /// Tried in this order; the first that matches is read.
    pub selectors: &'static [&'static str],
    /// The part that is read of each match.
    pub take: Take,
    /// The kind of what it holds: this decides what of it may leave in a file.
    #[serde(skip)]
    pub holds: Holds,
    /// The number of matches that a page of this generation has; for tests, the content script reads what
    /// there is.
    #[serde(skip)]
    pub expected: Expected,
}

/// The kind of what a field or a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A web address.
    Address,
    /// The name of a party of SAML.
    EntityId,
    /// A stored identifier, or a person's name.
    Identifier,
    /// A user name.
    Username,
    /// The full path of a group.
    GroupPath,
    /// A sentence with an account in it.
    Account,
    /// Sentences for the person.
    Prose,
    /// A SAML message.
    Message,
    /// A URI of SAML.
    Uri,
    /// A sign-in integration.
    Provider,
    /// A number.
    Number,
    /// The fingerprint of a certificate.
    Fingerprint,
    /// Whether something is on.
    Flag,
    /// Badges of a member.
    Badges,
}

/// The number of times that a field stands on its page, or a cell in its row. Another number says that
/// GitLab changed the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The selectors find it once.
    One,
    /// Once or not at all.
    AtMostOne,
    /// As often as it likes.
    Any,
}

impl Expected {
    /// Whether `count` matches are as expected.
    pub fn allows(self, count: usize) -> bool {
        match self {
            Expected::One => count == 1,
            Expected::AtMostOne => count <= 1,
            Expected::Any => true,
        }
    }
}

/// The part that is read of an element.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// Its text, not trimmed.
    Text,
    /// The value of a form field.
    Value,
    /// One of its attributes.
    Attribute(&'static str),
    /// The text between two texts in it; of an element that has not both there is nothing to read.
    Between(&'static str, &'static str),
}

/// A table to read.
#[derive(Debug, Serialize)]
pub struct Rows {
    /// The rows.
    pub row: &'static str,
    /// Their cells; selectors apply below the row. Several matches of one are lines.
    pub cells: &'static [Field],
    /// The places of the notes: cell key and the selector, below the row, of the element they are put into.
    pub anchors: &'static [(&'static str, &'static str)],
}

/// Id of the page that shows the settings of a group's SAML.
pub const SETTINGS: &str = group_saml_settings::ID;

/// The setting `fact` that a page reading shows.
pub fn setting(reading: &PageReading, fact: Fact) -> Option<&str> {
    (reading.page == SETTINGS).then(|| group_saml_settings::setting(reading, fact)).flatten()
}

/// The id of any page of GitLab.
pub const ANY: &str = flash::PAGE.id;

/// The fields with messages to the person: flash messages, and what error pages say.
pub const MESSAGES: [&str; 4] = ["flash", "flash-title", "error", "error-text"];

/// The account that a landing page offers to link: `alex (alex@example.com)`.
pub fn offered_account(reading: &PageReading) -> Option<&str> {
    (reading.page == sso_landing::PAGE.id).then(|| sso_landing::account(reading)).flatten()
}

/// The account in the sentence of a landing page.
pub fn account_in(sentence: &str) -> Option<&str> {
    sso_landing::account_in(sentence)
}

/// The kind of what the field `key` of a page holds.
pub fn field_holds(page: &str, key: &str) -> Option<Holds> {
    let variants = Page::named(page)?.variants.iter();
    variants.flat_map(|variant| variant.fields).find(|field| field.key == key).map(|field| field.holds)
}

/// The kind of what the cell `key` of a row of a page holds.
pub fn cell_holds(page: &str, key: &str) -> Option<Holds> {
    let rows = Page::named(page)?.variants.iter().filter_map(|variant| variant.rows.as_ref());
    rows.flat_map(|rows| rows.cells).find(|field| field.key == key).map(|field| field.holds)
}

/// The thing that an account page offers to disconnect: the field that says so, and whether it is a group's
/// SAML. Both links can stand in one place, which has room for one note: the group's, as more is lost with
/// it.
pub fn disconnect(reading: &PageReading) -> Option<(&'static str, bool)> {
    let offered = [(account::DISCONNECT, true), (account::DISCONNECT_INSTANCE, false)];
    let is_there = |(field, _): &(&str, bool)| reading.fields.contains_key(*field);
    offered.into_iter().find(|offer| reading.page == account::PAGE.id && is_there(offer))
}

/// Whether a settings page says that SAML is switched off for the group; the field that says so.
pub fn switched_off(reading: &PageReading) -> Option<&'static str> {
    (reading.page == SETTINGS).then(|| group_saml_settings::switched_off(reading)).flatten()
}

/// Whether a settings page says that the group enforces SSO.
pub fn enforced(reading: &PageReading) -> Option<bool> {
    (reading.page == SETTINGS).then(|| group_saml_settings::enforced(reading)).flatten()
}

/// Whether a settings page says that passwords are switched off for the group's enterprise users.
pub fn passwords_off(reading: &PageReading) -> Option<bool> {
    (reading.page == SETTINGS).then(|| group_saml_settings::passwords_off(reading)).flatten()
}

/// The version that GitLab says in a page of somebody who is signed in.
pub fn version(reading: &PageReading) -> Option<Version> {
    Version::parse(reading.fields.get(flash::VERSION.key)?.first()?)
}

/// The field with the errors that "Verify SAML Configuration" lists.
pub const VERIFY_ERRORS: &str = group_saml_settings::VERIFY_ERRORS;
/// The field that holds a SAML message.
pub const MESSAGE: &str = group_saml_settings::VERIFY_XML;

/// The value that GitLab says on its page that it read of a Response: the NameID or its Format.
pub fn read_by_gitlab(reading: &PageReading, fact: Fact) -> Option<&str> {
    (reading.page == SETTINGS).then(|| group_saml_settings::read_by_gitlab(reading, fact)).flatten()
}

/// The SAML message that a page shows as XML.
pub fn message(reading: &PageReading) -> Option<&str> {
    reading.fields.get(MESSAGE)?.first().map(String::as_str)
}

/// Id of the page with the identities of one user, whose table shows no white space at the ends of a value.
pub const USER_IDENTITIES: &str = user_identities::ID;
/// Id of the page with the members of a group.
pub const GROUP_MEMBERS: &str = group_members::ID;

/// Whether a user has no identities, as their page says; the field that says so.
pub fn no_identities(reading: &PageReading) -> Option<&'static str> {
    (reading.page == USER_IDENTITIES && reading.fields.contains_key(user_identities::NONE))
        .then_some(user_identities::NONE)
}

/// The field of the settings page that shows `fact`.
pub fn field_of(fact: Fact) -> Option<&'static str> {
    group_saml_settings::field_of(fact)
}

/// The things that a content script is to read on a page.
#[derive(Debug, Serialize)]
pub struct Recipe {
    /// Id of the page.
    pub page: &'static str,
    /// Its variants, newest first.
    pub variants: &'static [Variant],
}

/// Takes out of a reading what no variant of its page asks for.
pub fn keep_known(reading: &mut PageReading) {
    let variants = Page::named(&reading.page).map_or(&[][..], |page| page.variants);
    let knows = |fields: &[Field], key: &str| fields.iter().any(|field| field.key == key);
    reading.fields.retain(|key, _| variants.iter().any(|variant| knows(variant.fields, key)));
    let cells =
        |key: &str| variants.iter().filter_map(|v| v.rows.as_ref()).any(|rows| knows(rows.cells, key));
    for row in &mut reading.rows {
        row.retain(|key, _| cells(key));
    }
}

impl Page {
    /// The page at `route`.
    pub fn at(route: &Route) -> Option<&'static Page> {
        ALL.iter().find(|page| (page.is)(route))
    }

    /// The page with this id.
    pub fn named(id: &str) -> Option<&'static Page> {
        ALL.iter().find(|page| page.id == id)
    }

    /// The things to read on it.
    pub fn recipe(&self) -> Recipe {
        Recipe { page: self.id, variants: self.variants }
    }

    /// Whether it is worth reading, `awaited` by a sign-in or not.
    pub fn is_read(&self, awaited: bool) -> bool {
        awaited || self.reads == Reads::Always
    }
}
