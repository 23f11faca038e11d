// What an admin sets in words: of a step who, how they sign, until when, which form; of a service task its operation.
import { known, say } from "../../page.js";
import { choice, feel, options, text } from "./entries.js";
import { attribute, input, item, setAttribute, setInput, setItem } from "./writing.js";

const PROPERTIES = "zeebe:Properties";

const property = (name) => ({
  get: (element) => item(element, PROPERTIES, name),
  set: (services, element, value) => setItem(services, element, PROPERTIES, name, value),
});

const attributed = (type, name) => ({
  get: (element) => attribute(element, type, name),
  set: (services, element, value) => setAttribute(services, element, type, name, value),
});

const groups = attributed("zeebe:AssignmentDefinition", "candidateGroups");
const assignee = attributed("zeebe:AssignmentDefinition", "assignee");
const form = attributed("zeebe:FormDefinition", "formId");
const operation = attributed("zeebe:TaskDefinition", "type");

const chosen = (list, empty) => [{ value: "", label: empty }, ...list.map(({ value, label }) => ({ value, label }))];

function who(element) {
  const signing = property("signing").get(element);
  const vote = [text("quorum", say("quorum"), property("quorum")), text("ratio", say("ratio"), property("ratio")), choice("secret", say("secret"), property("secret"), options(["true", "false"], "secret", say("secret_true")))];
  return [
    choice("role", say("role"), groups, chosen(known.roles, say("laneRole"))),
    feel("candidateGroups", say("groups"), groups, say("groupsHint")),
    feel("assignee", say("assignee"), assignee, say("assigneeHint")),
    choice("signing", say("signing"), property("signing"), options(["all", "any", "sequence", "vote"], "signing", say("signing_single"))),
    ...(signing === "vote" ? vote : []),
    choice("collective", say("collective"), property("collective"), options(["ordinary", "appointment"], "collective", say("collective_no"))),
    choice("paper", say("paper"), property("paper"), options(["allowed", "bureau"], "paper", say("no"))),
    choice("recuse", say("recuse"), property("recuse"), [{ value: "", label: say("recuse_always") }, { value: "hiring.candidates", label: say("recuse_candidates") }]),
  ];
}

function until(element) {
  const owed = property("owedBy").get(element) || "authority";
  const ends = owed === "applicant" ? ["remind", "escalate", "decide:expire"] : ["remind", "escalate", "decide:deemed_filed"];
  return [
    feel("dueIn", say("dueIn"), property("dueIn"), say("dueInHint")),
    feel("remindBefore", say("remindBefore"), property("remindBefore")),
    choice("owedBy", say("owedBy"), property("owedBy"), options(["applicant"], "owedBy", say("owedBy_authority"))),
    choice("onExpiry", say("onExpiry"), property("onExpiry"), options(ends, "onExpiry", say("onExpiry_none"))),
    choice("escalateTo", say("escalateTo"), property("escalateTo"), chosen(known.roles.filter(({ bare }) => bare), say("escalateTo_chief"))),
  ];
}

function decides() {
  return [
    text("decisions", say("decisions"), property("decisions"), say("decisionsHint")),
    choice("form", say("form"), form, chosen(known.forms, say("noForm"))),
    text("fields", say("fields"), property("fields"), say("fieldsHint")),
    text("returnTo", say("returnTo"), property("returnTo"), say("returnToHint")),
    choice("confidential", say("confidential"), property("confidential"), options(["health"], "confidential", say("no"))),
    choice("final", say("final"), property("final"), options(["true"], "final", say("no"))),
    choice("bulk", say("bulk"), property("bulk"), options(["no"], "bulk", say("yes"))),
  ];
}

function works(element) {
  const declared = known.operations.find(({ value }) => value === operation.get(element));
  const headers = (declared?.headers ?? []).map(({ name, values }) => {
    const place = { get: (on) => item(on, "zeebe:TaskHeaders", name), set: (services, on, value) => setItem(services, on, "zeebe:TaskHeaders", name, value) };
    return choice(`header-${name}`, name, place, [{ value: "", label: "–" }, ...values.map((value) => ({ value, label: value }))]);
  });
  const inputs = (declared?.inputs ?? []).map(({ name, type, required }) => {
    const place = { get: (on) => input(on, name), set: (services, on, value) => setInput(services, on, name, value) };
    return feel(`input-${name}`, `${name} (${type})${required ? ` · ${say("required")}` : ""}`, place, undefined, "required");
  });
  const effect = declared ? say("operationEffect", { reads: declared.reads.join(", ") || "–", writes: declared.writes.join(", ") || "–" }) : undefined;
  return [choice("operation", say("operation"), operation, chosen(known.operations, say("chooseOperation")), effect), ...headers, ...inputs];
}

const group = (id, label, entries) => ({ id: `lectern-${id}`, label, entries });

export function groupsOf(element) {
  if (element.type === "bpmn:UserTask") {
    return [group("who", say("groupWho"), who(element)), group("until", say("groupUntil"), until(element)), group("form", say("groupForm"), decides(element))];
  }
  if (element.type === "bpmn:ServiceTask") return [group("operation", say("groupOperation"), works(element))];
  if (element.type === "bpmn:EndEvent") return [group("end", say("groupEnd"), [choice("outcome", say("outcome"), property("outcome"), options(["rejected", "expired", "cancelled", "withdrawn"], "outcome", say("outcome_completed")))])];
  if (["bpmn:Participant", "bpmn:Process"].includes(element.type)) {
    const entries = [feel("title", say("caseTitle"), property("title"), say("caseTitleHint")), text("caseNumber", say("caseNumber"), property("caseNumber"), "ZP-{year}-{seq:4}")];
    return [group("case", say("groupCase"), entries)];
  }
  return [];
}

// Groups of the Zeebe panel that ours stand for.
export const REPLACED = {
  "bpmn:UserTask": ["assignmentDefinition", "form", "userTaskImplementation"],
  "bpmn:ServiceTask": ["taskDefinition", "headers"],
};
