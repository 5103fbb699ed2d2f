/**
 * Links with `data-method` (as rails-ujs treats them): a click sends a form to the link's address with that
 * method and the CSRF token, instead of following the link. GitLab's "Sign in", "Authorize", "Disconnect
 * SAML" and "Sign out" are such links. Left out: confirmation texts, modified clicks.
 */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-method]") : null;
  if (!link) return;
  event.preventDefault();

  const form = document.createElement("form");
  form.method = "post";
  form.action = link.href;
  form.hidden = true;
  const add = (name, value) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  };
  const method = link.dataset.method;
  if (method !== "post") add("_method", method);
  add(
    document.querySelector("meta[name=csrf-param]").content,
    document.querySelector("meta[name=csrf-token]").content,
  );
  document.body.append(form);
  form.submit();
});
