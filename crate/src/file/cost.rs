//! Tests of what a body or a file costs: the work for twice as many octets is at most twice the work, for the
//! worst one of each kind. Counted are the octets and characters that are looked at, and the comparisons,
//! never time.
//!
//! Leaves out: what the messages in it cost (`signature/tests.rs`), joining (`trace/tests.rs`), and capture
//! (`tests/contract/cost.rs`).

use super::{Beside, read};
use crate::{
    base::{counted::steps_of, instant::Timestamp, limits::LIMITS},
    binding::{from_body, from_form, from_form_body, from_octets, from_query},
    comparison::{Compared, is_near_miss, verdict},
    explain,
    scim::evidence::Asked,
};

/// One kind of content, and one of it of about so many octets.
type Kind = (&'static str, fn(usize) -> String);

/// `unit` again and again.
fn again(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len())
}

/// That each kind costs at most twice as much when it is twice as long, and no more than `most` steps an
/// octet; and that work is counted at all.
fn assert_linear(kinds: &[Kind], most: usize, look: fn(&str)) {
    const SIZE: usize = 20_000;
    for (name, kind) in kinds {
        let (one, two) = (kind(SIZE), kind(2 * SIZE));
        let (half, whole) = (steps_of(|| look(&one)), steps_of(|| look(&two)));
        assert!(two.len() >= one.len() * 19 / 10, "{name}: {} {}", one.len(), two.len());
        assert!(whole <= half * 21 / 10, "{name}: {half} for {}, {whole} for {}", one.len(), two.len());
        assert!(half >= one.len() / 2 && whole <= most * two.len(), "{name}: {whole} for {}", two.len());
    }
}

/// `text` escaped again and again, as long as it grows.
fn escaped(text: &str, rounds: usize) -> String {
    (0..rounds).fold(text.to_owned(), |text, _| text.replace('%', "%25").replace('&', "%26"))
}

const BODIES: [Kind; 22] = [
    ("parts, many empty", |size| again("--b\r\n", size)),
    ("parts, of one boundary that is short", |size| format!("--\r\n{}", again("--", size))),
    ("parts, whose boundary is half of it", |size| {
        format!("--{}\r\n{}", again("b", size / 2), again("b", size / 2))
    }),
    ("parts, whose boundary nearly comes again and again", |size| {
        format!("--{}c\r\n{}", again("b", size / 4), again("b", size))
    }),
    ("parts, heads that do not end", |size| {
        again("--b\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n", size)
    }),
    ("parts, one head of many lines", |size| {
        format!("--b\r\n{}\r\n\r\nx\r\n--b--", again("Content-Type: x\r\n", size))
    }),
    ("parts, one disposition of many parameters", |size| {
        format!("--b\r\nContent-Disposition: form-data{}\r\n\r\nx\r\n--b--", again("; nam=\"x\"", size))
    }),
    ("parts, many messages", |size| {
        again("--b\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\nPHg+\r\n", size)
    }),
    ("JSON, nested", |size| again("[", size)),
    ("JSON, nested objects", |size| again("{\"a\":", size)),
    ("JSON, many names", |size| format!("{{{}", again("\"SAMLResponse\":\"PHg+\",", size))),
    ("JSON, names without a value", |size| format!("[{}", again("\"SAMLResponse\"", size))),
    ("JSON, names and white space", |size| format!("[{}", again("\"SAMLResponse\"          ", size))),
    ("JSON, one name and white space", |size| format!("[\"SAMLResponse\"{}", again(" ", size))),
    ("JSON, quotes", |size| format!("[{}", again("\"", size))),
    ("JSON, escapes", |size| format!("[\"SAMLResponse\":\"{}", again("\\\"", size))),
    ("JSON, escapes of characters", |size| format!("{{\"SAMLResponse\":\"{}\"}}", again("\\u0041", size))),
    ("lines, many", |size| again("a=b\r\n", size)),
    ("lines, one of many pairs", |size| format!("a={}\r\n", again("&b=c", size))),
    ("lines, many messages", |size| again("SAMLResponse=PHg+\r\n", size)),
    ("fields, many", |size| again("SAMLResponse=PHg%2B&", size)),
    ("fields, one of escapes", |size| format!("SAMLResponse={}", again("%41", size))),
];

#[test]
fn a_body_of_twice_as_many_octets_costs_twice_as_much() {
    // Twenty messages of a request are read, each in several passes.
    assert_linear(&BODIES, 200, |body| {
        let found = from_body(body.as_bytes(), &LIMITS);
        assert!(found.len() <= 20);
        let har = serde_json::json!({"log": {"entries": [{"request": {"method": "POST", "url": "https://gitlab.com/",
            "postData": {"mimeType": "", "text": body}}, "response": {"status": 200}}]}});
        drop(read("a.har", har.to_string().as_bytes(), Timestamp(0), Beside::Files));
    });
}

