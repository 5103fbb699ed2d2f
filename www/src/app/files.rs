//! [`FilesState`]: what files told, and whether their tools are shown. Leaves out how files are read and how
//! they look: that is the room `files`.

use samlight::scim::Statement;
use sycamore::prelude::*;

/// What the views of the files share. Cheap to copy: all copies are one.
#[derive(Clone, Copy)]
pub(crate) struct FilesState {
    /// Whether the tools are shown.
    pub(crate) open: Signal<bool>,
    /// What was wrong with the files that were read last.
    pub(crate) problems: Signal<Vec<String>>,
    /// What the files that were read last say of SCIM, with their names.
    pub(crate) scim: Signal<Vec<ScimFile>>,
    /// How many files are being read.
    pub(crate) reading: Signal<usize>,
}

impl FilesState {
    /// Nothing read yet. To be made inside a reactive scope.
    pub(crate) fn new(open: bool) -> Self {
        FilesState {
            open: create_signal(open),
            problems: create_signal(Vec::new()),
            scim: create_signal(Vec::new()),
            reading: create_signal(0),
        }
    }

    /// What the files before said is over.
    pub(crate) fn forget(&self) {
        self.problems.set(Vec::new());
        self.scim.set(Vec::new());
    }
}

/// What one file says of SCIM.
#[derive(Clone, PartialEq)]
pub(crate) struct ScimFile {
    /// Its name.
    pub(crate) name: String,
    /// What it says.
    pub(crate) said: Vec<Statement>,
}
