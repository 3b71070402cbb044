"""What `demo` and `bench` write has the same keys each time: others compare it."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tools")]

import run as benchmarks  # noqa: E402 - after the path is set

from demo import Report  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the peers run there")

DEMO = """commit executable_bytes deb_bytes build_seconds cold_start_ms round_trip_us pss_mb
listening_ports verified screenshot"""
BENCH = """ratios calls_per_second gate_us events_per_second asset_mb_per_second
asset_python_first_byte_ms build_seconds dev_restart_seconds"""
RATIOS = """round_trip_vs_c_floor round_trip_async_vs_c_floor round_trip_pool_vs_c_floor
round_trip_vs_pytauri round_trip_vs_pywebview round_trip_vs_tauri_rust calls_in_flight_vs_pytauri
calls_in_flight_vs_tauri_rust busy_vs_idle bytes_up_vs_pytauri bytes_down_vs_pytauri
cold_start_vs_c_floor cold_start_vs_pytauri cold_start_vs_pywebview frozen_start_vs_source
pss_vs_pytauri pss_three_windows_vs_one isolation_vs_default sealed_vs_default
call_handles_vs_session"""


@pytest.fixture
def measured() -> dict[str, object]:
    """Everything that is measured, and one figure more in each place."""
    return {"executable_bytes": 1} | {
        name: dict.fromkeys((*keys, "further"), 1.0) if keys else 1.0
        for name, keys in benchmarks.REPORTED.items()
    }


def test_demo_reports_what_it_always_did() -> None:
    assert [field.name for field in fields(Report)] == DEMO.split()


def test_bench_reports_what_it_always_did(measured: dict[str, object]) -> None:
    report = benchmarks.report(measured)
    assert list(report) == BENCH.split()
    assert report["ratios"] == dict.fromkeys(RATIOS.split(), 1.0)
    assert report["calls_per_second"] == {"inline": 1.0, "async": 1.0, "pool": 1.0}
    assert report["gate_us"] == {"message": 1.0, "further_call": 1.0}


def test_a_figure_that_was_not_measured_is_noticed(measured: dict[str, object]) -> None:
    del measured["events_per_second"]
    with pytest.raises(KeyError, match="events_per_second"):
        benchmarks.report(measured)
