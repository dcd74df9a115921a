"""What every answer carries, whatever it is."""

import gzip

import pytest
from starlette.testclient import TestClient

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
]


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_every_answer_carries_the_security_headers_once(client: TestClient, method: str, path: str) -> None:
    headers = client.request(method, path).headers
    assert headers.get_list("content-security-policy") == [POLICY]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_pages_of_a_session_and_fragments_are_not_kept(client: TestClient) -> None:
    address = client.post("/sessions", data={"lesson": "hours-of-study"}).headers["Location"]
    assert client.get(address).headers["cache-control"] == "no-store"
    fragment = client.post(f"{address}/step", headers={"HX-Request": "true"})
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
