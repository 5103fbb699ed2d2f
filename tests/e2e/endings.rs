//! The ways in which a sign-in ends: what is wrong in the lab, how the person tries, and what each place must
//! say then. One or more for each row of gitlab-facts section 2 ("Outcome from the ACS response's Location")
//! and of `crate/src/gitlab/outcome.rs`; those of accounts that were found are in `endings_of_account.rs`.
//! `outcomes.rs` walks through them.
//!
//! Two messages of that section stand elsewhere: a Response that fails one of twenty other checks is in
//! `refusals.rs`, and a NameID that is taken over from who is signed in, which ends as one that was linked
//! already, is tested in `tests/lab/sign_in.rs`.

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight::base::severity::Severity;
use samlight_tests::lab::{Hindrance, InstanceRefusal, LabState, with_other_case};

use crate::{places::verify, stage::Desk};

/// One way in which a sign-in ends.
pub(crate) struct Ending {
    /// The name of its picture.
    pub(crate) name: &'static str,
    /// Changes the lab's state so that something is wrong.
    pub(crate) change: fn(&mut LabState),
    /// The way in which the person tries.
    pub(crate) tries: fn(&Desk, &LabState) -> Result<()>,
    /// The words of GitLab's page.
    pub(crate) said: &'static str,
    /// The outcomes that Samlight names, and no others.
    pub(crate) outcomes: &'static [&'static str],
    /// Words of the note on the page; empty where there is nothing to explain.
    pub(crate) explained: &'static str,
    /// The severity of the verdict, in every place.
    pub(crate) severity: Severity,
    /// The person who tried.
    pub(crate) who: Who,
    /// The word in that person's row and in the note on all members, as the owner sees them then; absent
    /// where GitLab's table has no such row.
    pub(crate) in_group: Option<&'static str>,
    /// The word beside the identity of the whole GitLab on the page that an administrator has of the member.
    pub(crate) in_admin: Option<&'static str>,
    /// Is there a message to send to the owner? Whoever checks the settings is the owner.
    pub(crate) for_owner: bool,
}

/// The person who tries to sign in.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Member,
    Owner,
}

/// A sign-in of the member to the group that works.
pub(crate) const WORKS: Ending = Ending {
    name: "",
    change: |_| {},
    tries: |desk, state| desk.sign_in_by_saml(state, state.member()),
    said: "",
    outcomes: &[],
    explained: "",
    severity: Severity::Good,
    who: Who::Member,
    in_group: None,
    in_admin: None,
    for_owner: false,
};

/// The same, refused.
pub(crate) const REFUSED: Ending = Ending { severity: Severity::Error, for_owner: true, ..WORKS };

/// The same by SAML of the whole GitLab.
const REFUSED_BY_INSTANCE: Ending = Ending { tries: by_instance_saml, ..REFUSED };

