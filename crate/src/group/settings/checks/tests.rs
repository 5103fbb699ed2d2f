//! Good settings of each provider with one thing changed, for each check that they say something of.

use super::super::tests::{of, taken, words};
use super::*;
use crate::idp::app::tests::{ACS, AUDIENCE, custom_claims, email_mapper, keycloak, okta, onelogin, sourced};
use serde_json::{Value, json};

/// Each check for each provider whose settings say it: one thing changed, one more sentence.
#[test]
fn each_check_fires_alone_and_is_silent_otherwise() {
    let id = "user.getInternalProperty(\"id\")";
    let good = [
        okta("${user.userName}", id),
        keycloak("persistent", true, &json!([email_mapper()])),
        onelogin("id"),
    ];
    for settings in &good {
        let said = words(&taken(&[settings.to_string()]).statements(of()));
        assert!(!said.contains("Error") && !said.contains("Warning"), "{said}");
    }
    let manifest = json!({"appId": "y", "displayName": "GitLab", "identifierUris": [AUDIENCE],
        "web": {"redirectUris": ["https://other.example.com", ACS]}, "tokenEncryptionKeyId": null});
    let policy = custom_claims(&json!([{"attribute": sourced("objectid")}]));
    let [app, client, of_onelogin] = good;
    let claims = "/settings/signOn";
    let cases: Vec<(&Value, String, Value, &str)> = vec![
        (&app, format!("{claims}/ssoAcsUrl"), json!("https://x.example.com"), "Single sign-on URL is"),
        (&app, format!("{claims}/recipient"), json!("https://x.example.com"), "Recipient URL is"),
        (&app, format!("{claims}/destination"), json!(format!("{ACS}/")), "Destination URL is"),
        (&app, format!("{claims}/audience"), json!("https://gitlab.com"), "The app is for"),
        (
            &app,
            format!("{claims}/subjectNameIdFormat"),
            json!("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
            "is transient",
        ),
        (
            &app,
            format!("{claims}/attributeStatements/0/name"),
            json!("Email"),
            "no attribute with the e-mail",
        ),
        (&app, format!("{claims}/assertionEncryption"), json!({"enabled": true}), "encrypts assertions"),
        (&client, "/attributes/saml.encrypt".to_owned(), json!("true"), "encrypts assertions"),
        (&client, "/attributes/saml.server.signature".to_owned(), json!("false"), "is signed"),
        (&client, "/attributes/saml.authnstatement".to_owned(), json!("false"), "AuthnStatement"),
        (&client, "/protocolMappers".to_owned(), json!([]), "no attribute with the e-mail"),
        (&client, "/clientId".to_owned(), json!("https://gitlab.com/groups/other"), "The app is for"),
        (
            &client,
            "/redirectUris/0".to_owned(),
            json!("https://gitlab.com/*"),
            "Assertion Consumer Service POST",
        ),
        (
            &of_onelogin,
            "/parameters/email/include_in_saml_assertion".to_owned(),
            json!(false),
            "no attribute with the e-mail",
        ),
        (&manifest, "/web/redirectUris/1".to_owned(), json!("https://x.example.com"), "Reply URL"),
        (&manifest, "/identifierUris/0".to_owned(), json!("https://x.example.com"), "The app is for"),
        (&manifest, "/tokenEncryptionKeyId".to_owned(), json!("k"), "encrypts assertions"),
        (&policy, "/includeBasicClaimSet".to_owned(), json!(false), "no attribute with the e-mail"),
    ];
    for (settings, path, other, said_so) in cases {
        let errors = |settings: &Value| {
            let said = words(&taken(&[settings.to_string()]).statements(of()));
            said.lines().filter(|line| line.starts_with("Error")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(errors(settings), Vec::<String>::new());
        let mut changed = settings.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        match changed.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[name.parse::<usize>().unwrap()] = other,
            parent => parent[name] = other,
        }
        let found = errors(&changed);
        assert_eq!(found.len(), 1, "{path}: {found:?}");
        assert!(found[0].contains(said_so), "{path}: {found:?}");
    }
    for (text, said_so) in [
        ("Unique User Identifier: \"x\"", "Error: “Unique User Identifier (Name ID)” is \"x\" for everybody"),
        (
            "Unique User Identifier: user.mail",
            "Info: The NameID (“Unique User Identifier (Name ID)”) is user.mail. GitLab's documentation uses user.objectid",
        ),
        (
            "Unique User Identifier: user.objectid [nameid-format:unspecified]",
            "Info: The format of the NameID is unspecified",
        ),
        ("Application username: Okta username", "GitLab's documentation uses user.getInternalProperty"),
        ("NameID value: Email", "GitLab's documentation uses OneLogin ID"),
        ("Name ID: Basic Information > First name", "uses Basic Information > Primary email"),
        (
            "Name ID: Basic Information > Primary email\nName ID format: EMAIL",
            "as GitLab's documentation asks",
        ),
    ] {
        let said = words(&taken(&[text.to_owned()]).statements(of()));
        assert!(said.contains(said_so), "{text}: {said}");
        assert!(!text.contains("EMAIL") || !said.contains("The format"), "{said}");
    }
    // Without a group, addresses are compared with nothing.
    let unknown = For { path: "", ..of() };
    let said =
        words(&taken(&[okta("${user.userName}", id).to_string().replace(ACS, "x")]).statements(unknown));
    assert!(!said.contains("Error"), "{said}");
}
