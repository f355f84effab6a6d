"""What a transcoder measures of itself (core/metrics.py)."""

from __future__ import annotations

from collections import Counter

from prometheus_client import Metric

from kyoo.core.metrics import Source, gauge, gauges
from kyoo.transcoder.hls.admission import Admission
from kyoo.transcoder.hls.segments import SegmentCache
from kyoo.transcoder.players.clients import Clients
from kyoo.transcoder.replicas import Replicas


def measures(admission: Admission, clients: Clients, cache: SegmentCache, replicas: Replicas) -> Source:
    async def source() -> list[Metric]:
        states = Counter(client.state() for client in clients.listed())
        players = {(state,): states[state] for state in ("playing", "paused")}
        return [
            gauges(
                "kyoo_encoders",
                "Encoders of pictures (heavy), and of copies and sound.",
                ["kind", "state"],
                admission.counts,
            ),
            gauges("kyoo_players", "Players whose segments come from this transcoder.", ["state"], players),
            gauge("kyoo_segment_cache_bytes", "Finished segments that are kept.", cache.size),
            gauge("kyoo_transcoder_peers", "Other transcoders that are there.", len(replicas.peers)),
        ]

    return source
