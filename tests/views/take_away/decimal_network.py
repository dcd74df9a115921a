"""A referee that knows nothing of the program: an iteration of one example in decimals of 120 digits, from what a
worksheet gives, in the order of its equations; exactly, or with every number rounded as it is found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, setcontext

from app.engine.setup import Setup

DIGITS, CALCULATOR = Context(prec=120), Context(prec=13)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211707")
Given = dict[str, Decimal]  # by names such as w[1]12, x1, y, η
Keep = Callable[[Decimal], Decimal]


def exactly(value: Decimal) -> Decimal:
    return value


def rounding(decimals: int) -> Keep:
    """To so many decimals, but to as many digits at least, three at most; a 5 up, on a calculator of 13 digits."""

    def keep(value: Decimal) -> Decimal:
        value = CALCULATOR.plus(value)
        if not value:
            return value
        places = max(decimals, min(3, decimals) - 1 - value.adjusted())
        return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

    return keep


def _sigmoid(z: Decimal) -> Decimal:
    return 1 / (1 + (-z).exp())


def _normal(z: Decimal) -> Decimal:
    """The normal distribution's share below z: 1/2 + phi(z) (z + z^3/3 + z^5/(3*5) + ...)."""
    term, total, n = z, z, 1
    while abs(term) > Decimal("1e-60"):
        n += 2
        term *= z * z / n
        total += term
    return Decimal("0.5") + total * _density(z)


def _density(z: Decimal) -> Decimal:
    return (-z * z / 2).exp() / (2 * PI).sqrt()


def _tanh(z: Decimal) -> Decimal:
    return 2 * _sigmoid(2 * z) - 1


# g(z), and its slope from z and a.
ACTIVATIONS: dict[str, tuple[Callable[[Decimal], Decimal], Callable[[Decimal, Decimal], Decimal]]] = {
    "identity": (lambda z: z, lambda z, a: Decimal(1)),
    "sigmoid": (_sigmoid, lambda z, a: a * (1 - a)),
    "tanh": (_tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(z, Decimal(0)), lambda z, a: Decimal(int(z > 0))),
    "leaky_relu": (
        lambda z: z if z > 0 else z * Decimal("0.01"),
        lambda z, a: Decimal(1) if z > 0 else Decimal("0.01"),
    ),
    "elu": (lambda z: z if z > 0 else z.exp() - 1, lambda z, a: Decimal(1) if z > 0 else z.exp()),
    "softplus": (lambda z: (1 + z.exp()).ln(), lambda z, a: _sigmoid(z)),
    "gelu": (lambda z: z * _normal(z), lambda z, a: _normal(z) + z * _density(z)),
}


class NoLogarithmError(ArithmeticError):
    """A prediction was rounded to 0 or 1."""


