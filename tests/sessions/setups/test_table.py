"""A learner's CSV: what is read, what is refused, and where and why it is refused."""

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.split import Data
from app.engine.network.errors import SetupError
from app.limits import Limits
from app.sessions.setups.document import data_document, data_of
from app.sessions.setups.table import OWN, ROWS, Table, TableError, TooLongError, Use, read_table, shortened

LIMITS = Limits()
Nasty = tuple[bytes, int, int, str]  # content, row, column (0 where it is not one place), words of the reason


def rows(count: int, row: str = "1,2") -> bytes:
    return "\n".join([row] * count).encode()


def table(content: bytes | str) -> Table:
    """With columns that can all be read."""
    found = read_table(content, LIMITS)
    for column in found.columns:
        if column.wrong:
            raise column.wrong
    return found


NASTY: dict[str, Nasty] = {
    "empty": (b"", 0, 0, "empty"),
    "only blanks": (b"  \n \t \n\r\n", 0, 0, "empty"),
    "only a BOM": (b"\xef\xbb\xbf", 0, 0, "empty"),
    "only separators": (b",,,\n,,,\n", 0, 0, "empty"),
    "only names": (b"a,b,c\n", 0, 0, "no example"),
    "one column": (b"1\n2\n3\n", 0, 0, "one column"),
    "one number": (b"7", 0, 0, "one column"),
    "41 columns": (b",".join([b"1"] * 41), 0, 0, "41 columns"),
    "a hundred columns": (b",".join([b"1"] * 100), 0, 0, "100 columns"),
    "too many rows": (rows(1001), 0, 0, "more than 1,000 examples"),
    "too many rows below names": (b"a,b\n" + rows(1001), 0, 0, "more than 1,000 examples"),
    "a hundred thousand rows": (rows(100_000), 0, 0, "more than 1,000 examples"),
    "1 MB": (rows(250_000), 0, 0, "512 kB"),
    "1 MB in one value": (b"1," + b"9" * 1_000_000, 0, 0, "512 kB"),
    "one byte over": (b"1" * (512 * 1024 + 1), 0, 0, "512 kB"),
    "a short row": (b"1,2,3\n4,5\n", 2, 0, "2 values"),
    "a long row": (b"1,2\n3,4,5\n", 2, 0, "3 values"),
    "a long row after CRLF": (b"1,2\r\n3,4\r\n5,6,7\r\n", 3, 0, "3 values"),
    "a long row after CR alone": (b"1,2\r3,4\r5,6,7\r", 3, 0, "3 values"),
    "a short row after blank lines": (b"1,2\n\n\n3\n", 4, 0, "1 value here"),
    "a separator at the end of one row": (b"1,2\n3,4,\n", 2, 0, "3 values"),
    "names longer than rows": (b"a,b,c\n1,2\n", 2, 0, "2 values"),
    "NUL": (b"1,2\n3,\x00\n", 2, 0, "NUL"),
    "NUL first": (b"\x00", 1, 0, "NUL"),
    "NUL after CR alone": (b"1,2\r3,\x00\r", 2, 0, "NUL"),
    "UTF-16": ("1,2\n".encode("utf-16"), 1, 0, "UTF-8"),
    "Latin-1": ("1,2\nä,4\n".encode("latin-1"), 2, 0, "UTF-8"),
    "Latin-1 after CR alone": ("1,2\r3,4\rä,5\r".encode("latin-1"), 3, 0, "UTF-8"),
    "half a character": (b"1,2\n3,\xe2\x82\n", 2, 0, "UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 1, 0, "UTF-8"),
    "a quote that does not end": (b'1,2\n3,"4\n', 2, 0, "quotation mark"),
    "a quote that ends too soon": (b'1,2\n"3"4,5\n', 2, 0, "quotation mark"),
    "a quote over two lines, then a short row": (b'a,"b\nb"\n1,2\n3\n', 4, 0, "1 value here"),
    "a value beyond what csv reads": (b'1,2\n3,"' + b"4" * 200_000 + b'"\n', 2, 0, "far too long"),
    "1e999": (b"1,2\n3,1e999\n", 2, 2, "1,000,000"),
    "minus 1e999": (b"1,2\n-1e999,4\n", 2, 1, "1,000,000"),
    "a million and one": (b"1,2\n3,1000001\n", 2, 2, "1,000,000"),
    "400 digits": (b"1,2\n3," + b"9" * 400 + b"\n", 2, 2, "not a number"),
    "NaN alone in its column": (b"a,b\n1,NaN\n2,NaN\n", 2, 2, "no value"),
    "a column of nothing": (b"a,b\n,1\n,2\n", 2, 1, "no value"),
    "infinity beside what is missing": (b"1,NA\n2,inf\n", 2, 2, "not a number"),
    "inf": (b"1,2\ninf,4\n", 2, 1, "not a number"),
    "-Infinity": (b"1,2\n3,-Infinity\n", 2, 2, "not a number"),
    "Arabic digits": ("1,2\n٣,4\n".encode(), 2, 1, "not a number"),
    "Arabic digits alone": ("١,٢\n٣,٤\n".encode(), 1, 1, "not a number"),
    "full-width digits": ("1,2\n3,４\n".encode(), 2, 2, "not a number"),
    "an underscore": (b"1,2\n3,1_000\n", 2, 2, "not a number"),
    "thousands with a comma in quotes": (b'1,2\n3,"1,000"\n', 2, 2, "not a number"),
    "hexadecimal": (b"1,2\n3,0x10\n", 2, 2, "not a number"),
    "a percentage": (b"1,2\n3,12%\n", 2, 2, "not a number"),
    "money": ("1,2\n3,5 €\n".encode(), 2, 2, "not a number"),
    "two points": (b"1,2\n3,1.2.3\n", 2, 2, "not a number"),
    "two signs": (b"1,2\n3,--4\n", 2, 2, "not a number"),
    "a sign alone": (b"1,2\n3,-\n", 2, 2, "not a number"),
    "half an exponent": (b"1,2\n3,4e\n", 2, 2, "not a number"),
    "a fraction": (b"1,2\n3,1/2\n", 2, 2, "not a number"),
    "a decimal comma beside points": (b"1;2\n3;1.000,5\n", 2, 2, "not a number"),
    "a decimal point beside commas": (b"1,5;2\n3;2.5\n", 2, 2, "not a number"),
    "a decimal point beside commas, with tabs": (b"1.5\t2\n3\t2,5\n", 1, 1, "not a number"),
    "a decimal point beside commas in names too": (b"a, b;c\n1,5;2.5\n", 2, 2, "not a number"),
    "a date": (b"a,b\n1,2\n3,2026-11-25\n", 3, 2, "not a number"),
    "a formula of a spreadsheet": (b"1,2\n3,=1+1\n", 2, 2, "not a number"),
    "a number among dates": (b"a,b\n1,2026-01-05\n2,7\n", 2, 2, "not a number"),
    "a unit beside none": (b"1,2\n3,5 kg\n", 2, 2, "not a number"),
    "what may be a thousand or one": (b'a,b\n1,"1,250"\n2,900\n', 2, 2, "not a number"),
    "a separator that is said, and nothing else": (b"sep=;\n", 0, 0, "empty"),
    "names below the first row": (b"1,2\na,b\n", 2, 1, "not a number"),
    "a column without a name": (b",a,b\n0,1,2\n", 1, 1, "no name"),
    "a separator at the end of every row": (b"a,b,\n1,2,\n", 1, 3, "no name"),
    "the same name twice": (b"a,a\n1,2\n", 1, 2, "same name"),
    "the same name in two spellings": ("é,e\u0301\n1,2\n".encode(), 1, 2, "same name"),
    "a name of 41 characters": (b"a," + b"b" * 41 + b"\n1,2\n", 1, 2, "40 characters"),
    "a name with a bell": (b"a,b\x07b\n1,2\n", 1, 2, "cannot be seen"),
    "a name that turns the writing": ("a,b\u202eb\n1,2\n".encode(), 1, 2, "cannot be seen"),
    "a word with a zero-width space": ("a,b\n1,x\u200by\n2,z\n".encode(), 2, 2, "cannot be seen"),
    "a word of 41 characters": (b"a,b\n1," + b"x" * 41 + b"\n", 2, 2, "40 characters"),
    "a name over two lines": (b'a,"b\nb"\n1,2\n', 1, 2, "cannot be seen"),
    "HTML in a word of numbers": (b"1,2\n3,<script>alert(1)</script>\n", 2, 2, "not a number"),
}


@pytest.mark.parametrize("name", NASTY)
def test_a_table_that_cannot_be_read_is_refused_with_row_column_and_reason(name: str) -> None:
    content, row, column, reason = NASTY[name]
    with pytest.raises(TableError) as refused:
        table(content)
    assert (refused.value.row, refused.value.column) == (row, column)
    assert reason in refused.value.problem
    assert refused.value.remedy
    assert refused.value.field == "table"


def test_there_are_sixty_nasty_files() -> None:
    assert len(NASTY) >= 60


@pytest.mark.parametrize("name", ["HTML in a word of numbers", "1e999", "a formula of a spreadsheet"])
def test_what_was_given_is_never_in_the_reason(name: str) -> None:
    with pytest.raises(TableError) as refused:
        table(NASTY[name][0])
    assert not any(given in str(refused.value) for given in ("script", "999", "1+1"))


@given(st.binary(max_size=200) | st.text(alphabet='0123456789.,;-eE"\n\r\t abnif\u0661', max_size=80).map(str.encode))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    with suppress(SetupError):
        found = table(content)
        assert {len(column.texts) for column in found.columns} == {len(found.lines)}
        assert all(
            np.isfinite(column.numbers or ()).sum() + column.missing in (0, len(found.lines)) or not column.numbers
            for column in found.columns
        )
        ready = Data(found.labelled(len(found.columns) - 1, "regression").examples, missing=("drop",)).ready()
        assert np.isfinite(ready.X).all()
        assert np.isfinite(ready.Y).all()


# What is read ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"x,y\n1.5,2\n-3,4e-1\n",
        b"\xef\xbb\xbfx,y\r\n1.5,2\r\n-3,4e-1\r\n",
        b"x;y\n1,5;2\n-3;4e-1",
        b"x\ty\n1,5\t2\n-3\t0,4\n",
        b"x\ty\n1.5\t2\n-3\t0.4\n",
        b"x;y\n1.5;2\n-3;4e-1\n",
        b"x;y\n1,5;2\n\xe2\x88\x923;4e-1\n",
        b'"x","y"\n"1.5","2"\n"-3","0.4"\n',
        b"\n\nx , y\n 1.5 , +2.\n\n\xe2\x88\x923, .4\n\n",
        "x,y\r1.5,2\r-3,0.4\r",
    ],
)
def test_one_table_in_many_spellings(content: bytes | str) -> None:
    found = table(content)
    assert [column.name for column in found.columns] == ["x", "y"]
    assert [column.numbers for column in found.columns] == [(1.5, -3.0), (2.0, 0.4)]


