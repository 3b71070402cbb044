"""Questions to a page: who may answer, when, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from millennium.errors import (
    AskFailedError,
    DocumentGoneError,
    PayloadError,
    TooLargeError,
)
from millennium.ipc.limits import MAX_JSON_BYTES, MAX_QUESTIONS
from millennium.ipc.question import GiveUp, Question, Questions, read_answer
from millennium.scripts.render import ask_scripts
from millennium_runtime.errors import PageBusyError
from millennium_runtime.webview import World

QUESTION = Question(script="(x) => x", args='{"a":1}')


@dataclass
class Waiting:
    """Who asked: what it was told."""

    told: list[tuple[str, str]] = field(default_factory=list)
    give_up: GiveUp = lambda: None

    def settle(self, text: str, error: Exception | None) -> None:
        self.told.append((text, type(error).__name__ if error else ""))


def ask(room, question: Question = QUESTION) -> Waiting:
    waiting = Waiting()
    waiting.give_up = room.bridge.ask(question, waiting.settle)
    return waiting


@pytest.fixture
def room(make_room):
    return make_room()


@pytest.fixture
def page(room):
    return room.open()


def heard(page) -> list[tuple[int, int, tuple[str, str]]]:
    page.read()
    return [each for each in page.news if each[0] != 1]


def ready(page, number: int = -1) -> None:
    page.batch([number, "", ["ready"]])


def answer(page, text: str = "1", number: int = -1, is_result: object = True) -> None:
    page.batch([number, "", ["answer", is_result, text]])


def refusals(page, caplog: pytest.LogCaptureFixture) -> list[str]:
    page.read()
    return [record.message.partition("refused: ")[2] for record in caplog.records]


def test_a_question_is_announced_by_two_names_asked_when_ready_and_answered(room, page) -> None:
    waiting = ask(room)
    ((kind, number, names),) = heard(page)
    assert (kind, number) == (6, -1)
    assert room.screen.asked == []

    ready(page)
    assert room.screen.asked == [*ask_scripts(names, "(x) => x", '{"a":1}')]

    answer(page, '"yes"')
    assert waiting.told == [('"yes"', "")]


def test_a_page_that_has_not_run_enough_is_not_asked(room, page, monkeypatch) -> None:
    def refuse(script: str, world: World) -> None:
        raise PageBusyError("4096 scripts wait for the page")

    waiting = ask(room)
    monkeypatch.setattr(room.screen, "evaluate", refuse)
    ready(page)
    assert waiting.told == [("", "TooLargeError")]
    monkeypatch.undo()
    assert heard(page)[-1][:2] == (6, 0)


def test_no_two_questions_share_a_name_or_a_number(room, page) -> None:
    for _ in range(50):
        ask(room)
    news = heard(page)

    assert len({number for _, number, _ in news}) == 50
    assert len({name for _, _, names in news for name in names}) == 100


def test_a_document_that_has_not_greeted_yet_is_asked_when_it_has(room) -> None:
    page = room.commit()
    ask(room)
    page.hello()

    assert [kind for kind, _, _ in heard(page)] == [6]


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "about:blank", "data:text/html,x"],
    ids=["web", "blank", "data"],
)
def test_a_page_that_is_not_ours_is_not_asked(room, url: str) -> None:
    room.commit(url)

    with pytest.raises(DocumentGoneError, match="no page of the app"):
        ask(room)


def test_before_the_first_page_nobody_is_asked(room) -> None:
    with pytest.raises(DocumentGoneError):
        ask(room)


def test_too_many_questions_are_refused(room, page) -> None:
    for _ in range(MAX_QUESTIONS):
        ask(room)

    with pytest.raises(TooLargeError, match=str(MAX_QUESTIONS)):
        ask(room)


@pytest.mark.parametrize("number", [-2, 0, 1, -(10**11)], ids=["next", "zero", "call", "far"])
def test_an_answer_to_no_question_is_refused(
    room, page, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = ask(room)
    answer(page, number=number)

    assert refusals(page, caplog) == ["an answer that nobody waits for"]
    assert waiting.told == []


def test_a_second_answer_is_refused(room, page, caplog: pytest.LogCaptureFixture) -> None:
    waiting = ask(room)
    answer(page, "1")
    answer(page, "2")

    assert waiting.told == [("1", "")]
    assert refusals(page, caplog) == ["an answer that nobody waits for"]


def test_an_answer_of_the_next_document_is_refused(
    room, page, caplog: pytest.LogCaptureFixture
) -> None:
    old = ask(room)
    other = room.open()
    answer(other)

    assert old.told == [("", "DocumentGoneError")]
    assert refusals(other, caplog) == ["an answer that nobody waits for"]


def test_an_answer_of_the_document_before_is_refused(room, page) -> None:
    ask(room)
    room.open()
    new = ask(room)

    assert page.send(f'{page.pad.pop()} [[-1,"",["answer",true,"1"]]]').status == "refused"
    assert new.told == []


def test_an_answer_after_the_time_is_refused_and_the_names_are_taken_away(
    room, page, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = ask(room)
    waiting.give_up()
    waiting.give_up()
    asked, forgotten = heard(page)
    answer(page)

    assert forgotten == (6, 0, asked[2])
    assert waiting.told == []
    assert refusals(page, caplog) == ["an answer that nobody waits for"]


def test_giving_up_what_was_answered_says_nothing(room, page) -> None:
    waiting = ask(room)
    answer(page)
    waiting.give_up()

    assert len(heard(page)) == 1


@pytest.mark.parametrize("number", [-2, 5], ids=["unknown", "a call"])
def test_nothing_is_asked_that_is_no_question(
    room, page, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    ask(room)
    ready(page, number)

    assert room.screen.asked == []
    assert refusals(page, caplog) == ["the page is ready for a question that is not asked"]


def test_a_question_is_asked_once(room, page, caplog: pytest.LogCaptureFixture) -> None:
    ask(room)
    ready(page)
    ready(page)

    assert len(room.screen.asked) == 2
    assert refusals(page, caplog) == ["the page is ready for a question that is not asked"]


def test_an_answer_over_the_limit_is_an_error(room, page) -> None:
    waiting = ask(room)
    answer(page, "x" * (MAX_JSON_BYTES + 1))

    assert waiting.told == [("", "TooLargeError")]


def test_an_answer_may_be_as_long_as_a_page_may_say(room, page) -> None:
    waiting = ask(room)
    text = f'"{"x" * (MAX_JSON_BYTES - 2)}"'
    answer(page, text)

    assert waiting.told == [(text, "")]


def test_without_a_question_a_message_may_not_be_that_long(room, page) -> None:
    reply = page.send(f'{page.pad.pop(0)} [[-1,"",["answer",true,"{"x" * 2_000_000}"]]]')

    assert (reply.status, reply.text) == ("refused", "ipc.too_large")


def test_what_the_page_raised_is_an_error_of_limited_length(room, page) -> None:
    errors: list[Exception | None] = []
    room.bridge.ask(QUESTION, lambda _, error: errors.append(error))
    answer(page, "TypeError: " + "x" * 5000, is_result=False)

    (error,) = errors
    assert isinstance(error, AskFailedError)
    assert error.message.startswith("TypeError: x")
    assert len(error.message) == 1000


@pytest.mark.parametrize(
    "verb",
    [["answer"], ["answer", True], ["answer", True, 1], ["answer", 1, "1"], ["ready", 1]],
    ids=["nothing", "no text", "no string", "no bool", "more"],
)
def test_a_malformed_answer_settles_nothing(room, page, verb: list[object]) -> None:
    waiting = ask(room)
    page.batch([-1, "", verb])

    assert waiting.told == []


def test_a_page_that_navigates_away_leaves_its_questions(room, page) -> None:
    waiting = ask(room)
    room.commit("https://evil.example/")

    assert waiting.told == [("", "DocumentGoneError")]


def test_a_window_that_closes_leaves_its_questions(room, page) -> None:
    waiting = ask(room)
    room.bridge.close()
    waiting.give_up()

    assert waiting.told == [("", "DocumentGoneError")]


def test_a_window_that_closes_while_the_page_gets_ready_is_not_asked(room, page) -> None:
    ask(room)
    room.screen.is_closed = True
    ready(page)

    assert room.screen.asked == []


def test_a_window_that_is_not_made_yet_is_not_asked(room, page) -> None:
    ask(room)
    room.bridge._dispatcher = None
    ready(page)

    assert room.screen.asked == []


@pytest.mark.parametrize(
    "script",
    [
        "() => 'it\\'s'",
        '() => "a\nb"',
        "() => '\u2028\u2029'",
        "() => '</script><script>'",
        "() => 1 // why",
        "() => $HELLO",
    ],
    ids=["quotes", "newline", "separators", "script", "comment", "placeholder"],
)
def test_the_script_is_asked_as_it_is(script: str) -> None:
    first, _ = ask_scripts(("aa", "bb"), script, "null")

    assert first == f"aa(()=>({script}\n),'null')"


def test_the_argument_is_data() -> None:
    question = Question.of("f", {"__proto__": "</script>'\n\u2028\\"})
    first, second = ask_scripts(("aa", "bb"), question.script, question.args)

    assert first == ("""aa(()=>(f\n),'{"__proto__":"\\x3c/script>\\'\\\\n\\u2028\\\\\\\\"}')""")
    assert second == "typeof bb==='function'&&bb('SyntaxError: the script is not one expression')"


