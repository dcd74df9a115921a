"""All that the engine knows by a name has a record of words, and nothing else has; or the program does not start."""

import pytest

from app.engine.data.datasets import DATASETS
from app.engine.data.scaling import SCALINGS
from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.updates import DERIVED, KEPT
from app.engine.learning.optimizers import OPTIMIZERS, OptimizerKind
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Quotient, Symbol
from app.engine.network.initializers import INITIALIZERS
from app.engine.network.losses import LOSSES
from app.views.narration.mistakes import MISTAKE_WORDS
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.datasets import DATASET_WORDS, INITIALIZER_WORDS, SCALING_WORDS
from app.views.text.losses import LOSS_WORDS, LossWords
from app.views.text.optimizers import OPTIMIZER_WORDS, SCHEDULE_WORDS, STATE_WORDS
from app.views.text.records import MissingWordsError, complete


def test_every_table_has_the_engine_s_names() -> None:
    pairs = (
        (ACTIVATIONS, ACTIVATION_WORDS),
        (LOSSES, LOSS_WORDS),
        (OPTIMIZERS, OPTIMIZER_WORDS),
        (SCHEDULES, SCHEDULE_WORDS),
        (("g", *KEPT, *DERIVED), STATE_WORDS),
        (MISTAKES, MISTAKE_WORDS),
        (DATASETS, DATASET_WORDS),
        (SCALINGS, SCALING_WORDS),
        (INITIALIZERS, INITIALIZER_WORDS),
    )
    for known, words in pairs:
        assert set(known) == set(words)


def test_a_loss_without_words_stops_the_program_by_its_name() -> None:
    with pytest.raises(MissingWordsError, match="The loss hinge has no words yet"):
        complete("loss", (*LOSSES, "hinge"), LOSS_WORDS)


def test_words_for_what_the_engine_does_not_know_are_refused_by_name() -> None:
    more = {**LOSS_WORDS, "hinge": LossWords("hinge", "part", "", "", "", "", "")}
    with pytest.raises(MissingWordsError, match="words for the loss hinge"):
        complete("loss", LOSSES, more)


@pytest.mark.parametrize("words", LOSS_WORDS.values(), ids=lambda words: words.name)
def test_the_wordings_of_a_loss_use_the_places_that_there_are(words: LossWords) -> None:
    for wording in (words.one, words.several, words.many):
        filled = wording.format(parts="1²", equals=" = ", n=5, counted="five parts")
        assert filled.startswith(("is ", "adds up "))
    assert words.slope.format(difference="prediction minus target").endswith("prediction minus target")


def test_each_state_of_an_optimizer_has_a_letter_of_its_own() -> None:
    letters = [words.letter for words in STATE_WORDS.values()]
    assert all(letters)
    assert len({*letters}) == len(letters)


@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=lambda kind: kind.name)
def test_an_optimizer_that_divides_by_a_size_says_what_by_which(kind: OptimizerKind) -> None:
    words = OPTIMIZER_WORDS[kind.name]
    assert bool(words.scaled) == bool(words.size) == isinstance(kind.step(Symbol), Quotient)
