#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.seccomp with SCMP_ACT_NOTIFY: an agent outside of the container is asked; crun's annotations about seccomp.
load helpers/kin

MKDIR='{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"}'

prepare() {
	AGENT=$T/agent.sock A=$T/agent
	mkdir "$A"
}
agent() { # [DENIED...]: mkdir and mkdirat, and what else is said
	"$HELPERS/agent" "$AGENT" "$A" 83 258 "$@" 3>&- &
	AGENT_PID=$!
	wait_for test -e "$A/ready"
}
agent_ends() { # PID
	kill "$1"
	wait "$1" || true
}
notify() { # RULES [DEFAULT]
	config '.root.readonly = false | .linux.seccomp = {defaultAction: $d, listenerPath: $p, listenerMetadata: "meta \"data\"", syscalls: $r}' \
		--argjson r "$1" --arg d "${2-SCMP_ACT_ALLOW}" --arg p "$AGENT"
}
doc() { # N FILTER
	jq -r "$2" "$A/doc.$1"
}

# bats test_tags=smoke
@test "notify: the agent gets the message of the spec with the listener, and decides" {
	local nnp
	agent
	for nnp in true false; do
		rm -f "$A"/doc.* "$A/calls"
		notify "[$MKDIR]"
		config '.process.noNewPrivileges = $n | .annotations = {a: "b"}' --argjson n $nnp
		runs 'mkdir /tmp/x 2>&1; grep Seccomp: /proc/self/status; ls /proc/self/fd | wc -l'
		has "$output" "No medium found"
		like "$output" 'Seccomp:[[:space:]]+2'
		like "$output" $'\n4$' "no descriptor of ours is left" # 0, 1, 2 and the directory itself
		has "$(sort -u "$A/calls" | tr '\n' ' ')" 83
		[ $nnp = true ] && n=1 || n=2
		wait_for test -e "$A/doc.$n"
		equal "$(doc $n '.fds | join(" ")')" seccompFd
		equal "$(doc $n .metadata)" 'meta "data"'
		equal "$(doc $n .state.status)" creating
		equal "$(doc $n .state.annotations.a)" b
		equal "$(doc $n .state.bundle)" "$BUNDLE"
		equal "$(doc $n '.pid == .state.pid and .pid > 1')" true
		like "$(doc $n .ociVersion)" '^1\.'
	done
}

@test "notify: create and start; what the message says is the container's; with and without no_new_privs" {
	local nnp n=0
	agent
	for nnp in true false; do
		notify "[$MKDIR]"
		config '.process.noNewPrivileges = $n' --argjson n $nnp
		script 'mkdir /tmp/x 2>&1; sleep 1000'
		create c$nnp
		equal "$(state_of c$nnp)" created
		ok start c$nnp
		wait_for test -e "$A/doc.$((++n))"
		equal "$(doc $n .pid)" "$(pid_of c$nnp)"
		equal "$(doc $n .state.id)" c$nnp
		wait_for grep -q "No medium found" <(said c$nnp)
	done
}

@test "notify: exec asks the agent, too, with a message of its own" {
	agent
	notify "[$MKDIR]"
	running c1
	wait_for test -e "$A/doc.1"
	ok exec c1 sh -c 'mkdir /tmp/x 2>&1; true'
	has "$output" "No medium found"
	wait_for test -e "$A/doc.2"
	equal "$(doc 2 .state.status)" running
	equal "$(doc 2 .state.pid)" "$(pid_of c1)"
	equal "$(doc 2 '.pid != .state.pid')" true
	equal "$(doc 2 .metadata)" 'meta "data"'
}

@test "notify: no profile locks kin up: what it needs itself may be asked about, or denied" {
	local nnp
	agent
	for nnp in true false; do
		config '.process.noNewPrivileges = $n' --argjson n $nnp
		# All that could hand the listener over, and all that could wait for it.
		notify '[{"names":["sendmsg","sendto","write","writev","read","recvmsg","recvfrom","close","close_range","futex","poll","ppoll",
			"wait4","waitid","nanosleep","clock_nanosleep","exit","execve","prctl","mmap","munmap","ioctl"],"action":"SCMP_ACT_NOTIFY"}]'
		runs 'echo fine'
		equal "$output" fine
		notify '[]' SCMP_ACT_NOTIFY
		runs 'mkdir /tmp/x 2>&1; echo fine'
		has "$output" "No medium found"
		has "$output" fine
	done
	config '.process.noNewPrivileges = true'
	notify '[{"names":["sendmsg","futex"],"action":"SCMP_ACT_KILL_PROCESS"},'"$MKDIR]"
	runs 'mkdir /tmp/x 2>&1; echo fine'
	has "$output" "No medium found"
	has "$output" fine
}

