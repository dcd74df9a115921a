"""From a file to a walk in at most four clicks; what is missing, filled in, left out, shortened is said, and is so."""

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.sessions.setups.document import setup_of
from tests.web.own_files import OWN_FILES, OwnFile
from tests.web.pages.test_build import Form, clicked, filled, form_of, post, soup, started, words, wrong
from tests.web.reading import element
from tests.web.talk import HTMX

MOST_CLICKS = 4
PEOPLE = OWN_FILES["a list of passengers"]
GAPS = "age,port,y\n10,A,1\n,B,2\n30,,3.5\n40,C,4\n"


def read_in(client: TestClient, content: bytes) -> Form:
    files = {"file": ("own.csv", content, "text/csv")}
    page = client.post("/build", data=form_of(client) | {"do": "read"}, files=files)
    assert wrong(page, "file") == wrong(page, "table") == ""
    return filled(page.text)


def said(client: TestClient, form: Form) -> str:
    return words(soup(post(client, form).text).find(id="build-table"))


@pytest.mark.parametrize("own", OWN_FILES.values(), ids=OWN_FILES)
def test_a_file_becomes_a_walk_in_at_most_four_clicks(client: TestClient, own: OwnFile) -> None:
    form = read_in(client, own.content)  # "your own", and the file
    for field, value in own.chosen:
        form = filled(post(client, form | {field: value}).text)
    setup = started(client, form)["setup"]
    assert 2 + len(own.chosen) + 1 <= MOST_CLICKS
    assert (setup["sizes"], setup["activations"][-1]) == (own.sizes, own.output)
    assert setup["data"]["columns"] == own.columns
    ready = setup_of(setup).ready
    assert np.isfinite(ready.X).all()
    assert abs(ready.X).max() < 10  # scaled
    assert len(ready.X_test) > 0 or len(ready.X) < 40


@pytest.mark.parametrize("own", OWN_FILES.values(), ids=OWN_FILES)
def test_what_a_file_becomes_learns(client: TestClient, own: OwnFile) -> None:
    form = read_in(client, own.content)
    for field, value in own.chosen:
        form = filled(post(client, form | {field: value}).text)
    at = post(client, form, "start").headers["Location"]
    client.post(f"/api{at}/train", json={"epochs": 60})
    losses = client.get(f"/api{at}/history").json()["epochs"]
    assert losses[-1] < 0.75 * losses[0]


def test_what_is_left_out_and_filled_in_is_said_here_and_in_the_walk(client: TestClient) -> None:
    form = filled(post(client, read_in(client, PEOPLE.content) | {"target": "1"}).text)
    told = said(client, form)
    for part in ("PassengerId (it counts the rows)", "Name (long texts)", "Cabin (", "Embarked", "Ticket ("):
        assert part in told
    assert "Age: " in told
    assert "the mean of the training examples stands" in told
    state = started(client, form)
    page = client.get(f"/sessions/{state['id']}").text
    assert "for which the mean of the training examples stands" in words(soup(page).find(id="data"))
    form |= {"missing-5": "median"}
    setup = started(client, form)["setup"]
    assert setup["data"]["missing"][2] == "median"
    ready = setup_of(setup).ready
    assert f"the median of the training examples stands: {ready.filled[2]:g}" in said(client, form)


@pytest.mark.parametrize(
    ("chosen", "columns", "examples"),
    [
        ({"missing-0": "drop", "missing-1": "drop"}, ["age", "port: A", "port: B", "port: C"], 2),
        ({"missing-0": "mean", "missing-1": "drop"}, ["age", "port: A", "port: B", "port: C"], 3),
        ({"missing-0": "own", "input-1": ""}, ["age", "age: missing"], 4),
        ({"input-0": "", "missing-1": "own"}, ["port: A", "port: B", "port: C", "port: missing"], 4),
    ],
)
def test_each_column_is_mended_as_chosen(client: TestClient, chosen: Form, columns: list[str], examples: int) -> None:
    form = filled(post(client, form_of(client) | {"source": "table", "table": GAPS}).text)
    form = filled(post(client, form | chosen).text)
    assert {name: form[name] for name in chosen if name.startswith("missing")}.items() <= chosen.items()
    setup = started(client, form)["setup"]
    assert setup["data"]["columns"] == columns
    assert len(setup_of(setup).examples[0]) == examples


def test_a_walk_with_missing_values_leads_back_to_its_table(client: TestClient) -> None:
    form = filled(post(client, form_of(client) | {"source": "table", "table": GAPS}).text)
    state = started(client, form | {"missing-0": "median", "missing-1": "drop"})
    again = started(client, filled(client.get("/build", params={"like": state["id"]}).text))
    assert again["setup"]["data"] == state["setup"]["data"]


def test_whole_numbers_are_one_input_for_each_if_wished(client: TestClient) -> None:
    table = "".join(f"{i % 3 + 1},{i}.5\n" for i in range(12))
    form = filled(post(client, form_of(client) | {"source": "table", "table": f"class,y\n{table}"}).text)
    assert started(client, form)["setup"]["sizes"][0] == 1
    assert started(client, form | {"form-0": "classes"})["setup"]["data"]["columns"] == [
        "class: 1", "class: 2", "class: 3"
    ]  # fmt: skip


LONG = "x;y\n" + "".join(f"{i};{i % 2}\n" for i in range(1001))


