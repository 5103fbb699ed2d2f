//! SAML bindings (SAML Bindings 2.0): from what the browser shows of a request to the messages in it.
//!
//! A binding is one row of `BINDINGS` and one file; what comes in the body of a request (SOAP, PAOS, JSON,
//! the parts of a form) is told by [`from_body`]. Nothing is ever dropped: a message that cannot be decoded
//! is a [`Carried`] with a flaw that says what is wrong and at which octet.
//!
//! Leaves out: resolving artifacts (a browser cannot see the back channel); checking the detached signatures
//! (their octets are kept).

mod body;
mod carried;
mod http_artifact;
mod http_post;
mod http_post_simple_sign;
mod http_redirect;
mod packing;
mod query;
pub mod raw_body;
pub mod raw_message;
mod soap;
mod ws_federation;

pub use body::{fields_of_body, from_body};
pub use carried::{BindingId, Carried};
use packing::looks_like_xml;
pub(crate) use packing::{gzip_header, zlib_header};

use crate::{
    base::{
        characters,
        limits::{Limits, MESSAGES_PER_REQUEST},
        redact::Secret,
        shared::Shared,
    },
    encoding::written::Written,
};
use carried::Payload;
use query::{Kept, Parameter};

/// The parameters that SAML uses, by what they say of a request.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// A request with one of these carries SAML.
    pub bearing: [&'static str; 4],
    /// They belong to it and mean nothing on their own.
    pub companions: [&'static str; 5],
}

/// The parameters of all bindings (SAML Bindings 3.4.4, 3.5.4, 3.6.3; WS-Federation 1.2, 13.2.3). What the
/// browser may keep of a request is generated from this.
pub const PARAMETERS: Parameters = Parameters {
    bearing: ["SAMLRequest", "SAMLResponse", "SAMLart", "wresult"],
    companions: ["RelayState", "SigAlg", "Signature", "SAMLEncoding", "wctx"],
};

/// One binding that uses parameters.
struct Binding {
    id: BindingId,
    /// The places where its parameters stand.
    carriers: &'static [Carrier],
    /// The parameters that hold a message.
    messages: &'static [&'static str],
    /// Parameters that must stand beside them.
    needs: &'static [&'static str],
    /// The parameter that the receiver is to send back.
    relay: &'static str,
    decode: fn(Written<'_>, &Limits) -> Payload,
}

/// A place where parameters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carrier {
    /// In the query of a URL.
    Query,
    /// In the body of a request.
    Form,
}

/// The bindings that are read. The first one that fits counts.
const BINDINGS: [Binding; 5] = [
    http_redirect::BINDING,
    http_post_simple_sign::BINDING,
    http_post::BINDING,
    http_artifact::BINDING,
    ws_federation::BINDING,
];

/// The messages in the query of a URL, without its `?`, as the browser gave it: HTTP-Redirect, HTTP-Artifact.
/// The method does not matter: a form can be posted to an address with a message in its query.
pub fn from_query(query: &str, limits: &Limits) -> Vec<Carried> {
    from_shared_query(&Shared::from(query), limits)
}

fn from_shared_query(query: &Shared, limits: &Limits) -> Vec<Carried> {
    // Read here and wrapped again in `Carried`.
    let parameters = query::parameters(query.expose());
    let parameters = parameters.map(|parameter| Parameter { within: Some(query), ..parameter });
    let mut carried = messages(Carrier::Query, parameters, limits);
    carried.iter_mut().for_each(|message| message.query = Some(query.clone()));
    carried
}

/// The messages in the query of `url`.
pub fn from_url(url: &str, limits: &Limits) -> Vec<Carried> {
    from_shared_url(&Shared::from(url), limits)
}

/// The same, where somebody else keeps the URL, too.
pub(crate) fn from_shared_url(url: &Shared, limits: &Limits) -> Vec<Carried> {
    // Only the query is read.
    let without_fragment = url.expose().split('#').next().unwrap_or("");
    let query = without_fragment.split_once('?').map(|(_, query)| url.part(query));
    query.map_or_else(Vec::new, |query| from_shared_query(&query, limits))
}

/// The messages in the fields of a form, decoded by the browser: HTTP-POST and its kin.
pub fn from_form(fields: &[(String, Secret<String>)], limits: &Limits) -> Vec<Carried> {
    let shared = |(name, value): &(String, Secret<String>)| (name.clone(), Shared::from(value.clone()));
    from_shared_form(&fields.iter().map(shared).collect::<Vec<_>>(), limits)
}

