"""Building over HTTP: what is typed comes back, what does not fit is said, a walk starts with what was chosen."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.setup import Setup
from app.lessons.starting_points import STARTING_POINTS, SUITED, starting_point_named
from app.main import create_app
from app.sessions.setups.document import setup_document, setup_of
from app.settings import Settings
from tests.sessions.setups.test_table import NASTY
from tests.web.reading import element
from tests.web.talk import BATCHES, HTMX, Json, begin, documented, hunt

NAMES = [point.name for point in STARTING_POINTS]
PANELS = [
    "generator", "table", "examples", "preparation", "layers", "start", "method", "drawing", "sums", "problems",
    "status",
]  # fmt: skip
TABLE = "width,height,kind\n1,2,a\n2,1,b\n3,3,a\n4,1,b\n5,2,c\n6,6,c\n"
Form = dict[str, str]


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def words(part: Tag | None) -> str:
    return " ".join(part.get_text(" ").split()) if part else ""


def filled(text: str) -> Form:
    """The fields of the page's form as a browser would send them, without its buttons."""
    form = element(soup(text), "form#build")
    fields: Form = {}
    for field in form.find_all(["input", "select", "textarea"], attrs={"name": True}):
        name, kind = str(field["name"]), field.get("type")
        if kind == "file" or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "textarea":
            fields[name] = field.get_text().removeprefix("\n")
        elif field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            fields[name] = str(chosen["value"]) if isinstance(chosen, Tag) else ""
        else:
            fields[name] = str(field.get("value", ""))
    return fields


def form_of(client: TestClient, name: str = "xor", **changes: str) -> Form:
    return {**filled(client.get("/build", params={"from": name}).text), **changes}


def post(client: TestClient, form: Form, do: str = "", **more: Any) -> Any:
    return client.post("/build", data=form | ({"do": do} if do else {}), **more)


def clicked(client: TestClient, form: Form, page: Any, label: str) -> Any:
    """What follows where the button of this label on the page, which must be there, is clicked."""
    button = soup(page.text).find("button", string=label)
    assert isinstance(button, Tag)
    return post(client, form, str(button["value"]))


def wrong(response: Any, field: str) -> str:
    """What the page says beside a field."""
    return words(soup(response.text).find(id=f"f-{field.replace('.', '-')}-wrong"))


def started(client: TestClient, form: Form) -> Json:
    """The state of the walk that a form starts."""
    response = post(client, form, "start")
    assert response.status_code == 303, words(soup(response.text).find(id="build-problems"))
    return documented(client.get(f"/api{response.headers['Location']}").json())


# Starting points ------------------------------------------------------------------------------------------------------


def test_the_page_stands_in_the_navigation_and_offers_every_starting_point(client: TestClient) -> None:
    page = soup(client.get("/build").text)
    assert [field["value"] for field in page.find_all("input", attrs={"name": "from"})] == NAMES
    nav = element(page, "nav[aria-label=Rooms]")
    assert [link.get_text() for link in nav.find_all("a")][:3] == ["Lessons", "Build", "Bug lab"]
    assert [link.get_text() for link in nav.find_all("a") if link.has_attr("aria-current")] == ["Build"]


@pytest.mark.parametrize("name", NAMES)
def test_a_starting_point_goes_through_the_form_and_starts_as_it_is(client: TestClient, name: str) -> None:
    setup = setup_document(starting_point_named(name).setup)
    at_once = client.post("/build", data={"from": name, "do": "start"})
    for state in (
        client.get(f"/api{at_once.headers['Location']}").json(),
        started(client, form_of(client, name)),
    ):
        found = state["setup"]
        assert {**found, "data": {}} == {**setup, "data": {}}
        for key in ("X", "Y", "dataset", "examples", "noise", "seed", "scaling", "test_share"):
            assert found["data"].get(key) == setup["data"].get(key)


@pytest.mark.parametrize("name", ["", "nothing", "XOR", "../xor", "x" * 5000])
def test_a_starting_point_that_is_not_there_is_not_found(client: TestClient, name: str) -> None:
    assert client.get("/build", params={"from": name}).status_code == 404
    assert client.post("/build", data={"from": name, "do": "start"}).status_code == 404


# A form that fits -----------------------------------------------------------------------------------------------------


