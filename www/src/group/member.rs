//! The member who is chosen: the verdict, why, what to do, the values, and what Samlight can help with.

use super::{close_member, open_reactivation, open_repair, receives::receives, tools::of};
use crate::{
    app::App,
    base::signals::{each, live, part},
    parts::{controls, severity, value},
};
use samlight::{
    base::catalogue::Text,
    group::{
        check::RepairAt,
        table::{self, RowView},
    },
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, dd, div, dl, dt, h2, h3, li, p, section, ul},
};

/// A value with its label.
type Labelled = (fn() -> Text, fn(&RowView) -> Option<&str>, About);

/// The remarks on a value.
type About = fn(&RowView) -> Vec<Text>;

const VALUES: [Labelled; 4] = [
    (
        || text!("ui.group.column.name-id"),
        |row| row.name_id.as_deref(),
        |row| row.sent.iter().map(table::Sent::text).collect(),
    ),
    (|| text!("ui.group.column.saml"), |row| row.saml.as_deref(), |_| Vec::new()),
    (
        || text!("ui.group.column.scim"),
        |row| row.scim.as_deref(),
        |row| match row.scim_active {
            None => Vec::new(),
            Some(true) => vec![text!("ui.group.scim.active")],
            Some(false) => vec![text!("ui.group.scim.inactive")],
        },
    ),
    (
        || text!("ui.group.column.email"),
        |row| row.email.as_deref(),
        |row| {
            let confirmed = row.email_confirmed.map(|is| match is {
                true => text!("ui.group.email.confirmed"),
                false => text!("ui.group.email.unconfirmed"),
            });
            let sent = row.email_sent.as_ref().map(|sent| text!("ui.group.email.sent", sent = sent));
            let refused = (row.email_allowed == Some(false)).then(|| text!("ui.group.email.refused"));
            confirmed.into_iter().chain(refused).chain(sent).collect()
        },
    ),
];

/// The member, or that one is to be chosen. `heading` gets the focus when a member is opened.
pub(super) fn member(app: &App, heading: NodeRef) -> View {
    let group = app.group.clone();
    let chosen = create_selector(move || group.chosen());
    let user = part(chosen, |chosen| chosen.as_ref().map(|row| row.id));
    let app = app.clone();
    section()
        .class("member")
        .attr("data-open", move || user.with(Option::is_some).to_string())
        .attr("aria-label", text!("ui.group.member").to_string())
        .children(live(move || match user.get() {
            None => p().class("quiet").children(text!("ui.group.choose").to_string()).into(),
            Some(user) => one(&app, user, chosen, heading),
        }))
        .into()
}

fn one(app: &App, user: u64, chosen: ReadSignal<Option<RowView>>, heading: NodeRef) -> View {
    let Some(mut last) = chosen.get_clone_untracked() else { return View::new() };
    let row = create_selector(move || {
        if let Some(now) = chosen.get_clone().filter(|row| row.id == user) {
            last = now;
        }
        last.clone()
    });
    let closing = app.clone();
    View::from((
        div().class("member-head").children((
            h2().attr("tabindex", "-1")
                .r#ref(heading)
                .children(live(move || row.with(|row| row.label.clone()))),
            button()
                .r#type("button")
                .class("small member-close")
                .on(events::click, move |_| close_member(&closing))
                .children(text!("ui.group.close").to_string()),
        )),
        div()
            .class("verdict")
            .attr("data-severity", move || severity::name(row.with(|row| row.severity)))
            .attr("data-standing", move || row.with(|row| row.standing.place().to_string()))
            .children((
                div().class("badge").children((
                    severity::icon(move || row.with(|row| row.severity)),
                    live(move || row.with(|row| row.word.clone())),
                )),
                p().class("member-why").children(live(move || row.with(|row| row.why.clone()))),
            )),
        h3().children(text!("ui.steps.heading").to_string()),
        p().class("member-repair").children(live(move || row.with(|row| row.repair.clone()))),
        claim(row),
        namesake(row),
        values(app, row),
        View::from((expected(app, row), receives(app, user))),
        history(row),
        actions(app, user, row),
    ))
}

fn values(app: &App, row: ReadSignal<RowView>) -> View {
    let values = VALUES.iter().map(|(label, pick, about)| {
        let about = *about;
        let value = part(row, move |row| pick(row).map(str::to_owned));
        let (app, label) = (app.clone(), label().to_string());
        View::from((
            dt().children(label.clone()),
            dd().children(live(move || match value.get_clone() {
                None => View::from(text!("ui.group.none").to_string()),
                Some(text) => {
                    let copied = text.clone();
                    View::from((
                        value::exact(&text, None),
                        " ",
                        controls::copy_button(&app, &label, move || copied.clone()),
                        remark(row, about),
                    ))
                }
            })),
        ))
    });
    dl().class("values").children(values.collect::<Vec<_>>()).into()
}

