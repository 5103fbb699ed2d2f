//! The parts of a sign-in as tabs (WAI-ARIA): one press from the list to its messages.
//!
//! A part of which the sign-in has nothing has no tab. The tab that was chosen last stays for the next
//! sign-in that has it, until the page is closed. The keys 1 to 6 lead to a tab from anywhere, unless
//! something is typed.

use crate::{
    app::{App, DetailTab},
    base::{
        keys::{Axis, target},
        signals::part,
    },
    parts::{controls, field},
};
use samlight::{base::catalogue::Text, text, view::FlowView};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div},
};

/// The tabs, in the order of their keys.
const TABS: [DetailTab; 6] = [
    DetailTab::Verdict,
    DetailTab::Values,
    DetailTab::Checks,
    DetailTab::Sequence,
    DetailTab::Messages,
    DetailTab::Http,
];

/// The tabs of one sign-in. Cheap to copy: all copies are one.
#[derive(Clone, Copy)]
pub(super) struct Tabs {
    chosen: Signal<DetailTab>,
    /// Those of which it has something.
    filled: ReadSignal<Vec<DetailTab>>,
    shown: ReadSignal<DetailTab>,
}

impl Tabs {
    pub(super) fn new(app: &App, flow: ReadSignal<Rc<FlowView>>) -> Self {
        let chosen = app.tab;
        let filled = part(flow, |flow| TABS.into_iter().filter(|tab| has(flow, *tab)).collect::<Vec<_>>());
        let shown = create_selector(move || {
            let chosen = chosen.get();
            if filled.with(|filled| filled.contains(&chosen)) { chosen } else { DetailTab::Verdict }
        });
        let tabs = Tabs { chosen, filled, shown };
        on_mount(move || field::on_key(move |key| tabs.by_number(key)));
        tabs
    }

    /// Shows the tab of the key `key`; whether it is one.
    fn by_number(self, key: &str) -> bool {
        let number = key.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let tab = number.and_then(|at| TABS.get(at)).filter(|tab| self.filled.with(|it| it.contains(tab)));
        tab.inspect(|tab| self.chosen.set(**tab)).is_some()
    }

    /// The row of tabs.
    pub(super) fn list(self) -> View {
        let tab = move |tab: DetailTab| {
            let is_shown = move || self.shown.get() == tab;
            let is_empty = create_selector(move || !self.filled.with(|filled| filled.contains(&tab)));
            button()
                .r#type("button")
                .attr("role", "tab")
                .attr("id", id("tab", tab))
                .attr("aria-controls", id("part", tab))
                .attr("aria-selected", move || is_shown().to_string())
                .attr("aria-keyshortcuts", (tab as usize + 1).to_string())
                .attr("tabindex", move || if is_shown() { "0" } else { "-1" })
                .attr("hidden", move || is_empty.get().then_some(""))
                .on(events::click, move |_| self.chosen.set(tab))
                .children(label(tab).to_string())
                .into()
        };
        div()
            .class("tabs detail-tabs")
            .attr("role", "tablist")
            .attr("aria-label", text!("ui.tab.choose").to_string())
            .on(events::keydown, move |event| self.on_arrow(&event))
            .children(TABS.into_iter().map(tab).collect::<Vec<View>>())
            .into()
    }

    /// Whether `tab` is the one that is shown.
    pub(super) fn is_shown(self, tab: DetailTab) -> ReadSignal<bool> {
        create_selector(move || self.shown.get() == tab)
    }

    /// The part of the sign-in that `tab` shows.
    pub(super) fn part(self, tab: DetailTab, content: impl Into<View>) -> View {
        div()
            .class("part")
            .attr("role", "tabpanel")
            .attr("id", id("part", tab))
            .attr("aria-labelledby", id("tab", tab))
            .attr("hidden", move || (self.shown.get() != tab).then_some(""))
            .children(content.into())
            .into()
    }

    fn on_arrow(self, event: &web_sys::KeyboardEvent) {
        let filled = self.filled.get_clone();
        let at = filled.iter().position(|tab| *tab == self.shown.get());
        let to = target(Axis::Across, &event.key(), at, filled.len()).and_then(|to| filled.get(to));
        let Some(to) = to else { return };
        event.prevent_default();
        self.chosen.set(*to);
        controls::focus_selected_tab(event);
    }
}

fn id(of: &str, tab: DetailTab) -> String {
    format!("{of}-{}", tab as usize + 1)
}

fn label(tab: DetailTab) -> Text {
    match tab {
        DetailTab::Verdict => text!("ui.tab.verdict"),
        DetailTab::Values => text!("ui.tab.values"),
        DetailTab::Checks => text!("ui.tab.checks"),
        DetailTab::Sequence => text!("ui.tab.sequence"),
        DetailTab::Messages => text!("ui.tab.messages"),
        DetailTab::Http => text!("ui.tab.http"),
    }
}

/// Whether the sign-in has anything of this part.
fn has(flow: &FlowView, tab: DetailTab) -> bool {
    match tab {
        DetailTab::Verdict => true,
        // Two messages can be compared where nothing that is stored was seen.
        DetailTab::Values => super::comparison::has_rows(&flow.comparison) || !flow.messages.is_empty(),
        DetailTab::Checks => flow.acceptance.is_some() || flow.clock.is_some(),
        DetailTab::Sequence => !flow.sequence.arrows.is_empty(),
        DetailTab::Messages => !flow.messages.is_empty(),
        DetailTab::Http => !flow.exchanges.is_empty(),
    }
}