const VALUES: [Kind; 12] = [
    ("letters", |size| again("A", size)),
    ("escapes", |size| again("%41", size)),
    ("escapes of escapes", |size| again(&escaped("%41", 1), size)),
    ("escapes three rounds deep", |size| again(&escaped("%41", 3), size)),
    ("escapes four rounds deep", |size| again(&escaped("%41", 4), size)),
    ("escapes that end late", |size| escaped(&again("%25", size / 8), 2)),
    ("one escape, each round longer", |size| format!("%{}41", again("25", size))),
    ("escapes that are none", |size| again("%", size)),
    ("references", |size| again("&#x41;", size)),
    ("escaped references", |size| again("%26#x41;", size)),
    ("references that do not end", |size| again("&#x00000", size)),
    ("spaces that may be plus signs", |size| again("AAA+", size)),
];

#[test]
fn escapes_cost_as_much_as_they_are_long_however_deep_they_are() {
    let in_query = |value: &str| {
        assert!(from_query(&format!("SAMLResponse={value}"), &LIMITS).len() < 20);
        drop(from_form_body(&format!("SAMLResponse={value}&RelayState={value}"), &LIMITS));
        drop(from_form(&[("SAMLResponse".to_owned(), value.into())], &LIMITS));
    };
    assert_linear(&VALUES, 2_000, in_query);
}

const FILES: [Kind; 20] = [
    ("a trace of damaged lines", |size| format!("{{\"samlight_trace\":1}}\n{}", again("{\n", size))),
    ("a trace of empty lines", |size| format!("{{\"samlight_trace\":1}}\n{}", again("\n ", size))),
    ("a trace with one long line", |size| {
        format!("{{\"samlight_trace\":1}}\n{{\"id\":\"{}", again("a", size))
    }),
    ("a trace, nested", |size| format!("{{\"samlight_trace\":1}}\n{}", again("[", size))),
    ("a trace of an event with many names", |size| {
        let names: String = (0..size / 12).map(|at| format!(",\"a{at:06}\":1")).collect();
        format!(
            "{{\"samlight_trace\":1}}\n{{\"id\":\"1767258000000-a-000001\",\"kind\":\"tab\",\"tab\":1{names}}}\n"
        )
    }),
    ("HAR, nested", |size| format!("{{\"log\":{{\"entries\":[{}", again("[", size))),
    ("HAR, nested objects", |size| format!("{{\"log\":{{\"entries\":[{}", again("{\"a\":", size))),
    ("HAR, damaged entries", |size| format!("{{\"log\":{{\"entries\":[{}]}}}}", again("{x},\n", size))),
    ("HAR, cut-off strings", |size| format!("{{\"log\":{{\"entries\":[{{\"a\":\"{}", again("\\\"", size))),
    ("HAR, halves of pairs", |size| {
        format!("{{\"log\":{{\"entries\":[{{\"a\":\"{}\"}}]}}}}", again("\\ud83d", size))
    }),
    ("HAR, quotes", |size| format!("{{\"log\":{{\"entries\":[{}", again("\"", size))),
    ("HAR, many names before the list", |size| {
        format!("{{{}\"log\":{{\"entries\":[]}}}}", again("\"log \":{},", size))
    }),
    ("HAR, one entry with many names", |size| {
        let names: String = (0..size / 12).map(|at| format!("\"a{at:06}\":1,")).collect();
        format!("{{\"log\":{{\"entries\":[{{{names}\"b\":1}}]}}}}")
    }),
    ("HAR, one entry with many headers", |size| {
        let headers = again("{\"name\":\"a\",\"value\":\"b\"},", size);
        format!("{{\"log\":{{\"entries\":[{{\"request\":{{\"headers\":[{headers}{{}}]}}}}]}}}}")
    }),
    ("HAR, cut off within an entry of many values", |size| {
        format!("{{\"log\":{{\"entries\":[{{\"a\":[{}", again("1,", size))
    }),
    ("SAML-tracer, many empty requests", |size| format!("{{\"requests\":[{}]}}", again("{},", size))),
    ("SAML-tracer, masked values", |size| {
        let request = "{\"url\":\"https://gitlab.com/\",\"post\":[[\"SAMLResponse\",\"{hash:1}\"]]},";
        format!("{{\"requests\":[{}]}}", again(request, size))
    }),
    ("SAML-tracer, many fields", |size| {
        format!("{{\"requests\":[{{\"post\":[{}[]]}}]}}", again("[\"SAMLRespons\",\"x\"],", size))
    }),
    ("SAML-tracer, many lists by name", |size| {
        let names: String = (0..size / 16).map(|at| format!("\"a{at:06}\":[\"x\"],")).collect();
        format!("{{\"requests\":[{{\"postData\":{{{names}\"b\":[]}}}}]}}")
    }),
    ("no recording", |size| again("{\"requests\":", size)),
];