def test_eight_inputs_and_a_target_are_read() -> None:
    assert len(table(b"1,2,3,4,5,6,7,8,9\n").columns) == 9


@pytest.mark.parametrize("content", [rows(1000), b"a,b\n" + rows(1000) + b"\n\n"])
def test_a_thousand_examples_are_read(content: bytes) -> None:
    assert len(table(content).lines) == 1000


def test_columns_without_names_are_numbered() -> None:
    assert [column.name for column in table(b"1,2\n3,4\n").columns] == ["column 1", "column 2"]


def test_a_quoted_separator_and_a_doubled_quote_belong_to_a_word() -> None:
    words = table(b'n,word\n1,"a, b"\n2,"say ""c"""\n').columns[1]
    assert words.texts == ("a, b", 'say "c"')
    assert words.numbers is None


def test_a_separator_in_quotes_separates_nothing() -> None:
    found = table(b'"a;b",c\n1.5,2\n')
    assert [column.name for column in found.columns] == ["a;b", "c"]
    assert [column.numbers for column in found.columns] == [(1.5,), (2.0,)]


def test_a_decimal_comma_changes_numbers_and_leaves_words_alone() -> None:
    number, word = table(b"n, number;word\n1,5;a, b\n2;c\n").columns
    assert (number.name, number.texts, number.numbers) == ("n, number", ("1,5", "2"), (1.5, 2.0))
    assert word.texts == ("a, b", "c")


