"""A walk whose record in the store was damaged: a sentence for whoever asks for it, and nothing for anybody else."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from random import Random

import pytest

from app.sessions.store.sqlite import FILE
from app.settings import Settings
from tests.web.talk import BATCHES, LESSON, act, begin, served

Damage = Callable[[str], object]
DAMAGES: dict[str, Damage] = {
    "empty": lambda text: "",
    "cut off": lambda text: text[: len(text) // 2],
    "bytes that are no archive": lambda text: b"\x00\xff" * 40,
    "bytes that are no text": lambda text: "\ud800".encode("utf-8", "surrogatepass"),
    "no text at all": lambda text: 7,
    "another document": lambda text: "[1, 2]",
    "nested without end": lambda text: "[" * 20_000,
}


def damaged(settings: Settings, column: str, damage: Damage, session: str) -> None:
    """Change what one column of the session's row holds."""
    with closing(sqlite3.connect(settings.data_directory / FILE)) as file, file:
        text = file.execute(f"SELECT {column} FROM session WHERE id = ?", (session,)).fetchone()[0]
        file.execute(f"UPDATE session SET {column} = ?, rev = rev + 1 WHERE id = ?", (damage(text), session))


@pytest.mark.parametrize("column", ["fixed", "moving"])
@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_walk_says_so_and_the_others_go_on(settings: Settings, column: str, case: str) -> None:
    with served(settings) as client:
        state, other = begin(client), begin(client)
        damaged(settings, column, DAMAGES[case], state["id"])
        answers = {
            path: client.request(method, path)
            for method, path in (
                ("GET", f"/sessions/{state['id']}"),
                ("POST", f"/sessions/{state['id']}/step"),
                ("GET", f"/api/sessions/{state['id']}"),
                ("POST", f"/api/sessions/{state['id']}/step"),
                ("GET", f"/build?like={state['id']}"),
            )
        }
        for path, answer in answers.items():
            assert answer.status_code == 404, path
            assert "is damaged" in answer.text, path
        assert client.post("/sessions", data={**LESSON, "keep": state["id"]}).status_code == 303
        act(client, other, "step")


def test_no_single_letter_that_is_wrong_in_a_record_breaks_the_program(settings: Settings) -> None:
    chance = Random(1)

    def flipped(text: str) -> str:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice('0123456789-.,e"[]{}x') + text[at + 1 :]

    with served(settings) as client:
        for what in (LESSON, BATCHES):
            for column in ("fixed", "moving") * 100:
                state = act(client, act(client, begin(client, what), "train", iterations=3), "backward")
                damaged(settings, column, flipped, state["id"])
                for method, path in (
                    ("GET", "/sessions/{}"),
                    ("GET", "/api/sessions/{}"),
                    ("POST", "/sessions/{}/step"),
                ):
                    assert client.request(method, path.format(state["id"])).status_code < 500


def test_a_damaged_note_of_what_was_done_last_breaks_nothing(settings: Settings) -> None:
    for damage in (lambda text: 7, lambda text: "[1, 2]", lambda text: b"\xff", lambda text: "a=b"):
        with served(settings) as client:
            state = begin(client)
            damaged(settings, "operations", damage, state["id"])
            for key in ({}, {"Idempotency-Key": "a"}):
                assert client.post(f"/api/sessions/{state['id']}/step", headers=key).status_code in (200, 404)
