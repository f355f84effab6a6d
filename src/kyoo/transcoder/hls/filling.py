"""What stands in for samples that a track lacks, so that its time has no hole: a player waits at one, or skips there
what the other tracks have. Nor does a track end before the others: some players end there. Pictures stand still; sound
is silent, for codecs of which a silent frame is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kyoo.transcoder.hls.codecs import AAC_LC
from kyoo.transcoder.hls.fmp4 import MalformedError, Sample
from kyoo.transcoder.hls.silence import AAC, DOLBY_MOST, DOLBY_RATES, Silence, silence_of, silent_aac
from kyoo.transcoder.models.media import AudioTrack, VideoTrack

#: A picture of a steady rate stands still for no longer than this (s), or for two pictures.
STILL = 1.0
#: How much (s) later than its segment the first picture may come, or one and a half pictures.
LATE = 0.1
#: How much (s) before its end, as the container tells it, a track may end. What ends earlier was cut off, maybe by a
#: disk that does not answer, and is asked for again.
ENDING = 5.0

#: Of what is encoded: its layouts by their channels, and samples a second.
ENCODED_LAYOUTS, ENCODED_RATE = {2: "stereo", 6: "5.1"}, 48_000
#: A silent frame that is yet to be made.
UNKNOWN = Silence(b"", 0.0)


@dataclass(frozen=True)
class Filling:
    """A sample lasts `usual` (s) by itself, and up to `allowed` (s) longer when the next one is late; the first one may
    be `late` (s). A hole is filled with samples of `step` (s): `silence`, or without it the picture after the hole. The
    track ends by itself at `end` (s)."""

    usual: float
    allowed: float
    late: float
    step: float
    end: float
    silence: Silence | None = None
    #: Its holes are of damage: what follows one, up to a keyframe, lacks what it is made of.
    is_broadcast: bool = False

    @classmethod
    def of_video(cls, track: VideoTrack, frame_rate: float, *, is_broadcast: bool) -> Filling:
        """`frame_rate` is that of the rendition."""
        usual = 1 / frame_rate
        still = float("inf") if track.is_variable else max(STILL, 2 * usual)
        return cls(usual, still, max(LATE, 1.5 * usual), STILL, track.end, is_broadcast=is_broadcast)

    @classmethod
    def of_encoded_audio(cls, track: AudioTrack, channels: int) -> Filling:
        return cls.of_silence(silent_aac(ENCODED_LAYOUTS[channels], ENCODED_RATE), track.end)

    @classmethod
    def of_silence(cls, silence: Silence, end: float) -> Filling:
        length = silence.length
        return cls(length, length, length, length, end, silence)

    @classmethod
    def of_copied_audio(cls, track: AudioTrack) -> Filling | None:
        """None for a codec of which no silent frame is known. Of most it is made to fit what the encoder's header tells
        of the track (`fitting`)."""
        if track.codec == "aac":
            is_known = track.mime_codec == AAC_LC and track.layout in AAC
            return cls.of_silence(silent_aac(track.layout, track.sample_rate), track.end) if is_known else None
        # Streams with dependent ones have more channels.
        dolby = track.codec in {"ac3", "eac3"} and track.sample_rate in DOLBY_RATES and track.channels <= DOLBY_MOST
        return cls.of_silence(UNKNOWN, track.end) if dolby or track.codec in {"flac", "alac", "opus"} else None

    def fitting(self, moov: bytes) -> Filling | None:
        """The same for the track of this header; None if no frame fits it: what is not filled can be heard all the
        same."""
        if self.silence is not UNKNOWN:
            return self
        try:
            return self.of_silence(silence_of(moov), self.end)
        except MalformedError:
            return None

    def samples(self, following: Sample, begin: int, cuts: Sequence[int], scale: int) -> Iterator[Sample]:
        """What fills the time from `begin` to `following`, decode times in ticks; one begins at each of `cuts`."""
        step = max(1, round(self.step * scale))
        time = begin
        for cut in [*(cut for cut in cuts if begin < cut < following.dts), following.dts]:
            while time < cut:
                # What is left over lengthens the last one.
                end = time + step if cut - time >= 2 * step else cut
                if self.silence is None:
                    yield replace(following, dts=time, duration=end - time)
                else:
                    frame = self.silence.before(following.data, (following.dts - time) / scale)
                    yield Sample(time, end - time, 0, following.flags, memoryview(frame))
                time = end
