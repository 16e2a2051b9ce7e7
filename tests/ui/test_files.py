# SPDX-License-Identifier: MulanPSL-2.0
"""What travels to the browser: one small stylesheet, colours that can be read, small modules, pinned libraries."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.management import call_command

import linli.ui
from linli.ui import libraries

STATIC = Path(linli.ui.__file__).parent / "static" / "ui"
TEMPLATES = sorted(Path(linli.ui.__file__).parents[1].rglob("templates/**/*.html"))
MODULES = sorted((STATIC / "js").glob("*.js"))
MOST_BYTES = 25_000
LARGEST_MODULE = 80
AA = 4.5
PAIRS = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink", "pine-soft"), ("ink-soft", "paper"), ("ink-soft", "surface"), ("ink-soft", "sunken"),
    ("pine", "paper"), ("pine", "surface"), ("on-pine", "pine"), ("on-pine", "pine-deep"), ("pine-deep", "pine-soft"), ("good", "good-soft"),
    ("warn", "warn-soft"), ("bad", "bad-soft"), ("bad", "surface"), ("brick", "brick-soft"), ("ink", "bad-soft"), ("ink", "good-soft"),
]


def css(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[start:start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


LIGHT, DEVICE_DARK, CHOSEN_DARK = (tokens(block) for block in re.split(r"@media screen and \(prefers|:root\[data-theme=\"dark\"\]", css("tokens.css"))[:3])


@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("colours", [LIGHT, DEVICE_DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(colours: dict[str, str], text: str, ground: str) -> None:
    assert contrast(colours[text], colours[ground]) >= AA


def test_dark_by_choice_and_dark_by_device_look_the_same() -> None:
    assert CHOSEN_DARK == DEVICE_DARK


def test_the_public_stylesheet_is_small_with_all_that_it_imports() -> None:
    whole = css("public.css") + css("tokens.css") + css("parts.css")

    assert len(gzip.compress(whole.encode())) <= MOST_BYTES


def test_nothing_is_set_in_italics() -> None:
    assert "italic" not in css("parts.css") + css("public.css") + css("desk.css")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_behaviour_is_short_says_its_usage_and_never_evaluates(module: Path) -> None:
    text = module.read_text(encoding="utf-8")

    assert len(text.splitlines()) < LARGEST_MODULE
    assert text.startswith("// ")
    assert not re.search(r"\beval\(|new Function|setAttribute\(.style|\.style\.cssText", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_a_style_inside(template: Path) -> None:
    text = template.read_text(encoding="utf-8")

    assert not re.search(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))[^>]*>|<style|\sstyle=|\son[a-z]+=\"|javascript:", text)


@pytest.mark.parametrize("name", sorted(libraries.LIBRARIES))
def test_an_installed_library_is_found_under_its_version(name: str) -> None:
    library = libraries.LIBRARIES[name]
    present = [file for file in library.files if (Path(settings.NODE_MODULES) / library.package / "dist" / file).exists()]

    assert [file for file in present if not find(libraries.path_of(name, file))] == []


def test_a_file_of_a_library_that_we_do_not_serve_is_not_found() -> None:
    version = libraries.version_of("echarts")

    assert find(f"lib/echarts/{version}/echarts.js") is None
    assert find(f"lib/echarts/{version}/../package.json") is None
    assert find("lib/echarts/0.0.0/echarts.common.min.js") is None


@pytest.mark.slow
def test_all_files_are_collected_under_names_that_settle(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path

    call_command("collectstatic", interactive=False, verbosity=0)

    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    shell = (tmp_path / named["pocket/js/pocket.js"]).read_text()
    assert named["pocket/js/page.js"].removeprefix("pocket/js/") in shell
