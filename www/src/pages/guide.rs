//! The checks that ask for one thing at a time, in place of the sign-ins or of the group: what is done, the
//! one thing to do now with the orders that help, and the result with the message to send.
//!
//! What is asked for, and when, the core decides (`samlight::guide`). The focus goes to what is asked for now
//! where the element that had it is gone, and a status says it.

use super::instances;
use crate::{
    app::{
        App,
        group::KnownGroup,
        guide::{Check, GuideState},
    },
    base::signals::{each, live, part},
    client::RecorderCommand,
    flow::self_check,
    group,
    parts::{
        controls,
        section::{steps, verdict},
        severity,
    },
};
use js_sys::futures::spawn_local;
use samlight::{
    base::catalogue::Text,
    gitlab::instance::Instance,
    group::{check::GroupView, expected::StandingCount, table::Count},
    guide::{Asked, Guide, Help, Known, Line, LineState, members, sign_in},
    text,
    view::FlowView,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{a, button, div, h2, h3, li, main, ol, p, section, span, ul},
};

/// The check by all that is known, each time that anything of it changes.
fn derived(app: &App, check: Check) -> ReadSignal<Guide> {
    let app = app.clone();
    create_selector(move || {
        let GuideState { named, here, may_see, older, left_out, .. } = app.guide;
        let (named, here, older) = (named.get_clone(), here.get_clone(), older.get_clone());
        let left_out = left_out.get_clone();
        let flow = app.flow.get_clone().filter(|flow| Some(&flow.line.id) != older.as_ref());
        let group = app.group.view();
        let list = app.group.list.view.get_clone();
        let overview = app.overview.get_clone();
        let overview = overview.as_ref();
        let of_sign_in = check == Check::SignIn;
        let known = Known {
            named: named.as_ref(),
            here: here.as_ref(),
            watched: overview.map(|overview| &overview.watched[..]).unwrap_or_default(),
            may_see: may_see.get(),
            is_recording: overview.is_some_and(|overview| overview.recording),
            sign_in: flow.as_deref().filter(|_| of_sign_in),
            group: group.as_deref().filter(|_| !of_sign_in),
            has_field: list.is_some_and(|list| list.holds.name_id.is_some()),
            left_out: &left_out,
        };
        match check {
            Check::SignIn => sign_in::guide(&known),
            Check::Members => members::guide(&known),
        }
    })
}

/// The check.
pub(crate) fn guide(app: &App, check: Check) -> View {
    let guide = derived(app, check);
    follow_access(app, part(guide, |guide| guide.gitlab.clone()));
    let now = part(guide, |guide| guide.now.as_ref().map(|now| now.id));
    let said = part(guide, |guide| match &guide.now {
        Some(now) => {
            let all = guide.lines.len();
            text!("ui.guide.now", place = now.place, all = all, title = now.title).to_string()
        }
        None => text!("ui.guide.result").to_string(),
    });
    let asking = app.clone();
    main()
        .class("guide")
        .attr("aria-labelledby", "guide-heading")
        .children((
            div().class("guide-head").children((
                h2().attr("id", "guide-heading").children(check.question().to_string()),
                order(app, text!("ui.guide.again"), move |app| begin_again(app, check)),
                order(app, text!("ui.guide.close"), move |app| close(app, check)),
            )),
            p().class("unseen").attr("role", "status").children(live(move || said.get_clone())),
            ol().class("guide-lines").children(each(
                part(guide, |guide| guide.lines.clone()),
                |_, line| line.id,
                line,
            )),
            live(move || match now.get() {
                Some(id) => asked(&asking, id, guide),
                None => result(&asking, check),
            }),
        ))
        .into()
}

/// Asks the browser whether the GitLab in question may be seen: now, when another one is in question, and
/// when access was given or taken away.
fn follow_access(app: &App, gitlab: ReadSignal<Option<Instance>>) {
    let app = app.clone();
    on_mount(move || {
        create_effect(move || {
            app.access.track();
            app.sees_any.track();
            let (asked, app) = (gitlab.get_clone(), app.clone());
            app.guide.asked_of.set_silent(asked.clone());
            spawn_local(async move {
                let may_see = match &asked {
                    Some(asked) => app.client.access(asked).await.ok().flatten(),
                    None => None,
                };
                // The check can be closed by now, or about another one.
                if app.guide.asked_of.get_clone_untracked() == asked {
                    app.guide.may_see.set(may_see);
                }
            });
        });
    });
}

