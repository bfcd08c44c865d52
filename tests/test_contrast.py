"""Text stands out from its ground in both themes: WCAG 2.2, 1.4.3 (text) and 1.4.11 (edges)."""

import math
import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

TOKENS = Path(__file__).resolve().parent.parent / "frontend" / "styles" / "tokens.css"
PAIR = re.compile(r"--([a-z-]+):\s*light-dark\(\s*oklch\(([^)]*)\),\s*oklch\(([^)]*)\)\s*\);")

GROUNDS = ("paper", "surface", "sunken")
TEXTS = ("ink", "ink-soft", "sage", "sage-deep", "clay", "danger", "warn", "ok", "info")
ON_WASHES = [
    *product(("ink", "ink-soft", "sage", "sage-deep"), ("sage-wash",)),
    ("ok", "ok-wash"),
    ("warn", "warn-wash"),
    ("danger", "danger-wash"),
    ("danger-deep", "danger-wash"),
    ("info", "info-wash"),
    ("clay", "clay-wash"),
    *product(("ink",), ("ok-wash", "warn-wash", "danger-wash", "info-wash", "clay-wash")),
    ("on-sage", "sage"),
    ("on-sage", "sage-deep"),
    ("on-danger", "danger"),
]


class Oklch(NamedTuple):
    lightness: float
    chroma: float
    hue: float

    def luminance(self) -> float:
        """Relative luminance of the colour, by the matrices of CSS Color 4 (gamut clipped)."""
        a = self.chroma * math.cos(math.radians(self.hue))
        b = self.chroma * math.sin(math.radians(self.hue))
        long = (self.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (self.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (self.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
        green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
        blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
        channels = (min(max(channel, 0.0), 1.0) for channel in (red, green, blue))
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def colours(text: str) -> dict[str, tuple[Oklch, Oklch]]:
    """Each token's light and dark colour."""
    return {
        name: (Oklch(*map(float, light.split())), Oklch(*map(float, dark.split())))
        for name, light, dark in PAIR.findall(text)
    }


def contrast(one: Oklch, other: Oklch) -> float:
    darker, lighter = sorted((one.luminance(), other.luminance()))
    return (lighter + 0.05) / (darker + 0.05)


COLOURS = colours(TOKENS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [*product(TEXTS, GROUNDS), *ON_WASHES])
def test_text_has_enough_contrast(text: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), [*product(("line-strong", "focus", "sage"), GROUNDS)])
def test_edges_of_controls_have_enough_contrast(edge: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[edge][theme], COLOURS[ground][theme]) >= 3


def test_contrast_is_measured_as_defined() -> None:
    white, black = Oklch(1, 0, 0), Oklch(0, 0, 0)
    assert contrast(white, black) == pytest.approx(21, abs=0.01)
    assert contrast(white, white) == pytest.approx(1)
