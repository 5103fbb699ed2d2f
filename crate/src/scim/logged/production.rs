//! `production_json.log`: the requests of a sign-in with SAML, and those that change what it needs.
//!
//! Lograge's fields (`lib/gitlab/lograge/custom_options.rb`), and where GitLab's controllers lead
//! (`app/controllers/omniauth_callbacks_controller.rb`,
//! `ee/app/controllers/groups/omniauth_callbacks_controller.rb`, `…/sso_controller.rb`,
//! `…/saml_providers_controller.rb`, `…/scim_oauth_controller.rb`); gitlab-facts 5.3. GitLab hides in it what
//! the identity provider sent. Leaves out: requests of anything else.

use super::{super::records::Flat, Said};
use crate::{
    base::{address::Address, catalogue::Text, severity::Severity},
    gitlab::routes::is_group_path,
    text,
};

/// The part of GitLab that a request is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Callback,
    Start,
    Unlink,
    Links,
    Token,
    Settings,
    Identities,
}

/// Parts of a path, and what they lead to; the first that is there holds.
const PARTS: [(&str, Part); 11] = [
    ("/-/saml/callback", Part::Callback),
    ("/users/auth/group_saml", Part::Start),
    ("/users/auth/saml", Part::Callback),
    ("/-/saml/sso", Part::Start),
    ("/-/saml/unlink", Part::Unlink),
    ("/-/saml_group_links", Part::Links),
    ("/-/scim_oauth", Part::Token),
    ("/application_settings/scim_oauth", Part::Token),
    ("/-/saml", Part::Settings),
    ("/-/user_settings/identities", Part::Identities),
    ("/identities", Part::Identities),
];

/// A request as it is judged.
struct Seen<'a> {
    part: Part,
    method: &'a str,
    status: u16,
    /// Whether OmniAuth refused.
    is_failure: bool,
    is_of_group: bool,
    /// The path that the answer leads to.
    leads_to: Option<&'a str>,
}

impl Seen<'_> {
    fn is_callback(&self) -> bool {
        self.part == Part::Callback
    }

    /// Whether the answer to a Response leads to an address with this in it.
    fn leads(&self, path: &str) -> bool {
        self.is_callback() && self.leads_to.is_some_and(|it| it.contains(path))
    }

    fn changes(&self, part: Part) -> bool {
        self.part == part && self.method != "GET" && self.status < 400
    }
}

