# SPDX-License-Identifier: MulanPSL-2.0
"""社区社会组织和驻区单位 (5a, 7b): what takes part in the community beside its committees."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Office, OrganisationKind, declare_organisation

PURPOSES = (
    ("benefit", words("公益类", "Public benefit")), ("service", words("服务类", "Service")), ("mutual_help", words("互助类", "Mutual help")),
    ("culture", words("文体类", "Culture and sport")), ("governance", words("协商治理类", "Deliberation")), ("other", words("其他", "Other")),
)

declare_organisation(OrganisationKind(
    "social_organisation", words("社区社会组织", "Social organisation"), order=40, stages=("fostered", "filed", "registered", "ended"), code_heads=("51", "52", "53"),
    offices=(Office("leader", words("负责人", "Leader"), least=1, is_proposed=True), Office("contact", words("联络人", "Contact"))),
    columns=(
        Column("purpose", words("类别", "Purpose"), "choice", required=True, choices=PURPOSES, kept="fields", filter=True, in_list=True, headings=("组织类型", "类型")),
        Column("volunteers", words("成员人数", "Members"), "integer", low=0, high=100_000, kept="fields", refresh_days=365, headings=("人数", "会员数")),
        Column("grade", words("评估等级", "Grade"), "choice", kept="fields", counts_in_completeness=False,
               choices=tuple((f"{number}a", words(f"{number}A", f"{number}A")) for number in range(1, 6))),
    ),
    help=words("重点培育公益类；没有法人登记的可以先培育、再到街道备案。", "Public benefit first; what has no legal person yet is fostered, then filed with the street."),
))
declare_organisation(OrganisationKind("local_unit", words("驻区单位", "Unit located here"), order=41, offices=(Office("contact", words("联络人", "Contact")),)))
