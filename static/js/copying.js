/* A button copies the text of another element; without a clipboard it selects it instead. */
(function () {
  "use strict";

  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function say(button, words) {
    var before = button.lastChild.textContent;
    button.lastChild.textContent = words;
    window.setTimeout(function () {
      button.lastChild.textContent = before;
    }, 2000);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copies]");
    if (!button || button.disabled) {
      return;
    }
    var element = document.getElementById(button.dataset.copies);
    select(element);
    if (!navigator.clipboard) {
      say(button, "Selected: copy it");
      return;
    }
    navigator.clipboard.writeText(element.textContent.trim()).then(
      function () {
        say(button, "Copied");
      },
      function () {
        say(button, "Selected: copy it");
      }
    );
  });
})();
