"""Jobs for a real Dagster server, which loads this file in an environment of its own."""

# mypy: disable-error-code="import-not-found, untyped-decorator"

import asyncio
from collections.abc import Iterator

import dagster as dg

STEPS_OF_FAN_OUT = 40


@dg.op
def extract(context: dg.OpExecutionContext) -> int:
    """Log a line and pass a number on."""
    context.log.info("extracting")
    return 1


@dg.op
def left(context: dg.OpExecutionContext, rows: int) -> int:
    """Go one way."""
    context.log.warning("left is slow")
    return rows + 1


@dg.op
def right(context: dg.OpExecutionContext, rows: int) -> int:
    """Go the other way."""
    context.log.info("right is fine")
    return rows + 2


@dg.op
def join(a: int, b: int) -> int:
    """Bring both together."""
    return a + b


@dg.op(retry_policy=dg.RetryPolicy(max_retries=1, delay=1))
def boom(rows: int) -> int:
    """Fail, twice."""
    raise ValueError(f"upstream answered 502 to {rows}")


@dg.op
def load(rows: int) -> None:
    """Never run, for what is before it fails."""


@dg.op(config_schema={"seconds": dg.Field(int, default_value=60)})
async def tick(context: dg.OpExecutionContext) -> None:
    """Log a line each half second."""
    for number in range(2 * context.op_config["seconds"]):
        context.log.info(f"tick {number}")
        await asyncio.sleep(0.5)


@dg.op(out=dg.DynamicOut(int))
def make() -> Iterator[dg.DynamicOutput[int]]:
    """Tell for what there is a step each."""
    for number in range(STEPS_OF_FAN_OUT):
        yield dg.DynamicOutput(number, mapping_key=f"k{number}")


@dg.op
def item(i: int) -> int:
    """Do one of many."""
    return i


@dg.op
def total(xs: list[int]) -> int:
    """Add all up."""
    return sum(xs)


@dg.job(executor_def=dg.in_process_executor)
def diamond() -> None:
    """Split and join."""
    rows = extract()
    join(left(rows), right(rows))


@dg.job(executor_def=dg.in_process_executor)
def fails_in_middle() -> None:
    """Fail with something still to do."""
    load(boom(extract()))


@dg.job(executor_def=dg.in_process_executor)
def long_runner() -> None:
    """Run until it is stopped."""
    tick()


@dg.job(executor_def=dg.in_process_executor)
def fan_out() -> None:
    """Do many things that are alike."""
    total(make().map(item).collect())


@dg.asset
def raw() -> int:
    """Be there."""
    return 1


@dg.asset
def refined(raw: int) -> int:
    """Be made of what is there."""
    return raw + 1


defs = dg.Definitions(
    assets=[raw, refined],
    jobs=[
        diamond,
        fails_in_middle,
        long_runner,
        fan_out,
        dg.define_asset_job("assets", executor_def=dg.in_process_executor),
    ],
)
