"""Workflows by strangers who mean no good."""

from runs_tui.demo.recipes import Recipe, shape
from runs_tui.demo.values import StepSpec

MARKUP = "[/x] [bold red]loud[/] [@click=app.quit]x[/]"
ESCAPES = "\x1b[31mred\x1b[0m \x1b[2J\x1b]0;pwned\x07 \x9b31m"
BIDI = "invoice\u202efdp.exe\u2066 \u2067nested\u2069"
WIDE = "夜間バッチ処理 数据质量检查 한국어"
EMOJI = "👩‍👩‍👧‍👦 rocket 🚀🇩🇪 ❤️"
COMBINING = "Z̸̡̛̹͎a̷͙͒l̵̫̚g̶͇̈́o̴̗͑ e\u0301"
LONG = "a-name-without-end-" * 26 + "stop.."
NEWLINES = "one\ntwo\r\nthree\ttabbed\x00nul\x7f\u2028end"
TEXTS = (MARKUP, ESCAPES, BIDI, WIDE, EMOJI, COMBINING, LONG, NEWLINES)

_CYCLE = (
    StepSpec("start", "Start", (), "http"),
    StepSpec("hen", "Hen", ("egg",), "transform"),
    StepSpec("egg", "Egg", ("hen", "start"), "transform"),
    StepSpec("orphan", "Orphan", ("nobody",), "load"),
    StepSpec("narcissus", "Narcissus", ("narcissus",), "check"),
    StepSpec("end", "End", ("egg", "orphan"), "notify"),
)


def recipes() -> tuple[Recipe, ...]:
    """Give the workflows that try to harm the one who shows them."""
    texts = tuple(_recipe(number, text) for number, text in enumerate(TEXTS))
    return (
        *texts,
        Recipe(
            "circular", "Its steps wait for each other.", ("hostile",), _CYCLE,
            60.0, (5.0, 90.0), failing=0.3,
        ),
        Recipe(
            "unheard-of", "Its states have words that nobody knows.", ("hostile",),
            shape("first:http second:http"), 60.0, (5.0, 90.0), failing=0.2, word="frobnicating",
        ),
    )  # fmt: skip


def _recipe(number: int, text: str) -> Recipe:
    plain = shape("fetch:http work:transform store:load")
    steps = (
        plain[0],
        StepSpec(f"work {text}", text, ("fetch",), "transform"),
        StepSpec("store", f"Store {text}", (f"work {text}",), "load"),
    )
    return Recipe(
        f"{text} {number}", text, ("hostile", text), steps,
        60.0, (4.0, 60.0 + 30.0 * number), failing=0.35,
        names=(text, f"run {text}"), messages=(text, f"log {text}", "an honest line"), error=text,
        parameters=((text, (text,)),),
    )  # fmt: skip
