"""The slope of a loss over one parameter in words: where it leads, whether the numerical check agrees, the update."""

from collections.abc import Iterator

from app.engine.check.gradient_check import Checked
from app.engine.landscape import Secant
from app.views.check.verdicts import told
from app.views.pictures.parameter_state import Known
from app.views.pictures.slope_drawing import Seen
from app.views.text.numbers import number, signed

AT_REST = "All other parameters stay as they are."
ROUNDS = "The walk rounds its activations; this curve is of the loss without rounding."
SHORT = "So short a way cannot be seen here: look at the update."


def headline(known: Known, digits: int) -> str:
    """What is seen at once."""
    if known.gradient is None:
        return f"The loss over the {known.words}"
    if known.gradient == 0:
        return f"Here the loss is level over the {known.words}"
    return f"The loss {_way(known.gradient)} as the {known.words} grows"


def sentences(known: Known, seen: Seen, checked: Checked | None, digits: int) -> Iterator[str]:
    """What is to be said of the point, its slope, the numerical check and the update."""
    yield f"At {number(known.value, digits)} the mean loss of this batch is {number(seen.loss, digits)}. {AT_REST}"
    if known.gradient is not None and checked is not None and seen.secant is not None:
        yield _slope(known.gradient, digits)
        yield from _of_check(checked, seen.secant, digits)
    if known.after is not None:
        yield _update(known, seen, digits)


def _slope(gradient: float, digits: int) -> str:
    if gradient == 0:
        return "The slope here is 0: a small move either way leaves the loss as it is."
    return f"The slope here is {number(gradient, digits)}: to the right the loss {_way(gradient)}."


def _way(slope: float) -> str:
    return "grows" if slope > 0 else "falls"


def _of_check(checked: Checked, secant: Secant, digits: int) -> Iterator[str]:
    """The secant; and where they differ, why the tangent misses the curve."""
    step, slope = number(secant.step, digits), number(secant.slope, digits)
    yield f"The secant of the numerical check, {step} to either side, has the slope {slope}."
    if checked.because == "wrong":
        yield f"The tangent misses the curve. {told(checked, digits)}"
    elif checked.because or checked.referee == "paths":
        yield told(checked, digits)


def _update(known: Known, seen: Seen, digits: int) -> str:
    assert known.after is not None
    before, after = number(known.value, digits), number(known.after, digits)
    if known.after == known.value:
        return f"The update leaves it at {before}."
    by = signed(known.after - known.value, digits)
    change = signed(seen.loss_after - seen.loss, digits)
    return f"The update moves it by {by}, from {before} to {after}. Alone, that changes the loss by {change}."
