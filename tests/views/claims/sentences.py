"""A reader of the sentences of a walk: each is understood as the claims that it makes, or it is not understood at all.

Every sentence with a number in it must match one of the wordings below as a whole. What it says of numbers alone is
worked out from them; what it calls by a name is compared with the number of that name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import cos, exp, pi
from pathlib import Path

from app.engine.equations.trace import Equation
from app.engine.equations.updates import parameter_of
from tests.views.claims.arithmetic import calculated
from tests.views.claims.claim import Claim, Unread
from tests.views.claims.functions import applied, function
from tests.views.claims.printed import NUMBER, Range, exactly, numbers_in, summed
from tests.views.claims.world import UNIT, World

SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
PLACES = ("first", "second", "third", "fourth")
# A slope is called by the nearest of these.
FRACTIONS = {
    "nothing": 0.0, "almost nothing": 0.0, "a tenth of it": 0.1, "a fifth of it": 0.2, "a quarter of it": 0.25,
    "a third of it": 1 / 3, "two fifths of it": 0.4, "half of it": 0.5, "two thirds of it": 2 / 3,
    "three quarters of it": 0.75, "nearly all of it": 0.95, "all of it": 1.0,
}  # fmt: skip
EXPRESSION = r"[-−+×/½().\d⁰¹²³⁴⁵⁶⁷⁸⁹⁻∞ ]|ln|undefined"
KINDS = {
    "N": NUMBER,
    "F": rf"\(?{NUMBER}\)?",
    "U": UNIT,
    "E": rf"(?:{EXPRESSION})+?",
    "C": rf"(?:{'|'.join(SMALL)}|\d[\d,]*)",
    "f": r"[a-zA-Z ]+?",
    "S": "|".join(FRACTIONS),
    "*": ".+?",
}


def wording(text: str) -> re.Pattern[str]:
    """The pattern of a wording; see wordings.txt for its signs."""
    return re.compile(re.sub(r"<(\w+):([A-Za-z*])>", lambda m: f"(?P<{m[1]}>{KINDS[m[2]]})", text))


@dataclass
class Told:
    """Where a sentence stands: the equation that it tells, its world, and what the sentences before it came to."""

    equation: Equation
    world: World
    heard: dict[str, Range] = field(default_factory=dict)

    @property
    def l(self) -> int:  # noqa: E743
        return self.equation.symbol.layer

    @property
    def j(self) -> int:
        return self.equation.symbol.j

    @property
    def k(self) -> int:
        return self.equation.symbol.k or 0

    def read(self, text: str) -> Range:
        return self.world.read(text.strip("()"))

    def name(
        self, said: str, text: str, kind: str, l: int | None = None, j: int | None = None, k: int | None = None
    ) -> Claim:
        """A printed number beside the number of its name; of this equation's own unit where no other is given."""
        value = self.world.number(kind, self.l if l is None else l, self.j if j is None else j, k)
        return Claim("name", f"{said} {text}", self.read(text), exactly(value))

    def of_all(self, said: str, text: str, kind: str) -> Claim:
        """A printed number beside what all parameters share."""
        return Claim("name", f"{said} {text}", self.read(text), exactly(self.world.number(kind)))

    def own(self, said: str, text: str, state: str) -> Claim:
        """A printed number beside the equation's parameter's own g, velocity, m ..."""
        return Claim("name", f"{said} {text}", self.read(text), exactly(self.of_parameter(state)))

    def of_parameter(self, state: str) -> float:
        """A number of the equation's parameter: d, new_, g_, m_ ... before W or b; empty for itself."""
        w = parameter_of(self.equation.symbol)
        assert w is not None
        return self.world.values[w._replace(kind=f"{state}{w.kind}")]

    def result(self, text: str) -> Claim:
        """A printed number beside what the equation finds."""
        return Claim("name", f"the result {text}", self.read(text), exactly(self.world.values[self.equation.symbol]))

    def sum(self, said: str, result: str) -> Claim:
        """A calculation as printed beside its printed result."""
        return Claim("sum", f"{said} = {result}", calculated(said, self.world), self.read(result))


def count(words: str) -> int:
    """three, 13, 1,200."""
    return SMALL.index(words) if words in SMALL else int(words.replace(",", ""))


def counts(said: str, words: str, number: int) -> Claim:
    return Claim("word", f"{said} {words}", exactly(count(words)), exactly(number))


def word(said: str, holds: bool) -> Claim:
    """A word beside whether it is so."""
    return Claim("word", said, exactly(1.0), exactly(float(holds)))


def listed(text: str) -> list[str]:
    """The parts of: a, b and c."""
    return re.split(r", | and ", text)


Claims = Iterator[Claim]
Meaning = Callable[[Told, re.Match[str]], Claims]


# Forward --------------------------------------------------------------------------------------------------------------


def weighted_sum(t: Told, m: re.Match[str]) -> Claims:
    terms = re.findall(rf"({NUMBER}) times ({NUMBER})", m["terms"])
    yield from a_unit(t, m["unit"])
    yield word("as many terms as the unit has inputs", len(terms) == t.world.shape.sizes[t.l - 1])
    for k, (weight, carried) in enumerate(terms):
        yield t.name("weight", weight, "W", k=k)
        yield t.name("carried", carried, "a", t.l - 1, k)
    yield t.name("bias", m["bias"], "b")
    t.heard["sum"] = summed((*(t.read(w) * t.read(x) for w, x in terms), t.read(m["bias"])))


