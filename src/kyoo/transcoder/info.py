"""The wire's media info made of what is known about a file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from kyoo.core.files import encode_path, text_of
from kyoo.transcoder.media_files import PROBE_VERSION, KnownFile
from kyoo.transcoder.mime import extension, media_type
from kyoo.transcoder.models.info import (
    AudioInfo,
    ChapterInfo,
    MediaInfo,
    SubtitleInfo,
    Versions,
    VideoInfo,
)
from kyoo.transcoder.models.media import Media, SubtitleTrack
from kyoo.transcoder.subtitles.sidecars import CODECS

#: Kyoo's versions of what is made by code of ours (docs/protocol/video.md#information).
INFO, EXTRACT, THUMBS, KEYFRAMES = 5, 1, 2, 2


def media_url(path: Path, *parts: str) -> str:
    """`/video/<path>/…`, each part escaped."""
    return "/".join(["/video", encode_path(path), *(quote(part, safe="") for part in parts)])


def media_info(file: KnownFile, sidecars: list[SubtitleInfo]) -> MediaInfo:
    media = file.media
    return MediaInfo(
        id=file.id,
        sha=media.content_id,
        path=text_of(file.path),
        extension=extension(file.path),
        mime_codec=_mime_codec(file.path, media),
        size=media.size,
        duration=media.duration,
        container=media.container,
        versions=Versions(
            info=INFO,
            extract=file.extract_version,
            thumbs=file.thumbs_version,
            keyframes=KEYFRAMES if file.probe_version >= PROBE_VERSION else 0,
            fingerprint=0,
            fp_with=[],
        ),
        videos=[VideoInfo(**track.model_dump(include=set(VideoInfo.model_fields))) for track in media.videos],
        audios=[AudioInfo(**track.model_dump(include=set(AudioInfo.model_fields))) for track in media.audios],
        subtitles=[*(_embedded(file.path, track) for track in media.subtitles), *sidecars],
        fonts=[media_url(file.path, "attachment", attachment.name) for attachment in media.attachments],
        chapters=[
            ChapterInfo(
                start_time=chapter.start,
                end_time=chapter.end,
                name=chapter.name,
                type=chapter.type,
                first_appearance=chapter.first_appearance,
                match_accuracy=chapter.match_accuracy,
            )
            for chapter in media.chapters
        ],
        cover=media_url(file.path, "cover.jpg") if media.cover_stream is not None else None,
        tags=media.tags,
    )


def unreadable_info(path: Path, content_id: str, size: int) -> MediaInfo:
    """The stub for a file that is there but cannot be read as media."""
    return MediaInfo(
        id=0,
        sha=content_id,
        path=text_of(path),
        extension=extension(path),
        mime_codec=None,
        size=size,
        duration=0,
        container=None,
        versions=Versions(info=-1, extract=0, thumbs=0, keyframes=0, fingerprint=0, fp_with=[]),
        videos=[],
        audios=[],
        subtitles=[],
        fonts=[],
        chapters=[],
        cover=None,
        tags={},
    )


def _mime_codec(path: Path, media: Media) -> str | None:
    mime = media_type(path)
    firsts = [track.mime_codec for track in media.videos[:1]] + [track.mime_codec for track in media.audios[:1]]
    codecs = [codec for codec in firsts if codec]
    return f'{mime}; codecs="{", ".join(codecs)}"' if mime and codecs else mime


def _embedded(path: Path, track: SubtitleTrack) -> SubtitleInfo:
    link = media_url(path, "subtitle", f"{track.index}.{track.extension}") if track.extension else None
    return SubtitleInfo(
        index=track.index,
        title=track.title,
        language=track.language,
        # What the link gives, which is what a player has to know: MP4's own text format comes out as SubRip.
        codec=CODECS[track.extension] if track.extension else track.codec,
        extension=track.extension,
        is_default=track.is_default,
        is_forced=track.is_forced,
        is_hearing_impaired=track.is_hearing_impaired,
        is_external=False,
        path=None,
        link=link,
    )
