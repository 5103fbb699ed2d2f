/**
 * Says as what the page was opened.
 */
document.getElementById("view").textContent = new URLSearchParams(location.search).get("view") ?? "tab";
