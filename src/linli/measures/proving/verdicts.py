# SPDX-License-Identifier: MulanPSL-2.0
"""The verdict on a published file: its digest, what does not fit, and how a terminal says so."""

import argparse
import hmac
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from linli.measures.proving import recomputing
from linli.measures.proving.reading import Envelope, Said, Unreadable, digest, parts, read

BROKEN = Said("文件不完整或某处的类型不对，无法重新计算。", "The file is incomplete, or something in it is of another type, so it cannot be recomputed.")


@dataclass(frozen=True)
class Verdict:
    """What came out: the digest of the content, and a sentence for everything that is wrong (none when all is right)."""

    digest: str
    faults: tuple[Said, ...]
    communities: int = 0
    seal: str = ""
    carried: bool = False
    """True if the file carries its own digest; else only what was printed elsewhere can say whether it is the published one."""

    @property
    def is_right(self) -> bool:
        """True if nothing is wrong."""
        return not self.faults


def verdict(raw: bytes, expected: str = "") -> Verdict:
    """Check a file from itself alone; with the digest that was printed on the notice, also that it is that very publication."""
    try:
        opened = read(raw)
    except Unreadable as wrong:
        return Verdict("", (wrong.said,))
    found = digest(opened.content)
    faults = [*_digests(opened, found, expected.strip().lower())]
    try:
        faults += recomputing.check(opened.content)
        count = len(opened.content["communities"])
        seal = opened.content["journal"].get("seal") or {}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError):
        return Verdict(found, (*faults, BROKEN), carried=bool(opened.digest))
    return Verdict(found, tuple(faults), count, str(seal.get("root", "")), bool(opened.digest))


def _digests(opened: Envelope, found: str, expected: str) -> list[Said]:
    said = []
    if expected and not hmac.compare_digest(expected.encode(), found.encode()):
        said.append(Said(f"内容摘要是 {found}，与您给出的 {expected[:70]} 不同：这不是公示时的内容。",
                         f"The content's digest is {found}, not {expected[:70]} as you gave it: this is not what was published."))
    if opened.digest and opened.digest != found:
        said.append(Said("文件内容与文件里的摘要不符：发布之后被改动过。", "The content does not fit the digest in the file: it was changed after it was made."))
    if opened.parts is not None:
        now = parts(opened.content)
        said += [Said(f"被改动的部分：{name}。", f"This part was changed: {name}.") for name in sorted(set(now) | set(opened.parts)) if now.get(name) != opened.parts.get(name)]
    return said


def lines(found: Verdict) -> list[str]:
    """The verdict as lines for a terminal, Chinese and English."""
    if not found.is_right:
        said = [line for one in found.faults for line in (f"✗ {one.zh}", f"  {one.en}")]
        return [*said, f"结论：有 {len(found.faults)} 处不对，不能采信。 Verdict: {len(found.faults)} faults; do not rely on this file."]
    said = [f"内容摘要 digest (SHA-256): {found.digest}",
            f"✓ {found.communities} 个社区的得分、合计、覆盖率、必备条件和结论，都能由文件里的数字和规则重新算出。",
            f"  Points, totals, coverage, conditions and grades of {found.communities} communities follow from the counts and rules in the file."]
    if found.seal:
        said.append(f"  公示时日志封印的根 root of the journal's seal: {found.seal}")
    return [*said, "请把摘要与公示文件上印的摘要核对；相同，就是公示时的内容。",
            "Compare the digest with the one printed on the notice: when they are equal, this is what was published."]


def main(arguments: Sequence[str]) -> int:
    """`python -m linli.measures.proving FILE [--digest HEX]`: 0 when all is right, 1 when something is wrong, 2 when there is no such file."""
    asked = argparse.ArgumentParser(prog="linli verify --publication", description="Check a published file from itself alone.")
    asked.add_argument("file", type=Path)
    asked.add_argument("--digest", default="", help="the digest as it was printed on the notice")
    options = asked.parse_args(arguments)
    try:
        raw = options.file.read_bytes()
    except OSError:
        sys.stderr.write(f"读不到文件 {options.file}。 The file {options.file} cannot be read.\n")
        return 2
    found = verdict(raw, options.digest)
    sys.stdout.write("\n".join(lines(found)) + "\n")
    return 0 if found.is_right else 1
