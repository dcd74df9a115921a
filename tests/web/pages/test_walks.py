"""My walks: a browser's own list; a walk is deleted, has its address revoked, or is shown to others, who only look."""

import re
from html import unescape
from time import time

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.http.own_walks import FORGOTTEN, WALKS
from app.web.http.security import SESSION, operations_of
from tests.web.reading import soup
from tests.web.talk import HTMX, Json, begin, start, state_of, walk_of


@pytest.fixture
def client(client: TestClient) -> TestClient:
    """A browser."""
    client.headers["Sec-Fetch-Site"] = "same-origin"
    return client


def id_of(at: str) -> str:
    return at.rpartition("/")[2]


def begun(client: TestClient, lesson: str = "two-outputs-two-paths") -> str:
    """The address of a walk that a browser began."""
    answer = client.post("/sessions", data={"lesson": lesson, "ask": "0"})
    return str(answer.headers["location"])


def listed(client: TestClient) -> list[str]:
    """The addresses of My walks, from the first to the last."""
    found = [str(link["href"]) for link in soup(client, "/walks").select(".walk > a.button")]
    return found


def sent(client: TestClient, at: str, verb: str, page: str = "") -> str:
    """Where the form leads that stands on the verb's page, sent as a browser does."""
    form = soup(client, f"{at}/{page or verb}").select_one("main form")
    assert form is not None
    assert form["action"] == f"{at}/{verb}"
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
    answer = client.post(str(form["action"]), data=fields)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def shared(client: TestClient, at: str) -> str:
    """The address by which others look at a walk, shared on its page."""
    assert sent(client, at, "share") == f"{at}/share"
    link = soup(client, f"{at}/share").select_one("a.link")
    assert link is not None
    assert link["href"] == link.text
    return "/sessions/" + id_of(link.text)


# The list -------------------------------------------------------------------------------------------------------------


def test_the_walks_that_a_browser_began_are_listed_the_newest_first(client: TestClient) -> None:
    walks = [begun(client, lesson) for lesson in ("hours-of-study", "a-slope-too-many")]
    level = {"level": "1", "seed": "3"}
    walks.append(client.post("/bug-lab", data=level).headers["location"])
    walks.append(client.post(f"{walks[0]}/fork", data={"thing": "learning_rate", "value": "0.05"}).headers["location"])
    walks[-1] = walks[-1].removesuffix("/compare")
    assert listed(client) == walks[::-1]
    text = soup(client, "/walks").get_text()
    assert all(word in text for word in ("Hours of study", "A slope too many", "Find the mistake", "At its start."))


def test_a_walk_says_when_it_was_begun_where_the_browser_knows(client: TestClient) -> None:
    at = begun(client)
    assert "Begun just now." in soup(client, "/walks").get_text()
    client.cookies.clear()
    for value, told in ((str(int(time()) - 7_300), "Begun two hours ago."), ("1", ""), ("9" * 40, ""), ("x", "")):
        text = client.get("/walks", headers={"Cookie": f"walk-{id_of(at)}={value}"}).text
        assert told in text
        assert ("Begun" in text) is bool(told)


def test_the_list_is_the_browsers_own(client: TestClient) -> None:
    at = begun(client)
    cookie = [one for one in client.cookies.jar if one.name.startswith("walk-")]
    assert [(one.name, one.path, one.has_nonstandard_attr("HttpOnly")) for one in cookie] == [
        (f"walk-{id_of(at)}", "/walks", True)
    ]
    with_others = {name: value for name, value in client.get(at).request.headers.items() if name == "cookie"}
    assert id_of(at) not in with_others.get("cookie", "")  # it is sent to the list alone
    client.cookies.clear()
    assert "No walk was begun in this browser yet" in client.get("/walks").text


def test_a_program_gets_no_cookies(client: TestClient) -> None:
    del client.headers["Sec-Fetch-Site"]
    start(client)
    assert begin(client)["id"]
    assert listed(client) == []


def test_on_https_the_list_is_kept_off_plain_http(client: TestClient) -> None:
    answer = client.post("https://testserver/sessions", data={"lesson": "hours-of-study"})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "walk-" in one)
    assert cookie.startswith("__Secure-walk-")
    assert all(word in cookie for word in ("HttpOnly", "Path=/walks;", "SameSite=lax", "Secure"))
    assert answer.headers["location"] in client.get("https://testserver/walks").text


