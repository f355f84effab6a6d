"""What runs at the moment, as it is listed (docs/protocol/video.md#running-streams)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kyoo.core.files import text_of
from kyoo.transcoder.hls.codecs import COPYABLE_VIDEO
from kyoo.transcoder.hls.ladder import ORIGINAL, TRANSCODE, can_copy, can_copy_audio
from kyoo.transcoder.hls.rendition import Rendition, RenditionKey
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.models.media import Media
from kyoo.transcoder.models.streams import Head, Reason, Stream, StreamTrack, Viewer, ViewerTrack
from kyoo.transcoder.players.clients import Client, Playhead


def running_streams(
    encoded: Mapping[str, KnownFile], renditions: list[Rendition], clients: Iterable[Client]
) -> list[Stream]:
    """Files that are `encoded` (by content) or watched by `clients`, by path."""
    viewers: dict[str, list[Client]] = {}
    files = dict(encoded)
    for client in clients:
        files[client.file.content_id] = client.file
        viewers.setdefault(client.file.content_id, []).append(client)
    streams = (stream_of(file, renditions, viewers.get(content_id, [])) for content_id, file in files.items())
    return sorted(streams, key=lambda stream: stream.path)


def together(streams: list[Stream], others: list[Stream]) -> list[Stream]:
    """What two transcoders list, by path: a file that just changes hands is in both lists."""
    found = {stream.sha: stream for stream in streams}
    for other in others:
        if (one := found.get(other.sha)) is not None:
            here = {(viewer.profile_id, viewer.client_id) for viewer in one.viewers}
            more = [viewer for viewer in other.viewers if (viewer.profile_id, viewer.client_id) not in here]
            tracks = {"videos": [*one.videos, *other.videos], "audios": [*one.audios, *other.audios]}
            other = one.model_copy(update={**tracks, "viewers": [*one.viewers, *more]})  # noqa: PLW2901
        found[other.sha] = other
    return sorted(found.values(), key=lambda stream: stream.path)


def stream_of(file: KnownFile, renditions: list[Rendition], viewers: list[Client]) -> Stream:
    def tracks(kind: str) -> list[StreamTrack]:
        return [
            StreamTrack(
                index=one.key.track,
                quality=one.key.quality,
                heads=heads(one),
                reason=reason(file.media, one.key),
                encoders=sum(encoder.running for encoder in one.encoders),
                processor_seconds=round(
                    sum(encoder.process.processor_seconds() for encoder in one.encoders if encoder.process), 1
                ),
            )
            for one in renditions
            if (one.key.content_id, one.key.kind) == (file.content_id, kind) and not one.is_idle
        ]

    return Stream(
        path=text_of(file.path),
        sha=file.content_id,
        duration=file.media.duration,
        videos=tracks("video"),
        audios=tracks("audio"),
        viewers=[viewer_of(client) for client in viewers],
    )


def reason(media: Media, key: RenditionKey) -> Reason | None:
    """Why a rendition is encoded; None for a copy."""
    if key.quality == ORIGINAL:
        return None
    if key.kind == "audio":
        return "quality" if can_copy_audio(media.audios[key.track]) else "codec"
    if key.quality != TRANSCODE:
        return "quality"
    track = media.videos[key.track]
    if track.codec not in COPYABLE_VIDEO:
        return "codec"
    return "browser" if can_copy(track) else "keyframes"


def viewer_of(client: Client) -> Viewer:
    return Viewer(
        client_id=client.key[1],
        profile_id=str(client.profile) if client.profile else None,
        session_id=str(client.session) if client.session else None,
        state=client.state(),
        video=viewer_track(client.playheads.get("video")),
        audio=viewer_track(client.playheads.get("audio")),
    )


def viewer_track(playhead: Playhead | None) -> ViewerTrack | None:
    return (
        None
        if playhead is None
        else ViewerTrack(index=playhead.key.track, quality=playhead.key.quality, head=playhead.number)
    )


def heads(rendition: Rendition) -> list[Head]:
    return [
        Head(
            start=rendition.timeline.start(run.first),
            end=rendition.timeline.end(run.last),
            start_head=run.first,
            end_head=run.last,
            is_running=run.running,
        )
        for run in rendition.runs()
    ]
