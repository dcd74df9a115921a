"""A learner's CSV: what is read, what is refused, and where and why it is refused."""

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.split import Data
from app.limits import Limits
from app.sessions.setups.document import data_document, data_of
from app.sessions.setups.table import Table, TableError, read_table

LIMITS = Limits()
Nasty = tuple[bytes, int, int, str]  # content, row, column (0 where it is not one place), words of the reason


def rows(count: int, row: str = "1,2") -> bytes:
    return "\n".join([row] * count).encode()


def table(content: bytes | str) -> Table:
    return read_table(content, LIMITS)


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
    "nan": (b"1,2\n3,nan\n", 2, 2, "not a number"),
    "NaN alone in its column": (b"a,b\n1,NaN\n2,NaN\n", 2, 2, "not a number"),
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
    "no value": (b"1,2\n3,\n4,5\n", 2, 2, "no value"),
    "no value in quotes": (b'1,2\n"",4\n', 2, 1, "no value"),
    "no word": (b"a,b\n1,x\n2,\n", 3, 2, "no value"),
    "NA": (b"1,2\n3,NA\n", 2, 2, "not a number"),
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
    with suppress(TableError):
        found = table(content)
        assert {len(column.texts) for column in found.columns} == {len(found.lines)}
        assert all(column.numbers is None or np.isfinite(column.numbers).all() for column in found.columns)


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
        (b"a,b\n1,x\n2,y\n", 0, "regression", "words"),
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


def test_the_preview_is_the_first_rows_as_they_were_typed() -> None:
    assert table(b"a,b\n1.50,x\n2,y\n3,z\n").preview(2) == (("1.50", "x"), ("2", "y"))
