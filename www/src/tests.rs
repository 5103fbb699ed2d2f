//! Tests of what the views show, rendered to text: on a native target the library writes HTML instead of
//! making elements. How they react to keys and changes is tested in a real browser.

use crate::{
    app::{App, DetailTab},
    client::{Client, Heard, InstanceOrder, Later, News, PanelPlace, Reads, RecorderCommand, Unread},
    flow::{self, comparison, decryption, octets},
    list::{self, search},
    pages::{layout::Layout, panel},
    parts::severity,
};
use samlight::{
    base::severity::{Actor, Sentence, Severity, Step},
    calls::protocol::{
        DecryptedReply, ExportCall, ExportedFile, FileReply, OwnCall, OwnReply, StoryCall, StoryReply,
        ToldCall,
    },
    case::acceptance::CheckState,
    comparison::Verdict,
    gitlab::{docs, instance::Instance},
    view::{
        ArrowState, ArrowView, ComparisonRow, ComparisonView, ExchangeView, FindingView, FlowLine, FlowView,
        LegendView, Mark, MessageView, Overview, Participant, Run, Selected, SequenceView, ValueView,
        acceptance::{AcceptanceView, CheckView},
        clock::{ClockView, TimeMark, WindowView},
        encrypted::EncryptedView,
        new_identity::NewIdentity,
        owner_message::OwnerMessage,
        search::Query,
        self_check::{OwnIdentity, SelfCheck},
    },
};
use std::{collections::BTreeSet, rc::Rc};
use sycamore::prelude::*;
use web_sys::File;

/// A client of a page whose background worker is not there.
struct NobodyThere;

fn nobody<T: 'static>() -> Later<T> {
    Box::pin(async { Err("nobody is there".to_owned()) })
}

impl Client for NobodyThere {
    fn records(&self) -> bool {
        true
    }
    fn read(&self, _: &File, _: Heard) -> Reads<FileReply> {
        Box::pin(async { Err(Unread::Stopped) })
    }
    fn story(&self, _: &StoryCall, _: &[File], _: Heard) -> Reads<StoryReply> {
        Box::pin(async { Err(Unread::Stopped) })
    }
    fn list(&self, _: &File, _: Heard) -> Reads<()> {
        Box::pin(async { Err(Unread::Stopped) })
    }
    fn stop_reading(&self) {}
    fn tell(&self, _: &ToldCall) -> Later<()> {
        nobody()
    }
    fn export(&self, _: ExportCall) -> Later<ExportedFile> {
        nobody()
    }
    fn decrypted(&self, _: &str, _: &[u8]) -> Later<DecryptedReply> {
        nobody()
    }
    fn call(&self, _: &OwnCall) -> Later<OwnReply> {
        nobody()
    }
    fn command(&self, _: RecorderCommand) -> Later<()> {
        nobody()
    }
    fn listen(&self, _: Rc<dyn Fn(News)>) {}
    fn access(&self, _: &Instance) -> Later<Option<bool>> {
        nobody()
    }
    fn sees_any(&self) -> Later<Option<bool>> {
        nobody()
    }
    fn request_access(&self, _: &Instance) -> Later<bool> {
        nobody()
    }
    fn order(&self, _: InstanceOrder, _: &Instance) -> Later<()> {
        nobody()
    }
    fn page(&self) -> Later<Option<String>> {
        nobody()
    }
    fn open(&self, _: PanelPlace) -> Later<()> {
        nobody()
    }
}

pub(crate) fn shown(view: impl FnOnce(&App) -> View) -> String {
    sycamore::render_to_string(|| view(&App::new(Rc::new(NobodyThere))))
}

pub(crate) fn sentence(severity: Severity, text: &str) -> Sentence {
    Sentence { severity, text: text.into() }
}

pub(crate) fn line(id: &str) -> FlowLine {
    FlowLine {
        id: id.into(),
        started: "2026-01-01T00:00:00Z".into(),
        time: "00:00:00".into(),
        title: format!("Sign-in {id}"),
        who: Some(format!("Ada-{id}")),
        group: Some("acme".into()),
        host: Some("THE-HOST".into()),
        tab: Some(7),
        verdict: sentence(Severity::Error, "NameID differs"),
        private: false,
        container: None,
        file: None,
    }
}

