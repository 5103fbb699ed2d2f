//! Rules about the words for people: the message catalogue, the help in `tests/diagnoses`, the README and what
//! it links in `docs` are in plain English, and the README and `docs` have short paragraphs. Leaves out what no list of words can find, such as
//! long sentences.

use super::{Finding, Tree, texts::CATALOGUE};

const README: &str = "README.md";
const DOCS: &str = "docs";
const HELP: &str = "tests/diagnoses";

/// The longest paragraph or list item of those, in lines, and the longest line, in characters.
const MOST_LINES: usize = 5;
const MOST_COLUMNS: usize = 110;

/// The words that readers who learned English at school stumble over, each with a better one.
const WORDS: &[(&str, &str)] = &[
    ("all the same", "still"),
    ("anew", "again"),
    ("any more", "no longer"),
    ("are told", "name who says it, or shows it"),
    ("be told", "name who says it, or shows it"),
    ("but for", "except for"),
    ("by API", "with the API"),
    ("by SAML", "with SAML"),
    ("by SSO", "with SSO"),
    ("go on", "continue"),
    ("goes by", "uses"),
    ("have the identity provider", "set the identity provider to …"),
    ("hence", "so"),
    ("in vain", "without success"),
    ("is told", "name who says it, or shows it"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("not known here", "name who does not know it"),
    ("of theirs", "their"),
    ("of two", "name the two first, then say which one"),
    ("of yours", "your"),
    ("put away", "dismiss"),
    ("seldom", "rarely"),
    ("speaks of", "is about"),
    ("stand in", "be in, be allowed in"),
    ("stands in", "is in"),
    ("stands there", "is there"),
    ("stands twice", "occurs twice"),
    ("taken for", "read as"),
    ("thereby", "so"),
    ("thus", "so"),
    ("whereby", "by which, or two sentences"),
    ("whom", "two sentences"),
];

/// No text for people has a hard word, and no paragraph of the README and of `docs` is long.
pub(super) fn plain(tree: &Tree) -> Vec<Finding> {
    let catalogue = tree.file(CATALOGUE).map_or("", |file| &file.text);
    let sentences = catalogue.lines().map(|line| match line.split_once(" = ") {
        Some((_, sentence)) if !line.starts_with('#') => sentence,
        _ => "",
    });
    let mut findings = hard_words(CATALOGUE, sentences);
    for page in tree.with_extension("md").filter(|page| page.path == README || page.is_in(DOCS)) {
        findings.extend(hard_words(&page.path, page.text.lines()));
        findings.extend(long_paragraphs(&page.path, &page.text));
    }
    // The sections below the help are a test: what they quote is in the catalogue, or another program's.
    for page in tree.with_extension("md").filter(|page| page.is_in(HELP)) {
        findings
            .extend(hard_words(&page.path, page.text.lines().take_while(|line| !line.starts_with("## "))));
    }
    findings
}

fn hard_words<'a>(path: &str, lines: impl Iterator<Item = &'a str>) -> Vec<Finding> {
    let found = |(index, line): (usize, &str)| {
        let line = line.to_lowercase();
        let held = WORDS.iter().filter(move |(word, _)| has_words(&line, &word.to_lowercase()));
        held.map(move |(word, better)| (index + 1, format!("“{word}” is hard to read; better: {better}")))
    };
    lines.enumerate().flat_map(found).map(|(line, text)| Finding::new(path, line, text)).collect()
}

/// Whether the words are there, not as a part of longer ones.
fn has_words(line: &str, words: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(words).any(|(at, _)| {
        !is_letter(line[..at].chars().next_back()) && !is_letter(line[at + words.len()..].chars().next())
    })
}

/// Paragraphs and list items; code, tables, headings and pictures may be as they are.
fn long_paragraphs(path: &str, text: &str) -> Vec<Finding> {
    let (mut findings, mut in_code, mut lines) = (Vec::new(), false, 0);
    for (index, line) in text.lines().enumerate() {
        let is_fence = line.starts_with("```");
        in_code ^= is_fence;
        if in_code || is_fence || line.trim().is_empty() || line.starts_with(['|', '#', '!']) {
            lines = 0;
            continue;
        }
        lines = if line.trim_start().starts_with("- ") { 1 } else { lines + 1 };
        let columns = line.chars().count();
        if columns > MOST_COLUMNS {
            let text = format!("{columns} characters, more than {MOST_COLUMNS}: break the line");
            findings.push(Finding::new(path, index + 1, text));
        }
        if lines == MOST_LINES + 1 {
            let text = format!("a paragraph of more than {MOST_LINES} lines: make a list, or say less");
            findings.push(Finding::new(path, index + 1, text));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        plain(&Tree::of(files)).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_hard_word_is_found_with_a_better_one() {
        assert_eq!(
            found(&[(CATALOGUE, "# Who can mend it\na = Fine.\nmend = Equal but for case.\n")]),
            [format!("{CATALOGUE}:3: “but for” is hard to read; better: except for")]
        );
        assert_eq!(
            found(&[(README, "# Mend it\n\nAsk by API.\n")]),
            [
                format!("{README}:1: “mend” is hard to read; better: fix"),
                format!("{README}:3: “by API” is hard to read; better: with the API"),
            ]
        );
    }

    #[test]
    fn a_part_of_a_longer_word_is_not_found() {
        let fine = "a = We recommend an amendment; this is not a part of twofold use. It looks the same, but forms differ.";
        assert_eq!(found(&[(CATALOGUE, fine), (README, "but\nforms\n")]), [""; 0]);
    }

    #[test]
    fn help_is_read_up_to_its_sections() {
        let page = "# a\n\nWho can mend it: nobody.\n\n## fires when it is mended\n\nIt is mended.\n";
        let path = format!("{HELP}/a.md");
        assert_eq!(found(&[(&path, page)]), [format!("{path}:3: “mend” is hard to read; better: fix")]);
    }

    #[test]
    fn every_hard_word_is_found() {
        for (word, better) in WORDS {
            let line = format!("a = It says {word}.");
            assert_eq!(found(&[(CATALOGUE, &line)]).len(), 1, "{word}, {better}");
        }
    }

    #[test]
    fn a_long_paragraph_and_a_long_list_item_are_found() {
        let long = "x\n".repeat(MOST_LINES + 1);
        let expected =
            |line| format!("{README}:{line}: a paragraph of more than 5 lines: make a list, or say less");
        assert_eq!(found(&[(README, &long)]), [expected(6)]);
        assert_eq!(found(&[(README, &format!("- x\n- {long}"))]), [expected(7)]);
        let in_docs = found(&[("docs/guide.md", &long), ("tests/lab/README.md", &long)]);
        assert_eq!(in_docs, [expected(6).replace(README, "docs/guide.md")]);
        let short = "x\n".repeat(MOST_LINES);
        let table = "| x |\n".repeat(MOST_LINES + 1);
        let code = format!("```\n{long}```\n");
        assert_eq!(
            found(&[(README, &format!("# H\n{short}\n- {short}- {short}{table}{code}{short}"))]),
            [""; 0]
        );
    }

    #[test]
    fn a_wide_line_is_found_except_in_a_table() {
        let wide = "ä".repeat(MOST_COLUMNS + 1);
        assert_eq!(
            found(&[(README, &format!("| {wide} |\n\n{wide}\n"))]),
            [format!("{README}:3: 111 characters, more than 110: break the line")]
        );
    }
}
