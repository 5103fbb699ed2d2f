//! Every malformed form of `tests/malformed`, sent by a browser as a page sends it: as an address, a form or
//! a body. Each is listed with the reading and the flaws that the core's own test expects. Of a form that the
//! browser does not show, GitLab's own address tells that there was a message, and the list says why it is
//! not shown.

use anyhow::{Context, Result, ensure};
use samlight::view::{FlowView, MessageView};
use samlight_tests::browser::{Browser, Kind, Page};
use samlight_tests::installed::Installed;
use samlight_tests::malformed::{Malformed, Part, Reading, Sent, cases, whole};
use samlight_tests::wait::until;
use serde_json::json;

use crate::stage::Stage;

/// All forms in one browser; what is wrong with any is told at the end.
pub(crate) fn each_form(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    desk.tab.navigate("https://gitlab.com/users/sign_in")?;
    let cases = cases()?;
    ensure!(!cases.is_empty(), "there are no forms");
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let one = if is_shown(browser, case) {
                let sent = send(&desk.tab, case, &format!("/anything/{}", case.form));
                sent.and_then(|()| listed(&desk.samlight, case))
            } else {
                let sent = send(&desk.tab, case, "/groups/acme/-/saml/callback");
                sent.and_then(|()| told_as_not_shown(&desk.samlight))
            };
            one.err().map(|error| format!("{} ({}): {error:#}", case.form, case.what))
        })
        .collect();
    ensure!(wrong.is_empty(), "{} of {} forms:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    Ok(())
}

/// Octets of a form that Firefox shows at most.
const FIREFOX_SHOWS: usize = 1024 * 1024;

/// Whether the browser shows extensions what is sent.
fn is_shown(browser: &Browser, case: &Malformed) -> bool {
    let octets = match &case.sent {
        Sent::Form(fields) => fields.iter().map(|(_, value)| whole(value).len()).sum(),
        _ => 0,
    };
    browser.kind() == Kind::Chromium || octets <= FIREFOX_SHOWS
}

/// Waits until the list says that the form could not be shown, and empties it.
fn told_as_not_shown(samlight: &Installed) -> Result<()> {
    until("the reason why the form is not shown", || {
        let flow = samlight.newest()?;
        let absent: Vec<_> = flow.exchanges.iter().flat_map(|exchange| &exchange.absent).collect();
        ensure!(absent.iter().any(|why| why.contains("Firefox shows no form")), "{absent:?}");
        Ok(())
    })?;
    empty(samlight)
}

fn empty(samlight: &Installed) -> Result<()> {
    samlight.clear()?;
    until("an empty list", || {
        let total = samlight.overview()?.total;
        ensure!(total == 0, "{total} sign-ins");
        Ok(())
    })
}

/// Sends a form as a page does that stays where it is.
fn send(tab: &Page, case: &Malformed, address: &str) -> Result<()> {
    let address = json!(address);
    match &case.sent {
        Sent::Query(query) => tab.evaluate(&format!(
            "fetch({address} + '?' + {}).then(({{ status }}) => status)",
            in_page(query)
        )),
        Sent::Form(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("[{}, {}]", json!(name), in_page(value))).collect();
            tab.evaluate(&format!(
                "new Promise(done => {{
                    const frame = Object.assign(document.createElement('iframe'), {{ name: 'answer', hidden: true }});
                    const form = Object.assign(document.createElement('form'),
                        {{ method: 'post', action: {address}, target: 'answer', hidden: true }});
                    for (const [name, value] of [{}])
                        form.append(Object.assign(document.createElement('input'), {{ type: 'hidden', name, value }}));
                    document.querySelector('iframe[name=answer]')?.remove();
                    document.body.append(frame, form);
                    frame.addEventListener('load', () => done(0));
                    form.submit();
                }})",
                fields.join(", ")
            ))
        }
        Sent::Body { content_type, body } => tab.evaluate(&format!(
            "fetch({address}, {{ method: 'POST', body: {}, headers: {{ 'Content-Type': {} }} }})
                .then(({{ status }}) => status)",
            in_page(body),
            json!(content_type)
        )),
    }
    .map(drop)
}

/// A value as an expression: what is long is made in the page.
fn in_page(parts: &[Part]) -> String {
    let text = |part: &Part| match part {
        Part::Text(text) => json!(text).to_string(),
        Part::Repeated { repeat, times } => format!("{}.repeat({times})", json!(repeat)),
    };
    format!("[{}].join('')", parts.iter().map(text).collect::<Vec<_>>().join(", "))
}

/// Waits until the form's messages are listed as expected, and empties the list.
fn listed(samlight: &Installed, case: &Malformed) -> Result<()> {
    let found = until("the messages in the list", || {
        let lines = samlight.overview()?.flows;
        let flows: Vec<FlowView> = lines.iter().map(|line| samlight.flow(&line.id)).collect::<Result<_>>()?;
        // Two messages of one request are two sign-ins, each shown with the whole request.
        let mut requests: Vec<Vec<MessageView>> = flows.into_iter().map(|flow| flow.messages).collect();
        requests.dedup_by_key(|messages| {
            messages.iter().map(|it| (it.name.clone(), it.exact.clone())).collect::<Vec<_>>()
        });
        let messages: Vec<MessageView> = requests.into_iter().flatten().collect();
        ensure!(messages.len() >= case.expected.len(), "{} messages", messages.len());
        Ok(messages)
    });
    let outcome = found.and_then(|found| compare(&found, &case.expected));
    empty(samlight)?;
    outcome
}

/// Whether each message that is expected is shown, and no other.
fn compare(found: &[MessageView], expected: &[Reading]) -> Result<()> {
    let names: Vec<_> = found.iter().map(|message| &message.name).collect();
    ensure!(found.len() == expected.len(), "{names:?}");
    for reading in expected {
        let shown = found.iter().find(|message| is_as_expected(message, reading));
        shown.with_context(|| format!("expected {reading:?}, found {found:?}"))?;
    }
    Ok(())
}

fn is_as_expected(message: &MessageView, reading: &Reading) -> bool {
    let name_id = message.summary.iter().find(|(label, _)| label == "NameID").map(|(_, value)| value);
    // A message without a name is called something in words.
    let is_named = reading.message.as_ref().is_none_or(|name| *name == message.name);
    let has_flaw = |(code, _, start): &(String, _, usize)| {
        let at = format!("(bytes {start} to ");
        message.flaws.iter().any(|flaw| flaw.code == *code && (flaw.text.contains(&at) || *start == 0))
    };
    message.binding == reading.binding
        && is_named
        && name_id == reading.name_id.as_ref()
        && message.flaws.len() == reading.flaws.len()
        && reading.flaws.iter().all(has_flaw)
}
