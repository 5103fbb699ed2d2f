//! The requests that reactivate a SCIM identity, run as they are copied, by curl and a shell, against the
//! lab's SCIM routes, and what is made of what they print; and the same routes driven by a SCIM client that
//! others wrote.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use samlight::{
    gitlab::instance::Instance,
    group::reactivation::{IdpValues, Reactivation, Request},
};
use samlight_tests::lab::{Lab, LabUser};
use samlight_tests::runner::target_folder;
use serde_json::json;

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
        let sent = IdpValues { name_id: Some(id.to_owned()), email: Some(email.to_owned()) };
        Reactivation::new(&instance, &group.path, id, sent).context("it can stand in an address")
    };
    let theirs = of(&id, &user.email)?;
    let (look, activate) = (Request::Look, Request::Activate);
    for (of, request, access, expected) in [
        (&theirs, look, "wrong", "refused the SCIM token"),
        (&of("nobody", &user.email)?, look, group.scim_secret.as_str(), "does not find this identifier"),
        (&of(&id, "somebody@example.com")?, look, &group.scim_secret, "contact GitLab Support"),
        (&of(&id.to_uppercase(), &user.email)?, look, &group.scim_secret, "the values agree"),
        (&theirs, look, &group.scim_secret, "the values agree"),
        (&theirs, activate, "wrong", "refused the SCIM token"),
        (&theirs, activate, &group.scim_secret, "has activated"),
        (&theirs, look, &group.scim_secret, "already active"),
    ] {
        let printed = run(&of.command(request).shell(), access)?;
        let said = of.check(request, &printed).text;
        ensure!(said.contains(expected), "{expected}: {said}\n{printed}");
    }
    Ok(())
}

#[test]
fn a_scim_client_of_others_reads_and_changes_users() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let known: Vec<_> = state.users.iter().filter(|user| user.scim_extern_uid.is_some()).collect();
    let user = |user: &LabUser| json!({ "id": user.scim_extern_uid, "userName": user.username, "email": user.email });
    // GitLab cuts the value of a filter at its first space, so who has one is found by nobody.
    let is_plain =
        |id: &Option<String>| id.as_ref().is_some_and(|id| id.bytes().all(|octet| octet.is_ascii_graphic()));
    let mut active = known.iter().filter(|user| user.scim_active && is_plain(&user.scim_extern_uid));
    let told = json!({
        "base": format!("http://127.0.0.1:{}/api/scim/v2/groups/{}", lab.gitlab_port(), state.group.path),
        "secret": state.group.scim_secret,
        "active": user(active.next().context("somebody is active")?),
        "other": user(active.next().context("somebody else is active")?),
        "inactive": user(known.iter().find(|user| !user.scim_active && is_plain(&user.scim_extern_uid)).context("somebody is inactive")?),
        "total": known.len(),
    });
    let python = std::env::var_os("SAMLIGHT_SCIM_PYTHON").map(PathBuf::from);
    let python = python.unwrap_or_else(|| target_folder().join("python/bin/python"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/scim/client.py");
    let mut client = Command::new(&python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("no SCIM client at {}: run `cargo xtask setup`", python.display()))?;
    client.stdin.take().context("it reads")?.write_all(told.to_string().as_bytes())?;
    let output = client.wait_with_output()?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success() && said.contains("all as documented"), "{said}");
    Ok(())
}

/// The output of a command, with the person's access in its environment.
fn run(command: &str, access: &str) -> Result<String> {
    let output = Command::new("sh").args(["-c", command]).env("SCIM_TOKEN", access).output()?;
    Ok(String::from_utf8(output.stdout)?)
}
