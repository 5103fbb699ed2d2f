/**
 * Notes on the page: each in a closed shadow root, so that the page's styles and scripts stay out and its text stays
 * what it was. A note belongs to one row with one content; when the row's content changes, the note goes or changes
 * in the same turn.
 *
 * @typedef {{row: string, cell: string, severity: string, word: string, text: string}} Note
 */

const noteStyle = new CSSStyleSheet();
noteStyle.replaceSync(`
  :host { all: initial; display: block; margin-top: 4px; }
  .note { display: block; max-width: 36em; font: 13px/1.45 system-ui, sans-serif; color: inherit; white-space: normal; }
  .word { display: inline-block; margin-right: 6px; padding: 1px 8px; border-radius: 9px; font-weight: 600; border: 1px solid; }
  .why { display: inline; color: #444; overflow-wrap: anywhere; }
  .good .word { background: #e2f4e6; color: #0b5122; border-color: #7fc795; }
  .error .word { background: #fde4e1; color: #8c1a11; border-color: #e59a92; }
  .warning .word { background: #fdf0d5; color: #6b4400; border-color: #e0b765; }
  .info .word { background: #e4effd; color: #14468c; border-color: #93b9ea; }
  .neutral .word { background: #eeeeee; color: #444444; border-color: #bbbbbb; }
  .dark .why { color: #c8c8c8; }
`);

/** Notes for a row of this content, as the core gave them. @type {Map<string, Note[]>} */
let known = new Map();
/** What stands where: the note's element and the row content that it was made for. @type {Map<Element, {host: Element, made: string}>} */
const placed = new Map();

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
function learnNotes({ fields, rows, variant }, notes) {
  known.set(contentOf(fields), notes.filter((note) => note.row === ""));
  const key = variant.rows?.key ?? "";
  for (const { cells } of rows) known.set(contentOf(cells), notes.filter((note) => note.row === cells[key]));
}

function forgetNotes() {
  known = new Map();
}

/**
 * Makes the page's notes fit what its rows say now. Runs in the turn of the change.
 * @param {Reading | undefined} reading
 */
function fitNotes(reading) {
  const { variant, fields = {}, rows = [] } = reading ?? {};
  const ofRows = rows.map(({ element, cells }) => ({ element, cells, anchors: variant?.rows?.anchors ?? [] }));
  const ofPage = { element: document.documentElement, cells: fields, anchors: variant?.anchors ?? [] };
  /** @type {Set<Element>} */
  const standing = new Set();
  for (const { element, cells, anchors } of [...ofRows, ofPage]) {
    const content = contentOf(cells);
    for (const note of known.get(content) ?? []) {
      const selector = anchors.find(([cell]) => cell === note.cell)?.[1];
      const anchor = selector ? element.querySelector(selector) : null;
      if (!anchor) continue;
      standing.add(anchor);
      placeNote(anchor, note, content + JSON.stringify(note));
    }
  }
  for (const [anchor, { host }] of placed) {
    if (standing.has(anchor)) continue;
    host.remove();
    placed.delete(anchor);
  }
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
  const root = host.attachShadow({ mode: "closed" });
  root.adoptedStyleSheets = [noteStyle];
  const box = document.createElement("span");
  box.className = `note ${note.severity}${isDark(anchor) ? " dark" : ""}`;
  box.setAttribute("role", "note");
  box.append(part("word", note.word), part("why", note.text));
  root.append(box);
  anchor.append(host);
  placed.set(anchor, { host, made });
}

/**
 * @param {string} name
 * @param {string} text
 */
function part(name, text) {
  const element = document.createElement("span");
  element.className = name;
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
