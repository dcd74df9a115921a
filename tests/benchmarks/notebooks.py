"""What the five notebooks compute in their loops, with their arrays, functions and NumPy calls: no printing, no pandas.

Each takes a lesson's setup for its start and gives the losses of so many iterations, each before its update.
"""

from typing import Any

import numpy as np

from app.engine.setup import Setup

Array = Any  # as in a notebook
Arrays = dict[str, Array]


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def one_example_at_a_time(setup: Setup, iterations: int) -> list[float]:
    """Notebook 0: columns; nine parameters updated one by one."""
    params = _columns(setup)
    X, Y = setup.examples[0], setup.examples[1][:, 0].astype(int)
    losses = []
    for iteration in range(iterations):
        (i,) = setup.batch(iteration)
        x, y = X[i].reshape(2, 1), Y[i]
        outputs = _forward_pass(x, params, setup.sizes)
        y_hat = outputs["l2"]
        loss = (-1) * (y * np.log(y_hat) + (1 - y) * (np.log(1 - y_hat)))
        losses.append(loss.item())
        _update_one_by_one(params, y, outputs, x)
    return losses


def _columns(setup: Setup) -> Arrays:
    """W as (fan_in, fan_out), b as a column."""
    layers = enumerate(setup.network.layers, start=1)
    return {
        name: part for l, at in layers for name, part in ((f"w{l}", at.W.T.copy()), (f"b{l}", at.b[:, None].copy()))
    }


def _forward_pass(x: Array, params: Arrays, layer_dim: tuple[int, ...]) -> Arrays:
    outputs = {}
    z = np.dot(params["w1"].T, x) + params["b1"]
    outputs["l" + str(1)] = _sigmoid(z)
    for i in range(2, len(layer_dim)):
        w, b, before = params["w" + str(i)], params["b" + str(i)], outputs["l" + str(i - 1)]
        z = np.dot(w.T, before) + b
        outputs["l" + str(i)] = _sigmoid(z)
    return outputs


def _update_one_by_one(params: Arrays, y: Array, outputs: Arrays, x: Array) -> None:
    y_hat, hidden, lr = outputs["l2"], outputs["l1"], 0.001
    error = (y - y_hat).item()
    w211, w221 = params["w2"][0][0].item(), params["w2"][1][0].item()
    a11, a12 = hidden[0][0].item(), hidden[1][0].item()
    x1, x2 = x[0][0].item(), x[1][0].item()
    params["w2"][0][0] += lr * error * a11
    params["w2"][1][0] += lr * error * a12
    params["b2"][0][0] += lr * error
    params["w1"][0][0] += lr * error * w211 * a11 * (1 - a11) * x1
    params["w1"][1][0] += lr * error * w211 * a11 * (1 - a11) * x2
    params["b1"][0][0] += lr * error * w211 * a11 * (1 - a11)
    params["w1"][0][1] += lr * error * w221 * a12 * (1 - a12) * x1
    params["w1"][1][1] += lr * error * w221 * a12 * (1 - a12) * x2
    params["b1"][1][0] += lr * error * w221 * a12 * (1 - a12)


def two_outputs_two_paths(setup: Setup, iterations: int) -> list[float]:
    """Notebook 1: vectors, activations rounded to four decimals, W where its transpose is needed."""
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in setup.network.layers)
    (X,), (Y,) = setup.examples
    alpha, losses = 0.1, []
    for _ in range(iterations):
        h1 = _forward_prop(W1, b1, X)
        out = _forward_prop(W2, b2, h1)
        losses.append(float(_half_squares(Y, out)))
        a2_grad = _sigmoid_grad(out, _output_grad(Y, out))
        W2_grad = _weight_grad(h1, a2_grad)
        a1_grad = _sigmoid_grad(h1, _hidden_grad(W2, a2_grad))
        W1_grad = _weight_grad(X, a1_grad)
        W2 = _para_update(W2, W2_grad, alpha)
        b2 = _para_update(b2, a2_grad, alpha)
        W1 = _para_update(W1, W1_grad, alpha)
        b1 = _para_update(b1, a1_grad, alpha)
    return losses


def _forward_prop(W: Array, b: Array, X: Array, activation: str = "sigmoid") -> Array:
    h = W @ X.T + b
    if activation == "sigmoid":
        h = _sigmoid(h)
    return np.around(h, 4)


def _half_squares(y: Array, yhat: Array) -> Array:
    diff = yhat - y
    return 0.5 * diff.T @ diff


def _output_grad(y: Array, yhat: Array) -> Array:
    return yhat - y


def _sigmoid_grad(output: Array, outgrad: Array) -> Array:
    return output * (1 - output) * outgrad


def _weight_grad(hinput: Array, outgrad: Array) -> Array:
    return np.expand_dims(outgrad, axis=1) * hinput.T


def _hidden_grad(W: Array, outgrad: Array) -> Array:
    return W @ outgrad.T


def _para_update(parameter: Array, gradient: Array, alpha: float) -> Array:
    parameter = parameter - alpha * gradient
    return parameter


