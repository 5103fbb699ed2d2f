//! All figures, as a JSON array on standard output, for `cargo xtask bench` to write down: of each what is
//! done, how much of it, where, the peer, and both amounts; on standard error, as they are taken.
//! Nothing is judged here; what must hold is in `main.rs`.

// A program for developers: what fails ends it.
#![allow(clippy::unwrap_used)]

mod bombs;
mod browsers;
mod files;
mod growth;
mod log_lines;
mod logs;
mod looks;
mod measure;
mod members;
mod remarks;
mod rows;
mod sign_ins;
mod signed;
mod sizes;

use looks::Looks;
use measure::Figure;
use members::Costs;
use rows::Row;
use serde_json::Value;

/// Figures that have a peer in common, or nearly so.
type Group = (&'static str, fn() -> Vec<Row>);

const GROUPS: [Group; 10] = [
    ("signed Responses", signed::rows),
    ("in browsers", browsers::rows),
    ("sizes", sizes::rows),
    ("an event in a trace that grows", || native(growth::events(10, &[250, 500, 5_000, 10_000]))),
    ("replays", || native(vec![growth::replay(500, 5_000)])),
    ("HAR files", || native([1_000, 10_000].into_iter().flat_map(files::figures).collect())),
    ("the list of sign-ins", || native(Looks::taken().figures())),
    ("the members of a group", || native(Costs::taken().figures())),
    ("logs", logs::rows),
    ("bombs", || native(bombs::figures())),
];

fn main() {
    let mut rows = Vec::new();
    // All, or those whose names are given: `cargo bench … -- bombs`.
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| given.is_empty() || given.iter().any(|given| name.contains(given.as_str()));
    for (name, group) in GROUPS.into_iter().filter(|(name, _)| wanted(name)) {
        eprintln!("    {name}:");
        for row in group() {
            eprintln!("      {row}");
            rows.push(row.written());
        }
    }
    println!("{}", Value::Array(rows));
}

fn native(figures: Vec<Figure>) -> Vec<Row> {
    figures.into_iter().map(|figure| Row::native(figure, None)).collect()
}
