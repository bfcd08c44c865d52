"""Which layers of each camera anybody looks at, so that its browser can leave out the others.

Told is the largest that is looked at: every smaller one is sent too, and the smallest always, since
whoever comes in begins with it. Raised at once, lowered when nobody has looked for a while.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from media_relay.layout import CAMERA_LAYERS

# People scroll, turn pages and come back: an encoder that starts costs a key frame.
LASTING_SECONDS = 4.0
# So long a layer that was asked for counts as on its way.
RISING_SECONDS = 2.0

_LARGEST = len(CAMERA_LAYERS) - 1


@dataclass(slots=True)
class _Camera:
    """Layers by their place among CAMERA_LAYERS. Begins with all of them, as browsers do."""

    tell: Callable[[str], None]
    told: int = _LARGEST
    looked_at: dict[int, float] = field(default_factory=dict)
    raised_at: float | None = None
    rising: tuple[str, ...] = ()

    def settle(self, now: float) -> bool:
        """True when what is told has changed."""
        if not self.looked_at:
            self.looked_at = dict.fromkeys(range(_LARGEST + 1), now)
        before = self.told
        lasting = (at for at, when in self.looked_at.items() if now - when < LASTING_SECONDS)
        self.told = max(lasting, default=0)
        if self.told > before:
            self.rising, self.raised_at = CAMERA_LAYERS[before + 1 : self.told + 1], now
        elif self.raised_at is not None and now - self.raised_at >= RISING_SECONDS:
            self.rising, self.raised_at = (), None
        return self.told != before


class Demand:
    """The cameras of everybody seated, by peer.

    A sender that heeds nothing of this wastes its own line alone.
    """

    def __init__(self) -> None:
        self._cameras: dict[int, _Camera] = {}

    def begin(self, peer: int, tell: Callable[[str], None]) -> None:
        """The peer has a seat. `tell` hears the largest layer now and at each change. Idempotent.

        Now, because the peer may have heard otherwise before.
        """
        if peer not in self._cameras:
            self._cameras[peer] = _Camera(tell)
            tell(self.of(peer))

    def end(self, peer: int) -> None:
        """The peer has no seat any more. Idempotent."""
        self._cameras.pop(peer, None)

    def want(self, peer: int, layer: str, now: float) -> None:
        """Somebody looks at this layer of the peer, or is sent it; not every camera has layers."""
        if peer in self._cameras and layer in CAMERA_LAYERS:
            self._cameras[peer].looked_at[CAMERA_LAYERS.index(layer)] = now

    def settle(self, now: float) -> None:
        """Tell what has changed."""
        for peer, camera in self._cameras.items():
            if camera.settle(now):
                camera.tell(self.of(peer))

    def of(self, peer: int) -> str:
        """The largest layer that the peer was told to send."""
        camera = self._cameras.get(peer)
        return CAMERA_LAYERS[camera.told if camera else _LARGEST]

    def rising(self, peer: int) -> tuple[str, ...]:
        """Layers that the peer was asked for just now: they may not flow yet."""
        camera = self._cameras.get(peer)
        return camera.rising if camera else ()

    @property
    def figures(self) -> dict[str, int]:
        """How many cameras were told each layer, for metrics."""
        told = Counter(camera.told for camera in self._cameras.values())
        return {layer: told[at] for at, layer in enumerate(CAMERA_LAYERS)}
