//! Checks that ask for what is missing, one thing at a time, until the result can be told ([`Guide`]).
//!
//! Step 12. A check is a table of [`Ask`]s in their order: the thing to know, how a person gets it, and what
//! helps. The table is read anew from what is known each time, and nothing of a check is stored: it goes on
//! by itself where it was left. Of a person's own there are three things: which GitLab they named, what they
//! left out, and which sign-in is an older one. Leaves out the result, which is the sign-in's view
//! ([`crate::view`]) and the group's ([`crate::group::check`]); and how it looks.

pub mod members;
pub mod sign_in;

use crate::{
    base::{catalogue::Text, severity::Step},
    gitlab::instance::Instance,
    group::check::GroupView,
    text,
    view::FlowView,
};

/// All that is known when a check asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The GitLab that the person named.
    pub named: Option<&'a Instance>,
    /// The GitLab of the page that the person is on.
    pub here: Option<&'a Instance>,
    /// The GitLabs that are watched besides gitlab.com.
    pub watched: &'a [Instance],
    /// Whether the pages of the GitLab in question may be seen; absent where the browser does not tell.
    pub may_see: Option<bool>,
    /// Whether sign-ins are being recorded.
    pub is_recording: bool,
    /// The newest sign-in, unless the person put it away.
    pub sign_in: Option<&'a FlowView>,
    /// The group that is checked.
    pub group: Option<&'a GroupView>,
    /// The field of the NameID is found in the list of people, or named.
    pub has_field: bool,
    /// The ids of the asks that the person left out.
    pub left_out: &'a [&'static str],
}

/// One thing that a check asks for.
pub struct Ask {
    /// Its id, the same in all checks.
    pub id: &'static str,
    title: fn() -> Text,
    /// Whether it is known.
    is_known: fn(&Known<'_>) -> bool,
    /// The thing that is known of it, in a word.
    found: fn(&Known<'_>) -> Option<String>,
    /// The way to get it.
    how: fn(&Known<'_>) -> Vec<Step>,
    /// The orders that help.
    helps: fn(&Known<'_>) -> Vec<Help>,
    /// Whether the check gives a result without it.
    is_optional: bool,
    /// The id of the ask that it rests on: who leaves that out leaves this out, too.
    rests_on: Option<&'static str>,
}

/// An order that helps with what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Help {
    /// Take this GitLab.
    Take(Instance),
    /// Add another GitLab: the one of the page that the person is on, where it is one.
    Add(Option<Instance>),
    /// Have the browser ask for access to it.
    Allow(Instance),
    /// Record again.
    Resume,
    /// Open this page of GitLab's.
    Open(String),
    /// Read the group on.
    ReadOn,
    /// Give the list of people.
    GiveList,
    /// Name the field of the NameID.
    NameField,
    /// Go on without it.
    LeaveOut,
}

/// The progress of a check, and the one thing that it asks for now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guide {
    /// The GitLab in question, once it is known.
    pub gitlab: Option<Instance>,
    /// All that it asks for, in order; the result is the last line.
    pub lines: Vec<Line>,
    /// The thing that it asks for now; absent when the result can be told.
    pub now: Option<Asked>,
}

/// One line of the progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The id of what it is about.
    pub id: &'static str,
    /// Its name.
    pub title: String,
    /// Whether it is done.
    pub state: LineState,
    /// The thing that is known of it, in a word.
    pub found: Option<String>,
}

/// Whether a line of the progress is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// It is known.
    Done,
    /// The person left it out.
    LeftOut,
    /// It is asked for now.
    Now,
    /// It comes later.
    Later,
}

impl LineState {
    /// Its name in the page, which chooses its looks.
    pub fn name(self) -> &'static str {
        match self {
            LineState::Done => "done",
            LineState::LeftOut => "left-out",
            LineState::Now => "now",
            LineState::Later => "later",
        }
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            LineState::Done => text!("guide.state.done"),
            LineState::LeftOut => text!("guide.state.left-out"),
            LineState::Now => text!("guide.state.now"),
            LineState::Later => text!("guide.state.later"),
        }
    }
}

/// The one thing that is asked for now.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub title: String,
    /// Its place, from 1.
    pub place: usize,
    /// The way to get it.
    pub how: Vec<Step>,
    /// The orders that help.
    pub helps: Vec<Help>,
}

/// The id of the last line of each check.
pub const RESULT: &str = "result";

