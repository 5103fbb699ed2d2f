//! The own pages' calls, answered from the trace. The lines of the list are kept from one call to the next.

use crate::{
    base::{instant::Timestamp, json, redact},
    calls::protocol::{GroupCall, ListCall, ListReply, OwnCall, OwnReply, ReactivationView, SettingsCall},
    case::Case,
    explain::clues::Clues,
    group::{check::GroupCheck, reactivation::Request, table::Query},
    text,
    trace::tracer::Tracer,
    view::{
        at_hand::{self, AtHand, Here},
        context::Context,
        flow::flow_view,
        lines::Lines,
        overview::overview,
        print::terminal,
    },
};
use std::collections::HashSet;

/// Answers an own page's call as it comes, in JSON.
pub fn answer_json(
    tracer: &mut Tracer,
    check: &mut Option<GroupCheck>,
    lines: &mut Lines,
    context: &Context,
    call: &str,
) -> OwnReply {
    match json::read(call) {
        Ok(OwnCall::Group(call)) => {
            tracer.rest();
            answer_group(tracer, check.as_mut(), context, call)
        }
        Ok(OwnCall::AtHand { clues, page }) => {
            tracer.rest();
            OwnReply::AtHand(at_hand(tracer, check.as_mut(), context, &clues, page.as_deref()))
        }
        Ok(call) => answer(tracer, lines, context, &call),
        Err(error) => {
            OwnReply::Refused(text!("call.unknown", error = redact::json_error(&error)).to_string())
        }
    }
}

/// Answers an own page's call.
pub fn answer(tracer: &mut Tracer, lines: &mut Lines, context: &Context, call: &OwnCall) -> OwnReply {
    tracer.rest();
    match call {
        OwnCall::Overview(query) => OwnReply::Overview(Box::new(overview(tracer, lines, context, query))),
        OwnCall::Flow { id, zone } => {
            let case = tracer.flow(id).map(|flow| Case::new(tracer, flow, context.now).in_zone(*zone));
            OwnReply::Flow(case.map(|case| Box::new(flow_view(&case))))
        }
        OwnCall::Report => OwnReply::Report(match tracer.flows().last() {
            Some(flow) => terminal::render(&flow_view(&Case::new(tracer, flow, context.now))),
            None => text!("headline.nothing-yet").to_string(),
        }),
        OwnCall::Newest { of } => {
            let of: HashSet<&str> = of.iter().map(String::as_str).collect();
            let mut flows = tracer.flows().iter().rev();
            let newest = flows.find(|flow| of.contains(flow.id.event.to_string().as_str()));
            OwnReply::Newest(newest.map(|flow| flow.id.to_string()))
        }
        OwnCall::Instances => OwnReply::Instances(tracer.settings().instances.clone()),
        OwnCall::AtHand { clues, page } => {
            OwnReply::AtHand(at_hand(tracer, None, context, clues, page.as_deref()))
        }
        // No group is checked where no worker reads.
        OwnCall::Group(call) => answer_group(tracer, None, context, call.clone()),
    }
}

/// The sign-ins and the members that a text is about.
fn at_hand(
    tracer: &Tracer,
    check: Option<&mut GroupCheck>,
    context: &Context,
    clues: &Clues,
    page: Option<&str>,
) -> Vec<AtHand> {
    let here = page.and_then(|page| Here::at(tracer, page));
    let mut found = at_hand::sign_ins(tracer, clues, here.as_ref(), context.now);
    found.extend(check.into_iter().flat_map(|check| check.at_hand(tracer, clues, here.as_ref())));
    found
}

/// Answers a call about the group that is checked.
fn answer_group(
    tracer: &Tracer,
    check: Option<&mut GroupCheck>,
    context: &Context,
    call: GroupCall,
) -> OwnReply {
    let Some(check) = check else { return OwnReply::Group(None) };
    check.expire(context.now);
    let query = match call {
        GroupCall::View(query) => query,
        GroupCall::Cancel => {
            check.cancel();
            Query::default()
        }
        GroupCall::Resume => {
            check.go_on();
            Query::default()
        }
        GroupCall::Again => {
            check.read_again();
            Query::default()
        }
        GroupCall::Confirm(_) if !context.recording => {
            return OwnReply::Refused(text!("change.refused.paused").to_string());
        }
        GroupCall::Confirm(confirmed) => match check.confirm(tracer, confirmed, context.now) {
            Ok(()) => Query::default(),
            Err(text) => return OwnReply::Refused(text.to_string()),
        },
        GroupCall::Repair { user, identity } => {
            return OwnReply::Repair(check.repair(tracer, user, identity).map(Box::new));
        }
        GroupCall::Export { format, secrecy, salt, of, start } => {
            return OwnReply::File(check.export(tracer, format, (secrecy, salt), (&of, start)));
        }
        GroupCall::ForMembers(wanted) => return OwnReply::File(check.for_members(tracer, &wanted)),
        GroupCall::Reactivation { user } => {
            let view = check.reactivation(tracer, user).map(|of| ReactivationView {
                look: of.command(Request::Look).shell(),
                activate: of.command(Request::Activate).shell(),
                warning: of.warning().map(|text| text.to_string()),
                of,
            });
            return OwnReply::Reactivation(view);
        }
        GroupCall::CheckScim { of, request, pasted } => {
            // Read once, here, and dropped.
            return OwnReply::Said(of.check(request, pasted.expose()));
        }
        GroupCall::List(call) => return answer_list(tracer, check, call, context.now),
        GroupCall::Provisioned { user, received } => {
            return OwnReply::Statements(check.provisioned(tracer, user, received.as_ref()));
        }
        GroupCall::Script { start } => return OwnReply::Script(check.script(tracer, start).map(Box::new)),
        GroupCall::Settings(SettingsCall::View) => {
            return OwnReply::Statements(check.said_of_settings(tracer, context.now));
        }
        GroupCall::Settings(SettingsCall::PutAway) => {
            check.put_settings_away();
            Query::default()
        }
        GroupCall::Settings(SettingsCall::Take { file, content }) => {
            match check.take_settings(&file, content.expose()) {
                Ok(()) => Query::default(),
                Err(text) => return OwnReply::Refused(text.to_string()),
            }
        }
    };
    OwnReply::Group(Some(Box::new(check.view(tracer, &query))))
}

/// Answers a word about the list of people.
fn answer_list(tracer: &Tracer, check: &mut GroupCheck, call: ListCall, now: Timestamp) -> OwnReply {
    let (mut view, mut done) = (None, Ok(()));
    match call {
        ListCall::Begin(new) => check.begin_list(new),
        ListCall::Rows { rows } => done = check.add_rows(&rows),
        ListCall::End => done = check.end_list(),
        ListCall::Match => check.match_list(tracer),
        ListCall::Name(columns) => check.name_columns(columns),
        ListCall::PutAway => check.put_list_away(),
        ListCall::View => view = check.list_view(tracer, now),
        ListCall::Plan { chosen } => check.plan_change(chosen),
        ListCall::NewSide { file, content } => done = check.take_new_side(&file, content.expose()),
    }
    match done {
        Ok(()) => OwnReply::List(Box::new(ListReply { state: check.list_state(), view })),
        Err(text) => OwnReply::Refused(text.to_string()),
    }
}