def many_added(t: Told, m: re.Match[str]) -> Claims:
    yield from a_unit(t, m["unit"])
    yield counts("inputs", m["inputs"], t.world.shape.sizes[t.l - 1])
    yield t.name("bias", m["bias"], "b")


def its_sum(t: Told, m: re.Match[str]) -> Claims:
    yield t.result(m["z"])
    if "sum" in t.heard:
        yield Claim("sum", f"its sum {m['z']}", t.heard["sum"], t.read(m["z"]))


def a_unit(t: Told, words: str) -> Claims:
    """The unit that is spoken of is the equation's own."""
    yield word(f"{words} is the unit", t.world.unit(words) == (t.l, t.j))


def rounded(t: Told, x: Range, m: re.Match[str]) -> Range:
    """A range rounded as the sentence says."""
    decimals = m["decimals"]
    if decimals is None:
        return x
    return Range(round(x.low, int(decimals)), round(x.high, int(decimals)))


def turned_into(t: Told, m: re.Match[str]) -> Claims:
    yield from the_function(t, m["f"])
    yield word(
        "rounds as the walk does",
        m["decimals"] == (None if t.world.shape.decimals is None else str(t.world.shape.decimals)),
    )
    yield t.name("z", m["z"], "z")
    yield t.result(m["a"])
    yield Claim("sum", m.group(), rounded(t, applied(m["f"], t.read(m["z"])), m), t.read(m["a"]))


def the_function(t: Told, words: str) -> Claims:
    """The function that is named is the layer's."""
    if t.world.shape.decimals is not None:
        return
    z = t.world.number("z", t.l, t.j)
    if words == "softmax":
        others = [t.world.number("z", t.l, j) for j in range(t.world.shape.sizes[t.l])]
        yield Claim(
            "rule", "the share", exactly(1 / sum(exp(min(x - z, 709)) for x in others)), exactly(t.world.said[t.j])
        )
    else:
        g = function(words).g
        yield Claim("rule", f"the {words} of {z}", exactly(g(z)), exactly(t.world.number("a", t.l, t.j)))


def switched_off(t: Told, m: re.Match[str]) -> Claims:
    yield t.name("z", m["z"], "z")
    yield Claim("sum", m.group(), applied("ReLU", t.read(m["z"])), exactly(0.0))
    yield Claim("name", "a", exactly(0.0), exactly(t.world.number("a", t.l, t.j)))


def passed_on(t: Told, m: re.Match[str]) -> Claims:
    yield t.name("z", m["z"], "z")
    yield t.result(m["z"])
    yield from the_function(t, m["f"])


def shared_out(t: Told, m: re.Match[str]) -> Claims:
    yield from a_unit(t, m["unit"])
    yield t.result(m["a"])
    if t.world.shape.decimals is None:
        yield Claim("rule", "shares add up to 1", exactly(sum(t.world.said)), exactly(1.0))


# Loss -----------------------------------------------------------------------------------------------------------------


def said_and_right(t: Told, m: re.Match[str]) -> Claims:
    for texts, kind in ((listed(m["said"]), "a"), (listed(m["right"]), "y")):
        yield word("one number for each output", len(texts) == t.world.shape.sizes[-1])
        for j, text in enumerate(texts):
            yield t.name("output", text, kind, t.world.shape.depth, j)
    pairs = zip(listed(m["said"]), listed(m["right"]), strict=True)
    for j, (a, y) in enumerate(pairs):
        t.heard[f"difference {j}"] = t.read(a) - t.read(y)


def right_answer(t: Told, m: re.Match[str]) -> Claims:
    j = int(m["output"]) - 1
    yield word("the target of the right answer is 1", t.world.right[j] == 1)
    yield t.name("share", m["share"], "a", t.world.shape.depth, j)


def many_said(t: Told, m: re.Match[str]) -> Claims:
    yield counts("outputs", m["outputs"], t.world.shape.sizes[-1])


def own_loss(t: Told, text: str) -> Claims:
    yield Claim("name", f"loss of the example {text}", t.read(text), exactly(t.world.number("own_loss")))


def by_logarithms(t: Told, m: re.Match[str]) -> Claims:
    yield from own_loss(t, m["own"])
    L = t.world.shape.depth
    inside = re.findall(rf"ln\((1 − )?({NUMBER})\)", m["sum"])
    if m["how"] == " = ":
        yield t.sum(m["sum"], m["own"])
    else:
        by_z = t.world.shape.decimals is None or all(a in (0, 1) for a in t.world.said)
        yield word("computed from z", not by_z or "from z" in m["how"])
        shown = [exactly(1.0) - t.read(text) if rest else t.read(text) for rest, text in inside]
        coarse = 0.9 * 10.0 ** (1 - min(3, t.world.digits))
        ends = any(x.low <= 0 or (x.width < 1e-9 and x.high > 1 - 1e-9) for x in shown)
        yield word("a logarithm has lost digits", ends or any(x.width > coarse for x in shown))
    both = t.world.shape.loss == "binary_cross_entropy"
    wanted = [(False, a) for a, y in zip(t.world.said, t.world.right, strict=True) if y != 0]
    wanted += [(True, a) for a, y in zip(t.world.said, t.world.right, strict=True) if both and y != 1]
    yield word(f"a logarithm for each part of the loss of layer {L}", len(inside) == len(wanted))
    for (rest, text), (is_rest, a) in zip(inside, wanted, strict=False):
        yield word("of ŷ or of 1 − ŷ", bool(rest) == is_rest)
        yield Claim("name", f"ŷ {text}", t.read(text), exactly(a))


