"""A walk as a worked example: what is given, then each line of NumPy with its sentence, its formula, and what the page
has shown of it. A script and a notebook write it down, each in its own way.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from app.engine.equations.shape import Shape
from app.engine.equations.trace import PHASES, Equation, trace
from app.engine.equations.values import Values
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.arrays import Array
from app.engine.network.layers import Network
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import latex, text
from app.views.formulas.numpy_lines import by_line
from app.views.formulas.symbols import orientation_of
from app.views.narration.narration import narrate
from app.views.pages import heading_of
from app.views.text.naming import input_names, output_names
from app.views.text.words import counted, listed

DIGITS = 5  # of the numbers in sentences
MOST_REPLAYED = 2_000  # iterations: a training that is longer is not run again by what is taken away
LOOKED_AT = 8  # losses of it that are compared
WIDTH = 100  # characters of a line of numbers
LETTERS = {"velocity": "u", "m": "m", "v": "v"}  # as in formulas/numpy_lines
TITLES = {
    "forward": "Forward: from the inputs to the prediction",
    "loss": "Loss: how far the prediction is off",
    "backward": "Backward: every gradient, from the loss to the inputs",
    "update": "Update: every parameter moves against its gradient",
}


@dataclass(frozen=True)
class Block:
    """One line of NumPy, or a few: what they find, in words, as a formula in plain text and in LaTeX, and what the page
    has shown of that: pairs of an expression and the number, or the array, that it was there.
    """

    code: str
    words: str = ""
    formula: str = ""
    latex: str = ""
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """Blocks under a title, with a sentence or two before them."""

    title: str
    blocks: tuple[Block, ...]
    words: str = ""
    tolerance: float = 1e-9


@dataclass(frozen=True)
class Worked:
    """All of it: the walk's title, its facts in a line, and the sections in order."""

    title: str
    facts: str
    sections: tuple[Section, ...]

    @property
    def has_run(self) -> bool:
        """Whether its last section trains, and holds `losses`."""
        return self.sections[-1].title == THE_RUN


THE_RUN = "The training up to here"


def worked(session: TrainingSession) -> Worked:
    """The iteration in which a walk stands, as far as it was shown, and the training before it."""
    heading, shape = heading_of(session), session.shape
    sections = [_given(session)]
    right = _lines(replace(shape, mistakes=()), session)
    for section in _phases(session, shape, session.values, PHASES):
        sections.append(_marked(section, right, MISTAKEN))
    if session.finished:
        sections.append(_after(session))
    if session.setup.mistakes:
        sections += _put_right(session)
    if 0 < session.iteration <= MOST_REPLAYED:
        sections.append(_run(session))
    return Worked(heading.title, heading.facts, tuple(sections))


# What is given --------------------------------------------------------------------------------------------------------


def _given(session: TrainingSession) -> Section:
    it, turned = session.current, _is_turned(session)
    examples = listed([str(example + 1) for example in session.batch[:10]])
    more = f" and {len(session.batch) - 10} more" if len(session.batch) > 10 else ""
    which = f"Iteration {session.iteration + 1:,} takes example{'s' if len(session.batch) > 1 else ''} {examples}{more}"
    data = Block(
        f"# {plain(', '.join(input_names(session)))}\n{assigned('X', it.X)}\n"
        f"# {plain(', '.join(output_names(session)))}\n{assigned('Y', it.Y)}",
        f"{which}; each is a row.",
    )
    blocks = [data, Block(_parameters(it.before, turned), f"The parameters before it. {_stored(turned)}")]
    blocks.append(Block(_settings(session, session.iteration), "The method."))
    if memory := _memory(it.before, session, it.past.memory, turned):
        blocks.append(Block(memory, "What the optimizer remembers of the updates before."))
    return Section("What is given", tuple(blocks))


def _is_turned(session: TrainingSession) -> bool:
    return orientation_of(session) == "fan_in_fan_out"


def _stored(turned: bool) -> str:
    return f"Weights are stored as {'(from, to), so that a layer is X @ W' if turned else '(to, from), as in PyTorch'}."


