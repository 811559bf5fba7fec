"""Import decks into a collection of Anki's own library, and tell what it made of them as JSON.

`read_anki.py FOLDER DECK...`: in a process of its own, since Anki brings an SQLite library.
"""

import json
import sys
from pathlib import Path
from typing import Any

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest


def import_deck(collection: Collection, deck: str) -> dict[str, int]:
    options = ImportAnkiPackageOptions(merge_notetypes=True)
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=deck, options=options)).log
    kinds = ("new", "updated", "duplicate", "conflicting", "missing_notetype", "empty_first_field")
    return {kind: len(getattr(log, kind)) for kind in kinds}


def show(collection: Collection, note_id: int) -> dict[str, Any]:
    note = collection.get_note(note_id)
    (card,) = note.cards()
    output = card.render_output()
    return {
        **{"guid": note.guid, "fields": dict(note.items()), "tags": note.tags},
        **{"deck": collection.decks.name(card.did), "front": output.question_text, "back": output.answer_text},
    }


def main() -> None:
    folder, *decks = sys.argv[1:]
    collection = Collection(str(Path(folder) / "collection.anki2"))
    runs = [import_deck(collection, deck) for deck in decks]
    notes = [show(collection, note_id) for note_id in collection.find_notes("")]
    checked, is_sound = collection.fix_integrity()
    media = collection.media.check()
    print(
        json.dumps(
            {
                "runs": runs,
                "notes": notes,
                "sound": [checked, is_sound],
                "media": {"missing": list(media.missing), "unused": list(media.unused)},
                "files": sorted(path.name for path in Path(collection.media.dir()).iterdir()),
            }
        )
    )
    collection.close()


main()
