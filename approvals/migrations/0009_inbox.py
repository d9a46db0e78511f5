import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0001_initial"),
        ("approvals", "0008_on_behalf_of"),
        ("people", "0003_absences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, default="", max_length=500)),
                ("is_default", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["owner", "place"],
            },
        ),
        migrations.RemoveIndex(
            model_name="review",
            name="review_inbox",
        ),
        migrations.AddField(
            model_name="proposal",
            name="group_key",
            field=models.CharField(default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="review",
            name="agent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agents.agent",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="group_key",
            field=models.CharField(default="", editable=False, max_length=40),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                models.F("workflow"),
                models.OrderBy(
                    django.db.models.functions.comparison.Coalesce("closed_at", "approved_at"),
                    descending=True,
                ),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    ("closed_at__isnull", False), ("approved_at__isnull", False), _connector="OR"
                ),
                name="proposal_by_workflow_ending",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("requester_kind", "person")),
                fields=["requester_id", "-created_at", "-id"],
                name="proposal_by_person",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    "title",
                    django.db.models.fields.json.KeyTextTransform("label", "headline"),
                    config="simple",
                ),
                condition=models.Q(("state", "in_review")),
                name="proposal_words",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["role", "due_at", "id"],
                include=("assignee",),
                name="review_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["group_key", "due_at", "id"],
                name="review_by_group",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("agent__isnull", False), ("state", "open")),
                fields=["agent", "due_at", "id"],
                name="review_by_agent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="copy_what_lists_read",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT p.agent_id, p.group_key INTO NEW.agent_id, NEW.group_key\n                    FROM approvals_proposal p WHERE p.id = NEW.proposal_id;\n                    RETURN NEW;\n                ",
                    hash="6c7f4d9d11431fcd32c439cc34a4ac4dbd2e5596",
                    operation="INSERT",
                    pgid="pgtrigger_copy_what_lists_read_8bf08",
                    table="approvals_review",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="shared_with",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="people.role",
            ),
        ),
        migrations.AddIndex(
            model_name="savedview",
            index=models.Index(
                condition=models.Q(("shared_with__isnull", False)),
                fields=["shared_with"],
                name="saved_view_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("owner"),
                django.db.models.functions.text.Lower("name"),
                name="saved_view_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("owner", "place"), name="saved_view_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("owner",),
                name="saved_view_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__gte", 1), ("place__lte", 30)),
                name="saved_view_place_is_there",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
            ),
        ),
        # What waits already stands alone until its records are read again.
        migrations.RunSQL(
            """
            UPDATE approvals_proposal SET group_key = left(md5(id), 24)
            WHERE state IN ('received', 'in_review', 'revision_requested');
            UPDATE approvals_review r SET agent_id = p.agent_id, group_key = p.group_key
            FROM approvals_proposal p WHERE p.id = r.proposal_id AND r.state IN ('open', 'waiting');
            """,
            migrations.RunSQL.noop,
        ),
    ]