def test_everything_that_can_be_chosen_arrives_in_the_setup(client: TestClient) -> None:
    form = form_of(client, "tower") | {
        "data.dataset": "spirals", "data.examples": "50", "data.noise": "0.02", "data.seed": "5",
        "data.scaling": "standard", "data.test_share": "0.3", "data.split_seed": "4",
        "units-1": "6", "activation-1": "gelu", "output": "identity", "loss": "mean_squared_error",
        "initializer.kind": "normal", "initializer.scale": "0.3", "initializer.seed": "9",
        "optimizer.kind": "adamw", "optimizer.learning_rate": "0.01", "optimizer.beta1": "0.8",
        "optimizer.beta2": "0.9", "optimizer.epsilon": "1e-6", "optimizer.weight_decay": "0.01",
        "optimizer.clip_norm": "2", "optimizer.schedule.kind": "cosine", "optimizer.schedule.iterations": "30",
        "optimizer.schedule.minimum": "0.001", "batch_size": "7", "shuffle_seed": "3", "decimals": "4",
        "data.scale_targets": "on",
    }  # fmt: skip
    setup = started(client, form)["setup"]
    assert setup["sizes"] == [2, 6, 4, 4, 4, 4, 1]
    assert setup["activations"] == ["gelu", *["sigmoid"] * 4, "identity"]
    assert setup["optimizer"] == {
        "kind": "adamw", "learning_rate": 0.01, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-6, "weight_decay": 0.01,
        "clip_norm": 2.0, "schedule": {"kind": "cosine", "iterations": 30, "minimum": 0.001},
    }  # fmt: skip
    assert setup["data"] == {
        "dataset": "spirals", "examples": 50, "noise": 0.02, "seed": 5, "scaling": "standard", "scale_targets": True,
        "test_share": 0.3, "split_seed": 4,
    }  # fmt: skip
    assert setup["initializer"] == {"kind": "normal", "scale": 0.3, "seed": 9}
    assert (setup["batch_size"], setup["shuffle_seed"], setup["decimals"]) == (7, 3, 4)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_choosing_an_optimizer_shows_its_settings_which_then_start(client: TestClient, kind: str) -> None:
    page = post(client, form_of(client) | {"optimizer.kind": kind}).text
    assert {f"optimizer.{name}" for name in OPTIMIZERS[kind].settings} <= set(filled(page))
    assert started(client, filled(page))["setup"]["optimizer"]["kind"] == kind


def test_layers_are_added_and_removed_until_no_more_fit(client: TestClient) -> None:
    form = form_of(client)
    for count in range(2, 6):
        form = filled(post(client, form, "add").text)
        assert form[f"units-{count}"] == "3"
    assert 'id="add-layer" aria-disabled="true"' in post(client, form).text
    assert wrong(post(client, form, "add"), "units-6") == ""
    assert "more than 5 hidden layers" in words(soup(post(client, form, "add").text).find(id="build-problems"))
    form = filled(post(client, form | {"units-2": "9"}, "remove 1").text)
    assert (form["units-1"], "units-5" in form) == ("9", False)


def test_a_network_without_a_hidden_layer_can_be_built(client: TestClient) -> None:
    form = filled(post(client, form_of(client), "remove 1").text)
    assert started(client, form)["setup"]["sizes"] == [2, 1]


@pytest.mark.parametrize(
    "do", ["remove 7", "remove x", "remove", "set", "set a", "set =&=", "dance", "set " + "a=&" * 900]
)
def test_a_button_that_is_none_changes_nothing(client: TestClient, do: str) -> None:
    form = form_of(client)
    response = post(client, form, do)
    assert response.status_code == 200
    assert filled(response.text) == form


def test_the_noise_that_nobody_chose_is_what_is_usual_for_the_data_set(client: TestClient) -> None:
    def noise(form: dict[str, str]) -> str:
        return filled(post(client, form).text)["data.noise"]

    form = filled(post(client, form_of(client) | {"data.dataset": "moons"}).text)
    assert form["data.noise"] == "0.1"
    assert noise(form | {"data.dataset": "iris"}) == "0"
    assert noise(form | {"data.dataset": "spirals"}) == "0.03"
    assert noise(form | {"data.dataset": "iris", "data.noise": "0.2"}) == "0.2"  # that a learner chose
    assert noise({name: text for name, text in form.items() if name != "shown"} | {"data.dataset": "iris"}) == "0.1"
    del form["data.noise"]
    assert noise(form | {"data.dataset": "iris"}) == "0"


