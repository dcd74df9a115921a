"use strict";
// What htmx and HTML cannot do: light twins, arrow keys, keys of the diagram, selects that submit, a toast.
// All listeners sit on the document, so no swap loses one.
{
  const find = (selector) => document.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Twins. CSS cannot match two elements by an equal attribute, so the one under the pointer or in focus lights the others.
  let lit = "";
  let point = null; // where the pointer is, to find what lies there after a swap
  const refOf = (element) => element?.closest?.("[data-ref]")?.dataset.ref ?? "";
  const light = (element) => {
    lit = refOf(element);
    all(".on[data-ref]").forEach((twin) => twin.dataset.ref === lit || twin.classList.remove("on"));
    if (lit) all(`[data-ref="${CSS.escape(lit)}"]`).forEach((twin) => twin.classList.add("on"));
    const readout = find("#readout"); // the numbers of a mark whose label has no place in the drawing
    if (readout) readout.textContent = find(`#net [data-ref="${CSS.escape(lit)}"][aria-label]`)?.getAttribute("aria-label") ?? "";
  };
  document.addEventListener("pointerover", (event) => {
    point = [event.clientX, event.clientY];
    light(refOf(event.target) ? event.target : document.activeElement);
  });
  document.documentElement.addEventListener("pointerleave", () => { point = null; light(document.activeElement); });
  document.addEventListener("focusin", (event) => light(event.target));
  document.addEventListener("focusout", () => light(null));

  // After a swap the server's classes and tab stops stand; put back what belongs to this reader's pointer and focus.
  document.addEventListener("htmx:after:swap", () => {
    const under = point && document.elementFromPoint(...point);
    light(refOf(document.activeElement) ? document.activeElement : under);
    if (document.activeElement.closest("#net")) stop(document.activeElement);
  });

  // Roving focus: one tab stop for the whole diagram, arrow keys within it; the formula's terms one after the other.
  const stop = (mark) => {
    all('[tabindex="0"]', mark.closest("[data-roving]")).forEach((other) => other.setAttribute("tabindex", "-1"));
    mark.setAttribute("tabindex", "0");
  };
  const middle = (mark) => {
    const box = mark.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const nearest = (from, marks, [dx, dy]) => {
    const [x0, y0] = middle(from);
    const far = (mark) => { // straight ahead counts once, sideways twice; behind is out of reach
      const [x, y] = middle(mark).map((value, i) => value - [x0, y0][i]);
      const ahead = x * dx + y * dy;
      return ahead < 4 ? Infinity : ahead + 2 * Math.abs(x * dy - y * dx);
    };
    const best = marks.reduce((a, b) => (far(b) < far(a) ? b : a));
    return far(best) < Infinity ? best : from;
  };
  const next = (from, terms, [dx, dy]) => terms[terms.indexOf(from) + dx + dy] ?? from;
  const rove = (event, container) => {
    const plane = container.dataset.roving === "plane";
    const items = all(plane ? "[tabindex]" : "[data-ref]", container);
    const from = document.activeElement;
    const to = plane ? nearest(from, items, WAYS[event.key]) : next(from, items, WAYS[event.key]);
    if (!to) return;
    if (plane) stop(to);
    else to.setAttribute("tabindex", "-1");
    to.focus();
    event.preventDefault();
  };

  // n and p press the buttons themselves, so that they do exactly what the buttons do; ? opens the overview.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const container = event.target.closest("[data-roving]");
    if (container && WAYS[event.key]) rove(event, container);
    if (event.target.closest("#network") && event.key === "n") find("#controls .step")?.click();
    if (event.target.closest("#network") && event.key === "p") find("#controls .back")?.click();
    if (event.key === "?" && event.target.closest("#stage") && !event.target.matches("input, textarea")) find("#keys").showPopover();
  });

  // Digits, theme and motion count as soon as they are chosen; without scripts their form has a button.
  document.addEventListener("change", (event) => event.target.closest("[data-submit-on-change]")?.requestSubmit());

  // A request that failed must not pass unseen: the page stays as it was, so say so.
  const tell = (text) => { find("#toast").textContent = text; };
  document.addEventListener("htmx:before:request", () => tell(""));
  document.addEventListener("htmx:error", () => tell("The server did not answer. Nothing was changed. Try again."));
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) tell("The server failed at this step. Nothing was changed. Try again.");
  });
}
