//! Another sign-in beside the one that is shown: chosen from the list, then what differs in a table.
//!
//! The other one is asked for once, when it is chosen, and follows no changes. What is the same in both is
//! counted, and shown on demand.

use crate::{
    app::App,
    base::{
        latest_call::{LatestCall, ask},
        local_time,
        signals::{each, live, part},
    },
    parts::{field, section::section_of, value::of_runs},
};
use samlight::{
    calls::protocol::{OwnCall, OwnReply},
    text,
    view::{
        FlowLine, FlowView,
        difference::{Difference, differences},
    },
};
use std::{cell::RefCell, rc::Rc};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, em, label, option, p, select, span, table, tbody, td, th, thead, tr},
};

/// The choice of another sign-in, and the table; nothing while there is no message to compare.
pub(super) fn beside(app: &App, flow: ReadSignal<Rc<FlowView>>) -> View {
    let overview = app.overview;
    let id = part(flow, |flow| flow.line.id.clone());
    let others = create_selector(move || {
        let id = id.get_clone();
        overview.with(|overview| {
            let lines = overview.iter().flat_map(|overview| &overview.flows);
            lines.filter(|line| line.id != id).cloned().collect::<Vec<FlowLine>>()
        })
    });
    let other = create_signal(None::<Rc<FlowView>>);
    let is_alone = create_selector(move || others.with(Vec::is_empty) && other.with(Option::is_none));
    let (app, calls) = (app.clone(), Calls::default());
    let choice = move || -> View {
        let (app, calls) = (app.clone(), Rc::clone(&calls));
        label()
            .children((
                span().children(text!("ui.beside.choose").to_string()),
                select()
                    .on(events::change, move |event: web_sys::Event| {
                        choose(&app, &calls, field::value(&event), other);
                    })
                    .children((
                        option().value("").children(text!("ui.beside.none").to_string()),
                        each(others, |_, line| line.id.clone(), one),
                    )),
            ))
            .into()
    };
    let messages = part(flow, |flow| flow.messages.iter().map(|it| it.name.clone()).collect::<Vec<_>>());
    let choice = Rc::new(choice);
    section_of("beside", &text!("ui.beside.heading"), messages, move || {
        let choice = Rc::clone(&choice);
        View::from((
            live(move || match is_alone.get() {
                true => View::from(p().class("quiet").children(text!("ui.beside.alone").to_string())),
                false => choice(),
            }),
            live(move || {
                // The one that was chosen can be the one that is shown by now.
                let other = other.get_clone().filter(|other| id.with(|id| other.line.id != *id));
                other.map(|other| compared(flow, other))
            }),
        ))
    })
}

fn one(line: ReadSignal<FlowLine>) -> View {
    let words = part(line, |line| {
        let time = local_time::at(&line.started);
        let who = line.who.as_ref().unwrap_or(&line.title);
        let at = format!("{} {}", time.day, time.time);
        text!("ui.beside.one", time = at, who = who, verdict = line.verdict.text).to_string()
    });
    option().value(move || line.with(|line| line.id.clone())).children(live(move || words.get_clone())).into()
}

/// The choices that are asked for, by id; an empty one is none.
type Calls = Rc<RefCell<LatestCall<String>>>;

/// Asks for the sign-in that was chosen; of several choices the newest counts.
fn choose(app: &App, calls: &Calls, id: String, other: Signal<Option<Rc<FlowView>>>) {
    let app = app.clone();
    ask(calls, id, move |id| {
        let app = app.clone();
        async move {
            if id.is_empty() {
                return other.set(None);
            }
            let zone = app.zone_of(&id);
            match app.client.call(&OwnCall::Flow { id, zone }).await {
                Ok(OwnReply::Flow(view)) => other.set(view.map(Rc::from)),
                Ok(OwnReply::Refused(failure)) | Err(failure) => app.failure.set(Some(failure)),
                Ok(_) => other.set(None),
            }
        }
    });
}

/// The table of what differs, and the number of values that do not.
fn compared(flow: ReadSignal<Rc<FlowView>>, other: Rc<FlowView>) -> View {
    let all = create_signal(false);
    let rows = create_memo(move || flow.with(|flow| differences(flow, &other)));
    let same = part(rows, |rows| rows.iter().filter(|row| row.is_same).count());
    let shown = create_memo(move || {
        let all = all.get();
        rows.with(|rows| rows.iter().filter(|row| all || !row.is_same).cloned().collect::<Vec<_>>())
    });
    let head = |text: String| View::from(th().scope("col").children(text));
    div()
        .children((
            table().class("differences").children((
                thead().children(tr().children((
                    head(text!("ui.beside.value").to_string()),
                    head(text!("ui.beside.this").to_string()),
                    head(text!("ui.beside.other").to_string()),
                ))),
                live(move || {
                    let rows = shown.get_clone().into_iter().map(row).collect::<Vec<_>>();
                    View::from(tbody().children(rows))
                }),
            )),
            p().class("quiet").children((
                live(move || text!("ui.beside.same", count = same.get()).to_string()),
                " ",
                button()
                    .r#type("button")
                    .class("small")
                    .attr("aria-pressed", move || all.get().to_string())
                    .on(events::click, move |_| all.set(!all.get()))
                    .children(text!("ui.beside.all").to_string()),
            )),
        ))
        .into()
}

fn row(Difference { label, values, is_same }: Difference) -> View {
    let cell = |runs| {
        let content = match runs {
            None => em().children(text!("ui.value.absent").to_string()).into(),
            Some(runs) => of_runs(runs),
        };
        View::from(td().children(content))
    };
    tr().attr("data-same", is_same.to_string())
        .children((th().scope("row").children(label), values.map(cell).into_iter().collect::<Vec<_>>()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{full_flow, sentence, shown};
    use samlight::base::severity::Severity;

    #[test]
    fn two_sign_ins_are_compared_in_a_table_that_leaves_out_what_is_the_same() {
        let mut other = full_flow();
        other.line.verdict = sentence(Severity::Good, "ANOTHER VERDICT");
        let html = shown(|_| compared(*create_signal(Rc::new(full_flow())), Rc::new(other)));
        assert!(html.contains("data-same=\"false\"") && html.contains("Verdict"), "{html}");
        assert!(html.contains("values are the same") && !html.contains("THE ISSUER"), "{html}");
    }
}
