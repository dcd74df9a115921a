"""A drawing as a file that needs nothing else: it wears the rules that meet it, with their colours put in.

Programs that show drawings know neither variables nor what a page around them says: each rule has plain values, and
what only counts under the pointer, in a window of some width or for one kind of reader is left out.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape

from app.engine.network.errors import UnknownNameError

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PAIR = re.compile(r"(--[\w-]+):\s*var\(--light, ([^;]+?)\) var\(--dark, ([^;]+?)\);")
NAMED = re.compile(r"(--[\w-]+):\s*([^;{}]+);")
USED = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]*(?:\([^()]*\))?[^()]*))?\)")
NEITHER = re.compile(r":not\([^()]*\)")
CLASSES, IDS, TAGS = re.compile(r"\.([\w-]+)"), re.compile(r"#([\w-]+)"), re.compile(r"(?:^|[\s>+~(,])([a-z][a-z0-9]*)")
ANY_OF = re.compile(r":is\(([^()]*)\)")
UNKNOWN = (
    "color-mix(",
    "light-dark(",
    "calc(",
    "clamp(",
)  # to many programs: a plain value stands before
ALONE = "svg{font-family:Inter,Arial,Helvetica,sans-serif;font-size:13px}"
VIEW_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)"')
THEMES = ("light", "dark")
SYSTEM = (  # as in tokens.css: of the two one is empty, and the other unset
    ":root{color-scheme:light dark;--light:initial;--dark: }"
    "@media screen and (prefers-color-scheme:dark){:root{--light: ;--dark:initial}}"
)


def theme_of(query: Mapping[str, str]) -> str:
    """The theme that a query asks for. UnknownNameError where there is none of this name."""
    theme = query.get("theme", THEMES[0])
    if theme not in THEMES:
        raise UnknownNameError("theme", THEMES)
    return theme


def standalone(drawn: str, rules: str, theme: str, words: str = "") -> str:
    """The drawing, an <svg> element, as a file in one of the themes; `rules` are the style sheets that may meet it, and
    `words` describe it.
    """
    worn = worn_by(drawn, rules, theme)
    ground = _values(rules, theme)["--card"]
    opening, _, rest = drawn.partition(">")
    root = opening.replace("<svg", f'<svg xmlns="http://www.w3.org/2000/svg"{_size(opening)}', 1)
    style = f"{ALONE}svg{{background:{ground}}}{worn}".replace("&", "&amp;").replace("<", "&lt;")
    told = f"<desc>{escape(words)}</desc>" if words else ""
    return f"{root}><style>{style}</style>{told}{rest}\n"


def worn_by(drawn: str, rules: str, theme: str) -> str:
    """The rules that meet something in this markup, with the values that variables have in a theme."""
    plain = COMMENT.sub("", rules)
    return "".join(_worn(plain, drawn, _values(plain, theme)))


def worn_in_both(drawn: str, rules: str, own: str) -> str:
    """The style of a page by itself that follows its reader's system: its own rules, and those that meet this markup;
    their colours stay variables, light or dark.
    """
    plain = COMMENT.sub("", rules)
    pairs = {name: f"{name}:var(--light,{light}) var(--dark,{dark})" for name, light, dark in PAIR.findall(plain)}
    known = {**_values(plain, THEMES[0]), **{name: f"var({name})" for name in pairs}}
    style = own + "".join(_worn(plain, drawn, known))
    used = dict.fromkeys(name for name, _ in USED.findall(style))
    return f"{SYSTEM}:root{{{';'.join(pairs[name] for name in used)}}}{style}"


def _size(opening: str) -> str:
    """The size of the drawing, in pixels: its own units."""
    box = VIEW_BOX.search(opening)
    return f' width="{box[1]}" height="{box[2]}"' if box else ""


def _values(rules: str, theme: str) -> Mapping[str, str]:
    """What every variable stands for in a theme: colours as the tokens have them, all else as it is first set."""
    found: dict[str, str] = {}
    for name, value in NAMED.findall(PAIR.sub("", rules)):
        found.setdefault(name, value.strip())
    return found | {name: (light, dark)[THEMES.index(theme)] for name, light, dark in PAIR.findall(rules)}


def _worn(rules: str, drawn: str, known: Mapping[str, str]) -> Iterator[str]:
    """The rules that meet something in the drawing."""
    classes = {name for text in re.findall(r'class="([^"]*)"', drawn) for name in text.split()}
    ids, tags = set(re.findall(r'\sid="([^"]*)"', drawn)), set(re.findall(r"<([a-z]+)", drawn))
    for selectors, declarations in RULE.findall(_outermost(rules)):
        met = [one.strip() for one in _listed(selectors) if _meets(one.strip(), classes, ids, tags)]
        said = [line for line in map(str.strip, declarations.split(";")) if line and not line.startswith("--")]
        put_in = [_put_in(line, known) for line in said]
        kept = [line for line in put_in if line and not any(one in line for one in UNKNOWN)]
        if met and kept:
            yield f"{','.join(met)}{{{';'.join(kept)}}}"


def _outermost(rules: str) -> str:
    """The rules without those that only count somewhere: in @media, @container, @supports ..."""
    found, depth, start = [], 0, 0
    for match in re.finditer(r"@[^{};]+\{|\{|\}", rules):
        mark = match[0]
        if depth == 0 and mark.startswith("@"):
            found.append(rules[start : match.start()])
            depth = 1
        elif depth:
            depth += -1 if mark == "}" else 1
            start = match.end()
    return "".join([*found, rules[start:]]) if depth == 0 else "".join(found)


def _listed(selectors: str) -> Iterator[str]:
    """The selectors of a list, each with its own brackets whole."""
    yield from re.split(r",(?![^()]*\))", selectors)


def _meets(selector: str, classes: set[str], ids: set[str], tags: set[str]) -> bool:
    """Whether everything that a selector names is in the drawing."""
    bare = NEITHER.sub("", selector)
    for options in ANY_OF.findall(bare):
        if not any(_meets(option.strip(), classes, ids, tags) for option in options.split(",")):
            return False
    bare = ANY_OF.sub("", bare)
    if not bare.strip() and bare != selector:
        return True
    if ":" in bare or "@" in bare or "[" in bare or "*" in bare:
        return False
    named = set(CLASSES.findall(bare)) <= classes and set(IDS.findall(bare)) <= ids
    return named and set(TAGS.findall(re.sub(r"[.#][\w-]+", "", f" {bare}"))) <= tags and bool(bare.strip())


def _put_in(declaration: str, known: Mapping[str, str]) -> str:
    """The declaration with values in the place of variables, but for those that stand for themselves; empty where one
    stands for nothing.
    """
    lost = False

    def value(match: re.Match[str]) -> str:
        nonlocal lost
        found = known.get(match[1], match[2] or "")
        lost |= not found
        return found if found == match[0] else _put_in(found, known)

    put = USED.sub(value, declaration)
    return "" if lost else put
