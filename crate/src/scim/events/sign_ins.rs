//! Entra ID's log of sign-ins: who signed in to which app, and why it was refused.
//!
//! Microsoft Graph (`signIn`: `appDisplayName`, `userPrincipalName`, `status.errorCode`,
//! `status.failureReason`), diagnostic settings (`SignInLogs`, with `resultType`), Log Analytics, and the
//! portal's JSON and CSV (its columns as public readers of these files name them). The meaning of a code is
//! that of [`sign_in_codes`](super::super::sign_in_codes). A tenant's log has sign-ins to all its apps: those
//! to GitLab are told by the names of app and resource.
//! Leaves out: what GitLab makes of the Response, which this log does not know.

use super::{ANSWER, Event, Named};
use crate::{
    base::{catalogue::Text, instant::logged::Logged, severity::Severity},
    scim::{
        record::{KnownBy, Source, name_or_email},
        records::Flat,
        repeats::Repeats,
        sign_in_codes,
    },
    text,
};

const APP: &[&str] = &["appdisplayname"];
/// The column of the portal's CSV, which others of it must stand beside: the word alone can be anybody's.
const APPLICATION: &[&str] = &["application"];
const OF_PORTAL: &[&str] = &["signinerrorcode", "failurereason", "dateutc"];
const RESOURCE: &[&str] = &["resourcedisplayname", "resource"];
const USER: [(KnownBy, &[&str]); 3] = [
    (KnownBy::Name, &["userprincipalname", "username", "signinidentifier"]),
    (KnownBy::Name, &["userdisplayname", "user", "identity"]),
    // The object ID, which GitLab's documentation makes the identifier of.
    (KnownBy::Scim, &["userid"]),
];
const CODE: &[&str] = &["statuserrorcode", "signinerrorcode", "resulttype", "errorcode"];
const REASON: &[&str] = &["statusfailurereason", "failurereason", "resultdescription"];
const DETAILS: &[&str] = &["statusadditionaldetails", "additionaldetails"];
const AT: &[&str] = &["createddatetime", "dateutc", "date", "time", "timegenerated", "timestamp"];

/// The codes by which Entra ID asks for something more before it goes on; the same sign-in often succeeds a
/// moment later.
const QUESTIONS: [&str; 9] =
    ["50140", "50074", "50076", "50072", "50079", "50058", "50097", "16000", "50125"];

/// The sign-in that a record tells.
pub(super) fn event(line: usize, record: &Flat) -> Option<Event> {
    let of_portal = || record.first(OF_PORTAL).and_then(|_| record.first(APPLICATION));
    let app = record.first(APP).or_else(of_portal)?;
    let user = USER.iter().take(2).find_map(|(_, names)| record.first(names))?;
    // The status in words is that of the portal's CSV; Graph has an object there.
    let status = record.first(&["status"]).unwrap_or_default().to_ascii_lowercase();
    let code = record.first(CODE).map(|code| code.trim_start_matches("AADSTS"));
    let code = code.filter(|code| code.bytes().all(|octet| octet.is_ascii_digit()));
    let severity = match (status.as_str(), code) {
        ("success", _) | (_, Some("0")) => Severity::Good,
        ("interrupted", _) => Severity::Info,
        (_, Some(code)) if QUESTIONS.contains(&code) => Severity::Info,
        ("failure", _) | (_, Some(_)) => Severity::Error,
        _ => return None,
    };
    let code = code.filter(|_| severity != Severity::Good);
    let names = [Some(app), record.first(RESOURCE)].into_iter().flatten();
    let is_gitlab = names.into_iter().any(|name| name.to_ascii_lowercase().contains("gitlab"));
    let mut who = vec![(name_or_email(user), user.to_owned())];
    for (by, names) in USER {
        if let Some(value) = record.first(names).filter(|value| !who.iter().any(|(_, known)| known == value))
        {
            who.push((if by == KnownBy::Name { name_or_email(value) } else { by }, value.to_owned()));
        }
    }
    let reason = [REASON, DETAILS].into_iter().filter_map(|names| record.first(names));
    let reason: Vec<&str> = reason.filter(|reason| !["Other.", "None"].contains(reason)).collect();
    let reason: String = reason.join(" ").chars().take(ANSWER).collect();
    let result = code.map_or_else(String::new, |code| format!("AADSTS{code}"));
    let said = match severity {
        Severity::Good => String::new(),
        _ => format!("{result}: {reason}").trim_matches([':', ' ']).to_owned(),
    };
    let at = record.first(AT).and_then(Logged::parse).map(|at| at.at);
    Some(Event {
        heading: format!("Entra ID sign-in “{app}” {result}").trim_end().to_owned(),
        source: Source::Entra,
        action: "sign-in".to_owned(),
        is_to_gitlab: is_gitlab,
        severity,
        who,
        sent: Vec::new(),
        meaning: code.and_then(sign_in_codes::of_number),
        said,
        line,
        repeats: Repeats::once(at),
        is_gitlab: Some(is_gitlab),
        named: Named::of(record),
    })
}

/// The meaning where the code has none that is known.
pub(super) fn means(event: &Event) -> Text {
    let code: String = event.said.chars().skip(6).take_while(char::is_ascii_digit).collect();
    match event.severity {
        Severity::Good => text!("entra-sign-in.done"),
        Severity::Error if event.said.starts_with("AADSTS") => text!("explain.entra-code", code = code),
        Severity::Error => text!("entra-sign-in.failed"),
        _ => text!("entra-sign-in.asked"),
    }
}

/// The step that it has besides those of its code.
pub(super) fn step(event: &Event) -> Option<Text> {
    match (event.severity, event.meaning) {
        (Severity::Good, _) => Some(text!("entra-sign-in.done.do")),
        (Severity::Error, None) => Some(text!("explain.entra-code.do")),
        _ => None,
    }
}
