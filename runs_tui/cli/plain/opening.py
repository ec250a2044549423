"""What the line mode talks about: the configured sources, or the demo's."""

from collections.abc import Sequence

from runs_tui.cli.dashboard import World, demo_settings, opened
from runs_tui.cli.meant import ad_hoc, narrowed
from runs_tui.cli.options import Choice
from runs_tui.cli.output import keep_to_ascii
from runs_tui.cli.plain.talking import talk
from runs_tui.config import Config, ConfigError, SourceSettings, load


def talk_over(choice: Choice, *, in_ascii: bool = False) -> int:
    """Talk about the sources that are meant, and give the exit status."""
    if choice.ad_hoc:
        return _talk((ad_hoc(choice),), in_ascii=in_ascii)
    config = load()
    if config.problems and not config.sources:
        raise ConfigError(config.problems)
    settings = narrowed(config.sources, choice.names)
    if not settings:
        notice = f"no source is configured in {config.path}: this is the demo"
        return talk_over_demo(World(), notice, config, in_ascii=in_ascii)
    return _talk(settings, config, in_ascii=in_ascii)


def talk_over_demo(
    world: World,
    notice: str = "this is the demo: a made-up world of runs",
    config: Config | None = None,
    *,
    in_ascii: bool = False,
) -> int:
    """Talk about a made-up world, and give the exit status."""
    config = config or load()
    with demo_settings(world) as settings:
        return _talk(settings, config, [notice], in_ascii=in_ascii)


def _talk(
    settings: Sequence[SourceSettings],
    config: Config | None = None,
    notices: Sequence[str] | None = None,
    *,
    in_ascii: bool,
) -> int:
    sources = [opened(source) for source in settings]
    for source in sources:
        source.thorough = True  # what is told once in lines is not completed later
    if in_ascii or (config is not None and config.ascii):
        keep_to_ascii()
    views = tuple(config.views.values()) if config else ()
    if notices is None:
        notices = [str(problem) for problem in config.problems] if config else []
    return talk(sources, views, notices)
