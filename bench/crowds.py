# SPDX-License-Identifier: MulanPSL-2.0
"""A crowd for the search to look through: residents with homes, units, things and matters, made by SQL from a seed; nobody is meant by any of them."""

import random
import time
from collections.abc import Mapping

from django.db import connection, models
from pypinyin import lazy_pinyin

from linli.elements.models import Building, Dwelling, Household, Membership, Organisation, Person, Place, PlaceName, Residence, Thing
from linli.matters.models import Category, Matter

SEED = 32
SURNAMES = ("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
            "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤")
GIVEN = ("秀兰英华丽敏静芳娟艳玉萍红霞桂珍凤琴梅莲淑云洁雪琳燕玲霖伟强磊军洋勇杰涛明超刚平辉健俊峰建国志文海波斌飞鹏宇浩凯林鑫龙晨辰思雨欣怡子涵梓萱"
         "一诺浩然天佑春生福贵德义仁礼信忠孝廉耻光荣庆祥瑞和顺安康宁泰兴旺发达永昌茂盛荣富宏图大展金银铜铁山川江河湖东南西北中元亨利贞乾坤松竹柏杨柳槐榆")
ESTATES, ENDINGS = "槐柳安宁康平阳光春和惠兰桂花新华富民龙凤天地长江黄河海河子牙", ("里", "园", "花园", "公寓", "家园", "新村")
PEOPLE_A_HOME, HOMES_A_BUILDING = 26, 40
"""People of ten homes; homes of a building."""
WORDS = "井盖破损垃圾堆放路灯不亮楼道杂物下水堵塞噪音扰民违规停车小广告绿化缺失健身器材损坏道路坑洼自来水漏水电线裸露私搭乱建犬只粪便占用消防通道"


def columns(model: type[models.Model], given: Mapping[str, str]) -> tuple[str, str]:
    """The columns and expressions of an insert: what is given, and the declared default of whatever must not be empty."""
    found = dict(given)
    for one in model._meta.concrete_fields:
        if one.column in found or one.primary_key or one.generated:
            continue
        if one.null or one.has_db_default():
            continue
        value = one.get_default()
        found[str(one.column)] = "'{}'::jsonb" if value == {} else "false" if value is False else "''" if value in ("", None) else repr(value)
    return ", ".join(f'"{name}"' for name in found), ", ".join(found.values())


def insert(model: type[models.Model], given: Mapping[str, str], source: str) -> float:
    """Insert one row for each of the source, leaving out what stands already; answers seconds."""
    names, values = columns(model, given)
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {model._meta.db_table} ({names}) select {values} from {source} on conflict do nothing")
    return time.monotonic() - began


def signs(name: str, text: str, seed: int) -> None:
    """A temporary table of characters with their syllables; the first ones take the larger stretch of 0 to 1, as names do."""
    drawn = random.Random(seed)
    order = list(dict.fromkeys(text))
    drawn.shuffle(order)
    weights = [1 / (place + 4) for place in range(len(order))]
    total, low, rows = sum(weights), 0.0, []
    for sign, weight in zip(order, weights, strict=True):
        rows.append((sign, lazy_pinyin(sign)[0], int(low * 10_000)))
        low += weight / total
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table {name} (place int, sign text, spelled text)")
        cursor.execute(f"insert into {name} select n, r.sign, r.spelled from generate_series(0, 9999) n cross join lateral ("
                       "select * from unnest(%s::text[], %s::text[], %s::int[]) u (sign, spelled, low) where low <= n order by low desc limit 1) r",
                       [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]])
        cursor.execute(f"create unique index on {name} (place); analyze {name}")


def draw(number: str, salt: int) -> str:
    """SQL for a place from 0 to 9999 that looks drawn and is the same each time."""
    return f"abs(hashint8extended({number}, {salt}) % 10000)::int"


def areas() -> list[int]:
    """The communities among which the crowd is spread. ValueError when no places are loaded."""
    found = list(Place.objects.filter(level="community", valid_to=None).order_by("area").values_list("area", flat=True))
    if not found:
        raise ValueError("There are no communities. First: ./linli manage seed")
    return found


