"""A reader of what the panels around the equation say: the check, questions, paths, edits, trainings, pictures.

Each function takes a text and what it is about, and gives the claims that it makes; Unread where it has numbers and no
wording is known. The numbers of names are worked out from arrays, not taken from what the panel shows.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from math import inf, prod

from app.engine.check.gradient_check import Checked
from app.engine.learning.iteration import mean_loss
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.paths import Paths
from app.sessions.walk.session import TrainingSession
from tests.views.claims.claim import Claim, Unread
from tests.views.claims.printed import NUMBER, Range, exactly, read, summed
from tests.views.claims.sentences import FRACTIONS, SMALL, count, is_plain, names_share, split, word, wording
from tests.views.claims.world import World

SIGNED = rf"[+]?{NUMBER}"
SIGNS = {"positive": 1, "negative": -1, "zero": 0}


def name(said: str, text: str, value: float, digits: int) -> Claim:
    """A printed number beside the number of its name."""
    return Claim("name", f"{said} {text}", read(text, digits), exactly(value))


def unread(sentence: str) -> list[Claim]:
    """No claims of a sentence without numbers; with numbers it must be known."""
    if is_plain(sentence):
        return []
    raise Unread(sentence)


# The check of a gradient ----------------------------------------------------------------------------------------------

_NUMERIC = wording(
    r"(?:Central differences of the (?:exact )?loss give|The sum over its paths, in more digits, is) <numeric:N>"
    r"(?:(?P<same>: the very same)|, the walk finds <walk:N>)?"
)
_AGREE = wording(r"They agree to <error:N> of their size")
_WRONG = wording(r"The walk finds <walk:N>: wrong by <percent:N> %")
_ROUNDED = wording(
    r"The rule is right: rounding the activations accounts for (?:the <percent:N> % between them|<also:N> %)"
)
_SIDES = wording(r"To one side the loss has the slope <left:N>, to the other <right:N>")
_TAKES = wording(r"At a corner g′ is taken from the left, where the sum is below 0: the walk takes <walk:N>")
_LOOSE = 1.01  # a percentage is told to three digits


def claims_of_check(text: str, checked: Checked, digits: int) -> Iterator[Claim]:
    """What a referee says of one gradient."""
    largest = max(abs(checked.analytic), abs(checked.numeric))
    apart = abs(checked.analytic - checked.numeric) / largest if largest else 0.0
    for sentence in split(text):
        if (m := _NUMERIC.fullmatch(sentence)) is not None:
            yield name("numeric", m["numeric"], checked.numeric, digits)
            if m["same"] or m["walk"]:
                yield name("walk", m["walk"] or m["numeric"], checked.analytic, digits)
        elif (m := _AGREE.fullmatch(sentence)) is not None:
            error = read(m["error"], 2)
            yield name("error", m["error"], checked.relative_error, 2)
            yield word("agrees", apart <= _LOOSE * error.high)
            yield word("agrees well", error.high < 1e-5 or checked.referee == "paths")
        elif (m := _WRONG.fullmatch(sentence)) is not None:
            yield name("walk", m["walk"], checked.analytic, digits)
            yield from _percent(m["percent"], apart)
        elif (m := _ROUNDED.fullmatch(sentence)) is not None:
            yield from _percent(m["percent"] or m["also"], apart)
        elif (m := _SIDES.fullmatch(sentence)) is not None:
            for side, text_of in zip(checked.sides or (inf, inf), (m["left"], m["right"]), strict=True):
                yield name("side", text_of, side, digits)
        elif (m := _TAKES.fullmatch(sentence)) is not None:
            yield name("walk", m["walk"], checked.analytic, digits)
        else:
            yield from unread(sentence)


def _percent(text: str, apart: float) -> Iterator[Claim]:
    """So many percent, told to three digits."""
    yield Claim("rule", f"{text} %", read(f"{float(f'{100 * apart:.3g}'):g}", 9), read(text, 2))


# Questions and answers ------------------------------------------------------------------------------------------------

_PRODUCT = rf"(?P<product>{SIGNED}(?: · {SIGNED})+)"
_FACTORS = wording(
    rf"{_PRODUCT}: "
    r"(?:(?P<zero>a factor is 0)|(?P<all>both|all) factors are positive|(?P<count>\w+|\d+) negative factors?), "
    r"so (?P<sign>positive|negative|zero|δ is|the gradient is)"
)
_COME_TO = wording(rf"(?P<terms>{SIGNED}(?:(?:, | and ){SIGNED})*) come to (?P<total>{SIGNED})(?:, so (?P<sign>\w+))?")
_TOGETHER = wording(rf"(?P<counts>.+), together (?P<total>{SIGNED})(?:, so (?P<sign>\w+))?")
_LARGER = wording(
    rf"(?P<left>{NUMBER}) − \(?(?P<right>{NUMBER})\)?: "
    r"(?P<which>both are equal|the first is larger|the second is larger)"
    r"(?:, so (?P<sign>\w+))?"
)
_ONE = wording(rf".*(?:sign is that of the error signal|sign is that of what comes back), (?P<one>{SIGNED})")
_COUNTED = re.compile(rf"({'|'.join(SMALL)}|\d+) (?:term|example)s? (?:is|are) (positive|negative|0)")


def claims_of_sign(text: str, truth: float, digits: int) -> Iterator[Claim]:
    """Why a number has its sign."""
    for sentence in text.removeprefix("The sign: ").removesuffix(".").split(". "):
        sentence = sentence[0].upper() + sentence[1:]
        yield from _claims_of_sign(sentence, truth, digits)


def _claims_of_sign(sentence: str, truth: float, digits: int) -> Iterator[Claim]:
    if (m := _FACTORS.fullmatch(sentence)) is not None:
        factors = [read(text, digits) for text in re.findall(SIGNED, m["product"])]
        negative = sum(factor.high < 0 for factor in factors)
        yield Claim("sum", m.group(), _product(factors), exactly(truth))
        if m["all"]:
            yield word(m.group(), negative == 0 and (m["all"] == "both") is (len(factors) == 2))
        elif m["zero"] is None:
            yield word(m.group(), (SMALL.index(m["count"]) if m["count"] in SMALL else int(m["count"])) == negative)
        yield _sign(m["sign"] if m["sign"] in SIGNS else "positive", truth)
    elif (m := _COME_TO.fullmatch(sentence)) is not None:
        yield Claim(
            "sum",
            m.group(),
            summed(read(text, digits) for text in re.findall(SIGNED, m["terms"])),
            read(m["total"], digits),
        )
        yield from _signed(m["sign"], truth)
    elif (m := _LARGER.fullmatch(sentence)) is not None:
        left, right = read(m["left"], digits), read(m["right"], digits)
        holds = {
            "both are equal": left.meets(right),
            "the first is larger": left.high >= right.low,
            "the second is larger": right.high >= left.low,
        }
        yield word(m.group(), holds[m["which"]])
        if m["sign"]:
            yield Claim("sum", m.group(), left - right, exactly(truth))
        yield from _signed(m["sign"], truth)
    elif (m := _TOGETHER.fullmatch(sentence)) is not None:
        yield word("counts terms", bool(_COUNTED.search(m["counts"].lower())))
        yield from _signed(m["sign"], truth)
    elif (m := _ONE.fullmatch(sentence)) is not None:
        yield name("the one", m["one"], truth, digits)
    else:
        yield from unread(sentence)


def _product(factors: list[Range]) -> Range:
    return prod(factors, start=exactly(1.0))


def _sign(said: str, truth: float) -> Claim:
    return word(f"{truth} is {said}", SIGNS[said] == (truth > 0) - (truth < 0))


def _signed(said: str | None, truth: float) -> Iterator[Claim]:
    if said:
        yield _sign(said, truth)


_TRUTH = wording(rf"(?:You said (?P<guess>.+)\. )?The answer is (?P<truth>{NUMBER}|positive|negative|zero)")


def claims_of_answer(text: str, truth: float, digits: int) -> Iterator[Claim]:
    """The truth that a verdict tells."""
    m = _TRUTH.fullmatch(text.removesuffix("."))
    if m is None:
        assert re.fullmatch(r"You said .+\.", text), text
    elif m["truth"] in SIGNS:
        yield _sign(m["truth"], truth)
    else:
        yield name("the answer", m["truth"], truth, digits)


# Paths ----------------------------------------------------------------------------------------------------------------

_BATCH = r"(?:, the mean over the batch)?"
_PATHS = wording(
    rf"(?P<what>.+) reaches the loss along (?P<count>\w+|\d+) paths?(?: that pass .+?)?"
    rf"(?:: (?P<parts>(?:{NUMBER} through .+)))?"
)
_TOTAL = wording(rf"The shares add up to <total:N>{_BATCH}")
_ONLY = wording(rf"The product of all that lies on it is the gradient: <total:N>{_BATCH}")
_LARGEST = wording(rf"The largest share, <most:N>, runs .+; together they are <total:N>{_BATCH}")
_GROUPED = wording(
    rf"Grouped by the next unit, the most, <most:N>, comes through .+; together they are <total:N>{_BATCH}"
)


def claims_of_paths(text: str, found: Paths, digits: int) -> Iterator[Claim]:
    """The first sentences of the panel: how many paths there are, and what they add up to."""
    parts: list[str] = []
    for sentence in split(text):
        if (m := _PATHS.fullmatch(sentence)) is not None:
            yield word(f"{m['count']} paths", count(m["count"]) == found.count)
            parts = re.findall(rf"({NUMBER}) through", m["parts"] or "")
            for part, path in zip(parts, found.paths, strict=False):
                yield name("share", part, path.product, digits)
        elif (m := _TOTAL.fullmatch(sentence) or _ONLY.fullmatch(sentence)) is not None:
            yield name("total", m["total"], found.sum, digits)
            if m.re is _TOTAL:
                yield word("every path is read out", len(parts) == found.count)
                yield Claim("sum", text, summed(read(part, digits) for part in parts), read(m["total"], digits))
        elif (m := _LARGEST.fullmatch(sentence) or _GROUPED.fullmatch(sentence)) is not None:
            of = [group.sum for group in found.groups] or [path.product for path in found.paths]
            yield name("largest", m["most"], max(of, key=abs), digits)
            yield name("total", m["total"], found.sum, digits)
        else:
            yield from unread(sentence)


_SPOKEN = wording(r"Path (?P<i>\d+) of (?P<n>\d+), .+?: (?P<factors>.+) is <own:N>")


def claims_of_path(text: str, digits: int) -> Iterator[Claim]:
    """One path as it is spoken: its factors multiplied."""
    first, *others = split(text)
    m = _SPOKEN.fullmatch(first)
    assert m is not None, text
    factors = [read(re.findall(NUMBER, part)[-1], digits) for part in m["factors"].split(" times ")]
    yield Claim("sum", first, _product(factors), read(m["own"], digits))
    for sentence in others:
        if re.search(r"slope there is 0|The weight into .* is 0|says 0|exactly right", sentence):
            yield Claim("sum", sentence, read(m["own"], digits), exactly(0.0))
        elif "almost nothing" in sentence:
            yield word(sentence, min(max(abs(f.low), abs(f.high)) for f in factors) < 0.0501)
        else:
            yield from unread(sentence)


_SHARES = wording(r"(?P<m>\d+) examples from <low:N> to <high:N>; their mean is <mean:N>")


def claims_of_shares(text: str, each: tuple[float, ...], digits: int) -> Iterator[Claim]:
    """The examples' own gradients in one line."""
    m = _SHARES.fullmatch(text)
    assert m is not None, text
    yield word(text, int(m["m"]) == len(each))
    for text_of, value in (("low", min(each)), ("high", max(each)), ("mean", sum(each) / len(each))):
        yield name(text_of, m[text_of], value, digits)


