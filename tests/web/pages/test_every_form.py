"""Every form of a walk, made as it is sent and read back by a referee of its own: none may be without one."""

import csv
import io
import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import html5lib  # type: ignore[import-untyped]
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.engine.data.split import Data, Examples
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.limits import Limits
from app.sessions.setups.typed import clean_name
from app.sessions.take_away.link import opened_file
from app.sessions.take_away.variants import MOST_PARAMETERS
from app.sessions.walk.session import TrainingSession
from app.settings import STATIC, TEMPLATES
from app.views.pages import heading_of
from app.views.take_away.forms import FORMS, Wish, export_of
from app.views.take_away.one_file import MOST_STEPS
from app.views.take_away.tables import READ_AS_FORMULA
from app.views.take_away.worked import array_name, index_of
from app.views.text.naming import input_names
from app.web.http.templating import Assets, Templates
from app.web.pages.take_away import drawn
from tests.engine.cases import mistaken, updated
from tests.views.take_away.plain_network import found_again
from tests.views.take_away.test_questions import read_gift, read_moodle

TEMPLATE = Templates(TEMPLATES, Assets(STATIC))
SECTION = re.compile(r"^# ([A-Z].*?) -+$", re.MULTILINE)
LATER = ("After the update", "Put right", "The training up to here")  # which fill the same arrays again
Names = dict[str, Any]


@lru_cache(len(FORMS))
def made(walk: TrainingSession, form: str) -> str:
    """The file."""
    wish = Wish({}, "http://testserver/w/1abc", lambda part: TEMPLATE.part(part.template, part, ""))
    return drawn(export_of(walk, form, wish), TEMPLATE, "light")


def run(script: str) -> Names:
    """Everything that a script has found; AssertionError where a number is another one than it says."""
    names: Names = {}
    exec(compile(script, "script", "exec"), names)
    return names


@lru_cache(1)
def iteration_by_numpy(walk: TrainingSession) -> Names:
    """This iteration's arrays, as NumPy finds them."""
    script = made(walk, "numpy.py")
    ends = [match.start() for match in SECTION.finditer(script) if match[1].startswith(LATER)]
    return run(script[: min(ends, default=len(script))])


def each_by_numpy(walk: TrainingSession) -> list[float]:
    """What NumPy finds of each equation that was shown."""
    names, turned = iteration_by_numpy(walk), walk.lesson is not None and _is_turned(walk)
    found = []
    for equation in walk.equations[: walk.cursor]:
        array = names[array_name(equation, walk.shape)]
        place = eval(f"({index_of(equation, walk.focus_row, turned)})") if np.ndim(array) else ()
        found.append(float(np.asarray(array)[place]))
    return found


def _is_turned(walk: TrainingSession) -> bool:
    return next(one for one in LESSONS if one.slug == walk.lesson).orientation == "fan_in_fan_out"


# The referees ---------------------------------------------------------------------------------------------------------


def judge_script(walk: TrainingSession, text: str) -> None:
    compared = len(re.findall(r"^close\(", text, re.MULTILINE))
    assert bool(compared) == (walk.cursor > 0 or walk.iteration > 0)
    run(text)


GIVEN = re.compile(r"^(\w+) = torch\.tensor\((\[.*?\]+)(?:, requires_grad=True)?\)$", re.MULTILINE | re.DOTALL)
ASSERTED = re.compile(r"^close\(([ZA]\d+|y_hat|loss)(\[[\d, ]+\])?, (.*)\)$", re.MULTILINE)


def judge_torch(walk: TrainingSession, text: str) -> None:
    """PyTorch itself runs those of tests/views/take_away/torch_cases.py; here what is given and forward, by NumPy."""
    compile(text, "script", "exec")
    names = iteration_by_numpy(walk)
    it = walk.current
    held = {"X": it.X, "Y": it.Y}
    for l, layer in enumerate(it.before.layers, 1):
        held |= {f"W{l}": layer.W, f"b{l}": layer.b}
    read = {name: np.array(eval(value)) for name, value in GIVEN.findall(text)}
    assert read.keys() == held.keys()
    assert all((read[name] == held[name]).all() for name in held)
    for name, place, page in ASSERTED.findall(text.split("# After the update")[0]):
        array = np.asarray(names[name])
        assert np.allclose(array[eval(f"({place[1:-1]})")] if place else array, eval(page), rtol=1e-9, atol=1e-12)


def judge_notebook(walk: TrainingSession, text: str) -> None:
    book = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    run("\n".join(cell.source for cell in book.cells if cell.cell_type == "code" and "matplotlib" not in cell.source))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def judge_equations(walk: TrainingSession, text: str) -> None:
    rows = rows_of(text)
    assert [int(row["step"]) for row in rows] == list(range(1, len(walk.equations) + 1))
    values = [float(row["value"]) for row in rows if row["value"]]
    assert values == pytest.approx(each_by_numpy(walk), rel=1e-9, abs=1e-12)


