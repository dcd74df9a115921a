"""The comparison page: both ways at one place, by forms and by htmx, and the way to where they part."""

import gzip

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from tests.sessions.clock import Clock
from tests.web.reading import element, revision, soup, words
from tests.web.talk import BATCHES, HTMX, LESSON, Json, begin, hunt, read, start, state_of, walk_of

SLUGS = [lesson.slug for lesson in LESSONS]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_lesson_shows_both_ways_at_the_same_place(client: TestClient, slug: str) -> None:
    address = start(client, slug)
    client.post(f"{address}/backward")
    page = soup(client, f"{address}/compare")
    assert [words(page, f".side.{side} h3") for side in ("left", "right")] == ["as published", "put right"]
    assert "iteration 1" in words(page, ".where")
    assert words(page, ".phase") == "backward"


def test_as_published_stands_left_whichever_way_is_walked(client: TestClient) -> None:
    published, right = start(client), start(client, as_published="false")
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
    at = state_of(client, address)
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
    link = element(page, "#run a")
    fragment = client.get(str(link["href"]), headers=HTMX).text
    assert "<html" not in fragment
    assert "0.7777571291611867" in fragment
    for path in ("compare", "compare/run"):
        assert soup(client, f"{address}/{path}").select_one("#run svg.plot") is not None


def test_a_network_of_ones_own_without_a_mistake_can_be_forked(client: TestClient) -> None:
    session = begin(client, BATCHES)
    page = soup(client, f"/sessions/{session['id']}/compare")
    assert "no other walk" in words(page, ".verdict")
    assert len(page.select("#fork form")) == 10
    assert page.select_one("#fork details[open]") is not None
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
    links = [a["href"] for a in soup(client, address).select("#go-on a")]
    assert f"{address}/compare" in links


def test_an_open_question_is_told_with_the_way_to_it_and_a_step_shows_it(client: TestClient) -> None:
    address = start(client, ask="1")
    client.post(f"{address}/backward", data={"next": "compare"})
    before = state_of(client, address)["cursor"]
    page = soup(client, f"{address}/compare")
    assert "asks before it shows" in words(page, ".warning")
    assert page.select_one(f'.warning a[href="{address}"]') is not None
    client.post(f"{address}/step", data={"next": "compare"})
    assert state_of(client, address)["cursor"] == before + 1
    assert soup(client, f"{address}/compare").select_one(".warning") is None


# Act two --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
def test_every_lesson_has_an_act_two_to_which_its_walk_leads(client: TestClient, lesson: Lesson) -> None:
    address = start(client, lesson.slug, as_published="false" if lesson.mistaken else "true")
    assert element(soup(client, address), "#go-on a[href$=act-two]")["href"] == f"{address}/act-two"
    client.post(f"{address}/update")
    way = element(soup(client, address), "#end a")
    page = soup(client, str(way["href"]))
    assert words(page, "h1") == f"{lesson.riddle}. Find out why."
    assert len(page.select(".side math")) == len(page.select(".side svg")) == 2
    assert page.select_one("details.why[open]") is None
    assert lesson.hides in words(page, "details.why")
    assert state_of(client, address)["cursor"] == state_of(client, address)["equations"]


def test_act_two_is_the_lessons_own_whatever_was_changed_in_the_walk(client: TestClient) -> None:
    address = start(client)
    before = words(soup(client, f"{address}/act-two"), ".pair")
    client.post(f"{address}/edit", data={"of": "w-2-0-0", "value": "7"})
    assert words(soup(client, f"{address}/act-two"), ".pair") == before


def test_a_walk_without_a_lesson_has_no_act_two(client: TestClient) -> None:
    assert client.get(f"{walk_of(client, BATCHES)}/act-two").status_code == 404
    assert client.get(f"{hunt(client, 1, 3)}/act-two").status_code == 404


# Forks: a new walk beside one with one thing changed, stepped and trained together ------------------------------------

