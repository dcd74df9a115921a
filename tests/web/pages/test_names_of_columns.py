"""Column names and class labels are a learner's own text: wherever they are shown they are text and nothing else."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.views.pictures.pictures import PICTURES
from tests.web.pages.test_build import filled, form_of
from tests.web.talk import HTMX, Json, act, begin, on_one_client

MARK = "zebra"
NASTY = (
    f"<i id={MARK}>",
    f"</title><script id={MARK}>",
    f'" onload="{MARK}',
    f"' {MARK}='",
    f"&lt;{MARK}&gt;",
    f"]]><{MARK}>",
)
PLANE: Json = {"X": [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [0.5, -1.0]]}
LINE: Json = {"X": [[0.0], [1.0], [2.0], [0.5]]}
MANY: Json = {"X": [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 2.0, 0.0], [0.5, -1.0, 3.0]]}
CLASSES = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
TARGETS: dict[str, Json] = {
    "numbers": {"Y": [[0.5, 1.0], [1.5, 0.0], [2.0, 3.0], [1.0, 1.0]]},
    "two classes": {"Y": [[0.0], [1.0], [1.0], [0.0]]},
    "classes": {"Y": CLASSES},
}
LOSSES = {"numbers": "mean_squared_error", "two classes": "binary_cross_entropy", "classes": "cross_entropy"}
OUTPUTS = {"numbers": "identity", "two classes": "sigmoid", "classes": "softmax"}
QUERIES = ("", "?class=1&output=1&across=1&up=0&unit=1")


def named(count: int, names: list[str]) -> list[str]:
    """So many different names."""
    return [f"{names[i % len(names)][:38]}{i}" for i in range(count)]


def walk(client: TestClient, inputs: Json, kind: str, names: list[str]) -> str:
    """The address of a walk over a table whose columns bear the names."""
    features, outputs = len(inputs["X"][0]), len(TARGETS[kind]["Y"][0])
    every = named(features + outputs, names)
    data = {**inputs, **TARGETS[kind], "columns": every[:features], "names": every[features:]}
    state = begin(
        client,
        {
            "sizes": [features, 2, outputs],
            "activations": ["tanh", OUTPUTS[kind]],
            "loss": LOSSES[kind],
            "data": data,
            "batch_size": 2,
        },
    )
    act(client, state, "train", iterations=5)
    return f"/sessions/{state['id']}"


class Elements(HTMLParser):
    """What a page is made of: its elements, their attributes, their ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs), *(str(value) for name, value in attrs if name == "id")}


def only_text(response: Any) -> None:
    """No name has become an element, an attribute or an id."""
    assert response.status_code in (200, 422), response.text
    if MARK in response.text:
        names = Elements(response.text).names
        assert not [name for name in names if MARK in name or name.startswith("on")]


def test_what_is_looked_for_would_be_found() -> None:
    for nasty in NASTY[:4]:
        names = Elements(f"<svg aria-label=\"{nasty}\" title='{nasty}'><title>{nasty}</title></svg>").names
        assert [name for name in names if MARK in name or name.startswith("on")]


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("inputs", [LINE, PLANE, MANY])
def test_the_names_of_columns_stay_text_on_every_page_of_a_walk(client: TestClient, inputs: Json, kind: str) -> None:
    at = walk(client, inputs, kind, list(NASTY))
    found = [client.get(f"{at}/pictures/{name}{query}", headers=HTMX) for name in PICTURES for query in QUERIES]
    found += [client.get(f"{at}/pictures?show={name}") for name in PICTURES]
    found += [client.get(f"{at}/pictures/curves", headers=HTMX), client.get(at), client.get(f"{at}/paths?of=w-1-0-0")]
    found += [client.get(f"/build?like={at.rsplit('/', 1)[1]}"), client.get(f"{at}/compare")]
    found.append(client.post(f"{at}/edit", data={"of": "x-0-0", "value": "7"}, headers=HTMX))
    found.append(client.post(f"{at}/edit", data={"of": "y-0-0", "value": "1"}, headers=HTMX))
    found.append(client.post(f"{at}/run", data={"count": "3", "next": "pictures"}, headers=HTMX))
    fork = client.post(f"{at}/fork", data={"thing": "optimizer", "value": "adam"}, follow_redirects=True)
    for response in (*found, fork):
        only_text(response)
    assert sum(MARK in response.text for response in found) > len(PICTURES)


letters = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"])
names = st.lists(st.builds(lambda rest: f"<i id={MARK}>{rest}&", st.text(letters, max_size=20)), min_size=1, max_size=3)


@given(names, st.sampled_from(list(TARGETS)))
@on_one_client(8)
def test_whatever_a_column_is_called_it_stays_text(client: TestClient, every: list[str], kind: str) -> None:
    at = walk(client, MANY, kind, every)
    for name in PICTURES:
        only_text(client.get(f"{at}/pictures/{name}", headers=HTMX))
    only_text(client.get(at))


def quoted(text: str) -> str:
    """As a CSV file holds it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


@pytest.mark.parametrize("target", ["", "0", "last-2"])
def test_the_heads_and_labels_of_a_pasted_table_stay_text(client: TestClient, target: str) -> None:
    heads = ",".join(map(quoted, NASTY[:4]))
    rows = "\n".join(
        f"{i},{i * 2},{i % 3},{quoted(NASTY[i % 3])}" if target == "" else f"{i},{i * 2},{i % 3},{i}" for i in range(6)
    )
    form = form_of(client) | {"source": "table", "table": f"{heads}\n{rows}\n", "target": target}
    for do in ("", "start", "add", f"set target=<i id={MARK}>", f"set {MARK}=<i id={MARK}>", f"remove <i id={MARK}>"):
        for headers in ({}, HTMX):
            response = client.post("/build", data=form | {"do": do}, headers=headers)
            if response.status_code != 303:
                only_text(response)
                assert MARK in response.text
    page = client.post("/build", data=form | {"output": "softmax", "loss": "cross_entropy"})
    started = client.post("/build", data=filled(page.text) | {"do": "start"})
    if target == "":
        only_text(client.get(f"{started.headers['Location']}/pictures"))
