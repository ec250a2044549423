"""HTTP and streams: the only place that knows httpx."""
