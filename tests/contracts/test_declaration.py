"""A setting is declared once: one more line there, or another bound, and all that knows of settings has changed.

Tried on a copy of the program, whose files are the same but for the lines named here.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parents[2]
DECLARATION, OPTIMIZERS = "sessions/setups/declaration.py", "engine/learning/optimizers.py"
# What the engine must have of a setting: a field that holds it. All else is the line that declares it.
HELD, AHEAD = "    weight_decay: float = setting(\n", "    schedule: ScheduleGiven | None"
LINE = 'caution: float | None = declared(None, "Held back.", "caution", "0 to 2", usual=Optimizer.caution, ge=0, le=2)'
ADDED = {
    OPTIMIZERS: (HELD, f"    caution: float = 0.25\n{HELD}"),
    DECLARATION: (AHEAD, f"    {LINE}\n{AHEAD}"),
}
ASKED = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
from app.main import create_app
from app.sessions.setups.draft import draft_of
from app.sessions.setups.document import setup_of
from app.settings import Settings
from tests.web.pages.test_build import filled, form_of, post, soup, started, words, wrong

name, good, bad = sys.argv[2:]
place = f"optimizer.{name}"
settings = Settings(data_directory=Path(sys.argv[1]), allowed_hosts=("testserver",))
with TestClient(create_app(settings), follow_redirects=False) as client:
    def begun(value):
        setup = {"sizes": [2, 1], "data": {"dataset": "xor"}, "optimizer": {"kind": "rmsprop", name: value}}
        return client.post("/api/sessions", json=setup).json()
    form = form_of(client) | {"optimizer.kind": "rmsprop"}
    page = post(client, form)
    kept = started(client, filled(page.text) | {place: good})["setup"]
    print(json.dumps({
        "schema": client.app.openapi()["components"]["schemas"]["OptimizerGiven"]["properties"][name],
        "docs": name in client.get("/docs").text,
        "field": filled(page.text)[place],
        "label": words(soup(page.text).find(id=f"f-optimizer-{name}-field")),
        "form": wrong(post(client, form | {place: bad}), place),
        "api": begun(float(bad)),
        "document": kept["optimizer"][name],
        "answer": begun(float(good))["setup"]["optimizer"][name],
        "draft": draft_of(setup_of(kept))[place],
    }))
"""


def asked(tmp_path: Path, changes: dict[str, tuple[str, str]], *what: str) -> dict[str, Any]:
    """What the changed copy says of a setting; each change is a text of a file and what stands in its place."""
    shutil.copytree(HERE / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("static", "templates", "tests"):
        (tmp_path / name).symlink_to(HERE / name)
    for name, (old, new) in changes.items():
        path = tmp_path / "app" / name
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
    script = [sys.executable, "-c", ASKED, str(tmp_path / "data"), *what]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_setting_that_is_added_to_the_declaration_is_everywhere(tmp_path: Path) -> None:
    found = asked(tmp_path, ADDED, "caution", "1.5", "2.5")
    assert found["schema"]["description"] == "Held back."
    assert found["schema"]["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 2}
    assert found["docs"]
    assert found["field"] == "0.25"
    assert found["label"] == "caution 0 to 2"
    assert found["form"] == "It should be less than or equal to 2. Give at most 2."
    (error,) = found["api"]["errors"]
    assert error["field"] == "optimizer.caution"
    assert f"{error['problem']} {error['remedy']}" == found["form"]
    assert (found["document"], found["answer"], found["draft"]) == (1.5, 1.5, "1.5")


# File, the text with the old bound, with the new one; the setting, its new bound, a value below it and one above.
BOUNDS = {
    "of the declaration": (DECLARATION, "        le=1,\n", "        le=0.5,\n", "weight_decay", 0.5, "0.25", "0.75"),
    "of the engine": (OPTIMIZERS, "ge=0, lt=1,", "ge=0, lt=0.9995,", "decay", 0.9995, "0.5", "0.9999"),
}


@pytest.mark.parametrize(("file", "old", "new", "name", "bound", "below", "above"), BOUNDS.values(), ids=BOUNDS)
def test_a_bound_that_is_changed_where_it_is_declared_has_changed_everywhere(
    tmp_path: Path, file: str, old: str, new: str, name: str, bound: float, below: str, above: str
) -> None:
    found = asked(tmp_path, {file: (old, new)}, name, below, above)
    (error,) = found["api"]["errors"]
    assert error["field"] == f"optimizer.{name}"
    assert error["remedy"].endswith(f" {bound}.")
    assert found["form"] == f"{error['problem']} {error['remedy']}"
    bounds = found["schema"]["anyOf"][0]
    assert bounds.get("exclusiveMaximum", bounds.get("maximum")) == bound
    assert (found["document"], found["draft"]) == (float(below), below)
