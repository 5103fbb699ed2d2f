//! Every limit of size and depth, in one place, with its reason.
//!
//! The limits count what they name (bytes, nodes), never time. They are checked before memory is taken. What
//! lies beyond a limit is cut and said so with a flaw; it is never an error that loses the rest.

/// Limits for reading one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one parameter's value or one file that are looked at. GitLab itself refuses messages of more
    /// than 250,000 bytes (`saml_message_max_byte_size`); a tracer shows larger ones all the same.
    pub parameter_bytes: usize,
    /// Bytes that inflating may produce; a deflate stream of 1 kB can ask for a thousand times as much. It is
    /// four times what GitLab takes; a person can ask for more ([`Limits::whole`]).
    pub inflated_bytes: usize,
    /// Nodes (elements, attributes, texts, comments, …) of one XML document. The 250,000 bytes that GitLab
    /// takes cannot hold more: `<a/>x` is two in five. A person can ask for more ([`Limits::whole`]).
    pub xml_nodes: usize,
    /// Attributes of one element, namespace declarations among them. No two have one name, so the 250,000
    /// bytes that GitLab takes cannot hold more.
    pub xml_attributes: usize,
    /// The depth to which elements may be nested. Real messages stay below 20.
    pub xml_depth: usize,
    /// Steps (nodes, attributes, bytes written) for all canonical forms of one message together, however
    /// large it is; a smaller one gets fewer ([`Budget`](crate::xml::c14n::Budget)).
    pub canonical_steps: usize,
    /// Signatures of one message that are verified. Real messages have two.
    pub signatures: usize,
    /// References of one signature that are verified. SAML has one (SAML Core 5.4.2).
    pub references: usize,
    /// Keys that one signature is tried with.
    pub keys: usize,
    /// Encrypted parts of one message that are opened. Real messages have one, and one for each encrypted
    /// attribute.
    pub encrypted_parts: usize,
    /// RSA operations with a private key for one message.
    pub unwraps: usize,
    /// Bytes of a file with a private key that are looked at; one of 8192 bits has 6,500 in PEM form, and
    /// certificates may be beside it.
    pub key_file_bytes: usize,
    /// Flaws that are kept for one message; a message of nothing but flaws stays readable.
    pub flaws: usize,
}

impl Limits {
    /// The limits where a person asks for the whole of a message.
    pub const fn whole(self) -> Self {
        Limits { inflated_bytes: 8 * self.inflated_bytes, xml_nodes: 2 * self.xml_nodes, ..self }
    }
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    parameter_bytes: 16 * 1024 * 1024,
    inflated_bytes: 1024 * 1024,
    xml_nodes: 100_000,
    xml_attributes: 40_000,
    xml_depth: 256,
    canonical_steps: 96 * 1024 * 1024,
    signatures: 4,
    references: 4,
    keys: 8,
    encrypted_parts: 32,
    unwraps: 64,
    key_file_bytes: 64 * 1024,
    flaws: 100,
};

/// Bytes that are counted for one node of an XML document; an element takes 60 of them, an attribute or a
/// text 24 (counted in the tests of `trace/seen.rs`).
pub const NODE_BYTES: usize = 88;
/// Bytes that a message may unfold to for each octet that was received. XML that is nothing but `<a/>` has a
/// node for every four; what real software deflates grows tenfold.
pub const OWN_SHARE: usize = 32;
/// Bytes that it may unfold to besides, however little was received.
pub const OWN_BYTES: usize = 128 * 1024;
/// Bytes that all messages of a trace share for what goes beyond that; with [`READ_BYTES`] it is 64 MiB.
pub const TRACE_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of messages that stay read between two looks at a trace: what half a full store of usual messages
/// unfolds to. More would be felt on small machines, less when somebody searches.
pub const READ_BYTES: usize = 32 * 1024 * 1024;

/// Flows that an exchange is compared with where several could be meant, newest first. Browsers give two or
/// three; a hostile file could give the same id to each of a million messages.
pub const CANDIDATES: usize = 16;

/// Messages of one request that are read. A request carries one; a hostile one could carry a million empty
/// ones.
pub const MESSAGES_PER_REQUEST: usize = 20;

