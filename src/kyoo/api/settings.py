"""What can be configured of the api. Where the database and the auth service are is the composition's business."""

from __future__ import annotations

from platformdirs import user_data_path
from pydantic import AliasChoices, Field

from kyoo.api.imports.settings import ImportSettings
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.api.webhooks.settings import WebhookSettings
from kyoo.core.blobs import Bucket, Location
from kyoo.core.outside import OutsideSettings


class ApiSettings(OutsideSettings, TrackerSettings, WebhookSettings, ImportSettings):
    """Each field is read from our KYOO_* variable or from Kyoo's own."""

    #: The image store: a folder, or an object-store URL (`s3://bucket/prefix`).
    images: Location = Field(
        default_factory=lambda: str(user_data_path("kyoo") / "images"),
        validation_alias=AliasChoices("KYOO_IMAGES", "IMAGES_PATH"),
    )
    #: Name of an S3 bucket; wins over `images`, as in Kyoo.
    images_bucket: Bucket | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_IMAGES_BUCKET", "S3_BUCKET", "AWS_BUCKET")
    )

    sockets_per_user: int = Field(
        default=64, ge=1, le=1_000_000, validation_alias=AliasChoices("KYOO_SOCKETS_PER_USER")
    )

    #: Messages a second that a socket may send for long, and for how many seconds of that it may send at once.
    socket_messages: float = Field(default=50, gt=0, le=100_000, validation_alias=AliasChoices("KYOO_SOCKET_MESSAGES"))
    #: Rooms that one account has at once, members of one, and hours for which the credential of a guest lasts at most.
    rooms_per_user: int = Field(default=8, ge=1, le=1000, validation_alias=AliasChoices("KYOO_ROOMS_PER_USER"))
    room_members: int = Field(default=50, ge=2, le=1000, validation_alias=AliasChoices("KYOO_ROOM_MEMBERS"))
    room_hours: int = Field(default=24, ge=1, le=168, validation_alias=AliasChoices("KYOO_ROOM_HOURS"))
    #: KiB that wait for a socket whose client does not read, before it is closed.
    socket_backlog: int = Field(default=256, ge=64, le=1_048_576, validation_alias=AliasChoices("KYOO_SOCKET_BACKLOG"))

    #: MiB of an answer to `GET /videos/guesses` that may be kept for the next time.
    guesses_memory: int = Field(default=32, ge=0, le=4096, validation_alias=AliasChoices("KYOO_GUESSES_MEMORY"))

    @property
    def image_store(self) -> str:
        return f"s3://{self.images_bucket}" if self.images_bucket else self.images
