//! The requests that reactivate a SCIM identity, run as they are copied, by curl and a shell, against the lab's SCIM
//! routes; and what is made of what they print.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use samlight::gitlab::instance::Instance;
use samlight::scim::reactivation::{Reactivation, Request};
use samlight_tests::lab::Lab;

#[test]
fn the_copied_requests_activate_an_inactive_identity() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let instance =
        Instance { origin: format!("http://127.0.0.1:{}", lab.gitlab_port()), root: String::new() };
    let user = state.users.iter().find(|user| user.scim_extern_uid.is_some() && !user.scim_active);
    let user = user.context("somebody's identity is inactive")?;
    let id = user.scim_extern_uid.clone().unwrap_or_default();
    let group = &state.group;
    let of = |id: &str, email: &str| {
        Reactivation::new(&instance, &group.path, id, Some(email)).context("it can stand in an address")
    };
    let theirs = of(&id, &user.email)?;
    let (look, activate) = (Request::Look, Request::Activate);
    for (of, request, access, expected) in [
        (&theirs, look, "wrong", "refused the SCIM token"),
        (&of("nobody", &user.email)?, look, group.scim_secret.as_str(), "does not find this identifier"),
        (&of(&id, "somebody@example.com")?, look, &group.scim_secret, "contact GitLab Support"),
        (&of(&id.to_uppercase(), &user.email)?, look, &group.scim_secret, "the identity is inactive"),
        (&theirs, look, &group.scim_secret, "the identity is inactive"),
        (&theirs, activate, "wrong", "refused the SCIM token"),
        (&theirs, activate, &group.scim_secret, "has activated"),
        (&theirs, look, &group.scim_secret, "active already"),
    ] {
        let printed = run(&of.command(request).shell(), access)?;
        let said = of.check(request, &printed).text;
        ensure!(said.contains(expected), "{expected}: {said}\n{printed}");
    }
    Ok(())
}

/// What a command prints, with the person's access in its environment.
fn run(command: &str, access: &str) -> Result<String> {
    let output = Command::new("sh").args(["-c", command]).env("SCIM_TOKEN", access).output()?;
    Ok(String::from_utf8(output.stdout)?)
}
