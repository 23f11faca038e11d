// What the gate found: a list to jump from, and marks on the elements of the open file.
import { draft, find, make, say } from "./page.js";

let findings = draft.findings ?? [];
let shown = { mark: () => {}, name: () => "", go: () => {} };

export const errorsOf = (list) => list.filter(({ severity }) => severity === "error");
export const current = () => findings;

// The editor of the open file: `mark(findings)` draws, `name(finding)` says the element, `go(finding)` jumps there.
export function show(view) {
  shown = view;
  draw();
}

export function renew(list) {
  findings = list;
  draw();
}

export const goTo = (finding) => shown.go(finding);

function tag(finding, number) {
  const isError = finding.severity === "error";
  const words = isError ? say("errorTag", { n: number }) : say("warningTag");
  return make("span", { className: `tag ${isError ? "bad" : "wait"}` }, words);
}

function row(finding, number, open) {
  const name = shown.name(finding) || finding.element_id || finding.file;
  const where = make("span", { className: "meta where" }, `${finding.rule} · ${finding.file} · ${say("line", { n: finding.line })}`);
  const jump = make("button", { className: "btn", type: "button" }, say("locate"));
  jump.setAttribute("aria-label", say("locateWhat", { name }));
  jump.addEventListener("click", () => open(finding));
  const text = make("span", { className: "said" }, make("span", {}, finding.message), make("span", { className: "meta" }, finding.remedy));
  return make("li", { className: "finding", "data-rule": finding.rule, "data-element": finding.element_id ?? "" }, tag(finding, number), make("b", {}, name), text, where, jump);
}

let opener = () => {};

export function watchFindings(open) {
  opener = open;
  draw();
}

function draw() {
  const list = find("#findings");
  const errors = errorsOf(findings).length;
  const open = async (finding) => {
    await opener(finding.file);
    shown.go(finding);
  };
  list.replaceChildren(...findings.map((finding, index) => row(finding, index + 1, open)));
  find("#no-findings").hidden = findings.length > 0;
  const count = findings.length ? say("counted", { errors, warnings: findings.length - errors }) : "";
  find("#findings-count").textContent = count;
  const line = find("#blocked");
  if (line) line.textContent = errors ? say("mendFirst", { n: errors }) : "";
  const publish = find("#publish");
  if (publish) publish.toggleAttribute("data-blocked", errors > 0);
  shown.mark(findings.map((finding, index) => ({ ...finding, number: index + 1 })));
}
