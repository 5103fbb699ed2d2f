//! Whole sentences as ruby-saml writes them and as GitLab shows them, and the meaning that each must get.
//!
//! gitlab-facts 1.2, 1.4, 1.8, 1.9, 2 (sign-up not allowed, provider disabled), 5.1 and 5.2; the wording is
//! that of ruby-saml's `response.rb`, `xml_security.rb` and `saml_message.rb`, of omniauth-saml, and of
//! GitLab.

use super::*;
use crate::acceptance::humanised;

/// The errors that ruby-saml writes of a Response that it refuses. GitLab shows them on the settings page as
/// they stand, in flash messages humanised and wrapped.
const RUBY_SAML: &[(&str, &str)] = &[
    ("Fingerprint mismatch", "said.fingerprint"),
    ("Digest mismatch", "said.digest"),
    ("Key validation error", "said.key"),
    ("Invalid Signature on SAML Response", "said.signature"),
    (
        "Certificate element missing in response (ds:X509Certificate) and not cert provided at settings",
        "said.no-certificate",
    ),
    (
        "Invalid Audience. The audience https://gitlab.com, did not match the expected audience https://gitlab.com/groups/acme",
        "said.audience",
    ),
    (
        "Invalid Audiences. The audiences https://a.example.com,https://b.example.com, did not match the expected audience https://gitlab.com/groups/acme",
        "said.audience",
    ),
    (
        "The response was received at https://gitlab.com/users/auth/saml/callback instead of https://gitlab.com/groups/acme/-/saml/callback",
        "said.destination",
    ),
    ("The response has an empty Destination value", "said.no-destination"),
    ("A valid SubjectConfirmation was not found on this Response", "said.confirmation"),
    (
        "Current time is earlier than NotBefore condition (2026-01-01 09:00:00 UTC < 2026-01-01 09:01:00 UTC - 1s)",
        "said.too-early",
    ),
    (
        "Current time is earlier than NotBefore (2026-01-01 09:00:00 UTC < 2026-01-01 09:01:00 UTC)",
        "said.too-early",
    ),
    (
        "Current time is on or after NotOnOrAfter condition (2026-01-01 09:06:00 UTC >= 2026-01-01 09:05:00 UTC + 1s)",
        "said.too-late",
    ),
    (
        "The attributes have expired, based on the SessionNotOnOrAfter of the AuthnStatement of this Response",
        "said.session-over",
    ),
    (
        "The status code of the Response was not Success, was Requester => InvalidNameIDPolicy -> The format is not supported.",
        "said.status",
    ),
    ("SAML Response must contain 1 assertion", "said.assertions"),
    ("Found an unexpected number of Signature Element. SAML Response rejected", "said.signatures"),
    ("The Assertion must include one Conditions element", "said.conditions"),
    ("The Assertion must include one AuthnStatement element", "said.authn-statement"),
    (
        "Doesn't match the issuer, expected: <https://idp.example.com/>, but was: <https://other.example.com/>",
        "said.issuer",
    ),
    ("Issuer of the Response not found or multiple.", "said.issuer"),
    ("Issuer of the Assertion not found or multiple.", "said.issuer"),
    ("Dangerous XML detected. No Doctype nodes allowed", "explain.doctype"),
    (
        "4:0: Element '{http://www.w3.org/2000/09/xmldsig#}Signature': This element is not expected.",
        "said.form",
    ),
    ("SPNameQualifier value doesn't match the SP entityID value.", "said.qualifier"),
    ("An EncryptedID found and no SP private key found on the settings to decrypt it", "said.encrypted-id"),
    (
        "An EncryptedAttribute found and no SP private key found on the settings to decrypt it",
        "said.encrypted-id",
    ),
    ("No NameID element found in the assertion of the Response", "said.no-name-id"),
    ("Unsupported SAML version", "said.version"),
    ("XML load failed: 1:1: FATAL: Start tag expected, '<' not found", "said.form"),
    (
        "Invalid SAML Response. ERROR: Element 'Response': No matching global declaration available",
        "said.form",
    ),
    (
        "3:0: Element '{urn:oasis:names:tc:SAML:2.0:assertion}Assertion': Missing child element(s).",
        "said.form",
    ),
    ("Missing ID attribute on SAML Response", "said.no-id"),
    ("Signed Element must contain an ID. SAML Response rejected", "said.no-id"),
    ("Duplicated ID. SAML Response rejected", "said.no-id"),
    ("No fingerprint or certificate on settings", "said.not-set-up"),
    ("No settings on response", "said.not-set-up"),
    ("Blank response", "said.no-response"),
    ("Invalid Signature Element 'Subject'. SAML Response rejected", "said.signed-place"),
    ("Found an invalid Signed Element. SAML Response rejected", "said.signed-place"),
    ("Duplicated Reference URI. SAML Response rejected", "said.signed-place"),
    ("Signed element id #_r1 is not found", "said.signed-place"),
    ("Certificate of the Signature element does not match provided certificate", "said.other-certificate"),
    ("Document Certificate Error", "said.other-certificate"),
    ("IdP x509 certificate expired", "said.other-certificate"),
    ("An empty NameID value found", "said.empty-name-id"),
    (
        "An EncryptedAssertion found and no SP private key found on the settings to decrypt it. Be sure you provided the :settings parameter at the initialize method",
        "said.encrypted",
    ),
    ("Invalid SAML Response. Not match the saml-schema-protocol-2.0.xsd", "said.schema"),
    ("SAML Message exceeds 250000 bytes, so was rejected", "said.too-large"),
    ("Encoded SAML Message exceeds 250000 bytes, so was rejected", "said.too-large"),
];

