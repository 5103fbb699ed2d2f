//! [`GuideState`]: which checks are open that ask for one thing at a time, and what a person said in them.
//! All else of a check follows from what is known (`samlight::guide`), so it goes on where it was left.
//! Leaves out how it looks: that is `pages/guide.rs`.

use super::App;
use js_sys::futures::spawn_local;
use samlight::{base::catalogue::Text, gitlab::instance::Instance, text, view::search::Query};
use std::rc::Rc;
use sycamore::prelude::*;

/// A check that asks for one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// “Why can I not sign in?”, in place of the sign-ins.
    SignIn,
    /// “Will my members be able to sign in?”, in place of the group.
    Members,
}

impl Check {
    /// The question that it answers.
    pub(crate) fn question(self) -> Text {
        match self {
            Check::SignIn => text!("ui.guide.sign-in"),
            Check::Members => text!("ui.guide.members"),
        }
    }
}

/// The state of both checks. All clones are one.
#[derive(Clone, Copy)]
pub(crate) struct GuideState {
    sign_in: Signal<bool>,
    members: Signal<bool>,
    /// The GitLab that the person named.
    pub(crate) named: Signal<Option<Instance>>,
    /// The GitLab of the page that the person was on when they opened the check.
    pub(crate) here: Signal<Option<Instance>>,
    /// The GitLab that the browser was asked about last.
    pub(crate) asked_of: Signal<Option<Instance>>,
    /// Whether the pages of the GitLab in question may be seen; absent where it is not known.
    pub(crate) may_see: Signal<Option<bool>>,
    /// The sign-in that the person put away, to record another one.
    pub(crate) older: Signal<Option<String>>,
    /// The ids of what the person left out.
    pub(crate) left_out: Signal<Vec<&'static str>>,
}

impl GuideState {
    /// None is open. To be made inside a reactive scope.
    pub(crate) fn new() -> Self {
        GuideState {
            sign_in: create_signal(false),
            members: create_signal(false),
            named: create_signal(None),
            here: create_signal(None),
            asked_of: create_signal(None),
            may_see: create_signal(None),
            older: create_signal(None),
            left_out: create_signal(Vec::new()),
        }
    }

    /// Whether `check` is open.
    pub(crate) fn is_open(self, check: Check) -> bool {
        self.of(check).get()
    }

    /// Opens or closes `check`.
    pub(crate) fn open(self, check: Check, is_open: bool) {
        self.of(check).set(is_open);
    }

    /// Forgets what the person said, and takes the sign-in `older` for one that is not asked about.
    pub(crate) fn begin_again(self, older: Option<String>) {
        self.named.set(None);
        self.left_out.set(Vec::new());
        self.older.set(older);
    }

    fn of(self, check: Check) -> Signal<bool> {
        match check {
            Check::SignIn => self.sign_in,
            Check::Members => self.members,
        }
    }
}

impl App {
    /// Opens `check`, and looks which GitLab's page the person is on.
    pub(crate) fn open_check(&self, check: Check) {
        if check == Check::SignIn {
            // It is about the newest one.
            self.chosen.set(None);
            self.filter(|query| *query = Query { tab: query.tab, ..Query::default() });
        }
        let (client, here) = (Rc::clone(&self.client), self.guide.here);
        spawn_local(async move {
            // Without it the person is asked.
            here.set(client.page().await.ok().flatten().and_then(|page| Instance::of_page(&page)));
        });
        self.guide.open(check, true);
    }
}
