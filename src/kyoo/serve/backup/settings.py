"""The options of backups."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field

from kyoo.core.blobs import Location
from kyoo.core.settings import Settings


class BackupSettings(Settings):
    #: Where they are kept: a folder or `s3://bucket/prefix`. None: none are made by themselves.
    backup_target: Location | None = Field(default=None, validation_alias=AliasChoices("KYOO_BACKUP"))
    #: Hours between two of them.
    every: float = Field(default=24, ge=1, le=8760, validation_alias=AliasChoices("KYOO_BACKUP_EVERY"))
    #: How many are kept.
    keep: int = Field(default=7, ge=1, le=10_000, validation_alias=AliasChoices("KYOO_BACKUP_KEEP"))

    def place(self, data_dir: Path) -> str:
        """Where those are kept that are made anyway: when somebody asks, and before a migration."""
        return self.backup_target or str(data_dir / "backups")
