"""Pages of agreements and signatures. Each view asks `access` first; none changes a row itself."""
