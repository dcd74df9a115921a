"use strict";
// The film of a step: moves what the server has placed, by opacity and transform alone, so that nothing is laid out or
// painted meanwhile; a first and a last frame that are not said would hinder that. It is shown to who steps onwards, not to who loads the page, goes back or wants no motion.
{
  const IN_WORDS = "#equation :is(.res, .say, .note, .checked, summary b), #predict :is(.outcome, .reasons)";
  const LONGEST = 1500, SHARE = 0.9; // milliseconds; of the time that one step takes at the chosen speed
  const film = () => document.getElementById("film");
  const place = () => film() && [film().dataset.iteration, film().dataset.end].map(Number);
  const still = () => ({ full: false, reduced: true })[document.documentElement.dataset.motion]
    ?? matchMedia("(prefers-reduced-motion: reduce)").matches;
  const leads = ([iteration, cursor], { iteration: now, start, end }) =>
    iteration === +now ? cursor >= start && cursor < end : iteration === now - 1 && start === "0";
  let seen = place();
  let moving = [];
  const stop = (how) => moving.splice(0).forEach((one) => one[how]());

  const play = () => {
    stop("cancel");
    const before = seen, { dataset, children } = film() ?? {};
    seen = place();
    if (!before || !dataset || still() || !leads(before, dataset)) return;
    const duration = Math.min(LONGEST, SHARE * (document.querySelector("[name=speed]")?.value ?? 1000));
    const move = (mark, frames) => moving.push(mark.animate(frames, { duration }));
    const { a: zoom, e: x0, f: y0 } = document.getElementById("net").getScreenCTM();
    const { left, top } = film().getBoundingClientRect();
    for (const actor of children) {
      const stops = actor.dataset.way.split(",").map((stop) => stop.split(" "));
      const size = actor.className === "light" ? ` scale(${zoom * dataset.radius})` : "";
      const frames = stops.map(([x, y, time], i) => ({
        offset: time / 100,
        easing: "ease-in-out",
        opacity: +(i > 0 && i < stops.length - 1),
        transform: `translate(${zoom * x + x0 - left}px,${zoom * y + y0 - top}px) translate(-50%,-50%)${size}`,
      }));
      move(actor, [{ ...frames[0], offset: 0 }, ...frames, { ...frames.at(-1), offset: 1 }]);
    }
    const offset = dataset.then / 100;
    const until = (selector, opacity) => document.querySelectorAll(selector).forEach((mark) =>
      move(mark, [{ opacity }, { opacity, offset }, { opacity: getComputedStyle(mark).opacity }]));
    until(IN_WORDS, 0);
    if (dataset.results) until(dataset.results, 0);
    until("#connections .was", 1);
  };

  document.addEventListener("htmx:after:swap", play);
  for (const name of ["pointerdown", "click", "keydown"]) document.addEventListener(name, () => stop("finish"), true);
}