def many_logarithms(t: Told, m: re.Match[str]) -> Claims:
    yield from own_loss(t, m["own"])


DIVIDED: dict[str, Callable[[int], float]] = {
    "half the": lambda n: 0.5,
    "the": lambda n: 1.0,
    "the mean of the": lambda n: 1 / n,
}


def by_squares(t: Told, m: re.Match[str]) -> Claims:
    outputs = t.world.shape.sizes[-1]
    differences = [a - y for a, y in zip(t.world.said, t.world.right, strict=True)]
    yield t.sum(m["sum"], m["own"])
    yield from own_loss(t, m["own"])
    bases = re.findall(rf"\(?({NUMBER})\)?²", m["sum"])
    yield word("a square for each output", len(bases) == outputs)
    for j, (text, difference) in enumerate(zip(bases, differences, strict=False)):
        yield Claim("name", f"difference {text}", t.read(text), exactly(difference))
        if f"difference {j}" in t.heard:
            yield Claim("sum", f"said − right = {text}", t.heard[f"difference {j}"], t.read(text))
    factor = DIVIDED[m["what"]](outputs)
    yield Claim("rule", m.group(), exactly(factor * sum(d * d for d in differences)), t.read(m["own"]))


def many_squares(t: Told, m: re.Match[str]) -> Claims:
    squares = sum((a - y) * (a - y) for a, y in zip(t.world.said, t.world.right, strict=True))
    yield word("as many squares as outputs", count(m["outputs"]) == t.world.shape.sizes[-1])
    yield from own_loss(t, m["own"])
    factor = 0.5 if m["what"].startswith("half") else 1 / t.world.shape.sizes[-1]
    yield Claim("rule", m.group(), exactly(factor * squares), t.read(m["own"]))


def mean_loss(t: Told, m: re.Match[str]) -> Claims:
    losses = t.world.values.iteration.losses
    yield word("examples of the batch", int(m["m"]) == len(losses))
    yield t.result(m["mean"])
    yield Claim("rule", m.group(), exactly(float(sum(losses)) / len(losses)), t.read(m["mean"]))


# Backward -------------------------------------------------------------------------------------------------------------


def asked(t: Told, m: re.Match[str]) -> Claims:
    yield from a_unit(t, m["unit"])


FACTORS = {"": 1.0, "twice ": 2.0, "half of ": 0.5}


def of_difference(t: Told, m: re.Match[str]) -> Range:
    """What the words make of prediction minus target: by name, with all digits."""
    words = (m["factor"] or "").lower()
    factor = FACTORS[words] if words in FACTORS else round(calculated(words.removesuffix(" of "), t.world).low, 12)
    difference = t.world.number("a", t.l, t.j) - t.world.number("y", t.l, t.j)
    return exactly(factor * (-difference if m["minuend"].lower() == "target" else difference))


def straight(t: Told, m: re.Match[str]) -> Claims:
    yield t.result(m["delta"])
    yield Claim("rule", m.group(), of_difference(t, m), t.read(m["delta"]))
    if m["f"] is not None:
        yield from the_function(t, m["f"])


def through_slope(t: Told, m: re.Match[str]) -> Claims:
    yield Claim("rule", m["difference"], of_difference(t, m), t.read(m["difference"]))
    t.heard["back"] = t.read(m["difference"])
    yield from last_part(t, m["rest"])


def last_part(t: Told, text: str) -> Claims:
    """The sigmoid's slope 0.2 lets a fifth of it through: 0.1; no slope is taken: 0.1; ..."""
    text = text[0].lower() + text[1:]
    if (m := _SLOPE.fullmatch(text)) is not None:
        slope = t.read(m["slope"])
        yield t.result(m["delta"])
        yield from slope_of(t, m["f"], m["slope"])
        yield from by_hand(t, m)
        if m["share"]:
            yield word(f"{m['share']} of {m['slope']}", names_share(m["share"], slope))
        if "back" in t.heard:
            yield Claim("sum", f"times {m['slope']} is {m['delta']}", t.heard["back"] * slope, t.read(m["delta"]))
        return
    if (m := _PRODUCT.fullmatch(text)) is not None:
        a, slope = t.world.number("a", t.l, t.j), t.read(m["slope"])
        yield t.result(m["delta"])
        yield Claim("rule", m.group(), exactly(a * (1 - a)), slope)
        yield word("a mistake", "sigmoid_slope" in t.world.shape.mistakes)
        yield word("it is negative, and no slope is", slope.high < 0 and t.world.shape.activation(t.l) != "gelu")
        if "back" in t.heard:
            yield Claim("sum", m.group(), t.heard["back"] * slope, t.read(m["delta"]))
        return
    m = _UNCHANGED.fullmatch(text)
    if m is None:
        raise Unread(text)
    yield t.result(m["delta"])
    if m["f"]:
        yield from the_function(t, m["f"])
    if "back" in t.heard:
        yield Claim("sum", f"passed on: {m['delta']}", t.heard["back"], t.read(m["delta"]))


