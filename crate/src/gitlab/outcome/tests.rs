//! The outcomes that an answer of GitLab and the next page leave, in English and in other languages.

use super::*;

fn group(location: &str, flash: Option<&[&str]>) -> Vec<Outcome> {
    with_email(location, flash, Some(true))
}

fn with_email(location: &str, flash: Option<&[&str]>, has_email: Option<bool>) -> Vec<Outcome> {
    let flash: Option<Vec<String>> = flash.map(|texts| texts.iter().map(|&text| text.to_owned()).collect());
    let provider = Provider::Group { path: "acme".into() };
    let flash = flash.as_deref();
    candidates(&Instance::gitlab_com(), &provider, 302, Some(location), flash, || has_email)
}

#[test]
fn a_redirect_leaves_candidates_and_the_next_page_decides() {
    let landing = "https://gitlab.com/groups/acme/-/saml/sso";
    assert_eq!(group(landing, None), [Outcome::ResponseRefused, Outcome::LinkNeedsRequest]);
    assert_eq!(
        group(landing, Some(&["Request to link SAML account must be authorized"])),
        [Outcome::LinkNeedsRequest]
    );
    let refused = "Unable to sign in to group with SAML: \"Fingerprint mismatch\"";
    assert_eq!(group(landing, Some(&[refused])), [Outcome::ResponseRefused]);
    let at_sign_in = [
        Outcome::EmailTaken,
        Outcome::AccountBlocked,
        Outcome::AccountDeactivated,
        Outcome::AccountNotPermitted,
        Outcome::AccountPending,
        Outcome::AccountUnconfirmed,
    ];
    assert_eq!(group("/users/sign_in", None), at_sign_in);
    assert_eq!(group("/users/sign_in", Some(&[])), at_sign_in);
    assert_eq!(group("/acme", None), [Outcome::SignedIn, Outcome::Linked, Outcome::AlreadyLinked]);
    assert_eq!(group("/acme", Some(&["Signed in with SAML for Acme"])), [Outcome::SignedIn]);
    assert_eq!(group("/acme", Some(&[])), [Outcome::SignedIn, Outcome::AlreadyLinked]);
}

#[test]
fn each_way_to_be_refused_is_told_from_the_others() {
    let landing = "https://gitlab.com/groups/acme/-/saml/sso?token=t";
    for (said, expected) in [
        ("The SAML response did not contain an email address. Either", Outcome::NoEmail),
        ("Your account is locked.", Outcome::AccountLocked),
        ("You have to confirm your email address before continuing.", Outcome::AccountUnconfirmed),
        ("Email can't be blank", Outcome::AccountRefused),
        ("First name is too long (maximum is 127 characters)", Outcome::AccountRefused),
    ] {
        assert_eq!(group(landing, Some(&[said])), [expected], "{said}");
    }
    let provider = Provider::Instance { name: "saml".into() };
    let page = |status, said: &str| {
        candidates(&Instance::gitlab_com(), &provider, status, None, Some(&[said.to_owned()]), || None)
    };
    for (status, said, expected) in [
        (403, "403: You are not authorized to access this page.", Outcome::Forbidden),
        (404, "404: Page not found", Outcome::NotFound),
        (422, "422: Sign-in using SAML auth failed", Outcome::AuthErrorPage),
        (422, "422: The change you requested was rejected", Outcome::ChangeRejected),
        (500, "500: Whoops, something went wrong on our end.", Outcome::ServerError),
    ] {
        assert_eq!(page(status, said), [expected], "{said}");
    }
}

#[test]
fn a_message_in_another_language_leaves_what_is_translated() {
    // Made up in the manner of translations: only what they quote is GitLab's.
    let landing = "https://gitlab.com/groups/acme/-/saml/sso";
    let with_token = "https://gitlab.com/groups/acme/-/saml/sso?token=t";
    for said in ["Anmeldung bei der Gruppe unmöglich", "グループにサインインできません", "Something new"]
    {
        assert_eq!(group(landing, Some(&[said])), [Outcome::ResponseRefused], "{said}");
        assert_eq!(group("/users/sign_in", Some(&[said])), [Outcome::EmailTaken], "{said}");
        assert_eq!(group("/", Some(&[said])), [Outcome::LinkFailed], "{said}");
        for (has_email, expected) in [
            (Some(false), &[Outcome::NoEmail][..]),
            (Some(true), &[Outcome::AccountRefused]),
            (None, &[Outcome::NoEmail, Outcome::AccountRefused]),
        ] {
            assert_eq!(with_email(with_token, Some(&[said]), has_email), expected, "{said}");
        }
    }
    let provider = Provider::Instance { name: "saml".into() };
    let instance = |location: &str, said: &str| {
        let said = [said.to_owned()];
        candidates(&Instance::gitlab_com(), &provider, 302, Some(location), Some(&said), || None)
    };
    for quoted in [
        "\"Fingerprint mismatch\"",
        "„Fingerprint mismatch“",
        "«\u{a0}Fingerprint mismatch\u{a0}»",
        "「Fingerprint mismatch」",
    ] {
        let said = format!("Unmöglich: {quoted}.");
        assert_eq!(instance("/users/sign_in", &said), [Outcome::ResponseRefused], "{said}");
    }
    let untold = instance("/users/sign_in", "Unmöglich");
    assert_eq!(untold, [Outcome::SignUpNotAllowed, Outcome::ProviderDisabled]);
    assert_eq!(instance("/-/profile/account", "Geändert"), [Outcome::Linked, Outcome::LinkFailed]);
}

