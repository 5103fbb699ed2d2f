//! `web-ext lint`: the release for Firefox, by the rules of Firefox's store. Errors and warnings fail.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;

/// Warnings that stay, each with the reason.
const ALLOWED: &[(&str, &str)] = &[(
    "KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION",
    "of Firefox for Android, which is not supported; naming a version for it would say that it is",
)];

/// Lints `target/dist/firefox`.
///
/// # Errors
/// When the program is missing, or has something to say that is not in the list of what is allowed.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    let mut lint = Command::new(workspace.npm_program_there("web-ext")?);
    lint.args(["lint", "--no-config-discovery", "--output", "json", "--source-dir"]);
    lint.arg(workspace.output("dist/firefox")).current_dir(&workspace.root);
    // It ends with a failure when there are errors; what they are is in its output.
    let output = lint.stderr(Stdio::inherit()).output().context("cannot start `web-ext lint`")?;
    let report = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`web-ext lint` ended with {} and gave no report", output.status))?;
    let complaints = complaints(&report)?;
    if !complaints.is_empty() {
        bail!("`web-ext lint` complains:\n  - {}", complaints.join("\n  - "));
    }
    for (code, reason) in ALLOWED {
        println!("    allowed: {code}, {reason}");
    }
    Ok(())
}

/// The errors and warnings of a report that are not allowed.
fn complaints(report: &Value) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for kind in ["errors", "warnings"] {
        let list = report[kind].as_array().with_context(|| format!("the report has no list of {kind}"))?;
        let refused =
            list.iter().filter(|it| kind == "errors" || !ALLOWED.iter().any(|(code, _)| it["code"] == *code));
        complaints.extend(refused.map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            format!("{}: {} ({}) {}", text("code"), text("message"), text("file"), text("description"))
        }));
    }
    Ok(complaints)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_and_warnings_are_named_unless_allowed() {
        let of = |code: &str| json!({ "code": code, "message": "no", "file": "a.js", "description": "why" });
        let report = json!({ "errors": [of("BAD")], "warnings": [of("ODD"), of(ALLOWED[0].0)] });
        assert_eq!(complaints(&report).unwrap(), ["BAD: no (a.js) why", "ODD: no (a.js) why"]);
        let allowed_as_error = json!({ "errors": [of(ALLOWED[0].0)], "warnings": [] });
        assert_eq!(complaints(&allowed_as_error).unwrap().len(), 1);
        assert!(complaints(&json!({})).is_err());
    }
}
