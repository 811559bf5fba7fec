"""What a whole format cannot carry, told once for the quiz and not for each question."""

from quizsys.packages.sheet import Item, Loss, Sheet


def tell_no_video(sheet: Sheet, name: str) -> list[Loss]:
    """For formats of questions alone."""
    if not sheet.items:
        return []
    return [Loss("", "pauses_dropped", f"{name} carries no video: nothing pauses, the times stand in the feedback.")]


def tell_no_pictures(sheet: Sheet, name: str) -> list[Loss]:
    count = sum(item.picture is not None for item in sheet.items)
    return [Loss("", "pictures_dropped", f"{name} carries no pictures: {count} slides are left out.")] if count else []


def tell_no_points(sheet: Sheet, name: str) -> list[Loss]:
    items = [item for item in sheet.items if item.points != 1]
    return [
        Loss(item.id, "points_dropped", f"{name} carries no points: set {item.points:g} by hand.") for item in items
    ]


def tell_by_hand(item: Item, name: str) -> Loss:
    return Loss(
        item.id, "marked_by_hand", f"{name} has a teacher mark open questions; the answer stands in the feedback."
    )


def tell_unit(item: Item, unit: str) -> Loss:
    return Loss(item.id, "unit_dropped", f"Only the number counts; the words “{unit}” of the answer are left out.")


def tell_no_number(item: Item) -> Loss:
    return Loss(item.id, "kind_changed", "Its answer is not one plain number, so it is asked as a short answer.")


def tell_strict_answers(sheet: Sheet, name: str) -> list[Loss]:
    if not any(item.kind == "short_answer" for item in sheet.items):
        return []
    detail = (
        f"{name} takes short answers as they are listed, in any case; we also forgive accents, articles and hyphens."
    )
    return [Loss("", "answers_compared_strictly", detail)]
