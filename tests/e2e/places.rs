//! Each page of GitLab tells its part: what "Verify SAML Configuration" read, the settings, the account that
//! would be linked, the account page, an administrator's view of one user, the group's members; in
//! translation, too. What messages and error pages tell of a sign-in's outcome is in `outcomes.rs`.

use anyhow::{Result, ensure};
use samlight::{comparison::Verdict, gitlab::stored::Fact, view::FlowView};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::NOTE;
use samlight_tests::lab::{Generation, LabState, LabUser, name_id_format, with_other_case};
use samlight_tests::wait::until;

use crate::{
    sign_in::wait_for_verdict,
    stage::{Desk, Stage, keep_picture},
};

/// Not that of the lab's certificate.
const OTHER_FINGERPRINT: &str =
    "0A:1B:2C:3D:4E:5F:6A:7B:8C:9D:0E:1F:2A:3B:4C:5D:6E:7F:8A:9B:AC:BD:CE:DF:E0:F1:02:13:24:35:46:57";

/// The owner has GitLab check a Response whose NameID differs in case from the stored one, and whose
/// certificate is another one: what GitLab read, what it complains of and what is stored are put beside each
/// other.
pub(crate) fn verify_output(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.saml_provider.certificate_fingerprint = Some(OTHER_FINGERPRINT.to_owned());
        let owner = &mut state.users[0];
        owner.name_id = with_other_case(&owner.name_id);
        owner.name_id_format = name_id_format::EMAIL_ADDRESS.to_owned();
    })?;
    let owner = state.owner();
    desk.sign_in_by_password(owner)?;
    verify(&desk, &state)?;
    let flow = until("what GitLab found", || {
        let flow = desk.samlight.newest()?;
        let outcome = flow.outcome.as_ref().map(|it| it.text.clone()).unwrap_or_default();
        // Before the page is read it may have found some, or none.
        ensure!(outcome.contains("found errors") && !outcome.contains("one of these"), "{outcome}");
        Ok(flow)
    })?;
    for (read, sent) in
        [(Fact::NameIdRead, owner.name_id.as_str()), (Fact::FormatRead, name_id_format::EMAIL_ADDRESS)]
    {
        assert_eq!(values(&flow, read), (sent, sent), "{read:?}");
    }
    let (_, configured) = values(&flow, Fact::Fingerprint);
    assert_eq!(configured, OTHER_FINGERPRINT);
    note_below(&desk.tab, "#response", "What it means")?;
    // GitLab lists three errors, and each is explained.
    for number in ["1. ", "2. ", "3. "] {
        note_with(&desk.tab, "#response", "What it means", number)?;
    }
    let stored = owner.saml_extern_uid.as_deref().unwrap_or_default();
    note_with(&desk.tab, "#response .form-group", "Differs in case", stored)?;
    show(&desk.tab, "#response", "verify-errors")?;
    // The bar is the members', not the output's, which is made of such a section, too.
    until("the bar in the section of the members", || {
        let bar = "section.row:last-of-type > div > samlight-note";
        let of_members = desk.tab.shadow_texts(&format!("#content-body > {bar}"))?;
        ensure!(of_members.iter().any(|note| note.starts_with("Whole group")), "{of_members:?}");
        let of_output = desk.tab.shadow_texts(&format!("#response > {bar}"))?;
        ensure!(!of_output.iter().any(|note| note.starts_with("Whole group")), "{of_output:?}");
        Ok(())
    })?;

    // The same with everything in order.
    let mut state = state;
    state.saml_provider.certificate_fingerprint = None;
    let owner = &mut state.users[0];
    owner.name_id = with_other_case(&owner.name_id);
    owner.name_id_format = name_id_format::PERSISTENT.to_owned();
    stage.lab.set_state(&state)?;
    verify(&desk, &state)?;
    let flow = until("a Response without errors", || {
        let flow = desk.samlight.newest()?;
        let outcome = flow.outcome.as_ref().map(|it| it.text.clone()).unwrap_or_default();
        ensure!(outcome.contains("Nobody was signed in") && !outcome.contains("errors"), "{outcome}");
        Ok(flow)
    })?;
    assert_eq!(flow.comparison.rows[0].verdict, Verdict::Exact);
    desk.tab.wait_for_text("Valid SAML Response")?;
    note_below(&desk.tab, "#response .form-group", "Match")?;
    show(&desk.tab, "#response", "verify-valid")
}

