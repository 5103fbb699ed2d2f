//! Every known message through every wrapping, texts that hold the words of one and mean something else, and
//! what an answer says.

use super::*;
use std::collections::BTreeSet;

mod messages;
mod near_misses;
mod provider_messages;
mod wrappings;

use messages::MESSAGES;
use provider_messages::{COMBINED, PROVIDERS};

/// The keys of what a text means, in order.
fn keys(text: &str) -> Vec<&'static str> {
    explain(text).explained.iter().map(|it| it.key).collect()
}

/// The row, the message, and the keys that it must get: the first is the likelier.
type Expected = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn every_message_is_explained_as_it_is_written() {
    let mut wrong = Vec::new();
    for (row, message, expected) in MESSAGES.iter().chain(PROVIDERS).chain(COMBINED) {
        let found = keys(message);
        if found != *expected {
            wrong.push(format!("{row} {message}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_row_of_the_facts_has_a_message() {
    let rows: BTreeSet<&str> = MESSAGES.iter().map(|(row, ..)| *row).collect();
    let numbers = |prefix: &str, numbers: &[std::ops::RangeInclusive<u32>]| -> Vec<String> {
        numbers.iter().flat_map(Clone::clone).map(|number| format!("{prefix}{number:02}")).collect()
    };
    let wanted = [numbers("E", &[1..=23, 30..=51, 60..=67]), numbers("S", &[1..=18])].concat();
    let missing: Vec<&String> = wanted.iter().filter(|row| !rows.contains(row.as_str())).collect();
    assert!(missing.is_empty() && rows.contains("Verify"), "{missing:?}");
}

#[test]
fn every_meaning_that_is_known_has_a_message_that_is_tried() {
    let tried: BTreeSet<&str> = MESSAGES
        .iter()
        .chain(PROVIDERS)
        .chain(COMBINED)
        .flat_map(|(_, _, keys)| keys.iter().copied())
        .collect();
    for meaning in &known::TABLE.meanings {
        let key = meaning.means("").key();
        assert!(tried.contains(key), "{key} is not tried");
    }
}

#[test]
fn every_message_is_explained_in_every_wrapping() {
    let (mut texts, mut wrong) = (0, Vec::new());
    for (row, message, expected) in MESSAGES.iter().chain(PROVIDERS) {
        for (name, wrap) in wrappings::WRAPPINGS {
            let text = wrap(message);
            texts += 1;
            let found = keys(&text);
            // A frame that names SAML or SCIM decides the reading, so that the other one is left out.
            let is_right = if wrappings::FRAMES.contains(name) {
                !found.is_empty() && found.iter().all(|key| expected.contains(key))
            } else {
                found == *expected
            };
            if !is_right {
                wrong.push(format!("{row} {name}: {found:?}, not {expected:?}: {text}"));
            }
        }
    }
    println!("{texts} texts in {} wrappings", wrappings::WRAPPINGS.len());
    assert!(texts >= 12_000, "{texts}");
    assert!(
        wrong.is_empty(),
        "{} of {texts} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(60)].join("\n")
    );
}

#[test]
fn words_of_a_message_with_another_meaning_are_not_explained() {
    let all = near_misses::all();
    let whole = all.iter().filter(|it| it.holds_whole).count();
    println!("{} near misses, {whole} of them with a whole message", all.len());
    assert!(all.len() >= 200 && whole >= 60, "{} {whole}", all.len());
    for it in all.iter().filter(|it| it.holds_whole) {
        let folded = |text: &str| crate::gitlab::messages::folded(text);
        assert!(folded(&it.text).contains(&folded(&it.message)), "{} has not {}", it.text, it.message);
    }
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|it| {
            let found = keys(&it.text);
            found.iter().any(|key| it.not.contains(key)).then(|| format!("{}: {found:?}", it.text))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn a_message_keeps_its_meaning_behind_what_only_introduces_it() {
    let mut wrong = Vec::new();
    for message in near_misses::everyday() {
        let alone = keys(message);
        assert!(!alone.is_empty(), "{message}");
        for introduction in near_misses::INTRODUCTIONS {
            let text = format!("{introduction}{message}");
            // What is joined can decide the reading.
            if !keys(&text).iter().any(|key| alone.contains(key)) {
                wrong.push(format!("{text:?}: {:?}", keys(&text)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_log_without_scim_says_what_else_is_in_it() {
    let line = |path: &str, more: &str| {
        format!("{{\"method\":\"POST\",\"path\":\"{path}\",\"status\":302,\"params\":[{more}]}}\n")
    };
    let (group, instance) = ("/groups/acme/-/saml/callback", "/users/auth/saml_2/callback");
    let filtered = "{\"key\":\"SAMLResponse\",\"value\":\"[FILTERED]\"}";
    let other = line("/acme/team/-/issues", "{\"key\":\"name\",\"value\":\"x\"}");
    for (log, count) in [
        (line(group, filtered), "1 of 1"),
        (line(instance, ""), "1 of 1"),
        (line("/auth/okta/callback", filtered), "1 of 1"),
        (format!("{other}{}", line(group, "").repeat(3)), "3 of 3"),
        (format!("{other}{}", line(group, "")), "1 of 1"),
        (line(group, "").replace("\"path", "\"json.path").replace("\"method", "\"json.method"), "1 of 1"),
    ] {
        let (told, clues) = recognised(&log).unwrap();
        let said = format!("{told:?}");
        assert!(said.contains(count) && said.contains("production_json.log"), "{log}: {said}");
        assert!(clues.is_empty() && told == read(&log, &Asked::default()), "{log}: {clues:?}");
    }
    // What has a path and a method somewhere in it is no log: here a cookie's.
    let har = "{\"log\":{\"entries\":[{\"method\":\"GET\",\"cookies\":[{\"path\":\"/-/saml/\"}]}]}}";
    assert!(explain(har).explained.is_empty() && recognised(har).is_none());
    let answer = explain(&other.repeat(2));
    assert!(answer.explained.is_empty() && answer.unknown.contains("None of its 2 requests"), "{answer:?}");
    // A message in it, or beside it in a report, is explained, too, and leads to the sign-ins at hand.
    let reason = line(group, "").replace('}', ",\"message\":\"Fingerprint mismatch\"}");
    for text in [reason, format!("They see this: Fingerprint mismatch\n{}", line(group, ""))] {
        let (told, clues) = recognised(&text).unwrap();
        let said = format!("{told:?}");
        assert!(said.contains("1 of 1") && said.contains("fingerprint in GitLab's settings"), "{said}");
        assert_eq!(clues.sign_in.len(), 1, "{clues:?}");
    }
    // One request of SCIM makes it a log of that.
    let scim = line("/api/scim/v2/groups/acme/Users", "");
    assert!(read(&format!("{other}{scim}"), &Asked::default())[0].sentences[0].text.contains("1 of 1"));
}

#[test]
fn an_answer_says_what_it_means_who_can_fix_it_and_what_to_do() {
    for (row, message, _) in MESSAGES.iter().chain(PROVIDERS).chain(COMBINED) {
        let answer = explain(message);
        for it in &answer.explained {
            let is_step = |step: &Step| step.text.contains(' ') && !step.text.contains('{');
            assert!(it.means.contains(' ') && !it.means.contains('{'), "{row} {it:?}");
            assert!(it.link.starts_with("https://") && it.steps.iter().all(is_step), "{row} {it:?}");
            assert!(it.severity == Severity::Good || !it.steps.is_empty(), "{row} {it:?}");
            let linked = it.steps.first().is_none_or(|step| step.link.as_deref() == Some(it.link));
            assert!(linked && !it.said.is_empty(), "{row} {it:?}");
        }
        assert_eq!(answer.statements().len(), answer.explained.len(), "{row}");
    }
}

#[test]
fn what_a_message_names_is_said() {
    for (text, words) in [
        ("Missing params: [\"externalId\", \"emails\"]", "\"externalId\", \"emails\""),
        ("see [1]\nMissing params: [\"externalId\"]", "needs: \"externalId\"."),
        ("{\"detail\":\"Resource 0a21-x not found\",\"status\":404}", "“0a21-x”"),
        ("RESOURCE 0A21-X NOT FOUND", "“0A21-X”"),
        (
            "Failed to match an entry in the source and target systems\n   Group 'Design team' and more",
            "“Design team”",
        ),
        (
            "source and target systems: Failed to match an entry in the source and target systems Group \\u0027Team A\\u0027",
            "“Team A”",
        ),
        ("{\"detail\":\"Error updating Ada Low with {:active=>false}\",\"status\":412}", "“Ada Low”"),
        (
            "The user 'eve@example.com' will be skipped due to the following reasons: 1) x",
            "“eve@example.com”",
        ),
        (
            "DuplicateTargetEntries: Failed to match an entry in the source and target systems User 'ada@example.com'",
            "“ada@example.com”",
        ),
        (
            "Automatic provisioning of user Ada Low to app GitLab failed: Something new",
            "“Ada Low” to the app “GitLab”",
        ),
        ("Resource 'Ada Low' not found", "“'Ada Low'”"),
        ("AADSTS 123456: something new", "AADSTS123456"),
        ("AADSTS123456: something new", "AADSTS123456"),
        ("MSIS9999: something new", "MSIS9999"),
    ] {
        let answer = explain(text);
        assert!(answer.explained.iter().any(|it| it.means.contains(words)), "{text}: {answer:#?}");
    }
}

#[test]
fn what_a_text_names_decides_the_reading_and_where_nothing_does_both_are_given() {
    use Certainty::{Certain, Likely};
    use Reading::{Page, Saml, Scim};
    for (text, expected) in [
        ("SAML authentication failed: User has already been taken", &[(Saml, Certain)][..]),
        ("Échec de l'authentification SAML : User has already been taken", &[(Saml, Certain)]),
        ("{\"detail\":\"User has already been taken\",\"status\":409}", &[(Scim, Certain)]),
        ("User has already been taken", &[(Scim, Likely), (Saml, Likely)]),
        ("Name can't be blank", &[(Saml, Likely), (Scim, Likely)]),
        ("{\"message\":\"403 Forbidden\"}", &[(Scim, Likely), (Page, Likely)]),
        ("403 Forbidden", &[(Page, Likely), (Scim, Likely)]),
        ("Fingerprint mismatch", &[(Saml, Certain)]),
        ("We are sorry...\nClient not found.", &[(Reading::Provider, Certain)]),
        ("404", &[(Page, Certain)]),
        ("{\"errorCode\": 50105, \"failureReason\": \"x\"}", &[(Reading::Provider, Certain)]),
        ("Group 'Team A' not found", &[(Scim, Likely)]),
        ("{\"detail\":\"Group acme not found\",\"status\":404}", &[(Scim, Certain)]),
        ("Could not authenticate you from Saml2 because \"Something new\".", &[(Saml, Certain)]),
        ("Could not authenticate you from Ldapmain because \"Invalid credentials\".", &[]),
        ("I get Fingerprint mismatch when I sign in, please help", &[(Saml, Likely)]),
    ] {
        let found: Vec<_> = explain(text).explained.iter().map(|it| (it.reading, it.certainty)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_is_not_known_is_said_with_what_is_nearest_and_what_to_bring() {
    for (text, nearest) in [
        ("Fingerprnt mismatch", Some("Fingerprint mismatch")),
        ("Usr has alredy been taken", Some("User has already been taken")),
        ("Everything went well", None),
        ("", None),
        ("\u{0}\u{1}\u{2}", None),
    ] {
        let answer = explain(text);
        assert!(answer.explained.is_empty() && answer.bring.len() == 3, "{text}: {answer:#?}");
        assert_eq!(answer.nearest.first().map(String::as_str), nearest, "{text}");
        let [statement] = &answer.statements()[..] else { panic!("{answer:#?}") };
        assert!(answer.is_wrong() && statement.sentences[0].severity == Severity::Warning, "{text}");
        assert_eq!(statement.steps.len(), 3, "{text}");
    }
}

#[test]
fn a_token_in_a_text_is_told_and_not_shown() {
    let text =
        "curl -H \"Authorization: Bearer glsoat-EXAMPLE-NOT-A-TOKEN\"\n{\"message\":\"401 Unauthorized\"}";
    assert_eq!(keys(text), ["explain.token", "scim-said.401"]);
    let shown = format!("{:?}", explain(text).statements());
    assert!(!shown.contains("EXAMPLE-NOT-A-TOKEN"), "{shown}");
}

#[test]
fn a_file_is_a_message_only_where_one_is_in_it_or_somebody_tells_of_an_error() {
    for (content, is_it) in [
        ("Fingerprint mismatch", true),
        ("I get an error that nobody knows", true),
        ("Hello, you.", false),
        ("<samlp:Response/>", false),
        ("{\"log\":{}}", false),
        ("", false),
        ("https://gitlab.com/api/scim/v2/groups/acme", true),
    ] {
        assert_eq!(recognised(content).is_some(), is_it, "{content}");
    }
}

#[test]
fn a_text_of_windows_is_read() {
    let units = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}Fingerprint mismatch".encode_utf16().flat_map(order).collect()
    };
    for octets in [units(u16::to_le_bytes), units(u16::to_be_bytes), b"Fingerprint mismatch".to_vec()] {
        assert_eq!(keys(&text_of(&octets)), ["said.fingerprint"]);
    }
    assert_eq!(keys(&text_of(b"Namespace can\x92t be blank")), ["scim-said.blank"]);
}

/// A text of so many units.
type Shape = fn(usize) -> String;

/// Texts that cost much: what begins like many messages, what looks like markup and is none, and what is
/// wrapped many times.
#[test]
fn a_text_of_twice_the_length_costs_twice_as_much() {
    let shapes: &[(&str, Shape)] = &[
        ("first words", |n| "the invalid saml user name ".repeat(n)),
        ("beginnings of parts", |n| "Signing in using the ".repeat(n)),
        ("messages", |n| "Fingerprint mismatch. User has already been taken\n".repeat(n)),
        ("tags that do not end", |n| "<b ".repeat(n)),
        ("comments that do not end", |n| "<!-- ".repeat(n)),
        ("tags", |n| "<td class=\"a b\">User</td>".repeat(n)),
        ("backslashes", |n| "\\\\\\\\\\\\\\\\".repeat(n)),
        ("entities", |n| "&amp;amp;amp;quot;".repeat(n)),
        ("escapes", |n| "%2525252527".repeat(n)),
        ("plus signs", |n| "a+".repeat(n)),
        ("one chunk", |n| format!("Resource {}", "a-".repeat(n))),
        ("broken lines", |n| "user =\nhas=20".repeat(n)),
        ("unknown words", |n| (0..n).map(|i| format!("word{i} ")).collect()),
    ];
    let work = |text: &str| {
        crate::base::counted::steps_of(|| {
            explain(text);
        })
    };
    // What is known is put in order once.
    work("");
    for (name, shape) in shapes {
        let (one, two) = (shape(1500), shape(3000));
        let (small, large) = (work(&one), work(&two));
        assert!(large >= two.len() / 2, "{name}: {large} steps of {} octets are counted", two.len());
        assert!(large <= small * 21 / 10 + 20_000, "{name}: {small} then {large}");
        assert!(large <= 60 * two.len() + 100_000, "{name}: {large} of {} octets", two.len());
    }
}

/// The things that GitLab's documentation has a reader know or do at these messages (rows R04 to R98), in the
/// words that count.
#[test]
fn the_advice_is_that_of_the_documentation() {
    for (pasted, words) in [
        ("User is not linked to a SAML account", "does not create the account again. Do not delete it"),
        ("User is not linked to a SAML account", "not a member while SSO is enforced"),
        (
            "User is not linked to a SAML account",
            "make sure that the primary e-mail address is the identity provider's",
        ),
        ("User is not linked to a SAML account", "an administrator can add the identity"),
        (
            "User is not linked to a SAML account",
            "Start the SCIM sync again. If there is no error, the user is linked",
        ),
        ("User is not linked to a SAML account", "If it fails again, the SCIM identity is inactive"),
        ("User is not linked to a SAML account", "has an account with this e-mail address"),
        ("User has already been taken", "changed the SAML or SCIM configuration, or the identity provider"),
        ("User has already been taken", "Compare the externalId that the SCIM app sends"),
        ("User has already been taken", "changes the SCIM identifier with the API"),
        ("Resource 0a21 not found", "Restart the provisioning of this user"),
        ("The member's email address is not allowed for this group.", "adds the domain"),
        ("The member's email address is not allowed for this group.", "or removes all domains"),
        ("401 Unauthorized", "generates a new one"),
        ("401 Unauthorized", "until then SCIM does not work"),
        (r#"{"message":"403 Forbidden"}"#, "In older versions, removing a user fails"),
        (r#"{"message":"403 Forbidden"}"#, "deactivates the SCIM identity with the group's SCIM API"),
        ("You appear to have entered invalid credentials.", "does it have a dot, or any character other"),
        ("Namespace can't be blank, Name can't be blank", "no first or last name"),
        ("Namespace can't be blank, Name can't be blank", "remove the mapping of name.formatted"),
        ("Failed to match an entry in the source and target systems Group 'a'", "This does no harm"),
        (
            "Failed to match an entry in the source and target systems Group 'a'",
            "sign-in page is in the answer",
        ),
        ("Failed to match an entry in the source and target systems Group 'a'", "switch off"),
        ("Error authenticating: null", "needs a public address"),
        ("Error authenticating: null", "Set the firewall to let in Okta's addresses"),
    ] {
        let said = explain(pasted).statements();
        let sentences = said.iter().flat_map(|it| it.sentences.iter().map(|sentence| &sentence.text));
        let steps = said.iter().flat_map(|it| it.steps.iter().map(|step| &step.text));
        assert!(sentences.chain(steps).any(|text| text.contains(words)), "{words}: {said:#?}");
    }
}

#[test]
fn the_documentation_is_that_of_the_group_or_of_the_whole_gitlab() {
    let of_group = "https://docs.gitlab.com/user/group/saml_sso/scim_setup/";
    let of_instance = "https://docs.gitlab.com/administration/settings/scim_setup/";
    for (address, page) in [
        ("", of_group),
        ("https://gitlab.example.com/api/scim/v2/groups/acme/Users", of_group),
        ("https://gitlab.example.com/api/scim/v2/application/Users", of_instance),
        ("https://gitlab.com/api/scim/v2/application/Users", of_group),
        ("/api/scim/v2/application/Users, not /api/scim/v2/groups/acme/Users", of_group),
    ] {
        for message in ["401 Unauthorized", "405 Method Not Allowed"] {
            let answer = explain(&format!("{message}\nPOST {address}"));
            let [it] = answer.explained.as_slice() else { panic!("{message}{address}: {answer:?}") };
            assert_eq!((it.link, it.steps[0].link.as_deref()), (page, Some(page)), "{message}{address}");
        }
    }
}

#[test]
fn the_step_about_oktas_addresses_leads_to_oktas_list() {
    let answer = explain("Error authenticating: null");
    let steps = answer.explained.iter().flat_map(|it| &it.steps);
    let firewall: Vec<_> = steps.filter(|step| step.text.contains("Okta's addresses")).collect();
    let [step] = firewall.as_slice() else { panic!("{answer:?}") };
    let link = step.link.as_deref().unwrap();
    assert!(link.starts_with("https://help.okta.com/") && docs::title(link).is_some(), "{link}");
}

#[test]
fn a_huge_text_is_read_in_part() {
    let huge = format!("{}User has already been taken", " ".repeat(PASTED));
    assert_eq!(explain(&huge).explained, []);
}
