# SPDX-License-Identifier: MulanPSL-2.0
"""社区服务用房和设施 (6a): the default set of 18 (domain/policy.md 8.5, proposed), their size, access, and reach on foot."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Reach, ThingKind, declare_thing

ROOMS = (
    ("office", words("办公室", "Office")), ("party_room", words("党员活动室", "Party room")), ("police", words("警务室", "Police room")),
    ("mediation", words("调解室", "Mediation room")), ("reading", words("图书阅览室", "Reading room")), ("culture", words("文体活动室", "Culture and sport room")),
    ("work_station", words("社区工作站", "Work station")), ("petitions", words("综治信访服务站", "Public order and petitions station")),
    ("volunteers", words("志愿服务站", "Volunteer station")), ("day_care", words("日间照料站", "Day care")), ("clinic", words("卫生服务站", "Health station")),
    ("rehabilitation", words("残疾人康复站", "Rehabilitation")), ("affairs_board", words("居务公开栏", "Open affairs board")), ("notice_board", words("宣传栏", "Notice board")),
    ("citizen_school", words("市民学校", "Citizens' school")), ("parents_school", words("家长（老年）学校", "Parents' and seniors' school")),
    ("exercise", words("健身苑", "Outdoor exercise")), ("minors", words("未成年人家园", "Home for minors")),
)
ACCESS = (
    ("low_counter", words("低位服务台或无障碍窗口", "Low counter or accessible window")), ("screen", words("电子显示屏", "Screen")),
    ("writing_pad", words("手写板", "Writing pad")), ("voice", words("语音提示", "Voice prompt")), ("ramp", words("坡道", "Ramp")),
)
"""Barrier-Free Environment Law, art. 40: low counter or accessible window, screen, writing pad and voice prompt are required of service bodies."""
CIRCLE = words("《城市居住区规划设计标准》GB 50180-2018 生活圈步行距离（拟，待核对）", "GB 50180-2018, walking distance of living circles (proposed, to be checked)")

declare_thing(ThingKind(
    "service_room", words("服务用房和设施", "Service rooms"), chapter=words("服务设施", "Service facilities"), divided_by="room", is_set=True, icon="home", order=60,
    columns=(
        Column("room", words("功能", "What it is for"), "choice", required=True, choices=ROOMS, kept="fields", filter=True, in_list=True, headings=("用房功能", "功能室")),
        Column("square_decimetres", words("面积（平方米）", "Floor area (m²)"), "hundredths", low=0, high=1_000_000_00, kept="fields", headings=("建筑面积", "使用面积")),
        Column("opening", words("开放时间", "Opening hours"), limit=120, kept="fields", in_list=True, refresh_days=365, headings=("服务时间",)),
        Column("access", words("无障碍", "Access"), "choices", choices=ACCESS, kept="fields", refresh_days=365),
    ),
    reaches=(
        Reach(500, CIRCLE, "work_station"), Reach(500, CIRCLE, "day_care"), Reach(1000, CIRCLE, "clinic"), Reach(500, CIRCLE, "culture"),
        Reach(300, CIRCLE, "exercise"), Reach(300, CIRCLE, "notice_board"),
    ),
    help=words("默认的 18 项，一项一行；一个房间多用的，每项各记一行。", "The default set of 18, one line each; a room with several uses has a line for each."),
))
