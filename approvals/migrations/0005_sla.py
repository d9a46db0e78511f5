from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_bulk_decisions")]

    operations = []
