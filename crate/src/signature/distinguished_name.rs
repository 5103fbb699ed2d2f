//! Distinguished names as text (RFC 4514): `CN=idp.example.com,O=Example`.
//!
//! x509-cert would write them too, and with the same characters; but for the short names of attributes it
//! brings a database of more than a thousand object identifiers, 100 kB of the Wasm. Here are those that name
//! an attribute. Leaves out: reading such a text; identifiers that name no attribute, which stand as their
//! numbers.

use std::fmt::Write as _;
use x509_cert::{
    attr::AttributeTypeAndValue,
    der::{
        Encode, Tag, Tagged,
        asn1::{Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef},
    },
    name::Name,
};

/// The shortest registered name of each attribute, under the arcs that define attributes: X.520 (RFC 4519
/// has the short names; `.1` is the collective form, RFC 3671), RFC 4524, PKCS #9 (RFC 2985) and its personal
/// data.
const NAMES: &[(&str, &str)] = &[
    (
        "2.5.4.",
        "0 OBJECTCLASS,1 ALIASEDOBJECTNAME,2 KNOWLEDGEINFORMATION,3 CN,4 SN,5 SERIALNUMBER,6 C,\
         7 L,7.1 C-L,8 ST,8.1 C-ST,9 STREET,9.1 C-STREET,10 O,10.1 C-O,11 OU,11.1 C-OU,\
         12 TITLE,13 DESCRIPTION,14 SEARCHGUIDE,15 BUSINESSCATEGORY,16 POSTALADDRESS,\
         16.1 C-POSTALADDRESS,17 POSTALCODE,17.1 C-POSTALCODE,18 POSTOFFICEBOX,18.1 C-POSTOFFICEBOX,\
         19 PHYSICALDELIVERYOFFICENAME,19.1 C-PHYSICALDELIVERYOFFICE,20 TELEPHONENUMBER,\
         20.1 C-TELEPHONENUMBER,21 TELEXNUMBER,21.1 C-TELEXNUMBER,22 TELETEXTERMINALIDENTIFIER,\
         23 FACSIMILETELEPHONENUMBER,23.1 C-FACSIMILETELEPHONENUMBER,24 X121ADDRESS,\
         25 INTERNATIONALISDNNUMBER,25.1 C-INTERNATIONALISDNNUMBER,26 REGISTEREDADDRESS,\
         27 DESTINATIONINDICATOR,28 PREFERREDDELIVERYMETHOD,29 PRESENTATIONADDRESS,\
         30 SUPPORTEDAPPLICATIONCONTEXT,31 MEMBER,32 OWNER,33 ROLEOCCUPANT,34 SEEALSO,\
         35 USERPASSWORD,36 USERCERTIFICATE,37 CACERTIFICATE,38 AUTHORITYREVOCATIONLIST,\
         39 CERTIFICATEREVOCATIONLIST,40 CROSSCERTIFICATEPAIR,41 NAME,42 GN,43 INITIALS,\
         44 GENERATIONQUALIFIER,45 X500UNIQUEIDENTIFIER,46 DNQUALIFIER,47 ENHANCEDSEARCHGUIDE,\
         48 PROTOCOLINFORMATION,49 DISTINGUISHEDNAME,50 UNIQUEMEMBER,51 HOUSEIDENTIFIER,\
         52 SUPPORTEDALGORITHMS,53 DELTAREVOCATIONLIST,54 DMDNAME,65 PSEUDONYM,72 ID-AT-ROLE",
    ),
    (
        "0.9.2342.19200300.100.1.",
        "1 UID,2 TEXTENCODEDORADDRESS,3 MAIL,4 INFO,5 DRINK,6 ROOMNUMBER,7 PHOTO,8 USERCLASS,\
         9 HOST,10 MANAGER,11 DOCUMENTIDENTIFIER,12 DOCUMENTTITLE,13 DOCUMENTVERSION,\
         14 DOCUMENTAUTHOR,15 DOCUMENTLOCATION,20 HOMEPHONE,21 SECRETARY,22 OTHERMAILBOX,\
         23 LASTMODIFIEDTIME,24 LASTMODIFIEDBY,25 DC,26 ARECORD,27 MDRECORD,28 MXRECORD,\
         29 NSRECORD,30 SOARECORD,31 CNAMERECORD,37 ASSOCIATEDDOMAIN,38 ASSOCIATEDNAME,\
         39 HOMEPOSTALADDRESS,40 PERSONALTITLE,41 MOBILE,42 PAGER,43 CO,44 UNIQUEIDENTIFIER,\
         45 ORGANIZATIONALSTATUS,46 JANETMAILBOX,47 MAILPREFERENCEOPTION,48 BUILDINGNAME,\
         49 DSAQUALITY,50 SINGLELEVELQUALITY,51 SUBTREEMINIMUMQUALITY,52 SUBTREEMAXIMUMQUALITY,\
         53 PERSONALSIGNATURE,54 DITREDIRECT,55 AUDIO,56 DOCUMENTPUBLISHER,60 JPEGPHOTO",
    ),
    (
        "1.2.840.113549.1.9.",
        "0 PKCS-9-MO,1 EMAIL,2 PKCS-9-AT-UNSTRUCTUREDNAME,3 ID-CONTENTTYPE,4 ID-MESSAGEDIGEST,\
         5 ID-SIGNINGTIME,6 ID-COUNTERSIGNATURE,7 PKCS-9-AT-CHALLENGEPASSWORD,\
         8 PKCS-9-AT-UNSTRUCTUREDADDRESS,9 PKCS-9-AT-EXTENDEDCERTIFICATEATTRIBUTES,\
         10 PKCS-9-AT-ISSUERANDSERIALNUMBER,11 PKCS-9-AT-PASSWORDCHECK,12 PKCS-9-AT-PUBLICKEY,\
         13 PKCS-9-AT-SIGNINGDESCRIPTION,14 ID-EXTENSIONREQ,15 SMIMECAPABILITIES,16 SMIME,\
         20 PKCS-9-AT-FRIENDLYNAME,21 PKCS-9-AT-LOCALKEYID,22 CERTTYPES,23 CRLTYPES,24 PKCS-9-OC,\
         25 PKCS-9-AT,26 PKCS-9-SX,27 PKCS-9-MR",
    ),
    (
        "1.3.6.1.5.5.7.9.",
        "1 PKCS-9-AT-DATEOFBIRTH,2 PKCS-9-AT-PLACEOFBIRTH,3 PKCS-9-AT-GENDER,\
         4 PKCS-9-AT-COUNTRYOFCITIZENSHIP,5 PKCS-9-AT-COUNTRYOFRESIDENCE",
    ),
];

