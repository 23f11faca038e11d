// What the page tells the editor: the draft, addresses, what may be chosen, and its words.
import { csrfToken, narrow } from "../app/page.js";

const told = document.querySelector("#editor");

export const draft = JSON.parse(told.dataset.draft);
export const urls = JSON.parse(told.dataset.urls);
export const known = JSON.parse(told.dataset.known);
export const locale = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
export const phone = matchMedia("(max-width: 760px)").matches;
export const readOnly = phone || !draft.may.save;
export { narrow };

const words = JSON.parse(told.dataset.words);

export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const find = (selector, root = document) => root.querySelector(selector);

// Elements without markup in strings: properties by name, `data-…` and `aria-…` as attributes, children as they come.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? String(status));
    this.status = status;
    this.problem = problem ?? {};
  }
}

// A request of this page; Refused with the problem document, TypeError while there is no connection.
export async function ask(url, body, method = body === undefined ? "GET" : "POST", keepalive = false) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  if (sent !== undefined) headers["Content-Type"] = "application/json";
  const reply = await fetch(url, { method, headers, body: sent, keepalive });
  if (reply.redirected) throw new Refused(401);
  const text = await reply.text();
  let answer = text;
  if ((reply.headers.get("Content-Type") ?? "").includes("json")) answer = JSON.parse(text);
  if (!reply.ok) throw new Refused(reply.status, typeof answer === "object" ? answer : undefined);
  return answer;
}