@dataclass
class Iteration:
    """All numbers of an iteration, in the order in which a sheet asks for them."""

    setup: Setup
    given: Given
    turned: bool
    keep: Keep
    found: list[Decimal] = field(default_factory=list)

    def note(self, value: Decimal) -> Decimal:
        self.found.append(self.keep(value))
        return self.found[-1]

    def weight(self, l: int, j: int, k: int) -> str:
        return f"w[{l}]{k + 1}{j + 1}" if self.turned else f"w[{l}]{j + 1}{k + 1}"

    def run(self) -> list[Decimal]:
        setcontext(DIGITS.copy())
        sizes, depth = self.setup.sizes, len(self.setup.sizes) - 1
        A, Z = [[self.given[f"x{k + 1}"] for k in range(sizes[0])]], [list[Decimal]()]
        for l in range(1, depth + 1):
            Z.append([self.note(self._sum(l, j, A[-1])) for j in range(sizes[l])])
            A.append([self.note(a) for a in self._activated(l, Z[-1])])
        y = [self.given.get(f"y{j + 1}", self.given.get("y", Decimal(0))) for j in range(sizes[-1])]
        self.note(self._loss(A[-1], y))
        delta, gradients = list[Decimal](), dict[str, Decimal]()
        for l in range(depth, 0, -1):
            slopes = self._slopes(l, Z[l], A[l])
            if l == depth:
                delta = [self.note(d) for d in self._output_error(A[-1], y, slopes)]
            else:
                back = [
                    sum((d * self.given[self.weight(l + 1, i, j)] for i, d in enumerate(delta)), Decimal(0))
                    for j in range(sizes[l])
                ]
                delta = [self.note(d * slope) for d, slope in zip(back, slopes, strict=True)]
            for j, d in enumerate(delta):
                for k, a in enumerate(A[l - 1]):
                    gradients[self.weight(l, j, k)] = self.note(d * a)
            for j, d in enumerate(delta):
                gradients[f"b[{l}]{j + 1}"] = self.note(d)
        self._update(gradients)
        return self.found

    def _sum(self, l: int, j: int, before: Sequence[Decimal]) -> Decimal:
        products = (self.given[self.weight(l, j, k)] * a for k, a in enumerate(before))
        return sum(products, Decimal(0)) + self.given[f"b[{l}]{j + 1}"]

    def _activated(self, l: int, Z: Sequence[Decimal]) -> list[Decimal]:
        name = self.setup.activations[l - 1]
        if name == "softmax":
            shares = [z.exp() for z in Z]
            return [share / sum(shares) for share in shares]
        return [ACTIVATIONS[name][0](z) for z in Z]

    def _slopes(self, l: int, Z: Sequence[Decimal], A: Sequence[Decimal]) -> list[Decimal]:
        name = self.setup.activations[l - 1]
        if name == "softmax":
            return []
        return [self.keep(ACTIVATIONS[name][1](z, a)) for z, a in zip(Z, A, strict=True)]

    def _ln(self, value: Decimal, share: Decimal) -> Decimal:
        if not share:
            return Decimal(0)
        if value <= 0:
            raise NoLogarithmError
        return share * self.keep(value.ln())

    def _loss(self, y_hat: Sequence[Decimal], y: Sequence[Decimal]) -> Decimal:
        pairs, name = list(zip(y_hat, y, strict=True)), self.setup.loss
        if name == "cross_entropy":
            return -sum((self._ln(a, t) for a, t in pairs), Decimal(0))
        if name == "binary_cross_entropy":
            return -sum((self._ln(a, t) + self._ln(1 - a, 1 - t) for a, t in pairs), Decimal(0))
        squares = sum(((a - t) ** 2 for a, t in pairs), Decimal(0))
        return squares / (2 if name == "half_squared_error" else len(pairs))

    def _output_error(self, y_hat: Sequence[Decimal], y: Sequence[Decimal], slopes: list[Decimal]) -> list[Decimal]:
        off = [a - t for a, t in zip(y_hat, y, strict=True)]
        if "cross_entropy" in self.setup.loss:
            return off
        if self.setup.loss == "mean_squared_error":
            off = [2 * one / len(off) for one in off]
        if slopes:
            return [one * slope for one, slope in zip(off, slopes, strict=True)]
        back = sum((one * a for one, a in zip(off, y_hat, strict=True)), Decimal(0))
        return [a * (one - back) for one, a in zip(off, y_hat, strict=True)]

    def _update(self, gradients: dict[str, Decimal]) -> None:
        """torch.optim's rules, in the first update: what they remember is 0."""
        optimizer, given, kind = self.setup.optimizer, self.given, self.setup.optimizer.kind
        constant = self.setup.schedule.kind == "constant"
        eta = given["η"] if constant else self.note(given["η0"])  # which no schedule has changed yet
        clip = Decimal(1)
        if optimizer.clip_norm is not None:
            norm = self.note(sum((g * g for g in gradients.values()), Decimal(0)).sqrt())
            clip = self.note(min(Decimal(1), Decimal(repr(optimizer.clip_norm)) / (norm + Decimal("1e-6"))))
        beta1, beta2, momentum, decay, epsilon, shrink = (
            Decimal(repr(getattr(optimizer, name)))
            for name in ("beta1", "beta2", "momentum", "decay", "epsilon", "weight_decay")
        )
        if kind in ("adam", "adamw"):
            corrections = self.note(1 - beta1), self.note(1 - beta2)
        for name, found in gradients.items():
            g, w = found, given[name]
            if optimizer.clip_norm is not None or (shrink and kind != "adamw"):
                g = self.note(clip * g + (shrink * w if kind != "adamw" else 0))
            if kind == "gradient_descent":
                step = g
            elif kind in ("momentum", "nesterov"):
                u = self.note(g)
                step = g + momentum * u if kind == "nesterov" else u
            elif kind == "rmsprop":
                step = g / (self.note((1 - decay) * g * g).sqrt() + epsilon)
            else:
                m, v = self.note((1 - beta1) * g), self.note((1 - beta2) * g * g)
                m, v = self.note(m / corrections[0]), self.note(v / corrections[1])
                step = m / (v.sqrt() + epsilon)
                w = w * (1 - eta * shrink) if kind == "adamw" else w
            self.note(w - eta * step)
