"""What nobody thought of: requests made from the API's own documentation, and networks at the bounds of settings."""

import json
import math
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from app.engine.equations.mistakes import MISTAKES
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.losses import LOSSES
from app.main import create_app
from app.settings import Settings
from tests.web.talk import BATCHES, HTMX, begin

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = {"valid": GenerationMode.POSITIVE, "invalid": GenerationMode.NEGATIVE}
DOCUMENTED = create_app(Settings()).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENTED)
OPERATIONS = [(method, path) for path, methods in DOCUMENTED["paths"].items() for method in methods]
WITHOUT_INPUT = {"/api/lessons"}


def sent(client: TestClient, case: Case[Any], session: str) -> Any:
    """The answer to a generated request, made about a session that exists."""
    if "session_id" in case.path_parameters:
        case.path_parameters["session_id"] = session
    if "code" in case.path_parameters and not case.path.endswith("/events"):  # which would go on for ever
        opened = client.post("/api/classes", json={"session": session}).json()
        case.path_parameters["code"] = opened["code"]
        case.headers["Authorization"] = f"Bearer {opened['host']}"
    given = case.as_transport_kwargs(base_url="http://testserver")
    body = {"content": given["data"]} if isinstance(given.get("data"), bytes | str) else {"json": given.get("json")}
    if not body.get("content") and body.get("json") is None:
        body = {}
    return client.request(given["method"], given["url"], params=given["params"], headers=given["headers"], **body)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_fits_or_does_not_fit_the_documentation_gets_a_documented_answer(
    client: TestClient, method: str, path: str, mode: str
) -> None:
    operation = SCHEMA[path][method.upper()]
    if mode == "invalid" and (path in WITHOUT_INPUT or not (operation.body or list(operation.query))):
        return  # there is nothing to give that could be wrong
    session = begin(client, BATCHES)["id"]
    checks = CHECKS if mode == "valid" else [*CHECKS, negative_data_rejection]

    @seed(7)
    @settings(max_examples=25, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=MODES[mode]))
    def answered(case: Case[Any]) -> None:
        case.validate_response(sent(client, case, session), checks=checks)

    answered()


# Networks at the bounds ---------------------------------------------------------------------------------------------

AT_BOUNDS = st.sampled_from([1e6, -1e6, 1e-6, -1e-6, 0.0, 1.0, -1.0, 1e3, 5e-324, 2.2e-308])
SIZES = st.one_of(
    st.lists(st.sampled_from([1, 2, 3, 4]), min_size=2, max_size=5),
    st.sampled_from([[8, 32, 32, 32, 32, 32, 32], [1, 1, 1, 1, 1, 1, 1], [8, 32, 1], [2, 4, 3, 1]]),
)
HIDDEN = sorted(set(ACTIVATIONS) - {"softmax"})
OUTPUTS = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}


@st.composite
def targets(draw: st.DrawFn, loss: str, count: int) -> list[float]:
    """A row of targets that the loss takes."""
    if loss == "cross_entropy":
        one = draw(st.integers(0, count - 1))
        return [float(j == one) for j in range(count)]
    bounds = [0.0, 1.0] if loss in OUTPUTS else [0.0, 1.0, 1e6, -1e6]
    return [draw(st.sampled_from(bounds)) for _ in range(count)]


