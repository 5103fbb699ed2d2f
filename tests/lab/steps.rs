//! The steps that the lab's tests take again and again: change the member, sign in, read an answer.

use anyhow::{Context, Result};
use samlight_tests::lab::{Lab, LabState, LabUser};
use serde_json::Value;

use crate::visitor::{Form, Page, Visitor};

/// A lab in which one member was changed before it started.
pub(crate) fn lab_with(change: impl FnOnce(&mut LabUser)) -> Result<Lab> {
    let lab = Lab::start()?;
    change_member(&lab, change)?;
    Ok(lab)
}

pub(crate) fn change_member(lab: &Lab, change: impl FnOnce(&mut LabUser)) -> Result<()> {
    let mut state = lab.state();
    change(state.member_mut());
    lab.set_state(&state)
}

pub(crate) fn sso_url(state: &LabState) -> String {
    format!("{}/groups/{}/-/saml/sso", state.gitlab_origin, state.group.path)
}

pub(crate) fn group_url(state: &LabState) -> String {
    format!("{}/{}", state.gitlab_origin, state.group.path)
}

/// From the form or link that starts a sign-in to the form with which the identity provider sends its
/// Response.
pub(crate) fn saml_response_from(visitor: &mut Visitor, start: &Form, user: &LabUser) -> Result<Form> {
    let to_idp = visitor.submit(start)?;
    let mut page = visitor.follow(to_idp)?;
    // Not again while the session at the identity provider lasts.
    if page.html().contains("name=\"password\"") {
        let form = page.form("method=\"post\"")?;
        let form = form.with("username", &user.username).with("password", &user.idp_password);
        let signed_in = visitor.submit(&form)?;
        page = visitor.follow(signed_in)?;
    }
    page.form("/saml/callback")
}

/// From GitLab's SSO page to the form with the member's Response.
pub(crate) fn saml_response(lab: &Lab, visitor: &mut Visitor) -> Result<Form> {
    let state = lab.state();
    let landing = visitor.get(&sso_url(&state))?;
    saml_response_from(visitor, &landing.method_link("/users/auth/group_saml")?, state.member())
}

/// A whole sign-in of the member; GitLab's answer to the Response.
pub(crate) fn sign_in(lab: &Lab, visitor: &mut Visitor) -> Result<Page> {
    let form = saml_response(lab, visitor)?;
    visitor.submit(&form)
}

pub(crate) fn sign_in_with_password(lab: &Lab, visitor: &mut Visitor, user: &LabUser) -> Result<Page> {
    let page = visitor.get(&format!("{}/users/sign_in", lab.state().gitlab_origin))?;
    let form =
        page.form("new_user")?.with("user[login]", &user.username).with("user[password]", &user.password);
    visitor.submit(&form)
}

pub(crate) fn json(page: &Page) -> Result<Value> {
    serde_json::from_slice(&page.answer.body).with_context(|| format!("{} answered no JSON", page.url))
}
