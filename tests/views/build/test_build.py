"""What the page for building says: sums as the engine has them; of the impossible, why, and what is possible."""

from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.equations.shape import Shape, Updating
from app.engine.equations.trace import PHASES, trace
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError
from app.engine.network.initializers import Initializer
from app.engine.network.losses import LOSSES
from app.engine.setup import Parameters, Setup
from app.lessons.starting_points import STARTING_POINTS, StartingPoint
from app.limits import Limits
from app.sessions.setups.draft import Draft, draft_of
from app.sessions.setups.table import read_table
from app.sessions.walk.session import TrainingSession
from app.views.build.build import (
    LABELS,
    METHOD,
    Built,
    Field,
    LayersPanel,
    Manner,
    MethodPanel,
    ProblemsPanel,
    Shown,
    Spoken,
    TablePanel,
    build,
    build_panels,
    start_fields,
)
from app.views.build.drawing import Drawing, Sums, drawing, phase_counts, sketch, sums
from app.views.build.examples import ExamplesPanel, examples_panel
from app.views.build.foresight import scaling_advice, twins_advice
from app.views.build.pairings import Advice, Problem, output_advice, pairing_problems, reaches
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.numbers import number

XOR = Dataset("xor", 4, 0.0)
numbers = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0]))
SIZES = [(2, 3, 1), (1, 1), (3, 2, 5, 4, 2), (8, 7, 10)]


def core(activations: tuple[str, ...], loss: str, data: Dataset | Examples = XOR) -> Setup:
    """A setup that was not completed, with layers of 3 units between what the data need."""
    X, Y = data.draw()
    return Setup((X.shape[1], *(3,) * (len(activations) - 1), Y.shape[1]), data, activations, loss)


def after(setup: Setup, problem: Problem, offer: int) -> Setup:
    """The setup as one of the problem's offers makes it."""
    names, loss = list(setup.activations), setup.loss
    for field, value in parse_qsl(problem.offers[offer].sets):
        if field == "loss":
            loss = value
        else:
            names[-1 if field == "output" else int(field.removeprefix("activation-")) - 1] = value
    return replace(setup, activations=tuple(names), loss=loss)


def is_possible(setup: Setup) -> bool:
    try:
        setup.completed()
    except SetupError:
        return False
    return True


# Pairings -------------------------------------------------------------------------------------------------------------


def test_softmax_in_a_hidden_layer_is_explained_and_tanh_offered_there() -> None:
    (problem,) = pairing_problems(core(("relu", "softmax", "sigmoid"), "binary_cross_entropy"))
    assert problem.field == "activation-2"
    assert "shares" in problem.why
    assert [offer.text for offer in problem.offers] == ["Use tanh in this layer"]
    assert problem.offers[0].sets == "activation-2=tanh"


def test_cross_entropy_on_a_sigmoid_offers_another_loss_and_another_output() -> None:
    setup = core(("tanh", "sigmoid"), "cross_entropy", Dataset("iris", 30, 0.0))
    (problem,) = pairing_problems(setup)
    assert problem.field == "loss"
    assert problem.what == "Cross-entropy does not go with sigmoid at the output."
    assert [offer.text for offer in problem.offers] == [
        "Use binary cross-entropy instead",
        "Make the output softmax",
    ]


def test_an_output_that_would_not_help_is_not_offered() -> None:
    (problem,) = pairing_problems(core(("tanh", "sigmoid"), "cross_entropy"))
    assert [offer.text for offer in problem.offers] == ["Use binary cross-entropy instead"]


def test_targets_beyond_0_and_1_lead_away_from_cross_entropy() -> None:
    data = Examples(np.array([[0.0], [1.0]]), np.array([[2.0], [-3.0]]))
    (problem,) = pairing_problems(core(("tanh", "sigmoid"), "binary_cross_entropy", data))
    assert problem.what == "Binary cross-entropy does not go with these targets."
    assert [offer.text for offer in problem.offers] == [
        "Use mean squared error instead",
        "Use mean squared error with identity at the output",
    ]


