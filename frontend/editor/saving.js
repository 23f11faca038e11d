// Every change is kept: on the server after a pause, on this device while that does not answer, and the page says which.
import { clock, owner } from "../app/page.js";
import { ask, draft, find, readOnly, say, urls } from "./page.js";

const PAUSE = 1200;
const AGAIN = 10_000;
const KEY = `draft:${owner}:flow:${draft.id}`; // cleared at logout like every draft of a page

const files = new Map(Object.entries(draft.contents));
const changed = new Set();
const removed = new Set();
const listeners = new Set();
let { version } = draft;
let timer;
let sending = null;
let stopped = readOnly;

export const contents = (name) => files.get(name);
export const names = () => [...files.keys()];
export const currentVersion = () => version;
export const onSaved = (listener) => listeners.add(listener);

export function tell(state, text) {
  const line = find("#save-state");
  line.dataset.state = state;
  line.textContent = text;
}

function keepHere() {
  const kept = { at: Date.now(), version, removed: [...removed], files: Object.fromEntries([...changed].map((name) => [name, files.get(name)])) };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function change(name, text) {
  if (stopped || files.get(name) === text) return;
  files.set(name, text);
  removed.delete(name);
  mark(name);
}

export function remove(name) {
  if (stopped || !files.delete(name)) return;
  changed.delete(name);
  removed.add(name);
  mark(null);
}

function mark(name) {
  if (name) changed.add(name);
  keepHere();
  tell("changed", say("changed"));
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

const pending = () => changed.size > 0 || removed.size > 0;

// One save at a time; what is changed meanwhile goes with the next.
export async function save() {
  clearTimeout(timer);
  if (sending) return sending.then(() => (pending() ? save() : undefined));
  if (!pending() || stopped) return undefined;
  const sent = [...changed];
  const gone = [...removed];
  const body = { version, check: false, removed: gone, files: Object.fromEntries(sent.map((name) => [name, files.get(name)])) };
  tell("saving", say("saving"));
  sending = ask(urls.contents, body, "PUT")
    .then((answer) => saved(answer, body, gone), failed)
    .finally(() => (sending = null));
  return sending;
}

function saved(answer, body, gone) {
  ({ version } = answer);
  for (const [name, text] of Object.entries(body.files)) if (files.get(name) === text) changed.delete(name);
  for (const name of gone) if (!files.has(name)) removed.delete(name);
  if (pending()) {
    keepHere();
    timer = setTimeout(save, PAUSE);
  } else {
    localStorage.removeItem(KEY);
    tell("saved", say("saved", { time: clock() }));
    for (const listener of listeners) listener(answer);
  }
}

function failed(error) {
  const kept = keepHere();
  if (error instanceof TypeError) {
    tell("offline", say(kept ? "offline" : "nowhere", { time: clock() }));
    timer = setTimeout(save, AGAIN);
  } else if (error.status === 409) {
    stopped = true;
    conflict(error.problem);
  } else {
    tell("refused", error.status === 401 ? say("loggedOut") : `${say("refused")} ${error.problem.detail ?? ""}`);
  }
}

// Somebody else has saved: this page stops writing and says what can be done with what is here.
function conflict(problem) {
  tell("stale", say("stale"));
  const box = find("#conflict");
  find("[data-text]", box).textContent = problem.detail ?? say("stale");
  box.hidden = false;
  box.focus();
}

function download(name, text) {
  const link = Object.assign(document.createElement("a"), { download: name.split("/").at(-1), href: URL.createObjectURL(new Blob([text])) });
  link.click();
  URL.revokeObjectURL(link.href);
}

async function overwrite() {
  try {
    ({ version } = await ask(urls.contents));
  } catch (error) {
    return conflict(error.problem ?? { detail: say("offline", { time: clock() }) });
  }
  stopped = false;
  find("#conflict").hidden = true;
  return save();
}

function offerKept() {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  if (!kept || readOnly) return;
  const differs = Object.entries(kept.files).some(([name, text]) => files.get(name) !== text) || kept.removed.length > 0;
  if (!differs) return localStorage.removeItem(KEY);
  const box = find("#kept");
  find("[data-text]", box).textContent = say(kept.version === version ? "keptHere" : "keptOlder", { time: clock(new Date(kept.at)) });
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const choice = event.target.closest("button")?.value;
    if (!choice) return;
    box.hidden = true;
    if (choice === "discard") return localStorage.removeItem(KEY);
    for (const name of kept.removed) remove(name);
    for (const [name, text] of Object.entries(kept.files)) change(name, text);
    document.dispatchEvent(new CustomEvent("editor:reload"));
  });
}

export function watchSaving() {
  find("#conflict").addEventListener("click", (event) => {
    const choice = event.target.closest("button")?.value;
    if (choice === "download") for (const name of changed) download(name, files.get(name));
    if (choice === "theirs") {
      localStorage.removeItem(KEY);
      location.reload();
    }
    if (choice === "mine") overwrite();
  });
  addEventListener("online", () => pending() && save());
  addEventListener("beforeunload", (event) => pending() && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
  offerKept();
}
