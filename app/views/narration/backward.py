"""The way back in sentences: where each error signal comes from, what the slope lets through, and the gradients."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from app.engine.equations.rules import slope_by_hand
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import (
    BatchSum,
    Expression,
    Number,
    Product,
    Quotient,
    Sum,
    Symbol,
    factors_of,
    product,
    symbols_in,
)
from app.engine.network.losses import LOSSES
from app.views.formulas.notation import Piece, write
from app.views.formulas.one_line import PlainText
from app.views.narration.mistakes import (
    PLAIN,
    has_wrong_output_error,
    has_wrong_slope,
    is_misled,
    what_is_summed,
    what_is_wrong,
)
from app.views.narration.teller import Teller
from app.views.text.activations import activation_word, is_flat, is_off, never_falls
from app.views.text.losses import LOSS_WORDS
from app.views.text.naming import unit_name
from app.views.text.words import MOST_READ_OUT, PLACES, counted, listed, sentence, share, with_article

Factors = Sequence[Expression]

# Error signals --------------------------------------------------------------------------------------------------------


def error_signal(t: Teller) -> str:
    """Two or three sentences on a delta, at the output or in a hidden layer."""
    _, slopes = _parts(t)
    shut = any(isinstance(s, Symbol) and s.kind in ("slope", "slope_at_a") and t.number(s) == 0 for s in slopes)
    if shut and is_off(t.shape.activation(t.layer), t.value("z")):
        z = t.says(t.value("z"))
        return f"This unit is off: its sum is {z}, the {t.function}'s slope there is 0, so no gradient passes."
    told = _output_error(t) if t.layer == t.shape.depth else _hidden_error(t)
    zero = " It is exactly 0: no gradient passes." if t.result == 0 else ""
    return f"{told}{zero}{what_is_wrong(t)}"


def _parts(t: Teller) -> tuple[Factors, Factors]:
    """The factors of an error signal: those that come from the loss or the layer above, and those of the slope."""
    factors = factors_of(t.own)
    ahead = next((i for i, part in enumerate(factors) if isinstance(part, Sum) or _has_target(part)), None)
    if isinstance(factors[0], Symbol) and factors[0].kind == "delta":
        ahead = 1  # one way back: a signal and a weight
    cut = len(factors) if ahead is None else ahead + 1
    return factors[:cut], factors[cut:]


def _has_target(factor: Expression) -> bool:
    """As a loss's slope does."""
    return any(symbol.kind == "y" for symbol in symbols_in(factor))


def _output_error(t: Teller) -> str:
    whose = "the loss" if t.shape.examples == 1 else "the loss of this example"
    asked = f"How much would {whose} grow if {t.unit}'s sum grew?"
    return f"{asked} {sentence(_from_difference(t))}. This is {t.unit}'s error signal."


def _from_difference(t: Teller) -> str:
    made_for_it = LOSSES[t.shape.loss].error is not None
    if ACTIVATIONS[t.shape.activation(t.layer)].couples and not made_for_it:
        what = LOSS_WORDS[t.shape.loss].slopes
        return f"every share depends on every sum, so the {what} of all outputs come in: {t.says(t.result)}"
    came, slopes = _parts(t)
    words = _difference(t, came)
    if not slopes:
        why = "by this rule" if has_wrong_output_error(t.shape) else f"for {with_article(t.function)} with this loss"
        return f"{why}: {words}, {t.says(t.result)}"
    return f"{words} is {t.says(t.number(product(*came)))}, and {_through_slope(t, slopes)}"


def _difference(t: Teller, came: Factors) -> str:
    """Twice prediction minus target: the factors in words."""
    *ahead, slope = came
    factor, outputs = prod(map(_fraction, ahead), start=Fraction(1)), t.shape.sizes[-1]
    told = {Fraction(1): "", Fraction(2): "twice ", Fraction(1, 2): "half of "}
    parts = factor * outputs
    words = told.get(factor, f"{parts}/{outputs} of " if parts.denominator == 1 else f"{factor} of ")
    turned = next(symbols_in(slope)).kind == "y"
    difference = "target minus prediction" if turned else "prediction minus target"
    if words:
        difference = f"the difference {difference}"  # all of it is taken twice, not the prediction alone
    return words + LOSS_WORDS[t.shape.loss].slope.format(difference=difference)


def _fraction(factor: Expression) -> Fraction:
    match factor:
        case Number(value):
            return Fraction(value)
        case Quotient(Number(above), Number(below)):
            return Fraction(above, below)
    raise ValueError(f"{factor} is not a number of the formula itself.")


def _through_slope(t: Teller, slopes: Factors) -> str:
    """The slope's part, ending in the result."""
    if not slopes:
        wrong = has_wrong_slope(t.shape, t.layer)
        how = "no slope is taken" if wrong else f"the {t.function} passes it on unchanged"
        return f"{how}: {t.says(t.result)}"
    slope = t.number(product(*slopes))
    if slope < 0 and "sigmoid_slope" in t.shape.mistakes and never_falls(t.shape.activation(t.layer)):
        told = f"the product a(1 − a) = {t.says(slope)} multiplies it: {t.says(t.result)}"
        return f"{told}; no slope of this unit is negative"
    function = activation_word("sigmoid") if "sigmoid_slope" in t.shape.mistakes else t.function
    does = f"lets {share(slope)} through" if 0 <= slope <= 1 else "multiplies it"
    return f"the {function}'s slope {_told_slope(t, slopes)} {does}: {t.says(t.result)}"


