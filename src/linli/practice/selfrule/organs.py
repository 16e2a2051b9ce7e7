# SPDX-License-Identifier: MulanPSL-2.0
"""居民自治力量 (4b): residents' groups, residents' representatives, building and doorway heads."""

from linli.core.words import words
from linli.elements.registers.kinds import Office, OrganisationKind, declare_organisation

declare_organisation(OrganisationKind(
    "residents_group", words("居民小组", "Residents' group"), order=22,
    offices=(Office("leader", words("组长", "Leader"), least=1, most=1, is_proposed=True), Office("deputy_leader", words("副组长", "Deputy leader"))),
))
declare_organisation(OrganisationKind(
    "representatives", words("居民代表会议", "Residents' representatives"), order=23, term_years=5,
    term_source=words("与居民委员会同届", "The committee's term"), chosen_by=(("group", words("居民小组推选", "Chosen by the groups")),),
    offices=(Office("representative", words("居民代表", "Representative")),),
))
declare_organisation(OrganisationKind(
    "doorway_heads", words("楼门栋长队伍", "Building and doorway heads"), order=24,
    offices=(
        Office("building_head", words("楼栋长", "Building head"), is_of_doorway=True),
        Office("doorway_head", words("门栋长", "Doorway head"), is_of_doorway=True),
    ),
))
