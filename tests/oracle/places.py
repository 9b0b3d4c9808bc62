"""Places and how far they are apart: great circles on a sphere of 6 371 009 m, rounded to the metre."""
import math
import pathlib
from fractions import Fraction

RADIUS = 6_371_009


class Places:
    """All places of the lists that a rule names; a code that none of them has is no place."""

    def __init__(self, folder, names):
        self.at = {}
        for name in names:
            for line in pathlib.Path(folder, "places", f"{name}.tsv").read_text(encoding="utf-8").splitlines():
                if line and not line.startswith("#"):
                    code, latitude, longitude = line.split("\t")[:3]
                    self.at.setdefault(code, (math.radians(float(latitude)), math.radians(float(longitude))))

    def known(self, code):
        return code in self.at

    def metres(self, one, other):
        """The haversine of the angle, which is exact where the angle is small."""
        (south, west), (north, east) = self.at[one], self.at[other]
        half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
        return math.floor(2 * RADIUS * math.asin(min(1.0, math.sqrt(half))) + 0.5)


def metres_of(text):
    """`30km` or `500m`."""
    if text.endswith("km"):
        return Fraction(text[:-2]) * 1000
    return Fraction(text.removesuffix("m"))


def speed(metres, milliseconds):
    """Kilometres an hour; two events of one instant count as a millisecond apart."""
    return Fraction(metres * 3600, max(milliseconds, 1))
