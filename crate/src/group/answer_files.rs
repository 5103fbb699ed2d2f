//! GitLab's answers about a group in files: what an administrator saved of its API becomes the same roll as a
//! page's own reads.
//!
//! gitlab-facts 3.2 to 3.6. An answer is known by what its first row has; several in one file (pages behind
//! each other, as `curl` in a loop and `glab api --paginate` write them) are read one by one. An empty list
//! says nothing of what it is a list of: there the file's name holds. Leaves out: the tables that people make of answers, which [`crate::scim`] reads.

use super::{answers, members::Roll};
use serde_json::{Deserializer, Value, value::RawValue};

/// An answer that is known.
#[derive(Debug)]
pub struct AnswerKind {
    /// Its path behind `/api/v4`, as GitLab documents it.
    pub path: &'static str,
    /// Whether a row of it, or the whole where it is no list, is of this kind.
    fits: fn(&Value) -> bool,
    /// Reads it, and gives the number of rows.
    read: fn(&mut Roll, &str) -> Option<usize>,
}

/// The answers; the first that fits holds.
pub const ANSWERS: &[AnswerKind] = &[
    AnswerKind {
        path: "/groups/:id/members",
        fits: |row| has(row, "access_level") && has(row, "username"),
        read: answers::members,
    },
    AnswerKind {
        path: "/groups/:id/scim/identities",
        fits: |row| has(row, "extern_uid") && has(row, "user_id") && has(row, "active"),
        read: answers::scim_identities,
    },
    AnswerKind {
        path: "/groups/:id/saml/identities",
        fits: |row| has(row, "extern_uid") && has(row, "user_id"),
        read: answers::saml_identities,
    },
    AnswerKind {
        path: "/groups/:id/saml_users",
        fits: |row| has(row, "username") && has(row, "email") && has(row, "id"),
        read: answers::saml_users,
    },
    AnswerKind {
        path: "/groups/:id",
        fits: |row| has(row, "full_path") && !has(row, "username"),
        read: answers::group,
    },
    AnswerKind {
        path: "/groups/:id/audit_events",
        fits: |row| has(row, "entity_type") && has(row, "details"),
        read: answers::audit_events,
    },
];

/// The lists of which it counts that nobody is on them, each with the words in the name of a file that has
/// it: who uses no SCIM has an empty one.
const EMPTY: [(&str, &[&str]); 2] =
    [("/groups/:id/scim/identities", &["scim"]), ("/groups/:id/saml/identities", &["saml", "identit"])];

/// Whether a file holds an empty list and nothing else.
pub fn is_empty_list(content: &str) -> bool {
    matches!(serde_json::from_str::<Vec<&RawValue>>(content.trim_start_matches('\u{feff}')), Ok(rows) if rows.is_empty())
}

/// Takes in an empty list, and gives what it is a list of by the `name` of its file; nothing where that does
/// not say it.
pub fn take_empty(roll: &mut Roll, name: &str, content: &str) -> Option<&'static AnswerKind> {
    let name = name.to_lowercase();
    let (path, _) = EMPTY.iter().find(|(_, words)| words.iter().all(|word| name.contains(word)))?;
    let kind = ANSWERS.iter().find(|kind| kind.path == *path).filter(|_| is_empty_list(content))?;
    (kind.read)(roll, "[]").map(|_| kind)
}

