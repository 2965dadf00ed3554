from ladder.views.ladders import detail, index, new, publish, rung, unpublish
from ladder.views.mine import aim, drop, mine
from ladder.views.people import board, end, move, person, place

__all__ = [
    "aim",
    "board",
    "detail",
    "drop",
    "end",
    "index",
    "mine",
    "move",
    "new",
    "person",
    "place",
    "publish",
    "rung",
    "unpublish",
]
