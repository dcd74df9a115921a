"use strict";
// Training as a film: of curves and picture only what changes is sent. The next stretch is asked for before the last one
// is drawn; a hidden page rests; where no answer comes, it is asked for again.
{
  const PACE = { fast: 50, slow: 250 }, AGAIN = 2000; // milliseconds from one question to the next
  const find = (selector) => document.querySelector(selector);
  let asked, has = ""; // has: what the page shows, as the server calls it
  const swap = (text, form) => htmx.swap({ text, sourceElement: form, target: form, swap: "none", request: {} });

  const draw = ({ parts, more, anew }, form) => {
    for (const [where, markup] of parts) if (find(where)) find(where).innerHTML = markup;
    for (const [where, d] of more) find(where)?.setAttribute("d", find(where).getAttribute("d") + d);
    if (anew) swap(anew, form);
  };

  const ask = async () => {
    const form = find("#train[data-film]");
    if (!form || asked || document.hidden) return;
    const { signal } = asked = new AbortController(), body = new URLSearchParams(new FormData(form));
    for (const choices of document.querySelectorAll(".choices")) new FormData(choices).forEach((value, name) => body.set(name, value));
    body.set("show", find("#shown").value);
    body.set("has", has);
    const then = performance.now() + PACE[form.pace.value];
    try {
      const answer = await fetch(form.dataset.film, { method: "POST", body, signal, headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (answer.status > 428) throw 0; // too fast, or the server cannot now
      if (text[0] !== "{") { // it is over
        asked = null;
        swap(text, form);
        return;
      }
      const frame = JSON.parse(text), wait = then - performance.now();
      has = frame.has;
      asked = null;
      if (wait > 0) setTimeout(ask, wait);
      else ask();
      draw(frame, form);
    } catch {
      if (signal.aborted) return;
      asked = null;
      setTimeout(ask, AGAIN);
    }
  };

  // Whatever the panel asks for itself comes first.
  document.addEventListener("submit", ({ target }) => {
    if (!target.closest("#training")) return;
    asked?.abort();
    asked = null;
    has = "";
  });
  for (const name of ["htmx:finally:request", "visibilitychange"]) document.addEventListener(name, ask);
}
