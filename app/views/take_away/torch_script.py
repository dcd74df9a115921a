"""A walk's iteration as a script for PyTorch: its autograd and its optimizer find every number that the page has shown.

Where the walk follows a mistaken rule, they find what the chain rule gives, and the script says so.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from app.engine.equations.values import Values
from app.engine.learning.optimizers import Optimizer
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES
from app.sessions.walk.session import TrainingSession
from app.views.pages import heading_of
from app.views.take_away.script import comment, rule
from app.views.take_away.worked import array_code, index_of, number_code, plain, shown_of
from app.views.text.naming import input_names, output_names
from app.views.text.records import complete

HEAD = '''\
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def close(found, page):
    """PyTorch has found what the page has shown."""
    assert torch.allclose(found.detach(), torch.tensor(page), rtol=1e-9, atol=1e-12), f"{found} is not {page}"'''
DIFFERS = '''\
def differs(found, page):
    """PyTorch has found another number than the page has shown."""
    assert not torch.allclose(found.detach(), torch.tensor(page), rtol=1e-9, atol=1e-12), f"{found} is {page}"'''

ACTIVATION_CODE = complete(
    "activation",
    ACTIVATIONS,
    {
        "identity": "{Z}",
        "sigmoid": "torch.sigmoid({Z})",
        "tanh": "torch.tanh({Z})",
        "relu": "torch.relu({Z})",
        "leaky_relu": "F.leaky_relu({Z}, 0.01)",
        "elu": "F.elu({Z})",
        "softplus": "F.softplus({Z}, threshold=1e9)",
        "gelu": "F.gelu({Z})",
        "softmax": "torch.softmax({Z}, dim=1)",
    },
)
# Rounded as by hand, with the slope at the rounded value where a calculation by hand takes it there: what autograd does
# not follow, times what it does follow, which is 0.
SLOPE_BY_HAND = {"sigmoid": "{A} * (1 - {A}) * dZ", "tanh": "(1 - {A}**2) * dZ"}
SOFTMAX_BY_HAND = "{A} * (dZ - ({A} * dZ).sum(dim=1, keepdim=True))"
LOSS_CODE = complete(
    "loss",
    LOSSES,
    {
        "binary_cross_entropy": 'F.binary_cross_entropy_with_logits({Z}, Y, reduction="sum") / m',
        "cross_entropy": "F.cross_entropy({Z}, Y)",
        "half_squared_error": "((y_hat - Y)**2).sum() / 2 / m",
        "mean_squared_error": "F.mse_loss(y_hat, Y)",
    },
)
ROUNDED_LOSS = {
    "binary_cross_entropy": "-(Y * torch.log(y_hat) + (1 - Y) * torch.log(1 - y_hat)).sum() / m",
    "cross_entropy": "-(Y * torch.log(y_hat)).sum() / m",
}
OPTIMIZER_CODE: dict[str, Callable[[Optimizer], str]] = {
    "gradient_descent": lambda o: f"SGD(parameters, lr=eta, weight_decay={o.weight_decay!r})",
    "momentum": lambda o: f"SGD(parameters, lr=eta, momentum={o.momentum!r}, weight_decay={o.weight_decay!r})",
    "nesterov": lambda o: (
        f"SGD(parameters, lr=eta, momentum={o.momentum!r}, weight_decay={o.weight_decay!r}, nesterov=True)"
    ),
    "rmsprop": lambda o: (
        f"RMSprop(parameters, lr=eta, alpha={o.decay!r}, eps={o.epsilon!r}, weight_decay={o.weight_decay!r})"
    ),
    "adam": lambda o: f"Adam({_adam(o)})",
    "adamw": lambda o: f"AdamW({_adam(o)})",
}
STATE_NAMES = {"velocity": "momentum_buffer", "m": "exp_avg", "v": "exp_avg_sq"}


def _adam(o: Optimizer) -> str:
    return f"parameters, lr=eta, betas=({o.beta1!r}, {o.beta2!r}), eps={o.epsilon!r}, weight_decay={o.weight_decay!r}"


def torch_script(session: TrainingSession) -> str:
    """The whole script; run, it says that all is as on the page."""
    heading, mistaken = heading_of(session), bool(session.setup.mistakes)
    right = session.right_values if mistaken else session.values
    parts = [comment(f"{heading.title}. {heading.facts}."), HEAD, *([DIFFERS] if mistaken else [])]
    parts += [_given(session), _forward(session), _loss(session), _backward(session, right)]
    parts += [_update(session, right), *([_after(session, right)] if session.finished else [])]
    return "\n\n\n".join([*parts, f'print("{MISTAKEN if mistaken else PLAIN}")']) + "\n"


PLAIN = "PyTorch finds all as on the page."
MISTAKEN = "PyTorch finds what the chain rule gives; the walk followed another rule."


def _tensor(name: str, array: Array, follows: bool = False) -> str:
    return f"{name} = torch.tensor({array_code(array)}{', requires_grad=True' if follows else ''})"


def _given(session: TrainingSession) -> str:
    it, optimizer = session.current, session.setup.optimizer
    names = [f"{kind}{l}" for l in range(1, len(it.before.layers) + 1) for kind in ("W", "b")]
    lines = [
        rule("What is given"), comment(plain(", ".join(input_names(session)))), _tensor("X", it.X),
        comment(plain(", ".join(output_names(session)))), _tensor("Y", it.Y), "m = len(X)", "",
        "# Weights are (to, from), as in torch.nn.Linear.",
    ]  # fmt: skip
    for l, layer in enumerate(it.before.layers, 1):
        lines += [_tensor(f"W{l}", layer.W, True), _tensor(f"b{l}", layer.b, True)]
    lines += [
        f"parameters = [{', '.join(names)}]", "", f"eta = {number_code(it.method.learning_rate)}",
        f"optimizer = torch.optim.{OPTIMIZER_CODE[optimizer.kind](optimizer)}",
    ]  # fmt: skip
    return "\n".join([*lines, *_states(session, names)])


def _states(session: TrainingSession, names: Sequence[str]) -> Iterator[str]:
    """What the optimizer remembers of the updates before, where there were any."""
    it, optimizer = session.current, session.setup.optimizer
    if not optimizer.slots or not it.past.iteration:
        return
    counts = "" if optimizer.kind in ("momentum", "nesterov") else f'"step": torch.tensor({it.past.iteration}.0), '
    rows = [[part for pair in it.before.parts(row) for part in pair] for row in it.past.memory]
    for name, *parts in zip(names, *rows, strict=True):
        keys = [_state_name(optimizer, slot) for slot in optimizer.slots]
        held = ", ".join(f'"{key}": torch.tensor({array_code(part)})' for key, part in zip(keys, parts, strict=True))
        yield f"optimizer.state[{name}] = {{{counts}{held}}}"


def _state_name(optimizer: Optimizer, slot: str) -> str:
    return "square_avg" if optimizer.kind == "rmsprop" else STATE_NAMES[slot]


def _forward(session: TrainingSession) -> str:
    shape, lines = session.shape, [rule("Forward")]
    for l in range(1, shape.depth + 1):
        weighted, activated = _layer(session, l)
        lines += [*weighted, f"Z{l}.retain_grad()  # its gradient is the error signal"]
        lines += _compared(session, session.values, "z", l, f"Z{l}")
        lines += [*activated, *_compared(session, session.values, "a", l, _output(session, l))]
    return "\n".join(lines)


def _output(session: TrainingSession, l: int) -> str:
    return "X" if l == 0 else "y_hat" if l == session.shape.depth else f"A{l}"


def _layer(session: TrainingSession, l: int) -> tuple[list[str], list[str]]:
    """The lines for a layer's weighted sums, and for its activations."""
    shape, A, Z = session.shape, _output(session, l), f"Z{l}"
    activated = [f"{A} = {ACTIVATION_CODE[shape.activation(l)].format(Z=Z)}"]
    if shape.decimals is not None:
        activated += _rounded(A, Z, shape.activation(l), shape.decimals)
    return [f"{Z} = {_output(session, l - 1)} @ W{l}.T + b{l}"], activated


