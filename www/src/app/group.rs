//! [`GroupState`]: what is known and shown of the group that is checked. Leaves out how it is asked for and
//! how it looks: that is the room `group`.

use crate::base::latest_call::LatestCall;
use samlight::{
    calls::protocol::ReactivationView,
    group::{
        check::{GroupView, ListState, ListView, SettingsState},
        repair::RepairPlan,
        script::ScriptPart,
        table::{Query, RowView},
    },
    scim::Statement,
};
use std::{cell::RefCell, rc::Rc};
use sycamore::prelude::*;

/// The knowledge of the group that is checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum KnownGroup {
    /// No group is checked.
    Nothing,
    /// This is how it stands.
    View(Rc<GroupView>),
}

impl KnownGroup {
    /// The view that is shown; nothing while that is not known, or no group is checked.
    pub(crate) fn view(known: &Option<KnownGroup>) -> Option<Rc<GroupView>> {
        match known {
            Some(KnownGroup::View(view)) => Some(Rc::clone(view)),
            Some(KnownGroup::Nothing) | None => None,
        }
    }
}

/// The subject of a dialog.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DialogContent {
    /// The repair of one identity.
    Repair(RepairPlan),
    /// The reactivation of a SCIM identity: the user's label, the requests.
    Reactivation(String, ReactivationView),
}

/// The identity provider's list of people, as far as it is known here. All clones are one.
#[derive(Clone)]
pub(crate) struct ListKnown {
    /// The list as it stands; absent where there is none.
    pub(crate) state: Signal<Option<ListState>>,
    /// The columns and the words; those of before while others are on their way.
    pub(crate) view: Signal<Option<Rc<ListView>>>,
    /// The `serial` of what `view` was asked for.
    pub(crate) seen: Signal<Option<u64>>,
    /// A file is being read and handed on.
    pub(crate) is_reading: Signal<bool>,
    /// Something is being matched piece by piece.
    pub(crate) is_matching: Signal<bool>,
    /// The reason why the last file is no list, or that the list is gone.
    pub(crate) problem: Signal<String>,
}

/// The identity provider's settings, as far as they are known here. All clones are one.
#[derive(Clone)]
pub(crate) struct SettingsKnown {
    /// The files as they stand.
    pub(crate) state: Signal<SettingsState>,
    /// They in words.
    pub(crate) said: Signal<Vec<Statement>>,
    /// The `serial` of what `said` was asked for.
    pub(crate) seen: Signal<u64>,
    /// Texts that were pasted.
    pub(crate) pasted: Signal<usize>,
    /// The reason why the last file is no file of settings, or that they are gone.
    pub(crate) problem: Signal<String>,
}

/// The plan of a change, as far as it is kept here. All clones are one.
#[derive(Clone)]
pub(crate) struct PlanKnown {
    /// The words of the steps that are done.
    pub(crate) done: Signal<Vec<String>>,
    /// Texts that were pasted.
    pub(crate) pasted: Signal<usize>,
    /// The reason why something of the new side was not taken.
    pub(crate) problem: Signal<String>,
    /// The corrections as scripts, once they are prepared.
    pub(crate) scripts: Signal<Option<Rc<ScriptPart>>>,
    /// They are being prepared.
    pub(crate) is_preparing: Signal<bool>,
}

/// The state that the parts of the group's view share. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(crate) struct GroupState {
    /// Whether the group is shown, in place of the sign-ins.
    pub(crate) shown: Signal<bool>,
    /// Absent until the first answer.
    pub(crate) known: Signal<Option<KnownGroup>>,
    /// The members that are shown were lost by the worker; others are not known yet.
    pub(crate) is_before: Signal<bool>,
    /// The choice of rows that the table is to show.
    pub(crate) query: Signal<Query>,
    /// Position of a row that is to be chosen as soon as its part of the table is here.
    pub(crate) wanted: Signal<Option<usize>>,
    /// The identity provider's list of people.
    pub(crate) list: ListKnown,
    /// The identity provider's settings.
    pub(crate) settings: SettingsKnown,
    /// The plan of a change.
    pub(crate) plan: PlanKnown,
    /// The dialog that is open.
    pub(crate) dialog: Signal<Option<Rc<DialogContent>>>,
    /// The button that shows the group.
    pub(crate) toggle: NodeRef,
    /// The field where words to search are typed.
    pub(crate) search: NodeRef,
    /// The table.
    pub(crate) grid: NodeRef,
    /// The calls for what is shown.
    pub(crate) calls: Rc<RefCell<LatestCall<()>>>,
}

impl GroupState {
    /// Nothing known yet. To be made inside a reactive scope.
    pub(crate) fn new() -> Self {
        GroupState {
            shown: create_signal(false),
            known: create_signal(None),
            is_before: create_signal(false),
            query: create_signal(Query::default()),
            wanted: create_signal(None),
            list: ListKnown {
                state: create_signal(None),
                view: create_signal(None),
                seen: create_signal(None),
                is_reading: create_signal(false),
                is_matching: create_signal(false),
                problem: create_signal(String::new()),
            },
            settings: SettingsKnown {
                state: create_signal(SettingsState::default()),
                said: create_signal(Vec::new()),
                seen: create_signal(0),
                pasted: create_signal(0),
                problem: create_signal(String::new()),
            },
            plan: PlanKnown {
                done: create_signal(Vec::new()),
                pasted: create_signal(0),
                problem: create_signal(String::new()),
                scripts: create_signal(None),
                is_preparing: create_signal(false),
            },
            dialog: create_signal(None),
            toggle: create_node_ref(),
            search: create_node_ref(),
            grid: create_node_ref(),
            calls: Rc::default(),
        }
    }

    /// Whether the group is shown, in place of the sign-ins.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.get()
    }

    /// The view of the group that is shown; nothing while there is none.
    pub(crate) fn view(&self) -> Option<Rc<GroupView>> {
        self.known.with(KnownGroup::view)
    }

    /// The row of the member who is chosen.
    pub(crate) fn chosen(&self) -> Option<RowView> {
        self.view().and_then(|view| view.table.chosen.as_ref().map(|chosen| chosen.row.clone()))
    }
}
