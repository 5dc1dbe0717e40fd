"""How many processors a run had: runs under another quota are not compared with each other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.reruns import processors


@pytest.fixture(autouse=True)
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: range(4), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delenv("CPU_LIMIT", raising=False)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "4 processors"),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, "0.5 of 4 processors"),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, "4 processors"),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "150000 100000",
          "sys/fs/cgroup/a/b/cpu.max": "max 100000"}, "1.5 of 4 processors"),
        ({"proc/self/cgroup": "0::/../outside\n", "sys/fs/cgroup/cpu.max": "800000 100000"}, "4 processors"),
        ({"proc/self/cgroup": "5:memory:/x\n3:cpu,cpuacct:/docker/1f\n0::/\n",
          "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "25000\n",
          "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n"}, "0.25 of 4 processors"),
        ({"proc/self/cgroup": "1:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
          "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, "4 processors"),
    ],
    ids=["none", "quota", "no quota", "of a group above", "more than there are", "older version", "older, none"],
)  # fmt: skip
def test_control_groups(files: dict[str, str], said: str, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="ascii")
    assert processors.available(tmp_path) == said


@pytest.mark.parametrize(
    ("limit", "said"),
    [("0.5", "0.5 of 4 processors"), ("8", "4 processors"), ("", "4 processors"), ("0", "4 processors"),
     ("half", "4 processors"), ("inf", "4 processors"), ("nan", "4 processors")],
)  # fmt: skip
def test_what_a_hub_allows(limit: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPU_LIMIT", limit)
    assert processors.available(tmp_path) == said


def test_it_is_among_the_conditions_of_a_run() -> None:
    code = "from helpers.reruns.conditions import machine; print(machine())"
    told = {
        limit: subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "CPU_LIMIT": limit}, capture_output=True, encoding="utf-8",
            check=True, timeout=60,
        ).stdout
        for limit in ("0.25", "")
    }  # fmt: skip
    assert ", 0.25 of " in told["0.25"] and told["0.25"] != told[""]
