//! SAML bindings (SAML Bindings 2.0): from what the browser shows of a request to the messages in it.
//!
//! A binding is one row of `BINDINGS` and one file. Nothing is ever dropped: a message that cannot be decoded is a
//! [`Carried`] with a flaw that says what is wrong and at which octet.
//!
//! Leaves out: HTTP-Artifact and SOAP; checking the detached signature of a redirect (its octets are kept).

mod base64;
mod carried;
mod http_post;
mod http_redirect;
mod inflate;
mod query;

pub(crate) use base64::LENIENT_BASE64;
pub use carried::{BindingId, Carried};

use crate::{
    limits::{LIMITS, MESSAGES_PER_REQUEST},
    redact::Secret,
};
use carried::Payload;
use query::{Parameter, Written};

/// The parameters that SAML uses, by what they say of a request.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// A request with one of these carries SAML.
    pub bearing: [&'static str; 3],
    /// They belong to it and mean nothing on their own.
    pub companions: [&'static str; 4],
}

/// The parameters of all bindings (SAML Bindings 3.4.4, 3.5.4, 3.6.3). What the browser may keep of a request is
/// generated from this.
pub const PARAMETERS: Parameters = Parameters {
    bearing: ["SAMLRequest", "SAMLResponse", ARTIFACT],
    companions: ["RelayState", "SigAlg", "Signature", "SAMLEncoding"],
};

/// The parameter that refers to a message.
const ARTIFACT: &str = "SAMLart";

/// One binding.
struct Binding {
    id: BindingId,
    /// The parameters that hold a message.
    messages: [&'static str; 2],
    decode: fn(&Written<'_>) -> Payload,
}

/// The bindings that are read.
const BINDINGS: [Binding; 2] = [http_redirect::BINDING, http_post::BINDING];

/// The messages in the query of a URL, without its `?`, as the browser gave it: HTTP-Redirect.
pub fn from_query(query: &str) -> Vec<Carried> {
    let parameters = query::parameters(query);
    let mut carried = messages(BindingId::HttpRedirect, &parameters);
    carried.iter_mut().for_each(|message| message.query = Some(Secret::from(query)));
    carried
}

/// The messages in the query of `url`: HTTP-Redirect.
pub fn from_url(url: &str) -> Vec<Carried> {
    let without_fragment = url.split('#').next().unwrap_or("");
    without_fragment.split_once('?').map_or_else(Vec::new, |(_, query)| from_query(query))
}

/// The messages in the fields of a form, decoded by the browser: HTTP-POST.
pub fn from_form(fields: &[(String, Secret<String>)]) -> Vec<Carried> {
    // Read here and wrapped again in `Carried`.
    let field = |(name, value)| Parameter { name, value: Written::Plain(value) };
    let parameters: Vec<_> =
        fields.iter().map(|(name, value)| field((name.clone(), value.expose().as_str()))).collect();
    messages(BindingId::HttpPost, &parameters)
}

/// The messages in the body of a form that was posted, as it was sent: HTTP-POST.
pub fn from_form_body(body: &str) -> Vec<Carried> {
    messages(BindingId::HttpPost, &query::parameters(body))
}

/// Whether a request carries an artifact (SAML Bindings 3.6), in its URL or in its form.
pub fn bears_artifact(url: &str, fields: &[(String, Secret<String>)]) -> bool {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let names = query::parameters(query).into_iter().map(|parameter| parameter.name);
    names.chain(fields.iter().map(|(name, _)| name.clone())).any(|name| name == ARTIFACT)
}

/// Whether the query of `url` has a parameter that carries SAML.
pub fn carries(url: &str) -> bool {
    let without_fragment = url.split('#').next().unwrap_or("");
    let query = without_fragment.split_once('?').map_or("", |(_, query)| query);
    query::parameters(query).iter().any(|parameter| PARAMETERS.bearing.contains(&parameter.name.as_str()))
}

/// The fields of a form that was posted, as it was sent; unescaped, as a browser shows them.
pub fn fields_of_body(body: &str) -> Vec<(String, Secret<String>)> {
    let field = |Parameter { name, value }: Parameter<'_>| (name, Secret::new(value.unescaped()));
    query::parameters(body).into_iter().map(field).collect()
}

/// The message that is `xml` itself, carried by no binding.
pub fn from_octets(xml: &[u8]) -> Carried {
    let payload = Payload { octets: Some(xml.to_vec()), flaws: Vec::new() };
    Carried::new(
        BindingId::None,
        "",
        Secret::new(String::from_utf8_lossy(xml).into_owned()),
        payload,
        &LIMITS,
    )
}

/// The message whose parameter's value is `value`, escaped or not; which parameter it was is not known.
pub(crate) fn from_value(id: BindingId, value: &str, escaped: bool) -> Option<Carried> {
    let binding = BINDINGS.iter().find(|binding| binding.id == id)?;
    let written = if escaped { Written::Escaped(value) } else { Written::Plain(value) };
    Some(Carried::new(id, "", Secret::from(value), (binding.decode)(&written), &LIMITS))
}

fn messages(id: BindingId, parameters: &[Parameter<'_>]) -> Vec<Carried> {
    let Some(binding) = BINDINGS.iter().find(|binding| binding.id == id) else { return Vec::new() };
    let mut carried: Vec<Carried> = Vec::new();
    let bearing: Vec<_> = parameters.iter().filter(|p| binding.messages.contains(&p.name.as_str())).collect();
    for (count, parameter) in bearing.iter().enumerate().take(MESSAGES_PER_REQUEST) {
        let mut payload = (binding.decode)(&parameter.value);
        if count + 1 == MESSAGES_PER_REQUEST && bearing.len() > MESSAGES_PER_REQUEST {
            payload.flaws.insert(0, query::too_many(parameter, bearing.len()));
        }
        if carried.iter().any(|before| before.parameter == parameter.name) {
            payload.flaws.insert(0, query::duplicate(parameter));
        }
        let value = Secret::from(parameter.value.as_received());
        carried.push(Carried::new(id, &parameter.name, value, payload, &LIMITS));
    }
    let first = |name: &str| parameters.iter().find(|p| p.name == name).map(|p| p.value.unescaped());
    for message in &mut carried {
        message.relay_state = first("RelayState").map(Secret::new);
        message.sig_alg = first("SigAlg");
        message.signature = first("Signature").map(Secret::new);
    }
    carried
}

#[cfg(test)]
mod tests;
