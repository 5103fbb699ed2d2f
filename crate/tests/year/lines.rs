//! The lines of the three logs, as gitlab-facts 6.1, 7.4 and 7.6 have them.

use crate::generated::{Chance, Line, Log};
use serde_json::{Value, json};

/// The first millisecond of the year: 2025-12-01.
const BEGINS: i64 = 1_764_547_200_000;

/// RFC 3339 with milliseconds, where there are some.
pub(crate) fn time(at: u64) -> String {
    let nanoseconds = (i128::from(BEGINS) + i128::from(at)) * 1_000_000;
    let at = ::time::OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap();
    at.format(&::time::format_description::well_known::Rfc3339).unwrap()
}

/// A request of SCIM as GitLab logs it.
pub(crate) fn scim(at: u64, method: &str, path: &str, status: u16, params: &[(&str, Value)]) -> Line {
    let params: Vec<Value> = params.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let text = json!({"time": time(at), "severity": "INFO", "duration_s": 0.1, "db_duration_s": 0.01,
        "status": status, "method": method, "path": path, "params": params, "host": "gitlab.example.com",
        "remote_ip": "203.0.113.20", "ua": "SCIM",
        "route": "/api/scim/:version/groups/:group/Users", "correlation_id": format!("01H{at}")});
    Line { at, file: Log::Gitlab, text: text.to_string() }
}

/// An event of Entra ID's provisioning log (Graph).
pub(crate) fn entra(at: u64, action: &str, status: &str, reason: &str, who: &Value, changed: &Value) -> Line {
    let error = (status == "failure").then(|| json!({"errorCode": "X", "reason": reason}));
    let steps = json!([{"name": "scope", "status": status, "description": reason}]);
    let text = json!({"id": format!("{at}"), "activityDateTime": time(at), "provisioningAction": action,
        "provisioningStatusInfo": {"status": status, "errorInformation": error},
        "provisioningSteps": if status == "skipped" { steps } else { json!([]) },
        "modifiedProperties": changed, "sourceIdentity": who, "targetSystem": {"displayName": "GitLab"}});
    Line { at, file: Log::Entra, text: text.to_string() }
}

/// An event of Okta's System Log.
pub(crate) fn okta(at: u64, event: &str, result: &str, reason: &str, actor: &Value, target: &Value) -> Line {
    let app = json!({"id": "0oa2", "type": "AppInstance", "alternateId": "GitLab", "displayName": "GitLab"});
    let text = json!({"uuid": format!("{at}"), "published": time(at), "eventType": event, "actor": actor,
        "outcome": {"result": result, "reason": reason}, "target": [target, app]});
    Line { at, file: Log::Okta, text: text.to_string() }
}

/// A request that is not of SCIM.
pub(crate) fn other(chance: &mut Chance) -> Line {
    let at = chance.below(365 * 86_400) as u64 * 1_000 + 500;
    let number = chance.below(10_000);
    let text = json!({"time": time(at), "severity": "INFO", "status": 200, "method": "GET",
        "path": format!("/api/v4/projects/{number}"), "params": [{"key": "id", "value": number.to_string()}],
        "host": "gitlab.example.com", "user_id": number, "username": format!("user{number}"),
        "route": "/api/:version/projects/:id", "correlation_id": format!("01H{at}")});
    Line { at, file: Log::Gitlab, text: text.to_string() }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Entra,
    Okta,
}

/// An identifier of the kind that the documentation says to take: the object id of Entra ID, Okta's own id.
pub(crate) fn identifier(provider: Provider, chance: &mut Chance) -> String {
    let (a, b) = (chance.next(), chance.next());
    match provider {
        Provider::Entra => {
            let (a, b) = (format!("{a:016x}"), format!("{b:016x}"));
            format!("{}-{}-{}-{}-{}", &a[..8], &a[8..12], &a[12..], &b[..4], &b[4..])
        }
        Provider::Okta => {
            const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
            let mut rest = (u128::from(a) << 64) | u128::from(b);
            let mut id = "00u".to_owned();
            for _ in 0..17 {
                id.push(SIGNS[(rest % 62) as usize] as char);
                rest /= 62;
            }
            id
        }
    }
}
