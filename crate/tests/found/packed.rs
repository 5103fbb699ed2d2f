//! Files in other files: gzip and zip, within the limits; and the kinds that are not read.

use super::{
    NOW, samples, seen, told,
    wrappings::{Sample, WRAPPINGS},
};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use samlight::file::{self, Beside, import};
use std::io::Write;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A zip of these files, each stored or deflated (PKWARE's APPNOTE, 4.3).
fn zip(files: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    zip_of(files, deflated, false)
}

/// The same; as zip64 all sizes and places stand where zip64 has them (4.3.14, 4.3.15, 4.5.3).
fn zip_of(files: &[(&str, &[u8])], deflated: bool, wide: bool) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    let long = |length: usize| u64::try_from(length).unwrap().to_le_bytes();
    let short = |length: usize| {
        if wide { [0xFF; 4] } else { u32::try_from(length).unwrap().to_le_bytes() }
    };
    let two = |length: usize| u16::try_from(length).unwrap().to_le_bytes();
    for (name, content) in files {
        let packed = if deflated { deflate(content) } else { content.to_vec() };
        let method = if deflated { [8, 0] } else { [0, 0] };
        let sizes = [[0; 4], short(packed.len()), short(content.len())].concat();
        let start = zip.len();
        // Another field before that of zip64.
        let extra = |fields: &[[u8; 8]]| {
            let own = [&[1, 0], &two(fields.len() * 8)[..], &fields.concat()].concat();
            if wide { [&[0x55, 0x54, 1, 0, 0][..], &own].concat() } else { Vec::new() }
        };
        let local = extra(&[long(content.len()), long(packed.len())]);
        let named = [&two(name.len())[..], &two(local.len())].concat();
        let header = [&b"PK\x03\x04\x14\0\0\0"[..], &method, &[0; 4], &sizes, &named].concat();
        zip.extend([&header[..], name.as_bytes(), &local, &packed].concat());
        let central = extra(&[long(content.len()), long(packed.len()), long(start)]);
        let named = [&two(name.len())[..], &two(central.len()), &[0; 10]].concat();
        let header = [&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &method, &[0; 4], &sizes, &named].concat();
        directory.extend([&header[..], &short(start), name.as_bytes(), &central].concat());
    }
    let (start, length) = (zip.len(), directory.len());
    zip.extend(directory);
    if wide {
        let end = zip.len();
        let counts = [long(files.len()), long(files.len()), long(length), long(start)].concat();
        zip.extend([&b"PK\x06\x06"[..], &long(44), &[45, 0, 45, 0], &[0; 8], &counts].concat());
        zip.extend([&b"PK\x06\x07\0\0\0\0"[..], &long(end), &[1, 0, 0, 0]].concat());
    }
    let count = if wide { [0xFF; 2] } else { two(files.len()) };
    zip.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &short(length), &short(start), &[0; 2]].concat());
    zip
}

#[test]
fn what_is_packed_is_opened() {
    for kind in samples() {
        for (name, wrap) in WRAPPINGS.iter().step_by(3) {
            let Some(wrapped) = wrap(&kind[0]) else { continue };
            let due: Vec<_> = told(wrapped.as_bytes()).iter().map(|told| seen(&told.carried)).collect();
            let content = wrapped.as_bytes();
            let files: [(&str, &[u8]); 3] =
                [("readme.txt", b"nothing"), ("raw/1_c.txt", content), ("picture.png", b"\x89PNG\r\n\x1A\n")];
            let packed = [
                gzip(content),
                zip(&files, true),
                zip(&files, false),
                zip_of(&files, true, true),
                zip_of(&files, false, true),
                [gzip(&content[..content.len() / 3]), gzip(&[]), gzip(&content[content.len() / 3..])]
                    .concat(),
                gzip(&zip(&files, true)),
                zip(&[("a.txt.gz", &gzip(content))], true),
            ];
            for (at, packed) in packed.iter().enumerate() {
                let found: Vec<_> = told(packed).iter().map(|told| seen(&told.carried)).collect();
                assert_eq!(found, due, "{name}, {at}");
            }
            let place = told(&packed[1]).remove(0).found.unwrap();
            assert_eq!(place.file.as_deref(), Some("raw/1_c.txt"));
        }
    }
}

