// The diagram that is open, for parts that only look at it.
let drawing = null;

export const currentModeler = () => drawing;

export function setCurrent(modeler) {
  drawing = modeler;
}
