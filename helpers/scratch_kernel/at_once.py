"""Send a kernel several requests so that it begins the first only when it has all of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

# As one expression it leaves no name behind.
_HOLD = "while not __import__('os').path.exists({go!r}): __import__('time').sleep(0.002)"


def execute_at_once(
    client: BlockingKernelClient,
    requests: Sequence[Mapping[str, Any]],
    go: Path,
    reply_to: Callable[[str], Mapping[str, Any]],
) -> list[str]:
    """Send execute requests, and return their ids.

    What a kernel does with a cell may depend on which others wait behind it: after an error it skips those that have
    come (`stop_on_error`), and a nested run of the loop meets those that have come. A sender that the system keeps
    waiting between two requests would change that. So the kernel is held until it has all of them.

    That it has them is learned from a subshell, a second place of the kernel where requests are executed: the kernel
    deals out to both in the order in which requests arrive, so when the subshell answers, the cells have arrived.
    https://jupyter-client.readthedocs.io/en/stable/messaging.html#create-subshell

    Args:
        client: with its shell and control channels started.
        requests: the arguments of `client.execute`, for each.
        go: a path at which there is no file yet. A file there lets the kernel go; it stays.
        reply_to: waits for the reply to a request, on either channel, and returns its content; empty if the kernel
            has ended.
    """

    def ask(kind: str, channel: Any, subshell: str | None = None, **content: str | None) -> Mapping[str, Any]:
        message = client.session.msg(kind, content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        channel.send(message)
        return reply_to(message["header"]["msg_id"])

    subshell = ask("create_subshell_request", client.control_channel).get("subshell_id")
    client.execute(_HOLD.format(go=str(go)), silent=True, allow_stdin=False)
    ids = [client.execute(**request) for request in requests]
    ask("kernel_info_request", client.shell_channel, subshell)
    ask("delete_subshell_request", client.control_channel, subshell_id=subshell)
    go.touch()
    return ids
