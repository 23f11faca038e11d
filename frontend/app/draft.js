// Keeps what is typed: on the server after a pause, on this device while the connection is lost, and says which.
// Computers of schools are shared: what lies here belongs to one account, goes at logout, when somebody else comes and
// after half a day, and sensitive fields never lie here at all.
import { clock, csrfToken, owner, say } from "./page.js";

const PAUSE = 1500;
const AGAIN = 15_000;
const KEPT = 12 * 3_600_000;

const PREFIX = "draft:";
const OWN_TO_A_PAGE = new Set(["csrf_token", "version", "idempotency_key", "seen"]);

const keyOf = (form) => `${PREFIX}${owner}:${form.dataset.draft}`;
const entries = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");
const words = (form) => entries(form).filter(([name]) => !OWN_TO_A_PAGE.has(name));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function isPrivate(form, name) {
  const names = (form.dataset.private ?? "").split(" ").filter(Boolean);
  return names.includes("*") || names.some((one) => name === one || name.startsWith(`${one}.`) || name === `${one}[]`);
}

const storable = (form) => words(form).filter(([name]) => !isPrivate(form, name));

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function tell(form, state, text) {
  for (const line of document.querySelectorAll(".draft-state")) {
    line.dataset.state = state;
    line.textContent = text;
  }
  form.dataset.draftState = state;
}

// Every keystroke is mirrored here at once, so that a crash or a quick leave loses nothing; a save clears it.
function mirror(form, sent = false) {
  const kept = storable(form);
  if (!kept.length) return false;
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), sent, entries: kept }));
    return true;
  } catch {
    return false;
  }
}

// "offline" as long as nothing reached the server; the text says whether everything lies here or only a part.
function keepHere(form, code = "draftHere") {
  const whole = storable(form).length === words(form).length;
  if (!mirror(form)) return tell(form, "refused", say("draftNowhere"));
  const state = code === "draftHere" ? "offline" : "refused";
  tell(form, state, `${say(code, { time: clock() })}${whole ? "" : ` ${say("draftPrivate")}`}`);
}

// One save after the other: the server knows the text by the print that the save before has brought back.
const queues = new WeakMap();

function save(form) {
  const queue = queues.get(form) ?? { last: Promise.resolve(), waits: false, open: 0 };
  queues.set(form, queue);
  if (queue.waits) return;
  queue.waits = true;
  queue.open += 1;
  queue.last = queue.last.then(() => {
    queue.waits = false;
    return send(form)
      .catch(() => keepHere(form))
      .finally(() => (queue.open -= 1));
  });
}

// What is sent for good carries the print of the last save: it waits until that is answered, before anybody is asked.
function holdWhileSaving(event) {
  const form = event.target;
  const queue = queues.get(form);
  if (!queue?.open) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (queue.held) return;
  queue.held = true;
  queue.last.finally(() => {
    queue.held = false;
    form.requestSubmit(event.submitter ?? undefined);
  });
}

async function send(form) {
  const sent = words(form);
  const body = new FormData();
  for (const [name, value] of entries(form)) if (name !== "csrf_token") body.append(name, value);
  let reply;
  try {
    reply = await fetch(form.dataset.draft, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken, Accept: "application/json" },
      signal: AbortSignal.timeout(AGAIN),
    });
  } catch {
    keepHere(form);
    setTimeout(() => form.dataset.draftState === "offline" && save(form), AGAIN);
    return;
  }
  if (reply.ok && !reply.redirected) {
    // By what the server knows the kept text again: another window that has changed it since is told, not overwritten.
    const { seen } = await reply.json();
    if (seen !== undefined) form.elements.seen.value = seen;
    if (same(sent, words(form))) localStorage.removeItem(keyOf(form));
    return tell(form, "saved", say("draftSaved", { time: clock() }));
  }
  if (reply.redirected || reply.status === 401) keepHere(form, "draftLoggedOut");
  else keepHere(form, reply.status === 409 ? "draftStale" : "draftRefused");
}

// Rows of a list are made before their values are put back.
function putBack(form, kept) {
  const names = new Set(kept.map(([name]) => name));
  for (const list of form.querySelectorAll("[data-list]")) {
    const wanted = [...names].filter((name) => name.startsWith(`${list.dataset.path}.`));
    const last = Math.max(-1, ...wanted.map((name) => Number(name.split(".").at(-2))));
    while (Number(list.dataset.count) <= last) list.querySelector("[data-add]").click();
  }
  for (const control of form.elements) {
    if (!control.name || !names.has(control.name) || control.type === "file") continue;
    const values = kept.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
    else control.value = values[0];
  }
}

function offer(form) {
  const kept = stored(keyOf(form));
  const note = document.querySelector("#draft-offer");
  if (!kept || !note) return;
  if (same(kept.entries, storable(form))) return localStorage.removeItem(keyOf(form));
  note.querySelector("[data-time]").textContent = say("draftFound", { time: clock(new Date(kept.at)) });
  note.hidden = false;
  note.addEventListener("click", (event) => {
    const choice = event.target.closest("button")?.value;
    if (!choice) return;
    note.hidden = true;
    localStorage.removeItem(keyOf(form));
    if (choice === "restore") {
      putBack(form, kept.entries);
      save(form);
    }
  });
}

const mine = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

// What was sent has arrived when another page answers; a sent form that comes back still has its words to offer.
function forget() {
  const open = new Set([...document.querySelectorAll("form[data-draft]")].map(keyOf));
  for (const key of mine()) {
    const kept = stored(key);
    const isOurs = key.startsWith(`${PREFIX}${owner}:`);
    if (!isOurs || !kept || Date.now() - kept.at > KEPT || (kept.sent && !open.has(key))) localStorage.removeItem(key);
  }
}

function forgetAtLogout(event) {
  if (event.target.matches("form[data-forget]")) for (const key of mine()) localStorage.removeItem(key);
}

export function watchDrafts() {
  document.addEventListener("submit", forgetAtLogout);
  if (!owner) return;
  addEventListener("submit", holdWhileSaving, true);
  forget();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const untouched = words(form);
    let timer;
    const later = (event) => {
      if (event.target !== form && event.target.form !== form && !form.contains(event.target)) return;
      clearTimeout(timer);
      mirror(form);
      timer = setTimeout(() => save(form), PAUSE);
    };
    // On the document: a control may belong to the form without lying in it.
    document.addEventListener("input", later);
    document.addEventListener("change", later);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      mirror(form, true);
    });
    addEventListener("online", () => form.dataset.draftState === "offline" && save(form));
    addEventListener("offline", () => same(untouched, words(form)) || keepHere(form));
    for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(form));
    offer(form);
  }
}
