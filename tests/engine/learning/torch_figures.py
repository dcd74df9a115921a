"""Writes torch_figures.json: small networks trained by PyTorch, in float64, with every optimizer and schedule.

To be run by hand, with torch 2.13.0, which the project does not depend on:

    python tests/engine/learning/torch_figures.py

It knows nothing of the program. Starting values and data are drawn here, with two decimals, and recorded.
"""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import nn

FIGURES = Path(__file__).with_suffix(".json")
ITERATIONS, BATCH = 50, 4
SOME = (1, 2, 3, 4, *range(5, ITERATIONS + 1, 5))  # where a run with extras keeps its parameters; a plain one: all

Document = dict[str, Any]

# Named as the setup document of the program names them.
PLAIN: dict[str, Document] = {
    "gradient_descent": {"learning_rate": 0.3},
    "momentum": {"learning_rate": 0.05, "momentum": 0.9},
    "nesterov": {"learning_rate": 0.05, "momentum": 0.8},
    "rmsprop": {"learning_rate": 0.01, "decay": 0.9, "epsilon": 1e-8},
    "adam": {"learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    "adamw": {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6, "weight_decay": 0.1},
}
STEP = {"kind": "step", "every": 7, "factor": 0.5}
COSINE = {"kind": "cosine", "iterations": ITERATIONS, "minimum": 0.001}
EXTRAS: tuple[tuple[str, Document], ...] = (
    ("gradient_descent", {"weight_decay": 0.02, "schedule": STEP}),
    ("gradient_descent", {"clip_norm": 0.2}),
    ("momentum", {"weight_decay": 0.05}),
    ("nesterov", {"weight_decay": 0.05, "clip_norm": 0.3, "schedule": COSINE}),
    ("rmsprop", {"weight_decay": 0.05}),
    ("rmsprop", {"clip_norm": 0.1, "schedule": STEP}),
    ("adam", {"weight_decay": 0.05, "schedule": COSINE}),
    ("adam", {"clip_norm": 0.1, "schedule": STEP}),
    ("adamw", {"clip_norm": 0.1, "schedule": COSINE}),
)
LOSSES: dict[str, nn.Module] = {"mean_squared_error": nn.MSELoss(), "cross_entropy": nn.CrossEntropyLoss()}
HIDDEN: dict[str, nn.Module] = {"tanh": nn.Tanh(), "sigmoid": nn.Sigmoid()}

# Problems -------------------------------------------------------------------------------------------------------------


def drawn(draw: Random, count: int) -> list[float]:
    """So many numbers from -1 to 1."""
    return [round(draw.uniform(-1, 1), 2) for _ in range(count)]


def regression(draw: Random) -> Document:
    """Ten examples of two features and one number to hit; 13 parameters."""
    X, Y = ([drawn(draw, width) for _ in range(10)] for width in (2, 1))
    names = {"sizes": [2, 3, 1], "activations": ["tanh", "identity"], "loss": "mean_squared_error"}
    return {**names, "X": X, "Y": Y, "start": drawn(draw, 13)}


def classes(draw: Random) -> Document:
    """Ten examples of one feature and one of three classes; 13 parameters."""
    X = [drawn(draw, 1) for _ in range(10)]
    Y = [[float(place == number % 3) for place in range(3)] for number in range(10)]
    names = {"sizes": [1, 2, 3], "activations": ["sigmoid", "softmax"], "loss": "cross_entropy"}
    return {**names, "X": X, "Y": Y, "start": drawn(draw, 13)}


# Runs -----------------------------------------------------------------------------------------------------------------


def tensor(numbers: list[Any]) -> torch.Tensor:
    """Numbers in float64."""
    return torch.tensor(numbers, dtype=torch.float64)


def network(problem: Document) -> nn.Sequential:
    """The problem's network at its start; torch's losses take softmax in, so the output layer has no activation."""
    (inputs, hidden, outputs), activation = problem["sizes"], HIDDEN[problem["activations"][0]]
    made = nn.Sequential(nn.Linear(inputs, hidden), activation, nn.Linear(hidden, outputs)).double()
    nn.utils.vector_to_parameters(tensor(problem["start"]), made.parameters())
    return made


def optimizer(made: nn.Module, kind: str, told: Document) -> torch.optim.Optimizer:
    """Each of the program's optimizers as torch names it."""
    common = {"lr": told["learning_rate"], "weight_decay": told.get("weight_decay", 0.0)}
    if kind == "rmsprop":
        return torch.optim.RMSprop(made.parameters(), alpha=told["decay"], eps=told["epsilon"], **common)
    if kind in ("adam", "adamw"):
        adam = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
        return adam(made.parameters(), betas=(told["beta1"], told["beta2"]), eps=told["epsilon"], **common)
    momentum = told.get("momentum", 0.0)
    return torch.optim.SGD(made.parameters(), momentum=momentum, nesterov=kind == "nesterov", **common)


def schedule(moves: torch.optim.Optimizer, told: Document) -> torch.optim.lr_scheduler.LRScheduler:
    """Each of the program's schedules as torch names it."""
    if told["kind"] == "step":
        return torch.optim.lr_scheduler.StepLR(moves, told["every"], told["factor"])
    if told["kind"] == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(moves, told["iterations"], told["minimum"])
    return torch.optim.lr_scheduler.ConstantLR(moves, factor=1.0)


def run(problem: Document, kind: str, told: Document, kept: tuple[int, ...]) -> Document:
    """50 iterations, each on the next four of the ten examples: the last batch of an epoch holds two."""
    made, loss_of = network(problem), LOSSES[problem["loss"]]
    moves = optimizer(made, kind, told)
    rates = schedule(moves, told.get("schedule", {"kind": "constant"}))
    found: Document = {"losses": [], "rates": [], "parameters": {}}
    for number in range(1, ITERATIONS + 1):
        found["rates"].append(moves.param_groups[0]["lr"])
        found["losses"].append(updated(made, moves, batch(problem, number), loss_of, told.get("clip_norm")))
        rates.step()
        if number in kept:
            found["parameters"][number] = nn.utils.parameters_to_vector(made.parameters()).tolist()
    return found


def batch(problem: Document, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The examples of an iteration, from 1, in order."""
    start = (number - 1) % 3 * BATCH
    return tensor(problem["X"][start : start + BATCH]), tensor(problem["Y"][start : start + BATCH])


def updated(
    made: nn.Module,
    moves: torch.optim.Optimizer,
    examples: tuple[torch.Tensor, torch.Tensor],
    loss_of: Callable[..., torch.Tensor],
    clip_norm: float | None,
) -> float:
    """One iteration; its loss before the update."""
    moves.zero_grad()
    loss = loss_of(made(examples[0]), examples[1])
    loss.backward()
    if clip_norm is not None:
        nn.utils.clip_grad_norm_(made.parameters(), clip_norm)
    moves.step()
    return float(loss.item())


def runs(problems: dict[str, Document]) -> list[Document]:
    """Every optimizer plain, on one problem or the other in turn, and with extras."""
    told = [(kind, PLAIN[kind], tuple(range(1, ITERATIONS + 1))) for kind in PLAIN]
    told += [(kind, {**PLAIN[kind], **extra}, SOME) for kind, extra in EXTRAS]
    names = [list(problems)[place % 2] for place in range(len(told))]
    return [
        {"problem": name, "optimizer": {"kind": kind, **settings}, **run(problems[name], kind, settings, kept)}
        for name, (kind, settings, kept) in zip(names, told, strict=True)
    ]


def written(value: Any) -> str:
    """JSON with every digit, one list of numbers a line."""
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f'"{key}": {written(part)}' for key, part in value.items()) + "\n}"
    if isinstance(value, list) and isinstance(value[0], dict):
        return "[" + ",\n".join(map(written, value)) + "]"
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    draw = Random(4)
    problems = {"regression": regression(draw), "classes": classes(draw)}
    figures = {"torch": torch.__version__.partition("+")[0], "batch_size": BATCH, "problems": problems}
    FIGURES.write_text(written({**figures, "runs": runs(problems)}) + "\n")
