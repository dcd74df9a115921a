"use strict"; // A class's page listens, and asks where nothing comes; each answer says when it was given.
{
  const find = (id) => document.getElementById(id);
  const tell = (way) => { find("connected").textContent = find("connected").dataset[way]; };
  let heard;
  addEventListener("htmx:sse:after:message", () => { heard = Date.now(); tell("live"); });
  addEventListener("turn", () => location.reload());
  addEventListener("input", ({ target: { form } }) => { if (form?.key) form.key.value = Date.now(); });
  addEventListener("DOMContentLoaded", () => setTimeout(() => { // when htmx has begun
    find("listening").setAttribute("hx-sse:connect", find("listening").dataset.events);
    htmx.process(find("listening"));
  }));
  setInterval(() => {
    if (document.hidden || Date.now() - heard < 11000) return; // two beats
    tell("polling");
    htmx.trigger(find("poll"), "poll");
  }, 4000);
}