# The nudge ------------------------------------------------------------------------------------------------------------

_NUDGED = wording(
    rf"(?P<what>.+) by (?P<by>{SIGNED}): the gradient foretells (?P<foretold>{SIGNED})"
    rf"(?:, found (?P<found>{SIGNED})|(?P<lost>, too little for the digits of the loss))"
)
_MOVED = wording(r"The loss(?P<exact> without rounding)?: <before:N> → <after:N>")
_STILL = wording(r"The loss(?P<exact> without rounding)? stays at <before:N>")
_BENDS = "The loss bends on the way: a smaller move comes nearer"


def claims_of_nudge(text: str, session: TrainingSession, symbol: Symbol, by: float, digits: int) -> Iterator[Claim]:
    """What the gradient foretells of a small move of its parameter, and what the loss then does."""
    w, gradient = session.values[symbol], session.values[symbol._replace(kind=f"d{symbol.kind}")]
    before, after = (_loss_at(session, symbol, place) for place in (w, w + by))
    within = 1e-14 * abs(before) + 1e-300
    for sentence in split(text):
        if (m := _NUDGED.fullmatch(sentence)) is not None:
            yield word(m["what"], _is_called(f"the {m['what'].lower()}", symbol, session))
            yield name("by", m["by"], by, 8)
            yield Claim("rule", sentence, exactly(gradient * by), read(m["foretold"], digits))
            if m["lost"]:
                yield word(sentence, abs(gradient * by) <= 1.01e-14 * abs(before))
            else:
                yield Claim("rule", sentence, _roughly(after - before, within), read(m["found"], digits))
        elif (m := _MOVED.fullmatch(sentence) or _STILL.fullmatch(sentence)) is not None:
            yield word("says whether the loss is rounded", bool(m["exact"]) == (session.setup.decimals is not None))
            for text_of, value in zip((m["before"], m.groupdict().get("after")), (before, after), strict=True):
                if text_of:
                    yield Claim("name", sentence, _roughly(value, within), read(text_of, _decimals(text_of, digits)))
            if m.re is _STILL:
                yield Claim("rule", sentence, _roughly(after - before, within), exactly(0.0))
        elif sentence == _BENDS:
            off, less = (abs((_loss_at(session, symbol, w + way) - before) / way - gradient) for way in (by, by / 10))
            yield word(sentence, less < off + 20 * within / abs(by))
        else:
            yield from unread(sentence)