def _rounded(A: str, Z: str, activation: str, decimals: int) -> Iterator[str]:
    yield f"# Rounded as by hand{'; its slope is taken at the rounded value' if activation in SLOPE_BY_HAND else ''}."
    slope = SOFTMAX_BY_HAND if activation == "softmax" else SLOPE_BY_HAND.get(activation)
    if slope is None:
        yield f"{A} = {A} + ({A}.round(decimals={decimals}) - {A}).detach()"
    else:
        yield f"{A}, dZ = {A}.round(decimals={decimals}).detach(), {Z} - {Z}.detach()"
        yield f"{A} = {A} + {slope.format(A=A)}"


def _loss_line(session: TrainingSession) -> str:
    shape = session.shape
    code = LOSS_CODE[shape.loss] if shape.decimals is None else ROUNDED_LOSS.get(shape.loss, LOSS_CODE[shape.loss])
    return f"loss = {code.format(Z=f'Z{shape.depth}')}"


def _loss(session: TrainingSession) -> str:
    lines = [rule("Loss"), _loss_line(session), *_compared(session, session.values, "loss", 0, "loss")]
    return "\n".join(lines)


def _backward(session: TrainingSession, right: Values) -> str:
    """What autograd finds, beside what the page has shown: of the chain rule, and of the walk's own rule."""
    lines = [rule("Backward"), "loss.backward()"]
    for l in range(session.shape.depth, 0, -1):
        for kind, name in (("delta", f"(Z{l}.grad * m)"), ("dW", f"W{l}.grad"), ("db", f"b{l}.grad")):
            lines += _compared(session, right, kind, l, name)
    if session.setup.mistakes:
        lines += ["", "# As published: what the walk has shown, where that is not what the chain rule gives."]
        lines += _published(session, right)
    return "\n".join(lines)


