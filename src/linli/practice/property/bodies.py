# SPDX-License-Identifier: MulanPSL-2.0
"""业主委员会和物业服务企业 (5a): who manages the estates."""

from linli.core.words import words
from linli.elements.registers.checks import writing
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Office, OrganisationKind, declare_organisation

ESTATES = Column("estates", words("服务的小区", "Estates"), limit=200, kept="fields", normal=writing.plain, in_list=True, headings=("服务小区", "管理小区"))

declare_organisation(OrganisationKind(
    "owners_committee", words("业主委员会", "Owners' committee"), order=30, term_years=5,
    term_source=words("物业管理条例：任期不超过五年，由业主大会议事规则约定（拟）", "Property management regulation: up to five years, as the owners' rules say (proposed)"),
    chosen_by=(("owners", words("业主大会选举", "Elected by the owners' meeting")),),
    offices=(Office("chair", words("主任", "Chair"), least=1, most=1, is_proposed=True), Office("deputy_chair", words("副主任", "Deputy chair")),
             Office("member", words("委员", "Member"))),
    columns=(
        ESTATES,
        Column("filed_on", words("备案日期", "Filed on"), "day", kept="fields", counts_in_completeness=False, help=words("选举后 30 日内备案。", "Within 30 days of the election.")),
    ),
))
declare_organisation(OrganisationKind(
    "property_firm", words("物业服务企业", "Property firm"), order=31, code_heads=("91", "92"),
    offices=(Office("manager", words("项目负责人", "Manager on site"), least=1, is_proposed=True),),
    columns=(ESTATES, Column("contract_until", words("合同到期日", "Contract until"), "day", kept="fields", refresh_days=365, headings=("合同期限",))),
))
