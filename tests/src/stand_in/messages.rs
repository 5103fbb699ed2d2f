//! The two SAML messages of the demonstration: GitLab's AuthnRequest, with the single quotes in which
//! ruby-saml writes it, and the identity provider's signed Response.
//!
//! The Response is written in exclusive canonical form from the start (namespaces where they are used,
//! attributes in order, no empty-element tags), so what is digested and signed is a part of the text itself
//! and no canonicaliser is needed. SAML 2.0 Core, Bindings 3.4; XML Signature; Exclusive XML
//! Canonicalization.

use std::io::{Read, Write};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer};
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::random_hex;

/// An AuthnRequest larger than this is not read.
const REQUEST_BYTES: u64 = 100_000;

/// A group's AuthnRequest as GitLab sends it.
pub(super) fn authn_request(destination: &str, group_url: &str) -> Result<String> {
    Ok(format!(
        "<samlp:AuthnRequest xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol' \
         xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion' ID='_{id}' IssueInstant='{now}' Version='2.0' \
         Destination='{destination}' AssertionConsumerServiceURL='{group_url}/-/saml/callback'>\
         <saml:Issuer>{group_url}</saml:Issuer><samlp:NameIDPolicy AllowCreate='true' \
         Format='urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'/></samlp:AuthnRequest>",
        id = random_hex(16)?,
        now = instant(Duration::ZERO)?,
    ))
}

/// A message as the parameter of the HTTP-Redirect binding: DEFLATE, then base64. Not yet percent-encoded.
pub(super) fn deflated(message: &str) -> Result<String> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(message.as_bytes())?;
    Ok(STANDARD.encode(deflate.finish()?))
}

/// The other way round.
pub(super) fn inflated(parameter: &str) -> Result<String> {
    let octets = STANDARD.decode(parameter).context("SAMLRequest is not base64")?;
    let mut message = String::new();
    let read = DeflateDecoder::new(&octets[..]).take(REQUEST_BYTES).read_to_string(&mut message);
    ensure!((read.context("SAMLRequest is not DEFLATE")? as u64) < REQUEST_BYTES, "SAMLRequest is too large");
    Ok(message)
}

/// The content of a Response.
pub(super) struct Statement<'message> {
    pub(super) issuer: &'message str,
    pub(super) in_response_to: &'message str,
    /// Also the Recipient.
    pub(super) destination: &'message str,
    pub(super) audience: &'message str,
    pub(super) name_id: &'message str,
    /// Names and values.
    pub(super) attributes: &'message [(&'message str, String)],
}

/// The Response with its assertion signed by `key`; `certificate` is base64.
pub(super) fn signed_response(
    statement: &Statement<'_>,
    key: &SigningKey<Sha256>,
    certificate: &str,
) -> Result<String> {
    let (response_id, assertion_id) = (random_hex(16)?, random_hex(16)?);
    let now = instant(Duration::ZERO)?;
    let issuer = text(statement.issuer);
    // The signature stands between these two (after the Issuer: SAML Core 5.4), and is left out of the
    // digest.
    let before = format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_{assertion_id}\" \
         IssueInstant=\"{now}\" Version=\"2.0\"><saml:Issuer>{issuer}</saml:Issuer>"
    );
    let after = statement.assertion_body(&now)?;
    let signature = signature(&assertion_id, &format!("{before}{after}"), key, certificate);
    Ok(format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{destination}\" \
         ID=\"_{response_id}\" InResponseTo=\"{in_response_to}\" IssueInstant=\"{now}\" Version=\"2.0\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{issuer}</saml:Issuer><samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>\
         </samlp:Status>{before}{signature}{after}</samlp:Response>",
        destination = value(statement.destination),
        in_response_to = value(statement.in_response_to),
    ))
}

impl Statement<'_> {
    /// Everything of the assertion after its Issuer.
    fn assertion_body(&self, now: &str) -> Result<String> {
        let attribute = |(name, content): &(&str, String)| {
            format!(
                "<saml:Attribute Name=\"{name}\" \
                 NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\"><saml:AttributeValue>{}\
                 </saml:AttributeValue></saml:Attribute>",
                text(content)
            )
        };
        Ok(format!(
            "<saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">{name_id}\
             </saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData InResponseTo=\"{in_response_to}\" NotOnOrAfter=\"{end}\" \
             Recipient=\"{recipient}\"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"{begin}\" NotOnOrAfter=\"{end}\"><saml:AudienceRestriction>\
             <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{now}\" SessionIndex=\"_{session}\"><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
             </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
             <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>",
            name_id = text(self.name_id),
            in_response_to = value(self.in_response_to),
            recipient = value(self.destination),
            audience = text(self.audience),
            begin = instant(Duration::seconds(-30))?,
            end = instant(Duration::minutes(5))?,
            session = random_hex(16)?,
            attributes = self.attributes.iter().map(attribute).collect::<String>(),
        ))
    }
}

