#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# process.*: what the program gets.
load helpers/kin

@test "process: args and env exactly, the last of equal names wins" {
	config '.process.env = ["A=1", "B=x y", "PATH=/bin", "A=2", "EMPTY="]'
	runs 'env | sort; echo "$#"'
	has "$output" "A=2"
	hasnt "$output" "A=1"
	has "$output" "B=x y"
	has "$output" "EMPTY="
	args echo 'a b' '' '$HOME' "it's"
	run_c
	equal "$output" "a b  \$HOME it's"
}

@test "process: PATH of the container finds the program" {
	config '.process.env = ["PATH=/usr/bin"]'
	args only-in-usr-bin echo found
	CT=x
	k run --bundle "$BUNDLE" x
	# busybox under that name has no applet; what counts is that it was found.
	hasnt "$error" "executable file not found"
	config '.process.env = ["PATH=/nowhere"]'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" 'exec: "true": executable file not found in $PATH'
}

@test "process: HOME is set from the container's passwd only when it is unset" {
	runs 'echo $HOME'
	equal "$output" /root
	config '.process.env += ["HOME=/elsewhere"]'
	runs 'echo $HOME'
	equal "$output" /elsewhere
}

@test "process: cwd, made when it is missing" {
	config '.process.cwd = "/tmp"'
	runs pwd
	equal "$output" /tmp
	config '.process.cwd = "/var/new/deep" | .root.readonly = false'
	runs pwd
	equal "$output" /var/new/deep
	[ -d "$BUNDLE/rootfs/var/new/deep" ]
}

@test "process: cwd through descriptors is refused (CVE-2024-21626)" {
	local n
	args ls
	for n in 3 4 5 6 7 8 9 10 11 12 17 42 1023; do
		config '.process.cwd = $d' --arg d "/proc/self/fd/$n"
		k run --bundle "$BUNDLE" c1
		[ "$status" != 0 ] || fail "cwd $n: $output"
	done
	config '.process.cwd = "/"'
	for n in 3 4 5 6 7 8 9 10; do
		args "/proc/self/fd/$n/bin/sh" -c true
		k run --bundle "$BUNDLE" c1
		[ "$status" != 0 ] || fail "program through $n"
	done
	clean
}

# bats test_tags=ownns
@test "process: user, group, additional groups" {
	[ "$KIN_MODE" != plain ] || return 0
	config '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 1002]}'
	runs 'id -u; id -g; id -G'
	equal "$(sed -n 1p <<<"$output")" 1000
	equal "$(sed -n 2p <<<"$output")" 1001
	equal "$(sed -n 3p <<<"$output" | tr ' ' '\n' | sort -n | tr '\n' ' ')" "5 1001 1002 "
}

@test "process: a user that is not mapped is an error" {
	[ "$KIN_MODE" = plain ] || [ "$KIN_MODE" = user ] || return 0
	config '.process.user = {uid: 100000, gid: 0}'
	args true
	fails run --bundle "$BUNDLE" c1
	clean
}

@test "process: no groups of the caller come along" {
	runs 'id -G'
	like "$output" '^0( 65534)*$'
}

@test "process: the groups of the caller come along where run.oci.keep_original_groups says so" {
	local all=$(id -G | wc -w)
	config '.annotations["run.oci.keep_original_groups"] = "1"'
	if [ "$KIN_MODE" = root ]; then # whoever may choose the groups
		script 'id -G; sleep 1000'
		setpriv --groups 0,7,4321 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" --detach c1 >"$T/said" 2>&1 </dev/null
		wait_for test -s "$T/said"
		equal "$(tr ' ' '\n' <"$T/said" | sort -n | tr '\n' ' ')" "0 7 4321 "
		setpriv --groups 0,9 "$KIN" --root "$ROOT" exec c1 id -G >"$T/said" </dev/null
		equal "$(tr ' ' '\n' <"$T/said" | sort -n | tr '\n' ' ')" "0 9 "
		config '.annotations["run.oci.keep_original_groups"] = "0"'
		setpriv --groups 0,7,4321 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" --detach c2 >"$T/said" 2>&1 </dev/null
		wait_for test -s "$T/said"
		equal "$(<"$T/said")" 0
		config '.annotations["run.oci.keep_original_groups"] = "1" | .linux.namespaces += [{type: "user"}] |
			.linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
		setpriv --groups 0,7,4321 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" --detach c3 >"$T/said" 2>&1 </dev/null
		wait_for test -s "$T/said"
		equal "$(tr ' ' '\n' <"$T/said" | sort -n | tr '\n' ' ')" "0 7 4321 "
	fi
	runs 'id -G'
	[ "$all" -lt 2 ] || [ "$(wc -w <<<"$output")" -ge "$all" ] || fail "groups are lost: $output"
}

@test "process: umask: 0022 unless given" {
	runs umask
	equal "$output" 0022
	config '.process.user.umask = 63'
	runs umask
	equal "$output" 0077
	config '.process.user.umask = 1023' # as umask(2) takes it
	runs umask
	equal "$output" 0777
	config '.process.user.umask = 63'
	(
		umask 0007
		runs umask
		equal "$output" 0077
	)
}

