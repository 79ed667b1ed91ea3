#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "exec: output and exit status" {
	running c1
	ok exec c1 echo hello
	equal "$output" hello
	k exec c1 sh -c 'echo err >&2; exit 33'
	equal "$status" 33
	equal "$error" err
}

@test "exec: is in every namespace of the container" {
	running c1
	local ns init
	init=$(pid_of c1)
	for ns in pid net ipc uts mnt cgroup; do
		ok exec c1 readlink "/proc/self/ns/$ns"
		local inner=$output
		ok exec c1 readlink "/proc/1/ns/$ns"
		equal "$inner" "$output" "$ns"
		[ "$inner" != "$(readlink "/proc/self/ns/$ns")" ] || fail "$ns is the host's"
	done
}

@test "exec: sees and is seen by the container" {
	running c1
	ok exec c1 ps
	has "$output" "sleep 1000"
	ok exec --detach --pid-file "$T/pid" c1 sleep 555
	ok exec c1 ps
	has "$output" "sleep 555"
	ok ps --format json c1
	equal "$(jq --argjson p "$(<"$T/pid")" 'index($p) != null' <<<"$output")" true
}

@test "exec: in a created container" {
	args sleep 100
	create c1
	ok exec c1 echo early
	equal "$output" early
	equal "$(state_of c1)" created
}

@test "exec: in a stopped container" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	k exec c1 true
	[ "$status" != 0 ]
	has "$error" "cannot exec in a stopped container"
}

@test "exec: in no container" {
	k exec nope true
	[ "$status" != 0 ]
	has "$error" "container does not exist"
}

@test "exec: a program that is absent, a directory, not executable" {
	running c1
	local what text
	touch "$BUNDLE/rootfs/plain"
	while read -r what text; do
		k exec c1 "$what"
		[ "$status" != 0 ] || fail "$what: status 0"
		has "$error" "$text"
		hasnt "$error" "No such file"
	done <<-'END'
		nosuch exec: "nosuch": executable file not found in $PATH
		/nosuch exec: "/nosuch": stat /nosuch: no such file or directory
		/etc exec: "/etc": is a directory: permission denied
		/plain exec: "/plain": permission denied
	END
	equal "$(state_of c1)" running
}

@test "exec: a pid file is not written when it fails" {
	running c1
	k exec --detach --pid-file "$T/pid" c1 /nosuch
	[ "$status" != 0 ]
	[ ! -e "$T/pid" ]
}

@test "exec: --env, --cwd" {
	running c1
	ok exec --env FOO=bar --env TERM=dumb --cwd /etc c1 sh -c 'echo $FOO $TERM $PATH; pwd'
	equal "$output" $'bar dumb /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n/etc'
}

# bats test_tags=ownns
@test "exec: --user, as a table (CVE-2026-30892)" {
	running c1
	if [ "$KIN_MODE" = plain ]; then # only 0 is mapped there
		k exec --user 1 c1 id -u
		[ "$status" != 0 ] || fail "user 1: $output"
		ok exec --user 0:0 c1 id -u
		equal "$output" 0
		return
	fi
	local arg uid gid
	while read -r arg uid gid; do
		ok exec --user "$arg" c1 sh -c 'echo $(id -u) $(id -g)'
		equal "$output" "$uid $gid" "--user $arg"
	done <<-'END'
		0 0 0
		1 1 0
		1000 1000 0
		1:2 1 2
		1000:1000 1000 1000
		0:5 0 5
	END
	for arg in -1 4294967295 4294967296 a 1a 1: :2 1:a 1:-1 " 1" +1 1:2:3; do
		k exec --user "$arg" c1 id -u
		[ "$status" != 0 ] || fail "--user '$arg' was taken: $output"
	done
}

@test "exec: a numeric user is never looked up as a name (CVE-2016-3697)" {
	{ echo '1000:x:0:0::/:/bin/sh'; cat "$BUNDLE/rootfs/etc/passwd"; } >"$T/passwd"
	rm "$BUNDLE/rootfs/etc/passwd"
	cp "$T/passwd" "$BUNDLE/rootfs/etc/passwd"
	running c1
	if [ "$KIN_MODE" = plain ]; then
		k exec --user 1000 c1 id -u
		[ "$status" != 0 ]
	else
		ok exec --user 1000 c1 id -u
		equal "$output" 1000
	fi
}

