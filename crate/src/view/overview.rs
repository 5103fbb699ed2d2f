//! The first screen: [`Overview`] from the trace and what the background script knows.

use super::{
    Overview, Selected,
    lines::{Line, Lines},
    search::{self, Column, Query, WINDOW},
    verdict::{in_everyday_words, sentence, verdict},
};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        order::sort_by,
        severity::{Sentence, Severity},
    },
    case::Case,
    event::EventId,
    text,
    trace::{flow::Flow, tracer::Tracer},
    view::context::{Context, Dropped, DroppedOfTab, Quarantined},
};

/// The first screen, with the part of the list that `query` asks for. `lines` keeps what is the same next
/// time.
pub fn overview(tracer: &mut Tracer, lines: &mut Lines, context: &Context, query: &Query) -> Overview {
    let is_here = |flow: &Flow| query.tab.is_none_or(|tab| flow.place.tab == tab);
    let all: Vec<&Line> = lines.refresh(tracer, context.now).filter(|line| is_here(line.flow())).collect();
    let (found, facets) = search::found(tracer, all.iter().rev().copied(), query);
    let newest = tracer.flows().iter().rfind(|flow| is_here(flow));
    let newest = newest.map(|flow| {
        let case = Case::new(tracer, flow, context.now);
        (in_everyday_words(&case), verdict(&case).1.into_iter().next())
    });
    let (headline, first_step) = match newest {
        Some(newest) => newest,
        None if context.recording => (sentence(Severity::Neutral, text!("headline.nothing-yet")), None),
        None => (sentence(Severity::Neutral, text!("headline.paused")), None),
    };
    let chosen = query.chosen.as_ref().and_then(|id| all.iter().find(|line| line.shown.id == *id));
    let selected = chosen.or(found.first()).or(all.last()).map(|line| Selected {
        id: line.shown.id.clone(),
        position: found.iter().position(|found| found.shown.id == line.shown.id),
    });
    let mut hosts: Vec<String> = all.iter().flat_map(|line| line.hosts.iter().cloned()).collect();
    sort_by(&mut hosts, String::cmp);
    hosts.dedup();
    // The last part rather than none, when what was found became less.
    let start = query.start.min(found.len().saturating_sub(WINDOW));
    Overview {
        revision: tracer.revision().to_string(),
        recording: context.recording,
        watched: tracer.settings().instances.clone(),
        problems: all.iter().filter(|line| line.is_problem()).count(),
        headline,
        first_step,
        total: all.len(),
        found: found.len(),
        start,
        other_days: other_days(&found, query, start),
        flows: found.iter().skip(start).take(WINDOW).map(|line| line.shown.clone()).collect(),
        hosts,
        facets,
        selected,
        notices: notices(context),
    }
}

/// See [`Overview::other_days`].
fn other_days(found: &[&Line], query: &Query, start: usize) -> Option<(usize, usize)> {
    if query.sort.is_some_and(|sort| sort.by != Column::Time) {
        return None;
    }
    let day = |line: &&&Line| query.zone.day(line.flow().id.event.time);
    let turns = |from: usize, to: usize| {
        let lines = || found.iter().take(to).skip(from);
        lines().zip(lines().skip(1)).filter(|(one, next)| day(one) != day(next)).count()
    };
    let others = (turns(0, start + 1), turns((start + WINDOW).saturating_sub(1), found.len()));
    (turns(0, found.len()) > 0).then_some(others)
}

/// Quarantined events that are named one by one.
const NAMED: usize = 3;

fn notices(context: &Context) -> Vec<Sentence> {
    let warning = |text: Text| sentence(Severity::Warning, text);
    let more = context.quarantined.len().saturating_sub(NAMED);
    let cleared = context.cleared_version.map(|version| text!("notice.cleared-version", version = version));
    let dropped = context.dropped.iter().flat_map(dropped);
    let unstored = (context.unstored > 0).then(|| text!("notice.unstored", count = context.unstored));
    let named = context.quarantined.iter().take(NAMED).map(quarantined);
    named
        .chain((more > 0).then(|| text!("notice.quarantined-many", count = more)))
        .chain(cleared)
        .chain(dropped)
        .chain(unstored)
        .map(warning)
        .collect()
}

/// The part that was dropped, tab by tab, and that of tabs that are not named.
fn dropped(dropped: &Dropped) -> Vec<Text> {
    let of_tab = |tab: &DroppedOfTab| {
        text!("notice.dropped-of-tab", count = tab.flows, time = tab.until.time_of_day(), host = &tab.host)
    };
    let (count, time) = (dropped.elsewhere(), dropped.until.time_of_day());
    let others = match (dropped.tabs.is_empty(), count) {
        (true, _) => Some(text!("notice.dropped", count = count, time = time)),
        (false, 0) => None,
        (false, _) => Some(text!("notice.dropped-elsewhere", count = count, time = time)),
    };
    dropped.tabs.iter().map(of_tab).chain(others).collect()
}