def test_several_layers_and_the_output_are_all_named_at_once() -> None:
    setup = core(("softmax", "tanh", "softmax", "relu"), "binary_cross_entropy")
    assert [problem.field for problem in pairing_problems(setup)] == ["activation-1", "activation-3", "loss"]


DATA = {
    "two classes": XOR,
    "several classes": Dataset("iris", 12, 0.0),
    "numbers": Dataset("sine", 12),
    "shares": Examples(np.eye(3)[:, :2], np.array([[0.2, 0.8], [0.5, 0.5], [1.0, 0.0]])),
}


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_a_pairing_is_refused_where_the_engine_refuses_it_and_each_offer_is_taken(
    output: str, loss: str, data: Dataset | Examples
) -> None:
    setup = core(("tanh", output), loss, data)
    problems = pairing_problems(setup)
    assert bool(problems) != is_possible(setup)
    for problem in problems:
        assert problem.why.endswith(".")
        assert problem.offers
        for offer in range(len(problem.offers)):
            assert is_possible(after(setup, problem, offer))


# Advice ---------------------------------------------------------------------------------------------------------------


def advised(activations: tuple[str, ...], loss: str, data: Dataset | Examples) -> Advice:
    advice = output_advice(core(activations, loss, data))
    assert advice is not None
    return advice


def targets(*Y: tuple[float, ...]) -> Examples:
    return Examples(np.linspace(0, 1, len(Y))[:, None], np.array(Y))


def test_classes_with_a_sigmoid_are_advised_softmax_and_cross_entropy() -> None:
    advice = advised(("tanh", "sigmoid"), "binary_cross_entropy", Dataset("iris", 30, 0.0))
    assert advice.what == (
        "Each target is one of three classes: softmax with cross-entropy turns the outputs into shares of 1."
    )
    assert (advice.offer.text, parse_qsl(advice.offer.sets)) == (
        "Use softmax and cross-entropy",
        [("output", "softmax"), ("loss", "cross_entropy")],
    )


def test_measures_beyond_a_sigmoid_are_advised_what_reaches_them() -> None:
    advice = advised(("sigmoid",), "mean_squared_error", targets((-2.5,), (0.5,), (7.25,)))
    assert advice.what == (
        "These targets go from −2.5 to 7.25, and sigmoid only reaches 0 to 1: "
        "identity with mean squared error reaches them."
    )


@pytest.mark.parametrize(
    ("output", "words"),
    [("relu", "only reaches 0 and more"), ("gelu", "only reaches −0.17 and more"), ("tanh", "only reaches −1 to 1")],
)
def test_how_far_an_output_reaches_is_told(output: str, words: str) -> None:
    assert f", and {ACTIVATION_WORDS[output].name} {words}: " in advised((output,), "mean_squared_error", WIDE).what


def test_a_softmax_of_several_outputs_makes_shares() -> None:
    Y = targets((0.5, 2.0), (1.0, -3.0))
    assert ", and softmax makes shares of 1: " in advised(("softmax",), "mean_squared_error", Y).what


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (XOR, "sigmoid with binary cross-entropy turns the output into a probability"),
        (Dataset("sine", 30), "identity with mean squared error reaches these targets"),
    ],
    ids=["classes", "measures"],
)
def test_a_softmax_of_one_output_is_said_to_be_always_1(data: Dataset, says: str) -> None:
    advice = advised(("tanh", "softmax"), "mean_squared_error", data)
    assert advice.what == (f"A softmax of one output is always 1, whatever the weights, so nothing is learned: {says}.")


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("Y", [[[1.0], [1.0]], [[0.0], [1.0]], [[0.5], [3.0]]], ids=["ones", "classes", "measures"])
def test_a_softmax_of_one_output_is_never_offered(output: str, loss: str, Y: list[list[float]]) -> None:
    setup = core(("tanh", output), loss, Examples(np.eye(2), np.array(Y)))
    for problem in pairing_problems(setup):
        for offer in range(len(problem.offers)):
            mended = after(setup, problem, offer)
            assert (mended.activations[-1], is_possible(mended)) != ("softmax", True)
    if (advice := output_advice(setup)) is not None:
        assert "softmax" not in advice.offer.sets


