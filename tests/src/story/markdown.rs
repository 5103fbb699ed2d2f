//! The little of Markdown that stories use: the title, sections (`## …`) and fenced blocks.

use anyhow::{Context, Result, bail, ensure};
use std::{cell::RefCell, collections::BTreeMap, path::Path};

/// A page of stories.
#[derive(Debug)]
pub struct Page {
    /// The file's name without `.md`.
    pub name: String,
    /// Its title, `# …`.
    pub title: String,
    /// Lines of prose between the title and the first section.
    pub prose: usize,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A part of a page: `## …` up to the next.
#[derive(Debug)]
pub struct Section {
    /// The heading's words.
    pub title: String,
    /// The heading's line, counted from 1.
    pub line: usize,
    /// Its fenced blocks.
    pub blocks: Vec<Block>,
}

/// A fenced block: ```` ```language kind option=value … ````.
#[derive(Debug)]
pub struct Block {
    /// The line of its opening fence, counted from 1.
    pub line: usize,
    /// For highlighting: `xml`, `json`, `http`, `text`.
    pub language: String,
    /// The kind of thing that it tells; the language itself where nothing else stands there.
    pub kind: String,
    options: BTreeMap<String, String>,
    /// The options that were asked for.
    read: RefCell<Vec<String>>,
    /// Its content, without the fences.
    pub text: String,
}

impl Page {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or a block in it has no end.
    pub fn read(path: &Path) -> Result<Page> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Page::parse(&name, &text).with_context(|| path.display().to_string())
    }

    /// Reads a page's text.
    ///
    /// # Errors
    /// When a block has no end, or stands before the first section.
    pub fn parse(name: &str, text: &str) -> Result<Page> {
        let mut page = Page { name: name.to_owned(), title: String::new(), prose: 0, sections: Vec::new() };
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        while let Some((line, text)) = lines.next() {
            if let Some(title) = text.strip_prefix("## ") {
                page.sections.push(Section { title: title.trim().to_owned(), line, blocks: Vec::new() });
            } else if let Some(title) = text.strip_prefix("# ") {
                page.title = title.trim().to_owned();
            } else if let Some(opening) = text.strip_prefix("```") {
                let body: Vec<&str> =
                    lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```").collect();
                let Some(section) = page.sections.last_mut() else {
                    bail!("line {line}: a block stands before the first section");
                };
                section.blocks.push(Block::new(line, opening, body.join("\n")));
            } else if page.sections.is_empty() && !text.trim().is_empty() {
                page.prose += 1;
            }
        }
        ensure!(text.matches("\n```").count().is_multiple_of(2), "a fenced block has no end");
        Ok(page)
    }
}

impl Block {
    fn new(line: usize, opening: &str, text: String) -> Self {
        let mut words = opening.split_whitespace();
        let language = words.next().unwrap_or_default().to_owned();
        let mut words = words.peekable();
        // `http` says all by itself; its options can follow at once.
        let kind = words.next_if(|word| !word.contains('=') && !FLAGS.contains(word));
        let kind = kind.unwrap_or(&language).to_owned();
        let option = |word: &str| {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            (name.to_owned(), value.to_owned())
        };
        Block { line, kind, options: words.map(option).collect(), language, read: RefCell::default(), text }
    }

    /// The value of an option; empty for one that has none.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.read.borrow_mut().push(name.to_owned());
        self.options.get(name).map(String::as_str)
    }

    /// Whether a word stands in the opening line.
    pub fn flag(&self, name: &str) -> bool {
        self.option(name).is_some()
    }

    /// An option that is a number.
    ///
    /// # Errors
    /// When it is none.
    pub fn number(&self, name: &str) -> Result<Option<i64>> {
        let number = |value: &str| value.parse().with_context(|| format!("{name}={value} is no number"));
        self.option(name).map(number).transpose()
    }

    /// Refuses options that nobody has asked for.
    ///
    /// # Errors
    /// When there is one; it is named.
    pub fn all_read(&self) -> Result<()> {
        let read = self.read.borrow();
        match self.options.keys().find(|name| !read.contains(name)) {
            Some(name) => bail!("a block of the kind `{}` has no option `{name}`", self.kind),
            None => Ok(()),
        }
    }
}

/// Words that are options and no kinds.
const FLAGS: [&str; 3] = ["certified", "private", "unsigned"];
