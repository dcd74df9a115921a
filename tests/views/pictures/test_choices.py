"""What can be chosen of a picture: what is offered counts, and the parameter of the last equation is chosen first."""

import pytest

from app.engine.network.expressions import Symbol
from app.views.formulas.symbols import reference
from app.views.pictures.choices import MOST, choice, choices_of, parameter_choice, parameters_of
from app.views.pictures.landscape import landscape
from tests.views.walking import at, lesson, walk


def test_a_choice_is_what_was_asked_for_if_it_is_offered_else_the_first() -> None:
    offered = [("a", "one"), ("b", "two")]
    assert choice({"x": "b"}, "x", "label", offered).value == "b"
    assert choice({"x": "c"}, "x", "label", offered).value == "a"
    assert choice({}, "x", "label", offered).value == "a"


def test_few_short_options_stand_in_a_row_and_others_in_a_list() -> None:
    assert choice({}, "x", "label", [("a", "one"), ("b", "two")]).in_a_row
    assert not choice({}, "x", "label", [(str(i), str(i)) for i in range(4)]).in_a_row
    assert not choice({}, "x", "label", [("a", "a long name of a column"), ("b", "two")]).in_a_row


def test_a_form_keeps_what_other_pictures_of_the_page_were_asked_for_but_nothing_long() -> None:
    field = choice({}, "unit", "unit", [("0", "one")])
    query = {"scale": "logarithmic", "unit": "0", "show": "other", "long": "x" * 41}
    assert choices_of(query, "units", [field]).kept == (("show", "units"), ("scale", "logarithmic"))
    assert choices_of({f"f{i}": "1" for i in range(30)}, "units", [field]).kept[-1] == ("f11", "1")


def test_the_form_of_the_curves_keeps_the_picture_that_is_shown() -> None:
    field = choice({}, "scale", "scale", [("linear", "linear")])
    assert choices_of({"show": "units", "layer": "2"}, "curves", [field], "curves").kept == (
        ("show", "units"),
        ("layer", "2"),
    )


# Which parameter ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "w-1-0", "b-1-0-0", "w-9-0-0", "b-1-99", "x-1-0-0", "w-1-0-0;", "w-١-0-0", "w-1-0-9999999"]
)
def test_a_name_of_no_parameter_counts_as_none(text: str) -> None:
    session = at(lesson("two-outputs-two-paths"), "db", 2, 1)
    _, chosen = parameter_choice(session, {"of": text}, ("of", "of"), Symbol("b", 2, 1))
    assert chosen == Symbol("b", 2, 1)


def test_every_parameter_has_a_name_that_is_read_again() -> None:
    session = walk((2, 4, 3, 1))
    for symbol in parameters_of((2, 4, 3, 1)):
        assert parameter_choice(session, {"of": reference(symbol)}, ("of", "of"), Symbol("b", 3, 0))[1] == symbol
    assert len(list(parameters_of((2, 4, 3, 1)))) == 2 * 4 + 4 + 4 * 3 + 3 + 3 + 1


def test_the_parameter_of_the_last_equation_is_the_one_shown() -> None:
    session = at(lesson("two-outputs-two-paths"), "dW", 1, 1, 0)
    chosen = next(option for option in landscape(session, {}, 5).choices.fields[0].options if option.chosen)
    assert chosen.text == "Weight from input 1 to hidden unit 2"


def test_a_large_network_offers_few_at_once_and_reaches_all() -> None:
    session = walk((8, 16, 16, 3))
    asked = Symbol("W", 2, 7, 11)
    field, chosen = parameter_choice(session, {"of": reference(asked)}, ("of", "of"), Symbol("W", 1, 0, 0))
    offered = [option.value for option in field.options]
    assert chosen == asked
    assert len(offered) <= MOST
    assert {reference(one) for one in parameters_of((8, 16, 16, 3)) if one[1:3] == (2, 7)} <= set(offered)
    assert {reference(Symbol("W", l, j, 0)) for l, n in ((1, 16), (2, 16), (3, 3)) for j in range(n)} <= set(offered)
