// flow.toml as text: what the diagram has no place for.
import { change, contents } from "./saving.js";
import { find, make, say } from "./page.js";

export async function open(name, { readOnly }) {
  const text = make("textarea", { className: "plain-text", value: contents(name), readOnly, spellcheck: false });
  text.setAttribute("aria-label", say("kind_toml"));
  text.addEventListener("input", () => change(name, text.value));
  find("#canvas").replaceChildren(text);
  return {
    close: () => find("#canvas").replaceChildren(),
    mark: () => {},
    name: () => "",
    go: ({ line }) => {
      const start = text.value.split("\n").slice(0, line - 1).join("\n").length;
      text.focus();
      text.setSelectionRange(start, start + 1);
    },
  };
}
