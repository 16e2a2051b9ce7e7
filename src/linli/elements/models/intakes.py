# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of intake: a file that came in, its rows with their verdicts, remembered columns, remembered answers about who is who."""

from django.db import models

from linli.core.sight import AreaModel


class Intake(AreaModel):
    """导入: one file on its way into a register. `area` is the place for which it was brought.

    States: mapping, checking, checked, taking, taken, undoing, undone, failed, dropped.
    """

    follows = "area"

    sheet = models.CharField(max_length=40, help_text="name of the declared sheet: residents, dwellings, organisations ...")
    file_name = models.CharField(max_length=200)
    digest = models.BinaryField(help_text="of the content: the same file is known again")
    size = models.BigIntegerField()
    form = models.CharField(max_length=8, help_text="xlsx, xls, csv, paste")
    mapping = models.JSONField(default=dict, help_text="heading in the file to column of the sheet; null for one that is left out")
    headings = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="mapping")
    counts = models.JSONField(default=dict, help_text="added, changed, same, bad, asked, taken, and rows done so far")
    trouble = models.JSONField(default=dict, help_text="a sentence in both languages when it failed")
    account = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True, help_text="when its cells were destroyed; verdicts and counts stay")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="intake_by_area"), models.Index(fields=["digest"], name="intake_by_digest")]


class IntakeRow(AreaModel):
    """One row of a file: its cells sealed together, what became of it, and what it replaced, so that the whole can be undone."""

    follows = "intake"
    may_delete = True

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="rows")
    line = models.IntegerField(help_text="line in the file, the heading is 1")
    sealed = models.BinaryField(null=True)
    verdict = models.CharField(max_length=8, help_text="add, change, same, bad, ask, skip")
    faults = models.JSONField(default=dict, help_text="column to code of the rule it breaks; never a value")
    record = models.BigIntegerField(null=True, help_text="the person or other main record that it became or met")
    before = models.BinaryField(null=True, help_text="what was there before, sealed; for undoing")
    is_taken = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "line"], name="intake_line_once")]
        indexes = [models.Index(fields=["intake", "verdict", "line"], name="intake_by_verdict")]


class IntakePart(AreaModel):
    """Rows of a file on their way: as they came (raw), then cleaned and in order of address (clean); packed and sealed as a whole."""

    follows = "intake"
    may_delete = True

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="parts", db_index=False)
    part = models.CharField(max_length=8, help_text="raw, clean")
    number = models.IntegerField()
    rows = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "part", "number"], name="intake_part_once")]


class IntakeBatch(AreaModel):
    """One stretch that went in: which records it made (ranges of numbers by table), and sealed what it changed, for undoing."""

    follows = "intake"

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="batches", db_index=False)
    round = models.IntegerField(default=1, help_text="an intake that had questions is taken again when they are answered")
    number = models.IntegerField(help_text="the stretch")
    made = models.JSONField(default=dict, help_text="table to ranges [first, last] of the records it added; changed.<table> to those it changed")
    counts = models.JSONField(default=dict)
    before = models.BinaryField(null=True, help_text="changed records as they were, sealed; null once they cannot be undone any more")
    taken_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "round", "number"], name="intake_batch_once")]


class IntakeChange(AreaModel):
    """What one stretch changed of one record, for its history: a stretch writes one line of the journal for all of its records."""

    follows = "subject"
    may_delete = True

    batch = models.ForeignKey(IntakeBatch, on_delete=models.PROTECT, related_name="changes", db_index=False)
    subject_kind = models.CharField(max_length=40, help_text="the table, as the journal names it")
    subject = models.BigIntegerField()
    changes = models.JSONField(default=dict, help_text="field to [was, now], classes 0 to 1b")
    sealed = models.BinaryField(null=True, help_text="the same of fields of class 2 and up")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject", "batch"], name="intake_change_once")]


class ColumnMemory(models.Model):
    """Which column a heading meant last time, for one organisation and sheet."""

    organisation = models.BigIntegerField()
    sheet = models.CharField(max_length=40)
    heading = models.CharField(max_length=80)
    column = models.CharField(max_length=60, default="", help_text="empty: it was left out")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "sheet", "heading"], name="heading_once")]


class Pairing(AreaModel):
    """疑似同一人、同一单位: a row and a record that may be one person, organisation or thing, and what somebody answered. The answer is remembered."""

    follows = "area"

    subject_kind = models.CharField(max_length=40, default="person", help_text="the table of the record")
    one = models.BigIntegerField(help_text="the record")
    other = models.BigIntegerField(null=True, help_text="person; null while the other is only a row of a file")
    row = models.BigIntegerField(null=True)
    likeness = models.BinaryField(help_text="keyed digest of what the other side says, so that the same question is not asked twice")
    reasons = models.JSONField(default=list, help_text="what speaks for it: name, birth, address")
    answer = models.CharField(max_length=10, default="", help_text="same, different; empty while nobody answered")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "likeness"], name="pairing_once")]
        indexes = [models.Index(fields=["area", "answer", "-id"], name="pairing_by_area")]
