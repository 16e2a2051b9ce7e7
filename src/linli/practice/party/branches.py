# SPDX-License-Identifier: MulanPSL-2.0
"""社区党组织 (3a): branches and committees with their posts and terms. No roster, no dues, no appraisal of members: there is nowhere to put them."""

from linli.core.words import words
from linli.elements.posts import Role
from linli.elements.posts import declare as declare_role
from linli.elements.registers.kinds import Office, OrganisationKind, declare_organisation

declare_organisation(OrganisationKind(
    "party_branch", words("党组织", "Party organisation"), order=10, ability="party.see",
    offices=(
        Office("secretary", words("书记", "Secretary"), least=1, most=1, is_proposed=True),
        Office("deputy_secretary", words("副书记", "Deputy secretary")),
        Office("committee_member", words("委员", "Member of the committee")),
    ),
    term_years=5, term_source=words("基层党组织任期 5 年（拟，待按现行条例核对）", "Terms of 5 years (proposed; to be checked against the regulation in force)"),
    chosen_by=(("members_meeting", words("党员大会选举", "Elected by the members' meeting")), ("appointed", words("上级任命", "Appointed"))),
    help=words("只登记岗位、任期和服务，不登记党员名册；只有党务岗位能看。", "Posts, terms and service only, no roster of members; only party posts see it."),
))
declare_role(Role(
    "party_secretary", words("党务工作者", "Party worker"),
    frozenset({"party.see", "record.see", "organisation.see", "organisation.keep", "thing.see", "responsibility.see", "alarm.take"}), level=frozenset({"street", "community"}),
))
