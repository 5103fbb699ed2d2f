//! Remarks on figures whose aim is not met: where the time goes, and what was tried. Written below the table
//! by `cargo xtask bench`, for the rows whose aim is not met in its run.
//!
//! Times in a remark are of the machine of `RESULTS.md`; they were taken by hand, one by one.

/// A remark, and the rows that it is on: their figure begins with the first text, and its work and its place
/// hold the others.
struct Remark {
    what: &'static str,
    work: &'static str,
    place: &'static str,
    text: &'static str,
}

/// The first that fits is taken.
const REMARKS: &[Remark] = &[
    Remark {
        what: "Document::parse and signature",
        work: "1 Response of 3627",
        place: "native",
        text: "reading it takes 13 of the 93 µs (a row among the others), and nearly all of the \
               rest is RSA's public operation: 17 products of 2,048 bits, already by squaring \
               instead of the window for secret exponents, in the portable arithmetic of crypto- \
               bigint, where xmlsec1 has OpenSSL's assembly",
    },
    Remark {
        what: "Document::parse and signature",
        work: "",
        place: "native",
        text: "reading takes a third of it (a row among the others); the rest writes the canonical \
               octets of what is signed and digests them, in one pass without a copy of the tree",
    },
    Remark {
        what: "Wasm that the panel loads at its start",
        work: "",
        place: "",
        text: "the sign-ins, the list of them and the files, with the ground that all views stand on; the core is \
               a file of its own, which the static page loads and the extension's panel does not, and the group, \
               the guided checks, the GitLab instances and the welcome page are a second part (330 kB), which is \
               loaded when one of them is opened. In one file the panel was 1,334 kB, 510 packed; as two it is \
               1.5 % more. Before wasm-opt the whole is 1,606 kB: its own signals and lists 251, the group 179, \
               a sign-in 150, its other pages 111, the core's views 106, words and characters 111, the rest \
               libraries and what reads and writes the calls. Parts that change by signals were compiled anew \
               for each closure, 121 kB, and are once now for each type; reading a structure from a list, which \
               nobody writes, was 57 kB; texts of the command line alone were 10 kB",
    },
    Remark {
        what: "the whole extension",
        work: "",
        place: "",
        text: "the core's Wasm is six tenths of it, the panel's a quarter, the texts of four languages a \
               seventh (305 kB packed, 64 of them the keys). Packed by zopfli, which takes \
               four hundredths less than zlib; nothing is in it twice but what each Wasm needs of the \
               standard library. The core is linked as one and split by the linker's relocations: the part \
               that the worker loads at its start has what is reached without passing the door to the \
               other, and a table of methods that only the other names is in the other. In one file the \
               core was 2,832 kB, 1,259 packed; as two it is 1 % more, 0.6 packed: each function that both \
               call is called by the table of functions, and wasm-opt may not change it. The first part was \
               1,040 kB, 480 packed, while joining verified signatures to tell which of several assertions \
               has an e-mail address (340 kB of keys, digests, curves, certificates and canonical form); \
               699 and 339 while it had the core's texts, which are packed already. Before, two splits \
               without relocations had been measured: two modules that share no memory make the zip larger \
               by two thirds, and what is called by a table cannot be told apart by wasm-opt. Checks, \
               comparisons and texts that came since weigh more than what was taken out: sorts of each type \
               of entry (86 kB), the panel's and the command line's texts, the reading of structures from \
               lists. A second run of wasm-opt takes 2 kB off, LLVM's outliner 0.7 %. \
               Inlining more of the core, for six tenths of the time of reading, takes 33 kB",
    },
    Remark {
        what: "GitLab's whole verdict",
        work: "1 Response of 94129",
        place: "native",
        text: "nothing in it takes more than a few hundredths (samples over 2,400 verdicts, with the file's \
               reading before them, which is not in the figure): \
               base64 takes 6, SHA-256 5, memory that is taken and given back 10, the size of the event in \
               the store, which is written as JSON for it, 5, and the rest is reading the XML and its 1,145 \
               attribute values, the schema (7), the signature (12, with its canonical octets 6) and the \
               other checks. Half of the verdict is reading and verifying (a row of its own), where the \
               digest and RSA are at what the processor can do. Left is to read each value once: the tree, \
               the message and ruby-saml's reading of attributes each make their own texts of them",
    },
    Remark {
        what: "GitLab's whole verdict in Wasm",
        work: "",
        place: "",
        text: "the release is made small (opt-level z, inlining with a threshold of 40 in place of 5), and \
               RSA's public operation has no product of two times 64 bits in Wasm",
    },
    Remark {
        what: "decode, verify, verdict and pretty print",
        work: "",
        place: "",
        text: "the release is made small (opt-level z), which goes before the speed of large messages. \
               Inlining with a threshold of 40 in place of 5 and level 3 for the libraries that unpack took 0.65 of \
               the time of reading and printing and made the core larger by 4 %; a threshold of 60 would take \
               0.95 of that and 3 % more, level s for all of the core as much time and 16 % more, level 3 60 %",
    },
    Remark {
        what: "panel: first contentful paint",
        work: "",
        place: "",
        text: "one style sheet, the first screen in the HTML, Wasm and module preloaded; what is \
               left was not taken apart",
    },
    Remark {
        what: "reading and looking at a bomb",
        work: "",
        place: "",
        text: "all that is read of it, a megabyte or two, is elements, attributes or signatures \
               without any text: an honest message of as many octets has a tenth of them. It is read \
               once; to stop earlier would take a limit on their number below what GitLab takes",
    },
    Remark {
        what: "parse and verify in Wasm",
        work: "1 Response of 3627",
        place: "Chromium",
        text: "RSA's public operation in Wasm, which has no product of two times 64 bits; Firefox \
               makes of the same file what takes about half of the time",
    },
    Remark {
        what: "parse and verify in Wasm",
        work: "",
        place: "",
        text: "the release is made small (opt-level z, inlining with a threshold of 40 in place of 5), which \
               goes before the speed of large messages; level 3 makes the core larger by 60 %",
    },
    Remark {
        what: "decode, parse and pretty print",
        work: "by redirect",
        place: "",
        text: "the peer's pako inflates about as quickly as the page's Wasm reads and prints. \
               Inflating went through a window and a step of 64 KB that were cleared for each \
               message; it writes to where the octets stay now, and what that gains at each size is \
               in this table alone",
    },
    Remark {
        what: "decode, parse and pretty print",
        work: "",
        place: "",
        text: "the release is made small (opt-level z, inlining with a threshold of 40 in place of 5); in \
               Firefox the peers' JavaScript is twice as quick as in Chromium, and the Wasm as quick",
    },
    Remark {
        what: "start of the worker",
        work: "",
        place: "",
        text: "compiling the core takes more than half of it (a row among the others). Besides, \
               2,000 ids are compared with what was counted and 11 events are read: 16 to 20 and 27 \
               to 36 ms when the code runs for the first time, 3 and 1 ms at the third (Node, on a \
               machine with other work)",
    },
    Remark {
        what: "the first badge after it",
        work: "",
        place: "",
        text: "no sign-in is looked at any more; what is left is code that runs for the first time",
    },
    Remark {
        what: "samlight scim --group",
        work: "",
        place: "native",
        text: "of 0.46 s for 1 GiB, 0.18 go to the system, which copies the file from its cache into blocks \
               (ripgrep maps it into its memory, which takes unsafe code), 0.12 to the search for 18 words in \
               one pass, 0.03 to the ends of lines, and the rest to reading and telling what was found. \
               Blocks of 256 KiB in place of 2 MiB took 0.12 more, for handing them from thread to thread. \
               A pass of memchr for each word took 0.36 in place of the 0.12, the automaton of aho-corasick in place of its packed search 1.8. The \
               group's path alone cannot be searched for: requests of other groups and lines that name none \
               are counted, too",
    },
    Remark {
        what: "one group's requests in a log from the disk",
        work: "",
        place: "",
        text: "the core takes 2.1 s for 1 GiB (Node, on a machine with other work), six tenths of it for the \
               search: a pass for each of 18 words, 128 bits at once. The one pass of the command line is \
               written for the instructions of processors, and no library has it for Wasm; an automaton \
               takes longer than the passes. The rest of the time is the browser's, which hands the file \
               from process to process: pieces of 4 MiB took 3.9 and 4.2 s where pieces of 1 MiB took 5.5",
    },
    Remark {
        what: "GitLab's whole verdict",
        work: "1 Response of 3627",
        place: "native",
        text: "81 of its 143 µs are reading and verifying (a row of its own), nearly all of that RSA's public \
               operation; the other checks, the schema and the size of the event in the store share the rest",
    },
    Remark {
        what: "an unrelated request in the worker",
        work: "5000000",
        place: "Firefox",
        text: "the search is the browser's own, in slices that are made text; Firefox takes as long \
               to make text of octets as JavaScript takes to look at them two by two (both 4 ms, on \
               a machine with other work)",
    },
    Remark {
        what: "an unrelated request in the worker",
        work: "",
        place: "",
        text: "the search is the browser's own, in slices that are made text: of 5 MB 0.8 ms for \
               the text and 0.1 to 0.3 for the search, where looking at octets two by two took 3.7 \
               (Chromium, on a machine with other work). Slices of 4 KB to 256 KB take the same, \
               Latin-1 a tenth less, one expression three times that, searching octets for one \
               letter twice that",
    },
];

/// The remark on a row, if there is one.
pub(crate) fn remark(what: &str, work: &str, place: &str) -> Option<&'static str> {
    let is_on =
        |it: &&Remark| what.starts_with(it.what) && work.contains(it.work) && place.contains(it.place);
    REMARKS.iter().find(is_on).map(|it| it.text)
}
