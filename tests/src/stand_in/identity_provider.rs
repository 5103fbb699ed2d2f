//! The demonstration identity provider: a page that asks as whom to go on, and a page that posts the signed
//! Response to GitLab by itself, as identity providers do.
//!
//! There is no password to type and no session: whoever is chosen is signed in. Only the groups of
//! `gitlab.com` get a Response.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::EncodePrivateKey;
use rustls::pki_types::PrivatePkcs8KeyDer;
use sha2::{Digest, Sha256};

use super::messages::{Statement, inflated, signed_response};
use super::people::{Person, people};
use super::template::{escaped, fill};
use super::{form_field, form_fields};
use crate::http::{Request, Response};

/// The address that GitLab sends people to.
pub(super) const SSO_URL: &str = "https://idp.example.com/sso";
const ENTITY_ID: &str = "https://idp.example.com/metadata";

/// The party, with the key and the certificate it made for itself.
pub(super) struct IdentityProvider {
    key: SigningKey<Sha256>,
    /// In DER.
    certificate: Vec<u8>,
    people: Vec<Person>,
}

impl IdentityProvider {
    pub(super) fn new() -> Result<Self> {
        let mut random = rsa::rand_core::UnwrapErr(getrandom::SysRng);
        let private = RsaPrivateKey::new(&mut random, 2048).context("no RSA key could be made")?;
        let der = private.to_pkcs8_der()?;
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(
            &PrivatePkcs8KeyDer::from(der.as_bytes()),
            &PKCS_RSA_SHA256,
        )?;
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "Demonstration identity provider");
        let certificate = parameters.self_signed(&pair)?.der().to_vec();
        Ok(IdentityProvider { key: SigningKey::new(private), certificate, people: people() })
    }

    /// The certificate's SHA-256 fingerprint as people type it into GitLab: pairs of digits with colons.
    pub(super) fn fingerprint(&self) -> String {
        let pairs = Sha256::digest(&self.certificate);
        pairs.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(":")
    }

    pub(super) fn answer(&self, request: &Request) -> Response {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let page = match (request.method.as_str(), path) {
            ("GET", "/sso") => self.choice(&form_fields(query)),
            ("POST", "/continue") => self.sign_in(&form_fields(&String::from_utf8_lossy(&request.body))),
            _ => Err(anyhow::anyhow!("{} {path} is not played here", request.method)),
        };
        match page {
            Ok(html) => Response::new(200, "text/html; charset=utf-8", html),
            Err(error) => {
                Response::new(400, "text/plain; charset=utf-8", format!("Demonstration: {error:#}\n"))
            }
        }
    }

    /// "As whom do you want to go on?"
    fn choice(&self, fields: &[(String, String)]) -> Result<String> {
        let request = inflated(form_field(fields, "SAMLRequest"))?;
        let values = [
            ("in_response_to", attribute(&request, "ID")?.to_owned()),
            ("acs", attribute(&request, "AssertionConsumerServiceURL")?.to_owned()),
            ("relay_state", form_field(fields, "RelayState").to_owned()),
        ];
        let page = fill(include_str!("pages/choice.html"), &values)?;
        Ok(page.replace("<!-- people -->", &self.people.iter().map(button).collect::<String>()))
    }

    /// The page that posts the Response.
    fn sign_in(&self, fields: &[(String, String)]) -> Result<String> {
        let username = form_field(fields, "username");
        let person = self.people.iter().find(|it| it.username == username).context("nobody was chosen")?;
        let acs = form_field(fields, "acs");
        let group_url = acs.strip_suffix("/-/saml/callback").unwrap_or_default();
        ensure!(group_url.starts_with("https://gitlab.com/groups/"), "{acs} is no group of gitlab.com");
        let statement = Statement {
            issuer: ENTITY_ID,
            in_response_to: form_field(fields, "in_response_to"),
            destination: acs,
            audience: group_url,
            name_id: &person.name_id,
            attributes: &[("email", person.email()), ("name", person.name.to_owned())],
        };
        let xml = signed_response(&statement, &self.key, &STANDARD.encode(&self.certificate))?;
        let values = [
            ("acs", acs.to_owned()),
            ("saml_response", STANDARD.encode(xml)),
            ("relay_state", form_field(fields, "relay_state").to_owned()),
        ];
        fill(include_str!("pages/post.html"), &values)
    }
}

fn button(person: &Person) -> String {
    format!(
        "<button name=\"username\" value=\"{username}\">{name}<small>NameID <code>{name_id}</code></small></button>\n",
        username = escaped(person.username),
        name = escaped(person.name),
        name_id = escaped(&person.name_id),
    )
}

/// The value of an attribute of GitLab's AuthnRequest, which is always written in the same way.
fn attribute<'xml>(xml: &'xml str, name: &str) -> Result<&'xml str> {
    let (_, rest) =
        xml.split_once(&format!(" {name}='")).with_context(|| format!("the AuthnRequest has no {name}"))?;
    Ok(rest.split_once('\'').context("the AuthnRequest is cut off")?.0)
}
