"""Which address is answered by which view."""
# mypy: disable-error-code="import-untyped"

from django.urls import path

from .views import background, computing, converting, errors, fan_out, leaving, orm, probe, saving, streams, waiting

urlpatterns = [
    path("ping", probe.ping),
    path("spent", probe.spent),
    path("waiting/blocking", waiting.blocking),
    path("waiting/awaited", waiting.awaited),
    path("waiting/blocking-in-async", waiting.blocking_in_async),
    path("fan-out/one-by-one", fan_out.one_by_one),
    path("fan-out/one-session", fan_out.one_session),
    path("fan-out/threads", fan_out.threads),
    path("fan-out/bridged", fan_out.bridged),
    path("fan-out/blocking", fan_out.blocking),
    path("fan-out/awaited-in-turn", fan_out.awaited_in_turn),
    path("fan-out/gathered", fan_out.gathered),
    path("fan-out/adapted", fan_out.adapted),
    path("fan-out/adapted-apart", fan_out.adapted_apart),
    path("fan-out/to-threads", fan_out.to_threads),
    path("orm/list", orm.country_list),
    path("orm/alist", orm.country_list_async),
    path("orm/forgot", orm.forgot),
    path("orm/slow", orm.slow),
    path("orm/ten", orm.ten),
    path("orm/ten-apart", orm.ten_apart),
    path("orm/count-by-run", orm.count_by_run),
    path("orm/count-by-bridge", orm.count_by_bridge),
    path("stream/sync", streams.stream_sync),
    path("stream/async", streams.stream_async),
    path("region/0", converting.step_0),
    path("region/1", converting.step_1),
    path("region/2", converting.step_2),
    path("region/3", converting.step_3),
    path("region/4", converting.step_4),
    path("region/5", converting.step_5),
    path("saving/one-by-one", saving.one_by_one),
    path("saving/with", saving.with_atomic),
    path("saving/async-with", saving.async_with_atomic),
    path("saving/whole-block", saving.whole_block),
    path("background/start", background.start),
    path("background/start-blocking", background.start_blocking),
    path("computing/plain", computing.plain),
    path("computing/in-the-loop", computing.in_the_loop),
    path("marks", probe.marks),
    path("leaving/plain", leaving.plain),
    path("leaving/awaited", leaving.awaited),
]

handler500 = errors.as_json