#[test]
fn an_account_that_may_not_sign_in_is_told_from_an_address_that_is_taken() {
    for (said, expected) in [
        ("Your account has been blocked. Please contact your GitLab administrator", Outcome::AccountBlocked),
        ("Your account has been deactivated by your administrator.", Outcome::AccountDeactivated),
        ("Your account does not have the required permission to login.", Outcome::AccountNotPermitted),
        (
            "Your account is pending approval from your GitLab administrator and hence blocked.",
            Outcome::AccountPending,
        ),
        (
            "You have signed up successfully. However, we could not sign you in because your account is \
             awaiting approval from your GitLab administrator.",
            Outcome::AccountPending,
        ),
        ("You have to confirm your email address before continuing.", Outcome::AccountUnconfirmed),
        (
            "There is already a GitLab account associated with this email address. Sign in",
            Outcome::EmailTaken,
        ),
    ] {
        assert_eq!(group("/users/sign_in", Some(&[said])), [expected], "{said}");
        assert!(!expected.is_success() && expected.found_valid() == Some(true));
        assert_eq!(expected.is_of_account(), !expected.found_no_account());
    }
}

#[test]
fn the_form_for_the_second_factor_is_an_answer() {
    for provider in [Provider::Group { path: "acme".into() }, Provider::Instance { name: "saml".into() }] {
        let found = candidates(&Instance::gitlab_com(), &provider, 200, None, None, || None);
        assert_eq!(found, [Outcome::SecondFactor]);
    }
    assert!(Outcome::SecondFactor.is_success() && Outcome::SecondFactor.found_valid() == Some(true));
}

/// Whoever came from GitLab's home page, or from nowhere, goes there.
#[test]
fn a_sign_in_that_ends_at_home_is_told_from_a_link_that_failed() {
    for (said, expected) in [
        ("Signed in with SAML for Acme", Outcome::SignedIn),
        ("Your organization's SSO has been connected to your GitLab account", Outcome::Linked),
        ("Acme SAML authentication failed: Extern uid has already been taken", Outcome::LinkFailed),
    ] {
        assert_eq!(group("/", Some(&[said])), [expected], "{said}");
    }
    let provider = Provider::Instance { name: "saml".into() };
    let instance =
        candidates(&Instance::gitlab_com(), &provider, 302, Some("https://gitlab.com/"), Some(&[]), || None);
    assert_eq!(instance, [Outcome::SignedIn, Outcome::AlreadyLinked]);
}

/// "Verify SAML Configuration" is told by its output alone.
#[test]
fn what_a_check_of_the_settings_found_is_not_known_by_the_address() {
    let output = "https://gitlab.com/groups/acme/-/saml#response";
    assert_eq!(group(output, None), [Outcome::Verified, Outcome::VerifyFailed]);
    assert_eq!(group(output, Some(&[])), [Outcome::Verified, Outcome::VerifyFailed]);
}

/// A message in another language is explained by the outcome, where GitLab says but one thing of that.
#[test]
fn an_outcome_means_what_its_only_message_means() {
    for (outcome, expected) in [
        (Outcome::EmailTaken, Some("said.email-taken")),
        (Outcome::NoEmail, Some("said.no-email")),
        (Outcome::LinkNeedsRequest, Some("said.link-request")),
        (Outcome::SignUpNotAllowed, Some("said.no-account")),
        (Outcome::ProviderDisabled, Some("said.provider-disabled")),
        (Outcome::AccountBlocked, Some("said.blocked")),
        (Outcome::AccountDeactivated, Some("said.deactivated")),
        (Outcome::AccountNotPermitted, Some("said.permission")),
        // Several messages, or none that says more.
        (Outcome::ResponseRefused, None),
        (Outcome::LinkFailed, None),
        (Outcome::Linked, None),
        (Outcome::AccountLocked, None),
        (Outcome::NotFound, None),
    ] {
        let meaning = outcome.meaning().map(|meaning| (meaning.means)().key().to_owned());
        assert_eq!(meaning.as_deref(), expected, "{outcome:?}");
    }
}