#[test]
fn a_file_of_twice_as_many_octets_costs_twice_as_much() {
    // Each of a hundred flaws names its line, for which the file is gone through up to there.
    assert_linear(&FILES, 250, |file| {
        for beside in [Beside::Files, Beside::Recording] {
            let told = read("a", file.as_bytes(), Timestamp(0), beside);
            assert!(told.flaws.len() <= LIMITS.flaws);
        }
    });
}

const NAMES: [Kind; 12] = [
    ("letters", |size| again("a", size)),
    ("capitals that grow", |size| again("\u{130}", size)),
    ("letters that are composed", |size| again("\u{e9}", size)),
    ("letters to be composed", |size| again("e\u{301}", size)),
    ("one letter with many marks", |size| format!("e{}", again("\u{301}", size))),
    ("marks in the wrong order", |size| {
        format!("e{}{}", again("\u{301}", size / 2), again("\u{316}", size / 2))
    }),
    ("marks in turns", |size| format!("e{}", again("\u{301}\u{316}", size))),
    ("a letter that stands for eighteen", |size| again("\u{fdfa}", size)),
    ("syllables", |size| again("\u{1112}\u{1161}\u{11ab}", size)),
    ("letters that look like others", |size| again("\u{430}", size)),
    ("what cannot be seen", |size| again("\u{200b}", size)),
    ("white space and escapes", |size| again(" %20", size)),
];

#[test]
fn comparing_costs_what_the_values_weigh() {
    assert_linear(&NAMES, 100, |value| {
        let other = format!("{value}x");
        assert_eq!(verdict(value, value), verdict("a", "a"));
        verdict(value, &other);
        is_near_miss(value, &other);
    });
    // As a NameID: its characters are looked at one by one.
    assert_linear(&NAMES, 200, |value| {
        let xml = format!(
            "<p:LogoutRequest xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><NameID>{value}</NameID></p:LogoutRequest>"
        );
        assert!(from_octets(xml.as_bytes(), &LIMITS).message.is_some());
    });
}

#[test]
fn one_long_value_is_not_made_anew_for_each_other_one() {
    let long = again("A", 100_000);
    let cost = |others: usize| {
        steps_of(|| {
            let sent = Compared::new(&long);
            let stored = (0..others).map(|at| format!("user-{at}"));
            assert!(
                !stored
                    .into_iter()
                    .any(|other| sent.is_near_miss(&other) || sent.verdict(&other) == verdict("", ""))
            );
        })
    };
    let (few, many) = (cost(10), cost(1_000));
    assert!(many <= few + 1_000 * 100, "{few} for ten, {many} for a thousand");
}

