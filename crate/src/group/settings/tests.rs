//! A group of forty people at each of the six kinds of identity providers, with a list and settings as that
//! provider gives them: recognised, the field found, each check firing and silent.

use super::*;
use crate::{
    group::{
        captured::Captures,
        expected::{Chosen, Evidence, Expectation, tests::group_of},
        join::join,
        members::Roll,
        script::{Ground, Script},
    },
    idp::app::tests::{
        AUDIENCE, NAME_ID, claims_mapping, custom_claims, email_mapper, keycloak, mapper, okta, onelogin,
        sourced,
    },
};

const PEOPLE: u64 = 40;

pub(in crate::group) fn of() -> For<'static> {
    static GITLAB: std::sync::OnceLock<Instance> = std::sync::OnceLock::new();
    For { instance: GITLAB.get_or_init(Instance::gitlab_com), path: "acme" }
}

fn mail(id: u64) -> String {
    format!("person.{id}@example.com")
}

fn users(user: impl Fn(u64) -> Value) -> Vec<Value> {
    (1..=PEOPLE).map(user).collect()
}

fn table(head: &str, row: impl Fn(u64) -> String) -> String {
    (1..=PEOPLE).fold(format!("{head}\n"), |table, id| table + &row(id) + "\n")
}

fn claim(source: &str) -> Value {
    json!({"Source": "user", "ID": source, "SamlClaimType": NAME_ID})
}

/// One kind: whose it is, its list, its settings, and the NameID of a person.
struct Example {
    provider: &'static str,
    list: String,
    settings: Vec<String>,
    value: fn(u64) -> String,
}

fn examples() -> Vec<Example> {
    let graph = json!({"value": users(|id| json!({"id": format!("guid-{id}"), "userPrincipalName": format!("P{id}@corp.example.com"),
        "mail": mail(id), "mailNickname": format!("n{id}"), "employeeId": format!("E{id}")}))});
    let portal = table("userPrincipalName,displayName,objectId,accountEnabled,mail", |id| {
        format!("P{id}@corp.example.com,Person {id},guid-{id},True,{}", mail(id))
    });
    let api = Value::from(users(|id| {
        json!({"id": format!("00u{id}"), "status": "ACTIVE",
        "profile": {"login": format!("L{id}@corp.example.com"), "email": mail(id), "firstName": "P"}})
    }));
    let google = table("First Name [Required],Email Address [Required],Org Unit Path [Required]", |id| {
        format!("P,{},/", mail(id))
    });
    let of_onelogin = Value::from(users(|id| {
        json!({"id": 7000 + id, "username": format!("u{id}"), "email": mail(id),
        "external_id": "x", "samaccountname": "y"})
    }));
    let of_keycloak = users(|id| {
        json!({"id": format!("k{id}"), "username": format!("u{id}"), "enabled": true, "emailVerified": true,
        "email": mail(id), "attributes": {"ldapId": [format!("ldap-{id}")],
            (format!("saml.persistent.name.id.for.{AUDIENCE}")): [format!("G-{id}")]}})
    });
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    let realm = |client: Value| json!({"realm": "r", "users": of_keycloak, "clients": [client]}).to_string();
    let screen = "Unique User Identifier (Name ID)\tuser.objectid [nameid-format:persistent]\n".to_owned();
    let [plain_realm, mapped_realm] = [
        realm(keycloak("persistent", true, &json!([email_mapper()]))),
        realm(keycloak("persistent", true, &json!([email_mapper(), mapper(persistent, "ldapId")]))),
    ];
    let prefix = custom_claims(&json!([{"condition": null, "attribute": sourced("mail"),
        "transformations": [{"@odata.type": "#microsoft.graph.extractMailPrefixTransformation"}]}]));
    let id = "user.getInternalProperty(\"id\")";
    let example = |provider, list: &str, settings: &[String], value| Example {
        provider,
        list: list.to_owned(),
        settings: settings.to_vec(),
        value,
    };
    vec![
        example(
            "Entra ID",
            &graph.to_string(),
            &[claims_mapping(&claim("objectid"), &json!([])).to_string()],
            |id| format!("guid-{id}"),
        ),
        example("Entra ID", &portal, &[screen], |id| format!("guid-{id}")),
        example("Entra ID", &graph.to_string(), &[prefix.to_string()], |id| format!("person.{id}")),
        example("Okta", &api.to_string(), &[okta("${user.userName}", id).to_string()], |id| {
            format!("00u{id}")
        }),
        example(
            "Okta",
            &api.to_string(),
            &[okta("${user.userName}", "String.toLowerCase(user.login)").to_string()],
            |id| format!("l{id}@corp.example.com"),
        ),
        example(
            "Google Workspace",
            &google,
            &["Name ID format: EMAIL\nName ID: Basic Information > Primary email".to_owned()],
            mail,
        ),
        example("OneLogin", &of_onelogin.to_string(), &[onelogin("id").to_string()], |id| {
            (7000 + id).to_string()
        }),
        example("Keycloak", &plain_realm, std::slice::from_ref(&plain_realm), |id| format!("G-{id}")),
        example("Keycloak", &mapped_realm, std::slice::from_ref(&mapped_realm), |id| format!("ldap-{id}")),
        // A table of one's own, whose column has the name of the field.
        example(
            "Entra ID",
            &table("E-mail;Object ID", |id| format!("{};guid-{id}", mail(id))),
            &[claims_mapping(&claim("objectid"), &json!([])).to_string()],
            |id| format!("guid-{id}"),
        ),
    ]
}

