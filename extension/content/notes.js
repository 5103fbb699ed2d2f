/**
 * Notes on the page: each in a closed shadow root, so that the page's styles and scripts stay out and its
 * text stays what it was. A note belongs to one row with one content; when the row's content changes, the
 * note goes or changes in the same turn. A note with choices is on many; it is the bar, in `bar.js`.
 *
 * @typedef {{key: string, severity: string, label: string, lines: string[], rows: number[]}} Choice
 * @typedef {{row: number | null, cell: string, severity: string, word: string, text: string, choices?: Choice[]}} Note
 */

/**
 * Styles of a note's parts, set by script on each element: the page's content security policy has no say in
 * that, and content scripts of Firefox before 153 cannot give a constructed style sheet to a shadow root.
 */
const STYLES = {
  host: "all: initial; display: block; margin-top: 4px;",
  note: "display: block; max-width: 36em; font: 13px/1.45 system-ui, sans-serif; color: inherit; white-space: normal;",
  word: "display: inline-block; margin-right: 6px; padding: 1px 8px; border-radius: 9px; font-weight: 600; border: 1px solid;",
  why: "display: inline; overflow-wrap: anywhere;",
};

/** Background, text and border of a word that is neither good nor bad. @type {[string, string, string]} */
const NEUTRAL = ["#eeeeee", "#444444", "#bbbbbb"];

/** The same by severity. @type {Record<string, [string, string, string]>} */
const COLOURS = {
  good: ["#e2f4e6", "#0b5122", "#7fc795"],
  error: ["#fde4e1", "#8c1a11", "#e59a92"],
  warning: ["#fdf0d5", "#6b4400", "#e0b765"],
  info: ["#e4effd", "#14468c", "#93b9ea"],
};

/**
 * Notes for a row of this content, as the core gave them, and the choice that the row belongs to.
 * @type {Map<string, {notes: Note[], key?: string}>}
 */
let known = new Map();
/**
 * What stands where: the note's element and the row content that it was made for.
 * @type {Map<Element, {host: Element, made: string}>}
 */
const placed = new Map();
/** What the notes were made to fit last. @type {Reading | undefined} */
let fitted;

/**
 * Of a row, or of the page's single values, which are in lists.
 * @param {Row | Record<string, string[]>} cells
 */
const contentOf = (cells) => JSON.stringify(cells);

/**
 * Takes in the core's notes for what was read.
 * @param {Reading} reading
 * @param {Note[]} notes
 */
function learnNotes({ fields, rows }, notes) {
  known.set(contentOf(fields), { notes: notes.filter((note) => note.row === null) });
  const choices = notes.flatMap((note) => note.choices ?? []);
  rows.forEach(({ cells }, place) => known.set(contentOf(cells), {
    notes: notes.filter((note) => note.row === place),
    key: choices.find((choice) => choice.rows.includes(place))?.key,
  }));
}

function forgetNotes() {
  known = new Map();
}

/**
 * Makes the page's notes fit what its rows say now. Runs in the turn of the change.
 * @param {Reading | undefined} reading
 */
function fitNotes(reading) {
  fitted = reading;
  const { variant, fields = {}, rows = [] } = reading ?? {};
  const ofRows = rows.map(({ element, cells }) => ({ element, cells, anchors: variant?.rows?.anchors ?? [] }));
  const ofPage = { element: document.documentElement, cells: fields, anchors: variant?.anchors ?? [] };
  /** @type {Set<Element>} */
  const standing = new Set();
  /** @type {Note | undefined} */
  let ofMany;
  for (const { element, cells, anchors } of [...ofRows, ofPage]) {
    const content = contentOf(cells);
    for (const note of known.get(content)?.notes ?? []) {
      const anchor = anchorOf(note, anchors, element);
      if (!anchor) continue;
      if (note.choices) {
        ofMany = note;
        placeBar(anchor, note);
        continue;
      }
      standing.add(anchor);
      placeNote(anchor, note, content + JSON.stringify(note));
    }
  }
  for (const [anchor, { host }] of placed) {
    if (standing.has(anchor)) continue;
    host.remove();
    placed.delete(anchor);
  }
  // The page is left, or no more is to be said on it: nothing is pressed when it comes back.
  if (!reading) pressed = "";
  if (!ofMany) removeBar();
  dimRows(rows, ofMany?.choices?.find(({ key }) => key === pressed)?.key);
}

/**
 * The first place that there is for a note.
 * @param {Note} note
 * @param {[string, string][]} anchors
 * @param {Element} below
 */
function anchorOf(note, anchors, below) {
  for (const [cell, selector] of anchors) {
    const anchor = cell === note.cell ? below.querySelector(selector) : null;
    if (anchor) return anchor;
  }
  return null;
}

/**
 * @param {Element} anchor
 * @param {Note} note
 * @param {string} made
 */
function placeNote(anchor, note, made) {
  const old = placed.get(anchor);
  if (old?.made === made && old.host.parentElement === anchor) return;
  old?.host.remove();
  const host = document.createElement("samlight-note");
  host.style.cssText = STYLES.host;
  const root = host.attachShadow({ mode: "closed" });
  const why = whyStyle(anchor);
  // Where the page's text stands in the middle, the note does too.
  const middle = getComputedStyle(anchor).textAlign === "center" ? " margin: 0 auto; text-align: center;" : "";
  const box = part(STYLES.note + middle, "");
  // For whoever inspects the page; nothing is styled by it.
  box.className = `note ${note.severity}`;
  box.setAttribute("role", "note");
  box.append(part(wordStyle(note.severity), note.word), part(why, note.text));
  root.append(box);
  anchor.append(host);
  placed.set(anchor, { host, made });
}

/** @param {string} severity */
function colours(severity) {
  const [background, text, border] = COLOURS[severity] ?? NEUTRAL;
  return ` background: ${background}; color: ${text}; border-color: ${border};`;
}

/** @param {string} severity */
const wordStyle = (severity) => STYLES.word + colours(severity);

/** @param {Element} anchor */
const whyStyle = (anchor) => `${STYLES.why} color: ${isDark(anchor) ? "#c8c8c8" : "#444"};`;

/**
 * @param {string} style
 * @param {string} text
 * @param {"span" | "div" | "button" | "ul" | "li"} name
 */
function part(style, text, name = "span") {
  const element = document.createElement(name);
  element.style.cssText = style;
  element.textContent = text;
  return element;
}

/**
 * Whether the page shows light text here; pages have themes of their own.
 * @param {Element} anchor
 */
function isDark(anchor) {
  const channels = getComputedStyle(anchor).color.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [0, 0, 0];
  return channels.reduce((sum, channel) => sum + channel, 0) > 3 * 140;
}
