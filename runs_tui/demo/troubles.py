"""What goes wrong with a step, and what its log says before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way to fail."""

    message: str
    warnings: tuple[str, ...]
    traceback: str = ""


def _raised(where: str, call: str, error: str) -> str:
    return (
        "Traceback (most recent call last):\n"
        f'  File "/app/{where}", line 88, in run\n'
        f"    {call}\n"
        f"{error}"
    )


BAD_GATEWAY = Trouble(
    "HTTP 502 from api.partner.example",
    ("upstream answered 502, trying again", "upstream answered 502, trying once more"),
    _raised(
        "clients/partner.py",
        "response.raise_for_status()",
        "HTTPStatusError: Server error '502 Bad Gateway' for url 'https://api.partner.example/v2'",
    ),
)
TIMED_OUT = Trouble(
    "Timed out after 300 s",
    ("no progress for 60 s", "no progress for 240 s, limit is 300 s"),
)
OUT_OF_MEMORY = Trouble(
    "Out of memory: killed at 4096 MiB",
    ("memory at 3.4 of 4.0 GiB", "memory at 3.9 of 4.0 GiB, spilling to disk"),
)
CUDA_MEMORY = Trouble(
    "CUDA out of memory: tried to allocate 2.40 GiB",
    ("memory of device 0 at 94 %",),
    _raised(
        "training/loop.py",
        "loss.backward()",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.40 GiB.",
    ),
)
CONSTRAINT = Trouble(
    'duplicate key value violates unique constraint "orders_pkey"',
    ("3 rows of the batch are already there",),
    _raised(
        "warehouse/load.py",
        "cursor.executemany(statement, batch)",
        'UniqueViolation: duplicate key value violates unique constraint "orders_pkey"\n'
        "DETAIL:  Key (order_id)=(4471902) already exists.",
    ),
)
DEADLOCK = Trouble(
    "deadlock detected while updating ledger_entries",
    ("waited 20 s for a lock on ledger_entries",),
    _raised(
        "warehouse/session.py",
        "cursor.execute(statement)",
        "DeadlockDetected: deadlock detected while updating ledger_entries\n"
        "DETAIL:  Process 4711 waits for ShareLock on transaction 88123; blocked by process 4698.",
    ),
)
MISSING_FILE = Trouble(
    "No such file: s3://landing/orders/manifest.json",
    ("manifest not found, looking again",),
    _raised(
        "storage/landing.py",
        'manifest = bucket.read("manifest.json")',
        "FileNotFoundError: s3://landing/orders/manifest.json",
    ),
)
EXPIRED = Trouble(
    "Credential expired: warehouse-writer",
    ("token of warehouse-writer could not be refreshed",),
    _raised(
        "vault/client.py",
        'token = self.renew("warehouse-writer")',
        "PermissionError: lease of warehouse-writer ended at midnight",
    ),
)
SCHEMA = Trouble(
    'column "discount_code" is not in the schema',
    ('new column "discount_code" in 1 of 14 files',),
    _raised(
        "warehouse/schema.py",
        "self.expect(columns)",
        'SchemaMismatch: column "discount_code" is not in the schema of version 12',
    ),
)
TOO_MANY = Trouble(
    "HTTP 429 from api.crm.example: quota of the day is used up",
    ("rate limited, waiting", "rate limited again, waiting longer"),
)
DISK = Trouble(
    "No space left on device: /var/scratch",
    ("/var/scratch is 97 % full",),
)
CHECKSUM = Trouble(
    "Checksum of part 17 does not match",
    ("part 17 read again: checksum differs",),
)
TESTS = Trouble(
    "2 of 418 tests failed",
    ("test_checkout_total took 31 s",),
    "FAILED tests/test_checkout.py::test_total - AssertionError: assert 1990 == 1999\n"
    "FAILED tests/test_checkout.py::test_refund - AssertionError: assert None == 'refunded'\n"
    "2 failed, 416 passed in 74.20s",
)
IMAGE_PULL = Trouble(
    "Image not found: registry.example/shop/api:8f31c2a",
    ("pull of the image failed, trying again", "back-off before the next pull: 40 s"),
)
UNHEALTHY = Trouble(
    "3 of 6 instances did not become healthy within 120 s",
    ("readiness of api-5 failed: connection refused", "readiness of api-6 failed: HTTP 503"),
)
EXPECTATION = Trouble(
    "Check failed: 412 rows have no customer_id",
    ("share of empty customer_id rose to 1.8 %",),
)
REJECTED = Trouble("Rejected by dana: release freeze until Monday", ())
BROKEN_IMAGE = Trouble(
    "Cannot identify image file: original.tiff",
    ("embedded profile is damaged, ignored",),
    _raised(
        "media/resize.py",
        "image = Image.open(source)",
        "UnidentifiedImageError: cannot identify image file 'original.tiff'",
    ),
)
CORRUPT = Trouble(
    "Cannot decode frame 1204: invalid data",
    ("frame 1203 is damaged, concealing",),
)

TROUBLES: dict[str, tuple[Trouble, ...]] = {
    "extract": (BAD_GATEWAY, TIMED_OUT, MISSING_FILE, EXPIRED, TOO_MANY),
    "transform": (SCHEMA, OUT_OF_MEMORY, MISSING_FILE),
    "load": (CONSTRAINT, EXPIRED, TIMED_OUT, DEADLOCK),
    "http": (BAD_GATEWAY, TIMED_OUT, TOO_MANY, EXPIRED),
    "sync": (TOO_MANY, BAD_GATEWAY, EXPIRED, TIMED_OUT),
    "query": (TIMED_OUT, DEADLOCK, OUT_OF_MEMORY),
    "train": (CUDA_MEMORY, OUT_OF_MEMORY, DISK),
    "evaluate": (MISSING_FILE, OUT_OF_MEMORY),
    "media": (CORRUPT, OUT_OF_MEMORY, DISK),
    "image": (BROKEN_IMAGE, OUT_OF_MEMORY),
    "build": (IMAGE_PULL, DISK),
    "test": (TESTS, TIMED_OUT),
    "deploy": (UNHEALTHY, IMAGE_PULL, EXPIRED),
    "approval": (REJECTED,),
    "notify": (BAD_GATEWAY, EXPIRED),
    "check": (EXPECTATION, TIMED_OUT),
    "backup": (DISK, CHECKSUM, EXPIRED),
    "report": (MISSING_FILE, TIMED_OUT),
}


def trouble(kind: str, share: float) -> Trouble:
    """Choose what goes wrong with a step of a kind."""
    choices = TROUBLES.get(kind, (TIMED_OUT,))
    return choices[int(share * len(choices))]
