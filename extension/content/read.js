/**
 * Reads a page by a recipe: selectors in, texts out. No meaning.
 *
 * @typedef {"text" | "value" | {attribute: string} | {between: [string, string]}} Take
 * @typedef {{key: string, selectors: string[], take: Take}} Field
 * @typedef {{row: string, cells: Field[], anchors: [string, string][]}} Rows
 * @typedef {{id: string, marker: string, fields: Field[], anchors: [string, string][], rows: Rows | null}} Variant
 * @typedef {{page: string, variants: Variant[]}} Recipe
 * @typedef {Record<string, string>} Row
 * @typedef {{fields: Record<string, string[]>, rows: {element: Element, cells: Row}[], variant: Variant}} Reading
 */

/**
 * @param {Element} element
 * @param {Take} take
 */
function taken(element, take) {
  if (take === "text") return element.textContent ?? "";
  if (take === "value") return /** @type {HTMLInputElement} */ (element).value ?? "";
  if ("between" in take) {
    const [, behind = ""] = element.textContent?.split(take.between[0]) ?? [];
    return behind.slice(0, Math.max(behind.indexOf(take.between[1]), 0)) || undefined;
  }
  return element.getAttribute(take.attribute) ?? "";
}

/**
 * The matches of the first selector that has any.
 * @param {ParentNode} below
 * @param {Field} field
 */
function matches(below, field) {
  for (const selector of field.selectors) {
    const found = [...below.querySelectorAll(selector)];
    if (found.length) return found.map((element) => taken(element, field.take)).filter((value) => value !== undefined);
  }
  return [];
}

/**
 * A cell's value; several matches are lines.
 * @param {Element} row
 * @param {Field[]} cells
 * @returns {Row}
 */
function readRow(row, cells) {
  /** @type {[string, string[]][]} */
  const read = cells.map((cell) => [cell.key, matches(row, cell)]);
  return Object.fromEntries(read.filter(([, values]) => values.length).map(([key, values]) => [key, values.join("\n")]));
}

/**
 * @param {Recipe} recipe
 * @returns {Reading | undefined}
 */
function readPage(recipe) {
  const variant = recipe.variants.find(({ marker }) => document.querySelector(marker));
  if (!variant) return undefined;
  /** @type {[string, string[]][]} */
  const fields = variant.fields.map((field) => [field.key, matches(document, field)]);
  const rows = variant.rows
    ? [...document.querySelectorAll(variant.rows.row)].map((element) => ({ element, cells: readRow(element, variant.rows?.cells ?? []) }))
    : [];
  return { fields: Object.fromEntries(fields.filter(([, values]) => values.length)), rows, variant };
}