def test_a_decimal_comma_needs_no_names_above() -> None:
    assert [column.numbers for column in table(b"1,5;2,5\n3;4\n").columns] == [(1.5, 3.0), (2.5, 4.0)]


def test_a_column_tells_what_its_numbers_come_to() -> None:
    numbers, words = table(b"a,b\n4,x\n-2,y\n1,x\n").columns
    assert numbers.spread == (-2, 4, 1)
    assert words.spread is None
    assert words.labels == ("x", "y")


def test_every_number_has_one_label_that_can_be_a_name() -> None:
    zeros = "0" * 39
    labels = table(f"a,b\n1,{zeros}1.{zeros}\n2,1\n3,-0\n4,0.0\n5,1e-300\n".encode()).columns[1].labels
    assert labels == ("0", "1e-300", "1")


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.sampled_from([0.1, -7.25, 3.0])), min_size=3, max_size=30))
def test_a_number_as_python_writes_it_is_read_to_the_last_bit(given: list[tuple[float, float]]) -> None:
    for separator, mark in ((",", "."), (";", ","), ("\t", ",")):
        text = "\n".join(separator.join(str(number).replace(".", mark) for number in row) for row in given)
        assert list(zip(*(column.numbers or () for column in table(text).columns), strict=True)) == given


@given(st.lists(st.text(alphabet="ab\u00e9e\u0301 ,;-", min_size=1, max_size=60), min_size=2, max_size=12))
def test_names_that_were_read_can_be_kept(words: list[str]) -> None:
    text = "x,y\n" + "\n".join(f'{i},"{word}"' for i, word in enumerate(words))
    with suppress(TableError):
        found = table(text)
        labelled = found.labelled(1, found.suggested_kind(1))
        data = Data(labelled.examples, columns=labelled.columns, names=labelled.names)
        kept = data_of(json.loads(json.dumps(data_document(data))))
        assert (kept.columns, kept.names) == (labelled.columns, labelled.names)


