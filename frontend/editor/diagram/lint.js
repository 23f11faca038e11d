// bpmnlint while drawing: what can be seen without the server. The gate says the rest, and has the last word.
import lintModule from "bpmn-js-bpmnlint";
import "bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css";
import conditionalFlows from "bpmnlint/rules/conditional-flows";
import endEventRequired from "bpmnlint/rules/end-event-required";
import eventBasedGateway from "bpmnlint/rules/event-based-gateway";
import fakeJoin from "bpmnlint/rules/fake-join";
import noDisconnected from "bpmnlint/rules/no-disconnected";
import noDuplicateFlows from "bpmnlint/rules/no-duplicate-sequence-flows";
import noImplicitEnd from "bpmnlint/rules/no-implicit-end";
import noImplicitSplit from "bpmnlint/rules/no-implicit-split";
import noImplicitStart from "bpmnlint/rules/no-implicit-start";
import noOverlapping from "bpmnlint/rules/no-overlapping-elements";
import startEventRequired from "bpmnlint/rules/start-event-required";

const RULES = {
  "conditional-flows": conditionalFlows,
  "end-event-required": endEventRequired,
  "event-based-gateway": eventBasedGateway,
  "fake-join": fakeJoin,
  "no-disconnected": noDisconnected,
  "no-duplicate-sequence-flows": noDuplicateFlows,
  "no-implicit-end": noImplicitEnd,
  "no-implicit-split": noImplicitSplit,
  "no-implicit-start": noImplicitStart,
  "no-overlapping-elements": noOverlapping,
  "start-event-required": startEventRequired,
};

// A hint, not a verdict: the gate refuses, lint only points out while the pencil is still on the paper.
const rules = Object.fromEntries(Object.keys(RULES).map((name) => [name, "warn"]));
const resolver = {
  resolveRule: (_pkg, name) => RULES[name],
  resolveConfig: () => {
    throw new Error("no other configurations");
  },
};

export const lintOptions = { active: true, bpmnlint: { config: { rules }, resolver } };
export { lintModule };
