"""What the numerical check of every gradient costs: processor time."""

from time import process_time

from app.engine.check.gradient_check import check_gradients
from app.engine.learning.iteration import Iteration
from tests.engine.cases import iteration_of, random_setup

# name -> sizes, hidden activation, output, loss: each about 200 parameters
NETWORKS = {
    "8-15-4 tanh": ((8, 15, 4), "tanh", "softmax", "cross_entropy"),
    "4-8-8-8-2 relu": ((4, 8, 8, 8, 2), "relu", "sigmoid", "binary_cross_entropy"),
    "2-12-12-1 sigmoid": ((2, 12, 12, 1), "sigmoid", "identity", "mean_squared_error"),
}
EXAMPLES, TIMES = 100, 5


def iterations() -> dict[str, Iteration]:
    """One iteration of each network on a batch of 100."""
    return {
        name: iteration_of(random_setup(1, sizes, (*(hidden,) * (len(sizes) - 2), output), loss, EXAMPLES))
        for name, (sizes, hidden, output, loss) in NETWORKS.items()
    }


def check_seconds(iteration: Iteration) -> float:
    """The least of several, none from the cache."""
    found = []
    for _ in range(TIMES):
        iteration.found.clear()  # what was found before
        before = process_time()
        check_gradients(iteration)
        found.append(process_time() - before)
    return min(found)