@pytest.mark.parametrize(("offer", "last"), [("Take the first 1,000", 999), ("Take a sample of 1,000", 1000)])
def test_of_a_file_that_is_too_long_some_rows_are_taken_by_a_click(client: TestClient, offer: str, last: int) -> None:
    files = {"file": ("own.csv", LONG.encode(), "text/csv")}
    page = client.post("/build", data=form_of(client) | {"do": "read"}, files=files)
    assert "more than 1,000 examples" in wrong(page, "table")
    assert filled(page.text)["table"] == LONG
    mended = clicked(client, filled(page.text), page, offer)
    assert wrong(mended, "table") == ""
    state = started(client, filled(mended.text))
    assert [len(state["setup"]["data"]["X"]), state["setup"]["data"]["X"][-1]] == [1000, [last]]


def test_a_file_too_long_whose_rows_cannot_be_read_says_so(client: TestClient) -> None:
    form = form_of(client) | {"source": "table", "table": LONG + "7;1\n" * 9 + "1\n"}
    refused = clicked(client, form, post(client, form), "Take the first 1,000")
    assert "Row 1012" in wrong(refused, "table")
    assert filled(refused.text)["table"] == form["table"]


def test_an_error_keeps_the_text_the_table_and_the_ticks(client: TestClient) -> None:
    rows = "".join(f"{i},{i * i},{i}.5,{i % 2}\n" for i in range(12))
    form = form_of(client) | {"source": "table", "table": f"a,b,c,y\n{rows}"}
    form = filled(post(client, form).text) | {"input-1": "", "target": "3", "target_kind": "regression"}
    chosen = {name: text for name, text in form.items() if name.startswith(("input", "target"))}
    spoilt = form | {"table": form["table"].replace("10,100,", "10,abc,").replace("11,121,", "11,121,,")}
    for table in (spoilt["table"], form["table"].replace("7,49,7.5", "7,49,seven")):
        page = post(client, form | {"table": table}, "start")
        assert page.status_code == 422
        kept = filled(page.text)
        assert kept["table"] == table
        assert {name: text for name, text in kept.items() if name.startswith(("input", "target"))} == chosen
        again = filled(post(client, kept | {"table": form["table"]}).text)
        assert {name: text for name, text in again.items() if name.startswith(("input", "target"))} == chosen
    page = post(client, form | {"table": form["table"].replace("7,49,7.5", "7,49,seven")})
    assert "Row 9, column 3" in wrong(page, "table")
    assert words(element(soup(page.text), "#build-table td.wrong")) == "seven"


def test_how_a_column_was_mended_is_kept_while_it_cannot_be_read_or_is_no_input(client: TestClient) -> None:
    form = filled(post(client, form_of(client) | {"source": "table", "table": GAPS}).text) | {"missing-0": "median"}
    for change in ({"table": GAPS.replace("10,", "ten,")}, {"input-0": ""}):
        page = post(client, form | change)
        assert filled(page.text)["missing-0"] == "median"
        assert ("cannot be read" in words(soup(page.text).find(id="build-table"))) == ("table" in change)


def test_of_another_table_that_is_pasted_nothing_is_chosen_yet(client: TestClient) -> None:
    form = filled(post(client, form_of(client) | {"source": "table", "table": GAPS}).text) | {"input-1": ""}
    assert filled(post(client, form).text)["input-1"] == ""
    other = filled(post(client, form | {"table": "a,b,c\n1.5,2,3.5\n4,5,6\n", "target": "0"}).text)
    assert (other["input-1"], other["target"]) == ("on", "2")


def test_the_data_are_drawn_with_their_split(client: TestClient) -> None:
    for own in OWN_FILES.values():
        page = soup(post(client, read_in(client, own.content)).text)
        picture = element(page, "#build-examples")
        assert picture.select("path.training")
        assert all("nan" not in str(path["d"]) for path in picture.select("path"))
    assert "to test" in words(picture)
    iris = element(soup(client.get("/build", params={"from": "iris"}).text), "#build-examples")
    assert {"sepal length", "setosa"} <= {words(text) for text in iris.select("text")}


def test_what_the_hint_says_is_accepted(client: TestClient) -> None:
    hint = words(soup(client.get("/build").text).find(id="f-table-hint"))
    for part in ("semicolons", "tabs", "comma", "missing", "dates", "512 kB"):
        assert part in hint


# What is foretold -----------------------------------------------------------------------------------------------------


def test_columns_far_from_zero_are_warned_of_and_scaled_by_a_click(client: TestClient) -> None:
    form = read_in(client, OWN_FILES["units in the header"].content)
    assert soup(post(client, form).text).find(id="f-data-scaling-advice") is None
    page = post(client, form | {"data.scaling": "none", "data.scale_targets": ""})
    assert "Far from 0: Fläche (m²) from " in words(soup(page.text).find(id="f-data-scaling-advised"))
    mended = clicked(client, filled(page.text), page, "Scale inputs and targets")
    assert soup(mended.text).find(id="f-data-scaling-advice") is None
    setup = started(client, filled(mended.text))["setup"]
    assert (setup["data"]["scaling"], setup["data"]["scale_targets"]) == ("standard", True)


def test_twins_are_foretold_and_drawn_apart_by_a_click(client: TestClient) -> None:
    form = form_of(client) | {"initializer.kind": "constant"}
    page = post(client, form)
    assert "stay twins" in words(soup(page.text).find(id="f-initializer-kind-advised"))
    mended = clicked(client, form, page, "Draw the weights at random")
    assert filled(mended.text)["initializer.kind"] == "xavier_uniform"


def test_htmx_is_not_sent_the_learners_own_text_but_where_it_was_shortened(client: TestClient) -> None:
    form = form_of(client) | {"source": "table", "table": LONG}
    assert 'hx-target="#build-text"' not in post(client, form, headers=HTMX).text
    assert 'hx-target="#build-text"' in post(client, form, "set rows=first", headers=HTMX).text
