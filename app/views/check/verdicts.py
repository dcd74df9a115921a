"""What the numerical check says of gradients, in words and signs: of one, of a layer, of all."""

from dataclasses import dataclass

from app.engine.check.gradient_check import VERDICTS, Checked, GradientCheck, check_gradients, check_one
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
    "too_small": ("?", "too small to tell", "not wrong, but in part too small to tell"),
    "wrong": ("✗", "wrong", "wrong"),
}


@dataclass(frozen=True)
class Badge:
    """What the check says of the equation's gradient. `look` is offer, right, kink, rounding, too_small or wrong."""

    look: str
    sign: str
    text: str


@dataclass(frozen=True)
class CheckCell:
    """A cell of the parameters table: the numerical gradient, and a sign with its word. `look` as for a badge."""

    look: str
    sign: str
    word: str
    numeric: str


# All gradients ------------------------------------------------------------------------------------------------------


def check_of(session: TrainingSession) -> GradientCheck | None:
    """The check of this iteration's gradients; None where the session does not check them, or not all at once."""
    return (
        check_gradients(session.current) if session.checking and not session.hidden and not too_many(session) else None
    )


def too_many(session: TrainingSession) -> bool:
    """Whether checking all gradients takes so long that every step would be slow."""
    return work_of_check(session) > MOST_WORK


def work_of_check(session: TrainingSession) -> int:
    """Gradients times examples times units: what checking all gradients of this iteration grows with."""
    return gradients_in(session.shape) * len(session.batch) * sum(session.shape.sizes[1:])


def gradients_in(shape: Shape) -> int:
    """How many weights and biases there are."""
    return sum((before + 1) * units for before, units in zip(shape.sizes, shape.sizes[1:], strict=False))


# One gradient -------------------------------------------------------------------------------------------------------


def badge(session: TrainingSession, digits: int) -> Badge | None:
    """Of the equation that was shown last, if it finds a gradient."""
    equation = session.equation
    if equation is None or equation.symbol.kind not in ("dW", "db") or session.hidden:
        return None
    if not session.checking:
        return Badge("offer", "", "")
    everything = check_of(session)
    checked = everything.by_symbol[equation.symbol] if everything else check_one(session.current, equation.symbol)
    return Badge(looks(checked.because), SIGNS[checked.because][0], told(checked, digits))


def looks(because: str) -> str:
    """The class of a verdict."""
    return because or "right"


def told(checked: Checked, digits: int) -> str:
    """What differences say of one gradient, in a sentence or two; and where they cannot, what its paths say."""
    numeric, analytic = number(checked.numeric, digits), number(checked.analytic, digits)
    if checked.because == "kink":
        return _told_on_corner(checked, analytic, digits)
    if checked.referee == "paths":
        return f"Too small to tell by differences. {_told_by_paths(checked, numeric, analytic)}"
    match checked.because:
        case "too_small":
            return (
                f"Central differences of the loss give {numeric}, the walk finds {analytic}. Rounding leaves no more "
                "of the numbers behind them: too small to tell by differences."
            )
        case "wrong":
            return (
                f"Central differences of the loss give {numeric}. The walk finds {analytic}: wrong by {apart(checked)}."
            )
        case "rounding":
            return (
                f"Central differences of the exact loss give {numeric}. The rule is right: rounding the activations "
                f"accounts for the {apart(checked)} between them."
            )
    if checked.relative_error == 0:
        return f"Central differences of the loss give {numeric}: the very same."
    return f"Central differences of the loss give {numeric}. They agree to {apart(checked)} of their size."


def _told_by_paths(checked: Checked, numeric: str, analytic: str) -> str:
    summed = f"The sum over its paths, in more digits, is {numeric}"
    match checked.because:
        case "wrong":
            return f"{summed}. The walk finds {analytic}: wrong by {apart(checked)}."
        case "rounding":
            why = f"rounding the activations accounts for the {apart(checked)} between them"
            return f"{summed}. The rule is right: {why}."
    same = checked.relative_error == 0
    return f"{summed}: the very same." if same else f"{summed}. They agree to {apart(checked)} of their size."


def _told_on_corner(checked: Checked, analytic: str, digits: int) -> str:
    left, right = (number(side, digits) for side in checked.sides or (0.0, 0.0))
    return (
        f"A sum stands on the corner of its function. To one side the loss has the slope {left}, to the other {right}. "
        f"At a corner g′ is taken from the left, where the sum is below 0: the walk takes {analytic}."
    )


def apart(checked: Checked) -> str:
    """A relative error: in percent where something is to be said of it, else to two digits."""
    error = checked.relative_error
    return (
        f"{number(float(f'{100 * error:.3g}'), 2)} %" if checked.because in ("wrong", "rounding") else number(error, 2)
    )


NOTHING = CheckCell("", "", "", NOT_YET)  # where the walk has not found the gradient yet


def check_cell(checked: Checked, digits: int) -> CheckCell:
    """The cell of one gradient."""
    sign, word, _ = SIGNS[checked.because]
    by = ", by its paths" if checked.referee == "paths" else ""
    return CheckCell(looks(checked.because), sign, word + by, signed(checked.numeric, digits))


def worst(check: GradientCheck) -> str:
    """What tells most of all gradients."""
    return min(check.layers.values(), key=VERDICTS.index)


def verdict(check: GradientCheck) -> str:
    """All right, or the layer where the gradients first go wrong on the way back; what cannot be told counted apart."""
    each = "; ".join(f"layer {layer}: {SIGNS[because][2]}" for layer, because in check.layers.items())
    unsure = sum(checked.ok is None for checked in check.parameters)
    few = f" Too small to tell by differences: {unsure} of {len(check.parameters)}." if unsure else ""
    if check.first_wrong_layer is not None:
        first = f"Gradients first go wrong in layer {check.first_wrong_layer}, seen from the output."
        return f"{first} {sentence(each)}.{few}"
    if worst(check) == "":
        return _all_right(check)
    return f"No gradient is wrong. {sentence(each)}.{few}"


def _all_right(check: GradientCheck) -> str:
    count, by_paths = len(check.parameters), sum(one.referee == "paths" for one in check.parameters)
    worst_of_all = f"the worst of them to {number(check.max_relative_error, 2)}"
    if not by_paths:
        return f"All {count} gradients agree with central differences of the loss, {worst_of_all}."
    return (
        f"All {count} gradients agree, {worst_of_all}: {count - by_paths} with central differences of the loss; "
        f"{by_paths}, too small to tell by differences, with the sums over their paths in more digits."
    )
