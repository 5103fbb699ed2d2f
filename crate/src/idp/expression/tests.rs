//! Every function of every language, each with what its documentation says it makes; and whatever else a file
//! can hold in place of an expression.

use super::*;
use Language::{Claims, Okta, Provisioning};

/// One person, and one with nothing.
fn list() -> Directory {
    let content = "mail,upn,first,last,country,none\n\
        Ada.Low@example.com,ada@corp.example.com,Ada,Low,NL,\n,,,,,\n";
    Directory::read(content).unwrap()
}

fn bound(expression: &Expression) -> Result<Bound, Unclear> {
    let list = list();
    expression.bound(&list, &|name| list.column(name))
}

fn value(language: Language, text: &str) -> Option<String> {
    let expression = Expression::read(language, text).unwrap_or_else(|why| panic!("{text}: {why:?}"));
    bound(&expression).unwrap_or_else(|why| panic!("{text}: {why:?}")).value(&list(), 0)
}

#[test]
fn every_function_makes_what_its_documentation_says() {
    let cases = [
        (Provisioning, "Append([upn], \".test\")", Some("ada@corp.example.com.test")),
        (Provisioning, "Coalesce([none], [mail])", Some("Ada.Low@example.com")),
        (Provisioning, "Coalesce([none], \"x\")", Some("x")),
        (Provisioning, "Coalesce([none])", None),
        (Provisioning, "CStr([first])", Some("Ada")),
        (Provisioning, "IgnoreFlowIfNullOrEmpty([none])", None),
        (Provisioning, "Join(\" \", [first], [last])", Some("Ada Low")),
        (Provisioning, "Join(\" \", [first], [none])", None),
        (Provisioning, "Left([first], 2)", Some("Ad")),
        (Provisioning, "Left([first], 9)", Some("Ada")),
        (Provisioning, "Left([first], -1)", Some("Ada")),
        (Provisioning, "Mid([mail], 2, 3)", Some("da.")),
        (Provisioning, "Mid([first], 0, 3)", None),
        (Provisioning, "Not(\"False\")", Some("True")),
        (Provisioning, "Not([first])", None),
        (Provisioning, "Replace([first], \"A\", , , \"U\", , )", Some("Uda")),
        (Provisioning, "Replace([first], \"<n>\", , , , , \"<n>@example.com\")", Some("Ada@example.com")),
        (Provisioning, "StripSpaces(Join(\" \", [first], [last]))", Some("AdaLow")),
        (Provisioning, "Switch([country], \"other\", \"NL\", \"nl\", \"DE\", \"de\")", Some("nl")),
        (Provisioning, "Switch([country], \"other\", \"nl\", \"x\")", Some("other")),
        (Provisioning, "Switch([none],[none],\"\",\"empty\")", Some("empty")),
        (Provisioning, "tolower([mail])", Some("ada.low@example.com")),
        (Provisioning, "ToUpper([first])", Some("ADA")),
        (Provisioning, "\"a \\\"b\\\" \\\\\"", Some("a \"b\" \\")),
        (Claims, "ExtractMailPrefix(user.mail)", Some("Ada.Low")),
        (Claims, "ExtractMailPrefix (user.first)", Some("Ada")),
        (Claims, "IfEmpty(user.none, user.upn, user.mail)", Some("ada@corp.example.com")),
        (Claims, "IfEmpty(user.first, user.upn, user.mail)", Some("Ada.Low@example.com")),
        (Claims, "IfNotEmpty(user.none, user.mail)", None),
        (Claims, "IfNotEmpty(user.first, user.mail)", Some("Ada.Low@example.com")),
        (Claims, "Join(user.mail, \"@\", \"other.example.com\")", Some("Ada.Low@other.example.com")),
        (Claims, "Join(user.first, user.last)", Some("AdaLow")),
        (Claims, "ToLower(user.first)", Some("ada")),
        (Claims, "ToLowercase(user.first)", Some("ada")),
        (Claims, "ToUpper(user.first)", Some("ADA")),
        (Claims, "ToUppercase(ExtractMailPrefix(user.mail))", Some("ADA.LOW")),
        (Claims, "user.mail", Some("Ada.Low@example.com")),
        (Okta, "${fn:substringBefore(source.mail, \"@\")}", Some("Ada.Low")),
        (Okta, "${user.first}-${user.last}x", Some("Ada-Lowx")),
        (Okta, "user.first + '.' + user.last", Some("Ada.Low")),
        (Okta, "String.append(user.first, \"1\")", Some("Ada1")),
        (Okta, "String.join(\",\", user.first, user.last)", Some("Ada,Low")),
        (Okta, "String.removeSpaces(\"a b\")", Some("ab")),
        (Okta, "String.replace(user.mail, \"example\", \"sample\")", Some("Ada.Low@sample.com")),
        (Okta, "String.stringContains(user.mail, \"@\")", Some("True")),
        (Okta, "String.substring(user.mail, 0, 3)", Some("Ada")),
        (Okta, "String.substring(user.first, 0, 4)", None),
        (Okta, "String.substringAfter(user.mail, \"@\")", Some("example.com")),
        (Okta, "String.substringBefore(user.mail, \"@\")", Some("Ada.Low")),
        (Okta, "String.substringBefore(user.first, \"@\")", None),
        (Okta, "String.toLowerCase(user.mail)", Some("ada.low@example.com")),
        (Okta, "String.toUpperCase(user.first)", Some("ADA")),
        (Okta, "user.getInternalProperty(\"country\")", Some("NL")),
        (Okta, "user.country == \"NL\" ? user.first : user.last", Some("Ada")),
        (Okta, "user.country != \"NL\" ? user.first : (user.last + \"1\")", Some("Low1")),
        (
            Okta,
            "String.stringContains(user.first, \"@\") ? String.substringBefore(user.first, \"@\") : user.first",
            Some("Ada"),
        ),
    ];
    for (language, text, expected) in cases {
        assert_eq!(value(language, text).as_deref(), expected, "{text}");
    }
    for (language, name, _) in Function::all() {
        let is_tried = cases
            .iter()
            .any(|(of, text, _)| *of == language && text.to_lowercase().contains(&name.to_lowercase()));
        assert!(is_tried, "{name}");
    }
}

