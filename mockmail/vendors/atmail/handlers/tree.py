"""The tree of administrators: who created whom, and the nested set that says so in numbers.

An admin's edges enclose those of every admin below it. Edges count from 0; a new admin comes last under whoever created
it, and the admins below one that is deleted move up.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.records import AdminUser


def is_below(user: AdminUser, above: AdminUser) -> bool:
    """Whether an admin stands below another: by its edges, or because that one created it."""
    enclosed = above.leftEdge < user.leftEdge and user.rightEdge < above.rightEdge
    return enclosed or user.createdByUserId == above.userId


def all_below(world: World, above: AdminUser) -> list[AdminUser]:
    """The admins below one, in the order of the tree."""
    found = [user for user in state.users(world) if is_below(user, above)]
    return sorted(found, key=lambda user: (user.leftEdge, user.userId))


def with_those_above(world: World, user: AdminUser) -> Iterator[AdminUser]:
    """An admin, whoever created it, whoever created that one, and so on."""
    met: set[int] = set()
    creator: AdminUser | None = user
    while creator is not None and creator.userId not in met:
        met.add(creator.userId)
        yield creator
        creator = state.users(world).get(str(creator.createdByUserId))


def with_those_below(world: World, user: AdminUser) -> Iterator[AdminUser]:
    """An admin, those it created, those they created, and so on; nobody else is looked at."""
    met = {user.userId}
    waiting = [user]
    while waiting:
        one = waiting.pop()
        yield one
        created = state.users(world).find("createdByUserId", one.userId)
        waiting += [child for child in created if child.userId not in met]
        met.update(child.userId for child in created)


def make_room(world: World, creator: AdminUser) -> tuple[int, int]:
    """The edges of a new admin, last under its creator; everyone to the right moves on.

    Under the only root nobody stands further right, so that this, the usual case, costs the same for any number.
    """
    users = state.users(world)
    edge = creator.rightEdge
    only_root = creator.createdByUserId is None and users.count("root", True) == 1
    for user in [creator] if only_root else list(users):
        left = user.leftEdge + 2 * (user.leftEdge > edge)
        right = user.rightEdge + 2 * (user.rightEdge >= edge)
        _move(world, user, left, right)
    return edge, edge + 1


def close_gap(world: World, gone: AdminUser) -> None:
    """Move everyone to where they stand without an admin that is gone."""

    def closed(edge: int) -> int:
        return edge - (edge > gone.leftEdge) - (edge > gone.rightEdge)

    for user in list(state.users(world)):
        _move(world, user, closed(user.leftEdge), closed(user.rightEdge))


def place_all(world: World) -> None:
    """Give everyone edges, as whoever created them stands, if a seed left out those of anybody.

    Who has edges already keeps its place before and after others of the same creator. A creator that there is not,
    and one that a circle leads back to, is as good as none: such an admin has nobody above it.
    """
    users = state.users(world)
    if not users.count("unplaced", True):
        return
    everyone = sorted(users, key=lambda user: (user.is_unplaced, user.leftEdge, user.userId))
    created: dict[int | None, list[AdminUser]] = {}
    for user in everyone:
        creator = user.createdByUserId
        created.setdefault(creator if str(creator) in users else None, []).append(user)
    edges = _Edges(created)
    for user in [*created.get(None, ()), *everyone]:
        edges.number(user)
    with world.store.transaction():
        for user in everyone:
            _move(world, user, *edges.of[user.userId])


class _Edges:
    """Edges for admins, numbered from 0 in the order of the tree. of: left and right, by the admin's id."""

    def __init__(self, created: dict[int | None, list[AdminUser]]) -> None:
        self._created = created
        self._next = 0
        self.of: dict[int, list[int]] = {}

    def number(self, top: AdminUser) -> None:
        """Number an admin and those below it, if it is not numbered yet."""
        waiting = [(top, False)]
        while waiting:
            user, is_done = waiting.pop()
            if is_done:
                self.of[user.userId].append(self._take())
            elif user.userId not in self.of:
                self.of[user.userId] = [self._take()]
                waiting.append((user, True))
                waiting += [(child, False) for child in reversed(self._created.get(user.userId, ()))]

    def _take(self) -> int:
        self._next += 1
        return self._next - 1


def _move(world: World, user: AdminUser, left: int, right: int) -> None:
    if (left, right) != (user.leftEdge, user.rightEdge):
        state.users(world).put(user.replace(leftEdge=left, rightEdge=right))
