# SPDX-License-Identifier: MulanPSL-2.0
"""The house's rules that a linter does not know: read from the source itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "linli"
FLOORS = {"core": 1, "ui": 1, "elements": 2, "matters": 3, "ledgers": 3, "measures": 3, "meetings": 4, "services": 4, "titles": 4, "doors": 5,
          "practice": 6, "desk": 6, "pocket": 6, "website": 6, "api": 6, "config": 7}
HTTP = ("django.http", "django.shortcuts", "django.views", "ninja", "django.template")
FORBIDDEN_NAMES = re.compile(r"^(utils?|helpers?|services|mixins|managers?|misc|common)$")
MOST_LINES, MOST_FUNCTION = 400, 60


def modules() -> list[Path]:
    return sorted(path for path in SRC.rglob("*.py") if "migrations" not in path.parts)


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0]


@cache
def imports(tree: ast.Module) -> tuple[str, ...]:
    return tuple(_imports(tree))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in modules())


def test_imports_go_down_only_and_neighbours_do_not_know_each_other() -> None:
    wrong = []
    for path, tree in trees():
        room = room_of(path)
        if room not in FLOORS:
            continue
        for name in imports(tree):
            other = name.split(".")[1] if name.startswith("linli.") and name.count(".") else ""
            allowed = other in ("", room) or FLOORS.get(other, 0) < FLOORS[room] or (room, other) == ("ui", "core")
            if not allowed:
                wrong.append(f"{path.relative_to(SRC)} imports {name}")

    assert wrong == []


def test_chapters_of_practice_do_not_know_each_other() -> None:
    chapters = {path.name for path in (SRC / "practice").iterdir() if path.is_dir()}
    wrong = [f"{path.relative_to(SRC)} imports {name}" for path, tree in trees() if room_of(path) == "practice" for name in imports(tree)
             if name.startswith("linli.practice.") and name.split(".")[2] in chapters - {path.relative_to(SRC).parts[1]}]

    assert wrong == []


def test_nothing_of_screens_lies_below_the_doors() -> None:
    wrong = [f"{path.relative_to(SRC)} imports {name}" for path, tree in trees() if room_of(path) in ("core", "elements", "matters", "ledgers", "measures", "titles")
             for name in imports(tree) if name.startswith(HTTP)]

    assert wrong == []


def test_only_the_registry_imports_by_name() -> None:
    wrong = [f"{path.relative_to(SRC)} imports {name}" for path, tree in trees() for name in imports(tree)
             if name.split(".")[0] in ("importlib", "pkgutil") and path.relative_to(SRC).as_posix() != "core/registry.py"]

    assert wrong == []


def test_no_engine_names_a_kind() -> None:
    from linli.matters.kinds import all_kinds

    names = {kind.name for kind in all_kinds()}
    wrong = [f"{path.relative_to(SRC)} says {node.value!r}" for path, tree in trees()
             if room_of(path) in ("core", "elements", "matters", "ledgers", "measures", "titles", "doors", "api", "desk", "website")
             for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in names]

    assert wrong == []


def test_models_signals_are_not_used() -> None:
    wrong = [str(path.relative_to(SRC)) for path, tree in trees() for name in imports(tree) if name.startswith("django.db.models.signals")]

    assert wrong == []


def test_faces_read_through_sights_only() -> None:
    bare = re.compile(r"\.objects\.(?!visible_to|within)(all|filter|get|exclude|values|values_list|first|order_by|count)\b")
    wrong = [f"{path.relative_to(SRC)}: {line.strip()}" for path in modules() if room_of(path) in ("desk", "website", "api", "pocket")
             and "management" not in path.parts for line in path.read_text(encoding="utf-8").splitlines() if bare.search(line)]

    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SRC).as_posix())
def test_a_module_is_short_named_well_and_says_what_is_behind_its_door(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    long = [f"{node.name} has {node.end_lineno - node.lineno + 1} lines" for node in ast.walk(tree)  # type: ignore[operator]
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > MOST_FUNCTION]  # type: ignore[operator]

    assert text.startswith("# SPDX-License-Identifier: MulanPSL-2.0\n")
    assert ast.get_docstring(tree)
    assert len(text.splitlines()) <= MOST_LINES
    assert not FORBIDDEN_NAMES.match(path.stem)
    assert long == []
