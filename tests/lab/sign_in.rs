//! The lab itself, tested: sign-ins through the real identity provider and the real service provider, over
//! plain HTTP and without a browser. Expected answers are those of GitLab's source.

mod change;
mod routes;
mod scim;
mod steps;
mod visitor;

use std::io::Read;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use samlight_tests::lab::{Lab, name_id_format, with_other_case};
use steps::{
    change_member, group_url, json, lab_with, saml_response, saml_response_from, sign_in,
    sign_in_with_password, sso_url,
};
use visitor::{Form, Visitor};

#[test]
fn the_exact_name_id_signs_in() -> Result<()> {
    // A NameID with white space at both ends and letters beyond ASCII comes through as it is.
    let lab = lab_with(|member| {
        member.name_id = format!(" Zoë  {} ", member.name_id);
        member.saml_extern_uid = Some(member.name_id.clone());
        member.scim_extern_uid = Some("other".to_owned());
    })?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let user_url = format!("{}/api/v4/user", state.gitlab_origin);
    let before = visitor.get(&user_url)?;
    assert_eq!(before.answer.status, 401);
    assert_eq!(json(&before)?["message"], "401 Unauthorized");

    let callback = sign_in(&lab, &mut visitor)?;
    assert_eq!(callback.answer.status, 302);
    assert_eq!(callback.location(), Some(group_url(&state)));
    assert!(callback.answer.header("date").is_some());
    let group = visitor.follow(callback)?;
    assert_eq!(group.flash("notice").as_deref(), Some("Signed in with SAML for Acme"));

    let user = json(&visitor.get(&user_url)?)?;
    let member = state.member();
    assert_eq!(user["username"], member.username);
    assert_eq!(
        user["identities"],
        serde_json::json!([{ "provider": "group_saml", "extern_uid": member.name_id,
                             "saml_provider_id": state.saml_provider.id }])
    );
    assert_eq!(
        user["scim_identities"],
        serde_json::json!([{ "extern_uid": "other", "group_id": state.group.id, "active": member.scim_active }])
    );
    Ok(())
}

#[test]
fn a_name_id_that_differs_only_in_case_is_unknown_to_a_group() -> Result<()> {
    let lab = lab_with(|member| member.saml_extern_uid = Some(with_other_case(&member.name_id)))?;
    let mut visitor = Visitor::new(&lab);
    let callback = sign_in(&lab, &mut visitor)?;
    assert_eq!(callback.answer.status, 302);
    assert_eq!(callback.location().as_deref(), Some("https://gitlab.com/users/sign_in"));
    let page = visitor.follow(callback)?;
    let notice = page.flash("notice").unwrap_or_default();
    assert!(
        notice.starts_with("There is already a GitLab account associated with this email address."),
        "{notice}"
    );
    assert_eq!(page.flash("alert"), None);
    // A flash is shown once.
    assert_eq!(visitor.get("https://gitlab.com/users/sign_in")?.flash("notice"), None);
    Ok(())
}

#[test]
fn a_wrong_certificate_is_refused_in_humanised_words() -> Result<()> {
    let lab = Lab::start()?;
    let mut state = lab.state();
    state.saml_provider.certificate_fingerprint = Some(["AB"; 32].join(":"));
    lab.set_state(&state)?;
    let mut visitor = Visitor::new(&lab);
    let callback = sign_in(&lab, &mut visitor)?;
    assert_eq!(callback.location(), Some(sso_url(&state)));
    let page = visitor.follow(callback)?;
    assert_eq!(
        page.flash("alert").as_deref(),
        Some("Unable to sign in to group with SAML: \"Fingerprint mismatch\"")
    );
    // The owner of the group ends on the settings page.
    sign_in_with_password(&lab, &mut visitor, state.owner())?;
    let settings = format!("{}/groups/{}/-/saml", state.gitlab_origin, state.group.path);
    assert_eq!(sign_in(&lab, &mut visitor)?.location(), Some(settings));
    Ok(())
}

