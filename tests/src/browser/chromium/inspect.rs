//! Inspection of what a person cannot see: the text inside closed shadow roots, and what a target holds in
//! memory.
//!
//! The memory search is for the promise that nothing but SAML-bearing exchanges is kept. It covers every
//! string that JavaScript can still reach (heap snapshot, after a garbage collection; content scripts with
//! their page) and every byte of every WebAssembly memory. Chromium lets nobody look into an `ArrayBuffer`
//! that the page did not hand out, so of those the sizes are given. Left out: typed arrays of up to 64 bytes,
//! Blobs, and memory that is free but not overwritten.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::journal::exception_text;
use super::page::{Page, object_id};
use crate::browser::page::quoted;

/// One place where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The text that was looked for.
    pub needle: String,
    /// The place where it is.
    pub place: String,
}

impl Page {
    /// For each element that matches, in document order, the text inside its shadow root, open or closed,
    /// white space folded. An element without a shadow root gives an empty text.
    ///
    /// # Errors
    /// The page changed under the reading; ask again (within [`crate::wait::until`]).
    pub(super) fn texts_in_shadows(&self, selector: &str) -> Result<Vec<String>> {
        let document = self.command("DOM.getDocument", &json!({ "depth": -1, "pierce": true }))?;
        let root = &document["root"];
        let matching = self
            .command("DOM.querySelectorAll", &json!({ "nodeId": root["nodeId"], "selector": selector }))
            .with_context(|| format!("reading the shadow roots of {}", quoted(selector)))?;
        let matching = matching["nodeIds"].as_array().cloned().unwrap_or_default();
        Ok(matching.iter().filter_map(|id| find(root, id)).map(shadow_text).collect())
    }

    /// The places where the target still holds one of `needles`: in a string that JavaScript reaches, or in a
    /// WebAssembly memory, as UTF-8 or UTF-16.
    ///
    /// # Errors
    /// The target is gone.
    pub(in crate::browser) fn find_in_memory(&self, needles: &[&str]) -> Result<Vec<Found>> {
        // Strings first: nothing of the byte search can then be among them.
        let mut found = find_in_strings(&self.heap_snapshot()?.strings, needles);
        found.extend(self.find_in_bytes(needles)?);
        Ok(found)
    }

    /// From now on has the target note each WebAssembly memory that it decodes text from; a search then takes
    /// these. Needed where a module exports a table of functions: `Runtime.queryObjects` ends such a process
    /// (Chromium 156), as every walk over its objects does.
    ///
    /// # Errors
    /// The target is gone.
    pub(in crate::browser) fn note_memories(&self) -> Result<()> {
        self.evaluate_in(None, NOTE_MEMORIES).map(drop)
    }

    /// The same of the one memory of the Wasm that wasm-bindgen's module at `bindings` has started in this
    /// target.
    ///
    /// # Errors
    /// The target is gone, or has no such module.
    pub(in crate::browser) fn note_memory_of(&self, bindings: &str) -> Result<()> {
        // The module's start gives what it has started before.
        let noted = format!(
            "import({}).then(module => module.default())
                .then(({{ memory }}) => {{ globalThis.notedMemories = () => [memory] }})",
            quoted(bindings)
        );
        self.evaluate_in(None, &noted).map(drop)
    }

