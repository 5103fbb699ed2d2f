//! The columns of the identity provider's list of people: which are used for what, to be corrected by the
//! person, and all of them with examples.
//!
//! Leaves out the list itself: `people.rs`.

use super::people::change;
use crate::{
    app::App,
    base::signals::{each, live, part},
    parts::field::{set_value, value},
};
use samlight::{
    base::catalogue::Text,
    calls::protocol::ListCall,
    group::{
        check::ColumnView,
        expected::{NamedColumns, Shape},
    },
    text,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{details, div, label, li, option, select, span, strong, summary, ul},
};

/// A column that the person can name: its words, and its place among the named ones.
type Named = (&'static str, fn() -> Text, fn(&mut NamedColumns) -> &mut Option<usize>);

const NAMED: [Named; 3] = [
    ("email", || text!("ui.list.email"), |columns| &mut columns.email),
    ("name-id", || text!("ui.list.name-id"), |columns| &mut columns.name_id),
    ("external-id", || text!("ui.list.external-id"), |columns| &mut columns.external_id),
];

/// The shapes, by their names in the field.
const SHAPES: [(Shape, fn() -> Text); 3] = [
    (Shape::AsItIs, || text!("ui.list.shape.plain")),
    (Shape::Small, || text!("ui.list.shape.small")),
    (Shape::BeforeAt, || text!("ui.list.shape.before-at")),
];

/// Examples in an option are cut off behind so many characters.
const LONGEST: usize = 40;

/// The columns that are used, to be corrected, and all columns with examples.
pub(super) fn fields(app: &App) -> View {
    let view = app.group.list.view;
    let names = part(*view, |view| {
        let columns = view.as_ref().map(|view| view.columns.iter().map(|column| column.name.clone()));
        columns.map(Iterator::collect::<Vec<_>>).unwrap_or_default()
    });
    let columns = part(*view, |view| view.as_ref().map(|view| view.columns.clone()).unwrap_or_default());
    let holds = part(*view, |view| view.as_ref().map(|view| view.holds).unwrap_or_default());
    let named = part(*view, |view| view.as_ref().map(|view| view.named).unwrap_or_default());
    let choosing = app.clone();
    View::from((
        div()
            .class("people-fields")
            .attr("role", "group")
            .attr("aria-label", text!("ui.list.fields").to_string())
            .children(
                // Other columns are another list: the fields of the one before would not fit.
                live(move || {
                    names.track();
                    let columns = columns.get_clone_untracked();
                    let fields = NAMED.iter().map(|kind| field(&choosing, *kind, &columns, holds, named));
                    let fields = fields.collect::<Vec<_>>();
                    View::from((fields, shape(&choosing, holds, named)))
                }),
            ),
        details().class("people-columns").children((
            summary()
                .children(live(move || text!("ui.list.columns", count = columns.with(Vec::len)).to_string())),
            ul().children(each(columns, |at, _| at, move |column| one_column(column, columns, holds))),
        )),
    ))
}

/// The name of a column with the first of its examples.
pub(super) fn option_words(column: &ColumnView) -> String {
    let Some(example) = column.examples.first() else { return column.name.clone() };
    let example: String = match example.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", example.get(..end).unwrap_or_default()),
        None => example.clone(),
    };
    text!("ui.list.option", column = column.name, example = example).to_string()
}

