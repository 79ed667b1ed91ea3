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

@test "containerd: the CPU share that ctr asks for by itself needs no controller" {
	RUNTIME=kin
	equal "$(cq run --rm --snapshotter native --runc-binary "$KIN" "$IMAGE" a echo ran)" ran
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

# row WANTED COMMAND...: what is to be seen of it, and its status; a container that it made is removed.  ctr ends with 1 for
# whatever fails, so the words are what it can say more.
row() {
	local wanted=$1
	shift
	echo "${*:2}"
	"$@" >"$T/row"
	cat "$T/row"
	[ "$RUNTIME" != kin ] || like "$(<"$T/row")" "$wanted" "$*"
	ctr task rm -f row >/dev/null 2>&1 || :
	ctr container rm row >/dev/null 2>&1 || :
}
refused() {
	echo text >"$T/text"
	row 'executable file not found.*= 1$' r "$IMAGE" row nosuchprogram
	row 'no such file or directory.*= 1$' r "$IMAGE" row /no/such/program
	row 'permission denied.*= 1$' r "$IMAGE" row /etc
	row 'permission denied.*= 1$' r "$IMAGE" row /etc/passwd
	row 'not a directory.*= 1$' r "$IMAGE" row /etc/passwd/below
	row '/etc/passwd.*not a directory.*= 1$' r --cwd /etc/passwd "$IMAGE" row pwd
	row '^= 0$' r --cwd /no/such/directory "$IMAGE" row true # is made
	row '/no/such/source.*no such file or directory.*= 1$' r --mount type=bind,src=/no/such/source,dst=/x,options=rbind "$IMAGE" row true
	row 'not a directory.*= 1$' r --mount "type=bind,src=$T/text,dst=/etc,options=rbind" "$IMAGE" row true
	row 'nosuchtype.*no such device.*= 1$' r --mount type=nosuchtype,src=x,dst=/x "$IMAGE" row true
	row '= 1$' r --with-ns network:/no/such/namespace "$IMAGE" row true
	row '= 1$' r --rootfs /no/such/root row true
}
@test "containerd: what cannot be run is an error with the runtime's words, and nothing stays" {
	both refused
}

refused_exec() {
	rq -d --mount "type=bind,src=$T/shared,dst=/s,options=rbind:ro" "$IMAGE" a sleep 1000
	row 'executable file not found.*= 1$' c task exec --exec-id e a nosuchprogram
	row 'no such file or directory.*= 1$' c task exec --exec-id e a /no/such/program
	row 'permission denied.*= 1$' c task exec --exec-id e a /etc
	row 'permission denied.*= 1$' c task exec --exec-id e a /etc/passwd
	row '^= 0$' c task exec --exec-id e --user 5 a /s/closed/true # the rights of the configuration are the new user's, too
	row 'Permission denied.*= 1$' c task exec --exec-id e --user 5 a sh -c 'ls /s/closed'
	row 'no such file or directory.*= 1$' c task exec --exec-id e --cwd /no/such/directory a pwd
	row 'not a directory.*= 1$' c task exec --exec-id e --cwd /etc/passwd a pwd
	row '^= 137$' c task exec --exec-id e a sh -c 'kill -9 $$'
	row '^= 143$' c task exec --exec-id e a sh -c 'kill $$'
	row 'not found.*= 1$' c task exec --exec-id e b true
	cq task kill -s KILL a
	wait_for task_is a STOPPED
	row '= 1$' c task exec --exec-id e a true
}
@test "containerd: exec of what cannot be run" {
	mkdir -p "$T/shared/closed"
	cp "$BATS_FILE_TMPDIR/rootfs/bin/busybox" "$T/shared/closed/true"
	chmod 0700 "$T/shared/closed"
	both refused_exec
}

attended() { # by a ctr that waits for it, while another one does things to it
	local attendant rc=0
	ctr run --snapshotter native --cpu-shares 0 --runc-binary "$(binary)" --pid-file "$T/pid" "$IMAGE" a sh -c 'trap "echo ended; exit 7" TERM
		echo begun; while :; do sleep 0.1; done' </dev/null >"$T/said" 2>&1 3>&- &
	attendant=$!
	wait_for grep -q begun "$T/said"
	wait_for task_is a RUNNING
	equal "$(ctr task ls | awk '$1 == "a" { print $2 }')" "$(<"$T/pid")"
	r "$IMAGE" a true | tail -n 1 # the name is taken
	c task start a | tail -n 1
	cq task exec -d --exec-id e a sleep 1000
	cq task ps a | grep -o 'ExecID:e' # who is who
	cq task kill -s KILL --exec-id e a
	wait_for eval '! ctr task ps a | grep -q ExecID:e'
	cq task kill a
	wait $attendant || rc=$?
	echo $rc
	cat "$T/said"
	rm -rf /run/containerd/fifo/* # ctr's own, of what is detached
	c container rm a
	rq -d --null-io "$IMAGE" b sleep 1000
	wait_for task_is b RUNNING
	cq task kill --all -s INT b # which sleep, as process 1, does not have
	wait_for task_is b RUNNING
	echo running
	c task rm -f b
	c container rm b
}
@test "containerd: an attended task: its pid, a taken name, a detached exec and its end, its status; signals to all" {
	both attended
	has "$output" ExecID:e
	has "$output" $'begun\nended'
	has "$output" $'\n7\n'
	has "$output" running
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
	r --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 "$IMAGE" a sh -c 'id -u; cat /proc/self/uid_map; stat -c %u /bin/busybox /dev/null'
	r --rm --device /dev/fuse --env X=1 --label a=b "$IMAGE" a sh -c 'ls -l /dev | grep -vc kcore; echo $X' # runc links to it where the host has it
	r --rm --rootfs "$BATS_FILE_TMPDIR/rootfs" a /bin/cat /etc/passwd
	r --rm --cgroup /caller/x "$IMAGE" a cat /proc/self/cgroup
	rmdir /sys/fs/cgroup/caller 2>/dev/null || : # who made it removes it, or not
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
	typing "ctr run --rm -t --snapshotter native --cpu-shares 0 --runc-binary $(binary) $IMAGE a sh -c 'tty; until stty size 2>/dev/null | grep 77; do sleep 0.1; done; exit 4'" # ctr says it some time later
	rq -d "$IMAGE" b sleep 1000
	typing "ctr task exec --exec-id x -t b sh -c 'tty; until stty size 2>/dev/null | grep 77; do sleep 0.1; done; exit 6'"
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

# Whether criu works is the machine's business (tests/vm/checkpoint.bats); the task goes on, or could not be touched.
checkpoints() {
	rq -d "$IMAGE" a sleep 1000
	c task checkpoint --image-path "$T/image.$RUNTIME" a >"$T/checkpoint.$RUNTIME"
	wait_for task_is a RUNNING
	echo running
	c task exec --exec-id e a echo lives
	grep -qxE '= [01]' "$T/checkpoint.$RUNTIME" # no crash, no hang
}
@test "containerd: a checkpoint, possible or not, leaves the task running" {
	both checkpoints
	equal "$output" $'running\nlives\n= 0'
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
