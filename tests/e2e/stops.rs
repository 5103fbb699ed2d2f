//! The browser may stop the worker at any moment of a sign-in: before, during and after each event, with the
//! Wasm loaded or not. The trace must equal that of an undisturbed sign-in.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight::view::FlowView;
use samlight_tests::browser::Browser;
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;

use crate::stage::{Desk, Stage};

/// A moment of a sign-in at which the worker is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// On GitLab's sign-on page, before anything is sent.
    BeforeStart,
    /// While GitLab works on the request whose answer carries the AuthnRequest.
    DuringStart,
    /// On the identity provider's page: the AuthnRequest is recorded, the Response not yet sent.
    BeforeResponse,
    /// While GitLab works on the Response: it is recorded, GitLab's answer is not.
    DuringResponse,
    /// GitLab's answer is recorded, the page that follows has not come.
    BeforeNextPage,
    /// While the page that follows asks the API.
    DuringRead,
    /// After all of it.
    AfterAll,
}

const MOMENTS: [Moment; 7] = [
    Moment::BeforeStart,
    Moment::DuringStart,
    Moment::BeforeResponse,
    Moment::DuringResponse,
    Moment::BeforeNextPage,
    Moment::DuringRead,
    Moment::AfterAll,
];

/// The point that the worker had reached when it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    /// It has answered a call: the Wasm is loaded and has replayed the trace.
    WithWasm,
    /// It was stopped just before, too, and woken by no call: the Wasm is not loaded, or is being loaded.
    Waking,
}

pub(crate) fn at_each_point(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let undisturbed = signed_in(stage, browser, &desk, None)?;
    ensure!(undisturbed.contains("Exact") && undisturbed.contains("signed"), "{undisturbed}");
    for worker in [Worker::WithWasm, Worker::Waking] {
        for moment in MOMENTS {
            let trace = signed_in(stage, browser, &desk, Some((moment, worker)))
                .with_context(|| format!("stopped at {moment:?}, {worker:?}"))?;
            assert_eq!(trace, undisturbed, "stopped at {moment:?}, {worker:?}");
        }
    }
    Ok(())
}

/// One sign-in of a linked member with the worker stopped on the way; what the trace then says.
fn signed_in(
    stage: &Stage,
    browser: &Browser,
    desk: &Desk,
    stop: Option<(Moment, Worker)>,
) -> Result<String> {
    desk.forget_sessions(browser)?;
    desk.samlight.clear()?;
    let state = stage.new_identities(|_| {})?;
    let user = state.member().clone();
    let stop_at = |moment: Moment| match stop {
        Some((chosen, worker)) if chosen == moment => stop_worker(desk, worker),
        _ => Ok(()),
    };
    let held = |moment: Moment, path: &str| {
        stop.is_some_and(|(chosen, _)| chosen == moment).then(|| stage.front.hold(path))
    };
    let callback = format!("/groups/{}/-/saml/callback", state.group.path);

    open_sign_on_page(desk, &state)?;
    stop_at(Moment::BeforeStart)?;
    let start = held(Moment::DuringStart, "/users/auth/group_saml");
    desk.tab.click("[data-testid=saml-sso-signin-button]")?;
    if let Some(start) = start {
        start.wait_for_request()?;
        stop_at(Moment::DuringStart)?;
    }
    desk.tab.wait_for("!!document.querySelector('input[name=username]')")?;
    wait_for_events(desk, &["response"])?;
    stop_at(Moment::BeforeResponse)?;

    let response = held(Moment::DuringResponse, &callback);
    let next = held(Moment::BeforeNextPage, &format!("/{}", state.group.path));
    let read = held(Moment::DuringRead, "/api/v4/user");
    desk.answer_idp(&user)?;
    let recorded: [(Moment, _, &[&str]); 3] = [
        (Moment::DuringResponse, response, &["response", "request", "sent"]),
        (Moment::BeforeNextPage, next, &["response", "request", "sent", "response", "request", "sent"]),
        (
            Moment::DuringRead,
            read,
            &["response", "request", "sent", "response", "request", "sent", "response", "completed"],
        ),
    ];
    for (moment, held, events) in recorded {
        if let Some(held) = held {
            held.wait_for_request()?;
            wait_for_events(desk, events)?;
            stop_at(moment)?;
        }
    }
    desk.wait_for_gitlab()?;
    wait_until_compared(desk)?;
    stop_at(Moment::AfterAll)?;
    wait_until_compared(desk).map(|flow| told(&flow, &state))
}

