"""What the repository may hold: our own work, locked by hash, without the address of a registry or a machine."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
FRONT_END_LOCK = json.loads((ROOT / "package-lock.json").read_text())
PLANNED = {
    *("app", "static", "templates", "tests", "pyproject.toml", "Dockerfile", "README.md", "LICENSE"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "hatch_build.py", "package.json", "package-lock.json"),
    *("requirements.lock", "requirements-dev.lock", "requirements-build.lock", "requirements-node.lock"),
    *("requirements-audit.lock", "deploy", "SECURITY.md"),
    *("docs", ".ci", ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", ".npmrc"),
}
# Each is cut by a bar, so that this file does not hold what it looks for.
CUT_REGISTRIES = ("py|pi.org", "python|hosted.org", "regis|try.npm", "npm|js.org", "deb.deb|ian.org")
CUT_MACHINE_PATHS = ("/ro|ot/", "/ho|me/", "/Us|ers/", "/wo|rk/", "/tm|p/", "file:|//", "/opt/|wheels")


def whole(cut: tuple[str, ...]) -> list[str]:
    return [text.replace("|", "") for text in cut]


def our_files() -> list[str]:
    """Each file that is tracked or would be by `git add .`, relative to the top."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@pytest.mark.parametrize("address", whole(CUT_REGISTRIES + CUT_MACHINE_PATHS))
def test_no_file_holds_an_address_of_a_registry_or_a_machine(address: str) -> None:
    assert [name for name in our_files() if address.encode() in (ROOT / name).read_bytes()] == []


def test_the_top_level_holds_the_planned_names_only() -> None:
    assert {Path(name).parts[0] for name in our_files()} - PLANNED == set()


def test_nothing_third_party_is_committed() -> None:
    foreign = re.compile(r"(^|/)(vendor|node_modules|\.venv)/|\.(woff2?|ttf|otf|whl)$|\.min\.(js|css)$")
    assert [name for name in our_files() if foreign.search(name)] == []


def test_the_front_end_lock_has_a_hash_for_each_package_and_no_address() -> None:
    packages = {name: entry for name, entry in FRONT_END_LOCK["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().split()


def test_each_front_end_package_is_pinned_to_one_version() -> None:
    manifest = json.loads((ROOT / "package.json").read_text())
    versions = {**manifest["dependencies"], **manifest["devDependencies"]}
    assert versions["htmx.org"] == "4.0.1"
    assert [version for version in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_a_hash_for_each_requirement_and_no_option(name: str) -> None:
    text = re.sub(r"\\\n", " ", (ROOT / name).read_text())
    requirements = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert requirements
    without_hash = [line for line in requirements if not re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:", line)]
    assert without_hash == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-build.lock": project["build-system"]["requires"],
        "requirements-node.lock": project["dependency-groups"]["node"],
    }
    for lock, requirements in wanted.items():
        locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        assert {re.split(r"[\[<>=]", requirement)[0] for requirement in requirements} <= locked


def test_the_locks_agree_with_each_other() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for package, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def final_stage() -> str:
    """The instructions of the image that runs, one a line."""
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert len(stages) > 2, "the image is built in several stages"
    return re.sub(r"\\\n\s*", "", stages[-1])


def test_the_image_runs_without_root() -> None:
    users = re.findall(r"^USER (\d+)", final_stage(), re.MULTILINE)
    assert users == ["10001"]


def test_the_image_says_where_it_listens_what_it_keeps_and_whether_it_is_well() -> None:
    stage = final_stage()
    assert re.search(r"^EXPOSE 8000$", stage, re.MULTILINE)
    assert re.search(r"^VOLUME /data$", stage, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*python.*/healthz", stage, re.MULTILINE)
    assert '"--host", "0.0.0.0"' in stage


def test_the_image_holds_no_tools() -> None:
    assert re.findall(r"apt-get|apk|npm|node|gcc|curl|wget|pip install", final_stage()) == []