/// From the settings page to the identity provider and back to the page with the output.
pub(crate) fn verify(desk: &Desk, state: &LabState) -> Result<()> {
    open_settings(desk, state)?;
    desk.tab.click("[data-testid=saml-settings-test-button]")?;
    desk.tab.wait_for("location.hash === '#response' || !!document.querySelector('input[name=username]')")?;
    // The identity provider asks at the first time only.
    if desk.tab.url()?.starts_with("https://idp.example.com") {
        desk.answer_idp(state.owner())?;
    }
    desk.tab.wait_for("location.hash === '#response' && !!document.querySelector('#response')")?;
    Ok(())
}

/// Beside each setting stands whether the messages agree with it.
pub(crate) fn settings_values(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.saml_provider.certificate_fingerprint = Some(OTHER_FINGERPRINT.to_owned());
    })?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("Fingerprint mismatch")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    open_settings(&desk, &state)?;
    for (field, word) in [
        ("assertion_consumer_service_url", "Match"),
        ("issuer", "Match"),
        ("saml_provider_sso_url", "Match"),
        ("saml_provider_certificate_fingerprint", "Different"),
    ] {
        note_below(&desk.tab, &format!(".form-group:has(#{field})"), word)?;
    }
    show(&desk.tab, ".saml-settings", "settings-values")?;
    show(&desk.tab, "#js-saml-settings-form", "settings-form")
}

/// In German: the same notes at the same places.
pub(crate) fn translated_settings(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.generation = Generation::German;
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    open_settings(&desk, &state)?;
    desk.tab.wait_for_text("SCIM-Kennung")?;
    note_below(&desk.tab, ".form-group:has(#issuer)", "Match")?;
    let row = format!("tbody tr:has([data-user-id='{}'])", state.member().id);
    note_below(&desk.tab, &format!("{row} td:nth-child(2)"), "Differs in case")?;
    note_below(&desk.tab, &format!("{row} td:nth-child(3)"), "")?;
    show(&desk.tab, "tbody", "settings-german")
}

/// Signed in and not linked, the landing page says which account "Authorize" would link, and to which NameID.
pub(crate) fn landing_page(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.member_mut().saml_extern_uid = None)?;
    let member = state.member();
    desk.sign_in_by_saml(&state, member)?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(member)?;
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml/sso", state.group.path))?;
    let account = format!("{} ({})", member.username, member.email);
    note_with(&desk.tab, ".gl-alert-warning", "Check the account first", &account)?;
    let sent = format!("the identity provider sent “{}”", member.name_id);
    note_with(&desk.tab, ".gl-alert-warning", "Check the account first", &sent)?;
    keep_picture(&desk.tab, "landing-page")?;
    desk.tab.click("[data-testid=saml-sso-signin-button]")?;
    desk.tab.wait_for("!!document.querySelector('input[name=username]')")?;
    desk.answer_idp(member)?;
    desk.tab.wait_for_text("has been connected to your GitLab account")?;
    until("the link as the outcome", || {
        let flow = desk.samlight.newest()?;
        let outcome = flow.outcome.map(|it| it.text).unwrap_or_default();
        ensure!(outcome.contains("linked this NameID"), "{outcome}");
        Ok(())
    })
}