TESTED: Json = {
    "sizes": [2, 3, 1],
    "data": {"dataset": "moons", "examples": 40, "noise": 0.2, "seed": 1, "test_share": 0.25},
    "batch_size": 10,
}
FORKS = [
    ("learning_rate", "0.05", "η = 0.05"),
    ("optimizer", "adam", "Adam"),
    ("units", "5", "5 units a layer"),
    ("layers", "2", "2 hidden layers"),
    ("batch_size", "1", "batches of 1"),
    ("weight_decay", "0.01", "weight decay 0.01"),
    ("activation", "relu", "ReLU"),
    ("loss", "half_squared_error", "half squared error"),
    ("initializer", "he_normal", "he normal"),
    ("seed", "3", "seed 3"),
]


def fork(client: TestClient, thing: str, value: str, of: Json = BATCHES) -> str:
    """The address of the fork."""
    at = walk_of(client, of)
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
    assert "instead of" in words(page, "#fork .hint")
    assert page.select_one("#all-losses-title") is not None
    assert bool(page.select(".compared td.other")) == (thing not in ("units", "layers"))
    assert [text.get_text() for text in page.select(".became tbody th")][1] == name


def test_up_to_four_walks_stand_in_one_chart_each_with_its_losses_its_accuracies_and_its_boundary(
    client: TestClient,
) -> None:
    at = fork(client, "optimizer", "adam", TESTED)
    client.post(f"{at}/train", data={"iterations": "30"})
    for thing, value in (("units", "6"), ("batch_size", "5")):
        response = client.post(f"{at}/fork", data={"thing": thing, "value": value, "next": "compare"})
        assert response.status_code == 303
        assert response.headers["location"].endswith(f"{at}/compare")
    page = soup(client, f"{at}/compare")
    names = ["this walk", "batches of 5", "6 units a layer", "Adam"]
    assert [name.get_text() for name in page.select(".became tbody th")] == names
    for row in page.select(".became tbody tr"):
        losses = [float(cell.get_text()) for cell in row.select("td.num")]
        assert len(losses) == 4
        assert 0 <= min(losses[2:]) <= max(losses) <= 100
    assert len(page.select("#outcomes .charts .curve")) == 16  # losses and accuracies, over training and test examples
    assert len(page.select("#outcomes .seen .map")) == 4
    assert "iteration 30" in words(page, ".where")
    assert page.select("#fork form") == []
    full = client.post(f"{at}/fork", data={"thing": "seed", "value": "9", "next": "compare"})
    assert full.status_code == 422
    assert "Take one away" in full.text
    client.post(f"{at}/compare/beside", data={"which": "2", "next": "compare"})
    assert words(soup(client, f"{at}/compare"), ".side.right h3") == "Adam"
    client.post(f"{at}/compare/drop", data={"which": "1", "next": "compare"})
    page = soup(client, f"{at}/compare")
    assert [name.get_text() for name in page.select(".became tbody th")] == ["this walk", "Adam", "6 units a layer"]
    assert page.select("#fork form")
    for which in ("7", "-1", "x", ""):
        assert client.post(f"{at}/compare/drop", data={"which": which, "next": "compare"}).status_code == 422


def test_what_became_of_the_walks_is_sent_again_only_where_it_changed(client: TestClient) -> None:
    at = fork(client, "optimizer", "adam", TESTED)
    drawn = str(element(soup(client, f"{at}/compare"), "#outcomes [name=drawn]")["value"])
    form = {"next": "compare", "drawn": drawn}
    assert "all-losses-title" not in client.post(f"{at}/step", data=form, headers=HTMX).text
    assert "all-losses-title" in client.post(f"{at}/update", data=form, headers=HTMX).text