/// Bytes of one line of a `.trace.jsonl` file.
pub const TRACE_LINE_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of one record of a log. A line of GitLab's has some kB; read, one can take twenty times as much
/// memory. What is longer is gone into, as a list of records.
pub const RECORD_BYTES: usize = 1024 * 1024;

/// Bytes of a file that is read whole, for it may be anything. A longer one is read as it comes, where it is
/// a log.
pub const SHORT_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of one file that are looked at. A HAR with the bodies of all responses has some hundred MB.
pub const FILE_BYTES: usize = 512 * 1024 * 1024;

/// Bytes that all files of an archive unfold to. A HAR packs tenfold, and 64 MB of it hold any sign-in; a
/// bomb stops here.
pub const UNPACKED_BYTES: usize = 64 * 1024 * 1024;
/// Files of an archive that are looked at. Fiddler keeps three for each request.
pub const UNPACKED_FILES: usize = 3_000;

/// Bytes that the browser's store may hold. `storage.session` has a quota of about 10 MB (Chromium 112 and
/// newer); the rest is room for the event that is being written.
pub const STORE_BYTES: usize = 8 * 1024 * 1024;

/// Bytes that are left in the store once older sign-ins went because it was full: some room, or each new
/// event would mean a new start of the trace.
pub const STORE_BYTES_LEFT: usize = STORE_BYTES / 4 * 3;

/// Characters of all fields of one request that are kept. Several such requests fit into the store.
pub const FIELD_CHARS: usize = 5 * 1024 * 1024;
/// Values of one field of one request that are kept, also where each is empty. An honest request has one; a
/// hostile one of 6 MiB could have 400,000, each of which would be an entry of its own in the store. More are
/// kept than messages are read, so that their number stays a flaw.
pub const VALUES_OF_FIELD: usize = 5 * MESSAGES_PER_REQUEST;
/// Bytes of one raw body that are looked through for fields, while the request waits for nothing.
pub const RAW_BODY_BYTES: usize = 6 * 1024 * 1024;

/// Rows and characters that one page reading may bring.
pub const PAGE_ROWS: usize = 1_000;
/// Characters of one value that a page reading may bring.
pub const PAGE_VALUE_CHARS: usize = 4_096;
/// Characters of a message that a page shows. GitLab itself takes no longer one
/// (`saml_message_max_byte_size`).
pub const PAGE_MESSAGE_CHARS: usize = 250_000;
/// Bytes of one API answer that is looked at.
pub const API_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of one answer of a whole-group check. GitLab gives all SAML identities of a group in one answer: 100
/// bytes each.
pub const GROUP_ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// Bytes that a whole-group check keeps in memory. It is never stored; 100,000 members take about half of it.
pub const GROUP_BYTES: usize = 64 * 1024 * 1024;
/// Pages of 100 members that are read.
pub const GROUP_PAGES: u32 = 2_000;
/// Pages of 100 audit events that are read: the newest tell enough.
pub const AUDIT_PAGES: u32 = 5;
/// Changes of identities that are kept of audit events, as many as those pages can hold: each member is
/// looked for among them.
pub const AUDIT_CHANGES: usize = 500;
/// Columns of a list of people that are looked at; Entra ID's has 25, and Keycloak's attributes are few.
pub const DIRECTORY_COLUMNS: usize = 100;
/// Files of an identity provider's settings that are taken in beside a group; one app has three or four.
pub const SETTINGS_FILES: usize = 20;
/// Bytes of one expression in the settings of an identity provider. Those of its screens hold some hundred.
pub const EXPRESSION_BYTES: usize = 8 * 1024;
/// Parts of one expression; the longest in public documentation has 30.
pub const EXPRESSION_PARTS: usize = 256;
/// The depth to which an expression may be nested; real ones stay below 6.
pub const EXPRESSION_DEPTH: usize = 16;
/// Bytes of a value that an expression makes. Identifiers have some dozens; an expression that doubles its
/// value at each step stops here.
pub const EXPRESSION_VALUE_BYTES: usize = 4096;
/// Apps in one file of settings; a realm of Keycloak has some hundred clients.
pub const APPS: usize = 1_000;
/// Bytes of a list of people that are kept in memory, never stored. 100,000 rows of Entra ID's 25 columns
/// take about half of it.
pub const DIRECTORY_BYTES: usize = 64 * 1024 * 1024;
