/**
 * Notes on the page: each in a closed shadow root, so that the page's styles and scripts stay out and its text stays
 * what it was. A note belongs to one row with one content; when the row's content changes, the note goes or changes
 * in the same turn.
 *
 * @typedef {{severity: string, label: string, lines: string[]}} Choice
 * @typedef {{row: number | null, cell: string, severity: string, word: string, text: string, choices?: Choice[]}} Note
 */

/**
 * Styles of a note's parts, set by script on each element: the page's content security policy has no say in that, and
 * content scripts of Firefox before 153 cannot give a constructed style sheet to a shadow root.
 */
const STYLES = {
  host: "all: initial; display: block; margin-top: 4px;",
  note: "display: block; max-width: 36em; font: 13px/1.45 system-ui, sans-serif; color: inherit; white-space: normal;",
  word: "display: inline-block; margin-right: 6px; padding: 1px 8px; border-radius: 9px; font-weight: 600; border: 1px solid;",
  why: "display: inline; overflow-wrap: anywhere;",
  choices: "display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px;",
  choice: "all: revert; margin: 0; padding: 1px 8px; border-radius: 9px; border: 1px solid; font: inherit; cursor: pointer;",
  lines: "display: block; margin: 6px 0 0; padding: 0 0 0 18px; list-style: disc;",
  line: "display: list-item; margin-top: 2px; overflow-wrap: anywhere;",
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
function learnNotes({ fields, rows }, notes) {
  known.set(contentOf(fields), notes.filter((note) => note.row === null));
  rows.forEach(({ cells }, place) => known.set(contentOf(cells), notes.filter((note) => note.row === place)));
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
  host.style.cssText = STYLES.host;
  const root = host.attachShadow({ mode: "closed" });
  const [background, text, border] = COLOURS[note.severity] ?? NEUTRAL;
  const word = `${STYLES.word} background: ${background}; color: ${text}; border-color: ${border};`;
  const why = `${STYLES.why} color: ${isDark(anchor) ? "#c8c8c8" : "#444"};`;
  // Where the page's text stands in the middle, the note does too.
  const middle = getComputedStyle(anchor).textAlign === "center" ? " margin: 0 auto; text-align: center;" : "";
  const wide = note.choices?.length ? " max-width: none;" : "";
  const box = part(STYLES.note + middle + wide, "");
  // For whoever inspects the page; nothing is styled by it.
  box.className = `note ${note.severity}`;
  box.setAttribute("role", "note");
  box.append(part(word, note.word), part(why, note.text));
  if (note.choices?.length) box.append(...chosen(note.choices, why));
  root.append(box);
  anchor.append(host);
  placed.set(anchor, { host, made });
}

/**
 * A button for each choice, and the lines of the one that is pressed.
 * @param {Choice[]} choices
 * @param {string} style of a line
 */
function chosen(choices, style) {
  const lines = part(STYLES.lines, "", "ul");
  lines.setAttribute("role", "list");
  const buttons = choices.map(({ severity, label, lines: texts }) => {
    const [background, text, border] = COLOURS[severity] ?? NEUTRAL;
    const button = part(`${STYLES.choice} background: ${background}; color: ${text}; border-color: ${border};`, label, "button");
    button.setAttribute("type", "button");
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const isPressed = button.getAttribute("aria-pressed") === "true";
      for (const other of buttons) {
        other.setAttribute("aria-pressed", String(other === button && !isPressed));
        other.style.fontWeight = other === button && !isPressed ? "700" : "400";
      }
      lines.replaceChildren(...(isPressed ? [] : texts.map((line) => part(`${style} ${STYLES.line}`, line, "li"))));
    });
    return button;
  });
  const row = part(STYLES.choices, "");
  row.append(...buttons);
  return [row, lines];
}

/**
 * @param {string} style
 * @param {string} text
 * @param {"span" | "button" | "ul" | "li"} name
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