fn step(text: &str, link: Option<&str>) -> Step {
    Step { text: text.into(), link: link.map(Into::into), by: None }
}

pub(crate) fn run(text: &str, mark: Mark, name: Option<&str>) -> Run {
    Run { text: text.into(), mark, name: name.map(Into::into) }
}

pub(crate) fn message() -> MessageView {
    MessageView {
        name: "Response".into(),
        binding: "HTTP-POST".into(),
        seen: "just now".into(),
        summary: vec![("NameID".into(), "THE NAME".into()), ("Issuer".into(), "THE ISSUER".into())],
        relay_state: Some("THE RELAY STATE".into()),
        attributes: vec![],
        signatures: vec![],
        certificates: vec![],
        encrypted: vec![EncryptedView {
            sentence: sentence(Severity::Neutral, "THE ENCRYPTED PART"),
            rows: vec![],
        }],
        flaws: vec![],
        pretty: "<a>\n  <b/>\n</a>".into(),
        exact: "<a><b/></a>".into(),
        received: "PGE+PGIvPjwvYT4=".into(),
    }
}

fn check(state: CheckState, severity: Severity, text: Option<&str>) -> CheckView {
    CheckView {
        id: format!("{state:?}"),
        title: "THE CHECK".into(),
        state,
        word: format!("{state:?} it did"),
        severity,
        text: text.map(Into::into),
    }
}

pub(crate) fn full_flow() -> FlowView {
    FlowView {
        line: line("f1"),
        instance: None,
        lacks: None,
        verdict: sentence(Severity::Error, "THE VERDICT"),
        outcome: Some(sentence(Severity::Info, "THE OUTCOME")),
        outcomes: vec![],
        acceptance: Some(AcceptanceView {
            verdict: sentence(Severity::Error, "THE ACCEPTANCE"),
            more: vec!["WHAT GITLAB SAID".into()],
            checks: vec![
                check(CheckState::Passed, Severity::Good, None),
                check(CheckState::Failed, Severity::Error, Some("THE REASON")),
            ],
        }),
        steps: vec![step("THE STEP", Some("https://docs.gitlab.com/user/"))],
        self_check: Some(SelfCheck {
            state: sentence(Severity::Neutral, "THE SELF-CHECK"),
            identities: vec![OwnIdentity {
                value: ValueView { label: "SCIM identifier".into(), ..ValueView::default() },
                sentence: sentence(Severity::Warning, "THE OWN IDENTITY"),
            }],
            needed: vec![],
        }),
        new_identity: Some(NewIdentity {
            heading: "THE NEW IDENTITY".into(),
            steps: vec![step("THE PAGE", Some("https://gitlab.example.com/admin/users"))],
            values: vec![("Identifier".into(), "<b>UID</b>".into())],
            commands: vec![("BY THE API".into(), "add 48 'extern_uid=x'".into())],
        }),
        for_owner: Some(OwnerMessage {
            copy: "COPY FOR THE OWNER".into(),
            heading: "Message".into(),
            subject: "It fails".into(),
            text: "THE MESSAGE TO THE OWNER".into(),
        }),
        findings: vec![FindingView {
            diagnosis: "clock".into(),
            sentence: sentence(Severity::Warning, "THE FINDING"),
            at_fault: "the network".into(),
            evidence: vec!["seen there".into()],
            steps: vec![],
        }],
        comparison: ComparisonView {
            attribution: "THE ATTRIBUTION".into(),
            rows: vec![row(vec![run("x", Mark::Plain, None)])],
        },
        sequence: SequenceView {
            participants: ["GitLab", "You", "Identity provider"]
                .map(|name| Participant { name: name.into(), place: None })
                .into(),
            arrows: vec![ArrowView {
                from: 1,
                to: 0,
                time: None,
                since: None,
                pause: Some("THE WAIT".into()),
                http: Some("POST".into()),
                label: "Response".into(),
                place: Some("/THE-PATH".into()),
                note: Some("why".into()),
                state: ArrowState::Failed,
                message: Some(0),
                text: "THE SEQUENCE".into(),
            }],
            legend: vec![LegendView { state: ArrowState::Failed, text: "THE LEGEND".into() }],
            mermaid: "sequenceDiagram".into(),
        },
        clock: Some(ClockView {
            skews: vec![sentence(Severity::Info, "THE SKEW")],
            windows: vec![WindowView {
                label: "Conditions".into(),
                start: 200,
                end: 800,
                ends: (Some("THE START".into()), None),
                lasts: None,
                marks: vec![TimeMark { label: "Now".into(), at: 985 }],
                sentence: sentence(Severity::Good, "THE WINDOW"),
            }],
        }),
        exchanges: vec![ExchangeView {
            time: "00:00:01".into(),
            duration: Some(7),
            method: "GET".into(),
            url: "https://gitlab.com/THE-EXCHANGE".into(),
            status: None,
            location: None,
            role: "a page".into(),
            absent: vec!["not seen yet".into()],
        }],
        messages: vec![message()],
    }
}

