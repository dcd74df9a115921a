"""What is sent: how large, how packed, how deep, and under which names. Nothing of it comes back."""

import gzip
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.settings import Settings
from tests.web.talk import BY_HAND, FORM, HTMX, JSON, LESSON, begin, on_one_client, pieces, served, walk_of

KILO = 1024


# Bodies -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "kind"), [("/step", FORM), ("/train", FORM), ("/api", JSON)])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_more_than_64_kilobytes_is_refused(
    client: TestClient, verb: str, kind: dict[str, str], chunked: bool
) -> None:
    session = begin(client)["id"]
    path = f"/api/sessions/{session}/train" if verb == "/api" else f"/sessions/{session}{verb}"
    body = b" " * (64 * KILO + 1)
    assert client.post(path, content=pieces(body) if chunked else body, headers=kind).status_code == 413
    fits = b" " * 64 * KILO
    assert client.post(path, content=pieces(fits) if chunked else fits, headers=kind).status_code != 413


def test_the_largest_table_of_examples_is_taken_and_twice_as_much_is_not(client: TestClient) -> None:
    setup = {**BY_HAND, "data": {"X": [[0.123456789, 0.2]] * 1000, "Y": [[0.123456789, 0.2]] * 1000}}
    body = json.dumps(setup, indent=2).encode()
    assert 64 * KILO < len(body) < 512 * KILO
    assert client.post("/api/sessions", content=body, headers=JSON).status_code != 413
    padded = body + b" " * (512 * KILO - len(body))
    assert client.post("/api/sessions", content=padded, headers=JSON).status_code != 413
    for content in (padded + b" ", pieces(padded + b" ")):
        assert client.post("/api/sessions", content=content, headers=JSON).status_code == 413


def test_the_limits_of_bodies_are_settings(settings: Settings) -> None:
    small = settings.model_copy(update={"max_body_bytes": 10, "max_data_bytes": 100})
    with served(small) as client:
        session = begin(client)["id"]
        assert client.post(f"/api/sessions/{session}/step", json={"by": "equation"}).status_code == 413
        assert client.post("/api/sessions", content=b" " * 101).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 30, "0x10"])
def test_a_strange_content_length_is_no_way_around(client: TestClient, length: str) -> None:
    body = b" " * (64 * KILO + 1)
    session = begin(client)["id"]
    response = client.post(f"/sessions/{session}/step", content=body, headers={**FORM, "content-length": length})
    assert response.status_code == 413


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "x"])
@pytest.mark.parametrize("path", ["/sessions", "/api/sessions"])
def test_a_packed_body_is_refused(client: TestClient, encoding: str, path: str) -> None:
    body = gzip.compress(b" " * 1_000_000)
    response = client.post(path, content=body, headers={**JSON, "content-encoding": encoding})
    assert response.status_code == 415


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"data":'])
def test_a_hundred_thousand_brackets_in_each_other_are_no_json(client: TestClient, opening: bytes) -> None:
    body = opening * (100_000 if len(opening) == 1 else 50_000)
    assert client.post("/api/sessions", content=body, headers=JSON).status_code == 400


def test_brackets_that_close_are_refused_too(client: TestClient) -> None:
    for depth in (50, 500, 5_000):
        body = b'{"sizes":' + b"[" * depth + b"]" * depth + b"}"
        assert client.post("/api/sessions", content=body, headers=JSON).status_code in (400, 422)


@pytest.mark.parametrize("fields", [41, 5_000])
def test_a_form_of_too_many_fields_is_refused(client: TestClient, fields: int) -> None:
    body = "&".join(f"field{i}=1" for i in range(fields))
    assert client.post(f"{walk_of(client)}/step", content=body, headers=FORM).status_code == 422


# Names --------------------------------------------------------------------------------------------------------------

