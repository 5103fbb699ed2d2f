//! One message for a terminal: what `samlight inspect` prints.
//!
//! Values are from outside: characters that could steer the terminal, reorder the line or hide are written as
//! their code points.

use super::Given;
use crate::{
    attack::{self, Look},
    base::{catalogue::Text, limits::LIMITS},
    binding::Carried,
    encryption::{self, Opened},
    saml::{Assertion, Message},
    signature::certificates::certificates,
    text,
    view::{CertificateView, encrypted, other_message, signed},
};

/// The lines of `carried`, of which a file tells: of a redacted copy they say what is not known.
pub fn render_imported(source: &str, carried: &Carried, given: &Given) -> String {
    looked_at(source, carried, given, &attack::look_at_imported(carried, &given.certificates))
}

/// The lines of `carried`, which comes from `source` (a file's name), each with its line end.
pub fn render(source: &str, carried: &Carried, given: &Given) -> String {
    looked_at(source, carried, given, &attack::look(carried, &given.certificates))
}

fn looked_at(source: &str, carried: &Carried, given: &Given, look: &Look) -> String {
    let name = carried.message.as_ref().map(|message| visible(message.kind.name()));
    let title = match name {
        Some(name) => {
            text!("inspect.title", message = name, binding = carried.binding, source = visible(source))
        }
        None => text!("inspect.title-unread", binding = carried.binding, source = visible(source)),
    };
    let mut lines = Lines(format!("{title}\n"));
    let opened = carried
        .document
        .as_ref()
        .map(|document| encryption::open(document, &given.keys, encryption::Manner::Standard));
    let inside = opened.as_ref().and_then(Opened::message);
    if let Some(message) = inside.as_ref().or(carried.message.as_ref()) {
        lines.message(message);
    }
    for part in opened.iter().flat_map(|opened| &opened.parts) {
        let view = encrypted::encrypted_view(part);
        lines.by_standard(&view.sentence.text, &view.rows);
    }
    lines.value("RelayState", carried.relay_state.as_ref().map(|state| state.expose()));
    let signed_inside = opened.iter().flat_map(|opened| opened.signatures(&given.certificates));
    let inside = signed_inside.map(|signature| signed::signature_view(&signature));
    for view in signed::signature_views(look).into_iter().chain(inside) {
        lines.by_standard(&view.sentence.text, &view.rows);
    }
    let document = opened.as_ref().and_then(|opened| opened.document.as_ref()).or(carried.document.as_ref());
    let (found, flaws) = document.map(certificates).unwrap_or_default();
    for certificate in found {
        let CertificateView { mut rows, sha1, sha256, .. } = signed::certificate_view(&certificate);
        let labels = [text!("ui.certificate.sha1"), text!("ui.certificate.sha256")];
        rows.extend(labels.map(|label| label.to_string()).into_iter().zip([sha1, sha256]));
        lines.section(&text!("inspect.certificate").to_string(), &rows);
    }
    for attack in &look.attacks {
        lines.text(&text!("inspect.attack", text = visible(&attack.text.to_string())));
    }
    let decryption_flaws: Vec<_> = opened
        .iter()
        .flat_map(|opened| [opened.flaws(), opened.flaws_inside()])
        .flatten()
        .take(LIMITS.flaws)
        .collect();
    for flaw in carried.flaws.iter().chain(&flaws).chain(&decryption_flaws) {
        lines.text(&text!("inspect.flaw", code = flaw.code, text = visible(&flaw.text.to_string())));
    }
    if carried.document.is_some() {
        lines.text(&text!("reading.inspect"));
    }
    lines.0
}

struct Lines(String);

