from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0011_second_thoughts")]

    operations = []