def _parameters(network: Network, turned: bool) -> str:
    lines = []
    for l, layer in enumerate(network.layers, 1):
        lines += [assigned(f"W{l}", layer.W.T if turned else layer.W), assigned(f"b{l}", layer.b)]
    return "\n".join(lines)


def _memory(network: Network, session: TrainingSession, memory: Array, turned: bool) -> str:
    lines = []
    for slot, row in zip(session.setup.optimizer.slots, memory, strict=True):
        for l, (W, b) in enumerate(network.parts(row), 1):
            names = (f"{LETTERS[slot]}W{l}", f"{LETTERS[slot]}b{l}")
            lines += [assigned(names[0], W.T if turned else W), assigned(names[1], b)]
    return "\n".join(lines)


def _settings(session: TrainingSession, iteration: int) -> str:
    """The learning rate and what else the lines of the update take, by their names."""
    setup = session.setup
    rate, scheduled = session.timeline.learning_rate(iteration), setup.schedule.kind != "constant"
    settings: dict[str, float | None] = {"eta0": rate} if scheduled else {}
    settings["eta"] = setup.schedule.rate(rate, iteration)
    settings |= {name: getattr(setup.optimizer, name) for name in OPTIMIZERS[setup.optimizer.kind].settings}
    settings |= {name: getattr(setup.schedule, name) for name in SCHEDULES[setup.schedule.kind].settings}
    if setup.updating.decays:
        settings["weight_decay"] = setup.optimizer.weight_decay
    if setup.updating.clips:
        settings["clip_norm"] = setup.optimizer.clip_norm
    lines = [f"{name} = {value!r}" for name, value in settings.items()]
    if scheduled or OPTIMIZERS[setup.optimizer.kind].shared:
        lines.append(f"t = {iteration + 1}  # the number of the update")
    return "\n".join(lines)


# Line by line ---------------------------------------------------------------------------------------------------------


def _phases(session: TrainingSession, shape: Shape, values: Values, phases: Sequence[str]) -> Iterator[Section]:
    equations = [equation for equation in trace(shape) if equation.phase in phases]
    for phase, group in groupby(equations, lambda equation: equation.phase):
        yield Section(TITLES[phase], tuple(_blocks(session, shape, values, list(group))))


def _blocks(session: TrainingSession, shape: Shape, values: Values, equations: Sequence[Equation]) -> Iterator[Block]:
    """A block for each line of code: the first equation that it computes stands for all of them."""
    orientation = orientation_of(session)
    for line, found in by_line(equations, shape, orientation).items():
        first, name = found[0], array_name(found[0], shape)
        shown = tuple(shown_of(session, shape, values, found, name, _is_turned(session)))
        words = narrate(first, shape, values, DIGITS) if shown else ""  # what the page has not said is not told here
        yield Block(line, words, text(first, shape, orientation), latex(first, shape, orientation), shown)


def shown_of(
    session: TrainingSession, shape: Shape, values: Values, equations: Sequence[Equation], name: str, turned: bool
) -> Iterator[tuple[str, str]]:
    """What the page has shown of equations that fill one array of this name, as code and as the numbers that it found:
    of a whole row or matrix at once, else one by one. `turned`: the array has weights as (from, to).
    """
    shown = [equation for equation in equations if equation.index < session.cursor]
    if not shown:
        return
    found = np.array([values[equation.symbol] for equation in shown])
    kind, layer, _, k = shown[0].symbol
    if layer == 0:
        yield name, number_code(found[0])
    elif len(shown) < len(equations):
        for equation, value in zip(shown, found, strict=True):
            yield f"{name}[{index_of(equation, session.focus_row, turned)}]", number_code(value)
    elif k is not None:
        matrix = found.reshape(shape.sizes[layer], shape.sizes[layer - 1])
        yield name, array_code(matrix.T if turned else matrix)
    else:
        yield f"{name}[{session.focus_row}]" if kind in ("z", "a", "delta") else name, array_code(found)


