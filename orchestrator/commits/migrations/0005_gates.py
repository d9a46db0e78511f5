from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commits", "0004_dead_letters")]

    operations: list[object] = []
