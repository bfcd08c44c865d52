"""Every change of a session's state: one transaction and one audit event each.

Each service that changes who is where first locks the session's row, so that acts on one
session happen one after the other and capacity, order and flags are always read as they are.
"""

from sessions_app.services.absence import note_hosts, return_everybody
from sessions_app.services.answers import (
    acknowledge_reminder,
    ask_for_help,
    attest_browser,
    attest_environment,
    begin_attempt,
    choose_devices,
    come_later,
    confirm_location,
    override_location,
)
from sessions_app.services.arriving import (
    arrive,
    enter_waiting_room,
    leave,
    resume_place,
    take_over_seat,
)
from sessions_app.services.connection import (
    issue_transport_ticket,
    keep_alive,
    lose_connection,
    lose_media,
    mark_connected,
    sweep_lost,
)
from sessions_app.services.deciding import (
    admit_all_verified,
    admit_participant,
    decline_participant,
    remove_participant,
    return_to_waiting,
)
from sessions_app.services.doors import (
    end_session,
    lock_session,
    open_doors,
    resume_media,
    suspend_media,
    take_host_seat,
    unlock_session,
)
from sessions_app.services.floor import (
    allow_media,
    mute_all,
    mute_participant,
    set_presence,
    stop_video,
)
from sessions_app.services.keys import (
    commit_keys,
    forget_keys,
    found_key_group,
    note_ready,
    note_switched,
    offer_key_package,
    return_without_leaf,
)
from sessions_app.services.passphrase import give_passphrase
from sessions_app.services.preparing import rehearse, set_space_checklist
from sessions_app.services.schedule import cancel_session, schedule_session
from sessions_app.services.upkeep import (
    keep_all_sessions,
    keep_session,
    keep_signed_in,
    locations_are_due,
    purge_locations,
)

__all__ = [
    "acknowledge_reminder",
    "admit_all_verified",
    "admit_participant",
    "allow_media",
    "arrive",
    "ask_for_help",
    "attest_browser",
    "attest_environment",
    "begin_attempt",
    "cancel_session",
    "choose_devices",
    "come_later",
    "commit_keys",
    "confirm_location",
    "decline_participant",
    "end_session",
    "enter_waiting_room",
    "forget_keys",
    "found_key_group",
    "give_passphrase",
    "issue_transport_ticket",
    "keep_alive",
    "keep_all_sessions",
    "keep_session",
    "keep_signed_in",
    "leave",
    "locations_are_due",
    "lock_session",
    "lose_connection",
    "lose_media",
    "mark_connected",
    "mute_all",
    "mute_participant",
    "note_hosts",
    "note_ready",
    "note_switched",
    "offer_key_package",
    "open_doors",
    "override_location",
    "purge_locations",
    "rehearse",
    "remove_participant",
    "resume_media",
    "resume_place",
    "return_everybody",
    "return_to_waiting",
    "return_without_leaf",
    "schedule_session",
    "set_presence",
    "set_space_checklist",
    "stop_video",
    "suspend_media",
    "sweep_lost",
    "take_host_seat",
    "take_over_seat",
    "unlock_session",
]