_SLOPE = wording(
    r"the <f:f>'s slope (?:(?P<rule>[^=]+) = )?<slope:N>(?:, from the rounded <a:N>,)? "
    r"(?:lets <share:S> through|multiplies it): <delta:N>"
)
_PRODUCT = wording(r"the product a\(1 − a\) = <slope:N> multiplies it: <delta:N>; no slope of this unit is negative")
_BY_HAND = {"sigmoid": "a(1 − a)", "tanh": "1 − a²"}
_UNCHANGED = wording(r"(?:no slope is taken|the <f:f> passes it on unchanged): <delta:N>")


def by_hand(t: Told, m: re.Match[str]) -> Claims:
    """A slope worked out from a rounded activation is told so, and no other."""
    shape = t.world.shape
    others = ("sigmoid_slope", "slope_of_activation", *(["slope_after_softmax"] if t.l == shape.depth else []))
    rounds = shape.decimals is not None and not {*others} & {*shape.mistakes}
    yield word("says how the slope is found", m["rule"] == (_BY_HAND.get(m["f"]) if rounds else None))
    if m["rule"]:
        a = t.read(m["a"])
        yield t.name("rounded activation", m["a"], "a")
        rest = exactly(1.0) - (a * a if m["f"] == "tanh" else a)
        yield Claim("sum", m.group(), rest if m["f"] == "tanh" else a * rest, t.read(m["slope"]))


def names_share(share: str, slope: Range) -> bool:
    """Whether the fraction is the nearest of those that there are."""
    if share in ("nothing", "all of it"):
        return Range(*slope).meets(exactly(FRACTIONS[share]))
    inner = {words: x for words, x in FRACTIONS.items() if words not in ("nothing", "all of it")}
    return any(
        min(inner, key=lambda words: abs(inner[words] - x)) == share
        for x in (slope.low - 0.006, (slope.low + slope.high) / 2, slope.high + 0.006)
    )


def slope_of(t: Told, name: str, text: str) -> Claims:
    """The slope that a rule takes, worked out from the textbook by the function's name."""
    world, mistakes = t.world, t.world.shape.mistakes
    a, z = world.number("a", t.l, t.j), world.number("z", t.l, t.j)
    if "sigmoid_slope" in mistakes or ("slope_after_softmax" in mistakes and t.l == world.shape.depth):
        yield Claim("rule", f"ŷ(1 − ŷ) {text}", exactly(a * (1 - a)), t.read(text))
        return
    known = function(name)
    if "slope_of_activation" in mistakes:
        slope = known.slope(a)
    elif world.shape.decimals is not None and known.by_a is not None:
        slope = known.by_a(a)
    else:
        slope = known.slope(z)
    yield Claim("rule", f"{name}'s slope {text}", exactly(slope), t.read(text))


def all_mixed(t: Told, m: re.Match[str]) -> Claims:
    yield t.result(m["delta"])


def is_off(t: Told, m: re.Match[str]) -> Claims:
    yield t.name("z", m["z"], "z")
    yield Claim("rule", "ReLU's slope 0", exactly(function("ReLU").slope(t.world.number("z", t.l, t.j))), exactly(0.0))
    yield Claim("name", "no gradient", exactly(0.0), exactly(t.world.values[t.equation.symbol]))


def ways(t: Told) -> list[tuple[float, float]]:
    """(error signal, weight) of each path on which something comes back, by the rule that the walk follows."""
    w, mistakes = t.world, t.world.shape.mistakes
    units = range(w.shape.sizes[t.l + 1])
    found = []
    for k in units[-1:] if "one_path_only" in mistakes else units:
        place = (t.j, k) if "untransposed_weights" in mistakes else (k, t.j)
        weight = w.number("W", t.l + 1, *place)
        if "updated_weights" in mistakes:
            weight -= w.number("eta") * w.number("dW", t.l + 1, *place)
        found.append((w.number("delta", t.l + 1, k), weight))
    return found


def feeds(t: Told, m: re.Match[str]) -> Claims:
    yield from a_unit(t, m["unit"])
    yield counts("feeds", m["units"], t.world.shape.sizes[t.l + 1])
    t.heard.pop("back", None)


def feeds_several(t: Told, m: re.Match[str]) -> Claims:
    yield from feeds(t, m)
    parts = re.findall(rf"({NUMBER}) (?:comes back )?through the (\w+)", m["parts"])
    wanted = ways(t)
    yield word("a part for each path", len(parts) == len(wanted))
    for (text, place), (signal, weight), ordinal in zip(parts, wanted, PLACES, strict=False):
        yield word(f"{place} in order", place == ordinal)
        yield Claim("rule", f"comes back {text}", exactly(signal * weight), t.read(text))
    yield Claim("sum", m.group(), summed(t.read(text) for text, _ in parts), t.read(m["together"]))
    t.heard["back"] = t.read(m["together"])


def feeds_many(t: Told, m: re.Match[str]) -> Claims:
    yield from feeds(t, m)
    back = sum(signal * weight for signal, weight in ways(t))
    yield Claim("rule", m.group(), exactly(back), t.read(m["together"]))
    t.heard["back"] = t.read(m["together"])


