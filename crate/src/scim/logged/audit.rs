//! Audit events about SAML, SCIM and membership: `audit_json.log`, GitLab's API (`/audit_events`), the
//! stream, and the CSV of GitLab's own export.
//!
//! `ee/config/audit_events/types/*.yml` and GitLab's documentation of them for the names;
//! `ee/lib/audit/details.rb` for the words of an event that has none of its own;
//! `ee/app/services/audit_events/export_csv_service.rb` for the columns; gitlab-facts 3.6. Events up to
//! GitLab 15 have no name: their words decide. Leaves out: events about anything else.

use super::{super::records::Flat, Said, cut};
use crate::{
    base::{catalogue::Text, severity::Severity},
    gitlab::messages::folded,
    text,
};

/// One kind of event.
struct Row {
    /// Its names; any of them.
    names: &'static [&'static str],
    /// Parts of its words, folded; any of the groups, each in its order.
    words: &'static [&'static [&'static str]],
    severity: Severity,
    means: fn(&str) -> Text,
    steps: &'static [fn() -> Text],
}

const fn row(
    names: &'static [&'static str],
    words: &'static [&'static [&'static str]],
    severity: Severity,
    means: fn(&str) -> Text,
    steps: &'static [fn() -> Text],
) -> Row {
    Row { names, words, severity, means, steps }
}

/// The old and the new identifier in `Updated extern_uid from A to B`.
fn identifiers(words: &str) -> (String, String) {
    let rest = words.split_once("extern_uid from ").map_or("", |(_, rest)| rest);
    let (old, new) = rest.split_once(" to ").unwrap_or((rest, ""));
    (cut(old), cut(new))
}

/// The events; the first that fits holds.
const ROWS: [Row; 17] = [
    row(
        &[],
        &[&["failed to update extern uid"]],
        Severity::Error,
        |words| {
            let (old, new) = identifiers(words);
            text!("logged.uid-refused", old = old, new = new)
        },
        &[|| text!("said.name-id-and-email.do")],
    ),
    row(
        &["update_mismatched_group_saml_extern_uid"],
        &[&["updated extern uid"]],
        Severity::Warning,
        |words| {
            let (old, new) = identifiers(words);
            text!("logged.uid-updated", old = old, new = new)
        },
        &[],
    ),
    row(
        &["omniauth_login_failed"],
        &[&["failed to login with", "saml"], &["saml login failed"]],
        Severity::Error,
        |_| text!("logged.audit-failed"),
        &[|| text!("logged.reason.do")],
    ),
    row(
        &["authenticated_with_group_saml"],
        &[&["signed in with", "saml"]],
        Severity::Good,
        |_| text!("logged.audit-signed-in"),
        &[],
    ),
    row(
        &["inactive_scim_user_cannot_be_added"],
        &[&["inactive scim identity"]],
        Severity::Error,
        |_| text!("logged.audit-inactive"),
        &[|| text!("stored.inactive.do")],
    ),
    row(
        &["user_provisioned_by_scim"],
        &[&["provisioned by scim"]],
        Severity::Good,
        |_| text!("logged.audit-provisioned"),
        &[],
    ),
    row(
        &["group_saml_provider_create"],
        &[&["saml", "provider", "created"]],
        Severity::Info,
        |_| text!("logged.audit-created"),
        &[],
    ),
    row(
        &[],
        &[&["enforced sso"], &["enforced group managed accounts"], &["prohibited outer forks"]],
        Severity::Warning,
        |_| text!("logged.audit-enforcement"),
        &[],
    ),
    row(
        &["group_saml_provider_update"],
        &[&["sso url"], &["certificate fingerprint"], &["saml", "provider"]],
        Severity::Warning,
        |_| text!("logged.audit-settings"),
        &[|| text!("logged.audit-settings.do")],
    ),
    row(
        &["saml_group_links_created", "saml_group_links_removed"],
        &[&["saml group link"]],
        Severity::Info,
        |_| text!("logged.links"),
        &[],
    ),
    row(
        &[],
        &[&["scim", "token"]],
        Severity::Warning,
        |_| text!("logged.token"),
        &[|| text!("logged.token.do")],
    ),
    row(
        &["ip_restrictions_changed", "allowed_email_domain_updated"],
        &[&["ip restriction"], &["ip allowlist"], &["allowed email domain"]],
        Severity::Warning,
        |_| text!("logged.audit-restriction"),
        &[],
    ),
    row(
        &["member_destroyed"],
        &[&["membership destroyed"], &["removed user access"]],
        Severity::Warning,
        |_| text!("logged.audit-removed"),
        &[],
    ),
    row(
        &["group_saml_member_added", "member_created"],
        &[&["membership created"], &["added user access"]],
        Severity::Info,
        |_| text!("logged.audit-added"),
        &[],
    ),
    row(
        &["user_blocked", "ban_user", "user_deactivate"],
        &[&["user blocked"], &["blocked user"]],
        Severity::Warning,
        |_| text!("logged.audit-blocked"),
        &[],
    ),
    row(
        &[],
        &[&["saml identity"], &["scim identity"], &["identity", "linked"], &["extern uid"]],
        Severity::Info,
        |_| text!("logged.identities"),
        &[],
    ),
    row(&[], &[&["saml"], &["scim"]], Severity::Info, |_| text!("logged.audit-other"), &[]),
];

