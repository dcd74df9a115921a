"""A reader of a gradient's links: names are read, slopes worked out from the textbook, products added up."""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import prod

from app.engine.equations.trace import Equation
from app.engine.network.expressions import Symbol
from app.views.paths.links import Chain, WayRow
from tests.views.claims.claim import Claim
from tests.views.claims.formulas import from_mathml
from tests.views.claims.functions import function
from tests.views.claims.printed import Range, exactly, summed
from tests.views.claims.sentences import word
from tests.views.claims.world import World

LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
OVER = re.compile(r"\(\(∂(.+)\)/\(∂(.+)\)\)|∂(ℒ)/∂(.+)")


def claims_of_chain(equation: Equation, shown: Chain, world: World) -> Iterator[Claim]:
    """Every link is what its name says, each way is their product, and all ways come to the gradient of the example."""
    told = [way for way in shown.ways if way.links]
    for way in told:
        yield from _claims_of_way(equation, way, shown, world)
    shares = summed(world.read(way.share.text) for way in shown.ways)
    total = shown.total.text if shown.total else shown.ways[0].share.text
    yield Claim("sum", f"the ways come to {total}", shares, world.read(total))
    delta = world.number("delta", *equation.symbol[1:3])
    carried = 1.0 if equation.symbol.k is None else world.number("a", equation.symbol.layer - 1, equation.symbol.k)
    order = 1e-8 * sum(abs(world.read(way.share.text).size) for way in shown.ways)  # of multiplying and adding up
    yield Claim("rule", f"the gradient {total}", _near(delta * carried, order), world.read(total))
    units = world.shape.sizes[equation.symbol.layer + 1] if equation.symbol.layer < world.shape.depth else None
    if units is not None:
        others = [int(way.via.split()[0]) for way in shown.ways if not way.links]
        yield word("a way for each unit of the next layer", len(told) + sum(others) == units)
    if equation.kind == "delta":
        yield word("an error signal is no part of itself", not shown.shared)
        return
    left, right = from_mathml(shown.error).split(" = ")
    yield Claim("name", shown.error, world.read(right), exactly(world.values[world.symbol(left)]))
    yield word("all links but the last are the error signal", shown.shared == len(told[0].links) - 1)
    yield word("its own", world.symbol(left)[1:3] == equation.symbol[1:3])


def _near(x: float, within: float) -> Range:
    return Range(x - within, x + within)


def _claims_of_way(equation: Equation, way: WayRow, shown: Chain, world: World) -> Iterator[Claim]:
    numbers = [world.read(link.number) for link in way.links]
    yield Claim("sum", f"{way.via} {way.share.text}", prod(numbers, start=exactly(1.0)), world.read(way.share.text))
    pairs = [_over(name, way, world) for name in (shown.names or [link.name for link in way.links])]
    yield word("begins at the loss", pairs[0][0] is None)
    for (_, below), (above, _) in pairwise(pairs):
        yield word(f"{below} and {above} cancel", below == above)
    end = equation.symbol._replace(kind={"delta": "z", "dW": "W", "db": "b"}[equation.kind])
    yield word(f"ends at {end}", pairs[-1][1] == end)
    for (above, below), link, number in zip(pairs, way.links, numbers, strict=True):
        yield Claim("rule", f"∂{above}/∂{below} {link.number}", _slope(above, below, world), number)


def _over(name: str, way: WayRow, world: World) -> tuple[Symbol | None, Symbol]:
    """What stands above and below; None for the loss. An i is the unit that the way passes."""
    unit = way.via.translate(LOWERED)[-1:]
    match = OVER.fullmatch(re.sub(r"_i\b", f"_{unit}", from_mathml(name)))
    assert match is not None, name
    above, below = (match[1], match[2]) if match[1] else (match[3], match[4])
    return (None if above == "ℒ" else world.symbol(above)), world.symbol(below)


def _slope(above: Symbol | None, below: Symbol, world: World) -> Range:
    """The slope of the one over the other, from the textbook."""
    shape, depth = world.shape, world.shape.depth
    if above is None:
        if below.kind == "z":
            return exactly(world.number("delta", below.layer, below.j))
        return _of_loss(world.said[below.j], world.right[below.j], world)
    if above.kind == "a":
        a, name = world.values[above], shape.activation(above.layer)
        if name == "softmax":
            assert above.layer == below.layer == depth
            return exactly(a * ((above.j == below.j) - world.said[below.j]))
        assert above[1:3] == below[1:3], "a unit's activation hears only its own sum"
        return _of_unit(below, world)
    if below.kind == "a":
        return exactly(world.number("W", above.layer, above.j, below.j))
    assert above[1:3] == below[1:3], "another unit's parameter"
    return exactly(1.0 if below.k is None else world.number("a", below.layer - 1, below.k))


def _of_loss(y_hat: float, y: float, world: World) -> Range:
    outputs = world.shape.sizes[-1]
    return exactly(
        {
            "binary_cross_entropy": lambda: (1 - y) / (1 - y_hat) - y / y_hat,
            "cross_entropy": lambda: -y / y_hat,
            "half_squared_error": lambda: y_hat - y,
            "mean_squared_error": lambda: 2 * (y_hat - y) / outputs,
        }[world.shape.loss]()
    )


def _of_unit(z: Symbol, world: World) -> Range:
    known = function(_called(world.shape.activation(z.layer)))
    if world.shape.decimals is not None and known.by_a is not None:
        return exactly(known.by_a(world.values[z._replace(kind="a")]))
    return exactly(known.slope(world.values[z]))


def _called(name: str) -> str:
    return {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU"}.get(name, name)
