"use strict";
// What htmx and HTML cannot do. All listeners sit on the document, so no swap loses one.
{
  const find = (selector) => document.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (name, listener) => document.addEventListener(name, listener);

  // Twins: CSS cannot match equal attributes, so the one under the pointer or in focus lights the others; but a term of
  // the formula only what it names, not the other terms that name it.
  let lit = "";
  let point = null; // where the pointer is: what lies there after a swap?
  const refOf = (element) => (element?.closest?.(".route") ?? element?.closest?.("[data-ref]"))?.dataset.ref ?? "";
  const named = (ref) => `[data-ref="${ref}"]`;
  const light = (element) => {
    lit = refOf(element) || (find("#opened")?.dataset.lit ?? ""); // what is open stays lit
    const own = element?.closest?.(".maths [data-ref]");
    const twins = (lit ? all(lit.split(" ").map(named)) : []) // a path names several marks
      .filter((twin) => !own || twin === own || twin.closest(".maths") !== own.closest(".maths"));
    all(".on[data-ref]").forEach((twin) => twins.includes(twin) || twin.classList.remove("on"));
    twins.forEach((twin) => twin.classList.add("on"));
    const readout = find("#readout"); // numbers of a mark whose label has no room
    if (readout) readout.textContent = find(`#net ${named(lit)}[aria-label]`)?.ariaLabel ?? "";
  };
  on("pointerover", (event) => {
    point = [event.clientX, event.clientY];
    light(refOf(event.target) ? event.target : document.activeElement);
  });
  document.documentElement.addEventListener("pointerleave", () => { point = null; light(document.activeElement); });
  on("focusin", (event) => light(event.target));
  on("focusout", () => light(null));

  // A swap may take away what has the focus: it goes back to what had it last and is still there.
  let trail = [];
  const stands = (element) => element.getClientRects().length > 0;
  on("focusin", ({ target }) => { trail = [...trail.filter((one) => one !== target), target].slice(-9); });
  const refocus = () => {
    if (document.activeElement !== document.body || !trail.length || stands(trail.at(-1))) return;
    (trail.filter(stands).at(-1) ?? find("#controls .step"))?.focus();
  };

  // After a swap the server's classes and tab stops stand; put back what belongs to this reader.
  on("htmx:after:swap", () => {
    refocus();
    const focus = document.activeElement;
    light(refOf(focus) ? focus : point && document.elementFromPoint(...point));
    if (focus.closest("#net")) stop(focus);
    follow();
  });

  // On a phone the timeline is longer than the screen is wide: where the walk stands is kept in view.
  const follow = () => {
    const line = matchMedia("(max-width: 640px)").matches && find("#timeline");
    if (line) line.scrollLeft = (find("#timeline .now")?.offsetLeft ?? 0) - line.clientWidth / 2;
  };
  on("DOMContentLoaded", follow);

  // Roving focus: one tab stop for the diagram, arrow keys within it; terms and paths one after the other.
  const stop = (mark) => {
    all('[tabindex="0"]', mark.closest("[data-roving]")).forEach((other) => { other.tabIndex = -1; });
    mark.tabIndex = 0;
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
    const kind = container.dataset.roving; // "plane", or what follows each other
    const items = all(kind === "plane" ? "[tabindex]" : kind || "[data-ref]", container);
    const to = (kind === "plane" ? nearest : next)(document.activeElement, items, WAYS[event.key]);
    if (kind === "plane") stop(to);
    else if (to.tabIndex < 0) to.tabIndex = -1;
    to.focus();
    event.preventDefault();
  };

  // A connection, unit or bias of the diagram opens its gradient along its paths.
  const open = (mark) => {
    const door = find("#ask button");
    if (door && mark.closest("#net") && /^[bwuy]-/.test(door.value = refOf(mark))) door.click();
  };
  on("click", (event) => open(event.target));

  // Single keys press the buttons themselves, so that they do what these do. In settings they can be turned off.
  const KEYS = { s: "#controls .step", b: "#controls .back", k: "#play", p: "#present" };
  const REMOTE = { PageDown: "s", ArrowRight: "s", PageUp: "b", ArrowLeft: "b" }; // as a presenter's remote control sends
  // An open question is answered from wherever the focus is: a sign by its key, a number by typing it.
  const SIGNS = { "+": "positive", "-": "negative", 0: "zero" };
  const reply = (key) => {
    find(`#predict [value="${SIGNS[key]}"]`)?.click();
    if (/^[-+.,\d]$/.test(key)) find("#guess")?.focus(); // where the key then is typed
  };

  on("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const container = target.closest("[data-roving]");
    if (container && WAYS[key]) rove(event, container);
    if (key === "Enter" || (key === " " && target.closest("#net"))) open(target);
    if (key === " " && target.closest("#net")) event.preventDefault();
    if (target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const remote = !event.defaultPrevented && find("#present:checked") && REMOTE[key];
    if (remote) event.preventDefault();
    const name = document.documentElement.dataset.keys === "off" ? remote : remote || key;
    if (KEYS[name]) find(KEYS[name])?.click();
    else if (name === "?") find("#keys").showPopover();
    else if (name) reply(name);
  });

  // A link is chosen whole, and copied by a button: also on plain http, where browsers have no clipboard of their own.
  on("focusin", ({ target }) => target.matches("[data-link]") && target.select());
  on("click", ({ target }) => {
    if (!target.matches("[data-copy]")) return;
    find("[data-link]").select();
    target.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl C";
  });

  // Digits, theme and motion count as soon as they are chosen; without scripts there is a button.
  on("change", (event) => event.target.closest("[data-submit-on-change]")?.requestSubmit());

  // A request that failed must not pass unseen: the page stays as it was, so say so.
  const tell = (text) => { find("#toast").textContent = text; };
  on("htmx:before:request", () => tell(""));
  on("htmx:error", () => tell("The server did not answer. Nothing was changed. Try again."));
  on("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) tell("The server failed at this step. Nothing was changed. Try again.");
  });
}
