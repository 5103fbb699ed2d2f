//! The client contract: where the views get what they show, and what they can order.
//!
//! The views know this trait alone. [`remote`] reaches the extension's background worker; [`local`] is that
//! of the static page, with the trace in the page.

mod core;
pub(crate) mod local;
pub(crate) mod random;
pub(crate) mod remote;

use samlight::{
    calls::protocol::{
        DecryptedReply, ExportCall, ExportedFile, FileReply, Notice, OwnCall, OwnReply, StoryCall,
        StoryReply, ToldCall,
    },
    gitlab::instance::Instance,
};
use std::{future::Future, pin::Pin, rc::Rc};
use web_sys::File;

/// An answer that comes later; a failure is a sentence for people.
pub(crate) type Later<T> = Pin<Box<dyn Future<Output = Result<T, String>>>>;

/// An answer of which files are read.
pub(crate) type Reads<T> = Pin<Box<dyn Future<Output = Result<T, Unread>>>>;

/// Hears how many octets of how many are read.
pub(crate) type Heard = Rc<dyn Fn(f64, f64)>;

/// The reason why files were not read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unread {
    /// It was ordered to stop.
    Stopped,
    /// The browser could not read the file of this name.
    Unreadable(String),
    /// Another one, as a sentence for people.
    Failed(String),
}

/// The part of the world that the views need.
///
/// Every answer comes in the end: an implementation fails after a time rather than wait for ever.
pub(crate) trait Client {
    /// Asks for something to show.
    fn call(&self, call: &OwnCall) -> Later<OwnReply>;

    /// Orders something of the recorder.
    fn command(&self, command: RecorderCommand) -> Later<()>;

    /// Whether it records what the browser does; if not, files alone are shown.
    fn records(&self) -> bool;

    /// Reads `file` in this page, whatever its size, and has what it tells taken in where the trace is.
    fn read(&self, file: &File, heard: Heard) -> Reads<FileReply>;

    /// Reads `files` in this page once more, for the story of one person.
    fn story(&self, call: &StoryCall, files: &[File], heard: Heard) -> Reads<StoryReply>;

    /// Reads a list of people in this page, and hands it on to where the group is that is checked.
    fn list(&self, file: &File, heard: Heard) -> Reads<()>;

    /// Stops reading.
    fn stop_reading(&self);

    /// Takes in what a person says of GitLab, where none is seen.
    fn tell(&self, told: &ToldCall) -> Later<()>;

    /// Writes everything that was recorded and read from files as a file, in this page.
    fn export(&self, call: ExportCall) -> Later<ExportedFile>;

    /// Opens what is encrypted in the message whose XML is `exact` with the private key in the file `key`.
    /// Both stay in this page.
    fn decrypted(&self, exact: &str, key: &[u8]) -> Later<DecryptedReply>;

    /// Has `heard` called on each change, from now on.
    fn listen(&self, heard: Rc<dyn Fn(News)>);

    /// Whether the pages of `instance` may be seen; absent where the browser does not tell.
    fn access(&self, instance: &Instance) -> Later<Option<bool>>;

    /// Whether the pages of any GitLab may be seen; absent where the browser does not tell.
    fn sees_any(&self) -> Later<Option<bool>>;

    /// Asks the person for that access. To be called in the handler of a click: the browser demands it.
    fn request_access(&self, instance: &Instance) -> Later<bool>;

    /// Has `instance` treated as a GitLab from now on, or no more.
    fn order(&self, order: InstanceOrder, instance: &Instance) -> Later<()>;

    /// Origin and path of the page that the person is on, where the browser tells: it is in the active tab of
    /// this window, and may be seen.
    fn page(&self) -> Later<Option<String>>;

    /// Opens the panel. To be called in the handler of a click.
    fn open(&self, place: PanelPlace) -> Later<()>;
}

/// An order to the recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecorderCommand {
    /// Record nothing until resumed.
    Pause,
    /// Record again.
    Resume,
    /// Forget everything that was recorded.
    Clear,
}

impl RecorderCommand {
    /// Its name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            RecorderCommand::Pause => "pause",
            RecorderCommand::Resume => "resume",
            RecorderCommand::Clear => "clear",
        }
    }
}

/// An order about an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstanceOrder {
    /// Treat it as a GitLab.
    Add,
    /// Forget it with all that was seen of it, and withdraw the permission.
    Remove,
}

impl InstanceOrder {
    /// Its name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            InstanceOrder::Add => "add",
            InstanceOrder::Remove => "remove",
        }
    }
}

/// A place where the panel can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PanelPlace {
    /// Beside the page.
    SidePanel,
    /// In a tab of its own.
    Tab,
}

/// News that a client tells of its own accord.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum News {
    /// The trace or the recording changed.
    Trace(Notice),
    /// Access to a site was given or taken away.
    Access,
}
