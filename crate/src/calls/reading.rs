//! [`Reading`]: files that an own page reads in pieces: one, for what it says; several, for what they say
//! within filters; or several, twice, for the story of one person.
//!
//! A piece is given once the one before it was read, so what is held is bounded whatever the files' size:
//! never their content. Leaves out: where the pieces come from, and stopping: whoever reads drops this, and
//! nothing is left of it.

use super::protocol::{FileReply, SHOWN, StoryCall, StoryReply};
use crate::{
    base::{catalogue::Text, instant::Timestamp, limits::UNPACKED_BYTES, severity::Severity},
    explain,
    file::{
        self,
        incoming::{Ended, Incoming},
    },
    group::provisioned::Received,
    scim::{
        Statement,
        evidence::{self, Asked},
        story::Telling,
        stream::Stream,
    },
    text,
};

/// The files that are read in pieces, as far as it has come.
pub enum Reading {
    /// One file, for what it says.
    File(Box<FileReading>),
    /// Several, for what they say within filters.
    Filtered(Box<FilteredReading>),
    /// Several, for the story of a person.
    Story(Box<StoryReading>),
}

/// See [`Reading::File`].
pub struct FileReading {
    incoming: Incoming,
    stream: Stream,
    octets: usize,
}

/// See [`Reading::Filtered`].
pub struct FilteredReading {
    /// The names of the files.
    names: Vec<String>,
    asked: Asked,
    /// The number of the file that is read.
    at: usize,
    incoming: Incoming,
    stream: Stream,
    reply: StoryReply,
}

/// See [`Reading::Story`].
pub struct StoryReading {
    /// The names of the files.
    names: Vec<String>,
    telling: Telling,
    /// The number of the file that is read.
    at: usize,
    /// The file that is read, once a piece of it came.
    incoming: Option<Incoming>,
    octets: usize,
    /// The octets of each file, as they were the first time.
    sizes: Vec<usize>,
    is_second: bool,
    /// The file that was another one the second time.
    changed: Option<Text>,
}

impl Reading {
    /// One file, of which nothing has come.
    pub fn file() -> Self {
        let stream = Stream::new(&Asked::default());
        Reading::File(Box::new(FileReading { incoming: Incoming::default(), stream, octets: 0 }))
    }

    /// The files of a story, or without a person those that are filtered, of which nothing has come.
    ///
    /// # Errors
    /// In words, if a filter cannot be understood.
    pub fn story(call: StoryCall) -> Result<Self, Text> {
        let asked = Asked {
            group: Some(call.group).filter(|group| !group.trim().is_empty()),
            since: instant(&call.since)?,
            until: instant(&call.until)?,
            ..Asked::default()
        };
        if call.person.trim().is_empty() {
            return Ok(Reading::Filtered(Box::new(FilteredReading {
                names: call.files,
                stream: Stream::new(&asked),
                asked,
                at: 0,
                incoming: Incoming::default(),
                reply: StoryReply::default(),
            })));
        }
        let mut reading = StoryReading {
            names: call.files,
            telling: Telling::new(&[call.person.trim()], &asked),
            at: 0,
            incoming: None,
            octets: 0,
            sizes: Vec::new(),
            is_second: false,
            changed: None,
        };
        reading.begin_file();
        Ok(Reading::Story(Box::new(reading)))
    }

    /// Reads the next piece of a file. Says whether more of this file is wanted.
    pub fn read(&mut self, octets: &[u8]) -> bool {
        match self {
            Reading::File(it) => {
                it.octets += octets.len();
                let FileReading { incoming, stream, .. } = &mut **it;
                incoming.read(octets, &mut |text| stream.read(text))
            }
            Reading::Filtered(it) => {
                let FilteredReading { incoming, stream, .. } = &mut **it;
                incoming.read(octets, &mut |text| stream.read(text))
            }
            Reading::Story(it) => {
                it.octets += octets.len();
                let StoryReading { incoming, telling, .. } = &mut **it;
                incoming.get_or_insert_default().read(octets, &mut |text| telling.read(text))
            }
        }
    }

    /// The file is at its end, or no more of it was wanted; the next one begins.
    pub fn end_file(&mut self) {
        match self {
            Reading::File(_) => {}
            Reading::Filtered(it) => it.end_file(),
            Reading::Story(it) => {
                it.end_file();
                it.begin_file();
            }
        }
    }

    /// The number of times that the files come, at most.
    pub fn rounds(&self) -> u32 {
        match self {
            Reading::File(_) | Reading::Filtered(_) => 1,
            Reading::Story(_) => 2,
        }
    }

