// Reading and writing the extension elements of an element; each change is one step of undo.
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

// A pool stands for the process inside it.
function objectOf(element) {
  const object = getBusinessObject(element);
  return (object.$instanceOf("bpmn:Participant") && object.processRef) || object;
}

export function extension(element, type) {
  const values = objectOf(element).get("extensionElements")?.get("values") ?? [];
  return values.find((value) => value.$instanceOf(type));
}

const lists = { "zeebe:Properties": ["properties", "zeebe:Property", "name"], "zeebe:TaskHeaders": ["values", "zeebe:Header", "key"] };

// Commands that bring an extension element into being, and that element: nothing is done before they are executed.
function ensured(services, element, type) {
  const found = extension(element, type);
  if (found) return { found, commands: [] };
  const { bpmnFactory } = services;
  const object = getBusinessObject(element);
  const commands = [];
  let holder = object.get("extensionElements");
  if (!holder) {
    holder = bpmnFactory.create("bpmn:ExtensionElements", { values: [] });
    holder.$parent = object;
    commands.push(update(element, object, { extensionElements: holder }));
  }
  const made = bpmnFactory.create(type);
  made.$parent = holder;
  commands.push(update(element, holder, { values: [...holder.get("values"), made] }));
  return { found: made, commands };
}

const update = (element, moddleElement, properties) => ({ cmd: "element.updateModdleProperties", context: { element, moddleElement, properties } });

const execute = (services, commands) => services.commandStack.execute("properties-panel.multi-command-executor", commands);

export function attribute(element, type, name) {
  return extension(element, type)?.get(name) ?? "";
}

export function setAttribute(services, element, type, name, value) {
  const { found, commands } = ensured(services, element, type);
  execute(services, [...commands, update(element, found, { [name]: value || undefined })]);
}

// An item of a list: a zeebe:property by its name, a zeebe:header by its key.
export function item(element, type, key) {
  const [list, , by] = lists[type];
  return (extension(element, type)?.get(list) ?? []).find((each) => each.get(by) === key)?.get("value") ?? "";
}

export function setItem(services, element, type, key, value) {
  const [list, kind, by] = lists[type];
  const { found, commands } = ensured(services, element, type);
  const others = (found.get(list) ?? []).filter((each) => each.get(by) !== key);
  const made = value ? [services.bpmnFactory.create(kind, { [by]: key, value })] : [];
  for (const each of made) each.$parent = found;
  execute(services, [...commands, update(element, found, { [list]: [...others, ...made] })]);
}

export function input(element, target) {
  return (extension(element, "zeebe:IoMapping")?.get("inputParameters") ?? []).find((each) => each.target === target)?.get("source") ?? "";
}

export function setInput(services, element, target, source) {
  const { found, commands } = ensured(services, element, "zeebe:IoMapping");
  const others = (found.get("inputParameters") ?? []).filter((each) => each.target !== target);
  const made = source ? [services.bpmnFactory.create("zeebe:Input", { target, source })] : [];
  for (const each of made) each.$parent = found;
  execute(services, [...commands, update(element, found, { inputParameters: [...others, ...made] })]);
}
