"""Wake-ups: hints that coalesce and never fail anybody."""

import pytest

from orchestrator.kernel import wakeups


@pytest.fixture
def sent(monkeypatch):
    """Return the wake-ups that were sent, with a clean slate before and after."""
    calls: list[str] = []
    monkeypatch.setattr(wakeups, "_senders", {})
    monkeypatch.setattr(wakeups, "_quiet_until", 0.0)
    wakeups.answered("work")
    wakeups.register("work", lambda: calls.append("work"))
    yield calls
    wakeups.answered("work")


class DeadBroker:
    """Fail every send, and count them."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        self.asked += 1
        raise ConnectionError("no broker")


class TestWake:
    def test_sends_one_for_many(self, sent):
        for _ in range(5):
            wakeups.wake("work")

        assert sent == ["work"]

    def test_sends_again_once_the_worker_has_woken(self, sent):
        wakeups.wake("work")
        wakeups.answered("work")
        wakeups.wake("work")

        assert sent == ["work", "work"]

    def test_does_nothing_for_a_name_that_nobody_registered(self, sent):
        wakeups.wake("other")

        assert sent == []

    def test_fails_nobody_when_the_broker_is_down_and_leaves_it_alone_for_a_while(self, sent):
        broker = DeadBroker()
        wakeups.register("work", broker)

        wakeups.wake("work")
        wakeups.answered("work")
        wakeups.wake("work")

        assert broker.asked == 1

    def test_fails_nobody_when_the_cache_is_down(self, sent, settings):
        settings.CACHES = {
            **settings.CACHES,
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://127.0.0.1:1/0",
            },
        }

        wakeups.wake("work")
        wakeups.answered("work")

        assert sent == []
