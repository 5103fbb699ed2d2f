//! The whole group: every member's identities, three ways (NameID, SAML, SCIM), read, joined, judged, and
//! fixed one at a time.
//!
//! ```text
//! settings page opened --> plan (which read comes next) <--> the page's own GETs
//!                          |  roll (answers, reduced, in memory, with a budget)
//!                          v
//! captured NameIDs -----> join --> one standing a member --> table, counts, notes on pages, export
//!                                       |
//!                                       v
//!                                  repair plan --> command to copy, or one confirmed change --> read back
//! ```
//!
//! An identity provider's list of people says which NameID to expect of everybody else ([`expected`]), and
//! the settings of its apps of which field it is made ([`settings`]).
//!
//! Nothing of a roll is an event: answers for a whole group never enter the store, only the plan's cursor
//! does.

pub mod answer_files;
mod answers;
pub mod captured;
pub mod change;
pub mod check;
pub mod expected;
pub mod export;
pub mod for_members;
pub mod join;
pub mod member_class;
pub mod member_verdict;
pub mod members;
pub mod opening;
pub mod plan;
pub mod planned;
pub mod provisioned;
pub mod reactivation;
pub mod reads;
pub mod repair;
pub mod script;
pub mod settings;
pub mod table;
#[cfg(test)]
pub(crate) mod tests;