def test_targets_of_0_and_1_are_advised_a_probability() -> None:
    (alone, each) = (
        advised(("tanh",), "mean_squared_error", data).what for data in (XOR, targets((1, 1), (0, 0), (0, 1)))
    )
    assert alone == "Each target is 0 or 1: sigmoid with binary cross-entropy turns the output into a probability."
    assert each.endswith("turns each output into a probability.")


SINE = Dataset("sine", 30)
WIDE = Examples(np.linspace(0, 1, 3)[:, None], np.array([[-2.5], [0.5], [7.25]]))


@pytest.mark.parametrize(
    ("output", "Y", "reached"),
    [
        ("tanh", [[-1.0], [1.0]], True),
        ("tanh", [[-1.01], [1.0]], False),
        ("sigmoid", [[0.01], [0.99]], True),
        ("relu", [[0.0], [1e6]], True),
        ("relu", [[-1e-9], [1.0]], False),
        ("gelu", [[-0.16], [3.0]], True),
        ("softmax", [[0.25, 0.75], [0.1, 0.9]], True),
        ("softmax", [[0.25, 0.25], [0.1, 0.9]], False),
        ("leaky_relu", [[-1e6], [1e6]], True),
    ],
)
def test_how_far_an_output_reaches_is_how_far_the_engine_says(output: str, Y: list[list[float]], reached: bool) -> None:
    assert reaches(output, np.array(Y)) == reached


@pytest.mark.parametrize("point", STARTING_POINTS, ids=lambda point: point.name)
def test_no_starting_point_needs_advice(point: StartingPoint) -> None:
    assert output_advice(point.setup) is None


@pytest.mark.parametrize("data", [XOR, SINE, Dataset("iris", 12, 0.0)], ids=lambda data: data.name)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_what_is_advised_can_be_built_and_needs_no_further_advice(output: str, loss: str, data: Dataset) -> None:
    setup = core(("tanh", output), loss, data)
    if (advice := output_advice(setup)) is not None:
        sets = dict(parse_qsl(advice.offer.sets))
        followed = core(("tanh", sets["output"]), sets["loss"], data)
        assert is_possible(followed)
        assert output_advice(followed) is None


