//! The own pages' calls, answered from the trace. The lines of the list are kept from one call to the next.

use crate::{
    protocol::{Context, OwnCall, OwnReply},
    redact, text,
    tracer::Tracer,
    view::{flow::flow_view, lines::Lines, overview::overview, terminal},
};

/// Answers an own page's call as it comes, in JSON.
pub fn answer_json(tracer: &Tracer, lines: &mut Lines, context: &Context, call: &str) -> OwnReply {
    match serde_json::from_str(call) {
        Ok(call) => answer(tracer, lines, context, &call),
        Err(error) => {
            OwnReply::Refused(text!("call.unknown", error = redact::json_error(&error)).to_string())
        }
    }
}

/// Answers an own page's call.
pub fn answer(tracer: &Tracer, lines: &mut Lines, context: &Context, call: &OwnCall) -> OwnReply {
    match call {
        OwnCall::Overview(query) => OwnReply::Overview(Box::new(overview(tracer, lines, context, query))),
        OwnCall::Flow { id } => {
            OwnReply::Flow(tracer.flow(id).map(|flow| Box::new(flow_view(tracer, flow, context.now))))
        }
        OwnCall::Report => OwnReply::Report(match tracer.flows().last() {
            Some(flow) => terminal::render(&flow_view(tracer, flow, context.now)),
            None => text!("headline.nothing-yet").to_string(),
        }),
        OwnCall::Instances => OwnReply::Instances(tracer.settings().instances.clone()),
    }
}
