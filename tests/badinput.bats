#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Bad input: one clear line, one JSON object in the log, status 1, and nothing left behind.
load helpers/kin

# refused WHAT [TEXT...]: run and create of the bundle as it is now; TEXTs must be in the line.
refused() {
	local what=$1 verb text
	shift
	for verb in create run; do
		rm -f "$T/log"
		k --log "$T/log" --log-format json "$verb" --bundle "$BUNDLE" bad
		[ "$status" = 1 ] || fail "$what: $verb ended with $status: $output $error"
		equal "$(wc -l <"$io.err")" 1 "$what: lines of $error"
		equal "$output" "" "$what: output"
		equal "$(jq -r .msg "$T/log")" "$error" "$what: the log"
		equal "$(jq -s length "$T/log")" 1 "$what: objects in the log"
		for text in "$@"; do has "$error" "$text"; done
	done
	[ ! -e "$ROOT/bad" ] || fail "$what: a record is left"
}
raw() { # printf FORMAT...: the whole config.json
	# shellcheck disable=SC2059
	printf "$@" >"$BUNDLE/config.json"
}
base() {
	cp "$BATS_FILE_TMPDIR/config.json" "$BUNDLE/config.json"
}

# bats test_tags=smoke
@test "bad config.json: missing, empty, truncated, a directory, a FIFO" {
	rm "$BUNDLE/config.json"
	refused missing "config.json" "no such file or directory"
	raw ''
	refused empty
	head -c 700 "$BATS_FILE_TMPDIR/config.json" >"$BUNDLE/config.json"
	refused truncated
	rm "$BUNDLE/config.json"
	mkdir "$BUNDLE/config.json"
	refused directory
	rmdir "$BUNDLE/config.json"
	mkfifo "$BUNDLE/config.json"
	refused fifo
	rm "$BUNDLE/config.json"
	base
	[ "$(id -u)" = 0 ] || { chmod 0 "$BUNDLE/config.json"; refused unreadable "permission denied"; }
	clean
}

# bats test_tags=smoke,slow
@test "bad config.json: 100 MB" {
	{ printf '{"ociVersion":"1.0.0","x":"'; head -c 100000000 /dev/zero | tr '\0' x; printf '"}'; } >"$BUNDLE/config.json"
	local begin=${EPOCHREALTIME/./}
	refused '100 MB'
	[ $((${EPOCHREALTIME/./} - begin)) -lt 6000000 ] || fail "took long"
	clean
}

# bats test_tags=smoke,slow
@test "bad config.json: deep nesting" {
	local d
	for d in 65 10000 1000000; do
		{ printf '{"ociVersion":"1.0.0","x":'; head -c $d /dev/zero | tr '\0' '['; head -c $d /dev/zero | tr '\0' ']'; printf '}'; } >"$BUNDLE/config.json"
		refused "depth $d"
		{ printf '{"ociVersion":"1.0.0","x":'; head -c $d /dev/zero | tr '\0' '['; } >"$BUNDLE/config.json"
		refused "depth $d, open"
		{ for ((i = 0; i < (d > 10000 ? 10000 : d); i++)); do printf '{"a":'; done; } >"$BUNDLE/config.json"
		refused "objects $d"
	done
	clean
}

# bats test_tags=smoke
@test "bad config.json: what strict JSON forbids" {
	local text
	while read -r text; do
		raw '%b' "$text"
		refused "$text"
	done <<-'END'
		null
		[]
		"x"
		12
		{"ociVersion":"1.0.0"} trailing
		{"ociVersion":"1.0.0"}{"ociVersion":"1.0.0"}
		{"ociVersion":"1.0.0",}
		{"ociVersion":"1.0.0" "a":1}
		{'ociVersion':'1.0.0'}
		{"ociVersion":"1.0.0","ociVersion":"1.0.0"}
		{"ociVersion":"1.0.0","x":{"a":1,"a":1}}
		{"ociVersion":"1.0.0","x":"\\u0000"}
		{"ociVersion":"1.0.0","x":"\\ud800"}
		{"ociVersion":"1.0.0","x":"\\udc00\\ud800"}
		{"ociVersion":"1.0.0","x":"\xff\xfe"}
		{"ociVersion":"1.0.0","x":"\xc0\xaf"}
		{"ociVersion":"1.0.0","x":"\xed\xa0\x80"}
		{"ociVersion":"1.0.0","x":01}
		{"ociVersion":"1.0.0","x":+1}
		{"ociVersion":"1.0.0","x":NaN}
		{"ociVersion":"1.0.0","x":.5}
		{"ociVersion":"1.0.0","x":"a\tb"}
		/* comment */ {"ociVersion":"1.0.0"}
		{"ociVersion":"1.0.0"} // comment
	END
	clean
}

