"""Credentials for tests, which are made when these run, so that nothing here looks like one; and a server that plays
the Hub, so that no test reaches another."""

import os
import random
import string
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import hub_server  # noqa: E402

HUB = hub_server.start()
# The client reads them when it is imported.
os.environ.update(
    HF_ENDPOINT=HUB.url,
    HF_HOME=tempfile.mkdtemp(prefix="hfscan-home-"),
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_DISABLE_PROGRESS_BARS="1",
    HF_TOKEN="nobody",
    DO_NOT_TRACK="1",
    RAY_USAGE_STATS_ENABLED="0",
)


def make_token(seed: int = 1) -> str:
    letters = random.Random(seed).choices(string.ascii_letters, k=34)
    return "hf" + "_" + "".join(letters)


@pytest.fixture
def token() -> str:
    return make_token()


@pytest.fixture
def hub():
    HUB.forget()
    return HUB
