"""Double click, lost answer, two tabs, back button, reload, restart: the same step everywhere, and none done twice."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.reading import soup
from tests.web.talk import FORM, LESSON, Json, begin

Opened = Callable[..., TestClient]  # takes settings by name


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Servers on one data directory, one after the other or beside each other."""
    with ExitStack() as stack:

        def one(**more: object) -> TestClient:
            given = {"data_directory": tmp_path, "allowed_hosts": ("testserver",), "session_burst": 100_000, **more}
            return stack.enter_context(TestClient(create_app(Settings(**given)), follow_redirects=False))  # type: ignore[arg-type]

        yield one


def form_of(client: TestClient, session: str) -> dict[str, str]:
    """The fields that a tab's page sends with every click."""
    page = soup(client, f"/sessions/{session}")
    fields = page.select("#revision input")
    return {str(field["name"]): str(field["value"]) for field in fields}


def press(
    client: TestClient, session: str, form: dict[str, str], verb: str = "step", htmx: str = "false"
) -> tuple[int, str]:
    """Status and text of one click."""
    headers = {**FORM, "HX-Request": htmx}
    response = client.post(f"/sessions/{session}/{verb}", content=urlencode(form), headers=headers)
    return response.status_code, response.text


def place(client: TestClient, session: str) -> tuple[int, int]:
    """Revision and cursor."""
    state = client.get(f"/api/sessions/{session}").json()
    return state["rev"], state["cursor"]


def test_a_page_sends_a_word_of_its_own(client: TestClient) -> None:
    session = begin(client)["id"]
    one, two = form_of(client, session), form_of(client, session)
    assert one["rev"] == two["rev"] == "1"
    assert one["op"] != two["op"]
    assert len(one["op"]) >= 8


def test_a_double_click_is_one_step(client: TestClient) -> None:
    session = begin(client)["id"]
    form = form_of(client, session)
    assert [press(client, session, form)[0] for _ in range(3)] == [303, 303, 303]
    assert place(client, session) == (2, 1)


def test_a_double_click_on_the_comparison_is_one_step_too(client: TestClient) -> None:
    session = begin(client, {"lesson": "two-outputs-two-paths"})["id"]
    page = soup(client, f"/sessions/{session}/compare")
    fields = page.select('#comparison input[type="hidden"][form="walk"]')
    form = {str(field["name"]): str(field["value"]) for field in fields} | {"next": "compare"}
    assert [press(client, session, form, htmx="true")[0] for _ in range(3)] == [200, 200, 200]
    assert place(client, session) == (2, 1)


def test_a_click_sent_again_by_htmx_shows_what_the_lost_answer_had_shown(client: TestClient) -> None:
    session = begin(client)["id"]
    form = form_of(client, session)
    first, again = (press(client, session, form, htmx="true") for _ in range(2))
    assert (first[0], again[0]) == (200, 200)
    assert 'name="rev" form="walk" value="2"' in again[1]
    assert place(client, session) == (2, 1)


def test_another_button_of_an_old_page_is_not_taken_for_the_same_click(client: TestClient) -> None:
    session = begin(client)["id"]
    form = form_of(client, session)
    press(client, session, form)
    status, page = press(client, session, form, "forward")
    assert status == 412
    assert "This tab was behind" in page
    assert place(client, session) == (2, 1)


def test_the_second_of_two_tabs_is_shown_the_step_at_which_the_walk_stands(client: TestClient) -> None:
    session = begin(client)["id"]
    one, two = form_of(client, session), form_of(client, session)
    for _ in range(7):
        assert press(client, session, one)[0] == 303
        one = form_of(client, session)
    status, page = press(client, session, two)
    assert status == 412
    assert "This tab was behind: the walk went on elsewhere. Here is step 7 of iteration 1" in page
    fresh = BeautifulSoup(page, "html.parser").select("#revision input")
    assert press(client, session, {str(field["name"]): str(field["value"]) for field in fresh})[0] == 303
    assert place(client, session) == (9, 8)


