// Looks again every two seconds while the page is in front; keeps the old view when the API is away.
"use strict";
const lookEveryMs = 2000;

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.querySelector("main");
    const next = fresh.querySelector("main");
    if (now.innerHTML !== next.innerHTML) now.replaceWith(next);
  } catch {
    // The next look tries again.
  }
}

setInterval(look, lookEveryMs);
