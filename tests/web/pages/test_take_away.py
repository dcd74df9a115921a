"""Take away: every form from its own address, and a walk as a link or a file that becomes a walk again."""

import csv
import io
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.views.take_away.forms import FORMS
from tests.web.reading import soup
from tests.web.talk import Json, begin, start, state_of

LESSON = "two-outputs-two-paths"


def stepped(client: TestClient, steps: int = 12) -> str:
    """The address of a lesson's walk after so many steps."""
    at = start(client, LESSON)
    for _ in range(steps):
        client.post(f"{at}/step")
    return at


def same(one: Json, other: Json) -> bool:
    """Whether two states are the same but for whose they are."""
    return {**one, "id": "", "rev": 0} == {**other, "id": "", "rev": 0}


# A link ---------------------------------------------------------------------------------------------------------------


def test_a_link_shows_what_it_is_and_begins_the_same_walk_on_a_click(client: TestClient) -> None:
    at = stepped(client)
    client.post(f"{at}/edit", data={"of": "w-1-0-0", "value": "0.7"})
    link = client.get(f"/api{at}/link").json()
    assert link["url"] == f"http://testserver{link['path']}"
    assert len(link["path"]) <= 300

    assert client.get(f"{at}/link").headers["location"] == link["path"]

    page = soup(client, link["path"])
    assert "At step 12 of" in page.text
    assert "One value was changed on the way." in page.text
    before = client.get("/walks").text
    form = page.select_one("main form")
    assert form is not None
    answer = client.post(str(form["action"]))
    assert answer.status_code == 303
    assert same(state_of(client, str(answer.headers["location"])), state_of(client, at))
    assert client.get("/walks").text == before  # a program's walk is nobody's list


def test_looking_at_a_link_keeps_nothing(client: TestClient) -> None:
    path = client.get(f"/api{stepped(client)}/link").json()["path"]
    answer = client.get(path)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_the_api_begins_a_walk_of_a_link(client: TestClient) -> None:
    at = stepped(client)
    link = client.get(f"/api{at}/link").json()
    for given in link.values():
        answer = client.post("/api/sessions", json={"link": given})
        assert answer.status_code == 201
        assert same(answer.json(), state_of(client, at))


@pytest.mark.parametrize("link", ["1", "1AAAA", "2AAAA", "%00", "1" + "A" * 3_000])
def test_a_link_that_leads_nowhere_is_a_page_that_says_so(client: TestClient, link: str) -> None:
    for answer in (client.get(f"/w/{link}"), client.post(f"/w/{link}")):
        assert answer.status_code == 422
        assert "link" in answer.text
    problem = client.post("/api/sessions", json={"link": link})
    assert problem.status_code == 422
    assert problem.json()["errors"][0]["field"] == "link"


def test_a_walk_is_kept_as_a_file_and_opened_from_the_page_of_the_lessons(client: TestClient) -> None:
    at = stepped(client)
    file = client.get(f"{at}/export/again.walk.json")
    assert file.headers["content-disposition"].endswith('two-outputs-two-paths-again.walk.json"')
    form = soup(client, "/").select_one('form[enctype="multipart/form-data"]')
    assert form is not None
    answer = client.post(str(form["action"]), files={"file": ("a.walk.json", file.content)})
    assert answer.status_code == 303
    assert same(state_of(client, str(answer.headers["location"])), state_of(client, at))

    for wrong in ({"file": ("a.json", b"{}")}, {"file": ("", b"")}, {"other": ("a", b"")}):
        assert client.post("/w", files=wrong).status_code == 422


def test_a_walk_that_is_too_long_for_an_address_says_so_and_is_a_file(client: TestClient) -> None:
    X = [[i / 7, (i * i) / 11] for i in range(300)]
    given = {"sizes": [2, 2, 1], "data": {"X": X, "Y": [[i % 2] for i in range(300)]}}
    at = "/sessions/" + begin(client, given)["id"]
    page = soup(client, f"{at}/take-away")
    assert "holds too much for an address" in page.text
    assert page.select_one("[data-link]") is None
    assert client.get(f"{at}/link").headers["location"] == f"{at}/take-away"
    file = client.get(f"{at}/export/again.walk.json").content
    answer = client.post("/w", files={"file": ("a", file)})
    assert same(state_of(client, str(answer.headers["location"])), state_of(client, at))


# The forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_from_the_page_and_from_the_api(client: TestClient, form: str) -> None:
    at = stepped(client)
    page, api = client.get(f"{at}/export/{form}"), client.get(f"/api{at}/export/{form}")
    assert page.status_code == api.status_code == 200
    assert page.content == api.content
    assert api.headers["content-type"].startswith(FORMS[form].media)
    assert api.headers["content-disposition"] == f'attachment; filename="two-outputs-two-paths-{form}"'