def test_walks_that_are_gone_leave_the_list_and_what_is_no_id_never_enters_it(client: TestClient) -> None:
    at = begun(client)
    client.delete(f"/api{at}")
    client.cookies.set("walk-<script>", "1", domain="testserver.local", path="/walks")
    assert listed(client) == []
    assert [one for one in client.cookies.jar if one.name == f"walk-{id_of(at)}"] == []


def test_a_list_has_a_bound(client: TestClient) -> None:
    names = "; ".join(f"walk-{i:024}=1" for i in range(3 * WALKS.most))
    answer = client.get("/walks", headers={"Cookie": names})
    assert answer.status_code == 200
    assert len(answer.headers.get_list("set-cookie")) == FORGOTTEN
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) < 4_096  # what nginx takes of headers


def test_of_more_walks_than_a_list_shows_the_oldest_leave_it(client: TestClient) -> None:
    old, *walks = (begun(client) for _ in range(WALKS.most + 1))
    assert listed(client) == walks[::-1]
    assert not [one for one in client.cookies.jar if one.name == f"walk-{id_of(old)}"]
    assert client.get(old).status_code == 200


def test_in_a_frame_where_browsers_keep_no_cookies_it_is_said(client: TestClient) -> None:
    framed = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
    assert "In this frame the browser keeps no list" in client.get("/walks", headers=framed).text


# Named, and another one like it ---------------------------------------------------------------------------------------


def test_a_walk_has_the_name_that_it_is_given_until_it_is_taken_away(client: TestClient) -> None:
    at = begun(client)
    field = soup(client, f"{at}/name").select_one("#name")
    assert field is not None
    assert (field["value"], field["maxlength"]) == ("", "40")
    for name, shown in (("  For Tuesday’s class ", "For Tuesday’s class"), (" ", "Two outputs, two paths")):
        assert client.post(f"{at}/name", data={"name": name}).headers["location"] == "/walks"
        assert shown in soup(client, "/walks").select(".walk h2")[0].get_text()
        assert [heading.get_text() for heading in soup(client, at).select("h1")] == [shown]


@pytest.mark.parametrize("name", [41 * "n", "a\u202eb", "a\x00b"])
def test_what_cannot_be_a_name_is_refused_with_the_reason(client: TestClient, name: str) -> None:
    at = begun(client)
    answer = client.post(f"{at}/name", data={"name": name})
    assert answer.status_code == 422
    assert "at most 40" in answer.text or "cannot be seen" in answer.text
    assert "Two outputs, two paths" in client.get(at).text


def test_a_name_is_text_wherever_it_is_shown(client: TestClient) -> None:
    at = begun(client)
    client.post(f"{at}/name", data={"name": "<i id=zebra>"})
    for page in ("/walks", at, f"{at}/name", f"{at}/delete", f"{at}/compare", f"{at}/pictures"):
        assert soup(client, page).find(id="zebra") is None
        assert "&lt;i id=zebra&gt;" in client.get(page).text


def test_a_copy_stands_where_its_walk_does_and_goes_its_own_way(client: TestClient) -> None:
    at = begun(client)
    client.post(f"{at}/backward", data={"rev": "1"})
    assert client.post(f"{at}/duplicate").headers["location"] == "/walks"
    copy, first = listed(client)
    assert first == at
    same = [{**state_of(client, one), "id": "", "rev": 0} for one in (copy, at)]
    assert same[0] == same[1]
    client.post(f"{copy}/step", data={"rev": "1"})
    assert state_of(client, copy)["cursor"] == state_of(client, at)["cursor"] + 1
    for _ in range(2):
        client.post(f"{listed(client)[0]}/duplicate")
    names = [heading.get_text() for heading in soup(client, "/walks").select(".walk h2")]
    assert names[:3] == 3 * ["Two outputs, two paths (copy)"]


# Deleted, and another address -----------------------------------------------------------------------------------------


def test_a_walk_is_deleted_only_after_one_was_asked(client: TestClient) -> None:
    at, other = begun(client), begun(client)
    page = soup(client, f"{at}/delete")
    assert "nobody can bring them back" in page.get_text()
    assert client.get(at).status_code == 200  # asking changes nothing
    assert sent(client, at, "delete") == "/walks"
    gone = client.get(at)
    assert gone.status_code == 404
    assert "it was deleted" in gone.text
    assert client.post(f"{at}/delete").status_code == 404
    assert listed(client) == [other]


