// What the page counts by itself: a small question now and then while it is looked at; nothing is asked of a hidden page.
const PERIOD_MS = 30_000;

function watch(address, show) {
  let asked = Date.now();
  let stopped = false;

  async function ask() {
    if (stopped || document.hidden || Date.now() - asked < PERIOD_MS) return;
    asked = Date.now();
    let reply;
    try {
      reply = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
    } catch {
      return;
    }
    if (reply.status === 401 || reply.status === 404) stopped = true;
    if (reply.ok) show(await reply.json());
  }

  setInterval(ask, 5_000);
  document.addEventListener("visibilitychange", ask);
}

function showBoxes(boxes, counts) {
  for (const link of boxes.querySelectorAll("[data-box]")) {
    const count = link.querySelector(".n");
    count.textContent = counts[link.dataset.box] ?? "";
    count.hidden = !count.textContent;
  }
}

export function watchCounts() {
  const bell = document.querySelector("[data-bell]");
  if (bell) {
    watch(bell.dataset.bell, ({ unread, label }) => {
      bell.querySelector("[data-count]").textContent = unread || "";
      bell.setAttribute("aria-label", label);
    });
  }
  const boxes = document.querySelector("[data-counts]");
  if (boxes) watch(boxes.dataset.counts, (counts) => showBoxes(boxes, counts));
}
