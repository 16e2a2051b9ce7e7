# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: committees with terms and seats, facilities with equipment, and who looks after which building, in made-up communities only."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from linli.config.demonstration.plans import Community
from linli.core import clock
from linli.core.actions import run
from linli.core.sight import Actor, looking, of_post
from linli.elements import places
from linli.elements.models import Building, Organisation
from linli.elements.registers.kinds import thing_kind

DAY = timedelta(days=1)
NAMES = ("安德宁", "白若水", "常青竹", "丁香雪", "方正圆", "高远山", "何以桥", "江上舟", "康乐年", "林间月", "米小满", "宁致远")
"""Made up from words; each page says 演示数据."""
ROOMS = ("office", "police", "reading", "work_station", "volunteers", "clinic", "affairs_board", "exercise")
"""What a made-up community has of the set of 18; the others lack, so that the page has something to say."""
GROUPS = (("槐花合唱团", "culture", "filed"), ("邻里互助队", "mutual_help", "fostered"), ("护绿志愿队", "benefit", "registered"))


def furnish(communities: Sequence[Community], of_community: Mapping[tuple[int, str], Actor], today: date) -> int:
    """What stands in each made-up community, written by its director through the actions; answers how many actions were taken."""
    done = 0
    for at, one in enumerate(found for found in communities if found.is_made_up):
        actor = of_community.get((one.area, "director")) or of_community.get((one.area, "gridworker"))
        if actor is not None and actor.may("thing.keep"):
            done += _Hand(actor, one, at, today).furnish(of_community)
    return done


class _Hand:
    """One director at work, at a fixed moment."""

    def __init__(self, actor: Actor, community: Community, at: int, today: date) -> None:
        self.actor, self.community, self.at, self.today, self.count = actor, community, at, today, 0
        self.grids = [grid for grid, *_ in community.grids]

    def do(self, action: str, **given: Any) -> dict[str, Any]:
        self.count += 1
        return run(action, self.actor, given)

    def name(self, number: int) -> str:
        return NAMES[(self.at * 5 + number) % len(NAMES)]

    def furnish(self, of_community: Mapping[tuple[int, str], Actor]) -> int:
        """Organisations where the post may keep them, facilities, areas of responsibility."""
        if self.actor.may("organisation.keep"):
            self.organise()
        self.build()
        worker = of_community.get((self.community.area, "gridworker"))
        if worker is not None and worker.post is not None and self.actor.may("responsibility.assign"):
            self.assign(worker.post)
        return self.count

    def organise(self) -> None:
        """The committee in its term, a group, and three social organisations."""
        area, since = self.community.area, date(self.today.year - 4, 4, 1)
        with looking(of_post(self.actor), read_only=True):
            committee = Organisation.objects.visible_to(self.actor).filter(area=area, kind="residents_committee").values_list("pk", flat=True).first()
        if committee is None:
            committee = self.do("organisation.add", area=area, kind="residents_committee", name=f"{self.community.short}社区居民委员会（演示）")["organisation"]
        until = self.today + 60 * DAY if self.at == 0 else since.replace(year=since.year + 5)
        self.do("term.begin", organisation=committee, number=6, chosen_by="voters", since=since, until=until)
        for number, office in enumerate(("chair", "deputy_chair", "member", "member")):
            self.do("seat.give", organisation=committee, office=office, name=self.name(number), since=since)
        group = self.do("organisation.add", area=area, kind="residents_group", name=f"{self.community.short}第一居民小组（演示）")["organisation"]
        self.do("seat.give", organisation=group, office="leader", name=self.name(5))
        for name, purpose, stage in GROUPS:
            self.do("social_organisation.add", area=area, name=f"{self.community.short}{name}（演示）", purpose=purpose, stage=stage, volunteers=12 + self.at)

    def build(self) -> None:
        """Rooms of the set, a fire station with a late and a soon-late item, a shelter that falls short, a store."""
        for number, room in enumerate(ROOMS[: len(ROOMS) - self.at]):
            self.do("service_room.add", name=self.room_name(room), room=room, opening="周一至周五 8:30—17:30", square_decimetres=f"{40 + number * 5}.50",
                    **self.spot(number))
        station = self.do("micro_fire_station.add", name=f"{self.community.short}微型消防站（演示）", around_the_clock="true", per_shift=3, **self.spot(1))["thing"]
        late = -20 if self.at == 0 else 12
        for name, unit, count, wanted, days in (("干粉灭火器", "具", 8, 10, 400), ("防毒面具", "个", 3, 3, late), ("消防水带", "盘", 5, 5, None)):
            self.do("part.add", thing=station, name=name, unit=unit, count=count, wanted=wanted, expires_on=self.today + days * DAY if days is not None else None,
                    checked_on=self.today - 9 * DAY)
        for number, office in enumerate(("leader", "member", "member", "member")):
            self.do("crew.give", thing=station, office=office, name=self.name(number + 6), since=self.today - 200 * DAY)
        park = {"class": "urgent", "square_decimetres": "1800", "exits": 2, "is_accessible": "true"}
        self.do("emergency_shelter.add", name=f"{self.community.short}口袋公园（演示）", **park, **self.spot(2))
        store = self.do("relief_store.add", name=f"{self.community.short}救灾物资点（演示）", square_decimetres="18", **self.spot(0))["thing"]
        self.do("part.propose", thing=store)

    def room_name(self, room: str) -> str:
        kind = thing_kind("service_room")
        assert kind is not None
        return f"{self.community.short}{dict(kind.options)[room].zh}（演示）"

    def spot(self, number: int) -> dict[str, Any]:
        """A grid in turn, and a position near its middle where it has one."""
        grid, lon, lat = self.community.grids[number % len(self.community.grids)]
        return {"area": grid} | ({"position": f"{(lon + number * 90) / 1e6:.6f},{(lat - number * 70) / 1e6:.6f}"} if lon and lat else {})

    def assign(self, post: int) -> None:
        """All buildings but the last for the grid worker; nothing where no building is recorded."""
        place = places.place_by_area(self.community.area)
        with looking(of_post(self.actor), read_only=True):
            found = list(Building.objects.visible_to(self.actor).within(place.lo, place.hi).filter(valid_to=None).order_by("key").values_list("pk", flat=True))
        if found:
            chosen = found[:-1] or found
            self.do("responsibility.give", area=place.area, buildings=chosen, post=post, since=clock.today())