# (As a user whom a limit on processes concerns, which takes an id to map.)
# bats test_tags=subuid
@test "notify: where no thread can be made the listener is handed over all the same" {
	agent
	notify "[$MKDIR]"
	config '.process.user = {uid: 4321, gid: 4321} | .process.noNewPrivileges = true |
		.process.rlimits = [{type: "RLIMIT_NPROC", hard: 1, soft: 1}]'
	args mkdir /tmp/x
	k run --bundle "$BUNDLE" c1
	equal "$status" 1
	has "$error" "No medium found"
}

@test "notify: an agent that is not there is an error of create, and nothing is left" {
	notify "[$MKDIR]"
	fails create --bundle "$BUNDLE" c1
	has "$error" "/linux/seccomp/listenerPath"
	has "$error" "$AGENT: no such file or directory"
	clean
	agent
	agent_ends "$AGENT_PID"
	fails run --bundle "$BUNDLE" c1
	has "$error" "connection refused"
	clean
	rm "$AGENT" "$A/ready"
	agent
	running c1
	agent_ends "$AGENT_PID"
	k exec c1 true
	equal "$status" 255
	has "$error" "connect to the seccomp agent"
}

@test "notify: an agent that goes away makes the calls fail, not hang" {
	agent
	notify "[$MKDIR]"
	running c1
	wait_for test -e "$A/doc.1"
	rm -f "$AGENT" "$A/ready"
	"$HELPERS/agent" "$AGENT" "$A" 3>&- & # for the exec's own filter
	wait_for test -e "$A/ready"
	agent_ends "$AGENT_PID"
	ok exec c1 mkdir /tmp/y
	test -d "$BUNDLE/rootfs/tmp/y"
}

@test "notify: a long path of the socket" {
	local long=$T/$(printf 'd%.0s' {1..100})
	mkdir "$long"
	cd "$long"
	AGENT=agent.sock agent
	AGENT=$long/agent.sock
	notify "[$MKDIR]"
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "No medium found"
}

@test "notify: newer system calls than the profile knows are not there, whatever is asked about" {
	agent
	notify '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"},{"names":["openat2","close","read","write","openat","fstat","newfstatat",
		"execve","exit_group","brk","arch_prctl","mmap","mprotect","set_tid_address","rt_sigaction","rt_sigprocmask","getuid","geteuid",
		"getgid","getegid","getpid","getppid","ioctl","fcntl","stat","getcwd","prctl","open","uname","umask","readlink","set_robust_list",
		"rseq","prlimit64","getrandom"],"action":"SCMP_ACT_ALLOW"}]' SCMP_ACT_ERRNO
	args mkdir /tmp/x
	k run --bundle "$BUNDLE" c1
	equal "$status" 1
	has "$error" "No medium found"
}

@test "notify: WAIT_KILLABLE_RECV and the other flags" {
	agent
	notify "[$MKDIR]"
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"] |
		.linux.seccomp.flags += $f' --argjson f "$("$KIN" features | jq -c '.linux.seccomp.supportedFlags')"
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "No medium found"
	ok plan "$BUNDLE"
	if "$KIN" features | grep -A 9 supportedFlags | grep -q KILLABLE; then
		like "$output" 'seccomp instructions=[0-9]+ flags=0x2e' # LOG, SPEC_ALLOW, NEW_LISTENER, WAIT_KILLABLE_RECV
	fi
}

@test "seccomp annotations: the receiver is the listener's path" {
	agent
	notify "[$MKDIR]"
	config '.annotations["run.oci.seccomp.receiver"] = .linux.seccomp.listenerPath | del(.linux.seccomp.listenerPath, .linux.seccomp.listenerMetadata)'
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "No medium found"
	equal "$(doc 1 .metadata)" ""
	config '.annotations["run.oci.seccomp.receiver"] = "agent.sock"'
	fails run --bundle "$BUNDLE" c2
	has "$error" "/annotations/run.oci.seccomp.receiver"
}

