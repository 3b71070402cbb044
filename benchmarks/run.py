"""Measures us and our peers in turn, A B C A B C, and writes ratios of medians.

``python benchmarks/run.py [--rounds 5] [--quick]``; writes build/bench/results.json (and, with a few
figures more, further.json) and prints the table of budgets. Every ratio is the median of the rounds'
own ratios, so a machine that drifts does not favour anyone. The security is the default one in every
run of ours; the last three ratios say what more of it costs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

import hosts  # noqa: E402
import peers  # noqa: E402
from budgets import BUDGETS, judge  # noqa: E402

from display import display  # noqa: E402

Runs = dict[str, list[dict[str, float]]]
MEBIBYTE = 1 << 20
REPORTED: dict[str, tuple[str, ...]] = {
    "ratios": (
        *("round_trip_vs_c_floor", "round_trip_async_vs_c_floor", "round_trip_pool_vs_c_floor"),
        *("round_trip_vs_pytauri", "round_trip_vs_pywebview", "round_trip_vs_tauri_rust"),
        *("calls_in_flight_vs_pytauri", "calls_in_flight_vs_tauri_rust", "busy_vs_idle"),
        *("bytes_up_vs_pytauri", "bytes_down_vs_pytauri"),
        *("cold_start_vs_c_floor", "cold_start_vs_pytauri", "cold_start_vs_pywebview"),
        *("frozen_start_vs_source", "pss_vs_pytauri", "pss_three_windows_vs_one"),
        *("isolation_vs_default", "sealed_vs_default", "call_handles_vs_session"),
    ),
    "calls_per_second": ("inline", "async", "pool"),
    "gate_us": ("message", "further_call"),
    "events_per_second": (),
    "asset_mb_per_second": (),
    "asset_python_first_byte_ms": (),
    "build_seconds": (),
    "dev_restart_seconds": (),
}
"""The keys of results.json, which others compare from change to change: none comes or goes."""


def main() -> int:
    """Run all series and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round of everything")
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    with display() as environment:
        peers.use(environment)
        results = collect(rounds)
    out = peers.BUILD / "results.json"
    out.write_text(json.dumps(report(results), indent=2, sort_keys=True) + "\n")
    (peers.BUILD / "further.json").write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")
    lines, misses = judge(results)
    sys.stdout.write(
        "\n".join(lines) + f"\n\n{len(BUDGETS) - misses} of {len(BUDGETS)} budgets hold; {out}\n"
    )
    return 0


def report(results: dict[str, object]) -> dict[str, object]:
    """Return what results.json has; the budgets need a few figures more, kept in further.json."""
    found: dict[str, object] = {}
    for name, keys in REPORTED.items():
        value = results[name]
        found[name] = {key: value[key] for key in keys} if isinstance(value, dict) else value
    return found


