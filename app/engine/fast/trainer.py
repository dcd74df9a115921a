"""The fast way through iterations: forward and backward as a program, again and again on the same arrays.

It finds the same bits as run_iteration, one iteration after the other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import add, attrgetter
from typing import Any, NamedTuple

import numpy as np

from app.engine.fast.program import Program, Then
from app.engine.fast.recording import Tape
from app.engine.learning.divergence import check_finite
from app.engine.learning.iteration import Iteration, Method, Past, run_iteration
from app.engine.network.arrays import Array
from app.engine.network.layers import Layer, Network
from app.engine.network.losses import Output
from app.engine.network.propagation import backward, forward, rounded

CHUNK = 512  # iterations between two looks at what came of them
MOST_KEPT = 16_000  # numbers of outputs that are kept between two looks: 128 kB, beyond which memory is fetched anew
MOST_READY = 2_000  # batches that are kept ready
TRUSTED = 1e40  # nothing overflows unseen while examples and parameters are shorter than this
WAY, GIVEN = attrgetter("way"), attrgetter("given")
UNKNOWN: Any = object()  # nothing can be computed with it


class Batch(NamedTuple):
    """Examples X (m, n_0), targets Y (m, n_L), and the learning rate in force; `again`: the same arrays come again."""

    X: Array
    Y: Array
    learning_rate: float
    again: bool = False


class Ready(NamedTuple):
    """A batch made ready: its `way`, which is a program and the learning rate, and what the program is given of it.

    `batch` is kept so that no other takes its id.
    """

    way: tuple[Program, float]
    given: tuple[Array, ...]
    batch: Batch


class Trainer:
    """Goes on from a network, from what the optimizer remembers, and from an iteration, all changed in place.

    `parameters` (P,) as `Network.flat`, `memory` (slots, P), `iteration` from 0.
    """

    def __init__(self, method: Method, network: Network, memory: Array | None = None, iteration: int = 0) -> None:
        self.parameters = network.flat()
        self.memory = method.optimizer.fresh(network.size) if memory is None else memory.copy()
        self.iteration = iteration
        self._method, self._network = method, network.from_flat(self.parameters)  # views of the parameters
        self._gradients = np.zeros_like(self.parameters)
        self._rate: Any = np.array(method.learning_rate)  # an array, which NumPy takes in less time than a number
        self._move, self._t = method.optimizer.bound(self.parameters, self.memory), iteration
        self._update = self._recorded_update()
        self._programs: dict[int, list[Program]] = {}  # by batch size
        self._outputs: dict[int, Array] = {}  # by batch size: sums of the output in each iteration of a chunk
        self._places: dict[int, list[tuple[Array]]] = {}  # each of them, for one iteration
        self._ready: dict[int, Ready] = {}  # by id of the batch
        self._trusted = True

    def run(self, batches: Iterable[Batch]) -> Array:
        """An iteration for each batch: the mean losses before each update, shape (n,).

        DivergedError, standing where the iteration in question begins, where one leaves the finite numbers.
        """
        return np.concatenate([np.empty(0), *(self._run(chunk) for chunk in _chunks(batches))])

    @property
    def network(self) -> Network:
        """Where it stands, as a network of its own."""
        return self._network.from_flat(self.parameters.copy())

    @property
    def past(self) -> Past:
        """What the next iteration has behind it."""
        return Past(self.iteration, self.memory.copy())

    # A chunk ----------------------------------------------------------------------------------------------------------

    def _run(self, chunk: list[Batch]) -> Array:
        start = self.parameters.copy(), self.memory.copy()
        with np.errstate(all="ignore"):
            self._train(chunk)
            losses = self._losses(chunk)
            trusted = self._trusted and np.dot(self.parameters, self.parameters) < TRUSTED**2
        if trusted and np.isfinite(losses).all():
            self.iteration += len(chunk)
            return losses
        self._stand(*start)
        return np.array([self._walk(batch).loss for batch in chunk])

    def _train(self, chunk: list[Batch]) -> None:
        """All iterations of a chunk; each leaves the sums of its output in its place."""
        known, self._t = self._ready, self.iteration
        ready = [known.get(id(batch)) or self._made_ready(batch) for batch in chunk]
        start = 0
        for (program, rate), stretch in groupby(ready, WAY):
            given = list(map(GIVEN, stretch))
            end = start + len(given)
            self._rate.fill(rate)
            program.run(map(add, given, self._places[len(chunk[start].X)][start:end]))
            start = end

    def _losses(self, chunk: list[Batch]) -> Array:
        """The mean losses of a chunk, all of the same batch size at once."""
        sizes = [len(batch.X) for batch in chunk]
        losses = np.empty(len(chunk))
        for size in {*sizes}:
            numbers = [number for number, own in enumerate(sizes) if own == size]
            here: Any = numbers if len(numbers) < len(chunk) else slice(len(chunk))  # a view, where it can be
            losses[here] = self._loss(self._outputs[size][here], _stacked([chunk[number].Y for number in numbers]))
        return losses

    def _loss(self, Z: Array, Y: Array) -> Array:
        """The mean losses (n,) of outputs with sums Z (n, m, n_L)."""
        decimals, loss = self._method.decimals, self._method.loss
        A = Z if loss.error and decimals is None else self._network.layers[-1].activation.g(Z)
        output = Output(Z, A if decimals is None else rounded(A, decimals), decimals is not None)
        mean: Array = loss.value(output, Y).mean(axis=-1)
        return mean

    def _walk(self, batch: Batch) -> Iteration:
        """An iteration as a record. DivergedError says what of it left the finite numbers."""
        method, rate = self._method, batch.learning_rate
        method = replace(method, learning_rate=rate, rules=replace(method.rules, learning_rate=rate))
        iteration = run_iteration(method, self._network, batch.X, batch.Y, self.past)
        check_finite(iteration)
        self._stand(iteration.after.flat(), iteration.update.memory)
        self.iteration += 1
        return iteration

    def _stand(self, parameters: Array, memory: Array) -> None:
        self.parameters[:], self.memory[:] = parameters, memory

    # Programs ---------------------------------------------------------------------------------------------------------

    def _made_ready(self, batch: Batch) -> Ready:
        X, Y, rate, again = batch
        self._trusted &= bool(np.vdot(X, X) < TRUSTED**2)
        program, given = self._program(X, Y)
        ready = Ready((program, rate), given, batch)
        if again:
            if len(self._ready) >= MOST_READY:
                self._ready.clear()
            self._ready[id(batch)] = ready
        return ready

    def _program(self, X: Array, Y: Array) -> tuple[Program, tuple[Array, ...]]:
        """The program for a batch and what it is given of it."""
        known = self._programs.setdefault(len(X), [])
        for program in known:
            if (given := program.given(X, Y)) is not None:
                return program, given
        parts = self._network.parts(self._gradients)
        known.append(Program.of(self._record, (X, Y), [part for pair in parts for part in pair], self._update))
        self._make_places(Y.shape)
        return self._program(X, Y)

    def _record(self, tape: Tape, X: Any, Y: Any) -> tuple[Any, list[Any]]:
        """Sums of the output, and all gradients."""
        own, method = self._network.layers, self._method
        network = Network(tuple(Layer(tape.array(l.W), tape.array(l.b), l.activation) for l in own))
        there = forward(network, X, method.decimals)
        rules = replace(method.rules, learning_rate=tape.array(self._rate))
        back = backward(network, there, Y, method.loss, rules)
        return there.Z[-1], [part for pair in zip(back.dW, back.db, strict=True) for part in pair]

    def _recorded_update(self) -> Then:
        """The optimizer's move as steps; itself where it depends on more than the gradients, as on the time."""
        start, tape = (self.parameters.copy(), self.memory.copy()), Tape()
        w, memory, g, rate = map(tape.array, (self.parameters, self.memory, self._gradients, self._rate))
        try:
            self._method.optimizer.bound(w, memory)(g, UNKNOWN, rate)
        except TypeError:
            return self._move_on
        finally:
            self._stand(*start)
        return tape.late

    def _move_on(self) -> None:
        self._t += 1
        self._move(self._gradients, self._t, self._rate)

    def _make_places(self, shape: tuple[int, ...]) -> None:
        if shape[0] not in self._outputs:
            longest = min(CHUNK, MOST_KEPT // (shape[0] * shape[1]) + 1)
            self._outputs[shape[0]] = np.empty((longest, *shape[::-1])).mT  # laid out as times() does it
            self._places[shape[0]] = [(place,) for place in self._outputs[shape[0]]]


def _stacked(targets: list[Array]) -> Array:
    """Targets, n times (m, n_L), as one array (n, m, n_L); as they are where they are always the same."""
    first = targets[0]
    if all(Y is first for Y in targets):
        return first
    return np.concatenate(targets).reshape(len(targets), *first.shape)


def _chunks(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """The batches, at most CHUNK and MOST_KEPT at a time."""
    chunk: list[Batch] = []
    kept = 0
    for batch in batches:
        chunk.append(batch)
        kept += batch.Y.size
        if len(chunk) == CHUNK or kept >= MOST_KEPT:
            yield chunk
            chunk, kept = [], 0
    if chunk:
        yield chunk
