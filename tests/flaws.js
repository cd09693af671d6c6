// What is wrong with how a page stands on its screen: wider than it, words cut off, things too small for a finger, things that
// move where nothing is to move. Run in the page; its value is the list of sentences.
(() => {
  const root = document.documentElement, flaws = [];
  const FINGER_PX = 44;
  const words = (element) => (element.labels?.[0]?.innerText || element.innerText || element.getAttribute("aria-label") || element.value || "").trim().replace(/\s+/g, " ").slice(0, 60);
  const name = (element) => `<${element.localName}${element.className && element.className.baseVal === undefined ? `.${element.className.trim().replaceAll(/\s+/g, ".")}` : ""}> “${words(element)}”`;
  // For screen readers alone: cut down to a point on purpose.
  const unseen = (element) => element.closest("[hidden], [aria-hidden='true']") !== null || getComputedStyle(element).clipPath !== "none";
  const seen = [...document.body.querySelectorAll("*")].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0 && !unseen(element),
  );

  if (root.scrollWidth > root.clientWidth) {
    const widest = seen.reduce((most, element) => (element.getBoundingClientRect().right > most.getBoundingClientRect().right ? element : most), root);
    flaws.push(`it scrolls sideways: ${root.scrollWidth} px on ${root.clientWidth} px, as far as ${name(widest)}`);
  }

  const pen = document.createElement("canvas").getContext("2d");
  for (const element of seen) {
    const style = getComputedStyle(element);
    if (words(element) === "" || element.matches("input, textarea, option")) continue;
    if (element.matches("select")) {
      pen.font = style.font;
      const chosen = element.selectedOptions[0]?.text ?? "";
      // The arrow takes as much as a letter is high, and a little more.
      const arrow = 1.25 * parseFloat(style.fontSize);
      const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
      if (pen.measureText(chosen).width > room) flaws.push(`${name(element)} has no room for its choice: ${chosen}`);
      continue;
    }
    const cuts = (axis) => ["hidden", "clip"].includes(axis);
    // What stands beyond the edge of a button or a badge is not cut off, and looks no better.
    const holds = element.matches("button, .button, .badge, .notice, dialog");
    if ((cuts(style.overflowX) || holds) && element.scrollWidth > element.clientWidth + 1) {
      flaws.push(`${name(element)} is cut off: ${element.scrollWidth} px in ${element.clientWidth} px`);
    }
    if (cuts(style.overflowY) && element.scrollHeight > element.clientHeight + 1) {
      flaws.push(`${name(element)} is cut off below: ${element.scrollHeight} px in ${element.clientHeight} px`);
    }
  }

  if (matchMedia("(pointer: coarse)").matches) {
    const dialog = document.querySelector("dialog[open]");
    for (const element of seen.filter((element) => element.matches("a[href], button, input, select, textarea, summary"))) {
      // A link within a sentence is as high as its line. A bar of the chart is a period, which the fields above it take as well.
      const line = element.closest("p, li, td, dd, div") ?? document.body;
      const inline = getComputedStyle(element).display === "inline" && words(element) !== words(line);
      if (inline || element.closest(".bars") || (dialog && !dialog.contains(element))) continue;
      const boxes = [element, ...(element.matches("[type=checkbox], [type=radio]") ? element.labels : [])].map((each) => each.getBoundingClientRect());
      const width = Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left));
      const height = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
      const away = boxes.every((box) => box.bottom <= 0);
      if (!away && Math.min(width, height) < FINGER_PX - 0.5) {
        flaws.push(`${name(element)} is too small for a finger: ${width.toFixed(0)} × ${height.toFixed(0)} px`);
      }
    }
  }

  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    for (const motion of document.getAnimations()) {
      const { duration, iterations } = motion.effect.getComputedTiming();
      if (duration > 1 || iterations > 1) flaws.push(`${name(motion.effect.target)} moves`);
    }
  }
  return flaws;
})()