# bats test_tags=ownns
@test "exec: --additional-gids" {
	[ "$KIN_MODE" = plain ] || config '.process.user.additionalGids = [4]'
	running c1
	if [ "$KIN_MODE" = plain ]; then
		k exec --additional-gids 7 c1 id -G
		[ "$status" != 0 ]
		return
	fi
	ok exec --additional-gids 7 --additional-gids 9 c1 id -G
	equal "$(tr ' ' '\n' <<<"$output" | sort -n | tr '\n' ' ')" "0 4 7 9 "
	ok exec c1 id -G
	equal "$(tr ' ' '\n' <<<"$output" | sort -n | tr '\n' ' ')" "0 4 "
}

@test "exec: --env without a value is an error, an unknown --cap is left out, as in a configuration" {
	running c1
	local e
	for e in NAME '' =value; do
		k exec --env "$e" c1 env
		[ "$status" = 255 ] || fail "'$e' was taken: $output"
		has "$error" "\"$e\" is not NAME=value"
	done
	ok exec --cap CAP_OF_TOMORROW c1 grep CapBnd /proc/self/status
	like "$output" 'CapBnd:[[:space:]]*0000000020000420'
}

@test "exec: --cap adds, and never to the inheritable set (CVE-2022-29162)" {
	running c1
	ok exec --cap CAP_NET_RAW c1 grep Cap /proc/self/status
	like "$output" 'CapInh:[[:space:]]*0000000000000000'
	# KILL 5, NET_BIND_SERVICE 10, NET_RAW 13, AUDIT_WRITE 29
	like "$output" 'CapEff:[[:space:]]*0000000020002420'
	like "$output" 'CapPrm:[[:space:]]*0000000020002420'
	ok exec c1 grep Cap /proc/self/status
	like "$output" 'CapInh:[[:space:]]*0000000000000000'
	like "$output" 'CapEff:[[:space:]]*0000000020000420'
	like "$output" 'CapBnd:[[:space:]]*0000000020000420'
}

@test "exec: no new privileges as in the configuration, or by flag" {
	config '.process.noNewPrivileges = false'
	running c1
	ok exec c1 grep NoNewPrivs /proc/self/status
	like "$output" '0$'
	ok exec --no-new-privs c1 grep NoNewPrivs /proc/self/status
	like "$output" '1$'
}

# bats test_tags=smoke
@test "exec: --process takes an OCI process object" {
	running c1
	jq '.process | .args = ["sh", "-c", "echo $A; pwd; umask"] | .env += ["A=1"] | .cwd = "/tmp" | .user.umask = 63' \
		"$BUNDLE/config.json" >"$T/process.json"
	ok exec --process "$T/process.json" c1
	equal "$output" $'1\n/tmp\n0077'
}

# crun's and, in part, runc's way: what the object leaves out is not "without limits" or "without privileges".
@test "exec: --process without capabilities and rlimits has the container's; with them, its own" {
	config '.process.capabilities |= map_values(if . then ["CAP_KILL"] else . end) | .process.capabilities.ambient = []
		| .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 321, hard: 400}]'
	running c1
	local show='grep -E "^Cap(Bnd|Eff)" /proc/self/status | cut -f2; ulimit -n; pwd; id -u; echo $A'
	jq -n --arg show "$show" '{args: ["/bin/sh", "-c", $show], cwd: "/tmp"}' >"$T/process.json"
	ok exec --process "$T/process.json" c1
	equal "$output" $'0000000000000020\n0000000000000020\n321\n/tmp\n0'
	jq -n --arg show "$show" '{args: ["/bin/sh", "-c", $show], cwd: "/", env: ["A=own"], capabilities: {bounding: ["CAP_CHOWN"]},
		rlimits: [{type: "RLIMIT_NOFILE", soft: 222, hard: 300}]}' >"$T/process.json"
	ok exec --process "$T/process.json" c1
	equal "$output" $'0000000000000001\n0000000000000001\n222\n/\n0\nown'
}

