"""How much may cross the bridge: the page refuses before copying, the host refuses again.

`PAGE_VALUES` is baked into the bootstrap, so both sides read one list.
"""

from __future__ import annotations

from collections.abc import Mapping

WIRE_VERSION = 1

MAX_JSON_BYTES = 16 * 1024 * 1024  # one argument object, one result, one item, one event
MAX_BODY_BYTES = 1024 * 1024 * 1024  # one bytes argument or result
MAX_PARKED_BYTES = MAX_BODY_BYTES  # all results of one document that wait to be fetched

INLINE_JSON_CHARS = 256 * 1024  # above it JSON travels by scheme, not in a message
MAX_BATCH_CALLS = 256  # in one message
MAX_BATCH_CHARS = 320 * 1024  # of one message with its calls
MAX_ISOLATED_CHARS = 4 * MAX_JSON_BYTES + MAX_BATCH_CHARS  # large JSON is not taken apart there
MAX_ENVELOPE_CHARS = 64  # "number token " in front of a batch
MAX_HEADERS = 64  # that a page gives beside one call
MAX_HEADER_CHARS = 16 * 1024  # of them, names and values
MAX_TICKETS = 1024  # outstanding uploads of one document
MAX_RUNNING_CALLS = 65_536  # unanswered calls of one document
MAX_RUNNING_JSON_BYTES = 128 * 1024 * 1024  # of their arguments
MAX_RUNNING_BODY_BYTES = MAX_BODY_BYTES  # of the bytes that came with them

FRAME_MILLISECONDS = 10_000  # until an isolation frame has loaded

MAX_QUESTIONS = 1024  # of ask_page, unanswered, of one document

MAX_CARRIERS = 4  # replies held back to carry what is ready first
MAX_NEWS_ITEMS = 8192  # results, items and events in one message to the page

MAX_CHANNEL_ITEMS = 1000  # of one channel that the page has not taken yet
MAX_CHANNEL_BYTES = 8 * 1024 * 1024  # of the same
MAX_PUSHES = 256  # messages handed to the engine that the page has not acknowledged
MAX_PUSHED_BYTES = 4 * 1024 * 1024  # of the same; one message may go beyond
MAX_WAITING_NEWS = 100_000  # that a page has not been sent yet, before events are dropped
MAX_WAITING_BYTES = 32 * 1024 * 1024  # of the same; also before channels wait for room
MAX_WAITING_RESULT_BYTES = 128 * 1024 * 1024  # of the same, before results become errors
MAX_DIALOGS = 4  # that one window's page has open

MAX_NEWS_BYTES = 128 * 1024  # of the items in one message to the page, if there is more than one

PIECE_CALLS = 32  # calls of one message that run before another window may go on
BURST_SECONDS = 0.002  # of the main thread that a window may use before it takes turns
SLICE_SECONDS = 0.0005  # of turns before the main thread looks for what is more urgent
CHAR_SECONDS = 4e-9  # that a character of a message has cost before its calls run
SHARE = 0.25  # of the main thread that one window gets while another is active
ACTIVE_SECONDS = 0.1  # a window that asked for something so lately is active

MAX_PAGE_WINDOWS = 32  # windows of an app, when a page asks for one more
PAGE_WINDOW_BURST = 4  # windows that pages may make at once
PAGE_WINDOW_SECONDS = 2.0  # until they may make another one

MAX_LISTENERS = 4096  # of one page; in Python of those for one window, and of those for none
MAX_WAITING_EVENTS = 10_000  # that one listener in Python has not been told yet
MAX_WAITING_EVENT_BYTES = 32 * 1024 * 1024  # of the same, as JSON

MAX_TEXT_CHARS = 4096  # of a title, a path or another short text for a built-in API
MAX_MESSAGE_CHARS = 64 * 1024  # of what a dialog says
MAX_FILTERS = 64  # of file names, in one dialog
MAX_EXTENSIONS = 256  # in one filter
MAX_PIXELS = 1_000_000  # of a length, or of a place to either side

BYTES_PATH = "/__millennium/ipc/"

PAGE_VALUES: Mapping[str, object] = {
    "HELLO_TEXT": f"hello {WIRE_VERSION}",
    "INLINE_JSON": INLINE_JSON_CHARS,
    "MAX_BODY": MAX_BODY_BYTES,
    "MAX_CALLS": MAX_BATCH_CALLS,
    "MAX_CHARS": MAX_BATCH_CHARS,
    "MAX_JSON": MAX_JSON_BYTES,
    "MAX_LISTENERS": MAX_LISTENERS,
}
"""Placeholder of the bootstrap → value."""
