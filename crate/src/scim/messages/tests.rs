//! Whole messages, as GitLab, Entra ID and Okta show them.

use super::*;

/// A message, and the beginnings of what it means. From gitlab-facts 5.4 and 8.
const SAID: &[(&str, &[&str])] = &[
    (
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"User has already been taken","status":409}"#,
        &["scim-said.user-taken"],
    ),
    (
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Extern uid has already been taken","status":409}"#,
        &["scim-said.uid-taken"],
    ),
    ("Email has already been taken, Username has already been taken", &["scim-said.name-taken"]),
    (
        "The member's email address is not allowed for this group. Check with your administrator.",
        &["scim-said.domain"],
    ),
    (
        "The member\u{2019}s email address is not allowed\n for this group.  Check with your administrator.",
        &["scim-said.domain"],
    ),
    (
        "The member's email address is not linked to a SAML account or has an inactive\nSCIM identity.",
        &["scim-said.not-linked"],
    ),
    ("User is not linked to a SAML account", &["scim-said.not-linked"]),
    ("The member's email address is not verified.", &["scim-said.unverified"]),
    ("Missing params: [\"externalId\", \"emails\"]", &["scim-said.missing"]),
    ("Unsupported Filter", &["scim-said.filter"]),
    (r#"{"detail":"Group acme does not have SAML SSO configured","status":404}"#, &["scim-said.no-saml"]),
    (r#"{"detail":"Group acme not found","status":404}"#, &["scim-said.no-group"]),
    (r#"{"detail":"Resource 0a21 not found","status":404}"#, &["scim-said.no-user"]),
    (r#"{"message":"401 Unauthorized"}"#, &["scim-said.401"]),
    (r#"{"message":"403 Forbidden - Group SAML not enabled."}"#, &["scim-said.not-enabled"]),
    (r#"{"message":"403 Forbidden"}"#, &["scim-said.403"]),
    (r#"Error message: {\"message\":\"403 Forbidden\"}"#, &["scim-said.403"]),
    ("Could not remove Ada from acme. Cannot remove last group owner.", &["scim-said.last-owner"]),
    ("405 Not Allowed", &["scim-said.405"]),
    (
        "You appear to have entered invalid credentials. Please confirm\nyou are using the correct information for an administrative account.",
        &["scim-said.entra-credentials"],
    ),
    ("Namespace can't be blank, Name can't be blank, and User can't be blank.", &["scim-said.blank"]),
    (
        "Failed to match an entry in the source and target systems Group 'Group-Name'",
        &["scim-said.entra-group"],
    ),
    ("Error authenticating: null", &["scim-said.okta-null"]),
    // Okta wraps what GitLab said.
    (
        r#"Automatic provisioning of user Ada Low to app GitLab failed: Matching user not found: Conflict. Errors reported by remote server: {"detail":"User has already been taken","status":409}"#,
        &["scim-said.user-taken"],
    ),
    // Two in one export.
    (
        "412 Unsupported Filter\n409 User has already been taken",
        &["scim-said.user-taken", "scim-said.filter"],
    ),
    ("<html><a href=\"https://gitlab.com/users/sign_in\">redirected</a></html>", &[]),
    ("", &[]),
    ("Everything went well", &[]),
];

fn key(meaning: &Meaning, text: &str) -> &'static str {
    (meaning.means)(text).key()
}

#[test]
fn each_message_is_known_by_its_own_words() {
    for (pasted, expected) in SAID {
        let text = straight(pasted.chars());
        let found =
            MEANINGS.iter().filter(|it| it.patterns.iter().any(|pattern| messages::is(pattern, &text)));
        let found: Vec<_> = found.map(|meaning| key(meaning, &text)).collect();
        assert_eq!(found, *expected, "{pasted}");
        assert_eq!(said(pasted).len(), expected.len());
    }
    for meaning in MEANINGS {
        let key = key(meaning, "");
        assert!(SAID.iter().any(|(_, keys)| keys.contains(&key)), "{key} has no message");
    }
}

#[test]
fn what_a_message_names_is_said_and_every_meaning_has_steps() {
    let one = |pasted: &str| said(pasted).remove(0).sentences.remove(0).text;
    assert!(one("Missing params: [\"externalId\", \"emails\"]").contains("\"externalId\", \"emails\""));
    assert!(one("Resource 0a21-x not found").contains("“0a21-x”"));
    let group = "Failed to match an entry in the source and target systems Group 'Design team' and more";
    assert!(one(group).contains("“Design team”"));
    for (pasted, _) in SAID {
        for said in said(pasted) {
            let link = said.steps[0].link.as_deref().unwrap_or_default();
            assert!(link.starts_with("https://docs.gitlab.com/"), "{said:?}");
            assert!(
                !said.steps.is_empty() && said.sentences.iter().all(|it| !it.text.contains('{')),
                "{said:?}"
            );
            assert!(
                said.steps.iter().all(|step| step.text.contains(' ') && !step.text.contains('{')),
                "{said:?}"
            );
        }
    }
}

/// The things that GitLab's documentation has a reader know or do at these messages (rows R04 to R98), in the
/// words that count.
#[test]
fn the_advice_is_that_of_the_documentation() {
    for (pasted, words) in [
        ("User is not linked to a SAML account", "does not create the account again. Do not delete it"),
        ("User is not linked to a SAML account", "not a member while SSO is enforced"),
        (
            "User is not linked to a SAML account",
            "make sure that the primary e-mail address is the identity provider's",
        ),
        ("User is not linked to a SAML account", "an administrator can add the identity"),
        (
            "User is not linked to a SAML account",
            "Start the SCIM sync again. If there is no error, the user is linked",
        ),
        ("User is not linked to a SAML account", "If it fails again, the SCIM identity is inactive"),
        ("User is not linked to a SAML account", "has an account with this e-mail address"),
        ("User has already been taken", "changed the SAML or SCIM configuration, or the identity provider"),
        ("User has already been taken", "Compare the externalId that the SCIM app sends"),
        ("User has already been taken", "changes the SCIM identifier with the API"),
        ("Resource 0a21 not found", "Restart the provisioning of this user"),
        ("The member's email address is not allowed for this group.", "adds the domain"),
        ("The member's email address is not allowed for this group.", "or removes all domains"),
        ("401 Unauthorized", "generates a new one"),
        ("401 Unauthorized", "until then SCIM does not work"),
        (r#"{"message":"403 Forbidden"}"#, "In older versions, removing a user fails"),
        (r#"{"message":"403 Forbidden"}"#, "deactivates the SCIM identity with the group's SCIM API"),
        ("You appear to have entered invalid credentials.", "does it have a dot, or any character other"),
        ("Namespace can't be blank, Name can't be blank", "no first or last name"),
        ("Namespace can't be blank, Name can't be blank", "remove the mapping of name.formatted"),
        ("Failed to match an entry in the source and target systems Group 'a'", "This does no harm"),
        (
            "Failed to match an entry in the source and target systems Group 'a'",
            "sign-in page is in the answer",
        ),
        ("Failed to match an entry in the source and target systems Group 'a'", "switch off"),
        ("Error authenticating: null", "needs a public address"),
        ("Error authenticating: null", "Set the firewall to let in Okta's addresses"),
    ] {
        let said = said(pasted);
        let sentences = said.iter().flat_map(|it| it.sentences.iter().map(|sentence| &sentence.text));
        let steps = said.iter().flat_map(|it| it.steps.iter().map(|step| &step.text));
        assert!(sentences.chain(steps).any(|text| text.contains(words)), "{words}: {said:#?}");
    }
}

#[test]
fn a_huge_text_is_read_in_part() {
    let huge = format!("{}User has already been taken", " ".repeat(PASTED));
    assert_eq!(said(&huge), []);
}