program() { # INSTRUCTIONS as "code jt jf k", one a line: in base64
	local code jt jf k
	while read -r code jt jf k; do
		# little-endian, as the machine of the tests is
		printf "$(printf '\\x%02x' $((code & 255)) $((code >> 8)) "$jt" "$jf" $((k & 255)) $((k >> 8 & 255)) $((k >> 16 & 255)) $((k >> 24)))"
	done | base64 -w 0
}

@test "seccomp annotations: a program of the caller's instead of the profile" {
	# mkdir and mkdirat: ENOMEDIUM
	local data
	data=$(program <<-'END'
		0x20 0 0 0
		0x15 1 0 83
		0x15 0 1 258
		0x06 0 0 0x0005007b
		0x06 0 0 0x7fff0000
	END
	)
	config '.root.readonly = false | .annotations["run.oci.seccomp_bpf_data"] = $d | .linux.seccomp = {defaultAction: "SCMP_ACT_KILL"}' --arg d "$data"
	runs 'mkdir /tmp/x 2>&1; grep Seccomp: /proc/self/status'
	has "$output" "No medium found"
	like "$output" 'Seccomp:[[:space:]]+2'
	config 'del(.linux.seccomp)'
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "No medium found"
	script 'sleep 1000'
	create c1
	ok start c1
	k exec c1 mkdir /tmp/x
	has "$error" "No medium found"
}

@test "seccomp annotations: a program that asks the agent" {
	local data
	data=$(program <<-'END'
		0x20 0 0 0
		0x15 1 0 83
		0x15 0 1 258
		0x06 0 0 0x7fc00000
		0x06 0 0 0x7fff0000
	END
	)
	config '.root.readonly = false | .annotations["run.oci.seccomp_bpf_data"] = $d' --arg d "$data"
	fails run --bundle "$BUNDLE" c1
	has "$error" listenerPath
	clean
	agent
	config '.annotations["run.oci.seccomp.receiver"] = $p' --arg p "$AGENT"
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "No medium found"
}

@test "seccomp annotations: a program that the kernel would not load is refused with the reason" {
	local words lines
	while IFS='|' read -r words lines; do
		config '.annotations["run.oci.seccomp_bpf_data"] = $d' --arg d "$(tr ';' '\n' <<<"$lines" | program)"
		fails run --bundle "$BUNDLE" c1
		has "$error" "/annotations/run.oci.seccomp_bpf_data"
		has "$error" "$words"
	done <<-'END'
		does not end in a return|0x20 0 0 0
		outside of seccomp_data|0x20 0 0 64;0x06 0 0 0
		outside of seccomp_data|0x20 0 0 2;0x06 0 0 0
		jump leads out|0x15 1 0 83;0x06 0 0 0
		jump leads out|0x05 0 0 0xffffffff;0x06 0 0 0
		does not have|0x28 0 0 0;0x06 0 0 0
		division by zero|0x34 0 0 0;0x06 0 0 0
		shift by more|0x64 0 0 32;0x06 0 0 0
		memory word|0x60 0 0 16;0x06 0 0 0
	END
	for words in 'A' 'AAAA' '!!!!' 'BgAAAAAAAA' 'BgAAAA=='; do
		config '.annotations["run.oci.seccomp_bpf_data"] = $d' --arg d "$words"
		fails run --bundle "$BUNDLE" c1
		has "$error" "/annotations/run.oci.seccomp_bpf_data"
	done
	clean
}

@test "seccomp annotations: unknown system calls are errors where that is asked for; plugins are" {
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "call_from_the_future"], action: "SCMP_ACT_ERRNO"}]} |
		.annotations["run.oci.seccomp_fail_unknown_syscall"] = "0"'
	runs 'echo fine'
	equal "$output" fine
	config '.annotations["run.oci.seccomp_fail_unknown_syscall"] = "1"'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/seccomp/syscalls/0: unknown system call call_from_the_future"
	config 'del(.annotations["run.oci.seccomp_fail_unknown_syscall"]) | .annotations["run.oci.seccomp.plugins"] = "x.so"'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/annotations/run.oci.seccomp.plugins"
	clean
}
