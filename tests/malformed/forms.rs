//! The table: each form, what is sent, and what is expected.
//!
//! Some forms only look malformed and are right (line breaks in a posted form, text that is not ASCII,
//! messages of several MB): they are here because other tracers lose them, and are expected without a flaw.

mod documents;
mod values;

use super::make::base64;
use samlight::base::flaw::Octets;
use samlight_tests::malformed::{Malformed, Part, Reading, Sent};

const ADA: &str = "ada@example.com";

/// All forms.
pub(crate) fn all() -> Vec<Malformed> {
    [
        values::base64_text(),
        values::packing(),
        values::escapes(),
        values::parameters(),
        documents::encodings(),
        documents::not_xml(),
        documents::xml(),
    ]
    .concat()
}

type Flaw<'a> = (&'a str, Octets, usize);

fn read(
    parameter: &str,
    binding: &str,
    message: Option<&str>,
    name_id: Option<&str>,
    flaws: &[Flaw],
) -> Reading {
    let mut reading = Reading {
        parameter: parameter.to_owned(),
        binding: binding.to_owned(),
        message: message.map(str::to_owned),
        name_id: name_id.map(str::to_owned),
        flaws: flaws.iter().map(|(code, octets, start)| ((*code).to_owned(), *octets, *start)).collect(),
    };
    reading.sort();
    reading
}

/// The AuthnRequest of a redirect.
fn request_read(flaws: &[Flaw]) -> Vec<Reading> {
    vec![read("SAMLRequest", "HTTP-Redirect", Some("AuthnRequest"), None, flaws)]
}

fn redirect(form: &str, what: &str, query: &str, expected: Vec<Reading>) -> Malformed {
    let sent = Sent::Query(vec![Part::Text(query.to_owned())]);
    Malformed { form: form.to_owned(), what: what.to_owned(), sent, expected }
}

fn form(form: &str, what: &str, fields: Vec<(String, Vec<Part>)>, expected: Vec<Reading>) -> Malformed {
    Malformed { form: form.to_owned(), what: what.to_owned(), sent: Sent::Form(fields), expected }
}

/// A Response in the field of a form, whose value is `value`.
fn posted(name: &str, what: &str, value: &str, flaws: &[Flaw]) -> Malformed {
    let expected = read("SAMLResponse", "HTTP-POST", Some("Response"), Some(ADA), flaws);
    form(name, what, vec![("SAMLResponse".to_owned(), vec![Part::Text(value.to_owned())])], vec![expected])
}

/// `octets` in base64, in the field of a form.
fn posted_octets(
    form: &str,
    what: &str,
    octets: &[u8],
    message: Option<&str>,
    name_id: Option<&str>,
    flaws: &[Flaw],
) -> Malformed {
    let case = posted(form, what, &base64(octets), flaws);
    Malformed { expected: vec![read("SAMLResponse", "HTTP-POST", message, name_id, flaws)], ..case }
}

/// The changes that a row makes to the usual.
trait Change {
    /// Nothing can be read.
    fn unread(self) -> Self;
    /// The NameID is this one.
    fn name_id(self, name_id: Option<&str>) -> Self;
}

impl Change for Malformed {
    fn unread(mut self) -> Self {
        for reading in &mut self.expected {
            (reading.message, reading.name_id) = (None, None);
        }
        self
    }

    fn name_id(mut self, name_id: Option<&str>) -> Self {
        for reading in &mut self.expected {
            reading.name_id = name_id.map(str::to_owned);
        }
        self
    }
}
