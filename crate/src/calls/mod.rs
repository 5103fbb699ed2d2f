//! Calls between Samlight's own parts, and what answers them.
//!
//! [`protocol`] is what is said, [`group_protocol`] the part about a group; [`own_pages`] answers the panel
//! and the popup, [`content_script`] answers what runs inside a page that may be hostile, with
//! [`page_reads`]; [`in_page`] is what an own page does by itself, [`reading`] how it reads what is large,
//! and [`list_reading`] a list of people. Leaves out who called: the background script says it, by what the
//! browser says.

pub mod content_script;
pub mod group_protocol;
pub mod in_page;
pub mod list_reading;
pub mod own_pages;
pub mod page_reads;
pub mod protocol;
pub mod reading;
