"""Admins that a seed gives no edges are placed in the nested set."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.registry import Registry
from mockmail.core.world import World
from mockmail.vendors.atmail import VENDOR, tree
from mockmail.vendors.atmail.records import AdminUser


def admin(number, creator, **more):
    return {"userId": number, "username": f"admin{number}", "password": "x", "createdByUserId": creator} | more


def edges(atmail):
    """Return the edges of all admins by id."""
    rows = [*atmail.get("users/list").results.values(), atmail.post("users/view", userId=1).results]
    return {int(row["userId"]): (int(row["leftEdge"]), int(row["rightEdge"])) for row in rows}


def test_unplaced_admins_are_placed_below_their_creators(mockmail, atmail):
    mockmail.atmail.seed(users=[admin(7, 1), admin(3, 7), admin(4, 7), admin(2, 1)])

    assert edges(atmail) == {1: (0, 9), 2: (1, 2), 7: (3, 8), 3: (4, 5), 4: (6, 7)}
    assert list(edges(atmail)) == [2, 7, 3, 4, 1]


def test_created_and_deleted_admins_move_placed_ones(mockmail, atmail):
    mockmail.atmail.seed(users=[admin(2, 1, permissionIds=[12, 15]), admin(3, 1)])

    atmail.as_("admin2", "x").new_admin("below")
    assert edges(atmail) == {1: (0, 7), 2: (1, 4), 4: (2, 3), 3: (5, 6)}

    atmail.post("users/delete", userId=2)
    assert edges(atmail) == {1: (0, 5), 4: (1, 2), 3: (3, 4)}


def test_unplaced_admins_come_after_placed_ones(mockmail, atmail):
    atmail.new_admin("first")
    mockmail.atmail.seed(users=[admin(5, 1)])

    assert edges(atmail) == {1: (0, 5), 2: (1, 2), 5: (3, 4)}


def test_unplaced_admin_is_placed_below_a_placed_creator(mockmail, atmail):
    atmail.new_admin("first")
    atmail.new_admin("second")
    mockmail.atmail.seed(users=[admin(5, 2)])

    assert edges(atmail) == {1: (0, 7), 2: (1, 4), 5: (2, 3), 3: (5, 6)}


def test_admin_without_a_creator_is_placed_beside_the_first(mockmail, atmail):
    mockmail.atmail.seed(
        users=[admin(5, None), admin(6, 99), admin(7, 8), admin(8, 7), admin(9, 9), admin(10, 1, roleId=1)]
    )
    atmail.get("users/list")

    placed = {row["userId"]: (row["leftEdge"], row["rightEdge"]) for row in mockmail.atmail.state()["users"]}
    assert placed == {
        1: (0, 3),
        10: (1, 2),
        5: (4, 5),
        6: (6, 7),
        7: (8, 11),
        8: (9, 10),
        9: (12, 13),
    }
    assert atmail.as_("admin10", "x").post("users/view", userId=5).message == "No matches found"


def test_seeded_edges_are_unchanged(mockmail, atmail):
    mockmail.atmail.seed(
        users=[
            {"userId": 1, "username": "admin", "password": "changeme", "roleId": 1, "leftEdge": 0, "rightEdge": 207},
            admin(2, 1, leftEdge=1, rightEdge=4),
        ]
    )

    assert edges(atmail) == {1: (0, 207), 2: (1, 4)}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(2, 12), st.one_of(st.none(), st.integers(1, 14))), st.sets(st.integers(2, 12)))
def test_any_admins_form_one_nested_set(creators, deleted):
    world = World(Registry({"atmail": VENDOR}))
    world.seed(VENDOR, {"users": [admin(number, creator) for number, creator in creators.items()]})
    users = world.records("atmail", AdminUser)

    tree.place_all(users)
    for number in deleted & creators.keys():
        gone = users.remove(str(number))
        tree.close_gap(users, gone)

    everyone = list(users)
    numbers = sorted(edge for user in everyone for edge in (user.leftEdge, user.rightEdge))
    assert numbers == list(range(2 * len(everyone)))
    for user in everyone:
        above = [creator.userId for creator in tree.with_creators(users, user)]
        enclosing = [
            other.userId for other in everyone if other.leftEdge < user.leftEdge and user.rightEdge < other.rightEdge
        ]
        if not deleted and is_a_tree(creators, user.userId):
            assert sorted(above[1:]) == sorted(enclosing)


def is_a_tree(creators, number):
    """Return whether an admin's creators end, and are not a circle."""
    met = []
    while number in creators and number not in met:
        met.append(number)
        number = creators[number]
    return number not in met
