// Keeps the page current: one EventSource says when something has changed, and the new page is then read and put in
// place. Without this script, the page is complete, and reloading it does the same.
"use strict";

(() => {
  const age = document.getElementById("age");
  const patience = 15000; // the server says something every five seconds
  let source = null;
  let heard = Date.now();
  let isReading = false;
  let isOutdated = false;

  const now = () => Date.now();
  let at = now(); // when the shown page was read

  function showAge() {
    const isStale = now() - heard > patience || source === null || source.readyState !== EventSource.OPEN;
    if (isStale === document.documentElement.classList.contains("stale") && !isStale) return;
    document.documentElement.classList.toggle("stale", isStale);
    if (!isStale) return void read();
    const seconds = Math.round((now() - at) / 1000);
    const text = "Not connected. This is " + (seconds < 120 ? Math.floor(seconds / 10) * 10 + " s" : Math.floor(seconds / 60) + " min")
      + " old. If it stays so, run tsaccounts dashboard again.";
    if (age.textContent !== text) age.textContent = text;
  }

  function keep(main) {
    const open = new Set([...main.querySelectorAll("details[open]")].map((element) => element.id));
    const focused = main.contains(document.activeElement) ? document.activeElement.id : "";
    return (next) => {
      for (const id of open) next.querySelector("#" + CSS.escape(id))?.setAttribute("open", "");
      main.replaceChildren(...next.childNodes);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    };
  }

  async function read() {
    if (isReading) return void (isOutdated = true);
    isReading = true;
    try {
      const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = document.getElementById("main");
      const selection = document.getSelection();
      // Text that is being selected, for example a command to copy, stays.
      if (selection && !selection.isCollapsed && main.contains(selection.anchorNode)) return;
      keep(main)(page.getElementById("main"));
      age.replaceChildren(...page.getElementById("age").childNodes);
      document.title = page.title;
      at = now();
    } catch {
      // The connection is lost; showAge says so.
    } finally {
      isReading = false;
      if (isOutdated) {
        isOutdated = false;
        read();
      }
    }
  }

  function listen() {
    source = new EventSource("events");
    source.onopen = () => { heard = now(); showAge(); };
    source.onerror = showAge;
    source.addEventListener("alive", () => { heard = now(); });
    source.addEventListener("changed", () => { heard = now(); read(); });
  }

  // A browser keeps six connections to a server: tabs that nobody sees give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (source === null) {
      listen();
      read();
    }
  });

  if (!document.hidden) listen();
  setInterval(() => { if (!document.hidden) showAge(); }, 1000);
})();