/// The column that holds one thing: found by Samlight, or named by the person. What was named wrongly is
/// taken back by choosing the first option.
fn field(
    app: &App,
    (name, words, of): Named,
    columns: &[ColumnView],
    holds: ReadSignal<NamedColumns>,
    named: ReadSignal<NamedColumns>,
) -> View {
    let element = create_node_ref();
    let names: Rc<Vec<String>> = Rc::new(columns.iter().map(|column| column.name.clone()).collect());
    let found = move || {
        let column = of(&mut holds.get()).filter(|_| of(&mut named.get()).is_none());
        let column = column.and_then(|column| names.get(column));
        match column {
            Some(column) => text!("ui.list.found", column = column),
            None => text!("ui.list.find"),
        }
        .to_string()
    };
    let options = columns.iter().enumerate().map(|(at, column)| {
        View::from(option().attr("value", at.to_string()).children(option_words(column)))
    });
    let options = options.collect::<Vec<_>>();
    on_mount(move || {
        create_effect(move || {
            let column = *of(&mut named.get());
            set_value(element.try_get(), &column.map(|column| column.to_string()).unwrap_or_default());
        });
    });
    let app = app.clone();
    label()
        .children((
            span().children(words().to_string()),
            select()
                .attr("name", name)
                .r#ref(element)
                .on(events::change, move |event: web_sys::Event| {
                    let chosen = value(&event).parse().ok();
                    rename(&app, named, |columns| *of(columns) = chosen);
                })
                .children((option().attr("value", "").children(live(found)), options)),
        ))
        .into()
}

/// The way in which the NameID is made of the column that the person names.
fn shape(app: &App, holds: ReadSignal<NamedColumns>, named: ReadSignal<NamedColumns>) -> View {
    let app = app.clone();
    shape_field(
        "shape",
        move || holds.get().shape,
        move || named.get().name_id.is_none(),
        move |shape| rename(&app, named, |columns| columns.shape = shape),
    )
}

/// The field for a shape: `shape` is the one that holds, and `chosen` hears of another.
pub(super) fn shape_field(
    name: &'static str,
    shape: impl Fn() -> Shape + 'static,
    is_disabled: impl Fn() -> bool + 'static,
    chosen: impl Fn(Shape) + 'static,
) -> View {
    let element = create_node_ref();
    let options = SHAPES.iter().enumerate().map(|(at, (_, words))| {
        View::from(option().attr("value", at.to_string()).children(words().to_string()))
    });
    let options = options.collect::<Vec<_>>();
    on_mount(move || {
        create_effect(move || {
            let shape = shape();
            let at = SHAPES.iter().position(|(known, _)| *known == shape).unwrap_or_default();
            set_value(element.try_get(), &at.to_string());
        });
    });
    label()
        .children((
            span().children(text!("ui.list.shape").to_string()),
            select()
                .attr("name", name)
                .disabled(is_disabled)
                .r#ref(element)
                .on(events::change, move |event: web_sys::Event| {
                    let at: usize = value(&event).parse().unwrap_or_default();
                    chosen(SHAPES.get(at).map(|(shape, _)| *shape).unwrap_or_default());
                })
                .children(options),
        ))
        .into()
}

/// Tells which columns the person names, and looks again.
fn rename(app: &App, named: ReadSignal<NamedColumns>, name: impl FnOnce(&mut NamedColumns)) {
    let mut columns = named.get_untracked();
    name(&mut columns);
    change(app, ListCall::Name(columns));
}

/// A column with its examples, what it seems to hold, and what it is taken for.
fn one_column(
    column: ReadSignal<ColumnView>,
    columns: ReadSignal<Vec<ColumnView>>,
    holds: ReadSignal<NamedColumns>,
) -> View {
    let used = create_selector(move || {
        let (name, holds) = (column.with(|column| column.name.clone()), holds.get());
        let at = columns.with(|columns| columns.iter().position(|it| it.name == name));
        let of = |(_, words, of): &Named| (*of(&mut holds.clone()) == at).then(|| words().to_string());
        NAMED.iter().filter(|_| at.is_some()).filter_map(of).collect::<Vec<_>>().join(", ")
    });
    li().children((
        strong().children(live(move || column.with(|column| column.name.clone()))),
        live(move || {
            let used = used.get_clone();
            (!used.is_empty()).then(|| View::from(span().class("people-used").children(used)))
        }),
        span().children(live(move || column.with(|column| column.examples.join(", ")))),
        live(move || {
            let role = column.with(|column| column.role.clone());
            role.map(|role| View::from(span().class("quiet").children(role)))
        }),
    ))
    .into()
}
