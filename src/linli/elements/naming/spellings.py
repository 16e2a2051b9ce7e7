# SPDX-License-Identifier: MulanPSL-2.0
"""How names of places are printed by others: the one form in which two spellings of one name are equal, and only those."""

import re
import unicodedata

from linli.elements.names import SUFFIXES

COMMITTEES = (*(suffix for suffix in SUFFIXES["community"] if suffix not in ("虚拟生活区", "虚拟社区", "生活区", "社区")), "委员会")
"""Words for the committee behind the name, longest first; 社区 and 村 belong to the name and are looked at by themselves."""
VILLAGE, COMMUNITY = "村", "社区"
STREETS = ("街道办事处", "镇人民政府", "乡人民政府", "街办事处", "街道办", "街道", "地区", "街", "镇", "乡")
DISTRICTS = ("人民政府", "新区", "区", "县", "市", "旗")
ESTATES = ("住宅小区", "小区", "家园", "花园", "新村", "公寓")
"""Words that one office prints and another leaves out (our choice). 里, 苑, 园 and the like tell neighbours apart and stay."""
SIGNS = re.compile(r"[\s·•‧・,，.。、;；:：'\"“”‘’《》<>〈〉\-—_/]+")
REMARK = re.compile(r"\((?:原|旧|曾|又名|又称|俗称|即|含)[^()]*\)")
KIND_REMARK = re.compile(r"\((?:村|社区|居委会|村委会)\)$")
SPELLED = re.compile(r"\((?P<parts>[^()]{2})\)")
"""A rare character written by its two halves: 小(氵甸)."""
UNIT = re.compile(r"农工商联合公司\(村委会\)$")


def plain(text: str) -> str:
    """The text with common signs for full-width ones, without blanks, quotation marks and dots; remarks (原某某) left out."""
    found = SIGNS.sub("", unicodedata.normalize("NFKC", text).replace("〔", "(").replace("〕", ")").replace("【", "(").replace("】", ")"))
    return REMARK.sub("", found)


def _without(text: str, endings: tuple[str, ...], least: int = 1) -> str:
    for ending in endings:
        if text.endswith(ending) and len(text) - len(ending) >= least:
            return text[: -len(ending)]
    return text


def body(text: str) -> str:
    """A community's name without the word for its committee: 付村村委会 is 付村, 白庙村农工商联合公司（村委会） is 白庙村, 香邑花园社区居委会 is 香邑花园."""
    found = UNIT.sub("", plain(text))
    found = KIND_REMARK.sub("", found) or found
    shorter = _without(found, COMMITTEES)
    if shorter != found and found[len(shorter):].startswith(VILLAGE) and not shorter.endswith(VILLAGE):
        return f"{shorter}{VILLAGE}"
    return _without(shorter, (COMMUNITY,)) if shorter.endswith(COMMUNITY) else shorter


def core(text: str) -> str:
    """The body without 村 at its end: 黄房子村, 黄房子村委会 and 黄房子 are one."""
    return _without(body(text), (VILLAGE,))


def bare(text: str) -> str:
    """The core without a word for the kind of estate: 万盈家园 is 万盈. Two characters stay at least."""
    found = body(text)
    return _without(_without(found, ESTATES, least=2), (VILLAGE,), least=2)


def kind_of(text: str) -> str:
    """What the printed word says of the kind: `village`, `community`, or nothing."""
    found = plain(text)
    if re.search(r"(?:村|村民?委员?会|村委会)(?:\))?$", found) and not found.endswith(("新村", "社区")):
        return "village"
    return "community" if "社区" in found or "居委" in found or "居民委" in found else ""


def has_ending(text: str) -> bool:
    """Whether the text ends in a word for a community or a village; a name without one may have been cut off in print."""
    found = plain(text)
    return found.endswith((VILLAGE, COMMUNITY, *COMMITTEES, "委员会"))


def street(text: str) -> str:
    """A street's or town's name without the word for it: 万新街, 万新街道 and 万新街道办事处 are one."""
    return _without(plain(text), STREETS, least=2)


def district(text: str) -> str:
    """A district's name without the word for it: 河东 and 河东区 are one."""
    return _without(plain(text), DISTRICTS, least=1)


def is_rare(sign: str) -> bool:
    """Whether a character is in no common set (GB 2312), so that somebody may have had to spell it by its parts."""
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def pattern(text: str) -> re.Pattern[str] | None:
    """A pattern for a core in which a rare character is spelled by its parts, with one character in its place; None where none is."""
    if not SPELLED.search(text):
        return None
    pieces, at = [], 0
    for found in SPELLED.finditer(text):
        pieces += [re.escape(text[at:found.start()]), f"(.|{re.escape(found['parts'])})"]
        at = found.end()
    return re.compile("".join([*pieces, re.escape(text[at:])]))


def is_near(one: str, other: str) -> bool:
    """Whether two names differ by one character only (one other, one more, one less): alike to the eye, but not the same."""
    if one == other or not one or not other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:at] + longer[at + 1:] == shorter for at in range(len(longer)))