def test_a_revoked_address_leads_nowhere_and_the_walk_goes_on_at_another(client: TestClient) -> None:
    at = begun(client)
    client.post(f"{at}/step", data={"by": "phase", "rev": "1"})
    assert sent(client, at, "revoke") == "/walks"
    (new,) = listed(client)
    assert new != at
    assert state_of(client, new)["rev"] == 2
    gone = client.get(at)
    assert gone.status_code == 404
    assert "has another address now" in gone.text
    assert client.post(f"{at}/step", data={"rev": "2"}).status_code == 404
    assert client.get(f"/api{at}").status_code == 404


def test_a_form_that_revokes_sent_again_leads_to_the_same_walk(client: TestClient) -> None:
    at, form = begun(client), {"new_id": 24 * "n"}
    for _ in range(2):  # the first answer was lost, and with it what the browser was to keep
        answer = client.post(f"{at}/revoke", data=form)
        assert answer.headers["location"] == "/walks"
    assert listed(client) == [f"/sessions/{24 * 'n'}"]
    assert client.get(f"{at}/revoke").status_code == 404


@pytest.mark.parametrize("new_id", ["", "short", 24 * "é", 25 * "n"])
def test_no_walk_gets_an_id_that_is_none(client: TestClient, new_id: str) -> None:
    at = walk_of(client)
    assert client.post(f"{at}/revoke", data={"new_id": new_id}).status_code == 422
    assert client.get(at).status_code == 200


def test_an_id_that_another_walk_has_is_not_given_twice(client: TestClient) -> None:
    at, other = walk_of(client), walk_of(client)
    assert client.post(f"{at}/revoke", data={"new_id": id_of(other)}).status_code == 404
    assert [state_of(client, one)["rev"] for one in (at, other)] == [1, 1]


def test_the_api_revokes_once_for_each_key(client: TestClient) -> None:
    at = f"/api{walk_of(client)}"
    keyed = {"Idempotency-Key": "d9428888-122b-11e1-b85c-61cd3cbb3210"}
    first, again = (client.post(f"{at}/revoke", headers=keyed) for _ in range(2))  # the first answer was lost
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["location"] == first.headers["location"] != at
    other = {"Idempotency-Key": "d9428888-122b-11e1-b85c-61cd3cbb3211"}
    for headers in (other, {}):
        assert client.post(f"{at}/revoke", headers=headers).status_code == 404


def test_a_key_that_can_be_guessed_makes_no_id(client: TestClient) -> None:
    at = f"/api{walk_of(client)}"
    answer = client.post(f"{at}/revoke", headers={"Idempotency-Key": 21 * "1"})
    assert answer.status_code == 422
    assert "Send a UUID." in answer.text
    assert client.get(at).status_code == 200


# Shared to be looked at -----------------------------------------------------------------------------------------------


@pytest.fixture
def reader(client: TestClient) -> tuple[str, str]:
    """The address of a walk in its backward phase, and the one by which others look at it."""
    at = begun(client)
    client.post(f"{at}/backward", data={"rev": "1"})
    return at, shared(client, at)


Reader = tuple[str, str]


@pytest.mark.parametrize("path", ["", "/compare", "/pictures", "/paths?of=w-1-0-0"])
def test_whoever_may_look_sees_each_page_without_the_key_to_it(client: TestClient, reader: Reader, path: str) -> None:
    at, look = reader
    page = client.get(look + path)
    assert page.status_code == 200
    assert id_of(at) not in page.text + str(page.headers)
    assert "this address shows it and changes nothing in it" in page.text
    assert "this address shows it" not in client.get(at + path).text


@pytest.mark.parametrize("path", ["", "/trace", "/history", "/gradient-check", "/question", "/answers"])
def test_whoever_may_look_reads_by_the_api_what_the_walk_shows(client: TestClient, reader: Reader, path: str) -> None:
    at, look = reader
    mine, theirs = (client.get(f"/api{one}{path}") for one in reader)
    assert theirs.status_code == 200
    assert theirs.text == mine.text.replace(id_of(at), id_of(look))
    assert id_of(at) not in str(theirs.headers)


