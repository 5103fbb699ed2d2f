//! One form of a message as text: numbered lines, elements that fold, a search, a part of what is long.
//!
//! Of a long text only a part is in the page: the beginning, then wherever the search leads, or all of it
//! when that is asked for; then it is neither coloured nor numbered, for that many elements would make the
//! page slow. Numbers, signs of folds and marks are none of the text: what is selected and copied is the
//! message.

use super::{octets::MessageForm, unhidden};
use crate::{
    base::{
        keys::{Axis, target},
        signals::live,
        xml_colours::{self, Colour},
        xml_lines::{self, MOST_HITS, Piece},
    },
    parts::controls,
};
use samlight::{base::catalogue::Text, text, view::MessageView};
use std::{collections::BTreeSet, ops::Range, rc::Rc};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, em, input, pre, span},
};
use wasm_bindgen::JsCast;

/// Octets of a form that are put into the page at once.
const ROOM: usize = 48 * 1024;

/// The state of one text. Cheap to copy: all copies are one.
#[derive(Clone, Copy)]
struct Shown {
    form: MessageForm,
    content: ReadSignal<Rc<str>>,
    /// The part that is in the page.
    part: Signal<Range<usize>>,
    /// The places that were found, and the one that is looked at.
    hits: ReadSignal<Rc<Vec<Range<usize>>>>,
    hit: Signal<Option<usize>>,
    /// The first lines, of the part, of what is folded.
    folded: Signal<BTreeSet<usize>>,
    region: NodeRef,
}

/// One form of the message. `wanted` is what is looked for in it, `invisible` whether everything is to be
/// seen.
pub(super) fn one_text(
    message: ReadSignal<MessageView>,
    form: MessageForm,
    invisible: ReadSignal<bool>,
    wanted: Signal<String>,
) -> View {
    let content = create_selector(move || -> Rc<str> { message.with(|message| form.of(message)).into() });
    let part = create_signal(content.with_untracked(|text| xml_lines::part_around(text, 0, ROOM)));
    let hits = create_memo(move || {
        Rc::new(content.with(|content| wanted.with(|wanted| xml_lines::hits(content, wanted))))
    });
    let shown = Shown {
        form,
        content,
        part,
        hits,
        hit: create_signal(None),
        folded: create_signal(BTreeSet::new()),
        region: create_node_ref(),
    };
    create_effect(on(content, move || shown.show_around(0)));
    create_effect(on(hits, move || shown.hit.set(None)));
    let is_cut = create_selector(move || part.with(Range::len) < content.with(|content| content.len()));
    div()
        .class("one-text")
        .children((
            find(shown, wanted),
            pre()
                .attr("tabindex", "0")
                .attr("aria-label", form.label().to_string())
                .attr("role", "group")
                .class("xml")
                .attr("data-form", format!("{form:?}").to_lowercase())
                .r#ref(shown.region)
                .on(events::keydown, move |event| on_fold_key(&event))
                .children(live(move || shown.lines(invisible.get()))),
            live(move || is_cut.get().then(|| rest(shown))),
        ))
        .into()
}

impl Shown {
    /// Puts another part into the page.
    fn show_around(self, place: usize) {
        self.folded.set(BTreeSet::new());
        self.part.set(self.content.with_untracked(|content| xml_lines::part_around(content, place, ROOM)));
    }

    /// Leads to the next hit, or to the one before; round at the ends.
    fn lead(self, is_back: bool) {
        let hits = self.hits.get_clone_untracked();
        let Some(last) = hits.len().checked_sub(1) else { return };
        let at = match (self.hit.get_untracked(), is_back) {
            (None | Some(0), true) => last,
            (Some(at), true) => at - 1,
            (Some(at), false) if at < last => at + 1,
            _ => 0,
        };
        let Some(hit) = hits.get(at) else { return };
        let is_here = self.part.with_untracked(|part| part.start <= hit.start && hit.end <= part.end);
        if !is_here {
            self.show_around(hit.start);
        } else if self.folded.with_untracked(|folded| !folded.is_empty()) {
            self.folded.set(BTreeSet::new());
        }
        self.hit.set(Some(at));
        let region = self.region.try_get().and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        let mark = region.and_then(|region| region.query_selector(".found.now").ok().flatten());
        mark.into_iter().for_each(|mark| mark.scroll_into_view());
    }

