"""What the bug lab draws its cases from: families of networks, mistakes alone and in pairs, the rules in words."""

from dataclasses import dataclass
from itertools import combinations

from app.engine.equations.mistakes import MISTAKES

LEVELS = (0, 1, 2, 3)  # 0 teaches how to hunt
MOST_SEED = 999_999
TEN = (1, 1, 1, 1, 2, 2, 2, 2, 3, 3)  # the levels of a set's cases, in order
MOST_SET = MOST_SEED // len(TEN)
DAILY = 2  # the level of the day's case
EPOCHS = 40
EXAMPLES = 8

Names = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """Networks of one kind, on which a mistake may go unnoticed: what a case draws one of each from.

    `raised` is added to the targets of a regression, and to the output's bias.
    """

    sizes: tuple[int, ...]
    hidden: tuple[str, ...]
    output: str
    loss: str
    datasets: tuple[str, ...]
    rates: tuple[float, ...]
    raised: float = 0.0
    batches: tuple[int, ...] = (1, 2, 4)


_SMOOTH = ("tanh", "sigmoid", "softplus")
_PLANE = ("gaussians", "circles", "moons", "xor")
FAMILIES = (
    Family((2, 3, 1), (*_SMOOTH, "leaky_relu"), "sigmoid", "binary_cross_entropy", _PLANE, (0.2, 0.5)),
    Family((2, 3, 2), _SMOOTH, "softmax", "cross_entropy", _PLANE, (0.2, 0.5)),
    Family((2, 2, 2), _SMOOTH, "softmax", "cross_entropy", _PLANE, (0.2, 0.5)),
    Family((2, 2, 2), _SMOOTH, "sigmoid", "half_squared_error", _PLANE, (0.5, 1.0)),
    Family((2, 2, 2, 2), ("tanh", "softplus"), "sigmoid", "binary_cross_entropy", _PLANE, (0.2, 0.5)),
    Family((2, 3, 2, 1), ("tanh", "softplus"), "sigmoid", "binary_cross_entropy", _PLANE, (0.2, 0.5)),
    Family((1, 3, 1), _SMOOTH, "identity", "mean_squared_error", ("line", "sine"), (0.05, 0.1)),
    Family((1, 3, 1), _SMOOTH, "identity", "mean_squared_error", ("line", "sine"), (0.01, 0.02), raised=2.0),
    Family((2, 2, 2), ("tanh",), "identity", "half_squared_error", _PLANE, (0.05, 0.1)),
)
# Level 0: two ways to the loss, of which one is forgotten. So each clue tells its part: check, paper and paths.
TAUGHT: Names = ("one_path_only",)
TAUGHT_ON = (Family((2, 2, 2), ("tanh", "sigmoid"), "sigmoid", "half_squared_error", _PLANE, (0.5, 1.0), batches=(1,)),)
EVERY_SINGLE: tuple[Names, ...] = tuple((name,) for name in MISTAKES)
EVERY_PAIR: tuple[Names, ...] = tuple(combinations(MISTAKES, 2))
# The difference turned round climbs the loss: by itself nobody overlooks it. Where outputs stand above 1, the
# sigmoid's slope a(1 − a) is negative and turns it back. As one pair of many it would be rare: it counts four times.
_LOUD, _TURNED_BACK = "wrong_sign", ("sigmoid_slope", "wrong_sign")
SINGLES = tuple(names for names in EVERY_SINGLE if _LOUD not in names)
PAIRS = (*(names for names in EVERY_PAIR if _LOUD not in names), *[_TURNED_BACK] * 4)
# What a learner can mark as wrong: each rule of backward(), in words.
RULES = {
    "output_error": "the output's error signal",
    "slope": "the slope of the activation function",
    "weights": "the weights that the error comes back through",
    "pulled_back": "the sum of what comes back",
    "carried": "what the weight carried, in its gradient",
    "averaged": "the mean over the batch",
    "bias_gradient": "the gradient of a bias",
}
