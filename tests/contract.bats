#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What conmon, Podman, Buildah, containerd's shim, Docker and BuildKit rely on: their calls, word by word.
load helpers/kin

# A caller: a subreaper that forks the runtime with pipes, and reads them to their end.
@test "contract: after create, start and exec --detach nobody holds the caller's pipes" {
	args sh -c 'exec >/dev/null 2>&1 </dev/null; sleep 1000'
	local begin=$SECONDS out
	out=$("$KIN" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" c1 </dev/null 2>"$T/err.create" >"$T/out.create"; echo rc=$?)
	equal "$out" rc=0
	out=$("$KIN" --root "$ROOT" start c1 </dev/null 2>&1; echo "rc=$?")
	equal "$out" rc=0
	out=$("$KIN" --root "$ROOT" exec --detach --pid-file "$T/pid2" c1 sh -c 'exec >/dev/null 2>&1; sleep 1000' </dev/null 2>&1; echo "rc=$?")
	equal "$out" rc=0
	out=$("$KIN" --root "$ROOT" kill c1 KILL </dev/null 2>&1; echo "rc=$?")
	equal "$out" rc=0
	[ $((SECONDS - begin)) -lt 10 ] || fail "somebody held a pipe"
}

# bats test_tags=smoke
@test "contract: conmon: create, start, exec, kill, delete with Podman's arguments" {
	args sleep 1000
	ok --log-format=json --log "$T/oci-log" create --bundle "$BUNDLE" --pid-file "$T/pidfile" --no-pivot=false c1
	local pid
	pid=$(<"$T/pidfile")
	# conmon looks at the cgroup of that pid at once.
	grep -q ^0:: "/proc/$pid/cgroup"
	ok --log-format=json --log "$T/oci-log" start c1
	jq '.process | .args = ["sleep", "500"]' "$BUNDLE/config.json" >"$T/exec.json"
	ok --log-format=json --log "$T/oci-log" exec --pid-file "$T/pidfile2" --process "$T/exec.json" --detach c1
	like "$(<"$T/pidfile2")" '^[0-9]+$'
	ok kill c1 9
	wait_state c1 stopped
	ok delete --force c1
	[ ! -s "$T/oci-log" ]
	clean
}

# bats test_tags=smoke
@test "contract: containerd's shim: its arguments, and what it reads" {
	mkdir "$T/shim"
	local g="--root $ROOT/k8s.io --log $T/shim/log.json --log-format json"
	args sleep 1000
	# shellcheck disable=SC2086
	{
		"$KIN" $g create --bundle "$BUNDLE" --pid-file "$T/shim/init.pid" c1 </dev/null >"$T/shim/out" 2>&1
		"$KIN" $g start c1 </dev/null >>"$T/shim/out" 2>&1
		equal "$("$KIN" $g ps --format json c1 2>&1 </dev/null | jq -c .)" "[$(<"$T/shim/init.pid")]"
		jq '.process | .args = ["sleep", "500"]' "$BUNDLE/config.json" >"$T/shim/process"
		"$KIN" $g exec --process "$T/shim/process" --detach --pid-file "$T/shim/e1.pid" c1 </dev/null >>"$T/shim/out" 2>&1
		equal "$("$KIN" $g ps --format json c1 2>&1 </dev/null | jq length)" 2
		"$KIN" $g kill c1 15 </dev/null
		"$KIN" $g kill --all c1 9 </dev/null
		local i
		for ((i = 0; i < 50; i++)); do
			out=$("$KIN" $g kill c1 9 2>&1 </dev/null) || break
			sleep 0.05
		done
		like "$out" 'process already finished|container not running|[Nn]o such process'
		"$KIN" $g kill --all c1 9 </dev/null
		"$KIN" $g delete c1 </dev/null
		"$KIN" $g delete --force c1 </dev/null
		out=$("$KIN" $g delete c1 2>&1 </dev/null) && fail "deleted twice"
		has "$out" "does not exist"
		out=$("$KIN" $g kill c1 9 2>&1 </dev/null) && fail "killed nothing"
		has "$out" "does not exist"
	}
	equal "$(<"$T/shim/out")" ""
	rmdir "$ROOT/k8s.io" "$ROOT"
	clean
}

@test "contract: the log has one more object for each failure, level error, with a time" {
	args /nosuch
	k --log "$T/log" --log-format json create --bundle "$BUNDLE" c1
	equal "$status" 1
	equal "$(jq -r '[.level, .msg] | join("|")' "$T/log")" "error|$error"
	has "$error" 'create failed: unable to start container process: exec: "/nosuch": stat /nosuch: no such file or directory'
	k --log "$T/log" --log-format json start c1
	equal "$(jq -s length "$T/log")" 2
}

# bats test_tags=smoke
@test "contract: texts that Docker and Podman match for 126 and 127" {
	local error_126='permission denied|operation not permitted' error_127='executable file not found in|no such file or directory|open executable'
	echo x >"$BUNDLE/rootfs/plain"
	args nosuch
	fails create --bundle "$BUNDLE" c1
	like "$error" "$error_127"
	hasnt "${error,,}" "permission denied"
	has "$error" 'executable file not found in $PATH'
	args /no/such
	fails create --bundle "$BUNDLE" c1
	like "$error" "$error_127"
	has "$error" "no such file or directory"
	args /plain
	fails create --bundle "$BUNDLE" c1
	like "$error" "$error_126"
	args /etc
	fails create --bundle "$BUNDLE" c1
	has "$error" "is a directory"
	hasnt "$error" "Is a directory"
	config '.process.cwd = "/plain"'
	args true
	fails create --bundle "$BUNDLE" c1
	has "$error" "not a directory"
	hasnt "$error" "Not a directory"
}

@test "contract: the prefixes of runc's messages" {
	args /nosuch
	fails create --bundle "$BUNDLE" c1
	like "$error" '(kin|runc) create failed: unable to start container process: '
	fails run --bundle "$BUNDLE" c1
	like "$error" '(kin|runc) run failed: unable to start container process: '
	running_again() { args sleep 1000; create c2; ok start c2; }
	running_again
	k exec c2 /nosuch
	like "$error" 'exec failed: unable to start container process: '
	[ "$status" = 255 ] || fail "a failing exec of runc ends with 255, this one with $status"
}

@test "contract: parentage: what the pid file names becomes the child of the nearest subreaper" {
	args sleep 1000
	ok create --bundle "$BUNDLE" --pid-file "$T/pid" c1
	ok start c1
	ok exec --detach --pid-file "$T/pid2" c1 sleep 500
	local p
	for p in "$T/pid" "$T/pid2"; do
		[ -z "$KIN_VIEW" ] || equal "$(awk '/^PPid/ { print $2 }' "/proc/$(<"$p")/status")" 1 "$p"
	done
}

@test "contract: conmon's descriptors and variables do not reach the container" {
	script 'ls /proc/self/fd; env'
	( exec 10<"$OUT/file" 251<"$OUT/file"
	export _OCI_SYNCPIPE=10 _OCI_STARTPIPE=251 _OCI_ATTACHPIPE=9
	timeout 20 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >"$T/out" )
	hasnt "$(<"$T/out")" _OCI_
	hasnt "$(<"$T/out")" 251
	hasnt "$(<"$T/out")" SECRET
}

@test "contract: LISTEN_FDS: passed on to create and run, with LISTEN_PID=1" {
	args sh -c 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; cat <&3'
	( exec 3<"$OUT/file"; exec sh -c 'LISTEN_FDS=1 LISTEN_FDNAMES=one LISTEN_PID=$$ exec "$@"' sh "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >"$T/out" )
	equal "$(<"$T/out")" $'1 1 one\nmarker'
	# Somebody else's.
	args sh -c 'echo "<$LISTEN_FDS>"; ls /proc/self/fd; :'
	( exec 3<"$OUT/file"; LISTEN_FDS=1 LISTEN_PID=1 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >"$T/out" )
	equal "$(sed -n 1p "$T/out")" "<>"
}

# The program is no pid 1 here, so that LISTEN_PID would have to be a number that nobody knows before it is there.
@test "contract: LISTEN_FDS: not passed on to exec, which has --preserve-fds" {
	running c1
	( exec 3<"$OUT/file"; exec sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' sh "$KIN" --root "$ROOT" exec c1 \
		sh -c 'echo "<${LISTEN_FDS-}${LISTEN_PID-}>"; cat <&3 || echo closed' </dev/null >"$T/out" 2>&1 )
	equal "$(sed -n 1p "$T/out")" "<>"
	equal "$(tail -n 1 "$T/out")" closed
}

@test "contract: Buildah: cwd is the bundle, state until it has stopped, then delete" {
	script 'sleep 0.3; exit 4'
	cd "$BUNDLE"
	ok create --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" c1
	ok start c1
	local i s
	for ((i = 0; i < 100; i++)); do
		s=$(state_of c1)
		like "$s" '^(creating|created|running|stopped)$'
		[ "$s" != stopped ] || break
		sleep 0.05
	done
	equal "$s" stopped
	ok delete c1
	rm "$BUNDLE/pid"
	clean
}

@test "contract: BuildKit: run in the foreground with --keep, in a process group, then delete" {
	script 'echo built; exit 6'
	local rc=0
	setsid -w "$KIN" --log "$T/runc-log.json" --log-format json --root "$ROOT" run --bundle "$BUNDLE" --keep c1 </dev/null >"$T/out" 2>&1 || rc=$?
	equal $rc 6
	equal "$(<"$T/out")" built
	equal "$(state_of c1)" stopped
	ok delete c1
	clean
}

@test "contract: runtime-tools: what must be an error" {
	fails state none
	args sleep 100
	create c1
	fails create --bundle "$BUNDLE" c1
	ok start c1
	fails start c1
	fails delete c1
	ok kill c1 KILL
	wait_state c1 stopped
	fails kill c1 KILL
}

# bats test_tags=smoke
@test "contract: Docker's configuration: empty limits, the prestart hook, rlimits, masks" {
	config '.linux.resources = {devices: [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 1, minor: 5, access: "rwm"}],
			memory: {disableOOMKiller: false}, cpu: {shares: 0}, pids: {limit: 0}, blockIO: {}} |
		.hooks.prestart = [{path: "/bin/sh", args: ["libnetwork-setkey", "-c", "cat >\($t)/hook.json"], env: ["PATH=/bin:/usr/bin"]}] |
		.process.oomScoreAdj = 0 | .linux.cgroupsPath = "/docker/c1" | .linux.sysctl = {"net.ipv4.ip_unprivileged_port_start": "0"}' --arg t "$T"
	[ "$KIN_MODE" = root ] || config 'del(.linux.cgroupsPath)'
	runs 'echo fine; cat /proc/sys/net/ipv4/ip_unprivileged_port_start'
	equal "$output" $'fine\n0'
	equal "$(jq '.pid > 1' "$T/hook.json")" true
}

# bats test_tags=smoke
@test "contract: Podman's configuration: umask, binds with propagation, keep-id style user" {
	mkdir "$T/run"
	touch "$T/run/.containerenv" "$T/hosts" "$T/hostname" "$T/resolv.conf"
	echo nameserver >"$T/resolv.conf"
	config '.ociVersion = "1.1.0" | .process.user.umask = 18 | .process.env += ["container=podman"] |
		.annotations = {"org.opencontainers.image.stopSignal": "15", "io.podman.annotations.autoremove": "FALSE", "io.container.manager": "libpod"} |
		.mounts += [
			{destination: "/run/.containerenv", type: "bind", source: "\($t)/run/.containerenv", options: ["bind","rprivate"]},
			{destination: "/etc/hosts", type: "bind", source: "\($t)/hosts", options: ["bind","rprivate"]},
			{destination: "/etc/hostname", type: "bind", source: "\($t)/hostname", options: ["bind","rprivate","nosuid","nodev"]},
			{destination: "/etc/resolv.conf", type: "bind", source: "\($t)/resolv.conf", options: ["bind","rprivate"]}] |
		.process.rlimits = [{type: "RLIMIT_NOFILE", hard: 1024, soft: 1024}, {type: "RLIMIT_NPROC", hard: 4096, soft: 4096}] |
		.linux.maskedPaths += ["/sys/dev/block", "/sys/devices/virtual/powercap"]' --arg t "$T"
	runs 'cat /etc/resolv.conf; umask; ls -a /run'
	has "$output" nameserver
	has "$output" 0022
	has "$output" .containerenv
}