#[test]
fn the_request_has_the_shape_that_gitlab_writes() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let landing = visitor.get(&format!("{}?redirect=/dashboard", sso_url(&state)))?;
    let redirect = visitor.submit(&landing.method_link("saml-sso-signin-button")?)?;
    assert_eq!(redirect.answer.status, 302);
    let location = redirect.location().unwrap_or_default();
    let query = location.strip_prefix("https://idp.example.com/simplesaml/saml2/idp/SSOService.php?");
    let parameters: Vec<(&str, String)> = query
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, percent_decoded(value)))
        .collect();
    assert_eq!(parameters[1], ("RelayState", "/dashboard".to_owned()));
    assert_eq!(parameters[0].0, "SAMLRequest");
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(BASE64.decode(&parameters[0].1)?.as_slice())
        .read_to_string(&mut xml)?;

    let group = format!("https://gitlab.com/groups/{}", state.group.path);
    assert!(xml.starts_with("<samlp:AuthnRequest "), "{xml}");
    assert!(!xml.contains('"'), "attributes have single quotes: {xml}");
    for part in [
        &format!("AssertionConsumerServiceURL='{group}/-/saml/callback'"),
        "Destination='https://idp.example.com/simplesaml/saml2/idp/SSOService.php'",
        "Version='2.0'",
        &format!("<saml:Issuer>{group}</saml:Issuer>"),
        "Format='urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    // OmniAuth takes POST only, and not without the CSRF token.
    let start = format!("https://gitlab.com/users/auth/group_saml?group_path={}", state.group.path);
    assert_eq!(visitor.get(&start)?.answer.status, 404);
    let forged = Form { method: "POST".to_owned(), action: start, fields: Vec::new() };
    assert_eq!(visitor.submit(&forged)?.answer.status, 422);
    Ok(())
}

#[test]
fn a_signed_in_user_is_linked_updated_or_refused() -> Result<()> {
    let lab = lab_with(|member| member.saml_extern_uid = None)?;
    let member = lab.state().member().clone();
    let mut visitor = Visitor::new(&lab);
    let home = sign_in_with_password(&lab, &mut visitor, &member)?;
    assert_eq!(home.location().as_deref(), Some("https://gitlab.com/"));
    let landing = visitor.get(&sso_url(&lab.state()))?.html();
    assert!(landing.contains("Authorize") && landing.contains(&member.email), "{landing}");

    // Only a Response to the last request may link.
    let stale = saml_response(&lab, &mut visitor)?;
    let asked_for = saml_response(&lab, &mut visitor)?;
    let refused = visitor.submit(&stale)?;
    assert_eq!(refused.location(), Some(sso_url(&lab.state())));
    let page = visitor.follow(refused)?;
    assert_eq!(page.flash("notice").as_deref(), Some("Request to link SAML account must be authorized"));
    assert_eq!(lab.saml_extern_uid(member.id)?, None);

    let linked = visitor.submit(&asked_for)?;
    assert_eq!(linked.location(), Some(group_url(&lab.state())));
    let page = visitor.follow(linked)?;
    assert_eq!(
        page.flash("notice").as_deref(),
        Some("Your organization's SSO has been connected to your GitLab account")
    );
    assert_eq!(lab.saml_extern_uid(member.id)?, Some(member.name_id.clone()));

    // Another NameID with a verified address is taken over.
    change_member(&lab, |member| {
        member.saml_extern_uid = Some("stale".to_owned());
        member.name_id.push_str("-new");
    })?;
    let updated = sign_in(&lab, &mut visitor)?;
    assert_eq!(updated.location(), Some(group_url(&lab.state())));
    assert_eq!(lab.saml_extern_uid(member.id)?, Some(format!("{}-new", member.name_id)));

    // Without one it is refused.
    change_member(&lab, |member| {
        member.saml_extern_uid = Some("stale".to_owned());
        member.idp_email = Some("somebody.else@example.com".to_owned());
    })?;
    let refused = sign_in(&lab, &mut visitor)?;
    assert_eq!(refused.location().as_deref(), Some("https://gitlab.com/"));
    assert_eq!(
        visitor.follow(refused)?.flash("alert").as_deref(),
        Some(
            "Acme SAML authentication failed: SAML Name ID and email address do not match your user account. \
             Contact an administrator."
        )
    );
    assert_eq!(lab.saml_extern_uid(member.id)?.as_deref(), Some("stale"));

    // The account page shows the link and cuts it.
    let account = visitor.get("https://gitlab.com/-/profile/account")?;
    let unlinked = visitor.submit(&account.method_link("Disconnect SAML for Acme")?)?;
    assert_eq!(unlinked.location().as_deref(), Some("https://gitlab.com/-/profile/account"));
    assert_eq!(lab.saml_extern_uid(member.id)?, None);
    Ok(())
}

