# SPDX-License-Identifier: MulanPSL-2.0
"""Every way by which a number of somebody comes in, walked over HTTP with a marked number each, also the ways that are refused."""

import base64
import http.client
import io
import json
import re
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from bench.fires.sites import Site
from linli.doors import cookies
from tests.cast import COMMUNITY, COMMUNITY2, GRID
from tests.elements.intakes.tables import HEADINGS
from tests.protection.marks import CONTROL, Marks

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CSRF = "csrftoken"


@dataclass
class Visitor:
    """Somebody at the site: by token for the API, by cookie at the desk; nobody without a name."""

    site: Site
    name: str = ""
    jar: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name in self.site.people["cookies"]:
            self.jar[cookies.SESSION] = self.site.people["cookies"][self.name]

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """One request with the cookies of before; keeps those that come."""
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        told = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}
        try:
            line.request(method, path, body, told | headers)
            answer = line.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    kept, _, rest = value.partition("=")
                    self.jar[kept] = rest.partition(";")[0]
            self.led = answer.getheader("Location", "")
            return answer.status, answer.read()
        finally:
            line.close()

    def do(self, action: str, /, key: str = "", **given: Any) -> dict[str, Any]:
        """An action by the API; what it answers, with the status."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or uuid.uuid4().hex}
        if self.name:
            headers["Authorization"] = f"Bearer {self.site.people['tokens'][self.name]}"
        status, content = self.ask("POST", f"/api/v1/actions/{action}", json.dumps(given).encode(), **headers)
        found: dict[str, Any] = json.loads(content)
        return found | {"status": status}

    def done(self, action: str, /, **given: Any) -> dict[str, Any]:
        """The same where it must be allowed."""
        answer = self.do(action, **given)
        assert answer["status"] == 200, (action, answer)
        return answer

    def post(self, page: str, given: dict[str, str], to: str = "") -> tuple[int, bytes]:
        """A form of a page, sent as a browser does."""
        _, shown = self.ask("GET", page)
        token = TOKEN.search(shown.decode(errors="replace"))
        sent = urllib.parse.urlencode(given | ({"csrfmiddlewaretoken": token.group(1)} if token else {}))
        return self.ask("POST", to or page, sent.encode(), **{"Content-Type": "application/x-www-form-urlencoded"})


def fill(site: Site, marks: Marks) -> dict[str, Any]:
    """All of them; answers what later steps need. AssertionError where a way that must be open is closed."""
    worker, chief = Visitor(site, "gridworker"), Visitor(site, "director")
    home = _home(worker, marks)
    _looked_for(worker, chief, marks, home)
    _own(worker, marks, home["person"])
    _kept_up(worker, marks, home)
    _brought(chief, marks)
    _reported(site, worker, marks)
    _refused(worker, marks, home)
    _taken_out(chief, marks)
    return home


def _home(worker: Visitor, marks: Marks) -> dict[str, Any]:
    building = worker.done("building.add", area=GRID, quarter="槐安里", number="7号楼")["building"]
    dwelling = worker.done("dwelling.add", building=building, doorway="1", floor=2, room="201")["dwelling"]
    household = worker.done("household.add", dwelling=dwelling, kind="family", booklet=marks.number("户号"))["household"]
    number = marks.number("登记居民")
    person = worker.done("person.add", dwelling=dwelling, household=household, relation="0", name="钱多多", id_kind="111", id_number=number,
                         phone=marks.phone("登记居民"), employer=f"厂 {marks.phone('工作单位')}", registered_address=f"某路 {marks.number('户籍地址')}",
                         standing="together", key=marks.phone("请求编号"))["person"]
    return {"building": building, "dwelling": dwelling, "household": household, "person": person, "number": number}


def _looked_for(worker: Visitor, chief: Visitor, marks: Marks, home: dict[str, Any]) -> None:
    worker.done("register.reveal", register="person", record=home["person"], column="phone", purpose="visit", reason="上门前联系")
    for text in (home["number"], marks.phone("查找框"), marks.number("查找框"), marks.wrong("查找框"), marks.phone("查找框里写了一句") + " 的人"):
        chief.post("/desk/find/", {"q": text})
        chief.ask("GET", chief.led or "/desk/find/")
    worker.do("person.seek", number=marks.number("按号码查人"))
    worker.do("person.claim", id_number=marks.number("调转"), name="赵六", area=COMMUNITY, reason="living")
    worker.do("person.claim", id_number=marks.wrong("调转"), name="赵六", area=COMMUNITY, reason="living")
    worker.post("/desk/transfers/", {"id_number": marks.wrong("调转页"), "name": "赵六", "area": str(COMMUNITY), "reason": "living"}, "/desk/transfers/ask")
    chief.ask("GET", f"/desk/registers/person/?name={marks.phone('台账筛选')}&phone={marks.phone('台账筛选')}")
    chief.ask("GET", f"/desk/person/{marks.phone('地址里的编号')}/protection/")


def _own(worker: Visitor, marks: Marks, person: int) -> None:
    code = worker.done("person.give_code", person=person, seen="card")["code"]
    nobody = Visitor(worker.site)
    nobody.post("/own/enter", {"code": code})
    assert nobody.ask("GET", "/own/")[0] == 200
    nobody.post("/own/correct/phone", {"value": marks.phone("本人更正")})
    nobody.do("proposal.make", code=code, phone=f"{marks.phone('写错的更正')}0")
    nobody.do("own.object", code=code, words=f"请勿打 {marks.phone('反对意见')}")
    nobody.do("own.export", code=code, proof=marks.number("导出时的证明"))
    nobody.post("/own/enter", {"code": marks.number("错填的查询码")})
    nobody.done("proposal.make", code=code, phone=marks.phone("自报"), note=f"也可打 {marks.phone('自报说明')}", registered_address=marks.number("自报地址"))
    nobody.do("proposal.make", code=code, phone=marks.number("自报写错"))
    nobody.ask("GET", f"/propose/{marks.number('地址里的自报码')}/")


def _kept_up(worker: Visitor, marks: Marks, home: dict[str, Any]) -> None:
    worker.done("visit.record", dwelling=home["dwelling"], outcome="met", purpose="routine", needs=f"子女电话 {marks.phone('走访需求')}")
    version = 1
    answer = worker.do("person.change", person=home["person"], version=version, phone=marks.phone("更正"), id_number=marks.number("更正"))
    while answer["status"] == 409 and version < 20:
        version += 1
        answer = worker.do("person.change", person=home["person"], version=version, phone=marks.phone("更正"), id_number=marks.number("更正"))
    assert answer["status"] == 200, answer
    worker.do("person.change", person=home["person"], version=1, phone=marks.phone("过时的更正"))
    worker.done("person.move_in", dwelling=home["dwelling"], household=home["household"], name="孙七", relation="2", id_kind="111",
                id_number=marks.number("搬入"), phone=marks.phone("搬入"))
    worker.do("household.birth", household=home["household"], name="钱小小", sex="1", relation="2", born_on="2026-01-02")
    worker.do("person.move_in", dwelling=home["dwelling"], name="孙八", id_kind="111", id_number=marks.wrong("搬入写错"), phone=marks.phone("搬入写错"))


def _workbook(marks: Marks) -> tuple[str, str]:
    def line(name: str, number: str, phone: str, room: str) -> list[str]:
        held = {"姓名": name, "身份证号": number, "联系电话": phone, "与户主关系": "户主", "人户情况": "人户一致", "小区": "幸福里", "楼号": "1", "门": "1", "室": room,
                "户号": marks.number("导入户号"), "工作单位": f"厂 {marks.phone('导入单位')}"}
        return [held.get(one, "") for one in HEADINGS]

    rows = [line("张大山", marks.number("导入"), marks.phone("导入"), "101"), line("李小花", marks.wrong("导入的错行"), marks.phone("导入的错行"), "102"),
            line("王五", marks.number("导入的错行"), marks.phone("导入的错行")[:-1], "103"), line("", marks.number("没有姓名的行"), marks.phone("没有姓名的行"), "104")]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (list(HEADINGS), *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    pasted = "\n".join("\t".join(row) for row in (list(HEADINGS), line("周八", marks.number("粘贴"), marks.phone("粘贴"), "105")))
    return base64.b64encode(out.getvalue()).decode(), pasted


def _brought(chief: Visitor, marks: Marks) -> None:
    file, pasted = _workbook(marks)
    for given in ({"file": file}, {"pasted": pasted}):
        number = chief.done("intake.receive", sheet="residents", area=COMMUNITY, **given)["intake"]
        wait_for(chief, number, "checked")
        chief.done("intake.take", intake=number)
        wait_for(chief, number, "taken")
        chief.ask("GET", f"/desk/intakes/{number}/")
    status, _ = chief.post(f"/desk/intakes/{number}/", {}, f"/desk/intakes/{number}/given-back")
    assert status < 500
    unknown = f"人名\t号码\n甲\t{marks.number('没配列的样例')}\n乙\t{marks.phone('没配列的样例')}"
    found = chief.do("intake.receive", sheet="residents", area=COMMUNITY, pasted=unknown)
    chief.ask("GET", f"/desk/intakes/{found.get('intake', 0)}/")
    bare = f"甲\t{marks.number('没有列名的表')}\t{marks.phone('没有列名的表')}\n乙\t{marks.number('没有列名的表')}\t{marks.phone('没有列名的表')}"
    assert chief.do("intake.receive", sheet="residents", area=COMMUNITY, pasted=bare)["status"] == 422
    chief.do("intake.receive", sheet="residents", area=COMMUNITY, file=base64.b64encode(f"%PDF {marks.number('读不了的文件')}".encode()).decode())


def wait_for(chief: Visitor, intake: int, state: str) -> None:
    """Until the worker brought an intake so far. AssertionError when it does not within a minute."""
    sign = {"checked": "已检查", "taken": "撤销这次导入"}[state]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if sign in chief.ask("GET", f"/desk/intakes/{intake}/")[1].decode():
            return
        time.sleep(0.3)
    raise AssertionError(f"intake {intake} is not {state}")


def _reported(site: Site, worker: Visitor, marks: Marks) -> None:
    nobody, category = Visitor(site), site.people["category"]
    nobody.done("matter.report", category=category, summary=f"路灯不亮，{CONTROL}0001", area=COMMUNITY, address="槐安路", contact_name="甲", contact_phone=marks.phone("反映人"))
    nobody.do("matter.report", category=category, summary="x", area=COMMUNITY, contact_phone=marks.number("写错的反映人电话"))
    worker.done("matter.report", category=category, summary="井盖", area=COMMUNITY, address="槐安路", contact_phone=marks.phone("代报"))
    nobody.post("/report/", {"contact_phone": marks.phone("网页上报"), "summary": ""})
    sent = urllib.parse.urlencode({"service_code": "gbt47678_5-event-01001", "address_id": str(COMMUNITY), "description": "x", "phone": marks.phone("Open311"),
                                   "first_name": "甲", "jurisdiction_id": "x"})
    nobody.ask("POST", "/open311/v2/requests.json", sent.encode(), **{"Content-Type": "application/x-www-form-urlencoded"})
    table = f"工单编号,受理时间,诉求内容,社区,联系电话\nGD1,2026-11-01 09:00,垃圾,槐安社区,{marks.phone('热线表')}\n"
    Visitor(site, "dispatcher").do("hotline.upload", file=base64.b64encode(table.encode()).decode())
    foreign = json.dumps([{"service_request_id": "1", "status": "open", "service_code": "1", "phone": marks.phone("外系统"), "description": "x"}])
    Visitor(site, "sysadmin").do("foreign.receive", system="other", file=base64.b64encode(foreign.encode()).decode())


def _refused(worker: Visitor, marks: Marks, home: dict[str, Any]) -> None:
    number, phone = marks.number("登录名"), marks.phone("登录口令")
    Visitor(worker.site).post("/sign-in", {"username": number, "password": phone})
    Visitor(worker.site).do("session.open", username=marks.number("接口登录名"), password=marks.phone("接口口令"))
    worker.do("person.add", dwelling=10**9, name="乙", standing="living", id_number=marks.number("别处的房屋"), phone=marks.phone("别处的房屋"))
    worker.do("person.add", dwelling=home["dwelling"], name="乙" * 99, standing="living", id_number=marks.number("太长的姓名"), phone=marks.phone("太长的姓名"))
    worker.do("person.add", dwelling=home["dwelling"], standing="living", unknown=marks.phone("没有的字段"), phone=[marks.phone("不对的类型")])
    worker.do(f"person.{marks.phone('没有的动作')}")
    worker.ask("POST", "/api/v1/actions/person.add", f'{{"phone": "{marks.phone("坏的 JSON")}"'.encode(), **{
        "Content-Type": "application/json", "Authorization": f"Bearer {worker.site.people['tokens']['gridworker']}"})
    worker.ask("GET", f"/api/v1/matters?cursor={marks.phone('坏的游标')}", Authorization=f"Bearer {worker.site.people['tokens']['gridworker']}")
    worker.ask("GET", f"/{marks.number('没有的地址')}/")
    worker.do("person.claim", id_number=marks.number("范围外的调转"), name="丙", area=COMMUNITY2, reason="living")


def _taken_out(chief: Visitor, marks: Marks) -> None:
    for form in ("csv", "xlsx"):
        chief.done("export.make", listing="register.person", form=form)
    chief.do("export.make", listing="register.person", form="csv", given=json.dumps({"phone": marks.phone("导出的筛选"), "name": marks.phone("导出的筛选")}))
