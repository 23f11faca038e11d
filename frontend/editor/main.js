// The editor of a draft: its files one at a time, each kind with its own part that is loaded when it is needed.
import "./editor.scss";
import { contents, names, onSaved, watchSaving } from "./saving.js";
import { ask, draft, find, make, readOnly, say, urls } from "./page.js";
import { goTo, renew, show, watchFindings } from "./findings.js";
import { watchPanels } from "./panels.js";

const PARTS = {
  bpmn: () => import("./diagram/part.js"),
  dmn: () => import("./decisions/part.js"),
  form: () => import("./forms/part.js"),
  toml: () => import("./settings.js"),
};

const kindOf = (name) => name.split(".").at(-1);
let openFile = null;
let closing = () => {};

function list() {
  const select = find("#file");
  const groups = ["bpmn", "dmn", "form", "toml"].map((kind) => {
    const options = names().filter((name) => kindOf(name) === kind).sort();
    return make("optgroup", { label: say(`kind_${kind}`) }, ...options.map((name) => make("option", { value: name }, name)));
  });
  select.replaceChildren(...groups.filter((group) => group.children.length));
  if (openFile) select.value = openFile;
}

// Opens a file unless it is open; the part of the one before it goes first, with what it has not handed over yet.
export async function open(name, again = false) {
  if ((name === openFile && !again) || contents(name) === undefined) return;
  await closing();
  closing = () => {};
  find("#compare")?.setAttribute("aria-pressed", "false");
  const kind = kindOf(name);
  const stage = find("#stage");
  stage.dataset.kind = kind;
  openFile = name;
  find("#file").value = name;
  stage.setAttribute("aria-busy", "true");
  try {
    const part = await PARTS[kind]();
    const view = await part.open(name, { readOnly });
    closing = view.close;
    show(view);
    stage.dataset.open = name;
  } catch (error) {
    find("#stage-fault").textContent = `${say("unreadable", { name })} ${error.message ?? ""}`;
    stage.dataset.open = "failed";
  } finally {
    stage.removeAttribute("aria-busy");
  }
}

// The same stage shows the version that the draft began from beside it, until the button is pressed again.
async function compare(button) {
  const shown = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!shown));
  if (shown) return open(openFile, true);
  await closing();
  closing = () => {};
  const stage = find("#stage");
  stage.dataset.kind = "compare";
  const part = await import("./compare/part.js");
  const view = await part.open(kindOf(openFile) === "bpmn" ? openFile : draft.main);
  closing = view.close;
  show(view);
  stage.dataset.open = "compare";
}

// The gate takes a second and looks after the save, so that nobody waits for it; the newest answer counts.
let looks = 0;
async function look() {
  const mine = ++looks;
  find("#findings").setAttribute("aria-busy", "true");
  try {
    const { findings } = await ask(urls.findings);
    if (mine === looks) renew(findings);
  } catch {
    // The next save asks again; a lost connection is told where saving is.
  } finally {
    if (mine === looks) find("#findings").removeAttribute("aria-busy");
  }
}

find("#compare")?.addEventListener("click", (event) => compare(event.currentTarget));
find("#file").addEventListener("change", (event) => open(event.target.value));
document.addEventListener("editor:reload", () => {
  list();
  open(contents(openFile) === undefined ? draft.main : openFile, true);
});
document.addEventListener("editor:files", list);
onSaved(look);
watchSaving();
watchPanels();
watchFindings(open);
list();
const wanted = new URLSearchParams(location.search);
await open(names().includes(wanted.get("file")) ? wanted.get("file") : draft.main);
if (wanted.has("element")) goTo({ element_id: wanted.get("element"), line: 1 });
