"use strict"; // A class's page listens, and asks where nothing comes any more; each answer gets a key of its own.
{
  const find = (id) => document.getElementById(id);
  const tell = (way) => { find("connected").textContent = find("connected").dataset[way]; };
  let heard;
  addEventListener("htmx:sse:after:message", () => { heard = Date.now(); tell("live"); });
  addEventListener("turn", () => location.reload());
  addEventListener("input", ({ target: { form } }) => { if (form?.id === "vote") form.key.value = Math.random(); });
  addEventListener("DOMContentLoaded", () => setTimeout(() => { // when htmx and its extension have begun
    const page = find("listening");
    page.setAttribute("hx-sse:connect", page.dataset.events);
    htmx.process(page);
    setInterval(() => {
      if (document.hidden || Date.now() - heard < 11000) return; // two beats
      tell("polling");
      htmx.trigger(find("poll"), "poll");
    }, 4000);
  }));
}
