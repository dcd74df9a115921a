"""Who is let in: whose changes count, which host names and cookies there are."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.http.security import SESSION, operations_of
from tests.web.talk import HTMX, LESSON, begin, read, walk_of

HERE = "http://testserver"
ELSEWHERE = "https://elsewhere.example"


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


# Whose changes count ------------------------------------------------------------------------------------------------

LET_IN: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Cookie": "theme=dark"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": HERE},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": HERE, "Cookie": "theme=dark"},
    {"Origin": "https://testserver"},  # a proxy in front speaks https
    {"Origin": "HTTP://TestServer"},
]
WITH_COOKIE = {"Cookie": "theme=dark"}
SENT_AWAY: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Origin": ELSEWHERE},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://testserver:81"},
    {"Origin": "http://testserver.elsewhere.example"},
    {"Origin": "http://elsewhere.example/testserver"},
    {"Origin": "ftp://testserver"},
    WITH_COOKIE,
]


@pytest.mark.parametrize("path", ["/sessions", "/api/sessions"])
@pytest.mark.parametrize("headers", LET_IN)
def test_changes_that_our_pages_or_programs_ask_for_are_made(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    given: dict[str, Any] = {"json": LESSON} if path.startswith("/api") else {"data": LESSON}
    assert client.post(path, headers=headers, **given).status_code in (201, 303)


@pytest.mark.parametrize("headers", SENT_AWAY)
def test_changes_that_others_ask_for_are_refused_and_nothing_changes(
    client: TestClient, headers: dict[str, str]
) -> None:
    before = begin(client)
    for path in (f"/sessions/{before['id']}/step", f"/api/sessions/{before['id']}/step", "/preferences", "/sessions"):
        response = client.post(path, headers=headers)
        assert response.status_code == 403
        assert "set-cookie" not in response.headers
    patched = client.patch(f"/api/sessions/{before['id']}", headers=headers, json={"learning_rate": 0.2})
    assert patched.status_code == (200 if headers == WITH_COOKIE else 403)  # JSON: only a program of ours can send it
    if headers != WITH_COOKIE:
        assert client.get(f"/api/sessions/{before['id']}", headers=headers).json() == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": ELSEWHERE}, WITH_COOKIE])
def test_no_route_that_changes_anything_does_so_for_another_site(
    client: TestClient, app: FastAPI, headers: dict[str, str]
) -> None:
    state = begin(client)
    unsafe = [(method, path) for method, path in map(str.split, operations_of(app.router.routes)) if method != "GET"]
    assert {"edit", "undo", "run", "on", "pause", "stop", "fork"} <= {path.rpartition("/")[2] for _, path in unsafe}
    for method, path in unsafe:
        address = path.replace("{session_id}", state["id"])
        assert client.request(method, address, headers=headers, data={"value": "1"}).status_code == 403, address
    assert client.get(f"/api/sessions/{state['id']}", headers={"Sec-Fetch-Site": "same-origin"}).json() == state


@pytest.mark.parametrize("path", ["/", "/docs", "/lessons/hours-of-study", "/nothing", "session"])
def test_every_page_lets_its_own_forms_say_where_they_come_from(client: TestClient, path: str) -> None:
    # The header no-referrer alone makes Chromium send "Origin: null" with a plain form.
    address = walk_of(client) if path == "session" else path
    assert '<meta name="referrer" content="same-origin">' in client.get(address).text


def test_no_answer_lets_another_site_read_it(client: TestClient) -> None:
    asking = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "POST"}
    for method, path in (("GET", "/api/lessons"), ("OPTIONS", "/api/sessions"), ("POST", "/api/sessions")):
        headers = client.request(method, path, headers=asking).headers
        assert not [name for name in headers if name.startswith("access-control-")]


def test_no_get_changes_a_session(client: TestClient, app: FastAPI) -> None:
    state = begin(client, {"lesson": "softmax-and-dead-units"})
    state = client.post(f"/api/sessions/{state['id']}/backward").json()
    queries = ["", "?rev=1&by=epoch&cursor=3", "?layer=1&kind=W&j=0&k=0&open=1&playing=1&example=2&learning_rate=9"]
    operations = map(str.split, sorted(operations_of(app.router.routes)))
    for path in [path for method, path in operations if method == "GET" and SESSION in path]:
        for query in queries:
            address = path.replace("{session_id}", state["id"]) + query
            assert client.get(address).status_code < 500, address
            assert client.get(address, headers=HTMX).status_code < 500, address
            assert read(client, state) == state, address


# Host names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "192.168.1.20", "[::1]:8000", "[fe80::1]",
     "class.example.org", "Class.Example.org:443"],
)  # fmt: skip
def test_this_machine_answers_to_its_addresses_and_to_the_names_that_it_is_given(settings: Settings, host: str) -> None:
    named = settings.model_copy(update={"allowed_hosts": ("class.example.org",)})
    with TestClient(create_app(named)) as client:
        assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.elsewhere.example", "localhost:8000@elsewhere",
     "", "localhost ", "localhost/", "[::1", "[localhost]", "1.2.3", "0x7f.1", "localhost:", "b\xe9b\xe9", "x" * 4000,
     "sub.testserver", "localhost.", "[1.2.3.4]", "[1.2.3.4]:80", "[::1%25eth0]", "[:::]", "localhost:99999",
     "1.2.3.4:0x50"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/lessons", "/static/app.css"])
def test_this_machine_does_not_answer_to_a_name_that_is_not_its_own(client: TestClient, host: str, path: str) -> None:
    response = client.get(path, headers={b"host": host.encode("latin-1")})
    assert response.status_code == 421
    assert not host or host not in response.text


@pytest.mark.parametrize("variable", ["EXPLORER_ALLOWED_HOSTS", "ALLOWED_HOSTS"])
def test_allowed_hosts_are_read_from_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "class.example.org, Explorer.local")
    assert Settings().allowed_hosts == ("class.example.org", "explorer.local")


# Cookies ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def secure(settings: Settings) -> Iterator[TestClient]:
    """A browser that speaks https."""
    with TestClient(create_app(settings), base_url="https://testserver", follow_redirects=False) as client:
        yield client


def cookies_set(response: Any) -> dict[str, set[str]]:
    """What each Set-Cookie says, its value left out."""
    lines = [line.split("; ") for line in response.headers.get_list("set-cookie")]
    return {first.partition("=")[0]: set(rest) for first, *rest in lines}


def id_of(joined: Any) -> str:
    """The id of the walk that a form began."""
    return str(joined.headers["location"].rpartition("/")[2])


BROWSER = {"Sec-Fetch-Site": "same-origin"}


def test_on_https_cookies_are_bound_to_the_host_and_to_https(secure: TestClient) -> None:
    chosen = secure.post("/preferences", data={"theme": "dark", "digits": "3"}, headers=BROWSER)
    joined = secure.post("/sessions", data=LESSON, headers=BROWSER)
    found = {**cookies_set(chosen), **cookies_set(joined)}
    walk = f"__Secure-walk-{id_of(joined)}"  # the browser's list of its walks
    assert set(found) == {"__Host-theme", "__Host-digits", "__Host-visitor", walk}
    for name, said in found.items():
        assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/walks" if name == walk else "Path=/"} <= said
        assert not [part for part in said if part.startswith("Domain")]
    assert 'data-theme="dark"' in secure.get("/").text


def test_on_plain_http_cookies_have_plain_names(client: TestClient) -> None:
    chosen = client.post("/preferences", data={"theme": "dark"}, headers=BROWSER)
    joined = client.post("/sessions", data=LESSON, headers=BROWSER)
    found = {**cookies_set(chosen), **cookies_set(joined)}
    assert set(found) == {"theme", "visitor", f"walk-{id_of(joined)}"}
    assert all({"HttpOnly", "SameSite=lax"} <= said and "Secure" not in said for said in found.values())
    assert 'data-theme="dark"' in client.get("/").text


def test_a_cookie_of_plain_http_counts_for_nothing_on_https(secure: TestClient) -> None:
    assert "data-theme" not in secure.get("/", headers={"Cookie": "theme=dark"}).text


def test_a_program_gets_no_cookie_and_no_get_sets_one(client: TestClient) -> None:
    assert cookies_set(client.post("/sessions", data=LESSON)) == {}
    for path in ("/", "/docs", "/lessons/hours-of-study"):
        assert cookies_set(client.get(path, headers=BROWSER)) == {}


def test_no_cookie_opens_a_session(client: TestClient) -> None:
    address = client.post("/sessions", data=LESSON, headers=BROWSER).headers["Location"]
    client.cookies.clear()
    assert client.get(address).status_code == 200
