// The server says with each live answer whether the request may go on; the buttons follow.
export function watchBlocked() {
  document.addEventListener("lectern:blocked", (event) => {
    for (const button of document.querySelectorAll("[data-next], [data-send]")) {
      button.setAttribute("aria-disabled", String(event.detail.blocked));
      if ("send" in button.dataset) button.type = event.detail.blocked ? "button" : "submit";
    }
  });
}
