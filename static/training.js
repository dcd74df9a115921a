"use strict";
// Training as a film: only what changes of curves and picture is sent, and the next stretch is asked for before the last
// one is drawn. A hidden page rests; where no answer comes, it is asked for again.
{
  const PACE = { fast: 50, slow: 250 }, AGAIN = 2000; // milliseconds from one question to the next
  const find = (selector) => document.querySelector(selector);
  const swap = (text, form) => htmx.swap({ text, sourceElement: form, target: form, swap: "none", push: "false", request: {} });
  let asked, has = ""; // what the page shows, as the server calls it

  const draw = ({ parts, more, anew }, form) => {
    for (const [where, markup] of parts) if (find(where)) find(where).innerHTML = markup;
    for (const [where, d] of more) find(where)?.setAttribute("d", find(where).getAttribute("d") + d);
    if (anew) swap(anew, form);
  };

  const ask = async () => {
    const form = find("#train[data-film]");
    if (!form || asked || document.hidden) return;
    const { signal } = asked = new AbortController(), body = new FormData(form), then = performance.now() + PACE[body.get("pace")];
    for (const other of document.querySelectorAll(".choices")) new FormData(other).forEach((value, name) => body.set(name, value));
    body.set("has", has);
    let wait = AGAIN, show = () => {};
    try {
      const answer = await fetch(form.dataset.film, { method: "POST", body: new URLSearchParams(body), signal, headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (answer.status < 429) { // else too fast, or the server cannot now
        const frame = text[0] === "{" && JSON.parse(text);
        if (!frame) form.removeAttribute("data-film"); // it is over
        has = frame.has;
        wait = then - performance.now();
        show = () => frame ? draw(frame, form) : swap(text, form);
      }
    } catch {} // no answer
    if (signal.aborted) return;
    asked = null;
    if (wait > 0) setTimeout(ask, wait);
    else ask();
    show();
  };

  // What the panel asks for itself comes first.
  document.addEventListener("submit", ({ target }) => {
    if (!target.closest("#training")) return;
    asked?.abort();
    asked = null;
    has = "";
  });
  for (const name of ["htmx:finally:request", "visibilitychange"]) document.addEventListener(name, ask);
}
