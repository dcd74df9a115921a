"""Weights as other programs print them: a small state_dict as JSON, lists of lists, or arrays as NumPy and PyTorch show
them; each matrix either way round.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.setup import Parameters

MOST_TEXT = 200_000  # characters
FIELD = "weights"
AROUND = re.compile(  # what stands around the brackets of an array
    r"\b(?:np\.|torch\.)?(?:array|tensor|Parameter containing:|Parameter)\b"
    r"|dtype=[\w.]+|requires_grad=\w+|device='[^']*'|grad_fn=<[^>]*>"
)
LEFT_OUT = re.compile(r"\.\.\.")
BETWEEN = re.compile(r"(?<=[\d.\]])[\s,]+(?=[-+.\d\[])")
BARE_POINT = re.compile(r"(?<=\d)\.(?=[\s,\]])")  # NumPy writes 1. for 1.0
HELP = "Paste a state_dict as JSON, or the arrays of weights and biases as NumPy or PyTorch print them."


@dataclass(frozen=True)
class Read:
    """Starting values, for a network of these sizes; `turned`: the matrices were (from, to)."""

    parameters: Parameters
    sizes: tuple[int, ...]
    turned: bool


def read_weights(text: str) -> Read:
    """The weights and biases in a text, one matrix and, if there is one, one list for each layer, in order; biases that
    are not there are 0. SetupError says what does not fit, with all shapes.

    Where both ways round fit, as for square matrices, they are taken as (to, from), as PyTorch has them.
    """
    if len(text) > MOST_TEXT:
        raise SetupError(FIELD, f"This is longer than {MOST_TEXT:,} characters.", "Take a smaller network.")
    arrays = [_array(found) for found in _found(text)]
    pairs = list(_pairs(arrays))
    for turned in (False, True):
        sides = [(W.T if turned else W, b) for W, b in pairs]
        if _follow(sides):
            full = [(W, np.zeros(len(W)) if b is None else b) for W, b in sides]
            sizes = (full[0][0].shape[1], *(len(W) for W, _ in full))
            return Read(Parameters(tuple(W for W, _ in full), tuple(b for _, b in full)), sizes, turned)
    shapes = ", ".join("×".join(map(str, array.shape)) for array in arrays)
    raise SetupError(
        FIELD,
        f"The shapes do not follow each other, either way round: {shapes}.",
        "Each matrix takes what the one before gives, and has a bias for each unit that it leads to.",
    )


def _found(text: str) -> list[Any]:
    """What stands in the text, array after array, as lists of numbers."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = list(_printed(text))
    if isinstance(given, dict):
        return list(given.values())
    if not isinstance(given, list) or not given:
        raise SetupError(FIELD, "There are no weights in this.", HELP)
    return [given] if _depth(given) <= 2 else given


def _printed(text: str) -> Iterator[Any]:
    """Arrays as they are printed, with spaces between their numbers or with commas."""
    if LEFT_OUT.search(text):
        raise SetupError(FIELD, "Numbers are left out of this print.", "Print all of them.")
    plain, depth, start = AROUND.sub(" ", text), 0, 0
    for i, sign in enumerate(plain):
        if sign == "[":
            start = i if depth == 0 else start
            depth += 1
        elif sign == "]":
            depth -= 1
            if depth == 0:
                listed = BETWEEN.sub(", ", BARE_POINT.sub(".0", plain[start : i + 1]))
                listed = re.sub(r"(?<![\d])\.(?=\d)", "0.", listed).replace("+", "")
                try:
                    yield json.loads(listed)
                except (ValueError, RecursionError) as error:
                    raise SetupError(FIELD, "This cannot be read as numbers in brackets.", HELP) from error
        if depth < 0:
            raise SetupError(FIELD, "A bracket closes that was not opened.", HELP)
    if depth:
        raise SetupError(FIELD, "A bracket is not closed.", "Paste the whole of it.")


def _depth(thing: Any) -> int:
    depth = 0
    while isinstance(thing, list) and thing:
        thing, depth = thing[0], depth + 1
    return depth


def _array(given: Any) -> Array:
    try:
        array = np.array(given, float)
    except (ValueError, TypeError) as error:
        raise SetupError(FIELD, "The rows of a matrix are not of one length, or hold no numbers.", HELP) from error
    if array.ndim not in (1, 2) or not array.size or not np.isfinite(array).all():
        raise SetupError(FIELD, "There is something that is neither a matrix nor a list of finite numbers.", HELP)
    return array


def _pairs(arrays: list[Array]) -> Iterator[tuple[Array, Array | None]]:
    """Each matrix with the list after it, or before it, where there is one."""
    if not arrays or all(array.ndim == 1 for array in arrays):
        raise SetupError(FIELD, "There is no matrix of weights.", HELP)
    matrices = [i for i, array in enumerate(arrays) if array.ndim == 2]
    lists = [array for array in arrays if array.ndim == 1]
    if lists and len(lists) != len(matrices):
        raise SetupError(
            FIELD,
            f"There are {len(matrices)} matrices and {len(lists)} lists of biases.",
            "Give one for each, or none.",
        )
    for place, i in enumerate(matrices):
        yield arrays[i], lists[place] if lists else None


def _follow(pairs: list[tuple[Array, Array | None]]) -> bool:
    """Whether each matrix (to, from) takes what the one before gives, and each bias fits."""
    follows = all(after.shape[1] == len(before) for (before, _), (after, _) in pairwise(pairs))
    return follows and all(b is None or len(b) == len(W) for W, b in pairs)