def make(people: int) -> dict[str, float]:
    """The crowd, as the owner of the tables; answers the seconds of each part."""
    every = areas()
    with connection.cursor() as cursor:
        cursor.execute("create temp table spread (slot int primary key, area bigint)")
        cursor.execute("insert into spread select ordinality - 1, area from unnest(%s::bigint[]) with ordinality u (area, ordinality)", [every])
    signs("surname", SURNAMES, SEED)
    signs("given", GIVEN, SEED + 1)
    signs("estate", ESTATES, SEED + 2)
    signs("word", WORDS, SEED + 3)
    homes = max(len(every), people * 10 // PEOPLE_A_HOME)
    took = _ground(max(1, homes // HOMES_A_BUILDING), len(every))
    took |= _people(people, homes)
    took |= _units(max(100, people // 500), len(every)) | _matters(max(1000, people // 10), len(every))
    with connection.cursor() as cursor:
        began = time.monotonic()
        cursor.execute("analyze")
        return took | {"analyze": time.monotonic() - began}


def _ground(buildings: int, communities: int) -> dict[str, float]:
    ends = "(array['" + "','".join(ENDINGS) + "'])"
    source = f"""(select n, s.area, a.sign || b.sign || {ends}[1 + (n / 20) % {len(ENDINGS)}] as quarter, (n % 20 + 1)::text as number from generate_series(0, {buildings - 1}) n
        join spread s on s.slot = (n / 20) % {communities} join estate a on a.place = {draw('(n / 20)::bigint', 1)} join estate b on b.place = {draw('(n / 20)::bigint', 2)}) x"""
    took = {"buildings": insert(Building, {"area": "area", "quarter": "quarter", "number": "number", "key": "quarter || '/' || number"}, source)}
    home = "(n / 20 % 6 + 1)", "(n % 20 / 4 + 1)", "(n % 4 + 1)"
    door = f"({home[1]}::text || '0' || {home[2]}::text)"
    took["dwellings"] = insert(
        Dwelling, {"area": "area", "building_id": "id", "doorway": f"{home[0]}::text", "floor": home[1], "room": door, "key": f"{home[0]}::text || '-' || {door}"},
        f"(select b.id, b.area, n from elements_building b cross join generate_series(0, {HOMES_A_BUILDING - 1}) n) x")
    took["households"] = insert(Household, {"area": "area", "dwelling_id": "id"}, "elements_dwelling")
    return took


def _people(people: int, homes: int) -> dict[str, float]:
    source = f"""(select n, h.area, h.id as household, h.dwelling_id as dwelling, s.sign || a.sign || case when n % 5 = 0 then '' else b.sign end as name,
        s.spelled || ' ' || a.spelled || case when n % 5 = 0 then '' else ' ' || b.spelled end || '|' || left(s.spelled, 1) || left(a.spelled, 1)
          || case when n % 5 = 0 then '' else left(b.spelled, 1) end as pinyin
      from generate_series(1, {people}) n join numbered h on h.slot = (n::bigint * 10 / {PEOPLE_A_HOME}) % (select count(*) from numbered)
      join surname s on s.place = {draw('n::bigint', 3)} join given a on a.place = {draw('n::bigint', 4)} join given b on b.place = {draw('n::bigint', 5)}) x"""
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table numbered as select row_number() over (order by area, id) - 1 as slot, id, area, dwelling_id from elements_household limit {homes}")
        cursor.execute("create unique index on numbered (slot); analyze numbered")
    sealed = "decode(md5(n::text) || md5((n + 1)::text) || md5((n + 2)::text), 'hex')"
    took = {"people": insert(Person, {
        "area": "area", "name": "name", "pinyin": "pinyin", "sex": "(n % 2 + 1)::text", "born_on": "date '1940-01-01' + (n % 27000)::int", "id_sealed": sealed,
        "id_index": "md5('i' || n)::uuid", "phone_sealed": sealed, "phone_index": "md5('p' || n)::uuid", "standing": "'together'"}, source)}
    with connection.cursor() as cursor:
        cursor.execute("create temp table who as select p.id, p.area, h.id as household, h.dwelling_id as dwelling, row_number() over (partition by h.id order by p.id) as r "
                       f"from (select id, area, (row_number() over (order by id)) * 10 / {PEOPLE_A_HOME} as n from elements_person) p "
                       "join numbered h on h.slot = p.n % (select count(*) from numbered)")
    took["memberships"] = insert(Membership, {"area": "area", "household_id": "household", "person_id": "id", "relation": "case when r = 1 then '0' else '3' end"}, "who")
    took["residences"] = insert(Residence, {"area": "area", "dwelling_id": "dwelling", "person_id": "id", "tie": "'living'"}, "who")
    return took


def _units(units: int, communities: int) -> dict[str, float]:
    source = f"""(select n, s.area, a.sign || b.sign || (array['志愿服务队','物业服务公司','合唱团','幼儿园','超市'])[1 + n % 5] as name, a.spelled || ' ' || b.spelled || '|'
        || left(a.spelled, 1) || left(b.spelled, 1) as pinyin from generate_series(1, {units}) n join spread s on s.slot = n % {communities}
        join estate a on a.place = {draw('n::bigint', 6)} join given b on b.place = {draw('n::bigint', 7)}) x"""
    took = {"organisations": insert(Organisation, {"place_area": "area", "kind": "'bench'", "name": "name", "pinyin": "pinyin"}, source),
            "things": insert(Thing, {"area": "area", "kind": "'bench'", "name": "name", "pinyin": "pinyin"}, source)}
    PlaceName.objects.bulk_create(PlaceName(place_id=place, name=f"旧称{number}村委会") for number, place in enumerate(
        Place.objects.filter(level="community").order_by("area").values_list("pk", flat=True)[:1000]))
    return took


def _matters(matters: int, communities: int) -> dict[str, float]:
    category = Category.objects.order_by("id").values_list("pk", flat=True).first()
    if category is None:
        return {"matters": 0.0}
    drawn = (draw(f"(n * 64 + k + {part * 8})::bigint", 8) for part in range(4))
    text = " || ".join(f"(select string_agg(sign, '' order by k) from generate_series(1, 6) k join word on place = {place})" for place in drawn)
    return {"matters": insert(Matter, {
        "area": "area", "kind": "'grid_event'", "category_id": str(category), "phase": "'closed'", "source": "'patrol'", "summary": f"{text}", "occurred_at": "now()",
        "reported_at": "now()", "closed_at": "now()"}, f"(select n, s.area from generate_series(1, {matters}) n join spread s on s.slot = n % {communities}) x")}
