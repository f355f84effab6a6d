"""Becomes another program that dies with its parent and, when started by root, runs as somebody else.

Run as `python -I -S launch.py PARENT_PID USER PROGRAM [ARG …]` (USER "-" keeps the present one). Postgres refuses to
run as root; its unprivileged user may be unable to reach a data directory below /root or a fresh temporary folder, so
where that is the case the program keeps the one capability of walking through directories.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522


def become(user: str, needed: list[str]) -> None:
    """Change to `user`; keep a capability only when `user` cannot reach one of the paths `needed`."""
    libc = ctypes.CDLL(None, use_errno=True)
    account = pwd.getpwnam(user)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    if all(os.access(path, os.X_OK, effective_ids=True) for path in needed):
        return
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        mask = 1 << capability
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        if libc.capset(header, data) == 0 and libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0:
            return


def main() -> None:
    parent, user, program, *arguments = sys.argv[1:]
    if user != "-":
        become(user, [program, os.path.abspath(".")])  # noqa: PTH100 (pathlib costs start-up time)
    # After the change of user, which clears it. SIGINT is Postgres's fast shutdown.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execv(program, [program, *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