def _decimals(text: str, digits: int) -> int:
    """The decimals that a loss is written with: more than the page's where its move needs them."""
    return max(digits, len(text.partition("×")[0].partition(".")[2]))


# Edits and trainings --------------------------------------------------------------------------------------------------

_EDITED = wording(r"(?P<what>.+) is <value:N> from iteration (?P<iteration>[\d,]+) on")
_EDITS = wording(r"Edited: <count:C> values")


def claims_of_edits(text: str, session: TrainingSession, digits: int) -> Iterator[Claim]:
    """What was edited last, and how often."""
    edits = session.timeline.changes
    for sentence in re.split(r"(?<=\.) ", text):
        sentence = sentence.removesuffix(".")
        if (m := _EDITS.fullmatch(sentence)) is not None:
            yield word(sentence, count(m["count"]) == len(edits))
        elif (m := _EDITED.fullmatch(sentence.removeprefix("The last: "))) is not None:
            yield name(m["what"], m["value"], edits[-1].value, digits)
            yield word("from the iteration on", count(m["iteration"]) == edits[-1].iteration + 1)
            yield word(m["what"], _is_called(m["what"], edits[-1].symbol, session))
        else:
            yield from unread(sentence)


def _is_called(words: str, symbol: Symbol, session: TrainingSession) -> bool:
    """Whether the words name the value: read by their numbers and nouns."""
    world, words = World(session.shape, session.values, 5), words.lower()
    if symbol.kind in ("x", "y"):
        column, example = (int(text) - 1 for text in re.findall(r"\d+", words))
        return (column, example) == (symbol.k, symbol.j) and words.startswith(
            "input" if symbol.kind == "x" else "target"
        )
    if symbol.kind == "eta":
        return words == "the learning rate"
    if symbol.k is None:
        return world.unit(words.removeprefix("the bias of ")) == (symbol.layer, symbol.j)
    source, target = words.removeprefix("the weight from ").split(" to ")
    return (*world.unit(source), *world.unit(target)) == (symbol.layer - 1, symbol.k, symbol.layer, symbol.j)