/// The messages that GitLab shows, to the letter.
const GITLAB: &[(&str, &str)] = &[
    ("Please confirm your email address", "said.unconfirmed"),
    ("The member's email address is not verified.", "scim-said.unverified"),
    ("Email can't be blank", "explain.email-blank"),
    ("Username has already been taken", "explain.username-taken"),
    ("Group requires separate account", "explain.separate-account"),
    ("First name is too long (maximum is 127 characters)", "explain.too-long"),
    ("Last name is too long (maximum is 127 characters)", "explain.too-long"),
    ("Username is too long (maximum is 255 characters)", "explain.too-long"),
    ("Email is too long (maximum is 255 characters)", "explain.too-long"),
    ("Identity already exists", "explain.identity-exists"),
    ("Error linking identity: Provider and Extern UID must be in the session.", "explain.linking"),
    ("Error linking identity: something else", "explain.linking"),
    ("Invalid state", "explain.state"),
    (
        "Signing in using your Acme account has been disabled for security reasons. Please sign in to your GitLab account using another authentication method and reconnect to your Acme account.",
        "said.provider-disabled",
    ),
    (
        "Your account has been deactivated by your administrator. Please log back in to reactivate your account.",
        "said.deactivated",
    ),
    (
        "Your account does not have the required permission to login. Please contact your GitLab administrator if you think this is an error.",
        "said.permission",
    ),
    (
        "You have to confirm your email address before continuing. Please check your email for the link we sent you, or click 'Resend confirmation email'.",
        "said.unconfirmed",
    ),
    ("Could not authenticate you from SAML because \"Saml response missing\".", "said.no-response"),
    (
        "Could not authenticate you from SAML because \"Saml response missing 'uid' attribute\".",
        "said.no-uid-attribute",
    ),
    (
        "Acme SAML authentication failed: SAML NameID is missing from your SAML response. Please contact your administrator.",
        "said.name-id-missing",
    ),
    ("Name can't be blank", "said.uid-blank"),
    (
        "Acme SAML authentication failed: Extern uid has already been taken. Please contact your administrator to generate a unique extern_uid / NameID",
        "said.uid-taken",
    ),
    ("Acme SAML authentication failed: Extern UID has already been taken", "said.uid-taken"),
    ("Acme SAML authentication failed: User has already been taken", "said.user-taken"),
    (
        "Name must match stored NameID of \"alex-7f3a\" to identify user and allow sign in",
        "said.stored-differs",
    ),
    (
        "Name must match stored NameID of \"alex-7f3a\" as we use this to identify users. If the NameID changes users will be unable to sign in.",
        "said.stored-differs",
    ),
    ("Name recommend persistent ID instead of email", "said.persistent"),
    ("Name should be a random persistent ID, emails are discouraged", "said.persistent"),
    ("Name id format \"persistent\" recommended", "said.format"),
    ("Name id format should be \"persistent\"", "said.format"),
    (
        "Acme SAML authentication failed: SAML Name ID and email address do not match your user account. Contact an administrator.",
        "said.name-id-and-email",
    ),
    (
        "There is already a GitLab account associated with this email address. Sign in with your existing credentials to connect your organization's account",
        "said.email-taken",
    ),
    ("SAML authentication failed: Email has already been taken", "said.email-in-use"),
    (
        "The SAML response did not contain an email address. Either the SAML identity provider is not configured to send the attribute, or the identity provider directory does not have an email address value for your user.",
        "said.no-email",
    ),
    ("Request to link SAML account must be authorized", "said.link-request"),
    ("User is not linked to a SAML account", "said.not-linked"),
    (
        "The member's email address is not linked to a SAML account or has an inactive SCIM identity. For information on how to resolve this error, see the troubleshooting SCIM documentation.",
        "said.not-linked",
    ),
    (
        "The member's email address is not allowed for this group. Check with your administrator.",
        "said.domain",
    ),
    (
        "The member's email address is not allowed for this group. Go to the group’s 'Settings > General' page, and check 'Restrict membership by email domain'.",
        "said.domain",
    ),
    ("Email is not allowed for sign-up. Please use your regular email address.", "said.sign-up-domain"),
    (
        "Your account has been blocked. Please contact your GitLab administrator if you think this is an error.",
        "said.blocked",
    ),
    (
        "Your account is pending approval from your GitLab administrator and hence blocked. Please contact your GitLab administrator if you think this is an error.",
        "said.approval",
    ),
    (
        "You have signed up successfully. However, we could not sign you in because your account is awaiting approval from your GitLab administrator.",
        "said.approval",
    ),
    ("Your account is locked.", "said.locked"),
    ("SAML sign on has not been configured for this group", "said.not-configured"),
    ("An error occurred while loading group members.", "said.members-not-loaded"),
    ("422: The change you requested was rejected", "said.change-rejected"),
    (
        "Signing in using your SAML account without a pre-existing account in gitlab.example.com is not allowed. Create an account in gitlab.example.com first, and then connect it to your SAML account.",
        "said.no-account",
    ),
    ("Signing in using SAML has been disabled", "said.provider-disabled"),
    (
        "Signing in using your SAML account has been disabled for security reasons. Please sign in to your GitLab account using another authentication method and reconnect to your SAML account.",
        "said.provider-disabled",
    ),
    ("403: You are not authorized to access this page.", "said.forbidden"),
    ("404: Page not found", "said.not-found"),
    ("500: Whoops, something went wrong on our end.", "said.server-error"),
    ("500: We're sorry, something went wrong on our end", "said.server-error"),
];

