"""The nested set of administrators: an admin's edges enclose those of every admin below it.

Edges count from 0; a new admin comes last under whoever created it, and the admins below one that is deleted move up.
"""

from __future__ import annotations

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


def _move(world: World, user: AdminUser, left: int, right: int) -> None:
    if (left, right) != (user.leftEdge, user.rightEdge):
        state.users(world).put(user.replace(leftEdge=left, rightEdge=right))
