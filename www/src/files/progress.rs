//! The state of reading: that files are read, how far a large one is and how long it still takes, and the
//! button that stops it.
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

/// Milliseconds between two words about it.
const STEP: u64 = 250;
const MIB: u64 = 1024 * 1024;

/// Hears how far reading is that begins now.
pub(super) fn heard(app: &App) -> Heard {
    let progress = app.files.progress;
    let (begun, told) = (Date::now(), Cell::new(0));
    Rc::new(move |read, total| {
        let time = (Date::now() - begun) as u64;
        if total > SHORT_BYTES as f64 && time >= told.get() + STEP {
            told.set(time);
            progress.set(Some(Progress { read: read as u64, total: total as u64, time }));
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
            div().class("quiet").attr("role", "status").children(live(move || {
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

fn percent(progress: &Progress) -> u64 {
    (progress.read * 100 / progress.total.max(1)).min(100)
}

/// The share that is read, the rate, and the time that is left.
fn words(progress: &Progress) -> String {
    let Progress { read, total, time } = *progress;
    let rate = (read * 1000 / time.max(1)).max(1);
    let left = match total.saturating_sub(read).div_ceil(rate).max(1) {
        seconds if seconds < 90 => text!("ui.files.progress.seconds", count = seconds),
        seconds => text!("ui.files.progress.minutes", count = seconds.div_ceil(60)),
    };
    let (share, read, total, rate) = (percent(progress), read / MIB, total / MIB, rate / MIB);
    text!("ui.files.progress", share = share, read = read, total = total, rate = rate, left = left)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shown as rendered;

    #[test]
    fn progress_has_the_share_the_rate_and_the_time_that_is_left() {
        let of = |read, time| words(&Progress { read: read * MIB, total: 300 * MIB, time });
        assert_eq!(of(75, 5_000), "25 % read: 75 of 300 MB, 15 MB a second, about 15 seconds left");
        assert_eq!(of(3, 2_000), "1 % read: 3 of 300 MB, 1 MB a second, about 4 minutes left");
        assert!(of(300, 5_000).starts_with("100 % read"));
        assert!(of(0, 0).starts_with("0 % read"));
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
        let half = Progress { read: 160 * MIB, total: 300 * MIB, time: 8_000 };
        let large = html(1, Some(half), "");
        for part in ["50 % is read", "value=\"53\"", "160 of 300 MB", "Stop reading"] {
            assert!(large.contains(part), "{part}: {large}");
        }
        assert!(html(0, None, "STOPPED").contains("STOPPED"));
    }
}
