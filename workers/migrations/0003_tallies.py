import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workers', '0002_names_and_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(max_length=40)),
                ('domain', models.CharField(max_length=40)),
                ('pay', models.CharField(max_length=10)),
                ('state', models.CharField(max_length=5)),
                ('supervised', models.BooleanField()),
                ('practicum', models.BooleanField()),
                ('began', models.DateField()),
                ('minutes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=None)),
                ('months', models.CharField(max_length=2000)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('worker', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workers.worker')),
            ],
            options={
                'verbose_name_plural': 'tallies',
                'constraints': [models.UniqueConstraint(fields=('worker', 'work', 'domain', 'pay', 'state', 'supervised', 'practicum'), name='tally_once')],
            },
        ),
        # The background worker fills it; until then questions about everybody read the ledger itself.
        migrations.RunSQL(
            "INSERT INTO workers_mark (worker_id, marked_at) SELECT id, clock_timestamp() FROM workers_worker",
            migrations.RunSQL.noop,
        ),
    ]
