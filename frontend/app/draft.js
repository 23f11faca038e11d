// Keeps what is typed: on the server after a pause, on this device while the connection is lost, and says which.
import { clock, csrfToken, say } from "./page.js";

const PAUSE = 1500;

const keyOf = (form) => `draft:${form.dataset.draft}`;

function entries(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
}

function tell(form, state, text) {
  for (const line of document.querySelectorAll(".draft-state")) {
    line.dataset.state = state;
    line.textContent = text;
  }
  form.dataset.draftState = state;
}

// Every keystroke is mirrored here at once, so that a crash or a quick leave loses nothing; a save clears it.
function mirror(form) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), entries: entries(form) }));
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
  const sent = entries(form);
  const body = new FormData();
  for (const [name, value] of sent) body.append(name, value);
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
    if (JSON.stringify(sent) === JSON.stringify(entries(form))) localStorage.removeItem(keyOf(form));
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
    while (Number(list.dataset.next) <= last) list.querySelector("[data-add]").click();
  }
  for (const control of form.elements) {
    if (!control.name || !names.has(control.name) || control.type === "file") continue;
    const values = kept.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
    else control.value = values[0];
  }
}

function offer(form) {
  const stored = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
  const note = document.querySelector("#draft-offer");
  if (!stored || !note) return;
  note.querySelector("[data-time]").textContent = say("draftFound", { time: clock(new Date(stored.at)) });
  note.hidden = false;
  note.addEventListener("click", (event) => {
    const choice = event.target.closest("button")?.value;
    if (!choice) return;
    note.hidden = true;
    localStorage.removeItem(keyOf(form));
    if (choice === "restore") {
      putBack(form, stored.entries);
      save(form);
    }
  });
}

export function watchDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    let timer;
    const later = () => {
      clearTimeout(timer);
      mirror(form);
      timer = setTimeout(() => save(form), PAUSE);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      localStorage.removeItem(keyOf(form));
    });
    addEventListener("online", () => form.dataset.draftState === "offline" && save(form));
    addEventListener("offline", () => keepHere(form));
    for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(form));
    offer(form);
  }
}
