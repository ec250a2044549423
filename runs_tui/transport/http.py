"""Requests: sent with patience, answers decoded, failures translated into the seven kinds."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from random import uniform
from typing import TYPE_CHECKING

from runs_tui.model.clock import Clock, SystemClock
from runs_tui.model.errors import BadAnswer, RateLimited, SourceError, Unreachable
from runs_tui.model.redaction import SECRETS
from runs_tui.transport.address import Address, address_of, segment
from runs_tui.transport.answer import Answer, address_hint, decode
from runs_tui.transport.auth import Auth, Shown, basic
from runs_tui.transport.budget import Budget
from runs_tui.transport.elsewhere import fetched, is_redirect
from runs_tui.transport.failures import Hints, failure, phrase, request_id, seconds_to_wait
from runs_tui.transport.recent import Recent
from runs_tui.transport.recorder import Recorder
from runs_tui.transport.sent import count
from runs_tui.transport.tagged import Tagged, condition
from runs_tui.transport.words import read_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from runs_tui.transport._wire import Broken, Call, Wire

__all__ = ["Answer", "Http", "Patience", "Streaming", "decode", "segment"]

Params = Mapping[str, str | int | Sequence[str]]
"""A query string; a name with several values is repeated."""

_GATEWAY = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try; times in seconds."""

    tries: int = 3
    """How often a read is sent at most."""
    first_delay: float = 0.4
    """The pause before the second try; each one after it doubles."""
    longest_delay: float = 5.0
    """The longest pause, also where the server asks for one."""
    connect: float = 5.0
    """How long a connection may take."""
    read: float = 20.0
    """How long a server may be silent within an answer."""
    whole: float = 60.0
    """How long a whole answer may take."""
    idle: float = 60.0
    """How long a stream may be silent."""
    fresh: float = 0.5
    """For how long an answer is given again to who asks the same."""


