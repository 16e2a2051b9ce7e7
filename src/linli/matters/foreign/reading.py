# SPDX-License-Identifier: MulanPSL-2.0
"""Reading GeoReport v2 requests from JSON or XML, whoever wrote them: no document type, no entities, bounded depth and size."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.parsers import expat

from linli.core.words import Words, words

MOST_BYTES = 20_000_000
"""Bytes of one file (our choice: 10,000 requests with their notes take about 15; the worker opens it to about 150 MB)."""
MOST_REQUESTS = 20_000
DEEPEST = 30
ROWS, ROW, NOTES, NOTE = "service_requests", "request", "notes", "note"

TOO_LARGE = words("文件超过 {most} MB，没有收下。请分成几份导入。", "The file has more than {most} MB and was not taken. Import it in parts.")
TOO_MANY = words("一次最多导入 {most} 件，文件里有 {count} 件。请分成几份。", "At most {most} requests at a time; the file has {count}. Split it.")
NOT_UTF8 = words("文件不是 UTF-8 编码。请另存为 UTF-8 后再导入。", "The file is not UTF-8. Save it as UTF-8 and import it again.")
NOT_READABLE = words("文件既不是可读的 JSON，也不是可读的 XML（第 {line} 行附近）。", "The file is neither readable JSON nor readable XML (near line {line}).")
DOCTYPE = words("XML 里不能有 DOCTYPE 或实体声明。请去掉后再导入。", "The XML must not declare a DOCTYPE or entities. Take them out and import it again.")
TOO_DEEP = words("文件嵌套太深，不像 GeoReport 的请求列表。", "The file is nested too deeply to be a list of GeoReport requests.")
NO_LIST = words("文件里没有 GeoReport 的请求列表（JSON 数组，或 XML 的 service_requests）。",
                "The file holds no list of GeoReport requests (a JSON array, or service_requests in XML).")
EMPTY = words("文件是空的。", "The file is empty.")


class Unreadable(Exception):
    """The whole file cannot be taken; `sentence` says why."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def requests_in(content: bytes) -> list[Mapping[str, Any]]:
    """The requests of a file, in its order, as they stand there. Unreadable with a sentence."""
    if len(content) > MOST_BYTES:
        raise Unreadable(TOO_LARGE.format(most=MOST_BYTES // 1_000_000))
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        raise Unreadable(EMPTY)
    found = _of_xml(content) if start == b"<" else _of_json(content)
    if len(found) > MOST_REQUESTS:
        raise Unreadable(TOO_MANY.format(most=f"{MOST_REQUESTS:,}", count=f"{len(found):,}"))
    return found


def _of_json(content: bytes) -> list[Mapping[str, Any]]:
    try:
        tree = json.loads(content.decode("utf-8-sig"), parse_constant=lambda _: None)
    except UnicodeDecodeError:
        raise Unreadable(NOT_UTF8) from None
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except ValueError as error:
        raise Unreadable(NOT_READABLE.format(line=getattr(error, "lineno", 1))) from None
    if isinstance(tree, Mapping):
        inner = tree.get(ROWS, tree.get("requests"))
        tree = inner.get(ROW) if isinstance(inner, Mapping) else inner
    if not isinstance(tree, list):
        raise Unreadable(NO_LIST)
    return [one if isinstance(one, Mapping) else {} for one in tree]


def _of_xml(content: bytes) -> list[Mapping[str, Any]]:
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = reader.begin, reader.end, reader.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        is_encoding = error.code in (expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING], expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING])
        raise Unreadable(NOT_UTF8 if is_encoding else NOT_READABLE.format(line=error.lineno)) from None
    except ValueError:
        raise Unreadable(NOT_UTF8) from None
    if reader.root != ROWS:
        raise Unreadable(NO_LIST)
    return reader.found


def _refuse(*_: Any) -> int:
    raise Unreadable(DOCTYPE)


class _Reader:
    """Turns the tree into what JSON would have been: elements with children into mappings, repeated ones into lists, the rest into text."""

    def __init__(self) -> None:
        self.root = ""
        self.found: list[Mapping[str, Any]] = []
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.root = self.root or name
        if len(self._open) >= DEEPEST:
            raise Unreadable(TOO_DEEP)
        self._open.append((name, {}, []))

    def text(self, given: str) -> None:
        """Words inside the present element."""
        self._open[-1][2].append(given)

    def end(self, _name: str) -> None:
        """An element ends: a request is done, anything else goes into what is around it."""
        name, children, text = self._open.pop()
        value: Any = children or "".join(text).strip() or None
        if len(self._open) == 1 and name == ROW:
            self.found.append(children)
        elif len(self._open) > 1:
            _add(self._open[-1][1], name, value)


def _add(around: dict[str, Any], name: str, value: Any) -> None:
    if name == NOTES and isinstance(value, Mapping):
        value = value.get(NOTE, [])
        value = value if isinstance(value, list) else [value]
    if name not in around:
        around[name] = value
        return
    held = around[name]
    if isinstance(held, list):
        held.append(value)
    else:
        around[name] = [held, value]


def notes_of(request: Mapping[str, Any]) -> Sequence[Any]:
    """The notes of a request wherever they stand: on their own, or among the extended attributes."""
    extended = request.get("extended_attributes")
    found = request.get(NOTES) or (extended.get(NOTES) if isinstance(extended, Mapping) else None) or []
    return found if isinstance(found, list) else [found]