/// The page on which a sign-in of the whole GitLab is linked says which account it would be, as the landing
/// page does.
pub(crate) fn identity_link(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let member = state.member();
    desk.sign_in_by_password(member)?;
    desk.tab.navigate("https://gitlab.com/-/user_settings/identities/new?state=4711")?;
    let account = format!("{} ({})", member.username, member.email);
    note_with(&desk.tab, ".gl-alert-warning", "Check the account first", &account)?;
    keep_picture(&desk.tab, "identity-link").map(drop)
}

/// The account page says what disconnecting does, before it is done, and what is stored for whom it is.
pub(crate) fn account_page(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    desk.tab.navigate("https://gitlab.com/-/profile/account")?;
    let stored = format!("GitLab has stored “{}” for you", state.member().name_id);
    note_with(&desk.tab, ".gl-flex-wrap", "Before you disconnect", &stored)?;
    keep_picture(&desk.tab, "account-page")?;
    // GitLab's buttons stand in a row that stretches its children: the note has a line of its own.
    let heights = desk.tab.evaluate(
        "(() => {
            const [button, note] = ['a[href$=\"/-/saml/unlink\"]', 'samlight-note'].map(it => document.querySelector(it));
            const size = () => { const { width, height } = button.getBoundingClientRect(); return [width, height]; };
            const [place, beside] = [note.parentElement, size()];
            note.remove();
            const alone = size();
            place.append(note);
            return [alone, beside];
        })()",
    )?;
    ensure!(
        heights[0] == heights[1] && heights[0][1] != 0,
        "width and height without and with it: {heights}"
    );
    desk.tab.click("a[href$='/-/saml/unlink']")?;
    desk.tab.wait_for_text("No group SAML account is connected")?;
    until("no note where nothing can be disconnected", || {
        let notes = desk.tab.shadow_texts(NOTE)?;
        ensure!(notes.is_empty(), "{notes:?}");
        Ok(())
    })
}

/// An administrator sees beside each of a user's identities whether it fits what was sent; today's page.
pub(crate) fn user_identities(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = refused_member(stage, browser, Generation::Current)?;
    // GitLab writes all rows into the table's head.
    ensure!(desk.tab.evaluate("!document.querySelector('tbody')")? == true, "the page has a tbody");
    let rows = "thead tr";
    note_with(&desk.tab, &format!("{rows}:nth-child(2) td:nth-child(4)"), "Different", "next SCIM sync")?;
    note_below(&desk.tab, &format!("{rows}:nth-child(2) td:nth-child(5)"), "Inactive")?;
    let sent = &state.member().name_id;
    note_with(&desk.tab, &format!("{rows}:nth-child(3) td:nth-child(4)"), "Differs in case", sent)?;
    keep_picture(&desk.tab, "user-identities")?;
    let is_known = |event: &serde_json::Value| event["fields"]["version"] == serde_json::json!(["18.9.0"]);
    ensure!(desk.samlight.events()?.iter().any(is_known), "GitLab's version was not read");
    // The values that the administrator saw are compared in the panel, too.
    let flow = wait_for_verdict(&desk.samlight, Verdict::CaseOnly)?;
    let (_, stored) = values(&flow, Fact::SamlExternUid);
    assert_eq!(Some(stored), state.member().saml_extern_uid.as_deref());
    ensure!(flow.comparison.rows[0].right.seen.contains("Admin area"), "{:?}", flow.comparison.rows[0].right);

    let nobody = state.users.iter().find(|user| user.saml_extern_uid.is_none()).map(nothing_stored);
    let nobody = nobody.unwrap_or_else(|| nothing_stored(state.owner()));
    let mut state = state;
    state.users.push(nobody.clone());
    stage.lab.set_state(&state)?;
    desk.tab.navigate(&format!("https://gitlab.com/admin/users/{}/identities", nobody.username))?;
    note_below(&desk.tab, "[data-testid=identities-empty-state]", "No SAML identity")?;
    keep_picture(&desk.tab, "user-identities-none").map(drop)
}