#[test]
fn an_unknown_person_needs_an_address() -> Result<()> {
    let lab = lab_with(|member| {
        member.saml_extern_uid = None;
        member.idp_email = None;
    })?;
    let state = lab.state();
    let refused = sign_in(&lab, &mut Visitor::new(&lab))?;
    let token = &state.group.saml_discovery_token;
    assert_eq!(refused.location(), Some(format!("{}?token={token}", sso_url(&state))));

    change_member(&lab, |member| member.idp_email = Some("new.person@example.com".to_owned()))?;
    let mut visitor = Visitor::new(&lab);
    assert_eq!(sign_in(&lab, &mut visitor)?.location(), Some(group_url(&state)));
    let user = json(&visitor.get("https://gitlab.com/api/v4/user")?)?;
    assert_eq!(user["email"], "new.person@example.com");
    assert_eq!(user["identities"][0]["extern_uid"], state.member().name_id);
    Ok(())
}

#[test]
fn the_name_id_has_the_format_of_the_state_and_is_read_anew() -> Result<()> {
    let lab = lab_with(|member| member.name_id_format = name_id_format::EMAIL_ADDRESS.to_owned())?;
    let mut visitor = Visitor::new(&lab);
    let assertion = |visitor: &mut Visitor| -> Result<String> {
        let form = saml_response(&lab, visitor)?;
        Ok(String::from_utf8(BASE64.decode(form.field("SAMLResponse").unwrap_or_default())?)?)
    };
    let name_id = lab.state().member().name_id.clone();
    let xml = assertion(&mut visitor)?;
    assert!(xml.contains(&format!(">{name_id}</saml:NameID>")), "{xml}");
    assert!(xml.contains(&format!("Format=\"{}\"", name_id_format::EMAIL_ADDRESS)), "{xml}");
    assert!(!xml.contains("Name=\"NameID"), "the NameID is no attribute: {xml}");

    // Same session at the identity provider, other NameID.
    change_member(&lab, |member| member.name_id = "x & <y>".to_owned())?;
    assert!(assertion(&mut visitor)?.contains(">x &amp; &lt;y&gt;</saml:NameID>"));

    change_member(&lab, |member| member.name_id_format = name_id_format::TRANSIENT.to_owned())?;
    let xml = assertion(&mut visitor)?;
    assert!(
        xml.contains(&format!("Format=\"{}\"", name_id_format::TRANSIENT)) && !xml.contains("x &amp;"),
        "{xml}"
    );
    Ok(())
}

#[test]
fn instance_saml_ignores_case() -> Result<()> {
    let lab = lab_with(|member| member.instance_extern_uid = Some(with_other_case(&member.name_id)))?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let start = visitor.get("https://gitlab.com/users/sign_in")?.form("js-omniauth-form")?;
    let form = saml_response_from(&mut visitor, &start, state.member())?;
    assert_eq!(form.action, "https://gitlab.com/users/auth/saml/callback");
    assert_eq!(visitor.submit(&form)?.location().as_deref(), Some("https://gitlab.com/"));
    assert_eq!(json(&visitor.get("https://gitlab.com/api/v4/user")?)?["id"], state.member().id);

    // Nobody has this one.
    change_member(&lab, |member| member.instance_extern_uid = None)?;
    let mut stranger = Visitor::new(&lab);
    let start = stranger.get("https://gitlab.com/users/sign_in")?.form("js-omniauth-form")?;
    let form = saml_response_from(&mut stranger, &start, state.member())?;
    let refused = stranger.submit(&form)?;
    assert_eq!(refused.location().as_deref(), Some("https://gitlab.com/users/sign_in"));
    let alert = stranger.follow(refused)?.flash("alert").unwrap_or_default();
    assert!(
        alert.starts_with("Signing in using your SAML account without a pre-existing account"),
        "{alert}"
    );
    Ok(())
}

#[test]
fn relay_state_is_followed_and_verifying_does_not_sign_in() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let landing = visitor.get(&format!("{}?redirect=/-/profile", sso_url(&state)))?;
    let start = landing.method_link("saml-sso-signin-button")?;
    let form = saml_response_from(&mut visitor, &start, state.owner())?;
    let signed_in = visitor.submit(&form)?;
    assert_eq!(signed_in.location().as_deref(), Some("https://gitlab.com/-/profile"));

    let settings = format!("{}/groups/{}/-/saml", state.gitlab_origin, state.group.path);
    let start = visitor.get(&settings)?.method_link("saml-settings-test-button")?;
    let form = saml_response_from(&mut visitor, &start, state.owner())?;
    assert_eq!(form.field("RelayState"), Some("VERIFY_SAML_RESPONSE"));
    assert_eq!(visitor.submit(&form)?.location(), Some(format!("{settings}#response")));
    let mut signed_out = Visitor::new(&lab);
    signed_out.submit(&form)?;
    assert_eq!(signed_out.get("https://gitlab.com/api/v4/user")?.answer.status, 401);
    Ok(())
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                u8::from_str_radix(&String::from_utf8_lossy(&digits), 16).unwrap_or(b'?')
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
