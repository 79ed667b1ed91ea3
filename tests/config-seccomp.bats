#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.seccomp: actions, arguments, flags, the cache.
load helpers/kin

seccomp() { # RULES [DEFAULT]
	config '.root.readonly = false | .linux.seccomp = {defaultAction: $d, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
		syscalls: $r}' --argjson r "$1" --arg d "${2-SCMP_ACT_ALLOW}"
}

# bats test_tags=smoke
@test "seccomp: ERRNO with its number, and 1 without" {
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]'
	runs 'mkdir /tmp/x 2>&1; grep Seccomp: /proc/self/status; ls / >/dev/null && echo fine'
	has "$output" "Function not implemented"
	like "$output" 'Seccomp:[[:space:]]+2'
	has "$output" fine
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]'
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "Operation not permitted"
}

@test "seccomp: KILL, KILL_PROCESS, KILL_THREAD, TRAP end it" {
	local a
	for a in KILL KILL_PROCESS KILL_THREAD TRAP; do
		seccomp "[{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_$a\"}]"
		runs 'mkdir /tmp/x; echo $?'
		like "$output" '^(159|31)$'
	done
}

@test "seccomp: LOG and TRACE" {
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_LOG"}]'
	runs 'mkdir /tmp/x && echo made'
	equal "$output" made
	rmdir "$BUNDLE/rootfs/tmp/x"
	# Nobody traces: the call fails with ENOSYS.
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_TRACE","errnoRet":1}]'
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "Function not implemented"
}

@test "seccomp: conditions on arguments" {
	seccomp '[{"names":["kill"],"action":"SCMP_ACT_ERRNO","errnoRet":95,"args":[{"index":1,"value":10,"op":"SCMP_CMP_EQ"}]}]'
	runs 'trap "" USR1 USR2; kill -USR2 $$ && echo usr2; kill -USR1 $$ 2>&1; true'
	has "$output" usr2
	has "$output" "not supported"
	seccomp '[{"names":["kill"],"action":"SCMP_ACT_ERRNO","errnoRet":95,"args":[{"index":1,"value":8,"valueTwo":8,"op":"SCMP_CMP_MASKED_EQ"}]}]'
	runs 'trap "" USR1 USR2; kill -USR1 $$ 2>&1; kill -0 $$ && echo zero'
	has "$output" "not supported"
	has "$output" zero
}

@test "seccomp: each operator" {
	local op want
	while read -r op want; do
		seccomp "[{\"names\":[\"kill\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":95,\"args\":[{\"index\":1,\"value\":10,\"op\":\"SCMP_CMP_$op\"}]}]"
		runs 'trap "" HUP USR1 USR2; for s in 1 10 12; do kill -$s $$ 2>/dev/null; echo -n "$? "; done'
		equal "$output" "$want " "$op"
	done <<-'END'
		NE 1 0 1
		LT 1 0 0
		LE 1 1 0
		EQ 0 1 0
		GE 0 1 1
		GT 0 0 1
	END
}

@test "seccomp: default ERRNO with a list of what is allowed" {
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 77, syscalls: [{names: $n, action: "SCMP_ACT_ALLOW"}]}' --argjson n \
		'["execve","exit","exit_group","brk","arch_prctl","set_tid_address","write","writev","read","mmap","munmap","mprotect","rt_sigaction","rt_sigprocmask","getuid","geteuid","getgid","getegid","getppid","getpid","ioctl","close","fcntl","stat","fstat","newfstatat","open","openat","getcwd","prctl","readlink","set_robust_list","rseq","prlimit64","getrandom","uname"]'
	args echo hello
	run_c
	equal "$output" hello
}

@test "seccomp: without no_new_privs the filter is loaded too, and for init's own calls it comes late enough" {
	config '.process.noNewPrivileges = false'
	# Before the capabilities go: what init does after that must be allowed, as with runc.
	seccomp '[{"names":["mount","pivot_root","sethostname","umount2","unshare","clone3","mknodat"],"action":"SCMP_ACT_ERRNO"}]'
	runs 'grep Seccomp: /proc/self/status'
	like "$output" '2$'
	# After everything: nothing of init's own needs to be allowed.
	config '.process.noNewPrivileges = true'
	seccomp '[{"names":["capset","setuid","setresuid","setgid","setresgid","setgroups","mount","pivot_root","sethostname","umount2","unshare","chdir"],"action":"SCMP_ACT_ERRNO"}]'
	runs 'grep Seccomp: /proc/self/status'
	like "$output" '2$'
}

