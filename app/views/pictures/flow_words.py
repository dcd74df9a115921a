"""What becomes of gradients on their way back through the layers, in words."""

from collections.abc import Iterator

from app.engine.network.arrays import Array
from app.views.text.numbers import number
from app.views.text.words import share

MUCH = 100.0  # times: between the output and layer 1, from which gradients vanish or explode
LITTLE = 2.0  # times: up to which they keep their size
NO_RATIO = "Some weights carry only zeros"
FEW = 2  # digits of a factor


def flow_headline(sizes: Array | None) -> str:
    """What is seen at once; `sizes` as of gradient_sizes, None where not all are shown."""
    if sizes is None:
        return "Gradient size by layer"
    silent = _silent(sizes)
    if len(sizes) in silent:
        return "No gradient starts at the output"
    if silent:
        return f"No gradient reaches layer {max(silent)}"
    if len(sizes) == 1:
        return "The gradients of the only layer"
    first, last = float(sizes[0, 0]), float(sizes[-1, 0])
    return _of_all(first / last) if first and last else NO_RATIO


def _silent(sizes: Array) -> list[int]:
    """The layers, from 1, without any gradient, be it of a weight or of a bias."""
    return [l for l, both in enumerate(sizes, start=1) if not both.any()]


def _of_all(factor: float) -> str:
    """In a word, for how many times as large gradients are in the first layer as in the last."""
    times = number(float(f"{max(factor, 1 / factor):.{FEW}g}"), FEW)
    if max(factor, 1 / factor) < LITTLE:
        return "Gradients keep their size on the way back"
    much = max(factor, 1 / factor) >= MUCH
    if factor < 1:
        return f"Gradients {'vanish' if much else 'shrink'} on the way back: {times} times smaller in layer 1"
    return f"Gradients {'explode' if much else 'grow'} on the way back: {times} times larger in layer 1"


def flow_told(sizes: Array, digits: int) -> Iterator[str]:
    """The ratio between the first and the last layer, and what each layer does on average."""
    first, last, steps, silent = float(sizes[0, 0]), float(sizes[-1, 0]), len(sizes) - 1, _silent(sizes)
    if not steps:
        yield f"The weights' gradients have the size {number(first, digits)}."
        return
    if len(sizes) in silent:
        yield "Where the output has no error signal, no layer before it gets one."
        return
    if silent:
        yield f"Nothing comes through to layer {max(silent)}: no parameter there or before it will change."
        return
    way = f"from {number(last, digits)} to {number(first, digits)}"
    yield f"From the output to layer 1 the size of the weights' gradients goes {way}."
    if first and last:
        yield _each((first / last) ** (1 / steps), steps)
    else:
        yield "What carries only zeros has the gradient 0; the biases carry 1, and have one."


def _each(factor: float, steps: int) -> str:
    """Each layer passes on about a quarter of it, ..."""
    who = "Each layer" if steps > 1 else "The way through one layer"
    exact = number(float(f"{factor:.{FEW}g}"), FEW)
    if factor > 1.15:
        return f"{who} makes it about {exact} times as large."
    if factor > 0.85:
        return f"{who} passes on nearly all of it, on average {exact}."
    return f"{who} passes on {_about(factor)}, on average {exact}."


def _about(factor: float) -> str:
    words = share(factor)
    return words if words.startswith("almost") else f"about {words}"
