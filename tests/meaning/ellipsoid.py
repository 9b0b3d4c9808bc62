"""How far the great circle is off the ellipsoid (WGS 84), by Vincenty's inverse formula."""
import math
from itertools import combinations

from places import Places

MAJOR, FLAT = 6_378_137.0, 1 / 298.257223563
MINOR = MAJOR * (1 - FLAT)


def vincenty(one, other):
    """Metres along the ellipsoid between two places (radians), None where the formula does not settle."""
    (south, west), (north, east) = one, other
    low, high = math.atan((1 - FLAT) * math.tan(south)), math.atan((1 - FLAT) * math.tan(north))
    angle = east - west
    for _ in range(200):
        across = math.hypot(math.cos(high) * math.sin(angle),
                            math.cos(low) * math.sin(high) - math.sin(low) * math.cos(high) * math.cos(angle))
        along = math.sin(low) * math.sin(high) + math.cos(low) * math.cos(high) * math.cos(angle)
        arc = math.atan2(across, along)
        if not across:
            return 0.0
        azimuth = math.cos(low) * math.cos(high) * math.sin(angle) / across
        square = 1 - azimuth * azimuth
        middle = along - 2 * math.sin(low) * math.sin(high) / square if square else 0.0
        part = FLAT / 16 * square * (4 + FLAT * (4 - 3 * square))
        before, angle = angle, east - west + (1 - part) * FLAT * azimuth * (
            arc + part * across * (middle + part * along * (2 * middle * middle - 1)))
        if abs(angle - before) < 1e-12:
            break
    else:
        return None
    bulge = square * (MAJOR ** 2 - MINOR ** 2) / MINOR ** 2
    scale = 1 + bulge / 16384 * (4096 + bulge * (-768 + bulge * (320 - 175 * bulge)))
    wave = bulge / 1024 * (256 + bulge * (-128 + bulge * (74 - 47 * bulge)))
    change = wave * across * (middle + wave / 4 * (along * (2 * middle ** 2 - 1) - wave / 6 * middle * (
        4 * across ** 2 - 3) * (4 * middle ** 2 - 3)))
    return MINOR * scale * (arc - change)


def farthest(schemas):
    """The largest share by which a distance of two shipped airports, 30 km apart or more, is off."""
    places = Places(schemas, ["airports", "stations"])
    worst = 0.0
    for one, other in combinations(places.at, 2):
        exact = vincenty(places.at[one], places.at[other])
        if exact and exact > 30_000:
            worst = max(worst, abs(places.metres(one, other) - exact) / exact)
    return worst