@test "seccomp: names of calls that nobody knows are left out; unknown actions and operators are errors" {
	seccomp '[{"names":["call_from_the_future","mkdirat"],"action":"SCMP_ACT_ALLOW"}]'
	runs 'echo fine'
	equal "$output" fine
	args true
	seccomp '[{"names":["mkdir"],"action":"SCMP_ACT_DANCE"}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" SCMP_ACT_DANCE
	seccomp '[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"value":1,"op":"SCMP_CMP_HUH"}]}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" SCMP_CMP_HUH
	seccomp '[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO","args":[{"index":6,"value":1,"op":"SCMP_CMP_EQ"}]}]'
	fails run --bundle "$BUNDLE" c1
	seccomp '[]' SCMP_ACT_NOTIFY
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/seccomp/listenerPath
	config '.linux.seccomp.architectures = ["SCMP_ARCH_PDP11"] | .linux.seccomp.defaultAction = "SCMP_ACT_ALLOW"'
	fails run --bundle "$BUNDLE" c1
	has "$error" SCMP_ARCH_PDP11
	clean
}

@test "seccomp: flags" {
	local f
	for f in '[]' '["SECCOMP_FILTER_FLAG_LOG"]' '["SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_TSYNC"]'; do
		seccomp '[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]'
		config '.linux.seccomp.flags = $f' --argjson f "$f"
		runs 'grep Seccomp: /proc/self/status'
		like "$output" '2$'
	done
	args true
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_SING"]'
	fails run --bundle "$BUNDLE" c1
	has "$error" SECCOMP_FILTER_FLAG_SING
}

podman_profile() {
	local f
	for f in /usr/share/containers/seccomp.json /etc/containers/seccomp.json; do [ -e "$f" ] && echo "$f" && return; done
	return 1
}
# bats test_tags=smoke,slow
@test "seccomp: the profile that Podman uses" {
	local f
	f=$(podman_profile) || fail "the package golang-github-containers-common is missing"
	# Podman resolves archMap and the includes; what is left is the specification's form.
	config '.linux.seccomp = ($p[0] | {defaultAction, defaultErrnoRet, architectures: ["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_X32"],
		syscalls: [.syscalls[] | select(((.includes.arches // ["amd64"]) | index("amd64")) and ((.includes.caps // []) | length == 0) and
			((.excludes.arches // []) | index("amd64") | not)) | {names, action, args: (.args // []), errnoRet} |
			with_entries(select(.value != null))]} | with_entries(select(.value != null)))' --slurpfile p "$f"
	local i
	for i in cold warm warm; do
		runs 'grep Seccomp: /proc/self/status; unshare -m true 2>&1; echo done'
		like "$output" 'Seccomp:[[:space:]]+2'
		has "$output" done
	done
}

cache_dirs() {
	if [ "$KIN_MODE" = root ]; then echo /var/cache/kin; else echo "$XDG_CACHE_HOME/kin"; fi
}
@test "seccomp: a cache entry that is truncated, poisoned or foreign is not used" {
	local dir f
	dir=$(cache_dirs)
	rm -rf "$dir"
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]'
	script 'mkdir /tmp/x 2>&1; true'
	run_c
	has "$output" "Function not implemented"
	[ -d "$dir" ] || fail "no cache was made"
	equal "$(stat -c %a "$dir")" 700
	f=$(find "$dir" -type f | head -n 1)
	[ -n "$f" ] || fail "nothing was cached"
	cp "$f" "$T/good"
	local how
	for how in truncated empty flipped last appended zeroes fifo directory link; do
		rm -rf "$f"
		case $how in
		truncated) head -c $(($(stat -c %s "$T/good") / 2)) "$T/good" >"$f" ;;
		empty) : >"$f" ;;
		flipped) cp "$T/good" "$f" && printf '\377' | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") / 2)) conv=notrunc 2>/dev/null ;;
		last) cp "$T/good" "$f" && printf '\377' | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") - 1)) conv=notrunc 2>/dev/null ;;
		appended) { cat "$T/good"; echo more; } >"$f" ;;
		zeroes) head -c "$(stat -c %s "$T/good")" /dev/zero >"$f" ;;
		fifo) mkfifo "$f" ;;
		directory) mkdir "$f" ;;
		link) ln -s "$T/good" "$f" ;;
		esac
		run_c
		has "$output" "Function not implemented"
	done
	rm -rf "$f"
	# A directory that others may write is not trusted, and not repaired behind the user's back.
	cp "$T/good" "$f"
	chmod 0777 "$dir"
	run_c
	has "$output" "Function not implemented"
	rm -rf "$dir"
	# A cache that cannot be is no error.
	mkdir -p "${dir%/*}"
	touch "$dir"
	run_c
	has "$output" "Function not implemented"
	rm -f "$dir"
}

@test "seccomp: two filters that differ in one number are two" {
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]'
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "Function not implemented"
	seccomp '[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":39}]'
	runs 'mkdir /tmp/x 2>&1; true'
	has "$output" "Directory not empty"
}

@test "seccomp: fifty thousand rules take seconds at most, or are refused" {
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [range(50000) | {names: ["kill"], action: "SCMP_ACT_ERRNO",
		args: [{index: 1, value: (. + 100), op: "SCMP_CMP_EQ"}]}]}'
	args true
	local begin=$SECONDS
	k run --bundle "$BUNDLE" c1
	[ $((SECONDS - begin)) -lt 20 ] || fail "$((SECONDS - begin)) s"
	clean
}