def test_a_regression_takes_the_numbers_of_its_target() -> None:
    labelled = table(b"a,b,c\n1,2,3\n4,5,6\n").labelled(1, "regression")
    assert labelled.examples.X.tolist() == [[1, 3], [4, 6]]
    assert labelled.examples.Y.tolist() == [[2], [5]]
    assert (labelled.columns, labelled.names) == (("a", "c"), ("b",))


def test_inputs_can_be_chosen() -> None:
    labelled = table(b"a,b,c\n1,2,x\n4,5,y\n").labelled(1, "regression", [0])
    assert (labelled.examples.X.tolist(), labelled.columns) == ([[1], [4]], ("a",))


def test_two_classes_become_0_and_1_in_the_order_of_their_names() -> None:
    labelled = table(b"a,kind\n1,pear\n2,apple\n3,pear\n").labelled(1, "two_classes")
    assert labelled.examples.Y.tolist() == [[1], [0], [1]]
    assert labelled.names == ("kind: pear",)


def test_more_classes_become_one_hot_rows() -> None:
    labelled = table(b"a,kind\n1,10\n2,9\n3,-1\n4,9.0\n").labelled(1, "classes")
    assert labelled.examples.Y.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert [float(name) for name in labelled.names] == [-1, 9, 10]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,y\n1,0\n2,1\n3,0\n", "two_classes"),
        (b"a,y\n1,x\n2,y\n3,z\n", "classes"),
        (b"a,y\n" + b"1,1\n2,2\n3,3\n" * 3, "classes"),
        (b"a,y\n1,1\n2,2\n3,3\n", "regression"),
        (b"a,y\n1,5\n2,5\n3,5\n", "regression"),
        (b"a,y\n1,0.5\n2,1.5\n3,2.5\n", "regression"),
    ],
)
def test_a_kind_is_suggested(content: bytes, kind: str) -> None:
    assert table(content).suggested_kind(1) == kind


