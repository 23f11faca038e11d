import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const templates = resolve(here, "../service/web/templates");
const outlines = resolve(here, "../node_modules/@tabler/icons/icons/outline");

// A quoted word of a template that is the name of an icon: some words too many, never one too few.
const QUOTED = /"([a-z][a-z0-9-]*)"/g;

function iconNames() {
  const names = new Set();
  for (const entry of readdirSync(templates, { recursive: true })) {
    if (!entry.endsWith(".html")) continue;
    const text = readFileSync(join(templates, entry), "utf8");
    for (const [, name] of text.matchAll(QUOTED)) names.add(name);
  }
  return [...names].filter((name) => existsSync(join(outlines, `${name}.svg`))).sort();
}

function symbol(name) {
  const source = readFileSync(join(outlines, `${name}.svg`), "utf8");
  const drawing = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`;
}

// One sprite of exactly the icons that the templates name, written with a hash like every other file.
function iconSprite() {
  return {
    name: "lectern-icons",
    buildStart() {
      const symbols = iconNames().map(symbol).join("");
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols}</svg>`;
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: "icons.svg", source });
    },
  };
}

export default defineConfig({
  root: here,
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [iconSprite()],
  // One Preact for panels, forms and menus: two of them do not know each other's components.
  resolve: { alias: [{ find: /^preact(\/(hooks|compat|jsx-runtime))?$/, replacement: "@bpmn-io/properties-panel/preact$1" }] },
  css: { preprocessorOptions: { scss: { loadPaths: [resolve(here, "../node_modules")], quietDeps: true } } },
  build: {
    outDir: resolve(here, "../service/web/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: false,
    assetsDir: ".",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1700, // the modeler with its panel and FEEL, which only the editor loads
    rollupOptions: {
      input: {
        app: resolve(here, "app/main.js"),
        style: resolve(here, "style/style.scss"),
        diagram: resolve(here, "diagram/main.js"),
        editor: resolve(here, "editor/main.js"),
      },
    },
  },
});
