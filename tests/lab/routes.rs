//! GitLab's routes beside the sign-in: settings page, members API, metadata, and requests that are not SAML.

use anyhow::Result;
use samlight_tests::lab::{Generation, Lab, LabUser};

use crate::steps::{json, sign_in_with_password};
use crate::visitor::{Form, Visitor};

#[test]
fn the_members_api_answers_its_owner_in_pages() -> Result<()> {
    let lab = Lab::start()?;
    let mut state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let linked: Vec<&LabUser> = state.users.iter().filter(|user| user.saml_extern_uid.is_some()).collect();
    let url = |page: usize| {
        let group = state.group.id;
        format!(
            "https://gitlab.com/api/v4/groups/{group}/members?per_page=10&with_saml_identity=true&page={page}"
        )
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
        assert_eq!(
            header("x-next-page"),
            if number < pages { (number + 1).to_string() } else { String::new() }
        );
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
    assert!(
        page.contains("data-page=\"groups:saml_providers:show\"") && page.contains("data-generation=\"18\"")
    );
    assert_eq!(visitor.get(&settings)?.answer.status, 404);
    let first_page = url(1);
    state.generation = Generation::Older;
    lab.set_state(&state)?;
    assert!(owner.get(&settings)?.html().contains("data-generation=\"older\""));
    assert_eq!(json(&owner.get(&first_page)?)?[0].get("group_scim_identity"), None);
    Ok(())
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
    let metadata = json(&visitor.get("https://gitlab.com/api/v4/metadata")?)?;
    assert_eq!(metadata["version"], "18.9.0", "as the pages say it");
    let emails = json(&visitor.get("https://gitlab.com/api/v4/user/emails")?)?;
    assert_eq!(emails[0]["email"], state.owner().email, "the primary address is among them");
    assert_eq!(
        visitor.get("https://gitlab.com/assets/members.js")?.answer.header("content-type"),
        Some("text/javascript;charset=utf-8")
    );
    assert_eq!(visitor.get("https://gitlab.com/assets/README.md")?.answer.status, 404);

    let home = visitor.get("https://gitlab.com/")?;
    let signed_out = visitor.submit(&home.method_link("sign-out-link")?)?;
    assert_eq!(signed_out.location().as_deref(), Some("https://gitlab.com/users/sign_in"));
    assert_eq!(visitor.get("https://gitlab.com/api/v4/user")?.answer.status, 401);
    assert_eq!(visitor.get("https://gitlab.com/api/v4/metadata")?.answer.status, 401);
    Ok(())
}

#[test]
fn metadata_needs_the_discovery_token() -> Result<()> {
    let lab = Lab::start()?;
    let state = lab.state();
    let mut visitor = Visitor::new(&lab);
    let url = format!("https://gitlab.com/users/auth/group_saml/metadata?group_path={}", state.group.path);
    assert_eq!(visitor.get(&format!("{url}&token=wrong"))?.answer.status, 404);
    let metadata = visitor.get(&format!("{url}&token={}", state.group.saml_discovery_token))?;
    assert_eq!(metadata.answer.status, 200);
    let entity_id = format!("entityID='https://gitlab.com/groups/{}'", state.group.path);
    assert!(metadata.html().contains(&entity_id), "{}", metadata.html());
    Ok(())
}

#[test]
fn an_administrator_sees_a_users_identities_and_members_are_listed_without_them() -> Result<()> {
    let lab = Lab::start()?;
    let mut state = lab.state();
    let member = state.member().clone();
    let (group, stored) = (state.group.path.clone(), member.saml_extern_uid.clone().unwrap_or_default());
    let identities = format!("https://gitlab.com/admin/users/{}/identities", member.username);
    let mut visitor = Visitor::new(&lab);
    sign_in_with_password(&lab, &mut visitor, &member)?;
    assert_eq!(visitor.get(&identities)?.answer.status, 404);

    let mut owner = Visitor::new(&lab);
    sign_in_with_password(&lab, &mut owner, state.owner())?;
    let page = owner.get(&identities)?.html();
    for part in
        ["admin:identities:index", "SCIM", "Group Saml (group_saml)", &format!("<td>\n{stored}\n</td>")]
    {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    let members = owner.get(&format!("https://gitlab.com/groups/{group}/-/group_members"))?.html();
    assert!(members.contains("group_sso") && members.contains(&member.username), "{members}");
    assert!(!members.contains(&stored), "the members page tells no identifier: {members}");

    state.generation = Generation::Older;
    state.member_mut().saml_extern_uid = None;
    lab.set_state(&state)?;
    let page = owner.get(&identities)?.html();
    assert!(page.contains("This user has no identities") && page.contains("New identity"), "{page}");
    Ok(())
}
