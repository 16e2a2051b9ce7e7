# SPDX-License-Identifier: MulanPSL-2.0
"""The demonstration's routing rules: one version published by the district, a second left as a tried draft, all through the actions."""

from typing import Any

from django.conf import settings

from linli.config.demonstration import cast, seasons
from linli.config.demonstration.orders import Say
from linli.core import clock
from linli.core.actions import run
from linli.core.sight import Actor
from linli.elements.actors import actor_of_post
from linli.elements.models import Post
from linli.matters.categories import in_force
from linli.matters.routing.books import keys_of

TRY_DAYS = 90
EVERYDAY, SIX_GROUP = "gbt47678_5", "9"
BY_THEMSELVES = {"06010", "06012"}
"""Exposed rubbish and dirty roads found on patrol are filed and dispatched by themselves (our choice, so that a newcomer sees it)."""
WHY = "演示：按类别确定处置单位"
WHY_NEXT = "演示草稿：乱停放夜间改由物业先劝导（试算后再定）"
DRAFT_CODE = "09009"


def publish(say: Say) -> None:
    """Rules for the shown district, in force from now; then a draft with one difference, tried over the last days."""
    officer = _officer()
    if officer is None:
        return
    made = run("route.draft", officer, {"area": cast.SHOWN_DISTRICT, "why": WHY})
    for given in rules():
        made |= run("route.add", officer, {"route": made["route"], "version": made["version"], "area": cast.SHOWN_DISTRICT} | given)
    run("route.publish", officer, {"route": made["route"], "version": made["version"], "accept_holes": True})
    draft = run("route.copy", officer, {"route": made["route"], "why": WHY_NEXT})
    key = next((keys_of(one)[0] for one in in_force(clock.today()) if one.code == DRAFT_CODE and one.scheme.code == EVERYDAY), None)
    if key is not None:
        run("route.add", officer, {"route": draft["route"], "version": draft["version"], "what": key, "area": cast.SHOWN_DISTRICT, "time": "outside",
                                   "target": "nearest:property_firm"})
    run("route.try", officer, {"route": draft["route"], "days": TRY_DAYS})
    say("Routing rules: version 1 of the district is published, version 2 is a draft being tried.")


def _officer() -> Actor | None:
    """The district officer whose account is shown."""
    found = Post.objects.filter(account__username="district", account__is_demonstration=True, place__area=cast.SHOWN_DISTRICT).first()
    return actor_of_post(found) if found and settings.CITY == "12" else None


def rules() -> list[dict[str, Any]]:
    """One rule for each group, one for each category that differs from its group, the six problems, and a catch-all."""
    groups: dict[str, str] = {}
    single: dict[str, str] = {}
    for one in in_force(clock.today()):
        keys = keys_of(one)
        if one.scheme.code == EVERYDAY and one.group_code in seasons.UNIT_OF_GROUP:
            groups[keys[1]] = seasons.UNIT_OF_GROUP[one.group_code]
            if one.code in seasons.UNIT_OF_CODE or one.code in BY_THEMSELVES:
                single[keys[0]] = seasons.UNIT_OF_CODE.get(one.code) or seasons.UNIT_OF_GROUP[one.group_code]
        elif one.group_code == SIX_GROUP:
            groups[keys[1]] = seasons.UNIT_OF_GROUP[SIX_GROUP]
    found = [_rule("all", "utility", note="兜底：没有别的规则时")]
    found += [_rule(what, unit) for what, unit in sorted(groups.items())]
    return found + [_rule(what, unit, is_automatic=what.rsplit(":", 1)[1] in BY_THEMSELVES) for what, unit in sorted(single.items())]


def _rule(what: str, unit: str, *, is_automatic: bool = False, note: str = "") -> dict[str, Any]:
    return {"what": what, "time": "always", "target": f"nearest:{unit}", "automatic": is_automatic, "files": "patrol" if is_automatic else "hand", "note": note}
