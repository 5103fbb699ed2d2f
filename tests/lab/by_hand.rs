//! The lab for a person: starts both servers, says how to reach them and who can sign in, and stays until
//! Enter is pressed or its input ends. `cargo run -p samlight-tests --example lab`

use std::io::{Write as _, stdin, stdout};

use anyhow::Result;
use samlight_tests::lab::Lab;

fn main() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let mut out = stdout().lock();
    let group = &state.group.path;
    writeln!(out, "GitLab             http://127.0.0.1:{}  (send Host: gitlab.com)", lab.gitlab_port())?;
    writeln!(out, "identity provider  http://127.0.0.1:{}  (send Host: idp.example.com)", lab.idp_port())?;
    writeln!(out, "Both need X-Forwarded-Proto: https, or their cookies are not set.")?;
    writeln!(out, "single sign-on     {}/groups/{group}/-/saml/sso", state.gitlab_origin)?;
    writeln!(out, "settings page      {}/groups/{group}/-/saml", state.gitlab_origin)?;
    writeln!(out, "state              {}", lab.state_file().display())?;
    for log in lab.logs() {
        writeln!(out, "log                {}", log.display())?;
    }
    writeln!(out)?;
    let mut line = |[user, password, idp_password, name_id, stored]: [&str; 5]| {
        writeln!(out, "{user:<16} {password:<22} {idp_password:<22} {name_id:<40} {stored}")
    };
    line(["user", "GitLab password", "IdP password", "NameID", "extern_uid"])?;
    for user in &state.users {
        let stored = user.saml_extern_uid.as_deref().unwrap_or("(not linked)");
        line([&user.username, &user.password, &user.idp_password, &user.name_id, stored])?;
    }
    writeln!(out, "\n{} is the owner. Press Enter to stop.", state.owner().username)?;
    stdin().read_line(&mut String::new())?;
    Ok(())
}