pub(crate) fn row(runs: Vec<Run>) -> ComparisonRow {
    let value =
        ValueView { label: "NameID sent".into(), value: Some("x".into()), runs, seen: "there".into() };
    ComparisonRow {
        label: "NameID with stored identifier".into(),
        right: ValueView { value: None, ..value.clone() },
        left: value,
        rule: "byte for byte".into(),
        verdict: Verdict::CaseOnly,
        severity: Severity::Error,
        text: "They differ.".into(),
    }
}

pub(crate) fn show_flow(view: FlowView) -> String {
    shown(|app| flow::flow(app, *create_signal(Rc::new(view)), create_node_ref()))
}

fn show_row(row: ComparisonRow) -> String {
    let comparison = ComparisonView { attribution: String::new(), rows: vec![row] };
    shown(|app| comparison::comparison(app, *create_signal(comparison)))
}

#[test]
fn a_sign_in_is_shown_most_important_first() {
    let html = show_flow(full_flow());
    let order = [
        "THE VERDICT",
        "THE OUTCOME",
        "THE STEP",
        "THE SELF-CHECK",
        "THE OWN IDENTITY",
        "THE MESSAGE TO THE OWNER",
        "THE FINDING",
        "THE ATTRIBUTION",
        "THE ACCEPTANCE",
        "WHAT GITLAB SAID",
        "THE CHECK",
        "THE REASON",
        "THE SEQUENCE",
        "HTTP-POST",
        "THE-EXCHANGE",
    ];
    let places: Vec<_> = order.iter().map(|part| html.find(part)).collect();
    assert!(places.iter().all(Option::is_some), "{places:?} in {html}");
    assert!(places.is_sorted(), "{places:?} in {html}");
}

#[test]
fn each_part_has_a_tab_and_one_of_them_is_shown() {
    let html = show_flow(full_flow());
    for (at, name) in ["Verdict", "Values", "Checks", "Sequence", "Messages", "HTTP"].iter().enumerate() {
        let tab = html.split("role=\"tab\"").nth(at + 1).unwrap_or_default();
        assert!(tab.contains(&format!("aria-controls=\"part-{}\"", at + 1)), "{name}: {tab}");
        assert!(tab.split("</button>").next().is_some_and(|tab| tab.ends_with(name)), "{name}: {tab}");
        let part = html.split("role=\"tabpanel\"").nth(at + 1).unwrap_or_default();
        let part = part.split('>').next().unwrap_or_default();
        assert_eq!(part.contains("hidden"), at > 0, "{name}: {part}");
    }
    let bare = FlowView { messages: vec![], ..full_flow() };
    let html = shown(|app| {
        app.tab.set(DetailTab::Messages);
        flow::flow(app, *create_signal(Rc::new(bare)), create_node_ref())
    });
    let first = html.split("aria-selected=\"").nth(1).unwrap_or_default();
    assert!(first.starts_with("true"), "what it does not have is not shown: {html}");
}

