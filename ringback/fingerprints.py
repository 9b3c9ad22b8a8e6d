"""Fingerprints of numbers: by them a number is known again, and none can be read from them without the secret."""

import hashlib
import hmac


def fingerprint(number: str, key: str) -> str:
    """Of a number in E.164, with the installation's `number_key` (`ringback/secrets.py`)."""
    return hmac.new(key.encode(), number.encode(), hashlib.sha256).hexdigest()
