//! `samlight serve`: the static page on this machine alone.
//!
//! Serves the files that lie in one folder when it starts, with the core in `core` and the style sheets in
//! `css`, and nothing else: they are held in memory by name, so no path in a request can lead elsewhere, and
//! links that lie in the folder are not followed. It listens on the loopback address, answers only requests
//! that name it as loopback (a web site could point its own name there), and sends the page's
//! Content-Security-Policy as a header: without any network but the page's own files. What a request says is
//! read in `serve/http.rs`; who is answered, and for how long, is decided in `serve/clients.rs`.

mod clients;
mod http;

use crate::{Command, ExitOutcome, Problem, arguments, input};
use clap::{Arg, ArgMatches, value_parser};
use clients::Bounds;
use http::Page;
use samlight::text;
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

pub(crate) const COMMAND: Command = Command { name: "serve", about: || text!("cli.serve"), arguments, run };

const FOLDER: &str = "FOLDER";

/// The kinds of files that the page consists of: how a name begins and ends, and the media type.
const KINDS: [(&str, &str, &str); 7] = [
    ("", ".html", "text/html; charset=utf-8"),
    ("", ".css", "text/css; charset=utf-8"),
    ("", ".js", "text/javascript; charset=utf-8"),
    ("", ".svg", "image/svg+xml"),
    ("", ".wasm", "application/wasm"),
    // Of a language. Any other text in the folder is none of the page's.
    ("texts.", ".txt", "text/plain; charset=utf-8"),
    ("example", ".jsonl", "application/jsonl"),
];

/// The folders of the page, from the given one, as they begin a file's name.
const FOLDERS: [&str; 2] = ["", "core/"];

/// The page when no file is named.
const INDEX: &str = "index.html";
/// Octets of one file of the page.
const PAGE_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// The files of the page, by name: media type and content.
type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

fn arguments(command: clap::Command) -> clap::Command {
    let folder = Arg::new(FOLDER).value_parser(value_parser!(OsString));
    let port = arguments::text("port", "PORT", &text!("cli.serve.port"));
    command
        .arg(folder.help(text!("cli.serve.folder").to_string()))
        .arg(port.value_parser(value_parser!(u16)).default_value("0"))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let folder = arguments::path_of(given, FOLDER).ok_or_else(|| Problem::from(text!("cli.no-folder")))?;
    let port = given.get_one("port").copied().unwrap_or(0);
    let files = files(folder)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| Problem::from(text!("cli.cannot-listen", port = port, reason = error)))?;
    let port = listener.local_addr()?.port();
    writeln!(out, "{}", text!("cli.serving", url = format!("http://127.0.0.1:{port}/")))?;
    out.flush()?;
    clients::serve(&listener, Page { files, port }, Bounds::IN_FORCE);
    Ok(ExitOutcome::Good)
}

/// The files of the page in `folder`. Other folders below it and other kinds of files are not part of the
/// page.
fn files(folder: &OsStr) -> Result<Files, Problem> {
    let mut files = Files::new();
    for prefix in FOLDERS {
        // Without the slash at its end: behind it, a link is followed.
        let inside = Path::new(folder).join(prefix.trim_end_matches('/'));
        // Without its style sheets the page is plain, but a page. The given folder itself may be a link: the
        // person has named it.
        if prefix.is_empty() || std::fs::symlink_metadata(&inside).is_ok_and(|it| it.is_dir()) {
            add_files(&mut files, &inside, prefix)?;
        }
    }
    if files.contains_key(INDEX) {
        Ok(files)
    } else {
        Err(text!("cli.no-page", folder = input::shown(folder)).into())
    }
}

/// Adds the files that lie in `folder` itself, by their names behind `prefix`. A link is no file: it could
/// lead out of the folder.
fn add_files(files: &mut Files, folder: &Path, prefix: &str) -> Result<(), Problem> {
    let unreadable = |path: &Path, reason: &dyn std::fmt::Display| {
        Problem::from(text!("cli.cannot-read", file = path.display(), reason = reason))
    };
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry?;
        let path = entry.path();
        let is_file = entry.file_type()?.is_file();
        let name = path.file_name().and_then(OsStr::to_str).filter(|_| is_file);
        let kind = name.and_then(|name| {
            KINDS.iter().find(|(begin, end, _)| name.starts_with(begin) && name.ends_with(end))
        });
        if let (Some((_, _, media_type)), Some(name)) = (kind, name) {
            let mut content = Vec::new();
            std::fs::File::open(&path)
                .and_then(|file| file.take(PAGE_FILE_BYTES).read_to_end(&mut content))
                .map_err(|error| unreadable(&path, &error))?;
            files.insert(format!("{prefix}{name}"), (media_type, content));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_its_folder_with_the_core() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["index.html", "notes.txt", "a.css", "core/a.js", "core/a.txt", "core/deeper/b.js", "other/c.css"]
        {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        let Ok(found) = files(folder.path().as_os_str()) else { panic!("the page is there") };
        let found: Vec<_> = found.iter().map(|(name, (kind, _))| (name.as_str(), *kind)).collect();
        assert_eq!(
            found,
            [
                ("a.css", "text/css; charset=utf-8"),
                ("core/a.js", "text/javascript; charset=utf-8"),
                ("index.html", "text/html; charset=utf-8")
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_in_the_folder_are_not_followed() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        for name in ["secret.html", "a.css"] {
            std::fs::write(outside.path().join(name), "s3cr3t").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        symlink(outside.path().join("secret.html"), folder.path().join("other.html")).unwrap();
        symlink(outside.path(), folder.path().join("css")).unwrap();
        symlink(outside.path().join("secret.html"), folder.path().join(INDEX)).unwrap();
        let Err(Problem::Said(problem)) = files(folder.path().as_os_str()) else {
            panic!("a link was followed")
        };
        assert!(problem.contains("does not follow links"), "{problem}");
        std::fs::remove_file(folder.path().join(INDEX)).unwrap();
        std::fs::write(folder.path().join(INDEX), "the page").unwrap();
        // The folder that the person names may be a link.
        let named = outside.path().join("named");
        symlink(folder.path(), &named).unwrap();
        let Ok(found) = files(named.as_os_str()) else { panic!("the page is there") };
        assert_eq!(found.keys().collect::<Vec<_>>(), [INDEX]);
    }
}