def judge_parameters(walk: TrainingSession, text: str) -> None:
    """Gradients and updates as NumPy finds them; the values before stand in the script."""
    rows, names = rows_of(text), iteration_by_numpy(walk)
    depth = len(walk.setup.sizes) - 1
    turned = walk.lesson is not None and _is_turned(walk)
    for column, prefix in (("gradient", "d"), ("after it", "")):
        arrays = [(names[f"{prefix}W{l}"], names[f"{prefix}b{l}"]) for l in range(1, depth + 1)]
        wanted = np.concatenate([part for W, b in arrays for part in ((W.T if turned else W).ravel(), b)])
        assert len(rows) == len(wanted)
        for row, value in zip(rows, wanted, strict=True):
            if row[column]:
                assert float(row[column]) == pytest.approx(value, rel=1e-9, abs=1e-12)
    before = np.concatenate([part for layer in walk.current.before.layers for part in (layer.W.ravel(), layer.b)])
    assert [float(row["before the update"]) for row in rows] == list(before)
    for row in rows:
        if row["check"] == "agrees" and row["gradient"]:
            assert float(row["numerical gradient"]) == pytest.approx(float(row["gradient"]), rel=1e-4, abs=1e-6)


def judge_losses(walk: TrainingSession, text: str) -> None:
    losses = [float(row["loss before the update"]) for row in rows_of(text)]
    found = run(made(walk, "numpy.py")).get("losses", [])
    assert losses[: len(found)] == pytest.approx(list(found), rel=1e-6, abs=1e-9)
    assert len(found) == walk.iteration


# Of LaTeX itself and of amsmath: what a fragment may count on.
COMMANDS = re.compile(
    r"begin|end|cdot|d?frac|partial|mathcal|hat|odot|sum|sqrt|text|mathrm|left|right|leftarrow|ln|log|exp|max|min|"
    r"nabla|tanh|sigma|delta|eta|beta|alpha|lambda|epsilon|varepsilon|Delta|operatorname|lVert|rVert|Phi|cos|pi|ge|le|"
    r"lvert|rvert|infty|times|prime|mathbf|lfloor|rfloor|bigl|bigr|Bigl|Bigr|gamma|rho|mu|quad"
)
NUMBER = r"-?\d[\d.]*(?: \\cdot 10\^\{-?\d+\})?|-?\\infty|nan"


