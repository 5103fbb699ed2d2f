//! A file of any size, read as it comes: a log, plain or packed by gzip in any number of members.
//!
//! Blocks are cut at the ends of lines. On a machine of several cores some search them by octets while
//! another reads what was found, in the file's order. Memory is a few blocks. On a terminal it tells how far
//! it is; Ctrl-C ends the program, which has nothing to clean up. Leaves out: zip and what is no log, which
//! are read whole, as far as a file is looked at.

use crate::{Problem, input, report};
use flate2::read::MultiGzDecoder;
use samlight::{
    base::limits::SHORT_BYTES,
    file::import::RECORDINGS,
    scim::{
        evidence::Asked,
        stream::{Sieve, Sifted, Stream},
    },
    text,
};
use std::{
    collections::VecDeque,
    ffi::OsStr,
    fs::File,
    io::{self, Chain, Cursor, ErrorKind, IsTerminal, Read, stderr, stdin},
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

/// Octets of a block. Each is handed from thread to thread and back, which costs as much as the search where
/// it is an eighth of this; larger ones gain nothing and take memory, of which the most is 14 of them.
const BLOCK: usize = 2 * 1024 * 1024;
/// The most that search at the same time; reading from a disk keeps no more of them busy.
const SEARCHERS: usize = 6;
/// Time between two words about how far it is.
const STEP: Duration = Duration::from_millis(500);

/// The content of a file.
pub(crate) enum Content {
    /// All of it.
    Short(Vec<u8>),
    /// A log of which all was read.
    Log(Box<Stream>),
}

type Source = Box<dyn Read>;

/// A file that was opened.
enum Opened {
    /// All of it.
    Short(Vec<u8>),
    /// A long one, unpacked: its first octets, the rest, and why there is no rest.
    Long(Vec<u8>, Source, Option<io::Error>),
}

/// Reads `file`, `-` being standard input, for what is asked.
pub(crate) fn read(file: &OsStr, asked: &Asked) -> Result<Content, Problem> {
    let mut progress = Progress::new();
    let (start, mut source, failed) = match opened(file, &mut progress)? {
        Opened::Short(content) => return Ok(Content::Short(content)),
        Opened::Long(start, source, failed) => (start, source, failed),
    };
    let mut stream = Stream::new(asked);
    let read = match failed {
        None => blocks(&mut chained(start, source.as_mut()), &mut stream, &mut progress),
        Some(error) => {
            stream.read(&start);
            Err(error)
        }
    };
    progress.clear();
    read.unwrap_or_else(|error| report_rest(file, &error));
    Ok(Content::Log(Box::new(stream)))
}

/// All of a file that is short, or that can be read only once; nothing of a long one, which can be read
/// [`again`] and again.
pub(crate) fn whole(file: &OsStr) -> Result<Option<Vec<u8>>, Problem> {
    if file == "-" {
        return input::read(file).map(Some);
    }
    Ok(match opened(file, &mut Progress::new())? {
        Opened::Short(content) => Some(content),
        Opened::Long(..) => None,
    })
}

/// Gives all octets of a file to `take`, in pieces and unpacked, as far as it can be read.
pub(crate) fn again(file: &OsStr, take: &mut dyn FnMut(&[u8])) {
    let mut progress = Progress::new();
    let (start, mut source, mut failed) = match opened(file, &mut progress) {
        Ok(Opened::Short(content)) => return take(&content),
        Ok(Opened::Long(start, source, failed)) => (start, source, failed),
        Err(Problem::Said(problem)) => return report(&problem),
        Err(Problem::Unread) => return,
    };
    take(&start);
    let mut block = vec![0; BLOCK];
    while failed.is_none() {
        match source.read(&mut block) {
            Ok(0) => break,
            Ok(count) => take(block.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => failed = Some(error),
        }
        progress.tell();
    }
    progress.clear();
    failed.into_iter().for_each(|error| report_rest(file, &error));
}

fn report_rest(file: &OsStr, error: &io::Error) {
    report(&text!("cli.read-in-part", file = input::shown(file), reason = error).to_string());
}

fn opened(file: &OsStr, progress: &mut Progress) -> Result<Opened, Problem> {
    let unread = |error: &io::Error| input::unread(file, error);
    let mut source = open(file, progress).map_err(|error| unread(&error))?;
    let (start, mut failed) = beginning(&mut source);
    if let Some(error) = failed.take_if(|_| start.is_empty()) {
        return Err(unread(&error));
    }
    let is_short = failed.is_none() && start.len() < SHORT_BYTES;
    let is_gzip = start.starts_with(&[0x1F, 0x8B]);
    if is_short && !is_gzip {
        return Ok(Opened::Short(start));
    }
    // A zip and a recording of a browser are no logs, and their readers need all of it.
    if start.starts_with(b"PK") || is_recording(&start) {
        return Ok(Opened::Short(input::whole(start, source).map_err(|error| unread(&error))?));
    }
    if !is_gzip {
        return Ok(Opened::Long(start, source, failed));
    }
    let packed = is_short.then(|| start.clone());
    let mut unpacked: Source = Box::new(MultiGzDecoder::new(chained(start, source)));
    // What is damaged shows what could be read of it.
    let (start, damage) = beginning(&mut unpacked);
    Ok(match packed.filter(|_| start.len() < SHORT_BYTES) {
        Some(packed) => Opened::Short(packed),
        None if is_recording(&start) => {
            Opened::Short(input::whole(start, unpacked).map_err(|error| unread(&error))?)
        }
        None => Opened::Long(start, unpacked, failed.or(damage)),
    })
}

/// Whether a file that begins so is a recording of a browser.
fn is_recording(start: &[u8]) -> bool {
    RECORDINGS.iter().any(|recording| (recording.recognises)(start))
}

fn chained<R: Read>(start: Vec<u8>, rest: R) -> Chain<Cursor<Vec<u8>>, R> {
    Cursor::new(start).chain(rest)
}

/// The first octets, and why there are no more.
fn beginning(source: &mut Source) -> (Vec<u8>, Option<io::Error>) {
    let mut start = Vec::new();
    let read = source.take(SHORT_BYTES as u64).read_to_end(&mut start);
    (start, read.err())
}

fn open(file: &OsStr, progress: &mut Progress) -> io::Result<Source> {
    let counted = |source| Box::new(Counted { source, count: Arc::clone(&progress.read) });
    if file == "-" {
        return Ok(counted(Box::new(stdin()) as Source));
    }
    let opened = File::open(file)?;
    progress.total = opened.metadata().ok().filter(|it| it.is_file()).map(|it| it.len());
    Ok(counted(Box::new(opened)))
}

/// A block of a file, and what the search found in it, where it begins and ends with a line.
type Block = (Vec<u8>, Option<Sifted>);

/// Reads all blocks of `source` into `stream`.
fn blocks(source: &mut dyn Read, stream: &mut Stream, progress: &mut Progress) -> io::Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let sieve = stream.sieve();
    thread::scope(|scope| {
        let mut searchers: Vec<Searcher> = Vec::new();
        for _ in 1..cores.min(SEARCHERS + 1) {
            let (to, blocks) = sync_channel::<Block>(1);
            let (sifted, from) = sync_channel(1);
            let sieve = sieve.clone();
            scope.spawn(move || search(&sieve, &blocks, &sifted));
            searchers.push(Searcher { to, from });
        }
        let mut cut = Cut::default();
        let mut under_way: VecDeque<usize> = VecDeque::new();
        let mut spare = Vec::new();
        let mut next = 0;
        let read = loop {
            match cut.next(source, mem::take(&mut spare)) {
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
                Ok(Some(block)) => match searchers.get(next) {
                    Some(searcher) => {
                        // It only ends when this sender does.
                        let _ = searcher.to.send(block);
                        under_way.push_back(next);
                        next = (next + 1) % searchers.len();
                    }
                    None => stream.read(&block.0),
                },
            }
            // Each has one block that it searches and one that waits.
            if under_way.len() >= 2 * searchers.len().max(1) {
                spare = take(stream, under_way.pop_front().and_then(|at| searchers.get(at)));
            }
            progress.tell();
        };
        while let Some(at) = under_way.pop_front() {
            take(stream, searchers.get(at));
        }
        stream.read(&cut.rest);
        read
    })
}

/// One that searches blocks.
struct Searcher {
    to: SyncSender<Block>,
    from: Receiver<Block>,
}

fn search(sieve: &Sieve, blocks: &Receiver<Block>, sifted: &SyncSender<Block>) {
    for (block, is_whole) in blocks {
        let found = is_whole.map(|_| sieve.sift(&block));
        if sifted.send((block, found)).is_err() {
            break;
        }
    }
}

/// Reads the next block of a searcher, and gives its memory back.
fn take(stream: &mut Stream, searcher: Option<&Searcher>) -> Vec<u8> {
    let Some((block, sifted)) = searcher.and_then(|searcher| searcher.from.recv().ok()) else {
        return Vec::new();
    };
    match sifted {
        Some(sifted) => stream.read_sifted(&block, &sifted),
        None => stream.read(&block),
    }
    block
}

/// A file that is cut at the ends of lines.
#[derive(Default)]
struct Cut {
    /// The beginning of the line that the next block begins with.
    rest: Vec<u8>,
    /// Whether the next block begins within a line.
    is_within: bool,
    /// The reason why there is no more.
    failed: Option<io::Error>,
}

impl Cut {
    /// The next block, in the memory of an earlier one; nothing where the file is at its end.
    fn next(&mut self, source: &mut dyn Read, mut block: Vec<u8>) -> io::Result<Option<Block>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let before = self.rest.len();
        // The memory of an earlier block is nearly as long, and is not cleared again.
        block.resize(BLOCK.max(before + BLOCK / 2), 0);
        if let Some(start) = block.get_mut(..before) {
            start.copy_from_slice(&self.rest);
        }
        let mut length = before;
        while let Some(room) = block.get_mut(length..).filter(|room| !room.is_empty()) {
            match source.read(room) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    // What came before it counts.
                    self.failed = Some(error);
                    break;
                }
            }
        }
        if length == before {
            return self.failed.take().map_or(Ok(None), Err);
        }
        block.truncate(length);
        let begins_with_line = !self.is_within;
        let end = memchr::memrchr(b'\n', &block).map(|at| at + 1);
        self.rest.clear();
        if let Some(end) = end {
            self.rest.extend_from_slice(block.get(end..).unwrap_or_default());
            block.truncate(end);
        }
        self.is_within = end.is_none();
        let is_whole = begins_with_line && end.is_some();
        Ok(Some((block, is_whole.then(Sifted::default))))
    }
}