fn open_sign_on_page(desk: &Desk, state: &LabState) -> Result<()> {
    let group = &state.group;
    let token = &group.saml_discovery_token;
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml/sso?token={token}", group.path))?;
    desk.tab.wait_for("!!document.querySelector('[data-testid=saml-sso-signin-button]')")?;
    Ok(())
}

fn stop_worker(desk: &Desk, worker: Worker) -> Result<()> {
    match worker {
        Worker::WithWasm => {
            desk.samlight.overview()?;
            ensure!(desk.samlight.extension.stop_worker()?, "no worker ran");
        }
        Worker::Waking => {
            desk.samlight.extension.stop_worker()?;
            // A message that nobody answers wakes it; it is stopped while it starts.
            desk.samlight
                .panel
                .evaluate("void chrome.runtime.sendMessage({ to: 'nobody' }).catch(() => {})")?;
            until("the worker to start", || {
                ensure!(desk.samlight.extension.worker_runs()?, "it does not run");
                Ok(())
            })?;
            desk.samlight.extension.stop_worker()?;
        }
    }
    Ok(())
}

/// Waits until the store's events of requests begin with these kinds; what pages tell comes in between. An
/// event that the browser has not handed to the worker when it is stopped is lost with it; no extension can
/// see it.
fn wait_for_events(desk: &Desk, kinds: &[&str]) -> Result<()> {
    until("the events so far", || {
        let events = desk.samlight.events()?;
        let found: Vec<_> = events
            .iter()
            .filter_map(|event| event["kind"].as_str())
            .filter(|kind| !["page", "answer"].contains(kind))
            .collect();
        ensure!(found.starts_with(kinds), "recorded: {found:?}");
        Ok(())
    })
}

fn wait_until_compared(desk: &Desk) -> Result<FlowView> {
    until("the sign-in to be compared", || {
        let flow = desk.samlight.newest()?;
        let row = flow.comparison.rows.first().context("nothing was compared")?;
        ensure!(row.verdict == Verdict::Exact, "{:?}", row.verdict);
        ensure!(
            flow.outcome.as_ref().is_some_and(|it| it.text.contains("GitLab says")),
            "{:?}",
            flow.outcome
        );
        Ok(flow)
    })
}

/// The content of the trace, without times and without this run's random values.
fn told(flow: &FlowView, state: &LabState) -> String {
    let exchanges = flow.exchanges.iter().map(|it| {
        (
            &it.method,
            it.url.split('?').next(),
            it.status,
            it.location.as_ref().and_then(|to| to.split('?').next()),
            &it.role,
            &it.absent,
        )
    });
    let messages = flow
        .messages
        .iter()
        .map(|it| (&it.name, &it.binding, it.summary.len(), it.attributes.len(), &it.flaws));
    let rows = flow.comparison.rows.iter().map(|it| (&it.label, it.verdict));
    let told = format!(
        "{} | {:?} | {:?} | {:?} | {:?} | {:?} | {:?}",
        flow.line.title,
        flow.verdict,
        flow.outcome,
        flow.findings,
        exchanges.collect::<Vec<_>>(),
        messages.collect::<Vec<_>>(),
        rows.collect::<Vec<_>>()
    );
    told.replace(&state.group.path, "GROUP")
}
