"""Which layer of whom a viewer gets, from what its line carries and how large it shows each.

Sound first, whatever it costs. Then every tile its smallest picture, then all tiles one layer
more, as long as it fits: even shares. What is already shown is kept a little longer than it
would be begun (hysteresis), and the first picture longest of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from media_relay.layout import CAMERA_LAYERS

# Widths of the camera's layers in pixels; a tile may be a little larger than its picture.
WIDTHS = {"l": 240, "m": 480, "h": 960}
STRETCH = 1.25
RANK = {"l": 0, "m": 1, "h": 2, "": 2}
# Before a layer was measured.
NOMINAL = {"l": 90_000.0, "m": 340_000.0, "h": 1_000_000.0, "": 400_000.0}
# To begin with more needs this much room above its cost.
ROOM = 1.15
# The first picture is tried and kept below its cost: better late frames than none.
FIRST_BEGUN = 0.75
FIRST_KEPT = 0.6
# Nobody said how large the tile is.
ANY_WIDTH = 1 << 16


def layer_for(width: int) -> str:
    """The smallest of the camera's layers that fills a tile so wide."""
    fitting = (layer for layer, pixels in WIDTHS.items() if pixels * STRETCH >= width)
    return next(fitting, CAMERA_LAYERS[-1])


@dataclass(frozen=True, slots=True)
class LayerRate:
    """A layer that flows, and what it costs in bits per second."""

    layer: str
    bits_per_second: float


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture that the viewer could have. `width` 0: nobody looks."""

    slot: int
    layers: tuple[LayerRate, ...]
    width: int
    carried: str | None

    def steps(self) -> list[LayerRate]:
        """The layers worth sending, from the smallest to the one that fills the tile."""
        if not self.width:
            return []
        steps = []
        for each in sorted(self.layers, key=lambda each: RANK.get(each.layer, 0)):
            steps.append(each)
            if WIDTHS.get(each.layer, 0) * STRETCH >= self.width:
                break
        return steps


@dataclass(frozen=True, slots=True)
class Allocation:
    """A layer (None: paused) for each slot, its cost, and what one step more would need."""

    layers: dict[int, str | None]
    bits_per_second: float
    needed: float | None
    # Pictures that are looked at, and those of them that are the smallest and should be larger.
    wanted: int = 0
    small: int = 0

    @property
    def shown(self) -> int:
        return sum(layer is not None for layer in self.layers.values())


def allocate(budget: float, sound: float, tiles: Sequence[Tile]) -> Allocation:
    """The best fit within the budget; `sound` is what all voices cost."""
    steps = {tile.slot: tile.steps() for tile in tiles}
    largest_first = sorted(tiles, key=lambda tile: (-min(tile.width, ANY_WIDTH), tile.slot))
    given: dict[int, str | None] = {tile.slot: None for tile in tiles}
    cost, needed, full = sound, None, set[int]()
    for level in range(max(map(len, steps.values()), default=0)):
        for tile in largest_first:
            if level >= len(steps[tile.slot]) or tile.slot in full:
                continue
            step = steps[tile.slot][level]
            before = steps[tile.slot][level - 1].bits_per_second if level else 0.0
            price = cost + step.bits_per_second - before
            is_first = not level and all(layer is None for layer in given.values())
            if price * _room(tile, step, is_first=is_first) <= budget:
                given[tile.slot], cost = step.layer, price
                continue
            full.add(tile.slot)
            needed = min(needed or price * ROOM, price * ROOM)
    looked_at = [step for step in steps.values() if step]
    small = sum(
        len(step) > 1 and given[slot] == step[0].layer for slot, step in steps.items() if step
    )
    return Allocation(given, cost, needed, len(looked_at), small)


def _room(tile: Tile, step: LayerRate, *, is_first: bool) -> float:
    is_kept = tile.carried is not None and RANK.get(tile.carried, 0) >= RANK.get(step.layer, 0)
    if is_first:
        return FIRST_KEPT if is_kept else FIRST_BEGUN
    return 1.0 if is_kept else ROOM