@test "exec: the defaults are those of the container: user, groups, umask, environment, directory, no_new_privs" {
	config '.process.user = {uid: 0, gid: 0, umask: 23} | .process.env += ["OF=config"] | .process.cwd = "/tmp" | .process.noNewPrivileges = true'
	running c1
	ok exec c1 sh -c 'umask; pwd; echo $OF; grep NoNewPrivs /proc/self/status | cut -f2; test -t 0 || echo no terminal'
	equal "$output" $'0027\n/tmp\nconfig\n1\nno terminal'
	# A later change of the bundle is without effect: the snapshot counts.
	config '.process.cwd = "/usr" | .process.env = ["PATH=/nowhere"]'
	ok exec c1 sh -c 'pwd; echo $OF'
	equal "$output" $'/tmp\nconfig'
}

@test "exec: --cwd of a directory that does not exist" {
	running c1
	k exec --cwd /not/there c1 true
	equal "$status" 255
	has "$error" /not/there
	has "$error" "no such file or directory"
	equal "$(wc -l <"$io.err")" 1
	k exec c1 test -e /not
	equal "$status" 1
}

@test "exec: --preserve-fds keeps exactly so many" {
	running c1
	# In a subshell: 3 is bats's own.
	( exec 3<"$OUT/file" 4<"$OUT/file" 5<"$OUT/file"
	timeout 20 "$KIN" --root "$ROOT" exec --preserve-fds 2 c1 sh -c 'cat <&3 >/dev/null && ls /proc/$$/fd; :' </dev/null >"$T/out" )
	equal "$(tr '\n' ' ' <"$T/out")" "0 1 2 3 4 "
}

@test "exec: --process with bad content" {
	running c1
	local content
	for content in '' '{' '[]' '{"args": "sh"}' '{"args": [], "cwd": "/"}' '{"args": ["true"]}' '{"args":["a"],"cwd":"rel"}' \
		'{"args":["true"],"cwd":"/","args":["false"]}' 'null'; do
		printf '%s' "$content" >"$T/process.json"
		k exec --process "$T/process.json" c1
		[ "$status" != 0 ] || fail "taken: $content"
		equal "$(wc -l <"$io.err")" 1 "$error"
	done
	k exec --process "$T/none.json" c1
	[ "$status" != 0 ]
	has "$error" "no such file or directory"
	equal "$(state_of c1)" running
}

@test "exec: --detach returns at once with the pid in the file" {
	running c1
	ok exec --detach --pid-file "$T/pid" c1 sleep 777
	like "$(<"$T/pid")" '^[0-9]+$'
	has "$(tr '\0' ' ' <"/proc/$(<"$T/pid")/cmdline")" "sleep 777"
}

@test "exec: flags end at the id" {
	running c1
	ok exec c1 echo --detach -t --user 5
	equal "$output" "--detach -t --user 5"
}

@test "exec: --tty without console socket cannot be detached" {
	running c1
	k exec --tty --detach c1 true
	[ "$status" != 0 ]
	has "$error" "cannot allocate tty if"
}

@test "exec: no descriptors but 0, 1, 2" {
	running c1
	exec 17<"$OUT/file"
	ok exec c1 sh -c 'ls /proc/$$/fd; :'
	exec 17<&-
	equal "$(tr '\n' ' ' <<<"$output")" "0 1 2 "
}

@test "exec: runs in the container's cgroup" {
	running c1
	ok exec --detach --pid-file "$T/pid" c1 sleep 100
	equal "$(grep ^0:: "/proc/$(<"$T/pid")/cgroup")" "$(grep ^0:: "/proc/$(pid_of c1)/cgroup")"
}

@test "exec: seccomp of the container holds for it" {
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]} | .root.readonly = false'
	running c1
	k exec c1 mkdir /tmp/new
	[ "$status" != 0 ]
	has "$error" "not supported"
	ok exec c1 grep Seccomp: /proc/self/status
	like "$output" '2$'
}

@test "exec: killed in the foreground with SIGKILL: nothing survives delete --force" {
	running c1
	"$KIN" --root "$ROOT" exec c1 sleep 888 </dev/null >/dev/null 2>&1 &
	local pid=$!
	wait_for pgrep -f 'sleep 888'
	kill -9 $pid
	wait $pid 2>/dev/null || :
	ok delete --force c1
	clean
}

