"""The page of pictures: whole or one picture alone, with and without scripts, for every kind of walk."""

from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.engine.equations.mistakes import MISTAKES
from app.lessons import LESSONS
from app.main import create_app
from app.settings import Settings
from app.views.pictures.pictures import PICTURES
from tests.sessions.clock import Clock
from tests.web.reading import element, soup, words
from tests.web.talk import BATCHES, HTMX, Json, act, begin, hunt, read, walk_of

MOONS: Json = {
    "sizes": [2, 3, 1],
    "data": {"dataset": "moons", "examples": 40, "noise": 0.2, "seed": 1, "test_share": 0.25},
    "batch_size": 10,
}
COLUMN = '<b onmouseover="x">&'
OWN_TABLE: Json = {
    "sizes": [3, 2, 2],
    "data": {
        "X": [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 2.0, 0.0]],
        "Y": [[0.5, 1.0], [1.5, 0.0], [2.0, 3.0]],
        "columns": [COLUMN, "b", "c"],
        "names": ["y<i>", "z"],
    },
}


def tabs(page: BeautifulSoup) -> dict[str, str]:
    """Where each tab leads, by what it says."""
    return {link.text: str(link["href"]) for link in page.select(".tabs a")}


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
@pytest.mark.parametrize("iterations", [0, 25])
def test_every_picture_of_every_lesson_is_there(client: TestClient, slug: str, iterations: int) -> None:
    address = walk_of(client, {"lesson": slug}, iterations)
    page = soup(client, f"{address}/pictures")
    assert page.select_one("#curves svg.plot") is not None
    for title, href in tabs(page).items():
        shown = soup(client, href)
        assert words(shown, ".tabs [aria-current]") == title
        assert words(shown, "#picture h2")
        assert shown.select_one("#picture svg") is not None or iterations == 0
        ids = [tag["id"] for tag in shown.find_all(id=True)]
        assert len(ids) == len(set(ids))
        assert not [tag for tag in shown.find_all() if any(a == "style" or a.startswith("on") for a in tag.attrs)]