/// The same on the page as GitLab 15 had it, which does not say of which group an identity is.
pub(crate) fn user_identities_older(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = refused_member(stage, browser, Generation::Older)?;
    let sent = &state.member().name_id;
    note_with(&desk.tab, "tbody tr:nth-child(1) td:nth-child(2)", "Differs in case", sent)?;
    keep_picture(&desk.tab, "user-identities-older")?;
    let mut state = state.clone();
    state.member_mut().saml_extern_uid = Some(sent.clone());
    stage.lab.set_state(&state)?;
    desk.tab.navigate(&identities_of(state.member()))?;
    note_below(&desk.tab, "tbody tr:nth-child(1) td:nth-child(2)", "Match")
}

/// A member's sign-in was refused, and an administrator opens the page with this member's identities.
fn refused_member(stage: &Stage, browser: &Browser, generation: Generation) -> Result<(Desk, LabState)> {
    let (desk, state) = stage.desk(browser, |state| {
        state.generation = generation;
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
        user.scim_extern_uid = Some("another-field-4711".to_owned());
        user.scim_active = false;
    })?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&identities_of(state.member()))?;
    Ok((desk, state))
}

fn identities_of(user: &LabUser) -> String {
    format!("https://gitlab.com/admin/users/{}/identities", user.username)
}

fn nothing_stored(user: &LabUser) -> LabUser {
    LabUser {
        id: user.id + 1_000_000,
        username: format!("{}-2", user.username),
        email: format!("2-{}", user.email),
        saml_extern_uid: None,
        scim_extern_uid: None,
        instance_extern_uid: None,
        owner: false,
        ..user.clone()
    }
}

/// The members page: who tried to sign in and is not linked, and whose NameID was seen elsewhere.
pub(crate) fn group_members(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.member_mut().saml_extern_uid = None)?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    desk.forget_sessions(browser)?;
    // The owner's own answer tells the owner's identity.
    desk.sign_in_by_saml(&state, state.owner())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/group_members", state.group.path))?;
    let row = |user: &LabUser| format!("tr:has([data-user-id='{}'])", user.id);
    note_with(&desk.tab, &row(state.member()), "Not stored", &state.member().name_id)?;
    note_below(&desk.tab, &row(state.owner()), "Match")?;
    until("the notes of those who signed in, and no others", || {
        let notes = desk.tab.shadow_texts(&format!("tbody {NOTE}"))?;
        ensure!(notes.len() == 2, "{notes:?}");
        Ok(())
    })?;
    keep_picture(&desk.tab, "group-members").map(drop)
}

/// The values of both sides of the first row that compares something with this fact of GitLab's.
fn values(flow: &FlowView, with: Fact) -> (&str, &str) {
    let label = with.text().to_string();
    let row = flow.comparison.rows.iter().find(|row| row.right.label == label);
    row.map_or(("(no row)", "(no row)"), |row| {
        let [left, right] = [&row.left, &row.right].map(|side| side.value.as_deref().unwrap_or("(nothing)"));
        (left, right)
    })
}

fn open_settings(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml", state.group.path))
}

/// Waits for a note below `place` that begins with `word`.
fn note_below(tab: &Page, place: &str, word: &str) -> Result<()> {
    note_with(tab, place, word, "")
}

/// Waits for a note below `place` that begins with `word` and says `part`.
fn note_with(tab: &Page, place: &str, word: &str, part: &str) -> Result<()> {
    until(&format!("the note {word:?} with {part:?} in {place}"), || {
        let notes = tab.shadow_texts(&format!("{place} {NOTE}"))?;
        ensure!(notes.iter().any(|note| note.starts_with(word) && note.contains(part)), "{notes:?}");
        Ok(())
    })
}

/// A picture with this part of the page in view.
fn show(tab: &Page, selector: &str, name: &str) -> Result<()> {
    tab.evaluate(&format!(
        "document.querySelector({selector:?}).scrollIntoView({{ block: 'start', behavior: 'instant' }})"
    ))?;
    keep_picture(tab, name).map(drop)
}