def test_what_suits_another_data_set_stands_in_every_field_that_nobody_changed(client: TestClient) -> None:
    spirals = filled(post(client, form_of(client) | {"data.dataset": "spirals"}).text)
    assert (spirals["data.examples"], spirals["units-1"], spirals["units-2"]) == ("250", "8", "8")
    setup = started(client, spirals)["setup"]
    assert setup == setup_document(SUITED["spirals"])
    back = filled(post(client, spirals | {"data.dataset": "xor"}).text)
    assert started(client, back)["setup"] == setup_document(starting_point_named("xor").setup)


def test_what_a_learner_changed_stays_when_the_data_change(client: TestClient) -> None:
    form = form_of(client) | {"units-1": "5", "optimizer.learning_rate": "0.25", "data.examples": "40"}
    spirals = filled(post(client, form | {"data.dataset": "spirals"}).text)
    assert (spirals["units-1"], "units-2" in spirals) == ("5", False)
    assert (spirals["optimizer.learning_rate"], spirals["data.examples"]) == ("0.25", "40")
    assert (spirals["data.noise"], spirals["batch_size"]) == ("0.03", "10")


@pytest.mark.parametrize("shown", ["", "x", "&=&", "units-1=2&" * 500, "data.noise=%00"])
def test_what_was_proposed_can_be_anything_that_a_form_sends(client: TestClient, shown: str) -> None:
    assert post(client, form_of(client) | {"shown": shown, "data.dataset": "moons"}).status_code == 200


# What does not fit ----------------------------------------------------------------------------------------------------

NUMBERS = [
    "data.examples", "data.noise", "data.seed", "data.test_share", "units-1", "initializer.seed",
    "optimizer.learning_rate", "optimizer.weight_decay", "optimizer.clip_norm", "batch_size", "shuffle_seed",
    "decimals",
]  # fmt: skip
CHOICES = [
    "data.dataset", "data.scaling", "activation-1", "output", "loss", "initializer.kind", "optimizer.kind",
    "optimizer.schedule.kind",
]  # fmt: skip
BAD = ["x", "-1", "1e999", "٣", "9" * 400, "<b>"]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_does_not_fit_is_said_beside_its_field_and_stays_as_typed(
    client: TestClient, name: str, text: str
) -> None:
    form = form_of(client) | {name: text}
    response = post(client, form, "start")
    assert response.status_code == 422
    assert wrong(response, name)
    field = element(soup(response.text), f"#f-{name.replace('.', '-')}")
    assert field["aria-invalid"] == "true"
    assert f"f-{name.replace('.', '-')}-wrong" in str(field["aria-describedby"])
    assert field["value"] == text
    assert f'href="#f-{name.replace(".", "-")}"' in response.text


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_that_is_not_known_is_said_beside_its_field(client: TestClient, name: str) -> None:
    response = post(client, form_of(client) | {name: "<script>"}, "start")
    assert response.status_code == 422
    assert "Choose one of" in wrong(response, name)
    assert "<script>&" not in response.text


def test_every_field_that_does_not_fit_is_named_at_once(client: TestClient) -> None:
    form = form_of(client) | {"units-1": "", "optimizer.learning_rate": "0", "data.noise": "much"}
    response = post(client, form)
    assert response.status_code == 200
    assert [bool(wrong(response, name)) for name in ("units-1", "data.noise")] == [True, True]
    form["units-1"], form["data.noise"] = "2", "0"
    assert "above 0" in wrong(post(client, form), "optimizer.learning_rate")


def test_what_was_refused_says_so_at_the_top_of_the_list_and_takes_the_focus(client: TestClient) -> None:
    for do, focused in (("start", True), ("", False)):
        page = soup(post(client, form_of(client) | {"units-1": "0"}, do).text)
        assert element(page, "#build-found").has_attr("autofocus") is focused


def test_a_batch_larger_than_what_is_left_for_training_offers_all_at_once(client: TestClient) -> None:
    form = form_of(client, "iris") | {"batch_size": "130"}
    response = post(client, form, "start")
    assert "120 examples to train on" in wrong(response, "batch_size")
    mended = clicked(client, form, response, "Take all at once")
    assert started(client, filled(mended.text))["setup"]["batch_size"] is None


