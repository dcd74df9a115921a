"""The pages' files are found inside an installed package and beside it in a checkout."""

from pathlib import Path

from app.settings import STATIC, TEMPLATES, folder


def test_an_installed_package_brings_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "app" / "static").mkdir(parents=True)
    (tmp_path / "static").mkdir()
    assert folder("static", tmp_path / "app") == tmp_path / "app" / "static"


def test_a_checkout_keeps_the_folder_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    assert folder("static", tmp_path / "app") == tmp_path / "static"


def test_the_program_finds_its_pages_and_its_assets() -> None:
    assert (TEMPLATES / "base.html").is_file()
    assert (STATIC / "vendor" / "htmx.min.js").is_file()
