/**
 * The bar: the note on many that has choices, first in its place. It stays the same element while its content
 * changes, so that the choice that is pressed, the focus and what was scrolled to stay what they were. While
 * a choice is pressed, its lines are listed, and the rows of the page that belong to another choice are
 * dimmed. No row is hidden. A button of it opens the panel, another hides all marks until the page is loaded
 * again; then the button that shows them is all that is left.
 */

/** Styles of the bar's parts, set by script like those of the other notes. */
const BAR_STYLES = {
  host: "all: initial; font-family: inherit; display: block; max-width: 100%; margin: 0 0 12px; flex: 1 0 100%;",
  scroll: "display: block; box-sizing: border-box; max-height: 18em; margin-top: 6px; padding: 4px 8px; overflow: auto; border: 1px solid #8888; border-radius: 6px;",
  choices: "display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px;",
  choice: "all: revert; margin: 0; padding: 1px 8px; border-radius: 10rem; border: 1px solid transparent; font: inherit; font-size: 12px; cursor: pointer;",
  button: "all: revert; margin: 0; padding: 1px 8px; border-radius: 4px; border: 1px solid #8888; background: transparent; font: inherit; font-size: 12px; cursor: pointer; color: ",
  lines: "display: block; margin: 0; padding: 0 0 0 18px; list-style: disc;",
  line: "display: list-item; margin-top: 2px; overflow-wrap: anywhere;",
};

/**
 * How a row is dimmed: GitLab's text stays legible (4.5:1 on white). It is no style of the element, so
 * nothing of it is left where it is cancelled.
 */
const DIMMED = { opacity: [0.68, 0.68] };

/**
 * The bar, and what it was filled with last.
 * @type {{host: HTMLElement, root: ShadowRoot, box: HTMLElement, word: HTMLElement, why: HTMLElement, row: HTMLElement,
 *   scroll: HTMLElement, list: HTMLElement, buttons: Map<string, HTMLElement>, open: HTMLElement,
 *   hide: HTMLElement, note?: Note, pressed?: string, hidden?: boolean} | undefined}
 */
let bar;
/** The choice that is pressed, by its key. */
let pressed = "";
/** Whether all marks of the page are hidden. */
let hidden = false;
/** Rows that are dimmed. @type {Map<Element, Animation>} */
const dimmed = new Map();

/**
 * Puts the bar first in its place, above whatever the page shows there, and fills it.
 * @param {Element} anchor
 * @param {Note} note
 */
function placeBar(anchor, note) {
  bar ??= newBar();
  const focused = /** @type {HTMLElement | null} */ (bar.root.activeElement);
  if (bar.host.parentElement !== anchor) anchor.prepend(bar.host);
  if (bar.note !== note || bar.pressed !== pressed || bar.hidden !== hidden) fillBar(bar, note, whyStyle(anchor), isDark(anchor));
  // What is moved loses the focus.
  if (focused && focused !== bar.root.activeElement && bar.root.contains(focused)) focused.focus({ preventScroll: true });
}

function newBar() {
  const host = document.createElement("samlight-note");
  const [open, hide] = [newButton(openPanel), newButton(hideOrShow)];
  host.lang = notesLanguage;
  host.style.cssText = BAR_STYLES.host;
  const root = host.attachShadow({ mode: "closed" });
  const [box, word, why, row] = [part(`${STYLES.note} max-width: none;`, ""), part("", ""), part("", ""), part(BAR_STYLES.choices, "")];
  const [scroll, list] = [part(BAR_STYLES.scroll, "", "div"), part(BAR_STYLES.lines, "", "ul")];
  box.setAttribute("role", "region");
  // What does not fit can be scrolled to by keyboard.
  scroll.setAttribute("tabindex", "0");
  scroll.setAttribute("role", "group");
  list.setAttribute("role", "list");
  scroll.append(list);
  box.append(sign(), word, why, row);
  root.append(box);
  return { host, root, box, word, why, row, scroll, list, buttons: new Map(), open, hide };
}

