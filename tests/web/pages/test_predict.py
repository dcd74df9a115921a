"""Questions over HTTP: the page stops for them and takes answers as forms; the API lists them and never waits."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from app.web.pages.predict import AnsweredAnswer, GivenAnswer, QuestionAnswer
from tests.web.reading import element, soup
from tests.web.talk import BATCHES, HTMX, act, begin, edit, read, start, state_of

TWO = {"lesson": "two-outputs-two-paths", "asking": True}


def at_question(client: TestClient) -> str:
    address = start(client, ask="")
    client.post(f"{address}/backward")
    return address


def panel(client: TestClient, address: str) -> Tag:
    return element(soup(client, address), "#predict")


def fields(client: TestClient, address: str) -> dict[str, str]:
    """What the question's form sends without anyone's doing."""
    return {str(field["name"]): str(field["value"]) for field in panel(client, address).select("input[type=hidden]")}


def cursor(client: TestClient, address: str) -> int:
    return int(state_of(client, address)["cursor"])


def answers(client: TestClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api{address}/answers").json()
    for one in found:
        GivenAnswer.model_validate(one, strict=True)
        assert set(one) == set(GivenAnswer.model_fields)
    return found


# The page -----------------------------------------------------------------------------------------------------------


def test_a_walk_begun_on_the_page_asks_and_one_begun_through_the_api_does_not(client: TestClient) -> None:
    asked, free = at_question(client), start(client, ask="0")
    client.post(f"{free}/backward")
    assert cursor(client, asked) < cursor(client, free)
    plain = begin(client, {"lesson": "two-outputs-two-paths"})
    client.post(f"/sessions/{plain['id']}/backward")
    assert cursor(client, f"/sessions/{plain['id']}") == cursor(client, free)


def test_a_closed_panel_is_empty(client: TestClient) -> None:
    assert panel(client, start(client, ask="")).contents == []


@pytest.mark.parametrize("verb", ["step", "forward", "backward", "update"])
def test_a_step_at_an_open_question_shows_what_it_asks_and_the_verdict_stays_until_the_next(
    client: TestClient, verb: str
) -> None:
    address = at_question(client)
    before = cursor(client, address)
    assert client.post(f"{address}/{verb}", data={"playing": "1"}, headers=HTMX).status_code == 200
    assert cursor(client, address) == before + 1
    told = panel(client, address).get_text(" ", strip=True)
    assert "Shown. The answer is negative." in told.replace(" .", ".")
    assert "The sign: " in told
    assert 'hx-trigger="every' not in client.get(address).text
    client.post(f"{address}/step")
    assert panel(client, address).contents == []


@pytest.mark.parametrize(("verb", "form"), [("train", {"iterations": "3"}), ("go", {"cursor": "17"})])
def test_who_goes_elsewhere_is_not_held_up_by_a_question(client: TestClient, verb: str, form: dict[str, str]) -> None:
    address = at_question(client)
    assert client.post(f"{address}/{verb}", data=form, headers=HTMX).status_code == 200
    assert answers(client, address) == []
    assert cursor(client, address) >= 17


def test_one_submit_answers_and_the_walk_goes_on(client: TestClient) -> None:
    address = at_question(client)
    before = cursor(client, address)
    chosen = panel(client, address).select_one('button[name=sign][value="negative"]')
    assert chosen is not None
    assert client.post(f"{address}/answer", data={**fields(client, address), "sign": "negative"}).status_code == 303
    assert cursor(client, address) == before + 1
    told = panel(client, address).get_text(" ", strip=True)
    assert "Right. You said negative." in told.replace(" .", ".")
    assert [(one["part"], one["right"]) for one in answers(client, address)] == [("sign", True)]


def test_htmx_gets_the_panels_that_an_answer_changed(client: TestClient) -> None:
    address = at_question(client)
    form = {**fields(client, address), "sign": "negative"}
    fragment = client.post(f"{address}/answer", data=form, headers=HTMX).text
    assert set(re.findall(r'hx-target="#([a-z]+)"', fragment)) >= {"predict", "status", "equation"}


def test_the_answer_knows_how_long_it_took(client: TestClient) -> None:
    address = at_question(client)
    form = fields(client, address)
    form["asked_at"] = str(float(form["asked_at"]) - 7.5)
    client.post(f"{address}/answer", data={**form, "skip": "1"})
    assert 7.5 <= answers(client, address)[0]["seconds"] < 3600


@pytest.mark.parametrize("asked_at", ["", "nan", "1e999", "soon", "-1e300", "1e300"])
def test_a_moment_that_makes_no_sense_does_no_harm(client: TestClient, asked_at: str) -> None:
    address = at_question(client)
    assert client.post(f"{address}/answer", data={"skip": "1", "asked_at": asked_at}).status_code == 303
    assert 0 <= answers(client, address)[0]["seconds"] <= 86_400


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "No sign is chosen."),
        ({"sign": "up"}, "No sign is chosen."),
        ({"sign": "negative", "about": "another"}, "is not open"),
    ],
)
def test_what_is_no_answer_is_said_in_the_panel(client: TestClient, form: dict[str, str], words: str) -> None:
    address = at_question(client)
    before = cursor(client, address)
    response = client.post(f"{address}/answer", data=form)
    assert response.status_code == 422
    page = BeautifulSoup(response.text, "html.parser")
    assert words in page.select_one("#predict #reply").get_text()  # type: ignore[union-attr]
    assert page.select_one("#message").get_text(strip=True) == ""  # type: ignore[union-attr]
    assert cursor(client, address) == before


def at_number(client: TestClient) -> str:
    """A walk in front of the question for a hidden unit's error signal."""
    address = start(client, ask="")
    client.post(f"{address}/go", data={"cursor": "18"})
    client.post(f"{address}/step")
    return address


