# SPDX-License-Identifier: MulanPSL-2.0
"""与户主关系: what becomes of everybody's relation when another member becomes the head, where it can be told at all."""

from linli.elements.registers.codes import HEAD

SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, GRANDPARENT, SIBLING, OTHER = "1", "2", "3", "4", "5", "6", "7", "8"
"""Groups of GB/T 4761: 2 and 3 hold sons- and daughters-in-law, 5 and 6 those of the spouse, 7 in-laws of brothers and sisters."""
CHILDREN = (SON, DAUGHTER)

AFTER: dict[str, dict[str, str]] = {
    SPOUSE: {HEAD: SPOUSE, SON: SON, DAUGHTER: DAUGHTER, GRANDCHILD: GRANDCHILD, PARENT: PARENT, GRANDPARENT: GRANDPARENT},
    SON: {HEAD: PARENT, SPOUSE: PARENT, SON: SIBLING, DAUGHTER: SIBLING, PARENT: GRANDPARENT},
    DAUGHTER: {HEAD: PARENT, SPOUSE: PARENT, SON: SIBLING, DAUGHTER: SIBLING, PARENT: GRANDPARENT},
    GRANDCHILD: {HEAD: GRANDPARENT, SPOUSE: GRANDPARENT},
    PARENT: {HEAD: "child", SPOUSE: "child", SIBLING: "child", SON: GRANDCHILD, DAUGHTER: GRANDCHILD},
    GRANDPARENT: {HEAD: GRANDCHILD, SPOUSE: GRANDCHILD, SIBLING: GRANDCHILD},
    SIBLING: {HEAD: SIBLING, SPOUSE: SIBLING, SIBLING: SIBLING, PARENT: PARENT, GRANDPARENT: GRANDPARENT},
}
"""The new head's relation to the old one, then a member's: what the member is to the new head. What is not here cannot be told and has to be asked."""


def relation_after(chosen: str, member: str, sex: str) -> str | None:
    """What a member is to the new head; None when it cannot be told from what is known (a grandchild may be a child or a nephew).

    `chosen` and `member` are relations to the old head, `sex` is the member's (GB/T 2261.1).
    """
    found = AFTER.get(chosen, {}).get(member)
    if found == "child":
        return {"1": SON, "2": DAUGHTER}.get(sex)
    return found