    /// The sizes in bytes of all buffers that JavaScript still reaches, smallest first. Bodies of requests
    /// that are no forms would be among them.
    ///
    /// # Errors
    /// The target is gone.
    pub(in crate::browser) fn buffer_sizes(&self) -> Result<Vec<u64>> {
        let snapshot = self.heap_snapshot()?;
        let fields = &snapshot.snapshot.meta.node_fields;
        let place = |field: &str| {
            let found = fields.iter().position(|it| it == field);
            found.with_context(|| format!("the heap snapshot's nodes have no {field}"))
        };
        let (name, size) = (place("name")?, place("self_size")?);
        let is_buffer = |node: &&[u64]| {
            let name = node.get(name).and_then(|it| usize::try_from(*it).ok());
            name.and_then(|it| snapshot.strings.get(it)).is_some_and(|it| it == "system / JSArrayBufferData")
        };
        let nodes = snapshot.nodes.chunks(fields.len());
        let mut sizes: Vec<u64> =
            nodes.filter(is_buffer).filter_map(|node| node.get(size).copied()).collect();
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// The target's heap after a garbage collection.
    fn heap_snapshot(&self) -> Result<Snapshot> {
        let chunks = self.connection().listen(self.session(), "HeapProfiler.addHeapSnapshotChunk");
        self.command("HeapProfiler.enable", &json!({}))?;
        self.command("HeapProfiler.collectGarbage", &json!({}))?;
        self.command("HeapProfiler.takeHeapSnapshot", &json!({ "reportProgress": false }))?;
        self.command("HeapProfiler.disable", &json!({}))?;
        let text: String =
            chunks.try_iter().filter_map(|event| event["chunk"].as_str().map(str::to_owned)).collect();
        serde_json::from_str(&text).context("the heap snapshot is not readable")
    }

    fn find_in_bytes(&self, needles: &[&str]) -> Result<Vec<Found>> {
        let group = "samlight-memory-search";
        let memories = self.memories(group)?;
        // As numbers, so that the search itself leaves no string behind that a later search would find.
        let patterns: Vec<_> = needles.iter().flat_map(|it| [utf_8(it), utf_16(it)]).collect();
        let answer = self.command(
            "Runtime.callFunctionOn",
            &json!({ "objectId": memories, "functionDeclaration": SEARCH_BYTES,
                "returnByValue": true, "arguments": [{ "value": patterns }] }),
        )?;
        self.command("Runtime.releaseObjectGroup", &json!({ "objectGroup": group }))?;
        if let Some(details) = answer.get("exceptionDetails") {
            bail!("the byte search failed: {}", exception_text(details));
        }
        let places = answer["result"]["value"].as_array().context("the byte search gave no answer")?;
        let found = |place: &Value| {
            let pattern = usize::try_from(place[0].as_u64()?).ok()?;
            let needle = (*needles.get(pattern / 2)?).to_owned();
            Some(Found { needle, place: format!("byte {} of a WebAssembly memory", place[1]) })
        };
        Ok(places.iter().filter_map(found).collect())
    }

    /// The list of the target's memories as an object of it: what was noted, or else all that there are.
    fn memories(&self, group: &str) -> Result<String> {
        let evaluated = |expression: &str| {
            self.command("Runtime.evaluate", &json!({ "expression": expression, "objectGroup": group }))
        };
        let noted = evaluated("globalThis.notedMemories?.()")?;
        if let Some(details) = noted.get("exceptionDetails") {
            bail!("the search found no memory: {}", exception_text(details));
        }
        if noted["result"]["type"] == "object" {
            return object_id(&noted["result"]).map(str::to_owned);
        }
        let prototype = evaluated("WebAssembly.Memory.prototype")?;
        let memories = self.command(
            "Runtime.queryObjects",
            &json!({ "prototypeObjectId": object_id(&prototype["result"])?, "objectGroup": group }),
        )?;
        object_id(&memories["objects"]).map(str::to_owned)
    }
}

/// Notes the buffers of the memories, and none of them longer than its owner does.
const NOTE_MEMORIES: &str = "(() => {
    const PAGE = 65536, noted = new Set(), decode = TextDecoder.prototype.decode;
    const live = () => [...noted].map(it => it.deref()).filter(it => it?.byteLength);
    globalThis.notedMemories = () => {
        const them = live().map(buffer => ({ buffer }));
        if (!them.length) throw new Error('no memory was decoded from, so nothing can be said of one');
        return them;
    };
    TextDecoder.prototype.decode = function (view, ...more) {
        const buffer = view?.buffer;
        if (buffer && buffer.byteLength % PAGE === 0 && !live().includes(buffer)) noted.add(new WeakRef(buffer));
        return decode.call(this, view, ...more);
    };
})()";

