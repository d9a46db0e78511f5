"""What people read at the door, in place of the library's words."""

WRONG = "The user name and the password do not go together. Try again."
TOO_MANY = "Too many tries. Wait five minutes, then try again."
WORDS = {
    "username_password_mismatch": WRONG,
    "invalid_login": WRONG,
    "account_inactive": WRONG,
    "incorrect_password": "That is not your password. Try again.",
    "incorrect_code": "That did not work. Try again.",
    "too_many_login_attempts": TOO_MANY,
    "rate_limited": TOO_MANY,
}
# What the library says after it did something; what is not named here is said by the page itself.
NEWS = {
    "mfa/messages/totp_activated.txt": "Your authenticator app is set up.",
    "mfa/messages/totp_deactivated.txt": "Your authenticator app is removed.",
    "mfa/messages/webauthn_added.txt": "Your passkey is added.",
    "mfa/messages/webauthn_removed.txt": "Your passkey is removed.",
}
