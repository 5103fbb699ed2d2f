//! Lists in pieces of every size, and what hands them on.

use super::*;

fn calls(content: &[u8], size: usize) -> Vec<ListCall> {
    let mut reading = ListReading::new("people.csv".into());
    for piece in content.chunks(size) {
        assert!(reading.read(piece));
    }
    reading.end().unwrap();
    std::iter::from_fn(|| match reading.call()? {
        OwnCall::Group(GroupCall::List(call)) => Some(call),
        other => panic!("{other:?}"),
    })
    .collect()
}

fn rows(calls: &[ListCall]) -> Vec<Rows> {
    let of = |call: &ListCall| match call {
        ListCall::Rows { rows } => Some(serde_json::from_str(rows).unwrap()),
        _ => None,
    };
    calls.iter().filter_map(of).collect()
}

/// Whatever the columns, no call has more rows or cells than its bound, and all of them come in their order.
#[test]
fn a_list_is_handed_on_in_parts_of_bounded_count() {
    for (columns, people) in [(1, 3), (2, 5_000), (5, 10_001), (25, 2_000), (100, 401)] {
        let head: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
        let line =
            |row: usize| (0..columns).map(|at| format!("{row}-{at}é")).collect::<Vec<_>>().join(",") + "\n";
        // One column has no delimiter, so it is no table.
        let content = head.join(",")
            + ",x\n"
            + &(0..people).map(|row| line(row).replace('\n', ",\n")).collect::<String>();
        let calls = calls(content.as_bytes(), 1_000);
        let Some(ListCall::Begin(new)) = calls.first() else { panic!("{columns}") };
        assert_eq!((new.columns.len(), new.name.as_str()), ((columns + 1).min(100), "people.csv"));
        assert_eq!(calls.last(), Some(&ListCall::End));
        let parts = rows(&calls);
        assert_eq!(parts.len() + 2, calls.len());
        for part in &parts {
            assert!(part.len() <= 4_000 && part.len() * new.columns.len() <= 40_000, "{columns}");
        }
        let mut all = parts.iter().flat_map(|part| (0..part.len()).map(|row| part.cell(row, 0).to_owned()));
        assert!((0..people).all(|row| all.next() == Some(format!("{row}-0é"))) && all.next().is_none());
    }
}

#[test]
fn pieces_of_any_size_give_the_same() {
    let content = "mail;id\nAda@example.com;\u{e9}1\nEve@example.com;2\n".as_bytes();
    let whole = calls(content, content.len());
    for size in 1..20 {
        assert_eq!(calls(content, size), whole, "{size}");
    }
}

#[test]
fn what_is_damaged_is_said_and_what_came_before_is_there() {
    let cases = [
        ("[{\"mail\":\"a@example.com\"},{\"mail\":\"b@example.com\"},{\"mail\":\"s3cr3t", "behind row 2"),
        ("{\"value\":[{\"mail\":\"a@example.com\"},{\"mail\":\"b@example.com\"}", "behind row 2"),
        (
            "mail,name\na@example.com,A\nb@example.com,B\nc@example.com,\"s3cr3t\nd@example.com,D\ne@example.com,E\n",
            "Behind row 2",
        ),
    ];
    for (content, said) in cases {
        let calls = calls(content.as_bytes(), 10);
        let Some(ListCall::Begin(new)) = calls.first() else { panic!() };
        let damage = new.damage.as_deref().unwrap();
        assert!(damage.contains(said) && !damage.contains("s3cr3t"), "{damage}");
        assert_eq!(rows(&calls).iter().map(Rows::len).sum::<usize>(), 2, "{content}");
    }
    for content in ["", "hello", "[", "{\"token\": \"s3cr3t", "mail,name\n"] {
        let mut reading = ListReading::new("x".into());
        reading.read(content.as_bytes());
        let said = reading.end().unwrap_err().to_string();
        assert!(!said.contains("s3cr3t") && !said.is_empty(), "{said}");
        assert_eq!(reading.call(), None);
    }
}

/// Of pages behind each other, as tools write them, all people are there.
#[test]
fn pages_of_an_answer_are_one_list() {
    let page = |at: usize| {
        format!(
            "{{\"@odata.nextLink\":\"x\",\"value\":[{{\"mail\":\"p{at}@example.com\",\"id\":\"{at}\"}}]}}"
        )
    };
    let content: String = (0..5).map(|at| page(at) + "\n").collect();
    assert_eq!(rows(&calls(content.as_bytes(), 7)).iter().map(Rows::len).sum::<usize>(), 5);
}

/// No more of a file is held than there is room for, and that it is so is said.
#[test]
fn a_file_beyond_the_limit_is_read_up_to_it() {
    let most = 2 * 1024 * 1024;
    let block = format!("{}@example.com,1\n", "x".repeat(1_000)).repeat(100);
    let mut reading = ListReading { most, ..ListReading::new("large.csv".into()) };
    reading.read(b"mail,id\n");
    let mut octets = 0;
    while reading.read(block.as_bytes()) {
        octets += block.len();
        assert!(octets <= most);
    }
    assert_eq!(reading.content.len(), most);
    reading.end().unwrap();
    let Some(OwnCall::Group(GroupCall::List(ListCall::Begin(new)))) = reading.call() else { panic!() };
    assert!(new.damage.unwrap().contains("larger than 2 MB"));
    // Half a row is none.
    assert_eq!(reading.directory.rows.len(), most / (block.len() / 100));
    assert_eq!(ListReading::new(String::new()).most, DIRECTORY_BYTES);
}