def test_text_that_is_no_number_is_refused_and_never_echoed(client: TestClient) -> None:
    response = client.post(f"{at_number(client)}/answer", data={"guess": "<b>nan</b>"}, headers=HTMX)
    assert response.status_code == 422
    assert "This is not a number." in response.text
    assert "<b>nan" not in response.text


def test_a_guess_is_shown_as_text(client: TestClient) -> None:
    address = at_number(client)
    client.post(f"{address}/answer", data={"guess": " 1 / 4 "})
    assert "You said 1 / 4." in panel(client, address).get_text()


def test_the_switch_asks_never_at_times_or_always(client: TestClient) -> None:
    address = at_question(client)
    assert client.post(f"{address}/ask", data={"on": "0"}).status_code == 303
    assert panel(client, address).contents == []
    client.post(f"{address}/ask", data={"on": "1"})
    assert panel(client, address).find("form") is not None
    client.post(f"{address}/go", data={"cursor": "12"})
    client.post(f"{address}/ask", data={"on": "always"})
    assert panel(client, address).contents == []
    client.post(f"{address}/step")
    assert "the weight from hidden unit 2 to output 1" in panel(client, address).get_text()
    assert client.post(f"{address}/ask", data={"on": "often"}).status_code == 422


def test_switching_to_the_right_rules_keeps_the_place_and_whether_it_asks(client: TestClient) -> None:
    address = at_question(client)
    other = start(client, ask="", as_published="false", keep=address.rpartition("/")[2])
    client.post(f"{other}/step")
    assert panel(client, other).find("form") is not None
    quiet = start(client, ask="0")
    client.post(f"{quiet}/backward")
    assert panel(client, start(client, ask="", keep=quiet.rpartition("/")[2])).contents == []


def test_play_rests_at_a_question(client: TestClient) -> None:
    address = start(client, ask="")
    for _ in range(40):
        fragment = client.post(f"{address}/step", data={"playing": "1"}, headers=HTMX).text
        if "<form" in fragment and "/answer" in fragment:
            break
    else:
        pytest.fail("no question came")
    assert 'hx-trigger="every' not in fragment
    assert "Is the error signal of output 2 positive, negative or zero?" in fragment


# The API ------------------------------------------------------------------------------------------------------------


def test_verbs_of_the_api_never_wait_for_an_answer(client: TestClient) -> None:
    state = begin(client, TWO)
    assert act(client, state, "update")["cursor"] == state["equations"]


def test_the_api_tells_the_question_takes_the_answer_and_names_the_slip(client: TestClient) -> None:
    state = begin(client, TWO)
    address, at = f"/sessions/{state['id']}", f"/api/sessions/{state['id']}"
    client.post(f"{address}/backward")
    sign = client.get(f"{at}/question").json()
    QuestionAnswer.model_validate(sign, strict=True)
    assert (sign["part"], sign["equation"]["kind"], sign["equation"]["layer"]) == ("sign", "delta", 2)
    first = client.post(f"{at}/answer", json={"sign": "negative"}).json()
    AnsweredAnswer.model_validate(first, strict=True)
    assert (first["answer"]["right"], first["question"]) == (True, None)
    client.post(f"{address}/go", data={"cursor": "18"})
    value = client.get(f"{at}/question").json()
    assert value["part"] == "value"
    assert "w^[2]_12" in value["equation"]["text"]  # as the chain rule has it, not as the notebook does
    found = begin(client, {"lesson": "two-outputs-two-paths"})
    published = act(client, found, "backward")["backward"]["delta"][0][0][1]
    rev = client.get(at).json()["rev"]
    last = client.post(f"{at}/answer", json={"guess": f"{published:.5f}".replace(".", ","), "rev": rev}).json()
    assert last["question"] is None
    assert not last["answer"]["right"]
    assert last["answer"]["slip"] == "with a row of W where the chain rule takes a column"
    assert last["answer"]["truth"] == pytest.approx(0.0112922, rel=1e-4)
    assert len(answers(client, address)) == 2


def test_no_question_is_null_and_an_answer_to_it_is_refused(client: TestClient) -> None:
    state = begin(client, TWO)
    at = f"/api/sessions/{state['id']}"
    assert client.get(f"{at}/question").json() is None
    refused = client.post(f"{at}/answer", json={"skip": True})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sign": "up"},
        {"sign": "positive", "guess": "1"},
        {"skip": False},
        {"guess": 1},
        {"guess": "1" * 61},
        {"guess": "nan"},
        {"sign": "positive", "seconds": 3},
    ],
)
def test_an_answer_that_does_not_fit_is_refused_in_words(client: TestClient, body: dict[str, Any]) -> None:
    state = begin(client, TWO)
    client.post(f"/sessions/{state['id']}/backward")
    response = client.post(f"/api/sessions/{state['id']}/answer", json=body)
    assert response.status_code == 422
    assert all(error["remedy"] for error in response.json()["errors"])


def test_asking_can_be_turned_on_and_off_through_the_api(client: TestClient) -> None:
    state = begin(client, {**BATCHES, "asking": True})
    client.post(f"/sessions/{state['id']}/update")
    assert read(client, state, "/question")["equation"]["kind"] in ("delta", "dW")
    edit(client, state, asking=False)
    assert read(client, state, "/question") is None


def test_a_stale_answer_changes_nothing(client: TestClient) -> None:
    state = begin(client, TWO)
    client.post(f"/sessions/{state['id']}/backward")
    stale = client.post(f"/api/sessions/{state['id']}/answer", json={"sign": "positive", "rev": state["rev"]})
    assert stale.status_code == 412
    assert answers(client, f"/sessions/{state['id']}") == []
