#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "plan: prints the steps, changes nothing, makes no state directory" {
	ok plan "$BUNDLE"
	equal "$error" ""
	has "$output" spawn
	has "$output" pivot
	has "$output" exec
	[ ! -e "$ROOT" ]
	clean
}

@test "plan: the same twice, and the order of container start" {
	ok plan "$BUNDLE"
	local first=$output line last=0 word
	ok plan "$BUNDLE"
	equal "$output" "$first"
	for word in spawn nondumpable root mount_fs dev_node mask_path root_readonly pivot no_new_privs user caps lookup ready close exec; do
		line=$(grep -n -m 1 -E "^(mid |init) $word( |\$)" <<<"$output" | cut -d: -f1)
		[ -n "$line" ] || fail "no $word in the plan: $output"
		[ "$line" -gt "$last" ] || fail "$word comes at $line, after $last"
		last=$line
	done
}

@test "plan: a bad configuration is the same error as create's" {
	config '.process.cwd = "relative"'
	fails plan "$BUNDLE"
	local e=$error
	has "$e" /process/cwd
	fails create --bundle "$BUNDLE" c1
	has "$error" /process/cwd
}

# bats test_tags=smoke
@test "plan: all that is wrong is listed in one go, in one line each, the first as create has it" {
	config '.ociVersion = "7.0.0" | .process.cwd = "x" | .process.args = [] | .process.user.uid = -1 | .hostname = 5
		| .mounts += [{destination: "/y"}, {destination: "/z", options: ["bind"]}, {destination: "/proc/1", type: "tmpfs"}]
		| .linux.namespaces += [{type: "net"}] | .linux.maskedPaths = ["x"] | .root.path = "nowhere" | .linux.resources = {cpu: {idle: 4}}
		| .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: [], action: "SCMP_ACT_LOG"}]}'
	fails --log "$T/log" --log-format json plan "$BUNDLE"
	local all=$output first=$error n place
	n=$(jq '.mounts | length' "$BUNDLE/config.json")
	for place in /hostname /process/user/uid /linux/namespaces /linux/resources/cpu/idle /ociVersion /process/args /process/cwd \
		/linux/maskedPaths/0 /linux/seccomp/syscalls/0/names /root/path \
		"/mounts/$((n - 3))/type" "/mounts/$((n - 2))/source" "/mounts/$((n - 1))/destination"; do
		equal "$(grep -c "^${place}[/0-9a-z]*: " <<<"$all")" 1
	done
	equal "$(wc -l <<<"$all")" 13
	equal "$first" "$(head -n 1 <<<"$all")"
	equal "$(jq -s length "$T/log")" 1
	fails create --bundle "$BUNDLE" c1
	equal "$error" "kin create failed: $first"
	[ ! -e "$ROOT" ]
	clean
}

@test "plan: works in a directory that cannot be written and with nothing in the environment" {
	chmod 0555 "$BUNDLE"
	env -i "$KIN" plan "$BUNDLE" </dev/null >"$T/out" 2>"$T/err"
	chmod 0755 "$BUNDLE"
	equal "$(<"$T/err")" ""
	has "$(<"$T/out")" exec
}
