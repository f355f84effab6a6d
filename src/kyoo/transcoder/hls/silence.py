"""Silent frames, which fit between those of any stream that has the same sample entry. They are written bit by bit: the
encoders of libav are for other processes than this one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kyoo.transcoder.hls import fmp4

#: What precedes the boxes of an audio sample entry (ISO/IEC 14496-12 §12.2.3).
AUDIO_ENTRY = 28

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

#: What begins a packet of Opus (RFC 6716 §3.1) with one frame of CELT of 20 ms in full band, of one channel and of two;
#: and what is left of it when nothing is heard.
OPUS_MONO, OPUS_STEREO, OPUS_SILENCE = b"\xf8", b"\xfc", b"\xff\xfe"
OPUS_LENGTH = 0.020

#: Of AC-3 and E-AC-3 (ETSI TS 102 366), by their codes: samples a second, channels, and bit rates (kbit/s).
DOLBY_RATES = (48_000, 44_100, 32_000)
DOLBY_CHANNELS = (2, 1, 2, 3, 3, 4, 4, 5)
AC3_BITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
DOLBY_SAMPLES, BLOCKS = 1536, 6
#: The most channels of a stream without dependent ones.
DOLBY_MOST = 6
#: The exponents of a channel of 73 coefficients, each as its neighbour (§4.4.3), and of low frequencies.
EXPONENTS = f"{15:04b}" + 6 * f"{62:07b}" + "00"
LOW_EXPONENTS = f"{15:04b}" + 2 * f"{62:07b}"
#: Exponents that each four coefficients share, and those of the block before (§4.4.2.19).
SHARED, SAME = "11", "00"

#: The block size of FLAC and ALAC where the stream allows several.
LOSSLESS_SAMPLES = 4096
#: No frame of FLAC is made longer than this (bytes), whatever a stream says of its own.
LONGEST = 1 << 16
#: Elements of an ALAC frame by the number of channels, in their order.
ALAC = {
    1: (ONE,),
    2: (PAIR,),
    3: (ONE, PAIR),
    4: (ONE, PAIR, ONE),
    5: (ONE, PAIR, PAIR),
    6: (ONE, PAIR, PAIR, ONE),
    7: (ONE, PAIR, PAIR, ONE, ONE),
    8: (ONE, PAIR, PAIR, PAIR, ONE),
}
END = f"{7:03b}"

#: A stream of shorter frames (s) is none.
SHORTEST = 0.0005


@dataclass(frozen=True)
class Silence:
    """A frame that lasts `length` (s)."""

    frame: bytes
    length: float

    def before(self, following: memoryview, ahead: float) -> bytes:
        """The frame that is `ahead` (s) of another one, which is empty where none follows."""
        del following, ahead
        return self.frame


def silence_of(moov: bytes) -> Silence:
    """For the track of a header, which is not of AAC: no sample entry names its elements. Raises MalformedError."""
    view = memoryview(moov)
    start, end = fmp4.find(view, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    for _, first, last in fmp4.boxes(view, start + 8, end):
        for kind, begin, close in fmp4.boxes(view, first + AUDIO_ENTRY, last):
            if kind in MAKERS:
                return _made(kind, bytes(view[begin:close]))
    raise fmp4.MalformedError("no sample entry of which a silent frame is known")


@lru_cache(maxsize=16)
def _made(kind: bytes, config: bytes) -> Silence:
    try:
        silence = MAKERS[kind](config)
    except (LookupError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise fmp4.MalformedError(f"a box {kind!r} that is none") from error
    if silence.length < SHORTEST:
        raise fmp4.MalformedError(f"frames of {silence.length} s")
    return silence


def silent_aac(layout: str, rate: int) -> Silence:
    """A frame of AAC-LC in which every channel has a long window and no band of scale factors (§4.4.2.1)."""
    bits = ""
    seen = {ONE: 0, PAIR: 0, LOW: 0}
    for element in AAC[layout]:
        # Its kind and instance; for each channel gain, window and the three tools that are not used.
        bits += f"{element:03b}{seen[element]:04b}"
        bits += "0" + 2 * f"{0:022b}" if element == PAIR else f"{0:022b}"
        seen[element] += 1
    return Silence(_bytes(bits + END), AAC_SAMPLES / rate)


def _opus(config: bytes) -> Silence:
    """A packet of each stream, of which all but the last tell how long they are (RFC 7845 §3, RFC 6716 appendix B)."""
    family, channels = config[10], config[1]
    streams, pairs = (config[11], config[12]) if family else (1, channels - 1)
    kinds = [OPUS_STEREO] * pairs + [OPUS_MONO] * (streams - pairs)
    told = bytes([len(OPUS_SILENCE)]) + OPUS_SILENCE
    return Silence(told.join(kinds) + OPUS_SILENCE, OPUS_LENGTH)


def _ac3(config: bytes) -> Silence:
    """A frame in the bit rate of the stream, of which nothing is spent on coefficients (§4.3, §4.4)."""
    fields = int.from_bytes(config[:3], "big")
    rate, version, service = fields >> 22, min(fields >> 17 & 31, 8), fields >> 14 & 7
    mode, low, bit_rate = fields >> 11 & 7, fields >> 10 & 1, fields >> 5 & 31
    channels = DOLBY_CHANNELS[mode]
    bits = f"{version:05b}{service:03b}{mode:03b}"
    # Levels of mixing down, centre and surround; whether two channels are of Dolby Surround is not told.
    bits += "00" * (mode & 1 and mode != 1) + "00" * (mode >> 2) + "00" * (mode == 2)
    bits += f"{low}{31:05b}000" + f"{31:05b}000" * (mode == 0) + "00000"
    for block in range(BLOCKS):
        first = block == 0
        # Long windows, no noise in place of coefficients, no compression of loudness, no coupling.
        bits += "00" * channels + "0" * (1 + (mode == 0)) + ("10" if first else "0")
        bits += ("10000" if first else "0") * (mode == 2)
        bits += (SHARED if first else SAME) * channels + ("1" if first else "0") * low
        if first:
            bits += f"{0:06b}" * channels + EXPONENTS * channels + LOW_EXPONENTS * low
        # How bits are given to coefficients: with no signal-to-noise ratio to reach, none are (§6.2.2).
        bits += ("1" + f"{0:011b}" + "1" + f"{0:06b}" + f"{0:07b}" * (channels + low)) if first else "00"
        bits += "00"
    # All of it is in the first five eighths, which have a check of their own, before them.
    size = [_words(code, rate) * 10 > len(bits) + 58 for code in range(len(AC3_BITS))].index(True, bit_rate)
    words = _words(size, rate)
    frame = _bytes(f"{rate:02b}{size * 2:06b}{bits}").ljust(words * 2 - 6, b"\0")
    head = (words // 2 + words // 8) * 2 - 4
    begin = _before(_crc_16(frame[:head]), (head + 2) * 8).to_bytes(2, "big")
    return _dolby(begin + frame, rate)


def _words(bit_rate: int, rate: int) -> int:
    """Of 16 bits, in a frame of AC-3."""
    return AC3_BITS[bit_rate] * 96_000 // DOLBY_RATES[rate]


def _eac3(config: bytes) -> Silence:
    """A frame of the first independent stream (annex E), as short as it can be."""
    fields = int.from_bytes(config[2:5], "big")
    rate, mode, low = fields >> 22, fields >> 9 & 7, fields >> 8 & 1
    channels = DOLBY_CHANNELS[mode]
    # Six blocks; no metadata.
    head = f"{rate:02b}11{mode:03b}{low}{16:05b}{31:05b}0" + f"{31:05b}0" * (mode == 0) + "000"
    # For the whole frame: exponents block by block, one ratio of signal to noise, noise in place of coefficients where
    # a block says so, nothing else.
    bits = "10" + "00" + "001" + "00000"
    bits += f"{0:06b}" * (mode > 1)
    bits += SHARED * channels + SAME * channels * (BLOCKS - 1) + ("1" + "0" * (BLOCKS - 1)) * low
    bits += f"{0:05b}" * channels + f"{0:010b}" + "0"
    for block in range(BLOCKS):
        first = block == 0
        # No noise, no compression of loudness, no extension of the spectrum.
        bits += "0" * channels + "0" * (1 + (mode == 0)) + "0"
        bits += ("0000" if first else "0") * (mode == 2)
        if first:
            bits += f"{0:06b}" * channels + EXPONENTS * channels + LOW_EXPONENTS * low
        bits += "0"
    # Behind the size: the end of other data, and the check.
    words = -(-(32 + len(head) + len(bits) + 2 + 16) // 16)
    frame = _bytes(f"00000{words - 1:011b}{head}{bits}").ljust(words * 2 - 4, b"\0")
    return _dolby(frame, rate)


def _dolby(frame: bytes, rate: int) -> Silence:
    """With what every frame begins with, and its check."""
    whole = b"\x0b\x77" + frame + _crc_16(frame).to_bytes(2, "big")
    return Silence(whole, DOLBY_SAMPLES / DOLBY_RATES[rate])


@dataclass(frozen=True)
class FlacSilence(Silence):
    """Frames of FLAC are counted, or their samples, and libFLAC fills up by itself what a count leaves out. So they are
    counted back from what follows; those before a first frame are all number 0."""

    rate: int
    counts_samples: bool
    #: The header before and behind the number, what follows it, its check, and what it makes of each bit of another.
    head: bytes
    tail: bytes
    body: bytes
    check: int
    shifted: tuple[int, ...]

    def before(self, following: memoryview, ahead: float) -> bytes:
        counts_samples = bool(following[1] & 1) if len(following) > 1 else self.counts_samples
        distance = ahead * self.rate if counts_samples else ahead / self.length
        return self.numbered(max(0, _number(following) - round(distance)), counts_samples=counts_samples)

    def numbered(self, number: int, *, counts_samples: bool) -> bytes:
        head = bytes([self.head[0], self.head[1] & 0xFE | counts_samples]) + self.head[2:]
        head += _coded(number) + self.tail
        head += _crc_8(head).to_bytes(1, "big")
        crc, check = _crc_16(head), self.check
        for bit, shifted in enumerate(self.shifted):
            check ^= shifted if crc >> bit & 1 else 0
        return head + self.body + check.to_bytes(2, "big")


def _flac(config: bytes) -> Silence:
    """A frame of silent channels (RFC 9639 §9)."""
    stream = config[8:]
    least, most, shortest = (int.from_bytes(stream[at:end], "big") for at, end in ((0, 2), (2, 4), (4, 7)))
    fields = int.from_bytes(stream[10:18], "big") >> 36
    rate, channels, depth = fields >> 8, (fields >> 5 & 7) + 1, (fields & 31) + 1
    size = max(least, min(most, LOSSLESS_SAMPLES)) if least != most else most
    # A size of 16 bits, and the rate and depth of the stream.
    head, tail = _bytes(f"{0xFFF8:016b}01110000{channels - 1:04b}0000"), (size - 1).to_bytes(2, "big")
    body = _bytes(f"{0:0{8 + depth}b}" * channels)
    missing = shortest - len(head) - len(tail) - 4
    if len(body) < missing < LONGEST:
        body = _long_flac(missing, size, channels, depth)
    first = _crc_16(bytes(len(body)), 1)
    shifted = tuple(_stepped(first, 16, CRC_16, bit) for bit in range(16))
    return FlacSilence(b"", size / rate, rate, least != most, head, tail, body, _crc_16(body), shifted)


def _number(frame: memoryview) -> int:
    """Of a frame of FLAC, written as UTF-8 writes characters, with up to seven bytes."""
    coded = bytes(frame[4:11])
    if not coded or coded[0] < 0x80:
        return coded[0] if coded else 0
    count = 8 - (~coded[0] & 0xFF).bit_length()
    number = coded[0] & 0x7F >> count
    for byte in coded[1:count]:
        number = number << 6 | byte & 0x3F
    return number


def _coded(number: int) -> bytes:
    if number < 0x80:
        return bytes([number])
    more: list[int] = []
    while number >= 1 << 6 - len(more):
        more.insert(0, 0x80 | number & 0x3F)
        number >>= 6
    return bytes([0xFF << 7 - len(more) & 0xFF | number, *more])


def _long_flac(length: int, size: int, channels: int, depth: int) -> bytes:
    """Silent subframes of `length` bytes and few more. The stream says that no frame is shorter, and GStreamer takes
    shorter ones for pieces of one. Each residue of 0 is told in more bits than it needs."""
    order = max(order for order in range(7) if not size % (1 << order))
    parts, each = 1 << order, size >> order
    # Parameters have four bits, or five of deep samples.
    wide = depth > 16
    width = 4 + wide
    room = length * 8 - channels * (14 + parts * width)
    least, more = divmod(max(0, -(-room // each) - parts * channels), parts * channels)
    bits = ""
    for channel in range(channels):
        # No prediction.
        bits += f"00010000{int(wide):02b}{order:04b}"
        for part in range(parts):
            parameter = min(least + (channel * parts + part < more), 30 if wide else 14)
            bits += f"{parameter:0{width}b}" + ("1" + "0" * parameter) * each
    return _bytes(bits)


def _alac(config: bytes) -> Silence:
    """A frame of one run of zeros for each channel, predicted from nothing."""
    cookie = config[4:]
    longest, depth, channels = int.from_bytes(cookie[:4], "big"), cookie[5], cookie[9]
    multiplier, history, limit = cookie[6:9]
    rate = int.from_bytes(cookie[20:24], "big")
    size = min(longest, LOSSLESS_SAMPLES)
    # Residues of a pair have a bit more, which does not fit 32: the lowest eight are told by themselves, as they are.
    apart = depth == 32
    bits = ""
    seen = {ONE: 0, PAIR: 0}
    for element in ALAC[channels]:
        count = 2 if element == PAIR else 1
        bits += f"{element:03b}{seen[element]:04b}{0:012b}{int(size < longest)}{int(apart):02b}0"
        bits += f"{size:032b}" * (size < longest)
        # No mixing of the pair; of each channel a multiplier of the history (4 is 1), and no coefficients.
        bits += f"{0:016b}" + f"{9:08b}{4:03b}{0:05b}" * count + "0" * 8 * apart * size * count
        bits += _zeros(size, multiplier, history, limit) * count
        seen[element] += 1
    return Silence(_bytes(bits + END), size / rate)


def _zeros(count: int, multiplier: int, history: int, limit: int) -> str:
    """So many residues of 0 in ALAC's adaptive code of Golomb and Rice."""
    bits = ""
    for done in range(1, count + 1):
        bits += "0" * min(((history >> 9) + 3).bit_length() - 1, limit)
        history -= history * multiplier >> 9
        if history < 128 and done < count:
            # From here on the length of a run is told, which fits 16 bits.
            return f"{bits}{'1' * 9}{count - done:016b}"
    return bits