/** Has the background script open the panel, with what the note says. */
function openPanel() {
  const opens = bar?.note?.buttons?.opens;
  // Without an id this script is an orphan: the extension was reloaded or removed.
  if (opens && extension.runtime?.id) extension.runtime.sendMessage({ open: opens }).catch(() => {});
}

function hideOrShow() {
  hidden = !hidden;
  pressed = "";
  fitNotes(fitted);
}

function removeBar() {
  bar?.host.remove();
  bar = undefined;
}

/**
 * @param {NonNullable<typeof bar>} filled
 * @param {Note} note
 * @param {string} style of a line
 * @param {boolean} dark
 */
function fillBar(filled, note, style, dark) {
  const { box, word, why, row, scroll, list, buttons, open, hide } = filled;
  const choices = hidden ? [] : note.choices ?? [];
  box.className = `note ${note.severity}`;
  box.setAttribute("aria-label", note.word);
  change(word, hidden ? "display: none;" : wordStyle(note.severity, dark), hidden ? "" : note.word);
  change(why, hidden ? "display: none;" : style, hidden ? "" : note.text);
  const shown = choices.map(({ key, severity, label }) => {
    const button = buttons.get(key) ?? newButton(() => press(key));
    buttons.set(key, button);
    const weight = key === pressed ? " border-color: currentColor; box-shadow: inset 0 0 0 1px currentColor;" : "";
    change(button, BAR_STYLES.choice + colours(severity, dark) + weight, label);
    button.setAttribute("aria-expanded", String(key === pressed));
    return button;
  });
  if (note.buttons) {
    const weak = `${BAR_STYLES.button}${dark ? "#c8c8c8" : "#444"};`;
    change(open, weak, note.buttons.open);
    change(hide, weak, hidden ? note.buttons.show : note.buttons.hide);
    // Before the choices, of which there can be twenty: by keyboard, all of them would have to be passed.
    shown.unshift(...(hidden ? [] : [open]), hide);
  }
  if (shown.length !== row.children.length || shown.some((button, place) => button !== row.children[place])) {
    row.replaceChildren(...shown);
  }
  const chosen = choices.find(({ key }) => key === pressed);
  const lines = chosen?.lines ?? [];
  if (lines.length !== list.children.length || lines.some((line, place) => line !== list.children[place]?.textContent)) {
    list.replaceChildren(...lines.map((line) => part(`${style} ${BAR_STYLES.line}`, line, "li")));
  }
  if (!chosen) scroll.remove();
  else {
    scroll.setAttribute("aria-label", chosen.label);
    if (scroll.parentElement !== box) box.append(scroll);
  }
  // The one button that is left stands beside the sign.
  row.style.display = hidden ? "inline-flex" : "flex";
  filled.note = note;
  filled.pressed = pressed;
  filled.hidden = hidden;
}

/** @param {() => void} pushed what a click on it does */
function newButton(pushed) {
  const button = part("", "", "button");
  button.setAttribute("type", "button");
  button.addEventListener("click", pushed);
  return button;
}

/** @param {string} key of the choice that is pressed, and no longer pressed */
function press(key) {
  pressed = pressed === key ? "" : key;
  fitNotes(fitted);
}

/**
 * Dims the rows that belong to another choice than this one, and no others. Of a row whose content the core
 * has not judged nothing is known.
 * @param {Reading["rows"]} rows
 * @param {string | undefined} key
 */
function dimRows(rows, key) {
  const belongs = (/** @type {Row} */ cells) => known.get(contentOf(cells))?.key ?? key;
  const others = new Set(key ? rows.filter(({ cells }) => belongs(cells) !== key).map(({ element }) => element) : []);
  for (const [row, dimming] of dimmed) {
    if (others.has(row)) continue;
    dimming.cancel();
    dimmed.delete(row);
  }
  for (const row of others) {
    if (dimmed.has(row)) continue;
    const dimming = row.animate(DIMMED, { duration: 1, fill: "both" });
    dimming.pause();
    dimmed.set(row, dimming);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} style
 * @param {string} text
 */
function change(element, style, text) {
  element.style.cssText = style;
  if (element.textContent !== text) element.textContent = text;
}