/// The catalogue key of what the message `shown` means.
fn key_of(shown: &str) -> Option<&'static str> {
    meaning(shown).map(|meaning| (meaning.means)().key())
}

#[test]
fn each_sentence_has_its_meaning() {
    for (written, key) in RUBY_SAML {
        let humanised = humanised(written);
        for shown in [
            format!("Xml response {written}"),
            format!("Unable to sign in to group with SAML: \"{humanised}\""),
            format!("Could not authenticate you from SAML because \"{humanised}\"."),
        ] {
            assert_eq!(key_of(&shown), Some(*key), "{shown}");
        }
    }
    for (shown, key) in GITLAB {
        assert_eq!(key_of(shown), Some(*key), "{shown}");
    }
}

#[test]
fn each_meaning_has_a_sentence_and_its_own_texts() {
    for known in REFUSALS.iter().chain(MEANINGS) {
        let key = (known.means)().key();
        let has_sentence = RUBY_SAML
            .iter()
            .chain(GITLAB)
            .any(|(shown, _)| meaning(shown).is_some_and(|found| found.pattern == known.pattern));
        assert!(has_sentence, "the row {:?} has no sentence", known.pattern);
        assert_eq!((known.steps)().key(), format!("{key}.do"));
    }
}

#[test]
fn a_sentence_of_something_else_has_no_meaning() {
    for shown in [
        "Username can't be blank",
        "Superuser has already been taken",
        "Order number 1403: done",
        "This project is not allowed for this group",
        "Your name was updated with a persistent ID for your email",
        "Project was successfully created.",
        "Welcome! You have signed up successfully.",
        "Valid SAML Response",
        "422: Sign-in using SAML auth failed",
    ] {
        assert_eq!(key_of(shown), None, "{shown}");
    }
}

#[test]
fn a_humanised_message_is_recognised() {
    let shown = "Unable to sign in to group with saml: \"Invalid signature on saml response\"";
    assert!(is(&["unable to sign in to group with SAML:", "Invalid_Signature on SAML Response"], shown));
    assert!(!is(&["saml response", "unable to sign in"], shown), "the order counts");
    assert_eq!(
        reason("Unable to sign in to group with SAML: \"Fingerprint mismatch\""),
        Some("Fingerprint mismatch")
    );
}
