"""What the watchdog understands of the runner's reports."""

from orchestrator.embedded.watchdog import follow


class TestFollow:
    def test_knows_what_still_runs_when_the_reports_break_off(self):
        reports = ["started 10 15\n", "started 11 2\n", "folder /a b/c\n", "ended 10\n"]

        assert follow(reports) == ({11: 2}, ["/a b/c"], False)

    def test_has_nothing_to_end_after_a_farewell(self):
        _, folders, farewell = follow(["folder /a\n", "goodbye\n"])

        assert farewell
        assert folders == ["/a"]
