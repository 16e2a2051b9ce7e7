# SPDX-License-Identifier: MulanPSL-2.0
"""工作站 (5a): the stations that serve a community as organisations; the rooms in which they sit are things."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Office, OrganisationKind, declare_organisation

WORKS = (
    ("work", words("社区工作站", "Community work station")), ("social_work", words("社会工作服务站", "Social work station")),
    ("safety_office", words("综治工作办公室", "Public order office")), ("petitions", words("综治信访服务站", "Public order and petitions station")), ("police", words("社区警务室", "Community police room")),
    ("volunteers", words("志愿服务站", "Volunteer station")), ("health", words("社区卫生服务站", "Health station")), ("other", words("其他", "Other")),
)

declare_organisation(OrganisationKind(
    "service_station", words("站点机构", "Station"), order=35, offices=(Office("head", words("站长", "Head"), least=1, most=1, is_proposed=True), Office("staff", words("工作人员", "Staff"))),
    columns=(Column("work", words("站点类别", "Its work"), "choice", required=True, choices=WORKS, kept="fields", filter=True, in_list=True, headings=("站点类型",)),),
))
