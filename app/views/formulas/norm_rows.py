"""The length of all gradients with its numbers: the squares of each layer added up, then the layers."""

from collections.abc import Iterator
from itertools import groupby

from app.engine.network.expressions import Norm, Symbol, symbols_in
from app.views.formulas.mathml import Pen
from app.views.formulas.rows import MATHML, Row


def by_layer(pen: Pen, norm: Norm) -> Iterator[Row]:
    """The root of one number for each layer: there may be thousands of parameters."""
    layers = groupby(symbols_in(norm), key=lambda symbol: symbol.layer)
    terms = [(False, _labelled(pen, layer, list(symbols))) for layer, symbols in layers]
    yield Row("", "=", MATHML.root(MATHML.added(terms)))


def _labelled(pen: Pen, layer: int, symbols: list[Symbol]) -> str:
    squares = pen.plain(sum(pen.values[symbol] ** 2 for symbol in symbols))
    return f"<munder>{squares}<mtext>layer {layer}</mtext></munder>"
