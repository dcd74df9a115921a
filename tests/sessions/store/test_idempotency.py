"""A request that is sent again is not done again: the store knows the last 16 of each session by their keys."""

import pytest

from app.sessions.store.store import Kept, SessionStore, StaleRevisionError, led_to, operation_key
from tests.sessions.clock import run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import own


def stepped(store: SessionStore, kept: Kept, key: str) -> Kept:
    return run(store.save(kept, kept.session.step(), key))


def test_a_save_with_the_key_of_a_finished_one_returns_what_that_one_left(opened: Opened) -> None:
    store = opened()
    before = run(store.create(own()))
    after = stepped(store, before, "click")
    again = stepped(store, before, "click")  # the answer was lost: the client still holds `before`
    assert (again.rev, again.session.cursor) == (after.rev, after.session.cursor) == (2, 1)


def test_another_process_knows_the_key_too(opened: Opened) -> None:
    first, second = opened(), opened()
    before = run(first.create(own()))
    seen = run(second.load(before.id))
    stepped(first, before, "click")
    assert stepped(second, seen, "click").rev == 2
    with pytest.raises(StaleRevisionError):
        stepped(second, seen, "another click")


def test_a_save_without_a_key_is_never_taken_for_a_repeated_one(opened: Opened) -> None:
    store = opened()
    before = run(store.create(own()))
    stepped(store, before, "")
    with pytest.raises(StaleRevisionError):
        stepped(store, before, "")


def test_the_last_16_keys_are_kept_with_the_revisions_they_led_to(opened: Opened) -> None:
    store = opened()
    kept = run(store.create(own()))
    for i in range(20):
        kept = stepped(store, kept, f"key{i}")
    again = run(opened().load(kept.id))
    assert len(again.operations) == 16
    assert [led_to(again.operations, f"key{i}") for i in range(20)] == [None] * 4 + [i + 2 for i in range(4, 20)]


def test_a_key_that_begins_like_another_is_another() -> None:
    assert led_to(("abc=2", "ab=3"), "ab") == 3
    assert led_to(("abc=2",), "ab") is None


def test_a_click_is_the_same_only_where_its_page_its_button_and_its_fields_are() -> None:
    click = operation_key("page", "/sessions/x/step", b"rev=1&by=equation")
    others = {
        operation_key("other page", "/sessions/x/step", b"rev=1&by=equation"),
        operation_key("page", "/sessions/x/back", b"rev=1&by=equation"),
        operation_key("page", "/sessions/x/step", b"rev=1&by=layer"),
    }
    assert click == operation_key("page", "/sessions/x/step", b"rev=1&by=equation")
    assert len(others | {click}) == 4
    assert operation_key("", "/sessions/x/step", b"") == ""