# Sums -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
@pytest.mark.parametrize("clips", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_equations_are_counted_as_the_walk_tells_them(optimizer: str, clips: bool, schedule: str) -> None:
    for sizes in SIZES:
        for decays in (False, True):
            names = ("tanh",) * (len(sizes) - 2) + ("identity",)
            updating = Updating(optimizer, decays, clips, schedule)
            shape = Shape(sizes, names, "mean_squared_error", 3, updating=updating)
            told = [equation.phase for equation in trace(shape)]
            assert phase_counts(shape) == {phase: told.count(phase) for phase in PHASES}


def test_the_sentence_of_a_network_holds_its_parameters_and_equations() -> None:
    setup = Setup((2, 3, 1), XOR, ("tanh", "sigmoid")).completed()
    told = len(trace(setup.shape(4)))
    assert sums(setup).sentence == (
        f"2 inputs, 3 tanh units, 1 sigmoid output: 13 parameters, {told} equations an iteration."
    )
    assert sums(setup).data == "4 examples to learn from; 1 iteration an epoch."


def test_layers_that_are_alike_are_told_together() -> None:
    setup = Setup((2, 4, 4, 1, 1), XOR, ("relu", "relu", "relu", "sigmoid")).completed()
    assert sums(setup).sentence.startswith("2 inputs, 2 layers of 4 ReLU units, 1 ReLU unit, 1 sigmoid output: ")


# The drawing ----------------------------------------------------------------------------------------------------------


def test_the_drawing_has_every_unit_and_groups_connections_by_sign_and_size() -> None:
    W = np.array([[1.0, -1.0, 0.1], [0.0, 0.5, -0.1]])
    picture = sketch("A network.", ("tanh",), [W])
    assert len(picture.units) == 5
    found = {(lines.look, lines.width): lines.d.count("M") for lines in picture.lines}
    assert found == {("pos", "4.8"): 1, ("neg", "4.8"): 1, ("pos", "1"): 1, ("neg", "1"): 1, ("zero", "1"): 1} | {
        ("pos", "3.2"): 1
    }
    assert [detail for _, _, detail in picture.captions] == ["3 values", "tanh"]


def test_a_wide_layer_is_folded_and_says_how_many_units_it_leaves_out() -> None:
    picture = sketch("A network.", ("relu", "sigmoid"), [np.ones((32, 2)), np.ones((1, 32))])
    assert len(picture.units) == 2 + 8 + 1
    assert [text for _, _, text in picture.folds] == ["24 more"]


@pytest.mark.parametrize("sizes", [(8, 32, 32, 32, 32, 32, 10), (1, 1), (8, 9, 1)])
def test_units_stay_apart_and_inside_the_drawing(sizes: tuple[int, ...]) -> None:
    picture = sketch(".", ("tanh",) * (len(sizes) - 1), [np.ones((b, a)) for a, b in pairwise(sizes)])
    width, height = map(float, picture.view_box.split()[2:])
    radius, places = float(picture.radius), [(float(x), float(y)) for x, y in picture.units]
    assert all(radius <= x <= width - radius and 40 + radius <= y <= height - radius for x, y in places)
    apart = [abs(b - a) for (x, a), (other, b) in pairwise(places) if x == other]
    assert min(apart, default=99) > 2 * radius


def test_without_a_whole_setup_the_drawing_says_what_it_waits_for() -> None:
    half = core(("softmax", "sigmoid"), "binary_cross_entropy")
    assert drawing(None, None).drawing is None
    assert "units of every layer" in drawing(None, None).waits
    waiting = drawing(half, None)
    assert waiting.drawing is not None
    assert {lines.look for lines in waiting.drawing.lines} == {"zero"}
    assert waiting.layers == ()


# Panels ---------------------------------------------------------------------------------------------------------------


def names(fields: tuple[Field, ...]) -> list[str]:
    return [field.name.rpartition(".")[2] for field in fields]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_settings_shown_are_those_of_the_optimizer(kind: str) -> None:
    shown = names(Shown(Draft({"optimizer.kind": kind}), ()).fields(METHOD))
    settings = [name for rule in OPTIMIZERS.values() for name in rule.settings]
    assert {name for name in shown if name in settings} == set(OPTIMIZERS[kind].settings)


def test_a_schedule_shows_its_own_settings_and_an_initializer_its_amount() -> None:
    cosine = Shown(Draft({"optimizer.schedule.kind": "cosine"}), ()).fields(METHOD)
    assert {"iterations", "minimum"} <= set(names(cosine))
    assert "every" not in names(cosine)
    assert names(start_fields(Shown(Draft({"initializer.kind": "uniform"}), ()))) == ["loss", "kind", "scale", "seed"]
    assert names(start_fields(Shown(Draft({"initializer.kind": "he_normal"}), ()))) == ["loss", "kind", "seed"]


def built(setup: Setup, *errors: SetupError) -> Built:
    return Built(draft_of(setup), setup, None if errors else setup, None, errors, ())


def panel(found: Built, kind: type, most_hidden: int = 5) -> object:
    return next(one for one in build_panels(found, Manner(most_hidden, 512)) if isinstance(one, kind))


SETUP = Setup(
    (2, 3, 1), XOR, ("tanh", "sigmoid"), optimizer=Optimizer("adam"), schedule=Schedule("step"), batch_size=2
).completed()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("data.X[3][0]", "table"),
        ("data.columns", "table"),
        ("parameters.W", "initializer.kind"),
        ("optimizer.beta1", "optimizer.beta1"),
        ("data.noise", "data.noise"),
    ],
)
def test_an_error_stands_at_the_field_that_it_comes_from(path: str, field: str) -> None:
    found = built(SETUP, SetupError(path, "It does not fit.", "Give another."))
    assert [problem.field for problem in found.problems] == [field]


def test_a_field_says_what_is_wrong_with_it_and_the_page_links_to_it() -> None:
    found = built(SETUP, SetupError("optimizer.beta1", "This is not a number.", "Write it with digits."))
    method = panel(found, MethodPanel)
    assert isinstance(method, MethodPanel)
    (wrong,) = [field for field in method.folded if field.problem]
    assert (wrong.name, wrong.problem and wrong.problem.what) == (
        "optimizer.beta1",
        "This is not a number. Write it with digits.",
    )
    listed = panel(found, ProblemsPanel)
    assert isinstance(listed, ProblemsPanel)
    assert listed.problems == ((wrong.id, "Beta 1: This is not a number. Write it with digits."),)


