// Asks before what cannot be undone, and keeps blocked buttons from acting: forms, buttons (data-confirm), htmx.
const confirmed = new WeakSet();

function ask(question, label) {
  const dialog = document.querySelector("#confirm");
  dialog.querySelector("[data-question]").textContent = question;
  const yes = dialog.querySelector("[value=yes]");
  yes.textContent = label || yes.dataset.label;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function onSubmit(event) {
  const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
  if (!source.dataset.confirm || confirmed.delete(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(source.dataset.confirm, source.dataset.confirmLabel).then((yes) => {
    if (!yes) return;
    confirmed.add(event.target);
    event.target.requestSubmit(event.submitter ?? undefined);
  });
}

// A decision that needs a reason is not sent without one: the cursor goes to the opinion instead.
function onDecide(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    document.getElementById(button.getAttribute("aria-describedby"))?.scrollIntoView({ block: "nearest" });
    return;
  }
  const opinion = button.form?.elements.opinion;
  if (button.name !== "decision" || !opinion) return;
  opinion.required = "needsReason" in button.dataset;
  if (!opinion.required) return forgetReason(opinion);
  if (!opinion.value.trim()) {
    event.preventDefault();
    askForReason(opinion);
  }
}

function forgetReason(opinion) {
  const error = document.getElementById(`${opinion.id}-missing`);
  if (error) error.hidden = true;
  opinion.removeAttribute("aria-invalid");
}

export function askForReason(opinion) {
  const error = document.getElementById(`${opinion.id}-missing`);
  if (error) error.hidden = false;
  opinion.setAttribute("aria-invalid", "true");
  opinion.focus();
  opinion.scrollIntoView({ block: "center" });
}

export function watchConfirmations() {
  document.addEventListener("click", onDecide, true);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("input", (event) => {
    if (event.target.name !== "opinion" || !event.target.value.trim()) return;
    forgetReason(event.target);
  });
  document.addEventListener("htmx:confirm", (event) => {
    event.preventDefault();
    ask(event.detail.ctx.confirm).then((yes) => (yes ? event.detail.issueRequest() : event.detail.dropRequest()));
  });
}