_MADE = wording(r"<count:C> updates? made")
_BY_NOW = wording(r"The loss of this batch is <loss:N>")


def claims_of_training(text: str, session: TrainingSession, digits: int) -> Iterator[Claim]:
    """How many updates were made, and the loss by now."""
    it = session.current
    for sentence in split(text):
        if (m := _MADE.fullmatch(sentence[0].lower() + sentence[1:])) is not None:
            yield word(sentence, count(m["count"]) == session.updates)
        elif (m := _BY_NOW.fullmatch(sentence)) is not None:
            yield name("loss", m["loss"], it.loss_after if session.finished else it.loss, digits)
        else:
            yield from unread(sentence)


# Pictures -------------------------------------------------------------------------------------------------------------

_AT = wording(r"At <w:N> the mean loss of this batch is <loss:N>")
_SLOPE = wording(
    r"The slope here is <slope:N>: (?:to the right the loss (?P<way>grows|falls)|(?P<level>a small move .+))"
)
_SECANT = wording(r"The secant of the numerical check, <step:N> to either side, has the slope <slope:N>")
_MOVES = wording(
    rf"The update moves it by (?P<by>{SIGNED}), from <before:N> to <after:N>|The update leaves it at <same:N>"
)
_ALONE = wording(rf"Alone, that changes the loss by (?P<change>{SIGNED})")


