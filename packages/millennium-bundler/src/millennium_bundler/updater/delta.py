"""Deltas: what changed between two versions of a file, as one zstd frame.

The frame is made and read as ``zstd --patch-from`` does it. Rules of applying one:

1. The delta and the old file are those that the manifest describes: length and SHA-256.
2. The frame says how large its content is, that is what the manifest says, and no more than the limits.
3. The frame needs no larger window than the limits; nothing follows it.
4. The result has the SHA-256 that the manifest names, or it is not returned.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import zstandard

from millennium_bundler.errors import UpdaterError

MAX_SHARE_PERCENT = 60
"""A delta that is larger, compared with the whole download, is not worth its trouble."""

_LEVEL = 19
# A compressed package has next to nothing of the one before: looking for a few parts of it costs milliseconds,
# making a delta that is thrown away costs seconds.
_SAMPLES = 64
_SAMPLE_BYTES = 32
_MIN_SHARE_PERCENT = 20
# zstd reads windows of up to 2 GiB on machines of 64 bits; a file of half that is enough here.
_MAX_WINDOW_LOG = 30
_MIN_WINDOW_LOG = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How long a file is, and its SHA-256 in hexadecimal."""

    length: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Measure:
        """Measure bytes."""
        return cls(length=len(data), sha256=hashlib.sha256(data).hexdigest())

    def fits(self, data: bytes) -> bool:
        """Tell whether bytes have this length and digest."""
        if len(data) != self.length:
            return False
        return hmac.compare_digest(hashlib.sha256(data).hexdigest(), self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaLimits:
    """What applying a delta may cost.

    Attributes:
        max_output_bytes: Of the new file.
        max_window_bytes: Of memory that zstd may ask for, besides old and new file.
    """

    max_output_bytes: int = 1024 * 1024 * 1024
    max_window_bytes: int = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaPlan:
    """What a delta turns into what.

    Attributes:
        old: The file it is applied to.
        delta: The delta itself.
        new: What comes out.
    """

    old: Measure
    delta: Measure
    new: Measure


def make_delta(old: bytes, new: bytes, *, whole_bytes: int) -> bytes | None:
    """Return a delta that was applied and gave the new file; None when it would not pay.

    Args:
        old: The file that users have.
        new: The file that they shall have.
        whole_bytes: Size of the download that the delta spares.
    """
    window_log = max((len(old) + len(new)).bit_length(), _MIN_WINDOW_LOG)
    if not old or not new or window_log > _MAX_WINDOW_LOG:
        return None
    if whole_bytes >= len(new) and _share_percent(old, new) < _MIN_SHARE_PERCENT:
        return None
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL,
        source_size=len(new),
        dict_size=len(old),
        window_log=window_log,
        enable_ldm=True,
        write_content_size=True,
        write_checksum=False,
        write_dict_id=False,
    )
    known = zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    compressor = zstandard.ZstdCompressor(compression_params=parameters, dict_data=known)
    delta = compressor.compress(new)
    if len(delta) * 100 > whole_bytes * MAX_SHARE_PERCENT:
        return None
    plan = DeltaPlan(old=Measure.of(old), delta=Measure.of(delta), new=Measure.of(new))
    apply_delta(old, delta, plan, DeltaLimits())
    return delta


def apply_delta(old: bytes, delta: bytes, plan: DeltaPlan, limits: DeltaLimits) -> bytes:
    """Return the new file.

    Raises:
        UpdaterError: One of the rules is broken.
    """
    if not plan.delta.fits(delta) or not plan.old.fits(old):  # (1)
        raise _mismatch("the delta, or the file it is for, is not the one that is described")
    if plan.new.length > limits.max_output_bytes:
        raise _mismatch(f"the new file would have more than {limits.max_output_bytes} bytes")
    try:
        frame = zstandard.get_frame_parameters(delta)
    except zstandard.ZstdError:
        raise _mismatch("the delta is no zstd frame") from None
    if frame.content_size != plan.new.length:  # (2)
        raise _mismatch("the delta makes a file of another length than is described")
    if frame.window_size > max(limits.max_window_bytes, 1 << _MIN_WINDOW_LOG):  # (3)
        raise _mismatch(f"the delta needs more memory than {limits.max_window_bytes} bytes")
    known = zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    decompressor = zstandard.ZstdDecompressor(
        dict_data=known, max_window_size=max(frame.window_size, 1 << _MIN_WINDOW_LOG)
    )
    try:
        new = decompressor.decompress(
            delta, max_output_size=plan.new.length, allow_extra_data=False
        )
    except zstandard.ZstdError:
        raise _mismatch("the delta cannot be applied") from None
    if not plan.new.fits(new):  # (4)
        raise _mismatch("the delta made another file than is described")
    return new


def _share_percent(old: bytes, new: bytes) -> int:
    """Return how many of some parts of the new file, evenly spread, the old one has, too."""
    step = max(len(new) // _SAMPLES, 1)
    parts = [new[at : at + _SAMPLE_BYTES] for at in range(0, len(new), step)]
    return 100 * sum(part in old for part in parts) // len(parts)


def _mismatch(message: str) -> UpdaterError:
    help_line = "fetch the whole file instead"
    return UpdaterError(message, code="updater.mismatch", help=help_line)
