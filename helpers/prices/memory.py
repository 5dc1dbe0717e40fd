"""How much memory this process holds, on each system in its own words: Python has no one call for it."""

import os
import subprocess
import sys
from pathlib import Path


def resident_memory() -> int:
    """Return the bytes of main memory that this process occupies now (resident set; on Windows, working set).

    What the operating system keeps for the process outside of it, such as its threads' kernel stacks, is not in it.
    Raises OSError where the system does not tell.
    """
    if sys.platform == "win32":
        return _working_set()
    if sys.platform == "linux":
        # Second number of statm: resident pages, see proc_pid_statm(5).
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    command = ["ps", "-o", "rss=", "-p", str(os.getpid())]
    told = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if told.returncode:
        raise OSError(f"ps did not tell how much memory process {os.getpid()} holds: {told.stderr.strip()}")
    return int(told.stdout) * 1024  # ps counts in units of 1,024 bytes


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of psapi.h."""

        _fields_ = [
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            ("PeakWorkingSetSize", ctypes.c_size_t),
            ("WorkingSetSize", ctypes.c_size_t),
            ("QuotaPeakPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPeakNonPagedPoolUsage", ctypes.c_size_t),
            ("QuotaNonPagedPoolUsage", ctypes.c_size_t),
            ("PagefileUsage", ctypes.c_size_t),
            ("PeakPagefileUsage", ctypes.c_size_t),
        ]

    def _working_set() -> int:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.K32GetProcessMemoryInfo.argtypes = [wintypes.HANDLE, ctypes.POINTER(_Counters), wintypes.DWORD]
        kernel.K32GetProcessMemoryInfo.restype = wintypes.BOOL
        counters = _Counters(cb=ctypes.sizeof(_Counters))
        if not kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb):
            raise ctypes.WinError(ctypes.get_last_error())
        return int(counters.WorkingSetSize)
