//! The inputs that the fuzzer keeps, given to its targets without a fuzzer: none may break a law.
//!
//! They are few and small, so that this takes seconds; `cargo xtask fuzz` keeps them so. libxml2 (by Ruby's
//! Nokogiri) and `xmlsec1` must be there, as for other tests.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../crate/tests/other_reader/mod.rs"]
mod other_reader;
mod targets;

mod covered;

use covered::COVERED;
use samlight_tests::scanner;
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::Instant,
};
use targets::TARGETS;

/// The limits in force, as text.
const LIMITS: &str = include_str!("../../crate/src/base/limits.rs");
/// Inputs of one target that are kept at most.
const INPUTS: usize = 300;
/// Octets that all of them have at most.
const OCTETS: u64 = 1_000_000;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Gives a target all that is kept for it; the files with which it panics.
fn broken(name: &str) -> Vec<String> {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let begin = Instant::now();
    let files = files(&corpus().join(name));
    let fails = |file: &&PathBuf| {
        let octets = fs::read(file).unwrap();
        catch_unwind(AssertUnwindSafe(|| (target.run)(&octets))).is_err()
    };
    let broken = files.iter().filter(fails).map(|file| file.display().to_string()).collect();
    println!("{name}: {} inputs in {:.1} s", files.len(), begin.elapsed().as_secs_f32());
    broken
}

/// A test for each target, so that they run beside each other.
macro_rules! replayed {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            assert_eq!(broken(stringify!($name)), Vec::<String>::new());
        })*

        /// The targets that have a test.
        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

replayed!(import, trace, binding, xml, c14n, signature, encryption, scim, page, scanner);

#[test]
fn each_target_is_replayed_with_few_and_small_inputs() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names, REPLAYED);
    for row in COVERED {
        assert!(names.contains(&row.target), "{} has the target {}, which is none", row.reads, row.target);
        let limit = format!("{}: ", row.limit);
        assert!(LIMITS.contains(&limit), "{} has the limit {}, which is none", row.reads, row.limit);
    }
    let mut octets = 0;
    for folder in files(&corpus()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(names.contains(&name.as_str()), "{name} is no target");
        let files = files(&folder);
        assert!((1..=INPUTS).contains(&files.len()), "{name}: {} inputs", files.len());
        octets += files.iter().map(|file| fs::metadata(file).unwrap().len()).sum::<u64>();
    }
    println!("{octets} octets");
    assert!(octets <= OCTETS, "{octets} octets");
}
