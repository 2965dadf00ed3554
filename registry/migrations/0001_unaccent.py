from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Names are found whatever their accents."""

    initial = True

    dependencies = []

    operations = [UnaccentExtension()]
