"""Signatures, against the published example and against an independent library."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from orchestrator.webhooks import signing

pytestmark = pytest.mark.req("K12")
# The example that the authors of Standard Webhooks publish with their libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def sign_example(secret):
    return signing.signature(
        secret,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )


class TestSignature:
    def test_is_the_one_of_the_published_example(self):
        found = sign_example(SECRET)

        assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @pytest.mark.parametrize("secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64!"])
    def test_refuses_a_secret_that_is_none(self, secret):
        with pytest.raises(ValueError, match="webhook secret"):
            sign_example(secret)


class TestNewSecret:
    def test_is_never_the_same_and_long_enough(self):
        secrets = {signing.new_secret() for _ in range(50)}

        assert len(secrets) == 50
        assert all(len(signing._key(secret)) == 32 for secret in secrets)


class TestHeaders:
    def sent(self, *secrets):
        body = b'{"type":"webhook.test"}'
        found = signing.headers(secrets, message_id="msg_1", timestamp=int(time.time()), body=body)
        return found, body

    def test_pass_an_independent_verifier(self):
        secret = signing.new_secret()
        headers, body = self.sent(secret)

        assert Webhook(secret).verify(body, headers) == {"type": "webhook.test"}

    def test_pass_with_either_secret_while_one_is_replaced(self):
        new, old = signing.new_secret(), signing.new_secret()
        headers, body = self.sent(new, old)

        assert headers["webhook-signature"].count("v1,") == 2
        assert Webhook(new).verify(body, headers) == Webhook(old).verify(body, headers)

    def test_fail_for_another_body_or_another_secret(self):
        secret = signing.new_secret()
        headers, body = self.sent(secret)

        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + b" ", headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.new_secret()).verify(body, headers)
