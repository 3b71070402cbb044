"""No byte of anything signed can be changed unseen, and no damage makes a reader fall over."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mac_identities import PASSWORD, certificate, p12, rsa_key
from mac_programs import thin, universal
from millennium_bundler.archive.udif import DiskImage, read_udif, write_udif
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.image import sign_image, verify_image
from millennium_bundler.codesign.macho_code import CodeOptions, sign_macho
from millennium_bundler.codesign.verify import verify_macho
from millennium_bundler.errors import BundleError
from millennium_bundler.sign.secret import Secret

IDENTITY = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
SIGNER = Signer(identity=IDENTITY, date=1_735_689_600)
CODE = sign_macho(
    thin(content=b"code" * 900), CodeOptions(identifier="own", signer=SIGNER), place="a"
).data
BOTH = sign_macho(
    universal(thin(), thin("aarch64")), CodeOptions(identifier="own", signer=SIGNER), place="a"
).data
IMAGE = sign_image(
    write_udif(DiskImage(volume=b"text" * 128 * 600 + bytes(512 * 900))),
    identifier="own",
    signer=SIGNER,
)

places = st.integers(min_value=0, max_value=10**9)
values = st.integers(min_value=1, max_value=255)


def changed(data: bytes, place: int, value: int) -> bytes:
    at = place % len(data)
    return data[:at] + bytes([data[at] ^ value]) + data[at + 1 :]


def is_code(data: bytes) -> bool:
    try:
        verify_macho(data, place="a")
    except BundleError:
        return False
    return True


def is_image(data: bytes) -> bool:
    try:
        verify_image(data)
        read_udif(data)
    except BundleError:
        return False
    return True


def test_what_was_not_changed_is_valid():
    assert is_code(CODE)
    assert is_code(BOTH)
    assert is_image(IMAGE)


@settings(max_examples=400, deadline=None)
@given(places, values)
def test_no_byte_of_code_can_be_changed(place: int, value: int):
    assert not is_code(changed(CODE, place, value))


@settings(max_examples=300, deadline=None)
@given(places, values)
def test_no_byte_of_an_image_can_be_changed(place: int, value: int):
    assert not is_image(changed(IMAGE, place, value))


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=1, max_value=4000), values)
@example(1, 255)
def test_no_byte_at_the_end_of_an_image_can_be_changed(back: int, value: int):
    assert not is_image(changed(IMAGE, len(IMAGE) - back, value))


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=1, max_value=2500), values)
def test_no_byte_of_the_signature_can_be_changed(back: int, value: int):
    assert not is_code(changed(CODE, len(CODE) - back, value))


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=len(CODE) - 1))
def test_no_part_of_code_can_be_cut_off(size: int):
    assert not is_code(CODE[:size])


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=len(IMAGE) - 1))
def test_no_part_of_an_image_can_be_cut_off(size: int):
    assert not is_image(IMAGE[:size])


@settings(max_examples=200, deadline=None)
@given(places, values)
def test_damage_to_a_universal_file_never_surprises_the_reader(place: int, value: int):
    assert is_code(changed(BOTH, place, value)) in {True, False}
