//! All searches for marks find the same lines.

use super::*;

/// Parts of lines: marks, marks that are cut or in other letters, and letters that marks begin with.
fn parts() -> Vec<String> {
    let cut = |mark: &str| [mark[1..].to_owned(), mark[..mark.len() - 1].to_owned(), mark.to_uppercase()];
    let of_marks = MARKS.iter().flat_map(|mark| [vec![(*mark).to_owned()], cut(mark).to_vec()].concat());
    let others = ["", "{", "}", " ", "é", "sssss", "application", "x".repeat(70).leak(), "\r"];
    of_marks.chain(others.map(str::to_owned)).collect()
}

#[test]
fn every_search_marks_the_lines_that_have_a_mark() {
    let (parts, mut random) = (parts(), 1_usize);
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let one_pass = [SEARCHES.as_slice(), &apart()];
    let mut marked = 0;
    for _ in 0..2_000 {
        let line = |next: &mut dyn FnMut(usize) -> usize| {
            let count = next(4);
            (0..count).map(|_| parts[next(parts.len())].as_str()).collect::<String>() + "\n"
        };
        let lines: Vec<String> = (0..next(12)).map(|_| line(&mut next)).collect();
        let block = lines.concat();
        for searches in one_pass {
            let (mut marks, mut start) = (Marks::by(searches, block.as_bytes()), 0);
            for line in &lines {
                let end = start + line.len();
                let has_one = MARKS.iter().any(|mark| line.contains(mark));
                assert_eq!(marks.is_in(start..end), has_one, "{line:?} of {block:?}");
                assert_eq!(is_marked(line.as_bytes()), has_one, "{line:?}");
                marked += usize::from(has_one);
                start = end;
            }
        }
    }
    assert!(marked > 1_000, "{marked}");
}
