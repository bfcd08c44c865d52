"""A browser is asked for no larger picture of its camera than somebody looks at."""

from collections.abc import Iterable, Iterator

import pytest

from media_relay import demand, downlink
from media_relay.control import InProcessControl, LayersWanted
from media_relay.demand import LASTING_SECONDS, RISING_SECONDS, Demand
from media_relay.downlink import ARRANGING_SECONDS, Downlink
from media_relay.node import Node
from media_relay.rates import Rates
from media_relay.redis_wire import read_event, write_event
from media_relay.tickets import Source
from tests.media_relay.desk import Desk
from tests.media_relay.engine_rig import CAMERA, ENGINES, Rig
from tests.media_relay.listener import Listener
from tests.media_relay.wire_peer import WirePeer

ANA = 7
LAYERS = {"l": 11, "m": 12, "h": 13}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def camera(told: list[str]) -> Demand:
    """Ana's, who has just taken her seat."""
    camera = Demand()
    camera.begin(ANA, told.append)
    camera.settle(0.0)
    return camera


def test_a_camera_begins_with_all_layers_and_is_told_so(camera: Demand, told: list[str]) -> None:
    assert told == ["h"]
    camera.begin(ANA, told.append)
    assert told == ["h"]
    camera.end(ANA)
    camera.begin(ANA, told.append)
    assert told == ["h", "h"]


def test_what_nobody_has_looked_at_for_a_while_may_rest_but_the_smallest(
    camera: Demand, told: list[str]
) -> None:
    camera.settle(LASTING_SECONDS - 0.1)
    assert told == ["h"]
    camera.settle(LASTING_SECONDS)
    assert told == ["h", "l"]
    camera.settle(100 * LASTING_SECONDS)
    assert told == ["h", "l"]
    assert camera.figures == {"l": 1, "m": 0, "h": 0}


def test_a_look_raises_at_once_and_a_glimpse_does_not_lower_by_steps(
    camera: Demand, told: list[str]
) -> None:
    camera.settle(LASTING_SECONDS)
    camera.want(ANA, "h", 10.0)
    camera.want(ANA, "l", 10.0)
    camera.settle(10.0)
    assert told == ["h", "l", "h"]
    assert camera.rising(ANA) == ("m", "h")
    camera.want(ANA, "m", 12.0)
    camera.settle(10.0 + LASTING_SECONDS)
    assert told[3:] == ["m"]
    assert camera.rising(ANA) == ()
    camera.settle(12.0 + LASTING_SECONDS)
    assert told[4:] == ["l"]


def test_who_has_no_seat_is_told_nothing(camera: Demand, told: list[str]) -> None:
    camera.end(ANA)
    camera.want(ANA, "h", 9.0)
    camera.settle(9.0)
    assert told == ["h"]
    assert camera.of(ANA) == "h"
    assert camera.figures == {"l": 0, "m": 0, "h": 0}


class Watched:
    """A camera on an engine, by default of three layers, and the slow side of one viewer of it."""

    def __init__(self, rig: Rig, ssrcs: dict[str, int] = LAYERS) -> None:
        self.rig, self.ssrcs = rig, ssrcs
        for layer, ssrc in ssrcs.items():
            rig.learn(ssrc, layer)
        self.publisher, self.viewer = rig.publisher.number, rig.join()
        rig.engine.add_leg(self.publisher, Source.CAMERA, self.viewer.number, CAMERA)
        self.told: list[str] = []
        self.rates, self.demand = Rates(rig.engine), Demand()
        self.downlink = Downlink(
            self.viewer.number, rig.engine, self.rates, self.demand, is_measured=False
        )
        self.demand.begin(self.publisher, self.told.append)
        self.downlink.map({CAMERA: (self.publisher, Source.CAMERA)}, rig.now)

    def beat(self) -> None:
        """As the node does twice a second."""
        self.rates.sample({self.publisher}, self.rig.now)
        for publisher, layer in self.downlink.wanted(self.rig.now):
            self.demand.want(publisher, layer, self.rig.now)
        self.demand.settle(self.rig.now)
        self.downlink.settle()

    def run(self, seconds: float, sent: Iterable[str]) -> None:
        """The camera sends these layers for so long."""
        until = self.rig.now + seconds
        while self.rig.now < until:
            before = self.rig.now
            while self.rig.now < before + 0.48:
                for layer in sent:
                    self.rig.send(self.ssrcs[layer])
            self.beat()

    @property
    def shown(self) -> str:
        (leg,) = self.rig.engine.legs(self.viewer.number)
        return leg.layer


