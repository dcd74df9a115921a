"""How often one client may ask: nobody who clicks by hand is held up, and nobody begins walks without end."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.http.rates import BUCKET_BYTES, MOST_BYTES, Buckets, Rate, TooFastError
from tests.sessions.clock import Clock
from tests.web.talk import HTMX, LESSON, act, begin, walk_of

BROWSER = {"Sec-Fetch-Site": "same-origin"}


# Buckets ------------------------------------------------------------------------------------------------------------


def taken(buckets: Buckets, times: int, key: str = "a") -> int:
    """How many of so many tokens asked for at once are given."""
    for given in range(times):
        try:
            buckets.take(key)
        except TooFastError:
            return given
    return times


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(Rate(20, 10.0), clock)
    assert taken(buckets, 100) == 20
    assert taken(buckets, 100) == 0
    clock.now += 1.0
    assert taken(buckets, 100) == 10
    clock.now += 3600.0
    assert taken(buckets, 100) == 20


def test_one_who_waits_as_long_as_was_said_is_let_in() -> None:
    clock = Clock()
    buckets = Buckets(Rate(2, 0.3), clock)
    assert taken(buckets, 2) == 2
    with pytest.raises(TooFastError, match="Wait 4 seconds, then go on") as refused:
        buckets.take("a")
    clock.now += refused.value.wait
    buckets.take("a")


def test_an_empty_bucket_takes_nothing_from_the_others() -> None:
    buckets = Buckets(Rate(20, 10.0), Clock())
    assert taken(buckets, 100, "greedy") == 20
    assert taken(buckets, 20, "calm") == 20


@pytest.mark.parametrize("clicks_a_second", [2, 8, 10, 11])
def test_nobody_who_clicks_by_hand_for_ten_seconds_is_held_up(clicks_a_second: int) -> None:
    clock = Clock()
    buckets = Buckets(Rate(20, 10.0), clock)
    for _ in range(10 * clicks_a_second):
        buckets.take("hand")
        clock.now += 1 / clicks_a_second


def test_any_number_of_keys_of_any_length_takes_a_bounded_memory() -> None:
    clock = Clock()
    buckets = Buckets(Rate(20, 10.0), clock)
    tracemalloc.start()
    try:
        for key in range(2 * MOST_BYTES // BUCKET_BYTES):
            buckets.take(f"{key}{'x' * 1_000}")
            clock.now += 1e-6
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("path", ["/sessions/{}", "/sessions/{}/step", "/api/sessions/{}/trace", "/build?like={}"])
def test_what_is_no_id_is_not_found_and_leaves_nothing_behind(client: TestClient, path: str) -> None:
    method = "POST" if path.endswith("step") else "GET"
    for wrong in ("x" * 60_000, "x" * 23, "x" * 25, "x" * 23 + "%20", "x" * 23 + "%C3%A9"):
        assert client.request(method, path.format(wrong)).status_code == 404
    app: Any = client.app
    rates = app.state.services.rates
    assert vars(rates.reads)["_full_at"] == vars(rates.changes)["_full_at"] == {}


# Too fast -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(settings: Settings) -> Iterator[TestClient]:
    """A server that gives 20 at once, and the next one much later."""
    limits = settings.model_copy(update={"session_burst": 20, "session_rate": 0.01})
    with TestClient(create_app(limits, clock=Clock()), follow_redirects=False) as client:
        yield client


def test_the_defaults_are_20_at_once_and_20_a_second() -> None:
    assert (Settings().session_burst, Settings().session_rate) == (20, 20.0)


def test_a_session_that_is_hurried_says_when_to_go_on(strict: TestClient) -> None:
    state = begin(strict)
    path = f"/sessions/{state['id']}/step"
    answers = [strict.post(f"/api{path}") for _ in range(25)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 5
    problem = answers[-1].json()
    wait = int(answers[-1].headers["Retry-After"])
    assert wait >= 1
    assert problem["type"] == "/docs#too-fast"
    assert f"Wait {wait} seconds" in problem["detail"]
    assert f"Wait {wait} seconds" in strict.post(path).text
    assert strict.get(f"/api/sessions/{state['id']}").json()["cursor"] == 20


def test_the_page_that_hurried_stays_and_shows_the_sentence(strict: TestClient) -> None:
    path = f"{walk_of(strict)}/step"
    answers = [strict.post(path, headers=HTMX) for _ in range(21)]
    assert answers[-1].status_code == 429
    assert answers[-1].text.startswith('<hx-partial hx-target="#toast"')
    assert "Wait" in answers[-1].text
    assert "Retry-After" in answers[-1].headers


def test_a_hurried_session_can_still_be_looked_at_and_others_go_on(strict: TestClient) -> None:
    hurried, other = begin(strict), begin(strict)
    for _ in range(30):
        strict.post(f"/api/sessions/{hurried['id']}/step")
    assert strict.get(f"/sessions/{hurried['id']}").status_code == 200
    act(strict, other, "step")


@pytest.mark.parametrize(
    ("address", "name", "free"),
    [
        ("127.0.0.1", "localhost:8000", True),
        ("::1", "[::1]:8000", True),
        ("127.0.0.1", "class.example.org", False),  # through a proxy on the same machine
        ("192.168.1.7", "localhost", False),
    ],
)
def test_whoever_sits_at_the_machine_is_not_held_up(settings: Settings, address: str, name: str, free: bool) -> None:
    strict = settings.model_copy(
        update={"session_burst": 3, "session_rate": 0.01, "allowed_hosts": ("class.example.org",)}
    )
    with TestClient(create_app(strict, clock=Clock()), base_url=f"http://{name}", client=(address, 50_000)) as client:
        session = begin(client)["id"]
        answers = [client.post(f"/api/sessions/{session}/step").status_code for _ in range(5)]
    assert answers == ([200] * 5 if free else [200] * 3 + [429] * 2)


def test_reading_too_is_limited(strict: TestClient) -> None:
    session = begin(strict)["id"]
    answers = [strict.get(f"/api/sessions/{session}/trace").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_three_hundred_visitors_behind_one_address_join_and_join_again(settings: Settings) -> None:
    limits, clock = settings.model_copy(update={"session_burst": 20}), Clock()
    with TestClient(create_app(limits, clock=clock), follow_redirects=False) as client:
        cookies = []
        for _ in range(300):
            joined = client.post("/sessions", data=LESSON, headers=BROWSER)
            assert joined.status_code == 303
            cookies.append(joined.headers["set-cookie"].partition(";")[0])
            client.cookies.clear()
        assert len(set(cookies)) == 300
        clock.now += 1
        for cookie in cookies:
            joined = client.post("/sessions", data=LESSON, headers={**BROWSER, "Cookie": cookie})
            assert joined.status_code == 303
            assert not [one for one in joined.headers.get_list("set-cookie") if one.startswith("visitor")]


def test_one_visitor_cannot_begin_sessions_without_end(strict: TestClient) -> None:
    joined = [strict.post("/sessions", data=LESSON, headers=BROWSER) for _ in range(22)]
    assert [answer.status_code for answer in joined] == [303] * 21 + [429]  # the first one came without a cookie
    assert "Retry-After" in joined[-1].headers
    visitor = {"Cookie": f"visitor={strict.cookies['visitor']}", **BROWSER}
    assert strict.post("/api/sessions", json=LESSON, headers=visitor).status_code == 429
    strict.cookies.clear()
    assert strict.post("/sessions", data=LESSON, headers=BROWSER).status_code == 303


def test_one_address_cannot_begin_sessions_without_end_whatever_cookies_it_invents(settings: Settings) -> None:
    limits = settings.model_copy(update={"joining_burst": 30, "joining_rate": 0.01})
    with TestClient(create_app(limits, clock=Clock()), follow_redirects=False) as client:
        invented = [{"Cookie": f"visitor={i:022d}", **BROWSER} for i in range(31)]
        found = [client.post("/sessions", data=LESSON, headers=headers).status_code for headers in invented]
        assert found == [303] * 30 + [429]
