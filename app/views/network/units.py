"""The marks of units: circles with their numbers, bias and error signal."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from app.engine.equations.values import Values
from app.engine.memory import kept_with
from app.engine.network.expressions import Symbol
from app.views.narration.mistakes import is_misled
from app.views.network.connections import unit_letter, unit_word
from app.views.network.layout import layout
from app.views.network.scales import place, sign_class, strength
from app.views.network.visible import Sight, Stand, Texts

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ROOMY_TEXT, LONG_TEXT = 6, 8  # characters of a value that fit a circle in full size, and set smaller
WAYS = {
    "neg": "▲",
    "pos": "▼",
}  # by the sign of the error signal: the way the sum should move to lower the loss
CURRENT = {"forward": "current ahead"}  # the class of the unit in question
BY_THIS_RULE = ", by a rule that is not the chain rule's"  # then its sign proves nothing
WAY_WORDS = {"▲": ", a larger sum lowers the loss", "▼": ", a smaller sum lowers the loss"}


class Unit(NamedTuple):
    """One unit as it looks now; numbers not known yet are empty. `way` is where its sum should move."""

    id: str
    bias_ref: str
    classes: str
    fill: str
    sum: str
    value: str
    value_classes: str
    bias: str
    error: str
    way: str
    tab: str
    label: str
    name: str
    x: str
    y: str
    radius: str
    name_y: str
    way_x: str
    sum_y: str
    value_y: str
    bias_y: str
    error_y: str

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/unit.svg"


@dataclass(frozen=True, eq=False)
class UnitForm:
    """What never changes about one unit: layer, j, its name in words, its symbols, where its parts stand.

    `places` are the last fields of a Unit, from `name` on.
    """

    l: int
    j: int
    words: str
    a: Symbol
    z: Symbol
    b: Symbol
    delta: Symbol
    new_b: Symbol
    slope: Symbol
    places: tuple[str, ...]


class Reading(NamedTuple):
    """What may change about one unit from step to step; `tone` is the sign of its activation, once known."""

    sum: str
    value: str
    bias: str
    updated: str
    error: str
    way: str
    fill: str
    tone: str
    current: str
    off: bool
    misled: bool
    tab: str


@lru_cache(maxsize=256)
def unit_forms(sizes: tuple[int, ...]) -> tuple[UnitForm, ...]:
    """Every drawn unit, layer by layer."""
    return tuple(_form(sizes, l, j) for l, j in layout(sizes).units)


def _form(sizes: tuple[int, ...], l: int, j: int) -> UnitForm:
    drawing = layout(sizes)
    (x, y), r = drawing.units[l, j], drawing.radius
    name = "" if drawing.dense else f"{unit_letter(sizes, l)}{j + 1}".translate(SUBSCRIPTS)
    across = (x, y, r, y - r - 7, x + 20, y - 0.45 * r, y + 0.17 * r, y + r + 15, y + r + 29)
    kind = "input" if l == 0 else "output" if l == len(sizes) - 1 else "hidden unit"
    a, z, b, delta, new_b, slope = (Symbol(symbol, l, j) for symbol in ("a", "z", "b", "delta", "new_b", "slope"))
    places = (name, *map(place, across))
    return UnitForm(
        l=l,
        j=j,
        words=f"{kind} {unit_word(sizes, l, j)}",
        a=a,
        z=z,
        b=b,
        delta=delta,
        new_b=new_b,
        slope=slope,
        places=places,
    )


def units(sight: Sight, mark: str) -> Iterator[Unit]:
    """Every drawn unit, layer by layer; `mark` is the id of the one tab stop."""
    texts = sight.texts
    for form, shown, current, misled, tab in _stages(sight.stand, mark):
        yield _drawn(form, Reading(*_numbers(texts, form, shown), current, is_off(sight, form), misled, tab))


Stage = tuple[UnitForm, tuple[bool, ...], str, bool, str]


@lru_cache(maxsize=4096)
def _stages(stand: Stand, mark: str) -> tuple[Stage, ...]:
    """Every drawn unit with what is known of it and how it stands to the equation."""
    return tuple(_stage(stand, form, mark) for form in unit_forms(stand.shape.sizes))


def _stage(stand: Stand, form: UnitForm, mark: str) -> Stage:
    shown = tuple(map(stand.has_shown, (form.a, form.z, form.new_b, form.delta))) if form.l else (True,) + (False,) * 3
    current = CURRENT.get(stand.phase, "current") if stand.is_about(form.l, form.j) else ""
    tab = "0" if mark == f"u-{form.l}-{form.j}" else "-1"
    return form, shown, current, is_misled(stand.shape, form.l), tab


@kept_with(most=4096)
def _numbers(texts: Texts, form: UnitForm, shown: tuple[bool, ...]) -> tuple[str, str, str, str, str, str, str, str]:
    """The first fields of a Reading: what the numbers say; `shown` tells which of a, z, new b and delta are known."""
    active, summed, updated, error = shown
    a, delta = texts.numbers[form.a], texts.numbers[form.delta] if error else 0.0
    return (
        texts[form.z] if summed else "",
        texts[form.a] if active else "",
        texts[form.b] if form.l else "",
        texts[form.new_b] if updated else "",
        texts[form.delta] if error else "",
        WAYS.get(sign_class(delta), ""),
        strength(a, largest_activation(texts.numbers)) if active else "0",
        sign_class(a) if active else "",
    )


@kept_with(most=1)
def largest_activation(values: Values) -> float:
    """The largest finite |a| of the example in focus, at least 1: the fullest colour."""
    rows = (np.abs(A[values.focus]) for A in values.iteration.forward.A)
    return max(1.0, *(float(row[np.isfinite(row)].max(initial=0.0)) for row in rows))


def is_off(sight: Sight, form: UnitForm) -> bool:
    """Whether a hidden unit lets nothing back: its slope is exactly 0 for the example in focus."""
    if not 0 < form.l < sight.shape.depth or sight.phase not in ("backward", "update"):
        return False
    return sight.values[form.slope] == 0


@lru_cache(maxsize=16384)
def _drawn(form: UnitForm, now: Reading) -> Unit:
    """Cached: from one step to the next most units look as they did."""
    shown = now.value or now.sum
    looks = ("unit", now.tone, now.current, "off" if now.off else "")
    return Unit(
        f"u-{form.l}-{form.j}",
        f"b-{form.l}-{form.j}",
        " ".join(filter(None, looks)),
        now.fill,
        "" if now.value else now.sum,
        shown,
        "" if len(shown) <= ROOMY_TEXT else "long" if len(shown) <= LONG_TEXT else "longest",
        _bias(now),
        f"δ = {now.error}" if now.error else "",
        now.way,
        now.tab,
        _words(form, now),
        *form.places,
    )


def _bias(now: Reading) -> str:
    return f"b → {now.updated}" if now.updated else f"b = {now.bias}" if now.bias else ""


def _words(form: UnitForm, now: Reading) -> str:
    if not form.l:
        return f"{form.words}: {now.value}"
    parts = (
        ("sum", now.sum),
        ("activation", now.value),
        ("bias", now.bias),
        ("bias after the update", now.updated),
        ("error signal", now.error and now.error + (BY_THIS_RULE if now.misled else WAY_WORDS.get(now.way, ""))),
    )
    told = ", ".join(f"{name} {value}" for name, value in parts if value)
    return f"{form.words}: {told}" + (", off: its slope is 0" if now.off else "")
