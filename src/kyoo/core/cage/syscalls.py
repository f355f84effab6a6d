"""Numbers of the system calls that a caged process may make, by architecture (asm/unistd.h of Linux)."""

from __future__ import annotations

# fmt: off
X86_64 = {
    "read": 0, "readv": 19, "pread64": 17, "preadv": 295, "preadv2": 327, "write": 1, "writev": 20, "pwrite64": 18,
    "pwritev": 296, "close": 3, "close_range": 436, "lseek": 8, "fadvise64": 221, "readahead": 187, "stat": 4,
    "lstat": 6, "fstat": 5, "newfstatat": 262, "statx": 332, "statfs": 137, "fstatfs": 138, "access": 21,
    "faccessat": 269, "faccessat2": 439, "readlink": 89, "readlinkat": 267, "getdents64": 217, "getcwd": 79,
    "dup": 32, "dup2": 33, "dup3": 292, "pipe": 22, "pipe2": 293, "poll": 7, "ppoll": 271, "select": 23,
    "pselect6": 270, "epoll_create1": 291, "epoll_ctl": 233, "epoll_wait": 232, "epoll_pwait": 281, "eventfd2": 290,
    "mmap": 9, "munmap": 11, "mremap": 25, "mprotect": 10, "brk": 12, "madvise": 28, "mincore": 27, "msync": 26,
    "mbind": 237, "set_mempolicy": 238, "get_mempolicy": 239, "futex": 202, "futex_waitv": 449,
    "set_robust_list": 273, "rseq": 334, "membarrier": 324, "set_tid_address": 218, "arch_prctl": 158,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "rt_sigpending": 127, "rt_sigtimedwait": 128,
    "sigaltstack": 131, "restart_syscall": 219, "pause": 34, "sched_yield": 24, "sched_getaffinity": 204,
    "sched_getparam": 143, "sched_getscheduler": 145, "sched_get_priority_max": 146, "sched_get_priority_min": 147,
    "getcpu": 309, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "nanosleep": 35,
    "gettimeofday": 96, "time": 201, "times": 100, "getrusage": 98, "sysinfo": 99, "uname": 63, "getrandom": 318,
    "getpid": 39, "getppid": 110, "gettid": 186, "getpgrp": 111, "getuid": 102, "geteuid": 107, "getgid": 104,
    "getegid": 108, "getresuid": 118, "getresgid": 120, "getgroups": 115, "getrlimit": 97, "getpriority": 140,
    "wait4": 61, "waitid": 247, "exit": 60, "exit_group": 231, "open": 2, "openat": 257, "clone": 56, "clone3": 435,
    "execve": 59, "kill": 62, "tgkill": 234, "prlimit64": 302, "fcntl": 72, "ioctl": 16, "prctl": 157,
    "memfd_create": 319,
}
AARCH64 = {
    "read": 63, "readv": 65, "pread64": 67, "preadv": 69, "preadv2": 286, "write": 64, "writev": 66, "pwrite64": 68,
    "pwritev": 70, "close": 57, "close_range": 436, "lseek": 62, "fadvise64": 223, "readahead": 213, "fstat": 80,
    "newfstatat": 79, "statx": 291, "statfs": 43, "fstatfs": 44, "faccessat": 48, "faccessat2": 439, "readlinkat": 78,
    "getdents64": 61, "getcwd": 17, "dup": 23, "dup3": 24, "pipe2": 59, "ppoll": 73, "pselect6": 72,
    "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22, "eventfd2": 19, "mmap": 222, "munmap": 215,
    "mremap": 216, "mprotect": 226, "brk": 214, "madvise": 233, "mincore": 232, "msync": 227, "mbind": 235,
    "set_mempolicy": 237, "get_mempolicy": 236, "futex": 98, "futex_waitv": 449, "set_robust_list": 99, "rseq": 293,
    "membarrier": 283, "set_tid_address": 96, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139,
    "rt_sigpending": 136, "rt_sigtimedwait": 137, "sigaltstack": 132, "restart_syscall": 128, "sched_yield": 124,
    "sched_getaffinity": 123, "sched_getparam": 121, "sched_getscheduler": 120, "sched_get_priority_max": 125,
    "sched_get_priority_min": 126, "getcpu": 168, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115,
    "nanosleep": 101, "gettimeofday": 169, "times": 153, "getrusage": 165, "sysinfo": 179, "uname": 160,
    "getrandom": 278, "getpid": 172, "getppid": 173, "gettid": 178, "getuid": 174, "geteuid": 175, "getgid": 176,
    "getegid": 177, "getresuid": 148, "getresgid": 150, "getgroups": 158, "getrlimit": 163, "getpriority": 141,
    "wait4": 260, "waitid": 95, "exit": 93, "exit_group": 94, "openat": 56, "clone": 220, "clone3": 435,
    "execve": 221, "kill": 129, "tgkill": 131, "prlimit64": 261, "fcntl": 25, "ioctl": 29, "prctl": 167,
    "memfd_create": 279,
}
# fmt: on
