from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_inbox_by_workflow_and_decided_by_ending")]

    operations: list[object] = []