/// A person with nothing has no value of whatever needs a field.
#[test]
fn an_empty_field_gives_no_value() {
    for text in ["[mail]", "ToLower([mail])", "Append([mail], \"x\")", "Join(\"-\", \"x\", [mail])"] {
        let expression = Expression::read(Provisioning, text).unwrap();
        assert_eq!(bound(&expression).unwrap().value(&list(), 1), None, "{text}");
    }
}

#[test]
fn what_is_not_known_is_named() {
    let cases = [
        (Provisioning, "Guid()", Unclear::Function("Guid".to_owned())),
        (Provisioning, "IIF([a]=\"b\", [c], [d])", Unclear::Function("IIF".to_owned())),
        (Provisioning, "Join(\" \", Word([a], 1, \" \"))", Unclear::Function("Word".to_owned())),
        (Provisioning, "String.toLowerCase([a])", Unclear::Function("String.toLowerCase".to_owned())),
        (Okta, "ToLower(user.email)", Unclear::Function("ToLower".to_owned())),
        (Okta, "Arrays.size(user.x)", Unclear::Function("Arrays.size".to_owned())),
        (Claims, "RegexReplace(user.mail)", Unclear::Function("RegexReplace".to_owned())),
        (Provisioning, "ToLower([a], [b], [c])", Unclear::Arguments("ToLower".to_owned())),
        (Provisioning, "Switch([a], \"b\", \"c\")", Unclear::Arguments("Switch".to_owned())),
        (Provisioning, "Replace([a], , \"x+\", , \"y\", , )", Unclear::Arguments("Replace".to_owned())),
        (Okta, "user.getInternalProperty(user.x)", Unclear::Arguments("user.getInternalProperty".to_owned())),
    ];
    for (language, text, why) in cases {
        assert_eq!(Expression::read(language, text), Err(why), "{text}");
    }
    let expression = Expression::read(Okta, "appuser.email + user.mail").unwrap();
    assert_eq!(bound(&expression), Err(Unclear::Field("appuser.email".to_owned())));
    for why in [Unclear::Syntax, Unclear::Large, Unclear::Unsaid, Unclear::Field("x".to_owned())] {
        assert!(!why.text().to_string().is_empty());
    }
}

