//! The commands by which an owner looks at a SCIM identity, activates it, or switches it off, with the
//! group's SCIM token: steps for whoever has only a log or an answer.
//!
//! Rows R65 to R71 and R74; gitlab-facts 3.7: `active` can be changed through the SCIM protocol alone. The
//! first command only looks; the second is for an identity whose values are those that the identity provider
//! sends. Samlight runs neither, and does not know the token. Leaves out: what the answers mean, which the
//! panel says ([`reactivation`](crate::group::reactivation)).

use super::endpoint;
use crate::{
    base::{catalogue::Text, severity::Step},
    gitlab::path,
    text,
};

/// The body that GitLab's documentation gives.
pub(crate) const ACTIVATE: &str = r#"{"Operations":[{"op":"replace","path":"active","value":"true"}]}"#;
/// The same that switches a user off.
pub(super) const SWITCH_OFF: &str = r#"{"Operations":[{"op":"replace","path":"active","value":"false"}]}"#;

/// The command that switches the identity `id` off; nothing where it cannot stand in an address.
pub(super) fn off(id: &str) -> Option<Text> {
    Some(text!("scim-log.off-command", command = command(id, Some(SWITCH_OFF))?))
}

/// The steps that activate the identity `id`: the look, and where nothing stands against it the change. Where
/// it is known, `url` is the address of the SCIM API.
pub(super) fn steps(id: &str, url: Option<&str>, is_safe: bool) -> Vec<Step> {
    let (Some(look), Some(change)) = (command(id, None), command(id, Some(ACTIVATE))) else {
        return Vec::new();
    };
    let look = match url {
        Some(url) => text!("scim.activation.look-at", url = url, command = look),
        None => text!("scim.activation.look", command = look),
    };
    let change = is_safe.then(|| text!("scim.activation.change", command = change));
    let all = std::iter::once(look).chain(change);
    all.map(|text| Step { text: text.to_string(), link: None, by: None }).collect()
}

/// The request that looks, or sends `body`, for a shell. The address and the token come from its environment.
fn command(id: &str, body: Option<&str>) -> Option<String> {
    path::segment(id)?;
    let sends = |body| format!(" --header \"Content-Type: application/scim+json\" --data '{body}'");
    let (method, sends) = (if body.is_some() { "PATCH" } else { "GET" }, body.map(sends).unwrap_or_default());
    let id = endpoint::escape(id);
    Some(format!(
        "curl --request {method} --header \"Authorization: Bearer $SCIM_TOKEN\"{sends} \"$SCIM_ENDPOINT/Users/{id}\""
    ))
}
