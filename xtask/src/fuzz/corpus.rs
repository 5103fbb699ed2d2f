//! The inputs that are kept for a target: the smallest that together reach most.
//!
//! libFuzzer's own merge keeps every input that reaches anything new, which are some thousand; these are few
//! enough for the repository and for each run of the tests. What each input reaches is told by the control
//! file of a merge.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Inputs that are kept of one target.
const INPUTS: usize = 250;
/// Octets that they have in all.
const OCTETS: u64 = 90_000;

/// One input, and the features that it reaches: edges, each with how often it is passed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Measured {
    path: PathBuf,
    octets: u64,
    features: HashSet<u32>,
}

/// The inputs in the control file of a merge: the number of files twice, a line for each, then by the
/// number of a file `STARTED` with its size and `FT` with its features. One that broke the fuzzer has no
/// features.
pub(super) fn measured(control: &str) -> Vec<Measured> {
    let mut lines = control.lines();
    let count = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
    let paths: Vec<&str> = lines.by_ref().skip(1).take(count).collect();
    let mut sizes = vec![0; paths.len()];
    let mut inputs = Vec::new();
    for line in lines {
        let mut words = line.split(' ');
        let (kind, number) = (words.next(), words.next().and_then(|number| number.parse::<usize>().ok()));
        let Some(number) = number.filter(|number| *number < paths.len()) else { continue };
        match kind {
            Some("STARTED") => sizes[number] = words.next().and_then(|size| size.parse().ok()).unwrap_or(0),
            Some("FT") => inputs.push(Measured {
                path: paths[number].into(),
                octets: sizes[number],
                features: words.filter_map(|feature| feature.parse().ok()).collect(),
            }),
            _ => {}
        }
    }
    inputs
}

/// The inputs that are kept, the best first: again and again the one that reaches the most new features for
/// its size, as many as there may be.
pub(super) fn chosen(inputs: &[Measured]) -> Vec<PathBuf> {
    let (mut reached, mut chosen, mut octets) = (HashSet::new(), Vec::new(), 0);
    let mut left: Vec<&Measured> = inputs.iter().collect();
    while chosen.len() < INPUTS {
        // By the root of the size: a large input that reaches much is better than many small ones.
        let worth = |input: &Measured| {
            let new = input.features.difference(&reached).count();
            (new as f64 / (input.octets as f64 + 16.0).sqrt(), new)
        };
        left.retain(|input| octets + input.octets <= OCTETS && worth(input).1 > 0);
        let best = left.iter().max_by(|one, other| {
            worth(one).0.total_cmp(&worth(other).0).then_with(|| other.path.cmp(&one.path))
        });
        let Some(best) = best.copied() else { break };
        reached.extend(&best.features);
        octets += best.octets;
        chosen.push(best.path.clone());
    }
    chosen
}

/// Makes these files the content of a folder, each named by its digest.
pub(super) fn replace(folder: &Path, chosen: &[PathBuf]) -> Result<()> {
    let mut contents = Vec::new();
    for path in chosen {
        contents.push(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    for file in files(folder)? {
        fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    for content in contents {
        let name: String =
            Sha256::digest(&content).iter().take(8).map(|octet| format!("{octet:02x}")).collect();
        fs::write(folder.join(name), content)?;
    }
    Ok(())
}

/// The files in a folder, by name.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: &str =
        "3\n0\n/a\n/b c\n/d\nSTARTED 0 9\nFT 0 1 2 3\nCOV 0 7\nSTARTED 1 4\nFT 1 2 3\nSTARTED 2 5\n";

    #[test]
    fn inputs_are_read_with_their_size_and_what_they_reach() {
        let inputs = measured(CONTROL);
        let paths: Vec<_> = inputs.iter().map(|input| (input.path.to_str().unwrap(), input.octets)).collect();
        assert_eq!(paths, [("/a", 9), ("/b c", 4)], "the third broke the fuzzer");
        assert_eq!(inputs[0].features, [1, 2, 3].into());
        assert_eq!(measured(""), []);
    }

    #[test]
    fn what_reaches_nothing_new_is_not_kept_and_large_inputs_are_few() {
        assert_eq!(chosen(&measured(CONTROL)), [PathBuf::from("/a")]);
        let large = |number: u32| Measured {
            path: number.to_string().into(),
            octets: OCTETS / 3,
            features: [number].into(),
        };
        assert_eq!(chosen(&(0..9).map(large).collect::<Vec<_>>()).len(), 3);
        let small = |number: u32| Measured { octets: 1, ..large(number) };
        assert_eq!(chosen(&(0..999).map(small).collect::<Vec<_>>()).len(), INPUTS);
    }

    #[test]
    fn a_folder_holds_what_was_chosen_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, other) = (folder.path().join("kept"), folder.path().join("other"));
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("old"), "1").unwrap();
        fs::write(&other, "2").unwrap();
        replace(&kept, &[other.clone(), kept.join("old")]).unwrap();
        let contents: Vec<_> =
            files(&kept).unwrap().iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        assert_eq!(contents.len(), 2);
        assert!(contents.contains(&"1".to_owned()) && contents.contains(&"2".to_owned()));
    }
}
