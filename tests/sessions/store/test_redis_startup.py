"""Before the program starts: a Redis in which sessions cannot be kept is refused with what to do."""

import sys
from pathlib import Path

import pytest

from app.sessions.store.places import BackupError, CannotKeepSessionsError, place_of
from app.sessions.store.redis_server import shown
from app.sessions.store.redis_startup import _check_version, check_redis
from tests.redis_server import RedisServer, redis_server, with_redis


def refusal(address: str) -> str:
    with pytest.raises(CannotKeepSessionsError) as caught:
        check_redis(address, patience=0.0)
    return str(caught.value)


@with_redis
def test_a_redis_that_keeps_a_log_is_ready_and_without_one_that_is_said(server: RedisServer) -> None:
    assert "Set appendonly to yes" in check_redis(server.address)
    with server.client() as client:
        client.config_set("appendonly", "yes")
        assert check_redis(server.address) == ""
        client.config_set("appendonly", "no")


def test_one_that_cannot_be_reached_is_named_without_its_password() -> None:
    said = refusal("redis://ada:secret@127.0.0.1:1/0")
    assert said == "The Redis at redis://127.0.0.1:1/0 cannot be reached. Start it, or correct EXPLORER_STORE."


def test_an_address_is_shown_without_a_password() -> None:
    assert shown("rediss://ada:secret@redis.example:6379/1?ssl_password=secret") == "rediss://redis.example:6379/1"
    assert shown("unix://:secret@/run/redis.sock?db=1") == "unix:///run/redis.sock"


def test_what_an_address_asks_for_and_nobody_knows_is_explained() -> None:
    assert "something in its address is not known" in refusal("redis://127.0.0.1:6379/0?socket_timeout=soon")


@with_redis
def test_one_that_is_just_being_started_is_waited_for() -> None:
    with redis_server() as late:
        late.kill()
        check_redis(late.address, patience=20.0, sleep=lambda seconds: late.start())


@with_redis
def test_one_that_throws_away_what_is_used_is_refused() -> None:
    with redis_server("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as cache:
        said = refusal(cache.address)
    assert "its maxmemory-policy is allkeys-lru. Set maxmemory-policy to noeviction." in said


@with_redis
def test_one_that_is_full_and_one_that_is_only_read_are_refused() -> None:
    with redis_server("--maxmemory", "1kb") as full:
        assert "holds as much as it may" in refusal(full.address)
    with redis_server("--replicaof", "127.0.0.1 1") as copy:
        assert "is a copy that is only read. Let EXPLORER_STORE name its primary." in refusal(copy.address)


@with_redis
def test_a_wrong_password_is_explained_and_not_told() -> None:
    with redis_server("--requirepass", "right") as guarded:
        said = refusal(guarded.address.replace("unix://", "unix://:wrong@"))
        assert "takes neither this password nor none" in said
        assert "wrong" not in said
        check_redis(guarded.address.replace("unix://", "unix://:right@"))


def test_an_old_one_is_refused() -> None:
    with pytest.raises(CannotKeepSessionsError, match=r"is of version 5\.0\.14. Take Redis 6 or newer, or Valkey."):
        _check_version("redis://127.0.0.1/0", {"redis_version": "5.0.14"})


def test_where_the_client_is_not_installed_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("app.sessions.store.redis")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    place = place_of("redis://127.0.0.1:6379/0", Path(), 0.0)
    with pytest.raises(CannotKeepSessionsError, match=r'pip install "backprop-explorer\[redis\]"'):
        place.check()


def test_a_backup_is_the_servers_own_business(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="let it run BGSAVE"):
        place_of("redis://127.0.0.1:6379/0", tmp_path, 0.0).back_up(tmp_path / "copy")
