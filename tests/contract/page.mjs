/**
 * Runs the extension's content script on a page that is not there. Standard input is a JSON object: the page's
 * `location`, its `elements` (selector to a list of `{text, attributes, below}`), the worker's `replies` by the name
 * of the call (a list: one after the other, the last one for all further calls), and the `answers` of the page's
 * origin by path: `{status, body}`, and `headers` and `type` where they matter. Standard output: the calls that were made, the paths
 * that were read, the times that were waited, and the notes that stand on the page, with what the press of each choice shows.
 */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const { location, elements, replies, answers } = JSON.parse(readFileSync(0, "utf8"));

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
  addEventListener(name, listener) { this.listeners = { ...this.listeners, [name]: listener }; }
  replaceChildren(...children) {
    this.children = [];
    this.append(...children);
  }
  append(...children) {
    for (const child of children) child.parentElement = this;
    this.children.push(...children);
  }
  remove() {
    this.parentElement.children = this.parentElement.children.filter((child) => child !== this);
    this.parentElement = null;
  }
}

const document = new FakeElement({ below: elements });
Object.assign(document, { documentElement: document, createElement: () => new FakeElement() });
const calls = [];
const read = [];
const waited = [];

const context = vm.createContext({
  chrome: {
    runtime: {
      id: "extension",
      onMessage: { addListener() {}, removeListener() {} },
      sendMessage: async ({ page }) => {
        calls.push(page);
        const reply = replies[JSON.parse(page).call];
        const next = Array.isArray(reply) && reply.length > 1 ? reply.shift() : [reply].flat()[0];
        return { reply: JSON.stringify(next) };
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
for (const script of ["read.js", "notes.js", "main.js"]) {
  vm.runInContext(readFileSync(new URL(script, import.meta.url), "utf8"), context, { filename: script });
}

process.on("beforeExit", () => {
  const hosts = (element) => Object.values(element.below).flat().flatMap((one) => [...one.children, ...hosts(one)]);
  const notes = [...new Set(hosts(document))].map(({ shadow }) => {
    const [box] = shadow.children;
    const [word, why, row, lines] = box.children;
    const texts = [word, why].map((part) => part.textContent);
    if (!row) return { severity: box.className, texts };
    // Each choice is pressed, and the last of them a second time.
    const pressed = [...row.children, row.children.at(-1)].map((button) => {
      button.listeners.click();
      return [button.textContent, button.getAttribute("aria-pressed"), lines.children.map((line) => line.textContent)];
    });
    return { severity: box.className, texts, pressed };
  });
  process.stdout.write(JSON.stringify({ calls, read, waited, notes }));
  process.exit();
});
