# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the ground: journal, payloads, keys, seals, due work, facets, kept answers, evidence, calendars, tries, letters."""

import uuid

from django.db import models
from django.db.models.functions import Now

from linli.core.sight import AreaModel


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction number (xid8), filled in by the database."""

    def db_type(self, connection: object) -> str:
        """The column type."""
        return "xid8"


class JournalLine(AreaModel):
    """流水: who did what, when, where, to what; the payload lies apart and its salted digest here."""

    may_change = False

    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    actor = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    post = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    digest = models.BinaryField()
    xid = TransactionId(db_default=models.expressions.RawSQL("pg_current_xact_id()", ()))

    class Meta:
        indexes = [
            models.Index(fields=["xid"], name="journal_by_xid"),
            models.Index(fields=["subject_kind", "subject", "id"], name="journal_by_subject"),
            models.Index(fields=["area", "id"], name="journal_by_area"),
        ]


class JournalPayload(AreaModel):
    """What an action was given: the open part plain, class 2 and up encrypted under a key of the subject."""

    may_change = False
    may_delete = True

    line = models.OneToOneField(JournalLine, on_delete=models.DO_NOTHING, primary_key=True)
    salt = models.BinaryField()
    plain = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)


class SubjectKey(AreaModel):
    """The key under which one subject's protected payloads are encrypted; erasing it erases them."""

    follows = "subject"
    may_delete = True

    subject_kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    wrapped = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject"], name="subject_has_one_key")]


class Seal(models.Model):
    """封签: a chained Merkle root over a run of journal lines."""

    may_change = False
    may_delete = False

    made_at = models.DateTimeField(db_default=Now())
    algorithm = models.CharField(max_length=16)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    horizon = TransactionId()
    merkle = models.BinaryField()
    root = models.BinaryField()


class SealedLine(models.Model):
    """The position of one journal line in the sealed order: the watermark of every incremental consumer."""

    may_change = False
    may_delete = False

    position = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.DO_NOTHING)
    line = models.BigIntegerField(unique=True)
    leaf = models.BinaryField()


class Due(AreaModel):
    """到期工作: what has to be done at a time because of an action; never updated by actions, drained in batches."""

    follows = "history"
    may_delete = True

    reaction = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    line = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    trouble = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["at", "id"], name="due_by_time")]


class Facet(AreaModel):
    """A filterable value of a kind's own field: what lists and fact sets may filter on besides columns."""

    follows = "subject"
    may_delete = True

    subject_kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    key = models.CharField(max_length=60)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject", "key"], name="facet_once")]
        indexes = [models.Index(fields=["key", "value", "subject"], name="facet_by_value")]


class Answer(models.Model):
    """The first answer to an action under an idempotency key; holds no personal data."""

    caller = models.CharField(max_length=64)
    action = models.CharField(max_length=60)
    key = models.CharField(max_length=128)
    given = models.BinaryField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "action", "key"], name="answered_once")]
        indexes = [models.Index(fields=["at"], name="answer_by_age")]


class Evidence(AreaModel):
    """佐证: one file by the hash of its content; images are re-encoded and carry no position of their own."""

    follows = "subject"
    may_delete = True

    digest = models.BinaryField()
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=40, default="")
    subject = models.BigIntegerField(null=True)
    added_by = models.BigIntegerField(null=True)
    claim = models.BinaryField(default=bytes)
    added_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    lon_e6 = models.IntegerField(null=True)
    lat_e6 = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject"], name="evidence_by_subject"),
            models.Index(fields=["digest"], name="evidence_by_digest"),
        ]


class CalendarYear(models.Model):
    """A year whose holiday notice has been entered; a year without a row is provisional."""

    year = models.SmallIntegerField(primary_key=True)
    source = models.CharField(max_length=200)
    entered_at = models.DateTimeField()


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a make-up workday."""

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    name = models.CharField(max_length=60)


class Edition(models.Model):
    """版次: a number that grows when something rarely changed does (places, boundaries, calendars); memories compare it."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=1)


class Try(models.Model):
    """Tries of a guarded door (sign-in, public report) by address or device in one window of time."""

    door = models.CharField(max_length=40)
    who = models.BinaryField()
    window = models.BigIntegerField()
    count = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "who", "window"], name="tries_once")]
        indexes = [models.Index(fields=["window"], name="tries_by_window")]