/// `body` in chunks of `size` octets (RFC 9112, 7.1).
fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let one = |chunk: &[u8]| [format!("{:x};a=b\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
    [body.chunks(size).flat_map(one).collect(), b"0\r\n\r\n".to_vec()].concat()
}

/// Fiddler keeps an answer as it came; so does a tool that prints it.
#[test]
fn an_answer_that_is_compressed_says_what_it_says_uncompressed() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
    let messages = |content: &[u8]| told(content).iter().map(|told| seen(&told.carried)).collect::<Vec<_>>();
    let mut count = 0;
    for kind in samples() {
        for (name, wrap) in WRAPPINGS.iter().step_by(5) {
            let Some(wrapped) = wrap(&kind[0]) else { continue };
            let text = wrapped.as_bytes();
            let answer =
                |fields: &str, body: &[u8]| [format!("{HEAD}{fields}\r\n").as_bytes(), body].concat();
            let plain = answer("", text);
            let due = messages(&plain);
            let answers = [
                answer("Content-Encoding: gzip\r\n", &gzip(text)),
                answer("content-encoding: X-GZIP\r\n", &gzip(text)),
                answer("Content-Encoding: deflate\r\n", &zlib(text)),
                answer("Content-Encoding: deflate\r\n", &deflate(text)),
                answer(CHUNKED, &chunked(text, 7)),
                answer(&format!("{CHUNKED}Content-Encoding: gzip\r\n"), &chunked(&gzip(text), 500)),
                answer(&format!("Content-Encoding: gzip\r\n{CHUNKED}"), &gzip(text)),
                // The body was unfolded, and the head is as it was.
                answer("Content-Encoding: gzip\r\n", text),
                answer("Content-Encoding: deflate\r\n", text),
                answer(&format!("Content-Encoding: gzip\r\n{CHUNKED}"), text),
            ];
            let kept: Vec<_> = messages(&zip(&[("raw/1_s.txt", &plain)], true));
            for (at, answer) in answers.iter().enumerate() {
                assert_eq!(messages(answer), due, "{name}, {at}");
                let archive =
                    zip(&[("raw/1_c.txt", b"GET / HTTP/1.1\r\n\r\n"), ("raw/1_s.txt", answer)], true);
                assert_eq!(messages(&archive), kept, "{name}, {at}, in an archive");
                count += 1;
            }
        }
    }
    assert!(count >= 180, "{count}");
}

#[test]
fn a_log_that_is_packed_is_read_as_it_is() {
    let log =
        "{\"method\":\"POST\",\"path\":\"/api/scim/v2/groups/acme/Users\",\"status\":409,\"params\":[]}\n";
    let plain = file::read("a", log.repeat(2).as_bytes(), NOW, Beside::Files).statements;
    assert!(plain.len() > 2, "{plain:?}");
    let members = [gzip(log.as_bytes()), gzip(log.as_bytes())].concat();
    for packed in
        [gzip(log.repeat(2).as_bytes()), members, zip(&[("api_json.log", log.repeat(2).as_bytes())], true)]
    {
        assert_eq!(file::read("a", &packed, NOW, Beside::Files).statements, plain);
    }
    for empty in [&b""[..], b"\xEF\xBB\xBF", b" \n", &gzip(b""), &gzip(b"\n")] {
        let flaws = import::file("a", empty, NOW).flaws;
        assert_eq!(flaws.iter().map(|flaw| flaw.code).collect::<Vec<_>>(), ["empty"], "{empty:?}");
    }
}

#[test]
fn a_bomb_costs_no_more_than_the_limit() {
    let zeros = vec![b' '; 80_000_000];
    let codes = |content: &[u8]| {
        let imported = import::file("bomb", content, NOW);
        imported.flaws.iter().map(|flaw| flaw.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&gzip(&zeros)), ["unpack-limit"]);
    assert_eq!(codes(&zip(&[("a", &zeros), ("b", &zeros)], true)), ["unpack-limit", "no-saml"]);
    let answer = [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", &gzip(&zeros)[..]].concat();
    assert_eq!(codes(&zip(&[("a", &answer), ("b", &answer)], true)), ["unpack-limit", "no-saml"]);
    // Many members are no more than many files.
    assert_eq!(codes(&gzip(b"x").repeat(200_000)), ["unpack-damaged"]);
}

#[test]
fn what_is_damaged_locked_or_of_another_kind_is_named() {
    let [[Sample::Post(value, _), ..], ..] = samples() else { panic!("the samples changed") };
    let whole = zip(&[("a.txt", value.as_bytes())], true);
    let mut locked = whole.clone();
    let at = whole.windows(4).position(|octets| octets == b"PK\x01\x02").unwrap();
    locked[at + 8] = 1;
    let mut other = whole.clone();
    other[at + 10] = 12;
    let document = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<x/>")], true);
    for (content, code, word) in [
        (&whole[..whole.len() / 2], "unpack-damaged", "damaged"),
        (&locked, "unpack-encrypted", "encrypted"),
        (&other, "unpack-damaged", "Unpack"),
        (&document, "not-read", "office"),
        (&gzip(&[&[0; 257][..], b"ustar", &[0; 250]].concat()), "not-read", "Unpack"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x0B\x02", "answer-coding", "“br”"),
        (b"\xD4\xC3\xB2\xA1\x02\0\x04\0", "not-read", "HAR"),
        (b"\x0A\x0D\x0D\x0A\x1C\0\0\0", "not-read", "HAR"),
        (b"%PDF-1.7\n", "not-read", "PDF"),
        (b"\x89PNG\r\n\x1A\n\0\0", "not-read", "picture"),
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "not-read", "picture"),
        (b"ElfFile\0\0\0", "not-read", "XML"),
        (b"7z\xBC\xAF\x27\x1C\0\x04", "not-read", "Unpack"),
        (b"Rar!\x1A\x07\x01\0", "not-read", "Unpack"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "not-read", "--cert"),
    ] {
        let imported = import::file("a", content, NOW);
        assert!(imported.events.is_empty(), "{code}: {content:?}");
        let flaw = &imported.flaws[0];
        assert!(flaw.code == code && flaw.text.to_string().contains(word), "{code}: {flaw:?}");
    }
}
