#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# scheduler, ioPriority, execCPUAffinity, personality, memoryPolicy: what the kernel says of the program.
load helpers/kin

# chrt(1) and others of the host see the container's first process: what counts is the kernel's word.
chrt_of() { # PID
	chrt --pid "$1" | sed -E "s/^pid [0-9]+'s //" | tr '\n' ';'
}
# running_with FILTER: c1 runs with that configuration; $pid is its init.
running_with() {
	config "$1"
	running c1
	pid=$(pid_of c1)
}
cpus_of() { # STATUS FILE
	sed -n 's/^Cpus_allowed_list:\t//p' "$1"
}
need_two_cpus() {
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
}

@test "scheduler: SCHED_BATCH and SCHED_IDLE, with a nice value" {
	running_with '.process.scheduler = {policy: "SCHED_BATCH", nice: 7}'
	has "$(chrt_of "$pid")" SCHED_BATCH
	equal "$(awk '{ print $19 }' "/proc/$pid/stat")" 7
	ok delete --force c1
	running_with '.process.scheduler = {policy: "SCHED_IDLE"}'
	has "$(chrt_of "$pid")" SCHED_IDLE
	ok delete --force c1
	running_with '.process.scheduler = {policy: "SCHED_OTHER", nice: 19, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	has "$(chrt_of "$pid")" "SCHED_OTHER|SCHED_RESET_ON_FORK"
	equal "$(awk '{ print $19 }' "/proc/$pid/stat")" 19
}

# bats test_tags=root
@test "scheduler: SCHED_FIFO, SCHED_RR and SCHED_DEADLINE" {
	running_with '.process.scheduler = {policy: "SCHED_FIFO", priority: 11}'
	has "$(chrt_of "$pid")" "SCHED_FIFO;current scheduling priority: 11"
	ok delete --force c1
	running_with '.process.scheduler = {policy: "SCHED_RR", priority: 12, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	has "$(chrt_of "$pid")" "SCHED_RR|SCHED_RESET_ON_FORK;current scheduling priority: 12"
	ok delete --force c1
	running_with '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 1000000, deadline: 20000000, period: 30000000}'
	has "$(chrt_of "$pid")" "SCHED_DEADLINE"
	has "$(chrt_of "$pid")" "1000000/20000000/30000000"
}

# bats test_tags=root
@test "scheduler: of real time, in a user namespace of root's: by the caller's capabilities" {
	config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	running_with '.process.scheduler = {policy: "SCHED_FIFO", priority: 11} |
		.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 2}'
	has "$(chrt_of "$pid")" "SCHED_FIFO;current scheduling priority: 11"
	equal "$(ionice -p "$pid")" "realtime: prio 2"
}

# bats test_tags=rootless
@test "scheduler: of real time, for an ordinary user: an error that says where" {
	config '.process.scheduler = {policy: "SCHED_FIFO", priority: 11}'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/process/scheduler: set scheduling policy: operation not permitted"
	clean
}

@test "scheduler: what the kernel does not know is its error; what is wrong is found before anything is made" {
	args true
	config '.process.scheduler = {policy: "SCHED_ISO"}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/process/scheduler: set scheduling policy: invalid argument"
	clean
	config '.process.scheduler = {policy: "SCHED_FIFO", priority: 100}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/process/scheduler/priority"
	clean
}

@test "ioPriority: best effort and idle" {
	running_with '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
	equal "$(ionice -p "$pid")" "best-effort: prio 6"
	ok delete --force c1
	running_with '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE"}'
	equal "$(ionice -p "$pid")" idle
}

# bats test_tags=rootless
@test "ioPriority: real time, for an ordinary user: an error that says where" {
	config '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 1}'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/process/ioPriority: set io priority: operation not permitted"
	clean
}

@test "exec: scheduler and ioPriority as in the configuration, or as the process object says" {
	running_with '.process.scheduler = {policy: "SCHED_BATCH", nice: 3} | .process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 5}'
	ok exec c1 sh -c 'ionice -p $$; cut -d" " -f 19,41 /proc/self/stat'
	equal "$output" "best-effort: prio 5"$'\n'"3 3"
	echo '{"cwd": "/", "args": ["sh", "-c", "ionice -p $$; cut -d\" \" -f 19,41 /proc/self/stat"], "env": ["PATH=/bin"]}' >"$T/p.json"
	ok exec --process "$T/p.json" c1
	equal "$output" "best-effort: prio 5"$'\n'"3 3"
	jq '.scheduler = {policy: "SCHED_IDLE"} | .ioPriority = {class: "IOPRIO_CLASS_IDLE"}' "$T/p.json" >"$T/q.json"
	ok exec --process "$T/q.json" c1
	has "$output" idle
	like "$output" ' 5$'
}

