//! The application: what is shown now, and how it is kept up to date.
//!
//! All that the views read is in the signals of [`App`]. A notice leads to one call for the overview and one
//! for the sign-in that is shown ([`LatestCall`]); each view then changes only where its own part differs, so
//! selection, focus, scroll and what is open stay as they are.
//!
//! The state that a single room of views reads is beside it, in [`FilesState`], [`GroupState`] and
//! [`GuideState`]. The application knows none of these rooms: they register what to ask for on each change
//! ([`App::ask_also`]).

pub(crate) mod files;
pub(crate) mod group;
pub(crate) mod guide;

use crate::{
    base::{
        latest_call::{LatestCall, ask},
        local_time,
    },
    client::{Client, News, PanelPlace, RecorderCommand},
};
use files::{FilesState, Tool};
use group::GroupState;
use guide::GuideState;
use js_sys::futures::spawn_local;
use samlight::{
    base::instant::Zone,
    calls::protocol::{OwnCall, OwnReply},
    gitlab::instance::Instance,
    text,
    view::{
        FlowView, Overview,
        search::{Column, Query, WINDOW},
    },
};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};
use sycamore::prelude::*;

/// The state that is shown, and the way to the rest of the extension. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(crate) struct App {
    /// The first screen; absent until the first answer.
    pub(crate) overview: Signal<Option<Overview>>,
    /// The sign-in that is shown; absent when there is none, or none was answered yet.
    pub(crate) flow: Signal<Option<Rc<FlowView>>>,
    /// The choice of sign-ins that the list is to show.
    pub(crate) query: Signal<Query>,
    /// Whether the list has one line a sign-in, in columns.
    pub(crate) compact: Signal<bool>,
    /// The columns that the compact list leaves out.
    pub(crate) left_out: Signal<BTreeSet<Column>>,
    /// The tab that the developer tools inspect; absent in every other place.
    pub(crate) inspected: Signal<Option<i64>>,
    /// Position of a sign-in that is to be chosen as soon as its part of the list is here.
    wanted: Signal<Option<usize>>,
    /// The part of a sign-in that is shown, where it has it.
    pub(crate) tab: Signal<DetailTab>,
    /// The sign-in that was chosen by hand; absent while the newest is followed.
    pub(crate) chosen: Signal<Option<String>>,
    /// Whether GitLab.com's pages may be seen; absent while it is not known.
    pub(crate) access: Signal<Option<bool>>,
    /// Whether any GitLab's pages may be seen; without, nothing can be recorded. Absent until it is known.
    pub(crate) sees_any: Signal<Option<bool>>,
    /// The reason why there is nothing new to show.
    pub(crate) failure: Signal<Option<String>>,
    /// The words that a screen reader is to say now.
    pub(crate) said: Signal<String>,
    /// The state of the files: what people gave, and the answers.
    pub(crate) files: FilesState,
    /// The group that is checked.
    pub(crate) group: GroupState,
    /// The checks that ask for one thing at a time.
    pub(crate) guide: GuideState,
    /// The arrival of the second part of the page, or why it did not come; absent until it is asked for.
    pub(crate) second: Signal<Option<Result<(), String>>>,
    pub(crate) client: Rc<dyn Client>,
    overview_call: Rc<RefCell<LatestCall<()>>>,
    flow_call: Rc<RefCell<LatestCall<String>>>,
    access_call: Rc<RefCell<LatestCall<()>>>,
    /// Those who ask, too, whenever everything that is shown is asked for again.
    also: Rc<RefCell<Vec<Rc<Asker>>>>,
}

/// A part of a sign-in, as its tab shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DetailTab {
    /// The verdict, what to do, and all that was found.
    Verdict,
    /// The values that were compared.
    Values,
    /// GitLab's checks, and the clocks.
    Checks,
    /// The course of it: who sent what to whom.
    Sequence,
    /// The SAML messages.
    Messages,
    /// The HTTP exchanges.
    Http,
}

/// Asks again for what one view shows.
type Asker = dyn Fn(&App);

