/**
 * Puts a note with a closed shadow root into the page.
 */
const host = document.createElement("throwaway-note");
const root = host.attachShadow({ mode: "closed" });
const style = document.createElement("style");
style.textContent = "b { color: green }";
const words = document.createElement("b");
words.textContent = "Words behind a closed door";
root.append(style, words);
document.body.append(host);