def collect(rounds: int) -> dict[str, object]:
    """Run every series and put the figures where results.json has them."""
    floor, ours, pool, loop = (
        peers.floor(),
        peers.millennium(),
        peers.millennium("pool"),
        peers.millennium("async"),
    )
    busy = peers.millennium("inline", BENCH_BUSY="1")
    stock, tauri, rust = peers.pywebview(), peers.pytauri(), peers.pytauri("rust")
    calls = series([floor, ours, loop, pool, tauri, rust, stock], rounds, {})
    idle = series([ours, busy], min(rounds, 3), {"calls": 600, "total": 0})
    volume = {"calls": 100, "total": 0, "bytes": 10 * MEBIBYTE}
    data = series([ours, tauri], min(rounds, 3), volume)
    events = series(
        [ours], min(rounds, 3), {"calls": 100, "total": 0, "events": 50_000, "assets": "big.bin"}
    )
    three = peers.millennium("inline", BENCH_WINDOWS="3")
    cold = series([floor, ours, tauri, stock, three], rounds + 2, {"cold": True})
    guards = {
        name: peers.millennium("inline", BENCH_SECURITY=name)
        for name in ("isolation", "sealed", "call")
    }
    guarded = series([ours, *guards.values()], rounds, {"total": 0})
    median = figure(calls)
    ratios = {
        "round_trip_vs_c_floor": ratio(calls, ours, floor, "median_us"),
        "round_trip_async_vs_c_floor": ratio(calls, loop, floor, "median_us"),
        "round_trip_pool_vs_c_floor": ratio(calls, pool, floor, "median_us"),
        "round_trip_vs_pytauri": ratio(calls, ours, tauri, "median_us"),
        "round_trip_async_vs_pytauri": ratio(calls, loop, tauri, "median_us"),
        "round_trip_pool_vs_pytauri": ratio(calls, pool, tauri, "median_us"),
        "round_trip_vs_pywebview": ratio(calls, ours, stock, "median_us"),
        "round_trip_vs_tauri_rust": ratio(calls, ours, rust, "mean_us"),
        "calls_in_flight_vs_pytauri": ratio(calls, ours, tauri, "calls_per_second"),
        "calls_in_flight_vs_tauri_rust": ratio(calls, ours, rust, "calls_per_second"),
        "busy_vs_idle": ratio(idle, busy, ours, "median_us"),
        "bytes_up_vs_pytauri": ratio(data, ours, tauri, "upload_ms"),
        "bytes_down_vs_pytauri": ratio(data, ours, tauri, "download_ms"),
        "cold_start_vs_c_floor": ratio(cold, ours, floor, "first_ms"),
        "cold_start_vs_pytauri": ratio(cold, ours, tauri, "first_ms"),
        "cold_start_vs_pywebview": ratio(cold, ours, stock, "first_ms"),
        "frozen_start_vs_source": hosts.frozen_start_vs_source(rounds),
        "pss_vs_pytauri": ratio(cold, ours, tauri, "pss_mb"),
        "pss_three_windows_vs_one": ratio(cold, three, ours, "pss_mb"),
        "isolation_vs_default": ratio(guarded, guards["isolation"], ours, "median_us"),
        "sealed_vs_default": ratio(guarded, guards["sealed"], ours, "median_us"),
        "call_handles_vs_session": ratio(guarded, guards["call"], ours, "median_us"),
    }
    return {
        "ratios": ratios,
        "calls_per_second": {
            "inline": median(ours, "calls_per_second"),
            "async": median(loop, "calls_per_second"),
            "pool": median(pool, "calls_per_second"),
            "c_floor": median(floor, "calls_per_second"),
        },
        "gate_us": hosts.gate_us(),
        "events_per_second": figure(events)(ours, "events_per_second"),
        "channel_items_per_second": figure(events)(ours, "channel_per_second"),
        "asset_mb_per_second": figure(events)(ours, "asset_mb_per_second"),
        "asset_python_first_byte_ms": hosts.asset_first_byte_ms(),
        "build_seconds": hosts.build_seconds(),
        "executable_bytes": hosts.executable_bytes(),
        "dev_restart_seconds": hosts.dev_restart_seconds(rounds),
    }


def series(group: list[peers.Peer], rounds: int, config: Mapping[str, object]) -> Runs:
    """Measure each peer once a round, in turn."""
    runs: Runs = {peer.name: [] for peer in group}
    for number in range(rounds):
        for peer in group:
            sys.stderr.write(f"round {number + 1} of {rounds}: {peer.name}\n")
            runs[peer.name].append(peers.measure(peer, config))
    return runs


def ratio(runs: Runs, ours: peers.Peer, other: peers.Peer, key: str) -> float:
    """Return the median of the rounds' ratios."""
    pairs = zip(runs[ours.name], runs[other.name], strict=True)
    return round(statistics.median(a[key] / b[key] for a, b in pairs), 3)


def figure(runs: Runs) -> Callable[[peers.Peer, str], float]:
    """Return a function that gives the median of one figure of one peer."""

    def median(peer: peers.Peer, key: str) -> float:
        return round(statistics.median(run[key] for run in runs[peer.name]))

    return median


if __name__ == "__main__":
    sys.exit(main())
