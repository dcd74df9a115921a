"""Files beside the templates: what a page asks for before it can be painted, and how it is sent."""

import re
from gzip import decompress

from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.settings import STATIC

FIRST_SEEN = ("inter", "stix-two-math")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def page_of(client: TestClient) -> BeautifulSoup:
    session = client.post("/api/sessions", json={"lesson": "hours-of-study"}).json()["id"]
    return BeautifulSoup(client.get(f"/sessions/{session}").text, "html.parser")


def test_a_page_waits_for_one_style_sheet_and_has_asked_for_the_fonts_that_it_names(client: TestClient) -> None:
    page = page_of(client)
    (sheet,) = (str(link["href"]) for link in page.select("link[rel=stylesheet]"))
    named = re.findall(r'url\("([^"]+)"\)', client.get(sheet).text)
    asked = {str(link["href"]) for link in page.select("link[rel=preload]")}
    assert {font.partition("?")[0] for font in asked} == {
        "/static/vendor/inter.woff2",
        "/static/vendor/stix-two-math.woff2",
    }
    assert asked <= {f"/static/{font}" for font in named}
    for address in (sheet, *asked):
        assert "immutable" in client.get(address).headers["cache-control"], address


def test_a_page_is_read_and_painted_before_scripts_come(client: TestClient) -> None:
    scripts = page_of(client).select("script")
    assert scripts
    assert all(script.has_attr("defer") and script["fetchpriority"] == "low" for script in scripts)


def test_the_style_sheet_holds_the_rules_of_every_feature_after_those_of_every_page(client: TestClient) -> None:
    served = client.get("/static/style.css")
    assert served.headers["content-type"] == "text/css; charset=utf-8"
    starts = {path.name: path.read_text().partition("{")[0] for path in STATIC.glob("*.css")}
    places = {name: served.text.find(start) for name, start in starts.items()}
    assert -1 not in places.values()
    assert sorted(places, key=places.__getitem__)[:2] == ["tokens.css", "app.css"]


def test_a_file_that_pages_name_is_sent_as_it_is_or_packed(client: TestClient) -> None:
    address = str(page_of(client).select_one("link[rel=stylesheet]")["href"])  # type: ignore[index]
    plain = client.get(address, headers={"accept-encoding": "identity"})
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as response:
        packed = b"".join(response.iter_raw())
    assert (response.headers["content-encoding"], response.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert decompress(packed) == plain.content
    assert int(response.headers["content-length"]) == len(packed) < len(plain.content)


def test_no_colour_needs_a_browser_of_2024() -> None:
    """An unknown function would leave a colour out: units black, lines not there."""
    assert [path.name for path in STATIC.glob("*.css") if "light-dark(" in COMMENT.sub("", path.read_text())] == []
