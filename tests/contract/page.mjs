/**
 * Runs the extension's content script on a page that is not there. Standard input is a JSON object: the
 * page's `location`, its `elements` (selector to a list of `{text, attributes, below}`), the worker's
 * `replies` by the name of the call (a list: one after the other, the last one for all further calls), and
 * the `answers` of the page's origin by path: `{status, body}`, and `headers` and `type` where they matter.
 * Standard output: the calls that were made, the paths that were read, the times that were waited, and the
 * notes that stand on the page, with what the press of each choice shows and which rows it dims. With `again`
 * in the input the first choice is then pressed and gets the focus, the page is told of a change, and what
 * has become of both is printed, too; and what is left when access is withdrawn. With `early` the page is
 * told of a change at once, before anything is answered. A reply `null` never comes, one in `{late}` after
 * those of later calls.
 */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const { location, elements, replies, answers, again, early } = JSON.parse(readFileSync(0, "utf8"));

/** As much of an element as the script uses. */
class FakeElement {
  constructor({ text = "", attributes = {}, below = {} } = {}) {
    this.textContent = text;
    this.attributes = attributes;
    this.below = Object.fromEntries(Object.entries(below).map(([selector, found]) => [selector, found.map((one) => new FakeElement(one))]));
    this.children = [];
    this.style = {};
    this.parentElement = null;
  }
  querySelectorAll(selector) { return this.below[selector] ?? []; }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
  getAttribute(name) { return this.attributes[name] ?? null; }
  setAttribute(name, value) { this.attributes[name] = value; }
  attachShadow() { this.shadow = new FakeElement(); return this.shadow; }
  animate() {
    this.isDimmed = true;
    return { pause() {}, cancel: () => { this.isDimmed = false; } };
  }
  contains(other) { return other === this || this.children.some((child) => child.contains(other)); }
  focus() { focused = this; }
  get activeElement() { return focused && this.contains(focused) ? focused : null; }
  addEventListener(name, listener) { this.listeners = { ...this.listeners, [name]: listener }; }
  replaceChildren(...children) {
    for (const child of [...this.children]) child.remove();
    this.append(...children);
  }
  append(...children) { this.put(children, this.children.length); }
  prepend(...children) { this.put(children, 0); }
  put(children, place) {
    for (const child of children) {
      // What is moved loses the focus.
      child.remove();
      child.parentElement = this;
    }
    this.children.splice(place, 0, ...children);
  }
  remove() {
    if (!this.parentElement) return;
    if (this.activeElement) focused = null;
    this.parentElement.children = this.parentElement.children.filter((child) => child !== this);
    this.parentElement = null;
  }
}

/** @type {FakeElement | null} */
let focused = null;

const document = new FakeElement({ below: elements });
Object.assign(document, { documentElement: document, createElement: () => new FakeElement() });
const calls = [];
/** Tells the page. @type {(message: object) => void} */
let tell;
const read = [];
const waited = [];

const context = vm.createContext({
  chrome: {
    runtime: {
      id: "extension",
      onMessage: { addListener: (listener) => { tell = listener; }, removeListener() {} },
      sendMessage: async ({ page }) => {
        calls.push(page);
        const reply = replies[JSON.parse(page).call];
        const next = Array.isArray(reply) && reply.length > 1 ? reply.shift() : [reply].flat()[0];
        if (next === null) return new Promise(() => {});
        if (next.late) await new Promise((done) => setImmediate(done));
        return { reply: JSON.stringify(next.late ?? next) };
      },
    },
  },
  document,
  location,
  fetch: async (address, options) => {
    read.push({ address, options });
    const { status, body, headers = {}, type = "basic" } = answers[address];
    return { status, type, headers: new Map(Object.entries(headers)), text: async () => body };
  },
  // What is waited for is not waited for here.
  setTimeout: (/** @type {() => void} */ done, time) => {
    waited.push(time);
    queueMicrotask(done);
  },
  MutationObserver: class { observe() {} disconnect() {} },
  getComputedStyle: () => ({ color: "rgb(0, 0, 0)" }),
});
// Classic scripts of one page share their names.
for (const script of ["read.js", "notes.js", "bar.js", "main.js"]) {
  vm.runInContext(readFileSync(new URL(script, import.meta.url), "utf8"), context, { filename: script });
}

if (early) tell({ changed: true });

/** All elements of the page that the scripts did not make. */
const below = (element) => Object.values(element.below).flat().flatMap((one) => [one, ...below(one)]);
const hosts = () => [...new Set(below(document).flatMap((one) => one.children))];
const dimmed = () => below(document).filter((one) => one.isDimmed).length;
const texts = (elements) => elements.map((element) => element.textContent);

/** What a bar shows. @param {FakeElement} box */
function shown({ children: [, , , row, scroll] }) {
  return {
    choices: row.children.map((button) => [button.textContent, button.getAttribute("aria-expanded")]),
    lines: scroll ? texts(scroll.children[0].children) : null,
    dimmed: dimmed(),
  };
}

function noted() {
  return hosts().map(({ shadow }) => {
    const [box] = shadow.children;
    const [sign, word, why, row] = box.children;
    if (sign.title !== "Samlight") throw new Error("nobody says who speaks");
    const note = { severity: box.className, texts: texts([word, why]) };
    if (!row) return note;
    // Each choice is pressed, and the last of them a second time.
    const pressed = [...row.children, row.children.at(-1)].map((button) => {
      button.listeners.click();
      return shown(box);
    });
    const { role, "aria-label": label } = box.attributes;
    return { ...note, role, label, pressed };
  });
}

/** What is done each time nothing more is under way. */
const steps = [
  (printed) => {
    printed.notes = noted();
    if (!again) return;
    [printed.box] = hosts().map(({ shadow }) => shadow.children[0]).filter((box) => box.attributes.role === "region");
    [printed.button] = printed.box.children[3].children;
    printed.button.listeners.click();
    printed.button.focus();
    printed.before = shown(printed.box);
    tell({ changed: true });
  },
  (printed) => {
    printed.after = { ...shown(printed.box), hasFocus: focused === printed.button };
    printed.box.children[3].children[1].listeners.click();
    printed.other = shown(printed.box);
    tell({ gone: true });
    printed.left = { notes: hosts().length, dimmed: dimmed() };
  },
];
const printed = { calls, read, waited };

process.on("beforeExit", () => {
  steps.shift()(printed);
  if (again && steps.length) return setImmediate(() => {});
  process.stdout.write(JSON.stringify({ ...printed, box: undefined, button: undefined }));
  process.exit();
});
