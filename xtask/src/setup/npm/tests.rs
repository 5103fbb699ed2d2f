//! Proof with a registry of our own on loopback: it offers newer versions than the locked ones, and what
//! set-up's own function installs is what the lock names.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, json};
use sha2::{Digest, Sha512};

use super::*;
use crate::package::write_if_changed;

/// Each package has these versions, and each `first` needs any `second` of its own generation.
const VERSIONS: &[&str] = &["1.0.0", "1.1.0", "2.0.0"];

/// A folder with a `package.json` and its lock, both for the oldest versions.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write("package.json", &json!({"name": "x", "devDependencies": {"first": "1.0.0"}}));
        project.write("package-lock.json", &lock());
        project
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, value: &Value) {
        write_if_changed(&self.root().join(path), value.to_string().as_bytes()).unwrap();
    }

    /// The settings that npm needs to ask our registry alone.
    fn settings(&self, registry: &str) -> Vec<(&'static str, String)> {
        let cache = self.root().join("cache").display().to_string();
        let settings = self.root().join("no-settings").display().to_string();
        vec![
            ("npm_config_registry", registry.to_owned()),
            ("npm_config_cache", cache),
            ("npm_config_userconfig", settings),
            ("npm_config_fetch_retries", "0".into()),
        ]
    }

    fn version(&self, name: &str) -> Option<Value> {
        let text =
            std::fs::read_to_string(self.root().join("node_modules").join(name).join("package.json")).ok()?;
        Some(serde_json::from_str::<Value>(&text).unwrap()["version"].clone())
    }
}

fn lock() -> Value {
    let package = |name: &str| {
        let mut package = manifest(name, "1.0.0");
        package["integrity"] = integrity(&packed(name, "1.0.0")).into();
        package["dev"] = true.into();
        package
    };
    json!({"name": "x", "lockfileVersion": 3, "requires": true, "packages": {
        "": {"name": "x", "devDependencies": {"first": "1.0.0"}},
        "node_modules/first": package("first"),
        "node_modules/second": package("second"),
    }})
}

fn manifest(name: &str, version: &str) -> Value {
    let mut manifest = json!({"name": name, "version": version});
    if name == "first" {
        let generation = version.split('.').next().unwrap();
        manifest["dependencies"] = json!({"second": format!("^{generation}.0.0")});
    }
    manifest
}

fn integrity(bytes: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)))
}

/// A package as npm packs it: a gzipped tar with one file in it.
fn packed(name: &str, version: &str) -> Vec<u8> {
    let text = manifest(name, version).to_string();
    let mut head = vec![0_u8; 512];
    let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, "package/package.json");
    put(100, "0000644\0");
    put(124, &format!("{:011o}\0", text.len()));
    put(136, "00000000000\0");
    put(156, "0");
    put(257, "ustar\x0000");
    put(148, "        ");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = head;
    tar.extend(text.as_bytes());
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(&tar).unwrap();
    encoder.finish().unwrap()
}

/// Starts the registry; it ends with the tests' process. Gives its address.
fn registry() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let own = address.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let own = own.clone();
            std::thread::spawn(move || answer(stream, &own));
        }
    });
    address
}

/// Answers one request: `/name` is told with all versions, `/name/version.tgz` is packed.
fn answer(mut stream: TcpStream, own: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|count| count > 2) {}
    let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let body = match path.split_once('/') {
        Some((name, file)) => packed(name, file.trim_end_matches(".tgz")),
        None => told(&path, own).to_string().into_bytes(),
    };
    let mut answer =
        String::from("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n");
    write!(answer, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
    stream.write_all(answer.as_bytes()).and_then(|()| stream.write_all(&body)).unwrap();
    // The other side closes first, so that nothing is lost.
    let _ = reader.read_to_end(&mut Vec::new());
}

fn told(name: &str, own: &str) -> Value {
    let version = |version: &&str| {
        let mut manifest = manifest(name, version);
        let bytes = packed(name, version);
        manifest["dist"] =
            json!({"tarball": format!("{own}{name}/{version}.tgz"), "integrity": integrity(&bytes)});
        ((*version).to_owned(), manifest)
    };
    let versions: Map<String, Value> = VERSIONS.iter().map(version).collect();
    json!({"name": name, "dist-tags": {"latest": "2.0.0"}, "versions": versions})
}

#[test]
fn a_registry_with_newer_versions_changes_nothing() {
    let (project, registry) = (Project::new(), registry());
    install(project.root(), &project.settings(&registry)).unwrap();
    assert_eq!(project.version("first").unwrap(), "1.0.0");
    assert_eq!(project.version("second").unwrap(), "1.0.0");
    assert!(found(project.root()).is_there());
    // Without the lock, this very registry leads to a newer one.
    std::fs::remove_file(project.root().join("package-lock.json")).unwrap();
    std::fs::remove_dir_all(project.root().join("node_modules")).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund"]).current_dir(project.root());
    run(npm.envs(project.settings(&registry))).unwrap();
    assert_eq!(project.version("second").unwrap(), "1.1.0");
}

#[test]
fn a_lock_without_what_is_needed_is_refused_by_npm_too() {
    let project = Project::new();
    let mut short = lock();
    short["packages"].as_object_mut().unwrap().remove("node_modules/second");
    project.write("package-lock.json", &short);
    let flaws = locked(project.root(), |lock| lock.flaws()).unwrap();
    assert_eq!(flaws[0].text, "`second` is needed as `^1.0.0` and is not in the lock");
    let error = install(project.root(), &project.settings(&registry())).unwrap_err();
    assert!(format!("{error:#}").contains("npm install --package-lock-only"), "{error:#}");
    assert_eq!(project.version("first"), None);
}

#[test]
fn what_is_installed_must_be_what_is_locked() {
    let project = Project::new();
    assert_eq!(found(project.root()), Found::Missing);
    let put = |name: &str| project.write(&format!("node_modules/{name}/package.json"), &json!({}));
    put("first");
    put("second");
    project.write("node_modules/.package-lock.json", &lock());
    assert!(found(project.root()).is_there());
    let mut older = lock();
    older["packages"]["node_modules/second"]["version"] = "0.9.0".into();
    project.write("node_modules/.package-lock.json", &older);
    let told = "node_modules/second is \"0.9.0\", and package-lock.json names \"1.0.0\"";
    assert_eq!(found(project.root()), Found::Unfit(told.into()));
    project.write("node_modules/.package-lock.json", &lock());
    std::fs::remove_dir_all(project.root().join("node_modules/second")).unwrap();
    assert_eq!(found(project.root()), Found::Unfit("node_modules/second is missing".into()));
}

#[test]
fn an_optional_package_may_be_missing_unless_it_is_for_this_system() {
    let told = |package: &Value| differs(Path::new("/nowhere"), "node_modules/a", package, &Value::Null);
    let os = std::env::consts::OS;
    assert_eq!(told(&json!({"optional": true})), None);
    assert_eq!(told(&json!({"optional": true, "os": ["elsewhere"]})), None);
    assert_eq!(told(&json!({"optional": true, "os": [os], "cpu": ["other"]})), None);
    assert_eq!(told(&json!({"optional": true, "os": [format!("!{os}")]})), None);
    let missing = Some("node_modules/a is missing".to_owned());
    assert_eq!(told(&json!({"optional": true, "os": [os]})), missing);
    assert_eq!(told(&json!({"optional": true, "os": ["!elsewhere"]})), missing);
    assert_eq!(told(&json!({"os": ["elsewhere"]})), missing);
}
