//! The tables of a message, and of what is opened in one: its summary, its attributes, its signatures.

use crate::{
    app::App,
    base::signals::{each, live, part},
    parts::{controls::copy_button, severity},
};
use samlight::{
    base::catalogue::Text,
    text,
    view::{AttributeView, SignatureView},
};
use sycamore::prelude::*;
use sycamore::web::tags::{code, div, li, span, table, tbody, td, th, thead, tr, ul};

pub(super) fn summary_table(lines: ReadSignal<Vec<(String, String)>>) -> View {
    table()
        .class("summary")
        .children(tbody().children(each(
            lines,
            |at, _| at,
            |line| {
                tr().children((
                    th().scope("row").children(live(move || line.with(|(label, _)| label.clone()))),
                    td().children(live(move || line.with(|(_, value)| value.clone()))),
                ))
                .into()
            },
        )))
        .into()
}

/// The same, with a button that copies each value.
pub(super) fn copied_table(app: &App, lines: ReadSignal<Vec<(String, String)>>) -> View {
    let app = app.clone();
    let row = move |line: ReadSignal<(String, String)>| {
        let label = line.with(|(label, _)| label.clone());
        tr().children((
            th().scope("row").children(live(move || line.with(|(label, _)| label.clone()))),
            td().children(div().class("copied").children((
                span().children(live(move || line.with(|(_, value)| value.clone()))),
                copy_button(&app, &label, move || line.with(|(_, value)| value.clone())),
            ))),
        ))
        .into()
    };
    table().class("summary").children(tbody().children(each(lines, |at, _| at, row))).into()
}

pub(super) fn attribute_table(app: &App, attributes: ReadSignal<Vec<AttributeView>>) -> View {
    let app = app.clone();
    let column = |label: Text| View::from(th().scope("col").children(label.to_string()));
    table()
        .class("attributes")
        .children((
            thead().children(
                tr().children((column(text!("ui.attributes.name")), column(text!("ui.attributes.values")))),
            ),
            tbody().children(each(attributes, |at, _| at, move |one| attribute(&app, one))),
        ))
        .into()
}

fn attribute(app: &App, attribute: ReadSignal<AttributeView>) -> View {
    let app = app.clone();
    let values = part(attribute, |attribute| attribute.values.clone());
    let friendly = part(attribute, |attribute| attribute.friendly_name.clone());
    tr().children((
        th().scope("row").children((
            span().children(live(move || attribute.with(|attribute| attribute.name.clone()))),
            live(move || {
                friendly.get_clone().map(|name| View::from(span().class("quiet friendly").children(name)))
            }),
        )),
        td().children(ul().class("attribute-values").children(each(
            values,
            |at, _| at,
            move |value| {
                let name = attribute.with(|attribute| attribute.name.clone());
                li().class("copied")
                    .children((
                        code().children(live(move || value.get_clone())),
                        copy_button(&app, &name, move || value.get_clone()),
                    ))
                    .into()
            },
        ))),
    ))
    .into()
}

pub(super) fn signature(signature: ReadSignal<SignatureView>) -> View {
    div()
        .class("signature")
        .children((
            severity::sentence(part(signature, |signature| signature.sentence.clone())),
            summary_table(part(signature, |signature| signature.rows.clone())),
        ))
        .into()
}
