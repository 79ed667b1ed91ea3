#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# containerd's runc shim with kin as its BinaryName.
load containerd

prints() {
	r --rm "$IMAGE" a echo hello
	r --rm "$IMAGE" b sh -c 'echo out; echo err >&2'
	r --rm --env A=b --cwd /tmp "$IMAGE" d sh -c 'echo $A; pwd'
}
@test "containerd: run prints what the container prints" {
	both prints
	equal "$(<"$T/kin.seen")" $'hello\n= 0\nout\nerr\n= 0\nb\n/tmp\n= 0'
}

ends() {
	r --rm "$IMAGE" a sh -c "$1"
}
@test "containerd: run ends with the container's status" {
	local n
	for n in 0 3 126 127 137 255; do
		both ends "exit $n"
		equal "$output" "= $n"
	done
}

refused() {
	r --rm "$IMAGE" a nosuchprogram
	r --rm "$IMAGE" b /etc
	r --rm --cwd /no/such/directory "$IMAGE" d pwd
	r --rm --mount type=bind,src=/no/such/source,dst=/x,options=rbind "$IMAGE" e true
}
@test "containerd: what cannot be run is an error with the runtime's words, and nothing stays" {
	both refused
	equal "$(grep -c '^= 1$' <<<"$output")" 3
	has "$output" nosuchprogram
	has "$output" /no/such/source
}

lives() {
	rq -d "$IMAGE" a sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done'
	wait_for task_is a RUNNING
	cq task ps a | wc -l
	cq task exec --exec-id e1 a echo within
	c task exec --exec-id e2 a sh -c 'exit 5'
	c task exec --exec-id e3 a nosuchprogram
	c task exec --exec-id e4 --user 1000 --cwd /tmp a sh -c 'id -u; pwd'
	cq task pause a
	task_is a PAUSED && echo paused
	c task exec --exec-id e5 a true | tail -n 1
	cq task resume a
	task_is a RUNNING && echo running
	c container rm a | tail -n 1
	c task rm a | tail -n 1
	cq task kill -s TERM a
	wait_for task_is a STOPPED
	c task rm a | tail -n 1
	cq container rm a
}
@test "containerd: a task's life: exec, ps, pause, resume, kill, delete" {
	both lives
	has "$output" within
	has "$output" $'paused\n'
	like "$output" 'nosuchprogram.*not found'
}

metrics() {
	rq -d "$IMAGE" a sleep 1000
	cq task metrics --format json a | jq -r 'keys[]'
}
@test "containerd: metrics of a task" {
	both metrics
}

many_ways() { # what ctr can say in a configuration
	r --rm --read-only "$IMAGE" a sh -c 'touch /x 2>&1; echo $?'
	r --rm --mount "type=bind,src=$T/shared,dst=/s,options=rbind:ro" "$IMAGE" a sh -c 'cat /s/file; touch /s/x 2>&1; echo $?'
	r --rm --mount "type=bind,src=$T/shared,dst=/s,options=rbind:rw" "$IMAGE" a sh -c 'echo more >>/s/file; cat /s/file'
	r --rm --net-host --with-ns "pid:/proc/self/ns/pid" "$IMAGE" a echo host
	r --rm --privileged "$IMAGE" a sh -c 'grep CapEff /proc/self/status'
	r --rm --cap-drop CAP_CHOWN "$IMAGE" a sh -c 'grep Cap /proc/self/status; chown 1 /tmp 2>&1; echo $?'
	r --rm --seccomp "$IMAGE" a sh -c 'grep Seccomp: /proc/self/status; unshare -U true 2>&1; echo $?'
	r --rm --device /dev/fuse --env X=1 --label a=b "$IMAGE" a sh -c 'ls -l /dev | wc -l; echo $X'
	r --rm --rootfs "$BATS_FILE_TMPDIR/rootfs" a cat /etc/passwd
	r --rm --cgroup /kin-caller/x "$IMAGE" a cat /proc/self/cgroup
	rmdir /sys/fs/cgroup/kin-caller 2>/dev/null || : # who made it removes it, or not
}
@test "containerd: mounts, capabilities, seccomp, devices, namespaces, a cgroup by path" {
	mkdir "$T/shared"
	echo text >"$T/shared/file"
	sh -c 'echo text >"$1"' sh "$T/shared/file"
	flow() {
		echo text >"$T/shared/file"
		many_ways
	}
	both flow
	has "$output" "Read-only file system"
}

terminal() {
	typing "ctr run --rm -t --snapshotter native --runc-binary $(binary) $IMAGE a sh -c 'tty; stty size; exit 4'"
	rq -d "$IMAGE" b sleep 1000
	typing "ctr task exec --exec-id x -t b sh -c 'tty; exit 6'"
}
@test "containerd: terminals, of run and of exec" {
	both terminal
	has "$output" "= 4"
	has "$output" "= 6"
}

shim_killed() {
	rq -d "$IMAGE" a sleep 1000
	local shim pid
	pid=$(ctr task ls | awk '$1 == "a" { print $2 }')
	shim=$(awk '{ print $4 }' "/proc/$pid/stat")
	kill -9 "$shim"
	wait_for eval "! kill -0 $pid 2>/dev/null"
	wait_for eval "ctr task ls | grep -q 'a .*STOPPED' || ! ctr task ls | grep -q '^a '"
	ctr task rm -f a >/dev/null 2>&1 || :
	cq container rm a
	rm -rf /run/containerd/fifo/* # ctr's own
	# The record is gone, too: the id is free.
	r --rm "$IMAGE" a echo again
}
@test "containerd: a shim that is killed leaves nothing" {
	both shim_killed
	has "$output" again
}

# 200 containers, 20 at a time.
crowd() {
	local i
	one() {
		local rc=0
		ctr run --rm --snapshotter native --runc-binary "$(binary)" "$IMAGE" "n$1" sh -c "exit $(($1 % 100))" \
			</dev/null >"$T/n$1" 2>&1 3>&- || rc=$?
		echo "$1 $rc"
	}
	for ((i = 0; i < 200; i++)); do
		((i < 20)) || wait -n || :
		one $i &
	done
	wait
}
@test "containerd: 200 containers, 20 at a time: each with its status" {
	OTHER='' # once is enough
	both crowd
	equal "$(wc -l <<<"$output")" 200
	equal "$(awk '$2 != $1 % 100' <<<"$output")" ""
}
