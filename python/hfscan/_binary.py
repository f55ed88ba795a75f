"""The command ``hfscan`` that came with this package."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig


def find_binary() -> str:
    """The path of the command ``hfscan``: the one that was installed with this package, or else one on the path.

    Raises ``FileNotFoundError`` if there is none.
    """
    name = "hfscan" + (sysconfig.get_config_var("EXE") or "")
    schemes = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
    user = sysconfig.get_preferred_scheme("user") if hasattr(sysconfig, "get_preferred_scheme") else None
    if user:
        schemes.append(sysconfig.get_path("scripts", scheme=user))
    for folder in schemes:
        path = os.path.join(folder, name) if folder else ""
        if os.path.isfile(path):
            return path
    found = shutil.which("hfscan")
    if found is None:
        raise FileNotFoundError("the command hfscan is neither beside Python nor on the path")
    return found
