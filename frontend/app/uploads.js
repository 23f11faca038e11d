// Files go up as soon as they are chosen, with progress; the form then carries only their ids.
import { csrfToken, say } from "./page.js";

function send(url, file, onProgress) {
  const body = new FormData();
  body.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve(request.response) : reject(request.response?.detail));
    request.onerror = () => reject(say("noConnection"));
    request.send(body);
  });
}

function entry(box, stored) {
  const item = box.querySelector("template").content.firstElementChild.cloneNode(true);
  Object.assign(item.querySelector("a"), { href: stored.url });
  item.querySelector("a span").textContent = stored.name;
  item.querySelector("[data-size]").textContent = stored.size_words ?? "";
  item.querySelector("input").value = stored.id;
  item.querySelector("button").setAttribute("aria-label", say("removeFile", { name: stored.name }));
  return item;
}

async function upload(input) {
  const box = input.closest("[data-upload]");
  const [bar, state] = [box.querySelector("progress"), box.querySelector("[data-state]")];
  for (const file of [...input.files]) {
    bar.hidden = false;
    state.textContent = say("uploading", { name: file.name });
    try {
      const stored = await send(box.dataset.upload, file, (share) => (bar.value = share));
      box.querySelector(".files").append(entry(box, stored));
      input.setCustomValidity("");
      state.textContent = say("uploaded", { name: file.name });
    } catch (reason) {
      state.textContent = say("uploadFailed", { name: file.name, reason: reason ?? "" });
    }
  }
  bar.hidden = true;
  input.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

export function watchUploads() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload] input[type=file]")) upload(event.target);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-upload] .files button")) event.target.closest("li").remove();
  });
}
