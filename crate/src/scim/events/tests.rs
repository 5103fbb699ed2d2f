//! Entra ID's sign-ins in every form that it writes them in.

use crate::{
    base::severity::Severity,
    scim::{
        Statement,
        evidence::{self, Asked},
    },
};
use serde_json::{Value, json};

/// One sign-in.
struct SignIn {
    app: &'static str,
    user: &'static str,
    code: u32,
    reason: &'static str,
}

fn graph(it: &SignIn) -> Value {
    json!({"id": "66ea54eb", "createdDateTime": "2026-11-20T12:31:10Z", "userDisplayName": "Ada Low",
        "userPrincipalName": it.user, "userId": "26be570a", "appId": "de8bc8b5", "appDisplayName": it.app,
        "ipAddress": "203.0.113.5", "clientAppUsed": "Browser", "correlationId": "f1", "conditionalAccessStatus": "notApplied",
        "resourceDisplayName": it.app, "status": {"errorCode": it.code, "failureReason": it.reason, "additionalDetails": null},
        "deviceDetail": {"displayName": ""}, "location": {"city": "Berlin"}})
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// The columns that the portal writes today, with their spaces and one that comes twice. Compared with the
/// headers that public readers of these files name.
const OF_PORTAL: [&str; 57] = [
    "Date (UTC)",
    "Request ID",
    "User agent",
    "Correlation ID",
    "User ID",
    "User",
    "Username",
    "User type",
    "Cross tenant access type",
    "Incoming token type",
    "Authentication Protocol",
    "Unique token identifier",
    "Original transfer method",
    "Client credential type",
    "Token Protection - Sign In Session",
    "Token Protection - Sign In Session StatusCode",
    "Application",
    "Application ID ",
    "App owner tenant ID",
    "Resource",
    "Resource ID ",
    "Resource tenant ID",
    "Resource owner tenant ID",
    "Home tenant ID",
    "Home tenant name",
    "IP address",
    "Location",
    "Status",
    "Sign-in error code",
    "Failure reason",
    "Client app",
    "Device ID",
    "Browser",
    "Operating System",
    "Compliant",
    "Managed",
    "Join Type",
    "Multifactor authentication result",
    "Multifactor authentication auth method",
    "Multifactor authentication auth detail",
    "Authentication requirement",
    "Sign-in identifier",
    "Session ID",
    "IP address (seen by resource)",
    "Through Global Secure Access",
    "Global Secure Access IP address",
    "Autonomous system  number",
    "Flagged for review",
    "Token issuer type",
    "Incoming token type",
    "Token issuer name",
    "Latency",
    "Conditional Access",
    "Managed Identity type",
    "Associated Resource Id",
    "Federated Token Id",
    "Federated Token Issuer",
];

/// Those that a person may choose.
const CHOSEN: [&str; 7] =
    ["Date (UTC)", "User", "Username", "Application", "Status", "Sign-in error code", "Failure reason"];

fn portal(columns: &[&str], all: &[SignIn]) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\r\n";
    let row = |it: &SignIn| {
        let cell = |column: &&str| match *column {
            "Date (UTC)" => quoted("2026-11-20T12:31:10Z"),
            "User" => quoted("Ada Low"),
            "User ID" => quoted("26be570a"),
            "Username" | "Sign-in identifier" => quoted(it.user),
            "Application" | "Resource" => quoted(it.app),
            "Status" => quoted(if it.code == 0 { "Success" } else { "Failure" }),
            "Sign-in error code" if it.code == 0 => String::new(),
            "Sign-in error code" => it.code.to_string(),
            "Failure reason" => quoted(it.reason),
            "IP address" => quoted("203.0.113.5"),
            _ => quoted(""),
        };
        line(columns.iter().map(cell).collect())
    };
    let header = line(columns.iter().map(|&column| column.to_owned()).collect());
    format!("\u{feff}{header}{}", all.iter().map(row).collect::<String>())
}

type Write = fn(&[SignIn]) -> String;

/// The ways in which Entra ID writes its sign-ins.
const WRITTEN: [(&str, Write); 7] = [
    ("Graph", |all| {
        json!({"@odata.context": "x#auditLogs/signIns", "value": all.iter().map(graph).collect::<Vec<_>>()})
            .to_string()
    }),
    ("the portal", |all| serde_json::to_string_pretty(&all.iter().map(graph).collect::<Vec<_>>()).unwrap()),
    ("lines", |all| all.iter().map(|it| graph(it).to_string() + "\n").collect()),
    ("diagnostic settings", |all| {
        let envelope = |it: &SignIn| {
            json!({"time": "2026-11-20T12:31:10Z", "operationName": "Sign-in activity", "category": "SignInLogs",
                "resultType": it.code.to_string(), "resultDescription": it.reason, "identity": "Ada Low",
                "callerIpAddress": "203.0.113.5", "properties": graph(it)})
        };
        all.iter().map(|it| envelope(it).to_string() + "\n").collect()
    }),
    ("Log Analytics", |all| {
        let row = |it: &SignIn| {
            json!({"TimeGenerated": "2026-11-20T12:31:10Z", "AppDisplayName": it.app, "UserPrincipalName": it.user,
                "UserDisplayName": "Ada Low", "ResultType": it.code.to_string(), "ResultDescription": it.reason})
        };
        all.iter().map(|it| row(it).to_string() + "\n").collect()
    }),
    ("the portal, CSV", |all| portal(&OF_PORTAL, all)),
    ("the portal, CSV with columns chosen", |all| portal(&CHOSEN, all)),
];

