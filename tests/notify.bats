#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# NOTIFY_SOCKET: what the program says by sd_notify(3), and to whom it is passed on.
load helpers/kin

prepare() {
	cp "$HELPERS/notify" "$BUNDLE/rootfs/bin/notify"
	HOST=$T/manager.sock
}
manage() { # the service manager that waits
	"$HELPERS/notify" listen "$HOST" >"$T/heard" 2>&1 3>&- &
	manager=$!
	wait_for test -S "$HOST"
}
tidy() {
	[ -z "${manager-}" ] || kill "$manager"
	wait
	rm -f "$HOST"
}
heard() { # LINES: all that the manager was told
	equal "$(<"$T/heard")" "$1"
}

# bats test_tags=smoke
@test "notify: start returns when the program is ready, and names it as the main process" {
	manage
	script 'echo "$NOTIFY_SOCKET" >&2; notify send STATUS=up "X_READY=1
READY=10
STOPPING=1"; while [ ! -e /proc/1/root/tmp/go ]; do sleep 0.05; done; notify send "STATUS=x
READY=1
MAINPID=1"; sleep 1000'
	mkdir "$T/shared"
	config '.mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["bind"]}]' --arg s "$T/shared"
	NOTIFY_SOCKET=$HOST create c1
	(
		NOTIFY_SOCKET=$HOST k start c1
		echo "$status" >"$T/started"
	) &
	wait_state c1 running
	sleep 0.3
	[ ! -e "$T/started" ]
	heard ""
	touch "$T/shared/go"
	wait_for test -s "$T/started"
	equal "$(<"$T/started")" 0
	heard "MAINPID=$(pid_of c1)|READY=1
BARRIER=1 with a descriptor"
	equal "$(state_of c1)" running
}

@test "notify: run --detach does, too; whatever the configuration says the socket is" {
	manage
	config '.process.env += ["NOTIFY_SOCKET=/else"]'
	script 'notify send READY=1; exec sleep 1000'
	NOTIFY_SOCKET=$HOST ok run --detach --bundle "$BUNDLE" c1
	heard "MAINPID=$(pid_of c1)|READY=1
BARRIER=1 with a descriptor"
	ok exec c1 sh -c 'ls /run/notify; touch /run/notify/x 2>&1; rm /run/notify/notify.sock 2>&1; :'
	has "$output" notify.sock
	has "$output" '/run/notify/x: Read-only file system'
	has "$output" "'/run/notify/notify.sock': Read-only file system"
}

@test "notify: in the foreground kin stays the main process, and the end is the program's" {
	manage
	script 'notify send READY=1 READY=1; sleep 0.5; exit 7'
	NOTIFY_SOCKET=$HOST k run --bundle "$BUNDLE" c1
	equal "$status" 7
	heard READY=1
}

@test "notify: a program that ends before it is ready is not waited for" {
	manage
	args true
	NOTIFY_SOCKET=$HOST ok run --detach --bundle "$BUNDLE" c1
	NOTIFY_SOCKET=$HOST create c2
	NOTIFY_SOCKET=$HOST ok start c2
	heard ""
}

@test "notify: a container created without it is started without it, and one with it without" {
	manage
	script 'echo "${NOTIFY_SOCKET-none}"; exec sleep 1000'
	ok create --bundle "$BUNDLE" c1 # its output is ours
	NOTIFY_SOCKET=$HOST ok start c1
	equal "$(tr '\0' '\n' <"/proc/$(pid_of c1)/environ" | grep -c NOTIFY)" 0
	NOTIFY_SOCKET=$HOST create c2
	ok start c2
	heard ""
}

@test "notify: a container with a user namespace, and a program that is not root" {
	[ "$KIN_MODE" = root ] || skip "needs mapped ids"
	manage
	config '.linux.namespaces += [{type: "user"}] | .process.user = {uid: 1000, gid: 1000} |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	mkdir "$BUNDLE/rootfs/run/notify" # root of that namespace could not make it
	script 'notify send READY=1; exec sleep 1000'
	NOTIFY_SOCKET=$HOST ok run --detach --bundle "$BUNDLE" c1
	has "$(<"$T/heard")" "READY=1"
}

@test "notify: a manager that is not there, and addresses that are none" {
	manage
	script 'notify send READY=1; exec sleep 1000'
	NOTIFY_SOCKET=$T/none k run --detach --bundle "$BUNDLE" c1
	[ "$status" != 0 ]
	has "$error" "$T/none: tell the service manager (NOTIFY_SOCKET): no such file or directory"
	equal "$(state_of c1)" running
	for bad in relative vsock:2:1234 / @ "/$(printf '%0120d' 0)"; do
		NOTIFY_SOCKET=$bad fails create --bundle "$BUNDLE" c2
		has "$error" NOTIFY_SOCKET
	done
	NOTIFY_SOCKET='' create c2
}
