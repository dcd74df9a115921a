"""A walk's iteration as a script for PyTorch: its autograd and its optimizer find every number that the page has shown.

Where the walk follows a mistaken rule, they find what the chain rule gives, and the script says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.engine.equations.values import Values
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.network.activations import ACTIVATIONS, LEAK
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


@dataclass(frozen=True)
class ActivationLine:
    """An activation function of {Z} in PyTorch.

    Rounded by hand its slope is taken at the rounded {A}: `by_hand` is that slope times dZ, which is 0 and which
    autograd follows; empty where the slope is taken at z, as autograd takes it.
    """

    code: str
    by_hand: str = ""


@dataclass(frozen=True)
class LossLine:
    """A loss in PyTorch, and what it is where y_hat is rounded, if that is not the same."""

    code: str
    rounded: str = ""


@dataclass(frozen=True)
class OptimizerLine:
    """An optimizer of torch.optim, what it calls each row of its memory, and whether it counts its updates."""

    code: Callable[[Optimizer], str]
    states: Mapping[str, str] = field(default_factory=dict)
    counts: bool = False


ACTIVATION_LINES = complete(
    "activation",
    ACTIVATIONS,
    {
        "identity": ActivationLine("{Z}"),
        "sigmoid": ActivationLine("torch.sigmoid({Z})", "{A} * (1 - {A}) * dZ"),
        "tanh": ActivationLine("torch.tanh({Z})", "(1 - {A}**2) * dZ"),
        "relu": ActivationLine("torch.relu({Z})"),
        "leaky_relu": ActivationLine(f"F.leaky_relu({{Z}}, {LEAK})"),
        "elu": ActivationLine("F.elu({Z})"),
        "softplus": ActivationLine("F.softplus({Z}, threshold=1e9)"),
        "gelu": ActivationLine("F.gelu({Z})"),
        "softmax": ActivationLine("torch.softmax({Z}, dim=1)", "{A} * (dZ - ({A} * dZ).sum(dim=1, keepdim=True))"),
    },
)
LOSS_LINES = complete(
    "loss",
    LOSSES,
    {
        "binary_cross_entropy": LossLine(
            'F.binary_cross_entropy_with_logits({Z}, Y, reduction="sum") / m',
            "-(Y * torch.log(y_hat) + (1 - Y) * torch.log(1 - y_hat)).sum() / m",
        ),
        "cross_entropy": LossLine("F.cross_entropy({Z}, Y)", "-(Y * torch.log(y_hat)).sum() / m"),
        "half_squared_error": LossLine("((y_hat - Y)**2).sum() / 2 / m"),
        "mean_squared_error": LossLine("F.mse_loss(y_hat, Y)"),
    },
)


def _momentum(o: Optimizer) -> str:
    return f"SGD(parameters, lr=eta, momentum={o.momentum!r}, weight_decay={o.weight_decay!r}"


def _adam(o: Optimizer) -> str:
    betas = f"betas=({o.beta1!r}, {o.beta2!r})"
    return f"(parameters, lr=eta, {betas}, eps={o.epsilon!r}, weight_decay={o.weight_decay!r})"


VELOCITY = {"velocity": "momentum_buffer"}
MEANS = {"m": "exp_avg", "v": "exp_avg_sq"}
OPTIMIZER_LINES = complete(
    "optimizer",
    OPTIMIZERS,
    {
        "gradient_descent": OptimizerLine(lambda o: f"SGD(parameters, lr=eta, weight_decay={o.weight_decay!r})"),
        "momentum": OptimizerLine(lambda o: f"{_momentum(o)})", VELOCITY),
        "nesterov": OptimizerLine(lambda o: f"{_momentum(o)}, nesterov=True)", VELOCITY),
        "rmsprop": OptimizerLine(
            lambda o: (
                f"RMSprop(parameters, lr=eta, alpha={o.decay!r}, eps={o.epsilon!r}, weight_decay={o.weight_decay!r})"
            ),
            {"v": "square_avg"},
            counts=True,
        ),
        "adam": OptimizerLine(lambda o: f"Adam{_adam(o)}", MEANS, counts=True),
        "adamw": OptimizerLine(lambda o: f"AdamW{_adam(o)}", MEANS, counts=True),
    },
)


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
        f"optimizer = torch.optim.{OPTIMIZER_LINES[optimizer.kind].code(optimizer)}",
    ]  # fmt: skip
    return "\n".join([*lines, *_states(session, names)])


def _states(session: TrainingSession, names: Sequence[str]) -> Iterator[str]:
    """What the optimizer remembers of the updates before, where there were any."""
    it, line = session.current, OPTIMIZER_LINES[session.setup.optimizer.kind]
    if not line.states or not it.past.iteration:
        return
    counts = f'"step": torch.tensor({it.past.iteration}.0), ' if line.counts else ""
    rows = [[part for pair in it.before.parts(row) for part in pair] for row in it.past.memory]
    for name, *parts in zip(names, *rows, strict=True):
        keys = line.states.values()
        held = ", ".join(f'"{key}": torch.tensor({array_code(part)})' for key, part in zip(keys, parts, strict=True))
        yield f"optimizer.state[{name}] = {{{counts}{held}}}"


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
    activated = [f"{A} = {ACTIVATION_LINES[shape.activation(l)].code.format(Z=Z)}"]
    if shape.decimals is not None:
        activated += _rounded(A, Z, shape.activation(l), shape.decimals)
    return [f"{Z} = {_output(session, l - 1)} @ W{l}.T + b{l}"], activated


def _rounded(A: str, Z: str, activation: str, decimals: int) -> Iterator[str]:
    slope = ACTIVATION_LINES[activation].by_hand
    yield f"# Rounded as by hand{'; its slope is taken at the rounded value' if slope else ''}."
    if slope:
        yield f"{A}, dZ = {A}.round(decimals={decimals}).detach(), {Z} - {Z}.detach()"
        yield f"{A} = {A} + {slope.format(A=A)}"
    else:
        yield f"{A} = {A} + ({A}.round(decimals={decimals}) - {A}).detach()"


def _loss_line(session: TrainingSession) -> str:
    shape, line = session.shape, LOSS_LINES[session.shape.loss]
    code = (line.rounded if shape.decimals is not None else "") or line.code
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
            for slot, key in OPTIMIZER_LINES[optimizer.kind].states.items():
                held = f'optimizer.state[{name}]["{key}"]'
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
