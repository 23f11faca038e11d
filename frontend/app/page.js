// What the page tells its scripts: the words in its language, the CSRF token, whose page it is, and whether it is narrow.
const told = document.querySelector("#page-data");

export const words = told ? JSON.parse(told.dataset.words) : {};
export const csrfToken = told?.dataset.csrf ?? "";
export const owner = told?.dataset.owner ?? "";
export const narrow = matchMedia("(max-width: 1180px)");

export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function clock(date = new Date()) {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

export function isTyping(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") != null;
}

// Runs now and again for whatever htmx swaps in.
export function onContent(setUp) {
  setUp(document);
  document.addEventListener("htmx:after:swap", (event) => setUp(event.detail.ctx.target ?? document));
}
