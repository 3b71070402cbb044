import pytest

from hello_you.__main__ import app
from millennium import CommandError
from millennium.testing import invoke


def test_greet_says_hello():
    assert invoke(app, "greet", name="Ada") == "Hello, Ada."


def test_greet_wants_a_name():
    with pytest.raises(CommandError) as refused:
        invoke(app, "greet", name=" ")
    assert refused.value.code == "greet.no_name"