def comes_back(t: Told, m: re.Match[str]) -> Claims:
    (signal, weight), *others = ways(t)
    yield word("one path", not others)
    yield Claim("name", f"signal {m['signal']}", t.read(m["signal"]), exactly(signal))
    yield Claim("name", f"weight {m['weight']}", t.read(m["weight"]), exactly(weight))
    t.heard["back"] = t.read(m["signal"]) * t.read(m["weight"])
    yield from last_part(t, m["rest"])


def rest_alone(t: Told, m: re.Match[str]) -> Claims:
    yield from last_part(t, m["rest"])


def saturated(t: Told, m: re.Match[str]) -> Claims:
    yield t.name("z", m["z"], "z")
    yield word("almost flat", function(m["f"]).slope(t.world.number("z", t.l, t.j)) < 0.06)


def exactly_zero(t: Told, m: re.Match[str]) -> Claims:
    yield Claim("name", "exactly 0", exactly(0.0), exactly(t.world.values[t.equation.symbol]))


def slope_at_a(t: Told, m: re.Match[str]) -> Claims:
    yield t.name("a", m["a"], "a")
    yield t.name("z", m["z"], "z")


def last_of(t: Told, m: re.Match[str]) -> Claims:
    yield counts("paths", m["paths"], t.world.shape.sizes[t.l + 1])


# Gradients ------------------------------------------------------------------------------------------------------------


def carried(t: Told, m: re.Match[str]) -> Claims:
    """This weight carried ... its own product."""
    yield t.name("carried", m["carried"], "a", t.l - 1, t.k)
    yield t.name("error signal", m["delta"], "delta")
    taken = m["carried"]
    if m["instead"]:
        taken = m["instead"]
        yield t.name("instead", taken, "a", *t.world.unit(m["whose"]))
        yield word("the wrong layer's", t.world.unit(m["whose"]) == (t.l, t.k))
    t.heard["product"] = t.read(taken) * t.read(m["delta"])


def carried_own(t: Told, m: re.Match[str]) -> Claims:
    yield from carried(t, m)
    yield Claim("sum", m.group(), t.heard["product"], t.read(m["product"]))


def the_product(t: Told, m: re.Match[str]) -> Claims:
    if m["zero"]:
        yield Claim("name", "exactly 0", exactly(0.0), exactly(t.world.values[t.equation.symbol]))
        yield Claim("sum", m.group(), t.heard["product"], exactly(0.0))
        return
    yield t.result(m["g"])
    yield Claim("sum", m.group(), t.heard["product"], t.read(m["g"]))
    yield from which_way(t, m)


def which_way(t: Told, m: re.Match[str]) -> Claims:
    g = t.world.values[t.equation.symbol]
    if m["way"]:
        yield word(f"{m['g']} {m['way']}", (g > 0) == (m["way"] == "larger"))
        yield word(f"{m['g']} called negative", (g < 0) == bool(m["negative"]))


def over_batch(t: Told, m: re.Match[str]) -> Claims:
    if m["m"]:
        yield word("examples of the batch", int(m["m"]) == len(t.world.values.iteration.X))
    worlds = t.world.examples()
    level = t.l if "wrong_layer_input" in t.world.shape.mistakes else t.l - 1
    is_weight = t.equation.symbol.k is not None
    times = t.world.shape.sizes[t.l - 1] if "bias_times_fan_in" in t.world.shape.mistakes and not is_weight else 1
    parts = [w.number("delta", t.l, t.j) * (w.number("a", level, t.k) if is_weight else times) for w in worlds]
    total = sum(parts) / (1 if m["how"] == "sum" else len(parts))
    text = "0" if m["zero"] else m["g"]
    order = 1e-15 * max(map(abs, parts))  # of adding up: products of rounded numbers may cancel to their last digits
    found = Range(total - order, total + order)
    yield Claim("rule", m.group(), found, t.read(text) if total or not m["zero"] else exactly(0.0))
    yield t.result(text)
    if "way" in m.re.groupindex:
        yield from which_way(t, m)


def bias(t: Told, m: re.Match[str]) -> Claims:
    text = "0" if m["zero"] else m["g"]
    yield t.name("error signal", text, "delta")
    if m["whole"]:
        yield t.result(text)


def no_share(t: Told, m: re.Match[str]) -> Claims:
    yield t.result("0")
    for world in t.world.examples():
        yield Claim("name", "an example's share", exactly(0.0), exactly(world.number("delta", t.l, t.j)))
    if m["b"]:
        yield t.name("bias", m["b"], "b")
        yield Claim("name", "it stays", exactly(t.of_parameter("new_")), exactly(t.of_parameter("")))


def bias_repeated(t: Told, m: re.Match[str]) -> Claims:
    fan_in = t.world.shape.sizes[t.l - 1]
    text = "0" if m["zero"] else m["g"]
    yield t.name("error signal", m["delta"], "delta")
    yield counts("inputs", m["inputs"], fan_in)
    yield Claim("sum", m.group(), exactly(fan_in) * t.read(m["delta"]), t.read(text))
    if m["whole"]:
        yield t.result(text)


# Update ---------------------------------------------------------------------------------------------------------------


def of_shared(t: Told, m: re.Match[str], **kinds: str) -> Claims:
    """Numbers of the sentence beside what all parameters share."""
    for group, kind in kinds.items():
        if group in m.re.groupindex and m[group]:
            yield t.of_all(kind, m[group], kind)


def every(t: Told, m: re.Match[str]) -> Claims:
    yield counts("every", m["every"] or "one", int(t.world.number("every")))
    yield from of_shared(t, m, factor="factor")


