"""Forms with anything in their fields, in any order: no walk breaks, and no page shows what is no number."""

import re

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.sessions.clock import Clock
from tests.web.api.test_fuzz import nothing_but_numbers
from tests.web.talk import HTMX, begin, on_one_client

NUMBERS = st.sampled_from(
    [
        "",
        "0",
        "1",
        "-1",
        "0.5",
        "1e6",
        "-1e6",
        "1e7",
        "1e308",
        "1e999",
        "nan",
        "inf",
        "-Infinity",
        "5e-324",
        "1_0",
        "٣",
        "9" * 12,
        "9" * 400,
        "0x1",
        "1,5",
        "\x00",
        "<b>",
        "−2",
    ]
)
PLACES = st.sampled_from(["", "0", "1", "2", "-1", "9" * 400, "x"])  # these are sent along to other pictures
OF_PICTURES = ("of", "show", "scale", "layer", "unit", "across", "class", "see", "look")
NAMES = st.sampled_from(
    [
        "w-1-0-0",
        "w-1-9-9",
        "b-1-0",
        "x-0-0",
        "y-0-0",
        "y-0",
        "w-1-0",
        "b-1-0-0",
        "eta",
        "",
        "x-999999-0",
        "w-0-0-0",
        "x",
    ]
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "of": NAMES,
        "value": NUMBERS,
        "step": NUMBERS,
        "count": NUMBERS,
        "until": NUMBERS,
        "rev": NUMBERS,
        "measure": st.sampled_from(["epochs", "iterations", "miles"]),
        "next": st.sampled_from(["pictures", "compare", "x"]),
        "thing": st.sampled_from(["learning_rate", "optimizer", "activation", "loss", "initializer", "seed", "size"]),
        "show": st.sampled_from(["contour", "landscape", "units", "gradients", "x"]),
        "scale": st.sampled_from(["logarithmic"]),
        "playing": st.sampled_from(["1", "0"]),
        "op": st.text(max_size=5),
        "layer": PLACES,
        "unit": PLACES,
        "across": PLACES,
        "class": PLACES,
        "see": st.sampled_from(["way", "wide"]),
        "look": st.sampled_from(["update"]),
    },
)
VERBS = st.sampled_from(["edit", "undo", "run", "run/on", "run/pause", "run/stop", "fork", "step", "update", "back"])


def without_what_is_sent_along(text: str) -> str:
    """A page without the hidden fields in which a form sends what was given for other pictures."""
    return re.sub(r'<input type="hidden"[^>]*>', "", text)


@given(st.lists(st.tuples(VERBS, FIELDS, st.booleans()), min_size=2, max_size=6))
@on_one_client(12)
def test_no_form_breaks_a_walk_or_shows_what_is_no_number(
    client: TestClient, clock: Clock, clicks: list[tuple[str, dict[str, str], bool]]
) -> None:
    clock.tick = 0.005  # a training without end is a few iterations a request
    session = begin(client)["id"]
    for verb, form, with_scripts in clicks:
        form = {**form, "until": "1"} if "until" in form and with_scripts else {**form, "count": "9"}
        headers = HTMX if with_scripts else {}
        response = client.post(f"/sessions/{session}/{verb}", data=form, headers=headers)
        assert response.status_code in (200, 303, 409, 412, 422), (verb, form)
        nothing_but_numbers(without_what_is_sent_along(response.text))
        chosen = {name: value for name, value in form.items() if name in OF_PICTURES}
        shown = client.get(f"/sessions/{session}/pictures", params=chosen, headers=headers)
        assert shown.status_code == 200
        nothing_but_numbers(without_what_is_sent_along(shown.text))


BUILDING = st.dictionaries(
    st.sampled_from(
        [
            "data.examples",
            "data.noise",
            "data.seed",
            "data.test_share",
            "units-1",
            "units-2",
            "initializer.seed",
            "initializer.scale",
            "optimizer.learning_rate",
            "optimizer.beta1",
            "optimizer.epsilon",
            "batch_size",
            "optimizer.weight_decay",
            "optimizer.clip_norm",
            "optimizer.schedule.every",
            "decimals",
            "parameters",
            "optimizer.schedule.minimum",
            "shuffle_seed",
            "target",
            "table",
            "activation-1",
            "loss",
            "output",
        ]
    ),
    NUMBERS,
    max_size=5,
)


@given(
    BUILDING, st.sampled_from(["xor", "iris", "by-hand", "tower"]), st.sampled_from(["", "start", "add", "remove 1"])
)
@on_one_client(25)
def test_whatever_is_typed_while_building_gets_the_page_or_a_walk(
    client: TestClient, changes: dict[str, str], point: str, do: str
) -> None:
    response = client.post("/build", data={"optimizer.kind": "adamw", "do": do, **changes, "from": point})
    assert response.status_code in (200, 303, 422)
    form = {"source": "table", "optimizer.kind": "adamw", "optimizer.schedule.kind": "step", "do": do, **changes}
    response = client.post("/build", data=form)
    assert response.status_code in (200, 303, 422)
