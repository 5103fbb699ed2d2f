/**
 * The listed fields in a body that the browser gives as bytes: a form as text/plain (HTML, 4.10.21.8), JSON
 * (RFC 8259), a form that the browser fails to read (`multipart/form-data`, RFC 7578;
 * `application/x-www-form-urlencoded`), an envelope (SOAP 1.1, clause 4).
 *
 * Any page can post megabytes of anything, and the request waits for nothing. So no octet is looked at more
 * than a few times: the octets for the listed marks, and only where one of them occurs the text, from its
 * beginning to its end. There are no regular expressions: they go back and look again. Leaves out all
 * meaning, files of a form, other charsets than UTF-8.
 */

/** @typedef {{root: string, header: string, kept: readonly string[], body: string, messages: readonly string[], mark: string}} EnvelopeNames */
/** @typedef {{fields: readonly string[], envelope: EnvelopeNames}} Listed */
/** @typedef {(name: string, value: string) => void} Take */
/** @typedef {(text: string, listed: Listed, take: Take) => boolean} Reader reads nothing when the look is another */

/** @param {string} character */
const code = (character) => character.charCodeAt(0);
const [SPACE, QUOTE, EQUALS, LESS, GREATER] = [code(" "), code("\""), code("="), code("<"), code(">")];
const [SLASH, AMPERSAND, COLON, BACKSLASH] = [code("/"), code("&"), code(":"), code("\\")];
const [BRACE, BRACKET, BOM] = [code("{"), code("["), code("\uFEFF")];
const LINE_END = "\r\n";

/** Octets that are made text at once: what lies near the processor is read quickest. */
const SLICE = 16_384;
/** Octets of a part of a word. */
const PART = 4;
const decoder = new TextDecoder();

/**
 * Finds out whether any of some words stands in octets. Most bodies are ASCII and hold no part of any of
 * them, which the browser's own search finds out quickest: slice by slice it makes text and looks for the few
 * parts that the words have in common. Only where one is there, or where it is not ASCII, whose decoding
 * takes long, octets are looked at one by one.
 * @param {readonly string[]} words in ASCII, of {@link PART} octets or more
 * @returns {(chunks: readonly Uint8Array[]) => boolean}
 */
export function searcher(words) {
  const holds = automaton(words);
  /** @type {string[]} */
  const parts = [];
  for (const word of [...words].sort((one, other) => one.length - other.length)) {
    if (!parts.some((part) => word.includes(part))) parts.push(word.slice(0, PART));
  }
  return (chunks) => mayHold(chunks, parts) && holds(chunks);
}

/**
 * Whether any of these parts may stand in octets.
 * @param {readonly Uint8Array[]} chunks
 * @param {readonly string[]} parts
 */
function mayHold(chunks, parts) {
  /** @param {string} text */
  const holds = (text) => parts.some((part) => text.includes(part));
  // What the chunks before end with: a part may be cut in two.
  let before = "";
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = chunk.subarray(Math.max(0, at - PART + 1), at + SLICE);
      const text = decoder.decode(slice);
      if (text.length !== slice.length || holds(text)) return true;
      if (at === 0 && holds(before + text.slice(0, PART - 1))) return true;
      before = (before + text.slice(1 - PART)).slice(1 - PART);
    }
  }
  return false;
}

/**
 * The same by an automaton: at most three looks an octet, whatever the octets are. Where no word can have
 * begun, nearly the length of the shortest word is passed over, by two octets at once (Wu and Manber, 1994);
 * where one can, it goes on octet by octet (Aho and Corasick, 1975).
 * @param {readonly string[]} words
 * @returns {(chunks: readonly Uint8Array[]) => boolean}
 */
function automaton(words) {
  /** @type {Map<number, number>[]} */
  const tree = [new Map()];
  /** @type {Set<number>} */
  const ends = new Set();
  for (const word of words) {
    let at = 0;
    for (let i = 0; i < word.length; i += 1) {
      const next = tree[at]?.get(word.charCodeAt(i)) ?? tree.length;
      if (next === tree.length) tree.push(new Map());
      tree[at]?.set(word.charCodeAt(i), next);
      at = next;
    }
    ends.add(at);
  }
  // Where each octet leads from each place in the words: on, or back to the longest beginning of a word that
  // ends here. A shorter word's row is filled before a longer one's.
  const steps = new Uint16Array(tree.length * 256);
  /** @type {[at: number, back: number][]} */
  const rows = [[0, 0]];
  for (const [at, back] of rows) {
    if (ends.has(back)) ends.add(at);
    if (at) steps.copyWithin(at * 256, back * 256, back * 256 + 256);
    for (const [octet, next] of tree[at] ?? []) {
      rows.push([next, at ? steps[at * 256 + octet] ?? 0 : 0]);
      steps[at * 256 + octet] = next;
    }
  }
  const isEnd = Uint8Array.from(tree, (_, at) => Number(ends.has(at)));
  const shortest = Math.min(...words.map((word) => word.length));
  // How far two octets stand before the end of what a word can begin with; 0 where one may end just there.
  // The words are ASCII: of larger octets the lower bits count, which can only make a step shorter.
  const passed = new Uint8Array(128 * 128).fill(shortest - 1);
  for (const word of words) {
    for (let i = 1; i < shortest; i += 1) {
      const two = word.charCodeAt(i - 1) * 128 + word.charCodeAt(i);
      passed[two] = Math.min(passed[two] ?? 0, shortest - 1 - i);
    }
  }
  return (chunks) => {
    let at = 0;
    for (const chunk of chunks) {
      for (let i = 0; i < chunk.length;) {
        if (at === 0) {
          let end = i + shortest - 1;
          for (let by = 1; by > 0 && end < chunk.length; end += by) {
            const [before, last] = [chunk[end - 1] ?? 0, chunk[end] ?? 0];
            by = /** @type {number} */ (passed[(before & 127) * 128 + (last & 127)]);
          }
          i = end - shortest + 1;
          if (i >= chunk.length) break;
        }
        do {
          at = /** @type {number} */ (steps[at * 256 + /** @type {number} */ (chunk[i])]);
          i += 1;
          if (isEnd[at]) return true;
        } while (at !== 0 && i < chunk.length);
      }
    }
    return false;
  };
}

