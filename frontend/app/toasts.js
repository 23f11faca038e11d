// Short messages at the foot: those the server sent with the page, those of the scripts, and failed requests.
import { say } from "./page.js";

const LIFETIME = 8000;

export function toast(text, { bad = false } = {}) {
  const line = document.querySelector("#toast-line").content.firstElementChild.cloneNode(true);
  line.querySelector("span").textContent = text;
  line.classList.toggle("bad", bad);
  document.querySelector("#toasts").append(line);
  if (!bad) setTimeout(() => line.remove(), LIFETIME);
}

// What can be taken back only for a while: the seconds run, then the line goes.
function countDown(left) {
  const ends = Date.now() + Number(left.textContent) * 1000;
  const tick = setInterval(() => {
    const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
    left.textContent = seconds;
    if (seconds) return;
    clearInterval(tick);
    left.closest(".toast-line")?.remove();
  }, 1000);
}

export function watchToasts() {
  const box = document.querySelector("#toasts");
  if (!box) return;
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest(".toast-line").remove();
  });
  for (const line of box.querySelectorAll("[data-fades]")) setTimeout(() => line.remove(), LIFETIME);
  for (const left of box.querySelectorAll("[data-seconds]")) countDown(left);
  document.addEventListener("htmx:before:request", () => document.body.classList.add("loading"));
  document.addEventListener("htmx:finally:request", () => document.body.classList.remove("loading"));
  // A redirected fragment means that the session has ended: the whole page goes to the login.
  document.addEventListener("htmx:before:response", (event) => {
    if (!event.detail.ctx.response.raw.redirected) return;
    event.preventDefault();
    location.reload();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { status } = event.detail.ctx.response;
    if (status === 401) location.reload();
    else toast(say("requestFailed", { status }), { bad: true });
  });
  document.addEventListener("htmx:error", () => toast(say("noConnection"), { bad: true }));
}