    /// All files have come. Whether they must come once more, from the first to the last.
    pub fn again(&mut self) -> bool {
        match self {
            Reading::File(_) | Reading::Filtered(_) => false,
            Reading::Story(it) => {
                (it.at, it.is_second) = (0, true);
                let is_wanted = it.telling.again() && it.changed.is_none();
                it.begin_file();
                is_wanted
            }
        }
    }
}

impl FileReading {
    /// The answer to the file; nothing where it must be read whole.
    pub fn reply(self) -> Option<FileReply> {
        let (ended, damage) = self.incoming.end();
        if ended != Ended::Log {
            return None;
        }
        let mut reply = FileReply { is_of_people: true, ..FileReply::default() };
        reply.flaws.extend(damage.map(|text| text.to_string()));
        let FileReply { statements, left_out, .. } = &mut reply;
        let other = self.stream.end(&mut |statement| keep(statements, left_out, statement));
        if let Some(beginning) = other {
            // It is nothing that is known of logs.
            if self.octets <= UNPACKED_BYTES {
                return None;
            }
            reply.is_of_people = false;
            reply.flaws.push(text!("flaw.only-beginning", limit = beginning.len()).to_string());
            let FileReply { statements, left_out, .. } = &mut reply;
            let explained = explain::read(&beginning, &Asked::default());
            explained.into_iter().for_each(|statement| keep(statements, left_out, statement));
        }
        Some(reply)
    }
}

fn keep(statements: &mut Vec<Statement>, left_out: &mut usize, statement: Statement) {
    if statements.len() < SHOWN {
        statements.push(statement);
    } else {
        *left_out += 1;
    }
}

impl FilteredReading {
    fn end_file(&mut self) {
        let FilteredReading { names, asked, at, incoming, stream, reply } = self;
        let (ended, damage) = std::mem::take(incoming).end();
        let stream = std::mem::replace(stream, Stream::new(asked));
        // As on the command line: of several files each statement names its own.
        let name = names.get(*at).filter(|_| names.len() > 1);
        let mut say = |statement: Statement| {
            let heading = name.cloned().into_iter().chain(statement.heading).collect::<Vec<_>>().join(": ");
            let heading = Some(heading).filter(|it| !it.is_empty());
            keep(&mut reply.statements, &mut reply.left_out, Statement { heading, ..statement });
        };
        let is_read = match ended {
            Ended::Short(content) => {
                explain::read(&file::text_of(&content), asked).into_iter().for_each(&mut say);
                true
            }
            Ended::Log => stream.end(&mut say).is_none(),
            Ended::Other => false,
        };
        let unread = (!is_read).then(|| text!("story.no-log"));
        let problems = damage.into_iter().chain(unread);
        problems.for_each(|text| say(Statement::of(Severity::Warning, &text)));
        *at += 1;
    }

    /// The statements of all files.
    pub fn reply(self) -> StoryReply {
        self.reply
    }
}

impl StoryReading {
    fn begin_file(&mut self) {
        if let Some(name) = self.names.get(self.at) {
            self.telling.begin(name);
        }
    }

    fn end_file(&mut self) {
        let (ended, damage) = self.incoming.take().unwrap_or_default().end();
        match ended {
            Ended::Short(content) => self.telling.text(&file::text_of(&content)),
            Ended::Log => {}
            Ended::Other => self.telling.problem(text!("story.no-log").to_string()),
        }
        damage.into_iter().for_each(|text| self.telling.problem(text.to_string()));
        self.telling.end();
        let octets = std::mem::take(&mut self.octets);
        if !self.is_second {
            self.sizes.push(octets);
        } else if self.sizes.get(self.at) != Some(&octets) {
            let name = self.names.get(self.at).map(String::as_str).unwrap_or_default();
            self.changed = Some(text!("story.changed", file = name));
        }
        self.at += 1;
    }

    /// The story of the person, in words.
    ///
    /// # Errors
    /// In words, if a file was another one the second time.
    pub fn reply(self) -> Result<StoryReply, Text> {
        match self.changed {
            Some(changed) => Err(changed),
            None => {
                let told = self.telling.told().pop().unwrap_or_default();
                let mut statements = told.statements();
                let left_out = statements.len().saturating_sub(SHOWN);
                statements.truncate(SHOWN);
                let received = Received::newest(std::slice::from_ref(&told));
                Ok(StoryReply { statements, left_out, received })
            }
        }
    }
}

/// The time of a filter; nothing where it is empty.
fn instant(written: &str) -> Result<Option<Timestamp>, Text> {
    if written.trim().is_empty() {
        return Ok(None);
    }
    evidence::instant(written).map(Some).ok_or_else(|| text!("story.bad-time", value = written.trim()))
}

#[cfg(test)]
mod tests;