def softmax_and_dead_units(setup: Setup, iterations: int) -> list[float]:
    """Notebook 2: rows of whole numbers, the loss computed with its clipping once for itself and once for its slope."""
    params = {}
    for l, layer in enumerate(setup.network.layers, start=1):
        params["W" + str(l)], params["b" + str(l)] = layer.W.T.copy(), layer.b[None].copy()
    X, y = setup.examples[0].astype(int), setup.examples[1]
    losses = []
    for _ in range(iterations):
        cache = _forward_propagation(X, params)
        losses.append(float(_compute_loss(cache["A2"], y)[0]))
        gradients = _backward_propagation(X, y, params, cache)
        for name in ("W1", "b1", "W2", "b2"):
            params[name] -= 0.01 * gradients["d" + name]
    return losses


def _forward_propagation(X: Array, params: Arrays) -> Arrays:
    Z1 = np.dot(X, params["W1"]) + params["b1"]
    A1 = np.maximum(0, Z1)
    Z2 = np.dot(A1, params["W2"]) + params["b2"]
    exp_z = np.exp(Z2 - np.max(Z2, axis=1, keepdims=True))
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": exp_z / np.sum(exp_z, axis=1, keepdims=True)}


def _compute_loss(y_pred: Array, y_true: Array) -> tuple[Array, Array]:
    y_pred = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(np.sum(y_true * np.log(y_pred), axis=1)), y_pred - y_true


def _backward_propagation(X: Array, y: Array, params: Arrays, cache: Arrays) -> Arrays:
    m = X.shape[0]
    _, dZ2 = _compute_loss(cache["A2"], y)
    dW2 = (1 / m) * np.dot(cache["A1"].T, dZ2)
    db2 = (1 / m) * np.sum(dZ2, axis=0, keepdims=True)
    dA1 = np.dot(dZ2, params["W2"].T)
    dZ1 = dA1 * (cache["Z1"] > 0)
    dW1 = (1 / m) * np.dot(X.T, dZ1)
    db1 = (1 / m) * np.sum(dZ1, axis=0, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def a_slope_too_many(setup: Setup, iterations: int) -> list[float]:
    """Notebook 3: a hundred columns at once, the sigmoid's slope on tanh."""
    parameters = {}
    for l, layer in enumerate(setup.network.layers, start=1):
        parameters["W" + str(l)], parameters["b" + str(l)] = layer.W, layer.b[:, None]
    X, Y = setup.examples[0].T.copy(), setup.examples[1].T.astype(int)
    losses = []
    for _ in range(iterations):
        cache = _propagated(X, parameters)
        losses.append(float(_cost(cache["A2"], Y)))
        grads = _gradients(parameters, cache, X, Y)
        parameters = _updated(parameters, grads, 0.01)
    return losses


def _propagated(X: Array, parameters: Arrays) -> Arrays:
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = _sigmoid(Z2)
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def _cost(A2: Array, Y: Array) -> Array:
    m = Y.shape[1]
    cost = -(1 / m) * np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    return np.squeeze(cost)


def _gradients(parameters: Arrays, cache: Arrays, X: Array, Y: Array) -> Arrays:
    m, W2 = X.shape[1], parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = dA1 * _sigmoid_derivative(A1)
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def _sigmoid_derivative(a: Array) -> Array:
    return a * (1 - a)


def _updated(parameters: Arrays, grads: Arrays, learning_rate: float) -> Arrays:
    W1 = parameters["W1"] - learning_rate * grads["dW1"]
    b1 = parameters["b1"] - learning_rate * grads["db1"]
    W2 = parameters["W2"] - learning_rate * grads["dW2"]
    b2 = parameters["b2"] - learning_rate * grads["db2"]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def hours_of_study(setup: Setup, iterations: int) -> list[float]:
    """Notebook 4: four rows, no activations, half of the gradient."""
    (w1, b1), (w2, b2) = ((layer.W.T.copy(), layer.b[None].copy()) for layer in setup.network.layers)
    X, y = setup.examples
    lr, losses = 0.1, []
    for _ in range(iterations):
        hidden_y_pred = np.dot(X, w1) + b1
        output_y_pred = np.dot(hidden_y_pred, w2) + b2
        losses.append(float(np.mean((y - output_y_pred) ** 2)))
        delta2 = output_y_pred - y
        dw2 = np.dot(hidden_y_pred.T, delta2) / X.shape[0]
        db2 = np.sum(delta2, axis=0, keepdims=True) / X.shape[0]
        delta1 = np.dot(delta2, w2.T)
        dw1 = np.dot(X.T, delta1) / X.shape[0]
        db1 = np.sum(delta1, axis=0, keepdims=True) / X.shape[0]
        w2 -= lr * dw2
        b2 -= lr * db2
        w1 -= lr * dw1
        b1 -= lr * db1
    return losses


LOOPS = {
    "one-example-at-a-time": one_example_at_a_time,
    "two-outputs-two-paths": two_outputs_two_paths,
    "softmax-and-dead-units": softmax_and_dead_units,
    "a-slope-too-many": a_slope_too_many,
    "hours-of-study": hours_of_study,
}