@pytest.mark.parametrize("name", PICTURES)
def test_htmx_gets_one_picture_and_no_page_around_it(client: TestClient, name: str) -> None:
    address = walk_of(client, MOONS, 30)
    answer = client.get(f"{address}/pictures/{name}", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "<svg" in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_htmx_gets_the_curves_alone_and_in_the_scale_that_was_chosen(client: TestClient) -> None:
    address = walk_of(client, MOONS, 30)
    linear, log = (
        client.get(f"{address}/pictures/curves?scale={scale}", headers=HTMX).text for scale in ("linear", "logarithmic")
    )
    assert "<html" not in linear
    assert "logarithmic: each line of the grid is a power of ten" in log
    assert "power of ten" not in linear


@pytest.mark.parametrize("path", ["units", "curves"])
def test_the_address_of_a_picture_alone_shows_the_page_with_it(client: TestClient, path: str) -> None:
    page = soup(client, f"{walk_of(client, MOONS, 30)}/pictures/{path}")
    assert page.select_one("#curves svg") is not None
    assert words(page, ".tabs [aria-current]") == ("Hidden units" if path == "units" else "Boundary")


def test_a_picture_that_does_not_exist_is_not_found(client: TestClient) -> None:
    address = walk_of(client, MOONS, 30)
    assert client.get(f"{address}/pictures/nothing", headers=HTMX).status_code == 404
    assert client.get(f"{address}/pictures/nothing").status_code == 404


@pytest.mark.parametrize("what", [MOONS, BATCHES, OWN_TABLE, {"lesson": "hours-of-study"}])
def test_a_picture_that_does_not_fit_the_walk_gives_way_to_the_first_that_does(client: TestClient, what: Json) -> None:
    address = walk_of(client, what, 30)
    for name in ("boundary", "fitted"):
        page = soup(client, f"{address}/pictures?show={name}")
        assert words(page, ".tabs [aria-current]") in ("Boundary", "Fit")


@pytest.mark.parametrize(
    "query",
    ["show=../../x", "scale=<script>", "layer=99&unit=-1", "across=1e999&up=nan", "class=%00", "unit=" + "9" * 3000],
)
def test_nonsense_in_the_address_counts_as_nothing_chosen(client: TestClient, query: str) -> None:
    address = walk_of(client, MOONS, 30)
    for path in ("pictures", "pictures/units", "pictures/boundary", "pictures/curves"):
        answer = client.get(f"{address}/{path}?{query}")
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert "9" * 50 not in answer.text


def test_names_of_columns_stay_text_in_every_picture(client: TestClient) -> None:
    address = walk_of(client, OWN_TABLE, 30)
    for name in tabs(soup(client, f"{address}/pictures")).values():
        page = soup(client, name)
        assert not page.select("b[onmouseover], main i:not(.place, .swatch, label i)")
    assert COLUMN in words(soup(client, f"{address}/pictures?show=fitted"), "#picture svg")


def test_the_forms_work_without_scripts_and_keep_each_others_choices(client: TestClient) -> None:
    address = walk_of(client, MOONS, 30)
    page = soup(client, f"{address}/pictures?show=units&unit=2&scale=logarithmic")
    form = element(page, "#curves form")
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    assert (form["action"], fields) == (f"{address}/pictures", {"show": "units", "unit": "2"})
    other = element(page, "#picture form")
    assert {str(field["name"]): str(field["value"]) for field in other.select("input[type=hidden]")} == {
        "show": "units",
        "scale": "logarithmic",
    }
    assert all(form.select_one("button") for form in page.select("form.choices"))


def test_the_table_of_the_curves_holds_the_losses_of_the_walk(client: TestClient) -> None:
    session = begin(client, {"lesson": "hours-of-study"})
    act(client, session, "train", iterations=10)
    history = read(client, session, "/history")["iterations"]
    page = soup(client, f"/sessions/{session['id']}/pictures")
    rows = [[cell.text for cell in row.select("th, td")] for row in page.select("#curves tbody tr")]
    told = {int(row[0]): float(row[1]) for row in rows if int(row[0]) < 10}
    assert len(told) >= 5
    assert told == pytest.approx({epoch: history[epoch] for epoch in told}, abs=1e-5)


def test_a_hunt_shows_its_curves_and_gives_its_mistake_away_nowhere(client: TestClient) -> None:
    address = hunt(client, 2, 17)
    for _ in range(3):
        client.post(f"{address}/update", headers=HTMX)
    page = soup(client, f"{address}/pictures")
    assert page.select_one("#curves svg") is not None
    assert "compare" not in words(page, ".ways-on")
    for href in [f"{address}/pictures", *tabs(page).values()]:
        text = soup(client, href).get_text().lower()
        assert not [name for name in MISTAKES if name in text or name.replace("_", " ") in text]
    for name in ("landscape", "contour"):
        assert name not in str(tabs(page))
        assert words(soup(client, f"{address}/pictures?show={name}"), ".tabs [aria-current]") != PICTURES[name].title


def test_the_explorer_and_the_pictures_lead_to_each_other(client: TestClient) -> None:
    address = walk_of(client, {"lesson": "hours-of-study"}, 0)
    assert soup(client, address).select_one(f'a[href="{address}/pictures"]') is not None
    links = [str(link["href"]) for link in soup(client, f"{address}/pictures").select(".ways-on a")]
    assert links == [address, f"{address}/pictures", f"{address}/compare"]


def test_who_does_not_know_the_walk_sees_no_picture_of_it(client: TestClient) -> None:
    assert client.get("/sessions/AAAAAAAAAAAAAAAAAAAAAAAA/pictures").status_code == 404


def test_a_walk_too_long_for_one_request_is_followed_from_where_the_last_one_came(
    client: TestClient, settings: Settings
) -> None:
    address = walk_of(client, {**MOONS, "data": {**MOONS["data"], "seed": 77}}, 90)
    hasty = settings.model_copy(update={"work_seconds": 10})
    with TestClient(create_app(hasty, clock=Clock(tick=100))) as other:
        answers = [other.get(f"{address}/pictures") for _ in range(2)]
        assert answers[0].status_code == 422
        assert "Load the page again: it goes on from where it has come to." in answers[0].text
        while answers[-1].status_code == 422 and len(answers) < 100:
            answers.append(other.get(f"{address}/pictures"))
    assert answers[-1].status_code == 200
    assert "In 30 epochs" in answers[-1].text


# Pictures over parameters ---------------------------------------------------------------------------------------------

NASTY = ("", "w-1-0", "w-0-0-0", "w-99-0-0", "b-1-0-0", "w-1-0-99999999999999", "<b>", "w-1-0-0\x00", "١", "a" * 5000)


@pytest.mark.parametrize("name", ["landscape", "contour"])
@pytest.mark.parametrize("text", NASTY)
def test_a_parameter_that_is_none_counts_as_not_chosen(client: TestClient, name: str, text: str) -> None:
    address = walk_of(client, MOONS, 30)
    fields = {"of": text, "and": text, "look": text, "see": text}
    answer = client.get(f"{address}/pictures/{name}", headers=HTMX, params=fields)
    assert answer.status_code == 200
    assert "<b>" not in answer.text
    chosen = BeautifulSoup(answer.text, "html5lib").select("select[name=of] option[selected]")
    assert [option["value"] for option in chosen] == ["b-1-2"]


def test_both_parameters_of_the_contour_are_in_its_address(client: TestClient) -> None:
    page = soup(client, f"{walk_of(client, MOONS, 30)}/pictures?show=contour&of=w-1-2-0&and=b-2-0")
    assert words(page, "#picture .what") == "weight from input 1 to hidden unit 3"
    assert words(page, "#picture .what.y") == "bias of the output"


def test_a_hunt_keeps_what_its_checks_are_for(client: TestClient) -> None:
    address = hunt(client, 2, 17)
    client.post(f"{address}/backward", headers=HTMX, data={})
    page = soup(client, f"{address}/pictures?show=landscape")
    assert not {"Slope", "Contour"} & tabs(page).keys()
    assert page.select_one(".tangent") is None
    for name in ("landscape", "contour"):
        answer = client.get(f"{address}/pictures/{name}", headers=HTMX)
        assert answer.status_code == 200
        assert "secant" not in answer.text
        assert "downhill" not in answer.text


def test_the_pictures_follow_the_walk(client: TestClient) -> None:
    session = begin(client, MOONS)
    address = f"/sessions/{session['id']}/pictures"
    assert "Walk on to the end of the backward phase" in words(soup(client, f"{address}?show=gradients"), "#picture")
    act(client, session, "backward")
    shown = soup(client, f"{address}?show=gradients")
    assert "Walk on" not in words(shown, "#picture")
    assert len(shown.select("#picture .bar.weights")) == 2
    assert soup(client, f"{address}?show=landscape").select_one("path.tangent") is not None


# A drawing by itself --------------------------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("given", [MOONS, OWN_TABLE], ids=["classes", "numbers"])
def test_every_drawing_of_every_picture_can_be_had_as_svg(client: TestClient, given: Json) -> None:
    address = walk_of(client, given, 30)
    client.post(f"{address}/backward")
    found = []
    for tab in tabs(soup(client, f"{address}/pictures")).values():
        page = soup(client, tab)
        links = [str(link["href"]) for link in page.select("a[download]")]
        assert len({*links}) == len(links) == len(page.select("svg.plot"))
        found += links
    for link in {*found}:
        answer = client.get(link)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.headers["content-disposition"].endswith('.svg"')
        drawing = ElementTree.fromstring(answer.text)
        assert drawing.tag == f"{SVG}svg"
        assert (drawing.findtext(f"{SVG}title") or "").strip()
        assert drawing.findtext(f"{SVG}desc")
        assert ".plot" in (drawing.findtext(f"{SVG}style") or "")
        assert all(part.tag.startswith(SVG) for part in drawing.iter())
        dark = client.get(f"{link}{'&' if '?' in link else '?'}theme=dark").text
        assert "svg{background:#ffffff}" in answer.text
        assert "svg{background:#1b1e25}" in dark


def test_a_drawing_that_there_is_none_of_is_not_found(client: TestClient) -> None:
    address = walk_of(client, MOONS, 0)
    assert client.get(f"{address}/pictures/gradients.svg").status_code == 404
    assert client.get(f"{address}/pictures/fitted.svg").status_code == 404
    assert client.get(f"{address}/pictures/nothing.svg").status_code == 404
    assert client.get(f"{address}/pictures/boundary.svg?drawing=other&class=x").status_code == 200
    assert client.get(f"{address}/pictures/boundary.svg?theme=neon").status_code == 422
