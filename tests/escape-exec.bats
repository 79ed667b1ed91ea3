#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a container can do to an exec that comes in, and to the program that carries it.
load helpers/kin

# STOP: kin is stopped while its process is in the container and waits for kin's word, so that there is all the time to look.
# bats test_tags=slow
@test "escape: what enters a container cannot be looked into or traced (CVE-2016-9962, lxc CVE-2016-8649, bubblewrap CVE-2016-8659)" {
	cp "$HELPERS/snoop" "$BUNDLE/rootfs/bin/snoop"
	# In a user namespace of its own root may trace; what comes from outside belongs to the outside until it executes.
	case $KIN_MODE in user | plain) config '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])' ;; esac
	args snoop 4
	create c1
	ok start c1
	local i
	for ((i = 0; i < 40; i++)); do
		"$KIN" --root "$ROOT" exec c1 true </dev/null >/dev/null 2>&1 &
		sleep "0.00$((RANDOM % 8))"
		kill -STOP $! 2>/dev/null || :
		sleep 0.03
		kill -CONT $! 2>/dev/null || :
		wait $! 2>/dev/null || :
	done
	wait_state c1 stopped
	has "$(said c1)" "seen $(init_comm)" # or nobody has looked at anything
	hasnt "$(said c1)" "got $(init_comm)"
	ok delete c1
	clean
}
# The name that kin-init has in a list of processes.
init_comm() {
	[ -n "${comm-}" ] || { create c9 && comm=$(<"/proc/$(pid_of c9)/comm") && k delete -f c9; }
	echo "$comm"
}

@test "escape: exec of /proc/self/exe, of a link to it and of a script with it (CVE-2019-5736)" {
	local before program
	before=$(sha256sum <"$KIN")
	ln -s /proc/self/exe "$BUNDLE/rootfs/bin/entry"
	printf '#!/proc/self/exe\n' >"$BUNDLE/rootfs/bin/script"
	chmod 755 "$BUNDLE/rootfs/bin/script"
	running c1
	for program in /proc/self/exe /bin/entry /bin/script /proc/1/exe /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5; do
		k exec c1 "$program" 3
		[ "$status" != 0 ]
		hasnt "$output$error" "usage: kin"
	done
	equal "$(sha256sum <"$KIN")" "$before"
	ok delete -f c1
	clean
}

# In the caller's session a program could type into the caller's terminal.
@test "escape: an exec has a session of its own (bubblewrap CVE-2017-5226, lxc CVE-2016-10124)" {
	running c1
	ok exec c1 sh -c 'set -- $(cat /proc/$$/stat); echo $1 $6 $7'
	like "$output" '^([0-9]+) \1 0$' || equal "$(cut -d ' ' -f 1 <<<"$output")" "$(cut -d ' ' -f 2 <<<"$output")"
	equal "$(cut -d ' ' -f 3 <<<"$output")" 0
	ok delete -f c1
}

# bats test_tags=root
@test "escape: exec --cgroup of a sibling whose name begins with the container's" {
	running c1
	running c1-other
	local mine
	mine=$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")
	k exec --cgroup "../${mine##*/}-other" c1 true
	equal "$status" 255
	k exec --cgroup "/../${mine##*/}-other" c1 true
	equal "$status" 255
	equal "$(wc -l <"/sys/fs/cgroup$mine-other/cgroup.procs")" 1
	ok delete -f c1
	ok delete -f c1-other
	clean
}

@test "escape: no inheritable capabilities, whoever asks (CVE-2022-29162, CVE-2022-27650, CVE-2025-27612, CVE-2022-24769)" {
	root_mode || config '.process.capabilities |= map_values(. + ["CAP_NET_RAW"])'
	running c1
	ok exec c1 grep CapInh /proc/self/status
	equal "$output" $'CapInh:\t0000000000000000'
	ok exec --cap CAP_NET_RAW c1 grep -E 'CapInh|CapAmb' /proc/self/status
	like "$output" 'CapInh:.0000000000000000'
	ok delete -f c1
	# What `spec` writes has none, either.
	mkdir "$T/spec"
	if root_mode; then ok spec --bundle "$T/spec"; else ok spec --rootless --bundle "$T/spec"; fi
	equal "$(jq -c '.process.capabilities.inheritable // []' "$T/spec/config.json")" '[]'
	clean
}

# A step of becoming the user that is refused ends the start: no program runs with what it should not have.
# bats test_tags=root
@test "escape: no program runs when a privilege cannot be given up (bubblewrap CVE-2020-5291)" {
	local call
	config '.process.user = {uid: 1000, gid: 1000}'
	args echo ran
	for call in setresuid setresgid setgroups capset; do
		printf '#!/bin/sh\nexec "%s/refuse" %s 1 "%s/kin" "$@"\n' "$HELPERS" "$call" "$KIN_BUILD" >"$T/kin"
		chmod 755 "$T/kin"
		KIN=$T/kin
		k run --bundle "$BUNDLE" c1
		[ "$status" = 1 ] || fail "$call: $status $output $error"
		hasnt "$output" ran
		has "$error" "operation not permitted"
		KIN=$KIN_BUILD/kin
		clean
	done
}

@test "escape: kin refuses to be set-user-ID (bubblewrap CVE-2016-8659, CVE-2026-41163)" {
	root_mode || return 0
	[[ ,$(findmnt -no OPTIONS -T "$T"), != *,nosuid,* ]] || skip "nothing is set-user-ID there"
	install -m 4755 -o 61000 "$KIN_BUILD/kin" "$T/kin"
	ok list
	KIN=$T/kin
	fails list
	has "$error" "setuid"
	KIN=$KIN_BUILD/kin
}
