# SPDX-License-Identifier: Apache-2.0
"""Records that need no rule: the end of a program by a fault."""


def run(live):
    live.proves("ProcessCrashNix", "a program that ends by SIGSEGV", lambda: live.run("sh", "-c", "kill -SEGV $$"), op_signal=11)
