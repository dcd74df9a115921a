"""The worked example as a script that needs NumPy alone, and asserts every number that the page has shown."""

from textwrap import fill

from app.views.take_away.worked import Block, Section, Worked, plain

CLOSE = '''\
def close(found, page, tolerance=1e-9):
    """What this script has found is what the page has shown."""
    assert np.allclose(found, page, rtol=tolerance, atol=1e-12), f"{found} is not {page}"'''


def numpy_script(worked: Worked) -> str:
    """The whole script; run, it says how many numbers were compared."""
    head = f"{comment(f'{worked.title}. {worked.facts}.')}\n{comment(ABOUT)}"
    sections = [_section(section) for section in worked.sections]
    parts = [head, opening(worked), *sections]
    count = sum(len(block.shown) for section in worked.sections for block in section.blocks)
    parts.append(f'print("{count} comparisons, all as on the page.")')
    return "\n\n\n".join(parts) + "\n"


def opening(worked: Worked) -> str:
    """What is imported, and what compares."""
    needs = any("math." in block.code for section in worked.sections for block in section.blocks)
    return ("import math\n\n" if needs else "") + f"import numpy as np\n\n\n{CLOSE}"


ABOUT = "Each line as the explorer shows it. What the page has shown is compared: close(found, page)."


def _section(section: Section) -> str:
    words = [comment(section.words)] if section.words else []
    return "\n\n".join([rule(section.title), *words, *(_block(block, section.tolerance) for block in section.blocks)])


def _block(block: Block, tolerance: float) -> str:
    words = [comment(part) for part in (block.words, block.formula) if part]
    return "\n".join([*words, block.code, *comparisons(block, tolerance)])


def comparisons(block: Block, tolerance: float) -> list[str]:
    """A line for each thing that the page has shown."""
    more = "" if tolerance == Section.tolerance else f", {tolerance:g}"
    return [f"close({found}, {page}{more})" for found, page in block.shown]


def rule(title: str) -> str:
    """The title of a section, as a comment across the page."""
    return f"# {title} ".ljust(100, "-")


def comment(words: str) -> str:
    """Words as a comment of as many lines as they need."""
    return fill(
        plain(words), 100, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )
