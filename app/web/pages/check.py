"""Gradients checked numerically: the switch on the page, and the check as JSON."""

from typing import Annotated, Literal

from fastapi import APIRouter
from starlette.responses import Response

from app.engine.check.gradient_check import check_gradients
from app.engine.network.errors import SetupError
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.views.check.check import check_of, verdict, work_of_check
from app.web.api.schemas import SESSION_ERRORS, Answer, Real, says
from app.web.api.state import dumps, json_response, real
from app.web.http.dependencies import TheWalk
from app.web.http.forms import whole_in
from app.web.pages.paths import still_open
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
pages = WalkPages()

MOST_WORK = 30_000_000  # gradients times examples times units: about 3 s


class CheckAnswer(Answer):
    """Every gradient of this iteration against central differences of the exact loss, from the output back."""

    class Parameter(Answer):
        """One gradient."""

        layer: int
        kind: Literal["W", "b"]
        j: int
        k: int | None
        analytic: Annotated[Real, says("What backward() found, with the session's rules and rounding.")]
        numeric: Annotated[
            Real, says("What the referee found; where a sum stands on a corner, the mean of the slopes on both sides.")
        ]
        relative_error: Annotated[
            Real, says("Of the two, against the larger; on a corner, against the slope that g′ takes there.")
        ]
        ok: Annotated[bool | None, says("Whether it is not wrong; null where it is too small to tell.")]
        because: Annotated[
            Literal["", "rounding", "kink", "too_small", "wrong"],
            says(
                "Why they differ, or may: the rounding of activations alone, a corner of a ReLU, too few digits to "
                "tell, or a wrong rule."
            ),
        ]
        referee: Annotated[
            Literal["differences", "paths"],
            says(
                "Who found `numeric`: central differences, or, where the gradient is too small for them, the sum over "
                "its paths in more digits."
            ),
        ]
        sides: Annotated[
            list[Real] | None,
            says(
                "On a corner: the loss's slopes to the left and to the right of the parameter. g′(0) is the left one."
            ),
        ]

    ok: Annotated[bool | None, says("Whether no gradient is wrong; null where none is and some are too small to tell.")]
    max_relative_error: Annotated[Real, says("Of all that can be told, rounding included.")]
    verdict: Annotated[
        str, says("Names the layer where the gradients first go wrong, and counts those that are too small to tell.")
    ]
    parameters: list[Parameter]


@router.get("/gradient-check", response_model=CheckAnswer)
async def gradient_check(walk: TheWalk) -> Response:
    """Check every gradient of this iteration by central differences, whatever the walk has shown of it."""
    session = _allowed((await walk.load()).session)
    if work_of_check(session) > MOST_WORK:
        raise SetupError(
            "batch_size",
            "Checking every gradient of this network over this batch would take this server too long.",
            "Begin a session with a smaller batch_size: the check is of one batch.",
        )
    check = await walk.work(lambda: check_gradients(session.current))
    document = {
        "ok": check.ok,
        "max_relative_error": real(check.max_relative_error),
        "verdict": verdict(check),
        "parameters": [
            {
                "layer": one.symbol.layer,
                "kind": one.symbol.kind[1:],
                "j": one.symbol.j,
                "k": one.symbol.k,
                "analytic": real(one.analytic),
                "numeric": real(one.numeric),
                "relative_error": real(one.relative_error),
                "ok": one.ok,
                "because": one.because,
                "referee": one.referee,
                "sides": None if one.sides is None else [real(side) for side in one.sides],
            }
            for one in check.parameters
        ],
    }
    return json_response(dumps(document))


@pages.verb("/check", still_open)
async def check(the: WalkRequest) -> Kept:
    """Show each gradient with its numerical check, or no longer."""
    on = whole_in(the.form, "on") > 0

    def switched(walked: TrainingSession) -> TrainingSession:
        walked = _allowed(walked).check(on)
        check_of(walked)  # here, in a thread of its own: the page then finds it done
        return walked

    return await the.walk.compute(switched, the.rev)


def _allowed(session: TrainingSession) -> TrainingSession:
    """The session; SetupError in the bug lab, where a check has its price."""
    if session.hidden:
        raise SetupError(
            "check", "In the bug lab checks are spent one by one.", "Choose a gradient there, or solve the case."
        )
    return session
