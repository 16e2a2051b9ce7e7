# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 地 组织 人 物, one module a topic: the ground itself, who lives where, what stands there, and how it all came in."""

from linli.elements.models.claims import (
    AccessCode, Claim, Compartment, CompartmentEntry, CompartmentKeeper,
)
from linli.elements.models.finding import (
    KnownName,
)
from linli.elements.models.ground import (
    Absence, Account, Boundary, Density, Duty, GridAssignment, OPEN_AREA, Organisation, Place, PlaceCode, PlaceName, Post, Redrawing, Replacement, Session, Token,
)
from linli.elements.models.intakes import (
    ColumnMemory, Intake, IntakeBatch, IntakePart, IntakeRow, Pairing,
)
from linli.elements.models.keeping import (
    Confirmation, Consent, LifeEvent, Proposal, Visit,
)
from linli.elements.models.people import (
    Building, Dwelling, Household, Identity, Membership, Person, Residence,
)
from linli.elements.models.quality import (
    FieldCheck, FieldSample, QualityFigure, QualityTrouble,
)
from linli.elements.models.things import (
    Reckoning, Responsibility, Seat, StandIn, Term, Thing, ThingPart, Unreached,
)

__all__ = [
    "Absence", "AccessCode", "Account", "Boundary", "Building", "Claim", "ColumnMemory", "Compartment", "CompartmentEntry", "CompartmentKeeper", "Confirmation", "Consent", "Density", "Duty", "Dwelling", "FieldCheck", "FieldSample", "GridAssignment", "Household", "Identity", "Intake", "IntakeBatch", "IntakePart", "IntakeRow", "KnownName", "LifeEvent", "Membership", "OPEN_AREA", "Organisation", "Pairing", "Person", "Place", "PlaceCode", "PlaceName", "Post", "Proposal", "QualityFigure", "QualityTrouble", "Reckoning", "Redrawing", "Replacement", "Residence", "Responsibility", "Seat", "Session", "StandIn", "Term", "Thing", "ThingPart", "Token", "Unreached", "Visit",
]
