// Reviewing one after the other: the next item is there as soon as a decision is sent. What is shown
// in advance cannot be decided on; it gives way to the page as it is when the decision has counted.
(function () {
  "use strict";
  var ahead = { href: "", html: "" };
  // Nobody looks at it yet: no reading time runs, and no message is used up.
  var inAdvance = { "X-Ahead": "1", Purpose: "prefetch" };
  var byItself = { "X-Ahead": "1" };
  var sending = false;
  var here = address();

  function address() {
    return location.pathname + location.search;
  }
  function content() {
    return document.querySelector("#content");
  }
  function parsed(html) {
    return new DOMParser().parseFromString(html, "text/html");
  }
  function item() {
    var live = document.querySelector("#live");
    return live ? live.dataset.proposal : "";
  }
  function put(found) {
    content().replaceWith(found.querySelector("#content"));
    if (found.title) document.title = found.title;
  }
  // From here on it is a page like any other: what loads itself does, and what counts begins to.
  function wake() {
    window.htmx.process(content());
    document.dispatchEvent(new CustomEvent("content:shown"));
    var start = document.querySelector("#content [data-problem]") || content();
    start.focus({ preventScroll: start === content() });
  }
  function lookAhead() {
    var round = document.querySelector("[data-round]");
    if (!round || !window.fetch) return;
    var href = round.dataset.ahead;
    if (ahead.href === href) return;
    ahead = { href: href, html: "" };
    fetch(href, { headers: inAdvance }).then(function (answer) {
      return answer.status === 200 ? answer.text() : "";
    }).then(function (html) {
      // Only another item of the round is worth showing.
      if (ahead.href !== href || !html || !parsed(html).querySelector("#content [data-round]")) return;
      ahead.html = html;
      round.dataset.ready = "yes";
    }).catch(function () {
      if (ahead.href === href) ahead.html = "";
    });
  }
  function hold() {
    var bar = document.querySelector(".decision-bar");
    if (bar) bar.inert = true;
    var said = document.querySelector("[data-round-sending]");
    if (said) said.hidden = false;
  }
  function arrive(answer) {
    if (answer.status >= 500) throw new Error(answer.status);
    return answer.text().then(function (html) {
      var found = parsed(html);
      // Through, signed out, or another kind of page: the browser goes there by itself.
      if (answer.redirected && !found.querySelector("#content [data-round]")) {
        window.location.assign(answer.url);
        return;
      }
      if (!found.querySelector("#content [data-problem], #content [data-round]")) throw new Error(answer.status);
      if (answer.redirected) history.pushState(null, "", answer.url);
      here = address();
      var before = item();
      put(found);
      // Who has begun to read what was shown in advance keeps their place.
      if (item() !== before) window.scrollTo(0, 0);
      wake();
      lookAhead();
    });
  }
  function unanswered(before) {
    // What was typed is on it.
    content().replaceWith(before.content);
    document.title = before.title;
    before.content.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
    document.dispatchEvent(new CustomEvent("content:shown"));
    var note = document.querySelector("#offline");
    document.querySelector("#problems").replaceChildren(note.content.cloneNode(true));
    document.querySelector("#problems [data-problem]").focus();
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var inRound = form.closest(".decision-bar") && form.elements.namedItem("next");
    if (event.defaultPrevented || !inRound || form.method !== "post") return;
    if (sending) return event.preventDefault();
    if (!ahead.html) return;
    event.preventDefault();
    sending = true;
    var body = new URLSearchParams(new FormData(form, event.submitter));
    var action = (event.submitter && event.submitter.getAttribute("formaction")) || form.getAttribute("action");
    var before = { content: content(), title: document.title };
    put(parsed(ahead.html));
    window.scrollTo(0, 0);
    hold();
    fetch(action, { method: "POST", body: body, headers: byItself, keepalive: true }).then(arrive).catch(function () {
      unanswered(before);
    }).then(function () {
      sending = false;
    });
  });
  window.addEventListener("popstate", function () {
    // A place on the same page is no other page.
    if (address() !== here) window.location.reload();
  });
  document.addEventListener("DOMContentLoaded", lookAhead);
})();