def _published(session: TrainingSession, right: Values) -> Iterator[str]:
    for equation in session.equations[: session.cursor]:
        kind, l, _, _ = equation.symbol
        was, is_now = session.values[equation.symbol], right[equation.symbol]
        if equation.phase == "backward" and not np.isclose(was, is_now, rtol=1e-6, atol=1e-9):
            name = f"(Z{l}.grad * m)" if kind == "delta" else f"{kind[1]}{l}.grad"
            yield f"differs({name}[{index_of(equation, session.focus_row, turned=False)}], {number_code(was)})"


def _update(session: TrainingSession, right: Values) -> str:
    lines, optimizer = [rule("Update")], session.setup.optimizer
    if optimizer.clip_norm is not None:
        lines.append(f"norm = torch.nn.utils.clip_grad_norm_(parameters, {optimizer.clip_norm!r})")
        lines += _compared(session, right, "norm", 0, "norm")
    lines.append("optimizer.step()")
    for l in range(session.shape.depth, 0, -1):
        for kind, name in ((kind, f"{kind}{l}") for kind in ("W", "b")):
            for slot in optimizer.slots:
                held = f'optimizer.state[{name}]["{_state_name(optimizer, slot)}"]'
                lines += _compared(session, right, f"new_{slot}_{kind}", l, held)
            lines += _compared(session, right, f"new_{kind}", l, name)
    return "\n".join(lines)


def _after(session: TrainingSession, right: Values) -> str:
    """The loss of the same batch, by the parameters that the chain rule leads to."""
    lines = [rule("After the update")]
    for l in range(1, session.shape.depth + 1):
        lines += [line for part in _layer(session, l) for line in part]
    after = right.iteration.loss_after
    return "\n".join([*lines, _loss_line(session), f"close(loss, {number_code(after)})"])


def _compared(session: TrainingSession, values: Values, kind: str, l: int, name: str) -> Iterator[str]:
    """Lines for what the page has shown of one kind in a layer."""
    equations = [one for one in session.equations if (one.symbol.kind, one.symbol.layer) == (kind, l)]
    for found, page in shown_of(session, session.shape, values, equations, name, turned=False):
        yield f"close({found}, {page})"
