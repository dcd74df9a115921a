"""What can be wrong with what the engine is given, or with where training leads."""

from app.engine.network.expressions import Symbol


class SetupError(ValueError):
    """A setup that cannot be built: names the field, what is wrong with it and what would be right."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy


class UnknownNameError(SetupError):
    """A name that the engine does not know, with the names that it knows."""

    def __init__(self, field: str, known: tuple[str, ...]) -> None:
        super().__init__(field, f"{field} has a name that is not known.", f"Choose one of: {', '.join(known)}.")


class DivergedError(ArithmeticError):
    """Training left the finite numbers: the iteration, from 0, what did so first, and the weight or bias concerned.

    `more` goes on from "In iteration 5 the loss grows beyond what a number can hold".
    """

    def __init__(self, iteration: int, what: str, symbol: Symbol | None = None, more: str = "") -> None:
        super().__init__(
            f"In iteration {iteration + 1} {what} grows beyond what a number can hold{more}. "
            "Go back and choose a smaller learning rate."
        )
        self.iteration = iteration
        self.what = what
        self.symbol = symbol