fn order(app: &App, words: Text, done: impl Fn(&App) + 'static) -> View {
    let app = app.clone();
    button()
        .r#type("button")
        .class("small")
        .on(events::click, move |_| done(&app))
        .children(words.to_string())
        .into()
}

/// Closes the check; what leads to it again takes the focus.
fn close(app: &App, check: Check) {
    app.guide.open(check, false);
    let document = web_sys::window().and_then(|window| window.document());
    let offer = document.and_then(|document| document.query_selector(".guide-offer").ok().flatten());
    controls::focus_if_lost(offer.map(Into::into));
}

/// Forgets what the person said; the sign-in that is here is an older one from now on.
fn begin_again(app: &App, check: Check) {
    let shown = app.flow.with_untracked(|flow| flow.as_ref().map(|flow| flow.line.id.clone()));
    app.guide.begin_again(shown.filter(|_| check == Check::SignIn));
}

/// One line of the progress: its state is told by a sign and a word.
fn line(line: ReadSignal<Line>) -> View {
    let state = part(line, |line| line.state);
    li().attr("data-ask", line.with_untracked(|line| line.id))
        .attr("data-state", move || state.get().name())
        .attr("aria-current", move || (state.get() == LineState::Now).then_some("step"))
        .children((
            span().class("guide-sign").attr("aria-hidden", "true"),
            span().class("guide-title").children(live(move || line.with(|line| line.title.clone()))),
            span()
                .class("quiet")
                .children(live(move || line.with(|line| line.found.clone().unwrap_or_default()))),
            span().class("unseen").children(live(move || format!(" ({})", state.get().text()))),
        ))
        .into()
}

/// The one thing that is asked for, for as long as it is the same one.
fn asked(app: &App, id: &'static str, guide: ReadSignal<Guide>) -> View {
    let heading = create_node_ref();
    on_mount(move || controls::focus_if_lost(heading.try_get()));
    let of = move |guide: &Guide| guide.now.clone().filter(|now| now.id == id);
    let title = part(guide, move |guide| of(guide).map(|Asked { title, .. }| title).unwrap_or_default());
    let how = part(guide, move |guide| of(guide).map(|Asked { how, .. }| how).unwrap_or_default());
    let helps = part(guide, move |guide| of(guide).map(|Asked { helps, .. }| helps).unwrap_or_default());
    let helping = app.clone();
    section()
        .class("card guide-now")
        .attr("data-ask", id)
        .children((
            h3().attr("tabindex", "-1").r#ref(heading).children(live(move || title.get_clone())),
            steps(how),
            div().class("guide-helps").children(each(
                helps,
                |_, help| key(help),
                move |it| help(&helping, id, it.get_clone()),
            )),
        ))
        .into()
}

fn key(help: &Help) -> String {
    help.label().map_or_else(|| format!("{help:?}"), |label| format!("{}:{label}", label.key()))
}

/// One order that helps.
fn help(app: &App, id: &'static str, help: Help) -> View {
    let words = help.label().map(|label| label.to_string()).unwrap_or_default();
    let app = app.clone();
    let link = |class: &'static str, address: String, words: String| {
        View::from(a().class(class).href(address).target("_blank").rel("noreferrer").children(words))
    };
    match help {
        Help::Open(page) => link("button primary guide-open", page, words),
        Help::Add(instance) => link("guide-add", instances::address(instance.as_ref()), words),
        Help::GiveList => div().class("people").children(group::list_given(&app)).into(),
        Help::NameField => div().class("people").children(group::list_fields(&app)).into(),
        help => {
            let class = if help == Help::LeaveOut { "guide-leave" } else { "primary guide-do" };
            button()
                .r#type("button")
                .class(class)
                .on(events::click, move |_| follow(&app, id, &help))
                .children(words)
                .into()
        }
    }
}