def array_name(equation: Equation, shape: Shape) -> str:
    """The array that holds what an equation finds, as the lines of NumPy call it."""
    kind, layer, _, _ = equation.symbol
    if layer == 0:
        return kind
    if kind == "a":
        return "y_hat" if layer == shape.depth else f"A{layer}"
    if kind in ("z", "delta", "dW", "db"):
        return f"{'Z' if kind == 'z' else kind}{layer}"
    state, _, owner = kind.removeprefix("new_").rpartition("_")
    base, _, hat = state.partition("_")
    return f"{LETTERS.get(base, base)}{owner}{layer}" + (f"_{hat}" if hat else "")


def index_of(equation: Equation, row: int, turned: bool) -> str:
    """Where in that array it stands: of what each example has, in its row."""
    kind, _, j, k = equation.symbol
    if kind in ("z", "a", "delta"):
        return f"{row}, {j}"
    if k is None:
        return f"{j}"
    return f"{k}, {j}" if turned else f"{j}, {k}"


def _after(session: TrainingSession) -> Section:
    """The same batch once more, by the parameters in force now."""
    forward = _forward_code(session)
    block = Block(forward, "The same examples once more.", shown=(("loss", number_code(session.current.loss_after)),))
    return Section("After the update: the loss with the new parameters", (block,))


def _forward_code(session: TrainingSession) -> str:
    return "\n".join(_lines(session.shape, session, ("forward", "loss")))


def _lines(shape: Shape, session: TrainingSession, phases: Sequence[str] = PHASES) -> list[str]:
    """Every line of these phases once, in order."""
    return list(by_line((one for one in trace(shape) if one.phase in phases), shape, orientation_of(session)))


# Put right ------------------------------------------------------------------------------------------------------------


MISTAKEN = "not by the chain rule: see below"
MENDED = "by the chain rule"


def _marked(section: Section, others: Container[str], mark: str) -> Section:
    """The section, with this mark at each line that is not among the others."""
    blocks = (one if one.code in others else replace(one, code=f"{one.code}  # {mark}") for one in section.blocks)
    return replace(section, blocks=tuple(blocks))


def _put_right(session: TrainingSession) -> Iterator[Section]:
    """Backward and update once more, by the chain rule, from the same start; what was wrong is marked."""
    setup, shape = session.setup, replace(session.shape, mistakes=())
    it, turned = session.current, _is_turned(session)
    memory = _memory(it.before, session, it.past.memory, turned)
    start = "\n".join(filter(None, (_parameters(it.before, turned), memory, _forward_code(session))))
    names = listed([f"“{name.replace('_', ' ')}”" for name in setup.mistakes])
    words = f"So far the walk followed a rule with a mistake: {names}. Now by the chain rule, from the same parameters."
    yield Section("Put right", (Block(start),), words)
    wrong = _lines(session.shape, session)
    for section in _phases(session, shape, session.right_values, ("backward", "update")):
        title = f"{section.title.partition(':')[0]}, put right"
        yield replace(_marked(section, wrong, MENDED), title=title)


# The training up to here ----------------------------------------------------------------------------------------------


def _run(session: TrainingSession) -> Section:
    """All iterations from the very start to where this one begins."""
    setup, turned, count = session.setup, _is_turned(session), session.iteration
    X, Y = setup.examples
    start = "\n".join(filter(None, (
        assigned("all_X", X), assigned("all_Y", Y), _parameters(setup.network, turned),
        _memory(setup.network, session, setup.optimizer.fresh(setup.network.size), turned), _settings(session, 0),
    )))  # fmt: skip
    *_, losses = session.timeline.losses(count)
    some = sorted({round(i) for i in np.geomspace(1, count, LOOKED_AT)})
    shown = [(f"losses[{i - 1}]", number_code(losses[i - 1])) for i in some]
    for l, layer in enumerate(session.current.before.layers, 1):
        edited = {change.symbol.kind for change in session.timeline.changes if change.iteration == count}
        if not edited & {"W", "b"}:
            shown += [(f"W{l}", array_code(layer.W.T if turned else layer.W)), (f"b{l}", array_code(layer.b))]
    blocks = [Block(start, "All examples, and the parameters at the very start.")]
    if not _takes_all(session):
        blocks.append(Block(_batch_code(session), "Which examples an iteration takes."))
    blocks.append(Block(_loop_code(session), f"{_count(count)} before this one.", shown=tuple(shown)))
    return Section(THE_RUN, tuple(blocks), tolerance=1e-6)


