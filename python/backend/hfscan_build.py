"""Builds the wheel: what maturin makes of the extension module, with the command ``hfscan`` beside it.

maturin puts either a module or a program into a wheel. So the program is built first, and handed to it as a script
among the data of the wheel, which installers put on the path. To build with another profile than that of releases::

    HFSCAN_WHEEL_PROFILE=dev MATURIN_PEP517_ARGS="--profile dev" pip install .

Run as a program, it takes a command that was built before and puts it there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

ROOT = Path(__file__).resolve().parents[2]
# As `data` of `[tool.maturin]` in pyproject.toml says.
SCRIPTS = ROOT / "target" / "hfscan.data" / "scripts"


def build() -> Path:
    """Builds the command, and says where it is."""
    profile = os.environ.get("HFSCAN_WHEEL_PROFILE", "dist")
    command = [
        os.environ.get("CARGO", "cargo"),
        "build",
        "--locked",
        # With the module in the same build, both share what they are made of.
        "--package=hfscan-python",
        "--package=hfscan",
        "--bin=hfscan",
        f"--profile={profile}",
        "--message-format=json-render-diagnostics",
    ]
    if profile == "dist":
        command.append("--config=profile.dist.strip=true")
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    for line in reversed(done.stdout.splitlines()):
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and message.get("executable"):
            return Path(message["executable"])
    raise RuntimeError("cargo did not say where the command is")


def stage(program: Path) -> None:
    """Puts the command where maturin takes the data of the wheel from."""
    shutil.rmtree(SCRIPTS, ignore_errors=True)
    SCRIPTS.mkdir(parents=True)
    shutil.copy2(program, SCRIPTS / program.name)


def build_wheel(
    wheel_directory: str,
    config_settings: Optional[dict[str, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    import maturin

    stage(build())
    name: str = maturin.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def build_editable(
    wheel_directory: str,
    config_settings: Optional[dict[str, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    import maturin

    stage(build())
    name: str = maturin.build_editable(wheel_directory, config_settings, metadata_directory)
    return name


def build_sdist(sdist_directory: str, config_settings: Optional[dict[str, Any]] = None) -> str:
    import maturin

    # maturin looks for the folder, and packs nothing of it.
    SCRIPTS.mkdir(parents=True, exist_ok=True)
    name: str = maturin.build_sdist(sdist_directory, config_settings)
    return name


def get_requires_for_build_wheel(config_settings: Optional[dict[str, Any]] = None) -> list[str]:
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: Optional[dict[str, Any]] = None
) -> str:
    import maturin

    SCRIPTS.mkdir(parents=True, exist_ok=True)
    name: str = maturin.prepare_metadata_for_build_wheel(metadata_directory, config_settings)
    return name


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


if __name__ == "__main__":
    stage(Path(sys.argv[1]))
