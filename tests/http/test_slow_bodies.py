"""A body that goes silent or drips is given up; one that makes progress never is."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, StreamingResponse

from mlpm_core.api import slow_bodies
from mlpm_core.api.slow_bodies import SILENT_SECONDS, SlowBodies
from mlpm_core.services.admin import stopping
from mlpm_core.services.admin.stopping import Stop
from tests.serving import ROOT

SCOPE = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}


def part(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


class Client:
    """Sends parts, with pauses in seconds of the loop's clock between, and then goes silent."""

    def __init__(self, *steps):
        self.steps, self.sent = list(steps), []

    async def receive(self):
        while self.steps:
            step = self.steps.pop(0)
            if isinstance(step, dict):
                return step
            await asyncio.sleep(step)
        await asyncio.Event().wait()
        return None

    async def send(self, message):
        self.sent.append(message)

    @property
    def answer(self):
        body = b"".join(m.get("body", b"") for m in self.sent[1:])
        return self.sent[0]["status"], json.loads(body)


async def reading(scope, receive, send):
    """Answer how much arrived."""
    n_bytes = 0
    try:
        async for chunk in Request(scope, receive).stream():
            n_bytes += len(chunk)
    except ClientDisconnect:
        await JSONResponse({"left after": n_bytes}, 400)(scope, receive, send)
        return
    await JSONResponse({"read": n_bytes})(scope, receive, send)


class Loop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next thing to do: hours pass at once, and always alike."""

    def __init__(self):
        super().__init__()
        self._now = 0.0
        look = self._selector.select

        def select(timeout=None):
            ready = look(0 if timeout is not None else None)
            self._now += 0.0 if ready or timeout is None else timeout
            return ready

        self._selector.select = select

    def time(self):
        return self._now


def run(main):
    """What a coroutine returns, and how many seconds of the loop's clock it took."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        returned = runner.run(main)
        return returned, runner.get_loop().time()


def served(client, app=reading):
    """The answer to a client, and after how many seconds it came."""
    guard = SlowBodies(app, stop=Stop())
    _, seconds = run(guard(SCOPE, client.receive, client.send))
    return *client.answer, pytest.approx(seconds)


@pytest.mark.parametrize("steps", [[], [part(b"x" * 5000)], [part(b""), part(b"abc")]])
def test_a_body_that_goes_silent_is_given_up_with_a_sentence(steps):
    status, body, seconds = served(Client(*steps))
    assert (status, seconds) == (408, SILENT_SECONDS)
    assert "Nothing was stored; send the same file again." in body["error"]


def test_a_body_that_drips_is_given_up_though_it_is_never_silent():
    """A byte a second: a thousand bytes would be needed for each second after the first thirty."""
    client = Client(*[step for _ in range(10_000) for step in (1, part(b"x"))])
    status, _, seconds = served(client)
    assert (status, 30 <= seconds.expected < 31) == (408, True)


def test_a_body_that_makes_progress_is_read_to_its_end_however_long_it_takes():
    """A hundred pauses, each shorter than the silence that is allowed: half an hour in all."""
    steps = [step for _ in range(100) for step in (20, part(b"x" * 20_000))]
    answer = served(Client(*steps, part(b"", more=False)))
    assert answer == (200, {"read": 2_000_000}, 2000)


def test_a_burst_is_no_leave_to_be_silent():
    status, _, seconds = served(Client(part(b"x" * 10_000_000)))
    assert (status, seconds) == (408, SILENT_SECONDS)


def test_time_in_which_nobody_asks_for_more_does_not_count():
    async def slow(scope, receive, send):
        async for _ in Request(scope, receive).stream():
            await asyncio.sleep(3600)
        await JSONResponse({"read": True})(scope, receive, send)

    parts = [step for _ in range(10) for step in (1, part(b"x"))]
    assert served(Client(*parts, part(b"", more=False)), slow)[0] == 200


def test_a_client_that_leaves_is_told_apart_from_one_that_is_silent():
    answer = served(Client(part(b"abc"), {"type": "http.disconnect"}))
    assert answer[:2] == (400, {"left after": 3})


def test_after_the_body_a_client_may_wait_for_its_answer():
    async def patient(scope, receive, send):
        await Request(scope, receive).body()
        await asyncio.sleep(3600)
        await StreamingResponse(iter([b'{"ok": ', b"true}"]))(scope, receive, send)

    assert served(Client(part(b"abc", more=False)), patient)[:2] == (200, {"ok": True})


def test_an_answer_that_began_before_the_body_came_is_not_answered_twice():
    async def hasty(scope, receive, send):
        async def parts():
            yield b'{"ok": '
            await asyncio.sleep(3600)
            yield b"true}"

        await StreamingResponse(parts())(scope, receive, send)

    client = Client(part(b"abc"))
    run(SlowBodies(hasty, stop=Stop())(SCOPE, client.receive, client.send))
    assert [m["type"] for m in client.sent].count("http.response.start") == 1


def test_what_is_on_its_way_is_given_up_when_the_process_is_asked_to_end():
    stop, client = Stop(), Client(part(b"abc"))

    async def both():
        serving = asyncio.ensure_future(
            SlowBodies(reading, stop=stop)(SCOPE, client.receive, client.send)
        )
        await asyncio.sleep(5)
        assert not serving.done()
        stop._waking.set()
        await serving

    _, seconds = run(both())
    status, body = client.answer
    assert (status, "being stopped" in body["error"], seconds) == (503, True, 5)
    assert (b"connection", b"close") in client.sent[0]["headers"]


def test_a_websocket_is_left_alone():
    seen = []

    async def app(scope, receive, send):
        seen.append(await receive())

    client = Client(3600, {"type": "websocket.connect"})
    run(SlowBodies(app, stop=Stop())({"type": "websocket"}, client.receive, client.send))
    assert seen == [{"type": "websocket.connect"}]


def test_the_readme_says_the_figures():
    readme = (ROOT / "README.md").read_text("utf-8")
    for figure in (
        f"{slow_bodies.SILENT_SECONDS:g} seconds",
        f"{slow_bodies.MIN_BYTES_A_SECOND:,} bytes a second",
        f"{stopping.GRACE_SECONDS + stopping.CLOSE_SECONDS:g} seconds",
    ):
        assert figure in readme