/// `name` as RFC 4514 writes it, its parts from the last to the first.
pub(super) fn written(name: &Name) -> String {
    let mut text = String::new();
    for (index, part) in name.as_ref().iter().collect::<Vec<_>>().into_iter().rev().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        for (index, attribute) in part.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "+" });
            write_attribute(attribute, &mut text);
        }
    }
    text
}

/// Writes one attribute: its name and text, or its numbers and octets where one of the two is not known.
fn write_attribute(attribute: &AttributeTypeAndValue, text: &mut String) {
    let identifier = attribute.oid.to_string();
    if let (Some(name), Some(value)) = (attribute_name(&identifier), value_text(attribute)) {
        text.push_str(name);
        text.push('=');
        write_value(value, text);
    } else {
        text.push_str(&identifier);
        text.push_str("=#");
        for octet in attribute.value.to_der().unwrap_or_default() {
            let _ = write!(text, "{octet:02x}"); // writing to a String never fails
        }
    }
}

/// The short name of an attribute, in capitals.
fn attribute_name(identifier: &str) -> Option<&'static str> {
    let (rest, names) = NAMES.iter().find_map(|(arc, names)| Some((identifier.strip_prefix(arc)?, names)))?;
    names
        .split(',')
        .find_map(|entry| entry.split_once(' ').filter(|(number, _)| *number == rest))
        .map(|(_, n)| n)
}

/// The text of a value, where it is one of the kinds that have octets of text.
fn value_text(attribute: &AttributeTypeAndValue) -> Option<&str> {
    let value = &attribute.value;
    match value.tag() {
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::Ia5String => Ia5StringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::TeletexString => TeletexStringRef::try_from(value).ok().map(|text| text.as_str()),
        _ => None,
    }
}

