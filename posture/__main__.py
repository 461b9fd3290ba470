"""`python -m posture`, the same as the command `posture`."""

import sys

from posture.cli import main

if __name__ == "__main__":
    sys.exit(main())
