//! The lab itself, tested: sign-ins through the real identity provider and the real service provider, over plain
//! HTTP and without a browser. Expected answers are those of GitLab's source.

mod visitor;

use std::io::Read;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use samlight_tests::lab::{Generation, Lab, LabState, LabUser, name_id_format, with_other_case};
use serde_json::Value;
use visitor::{Form, Page, Visitor};

/// A lab in which one member was changed before it started.
fn lab_with(change: impl FnOnce(&mut LabUser)) -> Result<Lab> {
    let lab = Lab::start()?;
    change_member(&lab, change)?;
    Ok(lab)
}

fn change_member(lab: &Lab, change: impl FnOnce(&mut LabUser)) -> Result<()> {
    let mut state = lab.state();
    change(state.member_mut());
    lab.set_state(&state)
}

fn sso_url(state: &LabState) -> String {
    format!("{}/groups/{}/-/saml/sso", state.gitlab_origin, state.group.path)
}

fn group_url(state: &LabState) -> String {
    format!("{}/{}", state.gitlab_origin, state.group.path)
}

/// From GitLab's SSO page to the form with which the identity provider sends the member's Response.
fn saml_response(lab: &Lab, visitor: &mut Visitor) -> Result<Form> {
    let state = lab.state();
    let landing = visitor.get(&sso_url(&state))?;
    let start = landing.method_link("/users/auth/group_saml").or_else(|_| landing.form("group_saml"))?;
    let to_idp = visitor.submit(&start)?;
    let page = visitor.follow(to_idp)?;
    let page = if page.html().contains("name=\"password\"") {
        let form = page.form("method=\"post\"")?;
        let form = form.with("username", &state.member().username).with("password", &state.member().idp_password);
        let signed_in = visitor.submit(&form)?;
        visitor.follow(signed_in)?
    } else {
        page
    };
    page.form("/saml/callback")
}

/// A whole sign-in of the member; GitLab's answer to the Response.
fn sign_in(lab: &Lab, visitor: &mut Visitor) -> Result<Page> {
    let form = saml_response(lab, visitor)?;
    visitor.submit(&form)
}

fn sign_in_with_password(lab: &Lab, visitor: &mut Visitor, user: &LabUser) -> Result<Page> {
    let page = visitor.get(&format!("{}/users/sign_in", lab.state().gitlab_origin))?;
    let form = page.form("new_user")?.with("user[login]", &user.username).with("user[password]", &user.password);
    visitor.submit(&form)
}

fn json(page: &Page) -> Result<Value> {
    serde_json::from_slice(&page.answer.body).with_context(|| format!("{} answered no JSON", page.url))
}

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
    assert!(notice.starts_with("There is already a GitLab account associated with this email address."), "{notice}");
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
    flate2::read::DeflateDecoder::new(BASE64.decode(&parameters[0].1)?.as_slice()).read_to_string(&mut xml)?;

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

    // A Response that this session did not ask for does not link.
    let form = saml_response(&lab, &mut visitor)?;
    let unsolicited = saml_response(&lab, &mut visitor)?;
    let refused = visitor.submit(&form)?;
    assert_eq!(refused.location(), Some(sso_url(&lab.state())));
    let page = visitor.follow(refused)?;
    assert_eq!(page.flash("notice").as_deref(), Some("Request to link SAML account must be authorized"));
    assert_eq!(lab.saml_extern_uid(member.id)?, None);

    // The last one asked for links.
    let linked = visitor.submit(&unsolicited)?;
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
    assert!(xml.contains(&format!("Format=\"{}\"", name_id_format::TRANSIENT)) && !xml.contains("x &amp;"), "{xml}");
    Ok(())
}

