//! Lists as each kind of export writes them, made of the same people; and tables in every writing.

use super::*;
use serde_json::json;

/// Name, e-mail address, user name, number that never changes.
const PEOPLE: [(&str, &str, &str, &str); 3] = [
    ("Ada Low", "ada@example.com", "ada.low@example.com", "6b1c-1"),
    ("Eve \"Ev\" Stone, Dr.", "Eve.Stone@example.com", "eve@example.com", "6b1c-2"),
    ("Zoë Müller", "zoe@example.com", "zoe@example.com", "6b1c-3"),
];

/// A kind of list: what writes it, its text of these people, and the columns of address, user name and
/// number.
type Written = (&'static str, String, [&'static str; 3]);

fn csv(head: &str, row: impl Fn(&(&str, &str, &str, &str)) -> Vec<String>) -> String {
    let quoted = |cell: String| format!("\"{}\"", cell.replace('"', "\"\""));
    let rows = PEOPLE.iter().map(|person| row(person).into_iter().map(quoted).collect::<Vec<_>>().join(","));
    std::iter::once(head.to_owned()).chain(rows).map(|line| line + "\r\n").collect()
}

fn lists() -> Vec<Written> {
    let own = |texts: [&str; 5]| texts.map(str::to_owned).to_vec();
    let people = |of: fn(&(&str, &str, &str, &str)) -> Value| PEOPLE.iter().map(of).collect::<Vec<_>>();
    let graph = |person: &(&str, &str, &str, &str)| {
        json!({"id": person.3, "userPrincipalName": person.2, "displayName": person.0, "mail": person.1,
            "businessPhones": []})
    };
    let keycloak = |person: &(&str, &str, &str, &str)| {
        json!({"id": person.3, "username": person.2, "email": person.1, "enabled": true, "emailVerified": true,
            "attributes": {"department": ["R&D"]}})
    };
    vec![
        (
            "Entra ID",
            csv("userPrincipalName,displayName,mail,objectId,accountEnabled", |it| {
                own([it.2, it.0, it.1, it.3, "TRUE"])
            }),
            ["mail", "userPrincipalName", "objectId"],
        ),
        (
            "Entra ID",
            json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": people(graph)})
                .to_string(),
            ["mail", "userPrincipalName", "id"],
        ),
        (
            "Entra ID",
            format!(
                "#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser\r\n{}",
                csv("\"Id\",\"DisplayName\",\"UserPrincipalName\",\"Mail\",\"GivenName\"", |it| {
                    own([it.3, it.0, it.2, it.1, ""])
                })
            ),
            ["Mail", "UserPrincipalName", "Id"],
        ),
        (
            "Okta",
            json!(people(|it| json!({"id": it.3, "status": "ACTIVE",
                "profile": {"login": it.2, "email": it.1, "displayName": it.0}})))
            .to_string(),
            ["profile.email", "profile.login", "id"],
        ),
        (
            "Okta",
            csv("login,firstName,lastName,email,employeeNumber", |it| own([it.2, it.0, "", it.1, it.3])),
            ["email", "login", "employeeNumber"],
        ),
        (
            "Google Workspace",
            csv(
                "First Name [Required],Email Address [Required],Org Unit Path [Required],Employee ID,Work Secondary Email",
                |it| own([it.0, it.1, "/", it.3, it.2]),
            ),
            ["Email Address [Required]", "Work Secondary Email", "Employee ID"],
        ),
        (
            "OneLogin",
            json!(people(|it| json!({"id": 7, "email": it.1, "username": it.2, "external_id": it.3,
                "samaccountname": null, "distinguished_name": ""})))
            .to_string()
            .replace("\"samaccountname\":null", "\"samaccountname\":\"\""),
            ["email", "username", "external_id"],
        ),
        ("Keycloak", json!(people(keycloak)).to_string(), ["email", "username", "id"]),
        (
            "Keycloak",
            json!({"realm": "acme", "users": people(keycloak)}).to_string(),
            ["email", "username", "id"],
        ),
    ]
}

#[test]
fn every_export_is_known_by_its_columns() {
    for (provider, content, [email, login, id]) in lists() {
        for content in [content.clone(), format!("\u{feff}{content}"), content.replace("\r\n", "\n")] {
            let list = Directory::read(&content).unwrap();
            assert_eq!(list.kind.map(|kind| kind.provider), Some(provider), "{content}");
            assert_eq!((list.rows.len(), list.unreadable), (3, 0), "{content}");
            assert_eq!(list.emails().first(), Some(&list.column(email).unwrap()), "{content}");
            for (row, person) in PEOPLE.iter().enumerate() {
                let cells = [email, login, id].map(|name| list.cell(row, list.column(name).unwrap()));
                assert_eq!(cells, [person.1, person.2, person.3], "{content}");
            }
            let grounds = list.columns.iter().filter_map(|column| column.role);
            assert!(grounds.clone().any(|(_, ground)| ground == Ground::Documented), "{content}");
        }
    }
}

