"""The comparison page: both ways at one place, by forms and by htmx, and the way to where they part."""

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.lessons import LESSONS
from tests.web.pages.test_walk import HTMX, revision, state
from tests.web.pages.test_walk import start as begun
from tests.web.reading import soup, words
from tests.web.talk import BATCHES, begin

SLUGS = [lesson.slug for lesson in LESSONS]


def start(client: TestClient, lesson: str = "two-outputs-two-paths", as_published: bool = True) -> str:
    """The address of a new walk that asks nothing."""
    return f"/sessions/{begin(client, {'lesson': lesson, 'as_published': as_published})['id']}"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_lesson_shows_both_ways_at_the_same_place(client: TestClient, slug: str) -> None:
    address = start(client, slug)
    client.post(f"{address}/backward")
    page = soup(client, f"{address}/compare")
    assert [words(page, f".side.{side} h3") for side in ("left", "right")] == ["as published", "put right"]
    assert "iteration 1" in words(page, ".where")
    assert words(page, ".phase") == "backward"


def test_as_published_stands_left_whichever_way_is_walked(client: TestClient) -> None:
    published, right = start(client), start(client, as_published=False)
    pages = []
    for address in (published, right):
        client.post(f"{address}/go", data={"cursor": "18"})
        pages.append(soup(client, f"{address}/compare"))
    assert [words(pages[0], f".side.{side} .found") for side in ("left", "right")] == ["0.00847", "0.00895"]
    assert words(pages[0], ".pair") == words(pages[1], ".pair")


@pytest.mark.parametrize("verb", ["step", "back", "reset", "forward", "go"])
def test_a_plain_form_from_the_comparison_leads_back_to_it(client: TestClient, verb: str) -> None:
    address = start(client)
    client.post(f"{address}/backward")
    answer = client.post(f"{address}/{verb}", data={"next": "compare", "rev": revision(client, address), "cursor": "3"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}/compare")


def test_htmx_gets_the_part_that_moves_and_no_page_around_it(client: TestClient) -> None:
    address = start(client)
    answer = client.post(f"{address}/step", data={"next": "compare"}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "equation 1 of 37" in answer.text


def test_another_word_for_the_next_page_leads_to_the_explorer(client: TestClient) -> None:
    address = start(client)
    answer = client.post(f"{address}/step", data={"next": "//elsewhere.example"})
    assert answer.headers["Location"] == address


def test_the_way_to_the_first_parting_goes_back_over_iterations(client: TestClient) -> None:
    address = start(client)
    for _ in range(3):
        client.post(f"{address}/update")
    answer = client.post(f"{address}/compare/first", data={"next": "compare"})
    assert answer.headers["Location"] == f"{address}/compare"
    at = state(client, address)
    assert (at["iteration"], at["cursor"]) == (0, 18)
    assert words(soup(client, f"{address}/compare"), ".partings").count("You are there.") == 2


def test_a_stale_form_is_told_on_the_comparison_itself(client: TestClient) -> None:
    address = start(client)
    client.post(f"{address}/step")
    answer = client.post(f"{address}/step", data={"next": "compare", "rev": "1"})
    assert answer.status_code == 412
    page = BeautifulSoup(answer.text, "html5lib")
    assert "nothing was changed" in words(page, "#comparison .warning")


def test_what_the_notebook_printed_stands_beside_the_equation(client: TestClient) -> None:
    address = start(client)
    client.post(f"{address}/go", data={"cursor": "20"})
    note = words(soup(client, f"{address}/compare"), ".note")
    assert note == "The notebook prints 0.00042369: what this walk finds as published, to the last digit."


def test_a_long_run_is_fetched_by_a_second_request_once_and_then_is_there(client: TestClient) -> None:
    address = start(client, "a-slope-too-many")
    from app.sessions.compare import notebook_run as runs

    runs._RUNS.clear()
    page = soup(client, f"{address}/compare")
    assert page.select_one("#run svg") is None
    link = page.select_one("#run a")
    assert link is not None
    fragment = client.get(str(link["href"]), headers=HTMX).text
    assert "<html" not in fragment
    assert "0.7777571291611867" in fragment
    for path in ("compare", "compare/run"):
        assert soup(client, f"{address}/{path}").select_one("#run svg.plot") is not None


def test_a_network_of_ones_own_without_a_mistake_can_be_forked(client: TestClient) -> None:
    session = begin(client, BATCHES)
    page = soup(client, f"/sessions/{session['id']}/compare")
    assert "no other walk" in words(page, ".verdict")
    assert len(page.select("#fork form")) == 6
    assert client.get(f"/sessions/{session['id']}/compare/run").status_code == 404


def test_a_mistake_in_a_network_of_ones_own_is_compared_with_the_right_rule(client: TestClient) -> None:
    session = begin(client, {**BATCHES, "mistake": "wrong_sign"})
    page = soup(client, f"/sessions/{session['id']}/compare")
    assert [words(page, f".side.{side} h3") for side in ("left", "right")] == [
        "with the mistake",
        "with the right rule",
    ]
    assert page.select_one("#run") is None


def test_a_counterpart_that_runs_away_is_told_and_the_walk_stays(client: TestClient) -> None:
    address = start(client, "hours-of-study")
    client.post(f"{address}/learning-rate", data={"learning_rate": "1.2"})
    for iterations in ("700", "300"):
        client.post(f"{address}/train", data={"iterations": iterations})
    page = soup(client, f"{address}/compare")
    assert "cannot be followed to here" in words(page, ".warning")
    assert len(page.select(".side")) == 1


def test_the_comparison_has_no_id_twice_and_no_inline_code(client: TestClient) -> None:
    address = start(client)
    client.post(f"{address}/backward")
    page = soup(client, f"{address}/compare")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert not [tag for tag in page.find_all() if any(a == "style" or a.startswith("on") for a in tag.attrs)]


def test_the_explorer_links_to_the_comparison(client: TestClient) -> None:
    address = start(client)
    links = [a["href"] for a in soup(client, address).select("#headline a")]
    assert links[-2:] == [f"{address}/compare", f"{address}/pictures"]


def test_an_open_question_is_told_with_the_way_to_it_and_nothing_passes_it(client: TestClient) -> None:
    address = begun(client, ask="1")
    client.post(f"{address}/backward", data={"next": "compare"})
    before = state(client, address)["cursor"]
    page = soup(client, f"{address}/compare")
    assert "asks before it shows" in words(page, ".warning")
    assert page.select_one(f'.warning a[href="{address}"]') is not None
    for way in ("step", "compare/first"):
        client.post(f"{address}/{way}", data={"next": "compare"})
        assert state(client, address)["cursor"] == before