#[test]
fn the_members_api_answers_its_owner_in_pages() -> Result<()> {
    let lab = Lab::start()?;
    let mut state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let linked: Vec<&LabUser> = state.users.iter().filter(|user| user.saml_extern_uid.is_some()).collect();
    let url = |page: usize| {
        let group = state.group.id;
        format!("https://gitlab.com/api/v4/groups/{group}/members?per_page=10&with_saml_identity=true&page={page}")
    };
    assert_eq!(visitor.get(&url(1))?.answer.status, 401);
    sign_in_with_password(&lab, &mut visitor, state.member())?;
    assert_eq!(visitor.get(&url(1))?.answer.status, 403);

    let mut owner = Visitor::new(&lab);
    sign_in_with_password(&lab, &mut owner, state.owner())?;
    let pages = linked.len().div_ceil(10);
    let mut seen = Vec::new();
    for number in 1..=pages {
        let page = owner.get(&url(number))?;
        let header = |name: &str| page.answer.header(name).unwrap_or("(missing)").to_owned();
        assert_eq!(header("x-page"), number.to_string());
        assert_eq!(header("x-per-page"), "10");
        assert_eq!(header("x-total"), linked.len().to_string());
        assert_eq!(header("x-total-pages"), pages.to_string());
        assert_eq!(header("x-next-page"), if number < pages { (number + 1).to_string() } else { String::new() });
        assert_eq!(header("x-prev-page"), if number > 1 { (number - 1).to_string() } else { String::new() });
        assert!(header("link").contains("rel=\"first\""), "{}", header("link"));
        seen.extend(json(&page)?.as_array().cloned().unwrap_or_default());
    }
    assert_eq!(seen.len(), linked.len());
    for (member, user) in seen.iter().zip(&linked) {
        assert_eq!(member["id"], user.id);
        assert_eq!(member["group_saml_identity"]["extern_uid"].as_str(), user.saml_extern_uid.as_deref());
        assert_eq!(member["group_scim_identity"]["extern_uid"].as_str(), user.scim_extern_uid.as_deref());
    }
    let unknown = owner.get("https://gitlab.com/api/v4/groups/1/members")?;
    assert_eq!(unknown.answer.status, 404);
    assert_eq!(json(&unknown)?["message"], "404 Group Not Found");

    // The settings page, in both generations.
    let settings = format!("https://gitlab.com/groups/{}/-/saml", state.group.path);
    let page = owner.get(&settings)?.html();
    assert!(page.contains("data-page=\"groups:saml_providers:show\"") && page.contains("data-generation=\"18\""));
    assert_eq!(visitor.get(&settings)?.answer.status, 404);
    let first_page = url(1);
    state.generation = Generation::Older;
    lab.set_state(&state)?;
    assert!(owner.get(&settings)?.html().contains("data-generation=\"older\""));
    assert_eq!(json(&owner.get(&first_page)?)?[0].get("group_scim_identity"), None);
    Ok(())
}

#[test]
fn instance_saml_ignores_case() -> Result<()> {
    let lab = lab_with(|member| member.instance_extern_uid = Some(with_other_case(&member.name_id)))?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let page = visitor.get("https://gitlab.com/users/sign_in")?;
    let to_idp = visitor.submit(&page.form("js-omniauth-form")?)?;
    let page = visitor.follow(to_idp)?;
    let form = page.form("method=\"post\"")?;
    let form = form.with("username", &state.member().username).with("password", &state.member().idp_password);
    let signed_in = visitor.submit(&form)?;
    let callback = visitor.submit(&visitor_form(signed_in)?)?;
    assert_eq!(callback.location().as_deref(), Some("https://gitlab.com/"));
    assert_eq!(json(&visitor.get("https://gitlab.com/api/v4/user")?)?["id"], state.member().id);
    Ok(())
}

/// The form of the identity provider's last page.
fn visitor_form(page: Page) -> Result<Form> {
    page.form("/saml/callback")
}

#[test]
fn requests_that_are_not_saml_answer_too() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let wrong = LabUser { password: "wrong".to_owned(), ..state.member().clone() };
    let page = sign_in_with_password(&lab, &mut visitor, &wrong)?;
    assert_eq!(page.flash("alert").as_deref(), Some("Invalid login or password."));
    sign_in_with_password(&lab, &mut visitor, state.owner())?;

    let profile = visitor.get("https://gitlab.com/-/profile")?;
    let saved = visitor.submit(&profile.form("profile-form")?)?;
    assert_eq!(saved.location().as_deref(), Some("https://gitlab.com/-/profile"));
    let csrf_token = profile.csrf_token().unwrap_or_default();
    let post = |path: &str| Form {
        method: "POST".to_owned(),
        action: format!("https://gitlab.com{path}"),
        fields: vec![("authenticity_token".to_owned(), csrf_token.clone())],
    };
    let scim = visitor.submit(&post(&format!("/groups/{}/-/scim_oauth", state.group.path)))?;
    assert!(json(&scim)?["scim_token"].as_str().is_some_and(|token| token.starts_with("glsoat-")));
    let graphql = visitor.submit(&post("/api/graphql"))?;
    assert_eq!(json(&graphql)?["data"]["currentUser"]["username"], state.owner().username);
    assert_eq!(visitor.get("https://gitlab.com/api/v4/projects")?.answer.status, 200);
    assert_eq!(visitor.get("https://gitlab.com/assets/members.js")?.answer.header("content-type"), Some("text/javascript;charset=utf-8"));
    assert_eq!(visitor.get("https://gitlab.com/assets/README.md")?.answer.status, 404);

    let home = visitor.get("https://gitlab.com/")?;
    visitor.submit(&home.method_link("sign-out-link")?)?;
    assert_eq!(visitor.get("https://gitlab.com/api/v4/user")?.answer.status, 401);
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
