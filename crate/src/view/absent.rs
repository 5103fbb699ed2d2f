//! What the browser did not show of an exchange, and why, in the person's words. Nothing is guessed in its place.

use crate::{
    address::Address,
    catalogue::Text,
    exchange::{Absence, End, Exchange, Rode},
    limits::{FIELD_CHARS, RAW_BODY_BYTES},
    text,
};

/// Everything that is to be said of `exchange`, one of the `exchanges` of a flow: why it broke, then what is missing.
pub(super) fn said(exchange: &Exchange, exchanges: &[&Exchange]) -> Vec<String> {
    let failed = match &exchange.end {
        Some(End::Failed(_, error)) => Some(text!("exchange.failed", error = error)),
        _ => None,
    };
    let next = unseen_host(exchange, exchanges).map(|host| text!("absent.next-hop", host = host));
    let absent = exchange.absences().into_iter().map(|absence| why(absence, exchange));
    failed.into_iter().chain(absent).chain(next).map(|text| text.to_string()).collect()
}

fn why(absence: Absence, exchange: &Exchange) -> Text {
    match absence {
        Absence::Request => text!("absent.request"),
        Absence::Response if exchange.failure().is_some() => text!("absent.response-failed"),
        Absence::Response => text!("absent.response"),
        Absence::RawBody => text!("absent.raw-body"),
        Absence::LargeBody => text!("absent.large-body", megabytes = RAW_BODY_BYTES / 1024 / 1024),
        Absence::UnreadableBody => text!("absent.unreadable-body"),
        Absence::CutBody => {
            text!("absent.cut-body", kept = FIELD_CHARS, given = exchange.cut.unwrap_or_default())
        }
        Absence::ResponseBody => text!("absent.response-body"),
        Absence::BackChannel => text!("absent.back-channel"),
    }
}

/// The host that this exchange sends a message to, when no request to it was seen: Samlight has no access to it.
pub(super) fn unseen_host(exchange: &Exchange, exchanges: &[&Exchange]) -> Option<String> {
    exchange.messages.iter().find(|seen| seen.rode == Rode::Redirect)?;
    let location = exchange.response.as_ref()?.location.as_ref()?;
    // Only its host is shown.
    let host = |url: &str| Address::parse(url).map(|address| address.host().to_ascii_lowercase());
    let to = host(location.expose())?;
    let seen = exchanges.iter().any(|other| host(other.url.expose()).as_ref() == Some(&to));
    (!seen).then_some(to)
}