const APP: &str = "GitLab.com SSO";

fn read(text: &str, value: Option<&str>) -> Vec<Statement> {
    evidence::read(text, &Asked { value: value.map(str::to_owned), ..Asked::default() })
}

#[test]
fn each_sign_in_names_its_user_the_app_and_the_reason_however_it_is_written() {
    for (called, write) in WRITTEN {
        for (code, reason, severity, words) in [
            (0, "Other.", Severity::Good, "signed the person in"),
            (50_105, "Your administrator has configured the application", Severity::Error, "assigned"),
            (700_016, "Application was not found", Severity::Error, "AADSTS700016"),
            (50_076, "Due to a configuration change", Severity::Info, "second factor"),
            (999_999, "Something new", Severity::Error, "which Samlight does not know"),
        ] {
            let of = |user| SignIn { app: APP, user, code, reason };
            let text = write(&[of("ada@example.com"), of("eve@example.com")]);
            let statements = read(&text, None);
            let [sum, ada, eve] = &statements[..] else { panic!("{called}: {statements:#?}") };
            assert!(
                sum.sentences.len() == 1 && sum.sentences[0].text.contains("2 of 2 sign-ins"),
                "{called}: {sum:?}"
            );
            let said = format!("{ada:?}");
            // The portal's CSV has no interrupted sign-in that calls itself a failure.
            let is_question = severity == Severity::Info && called.contains("CSV");
            assert!(is_question || ada.sentences[0].severity == severity, "{called} {code}: {said}");
            assert!(
                said.contains(words) && said.contains(APP) && said.contains("ada@example.com"),
                "{called}: {said}"
            );
            assert!(said.contains("2026-11-20 12:31:10 UTC  Entra ID sign-in"), "{called}: {said}");
            assert!(code == 0 || said.contains(reason), "{called}: {said}");
            assert!(severity < Severity::Error || !ada.steps.is_empty(), "{called}: {said}");
            assert!(format!("{eve:?}").contains("eve@example.com"), "{called}: {eve:?}");
            let one = format!("{:?}", read(&text, Some("EVE@example.com")));
            assert!(one.contains("1 of 2") && !one.contains("ada@"), "{called}: {one}");
            let nobody = format!("{:?}", read(&text, Some("nobody")));
            assert!(nobody.contains("0 of 2"), "{called}: {nobody}");
        }
    }
}

#[test]
fn of_a_whole_tenant_only_the_sign_ins_to_gitlab_are_told_and_all_where_none_is_called_so() {
    for (called, write) in WRITTEN {
        let of = |app, user| SignIn { app, user, code: 50_105, reason: "x" };
        let others =
            || [of("Mail", "eve@example.com"), of("Chat", "eve@example.com"), of("Chat", "eve@example.com")];
        let all: Vec<SignIn> = others().into_iter().chain([of(APP, "ada@example.com")]).collect();
        let statements = read(&write(&all), None);
        let [sum, one] = &statements[..] else { panic!("{called}: {statements:#?}") };
        let said = format!("{sum:?}");
        assert!(said.contains("1 of 4") && said.contains("3 sign-ins to other apps"), "{called}: {said}");
        assert!(format!("{one:?}").contains("ada@example.com"), "{called}: {one:?}");
        let statements = read(&write(&others()), None);
        let said = format!("{statements:?}");
        assert!(
            said.contains("3 of 3") && said.contains("No app in this log is called GitLab"),
            "{called}: {said}"
        );
        assert!(statements.len() == 3 && said.contains("2 times"), "{called}: {statements:#?}");
    }
}

#[test]
fn each_field_of_a_sign_in_can_be_absent() {
    let whole = graph(&SignIn { app: APP, user: "ada@example.com", code: 50_105, reason: "Not assigned" });
    for name in whole.as_object().unwrap().keys() {
        let mut event = whole.clone();
        event.as_object_mut().unwrap().remove(name);
        let statements = read(&event.to_string(), None);
        let is_needed = ["appDisplayName", "status"].contains(&name.as_str());
        assert!(is_needed || statements.len() == 2, "{name}: {statements:#?}");
        if name == "createdDateTime" {
            assert!(
                statements[1].heading.as_deref().unwrap().starts_with("time not known"),
                "{statements:?}"
            );
        }
    }
}
