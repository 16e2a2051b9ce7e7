# SPDX-License-Identifier: MulanPSL-2.0
"""Static files: the few files we need of each front-end library, and a storage with names that never change meaning."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import normpath
from re import Match
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PREFIX = "lib"
IMPORT = re.compile(r'@import url\("((?:\.\./[a-z]+/)?[a-z0-9_-]+\.css)"\);')
ABSENT = "absent"
"""Stands in the address of a library that is not installed; the page then works without it."""


@dataclass(frozen=True)
class Library:
    """A package of node_modules: our short name, its own name, and the files below its `dist` that we serve."""

    name: str
    package: str
    files: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(settings.NODE_MODULES) / self.package / "dist"


LIBRARIES = {
    library.name: library
    for library in (
        Library("tabler", "@tabler/core", ("css/tabler.min.css", "js/tabler.min.js")),
        Library("htmx", "htmx.org", ("htmx.min.js",)),
        Library("echarts", "echarts", ("echarts.common.min.js",)),
        Library("maplibre", "maplibre-gl", ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs", "maplibre-gl.css")),
    )
}


@cache
def version_of(name: str) -> str:
    """The installed version of a library by our short name; ABSENT when it is not installed. KeyError for an unknown name."""
    described = LIBRARIES[name].folder.parent / "package.json"
    if not described.exists():
        return ABSENT
    return str(json.loads(described.read_text(encoding="utf-8"))["version"])


def path_of(name: str, file: str) -> str:
    """The static path of one file of a library: `lib/<name>/<version>/<file>`. KeyError when we do not serve that file."""
    if file not in LIBRARIES[name].files:
        raise KeyError(f"The library {name!r} serves {LIBRARIES[name].files}, not {file!r}. Add it in ui/libraries.py.")
    return f"{PREFIX}/{name}/{version_of(name)}/{file}"


class LibraryFinder(BaseFinder):
    """Finds the served files of the libraries in node_modules; a library that is missing is left out."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The file behind a static path; an empty list when it is none of ours."""
        parts = path.split("/", 3)
        library = LIBRARIES.get(parts[1]) if len(parts) == 4 and parts[0] == PREFIX else None
        if library is None or parts[2] != version_of(library.name) or parts[3] not in library.files:
            return []
        found = library.folder / parts[3]
        if not found.exists():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every served file with the storage that opens it."""
        for library in LIBRARIES.values():
            storage = FileSystemStorage(location=library.folder)
            storage.prefix = f"{PREFIX}/{library.name}/{version_of(library.name)}"  # type: ignore[attr-defined]
            for file in library.files:
                if (library.folder / file).exists() and not matches_patterns(file, list(ignore_patterns or ())):
                    yield file, storage


def _joined(name: str, paths: dict[str, Any]) -> str:
    """The source of one of our style sheets with the ones that it imports (beside it or in another room) put in, so that a page loads one file."""
    storage, path = paths[name]
    with storage.open(path) as source:
        text = source.read().decode("utf-8")
    folder = name.rpartition("/")[0]
    return IMPORT.sub(lambda found: _joined(normpath(f"{folder}/{found[1]}"), paths), text)


class ImmutableStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Names with a content hash, compressed once by collectstatic; plain names in tests, which run without it."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20
    """How deep modules may import one another; each pass settles one more step of a chain (Django's own 5 are too few for pocket)."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Put our imported style sheets into the ones that import them, then hash and compress everything."""
        joined = paths
        if not dry_run:
            own = [name for name in paths if name.endswith(".css") and not name.startswith(f"{PREFIX}/")]
            for name in own:
                Path(self.path(name)).write_text(_joined(name, paths), encoding="utf-8")
            joined = paths | {name: (self, name) for name in own}
        yield from super().post_process(joined, dry_run=dry_run, **options)

    def stored_name(self, name: str) -> str:
        """The hashed name of a file; its own name in tests."""
        return name if settings.TESTING else str(super().stored_name(name))

    def url_converter(self, name: str, hashed_files: dict[str, str], template: str | None = None) -> Callable[[Match[str]], str]:
        """Rewrite addresses inside our own style sheets and modules; a library is served as it came."""
        if name.startswith(f"{PREFIX}/"):
            return lambda found: found[0]
        converter: Callable[[Match[str]], str] = super().url_converter(name, hashed_files, template)
        return converter