def test_whoever_may_look_sees_where_the_walk_has_come_to(client: TestClient, reader: Reader) -> None:
    at, look = reader
    client.post(f"{at}/update", data={"rev": "2"})
    assert state_of(client, look)["rev"] == 3
    assert state_of(client, look)["phase"] == "update"


FIELDS = {
    "rev": "2", "by": "equation", "iterations": "1", "of": "w-1-0-0", "value": "0.5", "cursor": "1", "example": "0",
    "learning_rate": "0.3", "on": "1", "asking": "0", "thing": "seed", "count": "1", "measure": "iterations",
    "gradient": "dW-1-0-0", "layer": "1", "new_id": 24 * "n", "skip": "1", "name": "mine",
}  # fmt: skip
BODIES = {"/train": {"iterations": 1}, "/answer": {"skip": True}, "": {"learning_rate": 0.3}}  # what the API must get


def test_whoever_may_look_steps_in_nothing(client: TestClient, reader: Reader, settings: Settings) -> None:
    at, look = reader
    before, refused = state_of(client, at), 0
    for operation in operations_of(create_app(settings).router.routes):
        method, _, path = operation.partition(" ")
        if SESSION in path and method != "GET":
            if path.startswith("/api/"):
                given: Json = {"json": BODIES.get(path.partition(SESSION)[2], {})}
            else:
                given = {"data": FIELDS}
            answer = client.request(method, path.replace(SESSION, id_of(look)), **given)
            assert answer.status_code == 403, operation
            assert "shows the walk and changes nothing" in unescape(answer.text), operation
            refused += 1
    assert refused > 30
    assert state_of(client, at) == before
    assert client.get(look).status_code == 200


def test_a_click_on_a_page_to_look_at_is_answered_in_place(client: TestClient, reader: Reader) -> None:
    answer = client.post(f"{reader[1]}/step", data={"rev": "2"}, headers=HTMX)
    assert answer.status_code == 403
    assert answer.text.startswith('<hx-partial hx-target="#toast"')


@pytest.mark.parametrize("page", ["delete", "revoke", "share", "name"])
def test_whoever_may_look_is_asked_nothing(client: TestClient, reader: Reader, page: str) -> None:
    assert client.get(f"{reader[1]}/{page}").status_code == 404


def test_once_it_is_shared_no_more_the_second_address_leads_nowhere(client: TestClient, reader: Reader) -> None:
    at, look = reader
    assert "Others can look at it." in soup(client, "/walks").get_text()
    assert sent(client, at, "unshare", page="share") == f"{at}/share"
    assert client.get(look).status_code == 404
    assert client.get(at).status_code == 200
    assert shared(client, at) != look


def test_a_walk_of_ones_own_can_begin_where_the_one_that_is_looked_at_stands(
    client: TestClient, reader: Reader
) -> None:
    own = start(client, as_published="false", keep=id_of(reader[1]))
    assert state_of(client, own)["cursor"] == state_of(client, reader[0])["cursor"]


# The same by the API --------------------------------------------------------------------------------------------------


def test_the_api_deletes_revokes_shares_and_unshares(client: TestClient) -> None:
    at = f"/api{walk_of(client)}"
    look = client.post(f"{at}/share").json()["id"]
    assert client.post(f"{at}/share").json() == {"id": look}
    assert client.get(f"/api/sessions/{look}").json()["id"] == look
    revoked = client.post(f"{at}/revoke")
    new = revoked.headers["location"]
    assert new == f"/api/sessions/{revoked.json()['id']}" != at
    assert client.get(at).status_code == 404
    assert client.get(f"/api/sessions/{look}").status_code == 200
    answer = client.post(f"{new}/unshare")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(f"/api/sessions/{look}").status_code == 404
    stale = client.delete(new, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    answer = client.delete(new)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.delete(new).json()["type"] == "/docs#unknown-session"


def test_another_site_deletes_nothing(client: TestClient) -> None:
    at = walk_of(client)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"{at}/delete", headers=foreign).status_code == 403
    assert client.delete(f"/api{at}", headers=foreign).status_code == 403
    assert re.fullmatch("/sessions/.{24}", at)
    assert client.get(at).status_code == 200