MARK = "zebra"
SPECIAL = "<>&\"'/\\`=;\0\x07\x1b\x7f\u200b\u202e\u2066\ufeff\ud7ff\U0010ffffe\u0301"
nasty = st.text(alphabet=st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"])), max_size=30)
names = st.builds(lambda before, after: f"{before}{MARK}<i id={MARK}>{after}", nasty, nasty)
FORM_FIELDS = ["by", "rev", "cursor", "example", "learning_rate", "iterations", "epochs", "speed", "playing", "open",
               "next", "keep", "lesson", "as_published", "digits", "theme", "motion", "value", "answer"]  # fmt: skip
WHERE_NAMES_GO: list[dict[str, Any]] = [
    {"lesson": 0},
    {**BY_HAND, "loss": 0},
    {**BY_HAND, "activations": [0, 0]},
    {**BY_HAND, "mistake": 0},
    {**BY_HAND, "optimizer": {"kind": 0}},
    {"sizes": [2, 1], "data": {"dataset": 0}},
    {"sizes": [2, 1], "data": {"dataset": "xor"}, "initializer": {"kind": 0}},
]


def with_name(body: Any, name: str) -> Any:
    """The same with the name in the places that are 0 and hold names."""
    if isinstance(body, dict):
        return {
            key: with_name(value, name) if key not in ("X", "Y", "W", "b") else value for key, value in body.items()
        }
    if isinstance(body, list):
        return [with_name(value, name) for value in body]
    return name if body == 0 else body


def says_nothing_of_it(text: str) -> None:
    assert MARK not in text.lower()


@given(st.sampled_from(WHERE_NAMES_GO), names)
@on_one_client(120)
def test_no_name_that_a_client_invents_is_taken_or_comes_back_from_the_api(
    client: TestClient, body: dict[str, Any], name: str
) -> None:
    response = client.post("/api/sessions", json=with_name(body, name))
    assert response.status_code == 422
    says_nothing_of_it(response.text)


@pytest.mark.parametrize(
    "name",
    [
        "sigmoid\u202e",
        "sigmoid\0",
        " sigmoid",
        "sig\u200bmoid",
        "ｓigmoid",
        "sigmo\u0131\u0307d",
        "Sigmoid",
        "sigmoid\n",
    ],
)
def test_a_name_is_taken_only_as_it_is_written(client: TestClient, name: str) -> None:
    assert client.post("/api/sessions", json={**BY_HAND, "activations": [name, "sigmoid"]}).status_code == 422


@given(
    st.sampled_from(["step", "back", "train", "go", "focus", "learning-rate", ""]), st.sampled_from(FORM_FIELDS), names
)
@on_one_client(120)
def test_no_form_field_puts_an_element_or_a_word_into_a_page(
    client: TestClient, verb: str, field: str, value: str
) -> None:
    address = walk_of(client)
    path = f"{address}/{verb}" if verb else "/sessions"
    for headers in ({}, HTMX):
        response = client.post(path, data={**LESSON, field: value}, headers=headers)
        assert response.status_code < 500
        says_nothing_of_it(response.text + response.headers.get("location", ""))
    says_nothing_of_it(client.get(address).text)


@given(names)
@on_one_client(60)
def test_no_address_query_or_cookie_puts_an_element_or_a_word_into_a_page(client: TestClient, value: str) -> None:
    for path in ("/lessons/{}", "/sessions/{}", "/{}", "/api/{}"):
        page = client.get(path.format(quoted(value)))
        assert page.status_code in (404, 405)
        assert not BeautifulSoup(page.text, "html.parser").find_all("i", id=MARK)
    address = walk_of(client)
    for name in ("open", "rev", "next", "digits"):
        page = client.get(address, params={name: value}, headers={"Cookie": f"theme={quoted(value)}"})
        assert page.status_code < 500
        says_nothing_of_it(page.text)


def quoted(text: str) -> str:
    """Every byte as %XX."""
    return "".join(f"%{byte:02X}" for byte in text.encode())
