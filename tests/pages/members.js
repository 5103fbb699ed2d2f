/**
 * The members table of the group SAML SSO settings page, drawn the way GitLab's page draws it: the server
 * sends an empty mount element; the script replaces it, asks the members API for ten members and draws a
 * table; the pages change without a change of the URL. Row elements are kept and filled with other members:
 * only the text and the attributes change, as a virtual DOM does with rows that are keyed by their index.
 *
 * The attribute `data-generation` of the script's element chooses the markup: "18" has three columns, "older"
 * has two and older classes, "german" is 18 in translation. Left out: search, sorting.
 */
const GENERATIONS = {
  18: {
    headers: ["User", "SAML Identifier", "SCIM Identifier"],
    identifiers: [(member) => member.group_saml_identity?.extern_uid, (member) => member.group_scim_identity?.extern_uid],
    identifierClass: "!gl-font-bold",
    userClass: "gl-flex",
  },
  older: {
    headers: ["User", "Identifier"],
    identifiers: [(member) => member.group_saml_identity?.extern_uid],
    identifierClass: "gl-font-bold",
    userClass: "d-flex",
  },
};
GENERATIONS.german = { ...GENERATIONS[18], headers: ["Benutzer", "SAML-Kennung", "SCIM-Kennung"] };
const PER_PAGE = 10;
const SVG = "http://www.w3.org/2000/svg";

const generation = GENERATIONS[document.currentScript.dataset.generation];
const mount = document.querySelector(".js-saml-members");
const groupId = mount.dataset.groupId;
const root = element("div", { class: "gl-mt-3" }, skeleton());
mount.replaceWith(root);

/** The table, its rows and the pagination: made at the first answer, then only changed. */
let view = null;
showPage(1);

/** Asks for one page of members and shows it. */
async function showPage(page) {
  view?.table.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(
      `${gon.relative_url_root}/api/v4/groups/${groupId}/members?per_page=${PER_PAGE}&with_saml_identity=true&page=${page}`,
    );
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const members = await answer.json();
    if (!view) {
      view = newTable();
      root.replaceChildren(view.table, view.pagination);
    }
    fillRows(members);
    fillPagination(page, Number(answer.headers.get("x-total-pages")));
  } catch {
    const alert = element("div", { class: "gl-alert gl-alert-danger flash-alert", "data-testid": "alert-danger", role: "alert" });
    alert.append(element("div", { class: "gl-alert-body" }, "An error occurred while loading group members."));
    document.querySelector(".flash-container").append(alert);
  } finally {
    view?.table.setAttribute("aria-busy", "false");
  }
}

/** The empty table with its head, and the empty pagination. */
function newTable() {
  const headRow = element("tr", { role: "row" });
  generation.headers.forEach((header, index) =>
    headRow.append(
      element("th", { role: "columnheader", scope: "col", "aria-colindex": index + 1 }, element("div", {}, header)),
    ),
  );
  const body = element("tbody", { role: "rowgroup" });
  const table = element(
    "table",
    { class: "table b-table gl-table", role: "table", "aria-busy": "false", "aria-colcount": generation.headers.length },
    element("thead", { role: "rowgroup" }, headRow),
    body,
  );
  const pages = element("ul", { class: "pagination" });
  const pagination = element("nav", { class: "gl-pagination gl-mt-3", "aria-label": "Pagination" }, pages);
  return { table, body, rows: [], pagination, pages };
}

/** Shows these members: kept rows first, then new ones; rows that are too many go. */
function fillRows(members) {
  while (view.rows.length > members.length) view.rows.pop().row.remove();
  members.forEach((member, index) => {
    if (!view.rows[index]) {
      view.rows[index] = newRow();
      view.body.append(view.rows[index].row);
    }
    patchRow(view.rows[index], member);
  });
}

/** An empty row, with its parts that change from member to member. */
function newRow() {
  const name = document.createTextNode("");
  const username = document.createTextNode("");
  const avatar = element("img", { class: "gl-avatar gl-avatar-circle gl-avatar-s32", alt: "" });
  const link = element("a", { class: "js-user-link" }, name);
  const user = element(
    "span",
    { class: generation.userClass },
    avatar,
    element("div", {}, element("div", {}, link), element("div", { class: "gl-text-subtle" }, username)),
  );
  const identifiers = generation.identifiers.map(() => document.createTextNode(""));
  const row = element("tr", { role: "row" }, element("td", { role: "cell", "aria-colindex": 1 }, user));
  identifiers.forEach((text, index) =>
    row.append(
      element("td", { role: "cell", "aria-colindex": index + 2 }, element("span", { class: generation.identifierClass }, text)),
    ),
  );
  return { row, avatar, link, name, username, identifiers };
}

/** Fills a row with a member, in place. */
function patchRow(parts, member) {
  setAttribute(parts.avatar, "src", member.avatar_url);
  setAttribute(parts.link, "href", member.web_url);
  setAttribute(parts.link, "data-user-id", String(member.id));
  setAttribute(parts.link, "data-username", member.username);
  setText(parts.name, member.name);
  setText(parts.username, `@${member.username}`);
  generation.identifiers.forEach((read, index) => setText(parts.identifiers[index], read(member) ?? ""));
}

/** Changes an attribute only when it differs, as a virtual DOM does. */
function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Changes a text only when it differs. */
function setText(node, text) {
  if (node.data !== text) node.data = text;
}

/** The pages' buttons; the current page and the ends cannot be clicked. */
function fillPagination(page, lastPage) {
  view.pagination.hidden = lastPage < 2;
  const item = (label, target, extra) => {
    const usable = target >= 1 && target <= lastPage && target !== page;
    const button = element("button", { type: "button", class: "page-link", "aria-label": extra.label }, label);
    button.disabled = !usable;
    button.addEventListener("click", () => showPage(target));
    if (target === page) button.setAttribute("aria-current", "page");
    return element("li", { class: `page-item ${extra.class}${target === page ? " active" : ""}` }, button);
  };
  const numbers = Array.from({ length: lastPage }, (_, index) => index + 1);
  view.pages.replaceChildren(
    item("Previous", page - 1, { class: "js-previous-button", label: "Go to previous page" }),
    ...numbers.map((number) => item(String(number), number, { class: "js-page", label: `Go to page ${number}` })),
    item("Next", page + 1, { class: "js-next-button", label: "Go to next page" }),
  );
}

/** What is shown until the first answer. */
function skeleton() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "gl-skeleton-loader");
  svg.setAttribute("width", "400");
  svg.setAttribute("height", "72");
  for (const y of [8, 32, 56]) {
    const line = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x: 0, y, width: 360, height: 10, rx: 4, fill: "#dcdcde" })) {
      line.setAttribute(name, value);
    }
    svg.append(line);
  }
  return svg;
}

/** An element with attributes and children. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
