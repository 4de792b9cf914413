"""`python -m mockmail`."""

from __future__ import annotations

import sys

from mockmail.cli import main

sys.exit(main())