impl App {
    /// The application on `client`, with nothing to show yet. To be made inside a reactive scope.
    pub(crate) fn new(client: Rc<dyn Client>) -> Self {
        App {
            overview: create_signal(None),
            flow: create_signal(None),
            query: create_signal(Query::default()),
            compact: create_signal(false),
            left_out: create_signal(BTreeSet::new()),
            inspected: create_signal(None),
            wanted: create_signal(None),
            tab: create_signal(DetailTab::Verdict),
            chosen: create_signal(None),
            access: create_signal(None),
            sees_any: create_signal(None),
            failure: create_signal(None),
            said: create_signal(String::new()),
            // Where nothing is recorded, the field is there from the start.
            files: FilesState::new((!client.records()).then_some(Tool::Give)),
            group: GroupState::new(),
            guide: GuideState::new(),
            // Where nothing was split, all of it is here.
            second: create_signal(cfg!(not(target_family = "wasm")).then_some(Ok(()))),
            client,
            overview_call: Rc::default(),
            flow_call: Rc::default(),
            access_call: Rc::default(),
            also: Rc::default(),
        }
    }

    /// Belongs to the developer tools of `tab`: shows its sign-ins only, until the person wants all.
    pub(crate) fn inspect(&self, tab: Option<i64>) {
        self.inspected.set(tab);
        self.query.update(|query| query.tab = tab);
    }

    /// Begins to listen, and asks for everything once.
    pub(crate) fn start(&self) {
        let app = self.clone();
        self.client.listen(Rc::new(move |change| match change {
            News::Trace(_) => app.ask(),
            News::Access => app.ask_access(),
        }));
        self.ask();
        self.ask_access();
    }

    /// Has `also` ask, too, whenever everything that is shown is asked for again.
    pub(crate) fn ask_also(&self, also: impl Fn(&App) + 'static) {
        self.also.borrow_mut().push(Rc::new(also));
    }

    /// Asks again for everything that is shown.
    pub(crate) fn ask(&self) {
        let also = self.also.borrow().clone();
        also.iter().for_each(|ask| ask(self));
        let app = self.clone();
        ask(&self.overview_call, (), move |()| {
            let app = app.clone();
            let chosen = app.chosen.get_clone_untracked();
            // In the other half of the year it is an hour more or less: the list itself shows exact days.
            let zone = local_time::zone_now();
            let query = Query { chosen, zone, ..app.query.get_clone_untracked() };
            async move { app.show(app.client.call(&OwnCall::Overview(query)).await) }
        });
    }

    /// Shows the sign-in `id` from now on.
    pub(crate) fn choose(&self, id: String) {
        if self.chosen.with_untracked(|chosen| chosen.as_ref() != Some(&id)) {
            self.chosen.set(Some(id));
            self.ask_flow();
            self.ask();
        }
    }

    /// Shows the sign-in at `position` of the list from now on; at once, or when its part of the list has
    /// come.
    pub(crate) fn choose_at(&self, position: usize) {
        let here = self.overview.with_untracked(|overview| {
            let overview = overview.as_ref()?;
            Some(overview.flows.get(position.checked_sub(overview.start)?)?.id.clone())
        });
        match here {
            Some(id) => {
                self.wanted.set_silent(None);
                self.choose(id);
            }
            None => {
                self.wanted.set_silent(Some(position));
                self.bring(position);
            }
        }
    }

    /// Asks for the part of the list around `position`.
    pub(crate) fn bring(&self, position: usize) {
        let start = position.saturating_sub(WINDOW / 2);
        if self.query.with_untracked(|query| query.start != start) {
            self.query.update_silent(|query| query.start = start);
            self.ask();
        }
    }

    /// Changes what the list is to show; it begins at its first line again.
    pub(crate) fn filter(&self, change: impl FnOnce(&mut Query)) {
        self.query.update(|query| {
            change(query);
            query.start = 0;
        });
        self.wanted.set_silent(None);
        self.ask();
    }

    /// Holds on to the sign-in that is shown, because the person is reading it: a newer one no longer
    /// replaces it.
    pub(crate) fn hold(&self) {
        let shown = self.flow.with_untracked(|flow| flow.as_ref().map(|flow| flow.line.id.clone()));
        if self.chosen.with_untracked(Option::is_none) && shown.is_some() {
            self.chosen.set(shown);
        }
    }

    /// The sign-in to show: the chosen one while it exists, else the newest that the list shows.
    pub(crate) fn selected(&self) -> Option<String> {
        let chosen = self.chosen.get_clone();
        self.overview.with(|overview| {
            let overview = overview.as_ref()?;
            let here = chosen.filter(|chosen| overview.flows.iter().any(|line| line.id == *chosen));
            here.or_else(|| overview.selected.as_ref().map(|selected| selected.id.clone()))
        })
    }

