/** The reason codes a host chooses from, in plain words: a code is kept, never prose. */
import type { DecisionReason, OverrideReason } from "../room/protocol.gen";

export const DECISION_REASONS: readonly (readonly [DecisionReason, string])[] = [
  ["not_given", "No reason given"],
  ["not_private", "No private space"],
  ["not_ready", "Not ready for the group today"],
  ["unknown_person", "I cannot tell who this is"],
  ["disruption", "Disturbed the group"],
  ["broke_agreement", "Broke the agreement"],
  ["safety", "For somebody's safety"],
];

export const OVERRIDE_REASONS: readonly (readonly [OverrideReason, string])[] = [
  ["known_to_therapist", "I know where they are"],
  ["told_by_phone", "They told me by phone"],
  ["safety_of_member", "Saying it would endanger them"],
];
