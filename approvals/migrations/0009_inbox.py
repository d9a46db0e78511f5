from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_on_behalf_of")]

    operations = []