/// Of a group, and GitLab's error pages.
pub(crate) const OF_GROUP: &[Ending] = &[
    Ending {
        name: "signed-in",
        said: "Signed in with SAML for",
        outcomes: &["GitLab signed the person in"],
        in_group: Some("Match"),
        ..WORKS
    },
    Ending {
        name: "linked",
        change: |state| state.member_mut().saml_extern_uid = None,
        tries: as_signed_in,
        said: "SSO has been connected to your GitLab account",
        outcomes: &["GitLab linked this NameID to the account"],
        in_group: Some("Match"),
        ..WORKS
    },
    // GitLab says nothing then, so it may have signed the person in as well.
    Ending {
        name: "already-linked",
        tries: |desk, state| {
            desk.sign_in_by_password(state.member())?;
            open_landing(desk, state)?;
            desk.tab.click("#js-auto-redirect-to-provider")?;
            answer(desk, state)
        },
        said: "Group ID:",
        outcomes: &["GitLab signed the person in", "already linked to this NameID"],
        in_group: Some("Match"),
        ..WORKS
    },
    Ending {
        name: "verified",
        tries: verified,
        said: "Valid SAML Response",
        outcomes: &["GitLab checked the Response for its settings page"],
        who: Who::Owner,
        in_group: Some("Match"),
        ..WORKS
    },
    Ending {
        name: "verify-failed",
        change: other_certificate,
        tries: verified,
        said: "Invalid Signature on SAML Response",
        outcomes: &["for its settings page and found errors"],
        explained: "is not the one in GitLab's settings",
        who: Who::Owner,
        in_group: Some("Refused"),
        for_owner: false,
        ..REFUSED
    },
    Ending {
        name: "email-taken",
        change: |state| {
            let user = state.member_mut();
            user.name_id = with_other_case(&user.name_id);
        },
        said: "There is already a GitLab account",
        outcomes: &["GitLab found no account that is linked to this NameID"],
        explained: "capital letters count",
        // The SCIM identifier is the stored one.
        in_group: Some("Identity provider changed"),
        ..REFUSED
    },
    Ending {
        name: "response-refused",
        change: other_certificate,
        said: "Unable to sign in to group with SAML",
        outcomes: &["GitLab refused the Response"],
        explained: "does not have the fingerprint in GitLab's settings",
        in_group: Some("Refused"),
        ..REFUSED
    },
    // Who owns the group is sent to its settings.
    Ending {
        name: "response-refused-at-settings",
        change: other_certificate,
        tries: |desk, state| {
            desk.sign_in_by_password(state.owner())?;
            open_landing(desk, state)?;
            desk.tab.click("#js-auto-redirect-to-provider")?;
            desk.tab.wait_for("!!document.querySelector('input[name=username]')")?;
            desk.answer_idp(state.owner())
        },
        said: "Unable to sign in to group with SAML",
        outcomes: &["GitLab refused the Response"],
        explained: "is not the one in GitLab's settings",
        who: Who::Owner,
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "no-email",
        change: |state| {
            let user = state.member_mut();
            user.saml_extern_uid = None;
            user.idp_email = None;
        },
        said: "did not contain an email address",
        outcomes: &["The Response has no e-mail address"],
        explained: "no attribute that GitLab reads",
        ..REFUSED
    },
    Ending {
        name: "account-refused",
        change: |state| {
            let user = state.member_mut();
            user.saml_extern_uid = None;
            user.idp_email = Some("new.person@example.com".to_owned());
            user.name = "Olive ".repeat(40);
        },
        said: "First name is too long",
        outcomes: &["GitLab could not create an account"],
        explained: "cannot make an account",
        ..REFUSED
    },
    Ending {
        name: "link-failed",
        change: |state| {
            let taken = state.owner().saml_extern_uid.clone().unwrap_or_default();
            let user = state.member_mut();
            user.saml_extern_uid = None;
            user.name_id = with_other_case(&taken);
        },
        tries: as_signed_in,
        said: "Extern uid has already been taken",
        outcomes: &["GitLab could not link this NameID"],
        explained: "already belongs to another GitLab account",
        ..REFUSED
    },
    Ending {
        name: "name-id-and-email-differ",
        change: |state| {
            let user = state.member_mut();
            user.saml_extern_uid = Some("another-4711".to_owned());
            user.idp_email = Some("somebody.else@example.com".to_owned());
        },
        tries: |desk, state| {
            desk.sign_in_by_password(state.member())?;
            open_landing(desk, state)?;
            desk.tab.click("#js-auto-redirect-to-provider")?;
            answer(desk, state)
        },
        said: "do not match your user account",
        outcomes: &["GitLab could not link this NameID"],
        explained: "GitLab has another ID (NameID) stored for this person",
        ..REFUSED
    },
    Ending {
        name: "link-needs-request",
        change: |state| state.member_mut().saml_extern_uid = None,
        tries: |desk, state| {
            desk.sign_in_by_password(state.member())?;
            begin_at_idp(desk, &format!("{}/groups/{}", desk.gitlab, state.group.path))?;
            answer(desk, state)
        },
        said: "Request to link SAML account must be authorized",
        outcomes: &["GitLab links accounts only when the sign-in began at GitLab"],
        explained: "only when the sign-in began at GitLab",
        ..REFUSED
    },
    Ending {
        name: "error-page-403",
        change: |state| state.acs_status = Some(403),
        tries: to_error_page,
        said: "403: ",
        outcomes: &["GitLab forbids it"],
        explained: "from this network",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "error-page-404",
        tries: to_no_group,
        said: "404: Page not found",
        outcomes: &["not found"],
        explained: "is hidden",
        ..REFUSED
    },
    Ending {
        name: "error-page-422-rejected",
        change: |state| state.acs_status = Some(422),
        tries: to_error_page,
        said: "422: The change you requested was rejected",
        outcomes: &["GitLab rejected the request"],
        explained: "did not know its session",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "error-page-500",
        change: |state| state.acs_status = Some(500),
        tries: to_error_page,
        said: "500: ",
        outcomes: &["GitLab failed with a server error"],
        explained: "GitLab failed",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "error-page-502",
        change: |state| state.acs_status = Some(502),
        tries: to_error_page,
        said: "502: ",
        outcomes: &["GitLab failed with a server error"],
        explained: "GitLab failed",
        in_group: Some("Refused"),
        ..REFUSED
    },
];

