from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_outcomes")]

    operations = []