def test_an_unknown_form_is_a_404_that_lists_them(client: TestClient) -> None:
    at = stepped(client, 1)
    answer = client.get(f"/api{at}/export/cobol.cbl")
    assert answer.status_code == 404
    for form in FORMS:
        assert form in answer.json()["detail"]


def test_the_page_shows_how_each_form_begins_and_leads_to_it(client: TestClient) -> None:
    at = stepped(client)
    page = soup(client, f"{at}/take-away")
    links = {str(link["href"]) for link in page.select(".taking a.button")}
    links |= {str(form["action"]) for form in page.select(".taking form")}
    links |= {str(button["formaction"]) for button in page.select(".taking [formaction]")}
    assert {f"{at}/export/{form}" for form in FORMS} <= links
    for form in FORMS:
        if f"{at}/take-away?preview={form}#preview" in links:
            begins = soup(client, f"{at}/take-away?preview={form}").select_one("#preview pre")
            assert begins is not None
            text = client.get(f"{at}/export/{form}").text
            assert begins.text.split("\n")[:5] == text.replace("\r", "").split("\n")[:5]


def test_a_sheet_is_as_its_address_asks_and_says_what_does_not_fit(client: TestClient) -> None:
    at = stepped(client)
    one = client.get(f"{at}/export/worksheet.html?seed=7&form=B&level=4&decimals=3&comma=1")
    assert one.content == client.get(f"/api{at}/export/worksheet.html?seed=7&form=B&level=4&decimals=3&comma=1").content
    assert "Worksheet B · numbers 7 · Only the data given · 3 decimals" in one.text
    assert "default-src 'none'" in one.text
    assert "<script" not in one.text
    for wrong in ("level=9", "seed=x", "form=C", "decimals=0"):
        answer = client.get(f"/api{at}/export/key.html?{wrong}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == wrong.partition("=")[0]


def test_a_drawing_is_light_or_dark(client: TestClient) -> None:
    at = stepped(client)
    light, dark = (client.get(f"{at}/export/drawing.svg?theme={theme}").text for theme in ("light", "dark"))
    assert light == client.get(f"{at}/export/drawing.svg").text
    assert "#1d2430" in light
    assert "#1d2430" not in dark
    assert "<title" in light
    assert "<desc>Two outputs, two paths</desc>" in light
    assert client.get(f"/api{at}/export/drawing.svg?theme=neon").json()["errors"][0]["field"] == "theme"


def test_nothing_is_taken_away_while_it_would_tell(client: TestClient) -> None:
    hunted = str(client.post("/bug-lab", data={"level": "1"}).headers["location"])
    asked = str(client.post("/sessions", data={"lesson": LESSON}).headers["location"])
    for _ in range(40):
        if soup(client, asked).select_one("#predict form"):
            break
        client.post(f"{asked}/step")
    for at in (hunted, asked):
        exports = [f"{at}/export/{form}" for form in FORMS]
        for address in (f"{at}/take-away", *exports, *(f"/api{export}" for export in exports)):
            answer = client.get(address)
            assert answer.status_code == 409
            assert "would tell the answer" in answer.text
        problem = client.get(f"/api{at}/link")
        assert problem.status_code == 409
        assert problem.json()["type"].endswith("#not-yet")
        assert urlsplit(problem.json()["type"]).fragment in client.get("/docs").text


def test_the_tables_hold_what_the_page_has_shown_to_the_last_bit(client: TestClient) -> None:
    at = stepped(client, 20)
    trace = client.get(f"/api{at}/trace").json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{at}/export/equations.csv").text)))
    assert [float(row["value"]) if row["value"] else None for row in rows] == [one["value"] for one in trace]
    assert [row["formula"] for row in rows] == [one["text"] for one in trace]

    check = client.get(f"/api{at}/gradient-check").json()["parameters"]
    numeric = {(one["layer"], one["kind"], one["j"], one["k"]): one["numeric"] for one in check}
    rows = list(csv.DictReader(io.StringIO(client.get(f"{at}/export/parameters.csv").text)))
    assert len(rows) == 12
    shown = [float(row["numerical gradient"]) for row in rows if row["gradient"]]
    assert shown
    assert set(shown) <= set(numeric.values())

    client.post(f"{at}/train", data={"iterations": "30"})
    losses = client.get(f"/api{at}/history").json()["iterations"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{at}/export/losses.csv").text)))
    assert [float(row["loss before the update"]) for row in rows] == losses