def claims_of_slope(text: str, session: TrainingSession, symbol: Symbol, digits: int) -> Iterator[Claim]:
    """What the picture of the loss over one parameter says; what the numerical check adds is read elsewhere."""
    w = session.values[symbol]
    gradient, after = (session.values[symbol._replace(kind=f"{of}{symbol.kind}")] for of in ("d", "new_"))
    for sentence in split(text):
        if (m := _AT.fullmatch(sentence)) is not None:
            yield name("value", m["w"], w, digits)
            if session.setup.decimals is None:
                yield Claim("name", sentence, read(m["loss"], digits), _near(session.current.loss))
        elif (m := _SLOPE.fullmatch(sentence)) is not None:
            yield name("slope", m["slope"], gradient, digits)
            yield word(sentence, {"grows": 1, "falls": -1, None: 0}[m["way"]] == (gradient > 0) - (gradient < 0))
        elif (m := _MOVES.fullmatch(sentence)) is not None:
            if m["same"]:
                yield name("stays", m["same"], w, digits)
                continue
            yield name("before", m["before"], w, digits)
            yield name("after", m["after"], after, digits)
            yield name("by", m["by"], after - w, digits)
            yield Claim("sum", sentence, read(m["before"], digits) + read(m["by"], digits), read(m["after"], digits))
        elif (m := _SECANT.fullmatch(sentence)) is not None:
            step = read(m["step"], digits)
            run, middle = 2 * step.high, (step.low + step.high) / 2
            rise = _loss_at(session, symbol, w + middle) - _loss_at(session, symbol, w - middle)
            slope = _roughly(rise / (2 * middle), 1e-10 / run + 0.02 * abs(rise / run))
            yield Claim("rule", sentence, slope, read(m["slope"], digits))
        elif (m := _ALONE.fullmatch(sentence)) is not None:
            change = _loss_at(session, symbol, after) - _loss_at(session, symbol, w)
            yield Claim("rule", sentence, _roughly(change, 1e-12 + 1e-6 * abs(change)), read(m["change"], digits))
        else:
            yield from unread(sentence)


def _loss_at(session: TrainingSession, symbol: Symbol, value: float) -> float:
    """The mean loss of the batch where one parameter has another value, without rounding."""
    it = session.current
    pairs = [(layer.W.copy(), layer.b.copy()) for layer in it.before.layers]
    W, b = pairs[symbol.layer - 1]
    if symbol.k is None:
        b[symbol.j] = value
    else:
        W[symbol.j, symbol.k] = value
    return mean_loss(replace(it.method, decimals=None), it.before.with_parameters(pairs), it.X, it.Y)


def _roughly(x: float, within: float) -> Range:
    return Range(x - within, x + within)


def _near(x: float) -> Range:
    return Range(x - 1e-9 * abs(x) - 1e-12, x + 1e-9 * abs(x) + 1e-12)


_WAY = wording(r"From the output to layer 1 the size of the weights' gradients goes from <last:N> to <first:N>")
_EACH = wording(
    r"(?:Each layer|The way through one layer) "
    r"(?:makes it about <times:N> times as large|passes on (?P<share>.+), on average <exact:N>)"
)
_SIZE = wording(r"The weights' gradients have the size <first:N>")
_NOTHING = wording(r"Nothing comes through to layer (?P<layer>\d+): no parameter there or before it will change")
_CARRIES = "What carries only zeros has the gradient 0; the biases carry 1, and have one"


def claims_of_flow(text: str, sizes: Array, digits: int) -> Iterator[Claim]:
    """What becomes of gradients on their way back; `sizes` (L, 2), of weights and biases by layer."""
    first, last, steps = float(sizes[0, 0]), float(sizes[-1, 0]), len(sizes) - 1
    for sentence in split(text):
        if (m := _WAY.fullmatch(sentence)) is not None:
            yield name("last", m["last"], last, digits)
            yield name("first", m["first"], first, digits)
        elif (m := _SIZE.fullmatch(sentence)) is not None:
            yield name("size", m["first"], first, digits)
        elif (m := _EACH.fullmatch(sentence)) is not None:
            each = (first / last) ** (1 / steps)
            about = read(m["times"] or m["exact"], 2)
            yield Claim("rule", sentence, Range(each * 0.949, each * 1.051), about)  # two digits
            if m["share"] and m["share"].removeprefix("about ") in FRACTIONS:
                yield word(sentence, names_share(m["share"].removeprefix("about "), exactly(each)))
        elif (m := _NOTHING.fullmatch(sentence)) is not None:
            layer = int(m["layer"])
            yield word(sentence, not sizes[layer - 1].any() and (layer == len(sizes) or bool(sizes[layer].any())))
        elif sentence == _CARRIES:
            yield word(sentence, not (first and last))
        else:
            yield from unread(sentence)