#[test]
fn the_failing_arrow_is_marked_without_colour_and_the_list_says_the_same() {
    let html = show_flow(full_flow());
    assert!(html.contains("class=\"cross\""), "{html}");
    let list = html.split_once("sequence-steps").map(|(_, list)| list).unwrap_or_default();
    for part in ["data-state=\"failed\"", "THE SEQUENCE", "THE WAIT", "/THE-PATH", ">why<"] {
        assert!(list.contains(part), "{part}: {list}");
    }
}

#[test]
fn how_a_check_went_is_said_without_colour() {
    let html = show_flow(full_flow());
    let list = html.split_once("class=\"checks\"").map(|(_, list)| list).unwrap_or_default();
    assert!(list.contains("Passed it did") && list.contains("Failed it did"), "{html}");
    assert_eq!(list.matches("data-check").count(), 2, "{html}");
}

#[test]
fn outcomes_that_nothing_tells_apart_are_a_list_and_one_outcome_is_none() {
    let html = show_flow(FlowView { outcomes: vec!["EITHER".into(), "OR".into()], ..full_flow() });
    assert!(html.contains(">EITHER<") && html.contains(">OR<") && !html.contains("THE OUTCOME"), "{html}");
    let html = show_flow(full_flow());
    assert!(html.contains("THE OUTCOME") && !html.contains("class=\"outcomes\""), "{html}");
}

#[test]
fn empty_parts_have_no_heading() {
    let nothing = FlowView {
        outcome: None,
        acceptance: None,
        steps: vec![],
        self_check: None,
        new_identity: None,
        for_owner: None,
        findings: vec![],
        comparison: ComparisonView::default(),
        sequence: SequenceView::default(),
        exchanges: vec![],
        messages: vec![],
        clock: None,
        ..full_flow()
    };
    assert!(show_flow(full_flow()).contains("<h3"));
    assert!(!show_flow(nothing).contains("<h3"));
}

#[test]
fn hostile_values_stay_text() {
    let hostile = "<img src=x onerror=alert(1)>";
    let mut view = full_flow();
    view.verdict.text = hostile.into();
    view.comparison.rows = vec![row(vec![run(hostile, Mark::Differs, None)])];
    view.exchanges[0].url = hostile.into();
    let html = show_flow(view)
        + &shown(|app| {
            octets::octets(app, *create_signal(MessageView { pretty: hostile.into(), ..message() }))
        });
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("&lt;img"), "{html}");
}

#[test]
fn only_https_links_are_made() {
    let with = |link| {
        let steps = vec![step("Do it.", Some(link))];
        show_flow(FlowView { steps, new_identity: None, ..full_flow() })
    };
    assert!(with("https://docs.gitlab.com/user/").contains("href=\"https://docs.gitlab.com/user/\""));
    for link in ["javascript:alert(1)", "http://docs.gitlab.com/", "data:text/html,x", ""] {
        assert!(!with(link).contains("<a "), "{link}");
    }
}

#[test]
fn marks_are_elements_with_a_name() {
    let html = show_row(row(vec![
        run("A", Mark::Differs, None),
        run("da", Mark::Plain, None),
        run("␣", Mark::Invisible, Some("space")),
    ]));
    assert!(html.contains("<mark class=\"differs\""), "{html}");
    assert!(html.contains("aria-label=\"space\"") && html.contains("title=\"space\""), "{html}");
    assert!(html.contains("data-verdict=\"case-only\""), "{html}");
    assert!(html.contains("none seen"), "the right value is absent: {html}");
}

#[test]
fn a_message_that_could_not_be_decoded_is_shown_as_received() {
    let bare =
        MessageView { pretty: String::new(), exact: String::new(), received: "%%%".into(), ..message() };
    let html = shown(|app| octets::octets(app, *create_signal(bare)));
    assert!(html.contains("data-form=\"received\"") && html.contains("%%%"), "{html}");
}