/// Counts what is read.
struct Counted {
    source: Source,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The state of reading, for a person before a terminal.
struct Progress {
    read: Arc<AtomicU64>,
    total: Option<u64>,
    begun: Instant,
    told: Instant,
    /// Characters that stand there.
    width: usize,
    is_seen: bool,
}

impl Progress {
    fn new() -> Self {
        let now = Instant::now();
        let is_seen = stderr().is_terminal();
        Progress { read: Arc::default(), total: None, begun: now, told: now, width: 0, is_seen }
    }

    fn tell(&mut self) {
        if !self.is_seen || self.told.elapsed() < STEP {
            return;
        }
        self.told = Instant::now();
        let said = said(self.read.load(Ordering::Relaxed), self.total, self.begun.elapsed());
        eprint!("\r{said:width$}", width = self.width);
        self.width = said.chars().count();
    }

    fn clear(&self) {
        if self.width > 0 {
            eprint!("\r{:width$}\r", "", width = self.width);
        }
    }
}

/// The state of reading after this time, in words.
fn said(read: u64, total: Option<u64>, time: Duration) -> String {
    let rate = read as f64 / time.as_secs_f64().max(0.001);
    let mib = |octets: f64| format!("{:.0}", octets / 1024.0 / 1024.0);
    let (read_mib, rate_mib) = (mib(read as f64), mib(rate));
    match total.filter(|total| *total >= read) {
        Some(total) => {
            let left = ((total - read) as f64 / rate.max(1.0)).ceil();
            text!(
                "cli.progress",
                read = read_mib,
                total = mib(total as f64),
                rate = rate_mib,
                seconds = format!("{left:.0}")
            )
            .to_string()
        }
        None => text!("cli.progress-open", read = read_mib, rate = rate_mib).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_has_what_is_read_the_rate_and_the_time_that_is_left() {
        let mib = 1024 * 1024;
        let of_file = said(256 * mib, Some(1024 * mib), Duration::from_secs(2));
        assert_eq!(of_file, "256 of 1024 MiB read, 128 MiB a second, 6 s left");
        assert_eq!(said(10 * mib, None, Duration::from_secs(5)), "10 MiB read, 2 MiB a second");
    }

    /// Lines shorter and longer than a block, with and without an end.
    #[test]
    fn blocks_are_the_file_cut_at_the_ends_of_lines() {
        let line = |length: usize| "x".repeat(length) + "\n";
        for lengths in [&[10, 0, BLOCK, 5][..], &[3 * BLOCK, 1], &[100; 10_000], &[], &[BLOCK - 1, BLOCK - 1]]
        {
            for text in [
                lengths.iter().copied().map(line).collect::<String>(),
                lengths.iter().copied().map(line).collect::<String>() + "rest",
            ] {
                let (mut cut, mut source, mut all) = (Cut::default(), text.as_bytes(), Vec::new());
                while let Some((block, is_whole)) = cut.next(&mut source, Vec::new()).unwrap() {
                    let begins = all.is_empty() || all.ends_with(b"\n");
                    assert_eq!(is_whole.is_some(), begins && block.ends_with(b"\n"));
                    assert!(block.len() <= 2 * BLOCK);
                    all.extend(block);
                }
                all.extend(cut.rest);
                assert!(all == text.as_bytes(), "{lengths:?}");
            }
        }
    }
}
