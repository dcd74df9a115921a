"""The keys of a session: it can be deleted, get another id, and a second key by which it is only looked at."""

import pytest

from app.sessions.store.store import SessionStore, StaleRevisionError, UnknownSessionError
from tests.sessions.clock import run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import bits, own

NEW = 24 * "n"


@pytest.fixture
def two(opened: Opened) -> tuple[SessionStore, SessionStore]:
    """Two processes that share a store."""
    return opened(), opened()


Two = tuple[SessionStore, SessionStore]


def unknown(two: Two, id: str) -> None:
    """No process finds anything by this id."""
    for store in two:
        with pytest.raises(UnknownSessionError):
            run(store.load(id))


def test_a_deleted_session_is_gone_for_every_process_and_every_key(two: Two) -> None:
    kept = run(two[0].create(own()))
    reader = run(two[0].share(kept.id))
    run(two[1].load(kept.id))
    run(two[0].delete(kept.id))
    unknown(two, kept.id)
    unknown(two, reader)
    with pytest.raises(UnknownSessionError):
        run(two[1].save(kept, kept.session.step()))
    with pytest.raises(UnknownSessionError):
        run(two[1].delete(kept.id))


def test_a_revoked_id_leads_nowhere_and_the_walk_is_at_the_new_one(two: Two) -> None:
    kept = run(two[0].create(own().step("phase")))
    run(two[1].load(kept.id))
    run(two[0].revoke(kept.id, NEW))
    unknown(two, kept.id)
    with pytest.raises(UnknownSessionError):
        run(two[1].save(kept, kept.session.step()))
    for store in two:
        found = run(store.load(NEW))
        assert (found.id, found.rev, bits(found.session)) == (NEW, 1, bits(kept.session))
    assert run(two[1].save(run(two[1].load(NEW)), kept.session.step())).rev == 2


def test_an_id_that_is_revoked_twice_because_the_answer_was_lost_leads_to_the_same(two: Two) -> None:
    kept = run(two[0].create(own()))
    for store in two:
        run(store.revoke(kept.id, NEW))
    assert run(two[0].load(NEW)).rev == 1


def test_no_walk_takes_the_id_of_another_one(two: Two) -> None:
    mine, yours = run(two[0].create(own())), run(two[0].create(own().step()))
    with pytest.raises(UnknownSessionError):
        run(two[0].revoke(mine.id, yours.id))
    with pytest.raises(UnknownSessionError):
        run(two[0].revoke(24 * "u", NEW))
    assert [run(two[1].load(kept.id)).session.cursor for kept in (mine, yours)] == [0, 1]


def test_by_the_key_of_a_reader_a_walk_is_looked_at_wherever_it_goes_and_never_changed(two: Two) -> None:
    kept = run(two[0].create(own()))
    assert run(two[0].shared(kept.id)) == ""
    reader = run(two[0].share(kept.id))
    assert run(two[1].share(kept.id)) == run(two[1].shared(kept.id)) == reader
    assert len(reader) == 24
    run(two[0].save(kept, kept.session.step()))
    seen = run(two[1].load(reader))
    assert (seen.id, seen.read_only, seen.rev, seen.session.cursor) == (reader, True, 2, 1)
    with pytest.raises(StaleRevisionError):
        run(two[1].save(seen, seen.session.step()))
    for change in (two[0].delete(reader), two[0].revoke(reader, NEW), two[0].share(reader)):
        with pytest.raises(UnknownSessionError):
            run(change)
    run(two[0].unshare(reader))
    assert run(two[0].load(kept.id)).rev == run(two[0].load(reader)).rev == 2


def test_a_reader_sees_a_walk_under_its_new_id_too_until_it_is_shared_no_more(two: Two) -> None:
    kept = run(two[0].create(own()))
    reader = run(two[0].share(kept.id))
    run(two[0].revoke(kept.id, NEW))
    assert run(two[1].load(reader)).read_only
    run(two[0].unshare(NEW))
    unknown(two, reader)
    assert run(two[1].share(NEW)) not in ("", reader)


def test_of_what_nobody_keeps_nothing_is_shared(two: Two) -> None:
    with pytest.raises(UnknownSessionError):
        run(two[0].share(24 * "u"))
    assert run(two[0].shared(24 * "u")) == ""
