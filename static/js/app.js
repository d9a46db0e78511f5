// Comfort only: every page works without this file. Keys, theme, focus, and time that passes.
"use strict";

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const store = (key, value) => {
  try {
    return value === undefined ? localStorage.getItem(key) : localStorage.setItem(key, value);
  } catch {
    return null; // storage may be blocked; then choices last as long as the page
  }
};
const root = document.documentElement;

// Theme
const THEME_COLORS = { light: "#ffffff", dark: "#151b24" };
function paintBrowser() {
  $$('meta[name="theme-color"]').forEach((meta) => {
    meta.content = THEME_COLORS[root.dataset.bsTheme];
  });
}
function switchTheme() {
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  store("theme", root.dataset.bsTheme);
  paintBrowser();
}

// Keys: an element says data-key="a"; rows say data-row and hold one link with class row-link.
const typing = (target) =>
  target.isContentEditable ||
  target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
const visible = (element) => element.checkVisibility() && !element.disabled && !element.closest("[inert]");
const keysOn = () => store("keys") !== "off";

function moveTo(step) {
  const links = $$("[data-row] .row-link").filter(visible);
  const here = links.indexOf(document.activeElement?.closest("[data-row]")?.querySelector(".row-link"));
  const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return links.length > 0;
}
function press(key) {
  const row = document.activeElement?.closest("[data-row]");
  const inRow = row ? $$(`[data-key="${CSS.escape(key)}"]`, row) : [];
  const target = [...inRow, ...$$(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (!target) return;
  target.focus({ preventScroll: true });
  target.click();
  const panel = target.closest("details[open]");
  if (target.matches("summary") && panel) $("select, textarea, input:not([type=hidden])", panel)?.focus({ preventScroll: true });
}
function onKey(event) {
  if (event.key === "Escape") closeOpened();
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  if (!plain || event.repeat || !keysOn() || typing(event.target)) return;
  if (event.key === "?") return $("#keys")?.togglePopover();
  const step = { j: 1, k: -1 }[event.key];
  if (step && moveTo(step)) return event.preventDefault();
  if (/^[a-z]$/.test(event.key)) {
    event.preventDefault();
    press(event.key);
  }
}

// Menus and panels are details elements; a click elsewhere or Escape closes them.
function closeOpened(except) {
  $$("details.menu[open], details.decision-option[open]").forEach((details) => {
    if (details === except) return;
    if (details.contains(document.activeElement)) $("summary", details).focus();
    details.open = false;
  });
}

// Time left: the same words and limits as orchestrator/web/time_left.py.
function span(minutes) {
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return rest ? `${hours} h ${rest} min` : `${hours} h`;
  return rest ? `${rest} min` : "under 1 min";
}
function refreshTimeLeft() {
  $$("time[data-time-left]").forEach((time) => {
    const [due, start] = [Date.parse(time.dateTime), Date.parse(time.dataset.start)];
    const left = due - Date.now();
    const words = span(Math.floor(Math.abs(left) / 60000));
    const text = left > 0 ? `${words} left` : `overdue ${words}`;
    if (time.textContent !== text) time.textContent = text;
    const used = due > start ? Math.min(1, Math.max(0, (Date.now() - start) / (due - start))) : NaN;
    const late = left <= 0 || (Number.isNaN(used) ? left <= 15 * 60000 : used >= 0.8);
    const soon = Number.isNaN(used) ? left <= 60 * 60000 : used >= 0.5;
    const box = time.closest(".time-left");
    if (!box) return;
    box.className = `time-left time-left-${late ? "late" : soon ? "soon" : "ok"}`;
    const bar = $("progress", box);
    if (bar && !Number.isNaN(used)) bar.value = Math.round(used * 100);
  });
}

// A form is sent once; the server would refuse the second anyway, but nobody should have to read that.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
}
const sendAgain = () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent);

document.addEventListener("keydown", onKey);
document.addEventListener("submit", sendOnce);
addEventListener("pageshow", sendAgain);
document.addEventListener("click", (event) => {
  closeOpened(event.target.closest("details"));
  if (event.target.closest("[data-theme-toggle]")) switchTheme();
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-toggle]")) return;
  store("keys", event.target.checked ? "on" : "off");
  root.classList.toggle("keys-off", !keysOn());
});

// htmx: an error is read out where it appears; a swap never loses the reader's place.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  refreshTimeLeft();
  const focus = $("[data-problem], [data-focus]", detail.target);
  focus?.focus();
});
document.addEventListener("htmx:afterRequest", sendAgain);
document.addEventListener("htmx:sendError", ({ detail }) => {
  // What the page asks by itself says nothing when it gets no answer.
  if (detail.elt.closest("[data-by-itself]")) return;
  $("#problems")?.replaceChildren($("#offline").content.cloneNode(true));
  $("#problems [data-problem]")?.focus();
});

root.classList.toggle("keys-off", !keysOn());
$$("[data-keys-toggle]").forEach((box) => (box.checked = keysOn()));
paintBrowser();
refreshTimeLeft();
setInterval(refreshTimeLeft, 15000);