/// Takes in the answers in a file, and gives the kind of each with the number of its rows; nothing where it
/// has none.
pub fn take(roll: &mut Roll, content: &str) -> Vec<(&'static AnswerKind, usize)> {
    let content = content.trim_start_matches('\u{feff}');
    let mut taken: Vec<(&'static AnswerKind, usize)> = Vec::new();
    for answer in Deserializer::from_str(content).into_iter::<&RawValue>().map_while(Result::ok) {
        let Some((kind, rows)) = take_one(roll, answer.get()) else { continue };
        match taken.iter_mut().find(|(known, _)| known.path == kind.path) {
            Some((_, count)) => *count += rows,
            None => taken.push((kind, rows)),
        }
    }
    taken
}

fn take_one(roll: &mut Roll, answer: &str) -> Option<(&'static AnswerKind, usize)> {
    let first = match answer.starts_with('[') {
        true => serde_json::from_str::<Vec<&RawValue>>(answer).ok()?.first()?.get(),
        false => answer,
    };
    let first: Value = serde_json::from_str(first).ok()?;
    let kind = ANSWERS.iter().find(|kind| (kind.fits)(&first))?;
    Some((kind, (kind.read)(roll, answer)?))
}

fn has(row: &Value, name: &str) -> bool {
    row.get(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::tests::{USERS, answer};

    const PATHS: [&str; 4] = [
        "/groups/acme/members",
        "/groups/acme/saml/identities",
        "/groups/acme/scim/identities",
        "/groups/acme/saml_users",
    ];

    fn bodies() -> Vec<String> {
        PATHS.iter().map(|path| answer(&USERS, &format!("/api/v4{path}")).to_string()).collect()
    }

    /// The files in any order, all in one, with a byte order mark, and in pages of three rows.
    #[test]
    fn answers_are_the_same_however_they_are_saved() {
        let mut whole = Roll::default();
        let kinds: Vec<_> = bodies().iter().flat_map(|body| take(&mut whole, body)).collect();
        let paths: Vec<String> = kinds.iter().map(|(kind, _)| kind.path.replace(":id", "acme")).collect();
        assert_eq!(paths, PATHS);
        assert_eq!(kinds.first().map(|(_, rows)| *rows), Some(USERS.len()));
        let paged = |body: &String| {
            let rows: Vec<Value> = serde_json::from_str(body).unwrap();
            let pages = rows.chunks(3).map(|page| Value::from(page).to_string());
            pages.collect::<Vec<_>>().join("\n")
        };
        let reversed: String = bodies().iter().rev().cloned().collect();
        for content in [
            bodies().join(" "),
            format!("\u{feff}{}", bodies().concat()),
            reversed,
            bodies().iter().map(paged).collect::<Vec<_>>().join("\n"),
        ] {
            let mut roll = Roll::default();
            assert!(!take(&mut roll, &content).is_empty());
            let people = |roll: &Roll| roll.people().map(|(id, it)| (id, it.clone())).collect::<Vec<_>>();
            assert_eq!(people(&roll), people(&whole));
        }
    }

    #[test]
    fn what_is_no_answer_is_not_taken() {
        let mut roll = Roll::default();
        for content in
            ["", "[]", "{}", "[1]", "{\"message\":\"403 Forbidden\"}", "id,extern_uid\n1,a", "<html>"]
        {
            assert!(take(&mut roll, content).is_empty(), "{content}");
        }
        assert_eq!(roll.people().len(), 0);
    }

    #[test]
    fn an_empty_list_is_what_the_name_of_its_file_says() {
        for (name, path) in [
            ("scim.json", Some("/groups/:id/scim/identities")),
            ("out/SCIM-identities", Some("/groups/:id/scim/identities")),
            ("saml_identities.json", Some("/groups/:id/saml/identities")),
            ("saml_users.json", None),
            ("members.json", None),
            ("-", None),
        ] {
            let mut roll = Roll::default();
            let taken = take_empty(&mut roll, name, "\u{feff}[ ]\n").map(|kind| kind.path);
            assert_eq!(taken, path, "{name}");
            let is_scim = path.is_some_and(|path| path.contains("scim"));
            assert_eq!((roll.lists_scim, roll.lists_saml), (is_scim, path.is_some() && !is_scim), "{name}");
            assert!(
                take_empty(&mut roll, name, "[1]").is_none() && take_empty(&mut roll, name, "{}").is_none()
            );
        }
    }

    /// Each member is looked for among the changes, so their number is bounded; the first are the newest.
    #[test]
    fn of_any_number_of_audit_events_the_newest_are_kept() {
        use crate::base::limits::AUDIT_CHANGES;
        let event = |number: usize| {
            serde_json::json!({"id": number, "entity_type": "Group", "created_at": number.to_string(),
                "details": {"event_name": "user_provisioned_by_scim", "target_type": "User", "target_id": number}})
        };
        let page =
            |number: usize| Value::from((number..number + 100).map(event).collect::<Vec<_>>()).to_string();
        let pages: String = (0..2 * AUDIT_CHANGES).step_by(100).map(page).collect();
        let mut roll = Roll::default();
        let taken = take(&mut roll, &pages);
        assert_eq!(taken.iter().map(|(_, rows)| *rows).collect::<Vec<_>>(), [2 * AUDIT_CHANGES]);
        let users: Vec<_> = roll.changes.iter().filter_map(|change| change.user).collect();
        assert_eq!(users, (0..AUDIT_CHANGES as u64).collect::<Vec<_>>());
    }
}
