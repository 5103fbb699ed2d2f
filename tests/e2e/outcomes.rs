//! GitLab's words on the page after a sign-in, as a message or on an error page: they narrow what may have
//! happened, and are explained where they stand.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight_tests::browser::Browser;
use samlight_tests::installed::NOTE;
use samlight_tests::lab::{LabState, LabUser, with_other_case};
use samlight_tests::wait::until;

use crate::stage::{Desk, Stage, keep_picture};

/// One way in which a sign-in ends.
struct Ending {
    /// The name of its picture.
    name: &'static str,
    /// Changes the lab's state so that something is wrong.
    change: fn(&mut LabState),
    /// The way in which the person tries.
    tries: fn(&Desk, &LabState) -> Result<()>,
    /// The words of GitLab's page.
    said: &'static str,
    /// The outcome that Samlight names, and no other candidate.
    outcome: &'static str,
    /// The words of the note on the page.
    explained: &'static str,
}

const ENDINGS: &[Ending] = &[
    Ending {
        name: "email-taken",
        change: |state| {
            let user = state.member_mut();
            user.name_id = with_other_case(&user.name_id);
        },
        tries: |desk, state| desk.sign_in_by_saml(state, state.member()),
        said: "There is already a GitLab account",
        outcome: "GitLab found no SAML identity with this NameID",
        explained: "upper and lower case count",
    },
    Ending {
        name: "response-refused",
        change: |state| state.saml_provider.certificate_fingerprint = Some("AB:".repeat(31) + "CD"),
        tries: |desk, state| desk.sign_in_by_saml(state, state.member()),
        said: "Unable to sign in to group with SAML",
        outcome: "GitLab refused the Response",
        explained: "does not have the fingerprint in GitLab's settings",
    },
    Ending {
        name: "no-email",
        change: |state| {
            let user = state.member_mut();
            user.saml_extern_uid = None;
            user.idp_email = None;
        },
        tries: |desk, state| desk.sign_in_by_saml(state, state.member()),
        said: "did not contain an email address",
        outcome: "The Response has no e-mail address",
        explained: "no attribute that GitLab reads",
    },
    Ending {
        name: "link-failed",
        change: |state| {
            let user = state.member_mut();
            user.saml_extern_uid = None;
            user.name_id = with_other_case(&user.name_id);
            let taken = state.users[0].saml_extern_uid.clone().unwrap_or_default();
            state.member_mut().name_id = with_other_case(&taken);
        },
        tries: |desk, state| {
            desk.sign_in_by_password(state.member())?;
            desk.sign_in_by_saml(state, state.member())
        },
        said: "Extern uid has already been taken",
        outcome: "GitLab could not link this NameID",
        explained: "already belongs to another GitLab account",
    },
    Ending {
        name: "instance-alert-on-the-sign-in-page",
        change: |state| state.saml_provider.certificate_fingerprint = Some("AB:".repeat(31) + "CD"),
        tries: by_instance_saml,
        said: "Could not authenticate you from SAML because",
        outcome: "GitLab refused the Response",
        explained: "does not have the fingerprint in GitLab's settings",
    },
    Ending {
        name: "sign-up-not-allowed",
        change: |_| {},
        tries: by_instance_saml,
        said: "without a pre-existing account",
        outcome: "GitLab does not create accounts for this provider",
        explained: "does not create accounts with SAML",
    },
    Ending {
        name: "error-page-422",
        change: |state| state.instance_sign_up = true,
        tries: by_instance_saml,
        said: "422: Sign-in using SAML auth failed",
        outcome: "GitLab refused the sign-in on an error page",
        explained: "is not linked to SAML",
    },
    Ending {
        name: "error-page-404",
        change: |_| {},
        tries: to_no_group,
        said: "404: Page not found",
        outcome: "not found",
        explained: "is hidden",
    },
];

/// Each of them in a session of its own, in one browser.
pub(crate) fn narrowed_by_the_page(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    for ending in ENDINGS {
        desk.forget_sessions(browser)?;
        desk.samlight.clear()?;
        let state = stage.new_identities(ending.change)?;
        ends(&desk, &state, ending).with_context(|| ending.name)?;
    }
    Ok(())
}

fn ends(desk: &Desk, state: &LabState, ending: &Ending) -> Result<()> {
    (ending.tries)(desk, state)?;
    desk.tab.wait_for_text(ending.said)?;
    until("the one outcome", || {
        let flow = desk.samlight.newest()?;
        let outcome = flow.outcome.context("no outcome yet")?.text;
        ensure!(outcome.contains(ending.outcome) && !outcome.contains("one of these"), "{outcome}");
        Ok(())
    })?;
    until("the explanation beside the message", || {
        let notes = desk.tab.shadow_texts(NOTE)?;
        ensure!(notes.iter().any(|note| note.contains(ending.explained)), "{notes:?}");
        Ok(())
    })?;
    keep_picture(&desk.tab, &format!("outcome-{}", ending.name)).map(drop)
}

/// By the whole instance's SAML, from the sign-in page.
fn by_instance_saml(desk: &Desk, state: &LabState) -> Result<()> {
    let member: &LabUser = state.member();
    desk.tab.navigate("https://gitlab.com/users/sign_in")?;
    desk.tab.click("[data-testid=saml-login-button]")?;
    desk.tab.wait_for("!!document.querySelector('input[name=username]')")?;
    desk.answer_idp(member)
}

/// An identity provider sends its Response to a group that is not there.
fn to_no_group(desk: &Desk, _: &LabState) -> Result<()> {
    let response = STANDARD.encode(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r1\" Version=\"2.0\"/>",
    );
    desk.post_from_idp("https://gitlab.com/groups/nobody-has-this/-/saml/callback", &response)
}
