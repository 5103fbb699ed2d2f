//! For each kind: what `cargo xtask new` writes, filled in, and then with each of its places forgotten once.
//!
//! Works on the files of this repository in memory. Leaves out what the compiler names: `cargo xtask test
//! new` asks it.

use super::*;
use crate::new::{Id, made};
use crate::tidy::{forms, texts};
use std::path::Path;

const CATALOGUE: &str = "crate/src/base/catalogue/en.txt";

/// The findings about the new thing. Of texts only its own are looked at.
fn findings(tree: &Tree, kind: &Kind) -> Vec<Finding> {
    let of_kind = |file: &&File| file.path == CATALOGUE || file.path.starts_with(kind.folder);
    let own = Tree { files: tree.files.iter().filter(of_kind).cloned().collect() };
    // Thousands of other texts take a minute to look for.
    let texts = text(&own, CATALOGUE).unwrap_or_default().lines().filter(|line| line.contains("brand-new"));
    let unused = texts::used(&with(&own, CATALOGUE, Some(&texts.collect::<Vec<_>>().join("\n"))));
    let found = [rows(tree), needs(tree), prompts(tree), texts::exist(&own), forms::heads(&own)].concat();
    found.into_iter().chain(unused).collect()
}

/// The part of the repository that has things of the kinds.
fn around(repository: &Tree) -> Tree {
    let is_needed = |file: &File, need: &Need| {
        let path = need.path.split('{').next().unwrap_or_default();
        let (before, after) = path.split_once('*').unwrap_or((path, ""));
        file.path.strip_prefix(before).is_some_and(|rest| rest.contains(after))
    };
    let is_of = |file: &File, kind: &Kind| {
        file.path.starts_with(kind.folder) || kind.needs.iter().any(|need| is_needed(file, need))
    };
    let files = repository.files.iter().filter(|file| KINDS.iter().any(|kind| is_of(file, kind)));
    Tree { files: files.cloned().collect() }
}

/// The tree with one file in another form, or without it.
fn with(tree: &Tree, path: &str, text: Option<&str>) -> Tree {
    let mut files: Vec<File> = tree.files.iter().filter(|file| file.path != path).cloned().collect();
    files.extend(text.map(|text| File { path: path.to_owned(), text: text.to_owned() }));
    Tree { files }
}

fn text<'a>(tree: &'a Tree, path: &str) -> Option<&'a str> {
    tree.file(path).map(|file| file.text.as_str())
}

/// The paths of the needs that are not met yet, each with the tree in which it is met.
fn met(tree: &Tree, kind: &Kind, code: &str) -> (Tree, Vec<String>) {
    let row = |tree: &Tree, need: &Need| {
        let row = Row::of(tree.file(code).unwrap(), kind).unwrap();
        let place = (row.filled(need.path).replace('*', "x"), row.filled(need.text));
        row.lacks(tree, need).map(|_| place)
    };
    let (mut tree, mut paths) = (tree.clone(), Vec::new());
    for need in kind.needs {
        let Some((path, what)) = row(&tree, need) else { continue };
        let before = text(&tree, &path).unwrap_or("//! A test.\n").to_owned();
        tree = with(&tree, &path, Some(&(before + &what + "\n")));
        paths.push(path);
    }
    (tree, paths)
}

#[test]
fn every_place_of_a_new_thing_is_named_when_it_is_forgotten() {
    let repository = Tree::read(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).unwrap();
    let (tree, id) = (around(&repository), Id::new("brand-new").unwrap());
    for kind in KINDS {
        assert_eq!(findings(&tree, kind), [], "{}", kind.name);
        let code = format!("{}/brand_new.rs", kind.folder);
        let made = made(&|path| text(&repository, path).map(str::to_owned), kind, &id).unwrap();
        let new = made.iter().fold(tree.clone(), |tree, (path, text)| with(&tree, path, Some(text)));
        let prompts =
            findings(&new, kind).into_iter().filter(|finding| finding.text.contains("to be written"));
        assert!(prompts.count() > 0, "{}", kind.name);
        let written = |path: &str, text: &str| match made.contains_key(path) {
            true => text.replace(PROMPT, "It is"),
            false => text.to_owned(),
        };
        let files = new
            .files
            .iter()
            .map(|file| File { path: file.path.clone(), text: written(&file.path, &file.text) });
        let filled = Tree { files: files.collect() };
        let (whole, needed) = met(&filled, kind, &code);
        assert_eq!(findings(&whole, kind), [], "{}", kind.name);

        for path in made.keys().chain(&needed) {
            let forgotten = with(&whole, path, text(&tree, path));
            assert_ne!(findings(&forgotten, kind), [], "{} without {path}", kind.name);
        }
        let door = text(&whole, &kind.door()).unwrap();
        for part in ["mod brand_new;".to_owned(), format!("brand_new::{}", kind.row)] {
            assert!(door.contains(&part), "{}", kind.name);
            let forgotten = with(&whole, &kind.door(), Some(&door.replace(&part, "")));
            assert_ne!(findings(&forgotten, kind), [], "{} without {part}", kind.name);
        }
    }
}
