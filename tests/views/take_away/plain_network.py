"""A referee that knows nothing of the program: a network in plain Python, read off the text of a question or sheet,
its gradients by differences.
"""

import math
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

STEP = 1e-6
Numbers = dict[str, float]

ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "ReLU": lambda z: max(z, 0.0),
    "identity": lambda z: z,
    "leaky ReLU": lambda z: z if z > 0 else 0.01 * z,
    "ELU": lambda z: z if z > 0 else math.expm1(z),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "GELU": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
}


LOSSES: dict[str, Callable[[list[tuple[float, float]]], float]] = {
    "half squared error": lambda pairs: sum((a - y) ** 2 for a, y in pairs) / 2,
    "mean squared error": lambda pairs: sum((a - y) ** 2 for a, y in pairs) / len(pairs),
    "binary cross-entropy": lambda pairs: -sum(y * math.log(a) + (1 - y) * math.log(1 - a) for a, y in pairs),
    "cross-entropy": lambda pairs: -sum(y * math.log(a) for a, y in pairs if y),
}


def _read(html: str) -> ET.Element:
    return ET.fromstring(f"<div>{html}</div>")


def numbers_in(html: str) -> Numbers:
    """w[2]11 and so on, as the list of the question gives them."""
    items = ["".join(item.itertext()).replace(" ", "").split("=") for item in _read(html).iter("li")]
    return {name: float(value) for name, value in items}


def network_in(html: str, turned: bool) -> Callable[..., Numbers]:
    """What all sums, activations and the loss are, with one of the sums moved."""
    text = "".join(_read(html).itertext())
    sizes = [int(size) for size in re.findall(r"A ([\d–]+) network", text)[0].split("–")]
    names = re.findall(r"(?:network: |, )([\w ]+?) in layer \d", text)
    loss_name = re.findall(r"Loss: ([^.]+)\.", text)[0]

    def weight(l: int, j: int, k: int) -> str:
        return f"w[{l}]{k + 1}{j + 1}" if turned else f"w[{l}]{j + 1}{k + 1}"

    def run(given: Numbers, moved: str = "", by: float = 0.0) -> dict[str, float]:
        before = [given[f"x{k + 1}"] for k in range(sizes[0])]
        found: dict[str, float] = {}
        for l, size in enumerate(sizes[1:], 1):
            zs = []
            for j in range(size):
                z = sum(given[weight(l, j, k)] * a for k, a in enumerate(before)) + given[f"b[{l}]{j + 1}"]
                zs.append(z + (by if moved == f"z{l}{j}" else 0.0))
            if names[l - 1] == "softmax":
                shares = [math.exp(z) for z in zs]
                before = [share / sum(shares) for share in shares]
            else:
                before = [ACTIVATIONS[names[l - 1]](z) for z in zs]
            found |= {f"z{l}{j}": z for j, z in enumerate(zs)} | {f"a{l}{j}": a for j, a in enumerate(before)}
        Y = [given[f"y{j + 1}"] if f"y{j + 1}" in given else given["y"] for j in range(sizes[-1])]
        pairs = list(zip(before, Y, strict=True))
        found["loss"] = LOSSES[loss_name](pairs)
        return found

    return run


def found_again(name: str, html: str, turned: bool) -> float:
    """The number that a question asks for, found from its own text."""
    given, run = numbers_in(html), network_in(html, turned)
    asked = name.rpartition(" ")[0]
    last = max(int(l) for l in re.findall(r"w\[(\d)\]", " ".join(given)))
    if asked == "ℒ":
        return run(given, "", 0.0)["loss"]
    if match := re.fullmatch(r"ŷ_?(\d?)", asked):
        return run(given, "", 0.0)[f"a{last}{int(match[1] or 1) - 1}"]
    if match := re.fullmatch(r"([za])\^\[(\d)\]_(\d)", asked):
        return run(given, "", 0.0)[f"{match[1]}{match[2]}{int(match[3]) - 1}"]
    if match := re.fullmatch(r"δ\^\[(\d)\]_(\d)", asked):
        unit = f"z{match[1]}{int(match[2]) - 1}"
        return _between(run(given, unit, STEP)["loss"], run(given)["loss"], run(given, unit, -STEP)["loss"])
    match = re.fullmatch(r"∂ℒ/∂([wb])\^(\[\d\])_(\d+)", asked)
    assert match, asked
    key = f"{match[1]}{match[2]}{match[3]}"
    return _between(*(run({**given, key: given[key] + by})["loss"] for by in (STEP, 0.0, -STEP)))


def _between(above: float, here: float, below: float) -> float:
    """The slope of the loss at a place, from the losses beside it; NaN at a corner, where there is none."""
    sides = (above - here) / STEP, (here - below) / STEP
    return sum(sides) / 2 if math.isclose(*sides, rel_tol=1e-3, abs_tol=1e-4) else math.nan
