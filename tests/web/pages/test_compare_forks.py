"""Forks from the page: a new walk beside one with one thing changed, stepped and trained together."""

import pytest
from starlette.testclient import TestClient

from tests.web.pages.test_walk import HTMX, revision
from tests.web.reading import soup, words
from tests.web.talk import BATCHES, LESSON, Json, begin

FORKS = [
    ("learning_rate", "0.05", "η = 0.05"),
    ("optimizer", "adam", "Adam"),
    ("activation", "relu", "ReLU"),
    ("loss", "half_squared_error", "half squared error"),
    ("initializer", "he_normal", "he normal"),
    ("seed", "3", "seed 3"),
]


def fork(client: TestClient, thing: str, value: str, of: Json = BATCHES) -> str:
    """The address of the fork."""
    at = f"/sessions/{begin(client, of)['id']}"
    response = client.post(f"{at}/fork", data={"thing": thing, "value": value})
    assert response.status_code == 303, response.text
    assert response.headers["location"].endswith("/compare")
    return str(response.headers["location"]).removesuffix("/compare")


@pytest.mark.parametrize(("thing", "value", "name"), FORKS)
def test_a_fork_stands_beside_the_walk_and_says_what_is_different(
    client: TestClient, thing: str, value: str, name: str
) -> None:
    at = fork(client, thing, value, LESSON if thing == "loss" else BATCHES)
    client.post(f"{at}/update")
    page = soup(client, f"{at}/compare")
    assert words(page, ".side.right h3") == name
    assert "instead of" in words(page, "#fork .say")
    assert page.select_one("#both-losses-title") is not None
    assert page.select(".compared td.other")


def test_both_step_and_train_together(client: TestClient) -> None:
    at = fork(client, "optimizer", "adam")
    form = {"iterations": "40", "rev": revision(client, at), "next": "compare"}
    response = client.post(f"{at}/train", data=form, headers=HTMX)
    assert response.status_code == 200
    after = soup(client, f"{at}/compare")
    assert "iteration 40" in words(after, ".where")
    assert words(after, ".side.left .legend") != words(after, ".side.right .legend")
    client.post(f"{at}/undo")
    assert "iteration 1 " in words(soup(client, f"{at}/compare"), ".where")


def test_the_walk_that_was_forked_stays_as_it_is(client: TestClient) -> None:
    state = begin(client)
    client.post(f"/sessions/{state['id']}/fork", data={"thing": "optimizer", "value": "adam"})
    assert client.get(f"/api/sessions/{state['id']}").json() == state


def test_a_lesson_is_forked_as_it_is_with_its_mistake(client: TestClient) -> None:
    at = fork(client, "learning_rate", "0.5", {"lesson": "two-outputs-two-paths"})
    page = soup(client, f"{at}/compare")
    assert page.select_one("#run") is None
    assert client.get(f"/api{at}").json()["setup"]["mistake"] == "untransposed_weights"


@pytest.mark.parametrize(
    ("thing", "value"),
    [("learning_rate", "1000"), ("learning_rate", "x"), ("optimizer", "sgd"), ("size", "3"), ("", ""), ("seed", "2.5")],
)
def test_what_cannot_be_forked_is_told_on_the_page(client: TestClient, thing: str, value: str) -> None:
    at = f"/sessions/{begin(client, LESSON)['id']}"
    response = client.post(f"{at}/fork", data={"thing": thing, "value": value})
    assert response.status_code == 422
    assert 'class="warning"' in response.text


@pytest.mark.parametrize("value", ["1_0", "\u0661\u0662", "0." + "1" * 60, "nan", "0x1", "1e999"])
def test_a_number_is_taken_only_as_people_write_it(client: TestClient, value: str) -> None:
    at = f"/sessions/{begin(client, BATCHES)['id']}"
    for thing in ("learning_rate", "seed"):
        response = client.post(f"{at}/fork", data={"thing": thing, "value": value})
        assert response.status_code == 422
        assert value not in response.text


@pytest.mark.parametrize("value", ["0.0500", "5e\u22122", "+.05", "0.05000000000000000277555756156289135"])
def test_a_number_is_called_as_it_is_whatever_way_it_was_written(client: TestClient, value: str) -> None:
    at = fork(client, "learning_rate", value)
    assert words(soup(client, f"{at}/compare"), ".side.right h3") == "η = 0.05"


def test_a_hunt_cannot_be_forked(client: TestClient) -> None:
    location = client.post("/bug-lab", data={"level": "1", "seed": "3"}).headers["location"]
    assert client.post(f"{location}/fork", data={"thing": "optimizer", "value": "adam"}).status_code == 404


@pytest.mark.parametrize(
    ("thing", "value", "opening"), [("learning_rate", "0.05", "η = 0.05"), ("seed", "3", "seed 3")]
)
def test_the_verdict_names_the_walk_beside_by_what_is_different(
    client: TestClient, thing: str, value: str, opening: str
) -> None:
    at = fork(client, thing, value)
    client.post(f"{at}/update")
    assert f"With {opening}, the result is" in words(soup(client, f"{at}/compare"), ".verdict")


def test_with_nothing_beside_it_a_walk_shows_no_empty_panels_and_leads_on(client: TestClient) -> None:
    at = f"/sessions/{begin(client, BATCHES)['id']}"
    page = soup(client, f"{at}/compare")
    assert words(page, ".verdict").endswith("Change one thing below.")
    assert page.select(".warning, .partings, .compared") == []
    assert [link["href"] for link in page.select(".ways-on a")] == [at, f"{at}/pictures", f"{at}/compare"]
