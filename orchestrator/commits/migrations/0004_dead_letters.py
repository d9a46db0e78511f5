from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commits", "0003_reversals")]

    operations: list[object] = []
