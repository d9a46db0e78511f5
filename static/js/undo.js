// An approval may be taken back for some seconds: the offer counts them, and goes when they are over.
"use strict";

(() => {
  const counted = new WeakSet();
  function count(form) {
    if (counted.has(form)) return;
    counted.add(form);
    const until = performance.now() + Number(form.dataset.undo) * 1000;
    const words = form.querySelector("[data-undo-left]");
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      if (left > 0) {
        if (words) words.textContent = left;
        return setTimeout(tick, 250);
      }
      // Somebody on the button would lose their place with it.
      if (!form.contains(document.activeElement)) form.remove();
      else form.querySelector("button").disabled = true;
    };
    tick();
  }
  const begin = () => document.querySelectorAll("form[data-undo]").forEach(count);
  document.addEventListener("content:shown", begin);
  document.addEventListener("htmx:afterSwap", begin);
  begin();
})();
