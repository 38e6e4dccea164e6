"""Finds pairs in which each element has at most one partner (bipartite matching)."""

from typing import Dict, Hashable, Iterable, List, Sequence, TypeVar

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def match(left: Iterable[Left], right: Sequence[Right], partners: Dict[Left, List[Right]]) -> Dict[Right, Left]:
    """Finds a partner for every element of `left` and of `right`, if this is possible. Other elements of `partners` may
    get a partner too.

    First each element of `left` is placed with an augmenting path, so that no element loses its partner. Then each
    element of `right` is placed in the same way, or takes the partner of an element that does not need one. The
    elements of `left` keep a partner in both cases.
    """
    wanted = set(right)
    to_left: Dict[Right, Left] = {}
    to_right: Dict[Left, Right] = {}
    reverse: Dict[Right, List[Left]] = {}
    for one, candidates in partners.items():
        for other in candidates:
            reverse.setdefault(other, []).append(one)

    def pair(one: Left, other: Right) -> bool:
        to_left[other], to_right[one] = one, other
        return True

    def place_left(one: Left, seen: set) -> bool:
        for other in partners.get(one, []):
            if other not in seen:
                seen.add(other)
                if other not in to_left or place_left(to_left[other], seen):
                    return pair(one, other)
        return False

    def place_right(other: Right, seen: set) -> bool:
        for one in reverse.get(other, []):
            if one not in seen:
                seen.add(one)
                last = to_right.get(one)
                if last is not None and last not in wanted:
                    del to_left[last]
                    return pair(one, other)
                if last is None or place_right(last, seen):
                    return pair(one, other)
        return False

    for one in left:
        place_left(one, set())
    for other in right:
        if other not in to_left:
            place_right(other, set())
    return to_left
