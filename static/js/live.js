// Live pages: what changed elsewhere is said here at once, and nothing moves under the reader's eyes.
// Comfort only: without this file, without the stream or without Redis, every page works by hand.
"use strict";

(() => {
  const box = () => document.getElementById("live");
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const part = (name) => box() && one(`[data-live-${name}]`, box());
  if (!box() || !("EventSource" in window)) return;

  // A page that nobody sees needs no news: it catches up when it is looked at again.
  const HIDDEN_FOR = 15000;
  // Only what lasts is worth mentioning.
  const PAUSED_AFTER = 4000;
  const TRY_AGAIN = [2000, 5000, 15000, 60000];
  // Many pages are told the same thing at the same moment: they do not all ask in that moment.
  const soon = () => 250 + Math.random() * 500;
  const later = () => 10000 + Math.random() * 5000;
  const GAP = 2000;

  let stream = null;
  let over = false;
  let tries = 0;
  let hiding = 0;
  let pausing = 0;
  let asking = 0;
  let askAt = Infinity;
  let asked = 0;
  let busy = false;
  const named = new Set();

  // The stream
  function open() {
    if (stream || over || document.hidden || !box()) return;
    const proposal = box().dataset.proposal;
    stream = new EventSource(proposal ? `/live/?proposal=${encodeURIComponent(proposal)}` : "/live/");
    stream.onmessage = ({ data }) => heard(JSON.parse(data));
    stream.onerror = () => {
      pause();
      // Refused, or full: the browser does not try again by itself.
      if (stream?.readyState === EventSource.CLOSED) again();
    };
  }
  function close() {
    stream?.close();
    stream = null;
  }
  function again() {
    close();
    const wait = TRY_AGAIN[Math.min(tries++, TRY_AGAIN.length - 1)];
    setTimeout(open, wait * (0.75 + Math.random() / 2));
  }
  function pause() {
    if (box()) delete box().dataset.listening;
    pausing ||= setTimeout(() => show("paused", true), PAUSED_AFTER);
  }
  function goOn() {
    clearTimeout(pausing);
    pausing = tries = 0;
    show("paused", false);
    if (box()) box().dataset.listening = "yes";
  }
  function show(name, shown) {
    const element = part(name);
    if (element) element.hidden = !shown;
  }

  const page = () => (box()?.dataset.live === "inbox" ? inbox : review);
  function heard(event) {
    if (event.kind === "paused") return pause();
    if (event.kind === "ended") {
      over = true;
      close();
      return pause();
    }
    goOn();
    if (["hello", "resumed", "much"].includes(event.kind)) return ask(soon());
    page().heard(event);
  }

  // Asking: once for many events, never twice at a time, and not while nobody looks.
  function ask(wait) {
    const at = Math.max(Date.now() + wait, asked + GAP);
    if (at >= askAt) return;
    askAt = at;
    clearTimeout(asking);
    asking = setTimeout(fetchNow, at - Date.now());
  }
  async function fetchNow() {
    askAt = Infinity;
    if (document.hidden || !box()) return;
    if (busy) return ask(GAP);
    busy = true;
    asked = Date.now();
    const from = box();
    try {
      const answer = await fetch(page().address(), { headers: { Accept: "application/json" }, redirect: "error" });
      // Another page may stand here by now.
      if (answer.ok && from === box()) page().shown(await answer.json());
    } catch {
      pause();
    } finally {
      busy = false;
    }
  }

  // The inbox
  const rows = () =>
    new Map(
      all("[data-row] .row-link").flatMap((link) => {
        const found = /\/proposals\/(prp_\w+)\//.exec(link.getAttribute("href"));
        return found ? [[found[1], link.closest("[data-row]")]] : [];
      }),
    );
  const tabOf = (href) => new URL(href, location.href).searchParams.get("tab") || "mine";
  const inbox = {
    heard({ kind, proposal, mine }) {
      const here = rows().has(proposal);
      if (kind === "presence") return here && ask(soon());
      const tab = tabOf(location.href);
      const comes = kind === "review_opened" && (mine || tab === "all");
      if (comes) named.add(proposal);
      // What concerns nothing on this page changes a number at most.
      ask(here || comes ? soon() : later());
    },
    address() {
      const query = new URLSearchParams(location.search);
      ["after", "shown", "named", "since"].forEach((name) => query.delete(name));
      query.set("shown", [...rows().keys()].slice(0, 200).join(","));
      query.set("named", [...named].slice(-200).join(","));
      query.set("since", box().dataset.since);
      return `${box().dataset.look}?${query}`;
    },
    shown(answer) {
      const said = [];
      rows().forEach((row, proposal) => {
        const words = answer.settled?.[proposal];
        if (words) {
          if (settle(row, words)) said.push(`${one(".row-link", row).textContent.trim()}: ${words}`);
          return;
        }
        unsettle(row);
        row.classList.toggle("row-due-soon", answer.due?.[proposal] === "soon");
        row.classList.toggle("row-due-late", answer.due?.[proposal] === "late");
        markReaders(row, answer.here?.[proposal] || []);
      });
      count(answer.counts || {});
      offer(answer.new || 0);
      if (said.length) say(said.length > 3 ? `${said.length} of these were decided elsewhere.` : said.join(". "));
    },
  };

  function settle(row, words) {
    const known = row.dataset.settled;
    if (known === words) return false;
    const cell = row.cells ? row.cells[row.cells.length - 1] : row;
    // Its height stays, so that nothing below it moves.
    row.style.height = `${row.getBoundingClientRect().height}px`;
    let note = one(".row-settled-words", row);
    if (!note) {
      note = document.createElement("span");
      note.className = "row-settled-words";
      cell.append(note);
    }
    note.textContent = words;
    row.dataset.settled = words;
    row.classList.add("row-settled");
    row.classList.remove("row-due-soon", "row-due-late");
    markReaders(row, []);
    all("input[type=checkbox]", row).forEach((choice) => {
      const chosen = choice.checked;
      choice.checked = false;
      choice.disabled = true;
      if (chosen) choice.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return known === undefined;
  }
  function unsettle(row) {
    if (row.dataset.settled === undefined) return;
    delete row.dataset.settled;
    row.classList.remove("row-settled");
    row.style.height = "";
    one(".row-settled-words", row)?.remove();
    all("input[type=checkbox]", row).forEach((choice) => (choice.disabled = false));
  }
  function markReaders(row, names) {
    let mark = one(".row-readers", row);
    if (!names.length) return mark?.remove();
    if (!mark) {
      mark = document.createElement("span");
      mark.className = "row-readers";
      const eye = part("eye")?.content.cloneNode(true);
      if (eye) mark.append(eye);
      mark.append(document.createElement("span"));
      one(".row-link", row).after(mark);
    }
    const words = names.length > 2 ? `${names[0]} and ${names.length - 1} others` : names.join(" and ");
    mark.lastElementChild.textContent = words;
    mark.title = `${words} ${names.length > 1 ? "look" : "looks"} at this now`;
  }
  function count(counts) {
    all(".tabs a[href]").forEach((link) => {
      const number = one(".tab-count", link);
      const now = counts[tabOf(link.href)];
      if (number && now !== undefined && number.textContent !== now) number.textContent = now;
    });
    all("[data-live-count]").forEach((number) => {
      const now = counts[number.dataset.liveCount];
      if (now !== undefined && number.textContent !== now) number.textContent = now;
    });
  }
  function offer(number) {
    const words = number >= 100 ? "99+ new" : `${number} new`;
    const slot = part("words");
    if (!slot) return;
    if (number && slot.textContent !== words) {
      slot.textContent = words;
      say(`${words}. Press L to show them.`);
    }
    show("new", number > 0);
  }
  function say(words) {
    const slot = part("said");
    if (slot) slot.textContent = words;
  }

  // The review page
  const note = () => one("[data-live-note]");
  const review = {
    heard({ proposal }) {
      if (proposal === box().dataset.proposal) ask(soon() / 2);
    },
    address() {
      return `${box().dataset.look}?revision=${box().dataset.revision}`;
    },
    shown(answer) {
      readers(answer.here || []);
      if (answer.seen === box().dataset.seen) return;
      const slot = note() && one("[data-live-words]", note());
      if (!slot) return;
      // Above the buttons, which stay where they are: a bar that sticks to the bottom grows upwards.
      one(".decision-bar")?.prepend(note());
      if (slot.textContent !== answer.words) {
        slot.textContent = answer.words;
        say(`${answer.words}. ${answer.over ? "You cannot decide on this page any more. " : ""}Reload to see it.`);
      }
      note().hidden = false;
      if (answer.over) takeAway();
    },
  };
  function readers(names) {
    const slot = part("names");
    if (!slot) return;
    const listed = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join();
    const verb = Object.assign(document.createElement("span"), { className: "live-verb" });
    verb.textContent = ` ${names.length > 1 ? "are" : "is"} looking at this too`;
    const text = names.length ? listed + verb.textContent : "";
    if (slot.textContent !== text) slot.replaceChildren(...(names.length ? [listed, verb] : []));
    show("here", names.length > 0);
  }
  // What somebody typed stays to be read and copied; only sending it is over. The server refuses it anyway.
  function takeAway() {
    const bar = one(".decision-bar");
    if (bar) bar.classList.add("decision-over");
    const forms = all(`form[method="post"][action^="/proposals/${box().dataset.proposal}/"]`);
    [...(bar ? [bar] : []), ...forms].forEach((from) => {
      all("button:not([popovertarget]), input[type=submit]", from).forEach((button) => (button.disabled = true));
      all("summary", from).forEach(lock);
    });
  }
  function lock(summary) {
    if (summary.getAttribute("aria-disabled")) return;
    summary.removeAttribute("data-key");
    summary.setAttribute("aria-disabled", "true");
    summary.addEventListener("click", (event) => summary.parentElement.open || event.preventDefault());
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, HIDDEN_FOR);
    else {
      open();
      if (stream) ask(soon());
    }
  });
  // Another page stands here now, without having been loaded: it is watched instead.
  document.addEventListener("content:shown", () => {
    clearTimeout(pausing);
    pausing = tries = 0;
    over = false;
    close();
    open();
  });
  // Turned or resized, a row is as high again as what it says.
  addEventListener("resize", () => all(".row-settled").forEach((row) => (row.style.height = "")));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
})();