def _count(iterations: int) -> str:
    return "The iteration" if iterations == 1 else f"The {counted(iterations, 'iteration')}"


def _takes_all(session: TrainingSession) -> bool:
    """Whether every iteration takes all examples in their order."""
    setup = session.setup
    return setup.iterations_per_epoch == 1 and setup.shuffle_seed is None and not setup.warm_up


def _batch_code(session: TrainingSession) -> str:
    setup = session.setup
    size = setup.batch_size or len(setup.examples[0])
    order = "np.arange(len(all_X))"
    if setup.shuffle_seed is not None:
        order = f"np.random.default_rng(({setup.shuffle_seed}, epoch)).permutation(len(all_X))"
    first, lines = "iteration", list[str]()
    if setup.warm_up:
        lines = [
            f"    warm_up = {list(setup.warm_up)}",
            "    if iteration < len(warm_up):",
            "        return [warm_up[iteration]]",
        ]
        first = "iteration - len(warm_up)"
    lines = ["def batch_of(iteration):", *lines]
    lines.append(f"    epoch, place = divmod({first}, {setup.iterations_per_epoch})")
    return "\n".join([*lines, f"    return {order}[place * {size} : (place + 1) * {size}]"])


def _loop_code(session: TrainingSession) -> str:
    setup = session.setup
    most = max(len(setup.batch(iteration)) for iteration in range(min(session.iteration, 1 + len(setup.warm_up))))
    shape = setup.shape(max(most, len(session.batch)))
    lines = [line for change in _changes(session) for line in change]
    if _takes_all(session):
        lines += ["X, Y = all_X, all_Y"]
    else:
        lines += ["batch = batch_of(iteration)", "X, Y = all_X[batch], all_Y[batch]"]
    lines.append("t = iteration + 1")
    rate = SCHEDULES[setup.schedule.kind].code  # first, for a rule with a mistake may take it before the update
    for line in sorted(_lines(shape, session), key=lambda line: line != rate):
        lines += line.split("\n")
    lines.insert(next(i for i, line in enumerate(lines) if line.startswith("loss =")) + 1, "losses.append(loss)")
    body = "\n".join(f"    {line}" for line in lines)
    return f"losses = []\nfor iteration in range({session.iteration}):\n{body}"


def _changes(session: TrainingSession) -> Iterator[tuple[str, str]]:
    """What was edited on the way, at its iteration."""
    turned, rate = _is_turned(session), "eta" if session.setup.schedule.kind == "constant" else "eta0"
    for change in session.timeline.changes:
        if change.iteration >= session.iteration:
            continue
        kind, layer, j, k = change.symbol
        name = {"eta": rate, "x": f"all_X[{j}, {k}]", "y": f"all_Y[{j}, {k}]", "b": f"b{layer}[{j}]"}.get(
            kind, f"W{layer}[{k}, {j}]" if turned else f"W{layer}[{j}, {k}]"
        )
        yield f"if iteration == {change.iteration}:", f"    {name} = {number_code(change.value)}"


# Numbers as code ------------------------------------------------------------------------------------------------------


def number_code(value: float) -> str:
    """A number to its last bit."""
    return repr(float(value))


def array_code(array: Array) -> str:
    """Its numbers as lists, a row on each line where they are many."""
    if array.ndim == 1:
        return f"[{', '.join(map(number_code, array))}]"
    rows = [array_code(row) for row in array]
    return f"[{', '.join(rows)}]" if sum(map(len, rows)) < WIDTH else "[\n    " + ",\n    ".join(rows) + ",\n]"


def assigned(name: str, array: Array) -> str:
    """A line that makes the array."""
    return f"{name} = np.array({array_code(array)})"


def plain(words: str) -> str:
    """Words that stay within one line, whatever they hold."""
    return " ".join(words.split())
