//! Responses that GitLab refuses, one for each of its checks (gitlab-facts 4.6): the message on GitLab's page
//! is the one that the panel predicts, and belongs to the check that the panel names. The real omniauth-saml
//! and ruby-saml decide.
//!
//! Left out is what settings decide that no page shows (the size limit, the issuer, the attribute in place of
//! the NameID), and where the message has words of an XML parser, which Samlight does not predict in full:
//! damaged XML, the schema.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use samlight::{acceptance::check_of, base::instant::Timestamp};
use samlight_tests::browser::Browser;
use samlight_tests::draft::{Draft, Edit, KEY_INFO, NAME_ID, Signed, answers};
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

use crate::stage::{CHECKS_TAB, Desk, Stage, keep_picture, show_part};

/// The fault of one Response.
struct Refusal {
    /// The check that it fails.
    check: &'static str,
    /// The SAML that it comes for.
    at: Provider,
    edits: fn() -> Vec<Edit>,
}

#[derive(Clone, Copy)]
enum Provider {
    Group,
    Instance,
}

const fn group(check: &'static str, edits: fn() -> Vec<Edit>) -> Refusal {
    Refusal { check, at: Provider::Group, edits }
}

fn xml(from: &'static str, to: &str) -> Vec<Edit> {
    vec![Edit::Xml(from, to.to_owned())]
}

fn without(start: &'static str, end: &'static str) -> Vec<Edit> {
    vec![Edit::Until(start, end, String::new())]
}

const ENCRYPTED: &str = "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><xenc:CipherData>\
     <xenc:CipherValue>YWJj</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>";
const STATUS: &str = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>";
const DENIED: &str = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode \
     Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></samlp:StatusCode>\
     <samlp:StatusMessage>No such_user</samlp:StatusMessage>";

/// In GitLab's order.
const REFUSALS: &[Refusal] = &[
    group("encrypted-assertion", || {
        let encrypted = format!("<saml:EncryptedAssertion>{ENCRYPTED}</saml:EncryptedAssertion>");
        vec![Edit::Until("<saml:Assertion ", "</samlp:Response>", encrypted)]
    }),
    group("attributes", || {
        let encrypted = format!("<saml:EncryptedAttribute>{ENCRYPTED}</saml:EncryptedAttribute>");
        xml("<saml:AttributeStatement>", &format!("<saml:AttributeStatement>{encrypted}"))
    }),
    group("version", || xml("InResponseTo=\"_q\" Version=\"2.0\"", "InResponseTo=\"_q\" Version=\"1.1\"")),
    group("response-id", || xml("ID=\"_r\"", "")),
    group("status", || xml(STATUS, DENIED)),
    Refusal { check: "status", at: Provider::Instance, edits: || xml(STATUS, DENIED) },
    group("one-assertion", || {
        let other = "<saml:Assertion ID=\"_b\" Version=\"2.0\" IssueInstant=\"2026-03-01T12:00:00Z\"><saml:Issuer>x</saml:Issuer></saml:Assertion>";
        xml("</samlp:Response>", &format!("{other}</samlp:Response>"))
    }),
    group("signed-elements", || xml("{SIGNATURE _a}", "")),
    group("one-conditions", || without("<saml:Conditions ", "<saml:AuthnStatement ")),
    group("validity", || xml("NotBefore=\"2026-03-01T11:59:00Z\"", "NotBefore=\"2026-03-01T13:00:00Z\"")),
    group("validity", || {
        let late = "NotOnOrAfter=\"2026-03-01T11:59:30Z\"><saml:Aud";
        xml("NotOnOrAfter=\"2026-03-01T12:05:00Z\"><saml:Aud", late)
    }),
    group("one-authn-statement", || without("<saml:AuthnStatement ", "<saml:AttributeStatement>")),
    group("audience", || xml("groups/acme</saml:Audience>", "groups/Acme_Two</saml:Audience>")),
    group("destination", || xml("saml/callback\"><saml:Issuer>", "saml/callback/\"><saml:Issuer>")),
    group("session", || {
        xml("SessionIndex=\"_s\"", "SessionIndex=\"_s\" SessionNotOnOrAfter=\"2026-03-01T11:30:00Z\"")
    }),
    group("subject-confirmation", || xml("saml/callback\"/></saml:Sub", "saml/callback/\"/></saml:Sub")),
    group("name-id", || xml(NAME_ID, "")),
    group("signature", || vec![Edit::Sign("key_info", json!(KEY_INFO.replace("CERTIFICATE", "OTHER")))]),
    group("signature", || vec![Edit::After(NAME_ID, "admin".to_owned())]),
    group("signature", || vec![Edit::After("<ds:SignedInfo>", "<ds:SignedInfo> ".to_owned())]),
];