/// An enveloped signature over the element `id`, whose canonical text without the signature is `signed`.
fn signature(id: &str, signed: &str, key: &SigningKey<Sha256>, certificate: &str) -> String {
    // SignedInfo declares the namespace itself, so that its text is also its canonical form.
    let signed_info = format!(
        "<ds:SignedInfo xmlns:ds=\"{DSIG}\">\
         <ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#_{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{DSIG}enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
        digest = STANDARD.encode(Sha256::digest(signed)),
    );
    let signature_value = STANDARD.encode(key.sign(signed_info.as_bytes()).to_bytes());
    format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\">{signed_info}<ds:SignatureValue>{signature_value}</ds:SignatureValue><ds:KeyInfo>\
         <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
}

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Character data in canonical form (Canonical XML 2.3): quotes stay as they are.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

/// An attribute's value in canonical form: `>` stays as it is, white space other than the space does not.
fn value(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    escaped.replace('\t', "&#x9;").replace('\n', "&#xA;").replace('\r', "&#xD;")
}

/// Character data as it was before [`text`].
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&#xD;", "\r").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}

/// Now, moved, to the second, in UTC.
fn instant(moved: Duration) -> Result<String> {
    Ok((OffsetDateTime::now_utc() + moved).replace_nanosecond(0)?.format(&Rfc3339)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::RsaPrivateKey;
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    use rsa::signature::{Keypair, Verifier};

    fn between<'text>(text: &'text str, begin: &str, end: &str) -> Result<&'text str> {
        let (_, rest) = text.split_once(begin).with_context(|| format!("no {begin}"))?;
        Ok(rest.split_once(end).with_context(|| format!("no {end}"))?.0)
    }

    #[test]
    fn the_request_survives_the_redirect_binding() -> Result<()> {
        let request = authn_request("https://idp.example.com/sso", "https://gitlab.com/groups/acme")?;
        assert_eq!(inflated(&deflated(&request)?)?, request);
        assert!(
            request.contains("AssertionConsumerServiceURL='https://gitlab.com/groups/acme/-/saml/callback'")
        );
        assert!(inflated("!").is_err() && inflated("AAAA").is_err());
        Ok(())
    }

    #[test]
    fn canonical_text_escapes_what_it_must_and_no_more() {
        let all = "a&b<c>d\"e'f\tg\nh\ri";
        assert_eq!(text(all), "a&amp;b&lt;c&gt;d\"e'f\tg\nh&#xD;i");
        assert_eq!(value(all), "a&amp;b&lt;c>d&quot;e'f&#x9;g&#xA;h&#xD;i");
        assert_eq!(unescaped(&text(all)), all);
    }

    #[test]
    fn digest_and_signature_fit_the_text() -> Result<()> {
        let mut random = rsa::rand_core::UnwrapErr(getrandom::SysRng);
        let key = SigningKey::<Sha256>::new(RsaPrivateKey::new(&mut random, 2048)?);
        let statement = Statement {
            issuer: "https://idp.example.com",
            in_response_to: "_1",
            destination: "https://gitlab.com/groups/acme/-/saml/callback",
            audience: "https://gitlab.com/groups/acme",
            name_id: " a<b>&'c' ",
            attributes: &[("email", "a@example.com".to_owned())],
        };
        let xml = signed_response(&statement, &key, "Q0VSVA==")?;

        let signature = between(&xml, "<ds:Signature ", "</ds:Signature>")?;
        let whole_signature = format!("<ds:Signature {signature}</ds:Signature>");
        let assertion = between(&xml, "<saml:Assertion ", "</saml:Assertion>")?.replace(&whole_signature, "");
        let digest = Sha256::digest(format!("<saml:Assertion {assertion}</saml:Assertion>"));
        assert_eq!(between(signature, "<ds:DigestValue>", "<")?, STANDARD.encode(digest));

        let signed_info = between(signature, "<ds:SignedInfo ", "</ds:SignedInfo>")?;
        let signed_info = format!("<ds:SignedInfo {signed_info}</ds:SignedInfo>");
        let value = STANDARD.decode(between(signature, "<ds:SignatureValue>", "<")?)?;
        let verifying: VerifyingKey<Sha256> = key.verifying_key();
        verifying.verify(signed_info.as_bytes(), &Signature::try_from(&value[..])?)?;

        assert_eq!(unescaped(between(&xml, ":persistent\">", "</saml:NameID>")?), statement.name_id);
        Ok(())
    }
}
