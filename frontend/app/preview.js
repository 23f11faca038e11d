// On a wide screen a row of the inbox shows its task beside the list; on a narrow one its link is followed.
import htmx from "htmx.org/dist/htmx.esm.js";
import { narrow } from "./page.js";

export const rows = () => [...document.querySelectorAll(".inbox .row[data-preview]")];
export const currentRow = () => document.querySelector(".inbox .row[aria-current]");

export function choose(row) {
  if (!row || row === currentRow()) return;
  currentRow()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  row.classList.remove("unread");
  row.querySelector(".title .sr")?.remove();
  htmx.ajax("GET", row.dataset.preview, { target: "#preview", swap: "innerHTML" });
}

export function watchPreview() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".inbox .row .title");
    if (!link || narrow.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.detail === 0) return;
    event.preventDefault();
    if (link.closest(".row") === currentRow()) location.assign(link.href);
    else choose(link.closest(".row"));
  });
}
