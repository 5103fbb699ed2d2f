/**
 * Notes on the page: each in a closed shadow root, so that the page's styles and scripts stay out and its
 * text stays what it was. A note belongs to one row with one content; when the row's content changes, the
 * note goes or changes in the same turn. A note with choices is on many; it is the bar, in `bar.js`. A note
 * that is folded is its word, a button that shows the rest.
 *
 * @typedef {{key: string, severity: string, label: string, lines: string[], rows: number[]}} Choice
 * @typedef {{text: string, mark: string}} Run
 * @typedef {{opens: string, open: string, hide: string, show: string}} Buttons
 * @typedef {{row: number | null, cell: string, severity: string, word: string, text: string, runs?: Run[], folded: boolean, choices?: Choice[], buttons?: Buttons}} Note
 */

/**
 * Styles of a note's parts, set by script on each element: the page's content security policy has no say in
 * that, and content scripts of Firefox before 153 cannot give a constructed style sheet to a shadow root.
 */
const STYLES = {
  host: "all: initial; font-family: inherit; display: block; margin-top: 4px;",
  folded: "all: initial; font-family: inherit; display: inline-block; max-width: 100%; margin-inline-start: 8px; vertical-align: middle;",
  note: "display: block; max-width: 36em; font-size: 13px; line-height: 1.45; color: inherit; white-space: normal;",
  // Who speaks: Samlight's star. A shape needs no picture, which the page could refuse.
  sign: "display: inline-block; width: 11px; height: 11px; margin-right: 5px; background: #7a5cff; forced-color-adjust: none; clip-path: polygon(50% 0, 62% 38%, 100% 50%, 62% 62%, 50% 100%, 38% 62%, 0 50%, 38% 38%);",
  // As GitLab's badges are. The border is seen where colours are forced.
  word: "display: inline-block; margin-right: 6px; padding: 1px 8px; border-radius: 10rem; font-size: 12px; border: 1px solid transparent;",
  why: "display: inline; overflow-wrap: anywhere;",
  button: "all: revert; font: inherit; cursor: pointer; ",
};

/** Styles of a sentence's marked parts, the same on light and dark. @type {Record<string, string>} */
const MARKS = {
  differs: "background: #ffe08a; color: #1f1e24; text-decoration: underline 2px; font-weight: 600; unicode-bidi: isolate;",
  invisible: "background: #d9d2ff; color: #1f1e24; border: 1px dashed #5943b6; border-radius: 3px; unicode-bidi: isolate;",
};

/**
 * The colours of a word: the kind of GitLab's badge, whose colours are in the page's style (Pajamas' design
 * tokens), in light and dark; then background and text for a GitLab without them, on light and on dark.
 * @typedef {[badge: string, light: [string, string], dark: [string, string]]} Colours
 */

/** Those of a word that is neither good nor bad. @type {Colours} */
const NEUTRAL = ["neutral", ["#dcdbd9", "#4d4b4e"], ["#a5a3a3", "#18171d"]];