@test "bad config.json: a NUL byte at the end, in the middle, in a string" {
	{ cat "$BATS_FILE_TMPDIR/config.json"; printf '\0'; } >"$BUNDLE/config.json"
	refused "NUL at the end"
	{ printf '{"ociVersion":"1.0.0",\0'; printf '"x":1}'; } >"$BUNDLE/config.json"
	refused "NUL in the middle"
	base
	config '.process.args = ["/bin/true@x"]'
	sed -i 's/@/\\u0000/' "$BUNDLE/config.json"
	refused "NUL in args"
	base
	config '.hostname = "a@b"'
	sed -i 's/a@b/a\\u0000b/' "$BUNDLE/config.json"
	refused "NUL in hostname"
	clean
}

# wrong FILTER POINTER: the base configuration changed so that POINTER is what is wrong with it
wrong() {
	base
	config "$1"
	refused "$1" "$2"
}

# bats test_tags=smoke
@test "bad values: types, each with its JSON pointer" {
	wrong '.process = []' /process
	wrong '.process.args = "sh"' /process/args
	wrong '.process.args = []' /process/args
	wrong '.process.args = ["a", 1]' /process/args/1
	wrong '.process.env = {"A": "b"}' /process/env
	wrong '.process.cwd = 1' /process/cwd
	wrong '.process.cwd = ""' /process/cwd
	wrong 'del(.process.cwd)' /process
	wrong '.process.cwd = "tmp"' /process/cwd
	wrong '.process.user.uid = "0"' /process/user/uid
	wrong '.process.user.additionalGids = [1, "2"]' /process/user/additionalGids/1
	wrong '.process.terminal = "yes"' /process/terminal
	wrong '.process.noNewPrivileges = 1' /process/noNewPrivileges
	wrong '.process.capabilities.bounding = "CAP_KILL"' /process/capabilities/bounding
	wrong '.root = "rootfs"' /root
	wrong '.root.path = 5' /root/path
	wrong '.root.readonly = "true"' /root/readonly
	wrong '.mounts = {}' /mounts
	wrong '.mounts[0] = "x"' /mounts/0
	wrong '.mounts[2].options = "ro"' /mounts/2/options
	wrong 'del(.mounts[1].destination)' /mounts/1
	wrong '.mounts[1].destination = ""' /mounts/1/destination
	wrong '.hostname = 5' /hostname
	wrong '.linux = "linux"' /linux
	wrong '.linux.namespaces = [{}]' /linux/namespaces/0
	wrong '.linux.maskedPaths = "x"' /linux/maskedPaths
	wrong '.linux.sysctl = ["a"]' /linux/sysctl
	wrong '.linux.sysctl = {"net.core.somaxconn": 5}' /linux/sysctl
	wrong '.hooks = []' /hooks
	wrong '.annotations = {"a": 1}' /annotations
	wrong '.annotations = "x"' /annotations
	clean
}

# bats test_tags=smoke
@test "bad values: numbers" {
	local n
	for n in -1 4294967296 9223372036854775808 18446744073709551616 1e400 1.5 1e0 -0.0 1000000000000000000000000; do
		base
		config '.process.user.uid = 424242424'
		sed -i "s/424242424/$n/" "$BUNDLE/config.json"
		refused "uid $n" /process/user/uid
	done
	for n in -1001 1001 2147483648 99999999999999999999 0.5; do
		base
		config '.process.oomScoreAdj = 424242424'
		sed -i "s/424242424/$n/" "$BUNDLE/config.json"
		refused "oomScoreAdj $n" /process/oomScoreAdj
	done
	for n in -1 18446744073709551616 1.5; do
		base
		config '.process.rlimits[0].hard = 424242424'
		sed -i "s/424242424/$n/" "$BUNDLE/config.json"
		refused "rlimit $n" /process/rlimits/0/hard
	done
	clean
}