def _bytes(bits: str) -> bytes:
    size = -(-len(bits) // 8)
    return int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def _stepped(crc: int, width: int, polynomial: int, bits: int) -> int:
    """What becomes of a check when so many bits of 0 follow."""
    for _ in range(bits):
        crc = crc << 1 ^ (polynomial | 1 << width if crc >> width - 1 else 0)
    return crc


def _crc_8(data: bytes) -> int:
    """Of the header of a frame of FLAC."""
    crc = 0
    for byte in data:
        crc = _stepped(crc ^ byte, 8, 0x07, 8)
    return crc


CRC_16 = 0x8005
STEPPED_16 = [_stepped(byte << 8, 16, CRC_16, 8) for byte in range(256)]


def _crc_16(data: bytes, crc: int = 0) -> int:
    """Of the frames of FLAC and AC-3."""
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ STEPPED_16[crc >> 8 ^ byte]
    return crc


def _before(crc: int, bits: int) -> int:
    """What has become `crc` of 16 bits when so many of 0 have followed."""
    for _ in range(bits):
        crc = (crc ^ (CRC_16 | 1 << 16 if crc & 1 else 0)) >> 1
    return crc


#: By the box of the sample entry that says how to decode.
MAKERS = {b"dac3": _ac3, b"dec3": _eac3, b"dfLa": _flac, b"alac": _alac, b"dOps": _opus}
