# SPDX-License-Identifier: MulanPSL-2.0
"""The sealed values of this room, for a change of keys: people, households, visits, proposals, compartments; rows of files pass by themselves."""

from linli.core.resealing import SealedColumn, declare
from linli.elements.compartments import WRAPPED
from linli.elements.intakes import differences
from linli.elements.models import (
    Compartment,
    Filling,
    Household,
    IntakeBatch,
    IntakeChange,
    IntakePart,
    IntakeRow,
    Person,
    Proposal,
    ReconciledItem,
    Visit,
)
from linli.elements.registers.sealing import BUNDLE, context_of

declare(
    SealedColumn(Person, "id_sealed", lambda row: context_of("person", "id_number", row[0])),
    SealedColumn(Person, "phone_sealed", lambda row: context_of("person", "phone", row[0])),
    SealedColumn(Person, "sealed", lambda row: context_of("person", BUNDLE, row[0])),
    SealedColumn(Household, "booklet_sealed", lambda row: context_of("household", "booklet", row[0])),
    SealedColumn(Visit, "needs_sealed", lambda row: context_of("visit", "needs", row[0])),
    SealedColumn(Proposal, "sealed", lambda row: context_of("proposal", BUNDLE, row[0])),
    SealedColumn(Compartment, "wrapped", lambda _row: f"subject key of {WRAPPED}", functions=("compartment_keys", "compartment_rewrap")),
    SealedColumn(IntakeChange, "sealed", lambda row: differences.context(row[0], row[1], row[2]), needs=("subject_kind", "subject", "batch_id")),
    SealedColumn(IntakeRow, "sealed", passing=True), SealedColumn(IntakeRow, "before", passing=True),
    SealedColumn(Filling, "sealed", passing=True),
    SealedColumn(IntakePart, "sealed", passing=True), SealedColumn(IntakeBatch, "before", passing=True), SealedColumn(ReconciledItem, "sealed", passing=True),
)