def not_yet(t: Told, m: re.Match[str]) -> Claims:
    yield Claim("name", "decays", exactly(0.0), exactly(t.world.number("decays")))
    yield t.of_all("eta_0", m["eta"], "eta_0")
    yield t.result(m["eta"])


TIMES = {"once": 1, "twice": 2}


def happened(t: Told, m: re.Match[str]) -> Claims:
    decays = TIMES[m["often"]] if m["often"] in TIMES else count(m["often"].removesuffix(" times"))
    yield word(f"happened {m['often']}", decays == t.world.number("decays"))
    yield t.sum(m["sum"], m["eta"])
    yield t.result(m["eta"])
    base, factor = numbers_in(m["sum"])[:2]
    yield t.of_all("eta_0", base, "eta_0")
    yield t.of_all("factor", factor, "factor")


def cosine(t: Told, m: re.Match[str]) -> Claims:
    yield from of_shared(t, m, base="eta_0", lowest="minimum")
    yield counts("iterations", m["iterations"], int(t.world.number("iterations")))


def along(t: Told, m: re.Match[str]) -> Claims:
    passed, iterations = t.world.number("passed"), t.world.number("iterations")
    groups = m.re.groupindex
    told = count(m["passed"]) if m["passed"] else 1 if m["one"] else iterations if m["behind"] else 0
    assert groups
    yield word(f"{told} iterations lie behind", told == passed)
    low, base = t.world.number("minimum"), t.world.number("eta_0")
    wave = low + (base - low) * (1 + cos(pi * told / iterations)) / 2
    yield Claim("rule", m.group(), exactly(wave), t.read(m["eta"]))
    yield t.result(m["eta"])


def squares(t: Told, m: re.Match[str]) -> Claims:
    back = t.world.values.iteration.backward
    yield counts("gradients", m["count"], sum(part.size for part in (*back.dW, *back.db)))
    yield Claim("rule", m.group(), t.world.squares(), t.read(m["squares"]))
    t.heard["squares"] = t.read(m["squares"])


def length(t: Told, m: re.Match[str]) -> Claims:
    length = t.read(m["length"])
    yield t.result(m["length"])
    yield Claim("sum", m.group(), t.heard["squares"], length * length)


def within(t: Told, m: re.Match[str]) -> Claims:
    yield from of_shared(t, m, length="norm", limit="clip_norm")
    t.heard["length"], t.heard["limit"] = t.read(m["length"]), t.read(m["limit"])
    if "within" in m.group():
        yield word("within the limit", t.heard["length"].low <= t.heard["limit"].high)


def factor_is_one(t: Told, m: re.Match[str]) -> Claims:
    yield t.result("1")


def shortened(t: Told, m: re.Match[str]) -> Claims:
    yield t.result(m["clip"])
    # the divisor has a millionth more
    yield Claim("sum", m.group(), t.heard["limit"] / (t.heard["length"] + exactly(1e-6)), t.read(m["clip"]))


def correction(t: Told, m: re.Match[str]) -> Claims:
    share = {"correction_m": "beta1", "correction_v": "beta2"}[t.equation.kind]
    yield counts("updates", m["updates"], int(t.world.number("t")))
    yield t.sum(m["sum"], m["share"])
    yield t.result(m["share"])
    yield t.of_all("share", numbers_in(m["sum"])[1], share)
    beta = t.world.number(share)
    yield Claim("rule", m.group(), exactly(1 - beta ** count(m["updates"])), t.read(m["share"]))


def gradient_of(t: Told) -> str:
    """The state that an update takes as its gradient."""
    updating = t.world.shape.updating
    taken = updating.clips or (updating.decays and updating.optimizer != "adamw")
    return "g_" if taken and not t.equation.kind.startswith("g_") else "d"


def taken(t: Told, m: re.Match[str]) -> Claims:
    """The gradient as the update takes it: clip × gradient + decay × parameter."""
    result = m["result"] or m["sum"]
    if m["result"]:
        yield t.sum(m["sum"], result)
    yield t.result(result)
    gradient, parameter = t.of_parameter("d"), t.of_parameter("")
    clip = t.world.number("clip") if t.world.shape.updating.clips else 1.0
    decay = t.world.number("weight_decay") if "decay" in m.re.groupindex and m["decay"] else 0.0
    yield Claim("rule", m.group(), exactly(clip * gradient + decay * parameter), t.read(result))
    if "decay" in m.re.groupindex and m["decay"]:
        yield t.of_all("weight decay", m["decay"], "weight_decay")
        yield from noun(t, m["noun"])
    numbers = [t.read(text) for text in numbers_in(m["sum"])]
    wanted = [*([clip] if clip != 1 else []), gradient, *([t.world.number("weight_decay"), parameter] if decay else [])]
    yield word("as many numbers as the rule has", len(numbers) == len(wanted))
    for number, value in zip(numbers, wanted, strict=False):
        yield Claim("name", "part of the gradient taken", number, exactly(value))


def noun(t: Told, words: str) -> Claims:
    yield word(f"a {words}", (t.equation.symbol.k is not None) == (words == "weight"))


def new_velocity(t: Told, m: re.Match[str]) -> Claims:
    yield Claim("name", "velocity was 0", exactly(0.0), exactly(t.of_parameter("velocity_")))
    yield t.own("gradient", m["v"], gradient_of(t))
    yield t.result(m["v"])


