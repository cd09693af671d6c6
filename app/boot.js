// Shows the form of the step at once, keeps what is typed into it, and starts the app. The build puts it at the end of the page, whose
// Content-Security-Policy names its digest: neither form nor program waits for another answer.
import { ask, key, prove, send } from "./key.js";

// What the app sends goes through here.
globalThis.wardkey = { prove, send };

// The door as it stood here last, with nothing typed into it; empty where there is none to show. Whoever could write another one
// here runs scripts of their own on this page already.
const DOOR = "wardkey.door";
const app = document.querySelector("#app");

const stored = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const store = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without a memory, the next start shows the shape of a form first.
  }
};

// Pages outside the three steps have no form that is known beforehand.
const outside = /^\/(forgot|reset|setup|verify|support)\/?$/.test(location.pathname);
const door = outside ? "" : stored(DOOR);
// Nobody was ever let in here, as far as is known: there is nothing to prove yet, and more urgent things to do.
const isNew = door === null;
if (!isNew) {
  key();
}
const show = (language, direction, title, html) => {
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  document.title = title;
  // The browser puts the cursor there once it knows the styles. Asked any sooner, it would lay all out without them.
  app.innerHTML = html.replace("<input", "<input autofocus");
};
const read = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
const known = (tag) => document.getElementById(`first-${tag.toLowerCase().split(/[-_]/)[0]}`);
const tags = [stored("wardkey.language"), ...navigator.languages, "en"].filter(Boolean);
const first = known(tags.find(known));
const kept = door && read(door);
if (kept) {
  show(kept.language, kept.direction ?? "ltr", kept.title, kept.html);
} else if (isNew) {
  show(first.lang, first.dir, first.title, first.textContent);
} else {
  app.append(document.querySelector("#shape").content);
}

// What happens before the app runs.
const form = app.querySelector("form");
let focused = form?.querySelector("input");
let sent = false;
const before = new AbortController();
const on = (name, call) => app.addEventListener(name, call, { signal: before.signal });
on("focusin", ({ target }) => {
  target.removeAttribute("autofocus");
  focused = target;
});
on("submit", (event) => {
  event.preventDefault();
  sent = true;
  form.querySelector("[type=submit]").setAttribute("aria-busy", "true");
});
on("click", ({ target }) => {
  const field = app.querySelector(`#${target.closest?.(".reveal")?.getAttribute("aria-controls")}`);
  if (field) {
    field.type = field.type === "password" ? "text" : "password";
  }
});
on("change", ({ target }) => {
  if (target.matches(".language")) {
    store("wardkey.language", target.value);
  }
});

// The same step of the app takes over what was typed, where the cursor stands, and what was sent.
const names = (form) => [...form.elements].map(({ name }) => name).join();
// Where the clinic could not be asked at once, the step comes later; but not to somebody else.
const PATIENCE_MILLIS = 60_000;
let waits = form;
let started = false;
const takeOver = () => {
  const now = app.querySelector("form");
  if (!waits || !now) {
    return;
  }
  waits = null;
  if (names(form) !== names(now)) {
    return;
  }
  for (const { name, value, type } of form.querySelectorAll("input")) {
    const field = now.elements[name];
    if (value) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (type !== field.type) {
      now.querySelector(`.reveal[aria-controls="${name}"]`)?.click();
    }
  }
  const field = focused?.name && now.elements[focused.name];
  if (field) {
    field.focus();
    field.setSelectionRange(focused.selectionStart, focused.selectionEnd);
  }
  if (sent) {
    now.requestSubmit();
  }
};
addEventListener(
  "wardkey-started",
  () => {
    started = true;
    before.abort();
    key();
    setTimeout(() => (waits = null), PATIENCE_MILLIS);
    takeOver();
  },
  { once: true },
);
addEventListener("wardkey-door", takeOver);