def test_what_is_spoken_is_the_network_or_the_first_problem() -> None:
    whole = panel(built(SETUP), Spoken)
    assert isinstance(whole, Spoken)
    assert whole.text == sums(SETUP).sentence
    errors = (SetupError("loss", "One.", "Do."), SetupError("data.noise", "Two.", "Do."))
    wrong = panel(built(SETUP, *errors), Spoken)
    assert isinstance(wrong, Spoken)
    assert wrong.text == "One. Do. And one more problem."


def test_advice_stands_beside_the_output_and_is_spoken_after_the_network() -> None:
    advice = advised(("tanh", "tanh"), "mean_squared_error", XOR)
    found = replace(built(SETUP), advice=(advice,))
    layers, spoken = panel(found, LayersPanel), panel(found, Spoken)
    assert isinstance(layers, LayersPanel)
    assert isinstance(spoken, Spoken)
    assert layers.output.advice == advice
    assert spoken.text == f"{sums(SETUP).sentence} {advice.what}"


def test_the_layers_follow_the_data_and_there_is_an_end_to_them() -> None:
    layers = panel(built(SETUP), LayersPanel, 1)
    assert isinstance(layers, LayersPanel)
    assert (layers.inputs, layers.outputs, layers.can_add) == ("two inputs", "one output", False)
    assert [(l, units.value, activation.value) for l, units, activation in layers.layers] == [(1, "3", "tanh")]


def test_every_field_of_every_panel_has_a_label() -> None:
    panels = build_panels(built(SETUP), Manner(5, 512))
    fields = [field for one in panels for field in (*getattr(one, "fields", ()), *getattr(one, "folded", ()))]
    assert len(fields) > 15
    assert all(field.label for field in fields)
    assert all(LABELS.values())


@pytest.mark.parametrize(
    ("column", "target_kind", "holds"),
    [
        ("1.2,7.9,1", "regression", ("1 to 7.9", "mean 3.37")),
        ("-0.0004,1e6,0", "", ("−0.0004 to 1×10⁶", "mean 333333.33")),
        ("3,3,3", "", ("all 3",)),
        ("a,b,a", "", ("2 classes",)),
        ("a,a,a", "", ("1 class",)),
        ("4,5,6", "classes", ("3 classes",)),
    ],
)
def test_a_column_of_a_table_says_what_it_holds(column: str, target_kind: str, holds: tuple[str, ...]) -> None:
    text = "x,y\n" + "\n".join(f"{i},{value}" for i, value in enumerate(column.split(",")))
    draft = draft_of(SETUP).changed({"source": "table", "table": text, "target_kind": target_kind})
    shown = panel(replace(built(SETUP), draft=draft, table=read_table(text, Limits())), TablePanel)
    assert isinstance(shown, TablePanel)
    assert [head.name for head in shown.columns] == ["x", "y"]
    assert [head.holds for head in shown.columns] == [("0 to 2", "mean 1"), holds]


@pytest.mark.parametrize(
    ("count", "caption"),
    [(1, "one example, all shown"), (6, "six examples, all shown"), (12, "the first 6 of 12 examples")],
)
def test_a_preview_says_how_much_of_the_table_it_is(count: int, caption: str) -> None:
    text = "a,b\n" + "1,2\n" * count
    draft = draft_of(SETUP).changed({"source": "table", "table": text})
    shown = panel(replace(built(SETUP), draft=draft, table=read_table(text, Limits())), TablePanel)
    assert isinstance(shown, TablePanel)
    assert (shown.caption, len(shown.rows)) == (caption, min(count, 6))


def test_a_column_is_a_target_or_has_a_field_that_takes_it_as_an_input() -> None:
    text = "a,b,c,d\n1,2,3,4\n"
    draft = draft_of(SETUP).changed({"source": "table", "table": text, "target": "last-2", "input-0": ""})
    shown = panel(replace(built(SETUP), draft=draft, table=read_table(text, Limits())), TablePanel)
    assert isinstance(shown, TablePanel)
    assert [(head.field, head.taken) for head in shown.columns] == [
        ("input-0", False),
        ("input-1", True),
        ("", False),
        ("", False),
    ]


