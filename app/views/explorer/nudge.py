"""The nudge: what the loss does when one parameter is moved a little, beside what its gradient foretells."""

from math import floor, isfinite, log10
from typing import NamedTuple

import numpy as np

from app.engine.equations.updates import parameter_of
from app.engine.landscape import losses_along
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import Script, in_html, orientation_of
from app.views.text.naming import parameter_name
from app.views.text.numbers import MOST_DECIMALS, number, signed
from app.views.text.words import sentence

SIZES = (0.01, 0.001, 0.0001)
NEAR = 0.02  # relative: so near to what was foretold, what was found confirms it
BENDS = " The loss bends on the way: a smaller move comes nearer."
NOISE = 1e-14  # of the loss: a smaller change is lost in its last digits
ONLY_GRADIENTS = SetupError("by", "Nothing is nudged here: this step finds no gradient.", "Walk on to a gradient.")


Move = tuple[str, str]  # as an address has it, and as a button says it


class Nudge(NamedTuple):
    """The two buttons, `less` and `more`, and, after one was pressed, what is `told`, and how the loss
    `moves`.

    `name` is the parameter in HTML; `by` is how far it was moved;
    `smaller` is a shorter move the same way; `agrees`: the loss has followed the gradient.
    """

    name: str
    less: Move
    more: Move
    by: str = ""
    told: str = ""
    moves: str = ""
    spoken: str = ""
    smaller: Move | None = None
    agrees: bool = False


def nudged_parameter(session: TrainingSession) -> Symbol | None:
    """The parameter whose gradient the walk has found last; None where it finds none, several or hides its rule."""
    equation = session.equation
    if equation is None or equation.kind not in ("dW", "db") or session.hidden or len(session.shown) > 1:
        return None
    return parameter_of(equation.symbol)


def check_nudge(session: TrainingSession, by: float) -> None:
    """SetupError where there is nothing to nudge, or not by so much."""
    if nudged_parameter(session) is None:
        raise ONLY_GRADIENTS
    if abs(by) not in SIZES:
        raise SetupError("by", "A nudge has another size.", f"Use one of {', '.join(map(str, SIZES))}, or minus that.")


def nudge(session: TrainingSession, by: float, digits: int) -> Nudge | None:
    """The nudge of the gradient that was found last, by so much; 0 offers it. None where there is no gradient."""
    w = nudged_parameter(session)
    if w is None:
        return None
    shape = session.shape
    size = abs(by) or SIZES[0]
    name, words = in_html(w, Script(shape, orientation_of(session))), parameter_name(shape, w)
    offered = Nudge(name, _move(-size), _move(size))
    if not by:
        return offered
    here, gradient = session.values[w], session.values[w._replace(kind=f"d{w.kind}")]
    before, after, nearer = losses_along(session.current, w, np.array([here, here + by, here + by / 10])).tolist()
    foretold, found = gradient * by, after - before
    shorter = next((_move(by * other / size) for other in SIZES if other < size), None)
    told = f" by {signed(by, 8)}: {_told(foretold, before, after, digits)}"
    moves = _moves(before, after, session.setup.decimals is not None, digits)
    agrees = abs(found - foretold) <= NEAR * abs(foretold)
    if (
        shorter
        and not (agrees or session.setup.mistakes)
        and abs(10 * (nearer - before) - foretold) < abs(found - foretold)
    ):
        moves += BENDS
    return offered._replace(
        by=f"{by:g}",
        told=told,
        moves=moves,
        spoken=f"{sentence(words)}{told} {moves}",
        smaller=shorter,
        agrees=agrees,
    )


def _move(by: float) -> Move:
    return f"{by:g}", signed(by, 8)


def _told(foretold: float, before: float, after: float, digits: int) -> str:
    """What the gradient foretold of the loss, and what was found."""
    ahead = f"the gradient foretells {signed(foretold, digits)}"
    if foretold and abs(foretold) <= NOISE * abs(before):
        return f"{ahead}, too little for the digits of the loss."
    return f"{ahead}, found {signed(after - before, digits)}."


def _moves(before: float, after: float, rounds: bool, digits: int) -> str:
    """The loss with as many digits as show that it moves."""
    found, exact = after - before, " without rounding" if rounds else ""
    if found == 0 or not isfinite(found):
        return f"The loss{exact} stays at {number(before, digits)}." if found == 0 else ""
    decimals = min(MOST_DECIMALS, max(digits, 1 - floor(log10(abs(found)))))
    return f"The loss{exact}: {number(before, decimals)} → {number(after, decimals)}."
