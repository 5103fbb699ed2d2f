//! [`FilesState`]: what people gave, what Samlight says of it, and whether the tools for files are shown.
//!
//! Answers are kept in this page's memory and nowhere else: the newest few, until they are cleared or the
//! page is left. Of what was given they hold only what is said of it; of logs the browser's handle is kept
//! beside them, by which they are read once more for the story of a person. Leaves out how files are read and
//! how the answers look: that is the room `files`.

use crate::base::latest_call::LatestCall;
use samlight::{
    calls::protocol::SHOWN, explain::clues::Clues, group::provisioned::Received, scim::Statement,
    view::at_hand::AtHand,
};
use std::{cell::RefCell, rc::Rc};
use sycamore::prelude::*;
use web_sys::File;

/// Answers and logs that are kept.
const MOST: usize = 10;

/// The answer to one thing that a person gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Its number in this page.
    pub(crate) number: u64,
    /// The file's name, or that it was pasted or dropped.
    pub(crate) name: String,
    /// The heading above it.
    pub(crate) heading: String,
    /// The statements that the core makes of it; at most [`SHOWN`].
    pub(crate) statements: Vec<Statement>,
    /// The number of statements that are left out.
    pub(crate) left_out: usize,
    /// The clues by which more is found that is at hand.
    pub(crate) clues: Clues,
    /// The problems with it.
    pub(crate) problems: Vec<String>,
    /// The newest sign-in in it.
    pub(crate) newest: Option<String>,
    /// Whether the story of a person can be asked for beside it.
    pub(crate) is_of_people: bool,
    /// The content of the file without its faults, to save.
    pub(crate) corrected: Option<Rc<str>>,
    /// The question that it answers.
    pub(crate) of: AnswerOf,
}

/// The question that an answer answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum AnswerOf {
    /// The content of one thing that a person gave.
    #[default]
    Given,
    /// The content of logs within filters.
    Filters,
    /// The story of a person.
    Story,
}

/// A tool for files that is shown or hidden.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tool {
    /// The field and what saves, where sign-ins are recorded.
    All,
    /// The field to paste into.
    Give,
    /// The form for what GitLab has stored.
    Compare,
    /// The buttons that save.
    Save,
}

/// The state of reading large files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Progress {
    /// The octets that are read.
    pub(crate) read: u64,
    /// All that are to be read.
    pub(crate) total: u64,
    /// The milliseconds since reading began.
    pub(crate) time: u64,
}

/// The question for the story of a person, as it is typed; it stays while answers come and go.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    /// The person.
    pub(crate) person: Signal<String>,
    /// The group.
    pub(crate) group: Signal<String>,
    /// The time from which it is told.
    pub(crate) since: Signal<String>,
    /// The time before which it is told.
    pub(crate) until: Signal<String>,
    /// The reason why nothing is told.
    pub(crate) problem: Signal<Option<String>>,
}

impl Question {
    fn new() -> Self {
        let empty = || create_signal(String::new());
        Question {
            person: empty(),
            group: empty(),
            since: empty(),
            until: empty(),
            problem: create_signal(None),
        }
    }
}

/// The state that the views of the files share. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(crate) struct FilesState {
    /// The tool that is shown.
    pub(crate) open: Signal<Option<Tool>>,
    /// The answers, newest first.
    pub(crate) answers: Signal<Vec<Rc<Answer>>>,
    /// The number of the answer that is shown.
    pub(crate) shown: Signal<Option<u64>>,
    /// The sign-ins and members that the answer that is shown is about.
    pub(crate) at_hand: Signal<Vec<AtHand>>,
    /// Whether the answer takes the focus when it comes.
    pub(crate) wants_focus: Signal<bool>,
    /// The number of files that are being read.
    pub(crate) reading: Signal<usize>,
    /// The state of reading a large one.
    pub(crate) progress: Signal<Option<Progress>>,
    /// The sentence about reading that is said last.
    pub(crate) note: Signal<String>,
    /// The logs of which the story of a person can be told, in the order in which they came.
    pub(crate) logs: Signal<Vec<File>>,
    /// The newest creation that GitLab's log showed in the last story of a person.
    pub(crate) received: Signal<Option<Received>>,
    /// The question for it.
    pub(crate) question: Question,
    /// The field to paste into.
    pub(crate) field: NodeRef,
    /// The calls for what is at hand.
    pub(crate) calls: Rc<RefCell<LatestCall<Rc<Answer>>>>,
    count: Signal<u64>,
}

impl FilesState {
    /// Nothing read yet, with this tool. To be made inside a reactive scope.
    pub(crate) fn new(open: Option<Tool>) -> Self {
        FilesState {
            open: create_signal(open),
            answers: create_signal(Vec::new()),
            shown: create_signal(None),
            at_hand: create_signal(Vec::new()),
            wants_focus: create_signal(false),
            reading: create_signal(0),
            progress: create_signal(None),
            note: create_signal(String::new()),
            logs: create_signal(Vec::new()),
            received: create_signal(None),
            question: Question::new(),
            field: create_node_ref(),
            calls: Rc::default(),
            count: create_signal(0),
        }
    }

    /// Whether `tool` is shown. It follows what is shown only inside a view.
    pub(crate) fn shows(&self, tool: Tool) -> bool {
        let is_of_all = tool != Tool::Compare;
        self.open.get().is_some_and(|open| open == tool || (open == Tool::All && is_of_all))
    }

    /// Shows `tool` alone, or hides it.
    pub(crate) fn toggle(&self, tool: Tool) {
        self.open.update(|open| *open = if *open == Some(tool) { None } else { Some(tool) });
    }

    /// Keeps an answer, and gives its number. The same answer to the same thing is kept once.
    pub(crate) fn keep(&self, mut answer: Answer) -> u64 {
        let number = self.count.get_untracked() + 1;
        self.count.set(number);
        answer.left_out += answer.statements.len().saturating_sub(SHOWN);
        answer.statements.truncate(SHOWN);
        answer.number = number;
        self.answers.update(|answers| {
            answers.retain(|known| Answer { number, ..(**known).clone() } != answer);
            answers.insert(0, Rc::new(answer));
            answers.truncate(MOST);
        });
        number
    }

    /// Keeps a log; the same one once.
    pub(crate) fn keep_log(&self, log: File) {
        let key = |file: &File| (file.name(), file.size(), file.last_modified());
        self.logs.update(|logs| {
            logs.retain(|known| key(known) != key(&log));
            logs.push(log);
            let older = logs.len().saturating_sub(MOST);
            logs.drain(..older);
        });
    }

    /// The answer that is shown.
    pub(crate) fn answer(&self) -> Option<Rc<Answer>> {
        self.shown.track();
        self.answers.track();
        self.answer_now()
    }

    /// The same outside of a view.
    pub(crate) fn answer_now(&self) -> Option<Rc<Answer>> {
        let shown = self.shown.get_untracked()?;
        self.answers.with_untracked(|answers| answers.iter().find(|answer| answer.number == shown).cloned())
    }

    /// Shows no answer; they are still kept.
    pub(crate) fn put_away(&self) {
        self.note.set(String::new());
        self.question.problem.set(None);
        self.shown.set(None);
        self.at_hand.set(Vec::new());
    }

    /// Forgets all answers, and the logs.
    pub(crate) fn forget(&self) {
        self.put_away();
        self.logs.set(Vec::new());
        self.received.set(None);
        self.answers.set(Vec::new());
    }
}
