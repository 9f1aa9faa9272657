"""Traces for OpenTelemetry (ADR 33), imported only where SHOP_TRACES is set, and only by server
processes."""