    /// Its position among the sign-ins found; absent when it is not among them.
    pub(crate) fn position(&self) -> Option<usize> {
        let selected = self.selected();
        self.overview.with(|overview| {
            let overview = overview.as_ref()?;
            let here = overview.flows.iter().position(|line| Some(&line.id) == selected.as_ref());
            let told = || overview.selected.as_ref().filter(|it| Some(&it.id) == selected.as_ref())?.position;
            here.map(|at| overview.start + at).or_else(told)
        })
    }

    /// Orders something of the recorder.
    pub(crate) fn command(&self, command: RecorderCommand) {
        if command == RecorderCommand::Clear {
            self.files.forget();
        }
        let ordered = self.client.command(command);
        let app = self.clone();
        spawn_local(async move {
            match ordered.await {
                Ok(()) => app.ask(),
                Err(failure) => app.failure.set(Some(failure)),
            }
        });
    }

    /// Asks the person for access to GitLab.com. To be called in the handler of a click.
    pub(crate) fn request_access(&self) {
        let requested = self.client.request_access(&Instance::gitlab_com());
        let app = self.clone();
        spawn_local(async move {
            match requested.await {
                Ok(granted) => app.access.set(Some(granted)),
                Err(failure) => app.failure.set(Some(failure)),
            }
        });
    }

    /// Opens the panel beside the page or in a tab, then calls `opened`. To be called in the handler of a
    /// click.
    pub(crate) fn open(&self, place: PanelPlace, opened: impl FnOnce() + 'static) {
        let answer = self.client.open(place);
        let app = self.clone();
        spawn_local(async move {
            match answer.await {
                Ok(()) => opened(),
                Err(reason) => {
                    app.failure.set(Some(text!("ui.failure.not-opened", reason = reason).to_string()))
                }
            }
        });
    }

    /// Has a screen reader say `sentence`.
    pub(crate) fn say(&self, sentence: String) {
        self.said.set(sentence);
    }

    fn ask_flow(&self) {
        let Some(id) = self.selected() else {
            self.flow.set(None);
            return;
        };
        let app = self.clone();
        ask(&self.flow_call, id, move |id| {
            let app = app.clone();
            async move {
                let zone = app.zone_of(&id);
                app.show(app.client.call(&OwnCall::Flow { id, zone }).await);
            }
        });
    }

    /// The zone in which the reader lived when the sign-in `id` began.
    pub(crate) fn zone_of(&self, id: &str) -> Zone {
        let started = self.overview.with_untracked(|overview| {
            let flows = overview.iter().flat_map(|overview| &overview.flows);
            flows.filter(|line| line.id == id).map(|line| line.started.clone()).next()
        });
        started.map_or_else(Zone::default, |started| local_time::zone(&started))
    }

    fn ask_access(&self) {
        let app = self.clone();
        ask(&self.access_call, (), move |()| {
            let app = app.clone();
            async move {
                let (access, any) = (app.client.access(&Instance::gitlab_com()), app.client.sees_any());
                match access.await {
                    Ok(granted) => app.access.set(granted),
                    Err(failure) => app.failure.set(Some(failure)),
                }
                match any.await {
                    Ok(any) => app.sees_any.set(any),
                    Err(failure) => app.failure.set(Some(failure)),
                }
            }
        });
    }

    /// Shows what was answered.
    fn show(&self, answer: Result<OwnReply, String>) {
        match answer {
            Ok(OwnReply::Overview(overview)) => {
                self.failure.set(None);
                self.overview.set(Some(*overview));
                if let Some(position) = self.wanted.get_untracked() {
                    self.choose_at(position);
                }
                self.ask_flow();
            }
            // An answer for a sign-in that is no longer the selected one is of no use.
            Ok(OwnReply::Flow(Some(flow))) => {
                if self.selected().as_ref() == Some(&flow.line.id) {
                    self.flow.set(Some(Rc::from(flow)));
                }
            }
            // It was dropped in the meantime; the notice of that is on its way and brings a new overview.
            Ok(OwnReply::Flow(None)) => {}
            // Asked for, and shown, by pages of their own.
            Ok(
                OwnReply::Report(_)
                | OwnReply::Newest(_)
                | OwnReply::AtHand(_)
                | OwnReply::Instances(_)
                | OwnReply::Group(_)
                | OwnReply::Repair(_)
                | OwnReply::File(_)
                | OwnReply::Reactivation(_)
                | OwnReply::Said(_)
                | OwnReply::List(_)
                | OwnReply::Statements(_)
                | OwnReply::Script(_),
            ) => {}
            Ok(OwnReply::Refused(reason)) | Err(reason) => self.failure.set(Some(reason)),
        }
    }
}
