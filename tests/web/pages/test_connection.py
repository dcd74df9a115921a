"""The page that tries the way between a device and a class."""

import re
from time import time

import pytest
from starlette.testclient import TestClient

from app.views.classroom.connection import NO_TIME
from app.web.http.broadcast import Rooms
from app.web.http.work import BusyError
from tests.web.reading import soup
from tests.web.talk import HTMX, first_event


def test_without_scripts_it_says_what_is_known_and_a_click_comes_back(client: TestClient) -> None:
    text = soup(client, "/classroom/connection").get_text()
    assert "You asked for testserver." in text
    assert "Not tried yet." in text
    answer = client.post("/classroom/connection")
    assert answer.status_code == 303
    assert "Clicks come through." in soup(client, answer.headers["location"]).get_text()


def test_on_the_machine_itself_it_says_that_nobody_else_gets_here(client: TestClient) -> None:
    page = client.get("/classroom/connection", headers={"Host": "127.0.0.1:8000"}).text
    assert "this computer itself" in page


def test_it_asks_several_times_and_tells_how_long_that_took(client: TestClient) -> None:
    address, rounds = "/classroom/connection/time", 0
    while "An answer takes about" not in (text := client.get(address, headers=HTMX).text):
        found = re.search(r'hx-get="([^"]+)"', text)
        assert found
        address, rounds = found[1].replace("&amp;", "&"), rounds + 1
    assert rounds == 4
    begun = round(1000 * (time() - 4))
    assert "about 1000 ms" in re.sub(
        r"100\d", "1000", client.get(f"/classroom/connection/time?since={begun}&round=4").text
    )
    late = client.get("/classroom/connection/time?since=1&round=4").text
    assert "That is long" in late
    assert client.get("/classroom/connection/time?since=<b>&round=x").status_code == 200


def test_it_compares_the_devices_clock_and_says_what_that_matters_for(client: TestClient) -> None:
    def told(ahead: float) -> str:
        return client.get(f"/classroom/connection/clock?key={round(1000 * (time() + ahead))}", headers=HTMX).text

    assert re.search(r"The program’s clock says \d\d:\d\d:\d\d UTC\.", soup(client, "/classroom/connection").get_text())
    assert "is near enough to the program’s" in told(1)
    assert "clock is 15 minutes ahead" in told(900)
    assert "clock is two minutes behind. A class does not mind" in told(-140)
    for key in ("", "<b>", "9" * 400):
        assert client.get(f"/classroom/connection/clock?key={key}").text == NO_TIME


def test_no_more_streams_are_open_than_leave_room_for_pages() -> None:
    rooms = Rooms(1)
    rooms.check()
    with rooms.counted(), pytest.raises(BusyError):
        rooms.check()
    rooms.check()


def test_an_event_comes_at_once(client: TestClient) -> None:
    assert "Events come as they happen." in first_event(client, "/classroom/connection/events")
