"""Walks with a long way behind them, of which nothing is known any more: no request computes longer than one may."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.sessions.clock import Clock
from tests.web.talk import BATCHES, HTMX, Json, act, begin, state_of

LONG = 6_000  # iterations
PAGES = ("/pictures/curves", "/pictures/contour", "/pictures/gradients", "/pictures", "/compare")


@pytest.fixture
def hasty(settings: Settings) -> Iterator[TestClient]:
    """Another server on the same walks, on which a request may compute for a short while only."""
    short = settings.model_copy(update={"work_seconds": 20})
    with TestClient(create_app(short, clock=Clock(tick=0.5)), follow_redirects=False) as client:
        yield client


def walk(client: TestClient, seed: int, fork: bool = False) -> str:
    """The address of a long walk that nobody else has walked."""
    state: Json = begin(client, {**BATCHES, "initializer": {"kind": "he_normal", "seed": seed}})
    at = f"/sessions/{state['id']}"
    if fork:
        forked = client.post(f"{at}/fork", data={"thing": "learning_rate", "value": "0.03"})
        at = forked.headers["location"].removesuffix("/compare")
        state = state_of(client, at)
    act(client, state, "train", iterations=LONG)
    return at


@pytest.mark.parametrize("page", PAGES)
def test_a_long_way_is_followed_in_as_many_requests_as_it_takes(
    client: TestClient, hasty: TestClient, page: str
) -> None:
    at = walk(client, 1000 + PAGES.index(page), fork=page == "/compare")
    headers = HTMX if page.startswith("/pictures/") else {}
    answers = [hasty.get(f"{at}{page}", headers=headers)]
    while answers[-1].status_code == 422 and len(answers) < 500:
        assert "it goes on from where it has come to" in answers[-1].text
        answers.append(hasty.get(f"{at}{page}", headers=headers))
    assert len(answers) > 1
    assert answers[-1].status_code == 200
    assert hasty.get(f"{at}{page}", headers=headers).status_code == 200


def test_a_training_on_the_page_follows_its_way_before_it_draws(client: TestClient, hasty: TestClient) -> None:
    at = walk(client, 2000)
    form = {"count": "5", "next": "pictures", "show": "contour"}
    first = hasty.post(f"{at}/run", data=form, headers=HTMX)
    assert first.status_code == 422
    assert "it goes on from where it has come to" in first.text
    for _ in range(500):
        answer = hasty.post(f"{at}/run/stop", data=form, headers=HTMX)
        if answer.status_code == 200:
            break
    assert answer.status_code == 200
