/**
 * "reset it" of the SCIM section: GitLab answers with the new token, and the page shows it in clear. Nothing
 * of Samlight may ever read that field; the tests prove it with this page.
 */
document.querySelector(".js-reset-scim-token").addEventListener("click", async () => {
  const section = document.querySelector("[data-generate-token-path]");
  const answer = await fetch(section.dataset.generateTokenPath, {
    method: "POST",
    headers: { "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content },
  });
  if (answer.ok) document.querySelector("#scim_token").value = (await answer.json()).scim_token;
});
