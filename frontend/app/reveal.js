// Enter in the field that asks why a number is looked at does what its button does.

export function watchReasons() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-reason]")) return;
    event.preventDefault();
    event.target.nextElementSibling.click();
  });
}
