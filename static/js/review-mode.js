// Reviewing one after the other: the next item is there as soon as a decision is sent. What is shown
// in advance cannot be decided on; it gives way to the page as it is when the decision has counted.
(function () {
  "use strict";
  var ahead = { href: "", html: "" };
  var byItself = { "X-Ahead": "1" };

  function part(html) {
    return new DOMParser().parseFromString(html, "text/html").querySelector("#content");
  }
  function show(html) {
    window.htmx.swap("#content", html, { swapStyle: "outerHTML" }, { select: "#content" });
    var title = new DOMParser().parseFromString(html, "text/html").title;
    if (title) document.title = title;
    window.scrollTo(0, 0);
  }
  function lookAhead() {
    var round = document.querySelector("[data-round]");
    if (!round || !window.fetch) return;
    var href = round.dataset.ahead;
    if (ahead.href === href) return;
    ahead = { href: href, html: "" };
    fetch(href, { headers: byItself }).then(function (answer) {
      return answer.status === 200 ? answer.text() : "";
    }).then(function (html) {
      // Only another item of the round is worth showing.
      var content = html && part(html);
      if (ahead.href === href && content && content.querySelector("[data-round]")) ahead.html = html;
    }).catch(function () {
      ahead.html = "";
    });
  }
  function hold() {
    var bar = document.querySelector(".decision-bar");
    if (bar) bar.inert = true;
    var said = document.querySelector("[data-round-sending]");
    if (said) said.hidden = false;
  }
  function arrive(answer) {
    return answer.text().then(function (html) {
      var content = part(html);
      // Signed out, or another kind of page: the browser goes there by itself.
      if (!content || !content.querySelector("[data-round], [data-problem]")) {
        window.location.assign(answer.url);
        return;
      }
      if (answer.redirected) history.pushState(null, "", answer.url);
      show(html);
      var problem = document.querySelector("#content [data-problem]");
      if (problem) problem.focus();
      lookAhead();
    });
  }
  function unanswered(before) {
    // What was typed is on it.
    document.querySelector("#content").replaceWith(before);
    window.htmx.process(before);
    before.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
    var note = document.querySelector("#offline");
    document.querySelector("#problems").replaceChildren(note.content.cloneNode(true));
    document.querySelector("#problems [data-problem]").focus();
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var inRound = form.closest(".decision-bar") && form.elements.namedItem("next");
    if (event.defaultPrevented || !inRound || form.method !== "post" || !ahead.html) return;
    event.preventDefault();
    var body = new URLSearchParams(new FormData(form, event.submitter));
    var action = (event.submitter && event.submitter.getAttribute("formaction")) || form.action;
    var before = document.querySelector("#content");
    show(ahead.html);
    hold();
    fetch(action, { method: "POST", body: body }).then(arrive).catch(function () {
      unanswered(before);
    });
  });
  window.addEventListener("popstate", function () {
    window.location.reload();
  });
  document.addEventListener("DOMContentLoaded", lookAhead);
})();
