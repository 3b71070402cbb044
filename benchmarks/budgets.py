"""The budgets of the design, each as one line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A figure and how it is bounded: `path` into what was measured, "<=" or ">=", the bound."""

    text: str
    path: str
    sign: str
    bound: float


BUDGETS = (
    Budget("round trip, inline / C floor", "ratios.round_trip_vs_c_floor", "<=", 1.45),
    Budget("round trip, async / C floor", "ratios.round_trip_async_vs_c_floor", "<=", 1.75),
    Budget("round trip, pool / C floor", "ratios.round_trip_pool_vs_c_floor", "<=", 1.75),
    Budget("round trip, inline / pytauri", "ratios.round_trip_vs_pytauri", "<=", 0.42),
    Budget("round trip, async / pytauri", "ratios.round_trip_async_vs_pytauri", "<=", 0.55),
    Budget("round trip, pool / pytauri", "ratios.round_trip_pool_vs_pytauri", "<=", 0.55),
    Budget("round trip, inline / pywebview", "ratios.round_trip_vs_pywebview", "<=", 0.50),
    Budget("round trip, inline / Tauri's Rust", "ratios.round_trip_vs_tauri_rust", "<=", 0.80),
    Budget("100 in flight, inline, calls/s", "calls_per_second.inline", ">=", 90_000),
    Budget("100 in flight, async, calls/s", "calls_per_second.async", ">=", 44_000),
    Budget("100 in flight, pool, calls/s", "calls_per_second.pool", ">=", 58_000),
    Budget("100 in flight, inline / pytauri", "ratios.calls_in_flight_vs_pytauri", ">=", 40),
    Budget("gate, µs a message", "gate_us.message", "<=", 15),
    Budget("gate, µs a further call", "gate_us.further_call", "<=", 1.5),
    Budget("busy Python thread beside / idle", "ratios.busy_vs_idle", "<=", 6),
    Budget("events to the page, per second", "events_per_second", ">=", 300_000),
    Budget("channel items to the page, per second", "channel_items_per_second", ">=", 300_000),
    Budget("10 MiB up / pytauri", "ratios.bytes_up_vs_pytauri", "<=", 1.2),
    Budget("10 MiB down / pytauri", "ratios.bytes_down_vs_pytauri", "<=", 0.95),
    Budget("cold start / C floor", "ratios.cold_start_vs_c_floor", "<=", 1.55),
    Budget("cold start / pytauri", "ratios.cold_start_vs_pytauri", "<=", 0.95),
    Budget("cold start / pywebview", "ratios.cold_start_vs_pywebview", "<=", 0.95),
    Budget("memory, hello / pytauri", "ratios.pss_vs_pytauri", "<=", 1.0),
    Budget("memory, three windows / one", "ratios.pss_three_windows_vs_one", "<=", 1.7),
    Budget("assets through WebKit, MB/s", "asset_mb_per_second", ">=", 80),
    Budget("isolation pattern / default", "ratios.isolation_vs_default", "<=", 2.5),
    Budget("sealed command / default", "ratios.sealed_vs_default", "<=", 2.0),
    Budget("handles per call / per session", "ratios.call_handles_vs_session", "<=", 1.15),
    Budget("asset's first byte in Python, ms", "asset_python_first_byte_ms", "<=", 1),
    Budget("executable, hello, bytes", "executable_bytes", "<=", 4_200_000),
    Budget("frozen start / source", "ratios.frozen_start_vs_source", "<=", 1.1),
    Budget("build hello, warm, s", "build_seconds", "<=", 6),
    Budget("dev restart, s", "dev_restart_seconds", "<=", 1),
)


def judge(results: dict[str, object]) -> tuple[list[str], int]:
    """Return the table's lines and how many budgets are missed."""
    lines = [f"{'what':<40}{'measured':>12}  {'budget':>11}"]
    misses = 0
    for budget in BUDGETS:
        value = _find(results, budget.path)
        holds = value <= budget.bound if budget.sign == "<=" else value >= budget.bound
        misses += not holds
        mark = "holds" if holds else "MISSED"
        lines.append(f"{budget.text:<40}{value:>12,.4g}  {budget.sign} {budget.bound:>8,g}  {mark}")
    return lines, misses


def _find(results: object, path: str) -> float:
    for key in path.split("."):
        assert isinstance(results, dict)
        results = results[key]
    assert isinstance(results, int | float)
    return float(results)