impl Help {
    /// The words of its button; none where what helps is shown in its place.
    pub fn label(&self) -> Option<Text> {
        match self {
            Help::Take(gitlab) => Some(text!("guide.do.take", host = gitlab)),
            Help::Add(None) => Some(text!("guide.do.add")),
            Help::Add(Some(gitlab)) => Some(text!("guide.do.add-here", host = gitlab)),
            Help::Allow(gitlab) => Some(text!("guide.do.allow", host = gitlab)),
            Help::Resume => Some(text!("guide.do.resume")),
            Help::Open(page) => Some(text!("guide.do.open", page = page)),
            Help::ReadOn => Some(text!("guide.do.read-on")),
            Help::GiveList | Help::NameField => None,
            Help::LeaveOut => Some(text!("guide.do.leave-out")),
        }
    }
}

impl Guide {
    /// The check with these asks, by what is known.
    pub fn of(asks: &[&Ask], known: &Known<'_>) -> Self {
        let is_named = |id: &str| known.left_out.contains(&id);
        let is_left_out =
            |ask: &Ask| ask.is_optional && (is_named(ask.id) || ask.rests_on.is_some_and(is_named));
        let is_open = |ask: &Ask| !(ask.is_known)(known) && !is_left_out(ask);
        let at = asks.iter().position(|ask| is_open(ask));
        let state = |place: usize, ask: &Ask| match at {
            Some(at) if at == place => LineState::Now,
            _ if (ask.is_known)(known) => LineState::Done,
            Some(at) if at < place => LineState::Later,
            _ => LineState::LeftOut,
        };
        let line = |(place, ask): (usize, &&Ask)| Line {
            id: ask.id,
            title: (ask.title)().to_string(),
            state: state(place, ask),
            found: (ask.found)(known).filter(|_| (ask.is_known)(known)),
        };
        let result = Line {
            id: RESULT,
            title: text!("guide.result").to_string(),
            state: if at.is_none() { LineState::Now } else { LineState::Later },
            found: None,
        };
        let now = at.and_then(|at| Some((at, asks.get(at)?))).map(|(at, ask)| Asked {
            id: ask.id,
            title: (ask.title)().to_string(),
            place: at + 1,
            how: (ask.how)(known),
            helps: (ask.helps)(known).into_iter().chain(ask.is_optional.then_some(Help::LeaveOut)).collect(),
        });
        Guide {
            gitlab: known.gitlab().cloned(),
            lines: asks.iter().enumerate().map(line).chain([result]).collect(),
            now,
        }
    }
}

impl<'a> Known<'a> {
    /// The GitLab that the check is about.
    pub fn gitlab(&self) -> Option<&'a Instance> {
        let of_sign_in = || self.sign_in.and_then(|flow| flow.instance.as_ref());
        let of_group = || self.group.and_then(|group| group.instance.as_ref());
        self.named
            .or_else(of_group)
            .or_else(of_sign_in)
            .or_else(|| self.here.filter(|it| self.is_watched(it)))
    }

    fn is_watched(&self, instance: &Instance) -> bool {
        instance.is_gitlab_com() || self.watched.contains(instance)
    }

    /// The address of a page of the GitLab in question.
    fn page(&self, path: &str) -> Vec<Help> {
        self.gitlab().map(|gitlab| Help::Open(gitlab.url(path))).into_iter().collect()
    }

    /// Its host, as people read it.
    fn host(&self) -> String {
        self.gitlab().map(ToString::to_string).unwrap_or_default()
    }
}

fn step(text: Text) -> Step {
    Step { text: text.to_string(), link: None, by: None }
}

/// The GitLab in question.
const GITLAB: Ask = Ask {
    id: "gitlab",
    title: || text!("guide.gitlab"),
    is_known: |known| known.gitlab().is_some(),
    found: |known| Some(known.host()),
    how: |_| vec![step(text!("guide.gitlab.how"))],
    helps: |known| {
        let watched = known.watched.iter().cloned().map(Help::Take);
        let other = known.here.filter(|here| !known.is_watched(here));
        std::iter::once(Help::Take(Instance::gitlab_com()))
            .chain(watched)
            .chain([Help::Add(other.cloned())])
            .collect()
    },
    is_optional: false,
    rests_on: None,
};

/// The permission to see its pages.
const ACCESS: Ask = Ask {
    id: "access",
    title: || text!("guide.access"),
    is_known: |known| known.gitlab().is_some() && known.may_see != Some(false),
    found: |_| None,
    how: |known| vec![step(text!("guide.access.how", host = known.host()))],
    helps: |known| known.gitlab().cloned().map(Help::Allow).into_iter().collect(),
    is_optional: false,
    rests_on: None,
};

/// That sign-ins are recorded.
const RECORDING: Ask = Ask {
    id: "recording",
    title: || text!("guide.recording"),
    is_known: |known| known.is_recording,
    found: |_| None,
    how: |_| vec![step(text!("guide.recording.how"))],
    helps: |_| vec![Help::Resume],
    is_optional: false,
    rests_on: None,
};

#[cfg(test)]
mod tests;
