"""Starts a program behind the walls of a systemd unit that have no other way of being tried: the filter of system calls and of
addresses, as a user of its own who can become nobody else. What systemd makes of such a unit is written down in systemd.exec(5).

walls.py UNIT USER PROGRAM ARGUMENT...
"""

import ctypes
import os
import re
import struct
import subprocess
import sys

ALLOW, EPERM, EAFNOSUPPORT, KILL = 0x7FFF0000, 0x00050001, 0x00050000 | 97, 0x80000000
LOAD, SAME, RETURN = 0x20, 0x15, 0x06
X86_64 = 0xC000003E
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}


def groups():
    """systemd's own groups of calls."""
    found, group = {}, None
    said = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True).stdout
    for line in re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines():
        word = line.strip()
        if line.startswith("@"):
            group = found.setdefault(word, [])
        elif line.startswith("#"):
            group = None
        elif group is not None and word and not word.startswith("#"):
            group.append(word)
    return found


def calls(unit):
    """The names that the unit's lines let through, in their order."""
    known = groups()

    def flat(name):
        return set().union(*map(flat, known[name])) if name.startswith("@") else {name}

    # Without these nothing starts, so that systemd always adds them.
    allowed = flat("@default") | {"execve"}
    for value in re.findall(r"^SystemCallFilter=(.+)$", unit, re.MULTILINE):
        names = set().union(*map(flat, value.lstrip("~").split()))
        allowed = allowed - names if value.startswith("~") else allowed | names
    return allowed


def program(unit):
    """The filter, as the kernel takes it."""
    with open("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", encoding="ascii") as header:
        numbers = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", header.read())}
    families = re.search(r"^RestrictAddressFamilies=(.+)$", unit, re.MULTILINE).group(1).split()
    socket = [(LOAD, 0, 0, 16)]
    for family in families:
        socket += [(SAME, 0, 1, FAMILIES[family]), (RETURN, 0, 0, ALLOW)]
    socket += [(RETURN, 0, 0, EAFNOSUPPORT)]
    lines = [(LOAD, 0, 0, 4), (SAME, 1, 0, X86_64), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    lines += [(SAME, 0, len(socket), numbers["socket"])] + socket
    for number in sorted(numbers[name] for name in calls(unit) if name in numbers):
        lines += [(SAME, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    return lines + [(RETURN, 0, 0, EPERM)]


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]


def main():
    path, user, *command = sys.argv[1:]
    with open(path, encoding="utf-8") as unit:
        lines = program(unit.read())
    packed = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    libc = ctypes.CDLL(None, use_errno=True)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    # PR_SET_NO_NEW_PRIVS, then PR_SET_SECCOMP with a filter.
    whole = Filter(len(lines), ctypes.cast(packed, ctypes.c_void_p))
    for name, value, what in [(38, 1, 0), (22, 2, ctypes.byref(whole))]:
        if libc.prctl(name, value, what, 0, 0) != 0:
            sys.exit(f"the kernel refuses it: {os.strerror(ctypes.get_errno())}")
    os.execv(command[0], command)


main()
