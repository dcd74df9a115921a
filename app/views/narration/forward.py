"""The way forward in sentences: weighted sums, activations, and the loss."""

from collections.abc import Iterator

from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Apply, Expression, Product, Square, Sum, Symbol, children
from app.engine.network.losses import LOSSES
from app.views.narration.teller import Teller
from app.views.text.losses import LOSS_WORDS, LossWords
from app.views.text.numbers import keeps_its_digits
from app.views.text.words import MOST_READ_OUT, counted, listed, raised, sentence


def weighted_sum(t: Teller) -> str:
    """What reaches a unit, term by term."""
    ahead = f"{sentence(t.unit)} adds up what reaches it"
    assert isinstance(t.own, Sum)
    *terms, bias = t.own.terms
    ending = f"plus its bias {t.says(t.number(bias))}. Its sum is {t.says(t.result)}."
    if len(terms) > MOST_READ_OUT:
        return f"{ahead}: {counted(len(terms), 'number')}, each times its weight, {ending}"
    return f"{ahead}: {', plus '.join(_carried(t, term) for term in terms)}, {ending}"


def _carried(t: Teller, term: Expression) -> str:
    assert isinstance(term, Product)
    weight, carried = map(t.number, term.factors)
    return f"{t.says(weight)} times {t.says(carried)}"


def activation(t: Teller) -> str:
    """What a unit's function makes of its sum."""
    z, a, name = t.says(t.value("z")), t.says(t.result), t.shape.activation(t.layer)
    rounded = "" if t.shape.decimals is None else f", rounded to {t.shape.decimals} decimals, as by hand"
    if ACTIVATIONS[name].couples:
        return f"The {t.function} turns the output sums into shares that add up to 1: {t.unit} gets {a}{rounded}."
    if t.result == t.value("z"):
        return f"The {t.function} passes {z} on unchanged."
    if ACTIVATIONS[name].switches_off and t.result == 0 and not rounded:
        return f"The {t.function} turns {z} into 0: this unit is off."
    return f"The {t.function} turns {z} into {a}{rounded}."


# The loss -------------------------------------------------------------------------------------------------------------


def loss(t: Teller) -> str:
    """What the network says and should say, what the loss makes of it, and the mean over a batch."""
    own = t.says(t.values[Symbol("own_loss")])
    if t.shape.examples == 1:
        return f"{_answer(t)} The loss {_worked_out(t)}{own}."
    mean = f"Over the {t.shape.examples} examples of the batch the mean of the losses is {t.says(t.result)}."
    return f"{_answer(t)} The loss of this example {_worked_out(t)}{own}. {mean}"


def _answer(t: Teller) -> str:
    L, outputs = t.shape.depth, range(t.shape.sizes[-1])
    said, right = ([t.values[Symbol(kind, L, j)] for j in outputs] for kind in ("a", "y"))
    if LOSSES[t.shape.loss].targets == "shares" and max(right) == 1:
        j = right.index(1)
        return f"The right answer is output {j + 1}, and the network gives it the share {t.says(said[j])}."
    if len(said) > MOST_READ_OUT:
        return f"The network says {counted(len(said), 'number')}, each beside its target."
    answer = "answer is" if len(right) == 1 else "answers are"
    return f"The network says {listed([*map(t.says, said)])} where the {answer} {listed([*map(t.says, right)])}."


def _worked_out(t: Teller) -> str:
    """All between "the loss" and its number."""
    words = LOSS_WORDS[t.shape.loss]
    if LOSSES[t.shape.loss].logs is None:
        parts = [_part(t, part) for part in _parts(t.own)]
        return _filled(words, parts, " + ", " = ") if parts else "is "
    logarithms = sorted(_logarithms(t, t.own), key=lambda one: one[1].kind == "ln_rest")
    written = [f"{_times(t, weight)}{_logarithm(t, symbol)}" for weight, symbol in logarithms]
    lost = [symbol for _, symbol in logarithms if _is_lost(t, symbol)]
    by_z = t.shape.decimals is None or all(_y_hat(t, symbol) in (0, 1) for symbol in lost)
    equals = " = " if not lost else ", computed from z: " if by_z else ", with all digits "
    return _filled(words, [f"−{one}" for one in written], "", equals)


def _filled(words: LossWords, parts: list[str], sign: str, equals: str) -> str:
    n = len(parts)
    wording = words.many if n > MOST_READ_OUT else words.one if n == 1 else words.several
    written = sign.join(parts).replace(")−", ") − ")
    return wording.format(parts=written, equals=equals, n=n, counted=counted(n, words.part))


def _parts(expression: Expression) -> Iterator[Square | Apply]:
    """What a loss adds up: the square, or another function, of each output's difference."""
    if isinstance(expression, Square | Apply):
        yield expression
        return
    for part in children(expression):
        yield from _parts(part)


def _part(t: Teller, part: Square | Apply) -> str:
    """0.5², |0.5|, cosh(0.5)."""
    if isinstance(part, Square):
        return raised(t.says(t.number(part.body)), 2)
    of = t.says(t.number(part.argument))
    return f"|{of}|" if part.name == "abs" else f"{part.name}({of})"


def _logarithms(t: Teller, expression: Expression) -> Iterator[tuple[float, Symbol]]:
    """(weight, ln ŷ or ln(1 − ŷ)) of each that counts."""
    if isinstance(expression, Product):
        weight, logarithm = expression.factors
        if isinstance(logarithm, Symbol) and t.number(weight) != 0:
            yield t.number(weight), logarithm
        return
    for part in children(expression):
        yield from _logarithms(t, part)


def _logarithm(t: Teller, symbol: Symbol) -> str:
    rest = "1 − " if symbol.kind == "ln_rest" else ""
    return f"ln({rest}{t.says(_y_hat(t, symbol))})"


def _is_lost(t: Teller, symbol: Symbol) -> bool:
    """Whether what stands in a logarithm, as it is written, has too few digits left for it.

    A prediction of exactly 0 or 1, be it rounded by hand or to the last bit, has lost them all, unless the logarithm is
    0 as well.
    """
    a = _y_hat(t, symbol)
    inside = 1 - a if symbol.kind == "ln_rest" else a
    if inside in (0, 1):
        return inside == 0 or t.values[symbol] != 0
    return symbol.kind == "ln_rest" and not keeps_its_digits(inside, t.digits)


def _y_hat(t: Teller, symbol: Symbol) -> float:
    return t.values[symbol._replace(kind="a")]


def _times(t: Teller, weight: float) -> str:
    return "" if weight == 1 else f"{t.says(weight)} × "