impl Lines {
    fn message(&mut self, message: &Message) {
        let head = &message.head;
        self.value("ID", head.id.as_deref());
        self.value("Issuer", head.issuer.as_deref());
        self.value("Destination", head.destination.as_deref());
        self.value("InResponseTo", head.in_response_to.as_deref());
        self.value("IssueInstant", head.issue_instant.as_deref());
        if let Some(status) = message.status() {
            self.value("StatusCode", Some(&status.codes.join(" / ")));
            self.value("StatusMessage", status.message.as_deref());
        }
        if let Some(request) = message.authn_request() {
            self.value("AssertionConsumerServiceURL", request.acs_url.as_deref());
            let format = request.name_id_policy.as_ref().and_then(|policy| policy.format.as_deref());
            self.value("NameIDPolicy Format", format);
        }
        for (label, value) in other_message::rows(message) {
            self.value(&label, Some(&value));
        }
        if message.is_encrypted() {
            self.text(&text!("inspect.encrypted"));
        }
        if let Some(name_id) = message.name_id() {
            self.value("NameID", Some(&name_id.value));
            self.value("Format", name_id.format.as_deref());
        }
        message.assertions().first().into_iter().for_each(|assertion| self.assertion(assertion));
        if message.assertions().len() > 1 {
            self.text(&text!("inspect.more-assertions", count = message.assertions().len()));
        }
    }

    fn assertion(&mut self, assertion: &Assertion) {
        for confirmation in assertion.subject.iter().flat_map(|subject| &subject.confirmations) {
            self.value("Recipient", confirmation.recipient.as_deref());
            self.value("NotOnOrAfter", confirmation.not_on_or_after.as_deref());
        }
        for audience in assertion.conditions.iter().flat_map(|conditions| conditions.audiences()) {
            self.value("Audience", Some(audience));
        }
        for attribute in &assertion.attributes {
            let name = visible(attribute.name.as_deref().unwrap_or(""));
            self.value(&name, Some(&attribute.values.join(" | ")));
            let is_same = attribute.as_read.iter().map(Option::as_ref).eq(attribute.values.iter().map(Some));
            if !is_same {
                let read: Vec<&str> = attribute.as_read.iter().flatten().map(String::as_str).collect();
                let nothing = text!("inspect.nothing-read").to_string();
                let read = if read.is_empty() { nothing } else { read.join(" | ") };
                self.value(&text!("inspect.as-read", name = name).to_string(), Some(&read));
            }
        }
    }

    fn value(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(&text!("inspect.value", name = name, value = visible(value)));
        }
    }

    /// A verdict that GitLab's library may not share.
    fn by_standard(&mut self, sentence: &str, rows: &[(String, String)]) {
        self.section(&text!("reading.standard", sentence = sentence).to_string(), rows);
    }

    fn section(&mut self, heading: &str, rows: &[(String, String)]) {
        self.0.push_str(&format!("  {}\n", visible(heading)));
        for (label, value) in rows {
            self.0.push_str(&format!("    {label}: {}\n", visible(value)));
        }
    }

    fn text(&mut self, text: &Text) {
        self.0.push_str(&format!("  {text}\n"));
    }
}

/// `text` with characters that a terminal would not show, or would act upon, as their code points.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_hidden(c) {
            shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Characters that are not seen themselves or change the order of others, and spaces that look like another
/// one.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}'
        | '\u{3000}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::limits::LIMITS, binding::from_octets};

    #[test]
    fn a_hostile_value_does_not_reach_the_terminal_as_it_is() {
        let xml = "<p:LogoutRequest xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
                   xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><NameID>a\u{9b}31m\u{202e}b\u{200b}</NameID>\
                   </p:LogoutRequest>";
        let rendered = render("a\u{1b}.xml", &from_octets(xml.as_bytes(), &LIMITS), &Given::default());
        let shown = "LogoutRequest (none) in a[U+001B].xml\n  NameID: a[U+009B]31m[U+202E]b[U+200B]\n";
        // Flaws that name the characters follow.
        assert!(rendered.starts_with(shown), "{rendered}");
        assert!(!rendered.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}']), "{rendered}");
    }
}
