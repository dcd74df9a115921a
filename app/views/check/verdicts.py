"""What the numerical check says of gradients, in words and signs: of one, of a layer, of all."""

from dataclasses import dataclass
from functools import lru_cache

from app.engine.check.gradient_check import (
    Checked,
    GradientCheck,
    check_gradients,
    check_one,
)
from app.engine.equations.shape import Shape
from app.sessions.walk.session import TrainingSession
from app.views.text.numbers import number, signed
from app.views.text.words import sentence

MOST_WORK = 1_000_000  # gradients times examples times units that a step may have to check: about 100 ms
NOT_YET = "—"
# Verdict -> sign, of one gradient in words, of a layer in words.
SIGNS = {
    "": ("✓", "agrees", "right"),
    "kink": ("△", "on a corner", "right, on a corner"),
    "rounding": ("≈", "rounding only", "rounding only"),
    "wrong": ("✗", "wrong", "wrong"),
}


@dataclass(frozen=True)
class Badge:
    """What the check says of the equation's gradient. `look` is offer, right, kink, rounding or wrong."""

    look: str
    sign: str
    text: str


@dataclass(frozen=True)
class Proof:
    """A cell of the parameters table: the numerical gradient, and a sign with its word. `look` as for a badge."""

    look: str
    sign: str
    word: str
    numeric: str


# All gradients ------------------------------------------------------------------------------------------------------


def proof_of(session: TrainingSession) -> GradientCheck | None:
    """The check of this iteration's gradients; None where the session does not prove them, or not all at once."""
    return (
        check_gradients(session.current) if session.proving and not session.hidden and not too_many(session) else None
    )


def too_many(session: TrainingSession) -> bool:
    """Whether checking all gradients takes so long that every step would be slow."""
    return work_of_check(session) > MOST_WORK


def work_of_check(session: TrainingSession) -> int:
    """Gradients times examples times units: what checking all gradients of this iteration grows with."""
    return gradients_in(session.shape) * len(session.batch) * sum(session.shape.sizes[1:])


@lru_cache(maxsize=512)
def gradients_in(shape: Shape) -> int:
    """How many weights and biases there are."""
    return sum((before + 1) * units for before, units in zip(shape.sizes, shape.sizes[1:], strict=False))


# One gradient -------------------------------------------------------------------------------------------------------


def badge(session: TrainingSession, digits: int) -> Badge | None:
    """Of the equation that was shown last, if it finds a gradient."""
    equation = session.equation
    if equation is None or equation.symbol.kind not in ("dW", "db") or session.hidden:
        return None
    if not session.proving:
        return Badge("offer", "", "")
    everything = proof_of(session)
    checked = everything.by_symbol[equation.symbol] if everything else check_one(session.current, equation.symbol)
    return Badge(looks(checked.because), SIGNS[checked.because][0], told(checked, digits))


def looks(because: str) -> str:
    """The class of a verdict."""
    return because or "right"


def told(checked: Checked, digits: int) -> str:
    """What differences say of one gradient, in a sentence or two."""
    numeric = number(checked.numeric, digits)
    match checked.because:
        case "wrong":
            return (
                f"Central differences of the loss give {numeric}. The walk finds {number(checked.analytic, digits)}: "
                f"wrong by {apart(checked)}."
            )
        case "rounding":
            return (
                f"Central differences of the exact loss give {numeric}. The rule is right: rounding the activations "
                f"accounts for the {apart(checked)} between them."
            )
        case "kink":
            below, above = (number(side, digits) for side in checked.sides or (0.0, 0.0))
            return (
                f"A sum stands on the corner of its function. To one side the loss has the slope {below}, to the other "
                f"{above}: the walk takes {number(checked.analytic, digits)}."
            )
    if checked.relative_error == 0:
        return f"Central differences of the loss give {numeric}: the very same."
    return f"Central differences of the loss give {numeric}. They agree to {apart(checked)} of their size."


def apart(checked: Checked) -> str:
    """A relative error: in percent where something is to be said of it, else to two digits."""
    error = checked.relative_error
    return (
        f"{number(float(f'{100 * error:.3g}'), 2)} %" if checked.because in ("wrong", "rounding") else number(error, 2)
    )


NOTHING = Proof("", "", "", NOT_YET)  # where the walk has not found the gradient yet


def proved(checked: Checked, digits: int) -> Proof:
    """The cell of one gradient."""
    sign, word, _ = SIGNS[checked.because]
    return Proof(looks(checked.because), sign, word, signed(checked.numeric, digits))


def worst(check: GradientCheck) -> str:
    """What tells most of all gradients."""
    return min(check.layers.values(), key=tuple(reversed(SIGNS)).index)


def verdict(check: GradientCheck) -> str:
    """One line: all right, or the layer where the gradients first go wrong on the way back."""
    each = "; ".join(f"layer {layer}: {SIGNS[because][2]}" for layer, because in check.layers.items())
    if check.first_wrong_layer is not None:
        return f"Gradients first go wrong in layer {check.first_wrong_layer}, seen from the output. {sentence(each)}."
    if worst(check) == "":
        count = len(check.parameters)
        return (
            f"All {count} gradients agree with central differences of the loss, "
            f"the worst of them to {number(check.max_relative_error, 2)}."
        )
    return f"No gradient is wrong. {sentence(each)}."
