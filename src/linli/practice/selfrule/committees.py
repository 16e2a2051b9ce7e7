# SPDX-License-Identifier: MulanPSL-2.0
"""居委会及下属委员会 (4a): the residents' committee and its sub-committees, with offices and terms."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Office, OrganisationKind, declare_organisation

CHOSEN = (
    ("voters", words("全体有选举权的居民选举", "Elected by all voters")), ("households", words("每户派代表选举", "Elected by one of each household")),
    ("delegates", words("居民小组选举代表选举", "Elected by delegates of the groups")), ("by_election", words("补选", "By-election")),
)
TERM = words("城市居民委员会组织法：每届五年（2018-12-29 前为三年；2026-01-01 起以新法文本为准）",
             "Organic Law of Urban Residents' Committees: five years (three before 2018-12-29; from 2026-01-01 as the revised text says)")
MATTERS = (
    ("mediation", words("人民调解", "Mediation")), ("security", words("治安保卫", "Public security")), ("health", words("公共卫生", "Public health")),
    ("family", words("计划生育", "Family planning")), ("culture", words("文化教育", "Culture")), ("other", words("其他", "Other")),
)

declare_organisation(OrganisationKind(
    "residents_committee", words("居民委员会", "Residents' committee"), order=20, term_years=5, term_source=TERM, chosen_by=CHOSEN,
    offices=(
        Office("chair", words("主任", "Chair"), least=1, most=1, source="policy.md 4.1"),
        Office("deputy_chair", words("副主任", "Deputy chair"), least=1, is_proposed=True),
        Office("member", words("委员", "Member"), least=3, is_proposed=True),
    ),
))
declare_organisation(OrganisationKind(
    "sub_committee", words("居委会下属委员会", "Sub-committee"), order=21, term_years=5, term_source=TERM,
    chosen_by=(("committee", words("居委会推选", "Chosen by the committee")), ("meeting", words("居民会议推选", "Chosen by the residents' meeting"))),
    offices=(Office("chair", words("主任", "Chair"), least=1, most=1, is_proposed=True), Office("member", words("委员", "Member"))),
    columns=(Column("matter", words("工作", "Its work"), "choice", required=True, choices=MATTERS, kept="fields", filter=True, in_list=True, headings=("委员会类别",)),),
))
