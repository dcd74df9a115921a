"""A table given to the API as text becomes what the page for building makes of it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.own_files import OWN_FILES, OwnFile
from tests.web.pages.test_build import filled, form_of, post, started

TABLE = "age,port,class,y\n10,A,1,0.5\n,B,2,1.5\n30,,3,2\n40,C,1,2.5\n"


def begun(client: TestClient, sizes: list[int], **data: Any) -> Any:
    return client.post("/api/sessions", json={"sizes": sizes, "data": data})


@pytest.mark.parametrize("own", OWN_FILES.values(), ids=OWN_FILES)
def test_the_api_makes_of_a_table_what_the_page_makes_of_it(client: TestClient, own: OwnFile) -> None:
    text = own.content.decode()
    form = filled(post(client, form_of(client) | {"source": "table", "table": text}).text)
    for field, value in own.chosen:
        form = filled(post(client, form | {field: value}).text)
    by_page = started(client, form | {"data.scaling": "none", "data.scale_targets": "", "data.test_share": "0"})
    target = {"target": "Survived"} if own.chosen else {}
    by_api = begun(client, own.sizes, table=text, **target)
    assert by_api.status_code == 201, by_api.json()
    assert by_api.json()["setup"]["data"] == by_page["setup"]["data"]


def test_columns_are_named_and_used_as_the_request_says(client: TestClient) -> None:
    given = {
        "table": TABLE, "target": "y", "target_kind": "regression", "inputs": ["age", "class"],
        "forms": {"class": "classes"}, "mending": {"age": "own"}, "scaling": "standard", "test_share": 0.25,
    }  # fmt: skip
    answer = begun(client, [5, 3, 1], **given).json()
    data = answer["setup"]["data"]
    assert data["columns"] == ["age", "age: missing", "class: 1", "class: 2", "class: 3"]
    assert data["X"][1] == [None, 1, 0, 1, 0]
    assert data["missing"] == ["mean", "drop", "drop", "drop", "drop"]
    assert (data["scaling"], data["test_share"], data["names"]) == ("standard", 0.25, ["y"])


def test_of_too_many_rows_some_are_taken_where_the_request_says_so(client: TestClient) -> None:
    table = "x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(1100))
    refused = begun(client, [1, 1], table=table)
    assert refused.status_code == 422
    assert "more than 1,000 examples" in refused.json()["errors"][0]["problem"]
    for rows in ("first", "sample"):
        assert len(begun(client, [1, 1], table=table, rows=rows).json()["setup"]["data"]["X"]) == 1000


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"table": "1,2\n3,secret\n"}, "data.table", "Row 2, column 2"),
        ({"table": ""}, "data.table", "at least 1"),
        ({"table": TABLE, "target": "secret"}, "data.target", "no column of this name"),
        ({"table": TABLE, "inputs": ["secret"]}, "data.inputs", "no column of this name"),
        ({"table": TABLE, "forms": {"secret": "classes"}}, "data.forms", "no column of this name"),
        ({"table": TABLE, "forms": {"age": "secret"}}, "data.forms", "numbers"),
        ({"table": TABLE, "mending": {"port": "mean"}}, "data.mending", "drop, own"),
        ({"table": TABLE, "target_kind": "secret"}, "data.target_kind", "regression"),
        ({"table": TABLE, "rows": "secret"}, "data.rows", "first, sample"),
        ({"table": TABLE, "secret": 1}, "data", "not known"),
        ({"table": TABLE, "target": "port"}, "data.X", "numbers a row"),
    ],
)
def test_a_table_that_cannot_be_used_so_names_the_field(
    client: TestClient, data: dict[str, Any], field: str, words: str
) -> None:
    answer = begun(client, [7, 3, 1], **data)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert words in f"{error['problem']} {error['remedy']}"
    assert "secret" not in answer.text