# bats test_tags=smoke
@test "process: capabilities, each set exactly" {
	config '.process.capabilities = {
		bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"], permitted: ["CAP_CHOWN", "CAP_KILL"],
		effective: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}'
	runs 'grep Cap /proc/self/status'
	# As uid 0 execve computes: permitted = inheritable | bounding.
	equal "$(awk '/CapBnd/ { print $2 }' <<<"$output")" 0000000000002021
	equal "$(awk '/CapInh/ { print $2 }' <<<"$output")" 0000000000000020
	config '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	runs 'grep Cap /proc/self/status'
	equal "$(awk '/CapEff/ { print $2 }' <<<"$output")" 0000000000000020
	equal "$(awk '/CapAmb/ { print $2 }' <<<"$output")" 0000000000000000
	equal "$(awk '/CapInh/ { print $2 }' <<<"$output")" 0000000000000000
}

# bats test_tags=ownns
@test "process: capabilities of an ordinary user: ambient is what he has" {
	[ "$KIN_MODE" != plain ] || return 0
	config '.process.user = {uid: 1000, gid: 1000} | .process.capabilities = {
		bounding: ["CAP_KILL", "CAP_CHOWN"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"],
		inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}'
	runs 'grep Cap /proc/self/status'
	equal "$(awk '/CapEff/ { print $2 }' <<<"$output")" 0000000000000020
	equal "$(awk '/CapAmb/ { print $2 }' <<<"$output")" 0000000000000020
	equal "$(awk '/CapBnd/ { print $2 }' <<<"$output")" 0000000000000021
	config '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	runs 'grep Cap /proc/self/status'
	equal "$(awk '/CapEff/ { print $2 }' <<<"$output")" 0000000000000000
}

@test "process: without capabilities there are none" {
	config 'del(.process.capabilities)'
	runs 'grep Cap /proc/self/status'
	equal "$(awk '/CapEff|CapBnd|CapPrm|CapInh|CapAmb/ { print $2 }' <<<"$output" | sort -u)" 0000000000000000
}

@test "process: an unknown capability is left out, as the specification has it" {
	config '.process.capabilities.bounding += ["CAP_FROM_THE_FUTURE"]'
	runs 'grep CapBnd /proc/self/status'
	equal "$(awk '{ print $2 }' <<<"$output")" 0000000020000420
}

@test "process: rlimits, all kinds" {
	config '.process.rlimits = [
		{type: "RLIMIT_NOFILE", soft: 512, hard: 600}, {type: "RLIMIT_CORE", soft: 0, hard: 0},
		{type: "RLIMIT_CPU", soft: 100, hard: 200}, {type: "RLIMIT_FSIZE", soft: 1048576, hard: 1048576},
		{type: "RLIMIT_NPROC", soft: 200, hard: 300}, {type: "RLIMIT_STACK", soft: 8388608, hard: 16777216}]'
	runs 'cat /proc/self/limits'
	like "$output" 'Max open files +512 +600'
	like "$output" 'Max core file size +0 +0'
	like "$output" 'Max cpu time +100 +200'
	like "$output" 'Max file size +1048576 +1048576'
	like "$output" 'Max processes +200 +300'
	like "$output" 'Max stack size +8388608 +16777216'
}

@test "process: rlimits that are wrong" {
	args true
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 10, hard: 10}, {type: "RLIMIT_NOFILE", soft: 20, hard: 20}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" /process/rlimits/1
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 20, hard: 10}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" /process/rlimits/0
	config '.process.rlimits = [{type: "RLIMIT_NOSUCH", soft: 1, hard: 1}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" RLIMIT_NOSUCH
	clean
}

# bats test_tags=rootless
@test "process: a hard limit above what is allowed is an error that names it" {
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 1024, hard: 1073741816}]'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" RLIMIT_NOFILE
	has "$error" "operation not permitted"
	clean
}

@test "process: limits of the caller's own do not stay: ulimit -n small outside, 1024 inside where allowed" {
	args sh -c 'ulimit -n'
	( ulimit -Sn 64; run_c; equal "$output" 1024 )
}

@test "process: noNewPrivileges" {
	runs 'grep NoNewPrivs /proc/self/status'
	like "$output" '1$'
	config '.process.noNewPrivileges = false'
	runs 'grep NoNewPrivs /proc/self/status'
	like "$output" '0$'
}

@test "process: oomScoreAdj, and left alone without" {
	local own
	own=$(</proc/self/oom_score_adj)
	runs 'cat /proc/self/oom_score_adj'
	equal "$output" "$own"
	config '.process.oomScoreAdj = 777'
	runs 'cat /proc/self/oom_score_adj'
	equal "$output" 777
}

@test "process: signals are default and open, whatever the caller had" {
	args grep -E 'Sig(Blk|Ign)' /proc/self/status
	(
		trap '' PIPE INT HUP USR1
		run_c
		equal "$(awk '{ print $2 }' <<<"$output" | sort -u)" 0000000000000000
	)
}

@test "process: own session and no controlling terminal" {
	runs 'awk "{ print \$5, \$6, \$7 }" /proc/self/stat; awk "{ print \$1, \$6 }" /proc/1/stat'
	like "$(head -n 1 <<<"$output")" ' 0$'
	equal "$(tail -n 1 <<<"$output")" "1 1"
}

@test "process: dies with nobody: no parent-death signal is left" {
	running c1
	# The creator is long gone, and so is the one who started it.
	equal "$(state_of c1)" running
}

@test "process: a container without process can be created, and not started" {
	config 'del(.process)'
	k create --bundle "$BUNDLE" c1
	if [ "$status" = 0 ]; then
		fails start c1
	else
		has "$error" process
	fi
}

@test "process: session keyring of its own" {
	running c1
	ok exec c1 sh -c 'cat /proc/keys 2>/dev/null; true'
	[ "$KIN_MODE" != root ] || has "$(cat /proc/keys)" _ses
}
