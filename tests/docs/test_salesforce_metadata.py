"""What an administrator deploys: well formed, complete, no more rights than needed, and tried."""

import itertools
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from orchestrator.connectors.base import OWN_FIELDS, OWN_KEY_FIELD, REASON_FIELD, STAMP_FIELD
from orchestrator.connectors.salesforce.markers import MARKER_KEY, MARKER_OBJECT
from orchestrator.simulator.objects import BUSINESS
from orchestrator.simulator.validation import GUARDED, REASON_NEEDED, lacks_reason
from tests.docs.formula import PERMISSION, Save, evaluate, names_in

pytestmark = pytest.mark.req("H4")
ROOT = Path(__file__).parents[2] / "docs" / "salesforce"
MAIN = ROOT / "force-app" / "main" / "default"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
FILES = sorted(MAIN.rglob("*-meta.xml"))
FIELD_FILES = sorted(MAIN.glob("objects/*/fields/*.field-meta.xml"))
STAMPED = {"Account", "Activity", "Case", "Contact", "Lead", "Opportunity"}
# By the ending of the file: its root element, and the children it must have.
TYPES = {
    "field": ("CustomField", {"fullName", "label", "type", "description"}),
    "object": ("CustomObject", {"deploymentStatus", "label", "nameField", "pluralLabel",
                                "sharingModel", "description"}),
    "customPermission": ("CustomPermission", {"isLicensed", "label", "description"}),
    "permissionset": ("PermissionSet", {"hasActivationRequired", "label", "description"}),
    "validationRule": ("ValidationRule", {"fullName", "active", "errorConditionFormula",
                                          "errorMessage", "description"}),
}  # fmt: skip
LONGEST_DESCRIPTION = 255
RULE = (
    MAIN / "objects/Opportunity/validationRules/Countersign_Reason_Required.validationRule-meta.xml"
)
PERMISSIONS = MAIN / "permissionsets/Countersign_Integration.permissionset-meta.xml"


def parse(path: Path) -> ET.Element:
    root = ET.parse(path).getroot()  # noqa: S314 - our own files
    for element in root.iter():
        assert element.tag.startswith(f"{{{NAMESPACE}}}")
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    return root


def text_of(element: ET.Element, name: str) -> str:
    found = element.findtext(name)
    assert found is not None, name
    return found


def name_and_kind(path: Path) -> tuple[str, str]:
    name, kind, _ = path.name.split(".", 2)
    return name, kind.removesuffix("-meta")


def object_of(path: Path) -> str:
    return path.parent.parent.name


class TestFiles:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MAIN)))
    def test_are_what_their_names_say(self, path):
        name, kind = name_and_kind(path)
        root = parse(path)
        expected, required = TYPES[kind]
        children = [child.tag for child in root]
        assert root.tag == expected
        assert required <= set(children)
        assert root.findtext("fullName", name) == name
        assert len(text_of(root, "description")) <= LONGEST_DESCRIPTION
        # The order of what the CLI retrieves: the name, then the alphabet.
        assert children == sorted(children, key=lambda tag: (tag != "fullName", tag))
        for child in root:
            below = [each.tag for each in child]
            assert below == sorted(below)

    def test_are_all_listed_in_the_manifest_and_nothing_else_is(self):
        package = parse(ROOT / "manifest" / "package.xml")
        listed = {
            text_of(types, "name"): [str(member.text) for member in types.findall("members")]
            for types in package.findall("types")
        }
        there: dict[str, set[str]] = {}
        for path in FILES:
            name, kind = name_and_kind(path)
            within = f"{object_of(path)}." if kind in ("field", "validationRule") else ""
            there.setdefault(TYPES[kind][0], set()).add(f"{within}{name}")
        assert {kind: set(members) for kind, members in listed.items()} == there
        assert all(members == sorted(members) for members in listed.values())

    def test_are_found_by_the_project_and_of_one_api_version(self):
        project = json.loads((ROOT / "sfdx-project.json").read_text())
        [folder] = project["packageDirectories"]
        assert (ROOT / folder["path"] / "main" / "default") == MAIN
        version = text_of(parse(ROOT / "manifest" / "package.xml"), "version")
        assert project["sourceApiVersion"] == version


class TestFields:
    def test_are_those_that_the_connector_fills_in(self):
        found: dict[str, set[str]] = {}
        for path in FIELD_FILES:
            found.setdefault(object_of(path), set()).add(name_and_kind(path)[0])
        marker = next(kind for kind in BUSINESS if kind.name == MARKER_OBJECT)
        own = {field.name for field in marker.fields.values() if field.custom}
        assert found == {**{name: set(OWN_FIELDS) for name in STAMPED}, MARKER_OBJECT: own}

    @pytest.mark.parametrize("path", FIELD_FILES, ids=lambda path: f"{object_of(path)}.{path.name}")
    def test_are_unique_where_a_repeat_must_fail_and_long_enough(self, path):
        name, root = name_and_kind(path)[0], parse(path)
        is_key = name in (OWN_KEY_FIELD, MARKER_KEY)
        assert text_of(root, "externalId") == str(is_key).lower()
        assert (root.findtext("unique"), root.findtext("caseSensitive")) == (
            ("true", "true")
            if is_key
            else ("false" if text_of(root, "type") == "Text" else None, None)
        )
        if name in (STAMP_FIELD, REASON_FIELD, "Digest__c"):
            assert int(text_of(root, "length")) >= 80

    def test_are_in_the_simulated_org_as_they_are_deployed(self):
        for kind in BUSINESS:
            folder = "Activity" if kind.name == "Task" else kind.name
            for name in (STAMP_FIELD, REASON_FIELD):
                path = MAIN / "objects" / folder / "fields" / f"{name}.field-meta.xml"
                simulated = kind.field(name)
                assert (simulated is not None) == path.exists()
                if simulated is not None:
                    assert str(simulated.length) == text_of(parse(path), "length")


