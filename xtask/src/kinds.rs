//! The kinds of things that are one file and one row of a table: `new` writes one, and `tidy` finds what was
//! forgotten.
//!
//! A kind is one row of [`KINDS`]. The skeletons are in `xtask/templates/`; they compile, and [`PROMPT`]
//! marks what is to be written. Leaves out things that are one line and no file, such as the rows of the
//! comparison: the compiler names what they lack.

/// Marks what a skeleton leaves to a person; `tidy` finds it until it is written.
pub(crate) const PROMPT: &str = "FILL IN:";

/// Something that is one file and one row of a table.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) folder: &'static str,
    /// The file in the folder that has the modules and the table.
    pub(crate) door: &'static str,
    /// The name of the table, and of the row inside each file.
    pub(crate) table: &'static str,
    pub(crate) row: &'static str,
    pub(crate) place: Place,
    pub(crate) code: &'static str,
    /// The texts that are written besides the code and its two lines.
    pub(crate) further: &'static [Further],
    /// The other places where each thing of the kind must be found.
    pub(crate) needs: &'static [Need],
    /// The steps that a person takes then.
    pub(crate) next: &'static [&'static str],
}

/// The place where a new row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// By its name.
    ByName,
    /// By its name, before the last row, which is taken when no other fits.
    ByNameBeforeLast,
    /// Behind all others; the order means something, and a person decides on it.
    Last,
}

/// A text that is written into a file besides the code.
pub(crate) struct Further {
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
    pub(crate) how: How,
}

/// The way in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// As a new file.
    New,
    /// At the end of a file.
    AtEnd,
    /// Before this line of a file.
    Before(&'static str),
}

/// Another place where a thing must be found. In both texts `{module}` is its file's name, `{file}` that with
/// `-` for `_`, and `{variant}` that as a name of a variant. Any other name in braces is what the row says
/// behind it: `{id}` is `har` where it has `id: "har"`.
pub(crate) struct Need {
    /// A path, or its beginning, with `*` for anything: one of these files must have it.
    pub(crate) path: &'static str,
    /// The text that it must have; empty where a file is enough.
    pub(crate) text: &'static str,
}

impl Kind {
    /// The path of the file with the table.
    pub(crate) fn door(&self) -> String {
        format!("{}/{}", self.folder, self.door)
    }
}