@pytest.mark.parametrize(
    ("content", "target", "kind", "reason"),
    [
        (b"a,b\n" + b"".join(f"1,{'x' * i}\n".encode() for i in range(1, 12)), 0, "regression", "11 different words"),
        (b"a,b\n1,x\n2,x\n", 0, "regression", "1 different word"),
        (b"a,b\n1,NA\n2,3\nNA,NA\n,\n", 2, "regression", "none of the columns"),
        (b"a,b\n1,x\n2,y\n", 1, "regression", "words"),
        (b"a,b\n1,x\n2,x\n", 1, "two_classes", "1 different"),
        (b"a,b\n1,x\n2,y\n3,z\n", 1, "two_classes", "3 different"),
        (b"a,b\n" + b"".join(f"1,{i}.5\n".encode() for i in range(11)), 1, "classes", "11 different"),
        (b"a,b\n1,2\n", 2, "regression", "none of the columns"),
        (b"1,2,3,4,5,6,7,8,9,10\n", 9, "regression", "9 columns as inputs"),
        (b"a,b\n1,2\n", 1, "ranking", "not known"),
    ],
)
def test_a_target_that_cannot_be_used_so_is_refused(content: bytes, target: int, kind: str, reason: str) -> None:
    with pytest.raises(TableError) as refused:
        table(content).labelled(target, kind)
    assert reason in refused.value.problem


# Missing values -------------------------------------------------------------------------------------------------------

NONE = float("nan")


def alike(found: tuple[float, ...] | None, wanted: list[float]) -> None:
    np.testing.assert_array_equal(np.array(found), np.array(wanted))


@pytest.mark.parametrize("word", ["", "NA", "nan", "NaN", "N/A", "#N/A", "#NV", "null", "?", '""', " "])
def test_a_missing_value_is_read_as_one(word: str) -> None:
    numbers, words = table(f"a,b\n1,x\n{word},y\n3,{word}\n").columns
    alike(numbers.numbers, [1, NONE, 3])
    assert (numbers.missing, words.missing) == (1, 1)
    assert numbers.spread == (1, 3, 2)
    assert (words.numbers, words.labels) == (None, ("x", "y"))


def test_a_row_without_a_target_is_no_example() -> None:
    found = table(b"a,y,kind\n1,5,p\n2,,q\n3,7,\n")
    for target, kind, Y in ((1, "regression", [[5], [7]]), (2, "two_classes", [[0], [1]])):
        assert found.labelled(target, kind, [0]).examples.Y.tolist() == Y


GAPS = b"age,port,y\n10,A,1\n,B,2\n30,,3\n40,C,4\n"


def test_missing_numbers_stay_missing_until_the_setup_mends_them() -> None:
    for mending in ("drop", "mean", "median"):
        uses = (Use("input", "numbers", mending), Use(""), Use("target"))
        labelled = table(GAPS).labelled(2, "regression", [0], uses)
        alike(tuple(labelled.examples.X[:, 0]), [10, NONE, 30, 40])
        assert labelled.missing == (mending,)


def test_a_category_of_its_own_says_where_numbers_are_missing_beside_their_mean() -> None:
    labelled = table(GAPS).labelled(2, "regression", [0], (Use("input", "numbers", OWN), Use(""), Use("target")))
    assert (labelled.columns, labelled.missing) == (("age", "age: missing"), ("mean", "drop"))
    assert labelled.examples.X[:, 1].tolist() == [0, 1, 0, 0]


def test_a_category_of_its_own_is_one_more_class_of_words() -> None:
    uses = (Use(""), Use("input", "classes", OWN), Use("target"))
    labelled = table(GAPS).labelled(2, "regression", [1], uses)
    assert labelled.columns == ("port: A", "port: B", "port: C", "port: missing")
    assert labelled.examples.X.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    assert labelled.missing == ()


