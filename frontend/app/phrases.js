// A phrase is put where the cursor stands in the opinion, by a click or, while the cursor is there, by Alt and its number.
function insert(chip) {
  const field = document.getElementById(chip.dataset.for);
  const before = field.value.slice(0, field.selectionStart);
  const joint = before && !/[\s，。；,.;]$/.test(before) ? (/[a-z]/i.test(chip.dataset.phrase) ? ". " : "。") : "";
  field.setRangeText(joint + chip.dataset.phrase, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function onKey(event) {
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (!digit || !event.altKey || event.ctrlKey || event.metaKey || !event.target.id) return;
  const chip = document.querySelectorAll(`[data-phrase][data-for="${CSS.escape(event.target.id)}"]`)[digit - 1];
  if (!chip) return;
  event.preventDefault();
  insert(chip);
}

export function watchPhrases() {
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-phrase]");
    if (chip) insert(chip);
  });
  document.addEventListener("keydown", onKey);
}
