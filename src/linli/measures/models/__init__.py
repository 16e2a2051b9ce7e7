# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 标: standards and their drafts, figures with their receipts, what was looked at on site, surveys, and what was made public with its digest."""

from linli.measures.models.closings import Closing, Difference, Frozen, FrozenMembers, Override
from linli.measures.models.guards import GuardFinding
from linli.measures.models.inspections import Assessment, Finding, InspectedItem, Inspection, Mark
from linli.measures.models.norms import Norm, NormEdition
from linli.measures.models.proofs import Proof
from linli.measures.models.publications import Opening, Publication
from linli.measures.models.sheets import Draft, NodeLink, WhatIf, WhatIfRow
from linli.measures.models.standards import Standard, StandardVersion
from linli.measures.models.surveys import Survey, SurveyAnswer, SurveyDoubt, SurveyLine, SurveyShare
from linli.measures.models.values import Leaf, Run, Value

__all__ = [
    "Assessment", "Closing", "Difference", "Draft", "Finding", "Frozen", "FrozenMembers", "GuardFinding", "InspectedItem", "Inspection", "Leaf",
    "Mark", "NodeLink", "Norm", "NormEdition", "Opening", "Override", "Proof", "Publication", "Run", "Standard", "StandardVersion", "Survey",
    "SurveyAnswer", "SurveyDoubt", "SurveyLine", "SurveyShare", "Value", "WhatIf", "WhatIfRow",
]
