"""What every answer carries, whatever it is."""

import gzip
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.http.security import operations_of
from tests.web.talk import HTMX

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ANSWERS = [
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/nothing"),
    ("GET", "/sessions/nobody"),
    ("GET", "/static/app.css"),
    ("GET", "/static/nothing"),
    ("GET", "/api/lessons"),
    ("POST", "/api/sessions"),
    ("POST", "/sessions"),
    ("PUT", "/"),
    ("OPTIONS", "/api/sessions"),
]


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_every_answer_carries_the_security_headers_once(client: TestClient, method: str, path: str) -> None:
    headers = client.request(method, path).headers
    assert headers.get_list("content-security-policy") == [POLICY]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert all(part.endswith("=()") for part in headers["permissions-policy"].split(", "))
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(headers)


def test_on_https_at_a_host_of_its_own_browsers_are_told_to_stay_with_https(settings: Settings) -> None:
    for root, base, told in (("", "https", True), ("", "http", False), ("/explorer", "https", False)):
        app = create_app(settings.model_copy(update={"root_path": root}))
        with TestClient(app, base_url=f"{base}://testserver") as client:
            for path in ("/", "/nothing", "/static/app.css"):
                said = client.get(path).headers.get("strict-transport-security")
                assert said == ("max-age=31536000" if told else None), (root, base, path)


def test_head_is_taken_wherever_get_is(client: TestClient, settings: Settings) -> None:
    session = client.post("/api/sessions", json={"lesson": "hours-of-study"}).json()["id"]
    application: Any = client.app
    for method, path in map(str.split, operations_of(application.router.routes)):
        if method == "GET":
            address = path.replace("{session_id}", session).replace("{slug}", "hours-of-study")
            answer = client.head(address)
            if path.endswith("/events"):  # GET goes on for a minute, and HEAD does not
                assert answer.content == b""
                continue
            expected = client.get(address)
            assert (answer.status_code, answer.content) == (expected.status_code, b""), address


def test_pages_of_a_session_and_fragments_are_not_kept(client: TestClient) -> None:
    address = client.post("/sessions", data={"lesson": "hours-of-study"}).headers["Location"]
    assert client.get(address).headers["cache-control"] == "no-store"
    fragment = client.post(f"{address}/step", headers=HTMX)
    assert fragment.headers["cache-control"] == "no-store"
    assert client.get(f"/api{address}").headers["cache-control"] == "no-store"


def test_a_file_with_its_version_may_be_kept_for_ever_and_one_without_is_asked_for_again(client: TestClient) -> None:
    address = client.app.state.services.templates.asset_url("app.css")  # type: ignore[attr-defined]
    assert address.startswith("/static/app.css?v=")
    assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"


def test_long_answers_are_compressed_for_those_who_can_read_it(client: TestClient) -> None:
    with client.stream("GET", "/", headers={"accept-encoding": "gzip"}) as response:
        packed = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert b"<html" in gzip.decompress(packed)
    assert "content-encoding" not in client.get("/", headers={"accept-encoding": "identity"}).headers


# Frames -------------------------------------------------------------------------------------------------------------

SCHOOL = "https://school.example.org"


def test_only_the_origins_that_are_named_may_show_pages_in_a_frame(settings: Settings) -> None:
    named = settings.model_copy(update={"frame_ancestors": (SCHOOL, "https://lms.example.org:8443")})
    with TestClient(create_app(named)) as client:
        policy = client.get("/").headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors https://school.example.org https://lms.example.org:8443")


@pytest.mark.parametrize("variable", ["EXPLORER_FRAME_ANCESTORS", "FRAME_ANCESTORS"])
def test_frame_ancestors_are_read_from_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f"{SCHOOL}, https://lms.example.org:8443")
    assert Settings().frame_ancestors == (SCHOOL, "https://lms.example.org:8443")


@pytest.mark.parametrize(
    "origin",
    ["http://school.example.org", "https://*.example.org", "*", "school.example.org", f"{SCHOOL}/", "https:", "'self'"],
)
def test_anything_but_an_exact_https_origin_is_refused_at_the_start(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAME_ANCESTORS", origin)
    with pytest.raises(ValidationError, match="not an exact https origin; write it such as https://school"):
        Settings()


@pytest.mark.parametrize("host", ["https://class.example.org", "*.example.org", "class.example.org:8000", "a/b"])
def test_anything_but_a_host_name_is_refused_at_the_start(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", host)
    with pytest.raises(ValidationError, match="not a host name; write it without scheme, port"):
        Settings()


def test_a_page_in_a_frame_that_keeps_no_cookies_offers_a_new_tab(client: TestClient) -> None:
    address = client.post("/sessions", data={"lesson": "hours-of-study"}).headers["Location"]
    framed = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
    for path in ("/", address, "/nothing"):
        assert f'<a href="{path}" target="_blank"' in client.get(path, headers=framed).text
        assert 'class="framed"' not in client.get(path, headers={**framed, "Cookie": "theme=dark"}).text
        assert 'class="framed"' not in client.get(path, headers={"Sec-Fetch-Dest": "document"}).text
