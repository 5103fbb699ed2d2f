//! Runs the pages of this folder: what belongs to one sign-in, and how it ended.
//!
//! Each section tells what the browser saw and expects all flows of it, with why each exchange belongs to its
//! flow.

use samlight_tests::story;

#[test]
fn the_pages_hold() {
    let mut wrong = Vec::new();
    for page in story::pages("flows").unwrap() {
        assert!(!page.sections.is_empty(), "{}.md has no sections", page.name);
        for section in &page.sections {
            let told = story::tell(section, "flows").and_then(|told| story::flows(&told));
            if let Err(error) = told {
                wrong.push(format!("{}.md line {} ({}): {error:#}", page.name, section.line, section.title));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}
