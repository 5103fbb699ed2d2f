/**
 * The JavaScript that Samlight is measured beside: XML read and written by fast-xml-parser, inflated by pako,
 * signatures verified by xml-crypto with Node's crypto for a page. Every function does what one of
 * `tests/bench/wasm/src/lib.rs` does, as far as there is JavaScript for it: nobody gives GitLab's verdict.
 */
import "./node.js";
import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { inflateRaw } from "pako";
import { SignedXml } from "xml-crypto";

const lossless = {
  preserveOrder: true, ignoreAttributes: false, parseTagValue: false, parseAttributeValue: false, trimValues: false,
  commentPropName: "#comment", cdataPropName: "#cdata",
};
const parser = new XMLParser(lossless);
const builder = new XMLBuilder({ ...lossless, format: true });

const text = (octets) => new TextDecoder().decode(octets);
const octets = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const decoded = { post: (value) => text(octets(value)), redirect: (value) => text(inflateRaw(octets(decodeURIComponent(value)))) };

/** Decodes a parameter, reads its XML and writes it with indentation. */
export const pretty = (binding, value) => builder.build(parser.parse(decoded[binding](value)));

/** The certificate in the signature. xml-crypto's own way asks for a class that no page has. */
const certificate = (keyInfo) => {
  const base64 = keyInfo.getElementsByTagName("ds:X509Certificate")[0].textContent;
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;
};

/** Verifies the one signature in it. */
export function verify(xml) {
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const signature = document.getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature")[0];
  const signed = new SignedXml({ getCertFromKeyInfo: certificate });
  signed.loadSignature(new XMLSerializer().serializeToString(signature));
  if (!signed.checkSignature(xml)) throw new Error("the signature is not valid");
}

/** Both, of a message that came by POST. */
export function look(value) {
  verify(decoded.post(value));
  return pretty("post", value);
}
