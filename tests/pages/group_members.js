/**
 * The members of a group, drawn the way GitLab's page draws them: the server writes the members as JSON into
 * the mount element; the script takes it out, replaces the element and draws a table, one row a member. A
 * badge says who has linked a SAML identity; no identifier is there. Left out: search, sorting, pages, roles
 * that can be changed.
 */
const mount = document.querySelector(".js-group-members-list-app");
const { user: { members } } = JSON.parse(mount.dataset.membersData);
const root = element("div", {}, table(members));
mount.replaceWith(root);

/** The table with its head. */
function table(all) {
  const heads = ["Account", "Source", "Role"].map((text, index) =>
    element("th", { role: "columnheader", scope: "col", "aria-colindex": index + 1 }, element("div", {}, text)),
  );
  return element(
    "table",
    { class: "table b-table gl-table", "data-testid": "members-table", role: "table", "aria-colcount": heads.length },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)),
    element("tbody", { role: "rowgroup" }, ...all.map(row)),
  );
}

/** One member. */
function row({ id, user, group_sso, access_level }) {
  const badges = group_sso ? [element("span", { class: "badge gl-badge badge-pill badge-info" }, element("span", { class: "gl-badge-content" }, "SAML"))] : [];
  const link = element(
    "a",
    { class: "gl-avatar-link js-user-link", href: user.web_url, "data-user-id": user.id, "data-username": user.username, "data-email": "" },
    element("img", { class: "gl-avatar gl-avatar-circle gl-avatar-s32", alt: "", src: user.avatar_url }),
    element("div", {}, element("div", {}, user.name), element("div", { class: "gl-text-subtle" }, `@${user.username}`)),
  );
  return element(
    "tr",
    { role: "row", "data-testid": `members-table-row-${id}` },
    element("td", { role: "cell", "aria-colindex": 1 }, element("div", { class: "gl-flex" }, link, ...badges)),
    element("td", { role: "cell", "aria-colindex": 2 }, "Direct member"),
    element("td", { role: "cell", "aria-colindex": 3 }, access_level.string_value),
  );
}

/** An element with attributes and children. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
