#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain,vm61,vm61_only
#
# checkpoint and restore: each option by what it changes.  Kernel 6.1, for the reason in checkpoint.bats.

load ../helpers/kin
source "$BATS_TEST_DIRNAME/../helpers/checkpoint.bash"

restore() { # ARGS...: in the background, of c1
	ok restore -d --image-path "$IMAGES" --bundle "$BUNDLE" "$@" c1
}

network() { # NAME: a network namespace of its own, with a device of that name, at $T/NAME
	touch "$T/$1"
	unshare --net="$T/$1" ip link add "$1" type dummy
}

@test "a network namespace by path is left alone, and joined again by the restored container" {
	network one
	network two
	config '(.linux.namespaces[] | select(.type == "network")) += {path: $p}' --arg p "$T/one"
	begin c1
	equal "$(readlink "/proc/$(pid_of c1)/ns/net")" "net:[$(stat -L -c %i "$T/one")]"
	ok checkpoint --image-path "$IMAGES" c1
	at=$(number)
	# It is the path that counts, not which namespace it was.
	config '(.linux.namespaces[] | select(.type == "network")).path = $p' --arg p "$T/two"
	restore
	counts_on "$at"
	equal "$(readlink "/proc/$(pid_of c1)/ns/net")" "net:[$(stat -L -c %i "$T/two")]"
	ok exec c1 ip link
	has "$output" two
	ok delete --force c1
	umount "$T/one" "$T/two"
}

@test "ipc and uts namespaces by path are joined" {
	unshare --ipc --uts sh -c 'hostname theirs; exec sleep 1000' 3>&- &
	local holder=$!
	wait_for sh -c "[ \"\$(nsenter -t $holder -u hostname)\" = theirs ]"
	config 'del(.hostname) | (.linux.namespaces[] | select(.type == "ipc")) += {path: $ipc} |
		(.linux.namespaces[] | select(.type == "uts")) += {path: $uts}' \
		--arg ipc "/proc/$holder/ns/ipc" --arg uts "/proc/$holder/ns/uts"
	begin c1
	ok checkpoint --image-path "$IMAGES" c1
	at=$(number)
	restore
	counts_on "$at"
	for ns in ipc uts; do
		equal "$(readlink "/proc/$(pid_of c1)/ns/$ns")" "$(readlink "/proc/$holder/ns/$ns")"
	done
	ok exec c1 hostname
	equal "$output" theirs
	ok delete --force c1
	kill "$holder"
}

# How it ends only its parent is sure to know on this kernel: checkpoint.bats has that, in the foreground, too.
@test "the restored init is held like any other: signals reach it, its end is seen, and it can be restored again" {
	begin c1
	ok checkpoint --image-path "$IMAGES" c1
	clean
	restore
	"$KIN" --root "$ROOT" wait c1 </dev/null >"$T/waited" 2>&1 &
	local waits=$!
	ok kill c1 TERM
	wait_state c1 stopped
	status=0
	wait $waits || status=$?
	answered "$status $(<"$T/waited")" 7
	ok delete c1
	clean
	restore
	ok kill --wait=5s c1 KILL
	wait_state c1 stopped
	ok delete c1
	clean
}

@test "--manage-cgroups-mode: sub-cgroups are made again, but by ignore; limits are the bundle's" {
	config '(.mounts[] | select(.type == "cgroup")).options -= ["ro"] | .linux.resources.pids.limit = 40'
	# criu saves what is below the cgroups that have processes.
	script 'mkdir -p /sys/fs/cgroup/main/inner && echo 1 >/sys/fs/cgroup/main/cgroup.procs
		n=1000; while :; do n=$((n + 1)); echo $n >/shared/n; sleep 0.05; done'
	for mode in '' full strict ignore; do
		rm -rf "$IMAGES" "$T/shared/n"
		begin c1
		ok exec c1 cat /sys/fs/cgroup/pids.max /proc/1/cgroup
		has "$output" $'40\n0::/main'
		ok checkpoint --image-path "$IMAGES" ${mode:+--manage-cgroups-mode "$mode"} c1
		at=$(number)
		config '.linux.resources.pids.limit = 50'
		restore ${mode:+--manage-cgroups-mode "$mode"}
		counts_on "$at"
		equal "$(<"/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup" | sed 's,/main$,,')/pids.max")" \
			50 "pids.max in mode ${mode:-none}"
		if [ "$mode" = ignore ]; then
			equal "$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")" /kin-c1
		else
			equal "$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")" /kin-c1/main
			[ -d /sys/fs/cgroup/kin-c1/main/inner ] || fail "inner was not made again in mode ${mode:-none}"
		fi
		ok delete --force c1
		config '.linux.resources.pids.limit = 40'
	done
}