/// Each expression cut off anywhere, and what is none.
#[test]
fn what_is_cut_off_is_no_expression() {
    for (language, text) in [
        (Provisioning, "Switch([a], , \"b\", \"c\")"),
        (Claims, "Join(user.mail, \"@\", \"x\")"),
        (Okta, "${fn:substringBefore(source.login, \"@\")}"),
    ] {
        for at in 1..text.len() {
            let read = Expression::read(language, &text[..at]);
            let is_field = language != Provisioning && !text[..at].contains(['(', '$']);
            assert!(read.is_err() || is_field, "{}: {read:?}", &text[..at]);
        }
    }
    for text in ["", " ", "[", "[]", "[a", "\"", "a", "(", "[a] [b]", "Join(\"a\" \"b\")", "é", "Join(é)"] {
        assert!(Expression::read(Provisioning, text).is_err(), "{text}");
    }
    for text in ["${", "${}", "a ? b", "a +", "== b", "a ? b : "] {
        assert!(Expression::read(Okta, text).is_err(), "{text}");
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_takes_anything() {
    let nested = |depth: usize| format!("{}[a]{}", "ToLower(".repeat(depth), ")".repeat(depth));
    assert!(Expression::read(Provisioning, &nested(EXPRESSION_DEPTH - 2)).is_ok());
    for text in [
        nested(EXPRESSION_DEPTH + 1),
        nested(1_000),
        "(".repeat(5_000),
        format!("Join(\"\"{})", ", [a]".repeat(EXPRESSION_PARTS)),
        format!("Join(\"{}\", [a])", "x".repeat(10_000)),
    ] {
        assert_eq!(Expression::read(Provisioning, &text), Err(Unclear::Large), "{}", text.len());
    }
    let many = "${user.a}".repeat(EXPRESSION_PARTS + 2);
    assert_eq!(Expression::read(Okta, &many), Err(Unclear::Large));
    let sum = format!("user.a{}", "+user.a".repeat(EXPRESSION_PARTS + 2));
    assert_eq!(Expression::read(Okta, &sum), Err(Unclear::Large));
    // A value that grows with each step.
    let mut text = "[first]".to_owned();
    for _ in 0..6 {
        text = format!("Replace({text}, \"A\", , , \"{}\", , )", "A".repeat(60));
    }
    assert_eq!(value(Provisioning, &text), None);
}

#[test]
fn a_field_can_stand_for_another_expression() {
    let user_name = Expression::read(Okta, "${fn:substringBefore(source.mail, \"@\")}").unwrap();
    let whole = Expression::read(Okta, "${user.userName}").unwrap().with("userName", &user_name).unwrap();
    assert_eq!(whole, user_name);
    assert_eq!(whole.fields(), ["mail"]);
    assert_eq!((whole.one_field(), Expression::field("user.mail").one_field()), (None, Some("mail")));
    assert!(Expression::constant("x").is_constant() && !whole.is_constant());
    let both = Expression::read(Okta, "user.userName + user.first").unwrap().with("userName", &user_name);
    assert_eq!(bound(&both.unwrap()).unwrap().value(&list(), 0).as_deref(), Some("Ada.LowAda"));
    let first = Expression::first_of(&["none".to_owned(), "absent".to_owned(), "first".to_owned()]);
    let absent = Expression::first_of(&["absent".to_owned(), "missing".to_owned()]);
    assert_eq!(bound(&absent), Err(Unclear::Field("absent".to_owned())));
    assert_eq!(bound(&first).unwrap().value(&list(), 0).as_deref(), Some("Ada"));
    let called = Expression::call(Claims, "ExtractMailPrefix", vec![Expression::field("mail")]).unwrap();
    assert_eq!(bound(&called).unwrap().value(&list(), 0).as_deref(), Some("Ada.Low"));
}
