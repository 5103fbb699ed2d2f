//! The commands that change an identity, and what stands against them.

use super::*;
use crate::scim::activation::ACTIVATE;

/// By what is known of the sign-in, and not by the table.
#[test]
fn a_command_that_changes_an_identifier_is_given_towards_the_name_id_of_a_sign_in_alone() {
    let log = [post(0, 201, "stored", "ada@example.com"), post(1, 409, "sent", "ada@example.com")].join("\n");
    let change = "curl --request PATCH";
    let look = "curl --request GET";
    let url = "'https://gitlab.example.com/api/v4/groups/acme/scim/stored'";
    for (name_id, is_given, words) in [
        (None, false, "have no sign-in of this person"),
        (Some("stored"), false, "another identifier than the NameID"),
        (Some("SENT"), false, "another identifier than the NameID"),
        (Some("third"), false, "another identifier than the NameID"),
        (Some("sent"), true, "which is the NameID of the person's last sign-in"),
    ] {
        let sign_in = name_id.map(|it| sign_in(1, "uu", "ada@example.com", it)).unwrap_or_default();
        let told = of(&[&log, &sign_in], "ada@example.com");
        let said = conclusions(&told);
        assert!(said.contains(words), "{name_id:?}: {said}");
        assert_eq!(said.contains(change), is_given, "{name_id:?}: {said}");
        assert!(said.contains(look) && said.contains(url), "{name_id:?}: {said}");
        assert_eq!(said.contains("extern_uid=sent"), is_given, "{name_id:?}: {said}");
    }
    let shared = [
        json!({"extern_uid": "sent", "user_id": 1, "active": true}).to_string(),
        json!({"user_id": 2, "email": "ada@example.com", "scim_extern_uid": "stored"}).to_string(),
    ];
    let told = of(&[&log, &sign_in(1, "uu", "ada@example.com", "sent"), &shared.join("\n")], "stored");
    let said = conclusions(&told);
    assert!(said.contains("Somebody else has this identifier") && !said.contains(change), "{said}");
}

/// By what the files say of the identity, of the sign-in and of the SCIM app's own will.
#[test]
fn an_inactive_identity_is_activated_by_commands_unless_something_stands_against_it() {
    let answer = |id: &str| json!({"extern_uid": id, "user_id": 48, "active": false}).to_string();
    let both = |saml: &str| {
        json!({"user_id": 48, "email": "ada@example.com", "saml_extern_uid": saml, "scim_extern_uid": "a1", "scim_active": false})
            .to_string()
    };
    let off = [post(0, 201, "a1", "ada@example.com"), patch(1, 204, "a1", "active", "False")].join("\n");
    let again = |id: &str| [off.clone(), post(2, 412, id, "ada@example.com")].join("\n");
    let removed =
        [post(0, 201, "a1", "ada@example.com"), line(1, "DELETE", &format!("{USERS}/a1"), 204, json!([]))];
    let refused = [again("a1"), line(3, "DELETE", &format!("{USERS}/a1"), 403, json!([]))].join("\n");
    let disabled =
        entra(9, "a1", "ada@example.com", "success", json!([])).replace("\"update\"", "\"disable\"");
    for (texts, against) in [
        (vec![answer("a1")], None),
        (vec![both("a1")], None),
        (vec![both("A1")], None),
        (vec![both("zz")], Some("identifiers of this person differ")),
        (vec![again("a1")], None),
        (vec![again("A1")], None),
        (vec![again("zz")], Some("sends another identifier")),
        (vec![again("a1"), sign_in(9, "a1", "ada@example.com", "a1")], None),
        (
            vec![again("a1"), sign_in(9, "a1", "ada@example.com", "zz")],
            Some("NameID of the last sign-in is another"),
        ),
        (vec![off.clone()], Some("app itself deactivated")),
        (vec![removed.join("\n")], Some("app itself deactivated")),
        (vec![refused], Some("app itself deactivated")),
        (vec![again("a1"), disabled], Some("app itself deactivated")),
    ] {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let said = conclusions(&of(&texts, "a1"));
        assert!(said.contains("is inactive"), "{texts:?}: {said}");
        assert!(said.contains("curl --request GET --header \"Authorization: Bearer $SCIM_TOKEN\""), "{said}");
        assert!(said.contains("\"$SCIM_ENDPOINT/Users/a1\""), "{texts:?}: {said}");
        let has_log = texts[0].contains("gitlab.example.com");
        let url = "with https://gitlab.example.com/api/scim/v2/groups/acme as SCIM_ENDPOINT";
        assert_eq!(said.contains(url), has_log, "{texts:?}: {said}");
        assert_eq!(said.contains(ACTIVATE), against.is_none(), "{texts:?}: {said}");
        assert!(against.is_none_or(|words| said.contains(words)), "{texts:?}: {said}");
    }
    let active = [again("a1"), post(4, 201, "a1", "ada@example.com")].join("\n");
    let said = conclusions(&of(&[&active], "a1"));
    assert!(!said.contains("is inactive") && !said.contains("SCIM_ENDPOINT"), "{said}");
}