fn quarantined(event: &Quarantined) -> Text {
    let what = match event.kind.as_str() {
        "request" => text!("quarantined.request"),
        "response" => text!("quarantined.response"),
        "sent" | "completed" | "failed" => text!("quarantined.end"),
        "page" | "answer" => text!("quarantined.page"),
        _ => text!("quarantined.other"),
    };
    let id: EventId = event.id.parse().unwrap_or(EventId::new(Timestamp(0), "", 0));
    text!("notice.quarantined", what = what, time = id.time.time_of_day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::instant::Zone, event::Event, trace::room::TabLoss, view::search::Sort};
    use serde_json::json;
    use std::collections::BTreeSet;

    /// Each part of a list of 300 hours tells the days that are not in it, wherever a day ends.
    #[test]
    fn the_days_in_the_part_and_outside_of_it_are_all_days() {
        let event = |hour: i64| -> Event {
            let url = format!("https://gitlab.com/groups/g{hour}/-/saml/callback");
            serde_json::from_value(
                json!({"id": format!("{:013}-test-000001", 1_767_258_000_000 + hour * 3_600_000),
                "kind": "request", "request": hour.to_string(), "tab": hour, "method": "POST", "body": "form",
                "url": url, "form": [["SAMLResponse", [format!("PHgg{hour:04}")]]]}),
            )
            .unwrap()
        };
        let mut tracer = Tracer::replay((0..300).map(event));
        let context = Context { now: Timestamp(1_777_258_000_000), ..Context::default() };
        let mut lines = Lines::default();
        for (zone, start, is_ascending) in
            [(0, 0, false), (0, 90, false), (90, 100, true), (-600, 180, true), (60, 500, false)]
        {
            let zone = Zone(zone);
            let sort = Some(Sort { by: Column::Time, is_ascending });
            let query = Query { start, zone, sort, ..Query::default() };
            let overview = overview(&mut tracer, &mut lines, &context, &query);
            assert_eq!((overview.found, overview.flows.len()), (300, WINDOW));
            let day = |line: &crate::view::FlowLine| zone.day(Timestamp::parse(&line.started).unwrap());
            let here: BTreeSet<i64> = overview.flows.iter().map(day).collect();
            let all: BTreeSet<i64> = (0..300).map(|hour| zone.day(event(hour).id.time)).collect();
            let (before, after) = overview.other_days.unwrap();
            assert_eq!(before + here.len() + after, all.len(), "{query:?}");
        }
        let by_group = Some(Sort { by: Column::Group, is_ascending: true });
        let one_day = Query { text: "group:g1 -group:g1".into(), ..Query::default() };
        for query in [Query { sort: by_group, ..Query::default() }, one_day] {
            assert_eq!(overview(&mut tracer, &mut lines, &context, &query).other_days, None, "{query:?}");
        }
    }

    #[test]
    fn what_was_set_aside_dropped_or_not_stored_is_said() {
        let event = |number: i64, kind: &str| Quarantined {
            id: EventId::new(Timestamp(1_767_258_000_000 + number * 60_000), "a", 1).to_string(),
            kind: kind.into(),
        };
        let kinds = ["request", "completed", "dream", "page", "sent"];
        let context = Context {
            recording: true,
            quarantined: (0..).zip(kinds).map(|(number, kind)| event(number, kind)).collect(),
            dropped: Some(Dropped { flows: 12, until: Timestamp(1_767_258_000_000), tabs: Vec::new() }),
            unstored: 2,
            ..Context::default()
        };
        let said: Vec<String> = notices(&context).into_iter().map(|notice| notice.text).collect();
        let parts = [
            "a request that carries SAML, at 09:00:00",
            "the end of a request, at 09:01:00",
            "something that Samlight does not know, at 09:02:00",
            "2 more events",
            "The 12 oldest were removed, up to 09:00:00",
            "The 2 newest events are lost",
        ];
        assert_eq!(said.len(), parts.len(), "{said:?}");
        for (said, part) in said.iter().zip(parts) {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(notices(&Context::default()), []);
    }

    #[test]
    fn of_a_flood_the_tab_is_named_with_what_went_of_it() {
        let loss = |tab: i64, flows: usize| TabLoss {
            tab,
            flows,
            until: Timestamp(1_767_258_000_000 + tab * 60_000),
            host: format!("tab{tab}.example.com"),
        };
        let mut dropped = Dropped::default();
        dropped.add(&[loss(1, 9_000)], Timestamp(1_767_258_000_000));
        dropped.add(&[loss(1, 1_000), loss(2, 3)], Timestamp(1_767_258_000_000));
        dropped.add(&[loss(3, 1), loss(4, 5), loss(5, 2)], Timestamp(1_767_258_600_000));
        assert_eq!((dropped.flows, dropped.elsewhere()), (10_011, 7));
        let context = Context { recording: true, dropped: Some(dropped), ..Context::default() };
        let said: Vec<String> = notices(&context).into_iter().map(|notice| notice.text).collect();
        let parts = [
            ["the 10000 oldest", "09:01:00", "tab1.example.com"],
            ["the 3 oldest", "09:02:00", "tab2.example.com"],
            ["the 1 oldest", "09:03:00", "tab3.example.com"],
            ["The 7 oldest", "09:10:00", "other tabs"],
        ];
        assert_eq!(said.len(), parts.len(), "{said:?}");
        for (said, parts) in said.iter().zip(parts) {
            assert!(parts.iter().all(|part| said.contains(part)), "{said}: {parts:?}");
        }
    }
}
