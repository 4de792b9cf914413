"""The tree of administrators: who created whom, and the nested set that says so in numbers.

An admin's edges enclose those of every admin below it. Edges count from 0; a new admin comes last under its creator,
and the admins below a deleted one move up.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockmail.core.state.typed_records import Records
from mockmail.vendors.atmail.records import AdminUser

Users = Records[AdminUser]


def is_below(user: AdminUser, above: AdminUser) -> bool:
    """Return whether an admin is below another, by its edges or because the other created it."""
    enclosed = above.leftEdge < user.leftEdge and user.rightEdge < above.rightEdge
    return enclosed or user.createdByUserId == above.userId


def all_below(users: Users, above: AdminUser) -> list[AdminUser]:
    """Return the admins below one, in the order of the tree."""
    found = [user for user in users if is_below(user, above)]
    return sorted(found, key=lambda user: (user.leftEdge, user.userId))


def with_creators(users: Users, user: AdminUser) -> Iterator[AdminUser]:
    """Yield an admin, its creator, the creator of that one, and so on."""
    visited: set[int] = set()
    creator: AdminUser | None = user
    while creator is not None and creator.userId not in visited:
        visited.add(creator.userId)
        yield creator
        creator = users.get(str(creator.createdByUserId))


def with_created(users: Users, user: AdminUser) -> Iterator[AdminUser]:
    """Yield an admin, those it created, those they created, and so on; no other record is read."""
    visited = {user.userId}
    waiting = [user]
    while waiting:
        creator = waiting.pop()
        yield creator
        created = users.find("createdByUserId", creator.userId)
        waiting += [child for child in created if child.userId not in visited]
        visited.update(child.userId for child in created)


def make_room(users: Users, creator: AdminUser) -> tuple[int, int]:
    """Return the edges of a new admin, last under its creator, and move all admins to the right of it.

    No admin is right of the only root, so this usual case costs the same for any number of admins.
    """
    edge = creator.rightEdge
    only_root = creator.createdByUserId is None and users.count("root", True) == 1
    for user in [creator] if only_root else list(users):
        left = user.leftEdge + 2 if user.leftEdge > edge else user.leftEdge
        right = user.rightEdge + 2 if user.rightEdge >= edge else user.rightEdge
        _move(users, user, left, right)
    return edge, edge + 1


def close_gap(users: Users, removed: AdminUser) -> None:
    """Move all admins to their places without an admin that was removed."""

    def closed(edge: int) -> int:
        removed_before = [other for other in (removed.leftEdge, removed.rightEdge) if other < edge]
        return edge - len(removed_before)

    for user in list(users):
        _move(users, user, closed(user.leftEdge), closed(user.rightEdge))


def place_all(users: Users) -> None:
    """Number the edges of all admins again, each below its creator, because a seed left some out.

    Among the admins of a creator, those with edges keep their order and come first. An admin whose creator does not
    exist becomes a root, and so does an admin in a circle of creators.
    """
    everyone = sorted(users, key=lambda user: (user.is_unplaced, user.leftEdge, user.userId))
    created: dict[int | None, list[AdminUser]] = {}
    for user in everyone:
        creator = user.createdByUserId
        created.setdefault(creator if str(creator) in users else None, []).append(user)
    # Depth first: each admin is visited before the admins below it, and once more after them, for its right edge.
    edges: dict[int, list[int]] = {}
    next_edge = 0
    # The roots, then everyone: an admin in a circle is reached from no root.
    waiting = [(user, False) for user in reversed([*created.get(None, ()), *everyone])]
    while waiting:
        user, is_closing = waiting.pop()
        if not is_closing and user.userId in edges:
            continue
        edges.setdefault(user.userId, []).append(next_edge)
        next_edge += 1
        if not is_closing:
            waiting.append((user, True))
            waiting += [(child, False) for child in reversed(created.get(user.userId, ()))]
    for user in everyone:
        _move(users, user, *edges[user.userId])


def _move(users: Users, user: AdminUser, left: int, right: int) -> None:
    if (left, right) != (user.leftEdge, user.rightEdge):
        users.put(user.replace(leftEdge=left, rightEdge=right))
