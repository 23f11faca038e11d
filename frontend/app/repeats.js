// Rows of a list field: add one from the template, remove one; rows are numbered anew so that names have no gaps.
const NUMBERED = ["name", "id", "for", "aria-describedby"];

function renumber(list) {
  const rows = list.querySelectorAll("[data-row]");
  const dashed = list.dataset.path.replaceAll(".", "-");
  rows.forEach((row, index) => {
    row.querySelector("[data-number]").textContent = index + 1;
    for (const element of row.querySelectorAll("*")) {
      for (const name of NUMBERED) {
        const old = element.getAttribute(name);
        if (old === null) continue;
        const renamed = old
          .replace(new RegExp(`(^|-)${list.dataset.path}\\.(\\d+|__n__)`), `$1${list.dataset.path}.${index}`)
          .replace(new RegExp(`(^|-)${dashed}-(\\d+|__n__)`), `$1${dashed}-${index}`);
        if (renamed !== old) element.setAttribute(name, renamed);
      }
    }
  });
  list.dataset.count = rows.length;
}

function changed(list) {
  renumber(list);
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function add(list) {
  const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
  list.querySelector("[data-rows]").append(row);
  changed(list);
  row.querySelector("input, select, textarea")?.focus();
}

function remove(list, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  changed(list);
  (next?.querySelector("[data-remove]") ?? list.querySelector("[data-add]")).focus();
}

export function watchRepeats() {
  document.addEventListener("click", (event) => {
    const list = event.target.closest("[data-list]");
    if (!list) return;
    if (event.target.closest("[data-add]")) add(list);
    const row = event.target.closest("[data-remove]")?.closest("[data-row]");
    if (row) remove(list, row);
  });
}
