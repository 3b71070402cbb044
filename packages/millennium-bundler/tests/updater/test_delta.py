"""Deltas: small, exact, and never more than they say."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.errors import UpdaterError
from millennium_bundler.updater.delta import (
    DeltaLimits,
    DeltaPlan,
    Measure,
    apply_delta,
    make_delta,
)

LIMITS = DeltaLimits()


def noise(seed: str, size: int) -> bytes:
    return hashlib.shake_256(seed.encode()).digest(size)


OLD = noise("old", 300_000)
NEW = OLD[:100_000] + noise("change", 2_000) + OLD[100_000:]


def plan_of(old: bytes, delta: bytes, new: bytes) -> DeltaPlan:
    return DeltaPlan(old=Measure.of(old), delta=Measure.of(delta), new=Measure.of(new))


@pytest.fixture
def delta() -> bytes:
    made = make_delta(OLD, NEW, whole_bytes=len(NEW))
    assert made is not None
    return made


def test_a_delta_holds_little_more_than_what_changed(delta: bytes):
    assert 2_000 < len(delta) < 3_000


def test_a_delta_makes_the_new_file(delta: bytes):
    assert apply_delta(OLD, delta, plan_of(OLD, delta, NEW), LIMITS) == NEW


def test_the_same_files_make_the_same_delta(delta: bytes):
    assert make_delta(OLD, NEW, whole_bytes=len(NEW)) == delta


def test_a_delta_that_would_not_pay_is_not_made():
    half = OLD[:100_000] + noise("other", 200_000)
    assert make_delta(OLD, half, whole_bytes=300_000) is None


def test_a_delta_that_cannot_pay_is_not_even_tried(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr("zstandard.ZstdCompressor")
    assert make_delta(OLD, noise("other", 300_000), whole_bytes=300_000) is None


def test_what_shrinks_by_itself_is_tried_all_the_same():
    text = b"".join(b"line %d\n" % number for number in range(20_000))
    assert make_delta(OLD, text, whole_bytes=len(text) - 1) is not None


def test_a_delta_is_compared_with_the_whole_download(delta: bytes):
    assert make_delta(OLD, NEW, whole_bytes=len(delta) * 5 // 3 + 2) == delta
    assert make_delta(OLD, NEW, whole_bytes=len(delta) * 5 // 3 - 2) is None


@pytest.mark.parametrize(("old", "new"), [(b"", NEW), (OLD, b"")], ids=["no-old", "no-new"])
def test_nothing_makes_no_delta(old: bytes, new: bytes):
    assert make_delta(old, new, whole_bytes=1000) is None


def test_files_too_large_for_a_window_make_no_delta(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("millennium_bundler.updater.delta._MAX_WINDOW_LOG", 19)
    assert make_delta(OLD, NEW, whole_bytes=len(NEW)) is None


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd")
def test_zstd_reads_our_deltas(delta: bytes, tmp_path: Path):
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "delta").write_bytes(delta)
    command = ["zstd", "-q", "-d", "--patch-from=old", "delta", "-o", "new"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "new").read_bytes() == NEW


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd")
def test_we_read_the_deltas_of_zstd(tmp_path: Path):
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "new").write_bytes(NEW)
    command = ["zstd", "-q", "-19", "--patch-from=old", "new", "-o", "delta"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    made = (tmp_path / "delta").read_bytes()
    assert apply_delta(OLD, made, plan_of(OLD, made, NEW), LIMITS) == NEW


def test_another_old_file_is_refused(delta: bytes):
    with pytest.raises(UpdaterError, match="not the one") as caught:
        apply_delta(NEW, delta, plan_of(OLD, delta, NEW), LIMITS)
    assert caught.value.code == "updater.mismatch"


def test_an_altered_delta_is_refused(delta: bytes):
    with pytest.raises(UpdaterError, match="not the one"):
        apply_delta(OLD, delta[:-1] + b"\0", plan_of(OLD, delta, NEW), LIMITS)


def test_a_file_above_the_limit_is_refused(delta: bytes):
    with pytest.raises(UpdaterError, match="more than 1000 bytes"):
        apply_delta(OLD, delta, plan_of(OLD, delta, NEW), DeltaLimits(max_output_bytes=1000))


def test_a_frame_that_needs_too_much_memory_is_refused(delta: bytes):
    with pytest.raises(UpdaterError, match="more memory"):
        apply_delta(OLD, delta, plan_of(OLD, delta, NEW), DeltaLimits(max_window_bytes=1024))


def test_a_frame_of_another_length_is_refused(delta: bytes):
    plan = plan_of(OLD, delta, NEW + b".")
    with pytest.raises(UpdaterError, match="another length"):
        apply_delta(OLD, delta, plan, LIMITS)


def test_a_frame_that_does_not_say_its_length_is_refused():
    stream = zstandard.ZstdCompressor(write_content_size=False).compress(NEW)
    with pytest.raises(UpdaterError, match="another length"):
        apply_delta(OLD, stream, plan_of(OLD, stream, NEW), LIMITS)


def test_what_is_no_frame_is_refused():
    with pytest.raises(UpdaterError, match="no zstd frame"):
        apply_delta(OLD, b"nonsense", plan_of(OLD, b"nonsense", NEW), LIMITS)


def test_bytes_after_the_frame_are_refused(delta: bytes):
    longer = delta + delta
    with pytest.raises(UpdaterError, match="cannot be applied"):
        apply_delta(OLD, longer, plan_of(OLD, longer, NEW), LIMITS)


def test_another_result_is_refused(delta: bytes):
    plan = plan_of(OLD, delta, NEW)
    other = replace(plan, new=Measure(length=len(NEW), sha256="0" * 64))
    with pytest.raises(UpdaterError, match="another file"):
        apply_delta(OLD, delta, other, LIMITS)


def applied(old: bytes, delta: bytes, plan: DeltaPlan) -> bytes | None:
    """Apply a delta; None when it is refused."""
    with contextlib.suppress(UpdaterError):
        return apply_delta(old, delta, plan, LIMITS)
    return None


@settings(max_examples=60)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=4))
def test_no_damaged_frame_makes_another_file(at: int, change: bytes):
    new = OLD[:2_500]
    frame = zstandard.ZstdCompressor(write_checksum=False).compress(new)
    broken = frame[:at] + change + frame[at + len(change) :]
    assert applied(OLD, broken, plan_of(OLD, broken, new)) in (None, new)
