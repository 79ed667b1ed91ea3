#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers that go on: logs, exec, stop, kill, pause, restart, rm, and what Podman tells of them.
load podman

begun() { # NAME [SCRIPT]: a container that runs
	pq run -d --name "$1" "$IMAGE" sh -c "${2-trap 'exit 0' TERM; echo begun; while :; do sleep 0.1; done}" >/dev/null
}

logs() {
	begun c 'echo out; echo err >&2'
	p wait c
	p logs c
	p start -a c
	p rm c
}
@test "podman: run -d, wait, logs, start -a, rm" {
	both logs
	has "$output" $'out\nerr'
}

stops() {
	begun c
	p stop -t 20 c
	inspected c '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}'
	p start c
	inspected c '{{.State.Status}} {{gt .State.Pid 0}}'
	p restart -t 20 c
	inspected c '{{.State.Status}}'
	p rm c
	p rm -f -t 0 c
	p inspect c
}
@test "podman: stop, start, restart, rm of one that runs, rm -f" {
	both stops
	has "$output" $'exited 0 0'
	has "$output" $'running true'
}

ignores() {
	begun c 'trap "" TERM; while :; do sleep 0.1; done'
	wait_for sees c sh
	p stop -t 0 c
	inspected c '{{.State.ExitCode}}'
}
sees() {
	pq top "$1" comm | grep -q "$2"
}
@test "podman: stop of one that does not listen ends with 137" {
	both ignores
	has "$output" 137
}

signals() {
	begun c 'trap "echo one; exit 5" USR1; trap "echo two" HUP; echo ready; while :; do sleep 0.1; done'
	wait_for logged c ready
	p kill -s HUP c
	wait_for logged c two
	p kill -s USR1 c
	p wait c
	p kill c
	p kill nosuchcontainer
	p logs c
}
logged() {
	pq logs "$1" | grep -q "$2"
}
@test "podman: kill with signals that are caught; of what has ended" {
	both signals
	has "$output" $'5\n= 0'
	has "$output" $'ready\ntwo\none'
}

execs() {
	begun c
	p exec c echo hello
	p exec c sh -c 'exit 3'
	p exec c sh -c 'kill -KILL $$'
	p exec c nosuchprogram
	p exec c /etc/passwd
	p exec c /etc
	p exec --workdir /no/such c true
	p exec --workdir /tmp --env A=b c sh -c 'pwd; echo $A'
	p exec -d c sh -c 'echo done >/tmp/detached'
	wait_for pq exec c test -s /tmp/detached
	pt "exec -t c sh -c 'test -t 0 && echo tty; $sized; stty size'"
	visible bash -c 'echo piped | podman --log-level=error --runtime "$1" exec -i c cat' sh "$RUNTIME"
	p exec nosuchcontainer true
	p stop -t 20 c
	p exec c true
}
@test "podman: exec: output, codes, -d, -t, -i, --workdir" {
	both execs
	has "$output" $'hello\n= 0\n= 3\n= 137'
	has "$output" $'tty\n33 77'
	has "$output" $'piped\n= 0'
	like "$(tr -d '\n' <<<"$(grep ^= <<<"$output")")" '^= 0= 3= 137= 127= 126= 126= 127= 0'
}

as_others() {
	begun c
	p exec --user 5:6 c id
	p exec --privileged c sh -c 'grep CapEff /proc/self/status'
	p exec c sh -c 'grep -E "Cap|NoNewPrivs|Seccomp:" /proc/self/status'
}
# bats test_tags=ids
@test "podman: exec as another user, and privileged" {
	both as_others
	has "$output" "uid=5 gid=6"
}

freezes() {
	begun c
	p pause c
	inspected c '{{.State.Status}}'
	p exec c true
	p unpause c
	inspected c '{{.State.Status}}'
	p exec c echo awake
	p unpause c
	p pause c
	p rm -f -t 0 c
}
# bats test_tags=root
@test "podman: pause, unpause, rm -f of a paused one" {
	both freezes
	has "$output" $'paused\n'
	has "$output" awake
}
cannot_freeze() {
	begun c
	visible podman --log-level=error --runtime "$RUNTIME" pause c | tail -n 1
	inspected c '{{.State.Status}}'
	p exec c echo awake
}
# bats test_tags=rootless
@test "podman: pause of a user's container that has no cgroup fails, and it goes on" {
	both cannot_freeze
	equal "$output" $'= 125\nrunning\nawake\n= 0'
}

tells() { # of a program that starts no other, whose name might be seen half-way
	begun c 'exec sleep 1000'
	wait_for sees c sleep
	p top c user ppid comm
	p ps --format '{{.Names}}'
	tr '\0' ' ' <"/proc/$(inspected c '{{.State.Pid}}')/cmdline" | cut -c 1-10
	inspected c '{{.State.Status}} {{.Path}} {{.HostConfig.Init}} {{.State.OOMKilled}} {{.HostConfig.CgroupManager}}'
	p port c
	p diff c | sort # podman lists them in no order
	echo content >"$T/file"
	p cp "$T/file" c:/tmp/copied
	p exec c cat /tmp/copied
}
@test "podman: top, ps, inspect, cp" {
	both tells
	like "$output" $'root +0 +sleep\n= 0'
	has "$output" $'sleep 1000\nrunning sh false false'
	has "$output" content
}

measures() {
	begun c
	p stats --no-stream --format '{{.Name}} {{.ID}}' c
}
@test "podman: stats" {
	both measures
	like "$output" '^c [0-9a-f]+'
}

attaches() {
	begun c 'read -r x; echo "got $x"; exit 4'
	p create --name d -i "$IMAGE" sh -c 'read -r x; echo "got $x"; exit 4'
	visible bash -c 'echo word | podman --log-level=error --runtime "$1" start -ai d' sh "$RUNTIME"
}
@test "podman: create, start -ai" {
	both attaches
	has "$output" $'got word\n= 4'
}

again() {
	pq run -d --name c --restart on-failure:2 "$IMAGE" sh -c 'echo once; exit 1' >/dev/null
	wait_for restarted c 2
	wait_for is_status c exited
	p logs c
	inspected c '{{.RestartCount}} {{.State.ExitCode}}'
}
restarted() {
	[ "$(inspected "$1" '{{.RestartCount}}')" = "$2" ]
}
@test "podman: a restart policy" {
	both again
	has "$output" $'once\nonce\nonce'
}

healthy() {
	pq run -d --name c --health-cmd 'test -e /tmp/well' --health-interval disable "$IMAGE" sleep 1000 >/dev/null
	p healthcheck run c
	p exec c touch /tmp/well
	p healthcheck run c
}
@test "podman: healthcheck run" {
	both healthy
	equal "$(grep -c '= 1' <<<"$output")" 1
}

hooks() {
	mkdir -p "$T/hooks.d"
	rm -f "$T/ran"
	local stage
	for stage in prestart createRuntime createContainer poststart poststop; do
		jq -n --arg f "$T/ran" --arg s $stage '{version: "1.0.0", when: {always: true}, stages: [$s],
			hook: {path: "/bin/sh", args: ["sh", "-c", "cat >/dev/null; echo " + $s + " >>" + $f]}}' >"$T/hooks.d/$stage.json"
	done
	p --hooks-dir "$T/hooks.d" run --rm "$IMAGE" true
	cat "$T/ran"
}
@test "podman: hooks of a directory" {
	both hooks
	has "$output" createRuntime
	has "$output" poststop
}

