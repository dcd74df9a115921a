"""The bug lab over HTTP: cases by address, verbs by forms, and nothing that gives the mistake away."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.engine.equations.mistakes import MISTAKES
from app.sessions.bug_lab import case_of, study_of
from app.views.pictures.pictures import PICTURES
from app.web.api.schemas import EquationAnswer
from app.web.http.own_walks import FORGOTTEN
from tests.sessions.clock import Clock
from tests.web.reading import element, soup
from tests.web.talk import HTMX, hunt, start, state_of

CASES = [(1, 3), (2, 5), (3, 2), (3, 40)]
BAD = ["-1", "1000000", "1.5", "x", "١", "1e3", "0x1", "9" * 400, "NaN", "1;2"]


def message(text: str) -> str:
    found = BeautifulSoup(text, "html.parser").find(class_="warning")
    return found.get_text(strip=True) if found else ""


def lab(client: TestClient, address: str) -> str:
    panel = element(soup(client, address), ".case")
    return " ".join(panel.get_text(" ").split())


def accusation(level: int, seed: int) -> dict[str, str]:
    """The form that solves a case."""
    setup = case_of(level, seed).setup
    named = dict(zip(("mistake", "second_mistake"), setup.mistakes, strict=False))
    return {"layer": str(study_of(setup).layer), **named}


# Cases by address -----------------------------------------------------------------------------------------------------


def test_the_page_offers_its_levels_and_stands_in_the_navigation(client: TestClient) -> None:
    page = soup(client, "/bug-lab")
    levels = [field["value"] for field in page.find_all("input", attrs={"name": "level"})]
    assert levels == ["0", "1", "2", "3", "2"]  # the last one is the case of the day
    assert client.get("/").text.count('href="/bug-lab"') == 1


def test_a_link_fixes_the_case_and_the_session_shows_that_link(client: TestClient) -> None:
    page = soup(client, "/bug-lab?level=2&seed=17")
    form = page.select_one(".ready form")
    assert form is not None
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    address = client.post("/bug-lab", data=fields).headers["Location"]
    assert 'href="/bug-lab?level=2&amp;seed=17"' in client.get(address).text


def test_the_same_seed_starts_the_same_network_and_no_seed_any(client: TestClient) -> None:
    setups = [state_of(client, hunt(client, 2, 17))["setup"] for _ in range(2)]
    assert setups[0] == setups[1]
    response = client.post("/bug-lab", data={"level": "1", "seed": ""})
    assert response.status_code == 303
    assert "Level 1, case" in lab(client, response.headers["Location"])


@pytest.mark.parametrize("seed", BAD)
def test_a_seed_that_is_none_is_refused_with_its_bounds(client: TestClient, seed: str) -> None:
    for response in (
        client.get("/bug-lab", params={"level": "2", "seed": seed}),
        client.post("/bug-lab", data={"level": "2", "seed": seed}),
    ):
        assert response.status_code == 422
        assert "seed is not a whole number from 0 to 999999" in response.text


@pytest.mark.parametrize("level", ["", "-1", "4", "two", "1.0"])
def test_a_level_that_is_none_is_refused_with_its_bounds(client: TestClient, level: str) -> None:
    for response in (
        client.get("/bug-lab", params={"level": level, "seed": "1"}),
        client.post("/bug-lab", data={"level": level}),
    ):
        assert response.status_code == 422
        assert "level is not a whole number from 0 to 3" in response.text


# Nothing is given away ------------------------------------------------------------------------------------------------


def words_of(setup: Any) -> list[str]:
    """What would tell the mistake: its name, what people do, the right rule, the slip."""
    made = [MISTAKES[name] for name in setup.mistakes]
    return [text for mistake in made for text in (mistake.name, mistake.says, mistake.remedy, mistake.slip)]


def without_choices(text: str) -> str:
    """An answer, whole or in parts, without the lists that offer all mistakes alike."""
    return re.sub(r'<form id="accuse".*?</form>', "", text, flags=re.DOTALL)


@pytest.mark.parametrize(("level", "seed"), CASES)
def test_no_page_of_the_walk_tells_the_mistake(client: TestClient, level: int, seed: int) -> None:
    address, setup = hunt(client, level, seed), case_of(level, seed).setup
    for _ in range(state_of(client, address)["equations"] + 1):
        page = without_choices(client.get(address).text)
        assert [words for words in words_of(setup) if words in page] == []
        client.post(f"{address}/step")


@pytest.mark.parametrize(("level", "seed"), CASES)
def test_the_api_tells_only_the_textbook_of_what_can_be_wrong(client: TestClient, level: int, seed: int) -> None:
    address, setup = hunt(client, level, seed), case_of(level, seed).setup
    client.post(f"{address}/update")
    shown = state_of(client, address)
    assert shown["setup"]["mistake"] == "hidden"
    assert shown["equation"]["terms"] == []
    textbook = {**shown["setup"], "mistake": None}
    right = client.post("/api/sessions", json=textbook).json()
    told, wanted = (client.get(f"/api/sessions/{one}/trace").json() for one in (shown["id"], right["id"]))
    for one, other in zip(told, wanted, strict=True):
        EquationAnswer.model_validate(one, strict=True)
        assert [one[part] for part in ("text", "latex", "kind")] == [other[part] for part in ("text", "latex", "kind")]
        if one["phase"] in ("backward", "update"):
            assert (one["code"], one["terms"]) == ("", [])
        else:
            assert one["code"] == other["code"]
    everything = client.get(f"/api{address}").text + str(told)
    assert [words for words in words_of(setup) if words in everything] == []


@pytest.mark.parametrize(("level", "seed"), CASES)
def test_the_backward_phase_shows_symbols_and_the_number_found_but_no_code(
    client: TestClient, level: int, seed: int
) -> None:
    address = hunt(client, level, seed)
    client.post(f"{address}/backward")
    panel = element(soup(client, address), "#equation")
    assert panel.find(id="code") is None
    assert "textbook" in panel.get_text()
    assert "The program finds" in panel.get_text()
    numbers = {mn.get_text() for mn in panel.find_all("mn")}
    assert not [text for text in numbers if "." in text]


@pytest.mark.parametrize("path", ["gradient-check", "paths?layer=1&kind=W&j=0&k=0"])
def test_the_api_gives_no_check_and_no_paths_until_it_is_solved(client: TestClient, path: str) -> None:
    address = hunt(client, 1, 3)
    refused = client.get(f"/api{address}/{path}")
    assert 400 <= refused.status_code < 500
    client.post(f"{address}/accuse", data=accusation(1, 3))
    assert client.get(f"/api{address}/{path}").status_code == 200


def test_there_is_nothing_to_compare_with_until_it_is_solved(client: TestClient) -> None:
    address = hunt(client, 1, 3)
    assert 400 <= client.get(f"{address}/compare").status_code < 500
    assert 400 <= client.post(f"{address}/check", data={"on": "1"}, headers=HTMX).status_code < 500
    client.post(f"{address}/accuse", data=accusation(1, 3))
    assert client.get(f"{address}/compare").status_code == 200


def test_nothing_is_asked_in_a_hunt(client: TestClient) -> None:
    address = hunt(client, 1, 3)
    client.post(f"{address}/ask", data={"on": "always"})
    for _ in range(30):
        client.post(f"{address}/step")
        prediction = element(soup(client, address), "#predict")
        assert prediction.get_text(strip=True) == ""


# Verbs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "seed"), CASES)
def test_a_case_is_solved_by_forms_and_then_tells_everything(client: TestClient, level: int, seed: int) -> None:
    address, setup = hunt(client, level, seed), case_of(level, seed).setup
    response = client.post(f"{address}/accuse", data=accusation(level, seed))
    assert (response.status_code, response.headers["Location"]) == (303, address)
    assert client.get(response.headers["Location"]).text.count("Next case") == 1
    told = lab(client, address)
    assert "Solved." in told
    assert all(" ".join(MISTAKES[name].remedy.split()) in told for name in setup.mistakes)
    made = state_of(client, address)["setup"]["mistake"]
    assert ([made] if isinstance(made, str) else made) == list(setup.mistakes)
    client.post(f"{address}/backward")
    assert 'id="code"' in client.get(address).text


def test_the_right_rule_brings_the_facts_and_a_second_curve(client: TestClient) -> None:
    address = hunt(client, 2, 5)
    early = client.post(f"{address}/apply-rule", headers=HTMX)
    assert early.status_code == 422
    client.post(f"{address}/accuse", data=accusation(2, 5))
    assert client.post(f"{address}/apply-rule").status_code == 303
    told = lab(client, address)
    assert re.search(r"had the wrong sign.*The loss (falls|rises).*XOR, in a", told)
    assert "right rule" in told
    assert client.get(address).text.count('class="curve') == 2


def test_a_check_is_listed_and_costs(client: TestClient) -> None:
    address = hunt(client, 1, 3)
    client.post(f"{address}/spend-check", data={"gradient": "dW-1-0-0"})
    told = lab(client, address)
    assert "score 96" in told
    assert re.search(r"verdict .*(right|wrong)", told)


def test_a_name_in_a_table_chooses_that_gradient_for_a_check(client: TestClient) -> None:
    address = hunt(client, 1, 3)
    page = soup(client, f"{address}/paths?of=w-1-1-0")
    chosen = element(page, "#spend option[selected]")
    assert chosen["value"] == "dW-1-1-0"
    assert element(page, "#check-it").has_attr("autofocus")
    assert (
        element(page, "#status").get_text()
        == "The gradient of the weight from input 1 to hidden unit 2 can be checked."
    )
    response = client.post(f"{address}/spend-check", data={"gradient": "db-2-0"})
    checked = soup(client, response.headers["Location"])
    assert element(checked, "#spend option[selected]")["value"] == "db-2-0"
    assert element(checked, ".spent button")["value"] == "b-2-0"


def test_a_wrong_accusation_says_what_does_not_fit(client: TestClient) -> None:
    address, setup = hunt(client, 2, 5), case_of(2, 5).setup
    wrong = next(name for name in MISTAKES if name not in setup.mistakes and MISTAKES[name].square_from is None)
    form = {"layer": accusation(2, 5)["layer"], "mistake": wrong}
    fragment = client.post(f"{address}/accuse", data=form, headers=HTMX).text
    assert "The program finds" in fragment or "cannot be made here" in fragment
    assert "score 85" in lab(client, address)


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("spend-check", {}),
        ("spend-check", {"gradient": "dW"}),
        ("spend-check", {"gradient": "dW-9-0-0"}),
        ("spend-check", {"gradient": "W-1-0-0"}),
        ("spend-check", {"gradient": "dW-1-0-0-0"}),
        ("spend-check", {"gradient": f"dW-1-0-{'9' * 300}"}),
        ("spend-check", {"gradient": "dW-1-0-x"}),
        ("accuse", {}),
        ("accuse", {"layer": "1"}),
        ("accuse", {"layer": "x", "mistake": "missing_slope"}),
        ("accuse", {"layer": "1", "mistake": "nothing"}),
        ("accuse", {"layer": "1", "mistake": "missing_slope", "second_mistake": "halved_gradient"}),
        ("apply-rule", {}),
    ],
)
def test_what_cannot_be_done_is_said_and_costs_nothing(client: TestClient, verb: str, form: dict[str, str]) -> None:
    address = hunt(client, 2, 5)
    response = client.post(f"{address}/{verb}", data=form, headers=HTMX)
    assert response.status_code == 422
    assert message(response.text).endswith(".")
    assert "score 100" in lab(client, address)


@pytest.mark.parametrize("verb", ["spend-check", "accuse", "apply-rule"])
def test_a_walk_that_is_no_hunt_takes_no_verb_of_one(client: TestClient, verb: str) -> None:
    address = client.post("/sessions", data={"lesson": "hours-of-study"}).headers["Location"]
    form = {**accusation(1, 3), "gradient": "dW-1-0-0"}
    assert client.post(f"{address}/{verb}", data=form, headers=HTMX).status_code == 422


def test_a_step_sends_no_bug_lab_panel_again(client: TestClient) -> None:
    address = hunt(client, 2, 5)
    client.get(address)
    fragment = client.post(f"{address}/step", data={"rev": "1"}, headers=HTMX).text
    assert 'hx-target="#equation"' in fragment
    assert 'hx-target="#bug-lab"' not in fragment


# What a browser keeps -------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    client.headers["Sec-Fetch-Site"] = "same-origin"
    return client


def begun(client: TestClient, **form: str) -> str:
    response = client.post("/bug-lab", data=form)
    assert response.status_code == 303
    return str(response.headers["Location"])


def following(client: TestClient, address: str) -> dict[str, str]:
    """What the button of the next case sends."""
    return {str(one["name"]): str(one["value"]) for one in soup(client, address).select("#bug-lab .ways-on input")}


def test_a_set_is_played_through_to_its_score_card(browser: TestClient) -> None:
    card = soup(browser, "/bug-lab/sets/17")
    fields = {str(one["name"]): str(one["value"]) for one in card.select(".next input")}
    assert fields == {"level": "1", "seed": "170", "in_set": "1"}
    address = begun(browser, **fields)
    assert "Set 17, case 1 of 10" in lab(browser, address)
    assert element(soup(browser, "/bug-lab/sets/17"), ".next a")["href"] == address
    browser.post(f"{address}/spend-check", data={"gradient": "dW-1-0-0"})
    browser.post(f"{address}/accuse", data=accusation(1, 170))
    assert following(browser, address) == {"level": "1", "seed": "171", "in_set": "1"}
    told = soup(browser, "/bug-lab/sets/17").get_text(" ")
    assert "96 of 1,000 points, 1 of 10 cases solved." in told
    assert "Solved, 96 points." in told
    assert 'href="/bug-lab/sets/17"' in browser.get("/bug-lab").text


def test_whoever_solves_a_case_again_keeps_the_first_score(browser: TestClient) -> None:
    for checks in (1, 0):
        address = begun(browser, level="1", seed="3")
        for _ in range(checks):
            browser.post(f"{address}/spend-check", data={"gradient": "dW-1-0-0"})
        browser.post(f"{address}/accuse", data=accusation(1, 3), headers=HTMX)
    assert "Solved, 96 points." in soup(browser, "/bug-lab?level=1&seed=3").get_text()
    assert "One case solved in this browser, with 96 points on average." in soup(browser, "/bug-lab").get_text()


def test_the_record_is_the_browsers_own_and_is_sent_to_the_lab_alone(browser: TestClient) -> None:
    address = begun(browser, level="1", seed="3")
    kept = [one for one in browser.cookies.jar if one.name.startswith("hunt-")]
    assert [(one.path, one.value, one.has_nonstandard_attr("HttpOnly")) for one in kept] == [("/bug-lab", "1-3", True)]
    assert "hunt-" not in browser.get(address).request.headers.get("cookie", "")
    browser.cookies.clear()
    assert "Begun." not in soup(browser, "/bug-lab?level=1&seed=3").get_text()


def test_a_case_that_was_let_go_of_can_be_begun_again_and_a_revoked_one_is_found(browser: TestClient) -> None:
    gone, moved = begun(browser, level="1", seed="3"), begun(browser, level="1", seed="4")
    browser.post(f"{gone}/delete")
    browser.post(f"{moved}/revoke", data={"new_id": 24 * "n"})
    assert "Begun." not in soup(browser, "/bug-lab?level=1&seed=3").get_text()
    assert [one.name for one in browser.cookies.jar if one.name.startswith("hunt-")] == ["hunt-" + 24 * "n"]
    ready = soup(browser, "/bug-lab?level=1&seed=4")
    assert element(ready, ".ready a")["href"] == "/sessions/" + 24 * "n"


def test_what_is_no_record_is_passed_over_and_a_record_has_a_bound(browser: TestClient) -> None:
    names = "; ".join(f"hunt-{i:024}={value}" for i, value in enumerate(["<b>", "9-9", "1-3-96", "2-5"] * 50))
    answer = browser.get("/bug-lab", headers={"Cookie": names})
    assert answer.status_code == 200
    assert "One case solved in this browser, with 96 points" in answer.text
    assert len(answer.headers.get_list("set-cookie")) <= FORGOTTEN


def test_a_program_gets_no_record(client: TestClient) -> None:
    address = hunt(client, 1, 3)
    assert "set-cookie" not in client.post(f"{address}/accuse", data=accusation(1, 3)).headers


@pytest.mark.parametrize("number", ["-1", "100000", "x", "1.5"])
def test_a_set_that_is_none_is_refused_with_its_bounds(client: TestClient, number: str) -> None:
    for answer in (client.get(f"/bug-lab/sets/{number}"), client.post("/bug-lab/sets", data={"number": number})):
        assert answer.status_code == 422
        assert "The number is not a whole number from 0 to 99999." in answer.text


def test_a_set_is_found_by_its_number_and_a_new_one_without(client: TestClient) -> None:
    assert client.post("/bug-lab/sets", data={"number": "017"}).headers["Location"] == "/bug-lab/sets/17"
    new = client.post("/bug-lab/sets").headers["Location"]
    assert re.fullmatch(r"/bug-lab/sets/\d{1,5}", new)
    assert client.get(new).status_code == 200


def test_level_0_reads_the_clues_out_and_costs_nothing(browser: TestClient) -> None:
    address = begun(browser, level="0", seed="0")
    told = lab(browser, address)
    assert all(word in told for word in ("A check tells", "Paper tells", "Paths tell", "Here nothing costs a point."))
    assert "score" not in told
    browser.post(f"{address}/accuse", data=accusation(0, 0))
    assert "Done." in soup(browser, "/bug-lab").get_text()
    assert following(browser, address) == {"level": "1"}


# What came after: pictures, training, edits, forks, building, states --------------------------------------------------

HELD_BACK = ("landscape", "contour")  # they hold the gradients against the loss, which is what a hunt pays for
ASKED = ("", "?see=way&look=update&of=w-1-0-0")


def shown(text: str) -> str:
    """The picture that an answer holds."""
    found = re.search(r'id="shown" name="show"[^>]* value="(\w*)"', text)
    assert found is not None
    return found[1]


def answers(client: TestClient, address: str) -> list[Any]:
    """Everything that the new routes answer about a walk, with scripts and without."""
    looked = [
        client.get(f"{address}/pictures/{name}{query}", headers=headers)
        for name in (*PICTURES, "curves")
        for query in ASKED
        for headers in ({}, HTMX)
    ]
    forms = [
        ("edit", {"of": "w-1-0-0", "value": "0.5"}), ("edit", {"of": "x-0-0", "value": "0.5"}), ("undo", {}),
        ("edit", {"of": "b-1-0", "value": "x"}), ("run", {"count": "3", "next": "pictures"}), ("run/on", {}),
        ("run", {"until": "1", "next": "pictures"}), ("run/pause", {"next": "pictures"}), ("run/stop", {}),
        ("fork", {"thing": "optimizer", "value": "adam"}), ("step", {"next": "pictures"}),
        ("step", {"next": "compare"}), ("duplicate", {}), ("name", {"name": "mine"}),
    ]  # fmt: skip
    clicked = [client.post(f"{address}/{verb}", data=form, headers=HTMX) for verb, form in forms]
    patch = {"input": {"example": 0, "column": 0, "value": 0.3}}
    programs = [client.post(f"/api{address}/undo"), client.patch(f"/api{address}", json=patch)]
    whole = [client.get(f"{address}{page}") for page in ("", "/pictures", "/compare", "/compare/run", "/name")]
    return [*looked, *clicked, *programs, *whole, client.get(f"/build?like={address.rsplit('/', 1)[1]}")]


@pytest.mark.parametrize("verb", ["", "update"])
@pytest.mark.parametrize(("level", "seed"), CASES)
def test_no_new_page_and_no_new_verb_tells_the_mistake(
    client: TestClient, clock: Clock, level: int, seed: int, verb: str
) -> None:
    clock.tick = 0.005
    address, telling = hunt(client, level, seed), words_of(case_of(level, seed).setup)
    if verb:
        client.post(f"{address}/{verb}")
    for response in answers(client, address):
        assert response.status_code in (200, 303, 404, 422), response.url
        assert [words for words in telling if words in without_choices(response.text)] == [], response.url
    assert state_of(client, address)["setup"]["mistake"] == "hidden"


@pytest.mark.parametrize("name", HELD_BACK)
def test_a_picture_that_checks_gradients_is_not_there_by_address_either_until_it_is_solved(
    client: TestClient, name: str
) -> None:
    address = hunt(client, 1, 3)
    client.post(f"{address}/update")
    for path in (f"/pictures/{name}", f"/pictures?show={name}"):
        for headers in ({}, HTMX):
            text = client.get(f"{address}{path}", headers=headers if "?" not in path else {}).text
            assert shown(text) not in HELD_BACK
            assert not re.search(r'hx-get="[^"]*/pictures/(landscape|contour)"', text)
    trained = client.post(f"{address}/run", data={"count": "2", "next": "pictures", "show": name}, headers=HTMX)
    assert shown(trained.text) not in HELD_BACK
    client.post(f"{address}/accuse", data=accusation(1, 3))
    assert shown(client.get(f"{address}/pictures/{name}", headers=HTMX).text) == name


def test_a_hunt_leads_neither_to_a_comparison_nor_to_another_walk(client: TestClient) -> None:
    address = hunt(client, 2, 5)
    for page in (client.get(address).text, client.get(f"{address}/pictures").text):
        assert not re.search(r'href="[^"]*/compare"|/build\?like=|/fork"', page)
    session = address.rsplit("/", 1)[1]
    for path in (f"{address}/compare", f"{address}/compare/run", f"/build?like={session}"):
        assert client.get(path).status_code == 404
    for form in ({"thing": "optimizer", "value": "adam"}, {"thing": "seed", "value": "3"}, {}):
        assert client.post(f"{address}/fork", data=form).status_code == 404
    assert client.post(f"{address}/compare/first", headers=HTMX).status_code in (404, 422)


def test_a_check_of_a_gradient_that_is_not_there_is_refused_whether_a_bug_is_hunted_or_not(client: TestClient) -> None:
    """The page that says so tries to show what was chosen."""
    for at in (start(client, "two-outputs-two-paths"), hunt(client, 1, 3)):
        for gradient in ("dW-3-0-2", "dW-1-99-0", "db-0-0", "dW-1-0-999999999999"):
            answer = client.post(f"{at}/spend-check", data={"gradient": gradient})
            assert answer.status_code == 422, gradient