class TestPermissionSet:
    def test_names_only_fields_that_are_deployed_and_every_one_that_can_be_named(self):
        granted = {
            text_of(each, "field"): (text_of(each, "readable"), text_of(each, "editable"))
            for each in parse(PERMISSIONS).findall("fieldPermissions")
        }
        expected = set()
        for path in FIELD_FILES:
            if text_of(parse(path), "required") == "true":
                # Everybody may see a required field, and to grant it is an error.
                continue
            holder = object_of(path)
            for name in ("Event", "Task") if holder == "Activity" else (holder,):
                expected.add(f"{name}.{name_and_kind(path)[0]}")
        assert set(granted) == expected
        assert set(granted.values()) == {("true", "true")}

    def test_reads_and_changes_records_and_deletes_none_and_sees_no_others(self):
        rights = {
            text_of(each, "object"): {child.tag for child in each if child.text == "true"}
            for each in parse(PERMISSIONS).findall("objectPermissions")
        }
        usual = {"allowCreate", "allowEdit", "allowRead"}
        assert rights == {
            **dict.fromkeys(STAMPED - {"Activity"}, usual),
            MARKER_OBJECT: {"allowCreate", "allowRead"},
        }

    def test_gives_no_more_than_the_api_and_tasks(self):
        root = parse(PERMISSIONS)
        users = {text_of(each, "name") for each in root.findall("userPermissions")}
        assert users == {"ApiEnabled", "EditTask"}
        [permission] = root.findall("customPermissions")
        assert text_of(permission, "name") == "Countersign_Integration"
        path = MAIN / "customPermissions/Countersign_Integration.customPermission-meta.xml"
        assert path.exists()


OLD = {
    "StageName": "Proposal", "Amount": 1000.0, "CloseDate": "2026-12-31", "NextStep": "Wait",
    REASON_FIELD: "stalled", STAMP_FIELD: "cmt_1",
}  # fmt: skip
CHOICES = {
    "StageName": ["Proposal", "Negotiation"], "Amount": [1000.0, None, 2000.0],
    "CloseDate": ["2026-12-31", "2027-01-31"], "NextStep": ["Wait", "Call"],
    REASON_FIELD: ["stalled", "closing", None], STAMP_FIELD: ["cmt_1", "cmt_2", None],
}  # fmt: skip


class TestRule:
    def test_looks_at_what_we_guard_and_what_we_fill_in(self):
        rule = parse(RULE)
        names = names_in(text_of(rule, "errorConditionFormula"))
        permission = f"{PERMISSION}Countersign_Integration"
        assert names == {*GUARDED, REASON_FIELD, STAMP_FIELD, permission}
        assert text_of(rule, "active") == "true"
        assert text_of(rule, "errorDisplayField") == REASON_FIELD
        assert text_of(rule, "errorMessage") == REASON_NEEDED
        assert len(REASON_NEEDED) <= LONGEST_DESCRIPTION

    @pytest.mark.parametrize("permission", [True, False])
    @pytest.mark.parametrize("old", [None, OLD], ids=["new", "change"])
    def test_says_in_the_simulated_org_what_its_formula_says(self, permission, old):
        formula = text_of(parse(RULE), "errorConditionFormula")
        permissions = frozenset({"Countersign_Integration"} if permission else ())
        refused = 0
        choices: list[Any] = list(CHOICES.values())
        for values in itertools.product(*choices):
            new = dict(zip(CHOICES, values, strict=True))
            expected = evaluate(formula, Save(old, new, permissions))
            assert lacks_reason(old, new, permission=permission) is expected, new
            refused += expected
        assert (refused > 0) is permission

    @pytest.mark.parametrize(
        ("new", "refused"),
        [
            ({"StageName": "Negotiation"}, True),
            ({"Amount": 2000.0, STAMP_FIELD: "cmt_2", REASON_FIELD: None}, True),
            ({"CloseDate": "2027-01-31", REASON_FIELD: "closing"}, True),
            ({"StageName": "Negotiation", STAMP_FIELD: "cmt_2"}, False),
            ({"StageName": "Negotiation", STAMP_FIELD: None}, True),
            ({"NextStep": "Call"}, False),
        ],
    )
    def test_asks_for_a_reason_and_a_new_commit_in_the_same_save(self, new, refused):
        formula = text_of(parse(RULE), "errorConditionFormula")
        save = Save(OLD, {**OLD, **new}, frozenset({"Countersign_Integration"}))
        assert evaluate(formula, save) is refused