@test "exec: the container is killed meanwhile: ends with 137" {
	running c1
	"$KIN" --root "$ROOT" exec c1 sleep 888 </dev/null >"$T/out" 2>&1 &
	local pid=$! rc=0
	wait_for pgrep -f '^sleep 888'
	ok kill c1 KILL
	wait $pid || rc=$?
	equal $rc 137
	wait_state c1 stopped
}

@test "exec: fifty at once" {
	running c1
	local i
	for i in {1..50}; do
		"$KIN" --root "$ROOT" exec c1 echo "n$i" </dev/null >>"$T/out" 2>&1 &
	done
	for i in {1..50}; do wait -n || fail "$(<"$T/out")"; done
	equal "$(sort -u "$T/out" | wc -l)" 50
}

@test "exec: HOME comes from the container's passwd when unset" {
	config '.process.env -= ["HOME=/root"]'
	running c1
	ok exec c1 sh -c 'echo $HOME'
	equal "$output" /root
}

@test "exec: rlimits of the configuration hold" {
	running c1
	ok exec c1 sh -c 'ulimit -n'
	equal "$output" 1024
}

@test "exec: cwd through a leaked descriptor is refused (CVE-2024-21626)" {
	running c1
	local n
	for n in 3 4 5 6 7 8 9 10 17 100; do
		k exec --cwd "/proc/self/fd/$n" c1 ls
		[ "$status" != 0 ] || fail "cwd /proc/self/fd/$n worked: $output"
		k exec c1 "/proc/self/fd/$n/bin/sh" -c true
		[ "$status" != 0 ] || fail "program below /proc/self/fd/$n worked"
	done
}

# bats test_tags=root
@test "exec --cgroup: in a sub-cgroup, which is removed with the container" {
	running c1
	local cgroup
	cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")
	mkdir -p "$cgroup/sub/deep"
	ok exec --detach --pid-file "$T/pid" --cgroup /sub/deep c1 sleep 777
	equal "$(<"$cgroup/sub/deep/cgroup.procs")" "$(<"$T/pid")"
	ok exec --detach --pid-file "$T/pid" --cgroup=sub c1 sleep 778
	equal "$(<"$cgroup/sub/cgroup.procs")" "$(<"$T/pid")"
	ok exec --detach --pid-file "$T/pid" --cgroup / c1 sleep 779
	has " $(tr '\n' ' ' <"$cgroup/cgroup.procs")" " $(<"$T/pid") "
	ok ps --format json c1
	equal "$(jq length <<<"$output")" 4
	ok delete --force c1
	[ ! -e "$cgroup" ] || fail "$cgroup is left"
	clean
}

# bats test_tags=root
@test "exec --cgroup: none that is not there, not the container's, or of cgroup v1" {
	running c1
	running c2
	local path
	for path in nope ../kin-c2 /../kin-c2 sub/../../kin-c2 cpu:/ cpu,memory:/sub :/; do
		k exec --cgroup "$path" c1 true
		equal "$status" 255 "$path"
		[ -n "$error" ] && equal "$(wc -l <"$io.err")" 1 "$path"
	done
	k exec --cgroup cpu:/x c1 true
	has "$error" "--cgroup argument: cpu:/x"
	equal "$(wc -l </sys/fs/cgroup/kin-c2/cgroup.procs)" 1
	ok exec --cgroup '' c1 true
}

# bats test_tags=root
@test "exec: in a container whose cgroup was given to its own root" {
	config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 1000000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings | .linux.cgroupsPath = "/given"
		| (.mounts[] | select(.type == "cgroup").options) -= ["ro"]'
	chmod 0711 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	running c1
	equal "$(stat -c %u /sys/fs/cgroup/given)" 1000000
	ok exec c1 sh -c 'sed -n "s/^0:://p" /proc/self/cgroup; id -u; mkdir /sys/fs/cgroup/mine'
	equal "$output" $'/\n0'
	# In a sub-cgroup of its making, too.
	ok exec --cgroup mine c1 sed -n 's/^0:://p' /proc/self/cgroup
	equal "$output" /mine
	ok delete --force c1
	clean
}
