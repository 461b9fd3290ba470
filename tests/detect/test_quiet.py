from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from posture.detect.quiet import native_noise_logged

NOISE = (
    b"WARNING: Logging before InitGoogle() is written to STDERR\n"
    b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
    b"W0000 00:00:1795439693.840167   13099 feedback.cc:121] Disabling support.\n"
)


def test_native_noise_goes_to_the_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "posture.detect.quiet"), native_noise_logged():
        os.write(2, NOISE)
    assert capfd.readouterr().err == ""
    assert [record.levelno for record in caplog.records] == [logging.DEBUG] * 3
    assert "XNNPACK" in caplog.messages[1]


def test_everything_else_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    with native_noise_logged():
        os.write(2, b"a progress bar of another thread\n" + NOISE)
    assert capfd.readouterr().err == "a progress bar of another thread\n"


def test_standard_error_is_itself_again_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        with native_noise_logged():
            os.write(2, NOISE)
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        fails()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_nested_use_works(capfd: pytest.CaptureFixture[str]) -> None:
    with native_noise_logged(), native_noise_logged():
        os.write(2, NOISE + b"kept\n")
    assert capfd.readouterr().err == "kept\n"


def test_traceback_of_an_uncaught_error_is_seen() -> None:
    code = (
        "from posture.detect.quiet import native_noise_logged\n"
        "with native_noise_logged():\n"
        "    raise RuntimeError('boom')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.stderr.splitlines()[-1] == "RuntimeError: boom"


def test_program_without_standard_error_still_runs() -> None:
    code = (
        "import os; os.close(2)\n"
        "from posture.detect.quiet import native_noise_logged\n"
        "with native_noise_logged():\n"
        "    print('ran')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "ran"