def _told_slope(t: Teller, slopes: Factors) -> str:
    """Its number; where activations are rounded and it is worked out from these, how."""
    slope, number = slopes[0], t.says(t.number(product(*slopes)))
    rule = slope_by_hand(t.shape, slope) if isinstance(slope, Symbol) and slope.kind == "slope" else None
    if rule is None:
        return number
    written = write(rule, PlainText(), lambda _: Piece("a")).markup.replace(" · ", "")
    return f"{written} = {number}, from the rounded {t.says(t.value('a'))},"


def _hidden_error(t: Teller) -> str:
    came, slopes = _parts(t)
    feeds = f"{sentence(t.unit)} feeds {counted(t.shape.sizes[t.layer + 1], 'unit')}"
    ending = f"{_through_slope(t, slopes)}.{_saturation(t)}"
    if len(came) == 2:
        signal, weight = (t.says(t.number(factor)) for factor in came)
        return f"{feeds}. The error signal {signal} comes back through the weight {weight}, and {ending}"
    (added,) = came
    assert isinstance(added, Sum)
    return f"{feeds}{_together(t, added)}. {sentence(ending)}"


def _together(t: Teller, added: Sum) -> str:
    total = t.says(t.number(added))
    if len(added.terms) > MOST_READ_OUT:
        return f", and {total} comes back through them together"
    first, *rest = (
        f"{t.says(t.number(way))} through the {place}" for way, place in zip(added.terms, PLACES, strict=False)
    )
    return f": {first.replace(' through', ' comes back through', 1)}, {listed(rest)}; together {total}"


def _saturation(t: Teller) -> str:
    function = ACTIVATIONS[t.shape.activation(t.layer)]
    if not function.saturates or has_wrong_slope(t.shape, t.layer):
        return ""
    if not is_flat(function.name, t.value("z")):
        return ""
    return f" At {t.says(t.value('z'))} the {t.function} is almost flat: this unit is saturated."


# Gradients ------------------------------------------------------------------------------------------------------------


def weight_gradient(t: Teller) -> str:
    """What a weight carried, times the error signal of its unit."""
    assert isinstance(t.own, Product)
    delta, taken = t.own.factors
    assert isinstance(taken, Symbol)
    way, wrong = _way(t, t.number(delta), taken), is_misled(t.shape, t.layer) or _is_misplaced(t, taken)
    if t.shape.examples == 1:
        ahead = "By this rule the gradient is" if wrong else "Its gradient is"
        return f"This weight {way}. {ahead} {_told_gradient(t, 'their product', not wrong)}.{what_is_summed(t)}"
    own = f"In this example the weight {way}: their product is {t.says(t.number(t.own))}."
    what = "the gradient by this rule" if wrong else "the gradient"
    return f"{own} {_over_batch(t, 'these products')} {_told_gradient(t, what, not wrong)}.{what_is_summed(t)}"


def _is_misplaced(t: Teller, taken: Symbol) -> bool:
    return taken.layer != t.layer - 1


def _way(t: Teller, delta: float, taken: Symbol) -> str:
    """What a weight carried, and where; then what this rule takes in its place."""
    carried = t.values[taken._replace(layer=t.layer - 1)]
    way = f"carried {t.says(carried)} into a unit whose error signal is {t.says(delta)}"
    if not _is_misplaced(t, taken):
        return way
    instead, unit = t.says(t.number(taken)), unit_name(t.shape, taken.layer, taken.j)
    return f"{way}, but this rule takes {instead}, the activation of {unit}, for what it carried"


def _over_batch(t: Teller, parts: str) -> str:
    put_together = "sum" if isinstance(t.equation.expression, BatchSum) else "mean"
    return f"Over the {t.shape.examples} examples of the batch the {put_together} of {parts} is"


def _told_gradient(t: Teller, what: str, proves: bool) -> str:
    """The gradient, and what its sign says where it `proves` anything."""
    if t.result == 0:
        return "exactly 0: this gradient asks for no change"
    told = f"{what}, {t.says(t.result)}"
    if not proves:
        return told
    if t.result > 0:
        return f"{told}: a larger weight would make the loss larger"
    return f"{told}, negative: a larger weight would make the loss smaller"


def bias_gradient(t: Teller) -> str:
    """The error signal itself."""
    result = "exactly 0: this gradient asks for no change" if t.result == 0 else t.says(t.result)
    if t.shape.examples > 1 and not any(t.values.each(t.own)):
        updates = t.shape.updating._replace(schedule=PLAIN.schedule)
        stays = f"this bias stays at {t.says(t.value('b'))}" if updates == PLAIN else "its gradient is 0"
        return f"A bias carries 1, and no example has a share: {stays}.{what_is_summed(t)}"
    told = "is the error signal itself,"
    if isinstance(t.own, Product):
        signal, inputs = t.says(t.value("delta")), counted(t.shape.sizes[t.layer - 1], "input")
        told = f"should be the error signal itself, {signal}; this rule counts it once for each of the {inputs}:"
    if t.shape.examples == 1:
        return f"A bias carries 1, so its gradient {told} {result}.{what_is_summed(t)}"
    own = f"A bias carries 1, so this example's share {told} {t.says(t.number(t.own))}."
    return f"{own} {_over_batch(t, 'these')} the gradient, {result}.{what_is_summed(t)}"
