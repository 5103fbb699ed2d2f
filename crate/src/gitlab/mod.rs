//! Samlight's knowledge of GitLab: GitLab's addresses, pages, answers and messages.
//!
//! Each statement comes from GitLab's source or documentation; files name the section of the facts they
//! implement in GitLab's own terms (route, view, controller).

pub mod api;
pub mod attributes;
pub mod command;
pub mod dedicated;
pub mod docs;
pub mod instance;
pub mod messages;
pub mod name_id;
pub mod outcome;
pub mod pages;
pub mod passwords;
pub mod path;
pub mod routes;
pub mod stored;
pub mod uid;
pub mod version;

/// The match pattern of the browser permission that GitLab.com needs; the only one that is asked for at
/// install.
pub const GITLAB_COM: &str = "https://gitlab.com/*";
