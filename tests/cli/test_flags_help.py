"""The help of the verbs: settings in it."""

from __future__ import annotations

import pytest

from mockmail.cli import VERBS, main

SERVER_VERBS = {"serve", "config"}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in {"new-vendor", "completion"}])
def test_only_verbs_of_a_server_list_the_bounds_in_their_help(capsys, verb):
    with pytest.raises(SystemExit):
        main([verb, "--help"])

    text = capsys.readouterr().out
    assert ("--max-sandboxes" in text) == (verb in SERVER_VERBS)
    assert "--http-port" in text
