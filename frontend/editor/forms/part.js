// Forms: form-js's editor beside the form as the page of a task will show it.
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import { ask, find, make, say, urls } from "../page.js";
import { change, contents, flush, later } from "../saving.js";
import { dressForms } from "./words.js";

const PAUSE = 400;

export async function open(name, { readOnly }) {
  const schema = JSON.parse(contents(name));
  const drawing = make("div", { className: "form-drawing" });
  const shown = make("section", { className: "form-preview" }, make("h2", {}, say("preview")), make("div", { "data-shown": "" }));
  shown.setAttribute("aria-label", say("preview"));
  find("#canvas").replaceChildren(make("div", { className: "form-editor" }, drawing, shown));
  let editor = null;
  let stopWords = () => {};
  if (!readOnly) {
    find("#properties").replaceChildren();
    editor = new FormEditor({ container: drawing, propertiesPanel: { parent: find("#properties") } });
    await editor.importSchema(schema);
    stopWords = dressForms(find(".fjs-editor-palette-container, .fjs-palette-container", drawing) ?? drawing, find("#properties"));
  }
  const previewing = preview(find("[data-shown]", shown));
  previewing(schema);
  const write = () => {
    const now = merged(schema, editor.saveSchema());
    change(name, `${JSON.stringify(now, null, 2)}\n`);
    previewing(now);
  };
  editor?.on("changed", () => later(write, PAUSE));
  return {
    mark: () => {},
    name: () => "",
    go: ({ element_id: id }) => editor?.get("selection").set(editor.get("formFieldRegistry").get(id)),
    async close() {
      await flush();
      stopWords();
      editor?.destroy();
      find("#canvas").replaceChildren();
      find("#properties").replaceChildren();
    },
  };
}

// What form-js says of itself (exporter) stays as the file had it, so that only what was drawn is a change.
function merged(before, after) {
  return { ...after, ...(before.exporter ? { exporter: before.exporter } : {}) };
}

function preview(box) {
  let asked = 0;
  return async (form) => {
    const mine = ++asked;
    try {
      const { html } = await ask(urls.preview, { form });
      if (mine === asked) box.innerHTML = html;
    } catch (error) {
      if (mine === asked) box.replaceChildren(make("p", { className: "note bad" }, error.problem?.detail ?? say("noPreview")));
    }
  };
}