/// Carries out an order; in the handler of a click.
fn follow(app: &App, id: &'static str, help: &Help) {
    match help {
        Help::Take(gitlab) => app.guide.named.set(Some(gitlab.clone())),
        Help::Allow(gitlab) => {
            let (requested, app) = (app.client.request_access(gitlab), app.clone());
            spawn_local(async move {
                match requested.await {
                    Ok(granted) => app.guide.may_see.set(Some(granted)),
                    Err(failure) => app.failure.set(Some(failure)),
                }
            });
        }
        Help::Resume => app.command(RecorderCommand::Resume),
        Help::ReadOn => group::read_on(app),
        Help::LeaveOut => app.guide.left_out.update(|left_out| left_out.push(id)),
        Help::Add(_) | Help::Open(_) | Help::GiveList | Help::NameField => {}
    }
}

fn result(app: &App, check: Check) -> View {
    let heading = create_node_ref();
    on_mount(move || controls::focus_if_lost(heading.try_get()));
    let content = match check {
        Check::SignIn => of_sign_in(app),
        Check::Members => of_members(app),
    };
    section()
        .class("guide-result")
        .attr("data-ask", samlight::guide::RESULT)
        .children((
            h3().attr("tabindex", "-1").r#ref(heading).children(text!("ui.guide.result").to_string()),
            content,
        ))
        .into()
}

/// The verdict, what to do, and the message to whoever can fix it.
fn of_sign_in(app: &App) -> View {
    let of = |flow: &Rc<FlowView>| (flow.verdict.clone(), flow.steps.clone(), flow.for_owner.clone());
    let shown = part(*app.flow, move |flow| flow.as_ref().map(of).unwrap_or_default());
    View::from((
        verdict(part(shown, |shown| shown.0.clone()), View::new()),
        steps(part(shown, |shown| shown.1.clone())),
        self_check::for_owner(app, part(shown, |shown| shown.2.clone())),
        div().class("guide-helps").children((
            order(app, text!("ui.guide.whole"), |app| close(app, Check::SignIn)),
            order(app, text!("ui.guide.another"), |app| {
                let gitlab = app.flow.with_untracked(|flow| flow.as_ref()?.instance.clone());
                begin_again(app, Check::SignIn);
                app.guide.named.set(gitlab);
            }),
        )),
    ))
}

/// The group's counts, each of which leads to its members, and the message.
fn of_members(app: &App) -> View {
    let of = |view: Rc<GroupView>| {
        let of_list = view.list.as_ref().map(|list| list.counts.clone()).unwrap_or_default();
        (view.table.summary.clone(), view.table.counts.clone(), of_list, view.message.clone())
    };
    let shown = part(*app.group.known, move |known| KnownGroup::view(known).map(of).unwrap_or_default());
    let counts = part(shown, |shown| shown.1.clone());
    let of_list = part(shown, |shown| shown.2.clone());
    let choosing = app.clone();
    View::from((
        severity::sentence(part(shown, |shown| shown.0.clone())),
        ul().class("guide-counts").children((
            each(counts, |at, _| at, move |count| one_verdict(&choosing, count)),
            each(of_list, |at, _| at, one_of_list),
        )),
        self_check::for_owner(app, part(shown, |shown| shown.3.clone())),
        div()
            .class("guide-helps")
            .children(order(app, text!("ui.guide.whole-group"), |app| close(app, Check::Members))),
    ))
}

/// The number of members of one verdict; it leads to them.
fn one_verdict(app: &App, count: ReadSignal<Count>) -> View {
    let app = app.clone();
    li().attr("data-severity", move || severity::name(count.with(|count| count.severity)))
        .children(
            button()
                .r#type("button")
                .class("small")
                .on(events::click, move |_| {
                    group::show_verdict(&app, count.with_untracked(|count| count.standing));
                    close(&app, Check::Members);
                })
                .children((
                    severity::icon(move || count.with(|count| count.severity)),
                    span().children(live(move || {
                        count.with(|it| text!("ui.group.count", word = it.word, count = it.count).to_string())
                    })),
                )),
        )
        .into()
}

/// The number of members of whom the list of people tells the same.
fn one_of_list(count: ReadSignal<StandingCount>) -> View {
    li().attr("data-severity", move || severity::name(count.with(|count| count.severity)))
        .children((
            severity::icon(move || count.with(|count| count.severity)),
            span().children(live(move || {
                count.with(|it| text!("ui.group.count", word = it.word, count = it.count).to_string())
            })),
        ))
        .into()
}
