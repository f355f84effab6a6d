"""What stands in for samples that a track lacks, so that its time has no hole: a player waits at one, or skips there
what the other tracks have. Nor does a track end before the others: some players end there. Pictures stand still; sound
is silent, for codecs of which a silent frame is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kyoo.transcoder.hls.codecs import AAC_LC
from kyoo.transcoder.hls.fmp4 import Sample
from kyoo.transcoder.models.media import AudioTrack, VideoTrack

#: A picture of a steady rate stands still for no longer than this (s), or for two pictures.
STILL = 1.0
#: How much (s) later than its segment the first picture may come, or one and a half pictures.
LATE = 0.1
#: How much (s) before its end, as the container tells it, a track may end. What ends earlier was cut off, maybe by a
#: disk that does not answer, and is asked for again.
ENDING = 5.0

#: Elements of an AAC frame (ISO/IEC 14496-3 §4.5.1.1), by the layout of the speakers: one channel, a pair, low
#: frequencies. Only layouts that a stream names by a number; others have elements of their own.
ONE, PAIR, LOW = 0, 1, 3
AAC = {
    "mono": (ONE,),
    "stereo": (PAIR,),
    "3.0": (ONE, PAIR),
    "4.0": (ONE, PAIR, ONE),
    "5.0": (ONE, PAIR, PAIR),
    "5.1": (ONE, PAIR, PAIR, LOW),
}
AAC_SAMPLES = 1024
#: Of what is encoded: its layouts by their channels, and samples a second.
ENCODED_LAYOUTS, ENCODED_RATE = {2: "stereo", 6: "5.1"}, 48_000
#: CELT of 20 ms in full band (RFC 6716 §3.1).
OPUS = {"mono": "f8fffe", "stereo": "fcfffe"}
OPUS_LENGTH = 0.020


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
    silence: memoryview | None = None
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
        length = AAC_SAMPLES / ENCODED_RATE
        return cls(length, length, length, length, track.end, memoryview(silent_aac(ENCODED_LAYOUTS[channels])))

    @classmethod
    def of_copied_audio(cls, track: AudioTrack) -> Filling | None:
        """None for a codec of which no silent frame is known."""
        if track.mime_codec == AAC_LC and track.layout in AAC:
            frame, length = silent_aac(track.layout), AAC_SAMPLES / track.sample_rate
        elif track.codec == "opus" and track.layout in OPUS:
            frame, length = bytes.fromhex(OPUS[track.layout]), OPUS_LENGTH
        else:
            return None
        return cls(length, length, length, length, track.end, memoryview(frame))

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
                    yield Sample(time, end - time, 0, following.flags, self.silence)
                time = end


def silent_aac(layout: str) -> bytes:
    """A frame of AAC-LC in which every channel has a long window and no band of scale factors (§4.4.2.1)."""
    bits = ""
    seen = {ONE: 0, PAIR: 0, LOW: 0}
    for element in AAC[layout]:
        # Its kind and instance; for each channel gain, window and the three tools that are not used.
        bits += f"{element:03b}{seen[element]:04b}"
        bits += "0" + 2 * f"{0:022b}" if element == PAIR else f"{0:022b}"
        seen[element] += 1
    bits += "111"
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