class Alarm(AreaModel):
    """告警: something that nobody may overlook; rings once for one subject until it is over."""

    follows = "subject"

    name = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    sentence = models.JSONField(help_text="what is wrong and what to do, in both languages")
    ability = models.CharField(max_length=60, help_text="whoever has it is asked to act")
    raised_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="alarm_by_area", condition=models.Q(ended_at=None))]
        constraints = [models.UniqueConstraint(fields=["name", "subject_kind", "subject"], condition=models.Q(ended_at=None), name="alarm_rings_once")]


class Export(AreaModel):
    """导出: a list taken out as a file, by whom, of what, how far it is, and the digest of what went out."""

    follows = "history"
    may_delete = True

    account = models.BigIntegerField()
    post = models.BigIntegerField()
    listing = models.CharField(max_length=60)
    given = models.JSONField(default=dict, help_text="the filter, as the address of the list had it")
    form = models.CharField(max_length=8, help_text="csv or xlsx")
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="waiting", help_text="waiting, running, done, failed, gone")
    trouble = models.JSONField(default=dict)
    rows = models.BigIntegerField(default=0)
    is_cut = models.BooleanField(default=False, help_text="the sheet was full before the list ended")
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    manifest = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="export_by_account")]


class Rotation(models.Model):
    """换钥: how far the re-sealing of all values under a new key version is; it goes on where it stopped. Broken values are counted, never skipped silently."""

    version = models.IntegerField(help_text="the key version under which values are sealed anew")
    suite = models.CharField(max_length=12)
    column = models.CharField(max_length=80, default="", help_text="the column that is being gone through; empty before the first and after the last")
    after = models.CharField(max_length=80, default="", help_text="key of the last row that was looked at in it")
    done = models.BigIntegerField(default=0, help_text="values sealed anew")
    in_pass = models.BigIntegerField(default=0, help_text="of these in the present pass; a pass without any ends it")
    broken = models.BigIntegerField(default=0, help_text="values of the present pass that did not open")
    trouble = models.CharField(max_length=200, default="", help_text="table and key of the last one that did not open")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "suite"], name="rotation_once")]


class Wording(models.Model):
    """用语: the published text of one occasion on one channel; versions are added, never edited."""

    may_change = False
    may_delete = False

    occasion = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    version = models.IntegerField()
    title_zh = models.CharField(max_length=120, default="")
    title_en = models.CharField(max_length=200, default="")
    text_zh = models.CharField(max_length=2000)
    text_en = models.CharField(max_length=3000)
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True, help_text="the account; null for the texts that are shipped")
    publisher = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["occasion", "channel", "version"], name="wording_once")]


class Letter(AreaModel):
    """信件: one short message or e-mail with how far it got; address and text are sealed and go with the contact.

    States: waiting sent delivered failed given_up; failed is tried again. `client` is the number of ours that goes along
    with every try, so that a provider that knows it takes a repeat once.
    """

    follows = "subject"

    client = models.UUIDField(unique=True, default=uuid.uuid4)
    subject_kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    occasion = models.CharField(max_length=60)
    cause = models.BigIntegerField(help_text="what it answers to: a line of the journal, 0 for the record's own beginning")
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    wording = models.IntegerField(help_text="the version of the wording; 0 when none was published yet")
    masked = models.CharField(max_length=120)
    parts = models.SmallIntegerField(default=1, help_text="short messages that the text takes")
    sealed = models.BinaryField(null=True, help_text="address, title and text; null once they are erased")
    state = models.CharField(max_length=10, default="waiting")
    tries = models.SmallIntegerField(default=0)
    written_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="when it is tried next; null when nothing more is tried")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=20, default="")
    provider_number = models.CharField(max_length=80, default="")
    trouble = models.CharField(max_length=200, default="", help_text="what went wrong last; never an address or a text")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject", "occasion", "channel", "cause"], name="letter_once")]
        indexes = [
            models.Index(fields=["next_at", "id"], name="letter_by_turn", condition=~models.Q(next_at=None)),
            models.Index(fields=["provider_number"], name="letter_by_provider_number", condition=~models.Q(provider_number="")),
        ]
