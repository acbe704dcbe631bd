"""Make src/vedette/data/egm96_15.bin.xz from Debian's proj-data (egm96_15.gtx), the public EGM96 15' geoid grid.

    apt-get install proj-data && python tools/make_egm96.py [/usr/share/proj/egm96_15.gtx]

Output, xz-compressed: 721 rows from 90 S to 90 N, 1440 columns from 180 W by 15', int16 little-endian centimetres, each
column stored as the difference from the column before (which packs better). Rounding error: 5 mm.
"""

from __future__ import annotations

import lzma
import struct
import sys
from pathlib import Path

import numpy as np

HEADER = struct.Struct(">4d2i")


def main() -> None:
    """Read the GTX file, check that it is the grid we expect, write the packed one."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/proj/egm96_15.gtx").read_bytes()
    header = HEADER.unpack_from(source)
    if header != (-90.0, -180.0, 0.25, 0.25, 721, 1440):
        raise SystemExit(f"not the EGM96 15' grid: {header}")
    grid_m = np.frombuffer(source, dtype=">f4", offset=HEADER.size).reshape(721, 1440)
    grid_cm = np.round(grid_m * 100.0).astype("<i2")
    packed = np.diff(grid_cm, axis=1, prepend=np.int16(0)).astype("<i2")
    target = Path(__file__).parents[1] / "src/vedette/data/egm96_15.bin.xz"
    target.write_bytes(lzma.compress(packed.tobytes(), preset=9))


if __name__ == "__main__":
    main()
