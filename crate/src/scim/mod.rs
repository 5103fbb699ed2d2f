//! SCIM (RFC 7643, 7644) as GitLab speaks it: requests to copy, and what their answers mean. Samlight itself never speaks
//! SCIM: its token is never asked for, read or stored.

pub mod endpoint;
pub mod evidence;
pub mod messages;
pub mod reactivation;
pub mod requests;
