//! The HTTP exchanges of a sign-in as a table. Where there is no room, each row becomes a block of its own;
//! the roles are written out, because a browser forgets a table whose rows are blocks.

use crate::{
    base::signals::{each, live, part},
    parts::section::section_of,
};
use samlight::{
    base::{catalogue::Text, instant::duration_text},
    text,
    view::ExchangeView,
};
use sycamore::prelude::*;
use sycamore::web::tags::{code, div, span, table, tbody, td, th, thead, tr};

/// The section; nothing while there is no exchange.
pub(crate) fn exchanges(exchanges: ReadSignal<Vec<ExchangeView>>) -> View {
    section_of("exchanges", &text!("ui.exchanges.heading"), exchanges, move || {
        let column = |label: Text| {
            View::from(th().attr("role", "columnheader").scope("col").children(label.to_string()))
        };
        table()
            .attr("role", "table")
            .children((
                thead().attr("role", "rowgroup").children(tr().attr("role", "row").children((
                    column(text!("ui.exchanges.time")),
                    column(text!("ui.exchanges.what")),
                    column(text!("ui.exchanges.request")),
                    column(text!("ui.exchanges.response")),
                ))),
                tbody().attr("role", "rowgroup").children(each(exchanges, |at, _| at, exchange)),
            ))
            .into()
    })
}

fn exchange(exchange: ReadSignal<ExchangeView>) -> View {
    let absent = part(exchange, |exchange| exchange.absent.clone());
    let location = part(exchange, |exchange| exchange.location.clone());
    let cell = |class: &'static str| td().attr("role", "cell").class(class);
    tr().attr("role", "row")
        .children((
            cell("when").children((
                span().children(live(move || exchange.with(|exchange| exchange.time.clone()))),
                span().class("quiet duration").children(live(move || {
                    exchange
                        .with(|exchange| exchange.duration)
                        .map_or_else(String::new, |milliseconds| duration_text(milliseconds).to_string())
                })),
            )),
            cell("what").children((
                span().children(live(move || exchange.with(|exchange| exchange.role.clone()))),
                each(
                    absent,
                    |at, _| at,
                    |reason| div().class("quiet").children(live(move || reason.get_clone())).into(),
                ),
            )),
            cell("request").children((
                span()
                    .class("method")
                    .children(live(move || exchange.with(|exchange| exchange.method.clone()))),
                " ",
                code().children(live(move || exchange.with(|exchange| exchange.url.clone()))),
            )),
            cell("response").children((
                span().class("status").children(live(move || {
                    exchange.with(|exchange| exchange.status).map_or_else(
                        || text!("ui.exchanges.no-response").to_string(),
                        |status| status.to_string(),
                    )
                })),
                live(move || {
                    location.get_clone().map(|location| {
                        View::from((
                            span().class("quiet").children(text!("ui.exchanges.to").to_string()),
                            code().children(location),
                        ))
                    })
                }),
            )),
        ))
        .into()
}