@pytest.mark.parametrize(
    ("changes", "offered", "field", "value"),
    [
        ({"activation-1": "softmax"}, "Use tanh in this layer", "activation-1", "tanh"),
        ({"loss": "cross_entropy"}, "Use binary cross-entropy instead", "loss", "binary_cross_entropy"),
        ({"output": "tanh"}, "Make the output sigmoid", "output", "sigmoid"),
        ({"data.dataset": "sine", "shown": ""}, "Use mean squared error instead", "loss", "mean_squared_error"),
    ],
)
def test_an_impossible_pairing_is_explained_and_one_click_makes_it_possible(
    client: TestClient, changes: Form, offered: str, field: str, value: str
) -> None:
    form = form_of(client) | changes
    mended = clicked(client, form, post(client, form), offered)
    assert filled(mended.text)[field] == value
    assert element(soup(mended.text), f"#f-{field}").has_attr("autofocus")
    assert started(client, filled(mended.text))


def test_what_would_fit_the_data_better_is_advised_and_blocks_nothing(client: TestClient) -> None:
    form = form_of(client) | {"source": "table", "table": TABLE, "shown": ""}
    page = post(client, form)
    assert "f-output-advised" in str(element(soup(page.text), "#f-output")["aria-describedby"])
    assert "one of three classes" in words(soup(page.text).find(id="f-output-advised"))
    assert started(client, form)["setup"]["loss"] == "binary_cross_entropy"
    followed = clicked(client, form, page, "Use softmax and cross-entropy").text
    assert (filled(followed)["output"], filled(followed)["loss"]) == ("softmax", "cross_entropy")
    assert soup(followed).find(id="f-output-advice") is None


def test_an_impossible_output_is_no_matter_of_advice(client: TestClient) -> None:
    page = post(client, form_of(client) | {"source": "table", "table": TABLE, "loss": "cross_entropy", "shown": ""})
    assert wrong(page, "loss")
    assert soup(page.text).find(id="f-output-advice") is None


def test_given_weights_that_no_longer_fit_offer_to_draw_them_anew(client: TestClient) -> None:
    form = filled(post(client, form_of(client, "by-hand"), "add").text)
    response = post(client, form, "start")
    assert "other layers" in wrong(response, "initializer.kind")
    mended = clicked(client, form, response, "Draw the weights anew")
    setup = started(client, filled(mended.text))["setup"]
    assert setup["initializer"]["kind"] == "xavier_uniform"


@pytest.mark.parametrize(
    "text", ["", "x", "[", "[" * 5000, "null", '{"W": 1}', '{"W": [[[NaN]]], "b": [[1e999]]}', "7"]
)
def test_given_weights_that_cannot_be_read_are_refused(client: TestClient, text: str) -> None:
    form = form_of(client, "by-hand") | {"parameters": text}
    assert wrong(post(client, form, "start"), "initializer.kind")


# A learner's table ----------------------------------------------------------------------------------------------------


def with_table(client: TestClient, table: str = TABLE, **changes: str) -> Form:
    return form_of(client) | {
        "source": "table",
        "table": table,
        "output": "softmax",
        "loss": "cross_entropy",
        **changes,
    }


def test_a_pasted_table_is_shown_and_its_classes_become_outputs(client: TestClient) -> None:
    form = with_table(client)
    page = post(client, form).text
    shown = soup(page).find(id="build-table")
    assert "all shown" in words(shown)
    assert "as it seems: several classes" in words(shown)
    state = started(client, filled(page))
    assert state["setup"]["sizes"] == [2, 6, 3]
    assert state["setup"]["data"]["X"][0] == [1, 2]
    assert state["setup"]["data"]["Y"][:3] == [[1, 0, 0], [0, 1, 0], [1, 0, 0]]
    assert state["setup"]["data"]["columns"] == ["width", "height"]


def test_another_column_can_be_the_target(client: TestClient) -> None:
    form = with_table(client, "a,b,c\n1.5,2,3\n4,5,6\n7,8.5,9.1\n") | {
        "output": "identity",
        "loss": "mean_squared_error",
    }
    for target, Y in (("", [[3], [6], [9.1]]), ("0", [[1.5], [4], [7]]), ("last-2", [[2, 3], [5, 6], [8.5, 9.1]])):
        assert started(client, form | {"target": target})["setup"]["data"]["Y"] == Y


