"""The workflows of the demo."""

from random import Random

from runs_tui.demo.recipes import DAY, HOUR, Recipe, shape

MINUTE = 60.0
SIZE = 27
LONG = 5

_REGION = ("region", ("eu-west", "us-east", "ap-south"))
_TENANT = ("tenant", ("acme", "globex", "initech", "umbrella"))
_BRANCH = ("branch", ("main", "main", "release/24", "fix/rounding", "feature/search"))
_BY_HAND = ("manual", "manual", "event")

LONG_RUNNING = (
    Recipe(
        "churn-model-training", "Trains the churn model on the features of the day.",
        ("ml", "gpu"),
        shape("fetch_features:extract split:transform train:train evaluate:evaluate register:http"),
        7 * MINUTE, (19 * MINUTE, 40 * MINUTE), failing=0.14, triggers=_BY_HAND, restarts=0.4,
        parameters=(("epochs", (20, 30, 50)), ("learning_rate", (0.001, 0.0003)), _REGION),
    ),
    Recipe(
        "ranking-model-training", "Trains five folds of the search ranking and joins them.",
        ("ml", "gpu", "search"),
        shape("prepare:extract train-fold-{1..5}:train ensemble:transform evaluate:evaluate"),
        8 * MINUTE, (21 * MINUTE, 45 * MINUTE), failing=0.12, triggers=_BY_HAND,
        parameters=(("folds", (5,)), ("objective", ("ndcg", "map"))),
    ),
    Recipe(
        "video-archive-transcode", "Transcodes a delivery of videos for the archive.", ("media",),
        shape("probe:media transcode-{1..6}:media package:media publish:http"),
        6 * MINUTE, (16 * MINUTE, 30 * MINUTE), failing=0.09, triggers=("event",), restarts=0.5,
        parameters=(("preset", ("h264-1080p", "av1-2160p")), _TENANT),
    ),
    Recipe(
        "clickstream-backfill", "Loads twelve days of clicks again.", ("backfill", "warehouse"),
        shape("plan:query backfill-day-{1..12}:load verify:check"),
        8 * MINUTE, (20 * MINUTE, 50 * MINUTE), failing=0.16, triggers=("manual",),
        parameters=(("until", ("{date}",)), _REGION),
    ),
    Recipe(
        "checkout-load-test", "Holds the checkout under load and reports its latency.", ("test",),
        shape("provision:deploy ramp_up:test soak:test tear_down:deploy summary:report"),
        7 * MINUTE, (18 * MINUTE, 32 * MINUTE), failing=0.11, triggers=_BY_HAND, cancelled=0.05,
        parameters=(("users", (200, 1000, 5000)), _BRANCH),
    ),
    Recipe(
        "catalogue-crawl", "Crawls the shops of partners and indexes what they sell.",
        ("crawl", "search"),
        shape("seed_urls:query crawl:sync parse:transform index:load"),
        6 * MINUTE, (16 * MINUTE, 38 * MINUTE), failing=0.1, triggers=("event", "manual"),
        parameters=(_TENANT, ("depth", (2, 3))),
    ),
    Recipe(
        "integration-tests", "Runs the long tests against every client.", ("ci", "test"),
        shape(
            "build:build test-api:test test-web:test<build test-ios:test<build"
            " test-android:test<build coverage:report<test-*"
        ),
        6 * MINUTE, (15 * MINUTE, 28 * MINUTE), failing=0.22, triggers=("webhook",), again=0.5,
        parameters=(_BRANCH,),
    ),
    Recipe(
        "risk-simulation", "Simulates the book under drawn scenarios.", ("risk", "finance"),
        shape(
            "draw_scenarios:query simulate-{1..8}:train aggregate:transform"
            " limits:check<aggregate report:report<aggregate"
        ),
        8 * MINUTE, (21 * MINUTE, 36 * MINUTE), failing=0.07, triggers=("event", "manual"),
        parameters=(("scenarios", (10_000, 50_000)), ("desk", ("rates", "credit"))),
    ),
)  # fmt: skip

