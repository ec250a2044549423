"""The options that say which sources are meant, before a command or after it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, TypeVar

import click

from runs_tui.cli.completing import offer_apis, offer_sources

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Choice:
    """Which sources are meant, as it was typed."""

    names: tuple[str, ...] = ()
    """The names of configured sources."""
    api: str | None = None
    """The API of a source that is not configured."""
    url: str | None = None
    """Its address."""
    token_env: str | None = None
    """The variable that holds its credential."""
    options: tuple[str, ...] = ()
    """What its API needs besides, as KEY=VALUE."""

    def within(self, outer: "Choice | None") -> "Choice":
        """Give this choice completed by what was typed before the command."""
        if outer is None:
            return self
        return Choice(
            names=(*outer.names, *self.names),
            api=outer.api if self.api is None else self.api,
            url=outer.url if self.url is None else self.url,
            token_env=outer.token_env if self.token_env is None else self.token_env,
            options=(*outer.options, *self.options),
        )

    @property
    def ad_hoc(self) -> bool:
        """Tell whether a source that is not configured is described."""
        told = (self.api, self.url, self.token_env)
        return bool(self.options) or any(one is not None for one in told)

    def __bool__(self) -> bool:
        """Tell whether anything was typed at all."""
        return bool(self.names) or self.ad_hoc


def accessible() -> bool:
    """Tell whether lines are wanted that are appended and never drawn anew."""
    return os.environ.get("ACCESSIBLE", "").strip().casefold() not in {"", "0", "no", "false"}


class Positive(click.FloatRange):
    """A number above zero; what is no number at all is refused, though it is called one."""

    def __init__(self) -> None:
        """Begin above zero."""
        super().__init__(min=0, min_open=True)

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Read a number."""
        number: float = super().convert(value, param, ctx)
        if number != number:
            self.fail(f"{value} is no number", param, ctx)
        return number


class Word(click.Choice[str]):
    """One of a few words; a misspelt one is answered with the nearest."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """Say which word was meant."""
        from runs_tui.model.words import did_you_mean

        return f"{str(value)!r} is none of its words: {did_you_mean(str(value), self.choices)}"


_OPTIONS = (
    click.option(
        "--source",
        "names",
        metavar="NAME",
        multiple=True,
        help="Only this configured source; may be repeated.",
        shell_complete=offer_sources,
    ),
    click.option(
        "--api",
        metavar="NAME",
        help="The API of a source that is not configured, with --url.",
        shell_complete=offer_apis,
    ),
    click.option("--url", metavar="URL", help="The base address of that source."),
    click.option("--token-env", metavar="VARIABLE", help="The variable that holds its credential."),
    click.option(
        "--option",
        "options",
        metavar="KEY=VALUE",
        multiple=True,
        help="What its API needs besides; may be repeated.",
    ),
)


def source_options(command: C) -> C:
    """Give a command the source options; it gets them as its first argument, a Choice."""

    @wraps(command)
    def with_choice(*args: Any, **values: Any) -> Any:  # noqa: ANN401
        choice = Choice(**{field.name: values.pop(field.name) for field in fields(Choice)})
        outer = click.get_current_context().obj
        return command(choice.within(outer), *args, **values)

    decorated: Any = with_choice
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]
