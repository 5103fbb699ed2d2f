//! A person signs in by SAML, and Samlight says whether the NameID is the one that GitLab has stored.

use anyhow::{Context, Result, ensure};
use samlight::{base::severity::Severity, comparison::Verdict, view::FlowView};
use samlight_tests::browser::Browser;
use samlight_tests::installed::Installed;
use samlight_tests::lab::{LabState, LabUser, with_other_case};
use samlight_tests::wait::until;

use crate::stage::{Desk, Stage, VALUES_TAB, show_part};

/// The stored value is the NameID that is sent: the person is in, and Samlight says so. Where no page says
/// GitLab's version, the API is asked for it.
pub(crate) fn matching(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.silent_on_version = true)?;
    let user = state.member().clone();
    desk.sign_in_by_saml(&state, &user)?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    let flow = wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    assert_eq!(flow.verdict.severity, Severity::Good, "{:?}", flow.verdict);
    let outcome = flow.outcome.as_ref().context("no outcome")?;
    assert_eq!(outcome.severity, Severity::Good, "{outcome:?}");
    decoded_in_full(&flow, &user.name_id)?;
    desk.tab.navigate("https://gitlab.com/-/profile/account")?;
    until("the version that the API says", || {
        let events = desk.samlight.events()?;
        let said: Vec<_> = events.iter().filter_map(|event| event["answer"]["version"].as_str()).collect();
        ensure!(said == ["18.9"], "{said:?}");
        Ok(())
    })?;
    only_gitlab_was_granted(&desk)
}

/// Differs in case only.
pub(crate) fn case_only(stage: &Stage, browser: &Browser) -> Result<()> {
    refused(stage, browser, Verdict::CaseOnly, with_other_case)
}

/// Differs in white space only.
pub(crate) fn whitespace_only(stage: &Stage, browser: &Browser) -> Result<()> {
    refused(stage, browser, Verdict::WhitespaceOnly, |stored| format!("{stored} "))
}

/// Something else.
pub(crate) fn different(stage: &Stage, browser: &Browser) -> Result<()> {
    refused(stage, browser, Verdict::Different, |_| format!("somebody-{:08x}", fastrand::u32(..)))
}

/// GitLab refuses what `changed` makes of the stored value; after a password sign-in, GitLab's own page
/// answers what is stored, without an owner's help.
fn refused(
    stage: &Stage,
    browser: &Browser,
    expected: Verdict,
    changed: impl Fn(&str) -> String,
) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = changed(&user.name_id);
    })?;
    let user = state.member().clone();
    desk.sign_in_by_saml(&state, &user)?;
    desk.tab.wait_for_text("There is already a GitLab account associated with this email address")?;
    // Nobody is signed in, so nothing stored can be seen yet; what GitLab did is seen.
    let flow = until("GitLab's refusal", || {
        let flow = desk.samlight.newest()?;
        let outcome = flow.outcome.clone().context("no outcome yet")?;
        ensure!(outcome.text.contains("There is already a GitLab account"), "{outcome:?}");
        Ok(flow)
    })?;
    assert_eq!(flow.verdict.severity, Severity::Error, "{:?}", flow.verdict);
    assert_eq!(flow.comparison.rows[0].verdict, Verdict::Unknown);

    desk.sign_in_by_password(&user)?;
    let flow = wait_for_verdict(&desk.samlight, expected)?;
    assert_eq!(flow.verdict.severity, Severity::Error, "{:?}", flow.verdict);
    let stored = user.saml_extern_uid.as_deref().unwrap_or_default();
    let row = &flow.comparison.rows[0];
    assert_eq!(row.left.value.as_deref(), Some(user.name_id.as_str()));
    assert_eq!(row.right.value.as_deref(), Some(stored));
    ensure!(row.right.seen.contains("/api/v4/user"), "{:?}", row.right);
    ensure!(!flow.steps.is_empty(), "nothing to do about it");
    ensure!(flow.comparison.attribution.contains(&user.username), "{}", flow.comparison.attribution);
    decoded_in_full(&flow, &user.name_id)?;
    the_panel_shows(&desk, &flow, &user)?;
    only_gitlab_was_granted(&desk)
}

/// Two sign-ins to look at: the owner's matches; that of the member, whose NameID differs in case, is
/// refused, and the member then signs in by password.
pub(crate) fn owner_then_member_in_other_case(
    browser: &Browser,
    desk: &Desk,
    state: &LabState,
) -> Result<()> {
    desk.sign_in_by_saml(state, state.owner())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(state, state.member())?;
    desk.sign_in_by_password(state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::CaseOnly).map(drop)
}

/// Waits until the newest sign-in's NameID was compared with this result.
pub(crate) fn wait_for_verdict(samlight: &Installed, expected: Verdict) -> Result<FlowView> {
    until(&format!("the verdict {expected:?}"), || {
        let flow = samlight.newest()?;
        let found = flow.comparison.rows.first().context("nothing was compared yet")?.verdict;
        ensure!(found == expected, "it is {found:?}");
        Ok(flow)
    })
}

/// Both messages are there, decoded, and the exact one equals the pretty one's source.
fn decoded_in_full(flow: &FlowView, name_id: &str) -> Result<()> {
    let [request, response] = flow.messages.as_slice() else {
        anyhow::bail!("not two messages: {:?}", flow.messages.iter().map(|it| &it.name).collect::<Vec<_>>());
    };
    assert_eq!((request.name.as_str(), request.binding.as_str()), ("AuthnRequest", "HTTP-Redirect"));
    assert_eq!((response.name.as_str(), response.binding.as_str()), ("Response", "HTTP-POST"));
    ensure!(request.exact.starts_with("<samlp:AuthnRequest"), "{}", request.exact);
    let said = response.summary.iter().find(|(label, _)| label == "NameID").map(|(_, value)| value.as_str());
    assert_eq!(said, Some(name_id));
    ensure!(response.attributes.iter().any(|it| it.name == "email"), "{:?}", response.attributes);
    let certificate = response.certificates.first().context("no certificate")?;
    assert_eq!((certificate.sha1.len(), certificate.sha256.len()), (20 * 3 - 1, 32 * 3 - 1));
    // White space at an end of the NameID is told where it stands.
    let expected: &[&str] = if name_id.trim() == name_id { &[] } else { &["white-space-in-name-id"] };
    let codes: Vec<&str> = response.flaws.iter().map(|flaw| flaw.code.as_str()).collect();
    ensure!(request.flaws.is_empty() && codes == expected, "{:?} {:?}", request.flaws, response.flaws);
    Ok(())
}

/// The panel, open all the while in another tab, shows it without being asked.
fn the_panel_shows(desk: &Desk, flow: &FlowView, user: &LabUser) -> Result<()> {
    let panel = &desk.samlight.panel;
    panel.wait_for_text(&flow.verdict.text)?;
    panel.wait_for_text(&flow.line.title)?;
    show_part(panel, VALUES_TAB)?;
    panel.wait_for_text(user.saml_extern_uid.as_deref().unwrap_or_default())
}

/// GitLab's origin is all that was granted.
fn only_gitlab_was_granted(desk: &Desk) -> Result<()> {
    let granted =
        desk.samlight.panel.evaluate("chrome.permissions.getAll().then(({ origins }) => origins)")?;
    assert_eq!(granted, serde_json::json!(["https://gitlab.com/*"]));
    Ok(())
}
