"""Gradients along their paths: opened on the page, and as JSON."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.engine.equations.shape import Shape
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.engine.paths import KINDS as KINDS_WITH_PATHS
from app.engine.paths import MOST_APART, MOST_PATHS, paths_of
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import symbol_text
from app.views.formulas.symbols import orientation_of, symbol_of
from app.views.paths.paths import Opened
from app.web.api.schemas import SESSION_ERRORS, Answer, Real, says
from app.web.api.state import dumps, json_response, real
from app.web.http.dependencies import TheWalk
from app.web.http.forms import Form, edited_in, whole_in
from app.web.pages.walk import WalkPages, WalkRequest, show

router = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
pages = WalkPages()
VIA = re.compile(r"\d{1,6}(,\d{1,6}){0,20}", re.ASCII)


class PathsAnswer(Answer):
    """A gradient as the sum over its paths. In a batch `own` is of the example in focus, all else the mean."""

    class Path(Answer):
        """One way to the loss."""

        class Factor(Answer):
            """One factor: what a weight carries, a slope, a weight, or the loss's own slope."""

            symbol: Annotated[str, says("As text.")]
            value: float

        units: Annotated[list[tuple[int, int]], says("Layer and unit of each unit passed, from 0.")]
        factors: Annotated[list[Factor], says("In order, for the example in focus.")]
        own: Annotated[Real, says("The product of the factors.")]
        product: Annotated[Real, says("The mean of this path's products over the batch.")]

    class Group(Answer):
        """All paths through one unit of the next layer; `via` opens it."""

        unit: Annotated[tuple[int, int], says("Layer and unit, from 0.")]
        paths: Annotated[int, says("How many.")]
        sum: Real
        own: Real

    class Example(Answer):
        """One example of the batch."""

        example: Annotated[int, says("From 0.")]
        gradient: Annotated[Real, says("Its own gradient, over all paths.")]

    kind: Annotated[Literal["W", "b", "z", "a"], says("Of what the gradient is.")]
    layer: int
    j: int
    k: int | None
    via: Annotated[list[int], says("The units that these paths pass, layer by layer.")]
    count: Annotated[int, says("How many paths there are.")]
    paths: Annotated[list[Path], says(f"Empty where there are more than {MOST_PATHS}.")]
    groups: Annotated[list[Group], says(f"Where there are more than {MOST_APART} paths.")]
    sum: Annotated[Real, says("Of these paths.")]
    own: Annotated[Real, says("Of these paths.")]
    gradient: Annotated[Real, says("Of all paths: the sum where `via` is empty.")]
    examples: Annotated[list[Example], says("Of the batch, the largest gradient first.")]


@router.get("/paths", response_model=PathsAnswer)
async def paths(
    walk: TheWalk,
    kind: Annotated[
        str,
        Query(
            description="Of a weight, a bias, a unit's sum or its activation.",
            json_schema_extra={"enum": list(KINDS_WITH_PATHS)},
        ),
    ],
    layer: Annotated[int, Query(ge=0, description="Layer, 1 for the first after the input.")],
    j: Annotated[int, Query(ge=0, description="The unit, from 0.")],
    k: Annotated[int | None, Query(ge=0, description="For W: the unit of the layer before, from 0.")] = None,
    via: Annotated[
        str, Query(description="Only paths that pass these units, layer by layer: 3,1.", max_length=200)
    ] = "",
) -> Response:
    """A gradient as the sum over all its paths to the loss, by the chain rule, whatever rule the session follows."""
    session = (await walk.load()).session
    if session.hidden:
        raise SetupError("session", "The bug of this session is not found yet.", "Find it first: paths give it away.")
    opened = _opening(session.shape, _with_paths(session.shape, kind, layer, j, k), via)
    return json_response(await walk.work(lambda: dumps(_document(session, opened))))


@pages.route("/paths")
async def paths_page(the: WalkRequest) -> Response:
    """The explorer with the paths of a parameter or unit open; without one, as it is.

    From a table, which may be far from the panel, the focus goes to the field; from the drawing it stays there.
    """
    kept, query = await the.walk.load(), dict(the.request.query_params)
    far = "of" in query
    if "mark" in query:
        query["of"] = query["mark"]
    if "kind" not in query and "of" not in query:
        return await show(the, kept)
    session = kept.session
    if query.get("of", "").startswith(("x-", "y-")):
        return await show(the, kept, opened=Opened(edited_in(query, session), focused=far))
    opened = _opening(session.shape, _asked(session.shape, query), query.get("via", ""))
    opened = replace(opened, focused=far)
    if not session.hidden:  # in the pool: the panel then finds it done
        await the.walk.work(lambda: paths_of(session.current, session.focus_row, opened.symbol, opened.via, MOST_APART))
    return await show(the, kept, opened=opened)


