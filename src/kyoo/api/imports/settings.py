"""What can be configured of imports: how much somebody may bring."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from kyoo.core.settings import Settings


class ImportSettings(Settings):
    #: MiB of a file, and of all that an archive unpacks to.
    import_size: int = Field(default=32, ge=1, le=32, validation_alias=AliasChoices("KYOO_IMPORT_SIZE"))
    import_unpacked: int = Field(default=256, ge=1, le=4096, validation_alias=AliasChoices("KYOO_IMPORT_UNPACKED"))
    #: Titles and plays of one import, together.
    import_plays: int = Field(default=250_000, ge=1, le=10_000_000, validation_alias=AliasChoices("KYOO_IMPORT_PLAYS"))
    #: Imports that one user keeps.
    imports_per_user: int = Field(default=20, ge=1, le=10_000, validation_alias=AliasChoices("KYOO_IMPORTS_PER_USER"))
    #: Hours between two looks for what the library lacked when an import was taken; 0: never.
    import_again: int = Field(default=24, ge=0, le=24 * 365, validation_alias=AliasChoices("KYOO_IMPORT_AGAIN"))
    #: Seconds that reading another server may take, and whether users may name one that is on a private network, as
    #: administrators may.
    import_timeout: int = Field(default=120, ge=5, le=3600, validation_alias=AliasChoices("KYOO_IMPORT_TIMEOUT"))
    import_private: bool = Field(default=False, validation_alias=AliasChoices("KYOO_IMPORT_PRIVATE"))
