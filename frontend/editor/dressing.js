// Words of libraries that ask for no translation: texts and titles are changed where they appear.
const ATTRIBUTES = ["title", "aria-label", "placeholder"];

const OWN = ".bio-properties-panel-header-label, textarea, [contenteditable]"; // what somebody has written

function dressText(root, texts) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim();
    if (text in texts && !node.parentElement.closest(OWN)) node.data = node.data.replace(text, texts[text]);
  }
}

function dressAttributes(root, texts) {
  for (const name of ATTRIBUTES) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      const text = element.getAttribute(name);
      if (text in texts) element.setAttribute(name, texts[text]);
    }
  }
}

// Keeps the words of a container in the language of the page until the returned function is called.
export function dress(containers, texts) {
  const apply = () => {
    for (const container of containers) {
      dressText(container, texts);
      dressAttributes(container, texts);
    }
  };
  const observer = new MutationObserver(apply);
  for (const container of containers) observer.observe(container, { childList: true, subtree: true });
  apply();
  return () => observer.disconnect();
}
