"""A web server and its Redis as real processes, with many pages open."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from orchestrator.embedded import stack
from orchestrator.embedded.ports import LOOPBACK, free_port
from orchestrator.embedded.supervisor import Supervisor
from orchestrator.embedded.valkey import running_valkey
from orchestrator.live.sessions import SessionStore
from tests.factories import create_proposal, create_user, create_workflow, get_user, vote_on
from tests.live.reading import Stream, until
from tests.processes import environment

OPPORTUNITY = "006000000000001AAA"
MANY = 20


@dataclass
class Site:
    """A running web server, whose Redis only it and the test use."""

    address: str
    supervisor: Supervisor

    def open(self, session: SessionStore, **more) -> Stream:
        return Stream(self.address, f"sessionid={session.session_key}", **more)

    def ask(self, session: SessionStore, path: str) -> httpx.Response:
        cookies = {"sessionid": session.session_key}
        return httpx.get(self.address + path, cookies=cookies, timeout=20)


@pytest.fixture
def site(transactional_db, tmp_path: Path, settings):
    with contextlib.ExitStack() as opened:
        supervisor = opened.enter_context(Supervisor(logs=tmp_path / "logs", signals=False))
        valkey = opened.enter_context(running_valkey(tmp_path, supervisor=supervisor))
        settings.REDIS_URL = valkey.url
        port = free_port()
        env = environment(REDIS_URL=valkey.url, LOG_LEVEL="WARNING")
        web = stack.web(host=LOOPBACK, port=port, processes=1, env=env)
        supervisor.start(replace(web, ready_within=120))
        yield Site(f"http://{LOOPBACK}:{port}", supervisor)


def sign_in(person) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session


def all_told(streams: list[Stream], kind: str, proposal: str) -> None:
    until(
        lambda: all(kind in stream.about(proposal) for stream in streams),
        f"everybody who may see {proposal} should be told: {kind}",
    )


@pytest.mark.req("A1")
def test_open_pages_are_told_what_they_may_know_and_outlive_redis_and_end_in_time(site, crm):
    for number in range(3):
        crm.add("Opportunity", f"00600000000000{number}AAA", Name="Deal", Amount=1.0)
    crm.add("Opportunity", OPPORTUNITY, Name="Deal", StageName="Prospecting", Amount=1.0)
    create_workflow()
    ben, ada = sign_in(get_user("ben")), sign_in(get_user("ben"))
    stranger = sign_in(create_user(username="stranger"))
    with contextlib.ExitStack() as opened:
        sessions = [ben, ada] * ((MANY - 2) // 2)
        insiders = [opened.enter_context(site.open(session)) for session in sessions[:11]]
        insiders.append(opened.enter_context(site.open(ada)))
        outsiders = [opened.enter_context(site.open(stranger)) for _ in range(MANY - 12)]
        until(
            lambda: all(stream.kinds for stream in [*insiders, *outsiders]),
            "all streams should open",
        )

        proposal = create_proposal()
        all_told(insiders, "review_opened", proposal.pk)
        kill_redis_and_wait(site, insiders)
        vote_on(proposal=proposal, vote="deny")
        all_told(insiders, "decided", proposal.pk)

        ended = SessionStore(ada.session_key)
        ended.delete()
        until(
            lambda: all(stream.ended for stream in insiders if ada.session_key in stream.cookie),
            "the streams of a session should end with it",
        )
        assert [stream.ended for stream in insiders if ben.session_key in stream.cookie] == [
            False
        ] * 6
        assert [stream.about(proposal.pk) for stream in outsiders] == [[]] * len(outsiders)
        stops_in_time(site)


def kill_redis_and_wait(site: Site, streams: list[Stream]) -> None:
    """Kill Redis, have it started again, and see that every stream says both."""
    os.kill(site.supervisor.children["valkey"].pid, signal.SIGKILL)
    until(lambda: all("paused" in stream.kinds for stream in streams), "all should pause")

    def go_on() -> bool:
        site.supervisor.tend()
        return all(stream.kinds[-1] == "resumed" for stream in streams)

    until(go_on, "all should go on")


def stops_in_time(site: Site) -> None:
    web = site.supervisor.children["web"]
    began = time.monotonic()
    os.kill(web.pid, signal.SIGTERM)
    until(lambda: not web.alive, "the web server should stop")
    assert time.monotonic() - began < 5


@pytest.mark.req("A1")
def test_who_looks_at_a_proposal_is_known_to_whoever_may_see_it_until_they_leave(site, crm):
    crm.add("Opportunity", OPPORTUNITY, Name="Deal", StageName="Prospecting", Amount=1.0)
    proposal = create_proposal()
    ben, cleo = sign_in(get_user("ben")), sign_in(get_user("dora"))
    stranger = sign_in(create_user(username="stranger"))

    def seen_by(session: SessionStore) -> list[str]:
        answer = site.ask(session, f"/proposals/{proposal.pk}/live/?revision=1")
        return list(answer.json()["here"])

    with site.open(ben, proposal=proposal.pk) as stream:
        until(lambda: seen_by(cleo) == ["Ben"], "somebody else should be told")
        assert seen_by(ben) == []
        # Its own coming it hears of only if the process was listening by then.
        assert set(stream.about(proposal.pk)) <= {"presence"}
    until(lambda: seen_by(cleo) == [], "who left should be forgotten")
    assert site.ask(stranger, f"/proposals/{proposal.pk}/live/").status_code == 404
    with site.open(stranger, proposal=proposal.pk) as refused:
        until(lambda: refused.status, "an answer should come")
        assert refused.status == 404
