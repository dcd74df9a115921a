"""Every figure that the five notebooks print of a quantity of the walk, as printed, weights in their own order."""

from collections.abc import Iterator

from app.engine.network.expressions import Symbol
from app.lessons.printed import Printed, figure, matrix, vector

HIDDEN, OUTPUT = "Hidden activations", "Output"
HIDDEN_AFTER, OUTPUT_AFTER = "Hidden activations after the update", "Output after the update"
LOSS_AFTER = "Loss after the update"
GRADIENTS = "Gradients of the weights of layer {}"


def _layer(iteration: int, l: int, W: str, b: str, turned: bool = False) -> Iterator[Printed]:
    """The parameters of a layer that an iteration leaves behind."""
    yield from matrix(f"Weights of layer {l} after the update", iteration, "new_W", l, W, turned)
    yield from vector(f"Biases of layer {l} after the update", iteration, "new_b", l, b)


ONE_EXAMPLE_AT_A_TIME = (
    *vector(HIDDEN, 0, "a", 1, "0.53742985 0.53742985"),
    *vector(OUTPUT, 0, "a", 2, "0.52684565"),
    *figure("Loss", 0, "loss", "0.7483336246288533"),
    *_layer(0, 1, "0.09999345 0.09999345; 0.0999869 0.0999869", "-1.30973306e-05 -1.30973306e-05", turned=True),
    *_layer(0, 2, "0.09971686; 0.09971686", "-0.00052685", turned=True),
    *vector(HIDDEN_AFTER, 0, "a_after", 1, "0.53742252 0.53742252"),
    *vector(OUTPUT_AFTER, 0, "a_after", 2, "0.52663809"),
    *figure(LOSS_AFTER, 0, "loss_after", "0.7478950355194686"),
    *vector(HIDDEN, 1, "a", 1, "0.58660567 0.58660567"),
    *vector(OUTPUT, 1, "a", 2, "0.52908266"),
    *figure("Loss", 1, "loss", "0.636610599922258"),
    *_layer(1, 1, "0.10001053 0.10001053; 0.10000968 0.10000968", "-1.70994469e-06 -1.70994469e-06", turned=True),
    *_layer(1, 2, "0.0999931; 0.0999931", "-5.59283123e-05", turned=True),
    *vector(HIDDEN_AFTER, 1, "a_after", 1, "0.58662569 0.58662569"),
    *vector(OUTPUT_AFTER, 1, "a_after", 2, "0.52928173"),
    *figure(LOSS_AFTER, 1, "loss_after", "0.6362344107188425"),
    *vector(HIDDEN, 2, "a", 1, "0.59869717 0.59869717"),
    *vector(OUTPUT, 2, "a", 2, "0.52988315"),
    *figure("Loss", 2, "loss", "0.6350987621509052"),
    *_layer(2, 1, "0.10004441 0.10004441; 0.10002097 0.10002097", "9.58425019e-06 9.58425019e-06", turned=True),
    *_layer(2, 2, "0.10027456; 0.10027456", "0.00041419", turned=True),
    *vector(HIDDEN_AFTER, 2, "a_after", 1, "0.59872701 0.59872701"),
    *vector(OUTPUT_AFTER, 2, "a_after", 2, "0.5300857"),
    *figure(LOSS_AFTER, 2, "loss_after", "0.6347165837031522"),
    *figure("Loss", 3, "loss", "0.7487087651614454"),
    *figure("Loss", 4, "loss", "0.6362613759815511"),
    *figure("Loss", 5, "loss", "0.6347461323725118"),
    *figure("Loss", 6, "loss", "0.6321218418316483"),
    *figure("Loss", 7, "loss", "0.7471115857934999"),
    *figure("Loss", 8, "loss", "0.6299477926944006"),
    *_layer(8, 1, "0.10015275 0.10015275; 0.10009007 0.10009007", "2.77479323e-05 2.77479323e-05", turned=True),
    *_layer(8, 2, "0.1008713; 0.1008713", "0.00123748", turned=True),
    *figure("Mean loss of the epoch", 8, "mean_loss", "0.6714829156391762"),
    *figure("Loss", 9, "loss", "0.7494847148744956"),
    *figure("Loss", 10, "loss", "0.6355375199886034"),
    *figure("Loss", 11, "loss", "0.6340149291475079"),
    *figure("Loss", 12, "loss", "0.63137931072389"),
    *figure("Loss", 13, "loss", "0.7478690592246311"),
    *figure("Loss", 14, "loss", "0.6291917830206483"),
    *_layer(14, 1, "0.10026161 0.10026161; 0.10015948 0.10015948", "4.5959641e-05 4.5959641e-05", turned=True),
    *_layer(14, 2, "0.10146687; 0.10146687", "0.00205847", turned=True),
    *figure("Mean loss of the epoch", 14, "mean_loss", "0.6712462194966293"),
)