const CATALOGUE: &str = "crate/src/base/catalogue/en.txt";

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "diagnosis",
        folder: "crate/src/diagnoses",
        door: "mod.rs",
        table: "ALL",
        row: "DIAGNOSIS",
        place: Place::ByName,
        code: include_str!("../templates/diagnosis.rs.txt"),
        further: &[
            Further {
                path: "tests/diagnoses/{id}.md",
                text: include_str!("../templates/diagnosis.md.txt"),
                how: How::New,
            },
            Further {
                path: CATALOGUE,
                text: include_str!("../templates/diagnosis.txt.txt"),
                how: How::AtEnd,
            },
        ],
        needs: &[Need { path: "tests/diagnoses/{file}.md", text: "" }],
        next: &[
            "write the cases in tests/diagnoses/{id}.md: they are the test and the help text",
            "write the condition in crate/src/diagnoses/{module}.rs, what it asks of the owner, and which arrow it blames",
            "write the texts at the end of crate/src/base/catalogue/en.txt",
        ],
    },
    Kind {
        name: "page",
        folder: "crate/src/gitlab/pages",
        door: "mod.rs",
        table: "ALL",
        row: "PAGE",
        place: Place::ByNameBeforeLast,
        code: include_str!("../templates/page.rs.txt"),
        further: &[],
        needs: &[Need { path: "tests/gitlab/*/{file}", text: "" }],
        next: &[
            "name crate/src/gitlab/pages/{module}.rs in tests/fuzz/covered.rs, with its target and its limit",
            "save the page as tests/gitlab/<version>/{id}.html, with the expected readings as {id}.json beside it",
            "write the route and the selectors in crate/src/gitlab/pages/{module}.rs",
        ],
    },
    Kind {
        name: "binding",
        folder: "crate/src/binding",
        door: "mod.rs",
        table: "BINDINGS",
        row: "BINDING",
        place: Place::Last,
        code: include_str!("../templates/binding.rs.txt"),
        further: &[
            Further {
                path: "crate/src/binding/carried.rs",
                text: "    /// FILL IN: how it travels, with its section of SAML Bindings.\n    {variant},\n",
                how: How::Before("    /// Not at all: bare XML."),
            },
            Further {
                path: "crate/src/binding/carried.rs",
                text: "            BindingId::{variant} => \"{id}\",\n",
                how: How::Before("            BindingId::None => \"none\","),
            },
        ],
        needs: &[
            Need { path: "crate/src/binding/carried.rs", text: "BindingId::{variant} => " },
            Need { path: "crate/*tests", text: "BindingId::{variant}" },
        ],
        next: &[
            "write the decoding in crate/src/binding/{module}.rs, and its parameters in PARAMETERS of mod.rs",
            "write its name in crate/src/binding/carried.rs as the standard does",
            "name crate/src/binding/{module}.rs in tests/fuzz/covered.rs, with its target and its limit",
            "move its row in crate/src/binding/mod.rs to its place: the first binding that fits counts",
            "write a test with a message of it in crate/tests/other_messages.rs",
        ],
    },
    Kind {
        name: "check",
        folder: "crate/src/acceptance",
        door: "mod.rs",
        table: "CHECKS",
        row: "CHECK",
        place: Place::Last,
        code: include_str!("../templates/check.rs.txt"),
        further: &[Further {
            path: CATALOGUE,
            text: "\n# {id} (acceptance/{module}.rs)\naccept.{id} = FILL IN: what is checked, as a statement.\n",
            how: How::AtEnd,
        }],
        needs: &[Need { path: "tests/acceptance/faults.rs", text: "\"{id}\"" }],
        next: &[
            "move its row in crate/src/acceptance/mod.rs to its place in GitLab's order",
            "write the check in crate/src/acceptance/{module}.rs, with the words that it alone gives",
            "write ten ways to fail it alone in tests/acceptance/faults.rs",
        ],
    },
    Kind {
        name: "import",
        folder: "crate/src/file/import",
        door: "mod.rs",
        table: "RECORDINGS",
        row: "RECORDING",
        place: Place::Last,
        code: include_str!("../templates/import.rs.txt"),
        further: &[],
        needs: &[
            Need { path: "README.md", text: "{called}" },
            Need { path: CATALOGUE, text: "{called}" },
            Need { path: "crate/tests/files.rs", text: "\"{id}\"" },
        ],
        next: &[
            "write the reader in crate/src/file/import/{module}.rs, and what people call such a file",
            "name crate/src/file/import/{module}.rs in tests/fuzz/covered.rs, with its target and its limit",
            "name it so in README.md and in the text `ui.files.empty.kinds`",
            "write a test with a file of it in crate/tests/files.rs",
        ],
    },
    Kind {
        name: "idp",
        folder: "crate/src/idp",
        door: "mod.rs",
        table: "EXPORTS",
        row: "EXPORT",
        place: Place::Last,
        code: include_str!("../templates/idp.rs.txt"),
        further: &[Further {
            path: CATALOGUE,
            text: include_str!("../templates/idp.txt.txt"),
            how: How::AtEnd,
        }],
        needs: &[
            Need { path: "README.md", text: "{called}" },
            Need { path: CATALOGUE, text: "{called}" },
            Need { path: "crate/src/idp/{module}/tests.rs", text: "" },
        ],
        next: &[
            "write the checks in crate/src/idp/{module}.rs, and whose export it is",
            "name it in tests/fuzz/covered.rs, with its target and its limit",
            "name it so in README.md and in the texts `cli.scim` and `ui.files.empty.kinds`",
            "write its tests in crate/src/idp/{module}/tests.rs",
        ],
    },
    Kind {
        name: "scim",
        folder: "crate/src/scim",
        door: "mod.rs",
        table: "READERS",
        row: "READER",
        place: Place::ByNameBeforeLast,
        code: include_str!("../templates/scim.rs.txt"),
        further: &[Further {
            path: CATALOGUE,
            text: include_str!("../templates/scim.txt.txt"),
            how: How::AtEnd,
        }],
        needs: &[],
        next: &[
            "write the reader in crate/src/scim/{module}.rs",
            "name it in tests/fuzz/covered.rs, with its target and its limit",
            "write a sample of it into the test in crate/src/scim/evidence.rs",
        ],
    },
    Kind {
        name: "command",
        folder: "crate/src/bin/samlight",
        door: "main.rs",
        table: "COMMANDS",
        row: "COMMAND",
        place: Place::Last,
        code: include_str!("../templates/command.rs.txt"),
        further: &[Further {
            path: CATALOGUE,
            text: "\n# {id} (bin/samlight/{module}.rs)\ncli.{id} = FILL IN: what it does\ncli.{id}.file = FILL IN: what the file is.\n",
            how: How::AtEnd,
        }],
        needs: &[
            Need { path: "README.md", text: "`samlight {name}" },
            Need { path: "crate/tests/", text: "\"{name}\"" },
        ],
        next: &[
            "write the command in crate/src/bin/samlight/{module}.rs, and a text `cli.{id}.OPTION` for each option",
            "say in README.md who needs `samlight {id}`",
            "write a test that runs it in crate/tests/cli.rs",
        ],
    },
];