/// Called on an array of memories, with byte patterns; gives `[pattern, offset]` of the first find of each
/// pattern in each memory.
const SEARCH_BYTES: &str = "function (patterns) {
    const places = [];
    for (const memory of this) {
        const bytes = new Uint8Array(memory.buffer);
        patterns.forEach((pattern, number) => {
            let at = bytes.indexOf(pattern[0]);
            while (at >= 0 && !pattern.every((byte, i) => bytes[at + i] === byte)) at = bytes.indexOf(pattern[0], at + 1);
            if (at >= 0) places.push([number, at]);
        });
    }
    return places;
}";

/// The parts of a heap snapshot that are needed here. Its nodes are one flat list of numbers.
#[derive(Deserialize)]
struct Snapshot {
    snapshot: Head,
    nodes: Vec<u64>,
    strings: Vec<String>,
}

#[derive(Deserialize)]
struct Head {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    node_fields: Vec<String>,
}

fn find_in_strings(strings: &[String], needles: &[&str]) -> Vec<Found> {
    let holds = |needle: &&str| {
        let string = strings.iter().find(|string| string.contains(*needle))?;
        let begin: String = string.chars().take(60).collect();
        let place = format!("a string of {} bytes that begins {begin:?}", string.len());
        Some(Found { needle: (*needle).to_owned(), place })
    };
    needles.iter().filter_map(holds).collect()
}

fn utf_8(text: &str) -> Vec<u8> {
    text.bytes().collect()
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The node with this id, anywhere in a `DOM.Node` tree, shadow roots and frames included.
fn find<'tree>(node: &'tree Value, id: &Value) -> Option<&'tree Value> {
    if node["nodeId"] == *id {
        return Some(node);
    }
    below(node).find_map(|child| find(child, id))
}

fn below(node: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["children", "shadowRoots"].into_iter().filter_map(|key| node[key].as_array()).flatten();
    lists.chain(node.get("contentDocument"))
}

fn shadow_text(host: &Value) -> String {
    let mut text = String::new();
    for root in host["shadowRoots"].as_array().into_iter().flatten() {
        collect_text(root, &mut text);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect_text(node: &Value, text: &mut String) {
    const TEXT_NODE: u64 = 3;
    if matches!(node["localName"].as_str(), Some("style" | "script" | "template")) {
        return;
    }
    // The words of a sentence, marked or not, belong together.
    if node["attributes"].as_array().is_some_and(|them| them.iter().any(|it| it == "why")) {
        let mut words = String::new();
        below(node).for_each(|child| collect_words(child, &mut words));
        text.push_str(&words);
        text.push(' ');
        return;
    }
    if node["nodeType"].as_u64() == Some(TEXT_NODE) {
        text.push_str(node["nodeValue"].as_str().unwrap_or_default());
        text.push(' ');
    }
    for child in below(node) {
        collect_text(child, text);
    }
}

/// The text of all nodes below, one after the other.
fn collect_words(node: &Value, words: &mut String) {
    words.push_str(node["nodeValue"].as_str().unwrap_or_default());
    below(node).for_each(|child| collect_words(child, words));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_what_is_inside_the_shadow_root() -> Result<()> {
        let tree = json!({ "nodeId": 1, "children": [{ "nodeId": 2, "localName": "note",
            "children": [{ "nodeId": 3, "nodeType": 3, "nodeValue": "outside" }],
            "shadowRoots": [{ "nodeId": 4, "children": [
                { "nodeId": 5, "localName": "style", "children": [{ "nodeId": 6, "nodeType": 3, "nodeValue": "a{}" }] },
                { "nodeId": 7, "localName": "b", "children": [{ "nodeId": 8, "nodeType": 3, "nodeValue": " in " }] },
                { "nodeId": 9, "nodeType": 3, "nodeValue": "side\n" },
            ] }] }] });
        let host = find(&tree, &json!(2)).context("no host")?;
        assert_eq!(shadow_text(host), "in side");
        assert!(find(&tree, &json!(99)).is_none());
        Ok(())
    }

    #[test]
    fn patterns_are_the_bytes_of_both_encodings() {
        assert_eq!(utf_8("é"), [0xC3, 0xA9]);
        assert_eq!(utf_16("é"), [0xE9, 0x00]);
    }
}
