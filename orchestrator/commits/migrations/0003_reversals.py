from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commits", "0002_records_and_orphans")]

    operations: list[object] = []
