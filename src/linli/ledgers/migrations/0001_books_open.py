# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of the books; an entry that does not add up, or uses money that is not there, is refused by the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('fund', models.CharField(max_length=40)),
                ('year', models.SmallIntegerField()),
                ('role', models.CharField(max_length=12)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'fund', 'year', 'role'), name='account_once'), models.CheckConstraint(condition=models.Q(('role__in', ('source', 'available', 'spent'))), name='account_roles')],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fund', models.CharField(max_length=40)),
                ('year', models.SmallIntegerField()),
                ('bearer', models.BigIntegerField()),
                ('last', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('fund', 'year', 'bearer'), name='counter_once')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('fund', models.CharField(max_length=40)),
                ('year', models.SmallIntegerField()),
                ('bearer', models.BigIntegerField()),
                ('number', models.IntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('day', models.DateField()),
                ('at', models.DateTimeField()),
                ('amount', models.BigIntegerField(help_text='in cents (分), above nought')),
                ('use', models.CharField(default='', help_text="what it was spent on, of the fund's list", max_length=40)),
                ('purpose', models.CharField(max_length=200)),
                ('payee', models.CharField(default='', help_text='the firm or unit that was paid', max_length=120)),
                ('booked_by', models.BigIntegerField(null=True)),
                ('booked_at', models.DateTimeField()),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='ledgers.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('fund', models.CharField(max_length=40)),
                ('year', models.SmallIntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('role', models.CharField(max_length=12)),
                ('amount', models.BigIntegerField(help_text='in cents (分); sums to nought over an entry')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledgers.account')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledgers.entry')),
            ],
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['area', '-id'], name='entry_by_area'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('fund', 'year', 'bearer', 'number'), name='entry_number_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='entry_amount'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['appropriate', 'allocate', 'spend'])), name='entry_kinds'),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(fields=['area', 'fund', 'year'], name='posting_by_area'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create or replace function refuse_unbalanced_entry() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (select sum(amount) from ledgers_posting where entry_id = new.entry_id) <> 0 then
    raise exception 'The postings of entry % do not add up to nought.', new.entry_id;
  end if;
  if new.role = 'available' and new.amount < 0 then
    perform pg_advisory_xact_lock(7366002, new.account_id::int);
    if (select sum(amount) from ledgers_posting where account_id = new.account_id) < 0 then
      raise exception 'Account % would use money that is not there.', new.account_id;
    end if;
  end if;
  return null;
end $$;
create constraint trigger posting_adds_up after insert on ledgers_posting deferrable initially deferred
  for each row execute function refuse_unbalanced_entry()""",
            reverse_sql="""drop trigger posting_adds_up on ledgers_posting;
drop function refuse_unbalanced_entry()""",
        ),
    ]