#[test]
fn only_the_developer_tools_have_a_switch_for_the_inspected_tab() {
    let html = shown(|app| {
        app.inspect(Some(7));
        panel::panel(app, Layout::DevTools)
    });
    assert!(html.contains("aria-pressed=\"true\"") && html.contains("Only this tab"), "{html}");
    assert!(!shown(|app| panel::panel(app, Layout::Tab)).contains("Only this tab"));
}

#[test]
fn dropping_the_filters_keeps_the_tab() {
    let mut query = Query { tab: Some(7), problems: true, text: "x".into(), ..Query::default() };
    search::drop_filters(&mut query);
    assert_eq!(query, Query { tab: Some(7), ..Query::default() });
}

#[test]
fn a_step_says_who_takes_it_and_its_link_what_it_leads_to() {
    let mut view = full_flow();
    let link = Some(docs::TROUBLESHOOTING.to_owned());
    view.steps = vec![Step { text: "Do it.".into(), link, by: Some(Actor::GroupOwner) }];
    let html = show_flow(view);
    assert!(html.contains("Group owner") && html.contains("GitLab docs: Troubleshooting SAML"), "{html}");
}

#[test]
fn the_chosen_sign_in_stays_while_it_exists() {
    let html = shown(|app| {
        let overview = |ids: &[&str]| Overview {
            total: ids.len(),
            found: ids.len(),
            flows: ids.iter().map(|id| line(id)).collect(),
            selected: ids.first().map(|id| Selected { id: (*id).into(), position: Some(0) }),
            ..Overview::default()
        };
        app.overview.set(Some(overview(&["b", "a"])));
        assert_eq!(app.selected().as_deref(), Some("b"), "the newest is followed");
        app.flow.set(Some(Rc::new(FlowView { line: line("b"), ..full_flow() })));
        app.hold();
        app.overview.set(Some(overview(&["c", "b", "a"])));
        assert_eq!(app.selected().as_deref(), Some("b"), "the one that is read stays");
        app.overview.set(Some(overview(&["c"])));
        assert_eq!(app.selected().as_deref(), Some("c"), "it is gone");
        list::list(app, || ())
    });
    assert_eq!(html.matches("role=\"option\"").count(), 1);
    assert!(html.contains("aria-selected=\"true\"") && html.contains("aria-setsize=\"1\""), "{html}");
}

#[test]
fn a_window_of_validity_is_a_picture_with_now_on_it_and_a_sentence() {
    let html = shown(|app| {
        let view = create_signal(Rc::new(full_flow()));
        flow::flow(app, *view, create_node_ref())
    });
    assert!(html.contains("THE SKEW") && html.contains("THE WINDOW"), "{html}");
    assert!(html.contains("role=\"img\"") && html.contains("aria-label=\"Conditions: a bar"), "{html}");
    assert!(
        html.contains("x=\"985\"") && html.contains("text-anchor=\"end\"") && html.contains(">Now<"),
        "{html}"
    );
}

#[test]
fn an_encrypted_part_offers_to_be_opened_with_a_key_that_is_kept_nowhere() {
    let html = shown(|app| decryption::decryption(app, *create_signal(message())));
    assert!(html.contains("THE ENCRYPTED PART") && html.contains("type=\"file\""), "{html}");
    assert!(html.contains("name=\"key\"") && html.contains("autocomplete=\"off\""), "{html}");
    assert!(html.contains("It does not store it, send it"), "{html}");
    let none = shown(|app| {
        decryption::decryption(app, *create_signal(MessageView { encrypted: vec![], ..message() }))
    });
    assert!(!none.contains("type=\"file\""), "{none}");
}

#[test]
fn severities_differ_in_word_and_shape() {
    let all = [Severity::Neutral, Severity::Good, Severity::Info, Severity::Warning, Severity::Error];
    let words: BTreeSet<_> = all.iter().map(|severity| severity::word(*severity).to_string()).collect();
    let icons: BTreeSet<_> =
        all.map(|severity| shown(|_| severity::icon(move || severity))).into_iter().collect();
    assert_eq!((words.len(), icons.len()), (all.len(), all.len()));
}