@st.composite
def setups(draw: st.DrawFn) -> dict[str, Any]:
    """A setup, every number of it from its bounds."""
    sizes = draw(SIZES)
    rows = draw(st.sampled_from([1, 2, 5]))
    X = [[draw(AT_BOUNDS) for _ in range(sizes[0])] for _ in range(rows)]
    loss = draw(st.sampled_from(sorted(LOSSES)))
    Y = [draw(targets(loss, sizes[-1])) for _ in range(rows)]
    last = OUTPUTS.get(loss) or draw(st.sampled_from(sorted(ACTIVATIONS)))
    return {
        "sizes": sizes,
        "activations": [*(draw(st.sampled_from(HIDDEN)) for _ in sizes[2:]), last],
        "loss": loss,
        "data": {"X": X, "Y": Y},
        "initializer": draw(st.sampled_from([{"kind": "constant", "value": v} for v in (1e6, -1e6, 1e-6, 0.0)] + [
            {"kind": kind, "scale": 1e6, "seed": 1} for kind in ("normal", "uniform")
        ] + [{"kind": "he_normal", "seed": 3}])),
        "optimizer": {"learning_rate": draw(st.sampled_from([100.0, 1e-6, 0.1, 5e-324]))},
        "batch_size": draw(st.sampled_from([None, 1])),
        "decimals": draw(st.sampled_from([None, None, 1, 12])),
        "mistake": draw(st.sampled_from([None, None, *sorted(MISTAKES)])),
    }  # fmt: skip


NOT_A_NUMBER = re.compile(r"(?<![\w'’-])[-−+]?(?:nan|inf(?:inity)?)(?![\w'’-])", re.IGNORECASE)


def nothing_but_numbers(text: str) -> None:
    """No NaN and no infinity, in text, attributes or coordinates."""
    assert not NOT_A_NUMBER.search(text), NOT_A_NUMBER.search(text)


def finite(text: str) -> None:
    """JSON whose every number is finite."""

    def refused(constant: str) -> float:
        raise AssertionError(constant)

    def number(digits: str) -> float:
        assert math.isfinite(float(digits)), digits
        return float(digits)

    json.loads(text, parse_constant=refused, parse_float=number)


MOVES: list[tuple[str, dict[str, object]]] = [
    ("forward", {}), ("backward", {}), ("update", {}), ("step", {"by": "equation"}), ("step", {"by": "epoch"}),
    ("back", {"by": "layer"}), ("train", {"iterations": 30}), ("step", {"by": "layer"}), ("back", {"by": "iteration"}),
]  # fmt: skip
CHANGES: list[dict[str, object]] = [
    {"learning_rate": 100}, {"learning_rate": 5e-324},
    {"parameter": {"layer": 1, "kind": "W", "j": 0, "k": 0, "value": 1e6}},
    {"parameter": {"layer": 1, "kind": "b", "j": 0, "value": -1e6}},
]  # fmt: skip
VIEWS = ("", "/gradient-check", "/paths?layer=1&kind=W&j=0&k=0", "/trace", "/history")


@pytest.fixture
def generous(settings: Settings) -> Any:
    """A server that does not mind many sessions."""
    with TestClient(create_app(settings.model_copy(update={"joining_burst": 10_000}))) as client:
        yield client


@seed(11)
@given(setups(), st.lists(st.sampled_from(MOVES), min_size=2, max_size=4), st.sampled_from([None, *CHANGES]))
@settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck))
def test_no_network_makes_the_server_fail_or_show_what_is_no_number(
    generous: TestClient, setup: dict[str, Any], moves: list[tuple[str, dict[str, object]]], change: Any
) -> None:
    begun = generous.post("/api/sessions", json=setup)
    assert begun.status_code in (201, 409, 422), begun.text
    if begun.status_code != 201:
        return
    session = begun.json()["id"]
    for verb, body in moves:
        moved = generous.post(f"/api/sessions/{session}/{verb}", json=body)
        assert moved.status_code in (200, 409), moved.text
        finite(moved.text)
    if change is not None:
        assert generous.patch(f"/api/sessions/{session}", json=change).status_code in (200, 409, 422)
        generous.post(f"/sessions/{session}/step", data={"by": "phase"}, headers=HTMX)
    for view in VIEWS:
        seen = generous.get(f"/api/sessions/{session}{view}")
        assert seen.status_code in (200, 409, 422), seen.text
        finite(seen.text)
    page = generous.get(f"/sessions/{session}")
    assert page.status_code == 200
    nothing_but_numbers(page.text)
    fragment = generous.post(f"/sessions/{session}/step", data={"by": "equation"}, headers=HTMX)
    assert fragment.status_code in (200, 409)
    nothing_but_numbers(fragment.text)