# bats test_tags=smoke
@test "bad values: resources" {
	local r=.linux.resources p=/linux/resources
	wrong "$r = []" $p
	wrong "$r.memory = {limit: \"1g\"}" $p/memory/limit
	wrong "$r.memory = {limit: -2}" $p/memory/limit
	wrong "$r.memory = {swap: 5}" $p/memory/swap
	wrong "$r.memory = {swap: 5, limit: 6}" $p/memory/swap
	wrong "$r.cpu = {shares: -1}" $p/cpu/shares
	wrong "$r.cpu = {quota: 5}" $p/cpu/quota
	wrong "$r.cpu = {quota: 5000, period: 5}" $p/cpu/period
	wrong "$r.cpu = {idle: 2}" $p/cpu/idle
	wrong "$r.cpu = {cpus: \"0\\n1\"}" $p/cpu/cpus
	wrong "$r.pids = {limit: \"max\"}" $p/pids/limit
	wrong "$r.blockIO = {weight: 5}" $p/blockIO/weight
	wrong "$r.blockIO = {weightDevice: [{major: 8, weight: 50}]}" $p/blockIO/weightDevice/0/minor
	wrong "$r.blockIO = {throttleReadBpsDevice: [{major: 8, minor: 0, rate: \"1m\"}]}" $p/blockIO/throttleReadBpsDevice/0/rate
	wrong "$r.hugepageLimits = [{pageSize: \"../2MB\", limit: 0}]" $p/hugepageLimits/0/pageSize
	wrong "$r.hugepageLimits = [{pageSize: \"2MB\", limit: 1}, {pageSize: \"2MB\", limit: 1}]" $p/hugepageLimits/1/pageSize
	wrong "$r.rdma = {mlx5_1: {hcaHandles: -2}}" $p/rdma/mlx5_1/hcaHandles
	wrong "$r.unified = {\"../memory.max\": \"5\"}" "$p/unified/..~1memory.max"
	wrong "$r.unified = {\"memory.max\": 5}" $p/unified/memory.max
	local ours
	for ours in procs threads kill freeze type; do
		wrong "$r.unified = {\"cgroup.$ours\": \"1\"}" "$p/unified/cgroup.$ours"
	done
	wrong "$r.devices = [{access: \"rwm\"}]" $p/devices/0/allow
	clean
}

# bats test_tags=smoke
@test "bad values: ociVersion" {
	local v
	for v in 99.0.0 2.0.0 0.9.0 1 1.0 x '' 1.0.0.0 '1.0.0 ' -1.0.0 01.0.0; do
		base
		config '.ociVersion = $v' --arg v "$v"
		refused "ociVersion '$v'" /ociVersion
	done
	wrong 'del(.ociVersion)' ociVersion
	wrong '.ociVersion = 1' /ociVersion
	for v in 1.0.0 1.0.2-dev 1.1.0 1.2.1 1.3.0 1.4.0-rc.1+dev 1.0.0-rc5+build; do
		base
		config '.ociVersion = $v' --arg v "$v"
		args true
		run_c
	done
	clean
}