@pytest.fixture(params=ENGINES)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    rig = Rig(request.param)
    yield rig
    rig.close()


@pytest.fixture
def watched(rig: Rig) -> Watched:
    return Watched(rig)


def test_a_layer_that_rests_is_shown_again_with_its_first_key_frame(watched: Watched) -> None:
    watched.downlink.view({CAMERA: 280})
    watched.rig.send(LAYERS["l"], key=True)
    watched.run(LASTING_SECONDS + 1, "lmh")
    assert (watched.told, watched.shown) == (["h", "l"], "l")
    watched.run(3, "l")
    assert (watched.told, watched.shown) == (["h", "l"], "l")
    watched.downlink.view({CAMERA: 900})
    watched.beat()
    assert watched.told == ["h", "l", "h"]
    watched.rig.send(LAYERS["l"])
    watched.rig.send(LAYERS["h"], key=True)
    assert watched.shown == "h"
    watched.run(LASTING_SECONDS + RISING_SECONDS + 1, "lmh")
    assert (watched.told, watched.shown) == (["h", "l", "h"], "h")


def test_a_sender_that_never_sends_what_it_was_asked_for_is_shown_as_it_is(
    watched: Watched,
) -> None:
    watched.rig.send(LAYERS["l"], key=True)
    watched.downlink.view({CAMERA: 280})
    watched.run(LASTING_SECONDS + 1, "l")
    watched.downlink.view({CAMERA: 900})
    watched.run(RISING_SECONDS + LASTING_SECONDS + 2, "l")
    assert watched.told == ["h", "l", "h"]
    assert watched.shown == "l"
    assert watched.downlink.allocation.layers == {CAMERA: "l"}
    assert watched.rig.engine.waiting() == set()


def test_a_camera_without_layers_is_shown_however_wide_it_is_looked_at(rig: Rig) -> None:
    watched = Watched(rig, {"": 11})
    rig.send(11, key=True)
    watched.downlink.view({CAMERA: 280})
    watched.run(LASTING_SECONDS + 1, [""])
    watched.downlink.view({CAMERA: 900})
    for _ in range(4):
        watched.run(0.4, [""])
        assert watched.downlink.allocation.layers == {CAMERA: ""}
        assert watched.shown == ""
    assert rig.engine.waiting() == set()


def test_a_viewer_who_has_just_come_in_wakes_nothing_before_it_says_how_wide(
    watched: Watched,
) -> None:
    watched.downlink.view({CAMERA: 0})
    watched.rig.send(LAYERS["l"], key=True)
    watched.run(LASTING_SECONDS + 1, "l")
    assert watched.told == ["h", "l"]
    watched.downlink.view({})
    watched.downlink.map({}, watched.rig.now)
    leg = {CAMERA: (watched.publisher, Source.CAMERA)}
    watched.downlink.map(leg, watched.rig.now)
    watched.run(ARRANGING_SECONDS - 0.5, "l")
    assert watched.told == ["h", "l"]
    watched.run(1, "l")
    assert watched.told == ["h", "l", "h"]


async def test_the_relay_tells_each_camera_what_is_looked_at(
    node: Node, relay: InProcessControl, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand, "LASTING_SECONDS", 0.5)
    monkeypatch.setattr(downlink, "ARRANGING_SECONDS", 0.1)
    ana, ben = WirePeer("ana"), WirePeer("ben")
    for peer in (ana, ben):
        await peer.connect(relay, desk)
    async with Listener(relay, "ana") as ana_hears, Listener(relay, "ben") as ben_hears:
        for seat, peer in enumerate((ana, ben), start=1):
            await relay.seat(desk.seat(peer.person, seat))
        await relay.view("ben", {"18": 200})
        await ana_hears.until(LayersWanted("l"))
        assert node.figures.cameras == {"l": 1, "m": 0, "h": 1}
        assert node.present("ana")[-1] == LayersWanted("l")
        await relay.view("ben", {"18": 500})
        await ana_hears.until(LayersWanted("m"))
        wanted = [each for each in ben_hears.events if isinstance(each, LayersWanted)]
        assert wanted == [LayersWanted("h")]
    ana.close()
    ben.close()


def test_what_is_wanted_travels_through_redis() -> None:
    event = LayersWanted("m")
    assert read_event(write_event(event)) == event