def kept_velocity(t: Told, m: re.Match[str]) -> Claims:
    yield from noun(t, m["noun"])
    yield t.own("velocity", m["old"], "velocity_")
    yield t.own("gradient", m["g"], gradient_of(t))
    yield t.of_all("momentum", m["keeps"], "momentum")
    yield t.sum(m["sum"], m["v"])
    yield t.result(m["v"])
    texts = numbers_in(m["sum"])
    for text, wanted in zip(texts, (m["keeps"], m["old"], m["g"]), strict=True):
        yield Claim("sum", f"{text} is {wanted}", t.read(text), t.read(wanted))
    t.heard["old"], t.heard["new"] = t.read(m["old"]), t.read(m["v"])


def course(t: Told, m: re.Match[str]) -> Claims:
    old, new = t.heard["old"], t.heard["new"]
    holds = {
        "turns round": old.low * new.low <= 0 or old.high * new.high <= 0,
        "gains speed": new.size >= old.size * (1 - 1e-9),
        "slows down": new.size <= old.size * (1 + 1e-9),
    }
    yield word(m.group(), holds[m["course"]])


def running_mean(t: Told, m: re.Match[str]) -> Claims:
    state, squared = m["state"] or m["v"], m["of"] == "squared gradient"
    share = "beta1" if state == "m" else "decay" if t.world.shape.updating.optimizer == "rmsprop" else "beta2"
    keeps = t.world.number(share)
    yield word(f"{m['of']} {state}", squared == (state == "v"))
    yield t.of_all(share, m["keeps"], share)
    yield Claim("rule", f"takes in {m['takes']}", exactly(1 - keeps), t.read(m["takes"]))
    yield t.sum(m["sum"], m["result"])
    yield t.result(m["result"])
    first, old, second, new = numbers_in(m["sum"])[:4]
    yield t.of_all(share, first, share)
    yield t.own("mean", old, f"{state}_")
    yield Claim("rule", f"takes in {second}", exactly(1 - keeps), t.read(second))
    yield t.own("gradient", new, gradient_of(t))
    g = t.of_parameter(gradient_of(t))
    found = keeps * t.of_parameter(f"{state}_") + (1 - keeps) * (g * g if squared else g)
    yield Claim("rule", m.group(), exactly(found), t.read(m["result"]))


def corrected(t: Told, m: re.Match[str]) -> Claims:
    state = m["state"] or m["v"]
    value, share = numbers_in(m["sum"])
    yield t.sum(m["sum"], m["result"])
    yield t.result(m["result"])
    yield t.own("mean", value, f"new_{state}_")
    yield t.of_all("correction", share, f"correction_{state}")
    t.heard["corrected"] = t.read(m["result"])


def first_corrected(t: Told, m: re.Match[str]) -> Claims:
    g = t.of_parameter(gradient_of(t))
    yield word("first update", t.world.number("t") == 1)
    yield word("as taken", (m["how"] == "as taken") == (gradient_of(t) == "g_"))
    yield Claim("rule", m.group(), exactly(g * g if m["squared"] else g), t.heard["corrected"])


def stays(t: Told, m: re.Match[str]) -> Claims:
    yield from noun(t, m["noun"])
    yield t.own("parameter", m["w"], "")
    yield t.own("parameter after", m["w"], "new_")
    if m["what"] == "gradient":
        yield Claim("name", "gradient", exactly(0.0), exactly(t.of_parameter(gradient_of(t))))
    if m["eta"]:
        yield Claim("name", "learning rate", exactly(0.0), exactly(t.world.number("eta")))


def shrinks(t: Told, m: re.Match[str]) -> Claims:
    eta, decay, w = t.world.number("eta"), t.world.number("weight_decay"), t.of_parameter("")
    yield from noun(t, m["noun"])
    yield t.of_all("eta", m["eta"], "eta")
    yield t.of_all("weight decay", m["decay"], "weight_decay")
    yield Claim("rule", m.group(), exactly((1 - eta * decay) * w), t.read(m["kept"]))
    t.heard["kept"] = t.read(m["kept"])


def over_size(t: Told, m: re.Match[str]) -> Claims:
    adam = m["what"] != "gradient"
    above, v = ("m_hat_", "v_hat_") if adam else (gradient_of(t), "new_v_")
    size = t.of_parameter(v) ** 0.5 + t.world.number("epsilon")
    if adam:
        yield from noun(t, m["noun"])
    yield t.own(m["what"], m["above"], above)
    yield Claim("rule", f"usual size {m['size']}", exactly(size), t.read(m["size"]))
    yield Claim("sum", m.group(), t.read(m["above"]) / t.read(m["size"]), t.read(m["step"]))
    yield Claim("rule", f"step {m['step']}", exactly(t.of_parameter(above) / size), t.read(m["step"]))
    t.heard["step"] = t.read(m["step"])


def moved(t: Told, m: re.Match[str]) -> Claims:
    yield t.sum(m["sum"], m["after"])
    yield t.result(m["after"])
    before, eta, *step = numbers_in(m["sum"])
    kept = t.heard.get("kept")
    if kept is None:
        yield t.own("before", before, "")
    else:
        yield Claim("sum", f"kept {before}", kept, t.read(before))
    yield t.of_all("eta", eta, "eta")
    yield from against(t, m["against"], step)


