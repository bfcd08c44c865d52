"""A selection of the log as a bundle that outsiders check; audit/exporting.py records it."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from audit.exporting import Export
from compliance.queries.explorer import Line
from compliance.tables import csv_of

TABLE = "entries.csv"


def exported(lines: Sequence[Line], zone: ZoneInfo) -> bytes:
    """A zip with proofs, checkpoint, keys, manifest and a table in words.

    Entries without a leaf yet are left out. Raises NothingToExport, AuditUnavailable.
    """
    signed = [line for line in lines if line.number is not None]
    chosen = sorted(line.number for line in signed if line.number is not None)
    with tempfile.TemporaryDirectory(prefix="quietroom-export-") as name:
        folder = Path(name) / "bundle"
        Export(chosen=chosen or (-1,), beside={TABLE: csv_of(signed, zone)}).write(folder)
        return _zipped(folder)


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    shutil.rmtree(folder)
    return out.getvalue()
