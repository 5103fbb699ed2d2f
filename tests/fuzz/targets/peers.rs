//! Other software that reads the same octets: libxml2 in a process of its own, and the program `xmlsec1`.
//!
//! libxml2 is the one that Debian's Nokogiri uses, as GitLab's does (`libxml2.rb`). Both must be there;
//! without them nothing is compared, and so the target fails and says what is missing.

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{LazyLock, Mutex},
};

/// The prefixes of the last exclusive form; `libxml2.rb` has the same.
pub(super) const PREFIXES: &[&str] = &["", "x", "ds"];

/// The number of forms of one part.
const FORMS: usize = 5;

const SCRIPT: &str = include_str!("../libxml2.rb");

/// The answer of libxml2 to a document.
#[derive(Debug, Default)]
pub(super) struct Libxml2 {
    /// The first reason why it does not read it.
    pub(super) refuses: Option<String>,
    /// The canonical forms of the whole.
    pub(super) whole: [Option<Vec<u8>>; FORMS],
    /// Those of the chosen element.
    pub(super) part: [Option<Vec<u8>>; FORMS],
}

struct Process {
    _child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

static PROCESS: LazyLock<Mutex<Process>> = LazyLock::new(|| Mutex::new(Process::start()));

impl Process {
    fn start() -> Self {
        let ruby = std::env::var("SAMLIGHT_RUBY").unwrap_or_else(|_| "ruby".to_owned());
        let mut command = Command::new(&ruby);
        command.args(["-e", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{ruby}: {error}; set up with `cargo xtask setup`"));
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            panic!("{ruby} has no pipes")
        };
        Process { _child: child, to, from }
    }

    fn ask(&mut self, xml: &[u8], chosen: usize) -> std::io::Result<Libxml2> {
        let length = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
        self.to.write_all(&[&length(xml.len())[..], &length(chosen), xml].concat())?;
        self.to.flush()?;
        let mut read = Libxml2 {
            refuses: self.take()?.map(|why| String::from_utf8_lossy(&why).into_owned()),
            ..Libxml2::default()
        };
        if read.refuses.is_none() {
            for index in 0..FORMS {
                (read.whole[index], read.part[index]) = (self.take()?, self.take()?);
            }
        }
        Ok(read)
    }

    /// Octets with their length before them; absent where the length is the largest number.
    fn take(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut length = [0; 4];
        self.from.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if length == u32::MAX {
            return Ok(None);
        }
        let mut octets = vec![0; length as usize];
        self.from.read_exact(&mut octets)?;
        Ok(Some(octets))
    }
}

/// The answer of libxml2 to `xml`, as a whole and of the element number `chosen`.
pub(super) fn libxml2(xml: &[u8], chosen: usize) -> Libxml2 {
    let mut process = PROCESS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    process
        .ask(xml, chosen)
        .unwrap_or_else(|error| panic!("libxml2.rb: {error}; set up with `cargo xtask setup`"))
}

/// A file for `xmlsec1`, one for each process.
static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("samlight-fuzz-{}.xml", std::process::id())));

/// Whether `xmlsec1` verifies the signature with this number, counted from 1, with the key that is in it.
/// `ids` are the names of elements and of those of their attributes that are IDs.
///
/// # Errors
/// What it says where it does not.
pub(super) fn xmlsec1(xml: &[u8], number: usize, ids: &[(String, String)]) -> Result<(), String> {
    // One at a time: the file is shared.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let program = std::env::var("SAMLIGHT_XMLSEC").unwrap_or_else(|_| "xmlsec1".to_owned());
    std::fs::write(&*FILE, xml).unwrap_or_else(|error| panic!("{}: {error}", FILE.display()));
    let place = format!(
        "(//*[local-name()='Signature' and namespace-uri()='http://www.w3.org/2000/09/xmldsig#'])[{number}]"
    );
    let mut verify = Command::new(&program);
    // Whether the certificate is to be trusted is not the question.
    verify.args(["--verify", "--insecure", "--node-xpath", &place]);
    verify
        .args(ids.iter().flat_map(|(element, id)| [format!("--id-attr:{id}"), element.clone()]))
        .arg(&*FILE);
    let output =
        verify.output().unwrap_or_else(|error| panic!("{program}: {error}; set up with `cargo xtask setup`"));
    let _ = std::fs::remove_file(&*FILE);
    let said = String::from_utf8_lossy(&output.stderr);
    // What it has no algorithm for it cannot judge: RSA-PSS in Debian's version.
    let is_unknown = said.contains("xmlSecTransformIdListFindByHref");
    if output.status.success() || is_unknown { Ok(()) } else { Err(said.into_owned()) }
}
