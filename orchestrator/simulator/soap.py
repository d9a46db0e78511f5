"""SOAP `login()`, as old clients still call it."""

import re
from html import unescape
from xml.sax.saxutils import escape

from orchestrator.simulator.login import check_password
from orchestrator.simulator.org import ORG_ID, Org

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
)
# Gone from this version on.
LAST_VERSION = 64.0
BAD_LOGIN = "Invalid username, password, security token; or user locked out."


def login(org: Org, *, version: str, body: str) -> tuple[int, str]:
    """Return status and body of the answer to a login call."""
    try:
        number = float(version)
    except ValueError:
        number = 0.0
    if not 0 < number <= LAST_VERSION:
        return 500, _fault("UNSUPPORTED_API_VERSION", "login() is not supported in this version")
    username, password = _element(body, "username"), _element(body, "password")
    user_id = check_password(org, username, password)
    if user_id is None:
        return 500, _fault("INVALID_LOGIN", BAD_LOGIN)
    session = org.sessions.open(user_id, ORG_ID)
    org.save_settings(sessions=org.sessions.state())
    return 200, _success(org, version, user_id, session, username)


def _element(body: str, name: str) -> str:
    """Return the text of the first element with a local name; nothing else of XML is needed."""
    found = re.search(rf"<(?:\w+:)?{name}[^>]*>(.*?)</(?:\w+:)?{name}>", body, re.DOTALL)
    return unescape(found[1]).strip() if found else ""


def _success(org: Org, version: str, user_id: str, session: str, username: str) -> str:
    base = f"{org.public_url}/services/Soap"
    parts = {
        "metadataServerUrl": f"{base}/m/{version}/{ORG_ID}",
        "passwordExpired": "false",
        "sandbox": "false",
        "serverUrl": f"{base}/u/{version}/{ORG_ID}",
        "sessionId": session,
        "userId": user_id,
    }
    info = {
        "organizationId": ORG_ID, "organizationName": "Northwind Labs",
        "sessionSecondsValid": "7200", "userId": user_id, "userName": username,
        "userLanguage": "en_US", "userLocale": "en_GB", "userTimeZone": "Europe/Berlin",
    }  # fmt: skip
    result = f"{_elements(parts)}<userInfo>{_elements(info)}</userInfo>"
    return ENVELOPE.format(body=f"<loginResponse><result>{result}</result></loginResponse>")


def _elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in values.items())


def _fault(code: str, message: str) -> str:
    detail = (
        '<sf:LoginFault xsi:type="sf:LoginFault">'
        f"<sf:exceptionCode>{code}</sf:exceptionCode>"
        f"<sf:exceptionMessage>{escape(message)}</sf:exceptionMessage></sf:LoginFault>"
    )
    fault = (
        f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {escape(message)}</faultstring>"
        f"<detail>{detail}</detail>"
    )
    return ENVELOPE.format(body=f"<soapenv:Fault>{fault}</soapenv:Fault>")
