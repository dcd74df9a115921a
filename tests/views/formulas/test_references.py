"""References: each names its symbol, what is no reference names nothing."""

import pytest

from app.engine.equations.trace import trace
from app.engine.network.expressions import Symbol
from app.views.formulas.symbols import reference, symbol_of
from tests.views.walking import lesson


@pytest.mark.parametrize("slug", ["softmax-and-dead-units", "two-outputs-two-paths"])
def test_a_reference_names_what_it_was_made_for(slug: str) -> None:
    shape = lesson(slug).shape
    for equation in trace(shape):
        ref = reference(equation.symbol)
        if ref[:1] in "wbu":
            named = symbol_of(ref, shape.depth)
            assert named is not None
            assert reference(named) == ref
            assert named[1:] == equation.symbol[1:]


def test_inputs_and_targets_of_an_example_have_references_too() -> None:
    for symbol in (Symbol("x", 0, 3, 1), Symbol("y", 2, 3, 0)):
        assert symbol_of(reference(symbol), 2) == symbol


@pytest.mark.parametrize("ref", ["", "loss", "w-1-0", "b-1-0-0", "q-1-0", "w-1-0-٣", "u-1", "y-0", "w-1-0-0 "])
def test_anything_else_names_nothing(ref: str) -> None:
    assert symbol_of(ref, 2) is None