/// The remarks on a value, below it.
fn remark(row: ReadSignal<RowView>, about: About) -> View {
    let texts = part(row, move |row| about(row).iter().map(Text::to_string).collect::<Vec<_>>());
    live(move || {
        let text = texts.get_clone().join(" ");
        (!text.is_empty()).then(|| View::from(p().class("quiet").children(text)))
    })
}

/// The things that a list of people tells: what is expected is never among the values that were captured.
fn expected(app: &App, row: ReadSignal<RowView>) -> View {
    let known = part(row, |row| row.expected.clone());
    let app = app.clone();
    live(move || {
        let known = known.get_clone()?;
        let said = known
            .said
            .into_iter()
            .map(|it| View::from(li().children(severity::sentence(*create_signal(it)))));
        let value = known.value.map(|value| {
            let (name, copied) = (text!("ui.group.column.expected").to_string(), value.clone());
            View::from(dl().class("values").children((
                dt().children(name.clone()),
                dd().children((
                    value::exact(&value, None),
                    " ",
                    controls::copy_button(&app, &name, move || copied.clone()),
                    known.ground.map(|ground| View::from(p().class("quiet").children(ground))),
                )),
            )))
        });
        Some(View::from((
            h3().children(text!("ui.list.member").to_string()),
            p().children(known.word),
            value,
            ul().class("member-expected").children(said.collect::<Vec<_>>()),
        )))
    })
}

/// The NameID that a file names and nothing proves.
fn claim(row: ReadSignal<RowView>) -> View {
    let said = part(row, |row| row.claim.clone());
    live(move || said.get_clone().map(|said| severity::sentence(*create_signal(said))))
}

/// That there is another account of this name.
fn namesake(row: ReadSignal<RowView>) -> View {
    let other = part(row, |row| row.namesake.clone());
    live(move || {
        let other = other.get_clone();
        other.map(|other| View::from(p().children(text!("ui.group.namesake", other = other).to_string())))
    })
}

/// The history of the member's identities, from GitLab's audit events.
fn history(row: ReadSignal<RowView>) -> View {
    let lines = part(row, |row| row.history.clone());
    live(move || {
        let lines = lines.get_clone();
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| View::from(li().children(line)));
            View::from((
                h3().children(text!("ui.group.history").to_string()),
                ul().class("member-history").children(lines.collect::<Vec<_>>()),
            ))
        })
    })
}

/// The changes that are possible, and of the others in one line why not.
fn actions(app: &App, user: u64, row: ReadSignal<RowView>) -> View {
    let repairs = of(&app.group, |view| view.repairs.clone());
    let inactive = part(row, |row| row.scim_active == Some(false));
    let (repairing, app) = (app.clone(), app.clone());
    div()
        .class("member-actions")
        .children((
            each(
                repairs,
                |_, repair| repair.identity.segment(),
                move |repair| one_repair(&repairing, user, repair),
            ),
            live(move || {
                let app = app.clone();
                inactive.get().then(|| {
                    View::from(
                        button()
                            .r#type("button")
                            .attr("data-repair", "reactivate")
                            .on(events::click, move |_| {
                                open_reactivation(&app, user, row.with_untracked(|row| row.label.clone()));
                            })
                            .children(text!("ui.group.reactivate").to_string()),
                    )
                })
            }),
        ))
        .into()
}

fn one_repair(app: &App, user: u64, repair: ReadSignal<RepairAt>) -> View {
    let identity = repair.with_untracked(|repair| repair.identity);
    let refused = part(repair, |repair| repair.refused.clone());
    let app = app.clone();
    live(move || {
        let app = app.clone();
        match refused.get_clone() {
            Some(why) => View::from(
                p().class("quiet")
                    .attr("data-refused", identity.segment())
                    .children(text!("ui.group.repair.not", what = identity.text(), why = why).to_string()),
            ),
            None => View::from(
                button()
                    .r#type("button")
                    .attr("data-repair", identity.segment())
                    .on(events::click, move |_| open_repair(&app, user, identity))
                    .children(text!("ui.group.repair", what = identity.text()).to_string()),
            ),
        }
    })
}
