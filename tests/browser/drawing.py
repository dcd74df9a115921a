"""Where things lie, and what lies over what in the diagram, measured on the page."""

from typing import cast

from playwright.sync_api import Page

# A text's box is as tall as its font's line; the ink of our labels (no accents) stays within these shares of it.
OVERLAPS = """() => {
  const ABOVE = 0.16, BELOW = 0.06, SLACK = 0.5;
  const words = (text) => `${text.parentElement.id || text.parentElement.dataset.ref}: ${text.textContent}`;
  const seen = [...document.querySelectorAll("#net text")].filter((text) => getComputedStyle(text).opacity > 0);
  const texts = seen.map((text) => {
    const box = text.getBoundingClientRect();
    return {text, own: text.closest("[id^='u-'], .target"), name: words(text),
      left: box.left, right: box.right, top: box.top + ABOVE * box.height, bottom: box.bottom - BELOW * box.height};
  }).filter((mark) => mark.right > mark.left);
  const boxes = [...document.querySelectorAll("#net .target rect")].map((rect) => {
    const box = rect.getBoundingClientRect();
    return {own: rect.closest(".target"), name: `target ${rect.closest(".target").dataset.ref}`,
      left: box.left, right: box.right, top: box.top, bottom: box.bottom};
  });
  const circles = [...document.querySelectorAll("#units circle:not(.plate)")].map((circle) => {
    const box = circle.getBoundingClientRect();
    const own = circle.closest("g[id]");
    return {own, name: `circle ${own.id}`, x: box.left + box.width / 2, y: box.top + box.height / 2, r: box.width / 2};
  });
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK;
  const far = (circle, box) => Math.hypot(
    Math.max(box.left - circle.x, 0, circle.x - box.right), Math.max(box.top - circle.y, 0, circle.y - box.bottom));
  const inside = (mark) => mark.text.matches(".v, .zl, .script");
  const found = [];
  texts.forEach((a, i) => {
    texts.slice(i + 1).forEach((b) => { if (meet(a, b)) found.push(`${a.name} over ${b.name}`); });
    boxes.forEach((b) => { if (a.own !== b.own && meet(a, b)) found.push(`${a.name} over ${b.name}`); });
    circles.forEach((c) => {
      if (a.own === c.own && inside(a)) {
        const wide = a.right - a.left > Math.max(4 * c.r, 90); // a long one may be wider
        const out = a.top < c.y - c.r || a.bottom > c.y + c.r || wide;
        if (out) found.push(`${a.name} out of its ${c.name}`);
      } else if (far(c, a) < c.r - SLACK) found.push(`${a.name} over ${c.name}`);
    });
  });
  boxes.forEach((b) => circles.forEach((c) => {
    if (far(c, b) < c.r - SLACK) found.push(`${b.name} over ${c.name}`);
  }));
  return found;
}"""


# Pixels of the smallest text of the drawing that is seen, and whether all of the drawing is.
SMALLEST = """() => {
  const net = document.getElementById("net"), zoom = net.getScreenCTM().a;
  const seen = [...net.querySelectorAll("text")].filter((text) => text.getBoundingClientRect().width);
  const whole = net.getBoundingClientRect().right <= net.closest(".drawing").getBoundingClientRect().right + 1;
  return [Math.min(...seen.map((text) => zoom * parseFloat(getComputedStyle(text).fontSize))), whole];
}"""
BOXES = """(selector) => [...document.querySelectorAll(selector)].map((mark) => {
  const box = mark.getBoundingClientRect();
  return [box.x + scrollX, box.y + scrollY, box.width, box.height].map((value) => Math.round(value * 10) / 10);
})"""
CONTROLS = "#controls button, #controls label"
MOST_OFFERED = 8
# What can be pressed, chosen or filled in that lies in the window, besides the timeline and what all pages have. What
# is one choice counts once: how far a step goes, the tabs, a nudge either way, a field and its button, the ways on.
OFFERED = """() => {
  const choices = ".seg, .below, .nudge, .rate, .predict .btns, .all-numbers, .ways-on";
  const seen = [...document.querySelectorAll("main :is(button, a[href], input:not([type=hidden]), select, summary)")]
    .filter((one) => !one.closest("#timeline") && one.checkVisibility())
    .filter((one) => { const { top, bottom } = one.getBoundingClientRect(); return bottom > 0 && top < innerHeight; });
  return new Set(seen.map((one) => one.closest(choices) ?? one)).size;
}"""


def boxes(page: Page, selector: str) -> list[list[float]]:
    """Of each element: x, y, width and height in pixels of the page, to a tenth."""
    return cast(list[list[float]], page.evaluate(BOXES, selector))


def readable(page: Page) -> bool:
    """Whether the drawing is seen whole, with no text of it under 11 pixels."""
    smallest, whole = page.evaluate(SMALLEST)
    return bool(whole) and smallest >= 10.99


def offered(page: Page) -> int:
    """How much there is to choose from, in the window."""
    return cast(int, page.evaluate(OFFERED))


def overlaps(page: Page) -> list[str]:
    """Each label that lies over another, over a unit or over a target, or that sticks out of its own circle."""
    return cast(list[str], page.evaluate(OVERLAPS))
