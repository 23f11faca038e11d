// Puts our groups into the panel behind the general one, for templated elements and others alike.
import { Group } from "@bpmn-io/properties-panel";
import { REPLACED, groupsOf } from "./groups.js";

const LAST = 200; // after the element templates, which hide every group that they do not know

// What the engine does not know.
const UNUSED = new Set(["Zeebe__ExecutionListeners", "Zeebe__TaskListeners", "jobPriorityDefinition", "businessId"]);

class Settings {
  constructor(propertiesPanel) {
    propertiesPanel.registerProvider(LAST, this);
  }

  getGroups(element) {
    return (groups) => {
      const replaced = new Set(REPLACED[element.type] ?? []);
      const left = groups.filter(({ id }) => !replaced.has(id) && !UNUSED.has(id));
      const ours = groupsOf(element).map((group) => ({ ...group, component: Group, shouldOpen: true }));
      const at = left.findIndex(({ id }) => id === "general") + 1;
      return [...left.slice(0, at), ...ours, ...left.slice(at)];
    };
  }
}

Settings.$inject = ["propertiesPanel"];

export const panelModule = { __init__: ["lecternSettings"], lecternSettings: ["type", Settings] };