pub(in crate::group) fn taken(files: &[String]) -> Settings {
    let mut settings = Settings::default();
    for file in files {
        assert!(settings.take("file", file, true), "{file}");
    }
    settings
}

pub(in crate::group) fn words(statements: &[Statement]) -> String {
    let all = statements.iter().flat_map(|it| &it.sentences);
    all.map(|it| format!("{:?}: {}\n", it.severity, it.text)).collect()
}

/// The expectation by settings and a list, in a group where these are stored and sent.
fn expected(
    example: &Example,
    saml: impl Fn(u64) -> Option<String>,
    sent: impl Fn(u64) -> Option<String>,
    then: impl FnOnce(&Expectation<'_>, &Roll, &Captures, &str),
) {
    let list = Directory::read(&example.list).unwrap();
    let settings = taken(&example.settings);
    let (roll, captures) = group_of(PEOPLE, saml, |_| None, sent);
    let (columns, unclear) = settings.columns(of(), &list, Columns::default());
    let expectation = Expectation::of(&list, &roll, &captures, columns);
    let said = words(&[settings.statements(of()), unclear, expectation.statements()].concat());
    then(&expectation, &roll, &captures, &said);
}

#[test]
fn settings_and_list_of_each_provider_give_the_name_id_of_everybody() {
    for example in examples() {
        let value = example.value;
        let stored = |id: u64| Some(if id == 3 { "old".to_owned() } else { value(id) });
        expected(
            &example,
            stored,
            |_| None,
            |it, _, _, said| {
                assert!(matches!(it.name_id, Chosen::Configured(_)), "{}: {said}", example.provider);
                assert_eq!(it.members.len(), PEOPLE as usize, "{}", example.provider);
                for (id, member) in &it.members {
                    assert_eq!(member.name_id.as_deref(), Some(value(*id).as_str()), "{}", example.provider);
                }
                assert!(said.contains(&format!(" of {}", example.provider)), "{said}");
                assert!(said.contains("39 of 40 stored SAML identifiers have this value"), "{said}");
                assert!(
                    said.contains("N 3 (@u3): expected") && !said.contains("N 4 (@u4): expected"),
                    "{said}"
                );
                let report = serde_json::to_value(it.report()).unwrap();
                assert_eq!(report["name_id"]["known"], "configured");
            },
        );
    }
}

/// A plain table without settings: the person or the evidence names the column.
#[test]
fn a_plain_table_needs_no_settings() {
    let settings = Settings::default();
    assert!(settings.is_empty() && settings.statements(of()).is_empty());
    let list = Directory::read(&table("E-mail;Badge", |id| format!("{};b-{id}", mail(id)))).unwrap();
    let (columns, unclear) =
        settings.columns(of(), &list, Columns { name_id: Some(1), ..Columns::default() });
    assert_eq!((columns.name_id, columns.configured, unclear.len()), (Some(1), None, 0));
}

#[test]
fn evidence_speaks_for_the_settings_or_against_them_and_both_are_said() {
    let example = examples().swap_remove(0);
    let is = |id: u64| Some(format!("guid-{id}"));
    let seven = |of: fn(u64) -> String| move |id: u64| (id <= 7).then(|| of(id));
    expected(&example, is, seven(|id| format!("guid-{id}")), |it, roll, captures, said| {
        assert!(
            said.contains("Good: The settings make the NameID of “user.objectid”. 7 of 7 recorded"),
            "{said}"
        );
        assert!(!said.contains("But "), "{said}");
        let Chosen::Configured(field) = &it.name_id else { panic!() };
        assert_eq!(field.tally(Evidence::Sent).equal, 7);
        // Enough for a script, too: nobody differs here.
        let script = Script::of((roll, captures, &join(roll, captures)), (of().instance, "acme"), Some(it));
        assert!(script.corrections.is_empty());
    });
    // Sign-ins sent another field than the settings now name.
    expected(
        &example,
        |id| Some(mail(id)),
        seven(mail),
        |it, roll, captures, said| {
            assert!(
                said.contains("Warning: The settings make the NameID of “user.objectid”. 0 of 7"),
                "{said}"
            );
            assert!(said.contains("Warning: But “mail” has 7 of 7 values that were seen"), "{said}");
            assert_eq!(it.members[&9].name_id.as_deref(), Some("guid-9"));
            let script =
                Script::of((roll, captures, &join(roll, captures)), (of().instance, "acme"), Some(it));
            assert!(
                script.corrections.iter().all(|it| it.ground != Ground::Expected),
                "{:?}",
                script.corrections
            );
            assert!(!script.left_out.is_empty());
        },
    );
    // Stored identifiers alone.
    expected(
        &example,
        |id| Some(mail(id)),
        |_| None,
        |_, _, _, said| {
            assert!(
                said.contains("Warning: The settings make the NameID of “user.objectid”. 0 of 40 stored"),
                "{said}"
            );
            assert!(said.contains("But “mail” has 40 of 40"), "{said}");
        },
    );
    expected(
        &example,
        |_| None,
        |_| None,
        |_, _, _, said| {
            assert!(said.contains("No recorded sign-in and no stored identifier shows"), "{said}");
        },
    );
    // The script carries what five sign-ins show and nothing contradicts.
    let stored = |id: u64| Some(if id == 20 { "old".to_owned() } else { format!("guid-{id}") });
    expected(&example, stored, seven(|id| format!("guid-{id}")), |it, roll, captures, _| {
        let script = Script::of((roll, captures, &join(roll, captures)), (of().instance, "acme"), Some(it));
        let all: Vec<_> = script.corrections.iter().map(|it| (it.user, it.to.as_str(), it.ground)).collect();
        assert_eq!(all, [(20, "guid-20", Ground::Expected)]);
    });
}

/// Unknown functions, conditions, and fields that no column has: named, and nothing is expected by them.
#[test]
fn what_is_not_known_gives_no_expected_value() {
    let list = examples().swap_remove(0).list;
    let step = |kind: &str| {
        custom_claims(&json!([{"attribute": sourced("mail"), "transformations":
            [{"@odata.type": format!("#microsoft.graph.{kind}Transformation")}]}]))
        .to_string()
    };
    for (settings, said_so) in [
        (step("regexReplace"), "does not know the function regexReplace"),
        (step("join"), "Join has arguments"),
        (
            custom_claims(&json!([{"attribute": sourced("mail")}, {"attribute": sourced("mail")}]))
                .to_string(),
            "depends on a condition",
        ),
        (
            claims_mapping(&claim("extensionattribute9"), &json!([])).to_string(),
            "no column for extensionattribute9",
        ),
        (
            claims_mapping(&json!({"Source": "company", "ID": "x", "SamlClaimType": NAME_ID}), &json!([]))
                .to_string(),
            "company.x",
        ),
        (keycloak("transient", true, &json!([])).to_string(), "Each sign-in gets a new value"),
        ("Unique User Identifier: Guess(user.mail)".to_owned(), "does not know the function Guess"),
    ] {
        let example = Example { provider: "", list: list.clone(), settings: vec![settings], value: mail };
        expected(
            &example,
            |_| None,
            |_| None,
            |it, _, _, said| {
                assert!(said.contains(said_so), "{said_so}: {said}");
                assert_eq!(it.name_id, Chosen::None(None));
                assert!(it.members.values().all(|member| member.name_id.is_none()));
            },
        );
    }
}

pub(in crate::group) fn schema(external_id: &str) -> String {
    let mapping = |target: &str, expression: &str, priority: u64| {
        json!({"targetAttributeName": target, "matchingPriority": priority, "flowType": "Always",
            "source": {"expression": expression, "type": "Attribute"}})
    };
    json!({"synchronizationRules": [{"objectMappings": [{"name": "Provision Users", "enabled": true,
        "flowTypes": "Add, Update, Delete", "targetObjectName": "User", "attributeMappings": [
            mapping("externalId", external_id, 1), mapping("emails[type eq \"work\"].value", "[mail]", 0),
            mapping("userName", "[mailNickname]", 0), mapping("name.formatted", "[displayName]", 0),
            mapping("active", "Not([IsSoftDeleted])", 0)]}]}]})
    .to_string()
}

/// R24 and R25: both sides by their names on the screens, equal or not.
#[test]
fn the_fields_of_name_id_and_external_id_are_compared_by_their_names_on_the_screens() {
    let claims = |source: &str| claims_mapping(&claim(source), &json!([])).to_string();
    let okta_of = |user_name: &str| okta("${user.userName}", user_name).to_string();
    for (files, is_same, label) in [
        (vec![claims("objectid"), schema("[objectId]")], true, ""),
        (vec![schema("[ObjectID]"), claims("objectid")], true, ""),
        (vec![claims("mail"), schema("[objectId]")], false, "Attribute mappings > externalId"),
        (vec![claims("mail"), schema("ToLower([mail])")], false, "ToLower([mail])"),
        (vec![okta_of("user.getInternalProperty(\"id\")")], true, ""),
        (vec![okta_of("${source.login}")], false, "Okta's SCIM app for GitLab"),
    ] {
        let said = words(&taken(&files).statements(of()));
        assert_eq!(said.contains("Good: The NameID and externalId are both made of"), is_same, "{said}");
        assert_eq!(said.contains("Both must be made of the same field"), !is_same, "{said}");
        assert!(said.contains(label), "{said}");
    }
    // The schema is checked with the NameID's field, and a source that is not known is named.
    let statements = taken(&[claims("mail"), schema("[objectId]")]).statements(of());
    assert_eq!(statements.len(), 2);
    assert!(words(&statements).contains("Error: externalId comes from [objectId], the NameID from mail"));
    let said = words(&taken(&[claims("mail"), schema("Guid()")]).statements(of()));
    assert!(
        said.contains("does not know the function Guid") && !said.contains("Both must be made"),
        "{said}"
    );
    let none = json!({"synchronizationRules": [{"objectMappings": []}]}).to_string();
    let said = words(&taken(&[none]).statements(of()));
    assert!(said.contains("None of these files says which field is the NameID"), "{said}");
}

/// externalId by the settings, beside the stored SCIM identifiers.
#[test]
fn the_field_of_external_id_is_known_from_the_schema_too() {
    let list = Directory::read(&examples().swap_remove(0).list).unwrap();
    for (expression, equal) in [("[objectId]", 40), ("[mail]", 0)] {
        let settings = taken(&[schema(expression)]);
        let (roll, captures) = group_of(PEOPLE, |_| None, |id| Some(format!("guid-{id}")), |_| None);
        let (columns, unclear) = settings.columns(of(), &list, Columns::default());
        assert!(unclear.is_empty());
        let it = Expectation::of(&list, &roll, &captures, columns);
        let Chosen::Configured(field) = &it.external_id else { panic!() };
        assert_eq!(field.tally(Evidence::Scim).equal, equal);
        let said = words(&it.statements());
        assert!(said.contains(&format!("{equal} of 40 stored SCIM identifiers")), "{said}");
        assert_eq!(said.contains("Warning: The settings make externalId"), equal == 0, "{said}");
    }
    let (columns, unclear) =
        taken(&[schema("[extensionAttribute1]")]).columns(of(), &list, Columns::default());
    assert_eq!((columns.configured_external_id, unclear.len()), (None, 1));
}

#[test]
fn of_several_apps_the_one_of_the_group_counts() {
    let id = "user.getInternalProperty(\"id\")";
    let own = okta("${user.userName}", id);
    let other: Value = serde_json::from_str(
        &okta("${user.userName}", "${source.login}").to_string().replace("acme", "other"),
    )
    .unwrap();
    for list in [json!([own, other]), json!([other, own])] {
        let said = words(&taken(&[list.to_string()]).statements(of()));
        assert!(said.contains("1 more apps in the files have other addresses"), "{said}");
        assert!(said.contains("as GitLab's documentation asks") && !said.contains("Error"), "{said}");
    }
    // Of none that is the group's, each says something else.
    let foreign = For { path: "third", ..of() };
    let said = words(&taken(&[json!([own, other]).to_string()]).statements(foreign));
    assert!(said.contains("Several apps make the NameID differently"), "{said}");
    // The policy that supersedes the others.
    let policies = [
        custom_claims(&json!([{"attribute": sourced("mail")}])).to_string(),
        claims_mapping(&claim("objectid"), &json!([])).to_string(),
    ];
    let said = words(&taken(&policies).statements(of()));
    assert!(said.contains("is user.objectid, as GitLab's documentation asks"), "{said}");
    let report = taken(&policies).report(of());
    assert_eq!(report["apps"].as_array().unwrap().len(), 2);
    assert_eq!(report["apps"][1]["name_id"]["fields"], json!(["objectid"]));
}

/// Among other files, only what nothing else looks like is taken for settings.
#[test]
fn the_text_of_a_screen_is_settings_only_where_a_person_says_so() {
    let mut settings = Settings::default();
    let screen = "Name ID: Basic Information > Primary email";
    assert!(!settings.take("a.txt", screen, false) && settings.is_empty());
    assert!(settings.take("a.txt", screen, true) && !settings.is_empty());
    for certain in [okta("${user.email}", "").to_string(), schema("[mail]"), onelogin("id").to_string()] {
        assert!(Settings::default().take("a.json", &certain, false), "{certain}");
    }
    for nothing in ["", "{}", "mail,id\na,b", "[{\"user_id\": 1, \"extern_uid\": \"x\"}]"] {
        assert!(!Settings::default().take("a", nothing, true), "{nothing}");
    }
}
