// What a help page can do besides being read: its link is copied, and whoever read it says whether it helped. The page is whole without.
const tools = document.getElementById("tools");
const { page, copied, thanks, failed } = tools.dataset;
tools.replaceWith(tools.content);
const status = document.getElementById("said");

function say(words) {
  // Emptied first, so that the same words are read aloud a second time.
  status.textContent = "";
  setTimeout(() => (status.textContent = words), 50);
}

const copy = document.getElementById("copy");
if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.origin + location.pathname);
    say(copied);
  });
}

let answered = false;

async function answer(yes) {
  // One reader, one answer.
  if (answered) return;
  answered = true;
  const said = { page, language: document.documentElement.lang, answered: yes };
  const reply = await fetch("/api/help-answers", {
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: "omit",
    body: JSON.stringify(said),
  }).catch(() => undefined);
  answered = reply?.ok ?? false;
  say(answered ? thanks : failed);
  for (const button of buttons) button.setAttribute("aria-disabled", String(answered));
}

const buttons = document.querySelectorAll("[data-answered]");
for (const button of buttons) {
  button.addEventListener("click", () => answer(button.dataset.answered === "true"));
}