/// Writes a value with the escapes of RFC 4514, clause 2.4; control characters too, so that none is hidden.
fn write_value(value: &str, text: &mut String) {
    let mut rest = value.char_indices().peekable();
    while let Some((index, c)) = rest.next() {
        match c {
            '#' if index == 0 => text.push_str("\\#"),
            ' ' if index == 0 || rest.peek().is_none() => text.push_str("\\ "),
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', c]),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(text, "\\{:02x}", u32::from(c)); // writing to a String never fails
            }
            _ => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use x509_cert::der::{Decode, asn1::ObjectIdentifier};

    /// One SEQUENCE, SET or value in DER.
    fn der(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
        let content = parts.concat();
        let length = u8::try_from(content.len()).unwrap();
        let length = if length < 0x80 { vec![length] } else { vec![0x81, length] };
        [vec![tag], length, content].concat()
    }

    fn attribute(identifier: &ObjectIdentifier, tag: u8, octets: &[u8]) -> Vec<u8> {
        der(0x30, &[identifier.to_der().unwrap(), der(tag, &[octets.to_vec()])])
    }

    /// A name with a part for each list of attributes.
    fn name(parts: &[Vec<Vec<u8>>]) -> Name {
        let sets: Vec<_> = parts
            .iter()
            .map(|attributes| {
                let mut sorted = attributes.clone();
                sorted.sort();
                der(0x31, &sorted)
            })
            .collect();
        Name::from_der(&der(0x30, &sets)).unwrap()
    }

    /// Every identifier that may name an attribute: the arcs with all numbers, and one further.
    fn identifiers() -> impl Iterator<Item = String> {
        NAMES.iter().flat_map(|(arc, _)| {
            (0..200).flat_map(move |number| [format!("{arc}{number}"), format!("{arc}{number}.1")])
        })
    }

    /// PKCS #9's arcs of S/MIME and of modules lie below numbers of attributes; they name none.
    fn names_attribute(identifier: &str) -> bool {
        identifier.starts_with("2.5.4.") || !identifier.ends_with(".1") || {
            NAMES.iter().any(|(arc, _)| identifier.strip_prefix(arc).is_some_and(|rest| !rest.contains('.')))
        }
    }

    #[test]
    fn every_attribute_has_the_name_that_the_library_gives_it() {
        let mut named = 0;
        for identifier in identifiers().filter(|identifier| names_attribute(identifier)) {
            let name = name(&[vec![attribute(&identifier.parse().unwrap(), 0x0c, b"x")]]);
            assert_eq!(written(&name), name.to_string(), "{identifier}");
            named += usize::from(!written(&name).contains('#'));
        }
        let listed: usize = NAMES.iter().map(|(_, names)| names.split(',').count()).sum();
        assert_eq!(named, listed);
    }

    #[test]
    fn what_names_no_attribute_stands_as_its_numbers() {
        // SHA-256 is no attribute, and an organisation's own is in no register.
        for identifier in ["2.16.840.1.101.3.4.2.1", "1.3.6.1.4.1.32473.1"] {
            let name = name(&[vec![attribute(&identifier.parse().unwrap(), 0x0c, b"x")]]);
            assert_eq!(written(&name), format!("{identifier}=#0c0178"));
        }
    }

    proptest! {
        #[test]
        fn a_name_is_written_as_the_library_writes_it(
            parts in prop::collection::vec(
                prop::collection::vec(
                    (
                        prop::sample::select(vec!["2.5.4.3", "2.5.4.10", "1.2.840.113549.1.9.1", "1.3.6.1.4.1.32473.1"]),
                        prop::sample::select(vec![0x0c_u8, 0x13, 0x14, 0x16, 0x1e, 0x04]),
                        prop::collection::vec(
                            prop_oneof![
                                prop::sample::select(b" #\"+,;<>\\=\x00\x1f\x7faZ0".to_vec()),
                                any::<u8>(),
                            ],
                            0..6,
                        ),
                    ),
                    1..3,
                ),
                0..4,
            )
        ) {
            let encoded: Vec<Vec<Vec<u8>>> = parts
                .iter()
                .map(|part| {
                    part.iter().map(|(id, tag, octets)| attribute(&id.parse().unwrap(), *tag, octets)).collect()
                })
                .collect();
            let name = name(&encoded);
            prop_assert_eq!(written(&name), name.to_string());
        }
    }
}
