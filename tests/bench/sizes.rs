//! The sizes of the release beside those of the earlier one: what the worker loads at its start, what the
//! panel loads, and what a person downloads. `.ci/sizes.json` guards them; here they stand beside what is
//! promised.

use crate::{
    browsers::{BEFORE, FOLDER},
    rows::{Goal, Row},
};
use flate2::{Compression, write::GzEncoder};
use std::{io::Write, path::Path};

const CORE: [&str; 2] = ["now/panel/core/samlight_bg.wasm", "before/wasm/samlight_bg.wasm"];
/// The parts that are loaded when somebody looks; the earlier release had none.
const SECOND: &str = "now/panel/core/samlight_second.wasm";
const PANEL_SECOND: &str = "now/panel/samlight_www_second.wasm";
const PANEL: [&str; 2] = ["now/panel/samlight_www_bg.wasm", "before/panel/samlight_www_bg.wasm"];
const ZIP: [&str; 2] = ["now.zip", "before.zip"];

/// The rows; none where nothing was prepared for them.
pub(crate) fn rows() -> Vec<Row> {
    let Some(folder) = std::env::var_os(FOLDER) else { return Vec::new() };
    let read = |files: [&str; 2]| files.map(|file| std::fs::read(Path::new(&folder).join(file)).unwrap());
    let whole = |files: [&str; 2], second: &str| {
        let [mut now, before] = read(files);
        now.extend(std::fs::read(Path::new(&folder).join(second)).unwrap());
        [now, before]
    };
    let row = |what: &str, work: &str, octets: [Vec<u8>; 2], goal: Option<Goal>| {
        let [amount, peer] = octets.map(|octets| octets.len() as f64);
        let row = Row::time(what, work.to_owned(), (amount, peer), BEFORE.into(), goal);
        Row { unit: "octets", place: "Chromium's release".into(), ..row }
    };
    vec![
        row(
            "Wasm that the worker loads at its start",
            "1 file",
            read(CORE),
            Some(Goal::size(1_100e3, 700e3)),
        ),
        row(
            "Wasm that the worker loads at its start",
            "1 file, gzip",
            read(CORE).map(|it| packed(&it)),
            Some(Goal::size(450e3, 450e3)),
        ),
        row(
            "Wasm of the core, with what is loaded when somebody looks",
            "2 files",
            whole(CORE, SECOND),
            None,
        ),
        row(
            "Wasm that the panel loads at its start",
            "1 file",
            read(PANEL),
            Some(Goal::size(1_200e3, 800e3)),
        ),
        row(
            "Wasm of the panel, with the views that are loaded when they are opened",
            "2 files",
            whole(PANEL, PANEL_SECOND),
            None,
        ),
        row("the whole extension", "1 zip", read(ZIP), Some(Goal::size(1_400e3, 1_000e3))),
    ]
}

fn packed(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}
