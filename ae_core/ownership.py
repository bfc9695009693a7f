"""Who may command a run: whoever holds the token whose fingerprint it bears. The token itself is not kept."""

import hashlib
import hmac


def fingerprint(token: str) -> str:
    """The SHA-256 hash of a token, 64 hexadecimal digits. Tokens are long and random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def holds(token: str, mark: str | None) -> bool:
    """Whether a token has that fingerprint; False for no fingerprint."""
    return mark is not None and hmac.compare_digest(fingerprint(token), mark)
