// A phrase is put where the cursor stands in the opinion; the dock of the phone mirrors what the page says.
export function watchPhrases() {
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-phrase]");
    if (!chip) return;
    const field = document.getElementById(chip.dataset.for);
    const before = field.value.slice(0, field.selectionStart);
    const joint = before && !/[\s，。；,.;]$/.test(before) ? (/[a-z]/i.test(chip.dataset.phrase) ? ". " : "。") : "";
    field.setRangeText(joint + chip.dataset.phrase, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
