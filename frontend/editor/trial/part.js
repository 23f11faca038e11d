// "Try it": the moves made so far lie here, the server plays them from the start each time and says where the case stands.
import { ask, find, make, say, urls } from "../page.js";
import { save } from "../saving.js";
import { showPath } from "../diagram/path.js";

let moves = [];
const box = () => find("#trial");

// Fields of rows that were added come with the form like all others.
const entered = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "opinion" && name !== "decision");

function moved(form, button) {
  const { kind, element = "", nth = "0" } = form.dataset;
  const data = new FormData(form);
  return { kind, element_id: element, nth: Number(nth), decision: button?.value ?? "", opinion: data.get("opinion") ?? "", entered: entered(form), answers: [] };
}

function answered(form) {
  const data = new FormData(form);
  return { element_id: form.dataset.element, values: data.get("values") ?? "", error: data.get("error") ?? "" };
}

async function play(next) {
  box().setAttribute("aria-busy", "true");
  try {
    await save();
    const { html, current, passed } = await ask(urls.trial, { moves: next });
    moves = next;
    box().innerHTML = html;
    box().closest("[role=tabpanel]").scrollTo(0, 0);
    showPath({ current, passed });
    find("#said").textContent = find("h3", box())?.textContent ?? "";
  } catch (error) {
    tellFault(error);
  } finally {
    box().removeAttribute("aria-busy");
  }
}

// What was wrong stands above the form that was sent, which stays as it was filled in.
function tellFault(error) {
  const problem = error.problem ?? {};
  const lines = (problem.errors ?? []).map(({ path, message }) => make("li", {}, `${path.replace(/^values\./, "")}: ${message}`));
  const text = problem.detail ?? (error instanceof TypeError ? say("noTrial") : error.message);
  find(".trial-fault", box())?.remove();
  const note = make("div", { className: "note bad trial-fault", role: "alert", tabIndex: -1 }, make("div", {}, make("b", {}, text), make("ul", {}, ...lines)));
  const again = make("button", { className: "btn", type: "button" }, say("trialAgain"));
  again.addEventListener("click", () => play([]));
  if (!box().querySelector("form") || problem.code === "trial.gone") note.append(again);
  box().prepend(note);
  note.focus();
}

function onSubmit(event) {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.kind !== "answer") return play([...moves, moved(form, event.submitter)]);
  const last = moves.at(-1);
  return play([...moves.slice(0, -1), { ...last, answers: [...last.answers, answered(form)] }]);
}

// One step back takes the last answer away, or the last move when it needed none.
function back() {
  const last = moves.at(-1);
  if (!last) return undefined;
  const before = moves.slice(0, -1);
  return play(last.answers.length ? [...before, { ...last, answers: last.answers.slice(0, -1) }] : before);
}

// A file of a trial is a name: nothing is chosen and nothing is sent.
function attach(button) {
  const field = button.closest("[data-made-up]");
  const list = find("ul", field);
  const name = field.dataset.madeUp.replace("{n}", String(list.children.length + 1));
  const item = find("template", field).content.firstElementChild.cloneNode(true);
  find("span", item).textContent = name;
  find("input", item).value = name;
  if (!("many" in field.dataset)) list.replaceChildren();
  list.append(item);
}

export function begin() {
  box().addEventListener("submit", onSubmit);
  box().addEventListener("click", (event) => {
    const attaching = event.target.closest("[data-attach]");
    if (attaching) attach(attaching);
    event.target.closest("[data-detach]")?.closest("li").remove();
    if (event.target.closest("[data-back]")) back();
    if (event.target.closest("[data-again]")) play([]);
  });
  document.addEventListener("editor:diagram", () => play(moves));
  play([]);
}