def against(t: Told, what: str, step: list[str]) -> Claims:
    """What stands behind the learning rate, by what the sentence calls it."""
    if what.startswith("it"):
        yield Claim("sum", f"step {step[0]}", t.heard["step"], t.read(step[0]))
    elif what.startswith("the velocity"):
        yield t.own("velocity", step[0], "new_velocity_")
    else:
        yield t.own("gradient", step[0], gradient_of(t))
        yield word("as taken", ("as taken" in what) == (gradient_of(t) == "g_") or "velocity" in what)
    if "what the velocity will keep" in what:
        yield t.of_all("momentum", step[1], "momentum")
        yield t.own("velocity", step[2], "new_velocity_")
    yield word("as many numbers as the step has", len(step) == (3 if "will keep" in what else 1))


def moves_by(t: Told, m: re.Match[str]) -> Claims:
    # what weight decay took comes on top
    change = t.of_parameter("new_") - t.of_parameter("")
    yield Claim("rule", m.group(), Range(change - 1e-16, change + 1e-16), t.read(m["by"].lstrip("+")))


# The end of an iteration ----------------------------------------------------------------------------------------------


def end(t: Told, m: re.Match[str]) -> Claims:
    it = t.world.values.iteration
    yield word(m["whose"], (m["whose"] == "example") == (len(it.X) == 1))
    yield Claim("name", f"loss was {m['before']}", t.read(m["before"]), exactly(it.loss))
    if m["after"]:
        yield Claim("name", f"loss is {m['after']}", t.read(m["after"]), exactly(it.loss_after))
    if m["same"]:
        yield word("the same", it.loss == it.loss_after)


def end_by(t: Told, m: re.Match[str]) -> Claims:
    it = t.world.values.iteration
    yield word(m.group(), (it.loss_after > it.loss) == (m["way"] == "rose"))
    if m["by"]:
        change = abs(it.loss_after - it.loss)
        yield Claim("rule", m.group(), Range(change - 1e-15, change + 1e-15), t.read(m["by"]))


def nothing(t: Told, m: re.Match[str]) -> Claims:
    """What is said holds of every walk."""
    yield from ()


MEANINGS: dict[str, Meaning] = {
    meaning.__name__: meaning
    for meaning in (
        weighted_sum,
        many_added,
        its_sum,
        shared_out,
        passed_on,
        switched_off,
        turned_into,
        many_said,
        said_and_right,
        right_answer,
        many_logarithms,
        many_squares,
        by_squares,
        by_logarithms,
        mean_loss,
        asked,
        straight,
        through_slope,
        all_mixed,
        is_off,
        feeds_several,
        feeds_many,
        feeds,
        comes_back,
        rest_alone,
        saturated,
        exactly_zero,
        slope_at_a,
        last_of,
        carried,
        carried_own,
        the_product,
        over_batch,
        bias,
        bias_repeated,
        no_share,
        every,
        not_yet,
        happened,
        cosine,
        along,
        squares,
        length,
        within,
        factor_is_one,
        shortened,
        correction,
        taken,
        new_velocity,
        kept_velocity,
        course,
        running_mean,
        corrected,
        first_corrected,
        stays,
        shrinks,
        over_size,
        moved,
        moves_by,
        end,
        end_by,
        nothing,
    )
}


def wordings() -> Iterator[tuple[re.Pattern[str], Meaning]]:
    """(pattern, meaning) of every line of wordings.txt, in its order: the first that fits counts."""
    written = Path(__file__).with_name("wordings.txt").read_text(encoding="utf-8")
    lines = [line for line in re.sub(r"\n +", " ", written).splitlines() if line and not line.startswith("#")]
    named = dict.fromkeys(line.partition(" = ")[0] for line in lines)
    assert set(named) >= set(MEANINGS), "a meaning without a wording"
    parts = {"NUMBER": NUMBER} | dict(line.split(" = ", 1) for line in lines if line[0].isupper())
    for line in lines:
        name, _, text = line.partition(" = ")
        if name not in parts:
            yield wording(_filled(text, parts)), MEANINGS[name]


def _filled(text: str, parts: dict[str, str]) -> str:
    while (place := re.search(r"\[([A-Z_]{3,})\]", text)) is not None:
        text = text.replace(place.group(), parts[place[1]])
    return text


WORDINGS = tuple(wordings())


def split(text: str) -> list[str]:
    """The sentences of a text, without their last point."""
    parts = re.split(r"(?<=[.?]) (?=[A-Z]|\d+/\d+ of |\d[\d,]* of them )", text)
    return [part[:-1] if part.endswith(".") else part for part in parts]


def is_plain(sentence: str) -> bool:
    """Whether a sentence holds no number, so that it may claim what it likes."""
    return not re.search(r"\d", sentence)


def understood(t: Told, sentence: str) -> list[Claim]:
    """The claims of one sentence; Unread where it has numbers and no wording is known."""
    for pattern, meaning in WORDINGS:
        match = pattern.fullmatch(sentence)
        if match is not None:
            return list(meaning(t, match))
    if is_plain(sentence):
        return []
    raise Unread(sentence)


def claims_of(text: str, equation: Equation, world: World) -> list[Claim]:
    """All claims of a text on one equation, sentence by sentence."""
    t = Told(equation, world)
    return [claim for sentence in split(text) for claim in understood(t, sentence)]
