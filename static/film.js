"use strict";
// The film of a step: moves what the server has placed, by opacity and transform alone, so that nothing is laid out or
// painted meanwhile; a first and a last frame that are not said would hinder that. It is shown to who steps onwards,
// not to who loads the page, goes back or wants no motion.
{
  const LONGEST = 1500, SHARE = 0.9; // milliseconds; of the time that one step takes at the chosen speed
  const COMES = 5; // hundredths of the film in which something comes into sight
  const WORDS = "#equation :is(.res, .say, .note, .checked, summary b), #predict :is(.outcome, .reasons)"; // tell it, too
  const film = () => document.getElementById("film");
  const told = () => film()?.dataset.play.split(" ").map(Number); // iteration, cursors before and after, result, radius
  const still = () => ({ full: false, reduced: true })[document.documentElement.dataset.motion]
    ?? matchMedia("(prefers-reduced-motion: reduce)").matches;
  const leads = ([iteration, , cursor], [now, start]) =>
    iteration === now ? cursor === start : iteration === now - 1 && start === 0;
  let seen = told();
  let moving = [];
  const stop = (how) => moving.splice(0).forEach((one) => one[how]());

  const play = () => {
    stop("cancel");
    const before = seen;
    seen = told();
    if (!before || !seen || still() || !leads(before, seen)) return;
    const [, , , then, radius] = seen, { dataset, children } = film();
    const duration = Math.min(LONGEST, SHARE * (document.querySelector("[name=speed]")?.value ?? 1000));
    const move = (mark, frames) => moving.push(mark.animate(frames, { duration }));
    const { a: zoom, e: x0, f: y0 } = document.getElementById("net").getScreenCTM();
    const { left, top } = film().getBoundingClientRect();
    const results = [WORDS, "#connections .was", dataset.results].filter(Boolean).join();
    const found = [...document.querySelectorAll(results)]
      .filter((mark) => mark.getClientRects().length) // what is not shown would keep all others from the compositor
      .map((mark) => [mark, getComputedStyle(mark).opacity]);
    for (const actor of children) {
      const light = actor.className === "light", size = light ? ` scale(${zoom * radius + 4})` : "";
      const stops = actor.dataset.way.split(",").map((stop) => stop.split(" "));
      const frame = ([x, y, time], opacity) => ({
        offset: time / 100,
        easing: "ease-in-out",
        opacity,
        transform: `translate(${zoom * x + x0 - left}px,${zoom * y + y0 - top}px) translate(-50%,-50%)${size}`,
      });
      const [[x, y, from = 0]] = stops;
      const on = light ? [[x, y, 26], [x, y, 36]] : stops.slice(1);
      const comes = [frame([x, y, from], 0), frame([x, y, +from + COMES], 1)];
      const frames = [...comes, ...on.map((stop, i) => frame(stop, +(i + 1 < on.length)))];
      move(actor, [{ ...frames[0], offset: 0 }, ...frames, { ...frames.at(-1), offset: 1 }]);
    }
    const offset = then / 100;
    found.forEach(([mark, own]) => {
      const opacity = +mark.matches(".was"); // a line's old width is there until its new one is
      move(mark, [{ opacity }, { opacity, offset }, { opacity: own }]);
    });
  };

  document.addEventListener("htmx:after:swap", play);
  for (const name of ["pointerdown", "click", "keydown"]) document.addEventListener(name, () => stop("finish"), true);
}