def still_open(form: Form, session: TrainingSession) -> Opened | None:
    """What is open on the page that sent the form, by its name; None where nothing is."""
    kind, *places = form.get("open", "").split("-")
    with suppress(ValueError, IndexError):  # SetupError too: there is nothing of this name
        layer, j = map(int, places[:2])
        symbol = _with_paths(session.shape, kind, layer, j, int(places[2]) if kind == "W" else None)
        return _opening(session.shape, symbol, ",".join(places[3:]))
    return None


# What is asked for ---------------------------------------------------------------------------------------------------


def _asked(shape: Shape, query: Form) -> Symbol:
    """The symbol that an address names: by kind, layer and units, or by its mark in the diagram."""
    if "of" not in query:
        k = whole_in(query, "k") if "k" in query else None
        return _with_paths(shape, query["kind"], whole_in(query, "layer"), whole_in(query, "j"), k)
    symbol = symbol_of(query["of"], shape.depth)
    if symbol is None:
        raise SetupError("of", "There is no such mark in the diagram.", "Name one such as w-1-0-0, b-1-0 or u-1-0.")
    return _with_paths(shape, *symbol)


def _with_paths(shape: Shape, kind: str, layer: int, j: int, k: int | None) -> Symbol:
    """The symbol whose gradient is asked for; SetupError names the part that points at nothing."""
    if kind not in KINDS_WITH_PATHS:
        raise UnknownNameError("kind", KINDS_WITH_PATHS)
    fused = LOSSES[shape.loss].error is not None  # then nothing stands between the output's sum and the loss
    _check("layer", layer, 0 if kind == "a" else 1, shape.depth - (kind == "a" and fused))
    _check("j", j, 0, shape.sizes[layer] - 1)
    if (kind == "W") is not (k is not None):
        remedy = "Leave k out." if k is not None else "Give k, from 0: the unit that the weight comes from."
        raise SetupError("k", "A weight has a k, and nothing else has.", remedy)
    if k is not None:
        _check("k", k, 0, shape.sizes[layer - 1] - 1)
    return Symbol(kind, layer, j, k)


def _opening(shape: Shape, symbol: Symbol, via: str) -> Opened:
    """The symbol with the units to go through; SetupError where they lead out of the network."""
    if via and VIA.fullmatch(via) is None:
        raise SetupError("via", "This is not a list of units.", "Write numbers with commas between them, such as 3,1.")
    units = tuple(map(int, via.split(","))) if via else ()
    if len(units) > shape.depth - symbol.layer:
        raise SetupError("via", "via goes on behind the output.", f"Name at most {shape.depth - symbol.layer} units.")
    for l, unit in enumerate(units, start=symbol.layer + 1):
        _check("via", unit, 0, shape.sizes[l] - 1)
    return Opened(symbol, units)


def _check(field: str, index: int, lowest: int, highest: int) -> None:
    if not lowest <= index <= highest:
        raise SetupError(field, f"{field} points outside of the network.", f"Use {lowest} to {highest}.")


# The answer ----------------------------------------------------------------------------------------------------------


def _document(session: TrainingSession, opened: Opened) -> dict[str, Any]:
    """Paths, groups, sum and every example's own gradient, the largest first."""
    found = paths_of(session.current, session.focus_row, opened.symbol, opened.via)
    orientation = orientation_of(session)
    names = {
        factor.symbol: symbol_text(factor.symbol, session.shape, orientation)
        for path in found.paths
        for factor in path.factors
    }
    kind, layer, j, k = found.symbol
    examples = sorted(zip(session.batch, found.each, strict=True), key=lambda pair: -abs(pair[1]))
    return {
        **{"kind": kind, "layer": layer, "j": j, "k": k, "via": found.via, "count": found.count},
        "paths": [
            {
                "units": path.units,
                "factors": [{"symbol": names[symbol], "value": value} for symbol, value in path.factors],
                "own": real(path.own),
                "product": real(path.product),
            }
            for path in found.paths
        ],
        "groups": [{"unit": g.unit, "paths": g.paths, "sum": real(g.sum), "own": real(g.own)} for g in found.groups],
        **{"sum": real(found.sum), "own": real(found.own), "gradient": real(found.gradient)},
        "examples": [{"example": i, "gradient": real(own)} for i, own in examples],
    }
