// Entries of the panel: a choice, a text, an expression; each reads and writes one place of the element.
import { FeelEntry, SelectEntry, TextFieldEntry, isFeelEntryEdited, isSelectEntryEdited, isTextFieldEntryEdited } from "@bpmn-io/properties-panel";
import { jsx } from "@bpmn-io/properties-panel/preact/jsx-runtime";
import { useService } from "bpmn-js-properties-panel";
import { say } from "../../page.js";

function services() {
  return { bpmnFactory: useService("bpmnFactory"), commandStack: useService("commandStack") };
}

// `place` is {get(element), set(services, element, value)}.
export function choice(id, label, place, options, description) {
  const component = ({ element }) => {
    const around = services();
    const value = place.get(element);
    const listed = options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
    return jsx(SelectEntry, {
      element,
      id,
      label,
      description,
      getValue: () => value,
      setValue: (chosen) => place.set(around, element, chosen),
      getOptions: () => listed,
    });
  };
  return { id, component, isEdited: isSelectEntryEdited };
}

export function text(id, label, place, description) {
  const component = ({ element }) => {
    const around = services();
    return jsx(TextFieldEntry, {
      element,
      id,
      label,
      description,
      debounce: useService("debounceInput"),
      getValue: () => place.get(element),
      setValue: (value) => place.set(around, element, value),
    });
  };
  return { id, component, isEdited: isTextFieldEntryEdited };
}

export function feel(id, label, place, description, how = "optional") {
  const component = ({ element }) => {
    const around = services();
    return jsx(FeelEntry, {
      element,
      id,
      label,
      description,
      feel: how,
      debounce: useService("debounceInput"),
      getValue: () => place.get(element),
      setValue: (value) => place.set(around, element, value),
    });
  };
  return { id, component, isEdited: isFeelEntryEdited };
}

export const options = (values, prefix, empty) => [
  ...(empty === undefined ? [] : [{ value: "", label: empty }]),
  ...values.map((value) => ({ value, label: say(`${prefix}_${value}`) })),
];
