"""Maximum matching of a bipartite graph.

Of all maximum matchings, the one found is fixed by the order of the vertices. Event-based error
rates depend on it: which events stay unmatched decides what is a substitution.
"""

from collections.abc import Mapping, Sequence

Graph = Mapping[int, Sequence[int]]
"""Left vertices with the right vertices that each may be matched to."""


def maximum_matching(graph: Graph) -> dict[int, int]:
    """The left vertex of every right vertex that is matched (Hopcroft & Karp 1973).

    Left vertices first take, in their order, their first right vertex that is free. Then shortest
    augmenting paths are searched, layer by layer in the order of the vertices, until there is
    none.
    """
    left_of: dict[int, int] = {}
    for left, rights in graph.items():
        free = next((right for right in rights if right not in left_of), None)
        if free is not None:
            left_of[free] = left
    while _augment(graph, left_of):
        pass
    return left_of


def _augment(graph: Graph, left_of: dict[int, int]) -> bool:
    """Lengthen the matching along a set of disjoint shortest paths; whether there was one."""
    taken = set(left_of.values())
    frontier = [left for left in graph if left not in taken]
    came_by: dict[int, int | None] = dict.fromkeys(frontier)
    reached_from: dict[int, list[int]] = {}
    ends: list[int] = []
    while frontier and not ends:
        layer: dict[int, list[int]] = {}
        for left in frontier:
            for right in graph[left]:
                if right not in reached_from:
                    layer.setdefault(right, []).append(left)
        reached_from |= layer
        ends = [right for right in layer if right not in left_of]
        frontier = [left_of[right] for right in layer if right in left_of]
        came_by |= {left_of[right]: right for right in layer if right in left_of}
    switched = [_follow_back(end, reached_from, came_by, left_of) for end in ends]
    return any(switched)


def _follow_back(
    right: int,
    reached_from: dict[int, list[int]],
    came_by: dict[int, int | None],
    left_of: dict[int, int],
) -> bool:
    """Switch the matching along a path from a right vertex to a free left one, if there is one.

    Vertices that were tried are taken out, so that the paths of a phase are disjoint.
    """
    rights, lefts = [right], list[int]()
    choices = [iter(reached_from.pop(right, ()))]
    while choices:
        left = next((each for each in choices[-1] if each in came_by), None)
        if left is None:
            choices.pop()
            rights.pop()
            del lefts[-1:]
            continue
        lefts.append(left)
        before = came_by.pop(left)
        if before is None:
            left_of.update(zip(rights, lefts, strict=True))
            return True
        rights.append(before)
        choices.append(iter(reached_from.pop(before, ())))
    return False
