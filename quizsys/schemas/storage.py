"""How much is stored, as clients know it."""

from marshmallow import Schema

from quizsys.schemas.plain import Part, Plain


class StorageCategoryResponse(Schema):
    """What lies in one folder."""

    bytes = Plain("integer", "The files' sizes together.", minimum=0)
    megabytes = Plain("number", "The same in MiB, with two decimals.", minimum=0)
    file_count = Plain("integer", "How many files.", minimum=0)


class StorageCategoriesResponse(Schema):
    """By folder."""

    uploads = Part(StorageCategoryResponse, "Videos, images and subtitles as they came.")
    processed = Part(StorageCategoryResponse, "Copies that browsers can play.")
    thumbnails = Part(StorageCategoryResponse, "Pictures of videos, scenes and images.")
    exports = Part(StorageCategoryResponse, "Composed videos.")
    music = Part(StorageCategoryResponse, "Music and voice-over.")


class StorageStatsResponse(Schema):
    root = Plain("string", "The folder on the server; null for one project.", nullable=True)
    project_id = Plain("string", "The project; null for all of them.", nullable=True)
    categories = Part(StorageCategoriesResponse, "What lies where.")