/// One meaning.
struct Row {
    is_it: fn(&Seen<'_>) -> bool,
    severity: Severity,
    means: fn() -> Text,
    steps: &'static [fn() -> Text],
}

const fn row(
    is_it: fn(&Seen<'_>) -> bool,
    severity: Severity,
    means: fn() -> Text,
    steps: &'static [fn() -> Text],
) -> Row {
    Row { is_it, severity, means, steps }
}

/// The places where the reason stands.
const REASON: &[fn() -> Text] = &[|| text!("logged.reason.do"), || text!("explain.bring.trace")];

/// The meanings; the first that fits holds.
const ROWS: [Row; 25] = [
    row(|it| it.status >= 500, Severity::Error, || text!("logged.failed"), &[|| text!("logged.failed.do")]),
    row(
        |it| it.status == 429,
        Severity::Error,
        || text!("explain.too-many"),
        &[|| text!("explain.too-many.do")],
    ),
    row(|it| it.is_callback() && it.status == 422, Severity::Error, || text!("logged.unprocessable"), REASON),
    row(
        |it| it.is_callback() && it.status == 403,
        Severity::Error,
        || text!("logged.not-allowed"),
        &[|| text!("logged.not-allowed.do")],
    ),
    row(
        |it| it.status == 404,
        Severity::Error,
        || text!("logged.nothing-there"),
        &[|| text!("logged.nothing-there.do")],
    ),
    row(|it| it.is_callback() && it.is_failure, Severity::Error, || text!("logged.refused"), REASON),
    row(
        |it| it.leads("/users/sign_in"),
        Severity::Error,
        || text!("logged.to-sign-in"),
        &[|| text!("logged.to-sign-in.do")],
    ),
    row(
        |it| it.leads("/users/sign_up"),
        Severity::Error,
        || text!("said.no-account"),
        &[|| text!("said.no-account.do")],
    ),
    row(|it| it.leads("/-/saml/sso"), Severity::Error, || text!("logged.to-sso"), REASON),
    row(
        |it| it.leads("/-/saml") && !it.leads("/-/saml/"),
        Severity::Info,
        || text!("logged.to-settings"),
        &[],
    ),
    row(|it| it.leads("/identities/new"), Severity::Info, || text!("logged.to-link"), &[]),
    row(|it| it.leads("/profile/account"), Severity::Warning, || text!("logged.to-account"), REASON),
    row(|it| it.leads("verification"), Severity::Info, || text!("logged.to-verify"), &[]),
    row(
        |it| it.is_callback() && it.is_of_group && it.leads_to == Some("/"),
        Severity::Warning,
        || text!("logged.to-home"),
        REASON,
    ),
    row(
        |it| it.is_callback() && (300..400).contains(&it.status) && it.leads_to.is_none(),
        Severity::Warning,
        || text!("logged.led-on"),
        REASON,
    ),
    row(
        |it| it.is_callback() && (300..400).contains(&it.status),
        Severity::Good,
        || text!("logged.accepted"),
        &[],
    ),
    row(|it| it.is_callback() && it.status < 300, Severity::Info, || text!("logged.page"), &[]),
    row(|it| it.is_callback(), Severity::Warning, || text!("logged.other"), REASON),
    row(|it| it.changes(Part::Unlink), Severity::Warning, || text!("logged.unlinked"), &[]),
    row(|it| it.changes(Part::Links), Severity::Info, || text!("logged.links"), &[]),
    row(
        |it| it.changes(Part::Token),
        Severity::Warning,
        || text!("logged.token"),
        &[|| text!("logged.token.do")],
    ),
    row(|it| it.changes(Part::Settings), Severity::Info, || text!("logged.settings"), &[]),
    row(|it| it.changes(Part::Identities), Severity::Info, || text!("logged.identities"), &[]),
    row(|it| it.part == Part::Start && it.status < 400, Severity::Neutral, || text!("logged.started"), &[]),
    row(|_| true, Severity::Neutral, || text!("logged.opened"), &[]),
];

/// Reads a line of the log.
pub(super) fn read(record: &Flat) -> Option<Said> {
    let (method, path) = (record.first(&["method"])?, record.first(&["path"])?);
    let path = path.split('?').next().unwrap_or_default();
    let action = record.first(&["action"]).unwrap_or_default();
    let params = || record.members("params", ["key", "value"]);
    let is_response = || params().any(|[key, _]| key == Some("SAMLResponse"));
    let of_path = PARTS.iter().find(|(part, _)| path.contains(part)).map(|(_, part)| *part);
    let by_name = || (is_response() || action.contains("saml")).then_some(Part::Callback);
    let part = of_path.or_else(by_name)?;
    let given = params().find(|[key, _]| *key == Some("group_id")).and_then(|[_, value]| value);
    let of_address = path.split_once("/groups/").and_then(|(_, rest)| rest.split_once("/-/")).map(|it| it.0);
    let group = of_address.or(given).filter(|group| is_group_path(group));
    let location = record.first(&["location"]);
    let seen = Seen {
        part,
        method,
        status: record.first(&["status"]).and_then(|status| status.parse().ok()).unwrap_or_default(),
        is_failure: action == "failure",
        is_of_group: group.is_some(),
        leads_to: location.map(path_of),
    };
    let who = [&["username", "metauser"][..], &["userid", "metauserid"][..]];
    let who = who.iter().filter_map(|names| record.first(names)).map(str::to_owned).collect();
    let status = record.first(&["status"]).unwrap_or_default();
    let said = Said {
        what: format!("{method} {path} {status}").trim_end().to_owned(),
        who,
        group: group.map(str::to_owned),
        ..Said::default()
    };
    // A line without a status tells that something was asked for, and no more.
    let row = ROWS.iter().find(|row| (row.is_it)(&seen)).filter(|_| seen.status > 0);
    let said = match row {
        Some(row) => said.says(row.severity, &(row.means)()).advises(row.steps.iter().map(|step| step())),
        None => said.says(Severity::Neutral, &text!("logged.no-status")),
    };
    let said = match seen.leads_to.filter(|path| *path != "/") {
        Some(path) => said.says(Severity::Neutral, &text!("logged.leads-to", path = path)),
        None => said,
    };
    Some(failed(said, record))
}

/// With the exception that stands in the line.
fn failed(mut said: Said, record: &Flat) -> Said {
    let Some(class) = record.first(&["exceptionclass"]) else { return said };
    said.steps.retain(|step| !super::is_search(step));
    let message = record.first(&["exceptionmessage"]).unwrap_or_default();
    let (sentence, steps) = super::exceptions::meaning(class, message);
    said.sentences.push(sentence);
    said.steps.extend(steps);
    said
}

/// The path of an address, without the query, which can hold a token.
fn path_of(address: &str) -> &str {
    let path = Address::parse(address).map_or(address, |address| address.path);
    path.split(['?', '#']).next().filter(|path| !path.is_empty()).unwrap_or("/")
}
