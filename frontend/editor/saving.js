// Every change is kept: on the server after a pause, on this device while that does not answer, and the page says which.
import { clock, owner } from "../app/page.js";
import { ask, draft, find, readOnly, say, urls } from "./page.js";

const PAUSE = 1200;
const AGAIN = 10_000;
const LAST = 60_000; // what a page that closes may still send, in characters; more stays on the device
const KEY = `draft:${owner}:flow:${draft.id}`; // cleared at logout like every draft of a page

const files = new Map(Object.entries(draft.contents));
const changed = new Set();
const removed = new Set();
const listeners = new Set();
let { version } = draft;
let timer;
let sending = null;
let stopped = readOnly;
let unwritten = null;
let writing = 0;
let writer;
let lost = null; // a save of which the reply did not come: it may have been kept

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
  const kept = { at: Date.now(), ...unsaved() };
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

// A part has changed something that takes a moment to write: once for changes in a row, at the latest when it closes.
export function later(write, pause) {
  if (stopped) return;
  unwritten = write;
  tell("changed", say("changed"));
  clearTimeout(writer);
  writer = setTimeout(flush, pause);
}

export async function flush() {
  clearTimeout(writer);
  const write = unwritten;
  unwritten = null;
  writing += 1;
  try {
    await write?.();
  } finally {
    writing -= 1;
  }
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

const unsent = () => changed.size + removed.size > 0;
const pending = () => unsent() || unwritten !== null || writing > 0;

// One save at a time; what is changed meanwhile goes with the next.
export async function save() {
  clearTimeout(timer);
  await flush();
  if (sending) return sending.then(() => (unsent() ? save() : undefined));
  if (!unsent() || stopped) return undefined;
  const body = unsaved();
  tell("saving", say("saving"));
  sending = ask(urls.contents, body, "PUT")
    .then((answer) => saved(answer, body), (error) => failed(error, body))
    .finally(() => (sending = null));
  return sending;
}

const unsaved = () => ({ version, check: false, removed: [...removed], files: Object.fromEntries([...changed].map((name) => [name, files.get(name)])) });

function saved(answer, body) {
  ({ version } = answer);
  lost = null;
  for (const [name, text] of Object.entries(body.files)) if (files.get(name) === text) changed.delete(name);
  for (const name of body.removed) if (!files.has(name)) removed.delete(name);
  if (unsent()) {
    keepHere();
    timer = setTimeout(save, PAUSE);
  } else {
    localStorage.removeItem(KEY);
    tell("saved", say("saved", { time: clock() }));
    for (const listener of listeners) listener(answer);
  }
}

async function failed(error, body) {
  const kept = keepHere();
  if (error instanceof TypeError) {
    lost = body;
    tell("offline", say(kept ? "offline" : "nowhere", { time: clock() }));
    timer = setTimeout(save, AGAIN);
  } else if (error.status === 409) {
    const answer = await keptAfterAll();
    if (answer) return saved(answer, lost);
    stopped = true;
    conflict(error.problem);
  } else {
    tell("refused", error.status === 401 ? say("loggedOut") : `${say("refused")} ${error.problem.detail ?? ""}`);
  }
}

// The server has taken what was sent before the connection broke: then what it has is this page's own save.
async function keptAfterAll() {
  if (!lost) return null;
  try {
    const answer = await ask(urls.contents);
    const same = Object.entries(lost.files).every(([name, text]) => answer.contents[name] === text);
    return answer.version === lost.version + 1 && same && lost.removed.every((name) => !(name in answer.contents)) ? answer : null;
  } catch {
    return null;
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

// My files over theirs: what I have not touched is theirs from now on, here as well.
async function overwrite() {
  let theirs;
  try {
    theirs = await ask(urls.contents);
  } catch (error) {
    return conflict(error.problem ?? { detail: say("offline", { time: clock() }) });
  }
  ({ version } = theirs);
  lost = null;
  for (const name of names()) if (!changed.has(name) && !(name in theirs.contents)) files.delete(name);
  for (const [name, text] of Object.entries(theirs.contents)) if (!changed.has(name) && !removed.has(name)) files.set(name, text);
  stopped = false;
  find("#conflict").hidden = true;
  document.dispatchEvent(new CustomEvent("editor:reload"));
  return save();
}

// The page goes: what is not written yet is, stays on the device, and is sent where it is small enough.
async function leave() {
  await flush();
  if (stopped || !unsent()) return;
  keepHere();
  const body = unsaved();
  if (!sending && JSON.stringify(body).length < LAST) ask(urls.contents, body, "PUT", true).catch(() => {});
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
  addEventListener("pagehide", leave);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
  offerKept();
}
