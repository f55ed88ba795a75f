"""``hf scan FOLDER``: what ``hf upload`` would send, scanned before it does."""

import os
import subprocess
import sys

from hfscan import find_binary


def main() -> int:
    """Runs ``hfscan upload-check`` with the same arguments, in place of this process where the system can."""
    command = [find_binary(), "upload-check", *sys.argv[1:]]
    if os.name == "nt":
        return subprocess.run(command).returncode
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