@test "--file-locks, --link-remap: refused without, restored with" {
	script 'exec 6>/tmp/a; ln /tmp/a /tmp/b; rm /tmp/a; echo begun >&6
		exec lock /shared/locked /bin/sh -c "n=1000; while :; do n=\$((n + 1)); echo \$n >/shared/n; sleep 0.05; done"'
	cp "$HELPERS/lock" "$BUNDLE/rootfs/bin/lock"
	begin c1
	fails checkpoint --image-path "$IMAGES" --link-remap c1
	has "$error" lock
	fails checkpoint --image-path "$IMAGES" --file-locks c1
	has "$error" link
	equal "$(state_of c1)" running
	rm -rf "$IMAGES"
	ok checkpoint --image-path "$IMAGES" --file-locks --link-remap c1
	at=$(number)
	flock -n "$T/shared/locked" true
	restore --file-locks
	counts_on "$at"
	! flock -n "$T/shared/locked" true || fail "the lock was not restored"
	ok exec c1 head -n 1 /tmp/b
	equal "$output" begun
	ok delete --force c1
}

@test "--tcp-close: established connections are closed ones, and the programs see it" {
	script 'mkfifo /tmp/f; sleep 1000 >/tmp/f & nc -l -p 99 </tmp/f >/dev/null & sleep 0.5
		(sleep 1000 | nc 127.0.0.1 99; echo ended >/shared/ended) &
		n=1000; while :; do n=$((n + 1)); echo $n >/shared/n; sleep 0.05; done'
	begin c1
	ok checkpoint --image-path "$IMAGES" --tcp-established c1
	at=$(number)
	[ ! -e "$T/shared/ended" ]
	restore --tcp-close
	counts_on "$at"
	ok exec c1 cat /proc/net/tcp
	# State 1 is ESTABLISHED.
	equal "$(awk '$4 == "01"' <<<"$output" | wc -l)" 0
	ok delete --force c1
}

@test "--empty-ns network: what was in the namespace is left out" {
	config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c",
		"p=$(sed -n \"s/.*\\\"pid\\\": *\\([0-9]*\\).*/\\1/p\"); ip link add kin3 netns $p type dummy"]}]'
	begin c1
	ok exec c1 ip link
	has "$output" kin3
	fails checkpoint --image-path "$IMAGES" --empty-ns mount c1
	has "$error" 'namespace mount is not supported'
	ok checkpoint --image-path "$IMAGES" --empty-ns network c1
	at=$(number)
	config 'del(.hooks)'
	restore --empty-ns network
	counts_on "$at"
	ok exec c1 ip link
	hasnt "$output" kin3
	ok delete --force c1
}

@test "--lazy-pages: the memory comes when it is asked for, from a page server" {
	begin c1
	mkfifo "$T/ready"
	exec 8<>"$T/ready"
	("$KIN" --root "$ROOT" checkpoint --image-path "$IMAGES" --lazy-pages --page-server 127.0.0.1:27277 --status-fd 8 c1 \
		>"$T/dump.out" 2>&1; echo $? >"$T/dump.status") &
	read -r -n 1 -d '' -t 60 -u 8 || fail "$(cat "$T/dump.out" "$IMAGES/dump.log" | tail -n 20)"
	exec 8>&-
	at=$(number)
	criu lazy-pages --page-server --address 127.0.0.1 --port 27277 -D "$IMAGES" -W "$IMAGES" >"$T/lazy.out" 2>&1 3>&- &
	wait_for test -S "$IMAGES/lazy-pages.socket"
	ok restore -d --lazy-pages --image-path "$IMAGES" --bundle "$BUNDLE" c2
	counts_on "$at"
	wait
	equal "$(<"$T/dump.status")" 0 "$(cat "$T/dump.out")"
	ok delete --force c2
}
