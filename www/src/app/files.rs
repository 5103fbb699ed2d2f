//! [`FilesState`]: what files told, and whether their tools are shown. Leaves out how files are read and how
//! they look: that is the room `files`.

use samlight::scim::Statement;
use sycamore::prelude::*;

/// The state that the views of the files share. Cheap to copy: all copies are one.
#[derive(Clone, Copy)]
pub(crate) struct FilesState {
    /// Whether the tools are shown.
    pub(crate) open: Signal<bool>,
    /// The problems with the files that were read last.
    pub(crate) problems: Signal<Vec<String>>,
    /// The statements about SCIM in the files that were read last, with the files' names.
    pub(crate) scim: Signal<Vec<ScimFile>>,
    /// The number of files that are being read.
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

    /// Forgets what the files before said.
    pub(crate) fn forget(&self) {
        self.problems.set(Vec::new());
        self.scim.set(Vec::new());
    }
}

/// The statements about SCIM in one file.
#[derive(Clone, PartialEq)]
pub(crate) struct ScimFile {
    /// Its name.
    pub(crate) name: String,
    /// Its statements.
    pub(crate) said: Vec<Statement>,
}
