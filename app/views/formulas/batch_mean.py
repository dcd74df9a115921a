"""An equation over the batch, a mean or by mistake a sum: the examples added up, and the focused one's own share."""

from collections.abc import Iterator

from app.engine.equations.values import evaluate
from app.engine.network.expressions import BatchSum, Mean, Symbol
from app.views.formulas.mathml import Pen
from app.views.formulas.rows import MATHML, Row, wrapped
from app.views.text.numbers import adds_up

OverBatch = Mean | BatchSum
EXAMPLES_SHOWN = 6  # beyond, the other examples stand together
OPEN, CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'


def mean_rows(pen: Pen, symbol: Symbol, mean: OverBatch) -> tuple[Row, ...]:
    """The mean in symbols, with each example's number, and its result."""
    return (
        *wrapped(*pen.left(symbol), pen.symbolic(mean)),
        *_examples_added(pen, mean),
        Row("", "=", pen.result(symbol)),
    )


def own_rows(pen: Pen, mean: OverBatch) -> tuple[Row, ...]:
    """The share of the example in focus, by itself."""
    own = pen.plain(evaluate(mean.body, pen.values))
    return (
        *wrapped("", "", pen.symbolic(mean.body)),
        *wrapped("", "=", pen.numeric(mean.body)),
        Row("", "=", f'<mrow class="mine">{own}</mrow>'),
    )


def mean_adds_up(pen: Pen, symbol: Symbol, mean: OverBatch) -> bool:
    """Whether the printed shares, added and divided by hand, give the printed mean."""
    shares = [share for share, _ in _shares(pen, mean)]
    return adds_up(shares, pen.values[symbol], pen.digits, mean.examples if isinstance(mean, Mean) else 1)


def _shares(pen: Pen, mean: OverBatch) -> list[tuple[float, str]]:
    """(number, label) of each term: every example's, or the focused one's and all others' together."""
    each, focus = pen.values.each(mean.body), pen.values.focus
    if len(each) <= EXAMPLES_SHOWN:
        return [(share, "mine" if i == focus else "") for i, share in enumerate(each)]
    return [(each[focus], "mine"), (sum(each) - each[focus], f"the other {len(each) - 1}")]


def _examples_added(pen: Pen, mean: OverBatch) -> Iterator[Row]:
    """The sum of the shares, times 1/m for a mean."""
    terms = [(False, _share(pen, share, label, i)) for i, (share, label) in enumerate(_shares(pen, mean))]
    if isinstance(mean, BatchSum):
        yield from wrapped("", "=", terms)
        return
    part = MATHML.fraction("<mn>1</mn>", f"<mn>{mean.examples}</mn>")
    yield from wrapped("", "=", terms, f"{part}<mo>·</mo>{OPEN}", CLOSE)


def _share(pen: Pen, share: float, label: str, place: int) -> str:
    written = pen.bracketed(share, place)
    if label == "mine":
        return f'<mrow class="mine">{written}</mrow>'
    return f"<munder>{written}<mtext>{label}</mtext></munder>" if label else written
