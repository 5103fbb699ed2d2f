//! All figures, as a JSON array on standard output, for `cargo xtask bench` to write down: of each what is
//! done, how much of it, the peer, and both times in nanoseconds; on standard error, as they are taken.
//! Nothing is judged here; what must hold is in `main.rs`.

// A program for developers: what fails ends it.
#![allow(clippy::unwrap_used)]

mod bombs;
mod files;
mod growth;
mod looks;
mod measure;
mod members;
mod sign_ins;
mod signed;

use looks::Looks;
use measure::Figure;
use members::Costs;
use serde_json::{Value, json};

/// Figures that have a peer in common, or nearly so.
type Group = (&'static str, fn() -> Vec<Figure>);

const GROUPS: [Group; 7] = [
    ("signed Responses", || signed::figures().unwrap()),
    ("an event in a trace that grows", || growth::events(10, &[250, 500, 5_000, 10_000])),
    ("replays", || vec![growth::replay(500, 5_000)]),
    ("HAR files", || [1_000, 10_000].into_iter().flat_map(files::figures).collect()),
    ("the list of sign-ins", || Looks::taken().figures()),
    ("the members of a group", || Costs::taken().figures()),
    ("bombs", bombs::figures),
];

fn main() {
    let mut figures = Vec::new();
    // All, or those whose names are given: `cargo bench … -- bombs`.
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| given.is_empty() || given.iter().any(|given| name.contains(given.as_str()));
    for (name, group) in GROUPS.into_iter().filter(|(name, _)| wanted(name)) {
        eprintln!("    {name}:");
        for figure in group() {
            eprintln!("      {figure}");
            figures.push(written(&figure));
        }
    }
    println!("{}", Value::Array(figures));
}

fn written(figure: &Figure) -> Value {
    json!({ "what": figure.what, "work": figure.work, "time": figure.time.as_nanos() as u64, "peer": figure.peer,
        "peer_time": figure.peer_time.as_nanos() as u64 })
}
