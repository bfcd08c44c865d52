"""A new version of the agreement reaches whoever waits."""

from config.development import cast
from tests.e2e import arriving, staff
from tests.e2e.world import PASSPHRASE, World


def test_a_version_published_while_ana_waits_gates_her_again(world: World) -> None:
    thea, ana = world[cast.THEA], world[cast.ANA]
    path = staff.plan_session(thea, world.group)
    waiting = world.comes(cast.ANA, path)
    waiting.stays_in_phase("waiting")

    staff.publish_agreement(thea, world.group, added_words="We also leave on time.")
    ana.page.wait_for_url("**/papers/**")
    ana.press_if_there("Read and sign")
    arriving.sign_this_paper(ana)

    room = arriving.arrive(ana, path, passphrase=PASSPHRASE)
    host = world.comes(cast.THEA, path)
    host.open_doors()
    host.admit(cast.ANA.true_name)
    room.is_in_phase("room")
    room.sees_and_hears(cast.THEA.alias)
    host.act("end")
