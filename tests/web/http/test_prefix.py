"""Below a path of a larger site everything works as at its top: each address that a page gives lies below it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.http.page import local
from tests.web.talk import HTMX

ROOT = "/class/explorer"
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "hx-patch", "hx-put", "hx-delete", "poster")


@pytest.fixture(params=[True, False], ids=["the proxy passes the prefix on", "the proxy cuts the prefix off"])
def proxied(request: pytest.FixtureRequest, settings: Settings) -> Iterator[TestClient]:
    """A browser that sees the program below ROOT."""
    app = create_app(settings.model_copy(update={"root_path": ROOT}))

    async def proxy(scope, receive, send):  # type: ignore[no-untyped-def]
        if scope["type"] == "http" and not request.param:
            path = scope["path"].removeprefix(ROOT)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    with TestClient(proxy, follow_redirects=False) as client:
        yield client


def addresses(text: str) -> set[str]:
    """Every address of this server that a page or a fragment names."""
    tags = BeautifulSoup(text, "html.parser").find_all(True)
    found = {str(tag[name]) for tag in tags for name in ADDRESSES if tag.has_attr(name)}
    return {address for address in found if not address.startswith("#")}


def checked(text: str) -> str:
    """The same text, once all of its addresses lie below ROOT."""
    assert {address for address in addresses(text) if not address.startswith(f"{ROOT}/")} == set()
    assert re.findall(r'["\'](/(?!class/)(?:sessions|static|lessons|api|docs|bug-lab|preferences)[/"?])', text) == []
    return text


def begin(client: TestClient, **form: str) -> str:
    """The address of a new walk."""
    answer = client.post(f"{ROOT}/sessions", data={"lesson": "one-example-at-a-time", **form})
    assert answer.status_code == 303
    location: str = answer.headers["location"]
    assert location.startswith(f"{ROOT}/sessions/")
    return location


def revision(page: str) -> str:
    found = re.search(r'name="rev"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def test_a_lesson_is_walked_below_a_prefix_by_forms(proxied: TestClient) -> None:
    walk = begin(proxied, ask="0")
    for _ in range(30):
        page = checked(proxied.get(walk).text)
        answer = proxied.post(f"{walk}/step", data={"rev": revision(page), "by": "equation"})
        assert (answer.status_code, answer.headers["location"]) == (303, walk)


def test_a_lesson_is_walked_below_a_prefix_by_htmx(proxied: TestClient) -> None:
    walk = begin(proxied)
    rev = int(revision(checked(proxied.get(walk).text)))
    for path in ("step", "step", "forward", "backward", "update", "back", "reset"):
        answer = proxied.post(f"{walk}/{path}", data={"rev": str(rev), "playing": "1"}, headers=HTMX)
        assert answer.status_code in (200, 422), answer.text  # 422: a question is open; the panels say so
        checked(answer.text)
        found = re.search(r'name="rev"[^>]*value="(\d+)"', answer.text)
        rev = int(found[1]) if found else rev


def test_every_address_that_pages_name_is_answered(proxied: TestClient) -> None:
    """From the first page on, over links and assets; each form's address takes the form's method."""
    todo, seen = [f"{ROOT}/", begin(proxied), f"{begin(proxied)}/compare"], set()
    while todo:
        path = todo.pop().partition("#")[0]
        if path in seen:
            continue
        seen.add(path)
        answer = proxied.get(path)
        expected = (422,) if path.endswith("/nudge") else (200, 303, 405)  # by how much, a nudge asks
        assert answer.status_code in expected, path
        if answer.status_code == 303:
            todo.append(answer.headers["location"])
        elif answer.headers["content-type"].startswith("text/html") and answer.status_code == 200:
            todo += map(unescape, addresses(checked(answer.text)))
    assert {f"{ROOT}/docs", f"{ROOT}/bug-lab", f"{ROOT}/lessons/hours-of-study"} <= seen
    assert any(path.startswith(f"{ROOT}/static/vendor/") for path in seen)


def test_fonts_are_found_beside_the_style_sheet(proxied: TestClient) -> None:
    sheet = proxied.get(f"{ROOT}/static/style.css").text
    for font in re.findall(r'url\("([^"]+)"\)', sheet):
        assert proxied.get(f"{ROOT}/static/{font}").status_code == 200


def test_the_api_names_its_addresses_below_the_prefix(proxied: TestClient) -> None:
    created = proxied.post(f"{ROOT}/api/sessions", json={"lesson": "hours-of-study"})
    location = created.headers["location"]
    assert location == f"{ROOT}/api/sessions/{created.json()['id']}"
    assert proxied.get(location).status_code == 200
    assert proxied.get(f"{ROOT}/openapi.json").json()["servers"] == [{"url": ROOT}]
    problem = proxied.get(f"{ROOT}/api/none")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["type"] == f"{ROOT}/docs#request"


def test_cookies_are_for_the_prefix_alone(proxied: TestClient) -> None:
    form = {"theme": "dark", "next": f"{ROOT}/docs"}
    for origin, name in (("http://testserver", "theme"), ("https://testserver", "__Secure-theme")):
        answer = proxied.post(f"{origin}{ROOT}/preferences", data=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.headers["location"] == f"{ROOT}/docs"
        assert answer.headers["set-cookie"].startswith(f"{name}=dark;")
        assert f"Path={ROOT}/;" in answer.headers["set-cookie"]
    assert 'data-theme="dark"' in proxied.get(f"{ROOT}/").text


def test_a_form_leads_to_no_other_program_of_the_site() -> None:
    assert local(f"{ROOT}/docs", ROOT) == f"{ROOT}/docs"
    assert local("/other", ROOT) == f"{ROOT}/"
    assert local("", "") == "/"


@pytest.mark.parametrize("variable", ["ROOT_PATH", "EXPLORER_ROOT_PATH"])
def test_the_prefix_is_read_from_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f"{ROOT}/")
    assert Settings().root_path == ROOT


@pytest.mark.parametrize("wrong", ["explorer", "https://example.org/explorer", "/a b", "//a"])
def test_a_prefix_that_is_no_path_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        Settings(root_path=wrong)