// A step that whoever comes next begins with is kept for the next start.
addEventListener("wardkey-inside", () => store(DOOR, ""));
addEventListener("wardkey-door", () =>
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const doorway = atDoor && app.querySelector(".doorway");
      if (doorway && doorway.querySelector(".field") && !doorway.querySelector(".refused, .notice, .problem")) {
        const html = doorway.outerHTML.replaceAll("<!---->", "");
        const { lang: language, dir: direction } = document.documentElement;
        store(DOOR, JSON.stringify({ language, direction, title: document.title, html }));
      }
    }),
  ),
);

// Whoever presses "Back" finds nothing of what was shown or typed here: browsers keep the page that was left, as it stood.
addEventListener("pagehide", () => app.replaceChildren());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

// The app's files are kept for the next start. A new version is taken at the door, where nobody is in the middle of anything.
const keeper = navigator.serviceWorker;
const untouched = () => [...app.querySelectorAll(".doorway input")].every(({ value }) => !value);
let atDoor = door !== "";
// A page outside takes the secret of its link out of the address as soon as it runs.
const mayRenew = () => (outside ? !started : atDoor) && untouched();
const renew = async () => {
  const registration = await keeper?.getRegistration();
  if (mayRenew()) {
    registration?.waiting?.postMessage("take-over");
  }
  return registration;
};
// A busy browser may let a call pass by. Some hold the old version for what they take to be under way in its page: that ends with the
// page, which goes for it once in a while, where it may.
const CALL_AGAIN_MILLIS = 5_000;
const RELOAD_AGAIN_MILLIS = 300_000;
const RENEWED = "wardkey-renewed";
let called = false;
const callAgain = async () => {
  const { waiting } = (await renew()) ?? {};
  if (waiting && called && mayRenew() && Date.now() - sessionStorage.getItem(RENEWED) > RELOAD_AGAIN_MILLIS) {
    sessionStorage.setItem(RENEWED, Date.now());
    location.reload();
  }
  called = !!waiting;
};
setInterval(() => atDoor && callAgain().catch(() => {}), CALL_AGAIN_MILLIS);
keeper?.addEventListener("controllerchange", () => mayRenew() && location.reload());
addEventListener("wardkey-inside", () => (atDoor = false));
addEventListener("wardkey-door", () => {
  atDoor = true;
  // Without a network there is nothing newer to be had.
  renew().then((registration) => registration?.update()).catch(() => {});
});
const keep = async () => {
  const registration = await keeper?.register("/sw.js");
  // One that comes while nobody has begun is taken at once.
  registration?.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", () => renew()),
  );
};
addEventListener("wardkey-started", () => keep().catch(() => {}), { once: true });

// What is kept may be what does not work.
const forget = async () => {
  await (await keeper?.getRegistration())?.unregister();
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
};
const unreachable = document.querySelector("#unreachable");
for (const button of unreachable.querySelectorAll("button")) {
  button.addEventListener("click", () => forget().finally(() => location.reload()));
}

// What the app asks for as soon as it runs is on its way by then. The attributes are the app's own, or it would ask once more.
const preload = (href, integrity) =>
  document.head.append(
    Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", integrity, href }),
  );
if (!outside) {
  ask("/api/sign-in", !isNew);
}
preload(first.dataset.sentences, first.dataset.integrity);
const start = async () => {
  // Browsers ignore the integrity of WebAssembly on the preload alone.
  const program = document.querySelector('meta[name="wasm-app"]').dataset;
  const { integrity } = document.querySelector(`link[rel="preload"][href="${program.wasm}"]`) ?? {};
  const compiled = WebAssembly.compileStreaming(fetch(program.wasm, { integrity }));
  const [{ default: init }, module] = await Promise.all([import(program.js), compiled]);
  renew();
  await init({ module_or_path: module });
};
const begin = () =>
  start().catch((error) => {
    unreachable.hidden = false;
    app.hidden = true;
    throw error;
  });
// The form first: whoever looks at it can type into it. A page that nobody looks at draws nothing.
if (document.hidden) {
  begin();
} else {
  const drawn = new MessageChannel();
  drawn.port1.onmessage = begin;
  requestAnimationFrame(() => drawn.port2.postMessage(0));
}
