//! Messages that are carried otherwise than as a form: bodies that the browser gives as bytes. And a Response
//! whose connection breaks.

use anyhow::{Context, Result, ensure};
use samlight::{base::severity::Severity, view::ArrowState};
use samlight_tests::browser::Browser;
use samlight_tests::wait::until;
use serde_json::json;

use crate::stage::{Stage, keep_picture};

const SECRET: &str = "hidden-7d1f0c2ab9e4";

/// Each way of sending, to an address where GitLab takes no message; `message` is the message in base64,
/// `secret` must not be kept.
const WAYS: &[(&str, &str)] = &[
    ("form", "{ body: new URLSearchParams({ password: secret, SAMLResponse: message }) }"),
    (
        "plain-text",
        "{ body: `password=${secret}\\r\\nSAMLResponse=${message}\\r\\n`, headers: { 'Content-Type': 'text/plain' } }",
    ),
    (
        "json",
        "{ body: JSON.stringify({ password: secret, in: [{ SAMLResponse: message }] }), headers: { 'Content-Type': 'application/json' } }",
    ),
    (
        "multipart",
        "{ body: Object.entries({ password: secret, SAMLResponse: message }).reduce((form, [name, value]) => (form.append(name, value), form), new FormData()) }",
    ),
    (
        "multipart-with-file",
        "{ body: Object.entries({ upload: new Blob([secret]), password: secret, SAMLResponse: message }).reduce((form, [name, value]) => (form.append(name, value), form), new FormData()) }",
    ),
    (
        "bad-escape",
        "{ body: `password=${secret}&x=%E4&SAMLResponse=${encodeURIComponent(message)}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }",
    ),
];

pub(crate) fn as_bytes(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    desk.tab.navigate("https://gitlab.com/users/sign_in")?;
    // Megabytes that any page can send, and that nearly are a message, hold up nothing of what comes next.
    desk.tab.evaluate(
        "Promise.all(['\\r\\nSAMLart', '\\r\\n--x', '<Body', 'SAMLRespons=&'].map((unit) => fetch('/anything/flood', { \
         method: 'POST', body: '--x\\r\\n' + unit.repeat(5_000_000 / unit.length), headers: { 'Content-Type': 'text/plain' } \
         }).then(({ status }) => status, () => 0)))",
    )?;
    for (number, (way, options)) in WAYS.iter().enumerate() {
        let xml = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_{way}\" Version=\"2.0\"/>"
        );
        desk.tab.evaluate(&format!(
            "((message, secret) => fetch('/anything/{way}', {{ method: 'POST', ...({options}) }}).then(({{ status }}) => status))(btoa({}), {})",
            json!(xml), json!(SECRET)
        )).with_context(|| format!("sending {way}"))?;
        until(&format!("{way} in the list"), || {
            let total = desk.samlight.overview()?.total;
            ensure!(total == number + 1, "{total} messages");
            Ok(())
        })?;
        let flow = desk.samlight.newest()?;
        let message = flow.messages.first().context("no message")?;
        assert_eq!((message.name.as_str(), &message.exact), ("Response", &xml), "{way}");
    }
    // A body without a listed field, and an upload that no field names.
    desk.tab.evaluate(&format!(
        "fetch('/anything/else', {{ method: 'POST', body: JSON.stringify({{ RelayState: {0}, text: 'SAMLResponse=' + {0} }}) }}).then(({{ status }}) => status)",
        json!(SECRET)
    ))?;
    desk.samlight.overview()?;
    let stored = json!(desk.samlight.extension.stored(&desk.samlight.panel)?.session).to_string();
    ensure!(
        !stored.contains(SECRET) && !stored.contains("/anything/else") && !stored.contains("/anything/flood"),
        "kept: {stored}"
    );
    Ok(())
}

pub(crate) fn broken_connection(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    desk.go_to_idp(&state)?;
    stage.front.break_at(Some(&format!("/groups/{}/-/saml/callback", state.group.path)));
    let answered = desk.answer_idp(state.member());
    let flow = until("the broken connection", || {
        let flow = desk.samlight.newest()?;
        ensure!(flow.verdict.text.contains("did not answer the Response"), "{:?}", flow.verdict);
        Ok(flow)
    });
    stage.front.break_at(None);
    answered?;
    let flow = flow?;
    assert_eq!(flow.verdict.severity, Severity::Error);
    let outcome = flow.outcome.as_ref().context("no outcome")?;
    ensure!(outcome.text.contains("is not known"), "{outcome:?}");
    let failed: Vec<_> = flow.sequence.arrows.iter().filter(|it| it.state == ArrowState::Failed).collect();
    let [arrow] = failed.as_slice() else { anyhow::bail!("failed arrows: {failed:?}") };
    assert_eq!((arrow.label.as_str(), arrow.from, arrow.to), ("Response", 1, 0));
    let exchange = flow.exchanges.last().context("no exchange")?;
    ensure!(exchange.absent.iter().any(|it| it == "There was no response."), "{:?}", exchange.absent);
    desk.samlight.panel.wait_for_text("did not answer the Response")?;
    keep_picture(&desk.samlight.panel, "broken-connection").map(drop)
}