/// All of them in one browser, and one Response that is accepted.
pub(crate) fn as_predicted(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) =
        stage.desk(browser, |state| state.member_mut().saml_extern_uid = Some(NAME_ID.to_owned()))?;
    read_settings(browser, &desk, &state)?;
    let good = Draft::good(Signed::Assertion);
    let now = Timestamp(OffsetDateTime::now_utc().unix_timestamp() * 1_000);
    let mut drafts = vec![sent(&state, good.clone(), Provider::Group, now, "_accepted")];
    for (number, refusal) in REFUSALS.iter().enumerate() {
        let broken = good.clone().with(&(refusal.edits)()).context(refusal.check)?;
        drafts.push(sent(&state, broken, refusal.at, now, &format!("_refused-{number}")));
    }
    let signed = answers(&drafts, Some(&stage.lab.idp_key()))?;
    let (accepted, refused) = signed.split_first().context("nothing was signed")?;

    let mut said = BTreeSet::new();
    let mut wrong = Vec::new();
    for (refusal, response) in REFUSALS.iter().zip(refused) {
        match shows_the_same(&desk, &state, refusal, &response.response) {
            Ok(message) => drop(said.insert(message)),
            Err(error) => wrong.push(format!("{}: {error:#}", refusal.check)),
        }
    }
    ensure!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), REFUSALS.len(), wrong.join("\n"));
    ensure!(said.len() == REFUSALS.len(), "some say the same: {said:#?}");
    keep_picture(&desk.samlight.panel, "refused-by-signature")?;

    desk.post_from_idp(&acs(&state, Provider::Group), &accepted.response)?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    until("the panel to say that it is accepted", || {
        let shown = shown(&desk)?;
        ensure!(shown.verdict == "GitLab accepts this Response." && shown.failed.is_none(), "{shown:?}");
        Ok(())
    })?;
    // Only now: whoever chooses a part is reading, and a newer sign-in no longer takes its place.
    show_part(&desk.samlight.panel, CHECKS_TAB)?;
    keep_picture(&desk.samlight.panel, "accepted").map(drop)
}

/// Opens the owner's settings page: it says what the signature is compared with, and who has the NameID.
fn read_settings(browser: &Browser, desk: &Desk, state: &LabState) -> Result<()> {
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    let member = json!(state.member().id.to_string());
    until("the settings page to be read", || {
        let events = desk.samlight.events()?;
        let is_member =
            |row: &serde_json::Value| row.as_object().is_some_and(|row| row.values().any(|it| *it == member));
        let rows = events.iter().filter_map(|event| event["rows"].as_array()).flatten();
        ensure!(rows.into_iter().any(is_member), "not yet: {events:?}");
        Ok(())
    })?;
    desk.forget_sessions(browser)
}

fn acs(state: &LabState, at: Provider) -> String {
    match at {
        Provider::Group => format!("{}/groups/{}/-/saml/callback", state.gitlab_origin, state.group.path),
        Provider::Instance => format!("{}/users/auth/saml/callback", state.gitlab_origin),
    }
}

fn sent(state: &LabState, draft: Draft, at: Provider, now: Timestamp, id: &str) -> Draft {
    let entity_id = match at {
        Provider::Group => format!("{}/groups/{}", state.gitlab_origin, state.group.path),
        Provider::Instance => state.gitlab_origin.clone(),
    };
    draft.sent(&entity_id, &acs(state, at), now, id)
}

/// GitLab's message for this Response, which the panel shows as well.
fn shows_the_same(desk: &Desk, state: &LabState, refusal: &Refusal, response: &str) -> Result<String> {
    desk.post_from_idp(&acs(state, refusal.at), response)?;
    let message =
        desk.tab.wait_for("document.querySelector('.flash-alert .gl-alert-body')?.innerText.trim()")?;
    let message = message.as_str().context("no message")?.to_owned();
    let check = check_of(&message).with_context(|| format!("{message} belongs to no check"))?;
    ensure!(check.id == refusal.check, "{message} belongs to {}", check.id);
    until("the panel to say the same", || {
        let shown = shown(desk)?;
        let predicted =
            shown.verdict.split_once("It says: ").map(|(_, predicted)| predicted).unwrap_or_default();
        ensure!(
            without_clock(predicted) == without_clock(&message),
            "GitLab says {message}, the panel {shown:?}"
        );
        ensure!(shown.failed.as_deref() == Some(refusal.check), "{shown:?}");
        ensure!(shown.more.iter().any(|line| line.starts_with("GitLab said so: ")), "{shown:?}");
        Ok(())
    })?;
    Ok(message)
}

/// GitLab's checks as the panel shows them.
#[derive(Debug, Deserialize)]
struct Shown {
    /// The words on what GitLab does.
    verdict: String,
    /// The sentences below it.
    more: Vec<String>,
    /// The first check that fails.
    failed: Option<String>,
}

fn shown(desk: &Desk) -> Result<Shown> {
    let shown = desk.samlight.panel.evaluate(
        "(section => section && {
            verdict: section.querySelector('.sentence > span:last-child').innerText,
            more: [...section.querySelectorAll('.sentence + div > p')].map(line => line.innerText),
            failed: section.querySelector('.checks > li[data-severity=error]')?.dataset.check ?? null,
        })(document.querySelector('.acceptance'))",
    )?;
    ensure!(!shown.is_null(), "the panel shows no checks");
    Ok(serde_json::from_value(shown)?)
}

/// A message about the time of validity names GitLab's own time, which nobody else knows to the second.
fn without_clock(message: &str) -> String {
    let Some((before, clock)) = message.split_once("condition (") else { return message.to_owned() };
    let behind = clock.find(['<', '>']).and_then(|at| clock.get(at..));
    format!("{before}condition ({}", behind.unwrap_or(clock))
}