TWO_OUTPUTS_TWO_PATHS = (
    *vector(HIDDEN, 0, "a", 1, "0.5945 0.5963"),
    *vector(OUTPUT, 0, "a", 2, "0.7569 0.7677"),
    *figure("Loss", 0, "loss", "0.30363845"),
    *vector("Slope of the loss at the output", 0, "dL_dy_hat", 2, "0.7469 -0.2223"),
    *vector("Error signals of the output", 0, "delta", 2, "0.13743139 -0.03964425"),
    *matrix(GRADIENTS.format(2), 0, "dW", 2, "0.08170296 0.08195033; -0.02356851 -0.02363987"),
    *vector("What comes back to the hidden units", 0, "came_back", 1, "0.03515043 0.04003979"),
    *vector("Error signals of the hidden units", 0, "delta", 1, "0.00847371 0.00963863"),
    *matrix(GRADIENTS.format(1), 0, "dW", 1, "0.00042369 0.00084737; 0.00048193 0.00096386"),
    *_layer(0, 1, "0.14995763 0.24991526; 0.19995181 0.29990361", "0.34915263 0.34903614"),
    *_layer(0, 2, "0.3918297 0.49180497; 0.45235685 0.55236399", "0.58625686 0.60396443"),
)

SOFTMAX_AND_DEAD_UNITS = (
    *figure("Loss", 0, "loss", "0.6931"),
    *matrix(GRADIENTS.format(2), 0, "dW", 2, "-0.0001896 0.0001896; 0 0; 0 0; 0 0", turned=True),
    *vector("Gradients of the biases of layer 2", 0, "db", 2, "0.16666477 -0.16666477"),
    *matrix(GRADIENTS.format(1), 0, "dW", 1, "-0.00110582 0 0 0; -0.00110572 0 0 0", turned=True),
    *vector("Gradients of the biases of layer 1", 0, "db", 1, "2.51779054e-08 0 0 0"),
)

A_SLOPE_TOO_MANY = (
    *figure("Cost", 0, "loss", "0.7777571291611867", drawn=False),
    *figure("Cost", 600, "loss", "0.732805254633658", drawn=False),
    *figure("Cost", 900, "loss", "0.7332339815454566", drawn=False),
    *figure("Cost", 2100, "loss", "0.7117901466074722", drawn=False),
    *figure("Share of right answers at the end", 9999, "accuracy", "0.52", drawn=False),
)

HOURS_OF_STUDY = (
    *figure("Loss", 0, "loss", "0.50015"),
    *figure("Loss", 100, "loss", "0.00072"),
    *figure("Loss", 200, "loss", "0.00014"),
    *figure("Loss", 300, "loss", "0.00004"),
    *figure("Loss", 400, "loss", "0.00002"),
    *figure("Loss", 500, "loss", "0.00002"),
    *figure("Loss", 600, "loss", "0.00002"),
    *figure("Loss", 700, "loss", "0.00002"),
    *figure("Loss", 800, "loss", "0.00002"),
    *figure("Loss", 900, "loss", "0.00002"),
    Printed("Prediction for student 1 at the end", 999, Symbol("a_after", 2, 0), "0.64502238", row=0),
    Printed("Prediction for student 2 at the end", 999, Symbol("a_after", 2, 0), "0.77016154", row=1),
    Printed("Prediction for student 3 at the end", 999, Symbol("a_after", 2, 0), "0.87683572", row=2),
    Printed("Prediction for student 4 at the end", 999, Symbol("a_after", 2, 0), "1.00197488", row=3),
)