@pytest.mark.parametrize("script", ["\0", "'\ud83d'"], ids=["nul", "surrogate"])
def test_a_script_that_no_engine_reads_is_refused(script: str) -> None:
    with pytest.raises(PayloadError):
        Question.of(script, None)


@pytest.mark.parametrize("char", ["\ue000", "\U0001f600"], ids=["behind surrogates", "astral"])
def test_a_script_may_hold_any_other_letter(char: str) -> None:
    assert Question.of(f"() => '{char}'", None).script == f"() => '{char}'"


def test_a_script_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        Question.of("x" * (MAX_JSON_BYTES + 1), None)


@pytest.mark.parametrize(
    ("text", "value"), [("null", None), ('{"a":[1.5]}', {"a": [1.5]}), ('"é\u2028"', "é\u2028")]
)
def test_an_answer_is_any_json(text: str, value: object) -> None:
    assert read_answer(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "undefined", '"\\ud800"', "[" * 100_000, "1 2"],
    ids=["empty", "word", "surrogate", "deep", "two"],
)
def test_an_answer_that_is_no_json_is_an_error(text: str) -> None:
    with pytest.raises(AskFailedError, match="not JSON"):
        read_answer(text)


def asked(*, is_full: bool) -> list[bytes]:
    posted: list[bytes] = []
    questions = Questions(lambda _channel, news: posted.append(news), lambda: is_full)
    questions.ask(QUESTION, lambda _script: None, lambda _text, _error: None)
    return posted


def test_a_page_with_room_is_asked() -> None:
    assert len(asked(is_full=False)) == 1


def test_a_page_that_takes_nothing_is_asked_nothing() -> None:
    with pytest.raises(TooLargeError, match="has not taken what waits"):
        asked(is_full=True)