@test "bad values: null is as absent, everywhere" {
	config '.hostname = null | .domainname = null | .root.readonly = null | .hooks = null | .annotations = {a: null} |
		.mounts[] |= (. + {source: (.source // null), uidMappings: null}) | .mounts[0].options = null |
		.process |= (.terminal = null | .consoleSize = null | .user = {uid: null, gid: null, umask: null, additionalGids: null} |
			.noNewPrivileges = null | .oomScoreAdj = null | .apparmorProfile = null | .rlimits = null | .scheduler = null) |
		.linux |= (.cgroupsPath = null | .rootfsPropagation = null | .mountLabel = null | .seccomp = null | .devices = null |
			.resources |= {memory: null, cpu: {shares: null, cpus: null}, pids: {limit: null}, blockIO: null, unified: null})'
	runs 'id -u; grep NoNewPrivs /proc/self/status'
	equal "$output" $'0\nNoNewPrivs:\t0'
	config '.process.cwd = null'
	refused "null where something is required"
	has "$error" "/process/cwd: required"
}

@test "bad values: unknown members are ignored, at every level" {
	config '.future = {"a": [1, {"b": null}]} | .process.future = 1 | .linux.future = true | .mounts[0].future = [] | .root.future = "x"'
	runs 'echo fine'
	equal "$output" fine
}

# bats test_tags=smoke
@test "bad bundles: without rootfs, with rootfs as a file, as a link; bundle absent or a file" {
	mv "$BUNDLE/rootfs" "$T/real"
	refused "no rootfs" rootfs "no such file or directory"
	touch "$BUNDLE/rootfs"
	refused "rootfs is a file" "not a directory"
	rm "$BUNDLE/rootfs"
	ln -s "$T/real" "$BUNDLE/rootfs"
	args echo linked
	k run --bundle "$BUNDLE" bad
	# runc refuses, crun resolves; what must not happen is a third thing.
	if [ "$status" = 0 ]; then equal "$output" linked; else equal "$(wc -l <"$io.err")" 1; has "$error" rootfs; fi
	rm "$BUNDLE/rootfs"
	ln -s nowhere "$BUNDLE/rootfs"
	refused "a dangling link" rootfs
	rm "$BUNDLE/rootfs"
	mv "$T/real" "$BUNDLE/rootfs"
	fails create --bundle "$T/none" bad
	has "$error" "no such file or directory"
	fails create --bundle "$BUNDLE/config.json" bad
	has "$error" "not a directory"
	wrong 'del(.root)' root
	clean
}

# bats test_tags=smoke
@test "bad programs: absent, a directory, not executable, empty" {
	echo data >"$BUNDLE/rootfs/plain"
	args nosuch
	refused absent 'exec: "nosuch": executable file not found in $PATH'
	args /nosuch
	refused 'absent path' 'exec: "/nosuch": stat /nosuch: no such file or directory'
	args /etc
	refused directory 'exec: "/etc": is a directory'
	args /plain
	refused 'not executable' 'exec: "/plain": permission denied'
	args /plain/below
	refused 'below a file' '/plain/below' 'not a directory'
	args ''
	refused empty
	clean
}

# bats test_tags=smoke,slow
@test "bad ids: empty, dots, slashes, 1,025 long, odd characters, a leading dash" {
	local id
	args true
	for id in '' . .. a/b /a ../a 'a b' $'a\nb' a:b 'ü' .hidden 'a*' "$(printf 'x%.0s' {1..1025})" "$(printf 'x%.0s' {1..241})"; do
		for verb in "create --bundle $BUNDLE" "run --bundle $BUNDLE" start state kill delete; do
			# shellcheck disable=SC2086
			k $verb "$id"
			[ "$status" = 1 ] || fail "$verb '$id': $status"
			equal "$(wc -l <"$io.err")" 1 "$verb '$id': $error"
		done
	done
	fails create --bundle "$BUNDLE" -- -dash
	for id in a A9 a_b a+b a.b a-b 0 "$(printf 'x%.0s' {1..240})"; do
		ok run --bundle "$BUNDLE" "$id"
	done
	clean
}

# bats test_tags=smoke,slow
@test "bad resources: ulimit -n of 3 to 64" {
	local n failed=0
	args true
	config 'del(.process.rlimits)'
	for n in $(seq 3 64); do
		may_be_killed=1
		( ulimit -n "$n"; exec timeout --foreground 20 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" "n$n" ) </dev/null >"$T/out" 2>"$T/err" && continue
		rc=$?
		failed=$((failed + 1))
		[ $rc = 1 ] || [ $rc = 127 ] || fail "ulimit -n $n: $rc $(<"$T/err")"
		# Below what the dynamic linker or the shell need even the message may be lost, but never a crash.
		[ $n -le 4 ] || equal "$(wc -l <"$T/err")" 1 "ulimit -n $n: $(<"$T/err")"
	done
	[ $failed -lt 40 ] || fail "$failed of 62 limits were too small"
	clean
}

@test "bad resources: create at each small ulimit -n, then delete --force" {
	local n
	args true
	config 'del(.process.rlimits)'
	for n in $(seq 3 24); do
		( ulimit -n "$n"; exec timeout --foreground 20 "$KIN" --root "$ROOT" create --bundle "$BUNDLE" "n$n" ) </dev/null >"$T/out" 2>"$T/err" || :
		ok delete --force "n$n"
	done
	clean
}

# bats test_tags=root
@test "bad state directories: full, at each size" {
	local kb
	args true
	mkdir -p "$ROOT"
	for kb in 4 8 12 16 20 24 32 48 64; do
		mount -t tmpfs -o size=${kb}k,nr_inodes=$((kb / 2 + 2)),mode=0700 full "$ROOT"
		k create --bundle "$BUNDLE" c1
		if [ "$status" != 0 ]; then
			equal "$status" 1
			equal "$(wc -l <"$io.err")" 1 "$kb kB: $error"
			[ ! -e "$ROOT/c1" ] || fail "$kb kB: a record is left"
		fi
		ok delete --force c1
		umount "$ROOT"
	done
	clean
}

# bats test_tags=rootless
@test "bad state directories: unwritable" {
	args true
	mkdir -p "$ROOT"
	chmod 0500 "$ROOT"
	if [ "$KIN_MODE" != userns ]; then
		fails create --bundle "$BUNDLE" c1
		has "$error" "permission denied"
	fi
	chmod 0700 "$ROOT"
	k --root /proc/1/fdinfo/x create --bundle "$BUNDLE" c1
	equal "$status" 1
	clean
}

# bats test_tags=root
@test "bad state directories: on a read-only file system" {
	args true
	mkdir -p "$ROOT"
	mount -t tmpfs -o ro,mode=0700 ro "$ROOT"
	fails create --bundle "$BUNDLE" c1
	has "$error" "read-only file system"
	umount "$ROOT"
	clean
}

# bats test_tags=smoke
@test "bad state directories: garbage in them" {
	args sleep 100
	mkdir -p "$ROOT"
	chmod 0700 "$ROOT"
	echo garbage >"$ROOT/afile"
	mkdir "$ROOT/adir" "$ROOT/.hidden" "$ROOT/not an id"
	mkfifo "$ROOT/afifo"
	ln -s /etc "$ROOT/alink"
	create c1
	ok list -q
	has "$output" c1
	ok start c1
	local id
	for id in afile adir afifo alink; do
		k state "$id"
		# An empty directory is what a create leaves that was killed after its first system call.
		[ "$status" = 1 ] || [ "$id $(jq -r .status <<<"$output")" = "adir creating" ] || fail "state $id: $status $output"
		fails create --bundle "$BUNDLE" "$id"
	done
	ok delete -f c1
	[ -d /etc ] && [ -e /etc/passwd ]
	rm -rf "${ROOT:?}"
}

@test "bad moments: start twice, delete while running, kill of a stopped one" {
	running c1
	fails start c1
	fails delete c1
	ok kill c1 KILL
	wait_state c1 stopped
	fails kill c1 TERM
	fails start c1
	ok delete c1
	fails delete c1
	clean
}

@test "bad arguments: a configuration with a million environment variables, 200,000 arguments" {
	jq '.process.env = [range(200000) | "V\(.)=x"] | .process.args = ["true"]' "$BATS_FILE_TMPDIR/config.json" >"$BUNDLE/config.json"
	local begin=$SECONDS
	k run --bundle "$BUNDLE" bad
	[ $((SECONDS - begin)) -lt 10 ] || fail "$((SECONDS - begin)) s"
	[ "$status" = 0 ] || equal "$(wc -l <"$io.err")" 1 "$error"
	jq '.process.args = ["true"] + [range(200000) | "a\(.)"]' "$BATS_FILE_TMPDIR/config.json" >"$BUNDLE/config.json"
	begin=$SECONDS
	k run --bundle "$BUNDLE" bad
	[ $((SECONDS - begin)) -lt 10 ] || fail "$((SECONDS - begin)) s"
	clean
}

@test "bad arguments: strings at the limits of paths" {
	args true
	local n
	for n in 254 255 256 4095 4096 4097 65535 65536 65537; do
		base
		config '.mounts += [{destination: ("/" + ("d" * $n)), type: "tmpfs", source: "tmpfs"}] | .process.args = ["true"]' --argjson n "$n"
		k run --bundle "$BUNDLE" bad
		[ "$status" = 0 ] || [ "$status" = 1 ]
		[ "$status" = 0 ] || equal "$(wc -l <"$io.err")" 1
		base
		config '.process.args = ["true", ("a" * $n)] | .process.env += ["E=" + ("e" * $n)]' --argjson n "$n"
		ok run --bundle "$BUNDLE" bad
	done
	clean
}