def test_a_reload_and_a_restart_show_the_same_step_and_still_know_the_click(opened: Opened) -> None:
    first = opened()
    session = begin(first)["id"]
    form = form_of(first, session)
    press(first, session, form)
    second = opened()  # another process, or the same one after a restart
    for client in (first, second):
        assert form_of(client, session)["rev"] == "2"
        assert press(client, session, form)[0] == 303
    assert place(second, session) == place(first, session) == (2, 1)


def test_no_page_of_a_walk_is_kept_by_the_browser_for_its_back_button(client: TestClient) -> None:
    session = begin(client)["id"]
    assert client.get(f"/sessions/{session}").headers["Cache-Control"] == "no-store"


# The API ------------------------------------------------------------------------------------------------------------


def step(client: TestClient, session: str, key: str, body: Json) -> tuple[int, Json]:
    response = client.post(f"/api/sessions/{session}/step", json=body, headers={"Idempotency-Key": key})
    return response.status_code, response.json()


def test_a_request_with_an_idempotency_key_is_done_once(client: TestClient) -> None:
    session = begin(client)["id"]
    answers = [step(client, session, "one", {"rev": 1}) for _ in range(3)]
    assert [(status, state["rev"], state["cursor"]) for status, state in answers] == [(200, 2, 1)] * 3
    assert answers[0] == answers[2]


def test_without_a_revision_the_key_alone_decides(client: TestClient) -> None:
    session = begin(client)["id"]
    for key in ("one", "one", "two", "one", "two", "three"):
        assert step(client, session, key, {})[0] == 200
    assert place(client, session) == (4, 3)


def test_a_key_with_another_body_is_another_request(client: TestClient) -> None:
    session = begin(client)["id"]
    step(client, session, "one", {"by": "equation"})
    assert step(client, session, "one", {"by": "layer"})[1]["rev"] == 3


def test_a_request_is_known_for_the_next_16_and_a_revision_protects_it_after_that(client: TestClient) -> None:
    session = begin(client)["id"]
    for i in range(17):
        step(client, session, f"key{i}", {"rev": i + 1})
    assert step(client, session, "key1", {"rev": 2})[0] == 200
    assert step(client, session, "key0", {"rev": 1})[0] == 412
    assert place(client, session) == (18, 17)


@pytest.mark.parametrize("key", ["x" * 101, "two words"])
def test_a_key_that_is_none_is_explained(client: TestClient, key: str) -> None:
    status, problem = step(client, begin(client)["id"], key, {})
    assert (status, problem["errors"][0]["field"]) == (422, "Idempotency-Key")


# Bounds -------------------------------------------------------------------------------------------------------------


def test_where_the_store_is_full_a_new_walk_gets_507_with_retry_after_and_those_there_go_on(opened: Opened) -> None:
    client = opened(max_store_megabytes=0.2)
    first, refused = begin(client)["id"], client.get("/")
    while refused.status_code in (200, 201):
        refused = client.post("/api/sessions", json=LESSON)
    assert refused.status_code == 507
    assert int(refused.headers["Retry-After"]) > 0
    assert "of the 0.2 MB that this server keeps of them" in refused.json()["detail"]
    for path, form in (("/sessions", {"lesson": "hours-of-study"}), ("/bug-lab", {"level": "1", "seed": "3"})):
        page = client.post(path, data=form)
        assert (page.status_code, page.headers["Retry-After"]) == (507, refused.headers["Retry-After"])
        assert "Those that are there go on." in page.text
    for rev in range(1, 50):
        assert client.post(f"/api/sessions/{first}/step", json={"rev": rev}).status_code == 200
    assert press(client, first, form_of(client, first))[0] == 303


def test_a_session_that_is_too_large_is_explained(opened: Opened) -> None:
    client = opened(max_session_bytes=64_000)
    random = Random(1)
    numbers = [[random.uniform(-1, 1) for _ in range(8)] for _ in range(1000)]
    response = client.post("/api/sessions", json={"sizes": [8, 2, 8], "data": {"X": numbers, "Y": numbers}})
    assert response.status_code == 422
    assert "at most 64 kB are kept of one" in response.json()["detail"]
