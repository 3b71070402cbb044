"""The host's ends of one document's channels, by the numbers that the page gave them."""

from __future__ import annotations

from weakref import WeakValueDictionary

from millennium.ipc.channel import Channel, ChannelLine


class Channels:
    """Holds no channel that no command holds. Thread: main.

    Args:
        line: Where their items go.
    """

    def __init__(self, line: ChannelLine) -> None:
        self._line = line
        self._open: WeakValueDictionary[int, Channel[object]] = WeakValueDictionary()

    def open(self, number: int) -> Channel[object]:
        """Return the host's end of the page's channel `number`."""
        channel = self._open.get(number)
        if channel is None:
            channel = self._open[number] = Channel(number, self._line)
        return channel

    def close(self, number: int) -> None:
        """End a channel whose page side is gone."""
        channel = self._open.pop(number, None)
        if channel is not None:
            channel.end()

    def wake(self) -> None:
        """Let those that wait for room in the document look again."""
        for channel in [*self._open.values()]:
            channel.delivered(0, 0)

    def end(self) -> None:
        """Close all."""
        for number in list(self._open):
            self.close(number)
