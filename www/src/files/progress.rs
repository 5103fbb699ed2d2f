//! The state of reading: that files are read, how far a large one is and how long it still takes, and the button
//! that stops it.
//!
//! The words for the eye change often; those who hear it are told at each quarter. Leaves out what is read.

use crate::{
    app::{App, files::Progress},
    base::signals::{live, part},
    client::Heard,
    parts::controls,
};
use js_sys::Date;
use samlight::{base::limits::SHORT_BYTES, text};
use std::{cell::Cell, rc::Rc};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, p, progress as bar},
};

/// Seconds between two words about it.
const STEP: f64 = 0.25;
const MIB: f64 = 1024.0 * 1024.0;

/// Hears how far reading is that begins now.
pub(super) fn heard(app: &App) -> Heard {
    let progress = app.files.progress;
    let (begun, told) = (Date::now(), Cell::new(0.0));
    Rc::new(move |read, total| {
        let seconds = (Date::now() - begun) / 1000.0;
        if total > SHORT_BYTES as f64 && seconds - told.get() >= STEP {
            told.set(seconds);
            progress.set(Some(Progress { read, total, seconds }));
        }
    })
}

/// The state of reading, while something is read, and what is said of it last.
pub(super) fn shown(app: &App) -> View {
    let (reading, progress, note) = (app.files.reading, app.files.progress, app.files.note);
    let quarter = part(*progress, |progress| progress.as_ref().map_or(0, |it| percent(it) / 25 * 25));
    let is_large = part(*progress, Option::is_some);
    let app = app.clone();
    div()
        .class("reading")
        .children((
            p().class("quiet").attr("role", "status").children(live(move || {
                match (reading.get(), quarter.get()) {
                    (0, _) => note.get_clone(),
                    (_, 0) => text!("ui.files.reading").to_string(),
                    (_, share) => text!("ui.files.reading.share", share = share).to_string(),
                }
            })),
            live(move || {
                let app = app.clone();
                is_large.get().then(|| large(&app))
            }),
        ))
        .into()
}

fn large(app: &App) -> View {
    let progress = app.files.progress;
    let share = part(*progress, |progress| progress.as_ref().map_or(100, percent));
    let said = part(*progress, |progress| progress.as_ref().map(words).unwrap_or_default());
    let app = app.clone();
    View::from((
        bar()
            .attr("aria-label", text!("ui.files.reading").to_string())
            .attr("max", "100")
            .attr("value", move || share.get().to_string())
            .attr("aria-valuetext", move || said.get_clone()),
        p().class("quiet").attr("aria-hidden", "true").children(live(move || said.get_clone())),
        button()
            .r#type("button")
            .class("small stop-reading")
            .on(events::click, move |_| {
                app.client.stop_reading();
                // This button goes with what it stops.
                controls::focus(app.files.field.try_get());
            })
            .children(text!("ui.files.stop").to_string()),
    ))
}

fn percent(progress: &Progress) -> u32 {
    (progress.read / progress.total.max(1.0) * 100.0).clamp(0.0, 100.0) as u32
}

/// How much is read, how fast, and the time that is left.
fn words(progress: &Progress) -> String {
    let Progress { read, total, seconds } = *progress;
    let rate = read / seconds.max(0.001);
    let left = ((total - read) / rate.max(1.0)).ceil().max(1.0);
    let left = match left {
        left if left < 90.0 => text!("ui.files.progress.seconds", count = left),
        left => text!("ui.files.progress.minutes", count = (left / 60.0).ceil()),
    };
    let mib = |octets: f64| format!("{:.0}", octets / MIB);
    let (share, read, total, rate) = (percent(progress), mib(read), mib(total), mib(rate));
    text!("ui.files.progress", share = share, read = read, total = total, rate = rate, left = left)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shown as rendered;

    #[test]
    fn progress_has_the_share_the_rate_and_the_time_that_is_left() {
        let of = |read: f64, seconds| words(&Progress { read: read * MIB, total: 300.0 * MIB, seconds });
        assert_eq!(of(75.0, 5.0), "25 % read: 75 of 300 MB, 15 MB a second, about 15 seconds left");
        assert_eq!(of(3.0, 2.0), "1 % read: 3 of 300 MB, 2 MB a second, about 4 minutes left");
        assert!(of(300.0, 5.0).starts_with("100 % read"));
        assert!(of(0.0, 0.0).starts_with("0 % read"));
    }

    #[test]
    fn a_large_file_has_a_bar_and_a_button_and_a_small_one_a_word() {
        let html = |reading: usize, progress: Option<Progress>, note: &str| {
            rendered(|app| {
                app.files.reading.set(reading);
                app.files.progress.set(progress);
                app.files.note.set(note.to_owned());
                shown(app)
            })
        };
        let none = html(0, None, "");
        assert!(none.contains("role=\"status\"") && !none.contains("Reading"), "{none}");
        let small = html(1, None, "STOPPED");
        assert!(small.contains("Reading…") && !small.contains("<progress"), "{small}");
        let half = Progress { read: 160.0 * MIB, total: 300.0 * MIB, seconds: 8.0 };
        let large = html(1, Some(half), "");
        for part in ["50 % is read", "value=\"53\"", "160 of 300 MB", "Stop reading"] {
            assert!(large.contains(part), "{part}: {large}");
        }
        assert!(html(0, None, "STOPPED").contains("STOPPED"));
    }
}