class Streaming:
    """An answer whose body is read as it comes."""

    def __init__(self, response: "httpx.Response", where: str, http: "Http") -> None:
        """Take an answer whose body is not read."""
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)
        self.where = where
        self._response = response
        self._http = http

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Give the bytes as they come; raise Unreachable when they break off or stay away."""
        from runs_tui.transport import _wire

        with _plain():
            async with aclosing(_wire.pieces(self._response)) as pieces:
                async for piece in pieces:
                    yield piece

    async def check(self) -> None:
        """Raise the error that the status stands for, if it does not stand for success."""
        if self.status >= 300:
            raise self._http.refusal(await self._http.rest(self._response, self.where))


class Http:
    """One API over HTTP. Only SourceError and CancelledError leave its methods."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth | None = None,
        credential_origin: str | None = None,
        patience: Patience = Patience(),
        verify: bool | str = True,
        headers: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        budget: Budget | None = None,
        source: str = "",
        tells: Callable[[Answer], bool] = lambda _: False,
    ) -> None:
        """Remember how to reach it; nothing is opened before the first request.

        `tells` says of an answer whether it is to be read although its status is a failure's.
        """
        self._tells = tells
        self.auth = self._given = auth
        self._source = source
        self.patience = patience
        self.budget = budget
        self._url = base_url
        self._origin = credential_origin
        self._verify = verify
        self._headers = dict(headers or {})
        self._clock = clock or SystemClock()
        self._recent = Recent(patience.fresh)
        self._tagged = Tagged()
        self._reached: tuple[Address, Wire] | None = None
        self._met = False
        self._closed = False

    async def get(
        self,
        path: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Read."""
        return await self._read_once("GET", path, params, None, headers)

    async def get_elsewhere(self, path: str) -> Answer:
        """Read what may be kept by another host, which a redirect names.

        The credential never goes there; where that host has it no more, NotFound is raised.
        """
        call = replace(self._call("GET", path, None, None), elsewhere=True)
        outcome = await self._read(call)
        if not isinstance(outcome, Answer) or not is_redirect(outcome):
            return self._settled(outcome)
        return await fetched(outcome, self._address, self._other)

    async def ask(self, path: str, body: object, params: Params | None = None) -> Answer:
        """Read by a POST whose body says what is wanted."""
        return await self._read_once("POST", path, params, body)

    async def send(
        self,
        path: str,
        body: object | None = None,
        *,
        method: str = "POST",
        params: Params | None = None,
        private: bool = False,
    ) -> Answer:
        """Write: sent exactly once, and at once; bodies made of secrets are `private`."""
        if self.budget is not None:
            self.budget.spend(_instant())
        self._recent.forget()
        try:
            call = self._call(method, path, params, body)
            outcome = await self._attempt(replace(call, private=private))
            count(write=isinstance(outcome, Answer) or outcome.sent)
            return self._settled(outcome)
        finally:
            self._recent.forget()

    @asynccontextmanager
    async def stream(
        self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Streaming]:
        """Open a stream, once; its status may be any: `check` raises what it stands for."""
        from runs_tui.transport import _wire

        told = {"Accept-Encoding": "identity", **(headers or {})}
        await self._turn()
        call = replace(self._call("GET", path, params, None, told), stream=True)
        with _plain():
            response = await self._wire.open(call, self.patience.idle)
        self._met = True
        self._heed(response)
        try:
            yield Streaming(response, self._where(call), self)
        finally:
            await _wire.shut(response)

    async def close(self) -> None:
        """Close every connection, for good."""
        self._closed = True
        if self._reached is not None:
            await self._reached[1].close()

    async def rest(self, response: "httpx.Response", where: str) -> Answer:
        """Read an open answer to its end, or without its body where that breaks off."""
        from runs_tui.transport import _wire

        try:
            async with asyncio.timeout(self.patience.read):
                body = await _wire.whole(response)
        except (_wire.Broken, TimeoutError):
            body = b""
        return self._answer(response, body, where)

    def refusal(self, answer: Answer) -> SourceError:
        """Give the error that an answer's status stands for."""
        hints = Hints(self._credential_hint, address_hint(answer))
        if answer.status < 400:
            return BadAnswer(f"{answer.where} answers {phrase(answer.status)}", hints.address)
        words = read_words(answer.body)
        told = replace(
            words,
            words=SECRETS.of(words.words),
            request=SECRETS.of(request_id(answer.headers)),
        )
        return failure(answer.status, answer.headers, told, hints, self._clock.now())

    def _other(self, url: str) -> "Http":
        """Give another host, which the credential is not for."""
        return Http(
            url,
            patience=replace(self.patience, fresh=0.0),
            verify=self._verify,
            clock=self._clock,
            source=self._source,
        )

    async def _read_once(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: object,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        question = method, path, json.dumps([params, body, headers])

        async def ask() -> Answer:
            kept = self._tagged.kept(question)
            told = {**(headers or {}), **condition(kept)}
            outcome = await self._read(self._call(method, path, params, body, told))
            if isinstance(outcome, Answer):
                outcome = self._tagged.resolved(question, kept, outcome)
            return self._settled(outcome)

        return await self._recent.give(question, ask)

    async def _read(self, call: "Call") -> "Answer | Broken":
        number = 1
        while True:
            await self._turn()
            count(write=False)
            outcome = await self._attempt(replace(call, attempt=number))
            pause = self._pause(outcome, number)
            if pause is None:
                return outcome
            await asyncio.sleep(pause)
            number += 1

    async def _turn(self) -> None:
        """Spend one request of the budget; raise RateLimited where one is long in coming."""
        if self.budget is None:
            return
        while pause := self.budget.wait(_instant()):
            if pause > self.patience.longest_delay:
                why = self.budget.why(_instant())
                raise RateLimited(why, f"again in {pause:.0f} s", pause)
            await asyncio.sleep(pause)
        self.budget.spend(_instant())

    def _heed(self, response: "httpx.Response") -> None:
        if self.budget is not None:
            self.budget.heed(response.headers, _instant(), self._clock.now(), response.status_code)

    def _pause(self, outcome: "Answer | Broken", number: int) -> float | None:
        if number >= self.patience.tries:
            return None
        longest = self.patience.longest_delay
        delay = min(self.patience.first_delay * 2 ** (number - 1), longest) * uniform(0.8, 1.2)
        if not isinstance(outcome, Answer):
            return delay if outcome.passing and (outcome.sent or self._met) else None
        if outcome.status >= 400 and self._tells(outcome):
            return None
        if outcome.status == 429:
            told = seconds_to_wait(outcome.headers, self._clock.now())
            return max(told, delay) if told is not None and told <= longest else None
        short = outcome.status in _GATEWAY or (outcome.status == 500 and number == 1)
        return delay if short else None

    def _settled(self, outcome: "Answer | Broken") -> Answer:
        if not isinstance(outcome, Answer):
            raise outcome.error
        told = outcome.status >= 400 and self._tells(outcome)
        if outcome.status >= 300 and not told:
            error = self.refusal(outcome)
            if self.budget is not None and isinstance(error, RateLimited):
                self.budget.refuse(_instant(), error.retry_after or 0.0)
            raise error
        return outcome

    async def _attempt(self, call: "Call") -> "Answer | Broken":
        from runs_tui.transport import _wire

        try:
            async with asyncio.timeout(self.patience.whole):
                response = await self._wire.open(call, self.patience.read)
                self._met = True
                try:
                    body = await _wire.whole(response)
                finally:
                    await _wire.shut(response)
        except _wire.Broken as broken:
            return broken
        except TimeoutError:
            return _wire.Broken(Unreachable("its answer took too long"))
        self._heed(response)
        return self._answer(response, body, self._where(call))

    def _answer(self, response: "httpx.Response", body: bytes, where: str) -> Answer:
        headers = dict(response.headers)
        return Answer(response.status_code, headers, body, where, str(self._address))

    def _call(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: object | None,
        headers: Mapping[str, str] | None = None,
    ) -> "Call":
        from runs_tui.transport import _wire

        auth = self._auth
        credential = dict([auth.header(self._credential_hint)]) if auth else {}
        told = {**self._headers, **(headers or {}), **credential}
        if body is not None:
            told["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        texts = {name: _text(value) for name, value in (params or {}).items()}
        return _wire.Call(method, path, texts, content, told, self.shown)

    @property
    def shown(self) -> Shown | None:
        """Give how its credential is shown."""
        auth = self._auth
        return auth.shown(self._origin if auth is self._given else None) if auth else None

    @property
    def recorder(self) -> Recorder:
        """Give what tells of the exchanges with it."""
        return self._recorder(self._address)

    def _recorder(self, address: Address) -> Recorder:
        socket = ("--unix-socket", address.socket) if address.socket else ()
        trust = ("--cacert", self._verify) if isinstance(self._verify, str) else ()
        return Recorder(self._source, self._clock, (*socket, *trust))

    @property
    def _auth(self) -> Auth | None:
        userinfo = self._address.userinfo
        return self.auth or (basic(userinfo) if userinfo else None)

    @property
    def _address(self) -> Address:
        return self._reach()[0]

    @property
    def _wire(self) -> "Wire":
        if self._closed:
            raise Unreachable("the source was closed")
        return self._reach()[1]

    def _reach(self) -> "tuple[Address, Wire]":
        if self._reached is None:
            from runs_tui.transport import _wire

            address = address_of(self._url)
            recorder = self._recorder(address)
            wire = _wire.Wire(address, self._verify, self.patience.connect, recorder)
            self._reached = address, wire
        return self._reached

    def _where(self, call: "Call") -> str:
        return f"{call.method} {self._address.prefix}{call.path}"

    @property
    def _credential_hint(self) -> str:
        if self._origin:
            return f"check {self._origin}"
        return "give a credential by `token_env` in the configuration or by --token-env"


@contextmanager
def _plain() -> "Iterator[None]":
    from runs_tui.transport import _wire

    try:
        yield
    except _wire.Broken as broken:
        raise broken.error from None


def _instant() -> float:
    return asyncio.get_running_loop().time()


def _text(value: str | int | Sequence[str]) -> str | list[str]:
    if not isinstance(value, str | int):
        return [_encodable(each) for each in value]
    return _encodable(str(value))


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
