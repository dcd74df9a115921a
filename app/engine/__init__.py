"""The mathematics: NumPy only. It knows nothing of lessons, sessions, pages or HTTP."""

from app.engine.activations import ACTIVATIONS, Activation
from app.engine.case import Case, body_of, missing_factor
from app.engine.central_differences import numerical_gradient
from app.engine.checks import applicable, reason_against
from app.engine.datasets import DATASETS, Dataset
from app.engine.divergence import check_finite, diverged
from app.engine.equations import PHASES, Equation, found_at, trace
from app.engine.errors import DivergedError, SetupError, UnknownNameError
from app.engine.evaluation import evaluate
from app.engine.expressions import (
    Apply,
    BatchSum,
    Expression,
    Mean,
    Minimum,
    Negative,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Rounded,
    Square,
    Sum,
    Symbol,
    product,
    products_of,
    substituted,
    symbols_in,
)
from app.engine.feed import Feed
from app.engine.gradient_check import Checked, GradientCheck, check_gradients, check_one
from app.engine.gradient_sizes import gradient_sizes
from app.engine.initializers import INITIALIZERS, Initializer
from app.engine.iteration import Iteration, Method, Past, Update, first_not_finite, run_iteration
from app.engine.landscape import (
    Secant,
    affordable,
    losses_along,
    losses_over,
    place_of,
    reach,
    secant,
)
from app.engine.losses import LOSSES, Loss
from app.engine.memory import kept_with
from app.engine.mistakes import MISTAKES, Mistake, rules_of
from app.engine.network import Layer, Network
from app.engine.optimizers import OPTIMIZERS, Optimizer
from app.engine.paths import KINDS as KINDS_WITH_PATHS
from app.engine.paths import MOST_APART, MOST_PATHS, Factor, Group, Path, Paths, paths_of
from app.engine.plain_slips import Slip
from app.engine.preparation import Data, Examples, Ready
from app.engine.propagation import RIGHT, Backward, Forward, backward, forward
from app.engine.scaling import SCALINGS, Scale
from app.engine.schedules import CONSTANT, SCHEDULES, Schedule
from app.engine.setup import Parameters, Setup
from app.engine.shape import Shape, Updating
from app.engine.slips import TOLERANCE, Diagnosis, Typed, diagnose, own_slip
from app.engine.slopes import Activity, activity
from app.engine.told_update import parameter_of
from app.engine.trainer import Batch, Trainer
from app.engine.types import Array
from app.engine.values import Values

__all__ = [
    "ACTIVATIONS",
    "CONSTANT",
    "DATASETS",
    "INITIALIZERS",
    "KINDS_WITH_PATHS",
    "LOSSES",
    "MISTAKES",
    "MOST_APART",
    "MOST_PATHS",
    "OPTIMIZERS",
    "PHASES",
    "RIGHT",
    "SCALINGS",
    "SCHEDULES",
    "TOLERANCE",
    "Activation",
    "Activity",
    "Apply",
    "Array",
    "Backward",
    "Batch",
    "BatchSum",
    "Case",
    "Checked",
    "Data",
    "Dataset",
    "Diagnosis",
    "DivergedError",
    "Equation",
    "Examples",
    "Expression",
    "Factor",
    "Feed",
    "Forward",
    "GradientCheck",
    "Group",
    "Initializer",
    "Iteration",
    "Layer",
    "Loss",
    "Mean",
    "Method",
    "Minimum",
    "Mistake",
    "Negative",
    "Network",
    "Norm",
    "Number",
    "Optimizer",
    "Parameters",
    "Past",
    "Path",
    "Paths",
    "Power",
    "Product",
    "Quotient",
    "Ready",
    "Root",
    "Rounded",
    "Scale",
    "Schedule",
    "Secant",
    "Setup",
    "SetupError",
    "Shape",
    "Slip",
    "Square",
    "Sum",
    "Symbol",
    "Trainer",
    "Typed",
    "UnknownNameError",
    "Update",
    "Updating",
    "Values",
    "activity",
    "affordable",
    "applicable",
    "backward",
    "body_of",
    "check_finite",
    "check_gradients",
    "check_one",
    "diagnose",
    "diverged",
    "evaluate",
    "first_not_finite",
    "forward",
    "found_at",
    "gradient_sizes",
    "kept_with",
    "losses_along",
    "losses_over",
    "missing_factor",
    "numerical_gradient",
    "own_slip",
    "parameter_of",
    "paths_of",
    "place_of",
    "product",
    "products_of",
    "reach",
    "reason_against",
    "rules_of",
    "run_iteration",
    "secant",
    "substituted",
    "symbols_in",
    "trace",
]
