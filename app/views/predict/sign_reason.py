"""Why a number has its sign: the factors or terms that decide it, with their numbers, in words."""

from math import prod

from app.engine.equations.values import evaluate
from app.engine.network.expressions import Mean, Negative, Product, Sum
from app.engine.slips import Case
from app.views.text.numbers import signed
from app.views.text.words import MOST_READ_OUT, counted, listed, sentence

WORDS = {1: "positive", -1: "negative", 0: "zero"}
NOTES = {"db": "A bias carries 1, so the sign is that of the error signal"}


def what_decides(case: Case, digits: int) -> str:
    """One or two sentences on the sign of what the case asks about."""
    truth = case.values[case.symbol]
    if isinstance(case.equation.expression, Mean):
        return _of_batch(case, digits)
    match case.body:
        case Product(factors):
            back = next((factor for factor in factors if isinstance(factor, Sum)), None)
            first = "" if back is None else f"{_added(case, back, digits)}. "
            return first + _multiplied([evaluate(factor, case.values) for factor in factors], truth, digits)
        case Sum():
            return f"{_added(case, case.body, digits)}, so {_word(truth)}."
        case _:
            return f"{NOTES.get(case.symbol.kind, 'The sign is that of what comes back')}, {signed(truth, digits)}."


def made_of(case: Case, digits: int) -> str:
    """The factors, or the terms, that the number comes from: −0.2223 · +0.17834."""
    body = case.body
    if isinstance(body, Product):
        return " · ".join(signed(evaluate(factor, case.values), digits) for factor in body.factors)
    terms = body.terms if isinstance(body, Sum) else (body,)
    return " + ".join(_bracketed(evaluate(term, case.values), digits) for term in terms)


def _word(x: float) -> str:
    return WORDS[(x > 0) - (x < 0)]


def _multiplied(factors: list[float], truth: float, digits: int) -> str:
    """+0.1374 · −0.45: one negative factor, so negative."""
    written = " · ".join(signed(factor, digits) for factor in factors)
    if truth == 0 or prod(factors) == 0:
        return f"{written}: a factor is 0, so zero."
    negative = sum(factor < 0 for factor in factors)
    told = counted(negative, "negative factor") if negative else "no negative factor"
    return f"{written}: {told}, so {_word(truth)}."


def _added(case: Case, expression: Sum, digits: int) -> str:
    """The terms and what they come to; two numbers of a difference stay as they are."""
    if len(expression.terms) == 2 and isinstance(expression.terms[1], Negative):
        left, right = (evaluate(term, case.values) for term in (expression.terms[0], expression.terms[1].body))
        larger = "both are equal" if left == right else f"the {'first' if left > right else 'second'} is larger"
        return f"{signed(left, digits).lstrip('+')} − {_bracketed(right, digits)}: {larger}"
    terms = [evaluate(term, case.values) for term in expression.terms]
    total = signed(evaluate(expression, case.values), digits)
    if len(terms) > MOST_READ_OUT:
        return f"{sentence(_counts(terms, 'term'))}, together {total}"
    return f"{listed([signed(term, digits) for term in terms])} come to {total}"


def _bracketed(x: float, digits: int) -> str:
    text = signed(x, digits).lstrip("+")
    return f"({text})" if x < 0 else text


def _of_batch(case: Case, digits: int) -> str:
    shares = case.values.each(case.body)
    mean = case.values[case.symbol]
    if not any(shares):
        return f"All {len(shares)} examples give 0, so zero."
    return f"{sentence(_counts(shares, 'example'))}; their mean is {signed(mean, digits)}, so {_word(mean)}."


def _counts(numbers: list[float], noun: str) -> str:
    """four examples pull up, two pull down, ..."""
    groups = (("positive", sum(x > 0 for x in numbers)), ("negative", sum(x < 0 for x in numbers)))
    zero = sum(x == 0 for x in numbers)
    told = [f"{counted(count, noun)} {'is' if count == 1 else 'are'} {word}" for word, count in groups if count]
    return listed([*told, *([f"{counted(zero, noun)} {'is' if zero == 1 else 'are'} 0"] if zero else [])])