/** Each look of a body, the first that fits holds. @type {[id: string, Reader][]} */
const READERS = [["envelope", envelope], ["multipart", multipart], ["json", json], ["text", lines], ["urlencoded", escaped]];

/**
 * Takes the listed fields out of a body, in their order, as they stand there. Says what the body looks like.
 * @param {string} text
 * @param {Listed} listed
 * @param {Take} take
 */
export const read = (text, listed, take) => READERS.find(([, reader]) => reader(text, listed, take))?.[0];

/**
 * Takes the listed fields out of pairs that stand one behind the other.
 * @param {string} text
 * @param {{from: number, end: number, separator: string}} range
 * @param {readonly string[]} names
 * @param {Take} take
 */
export function pairs(text, { from, end, separator }, names, take) {
  for (let at = from; at < end;) {
    const next = text.indexOf(separator, at);
    const to = next < 0 || next > end ? end : next;
    const start = at;
    const name = names.find((it) => text.startsWith(it, start) && text.charCodeAt(start + it.length) === EQUALS);
    if (name !== undefined && start + name.length < to) take(name, text.slice(start + name.length + 1, to));
    at = to + separator.length;
  }
}

/** @param {number} it */
const isSpace = (it) => it <= SPACE;

/** @param {string} text @param {number} at */
function behindSpace(text, at) {
  let next = at;
  while (next < text.length && isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

/** @param {string} text where the content begins: a byte order mark may stand before it */
const start = (text) => behindSpace(text, text.charCodeAt(0) === BOM ? 1 : 0);

/**
 * The end of a name that `=` follows; nothing where the body is something else.
 * @param {string} text
 */
function nameEnd(text) {
  for (let at = 0; at < text.length; at += 1) {
    const it = text.charCodeAt(at);
    if (it === EQUALS) return at || undefined;
    if (isSpace(it) || it === AMPERSAND || it === LESS || it === QUOTE) return undefined;
  }
  return undefined;
}

/** A field a line. @type {Reader} */
function lines(text, { fields }, take) {
  const first = text.indexOf(LINE_END);
  if (first < 0 || nameEnd(text) === undefined || hasLoneLineEnd(text.slice(0, first))) return false;
  // What is behind the last line end is no line.
  const end = text.lastIndexOf(LINE_END);
  pairs(text, { from: 0, end, separator: LINE_END }, fields, (name, value) => {
    if (!hasLoneLineEnd(value)) take(name, value);
  });
  return true;
}

/** @param {string} line */
const hasLoneLineEnd = (line) => line.includes("\r") || line.includes("\n");

/** Fields between `&`. @type {Reader} */
function escaped(text, { fields }, take) {
  if (nameEnd(text) === undefined) return false;
  for (let at = 0; at < text.length; at += 1) {
    const it = text.charCodeAt(at);
    if (isSpace(it) || it === LESS || it === QUOTE || it === BRACE) return false;
  }
  pairs(text, { from: 0, end: text.length, separator: "&" }, fields, take);
  return true;
}

/** Strings that have a listed name, at any depth. @type {Reader} */
function json(text, { fields }, take) {
  const first = text.charCodeAt(start(text));
  if (first !== BRACE && first !== BRACKET) return false;
  for (let at = 0; ;) {
    const open = text.indexOf("\"", at);
    const close = open < 0 ? -1 : stringEnd(text, open + 1);
    if (close < 0) return true;
    at = close + 1;
    const name = fields.find((it) => it.length === close - open - 1 && text.startsWith(it, open + 1));
    if (name === undefined) continue;
    const colon = behindSpace(text, at);
    if (text.charCodeAt(colon) !== COLON) continue;
    const value = behindSpace(text, colon + 1);
    if (text.charCodeAt(value) !== QUOTE) continue;
    const end = stringEnd(text, value + 1);
    if (end < 0) return true;
    take(name, text.slice(value + 1, end));
    at = end + 1;
  }
}

/** @param {string} text @param {number} from behind the opening quote */
function stringEnd(text, from) {
  for (let at = from; at < text.length; at += 1) {
    const it = text.charCodeAt(at);
    if (it === QUOTE) return at;
    if (it === BACKSLASH) at += 1;
  }
  return -1;
}

/** Parts between boundaries; their values end at the boundary that the body begins with. @type {Reader} */
function multipart(text, { fields }, take) {
  const first = text.indexOf(LINE_END);
  if (first <= 2 || !text.startsWith("--") || hasLoneLineEnd(text.slice(0, first))) return false;
  const boundary = text.slice(0, first).trimEnd();
  /** @type {string | undefined} */
  let name;
  for (let at = first + 2; ;) {
    const end = text.indexOf(LINE_END, at);
    if (end < 0) return true;
    if (end > at) {
      // A line of the part's head, or the next part at once.
      name = text.startsWith(boundary, at) ? undefined : name ?? partName(text.slice(at, end));
      at = end + 2;
      continue;
    }
    const content = end + 2;
    let next = text.indexOf("\r\n--", content);
    // A boundary has no line end, so what is compared here is compared once.
    while (next >= 0 && !text.startsWith(boundary, next + 2)) next = text.indexOf("\r\n--", next + 4);
    if (next < 0) return true;
    if (name !== undefined && fields.includes(name)) take(name, text.slice(content, next));
    name = undefined;
    const behind = text.indexOf(LINE_END, next + 2);
    if (behind < 0 || text.startsWith("--", next + 2 + boundary.length)) return true;
    at = behind + 2;
  }
}

/** @param {string} line of a part's head @returns {string | undefined} the name of its field */
function partName(line) {
  let rest = line;
  for (const word of ["content-disposition:", "form-data;", "name=\""]) {
    if (rest.slice(0, word.length).toLowerCase() !== word) return undefined;
    rest = rest.slice(word.length).trimStart();
  }
  const end = rest.indexOf("\"");
  return end < 0 ? undefined : rest.slice(0, end);
}

/**
 * What is kept of an envelope with a listed message in it: its tags, the listed header blocks, and all from
 * the body on.
 * @type {Reader}
 */
function envelope(text, { envelope: names }, take) {
  let at = start(text);
  if (text.startsWith("<?", at)) {
    const end = text.indexOf(">", at);
    if (end < 0) return false;
    at = behindSpace(text, end + 1);
  }
  let tag = tagAt(text, at);
  if (tag?.local !== names.root || tag.closes) return false;
  /** @type {string[]} */
  const kept = [];
  /** @type {number | undefined} */
  let body;
  for (; tag; tag = nextTag(text, at)) {
    at = tag.end;
    if (body === undefined) {
      const part = keptFrom(text, tag, names);
      if (part) kept.push(text.slice(tag.start, part));
    }
    if (tag.local !== names.body || tag.closes) continue;
    body ??= tag.start;
    const message = tagAt(text, behindSpace(text, at));
    if (!message || message.closes || !names.messages.includes(message.local)) continue;
    if (text.indexOf(names.mark, message.start) < 0) return false;
    for (const part of kept) take("", part);
    take("", text.slice(body));
    return true;
  }
  return false;
}

/** @typedef {{start: number, end: number, local: string, closes: boolean, empty: boolean}} Tag */

/**
 * The end of what is kept from this tag on, before the body; nothing if it is not kept.
 * @param {string} text
 * @param {Tag} tag
 * @param {EnvelopeNames} names
 */
function keptFrom(text, { end, local, closes, empty }, names) {
  if ((local === names.root && !closes) || local === names.header) return end;
  if (!names.kept.includes(local) || closes) return undefined;
  if (empty) return end;
  // Only text is kept in it.
  const next = text.indexOf("<", end);
  const closing = next < 0 ? undefined : tagAt(text, next);
  return closing?.closes && closing.local === local ? closing.end : undefined;
}

/** @param {string} text @param {number} from @returns {Tag | undefined} the first tag from there on */
function nextTag(text, from) {
  for (let at = text.indexOf("<", from); at >= 0; at = text.indexOf("<", at + 1)) {
    const tag = tagAt(text, at);
    if (tag) return tag;
  }
  return undefined;
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {Tag | undefined} the tag that begins there. It ends at its first `>`, and has no `<` before
 */
function tagAt(text, at) {
  if (text.charCodeAt(at) !== LESS) return undefined;
  const closes = text.charCodeAt(at + 1) === SLASH;
  let local = at + (closes ? 2 : 1);
  /** @type {number | undefined} */
  let localEnd;
  for (let end = local; end < text.length; end += 1) {
    const it = text.charCodeAt(end);
    if (it === LESS) return undefined;
    if (localEnd === undefined && it === COLON) local = end + 1;
    if (localEnd === undefined && (isSpace(it) || it === SLASH || it === GREATER)) localEnd = end;
    if (it === GREATER) {
      const empty = text.charCodeAt(end - 1) === SLASH;
      return { start: at, end: end + 1, local: text.slice(local, localEnd), closes, empty };
    }
  }
  return undefined;
}
