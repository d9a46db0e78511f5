from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="workflow",
            options={
                "ordering": ["title"],
                "permissions": [
                    ("decide_workflow", "May decide on proposals of this workflow"),
                    ("administer_workflow", "May change this workflow's mode and versions"),
                    ("view_personal_workflow", "May see this workflow's personal fields"),
                    ("view_sensitive_workflow", "May see this workflow's sensitive fields"),
                ],
            },
        ),
    ]
