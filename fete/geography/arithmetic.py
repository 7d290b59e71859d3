"""Small maps and distances: outlines in degrees become paths of a drawing, and points find the place nearest to them."""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from math import asin, cos, inf, radians, sin, sqrt

# Longitude, then latitude, as GeoJSON has them.
Degrees = tuple[float, float]
Ring = Sequence[Degrees]
Spot = tuple[int, int]
WIDTH = 1000
_EARTH_RADIUS = 6371.0
# Around what a map shows, as a share of its wider side; and how wide a view is for its height, at least and at most.
_MARGIN = 0.08
_NARROWEST, _WIDEST = 1.0, 1.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Projection:
    """From degrees to the units of a drawing: true along one parallel, and true enough for a region."""

    west: float
    north: float
    scale: float
    # How much shorter a degree of longitude is than one of latitude.
    narrowing: float

    def place(self, longitude: float, latitude: float) -> Spot:
        """Return where a point is on the drawing: to the right, then down."""
        x = (longitude - self.west) * self.narrowing * self.scale
        return round(x), round((self.north - latitude) * self.scale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A part of the drawing."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """How high it is."""
        return self.bottom - self.top

    def meets(self, other: "Box") -> bool:
        """Whether two parts have something in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A territory on the drawing: its code, its name, its path as SVG writes it, its middle, and the part that it takes."""

    code: str
    name: str
    path: str
    box: Box
    middle: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Atlas:
    """The territories of a region on one drawing."""

    outlines: Mapping[str, Outline]
    projection: Projection
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A part of the drawing around some territories: these, what is beside them, and the points to mark."""

    box: Box
    shown: tuple[Outline, ...]
    beside: tuple[Outline, ...]
    dots: tuple[Spot, ...]


def atlas_of(shapes: Iterable[tuple[str, str, Sequence[Ring]]]) -> Atlas:
    """Return the drawing of territories, each given by its code, its name and its rings."""
    known = list(shapes)
    points = [point for _code, _name, rings in known for ring in rings for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrowing = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrowing)
    projection = Projection(west=west, north=north, scale=scale, narrowing=narrowing)
    return Atlas(
        outlines={code: _outline(code, name, rings, projection) for code, name, rings in known},
        projection=projection,
        box=_around([projection.place(west, north), projection.place(east, south)]),
    )


def view_of(atlas: Atlas, codes: Iterable[str], points: Iterable[Degrees]) -> View | None:
    """Return the part of the drawing that shows some territories and points; `None` of those that are not on it."""
    shown = tuple(atlas.outlines[code] for code in dict.fromkeys(codes) if code in atlas.outlines)
    if not shown:
        return None
    dots = tuple(dict.fromkeys(atlas.projection.place(*point) for point in points))
    corners = [(each.box.left, each.box.top) for each in shown]
    corners += [(each.box.right, each.box.bottom) for each in shown]
    box = _framed(_around([*corners, *dots]))
    beside = tuple(
        each for each in atlas.outlines.values() if each not in shown and each.box.meets(box)
    )
    return View(box=box, shown=shown, beside=beside, dots=dots)


def dots_of(spots: Iterable[Spot]) -> str:
    """Return points as one path of SVG, which its line caps make discs or squares: thousands weigh little."""
    # Not quite nothing long: what is, printers leave out.
    return "".join(f"M{x} {y}h.1" for x, y in sorted(set(spots)))


def kilometres(one: Degrees, other: Degrees) -> float:
    """Return how far two points are from each other, along the earth taken as a sphere."""
    (west, south), (east, north) = one, other
    ours, theirs = radians(south), radians(north)
    half = sin((theirs - ours) / 2) ** 2
    half += cos(ours) * cos(theirs) * sin(radians(east - west) / 2) ** 2
    return 2 * _EARTH_RADIUS * asin(sqrt(min(1.0, half)))


class Nearest:
    """Places in the order of their latitudes: few of them are looked at to find the nearest to a point."""

    def __init__(self, places: Mapping[str, Degrees]) -> None:
        self._places = sorted(places.items(), key=lambda each: (each[1][1], each[0]))
        self._latitudes = [latitude for _code, (_longitude, latitude) in self._places]

    def to(self, point: Degrees) -> tuple[float, str] | None:
        """Return how far the nearest place is and its code, the first one of several; `None` without places."""
        found = (inf, "")
        start = bisect(self._latitudes, point[1])
        below, above = range(start - 1, -1, -1), range(start, len(self._places))
        for number in merge(below, above, key=lambda each: abs(self._latitudes[each] - point[1])):
            # No way is shorter than the one along a meridian.
            if _EARTH_RADIUS * radians(abs(self._latitudes[number] - point[1])) > found[0]:
                break
            code, place = self._places[number]
            found = min(found, (kilometres(point, place), code))
        return found if self._places else None


def _outline(code: str, name: str, rings: Sequence[Ring], projection: Projection) -> Outline:
    drawn = [[projection.place(*point) for point in ring] for ring in rings]
    return Outline(
        code=code,
        name=name,
        path="".join(map(_path, drawn)),
        box=_around([spot for ring in drawn for spot in ring]),
        middle=_middle(max(drawn, key=lambda ring: abs(_area(ring)))),
    )


def _area(ring: Sequence[Spot]) -> float:
    """Return the area inside a ring, less than nothing when it turns the other way."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x * to_y - to_x * y for (x, y), (to_x, to_y) in pairs) / 2


def _middle(ring: Sequence[Spot]) -> Spot:
    """Return the point on which a ring cut out of cardboard would rest."""
    area = _area(ring)
    if not area:
        return ring[0]
    across = down = 0.0
    for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
        across += (x + to_x) * (x * to_y - to_x * y)
        down += (y + to_y) * (x * to_y - to_x * y)
    return round(across / (6 * area)), round(down / (6 * area))


def _path(ring: Sequence[Spot]) -> str:
    """Return a ring as SVG writes it, each point by its steps from the one before."""
    (x, y), *rest = ring
    steps = []
    for to_x, to_y in rest:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"


def _around(spots: Sequence[Spot]) -> Box:
    across, down = [x for x, _y in spots], [y for _x, y in spots]
    return Box(left=min(across), top=min(down), right=max(across), bottom=max(down))


def _framed(box: Box) -> Box:
    """Return a part with a margin, neither too high nor too wide to stand beside words."""
    margin = max(box.width, box.height) * _MARGIN
    width, height = box.width + 2 * margin, box.height + 2 * margin
    wider = max(width, height * _NARROWEST)
    higher = max(height, wider / _WIDEST)
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return Box(
        left=round(across - wider / 2),
        top=round(down - higher / 2),
        right=round(across + wider / 2),
        bottom=round(down + higher / 2),
    )