/// Reads an event.
pub(super) fn read(record: &Flat) -> Option<Said> {
    record.first(&["entitytype"])?;
    record.first(&["authorid", "authorname", "detailsauthorname"])?;
    let name = record.first(&["eventname", "eventtype", "detailseventname"]).unwrap_or_default();
    let words = words(record);
    let text = folded(&cut(&words));
    let has = |parts: &&[&str]| {
        parts.iter().try_fold(&*text, |rest, part| Some(rest.split_once(part)?.1)).is_some()
    };
    let by_words = |row: &&Row| row.words.iter().any(&has);
    // The words of a refused change say more than its name.
    let first = ROWS.iter().take(1).find(by_words);
    let by_name = || ROWS.iter().find(|row| row.names.contains(&name));
    let row = first.or_else(by_name).or_else(|| ROWS.iter().find(by_words))?;
    let who = [
        &["detailstargetdetails", "targetdetails"][..],
        &["detailsauthorname", "authorname"][..],
        &["detailsauthoremail", "authoremail"][..],
    ];
    let mut values: Vec<String> = Vec::new();
    let found = who.iter().filter_map(|names| record.first(names)).map(str::to_owned);
    found.for_each(|value| super::push_new(&mut values, [value]));
    let path = record.first(&["detailsentitypath", "entitypath"]);
    let is_group = record.first(&["entitytype"]).is_some_and(|of| of.eq_ignore_ascii_case("group"));
    let said = Said {
        what: name.to_owned(),
        who: values,
        group: path.filter(|_| is_group).map(str::to_owned),
        ..Said::default()
    };
    let said = said.says(row.severity, &(row.means)(&words)).advises(row.steps.iter().map(|step| step()));
    // Whose work a change of membership was.
    let caller = record.first(&["metacallerid", "metarootcallerid"]).unwrap_or_default();
    let said = match caller {
        "Auth::SamlGroupSyncWorker" => said.says(Severity::Info, &text!("logged.audit-by-sync")),
        caller if caller.contains("/scim/") => said.says(Severity::Info, &text!("logged.audit-by-scim")),
        _ => said,
    };
    Some(if words.is_empty() {
        said
    } else {
        said.says(Severity::Neutral, &text!("logged.audit-words", said = cut(&words)))
    })
}

/// The words of an event as GitLab shows them, made of its details where it has none.
fn words(record: &Flat) -> String {
    let detail = |name: &str| record.first(&[&format!("details{name}"), name]);
    let provider = |name: &str| detail(name).map(|provider| provider.replace('_', " ").to_uppercase());
    let changed = |change: &str| {
        let part =
            |before: &str, name: &str| detail(name).map(|it| format!(" {before} {it}")).unwrap_or_default();
        format!("Changed {change}{}{}", part("from", "from"), part("to", "to"))
    };
    let given = record.first(&["action"]).or_else(|| detail("custommessage")).map(str::to_owned);
    given
        .or_else(|| provider("with").map(|with| format!("Signed in with {with} authentication")))
        .or_else(|| provider("failedlogin").map(|with| format!("Failed to login with {with} authentication")))
        .or_else(|| detail("change").map(changed))
        .or_else(|| detail("add").map(|it| format!("Added {}", it.replace('_', " "))))
        .or_else(|| detail("remove").map(|it| format!("Removed {}", it.replace('_', " "))))
        .unwrap_or_default()
}
