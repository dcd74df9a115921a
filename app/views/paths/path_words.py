"""A gradient along its paths in words: where each leads, what they add up to, and what kills one."""

from app.engine.network.expressions import Symbol
from app.engine.paths import Factor, Paths
from app.views.formulas.symbols import Script
from app.views.text.activations import activation_word
from app.views.text.naming import parameter_name, unit_name
from app.views.text.numbers import number
from app.views.text.words import MOST_READ_OUT, counted, listed, sentence

Units = tuple[tuple[int, int], ...]


def route(script: Script, units: Units) -> str:
    """from input 1 through hidden unit 1 to output 2; a single unit is only named."""
    first, *others = (unit_name(script.shape, *unit) for unit in units)
    if not others:
        return first
    *between, last = others
    return f"from {first}{f' through {listed(between)}' if between else ''} to {last}"


def killed(script: Script, factor: Factor) -> str:
    """What kills a path, in a sentence."""
    kind, l, j, _ = factor.symbol
    unit = sentence(unit_name(script.shape, l, j))
    if kind == "slope":
        function = activation_word(script.shape.activation(l))
        if factor.value == 0:
            return f"{unit} is off: the {function}’s slope there is 0, so nothing passes."
        return f"{unit} lets almost nothing through: the {function} is nearly flat there."
    if kind == "W":
        return f"The weight into {unit_name(script.shape, l, j)} is 0, so nothing passes."
    if kind == "a":
        return f"{unit} says 0, so the weight carries nothing."
    return f"{unit} is exactly right, so there is nothing to correct."


def gradient_sentence(script: Script, found: Paths, digits: int) -> str:
    """What the panel shows, in order: the first thing that is read and heard."""
    where = f" that pass {route(script, found.units[-len(found.via) :])}" if found.via else ""
    ahead = f"{_subject(script, found.symbol)} reaches the loss along {counted(found.count, 'path')}{where}"
    total = number(found.sum, digits) + (", the mean over the batch" if len(found.each) > 1 else "")
    if found.groups:
        largest = max(found.groups, key=lambda group: abs(group.sum))
        through = f"the most, {number(largest.sum, digits)}, comes through {unit_name(script.shape, *largest.unit)}"
        return f"{ahead}. Grouped by the next unit, {through}; together they are {total}."
    if found.count == 1:
        return f"{ahead}. The product of all that lies on it is the gradient: {total}."
    if found.count > MOST_READ_OUT:
        most = max(found.paths, key=lambda path: abs(path.product))
        share = f"the largest share, {number(most.product, digits)}, runs {route(script, most.units)}"
        return f"{ahead}. {sentence(share)}; together they are {total}."
    return f"{ahead}: {_read_out(script, found, digits)}. The shares add up to {total}."


def _read_out(script: Script, found: Paths, digits: int) -> str:
    """Each path by what tells it from the others, with its share."""
    start = len(found.units)
    ends = ([unit_name(script.shape, *unit) for unit in path.units[start:]] for path in found.paths)
    shares = (number(path.product, digits) for path in found.paths)
    return listed([f"{share} through {' and '.join(end)}" for share, end in zip(shares, ends, strict=True)])


def _subject(script: Script, symbol: Symbol) -> str:
    kind, l, j, _ = symbol
    unit = unit_name(script.shape, l, j)
    match kind:
        case "W" | "b":
            return f"The {parameter_name(script.shape, symbol)}"
        case "z":
            return f"The sum of {unit}"
    return sentence(unit) if l == 0 else f"What {unit} says"
