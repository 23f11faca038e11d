// The bell counts by itself: a small question now and then while the page is looked at, answered 304 when nothing is new.
const PERIOD_MS = 30_000;

export function watchBell() {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  let asked = Date.now();
  let stopped = false;

  async function ask() {
    if (stopped || document.hidden || Date.now() - asked < PERIOD_MS) return;
    asked = Date.now();
    let reply;
    try {
      reply = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" }, redirect: "error" });
    } catch {
      return;
    }
    if (reply.status === 401 || reply.status === 404) stopped = true;
    if (!reply.ok) return;
    const { unread, label } = await reply.json();
    bell.querySelector("[data-count]").textContent = unread || "";
    bell.setAttribute("aria-label", label);
  }

  setInterval(ask, 5_000);
  document.addEventListener("visibilitychange", ask);
}
