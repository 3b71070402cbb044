"""Which script of a window runs first."""

from __future__ import annotations

import pytest

from millennium.scripts.render import FREEZE_PROTOTYPE
from millennium.testing import mock_app


@pytest.mark.parametrize("is_frozen", [True, False])
def test_the_prototype_is_frozen_first_if_it_is_to_be(is_frozen: bool) -> None:
    with mock_app(security={"freeze-prototype": is_frozen}) as running:
        scripts = running.runtime.window("main").scripts()

    assert (scripts[0] == FREEZE_PROTOTYPE) is is_frozen
    assert scripts.count(FREEZE_PROTOTYPE) == int(is_frozen)
