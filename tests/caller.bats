#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library leaves the calling process as it found it.
load helpers/kin

# bats test_tags=smoke
@test "caller: descriptors, signals, umask, directory, limits, threads are unchanged by every call" {
	args sleep 1000
	KIN_TEST_ROOT=$ROOT KIN_TEST_BUNDLE=$BUNDLE CMOCKA_MESSAGE_OUTPUT=TAP timeout 100 "$KIN_BUILD/tests/unit/test_caller" \
		</dev/null >"$T/tap" 2>&1 3>&- || fail "$(<"$T/tap")"
	cat "$T/tap"
	grep -q '^ok' "$T/tap"
	if grep -iq '^not ok\|# skip' "$T/tap"; then fail "$(<"$T/tap")"; fi
	clean
}