OTHERS = (
    Recipe(
        "document-embeddings", "Embeds new documents; waits for its one slot on the GPU.",
        ("ml", "gpu"), shape("embed:train"),
        45.0, (15.0, 60.0), queued=(110.0, 150.0), failing=0.04, triggers=("event",), always=True,
        parameters=(("batch", (64, 128, 256)), _TENANT),
    ),
    Recipe(
        "release-production", "Builds, asks a person, and releases to production.",
        ("deploy", "production"),
        shape("build:build unit_tests:test approve:approval deploy:deploy smoke_test:test"),
        9 * MINUTE, (38 * MINUTE, 50 * MINUTE), failing=0.09, cancelled=0.02,
        triggers=("manual", "webhook"), always=True, parameters=(_BRANCH, _REGION),
    ),
    Recipe(
        "supplier-payments", "Collects due invoices and pays them after approval.", ("finance",),
        shape("collect:query approve:approval pay:http notify:notify"),
        40 * MINUTE, (8 * MINUTE, 35 * MINUTE), failing=0.1, triggers=("manual",),
        parameters=(("due", ("{date}",)),),
    ),
    Recipe(
        "product-images", "Makes every size of the images of a product.", ("media", "shop"),
        shape("list_images:http resize-image-{1..40}:image publish_manifest:http"),
        90.0, (35.0, 140.0), failing=0.06, triggers=("event",), always=True, restarts=0.3,
        parameters=(("product", ("sku-1042", "sku-2210", "sku-7781", "sku-9034")),),
    ),
    Recipe(
        "webhook-ingest", "Takes one delivery of events.", ("ingest",), shape("ingest:load"),
        40.0, (1.5, 9.0), failing=0.025, restarts=0.5, triggers=("webhook",), always=True,
        parameters=(_TENANT,),
    ),
    Recipe(
        "order-fulfilment", "Reserves, charges and ships an order.", ("shop",),
        shape(
            "validate:check reserve_stock:query charge_card:http<validate"
            " ship:http<reserve_stock,charge_card notify:notify"
        ),
        60.0, (6.0, 40.0), failing=0.05, triggers=("event",), always=True,
        parameters=(("order", (4471902, 4471955, 4472010, 4472113)), _REGION),
    ),
    Recipe(
        "crm-contacts-sync", "Brings the contacts of the CRM up to date.", ("sync",),
        shape("fetch:extract match:transform push:sync"),
        120.0, (12.0, 90.0), failing=0.11, triggers=("webhook", "event"), parameters=(_TENANT,),
    ),
    Recipe(
        "document-ocr", "Reads scanned documents.", ("media", "ml"),
        shape("fetch:http deskew:image recognise:image<deskew classify:evaluate<recognise"),
        150.0, (20.0, 120.0), failing=0.07, triggers=("event",), restarts=0.3,
        parameters=(("pages", (1, 3, 12, 48)),),
    ),
    Recipe(
        "fraud-scoring", "Scores a batch of payments.", ("risk",),
        shape("features:query graph_features:query< score:evaluate<features,graph_features"
              " decide:http"),
        75.0, (5.0, 25.0), failing=0.02, triggers=("event",), parameters=(_REGION,),
    ),
    Recipe(
        "api-pipeline", "Checks and builds the API for every push.", ("ci",),
        shape(
            "checkout:build lint:test types:test<checkout unit_tests:test<checkout"
            " image:build<lint,types,unit_tests"
        ),
        200.0, (70.0, 260.0), failing=0.2, cancelled=0.05, triggers=("webhook",), again=0.4,
        parameters=(_BRANCH,),
    ),
    Recipe(
        "deploy-staging", "Deploys the newest build to staging.", ("deploy",),
        shape("pull:build migrate:query deploy:deploy smoke_test:test"),
        400.0, (60.0, 240.0), failing=0.12, triggers=("webhook", "manual"), parameters=(_BRANCH,),
    ),
    Recipe(
        "email-campaign", "Renders and sends a campaign.", ("marketing",),
        shape("audience:query render:transform send-batch-{1..6}:notify summary:report"),
        600.0, (90.0, 400.0), failing=0.05, triggers=("manual",),
        parameters=(("campaign", ("spring", "win-back", "newsletter")),),
    ),
    Recipe(
        "ticket-triage", "Sorts new support tickets.", ("support", "ml"),
        shape("read:extract classify:evaluate route:http"),
        240.0, (4.0, 30.0), failing=0.03, triggers=("webhook",), parameters=(_TENANT,),
    ),
    Recipe(
        "etl-nightly-orders", "Builds the order marts of the day.", ("etl", "nightly"),
        shape(
            "extract_orders:extract extract_items:extract< extract_refunds:extract<"
            " stage:load<extract_orders,extract_items,extract_refunds clean:transform"
            " deduplicate:transform enrich:transform currency:transform<deduplicate"
            " join:query<enrich,currency quality:check load_mart:load archive:backup"
        ),
        DAY, (9 * MINUTE, 26 * MINUTE), at=2 * HOUR, failing=0.18, restarts=0.5, always=True,
        parameters=(("date", ("{date}",)),),
    ),
    Recipe(
        "etl-nightly-customers", "Builds the customer marts of the day.", ("etl", "nightly"),
        shape("extract:extract clean:transform load:load archive:backup"),
        DAY, (5 * MINUTE, 14 * MINUTE), at=2.5 * HOUR, failing=0.1,
        parameters=(("date", ("{date}",)),),
    ),
    Recipe(
        "etl-hourly-events", "Loads the events of the hour.", ("etl",),
        shape("extract:extract clean:transform load:load compact:query"),
        HOUR, (50.0, 260.0), at=5 * MINUTE, failing=0.08, restarts=0.5, always=True,
        parameters=(("hour", ("{hour}",)),),
    ),
    Recipe(
        "data-quality", "Checks every table of the warehouse.", ("quality",),
        shape("list_tables:query check-table-{1..10}:check summary:report notify:notify"),
        HOUR, (45.0, 200.0), at=15 * MINUTE, failing=0.15, again=0.1, always=True,
        parameters=(("suite", ("full",)),),
    ),
    Recipe(
        "exchange-rates", "Fetches the rates of the central bank.", ("finance",),
        shape("fetch:http store:load"), HOUR, (2.0, 14.0), at=0.0, failing=0.03,
        parameters=(("base", ("EUR",)),),
    ),
    Recipe(
        "inventory-sync", "Compares stock with the warehouses.", ("sync", "shop"),
        shape("warehouse-{1..4}:extract reconcile:transform publish:http"),
        HOUR, (30.0, 150.0), at=30 * MINUTE, failing=0.08, parameters=(_REGION,),
    ),
    Recipe(
        "invoices-daily", "Makes and sends the invoices of the day.", ("finance",),
        shape("collect:query render:report sign:http send:notify book:load<sign"),
        DAY, (4 * MINUTE, 15 * MINUTE), at=5 * HOUR, failing=0.09,
        parameters=(("date", ("{date}",)),),
    ),
    Recipe(
        "backup-postgres", "Dumps, ships and verifies the databases.", ("backup",),
        shape("dump-orders:backup dump-users:backup< dump-ledger:backup< ship:sync<dump-*"
              " verify:check"),
        DAY, (10 * MINUTE, 35 * MINUTE), at=HOUR, failing=0.07,
        parameters=(("retain_days", (30,)),),
    ),
    Recipe(
        "backup-object-store", "Copies new objects to the second site.", ("backup",),
        shape("list:sync copy:sync verify:check"),
        6 * HOUR, (5 * MINUTE, 25 * MINUTE), at=40 * MINUTE, failing=0.05,
        parameters=(("bucket", ("media", "exports")),),
    ),
    Recipe(
        "search-reindex", "Builds the search index anew and swaps it in.", ("search",),
        shape("export:extract index-shard-{1..8}:load swap:http warm_up:http"),
        6 * HOUR, (4 * MINUTE, 18 * MINUTE), at=3.5 * HOUR, failing=0.09,
        parameters=(("shards", (8,)),),
    ),
    Recipe(
        "dashboards-refresh", "Refreshes the dashboards.", ("report",),
        shape("sales:query stock:query< marketing:query< publish:report<sales,stock,marketing"),
        2 * HOUR, (40.0, 220.0), at=10 * MINUTE, failing=0.05,
        parameters=(("scope", ("all",)),),
    ),
    Recipe(
        "ledger-close", "Closes the books of the day.", ("finance", "nightly"),
        shape(
            "freeze:query import_bank:extract import_cards:extract<freeze"
            " match:transform<import_bank,import_cards accruals:transform fx_revaluation:transform"
            " intercompany:query trial_balance:report checks:check post:load report:report"
            " unfreeze:query"
        ),
        DAY, (8 * MINUTE, 22 * MINUTE), at=23 * HOUR, failing=0.1,
        parameters=(("date", ("{date}",)),),
    ),
    Recipe(
        "certificates-renewal", "Renews certificates that end soon.", ("ops",),
        shape("inspect:check renew:http install:deploy"), DAY, (10.0, 80.0), at=4 * HOUR,
        failing=0.04, parameters=(("within_days", (21,)),),
    ),
    Recipe(
        "sales-forecast", "Forecasts the sales of next week.", ("ml",),
        shape("history:extract fit:train forecast:evaluate publish:http"),
        DAY, (6 * MINUTE, 16 * MINUTE), at=6 * HOUR, failing=0.08, parameters=(_REGION,),
    ),
    Recipe(
        "payments-reconciliation", "Compares payments with the bank.", ("finance",),
        shape("fetch_payments:extract fetch_bank:extract< compare:transform<fetch_payments,"
              "fetch_bank report:report notify:notify"),
        DAY, (2 * MINUTE, 9 * MINUTE), at=7 * HOUR, failing=0.12,
        parameters=(("date", ("{date}",)),),
    ),
    Recipe(
        "erasure-requests", "Erases what people asked to be forgotten.", ("privacy",),
        shape("collect:query erase-shop:query erase-crm:http<collect erase-lake:load<collect"
              " confirm:notify<erase-*"),
        DAY, (3 * MINUTE, 12 * MINUTE), at=30 * MINUTE, failing=0.06,
        parameters=(("requests", (3, 11, 19)),),
    ),
    Recipe(
        "weekly-report", "Writes the report for the management.", ("report",),
        shape("gather:query charts:report< write:report<gather,charts send:notify"),
        7 * DAY, (3 * MINUTE, 8 * MINUTE), at=8 * HOUR, failing=0.1,
        parameters=(("week_of", ("{date}",)),),
    ),
)  # fmt: skip


def recipes(seed: int) -> tuple[Recipe, ...]:
    """Choose the workflows of one world out of the catalogue."""
    chance = Random(seed)
    needed = [recipe for recipe in OTHERS if recipe.always]
    optional = [recipe for recipe in OTHERS if not recipe.always]
    chosen = chance.sample(LONG_RUNNING, LONG)
    chosen += chance.sample(optional, SIZE - LONG - len(needed))
    return tuple(sorted([*needed, *chosen], key=lambda recipe: recipe.name))