/// The same, where somebody else keeps the fields, too.
pub(crate) fn from_shared_form(fields: &[(String, Shared)], limits: &Limits) -> Vec<Carried> {
    // Read here and wrapped again in `Carried`.
    let parameters = fields.iter().map(|(name, value)| Parameter {
        name: name.into(),
        value: Written::plain(value.expose()),
        within: Some(value),
    });
    messages(Carrier::Form, parameters, limits)
}

/// The messages in the body of a form that was posted, as it was sent: HTTP-POST and its kin.
pub fn from_form_body(body: &str, limits: &Limits) -> Vec<Carried> {
    messages(Carrier::Form, query::parameters(body), limits)
}

/// Whether the query of `url` has a parameter that carries SAML.
pub fn carries(url: &str) -> bool {
    let without_fragment = url.split('#').next().unwrap_or("");
    let query = without_fragment.split_once('?').map_or("", |(_, query)| query);
    query::parameters(query).any(|parameter| PARAMETERS.bearing.contains(&&*parameter.name))
}

/// The message that is `xml` itself: in a SOAP envelope, or carried by no binding.
pub fn from_octets(xml: &[u8], limits: &Limits) -> Carried {
    let value = Shared::from(Secret::new(characters::text_of(xml).into_owned()));
    let mut carried = Carried::new(BindingId::None, "", value, Payload::xml(xml.to_vec()), limits);
    soap::tell(&mut carried);
    carried
}

/// The message whose parameter's value is `value`, escaped or not; which parameter it was is not known.
pub(crate) fn from_value(id: BindingId, value: &str, escaped: bool, limits: &Limits) -> Option<Carried> {
    let binding = BINDINGS.iter().find(|binding| binding.id == id)?;
    let written = if escaped { Written::escaped(value) } else { Written::plain(value) };
    let payload = (binding.decode)(written, limits);
    Some(Carried::new(id, "", Shared::from(value), payload, limits))
}

fn messages<'a>(
    carrier: Carrier,
    parameters: impl Iterator<Item = Parameter<'a>>,
    limits: &Limits,
) -> Vec<Carried> {
    let kept = Kept::of(parameters);
    let first = |name: &str| kept.companion(name).map(Written::unescaped);
    let usable: Vec<&Binding> = BINDINGS
        .iter()
        .filter(|it| it.carriers.contains(&carrier))
        .filter(|it| it.needs.iter().all(|name| kept.companion(name).is_some()))
        .collect();
    let binding_of = |name: &str| usable.iter().copied().find(|binding| binding.messages.contains(&name));
    let bearing = kept.bearing.iter().filter_map(|parameter| Some((binding_of(&parameter.name)?, parameter)));
    let count_all = kept.count(|name| binding_of(name).is_some());
    let secret = |name: &str| first(name).map(|value| Shared::from(Secret::new(value)));
    let (sig_alg, signature) = (first("SigAlg"), secret("Signature"));
    let relays = ["RelayState", "wctx"].map(|name| (name, secret(name)));
    let mut carried: Vec<Carried> = Vec::new();
    let mut left = *limits;
    for (count, (binding, parameter)) in bearing.enumerate().take(MESSAGES_PER_REQUEST) {
        let mut payload = (binding.decode)(parameter.value, &left);
        let beside = carried.iter().find(|before| before.parameter != parameter.name);
        if count + 1 == MESSAGES_PER_REQUEST && count_all > MESSAGES_PER_REQUEST {
            payload.flaws.insert(0, query::too_many(parameter, count_all));
        } else if let Some(other) = beside {
            payload.flaws.insert(0, query::message_beside(parameter, &other.parameter));
        }
        if carried.iter().any(|before| before.parameter == parameter.name) {
            payload.flaws.insert(0, query::duplicate(parameter));
        }
        let received = parameter.value.as_received();
        let value = parameter.within.map_or_else(|| Shared::from(received), |within| within.part(received));
        let mut message = Carried::new(binding.id, &parameter.name, value, payload, &left);
        left = left_behind(&left, &message);
        message.relay_state =
            relays.iter().find(|(name, _)| *name == binding.relay).and_then(|(_, it)| it.clone());
        message.sig_alg = sig_alg.clone();
        message.signature = signature.clone();
        carried.push(message);
    }
    carried
}

/// The part of the limits that the other messages of a request have: together they unfold to no more octets
/// and nodes than one alone.
fn left_behind(limits: &Limits, message: &Carried) -> Limits {
    let octets = message.octets().map_or(0, |octets| octets.expose().len());
    let unfolded = octets.saturating_sub(message.value.expose().len());
    let nodes = message.document.as_ref().map_or(0, |document| document.node_count());
    Limits {
        inflated_bytes: limits.inflated_bytes.saturating_sub(unfolded),
        xml_nodes: limits.xml_nodes.saturating_sub(nodes),
        ..*limits
    }
}

#[cfg(test)]
mod tests;
