"""E-mail through the site's SMTP server, with a Message-ID that stays the same at every attempt."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from orchestrator.notifications.channels.parcels import Parcel, Receipt, failed, sent
from orchestrator.notifications.states import Purpose

# The address itself is refused, or the message: another attempt would meet the same answer.
PERMANENT = range(500, 600)


def send(address: str, parcel: Parcel) -> Receipt:
    """Send one parcel to one address."""
    host = urlsplit(parcel.site).hostname or "localhost"
    headers = {
        "Message-ID": _message_id(parcel.thread, parcel.purpose, host),
        "Auto-Submitted": "auto-generated",
        "X-Countersign-Delivery": parcel.id,
    }
    if parcel.is_final:
        first = _message_id(parcel.thread, Purpose.MESSAGE, host)
        headers |= {"In-Reply-To": first, "References": first}
    context = {"parcel": parcel}
    message = EmailMultiAlternatives(
        subject=parcel.title,
        body=render_to_string("notifications/mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers=headers,
    )
    page = render_to_string("notifications/mail.html", context)
    message.attach_alternative(page, "text/html")
    return _send(message)


def _send(message: EmailMultiAlternatives) -> Receipt:
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        return failed(
            f"The address was refused: SMTP {codes[0] if codes else ''}".strip(),
            permanent=all(code in PERMANENT for code in codes),
        )
    except smtplib.SMTPResponseException as refusal:
        # A wrong password of ours is for the operator to mend, and then it works.
        ours = isinstance(refusal, smtplib.SMTPAuthenticationError)
        permanent = refusal.smtp_code in PERMANENT and not ours
        return failed(f"SMTP {refusal.smtp_code}", permanent=permanent)
    except (smtplib.SMTPException, OSError) as error:
        return failed(f"The mail server was not reached: {type(error).__name__}.")
    return sent("Taken by the mail server.")


def _message_id(thread: str, purpose: str, host: str) -> str:
    return f"<{thread}.{purpose}@{host}>"