def test_an_example_whose_word_is_missing_can_be_left_out() -> None:
    uses = (Use(""), Use("input", "classes", "drop"), Use("target"))
    labelled = table(GAPS).labelled(2, "regression", [1], uses)
    ready = Data(labelled.examples, missing=labelled.missing).ready()
    assert (labelled.columns, ready.X.tolist()) == (("port: A", "port: B", "port: C"), np.eye(3).tolist())


def test_how_missing_values_are_mended_is_kept_with_the_data() -> None:
    labelled = table(GAPS).labelled(2, "regression", [0], (Use("input", "numbers", "median"), Use(""), Use("target")))
    data = Data(labelled.examples, columns=labelled.columns, names=labelled.names, missing=labelled.missing)
    document = json.loads(json.dumps(data_document(data), allow_nan=False))
    assert (document["X"], document["missing"]) == ([[10], [None], [30], [40]], ["median"])
    assert data_of(document).ready().X.tolist() == data.ready().X.tolist() == [[10], [30], [30], [40]]


@pytest.mark.parametrize(
    ("missing", "count", "words", "numbers"),
    [(0, 20, "drop", "drop"), (1, 20, "drop", "drop"), (2, 20, "own", "mean"), (9, 20, "own", "mean")],
)
def test_few_missing_values_cost_few_examples_and_many_are_filled(
    missing: int, count: int, words: str, numbers: str
) -> None:
    text = "n,w,y\n" + "".join(
        f"{'' if i < missing else i},{'' if i < missing else 'ab'[i % 2]},{i}\n" for i in range(count)
    )
    number, word, _ = table(text).columns
    assert (number.usual_mending("numbers"), word.usual_mending("classes")) == (numbers, words)


# Words as inputs, and other ways to write numbers ---------------------------------------------------------------------


def test_words_become_one_input_where_there_are_two_and_one_for_each_of_more() -> None:
    found = table(b"sex,port,y\nm,S,1\nf,C,2\nm,Q,3\n")
    labelled = found.labelled(2, "regression")
    assert labelled.columns == ("sex: m", "port: C", "port: Q", "port: S")
    assert labelled.examples.X.tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [1, 0, 1, 0]]


def test_whole_numbers_are_classes_if_wished() -> None:
    found = table(b"class,y\n1,0.5\n3,1\n2,7\n")
    assert found.columns[0].forms == ("numbers", "classes")
    uses = (Use("input", "classes"), Use("target"))
    labelled = found.labelled(1, "regression", [0], uses)
    assert labelled.columns == ("class: 1", "class: 2", "class: 3")
    assert labelled.examples.X.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize(
    ("column", "numbers", "note"),
    [
        (["12%", "7.5 %", "-3%"], [12, 7.5, -3], "in %"),
        (["5 €", "1 €", "2.5 €"], [5, 1, 2.5], "in €"),
        (["$5", "$1", "$2.50"], [5, 1, 2.5], "in $"),
        (["80 km/h", "95 km/h", "7 km/h"], [80, 95, 7], "in km/h"),
        (["20 °C", "−3 °C", "7.5 °C"], [20, -3, 7.5], "in °C"),
        (['"1,250.50"', '"2,000.00"', "17"], [1250.5, 2000, 17], ""),
        (['"1,250,500"', '"2,000,000"', '"17,100"'], [1250500 / 2, 2000000 / 2, 17100 / 2], ""),
        (["1 250", "2 000", "17"], [1250, 2000, 17], ""),
        (['"$1,250.50"', '"$2,000.25"', "$17"], [1250.5, 2000.25, 17], "in $"),
        (["2026-01-05", "2026-01-07", "2026-02-05"], [0, 2, 31], "days since 2026-01-05"),
        (["5.1.2026", "7.1.2026", "05.02.2026"], [0, 2, 31], "days since 2026-01-05"),
        (["1/5/2026", "1/17/2026", "2/5/2026"], [0, 12, 31], "days since 2026-01-05"),
        (["2026-01-05 06:00", "2026-01-05 18:00", "2026-01-06 06:00"], [0, 0.5, 1], "days since 2026-01-05"),
    ],
)
def test_a_column_that_writes_its_numbers_in_one_way_is_read(
    column: list[str], numbers: list[float], note: str
) -> None:
    limits = Limits(max_magnitude=1e7)
    if max(numbers) > 1e5:
        numbers = [2 * number for number in numbers]
    found = read_table("x,y\n" + "".join(f"{text},{i}\n" for i, text in enumerate(column)), limits).columns[0]
    assert (found.numbers, found.note) == (tuple(numbers), note)
    assert found.measure == (f"x ({note})" if note else "x")


