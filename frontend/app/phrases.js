// A phrase is put where the cursor stands in the opinion, by a click or, while the cursor is there, by Alt and its number.
const SEPARATOR = /[\s，。；,.;]/;
const parted = (left, right) => !left || !right || SEPARATOR.test(left.at(-1)) || SEPARATOR.test(right[0]);

// As a whole: "同意" does not stand in "不同意".
function stands(text, phrase) {
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    if (parted(text.slice(0, at), phrase) && parted(phrase, text.slice(at + phrase.length))) return true;
  }
  return false;
}

function insert(chip) {
  const field = document.getElementById(chip.dataset.for);
  const { phrase } = chip.dataset;
  field.focus();
  if (stands(field.value, phrase)) return;
  const joint = /[a-z]/i.test(phrase) ? ". " : "。";
  const [before, after] = [field.value.slice(0, field.selectionStart), field.value.slice(field.selectionEnd)];
  const whole = `${parted(before, phrase) ? "" : joint}${phrase}${parted(phrase, after) ? "" : joint}`;
  field.setRangeText(whole, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
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
