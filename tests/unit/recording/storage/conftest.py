"""A real S3 server on loopback, and settings with a bucket of the test's own in it."""

from collections.abc import Iterator

import pytest

from ringback.config import Settings
from tests.support.storage import S3Server, stored_at


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server().run() as there:
        yield there


@pytest.fixture
def s3(server: S3Server) -> Iterator[S3Server]:
    server.open_door()
    yield server
    server.go.set()
    server.refuse = None


@pytest.fixture
def away(settings: Settings, s3: S3Server) -> Settings:
    """Settings with a bucket of the test's own."""
    return stored_at(settings, f"s3://{s3.bucket()}/calls", s3.url, timeout_seconds=5)
