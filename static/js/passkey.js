// Passkeys: a form with data-passkey asks the browser for one, and is sent with what it answers.
// "sign-in" fetches its question from the form's address, "confirm" and "add" find it on the page.
"use strict";

(function () {
  function onPage() {
    return Promise.resolve(JSON.parse(document.getElementById("passkey-data").textContent));
  }

  function fetched(form) {
    return fetch(form.action, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (!answer.ok) {
        throw new Error("no question");
      }
      return answer.json();
    });
  }

  function made(form, data) {
    var options = data.creation_options;
    var alone = form.querySelector("[name=passwordless]");
    var choice = options.publicKey.authenticatorSelection;
    choice.residentKey = alone && alone.checked ? "required" : "discouraged";
    choice.requireResidentKey = Boolean(alone && alone.checked);
    return window.webauthnJSON.create(options);
  }

  function asked(form) {
    var kind = form.dataset.passkey;
    if (kind === "add") {
      return onPage().then(function (data) { return made(form, data); });
    }
    return (kind === "sign-in" ? fetched(form) : onPage()).then(function (data) {
      return window.webauthnJSON.get(data.request_options);
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-passkey]")) {
      return;
    }
    event.preventDefault();
    var problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    asked(form).then(function (credential) {
      form.querySelector("[name=credential]").value = JSON.stringify(credential);
      form.submit();
    }).catch(function () {
      // Whoever closed the browser's question, or has no passkey here, can take another way.
      problem.hidden = false;
    });
  });
})();
