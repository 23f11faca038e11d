// bpmn-js in Chinese: what bpmn-js-i18n knows, and what it lacks.
import base from "bpmn-js-i18n/translations/zn";
import { locale } from "../page.js";
import { dress } from "../dressing.js";
import { chinese, simulation } from "./chinese.js";
import { panelChinese } from "./chinese_panel.js";

const texts = locale === "zh" ? { ...base, ...panelChinese, ...chinese } : {};
export const missing = new Set();

export function translate(template, replacements = {}) {
  if (locale === "zh" && !(template in texts)) missing.add(template);
  const text = texts[template] ?? template;
  return text.replace(/\{([^}]+)\}/g, (whole, key) => replacements[key] ?? whole);
}

export const translateModule = { translate: ["value", translate] };

// Token simulation writes its titles without asking.
export function translateSimulation(container) {
  return locale === "zh" ? dress([container], simulation) : () => {};
}

// So do the buttons of the panel.
export function translatePanel(container) {
  return locale === "zh" ? dress([container], panelChinese) : () => {};
}