/** The same by severity. @type {Record<string, Colours>} */
const COLOURS = {
  good: ["success", ["#c3e6cd", "#306440"], ["#52b87a", "#17291c"]],
  error: ["danger", ["#fdd4cd", "#a32c12"], ["#f6806d", "#3e1a14"]],
  warning: ["warning", ["#f5d9a8", "#894b16"], ["#d99530", "#382315"]],
  info: ["info", ["#cbe2f9", "#2f5ca0"], ["#63a6e9", "#1d283e"]],
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
/** The language of the notes, which need not be the page's. */
let notesLanguage = "en";
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
  const ofMany = known.get(contentOf(fields))?.notes.find((note) => note.choices);
  let hasBar = false;
  for (const { element, cells, anchors } of [...ofRows, ofPage]) {
    const content = contentOf(cells);
    for (const note of known.get(content)?.notes ?? []) {
      const anchor = anchorOf(note, anchors, element);
      if (!anchor) continue;
      if (note.choices) {
        hasBar = true;
        placeBar(anchor, note);
        continue;
      }
      // Without the bar there would be no button that shows them again.
      if (hidden && ofMany) continue;
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
  if (!hasBar) removeBar();
  dimRows(rows, hasBar ? ofMany?.choices?.find(({ key }) => key === pressed)?.key : undefined);
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
  // One word stands beside the value, and makes no row higher where there is room for it.
  host.lang = notesLanguage;
  host.style.cssText = (note.folded ? STYLES.folded : STYLES.host) + ownLine(anchor);
  const root = host.attachShadow({ mode: "closed" });
  // Where the page's text stands in the middle, the note does too.
  const middle = getComputedStyle(anchor).textAlign === "center" ? " margin: 0 auto; text-align: center;" : "";
  const box = part(STYLES.note + middle, "");
  // For whoever inspects the page; nothing is styled by it.
  box.className = `note ${note.severity}`;
  box.setAttribute("role", "note");
  const why = reason(note, whyStyle(anchor));
  const style = wordStyle(note.severity, isDark(anchor));
  box.append(sign(), note.folded ? unfolding(note, why, style) : part(style, note.word), why);
  root.append(box);
  anchor.append(host);
  placed.set(anchor, { host, made });
}

/**
 * The style that gives a note a line of its own in a place that lays its children out in a row, so that it
 * makes none of them higher or narrower.
 * @param {Element} anchor
 */
function ownLine(anchor) {
  const { display = "", flexDirection = "" } = getComputedStyle(anchor);
  if (display.endsWith("flex") && flexDirection.startsWith("row")) return " flex: 1 0 100%;";
  return display.endsWith("grid") ? " grid-column: 1 / -1;" : "";
}

/**
 * The note's sentence; what differs or cannot be seen is marked in it.
 * @param {Note} note
 * @param {string} style
 */
function reason({ text, runs }, style) {
  const why = part(style, text);
  why.id = "why";
  if (runs) why.replaceChildren(...runs.map((run) => part(MARKS[run.mark] ?? "", run.text)));
  return why;
}

/**
 * The word of a folded note: a button that shows and hides its sentence.
 * @param {Note} note
 * @param {HTMLElement} why
 * @param {string} wordStyle
 */
function unfolding({ word, text }, why, wordStyle) {
  const button = part(STYLES.button + wordStyle, word, "button");
  const style = why.style.cssText;
  const show = (/** @type {boolean} */ shown) => {
    why.style.cssText = shown ? style : "display: none;";
    button.setAttribute("aria-expanded", String(shown));
  };
  button.setAttribute("type", "button");
  button.setAttribute("aria-controls", why.id);
  button.title = text;
  button.addEventListener("click", (event) => {
    // The place of a note may be a link of the page.
    event.preventDefault();
    event.stopPropagation();
    show(button.getAttribute("aria-expanded") !== "true");
  });
  show(false);
  return button;
}

/**
 * @param {string} severity
 * @param {boolean} dark
 */
function colours(severity, dark) {
  const [badge, ...known] = COLOURS[severity] ?? NEUTRAL;
  const [background, text] = known[Number(dark)] ?? known[0];
  const token = (/** @type {string} */ of, /** @type {string} */ other) => `var(--gl-badge-${badge}-${of}-color-default, ${other})`;
  return ` background: ${token("background", background)}; color: ${token("text", text)};`;
}

/**
 * @param {string} severity
 * @param {boolean} dark
 */
const wordStyle = (severity, dark) => STYLES.word + colours(severity, dark);

/** The sign before a note: it is not GitLab that speaks. */
function sign() {
  const star = part(STYLES.sign, "");
  star.setAttribute("role", "img");
  star.setAttribute("aria-label", "Samlight");
  star.title = "Samlight";
  return star;
}

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
