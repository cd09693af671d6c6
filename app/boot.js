// Starts the app from a file, because the Content-Security-Policy refuses scripts in the page. The WebAssembly is
// fetched with its integrity here: browsers ignore it on the preload alone.
const unreachable = document.querySelector("#unreachable");
for (const button of unreachable.querySelectorAll("button")) {
  button.addEventListener("click", () => location.reload());
}
const app = document.querySelector('meta[name="wasm-app"]').dataset;
const preload = document.querySelector(`link[rel="preload"][href="${app.wasm}"]`);
try {
  const { default: init } = await import(app.js);
  await init({ module_or_path: fetch(app.wasm, { integrity: preload?.integrity ?? "" }) });
} catch (error) {
  unreachable.hidden = false;
  document.querySelector("#app").hidden = true;
  throw error;
}
