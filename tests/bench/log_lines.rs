//! A generated `api_json.log`, its lines as GitLab writes them (gitlab-facts 6.1): one in fifty is about
//! SCIM, a quarter of those about [`GROUP`]. Leaves out: other kinds of logs.

use fastrand::Rng;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The group that is asked for.
pub(crate) const GROUP: &str = GROUPS[0];
const GROUPS: [&str; 4] = ["acme", "globex", "initech", "umbrella"];
const PATHS: [&str; 6] = [
    "/api/v4/projects",
    "/api/v4/jobs/request",
    "/api/v4/internal/allowed",
    "/api/v4/projects/acme%2Fweb/repository/files",
    "/api/v4/groups/acme/members",
    "/api/v4/runners/verify",
];

/// Writes a log of `size` octets; gives its lines, and those of the first group.
pub(crate) fn write(mut out: impl Write, size: usize) -> io::Result<(usize, usize)> {
    let mut rng = Rng::with_seed(17);
    let (mut written, mut lines, mut count) = (0, 0, 0);
    while written < size {
        let (line, is_of_group) = line(&mut rng);
        out.write_all(line.as_bytes())?;
        written += line.len();
        lines += 1;
        count += usize::from(is_of_group);
    }
    out.flush()?;
    Ok((lines, count))
}

fn line(rng: &mut Rng) -> (String, bool) {
    let group = GROUPS[rng.usize(..GROUPS.len())];
    let is_scim = rng.u8(..50) == 0;
    let user = rng.u32(..5_000);
    let id = format!("{:08x}-8d2a-4f8e-bf98-7363c4aed4ef", user.wrapping_mul(0x9e37_79b1));
    let users = format!("/api/scim/v2/groups/{group}/Users");
    let (method, path, status, params) = match (is_scim, rng.u8(..4)) {
        (false, _) => {
            let page = json!([{"key": "page", "value": "2"}, {"key": "per_page", "value": "100"}]);
            ("GET", PATHS[rng.usize(..PATHS.len())].to_owned(), 200, page)
        }
        (true, 0) => ("POST", users, 409, created(user, &id)),
        (true, 1) => {
            let change = json!([{"op": "Replace", "path": "active", "value": "False"}]);
            ("PATCH", format!("{users}/{id}"), 204, json!([{"key": "Operations", "value": change}]))
        }
        (true, _) => {
            let filter = json!([{"key": "filter", "value": format!("externalId eq \"{id}\"")}]);
            ("GET", users, 200, filter)
        }
    };
    let time = format!(
        "2026-11-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        rng.u8(1..29),
        rng.u8(..24),
        rng.u8(..60),
        rng.u8(..60),
        rng.u16(..1_000)
    );
    let line = json!({"time": time, "severity": "INFO", "duration_s": 0.1, "db_duration_s": 0.01,
        "view_duration_s": 0.09, "status": status, "method": method, "path": path, "params": params,
        "host": "gitlab.example.com", "remote_ip": format!("203.0.113.{}", rng.u8(..)),
        "ua": "gitlab-runner 17.5.0 (17-5-stable; go1.22.7; linux/amd64)", "user_id": rng.u16(..9_000),
        "queue_duration_s": 0.01, "correlation_id": format!("01H{:023}", rng.u64(..)),
        "meta.caller_id": "GET /api/:version/projects", "meta.feature_category": "groups_and_projects",
        "meta.client_id": format!("user/{}", rng.u16(..9_000)), "redis_calls": rng.u8(..),
        "redis_duration_s": 0.004, "redis_read_bytes": rng.u16(..), "redis_write_bytes": rng.u16(..),
        "db_count": rng.u8(..), "db_write_count": 0, "db_cached_count": 3, "db_primary_count": rng.u8(..),
        "db_primary_duration_s": 0.02, "cpu_s": 0.0834, "mem_objects": rng.u16(..), "mem_bytes": rng.u32(..),
        "mem_mallocs": rng.u16(..), "pid": rng.u16(..), "worker_id": format!("puma_{}", rng.u8(..8)),
        "rate_limiting_gates": [], "request_urgency": "default", "target_duration_s": 1});
    (format!("{line}\n"), is_scim && group == GROUP)
}

/// The values of a user who is created.
fn created(user: u32, id: &str) -> Value {
    json!([{"key": "schemas", "value": ["urn:ietf:params:scim:schemas:core:2.0:User"]},
        {"key": "externalId", "value": id}, {"key": "userName", "value": format!("user{user}")},
        {"key": "active", "value": true},
        {"key": "emails", "value": [{"primary": true, "type": "work", "value": format!("user{user}@example.com")}]},
        {"key": "name", "value": {"formatted": format!("User {user}"), "familyName": "User", "givenName": "A"}},
        {"key": "password", "value": "[FILTERED]"}])
}