@test "exec: rlimits of the configuration, unless the process object has its own" {
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]'
	running c1
	echo '{"cwd": "/", "args": ["sh", "-c", "ulimit -n; ulimit -Hn"], "env": ["PATH=/bin"]}' >"$T/p.json"
	ok exec --process "$T/p.json" c1
	equal "$output" $'100\n200'
	jq '.rlimits = [{type: "RLIMIT_NOFILE", soft: 50, hard: 60}]' "$T/p.json" >"$T/q.json"
	ok exec --process "$T/q.json" c1
	equal "$output" $'50\n60'
}

@test "execCPUAffinity: initial and final, for exec only" {
	need_two_cpus
	config '.process.execCPUAffinity = {initial: "0", final: "1"}'
	running c1
	pid=$(pid_of c1)
	equal "$(cpus_of "/proc/$pid/status")" "$(cpus_of /proc/self/status)"
	ok exec c1 cat /proc/self/status
	equal "$(cpus_of "$io.out")" 1
	echo '{"cwd": "/", "args": ["cat", "/proc/self/status"], "env": ["PATH=/bin"]}' >"$T/p.json"
	ok exec --process "$T/p.json" c1
	equal "$(cpus_of "$io.out")" 1
	jq '.execCPUAffinity = {initial: "0"}' "$T/p.json" >"$T/q.json"
	ok exec --process "$T/q.json" c1
	equal "$(cpus_of "$io.out")" 0
	jq '.execCPUAffinity = {final: "0"}' "$T/p.json" >"$T/q.json"
	ok exec --process "$T/q.json" c1
	equal "$(cpus_of "$io.out")" 0
}

@test "execCPUAffinity: a CPU that is not there is the kernel's error" {
	running c1
	echo '{"cwd": "/", "args": ["true"], "env": ["PATH=/bin"], "execCPUAffinity": {"initial": "8191"}}' >"$T/p.json"
	k exec --process "$T/p.json" c1
	equal "$status" 255
	has "$error" "/execCPUAffinity/initial: set CPU affinity: invalid argument"
	jq '.execCPUAffinity = {final: "8191"}' "$T/p.json" >"$T/q.json"
	k exec --process "$T/q.json" c1
	equal "$status" 255
	has "$error" "/execCPUAffinity/final: set CPU affinity: invalid argument"
}

@test "CPU affinity of the caller is not the container's, nor exec's" {
	need_two_cpus
	local all
	all=$(cpus_of /proc/self/status)
	args cat /proc/self/status
	(
		taskset -p 1 "$BASHPID" >/dev/null
		run_c
		equal "$(cpus_of "$io.out")" "$all"
	)
	running c1
	(
		taskset -p 1 "$BASHPID" >/dev/null
		ok exec c1 cat /proc/self/status
		equal "$(cpus_of "$io.out")" "$all"
	)
}

@test "personality: LINUX32, in the container and in exec; LINUX is as without" {
	[ "$(uname -m)" = x86_64 ] || skip "what uname says with it is known for x86_64"
	config '.linux.personality = {domain: "LINUX32"}'
	runs 'uname -m'
	equal "$output" i686
	running c1
	ok exec c1 uname -m
	equal "$output" i686
	config '.linux.personality = {domain: "LINUX"}'
	runs 'uname -m'
	equal "$output" x86_64
	args true
	config '.linux.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}'
	fails run --bundle "$BUNDLE" c2
	has "$error" /linux/personality/flags/0
}

@test "memoryPolicy: bind, in the container and in exec" {
	[ -e /proc/self/numa_maps ] || skip "a kernel without NUMA"
	config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
	runs 'head -n 1 /proc/self/numa_maps'
	has "$output" " bind:0 "
	running c1
	ok exec c1 head -n 1 /proc/self/numa_maps
	has "$output" " bind:0 "
	ok delete --force c1
	config '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}'
	runs 'head -n 1 /proc/self/numa_maps'
	has "$output" " interleave=static:0 "
	config '.linux.memoryPolicy = {mode: "MPOL_LOCAL"}'
	runs 'head -n 1 /proc/self/numa_maps'
	has "$output" " local "
	config '.linux.memoryPolicy = {mode: "MPOL_DEFAULT"}'
	runs 'head -n 1 /proc/self/numa_maps'
	has "$output" " default "
}

@test "memoryPolicy: a node that is not there is the kernel's error" {
	[ -e /proc/self/numa_maps ] || skip "a kernel without NUMA"
	args true
	config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "1023"}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/memoryPolicy: set memory policy: invalid argument"
	clean
}
