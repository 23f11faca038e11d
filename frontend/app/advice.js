// A way out that the server offers beside a form: a click puts its value into the field that it names.
export function watchAdvice() {
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-set]");
    const field = offer && document.getElementsByName(offer.dataset.set)[0];
    if (!field) return;
    field.value = offer.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
}
