"use strict";
const byId = (id) => document.getElementById(id);
const steps = JSON.parse(byId("steps").textContent);
const first = {}; // how each mark looked before any step changed it
let at = 0;

const put = (id, markup) => {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  group.innerHTML = markup;
  byId(id)?.replaceWith(group.firstElementChild);
};
for (const id of new Set(steps.flatMap((step) => Object.keys(step.marks ?? {})))) first[id] = byId(id).outerHTML;

const show = (place) => {
  at = Math.min(Math.max(place, 0), steps.length - 1);
  const marks = { ...first };
  for (const step of steps.slice(0, at + 1)) Object.assign(marks, step.marks);
  for (const [id, markup] of Object.entries(marks)) put(id, markup);
  const step = steps[at];
  byId("heading").innerHTML = step.heading;
  byId("maths").innerHTML = step.maths;
  byId("phase").textContent = step.phase;
  byId("code").textContent = step.code;
  byId("say").textContent = step.say;
  byId("place").value = at;
  byId("count").textContent = `${at} of ${steps.length - 1}`;
  history.replaceState(null, "", `#${at}`);
};

const KEYS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1, Home: -Infinity, End: Infinity };
addEventListener("keydown", (event) => {
  if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.matches("button")) return;
  event.preventDefault();
  show(at + KEYS[event.key]);
});
byId("step").addEventListener("click", () => show(at + 1));
byId("back").addEventListener("click", () => show(at - 1));
byId("place").addEventListener("input", (event) => show(Number(event.target.value)));
show(Number(location.hash.slice(1)) || 0);