/// Of SAML of the whole GitLab.
pub(crate) const OF_INSTANCE: &[Ending] = &[
    // GitLab says nothing then, so the account may have been signed in before.
    Ending {
        name: "instance-signed-in",
        change: known_to_instance,
        tries: by_instance_saml,
        said: "Edit profile",
        outcomes: &["GitLab signed the person in", "already linked to this NameID"],
        in_admin: Some("Match"),
        ..WORKS
    },
    Ending {
        name: "instance-linked",
        tries: as_signed_in_by_instance,
        said: "Authentication method updated",
        outcomes: &["GitLab linked this NameID to the account"],
        in_admin: Some("Match"),
        ..WORKS
    },
    Ending {
        name: "instance-link-failed",
        change: |state| state.users[0].instance_extern_uid = Some(state.member().name_id.clone()),
        tries: as_signed_in_by_instance,
        said: "Authentication failed: User has already been taken",
        outcomes: &["GitLab could not link this NameID"],
        explained: "another",
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "instance-link-needs-request",
        tries: |desk, state| {
            desk.sign_in_by_password(state.member())?;
            begin_at_idp(desk, &desk.gitlab)?;
            answer(desk, state)
        },
        said: "Request to link SAML account must be authorized",
        outcomes: &["GitLab links accounts only when the sign-in began at GitLab"],
        explained: "connect SAML on your account page",
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "instance-alert-on-the-sign-in-page",
        change: |state| {
            other_certificate(state);
            known_to_instance(state);
        },
        said: "Could not authenticate you from SAML because",
        outcomes: &["GitLab refused the Response"],
        explained: "does not have the fingerprint in GitLab's settings",
        in_admin: Some("Refused"),
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "instance-account-locked",
        change: |state| {
            known_to_instance(state);
            state.member_mut().hindered = Some(Hindrance::Locked);
        },
        said: "Your account is locked",
        outcomes: &["it is locked"],
        explained: "The account is locked",
        in_admin: Some("Refused"),
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "sign-up-not-allowed",
        said: "without a pre-existing account",
        outcomes: &["GitLab does not create accounts for this provider"],
        explained: "does not create accounts with SAML",
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "sign-up-not-allowed-where-people-sign-up",
        change: |state| state.instance_refuses = Some(InstanceRefusal::AtSignUp),
        said: "without a pre-existing account",
        outcomes: &["GitLab does not create accounts for this provider"],
        explained: "does not create accounts with SAML",
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "provider-disabled",
        change: |state| state.instance_refuses = Some(InstanceRefusal::Disabled),
        said: "Signing in using SAML has been disabled",
        outcomes: &["GitLab has disabled this provider"],
        explained: "switched off this way to sign in",
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "untrusted-extern-uid",
        change: |state| state.instance_refuses = Some(InstanceRefusal::Untrusted),
        said: "has been disabled for security reasons",
        outcomes: &["GitLab has disabled this provider"],
        explained: "switched off this way to sign in",
        ..REFUSED_BY_INSTANCE
    },
    Ending {
        name: "error-page-422",
        change: |state| state.instance_sign_up = true,
        said: "422: Sign-in using SAML auth failed",
        outcomes: &["GitLab refused the sign-in on an error page"],
        explained: "is not linked to SAML",
        ..REFUSED_BY_INSTANCE
    },
];

fn other_certificate(state: &mut LabState) {
    state.saml_provider.certificate_fingerprint = Some("AB:".repeat(31) + "CD");
}

/// The member's NameID is that of an identity of the whole GitLab.
fn known_to_instance(state: &mut LabState) {
    let user = state.member_mut();
    user.instance_extern_uid = Some(user.name_id.clone());
}

/// The member is signed in already and has no identity in the group.
fn as_signed_in(desk: &Desk, state: &LabState) -> Result<()> {
    desk.sign_in_by_password(state.member())?;
    desk.sign_in_by_saml(state, state.member())
}

fn as_signed_in_by_instance(desk: &Desk, state: &LabState) -> Result<()> {
    desk.sign_in_by_password(state.member())?;
    by_instance_saml(desk, state)
}

/// The owner has GitLab check a Response.
fn verified(desk: &Desk, state: &LabState) -> Result<()> {
    desk.sign_in_by_password(state.owner())?;
    verify(desk, state)
}

/// The group's single sign-on page of somebody who is linked.
fn open_landing(desk: &Desk, state: &LabState) -> Result<()> {
    let (path, token) = (&state.group.path, &state.group.saml_discovery_token);
    desk.tab.navigate(&format!("{}/groups/{path}/-/saml/sso?token={token}", desk.gitlab))
}

/// The list of apps of an identity provider begins a sign-in that no GitLab asked for.
fn begin_at_idp(desk: &Desk, service_provider: &str) -> Result<()> {
    desk.tab.navigate(&format!(
        "https://idp.example.com/simplesaml/saml2/idp/SSOService.php?spentityid={service_provider}"
    ))
}

/// The member answers the identity provider.
fn answer(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.wait_for("!!document.querySelector('input[name=username]')")?;
    desk.answer_idp(state.member())
}

/// By the whole instance's SAML, from the sign-in page.
fn by_instance_saml(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.navigate(&format!("{}/users/sign_in", desk.gitlab))?;
    desk.tab.click("[data-testid=saml-login-button]")?;
    answer(desk, state)
}

/// By a group's SAML, to an error page of GitLab.
fn to_error_page(desk: &Desk, state: &LabState) -> Result<()> {
    desk.go_to_idp(state)?;
    desk.answer_idp(state.member())
}

/// An identity provider sends its Response to a group that is not there.
fn to_no_group(desk: &Desk, _: &LabState) -> Result<()> {
    let response = STANDARD.encode(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r1\" Version=\"2.0\"/>",
    );
    desk.post_from_idp(&format!("{}/groups/nobody-has-this/-/saml/callback", desk.gitlab), &response)
}