def test_a_column_of_words_and_one_too_many_are_left_out_by_a_click(client: TestClient) -> None:
    names = ",".join(f"m{k}" for k in range(9))
    rows = (f"n{i},{','.join(str(i + k) for k in range(9))},{i % 2}" for i in range(14))
    table = "\n".join((f"name,{names},kind", *rows))
    form = filled(post(client, with_table(client, table) | {"output": "sigmoid", "loss": "binary_cross_entropy"}).text)
    assert started(client, form)["setup"]["data"]["columns"] == [f"m{k}" for k in range(8)]
    form |= {"input-9": "on"}
    assert "9 columns as inputs" in wrong(post(client, form, "start"), "table")
    form |= {"input-0": "on"}
    assert "14 different words" in wrong(post(client, form | {"input-5": "", "input-6": ""}, "start"), "table")
    page = post(client, form | {"input-0": "", "input-5": ""})
    assert not element(soup(page.text), "input#f-input-5").has_attr("checked")
    setup = started(client, filled(page.text))["setup"]
    assert setup["data"]["columns"] == ["m0", "m1", "m2", "m3", "m5", "m6", "m7", "m8"]
    assert setup["data"]["X"][0] == [0, 1, 2, 3, 5, 6, 7, 8]


def test_the_widest_table_can_be_sent_with_every_field(client: TestClient) -> None:
    form = filled(post(client, with_table(client, ",".join(["1"] * 40))).text)
    assert sum(name.startswith("input-") for name in form) == 39
    form |= {name: "on" for name in form if name.startswith("input-")}
    for l in range(2, 6):
        form |= {f"units-{l}": "3", f"activation-{l}": "tanh"}
    off = [(name, "") for name in form if name.startswith("input-")]  # what is sent last of a name counts
    kind = {"content-type": "application/x-www-form-urlencoded"}
    page = client.post("/build", content=urlencode([*off, *form.items()]), headers=kind)
    assert page.status_code == 200
    assert "39 columns as inputs" in wrong(page, "table")


def test_names_of_columns_are_escaped(client: TestClient) -> None:
    page = post(client, with_table(client, "<b>x,y</td>,z\n1,2,3\n")).text
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page.replace("&lt;b&gt;x", "")


@pytest.mark.parametrize("name", [name for name, nasty in NASTY.items() if "more than 1,000" not in nasty[-1]])
def test_a_bad_table_gets_its_reason_whether_it_is_a_file_or_pasted(client: TestClient, name: str) -> None:
    content, row, _, reason = NASTY[name]
    form = with_table(client)
    read = client.post("/build", data=form | {"do": "read"}, files={"file": ("x.csv", content, "text/csv")})
    assert read.status_code == 200
    assert reason in wrong(read, "file")
    assert not row or f"Row {row}" in wrong(read, "file")
    assert filled(read.text)["table"].strip() == TABLE.strip()  # nothing of the bad one is kept
    pasted = post(client, form | {"table": content.decode("utf-8", "replace")}, "start")
    assert pasted.status_code == 422


def test_a_file_becomes_the_table_and_its_words_come_with_it(client: TestClient) -> None:
    files = {"file": ("x.csv", b"\xef\xbb\xbfname,y\r\n1,2\r\n3,4\r\n", "text/csv")}
    response = client.post("/build", data=form_of(client) | {"do": "read"}, files=files)
    form = filled(response.text)
    assert (form["source"], form["table"].split()) == ("table", ["name,y", "1,2", "3,4"])


def test_reading_without_a_file_says_so(client: TestClient) -> None:
    assert "Choose a CSV file first" in wrong(post(client, form_of(client), "read"), "file")
    empty = client.post("/build", data=form_of(client) | {"do": "read"}, files={"file": ("", b"", "text/csv")})
    assert "Choose a CSV file first" in wrong(empty, "file")


def test_a_table_at_the_bound_is_taken_and_a_larger_form_is_refused(client: TestClient) -> None:
    full = "\n".join([",".join(["0.5"] * 9)] * 999)
    assert post(client, with_table(client, full)).status_code == 200
    assert post(client, with_table(client, "1,2\n" * 600_000)).status_code == 413


def test_a_table_of_two_hundred_thousand_bytes_starts_or_says_why(client: TestClient) -> None:
    rows = "\n".join(",".join(f"{(i * 9 + k) * 0.37 % 1:.15f}" for k in range(9)) for i in range(1000))
    form = with_table(client, rows) | {"output": "identity", "loss": "mean_squared_error", "target": "8"}
    response = post(client, form, "start")
    assert response.status_code in (303, 422)
    assert response.status_code == 303 or "kB" in words(soup(response.text).find(id="build-problems"))


@pytest.mark.parametrize("content", [b"", b"--x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"])
def test_a_broken_multipart_form_is_refused(client: TestClient, content: bytes) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/build", content=content, headers=kind).status_code in (200, 422)
    assert client.post("/build", content=content, headers={"content-type": "multipart/form-data"}).status_code in (
        200,
        422,
    )


