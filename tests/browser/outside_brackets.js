// What somebody reads or hears on the page and what stands in no brackets, each with its element: only what was given to the product
// may, such as names, codes and moments. Run in the page.
(() => {
  const found = [];
  const note = (element, text) => {
    let rest = text.replaceAll(/[\u2068\u2069]/g, "");
    // A sentence may be put into another one.
    for (let before = ""; before !== rest; ) {
      before = rest;
      rest = rest.replaceAll(/⟦[^⟦⟧]*⟧/g, " ");
    }
    if (/\p{L}/u.test(rest)) found.push([`<${element.localName} class="${element.getAttribute("class") ?? ""}">`, rest.trim()]);
  };
  // Said in the language of its moment, given by the product itself, or of another language on purpose.
  const left = ".toast, .unseen[role='status'], .unseen[role='alert'], .secret, .initials, time, body [lang], script, style, template, noscript, [hidden]";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!element.closest(left) && element.checkVisibility({ visibilityProperty: true })) note(element, texts.currentNode.data);
  }
  for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    if (element.closest(left) || !element.checkVisibility()) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) note(element, element.getAttribute(name) ?? "");
  }
  note(document.documentElement, document.title.replace(" · Wardkey", ""));
  return found;
})()