def test_a_german_spreadsheet_is_read() -> None:
    text = "sep=;\r\nJahr;Preis;Anteil\r\n2015;1.234,50 €;12,5 %\r\n2016;1.334,00 €;13 %\r\n2017;950,00 €;\r\n"
    year, price, share = table(text).columns
    assert (year.numbers, price.numbers) == ((2015, 2016, 2017), (1234.5, 1334, 950))
    alike(share.numbers, [12.5, 13, NONE])


@pytest.mark.parametrize(
    "words", [["3/4/2026", "3/5/2026"], ["12:30", "13:45"], ["1/2", "3/4"], ["5a", "6b"], ["5 kg", "5 m"], ["A1", "A2"]]
)
def test_what_could_mean_several_things_stays_words(words: list[str]) -> None:
    assert table("x,y\n" + "".join(f"{word},1\n" for word in words)).columns[0].numbers is None


def test_units_below_the_names_belong_to_them() -> None:
    found = table(b"area,rooms,price\n(m\xc2\xb2),,EUR\n50,2,100\n60,NA,120\n")
    assert [column.name for column in found.columns] == ["area (m²)", "rooms", "price (EUR)"]
    assert found.lines == (3, 4)
    assert [column.name for column in table("area (m²);price [€]\n50,5;100\n").columns] == ["area (m²)", "price [€]"]


def test_what_can_hardly_be_an_input_is_none_where_nobody_chose() -> None:
    rows = "".join(f"{i + 1},name {i},{i % 3},{'' if i % 3 else 'deck'},{'mf'[i % 2]},{i % 2}\n" for i in range(12))
    found = table(f"id,name,class,cabin,sex,y\n{rows}")
    assert found.usual_inputs([5]) == (2, 4)
    assert [found.why_not(place) for place in (0, 1, 3)] == [
        "it counts the rows", "12 words", "8 of 12 values are missing"
    ]  # fmt: skip


def test_columns_are_inputs_from_the_left_as_long_as_there_is_room() -> None:
    words = "".join(f"{'abc'[i % 3]},{'abc'[i % 3]},{'abc'[i % 3]},{i}.5,{i}.5,{i}\n" for i in range(6))
    assert table(f"u,v,w,a,b,y\n{words}").usual_inputs([5]) == (0, 1, 3, 4)


def test_years_that_count_up_are_an_input() -> None:
    rows = "".join(f"{2000 + i},{i}.5\n" for i in range(20))
    assert table(f"year,price\n{rows}").usual_inputs([1]) == (0,)
    counted = "".join(f"{i},{i}.5\n" for i in range(20))
    assert table(f"x,y\n{counted}").usual_inputs([1]) == (0,)  # there is no other


# Too many rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ROWS)
@pytest.mark.parametrize("names", ["", "a;b\n", "a;b\nkg;m\n"])
def test_of_too_many_rows_the_first_or_a_sample_is_taken_in_their_order(names: str, which: str) -> None:
    text = names + "".join(f"{i};{i},5\n" for i in range(1500))
    with pytest.raises(TooLongError):
        table(text)
    found = table(shortened(text, LIMITS, which))
    numbers = found.columns[0].numbers
    assert numbers is not None
    assert len(numbers) == 1000
    assert list(numbers) == sorted(set(numbers))
    assert found.columns[1].numbers == tuple(number + 0.5 for number in numbers)
    assert (numbers == tuple(range(1000))) == (which == "first")
    assert shortened(text, LIMITS, which) == shortened(text, LIMITS, which)


def test_a_row_that_cannot_be_read_far_below_is_named() -> None:
    with pytest.raises(TableError, match="Row 1201"):
        shortened("1,2\n" * 1200 + "1,2,3\n", LIMITS, "sample")
