# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034 # the variables are the tests'
#
# What the files about checkpoint and restore share: a container that counts in a variable of its shell, so that what goes on
# where it was is told from what began anew.  After kin.bash.
setup_file() {
	criu check >/dev/null 2>&1 || : # it keeps what it has found out about the kernel in /run: before any test looks
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	config_base >"$BATS_FILE_TMPDIR/config.json"
}
prepare() {
	command -v criu >/dev/null || skip "criu is not installed"
	IMAGES=$T/images
	mkdir "$T/shared"
	config '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"},
		{destination: "/shared", type: "bind", source: $s, options: ["bind", "rw"]},
		{destination: "/locked", type: "bind", source: $s, options: ["bind", "ro", "nosuid"]}]' --arg s "$T/shared"
	# The number lives in the shell alone; the file is where it is shown.
	script 'n=1000; trap "exit 7" TERM; while :; do n=$((n + 1)); echo $n >/shared/n; sleep 0.05; done'
}
begin() { # ID: a container that counts
	create "$1"
	ok start "$1"
	wait_for test -s "$T/shared/n"
}
number() {
	cat "$T/shared/n" 2>/dev/null
}
counts_on() { # FROM: it counts, and not from the beginning
	local now i
	rm -f "$T/shared/n"
	wait_for test -s "$T/shared/n"
	for ((i = 0; i < 100; i++)); do # empty for a moment, each time it is written
		now=$(number)
		[ -z "$now" ] || break
		sleep 0.01
	done
	[ "$now" -gt "$1" ] || fail "it counts from $now, not on from $1"
}
