//! The client of the static page: the trace is in the page itself, and comes from files alone.
//!
//! There is no recorder, so nothing can be paused and no access is asked for. Nothing is sent or stored: what
//! was read is gone when the page is left.

use super::{
    Client, Heard, InstanceOrder, Later, News, PanelPlace, Reads, RecorderCommand, Unread,
    core::{Core, Whole},
};
use samlight::{
    calls::protocol::{
        DecryptedReply, ExportCall, ExportedFile, FileReply, OwnCall, OwnReply, StoryCall, StoryReply,
        ToldCall,
    },
    gitlab::instance::Instance,
    text,
};
use std::{future::ready, rc::Rc};
use web_sys::File;

/// See the module's head.
#[derive(Default)]
pub(crate) struct LocalClient {
    core: Core,
}

fn answer<T: 'static>(value: Result<T, String>) -> Later<T> {
    Box::pin(ready(value))
}

fn needs_extension<T: 'static>() -> Later<T> {
    answer(Err(text!("ui.failure.needs-extension").to_string()))
}

impl Client for LocalClient {
    fn records(&self) -> bool {
        false
    }

    fn call(&self, call: &OwnCall) -> Later<OwnReply> {
        self.core.call(call)
    }

    fn command(&self, command: RecorderCommand) -> Later<()> {
        match command {
            RecorderCommand::Clear => self.core.clear(),
            RecorderCommand::Pause | RecorderCommand::Resume => needs_extension(),
        }
    }

    fn read(&self, file: &File, heard: Heard) -> Reads<FileReply> {
        self.core.read(Whole::Own, file, heard)
    }

    fn story(&self, call: &StoryCall, files: &[File], heard: Heard) -> Reads<StoryReply> {
        self.core.story(call, files, heard)
    }

    fn list(&self, _: &File, _: Heard) -> Reads<()> {
        // No group is checked here.
        Box::pin(ready(Err(Unread::Failed(text!("ui.failure.needs-extension").to_string()))))
    }

    fn stop_reading(&self) {
        self.core.stop_reading();
    }

    fn tell(&self, told: &ToldCall) -> Later<()> {
        self.core.tell(told)
    }

    fn export(&self, call: ExportCall) -> Later<ExportedFile> {
        self.core.export(&call, None)
    }

    fn decrypted(&self, exact: &str, key: &[u8]) -> Later<DecryptedReply> {
        self.core.decrypted(exact, key)
    }

    fn listen(&self, _: Rc<dyn Fn(News)>) {
        // Nothing changes but by what is asked for here, and who asks looks again.
    }

    fn access(&self, _: &Instance) -> Later<Option<bool>> {
        answer(Ok(None))
    }

    fn sees_any(&self) -> Later<Option<bool>> {
        answer(Ok(None))
    }

    fn request_access(&self, _: &Instance) -> Later<bool> {
        needs_extension()
    }

    fn order(&self, _: InstanceOrder, _: &Instance) -> Later<()> {
        needs_extension()
    }

    fn page(&self) -> Later<Option<String>> {
        answer(Ok(None))
    }

    fn open(&self, _: PanelPlace) -> Later<()> {
        needs_extension()
    }
}