def test_nothing_of_a_table_is_shown_where_there_is_none() -> None:
    table = panel(built(SETUP), TablePanel)
    assert isinstance(table, TablePanel)
    assert (table.wrong, table.rows, table.fields) == ("", (), ())
    assert isinstance(panel(built(SETUP), Drawing), Drawing)
    assert isinstance(panel(built(SETUP), Sums), Sums)


# What is foretold -----------------------------------------------------------------------------------------------------

AREAS = Examples(np.linspace(30, 140, 20)[:, None], np.linspace(300, 1400, 20)[:, None])


def own(data: Examples | Data, **more: Any) -> Setup:
    return Setup((1, 4, 1), data, **more).completed()


def test_what_is_foretold_of_far_columns_is_what_happens() -> None:
    data = Data(AREAS, columns=("Area",), names=("Price",))
    advice = scaling_advice(own(data))
    assert advice is not None
    assert advice.field == "data.scaling"
    assert parse_qsl(advice.offer.sets) == [("data.scaling", "standard"), ("data.scale_targets", "on")]
    assert advice.what.startswith("Far from 0: Area from 30 to 140 and Price from 300 to 1400. As they are, ")
    slopes = 1 - np.tanh(AREAS.X @ own(data).network.layers[0].W.T) ** 2
    assert f" {100 * (slopes < 0.05).mean():.0f} % of the slopes of layer 1 (tanh)" in advice.what
    assert scaling_advice(own(replace(data, scaling="standard", scale_targets=True))) is None


def test_a_loss_that_would_explode_is_foretold_with_its_numbers() -> None:
    network = own(Data(AREAS), activations=("identity", "identity"), learning_rate=5e-5)
    advice = scaling_advice(network)
    assert advice is not None
    walked = TrainingSession.of_setup(network).train(iterations=5)
    assert f"5 updates take the loss from {number(walked.losses().iterations[0], 2)} to " in advice.what
    assert number(float(walked.current.loss_after), 2) in advice.what


@pytest.mark.parametrize("point", STARTING_POINTS, ids=lambda point: point.name)
def test_nothing_bad_is_foretold_of_what_learns(point: StartingPoint) -> None:
    assert scaling_advice(point.setup) is None
    assert twins_advice(point.setup) is None


def test_units_that_begin_alike_are_foretold_to_stay_twins_and_do() -> None:
    setup = Setup((2, 3, 1), XOR, start=Initializer("constant", amount=0.5)).completed()
    advice = twins_advice(setup)
    assert advice is not None
    assert advice.what.startswith("Three units of the hidden layer begin with the same weights")
    W = TrainingSession.of_setup(setup).train(epochs=20).current.after.layers[0].W
    assert (W[0] == W).all()
    assert (W != setup.network.layers[0].W).any()


def test_units_that_lead_on_by_other_weights_are_no_twins() -> None:
    start = Parameters((np.ones((2, 2)), np.array([[1.0, 2.0]])), (np.zeros(2), np.zeros(1)))
    assert twins_advice(Setup((2, 2, 1), XOR, start=start).completed()) is None


# The data, drawn ------------------------------------------------------------------------------------------------------


def scatters(data: Examples | Dataset | Data) -> ExamplesPanel:
    source = data.source if isinstance(data, Data) else data
    X, Y = source.draw()
    return examples_panel(Setup((X.shape[1], Y.shape[1]), data))


def drawn(panel: ExamplesPanel, look: str) -> int:
    return sum(mark.d.count("M") for one in panel.scatters for mark in one.marks if look in mark.look.split())


def test_two_inputs_are_a_map_with_a_shape_for_each_class_and_the_test_examples_hollow() -> None:
    panel = scatters(Data(Dataset("moons", 50), test_share=0.2))
    assert [scatter.title for scatter in panel.scatters] == ["The examples over x1 and x2"]
    assert (drawn(panel, "training"), drawn(panel, "test")) == (40, 10)
    assert [sign.name for sign in panel.signs] == ["y = 0", "y = 1", "hollow: to test"]
    assert len({mark.look for mark in panel.scatters[0].marks}) == 4