/// Without one of the columns that tell it, a list is of no kind, and is read all the same.
#[test]
fn a_list_without_its_marks_is_of_no_kind() {
    for kind in KINDS {
        let head = |left_out: Option<usize>| -> String {
            let names = kind.marks().iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
            names.map(|(_, name)| (*name).to_owned()).chain(["x".to_owned()]).collect::<Vec<_>>().join(",")
        };
        let whole = Directory::read(&format!("{}\n1,2,3,4,5,6\n", head(None))).unwrap();
        assert_eq!(whole.kind, Some(kind));
        for at in 0..kind.marks().len() {
            let list = Directory::read(&format!("{}\n1,2,3,4,5,6\n", head(Some(at)))).unwrap();
            assert_ne!(list.kind, Some(kind), "{}", head(Some(at)));
            assert_eq!(list.rows.len(), 1);
        }
    }
}

#[test]
fn a_table_is_the_same_in_every_writing() {
    let head = ["Person", "Work address", "Number"];
    let rows = PEOPLE.map(|person| [person.0, person.1, person.3]);
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let plain = |cell: &str| cell.replace(['"', ','], "");
    let joined = |delimiter: &str, write: &dyn Fn(&str) -> String, edge: &str, end: &str| -> String {
        let line = |cells: &[&str; 3]| {
            let cells = cells.iter().map(|cell| write(cell)).collect::<Vec<_>>().join(delimiter);
            format!("{edge}{cells}{edge}{end}")
        };
        std::iter::once(line(&head)).chain(rows.iter().map(line)).collect()
    };
    let mut writings = Vec::new();
    for delimiter in [",", ";", "\t", "|", ", ", " ; "] {
        for end in ["\n", "\r\n"] {
            // Behind a space a quote is a character like others (RFC 4180).
            if delimiter.len() == 1 {
                writings.push((joined(delimiter, &quoted, "", end), false));
            }
            writings.push((joined(delimiter, &plain, "", end), true));
        }
    }
    let markdown = joined(" | ", &plain, "|", "\n");
    writings.push((markdown.replacen("\n", "\n|---|:--:|---|\n", 1), true));
    for (content, is_plain) in writings {
        let list = Directory::read(&content).unwrap();
        let names: Vec<&str> = list.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, head, "{content}");
        let expected = rows.map(|row| row.map(|cell| if is_plain { plain(cell) } else { cell.to_owned() }));
        let found: Vec<Vec<&str>> = (0..list.rows.len()).map(|row| list.rows.row(row).collect()).collect();
        assert_eq!(found, expected, "{content}");
        // Nobody knows the name of the column; what is in it is known.
        assert_eq!(list.columns[1].role, Some((Role::Email, Ground::Contents)), "{content}");
        assert_eq!(list.label(0), "ada@example.com");
    }
}

#[test]
fn two_columns_without_names_are_a_list() {
    let list = Directory::read("ada@example.com,A-1\neve@example.com,A-2\n").unwrap();
    let names: Vec<&str> = list.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!((names, list.rows.len()), (vec!["column 1", "column 2"], 2));
    assert_eq!((list.emails(), list.cell(1, 1)), (vec![0], "A-2"));
}

#[test]
fn a_row_that_is_too_short_or_too_long_keeps_its_cells() {
    let list =
        Directory::read("email,id\nada@example.com\neve@example.com,2,3\n\n,\nx@example.com,4\n").unwrap();
    let rows: Vec<[&str; 2]> =
        (0..list.rows.len()).map(|row| [list.cell(row, 0), list.cell(row, 1)]).collect();
    assert_eq!(rows, [["ada@example.com", ""], ["eve@example.com", "2"], ["x@example.com", "4"]]);
}

#[test]
fn what_is_no_list_says_so() {
    for content in ["", "hello", "{}", "[]", "\"x\"", "{\"value\": 1}", "[1", "a,b\n", "a,b"] {
        assert!(Directory::read(content).is_err(), "{content}");
    }
    // A secret in what is no JSON is not repeated.
    let said = Directory::read("{\"token\": \"glpat-s3cr3t\"").unwrap_err().to_string();
    assert!(!said.contains("s3cr3t"), "{said}");
    let list = Directory::read("[1, {\"mail\": \"ada@example.com\"}]").unwrap();
    assert_eq!((list.rows.len(), list.unreadable), (1, 1));
}

/// No more columns are kept than there is room for, however many there are.
#[test]
fn columns_are_bounded() {
    let head: Vec<String> = (0..3 * DIRECTORY_COLUMNS).map(|at| format!("c{at}")).collect();
    let list = Directory::read(&format!("{}\n{}\n", head.join(","), head.join(","))).unwrap();
    assert_eq!((list.columns.len(), list.rows.row(0).len()), (DIRECTORY_COLUMNS, DIRECTORY_COLUMNS));
    let person: Map<String, Value> = head.iter().map(|name| (name.clone(), json!(name))).collect();
    let list = Directory::read(&json!([person, {"last": "x"}]).to_string()).unwrap();
    assert_eq!((list.columns.len(), list.rows.len()), (DIRECTORY_COLUMNS, 2));
}
