# SPDX-License-Identifier: MulanPSL-2.0
"""Registers of buildings, dwellings, households, people and things; what came in by files; who confirmed what."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('elements', '0003_maps_are_redrawn'),
    ]

    operations = [
        migrations.CreateModel(
            name='Building',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('quarter', models.CharField(default='', help_text='里 园 苑: the estate, or the lane in a village', max_length=60)),
                ('number', models.CharField(help_text='号楼', max_length=20)),
                ('key', models.CharField(max_length=120)),
                ('use', models.CharField(default='dwelling', max_length=20)),
                ('floors', models.SmallIntegerField(null=True)),
                ('doorways', models.SmallIntegerField(null=True)),
                ('built_in', models.SmallIntegerField(null=True)),
                ('lon_e6', models.IntegerField(null=True)),
                ('lat_e6', models.IntegerField(null=True)),
                ('cell', models.BigIntegerField(null=True)),
                ('fields', models.JSONField(default=dict)),
                ('confirmed', models.JSONField(default=dict, help_text='field to the day (days since 1970-01-01) on which somebody last saw that it is so')),
                ('valid_to', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='ColumnMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.BigIntegerField()),
                ('sheet', models.CharField(max_length=40)),
                ('heading', models.CharField(max_length=80)),
                ('column', models.CharField(default='', help_text='empty: it was left out', max_length=60)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('register', models.CharField(max_length=40)),
                ('record', models.BigIntegerField()),
                ('names', models.JSONField(help_text='names of the fields that were seen to be right')),
                ('corrected', models.JSONField(help_text='names of the fields that were put right; the values stand in the journal')),
                ('means', models.CharField(help_text='visit, doorstep, phone, proposal, file', max_length=20)),
                ('visit', models.BigIntegerField(null=True)),
                ('happened_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('purpose', models.CharField(max_length=40)),
                ('text_version', models.IntegerField(default=1)),
                ('given_on', models.DateField()),
                ('given_by', models.CharField(help_text='self, guardian', max_length=20)),
                ('means', models.CharField(help_text='signed, online, spoken', max_length=20)),
                ('withdrawn_on', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Dwelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('doorway', models.CharField(default='', help_text='门; 单元 elsewhere', max_length=10)),
                ('floor', models.SmallIntegerField(null=True)),
                ('room', models.CharField(default='', max_length=20)),
                ('key', models.CharField(max_length=60)),
                ('use', models.CharField(default='dwelling', max_length=20)),
                ('occupancy', models.CharField(default='unknown', help_text='owner, let, empty, other, unknown', max_length=20)),
                ('square_decimetres', models.IntegerField(null=True)),
                ('fields', models.JSONField(default=dict)),
                ('confirmed', models.JSONField(default=dict)),
                ('valid_to', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(default='family', help_text='family, collective', max_length=20)),
                ('booklet_sealed', models.BinaryField(help_text='户号', null=True)),
                ('booklet_index', models.UUIDField(null=True)),
                ('fields', models.JSONField(default=dict)),
                ('confirmed', models.JSONField(default=dict)),
                ('formed_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('end_reason', models.CharField(default='', max_length=20)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('index', models.UUIDField(primary_key=True, serialize=False)),
                ('person', models.BigIntegerField()),
                ('place_area', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('sheet', models.CharField(help_text='name of the declared sheet: residents, dwellings, organisations ...', max_length=40)),
                ('file_name', models.CharField(max_length=200)),
                ('digest', models.BinaryField(help_text='of the content: the same file is known again')),
                ('size', models.BigIntegerField()),
                ('form', models.CharField(help_text='xlsx, xls, csv, paste', max_length=8)),
                ('mapping', models.JSONField(default=dict, help_text='heading in the file to column of the sheet; null for one that is left out')),
                ('headings', models.JSONField(default=list)),
                ('options', models.JSONField(default=dict)),
                ('state', models.CharField(default='received', max_length=10)),
                ('counts', models.JSONField(default=dict, help_text='added, changed, same, bad, asked, taken, and rows done so far')),
                ('trouble', models.JSONField(default=dict, help_text='a sentence in both languages when it failed')),
                ('account', models.BigIntegerField(null=True)),
                ('post', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('checked_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(help_text='when its cells were destroyed; verdicts and counts stay', null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='IntakeRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('line', models.IntegerField(help_text='line in the file, the heading is 1')),
                ('sealed', models.BinaryField(null=True)),
                ('verdict', models.CharField(help_text='add, change, same, bad, ask, skip', max_length=8)),
                ('faults', models.JSONField(default=dict, help_text='column to code of the rule it breaks; never a value')),
                ('record', models.BigIntegerField(help_text='the person or other main record that it became or met', null=True)),
                ('before', models.BinaryField(help_text='what was there before, sealed; for undoing', null=True)),
                ('is_taken', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('relation', models.CharField(help_text='GB/T 4761; 0 is the head', max_length=2)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('one', models.BigIntegerField(help_text='person')),
                ('other', models.BigIntegerField(help_text='person; null while the other is only a row of a file', null=True)),
                ('row', models.BigIntegerField(null=True)),
                ('likeness', models.BinaryField(help_text='keyed digest of what the other side says, so that the same question is not asked twice')),
                ('reasons', models.JSONField(default=list, help_text='what speaks for it: name, birth, address')),
                ('answer', models.CharField(default='', help_text='same, different; empty while nobody answered', max_length=10)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('pinyin', models.CharField(default='', max_length=200)),
                ('former_name', models.CharField(default='', max_length=60)),
                ('sex', models.CharField(default='0', help_text='GB/T 2261.1', max_length=1)),
                ('born_on', models.DateField(null=True)),
                ('id_kind', models.CharField(default='', help_text="111 citizen's card; other kinds of document bear their own code", max_length=3)),
                ('id_sealed', models.BinaryField(null=True)),
                ('id_index', models.UUIDField(null=True)),
                ('phone_sealed', models.BinaryField(null=True)),
                ('phone_index', models.UUIDField(null=True)),
                ('ethnicity', models.CharField(default='', help_text='GB/T 3304', max_length=2)),
                ('marital', models.CharField(default='', help_text='GB/T 2261.2', max_length=2)),
                ('education', models.CharField(default='', help_text='GB/T 4658', max_length=2)),
                ('employment', models.CharField(default='', max_length=2)),
                ('standing', models.CharField(default='living', max_length=10)),
                ('registered_at', models.CharField(default='', help_text='official division code of the registered place, when it is elsewhere', max_length=12)),
                ('living_at', models.CharField(default='', help_text='official division code of where he lives, when it is elsewhere', max_length=12)),
                ('fields', models.JSONField(default=dict, help_text='declared fields up to class 1b')),
                ('sealed', models.BinaryField(help_text='declared fields of class 2 and 3 as JSON, sealed together', null=True)),
                ('confirmed', models.JSONField(default=dict)),
                ('came_on', models.DateField(null=True)),
                ('left_on', models.DateField(null=True)),
                ('died_on', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('sealed', models.BinaryField(help_text='names and values as JSON')),
                ('state', models.CharField(default='waiting', help_text='waiting, taken, declined, withdrawn', max_length=10)),
                ('reason', models.CharField(default='', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.BigIntegerField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Residence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('tie', models.CharField(max_length=10)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('office', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('doorway', models.CharField(default='', max_length=10)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('number', models.SmallIntegerField(help_text='which term it is: 第 12 届', null=True)),
                ('chosen_by', models.CharField(default='', help_text='all voters, households, delegates, appointed', max_length=20)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('pinyin', models.CharField(default='', max_length=240)),
                ('address', models.CharField(default='', max_length=120)),
                ('lon_e6', models.IntegerField(null=True)),
                ('lat_e6', models.IntegerField(null=True)),
                ('cell', models.BigIntegerField(null=True)),
                ('fields', models.JSONField(default=dict)),
                ('confirmed', models.JSONField(default=dict)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='ThingPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('unit', models.CharField(default='', max_length=10)),
                ('count', models.IntegerField(default=1)),
                ('wanted', models.IntegerField(null=True)),
                ('made_on', models.DateField(null=True)),
                ('expires_on', models.DateField(null=True)),
                ('checked_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('purpose', models.CharField(max_length=20)),
                ('outcome', models.CharField(help_text='met, nobody_home, declined, away', max_length=20)),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('again_on', models.DateField(null=True)),
                ('needs_sealed', models.BinaryField(help_text='what the household said it needs', null=True)),
            ],
        ),
        migrations.AddField(
            model_name='organisation',
            name='confirmed',
            field=models.JSONField(default=dict, help_text='field to the day (days since 1970-01-01) on which somebody last saw that it is so'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='credit_code',
            field=models.CharField(default='', help_text='统一社会信用代码, GB 32100', max_length=18),
        ),
        migrations.AddField(
            model_name='organisation',
            name='fields',
            field=models.JSONField(default=dict, help_text='what the declaration of its kind asks for; open or internal only'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='stage',
            field=models.CharField(default='', help_text='how far a social organisation is: fostered, filed, registered, ended', max_length=20),
        ),
        migrations.AddField(
            model_name='organisation',
            name='version',
            field=models.IntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(condition=models.Q(('credit_code', ''), _negated=True), fields=['credit_code'], name='organisation_by_credit_code'),
        ),
        migrations.AddIndex(
            model_name='building',
            index=models.Index(fields=['area', 'key'], name='building_by_area'),
        ),
        migrations.AddConstraint(
            model_name='building',
            constraint=models.UniqueConstraint(django.db.models.expressions.CombinedExpression(models.F('area'), '-', django.db.models.functions.math.Mod(models.F('area'), 1000)), models.F('key'), condition=models.Q(('valid_to', None)), name='building_once'),
        ),
        migrations.AddConstraint(
            model_name='columnmemory',
            constraint=models.UniqueConstraint(fields=('organisation', 'sheet', 'heading'), name='heading_once'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='elements.post'),
        ),
        migrations.AddField(
            model_name='dwelling',
            name='building',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='elements.building'),
        ),
        migrations.AddField(
            model_name='household',
            name='dwelling',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='households', to='elements.dwelling'),
        ),
        migrations.AddIndex(
            model_name='intake',
            index=models.Index(fields=['area', '-id'], name='intake_by_area'),
        ),
        migrations.AddIndex(
            model_name='intake',
            index=models.Index(fields=['digest'], name='intake_by_digest'),
        ),
        migrations.AddField(
            model_name='intakerow',
            name='intake',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='elements.intake'),
        ),
        migrations.AddField(
            model_name='membership',
            name='household',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='elements.household'),
        ),
        migrations.AddIndex(
            model_name='pairing',
            index=models.Index(fields=['area', 'answer', '-id'], name='pairing_by_area'),
        ),
        migrations.AddConstraint(
            model_name='pairing',
            constraint=models.UniqueConstraint(fields=('one', 'likeness'), name='pairing_once'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['area', 'pinyin', 'id'], name='person_by_name'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('id_index', None), _negated=True), fields=['id_index'], name='person_by_number'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('phone_index', None), _negated=True), fields=['phone_index'], name='person_by_phone'),
        ),
        migrations.AddField(
            model_name='membership',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='elements.person'),
        ),
        migrations.AddField(
            model_name='consent',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='elements.person'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='dwelling',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='elements.dwelling'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='elements.person'),
        ),
        migrations.AddField(
            model_name='residence',
            name='dwelling',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='residences', to='elements.dwelling'),
        ),
        migrations.AddField(
            model_name='residence',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='residences', to='elements.person'),
        ),
        migrations.AddField(
            model_name='seat',
            name='building',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='elements.building'),
        ),
        migrations.AddField(
            model_name='seat',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='elements.organisation'),
        ),
        migrations.AddField(
            model_name='seat',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='elements.person'),
        ),
        migrations.AddField(
            model_name='seat',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='elements.post'),
        ),
        migrations.AddField(
            model_name='term',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='elements.organisation'),
        ),
        migrations.AddField(
            model_name='seat',
            name='term',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='elements.term'),
        ),
        migrations.AddField(
            model_name='thing',
            name='building',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='things', to='elements.building'),
        ),
        migrations.AddField(
            model_name='thing',
            name='keeper',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='things', to='elements.organisation'),
        ),
        migrations.AddField(
            model_name='seat',
            name='thing',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='elements.thing'),
        ),
        migrations.AddField(
            model_name='thingpart',
            name='thing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='elements.thing'),
        ),
        migrations.AddField(
            model_name='visit',
            name='dwelling',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='elements.dwelling'),
        ),
        migrations.AddField(
            model_name='visit',
            name='household',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='elements.household'),
        ),
        migrations.AddField(
            model_name='visit',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='elements.post'),
        ),
        migrations.AddIndex(
            model_name='confirmation',
            index=models.Index(fields=['register', 'record', '-id'], name='confirmation_by_record'),
        ),
        migrations.AddIndex(
            model_name='confirmation',
            index=models.Index(fields=['area', '-id'], name='confirmation_by_area'),
        ),
        migrations.AddIndex(
            model_name='dwelling',
            index=models.Index(fields=['area', 'id'], name='dwelling_by_area'),
        ),
        migrations.AddConstraint(
            model_name='dwelling',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('building', 'key'), name='dwelling_once'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(fields=['area', 'id'], name='household_by_area'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(condition=models.Q(('booklet_index', None), _negated=True), fields=['booklet_index'], name='household_by_booklet'),
        ),
        migrations.AddIndex(
            model_name='intakerow',
            index=models.Index(fields=['intake', 'verdict', 'line'], name='intake_by_verdict'),
        ),
        migrations.AddConstraint(
            model_name='intakerow',
            constraint=models.UniqueConstraint(fields=('intake', 'line'), name='intake_line_once'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['household', 'since'], name='membership_by_household'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person',), name='member_of_one_household'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('relation', '0'), ('until', None)), fields=('household',), name='household_has_one_head'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('since', None), ('until__gte', models.F('since')), _connector='OR'), name='membership_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_on', None)), fields=('person', 'purpose'), name='consent_once'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['area', 'state', '-id'], name='proposal_by_area'),
        ),
        migrations.AddIndex(
            model_name='residence',
            index=models.Index(fields=['dwelling', 'tie'], name='residence_by_dwelling'),
        ),
        migrations.AddConstraint(
            model_name='residence',
            constraint=models.UniqueConstraint(condition=models.Q(('tie__in', ['living', 'registered']), ('until', None)), fields=('person', 'tie'), name='lives_at_one_dwelling'),
        ),
        migrations.AddConstraint(
            model_name='residence',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'dwelling', 'tie'), name='residence_once'),
        ),
        migrations.AddConstraint(
            model_name='residence',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('since', None), ('until__gte', models.F('since')), _connector='OR'), name='residence_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='term',
            index=models.Index(fields=['organisation', '-since'], name='term_by_organisation'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='term_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='thing',
            index=models.Index(fields=['area', 'kind', 'pinyin'], name='thing_by_area'),
        ),
        migrations.AddIndex(
            model_name='thing',
            index=models.Index(fields=['kind', 'cell'], name='thing_by_cell'),
        ),
        migrations.AddIndex(
            model_name='seat',
            index=models.Index(fields=['area', 'office'], name='seat_by_area'),
        ),
        migrations.AddIndex(
            model_name='seat',
            index=models.Index(fields=['organisation', 'office'], name='seat_by_organisation'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('since', None), ('until__gte', models.F('since')), _connector='OR'), name='seat_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='thingpart',
            index=models.Index(condition=models.Q(('expires_on', None), _negated=True), fields=['area', 'expires_on'], name='part_by_expiry'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['area', '-happened_at'], name='visit_by_area'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('again_on', None), _negated=True), fields=['area', 'again_on'], name='visit_by_next'),
        ),
    ]