const LOGS: [Kind; 32] = [
    ("lines about something else", |size| {
        again("{\"method\":\"GET\",\"path\":\"/api/v4/projects\",\"status\":200}\n", size)
    }),
    ("damaged lines", |size| {
        format!("{{\"method\":\"GET\",\"path\":\"/api/scim/v2/\"}}\n{}", again("{\n", size))
    }),
    ("requests", |size| {
        again("{\"method\":\"DELETE\",\"path\":\"/api/scim/v2/groups/a/Users/b\",\"status\":204}\n", size)
    }),
    ("a path of many segments", |size| {
        format!("{{\"method\":\"GET\",\"path\":\"/api/scim/v2/groups/a/Users/b{}\"}}", again("/b", size))
    }),
    ("a path of escapes", |size| {
        format!("{{\"method\":\"GET\",\"path\":\"/api/scim/v2/groups/a/Users/{}\"}}", again("%2F", size))
    }),
    ("many parameters", |size| of_params(&again("{\"key\":\"a\",\"value\":\"b\"},", size))),
    ("many addresses", |size| {
        of_params(&format!(
            "{{\"key\":\"emails\",\"value\":[{}{{}}]}},",
            again("{\"value\":\"a@b.example\"},", size)
        ))
    }),
    ("many changes", |size| {
        let one = "{\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"},";
        of_params(&format!("{{\"key\":\"Operations\",\"value\":[{}{{}}]}},", again(one, size)))
    }),
    ("changes without a path", |size| {
        let values: String = (0..size / 14).map(|at| format!("\"a{at:06}\":1,")).collect();
        of_params(&format!("{{\"key\":\"Operations\",\"value\":[{{\"value\":{{{values}\"b\":1}}}}]}},"))
    }),
    ("JSON in a text", |size| {
        of_params(&format!("{{\"key\":\"emails\",\"value\":\"{}\"}},", again("[", size)))
    }),
    ("nested", |size| format!("{{\"method\":\"GET\",\"path\":{}", again("[", size))),
    ("objects that do not end", |size| of_api(&again("{\"a\":", size))),
    ("objects that do not end, a line each", |size| of_api(&again("{\"a\":\n", size))),
    ("an object that does not end, with many in it", |size| {
        format!("{}{}", of_api(&again("{\"a\":[", 600)), again("{\"b\":1},\n", size))
    }),
    ("many cut off lines", |size| of_api(&again("{\"scim\":[\n{\"a\":1},\n", size))),
    ("braces", |size| of_api(&again("{", size))),
    ("objects on a line", |size| of_api(&again("{\"scim\":1}", size))),
    ("texts within texts", |size| {
        (0..4)
            .fold(again("{\"scim\":1}", size / 16), |text, _| serde_json::json!({ "scim": text }).to_string())
    }),
    ("a table", |size| {
        format!("method,path,status\n{}", again("GET,/api/scim/v2/groups/a/Users,404\n", size))
    }),
    ("a table of quotes", |size| {
        format!("method,path,status\n/api/scim/v2/\n{}", again("\" \" \"\" ", size))
    }),
    ("a table whose quote does not end", |size| {
        format!("method,path,status\n\"/api/scim/v2/{}", again("GET,a\n", size))
    }),
    ("hits of a search on one line, with changes", |size| {
        let hit = r#"{"method":"PATCH","path":"/api/scim/v2/groups/a/Users/1","status":204,"params":[{"key":"Operations","value":[{"op":"replace","value":{"b":1,"a":2}}]}]},"#;
        format!("{{\"hits\":[{}1]}}", again(hit, size))
    }),
    ("changes whose names are escaped, on one line", |size| {
        let hit = r#"{"method":"PATCH","path":"/api/scim/v2/groups/a/Users/1","status":204,"params":[{"key":"Operations","value":[{"op":"replace","value":{"\u0062":1,"\u0061":2}}]}]},"#;
        format!("{{\"hits\":[{}1]}}", again(hit, size))
    }),
    ("a long name with many in it", |size| {
        let many = (0..size / 16).map(|number| format!("\"n{number:05}\":1,")).collect::<String>();
        format!("{{\"scim\":{{\"{}\":{{{many}\"z\":1}}}}}}", again("n", size / 2))
    }),
    ("objects without a name in each other, with many in them", |size| {
        let many = (0..size / 12).map(|number| format!("\"n{number:05}\":1,")).collect::<String>();
        format!("{{\"scim\":{}{{{many}\"z\":1}}{}}}", "{\"_\":".repeat(100), "}".repeat(100))
    }),
    ("empty objects", |size| format!("{{\"scim\":[{}1]}}", again("{},", size))),
    ("a table whose head has a long name", |size| {
        format!("method,path,{}\n/api/scim/v2/\n{}", again("n", size / 2), again("a,b,c\n", size / 2))
    }),
    ("a filter", |size| {
        of_params(&format!("{{\"key\":\"filter\",\"value\":\"id eq {}\"}},", again("a ", size)))
    }),
    ("a user name", |size| {
        of_params(&format!("{{\"key\":\"userName\",\"value\":\"{}\"}},", again("a?b=c ", size)))
    }),
    ("a message of brackets", |size| format!("Missing params: {}", again("[", size))),
    ("a message that begins again and again", |size| again("Resource ", size)),
    ("a schema of many mappings", |size| {
        let mapping =
            "{\"targetAttributeName\":\"a\",\"matchingPriority\":1,\"source\":{\"expression\":\"[b]\"}},";
        format!(
            "{{\"synchronizationRules\":[{{\"objectMappings\":[{{\"attributeMappings\":[{}\
             {{\"targetAttributeName\":\"userName\"}}]}}]}}]}}",
            again(mapping, size)
        )
    }),
];

/// A text that names the address of the API.
fn of_api(text: &str) -> String {
    format!("/api/scim/v2/ {text}")
}

/// A request that creates a user, with these parameters.
fn of_params(params: &str) -> String {
    format!(
        "{{\"method\":\"POST\",\"path\":\"/api/scim/v2/groups/a/Users\",\"status\":201,\"params\":[{params}{{}}]}}"
    )
}

#[test]
fn a_log_of_twice_as_many_octets_costs_twice_as_much() {
    assert_linear(&LOGS, 200, |log| {
        for asked in [Asked::default(), Asked { value: Some("x".into()), ..Asked::default() }] {
            for statement in explain::read(log, &asked) {
                let printed = serde_json::to_string(&statement).unwrap();
                assert!(printed.len() < 100 * log.len() + 10_000);
            }
        }
    });
}
