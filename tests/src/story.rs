//! Stories: tests that are written as pages for people (Markdown) and run.
//!
//! A page has prose and sections (`## …`). A section tells what happened in fenced blocks (messages as
//! readable XML, page readings and API answers as JSON, HTTP heads) and what is expected of it. The notation
//! is described in `diagnoses/README.md`. Times begin at 2026-01-01T09:00:00Z and increase by a second a
//! block.
//!
//! A mistake of a page (an unknown kind of block, an option that nobody reads, a section that tells or
//! expects nothing) is an error of the page, never passed over.

mod encode;
mod expected;
mod markdown;
mod steps;

pub use expected::{ExpectedFinding, ExpectedFlow, findings, flows};
pub use markdown::{Block, Page, Section};
pub use steps::Story;

use anyhow::{Context, Result, bail, ensure};
use samlight::{base::instant::Timestamp, trace::tracer::Tracer};
use std::path::{Path, PathBuf};

/// `xml`, signed by a key that no GitLab and no identity provider knows.
///
/// # Errors
/// When there is no place for a signature in it.
pub fn signed_by_a_stranger(xml: &str) -> Result<String> {
    crate::signer::signed(xml).context("nothing in it can be signed")
}

/// A section that has run: the trace that its events give, and the block with what is expected.
#[derive(Debug)]
pub struct Told<'a> {
    /// The trace.
    pub tracer: Tracer,
    /// The time at which it is looked at.
    pub now: Timestamp,
    /// The block with what is expected.
    pub expected: &'a Block,
}

/// Tells the story of a section, whose expectation is the block of the kind `expectation`.
///
/// # Errors
/// When the section is wrong: a block cannot be read, none tells anything, or not exactly one is the
/// expectation.
pub fn tell<'a>(section: &'a Section, expectation: &str) -> Result<Told<'a>> {
    let (expected, steps): (Vec<&Block>, Vec<&Block>) =
        section.blocks.iter().partition(|block| block.kind == expectation);
    let [expected] = expected.as_slice() else {
        bail!("a section needs exactly one block of the kind `{expectation}`, this has {}", expected.len());
    };
    let last = section.blocks.last().map(|block| block.line);
    ensure!(last == Some(expected.line), "the block `{expectation}` must be the section's last one");
    ensure!(!steps.is_empty(), "nothing happens in this section");
    let mut story = Story::default();
    for block in steps {
        story.step(block).with_context(|| format!("line {}", block.line))?;
    }
    let now = story.look(expected).with_context(|| format!("line {}", expected.line))?;
    let events = story.into_events();
    Ok(Told { tracer: Tracer::replay(events), now, expected })
}

/// The pages (`*.md`) of a folder of this package, except for its `README.md`, sorted by name.
///
/// # Errors
/// When the folder or a page cannot be read, or the folder has none.
pub fn pages(folder: &str) -> Result<Vec<Page>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.retain(|path| path.file_stem().is_some_and(|stem| stem != "README"));
    paths.sort();
    ensure!(!paths.is_empty(), "{} has no pages", folder.display());
    paths.iter().map(|path| Page::read(path)).collect()
}
