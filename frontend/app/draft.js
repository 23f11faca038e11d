// Keeps what is typed: on the server after a pause, on this device while the connection is lost, and says which.
import { clock, csrfToken, say } from "./page.js";

const PAUSE = 1500;

const PREFIX = "draft:";
const OWN_TO_A_PAGE = new Set(["csrf_token", "version", "idempotency_key"]);

const keyOf = (form) => `${PREFIX}${form.dataset.draft}`;
const entries = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");
const words = (form) => entries(form).filter(([name]) => !OWN_TO_A_PAGE.has(name));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

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
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), sent, entries: words(form) }));
    return true;
  } catch {
    return false;
  }
}

function keepHere(form) {
  if (mirror(form)) tell(form, "offline", say("draftHere", { time: clock() }));
  else tell(form, "refused", say("draftNowhere"));
}

async function save(form) {
  const sent = words(form);
  const body = new FormData();
  for (const [name, value] of entries(form)) if (name !== "csrf_token") body.append(name, value);
  let reply;
  try {
    reply = await fetch(form.dataset.draft, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken, Accept: "application/json" },
    });
  } catch {
    return keepHere(form);
  }
  if (reply.ok && !reply.redirected) {
    if (same(sent, words(form))) localStorage.removeItem(keyOf(form));
    return tell(form, "saved", say("draftSaved", { time: clock() }));
  }
  keepHere(form);
  if (reply.status === 409) tell(form, "refused", say("draftStale"));
  if (reply.redirected || reply.status === 401) tell(form, "refused", say("draftLoggedOut"));
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
  if (same(kept.entries, words(form))) return localStorage.removeItem(keyOf(form));
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

// What was sent has arrived when another page answers; a sent form that comes back still has its words to offer.
function forgetSent() {
  const open = new Set([...document.querySelectorAll("form[data-draft]")].map(keyOf));
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !open.has(key) && stored(key)?.sent) localStorage.removeItem(key);
  }
}

export function watchDrafts() {
  forgetSent();
  for (const form of document.querySelectorAll("form[data-draft]")) {
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
    addEventListener("offline", () => keepHere(form));
    for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(form));
    offer(form);
  }
}
