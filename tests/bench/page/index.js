/** Does the work that the address names (`?work=messages`), and tells what it gave or why it failed. */

async function done() {
  try {
    const { default: work } = await import(`./${new URLSearchParams(location.search).get("work")}.js`);
    return { gave: await work() };
  } catch (error) {
    return { failed: `${error}\n${error.stack}` };
  }
}

await fetch("/result", { method: "POST", body: JSON.stringify({ ...(await done()), agent: navigator.userAgent }) });
