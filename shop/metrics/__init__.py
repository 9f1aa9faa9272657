"""Metrics for Prometheus (ADR 32), imported only where SHOP_METRICS is set: by the factory and by
`shop serve`."""
