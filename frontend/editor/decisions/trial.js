// Beside a table: values as JSON, and what the decision answers to them with the rows that matched.
import { ask, make, say, urls } from "../page.js";
import { save } from "../saving.js";

const kept = new Map(); // what was tried last, for each file

export function trialPanel(box, name, decisionId) {
  const values = make("textarea", { className: "form-control plain-text", id: "decision-values", rows: 8, spellcheck: false, value: kept.get(name) ?? "{\n  \n}" });
  const answer = make("div", { className: "decision-answer", role: "status" });
  const button = make("button", { className: "btn", type: "button" }, say("evaluate"));
  button.addEventListener("click", async () => {
    kept.set(name, values.value);
    try {
      await save();
      answer.innerHTML = (await ask(urls.evaluate, { decision_id: decisionId() ?? "", values: values.value })).html;
    } catch (error) {
      answer.replaceChildren(make("p", { className: "note bad" }, error.problem?.detail ?? error.message));
    }
  });
  const label = make("label", { className: "form-label", htmlFor: "decision-values" }, say("decisionValues"));
  box.replaceChildren(make("div", { className: "decision-trial" }, make("h2", {}, say("evaluateTitle")), label, values, button, answer));
}
