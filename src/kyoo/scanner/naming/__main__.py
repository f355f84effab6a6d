"""`python -m kyoo.scanner.naming`: as `kyoo scanner guess --json`, which starts slower."""

import sys

from kyoo.scanner.naming.command import answer

if __name__ == "__main__":
    answer(sys.stdin.buffer, sys.stdout)
