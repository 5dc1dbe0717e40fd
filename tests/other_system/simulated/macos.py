"""The helpers take this system for macOS: nothing tells who sleeps, and a process may have 256 files open."""

import resource
import selectors

from simulated import source

selectors.DefaultSelector = selectors.PollSelector  # type: ignore[misc]  # there is no epoll
resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
source.replace({"sys.platform": '"darwin"', "/proc/self": "/none"})
