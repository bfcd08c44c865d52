"""Pages of programmes and groups. Each view asks `access` first; none changes a row itself."""