def judge_latex(walk: TrainingSession, text: str) -> None:
    """As a compiler would: braces and environments in pairs, known commands, and nothing that is a comment midway."""
    *comments, body = re.split(r"(?m)^(?=[^%])", text, maxsplit=1) if walk.cursor else (text, "")
    assert all(line.startswith("%") for part in comments for line in part.splitlines())
    bare = body.replace(r"\\", " ").replace(r"\{", "").replace(r"\}", "")
    assert not re.search(r"[%#$~\"]", bare)
    assert not [name for name in re.findall(r"\\([A-Za-z]+)", bare) if not COMMANDS.fullmatch(name)]
    depth = 0
    for mark in re.findall(r"[{}]", bare):
        depth += 1 if mark == "{" else -1
        assert depth >= 0
    assert depth == 0
    opened: list[str] = []
    for verb, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", bare):
        assert name in ("align*", "cases")
        if verb == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened
    assert bare.count(r"\left") == bare.count(r"\right") + bare.count(r"\leftarrow")
    found = [last.strip() for last in re.findall(rf"= ({NUMBER})(?= \\\\$|$)", body, re.MULTILINE)]
    values = [float(re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", one)) for one in found]
    assert values == pytest.approx(each_by_numpy(walk), rel=1e-9, abs=1e-12)


def judge_questions(walk: TrainingSession, read: list[tuple[str, str, str, Any]]) -> None:
    turned = walk.lesson is not None and _is_turned(walk)
    assert len(read) == 10 * (1 + 5 * (len(walk.setup.sizes) - 1))
    for _, name, html, answers in read[::17]:
        (fraction, right, tolerance, _), *wrong = answers
        assert fraction == "100"
        assert tolerance > 0
        for _, value, room, _ in wrong:
            assert abs(value - right) > tolerance
            assert room > 0
        found = found_again(name, html, turned)
        assert math.isnan(found) or found == pytest.approx(right, rel=1e-4, abs=1e-6), (name, html)


def judge_moodle(walk: TrainingSession, text: str) -> None:
    judge_questions(walk, read_moodle(text))


def judge_gift(walk: TrainingSession, text: str) -> None:
    read = read_gift(text)
    assert read == read_moodle(made(walk, "moodle.xml"))


def page_of(walk: TrainingSession, text: str) -> ET.Element:
    """The body of a page, which is XML too; of a lesson, for that takes long, a ParseError where a browser would have
    to guess.
    """
    if walk.lesson and walk.finished:
        html5lib.HTMLParser(strict=True).parse(text)
    return ET.fromstring(text[text.index("<body") : text.rindex("</html>")])


def classed(page: ET.Element, name: str, tag: str = "*") -> list[ET.Element]:
    return [element for element in page.iter(None if tag == "*" else tag) if name in element.get("class", "").split()]


def words_of(element: ET.Element) -> str:
    return "".join(element.itertext())


def given_in(page: ET.Element) -> list[str]:
    return list(map(words_of, classed(page, "numbers")[0]))


def judge_worksheet(walk: TrainingSession, text: str) -> None:
    """The number of blanks is that of the key's answers, and no answer stands beside a blank."""
    sheet, key = page_of(walk, text), page_of(walk, made(walk, "key.html"))
    blank = classed(sheet, "blank", "li")
    assert blank
    assert [item.get("value") for item in blank] == [
        item.get("value") for item in key.iter("li") if classed(item, "answer")
    ]
    assert not classed(sheet, "answer")
    assert not classed(sheet, "slips")
    assert all(len(classed(item, "room")) == 1 and not classed(item, "res") for item in blank)
    assert given_in(sheet) == given_in(key)


PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
BY_HAND = re.compile(r"([−\d][\d.×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*) by hand; exactly ([−\d][\d.×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*)")


def judge_key(walk: TrainingSession, text: str) -> None:
    """Each number by hand is near the exact one; tests/views/take_away/test_worksheet.py has each to its last digit."""
    answers = classed(page_of(walk, text), "answer")
    assert answers
    for answer in answers:
        by_hand, exact = (
            float(part.translate(PLAIN).replace("×10", "e")) for part in BY_HAND.findall(words_of(answer))[0]
        )
        assert by_hand == pytest.approx(exact, rel=0.05, abs=0.02), words_of(answer)


def judge_summary(walk: TrainingSession, text: str) -> None:
    """Each equation so far ends in what NumPy finds, to the digits that it shows."""
    page = page_of(walk, text)
    assert not list(page.iter("script"))
    rows = [row for body in page.iter("tbody") for row in body]
    assert len(rows) == walk.setup.network.size
    found = each_by_numpy(walk)
    lines = [words_of(line).translate(PLAIN) for line in page.findall(".//ol/li")]
    assert len(lines) == len(found)
    for equation, line, value in zip(walk.equations, lines, found, strict=False):
        if equation.kind == "z":  # every term, however many rows they take
            assert line.count("w") == walk.setup.sizes[equation.symbol.layer - 1]
        last = re.findall(r"=\s*\(?(-?[\d.]+(?:\s*[·×]\s*10(-?\d+))?)\)?$", line)
        if last and not last[0][1]:
            assert float(last[0][0]) == pytest.approx(value, rel=1e-2, abs=1e-4), line
    assert ("–" in "".join(map(words_of, rows))) == (not walk.finished)


def judge_drawing(walk: TrainingSession, text: str) -> None:
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == heading_of(walk).title
    assert "var(" not in text
    assert not re.search(r"(?:href|src)=\"(?!#)|url\((?!#)|<script|\son[a-z]+=", text)


STEPS = re.compile(r'<script type="application/json" id="steps">(.*?)</script>', re.DOTALL)


def judge_slides(walk: TrainingSession, text: str) -> None:
    """Each step ends in what NumPy finds of it, to the digits that it shows; nothing is asked of anybody."""
    assert text.count("<script") == 2
    assert not re.search(r"\s(?:href|src|style|on[a-z]+)=", text)
    steps = json.loads(STEPS.findall(text)[0])
    assert len(steps) == len(walk.equations) + 1
    whole = walk if walk.finished else walk.go(len(walk.equations))
    for step, value in zip(steps[1:], each_by_numpy(whole), strict=True):
        shown = TAG.sub("", re.findall(r'class="res[^"]*".*?</mtr>', step["maths"])[-1].partition(">")[2])
        digits = re.sub(r"×10(-?\d+)$", r"e\1", shown.translate(PLAIN))
        assert float(digits) == pytest.approx(value, rel=6e-3, abs=6e-6), step["heading"]


TAG = re.compile(r"<[^>]+>")


def judge_file(walk: TrainingSession, text: str) -> None:
    held = opened_file(text.encode(), Limits())
    again = held.there(held.start)
    assert again.current.after.flat().tobytes() == walk.current.after.flat().tobytes()
    assert again.place == walk.place
    assert input_names(again) == input_names(walk)


REFEREES: dict[str, Callable[[TrainingSession, str], None]] = {
    "numpy.py": judge_script,
    "pytorch.py": judge_torch,
    "notebook.ipynb": judge_notebook,
    "equations.csv": judge_equations,
    "parameters.csv": judge_parameters,
    "losses.csv": judge_losses,
    "equations.tex": judge_latex,
    "moodle.xml": judge_moodle,
    "gift.txt": judge_gift,
    "worksheet.html": judge_worksheet,
    "key.html": judge_key,
    "drawing.svg": judge_drawing,
    "summary.html": judge_summary,
    "walk.html": judge_slides,
    "again.walk.json": judge_file,
}


def test_no_form_is_without_a_referee() -> None:
    assert REFEREES.keys() == FORMS.keys()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_form_of_every_lesson(lesson: Any) -> None:
    start = TrainingSession.of_lesson(lesson).at_first_example()
    for walk in (start.step("phase"), start.train(iterations=3).step("iteration")):
        for form, judge in REFEREES.items():
            judge(walk, made(walk, form))


SMALL = ("moodle.xml", "gift.txt", "walk.html", "worksheet.html", "key.html")  # that take a small network only


@settings(max_examples=50, database=None, phases=[Phase.generate])
@given(st.one_of(mistaken(), updated()), st.integers(0, 3), st.floats(0.1, 1))
def test_every_form_of_random_networks(setup: Setup, iterations: int, part: float) -> None:
    walk = TrainingSession.of_setup(setup.completed())
    is_small = setup.network.size <= MOST_PARAMETERS and len(walk.equations) <= MOST_STEPS
    for _ in range(iterations):
        walk = walk.step("iteration")
    walk = walk.step()
    walk = walk.go(max(1, round(part * len(walk.equations))))
    for form, judge in REFEREES.items():
        if is_small or form not in SMALL:
            judge(walk, made(walk, form))


# Names ----------------------------------------------------------------------------------------------------------------

HOSTILE = (
    "=cmd()", '"""; import os #', "]]></text><b>&amp;", "</script><script>alert(1)</script>", "100 %_x$ {~=#:}",
    "\\N{BULLET} \\x", "é 漢字 ½ ’", "\\end{align*}\\input{x}", "*a* [b](c) `d`", "a/b//c", "@SUM(A1)", "-1+1",
)  # fmt: skip


def hostile(name: str) -> TrainingSession:
    """A walk of this name, whose columns and classes are called so too."""
    columns = tuple(clean_name(f"{one}{i}", "columns") for i, one in enumerate(HOSTILE[:6]))
    examples = Examples(np.eye(6), np.eye(2)[[0, 1, 0, 1, 0, 1]])
    data = Data(examples, columns=(name, *columns[1:]), names=(f"{name}1", "other"))
    setup = Setup((6, 2, 2), data, ("tanh", "softmax"), "cross_entropy").completed()
    return TrainingSession.of_setup(setup).named(clean_name(name, "name")).step("iteration").step("phase")


def page_without_formulas(text: str) -> BeautifulSoup:
    """A page as browsers read it; its formulas, which hold no names, take long."""
    return BeautifulSoup(re.sub(r"<math.*?</math>", "", text, flags=re.DOTALL), "html.parser")


def titles_in(form: str, text: str) -> str:
    """What the form says that the walk is called."""
    end = form.rpartition(".")[2]
    if end in ("py", "tex"):
        return text.split("\n")[0][2:].partition(". 6–2–2")[0]
    if end == "ipynb":
        return re.sub(r"\\(.)", r"\1", json.loads(text)["cells"][0]["source"][0].removeprefix("# ").rstrip("\n"))
    if end in ("xml", "txt"):
        category = (read_moodle if end == "xml" else read_gift)(text)[0][0]
        return category.removeprefix("$course$/top/").rpartition("/")[0].replace("//", "/")
    if end == "html":
        return page_without_formulas(text).select("h1")[0].text
    if end == "svg":
        return ET.fromstring(text).findtext("{http://www.w3.org/2000/svg}desc") or ""
    return str(json.loads(text)["name"])


@pytest.mark.parametrize("form", FORMS)
def test_names_pass_through_every_form_unharmed_and_harmless(form: str) -> None:
    for name in HOSTILE:
        walk = hostile(name)
        text = made(walk, form)
        REFEREES[form](walk, text)
        if form.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
            assert not [cell for cell in cells if cell.startswith(READ_AS_FORMULA) and not _is_number(cell)]
        else:
            assert titles_in(form, text) == name
        if form.endswith(".html"):
            page = page_without_formulas(text)
            assert page.select("title")[0].text.endswith(name)
            assert len(page.select("script")) == (2 if form == "walk.html" else 0)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
