"""The mathematics: NumPy only. It knows nothing of lessons, sessions, pages or HTTP."""

from app.engine.activations import ACTIVATIONS, Activation
from app.engine.datasets import DATASETS, Dataset
from app.engine.equations import PHASES, Equation, found_at, trace
from app.engine.errors import DivergedError, SetupError, UnknownNameError
from app.engine.expressions import (
    Apply,
    Expression,
    Mean,
    Negative,
    Number,
    Product,
    Quotient,
    Rounded,
    Square,
    Sum,
    Symbol,
    evaluate,
    product,
    products_of,
    substituted,
    symbols_in,
)
from app.engine.initializers import INITIALIZERS, Initializer
from app.engine.iteration import Iteration, Method, first_not_finite, run_iteration
from app.engine.losses import LOSSES, Loss
from app.engine.mistakes import MISTAKES, Mistake
from app.engine.network import Layer, Network
from app.engine.optimizers import GradientDescent
from app.engine.propagation import RIGHT, Backward, Forward, backward, forward
from app.engine.setup import Examples, Parameters, Setup
from app.engine.shape import Shape
from app.engine.types import Array
from app.engine.values import Values, values_of

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "INITIALIZERS",
    "LOSSES",
    "MISTAKES",
    "PHASES",
    "RIGHT",
    "Activation",
    "Apply",
    "Array",
    "Backward",
    "Dataset",
    "DivergedError",
    "Equation",
    "Examples",
    "Expression",
    "Forward",
    "GradientDescent",
    "Initializer",
    "Iteration",
    "Layer",
    "Loss",
    "Mean",
    "Method",
    "Mistake",
    "Negative",
    "Network",
    "Number",
    "Parameters",
    "Product",
    "Quotient",
    "Rounded",
    "Setup",
    "SetupError",
    "Shape",
    "Square",
    "Sum",
    "Symbol",
    "UnknownNameError",
    "Values",
    "backward",
    "evaluate",
    "first_not_finite",
    "forward",
    "found_at",
    "product",
    "products_of",
    "run_iteration",
    "substituted",
    "symbols_in",
    "trace",
    "values_of",
]