    fn lines(self, invisible: bool) -> View {
        let content = self.content.get_clone();
        if content.is_empty() {
            return em().children(text!("ui.form.empty").to_string()).into();
        }
        let part = self.part.get_clone();
        let hits = self.hits.get_clone();
        let text = content.get(part.clone()).unwrap_or(&content);
        let runs = match self.form {
            // It is not XML.
            MessageForm::Received => vec![(Colour::Text, text)],
            _ => xml_colours::runs(text),
        };
        let shown = |piece: &Piece<'_>| self.piece(piece, invisible);
        let lines = xml_lines::lines(runs, part.start, &hits);
        if text.len() > xml_colours::LONGEST {
            return lines.iter().flatten().map(shown).collect::<Vec<_>>().into();
        }
        let folds = match self.form {
            MessageForm::Pretty => xml_lines::folds(text),
            _ => Vec::new(),
        };
        let first = 1 + content.get(..part.start).map_or(0, |before| before.matches('\n').count());
        let folded = self.folded;
        let hidden = create_memo({
            let folds = folds.clone();
            move || hidden(&folds, &folded.get_clone())
        });
        let line = |(at, pieces): (usize, &Vec<Piece<'_>>)| {
            let inside = folds.get(at).copied().filter(|inside| *inside > 0);
            View::from(
                span()
                    .class("line")
                    .attr("data-number", (first + at).to_string())
                    .attr("hidden", move || hidden.with(|lines| lines.contains(&at)).then_some(""))
                    .children((
                        inside.map(|inside| fold(folded, at, inside)),
                        pieces.iter().map(shown).collect::<Vec<_>>(),
                    )),
            )
        };
        lines.iter().enumerate().map(line).collect::<Vec<_>>().into()
    }

    fn piece(self, piece: &Piece<'_>, invisible: bool) -> View {
        let content = match invisible && !is_added(self.form, piece.colour, piece.text) {
            true => unhidden::view(piece.text),
            false => piece.text.to_owned().into(),
        };
        let hit = self.hit;
        let content = match piece.hit {
            None => content,
            Some(at) => span()
                .class(move || if hit.get() == Some(at) { "found now" } else { "found" })
                .children(content)
                .into(),
        };
        match piece.colour.class() {
            None => content,
            Some(class) => span().class(class).children(content).into(),
        }
    }
}

/// The lines that are folded away.
fn hidden(folds: &[usize], folded: &BTreeSet<usize>) -> BTreeSet<usize> {
    let inside = |first: &usize| {
        let lines = folds.get(*first).copied().unwrap_or_default();
        first + 1..first + 1 + lines
    };
    folded.iter().flat_map(inside).collect()
}

/// The button that folds the lines after `at`. It has no text of its own, for that would be in the message.
fn fold(folded: Signal<BTreeSet<usize>>, at: usize, inside: usize) -> View {
    let is_folded = move || folded.with(|folded| folded.contains(&at));
    button()
        .r#type("button")
        .class("fold")
        .attr("tabindex", if at == 0 { "0" } else { "-1" })
        .attr("aria-label", text!("ui.form.fold", lines = inside).to_string())
        .attr("aria-expanded", move || (!is_folded()).to_string())
        .on(events::click, move |_| {
            folded.update(|folded| {
                if !folded.remove(&at) {
                    folded.insert(at);
                }
            });
        })
        .into()
}

/// The arrow keys lead from one fold to another; so the keyboard passes all of them by one press of Tab.
fn on_fold_key(event: &web_sys::KeyboardEvent) {
    let region = event.current_target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let here = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let Some((region, here)) = region.zip(here).filter(|(_, here)| here.class_name() == "fold") else {
        return;
    };
    let Ok(all) = region.query_selector_all(".line:not([hidden]) > .fold") else { return };
    let length = all.length() as usize;
    let one = |at: usize| u32::try_from(at).ok().and_then(|at| all.item(at));
    let at = (0..length).find(|at| one(*at).is_some_and(|it| it.is_same_node(Some(&here))));
    if let Some(to) = target(Axis::Down, &event.key(), at, length) {
        event.prevent_default();
        controls::focus(one(to));
    }
}

