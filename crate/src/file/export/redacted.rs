//! An event as it may leave: without credentials, form values and what no recipe asks for.

use crate::{
    base::redact::{self, Secret},
    binding::raw_body::Piece,
    event::{Body, Event},
    gitlab::{api, pages},
};

/// The event without what must not leave: form values, query values, imported octets, unknown fields, and of
/// pages and answers all that no recipe and no read asks for. Stored identifiers and names stay.
#[must_use]
pub fn redacted(event: &Event) -> Event {
    let mut event = event.clone();
    // That a file told it is said, not how the file is called.
    event.file = event.file.map(|_| String::new());
    match &mut event.body {
        Body::Request(request) => {
            redact_url(&mut request.url);
            for value in request.form.iter_mut().flat_map(|(_, values)| values) {
                *value = Secret::new(value.placeholder());
            }
            request.pieces.iter_mut().for_each(Piece::redact);
            request.other.clear();
        }
        Body::Response(response) => {
            redact_url(&mut response.url);
            response.location.iter_mut().for_each(redact_url);
            response.other.clear();
        }
        Body::Page(page) => {
            redact_url(&mut page.url);
            pages::keep_known(page);
            let messages = page.fields.iter_mut().filter(|(key, _)| *key == pages::MESSAGE);
            for message in messages.flat_map(|(_, values)| values) {
                *message = Secret::new(std::mem::take(message)).placeholder();
            }
            page.other.clear();
        }
        Body::Answer(answer) => {
            redact_url(&mut answer.url);
            answer.answer = api::reduced(&answer.answer);
            answer.other.clear();
        }
        Body::Message(message) => {
            message.octets = Secret::new(message.octets.placeholder());
            message.other.clear();
        }
        Body::Sent(sent) => sent.other.clear(),
        Body::Completed(completed) => completed.other.clear(),
        Body::Failed(failed) => failed.other.clear(),
        Body::Tab(tab) => tab.other.clear(),
        Body::Told(told) => told.other.clear(),
        Body::Settings(settings) => {
            settings.other.clear();
            settings.provider.iter_mut().for_each(|provider| provider.other.clear());
        }
        Body::Unknown { fields, .. } => fields.clear(),
    }
    event
}

fn redact_url(url: &mut Secret<String>) {
    *url = Secret::new(redact::url(url.expose()));
}