def test_a_training_of_all_walks_is_a_film_of_what_changes(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.001
    at = fork(client, "optimizer", "adam", TESTED)
    for thing, value in (("units", "6"), ("learning_rate", "0.3")):
        client.post(f"{at}/fork", data={"thing": thing, "value": value})
    form = {"next": "compare", "measure": "iterations", "count": "100000", "playing": "1", "pace": "fast"}
    begun = client.post(f"{at}/run", data=form, headers=HTMX)
    assert 'data-film="' in begun.text
    assert 'class="over"' not in begun.text  # nobody points at it while it moves
    has, seen = "", set()
    for _ in range(5):
        answer = client.post(f"{at}/run/on", data={**form, "has": has}, headers=HTMX)
        shown = answer.json()
        has = shown["has"]
        where = [one for one, _ in shown["parts"]]
        seen |= {one for one in where if one.endswith(".bands")}
        assert ".far" in where
        assert ".became tbody tr:nth-child(3) td:nth-of-type(1)" in where
        assert len(gzip.compress(answer.content)) < 6_000
    assert len(seen) == 4  # each frame has the picture of another walk
    stopped = client.post(f"{at}/run/stop", data={"next": "compare"}, headers=HTMX)
    assert "data-film" not in stopped.text
    assert 'class="over"' in stopped.text


def test_walks_of_a_regression_are_seen_by_their_fit(client: TestClient) -> None:
    at = fork(client, "units", "5", {"sizes": [1, 3, 1], "data": {"dataset": "sine", "examples": 20}})
    page = soup(client, f"{at}/compare")
    assert len(page.select("#outcomes .seen svg.plot")) == 2
    assert len(page.select("#outcomes .charts:not(.seen) svg.plot")) == 1


@pytest.mark.parametrize(("thing", "value"), [("units", "33"), ("layers", "6"), ("units", "-3"), ("batch_size", "1e9")])
def test_a_fork_is_no_larger_than_this_server_takes(client: TestClient, thing: str, value: str) -> None:
    response = client.post(f"{walk_of(client, TESTED)}/fork", data={"thing": thing, "value": value})
    assert response.status_code == 422
    assert 'class="warning"' in response.text


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
    assert read(client, state) == state


def test_a_lesson_is_forked_as_it_is_with_its_mistake(client: TestClient) -> None:
    at = fork(client, "learning_rate", "0.5", {"lesson": "two-outputs-two-paths"})
    page = soup(client, f"{at}/compare")
    assert page.select_one("#run") is None
    assert state_of(client, at)["setup"]["mistake"] == "untransposed_weights"


@pytest.mark.parametrize(
    ("thing", "value"),
    [("learning_rate", "1000"), ("learning_rate", "x"), ("optimizer", "sgd"), ("size", "3"), ("", ""), ("seed", "2.5")],
)
def test_what_cannot_be_forked_is_told_on_the_page(client: TestClient, thing: str, value: str) -> None:
    at = walk_of(client, LESSON)
    response = client.post(f"{at}/fork", data={"thing": thing, "value": value})
    assert response.status_code == 422
    assert 'class="warning"' in response.text


@pytest.mark.parametrize("value", ["1_0", "\u0661\u0662", "0." + "1" * 60, "nan", "0x1", "1e999"])
def test_a_number_is_taken_only_as_people_write_it(client: TestClient, value: str) -> None:
    at = walk_of(client, BATCHES)
    for thing in ("learning_rate", "seed"):
        response = client.post(f"{at}/fork", data={"thing": thing, "value": value})
        assert response.status_code == 422
        assert value not in response.text


@pytest.mark.parametrize("value", ["0.0500", "5e\u22122", "+.05", "0.05000000000000000277555756156289135"])
def test_a_number_is_called_as_it_is_whatever_way_it_was_written(client: TestClient, value: str) -> None:
    at = fork(client, "learning_rate", value)
    assert words(soup(client, f"{at}/compare"), ".side.right h3") == "η = 0.05"


def test_a_hunt_cannot_be_forked(client: TestClient) -> None:
    location = hunt(client, 1, 3)
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
    at = walk_of(client, BATCHES)
    page = soup(client, f"{at}/compare")
    assert words(page, ".verdict").endswith("Change one thing.")
    assert page.select(".warning, .partings, .compared") == []
    assert [link["href"] for link in page.select(".ways-on a")] == [at, f"{at}/pictures", f"{at}/compare"]
