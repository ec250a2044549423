"""Flows for a real Prefect server; Prefect's own environment runs this file as a script."""

# mypy: disable-error-code="import-not-found, untyped-decorator"

import asyncio

from prefect import flow, get_run_logger, serve, task


@task
def extract(rows: int) -> list[int]:
    get_run_logger().info("extracted %d rows", rows)
    return list(range(rows))


@task
def clean(rows: list[int]) -> list[int]:
    get_run_logger().info("cleaned %d rows", len(rows))
    return rows


@task
def enrich(rows: list[int]) -> list[int]:
    get_run_logger().warning("1 row has no exchange rate\nit is kept as it was")
    return [row * 10 for row in rows]


@task
def load(cleaned: list[int], enriched: list[int]) -> int:
    get_run_logger().info("loaded %d rows", len(cleaned) + len(enriched))
    return len(cleaned) + len(enriched)


@flow(name="diamond")
def diamond(rows: int = 3) -> int:
    """Split in two and join again."""
    extracted = extract.submit(rows)
    loaded: int = load.submit(clean.submit(extracted), enrich.submit(extracted)).result()
    return loaded


@task
def read_orders() -> list[str]:
    get_run_logger().info("read 2 orders")
    return ["A-1", "A-2"]


@task
def check_orders(orders: list[str]) -> list[str]:
    raise ValueError(f"order {orders[-1]} has no customer [red]not markup[/red]")


@task
def send_orders(orders: list[str]) -> int:
    return len(orders)


@flow(name="fails-in-middle")
def fails_in_middle() -> None:
    """Fail in the second of three tasks, so that the third never starts."""
    checked = check_orders.submit(read_orders.submit())
    sent = send_orders.submit(checked)
    sent.wait()
    checked.result()


@task
async def tick(seconds: int) -> None:
    logger = get_run_logger()
    for second in range(1, seconds + 1):
        logger.info("tick %d of %d", second, seconds)
        await asyncio.sleep(1)


@flow(name="ticker")
async def ticker(seconds: int = 60) -> None:
    """Log one line a second."""
    await tick(seconds)


@task
def square(number: int) -> int:
    return number * number


@task
def total(numbers: list[int]) -> int:
    get_run_logger().info("the sum of %d squares is %d", len(numbers), sum(numbers))
    return sum(numbers)


@flow(name="fan-out")
def fan_out(width: int = 40) -> int:
    """Map one task over many numbers and join them."""
    joined: int = total.submit(square.map(list(range(width)))).result()
    return joined


if __name__ == "__main__":
    serve(
        *(each.to_deployment("served") for each in (diamond, fails_in_middle, ticker, fan_out)),
        limit=4,
        pause_on_shutdown=False,
    )
