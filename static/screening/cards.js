// A card saves by itself when it is left. Everything here works without it, with the card's own button.
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");
  const content = (form) => {
    const data = new FormData(form);
    ["csrfmiddlewaretoken", "revision"].forEach((name) => data.delete(name));
    return new URLSearchParams(data).toString();
  };
  const formOf = (node) => node instanceof Element && node.closest(".p-cardform");
  const remember = (form) => { form.dataset.loaded = content(form); };
  const changed = (form) => form.dataset.loaded !== undefined && content(form) !== form.dataset.loaded;
  const mark = (form) => form.classList.toggle("dirty", changed(form) || form.querySelector("[data-prompt], .p-errors") !== null);
  const say = (form, text) => {
    const place = document.getElementById(`saved-${form.dataset.card}`);
    if (place) place.textContent = text;
  };
  const save = (form) => {
    if (form.isConnected && changed(form) && form.dataset.sent !== content(form)) window.htmx.trigger(form, "save");
  };

  // A refused card differs from what is saved, but is not sent again until something in it changes.
  const prepare = (scope) => scope.querySelectorAll(".p-cardform").forEach((form) => {
    if (!form.classList.contains("dirty")) remember(form);
    else if (form.dataset.loaded === undefined) Object.assign(form.dataset, { loaded: "", sent: content(form) });
  });
  prepare(document);

  document.addEventListener("input", (event) => { const form = formOf(event.target); if (form) mark(form); });
  // A choice is whole at once: saving it shows what else is asked. With the arrow keys one passes through others on the
  // way, so then it is whole when its group is left. What is typed is saved when the card is left.
  let byKey = false;
  document.addEventListener("keydown", () => { byKey = true; }, true);
  document.addEventListener("pointerdown", () => { byKey = false; }, true);
  const passing = "input[type=radio], select";
  // Who types in a card is not interrupted: a date half typed would be refused, or saved as a month or a year.
  const typingIn = (form) => form.contains(document.activeElement) && document.activeElement.matches("input:not([type=radio], [type=checkbox]), textarea");
  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (!form || event.target.closest("[data-prompt]")) return;
    mark(form);
    if (event.target.matches("input[type=checkbox]") || (event.target.matches(passing) && !byKey)) save(form);
  });
  document.addEventListener("focusout", (event) => {
    const form = formOf(event.target);
    const to = event.relatedTarget;
    if (!form || (to && to.closest("[data-prompt]"))) return;
    const left = event.target.matches(passing) && !event.target.closest("[data-prompt]") && !(to && to.name === event.target.name);
    if (to && form.contains(to) && !left) return;
    setTimeout(() => { if (!typingIn(form) && (left || !form.contains(document.activeElement))) save(form); }, 150);
  });

  // -- requests: nothing typed meanwhile is lost --------------------------------------------------------------------
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event.target);
    if (form) form.dataset.sent = content(form);
  });
  // What was pressed may be gone in the answer: then focus goes to what is asked now, to its row or to its card.
  let left = null;
  const refocus = () => {
    const form = left && document.getElementById(left.form);
    if (form && document.activeElement === document.body) {
      const row = left.row && form.querySelector("table")?.rows[left.row];
      const to = form.querySelector("[data-prompt]") || [...form.querySelectorAll("button[name]")].find((one) => one.name === left.name && one.value === left.value) ||
        (row && (row.querySelector("input:checked") || row.querySelector("input"))) || form.closest(".p-criterion");
      if (to) to.focus({ preventScroll: !to.matches("[data-prompt]") });
    }
    left = null;
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = formOf(event.detail.target);
    if (!form) return;
    const inside = form.contains(document.activeElement);
    left = inside ? { form: form.id, name: document.activeElement.name, value: document.activeElement.value, row: document.activeElement.closest("tr")?.rowIndex } : null;
    if (!inside) event.detail.serverResponse = event.detail.serverResponse.replaceAll(" autofocus", "");
    const typedMeanwhile = form.dataset.sent !== content(form);
    if (typedMeanwhile && event.detail.xhr.status === 422) {
      // What was refused is not what stands there any more: the answer would overwrite it. It is sent when it is left.
      event.detail.shouldSwap = false;
      delete form.dataset.sent;
      setTimeout(() => { if (!form.contains(document.activeElement)) save(form); }, 50);
    }
    if (typedMeanwhile && event.detail.xhr.status === 200) {
      // Somebody typed while it was saved: keep what is on the page, and send it with the revision it now stands on.
      const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
      answer.querySelectorAll("[name=revision], [name$=-set]").forEach((hidden) => {
        const own = form.elements[hidden.name];
        if (own) own.value = hidden.value;
      });
      event.detail.shouldSwap = false;
      form.dataset.loaded = form.dataset.sent;
      delete form.dataset.sent;
      setTimeout(() => { if (!typingIn(form)) save(form); }, 50);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    prepare(document);
    if (formOf(event.detail.elt) || formOf(event.target)) refocus();
    const rail = document.getElementById("rail");
    if (rail) {
      const unasked = new Set(rail.dataset.unasked.split(" "));
      document.querySelectorAll(".p-cardform [id^=ask-]").forEach((ask) => {
        const name = ask.id.slice(4);
        if (known.has(name)) ask.hidden = unasked.has(name);
        else if (ask.hidden || unasked.has(name)) { known.add(name); ask.hidden = unasked.has(name); }
      });
    }
    follow();
  });
  // The page stood on the revision before: its other cards stand on the new one now.
  document.addEventListener("saved", (event) => {
    document.querySelectorAll(".p-cardform [name=revision]").forEach((field) => {
      if (field.value === String(event.detail.before)) field.value = String(event.detail.revision);
    });
  });
  const known = new Set([...document.querySelectorAll(".p-cardform [id^=ask-][hidden]")].map((ask) => ask.id.slice(4)));
  const offline = (event) => {
    const form = formOf(event.target);
    if (!form) return;
    delete form.dataset.sent;
    form.classList.add("dirty");
    say(form, document.body.dataset.offline || "Not saved: no connection. Your answers are kept on this page.");
  };
  document.addEventListener("htmx:sendError", offline);
  document.addEventListener("htmx:responseError", offline);
  window.addEventListener("online", () => document.querySelectorAll(".p-cardform.dirty").forEach(save));
  window.addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll(".p-cardform")].some((form) => changed(form) && !form.dataset.leaving)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => { const form = formOf(event.target); if (form) form.dataset.leaving = "yes"; else document.querySelectorAll(".p-cardform").forEach((one) => { one.dataset.leaving = "yes"; }); });

  // -- keyboard: Ctrl+Enter saves and goes on, Alt with arrows goes to the neighbours -------------------------------
  const cards = () => [...document.querySelectorAll(".p-criterion")];
  const here = () => document.activeElement && document.activeElement.closest(".p-criterion");
  const go = (card) => {
    if (!card) return;
    card.scrollIntoView();
    const first = card.querySelector(".p-cardform .p-field:not([hidden]) :is(input, select, textarea):not([type=hidden])");
    (first || card).focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    const all = cards();
    if (event.key === "Escape" && here()) {
      const keep = here().querySelector("[data-prompt] [name=keep]");
      if (keep) { event.preventDefault(); keep.click(); }
    }
    if (!all.length) return cell(event);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const at = all.indexOf(here());
      go(event.key === "ArrowDown" ? all[at + 1] : all[Math.max(at - 1, 0)]);
    }
    if (event.ctrlKey && event.key === "Enter" && here()) {
      event.preventDefault();
      const card = here();
      const later = all.slice(all.indexOf(card) + 1);
      const open = (one) => { const link = document.querySelector(`#rail a[href="#${one.id}"]`); return link && !["ok", "stop"].includes(link.dataset.mark); };
      const form = card.querySelector(".p-cardform");
      if (form) save(form);
      go(later.find(open) || all.find(open));
    }
  });

  // -- worksheet: with a cell in focus, digits score and move on ----------------------------------------------------
  const cell = (event) => {
    const input = event.target.closest && event.target.closest(".p-pip input");
    if (!input || event.ctrlKey || event.altKey || event.metaKey) return;
    const groups = [...document.querySelectorAll(".p-pip")];
    const group = input.closest(".p-pip");
    const row = group.closest("tr");
    const focus = (other) => { if (other) (other.querySelector("input:checked") || other.querySelector("input")).focus(); };
    const column = [...row.querySelectorAll(".p-pip")].indexOf(group);
    if (/^[0-9]$/.test(event.key)) {
      const chosen = group.querySelector(`input[value="${event.key}"]`);
      if (!chosen) return;
      event.preventDefault();
      chosen.checked = true;
      mark(formOf(chosen));
      focus(groups[groups.indexOf(group) + 1]);
      save(formOf(chosen));
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const other = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
      event.preventDefault();
      if (other) focus(other.querySelectorAll(".p-pip")[column]);
    } else if (event.key === "c" || event.key === "C") {
      const fill = row.querySelector(".fill button");
      if (fill) { event.preventDefault(); fill.click(); }
    } else if (event.key === "Backspace") {
      const none = group.querySelector('input[value=""]');
      event.preventDefault();
      if (none) { none.checked = true; mark(formOf(none)); save(formOf(none)); }
      else group.querySelectorAll("input").forEach((one) => { one.checked = false; });
    }
  };

  // -- where one is: the rail and, on a phone, the bar below --------------------------------------------------------
  let current = null;
  const bar = document.querySelector(".p-bottom");
  const follow = () => {
    document.querySelectorAll("#rail a").forEach((link) => {
      if (current && link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    if (!bar || !current) return;
    const all = cards();
    const at = all.indexOf(current);
    [["before", all[at - 1], "‹ "], ["after", all[at + 1], " ›"]].forEach(([way, card, sign]) => {
      const link = bar.querySelector(`[data-go=${way}]`);
      link.hidden = !card;
      if (card) { link.href = `#${card.id}`; link.textContent = way === "before" ? sign + card.id : card.id + sign; }
    });
    bar.hidden = false;
  };
  if (cards().length && "IntersectionObserver" in window) {
    const seen = new IntersectionObserver((entries) => {
      const top = entries.filter((entry) => entry.isIntersecting)[0];
      if (top) { current = top.target; follow(); }
    }, { rootMargin: "-10% 0px -80% 0px" });
    cards().forEach((card) => seen.observe(card));
  }
})();
