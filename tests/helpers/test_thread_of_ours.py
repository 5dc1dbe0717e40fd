"""The thread that looks does nothing that a program could meet: no signal, no finalizer, no file, no mocked call."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.evidence

PROGRAM = """
import gc, os, signal, subprocess, sys, threading, time
from unittest import mock

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=lambda: time.sleep(0.01))  # older than ours: it is called after ours
from helpers import measure

def waits(seconds):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=seconds)  # which no hook sees: the thread that looks has all of it to do

def signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    waits(0.03)
    os.kill(os.getpid(), signal.SIGUSR1)
    return signal.sigwait({signal.SIGUSR1}) == signal.SIGUSR1

def finalizers():
    gc.set_threshold(700)  # 2,000 from Python 3.13 on, which this would not reach
    where = []
    class Finalized:
        def __init__(self):
            self.itself, self.thread = self, threading.get_ident()
        def __del__(self):
            where.append(self.thread == threading.get_ident())
    for _ in range(60):
        for _ in range(13):
            Finalized()
        waits(0.01)
    return bool(where) and all(where)

def mocks():
    called = []
    def told(name, real):
        def call(*args, **options):
            if threading.current_thread() is not threading.main_thread():
                called.append(name)
            return real(*args, **options)
        return call
    places = ["builtins.open", "builtins.__import__", "os.pread", "os.open", "time.clock_gettime", "time.process_time",
              "time.thread_time", "time.perf_counter", "gc.disable", "gc.enable", "sys.getswitchinterval"]
    places = [place for place in places if hasattr(sys.modules[place.partition(".")[0]], place.partition(".")[2])]
    patches = [mock.patch(place, told(place, getattr(sys.modules[place.partition(".")[0]], place.partition(".")[2])))
               for place in places]
    for each in patches:
        each.start()
    waits(0.2)
    for each in patches:
        each.stop()
    return called or True

def descriptors():
    os.closerange(3, 256)
    files = [os.open(os.devnull, os.O_WRONLY) for _ in range(40)]
    waits(0.05)
    return files

def forks():
    return all(os.waitstatus_to_exitcode(os.waitpid(forked(), 0)[1]) == 0 for _ in range(3))

def forked():
    process = os.fork()
    if process == 0:
        signal.alarm(5)
        raise SystemExit
    return process

for check in (signals, finalizers, mocks, forks, descriptors) if hasattr(os, "fork") else (finalizers, mocks):
    with measure(check.__name__) as run:
        answer = check()
    if check is descriptors:
        answer = all(os.write(each, b"x") for each in answer)
    print(check.__name__, answer, *run.faults)
"""


def test_it_meets_nothing_of_the_programs() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, encoding="utf-8", timeout=60)
    assert ended.stderr == ""
    told = [line.split(" ", 1) for line in ended.stdout.splitlines()]
    assert told and {answer for _, answer in told} == {"True"}, told