/// The search in the text: the words, how many places, and the ways to them.
fn find(shown: Shown, wanted: Signal<String>) -> View {
    let Shown { hits, hit, .. } = shown;
    let nothing = create_selector(move || hits.with(|hits| hits.is_empty()));
    let count = create_selector(move || {
        let all = hits.with(|hits| hits.len());
        match (hit.get(), wanted.with(String::is_empty)) {
            (_, true) => String::new(),
            _ if all == 0 => text!("ui.find.nothing").to_string(),
            (at, _) if all == MOST_HITS => {
                text!("ui.find.many", at = at.map_or(0, |at| at + 1), count = all).to_string()
            }
            (at, _) => text!("ui.find.count", at = at.map_or(0, |at| at + 1), count = all).to_string(),
        }
    });
    let way = |label: Text, sign: &'static str, is_back: bool| {
        button()
            .r#type("button")
            .class("small")
            .attr("aria-label", label.to_string())
            .disabled(nothing)
            .on(events::click, move |_| shown.lead(is_back))
            .children(sign)
    };
    div()
        .class("find")
        .children((
            input()
                .r#type("search")
                .attr("aria-label", text!("ui.find.label", form = shown.form.label()).to_string())
                .placeholder(text!("ui.find.placeholder").to_string())
                .bind(bind::value, wanted)
                .on(events::keydown, move |event: web_sys::KeyboardEvent| match event.key().as_str() {
                    "Enter" => {
                        event.prevent_default();
                        shown.lead(event.shift_key());
                    }
                    "Escape" => {
                        event.prevent_default();
                        wanted.set(String::new());
                    }
                    _ => {}
                }),
            span()
                .class("quiet found-count")
                .attr("role", "status")
                .children(live(move || count.get_clone())),
            way(text!("ui.find.before"), "↑", true),
            way(text!("ui.find.next"), "↓", false),
        ))
        .into()
}

/// The ways to what is not in the page.
fn rest(shown: Shown) -> View {
    let Shown { content, part, .. } = shown;
    let length = create_selector(move || content.with(|content| content.len()));
    let is_later = create_selector(move || part.with(|part| part.start > 0));
    div()
        .class("rest")
        .children((
            live(move || {
                is_later.get().then(|| {
                    View::from(
                        button()
                            .r#type("button")
                            .on(events::click, move |_| shown.show_around(0))
                            .children(text!("ui.form.beginning").to_string()),
                    )
                })
            }),
            button()
                .r#type("button")
                .class("whole")
                .on(events::click, move |_| part.set(0..length.get_untracked()))
                .children(live(move || text!("ui.form.whole", kilobytes = length.get() / 1024).to_string())),
        ))
        .into()
}

/// Whether nothing of `run` need be in the message: white space between elements is added for reading.
fn is_added(form: MessageForm, colour: Colour, run: &str) -> bool {
    form == MessageForm::Pretty && colour == Colour::Text && run.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_between_elements_can_be_added_for_reading() {
        for (form, colour, run, added) in [
            (MessageForm::Pretty, Colour::Text, "\n  ", true),
            (MessageForm::Pretty, Colour::Text, " ada ", false),
            (MessageForm::Pretty, Colour::Punctuation, " ", false),
            (MessageForm::Exact, Colour::Text, "\n  ", false),
            (MessageForm::Received, Colour::Text, " ", false),
        ] {
            assert_eq!(is_added(form, colour, run), added, "{form:?} {colour:?} {run:?}");
        }
    }

    #[test]
    fn a_fold_in_a_fold_hides_each_line_once() {
        let folds = [5, 2, 0, 0, 0, 0, 0];
        assert_eq!(hidden(&folds, &BTreeSet::from([1])), BTreeSet::from([2, 3]));
        assert_eq!(hidden(&folds, &BTreeSet::from([0, 1])), BTreeSet::from([1, 2, 3, 4, 5]));
    }
}
