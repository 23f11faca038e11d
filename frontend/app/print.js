// A button that prints the page.
export function watchPrint() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) window.print();
  });
}