# Live -----------------------------------------------------------------------------------------------------------------


def test_htmx_gets_the_panels_and_not_the_learners_own_text(client: TestClient) -> None:
    response = post(client, with_table(client), headers=HTMX)
    assert re.findall(r'hx-target="#build-(\w+)" hx-swap=', response.text) == PANELS
    assert "<html" not in response.text
    assert "HX-Request" in response.headers["Vary"]
    read = client.post("/build", data=with_table(client), files={"file": ("x.csv", b"1,2\n")}, headers=HTMX)
    assert 'hx-target="#build-text"' in read.text


@pytest.mark.parametrize(
    ("do", "anew"), [("", False), ("add", False), ("remove 1", True), ("set loss=half_squared_error", True)]
)
def test_fields_that_are_filled_by_a_button_forget_what_was_chosen_in_them(
    client: TestClient, do: str, anew: bool
) -> None:
    text = post(client, form_of(client), do, headers=HTMX).text
    swaps = dict(re.findall(r'hx-target="#build-(\w+)" hx-swap="(\w+)"', text))
    assert {swaps[name] for name in ("layers", "start", "method")} == {"innerHTML" if anew else "innerMorph"}
    assert {swaps[name] for name in ("drawing", "sums", "problems", "status")} == {"innerMorph"}


def test_building_keeps_nothing(client: TestClient, settings: Settings) -> None:
    before = {path: path.stat().st_size for path in settings.data_directory.rglob("*")}
    for do in ("", "add", "remove 1", "draw"):
        post(client, with_table(client), do)
    assert {path: path.stat().st_size for path in settings.data_directory.rglob("*")} == before


# Like a walk ----------------------------------------------------------------------------------------------------------


def like(client: TestClient, session: str) -> Form:
    return filled(client.get("/build", params={"like": session}).text)


@pytest.mark.parametrize("what", [BATCHES, {"lesson": "hours-of-study"}, {"lesson": "softmax-and-dead-units"}])
def test_a_walk_leads_to_the_form_that_leads_to_the_same_network(client: TestClient, what: Json) -> None:
    state = begin(client, what)
    assert f"/build?like={state['id']}" in client.get(f"/sessions/{state['id']}").text
    again = started(client, like(client, state["id"]))
    wanted, found = (setup_of({**setup, "mistake": None}) for setup in (state["setup"], again["setup"]))
    assert same(wanted, found)


def same(one: Setup, other: Setup) -> bool:
    pairs = zip((*one.examples, one.network.flat()), (*other.examples, other.network.flat()), strict=True)
    return one.activations == other.activations and one.loss == other.loss and all((a == b).all() for a, b in pairs)


def test_a_mistake_stays_behind_and_the_page_says_so(client: TestClient) -> None:
    state = begin(client, {"lesson": "hours-of-study"})
    page = client.get("/build", params={"like": state["id"]}).text
    assert "The mistake of that walk is left out" in page
    assert started(client, filled(page))["setup"]["mistake"] is None
    assert "left out" not in client.get("/build", params={"like": begin(client, BATCHES)["id"]}).text


def test_a_hunt_gives_no_network_away(client: TestClient) -> None:
    hidden = hunt(client, 1, 3).rsplit("/", 1)[1]
    assert client.get("/build", params={"like": hidden}).status_code == 404
    assert "/build?like" not in client.get(f"/sessions/{hidden}").text


@pytest.mark.parametrize("session", ["", "x", "A" * 24, "../../etc", "%00"])
def test_a_walk_that_is_not_there_is_not_found(client: TestClient, session: str) -> None:
    assert client.get("/build", params={"like": session}).status_code == 404


def test_the_limits_are_those_of_the_settings(settings: Settings) -> None:
    small = Settings(
        **{**settings.model_dump(), "max_units": 4, "max_layers": 2, "max_examples": 10, "max_data_bytes": 2048}
    )
    with TestClient(create_app(small), follow_redirects=False) as client:
        form = form_of(client)
        assert "1 to 4" in wrong(post(client, form | {"units-1": "5"}), "units-1")
        assert "1 to 10" in wrong(post(client, form | {"data.examples": "11"}), "data.examples")
        assert 'aria-disabled="true"' in post(client, form).text
        assert "at most 2 kB" in client.get("/build").text
        assert "at most 2 kB" in wrong(post(client, form | {"source": "table", "table": "1,2\n" * 600}), "table")
