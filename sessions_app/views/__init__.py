"""The pages of sessions: Today, the way in, the room's frame, what comes after, the schedule."""
