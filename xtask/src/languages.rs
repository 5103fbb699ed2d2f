//! The files of texts that lie beside the Wasm, one for each language other than English.
//!
//! A file in `crate/src/base/catalogue/` is a language. Each Wasm carries a part of the English catalogue
//! (`catalogue/parts.rs`) and gets the same part of every other language, in the order of the keys, as
//! `catalogue/language.rs` wants it. Leaves out: whether a translation is whole, which tidy checks.

use anyhow::{Context, Result};
use samlight::base::catalogue::{CORE_PART, EARLY_PART, PANEL_PART, SHARED_PART, part_of};

use crate::{package::Package, workspace::Workspace};

/// The folder of the languages, and the file of the one that programs carry.
const CATALOGUE: &str = "crate/src/base/catalogue";
const CARRIED: &str = "en";

/// The folder of each Wasm, with the parts that it carries.
const FOLDERS: [(&str, &[usize]); 2] =
    [("panel/core/", &[EARLY_PART, CORE_PART, SHARED_PART]), ("panel/", &[PANEL_PART, SHARED_PART])];

/// Adds the texts of every language to `package`.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn add(workspace: &Workspace, package: &mut Package) -> Result<()> {
    let folder = workspace.root.join(CATALOGUE);
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.extension().is_none_or(|extension| extension != "txt") || name == CARRIED {
            continue;
        }
        let file =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for (folder, parts) in FOLDERS {
            package.add(format!("{folder}texts.{name}.txt"), texts_of(&file, parts))?;
        }
    }
    Ok(())
}

/// The lines of these parts, in the order of their keys.
fn texts_of(file: &str, parts: &[usize]) -> String {
    let mut lines: Vec<(&str, &str)> = file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .collect();
    lines.retain(|(key, _)| parts.contains(&part_of(key)));
    lines.sort_unstable();
    lines.into_iter().map(|(key, text)| format!("{key} = {text}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wasm_gets_the_texts_that_it_carries_in_the_order_of_their_keys() {
        let file = "# German\nverdict.b = B\nbadge.x = O\nui.x = X = Y\nverdict.a = A\n\ncharacter.tab = Tab\ncli.about = C\n";
        let [core, panel] = FOLDERS.map(|(_, parts)| texts_of(file, parts));
        assert_eq!(core, "badge.x = O\ncharacter.tab = Tab\nverdict.a = A\nverdict.b = B\n");
        assert_eq!(panel, "character.tab = Tab\nui.x = X = Y\n");
    }
}