def test_one_input_has_the_target_above_it_and_more_have_a_drawing_each() -> None:
    sine, iris = scatters(Dataset("sine", 30)), scatters(Data(Dataset("iris", 60), test_share=0.25))
    assert [(one.title, one.ground.x_title, one.ground.y_title) for one in sine.scatters] == [("y over x1", "x1", "y")]
    assert [one.ground.x_title for one in iris.scatters] == list(Dataset("iris").columns)
    assert [tick.text for tick in iris.scatters[0].ground.up] == ["setosa", "versico…", "virgini…"]
    assert (drawn(iris, "training"), drawn(iris, "test"), iris.small) == (4 * 45, 4 * 15, True)


def test_targets_of_two_inputs_are_told_by_size() -> None:
    X = np.random.default_rng(0).uniform(size=(40, 2))
    panel = scatters(Examples(X, X.sum(axis=1, keepdims=True)))
    assert len(panel.signs) == 4
    assert panel.signs[0].name.startswith("y ")
    assert drawn(panel, "training") == 40


def test_data_are_drawn_in_the_units_in_which_they_were_given() -> None:
    panel = scatters(Data(AREAS, "standard", scale_targets=True, columns=("Area",), names=("Price",)))
    (one,) = panel.scatters
    assert {"50", "100"} <= {tick.text for tick in one.ground.across}


def test_of_many_examples_some_are_drawn_and_that_is_said() -> None:
    panel = scatters(Dataset("moons", 1000))
    assert panel.note == "One of 3 examples is drawn."
    assert drawn(panel, "training") <= 400


def test_data_that_cannot_be_made_ready_are_not_drawn() -> None:
    assert examples_panel(None).scatters == ()
    gaps = Examples(np.array([[np.nan, 1.0]]), np.ones((1, 1)))
    assert scatters(gaps).scatters == ()


@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=12)),
    st.lists(st.sampled_from([0.0, 1.0, -2.5, 1e6]), min_size=12, max_size=12),
    st.sampled_from([0.0, 0.3]),
)
def test_any_examples_are_drawn_where_there_is_a_place_for_them(
    X: list[list[float]], y: list[float], share: float
) -> None:
    panel = scatters(Data(Examples(np.array(X), np.array(y[: len(X)])[:, None]), test_share=share))
    assert drawn(panel, "training") + drawn(panel, "test") == len(X) * len(panel.scatters)
    assert not any("nan" in mark.d or "inf" in mark.d for one in panel.scatters for mark in one.marks)


VALUES = (
    "1",
    "2.5",
    "-3",
    "1,5",
    "",
    "NA",
    "?",
    "a",
    "b",
    "12%",
    "5 kg",
    "1.250,00",
    "2026-01-05",
    "5.1.2026",
    "0",
    "x" * 41,
)


@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(st.sampled_from(VALUES), min_size=width, max_size=width), max_size=14)
    ),
    st.dictionaries(
        st.sampled_from(["target", "target_kind", "input-0", "form-0", "form-1", "missing-0", "missing-1", "columns"]),
        st.sampled_from(["", "0", "1", "last-2", "on", "classes", "numbers", "own", "mean", "median", "drop", "x"]),
    ),
    st.sampled_from([";", "\t"]),
)
def test_any_table_is_shown_and_built_or_says_why_not(rows: list[list[str]], chosen: dict[str, str], mark: str) -> None:
    text = "\n".join(mark.join(row) for row in rows)
    draft = Draft(
        {"source": "table", "table": text, "units-1": "2", "activation-1": "tanh", "output": "sigmoid"} | chosen
    )
    found = build(draft, Limits(), {"output": "sigmoid"})
    assert (found.setup is not None) != bool(found.problems)
    for one in build_panels(found, Manner(5, 512, refused=True)):
        assert one.id
    if found.setup is not None:
        X, Y = found.setup.examples
        assert np.isfinite(X).all()
        assert np.isfinite(Y).all()
        assert is_possible(found.setup)
