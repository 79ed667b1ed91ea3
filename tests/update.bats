#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# document ARGS...: what the flags of an update come to, whether this machine can do it or not; sets $document
document() {
	k --debug update "$@" c1
	document=$(sed -n 's/^resources: //p' <<<"$error")
	[ -n "$document" ] || fail "kin update $*: $error"
	jq -e . <<<"$document" >/dev/null
}
same() { # JSON
	equal "$(jq -cS . <<<"$document")" "$(jq -cS . <<<"$1")"
}

# bats test_tags=smoke
@test "update: the flags of runc and crun, as one document" {
	running c1
	document --blkio-weight 300
	same '{"blockIO":{"weight":300}}'
	document --cpu-period 100000 --cpu-quota=50000 --cpu-burst 10000 --cpu-share 512 --cpu-idle 0
	same '{"cpu":{"period":100000,"quota":50000,"burst":10000,"shares":512,"idle":0}}'
	document --cpu-shares 2 --cpu-quota -1
	same '{"cpu":{"shares":2,"quota":-1}}'
	document --cpuset-cpus 0-1,3 --cpuset-mems 0
	same '{"cpu":{"cpus":"0-1,3","mems":"0"}}'
	document -m 64m --memory-reservation 32m --memory-swap -1
	same '{"memory":{"limit":67108864,"reservation":33554432,"swap":-1}}'
	document --pids-limit 20 --memory=-1
	same '{"memory":{"limit":-1},"pids":{"limit":20}}'
	document --pids-limit=-1
	same '{"pids":{"limit":-1}}'
	document --kernel-memory 1g --kernel-memory-tcp 1g --cpu-rt-period 0 --memory ''
	same '{}'
}

@test "update: sizes as people write them" {
	running c1
	local size bytes
	while read -r size bytes; do
		document --memory "${size/_/ }"
		same "{\"memory\":{\"limit\":$bytes}}"
	done <<-'END'
		0 0
		123456789 123456789
		512b 512
		1k 1024
		1K 1024
		3KiB 3072
		3kb 3072
		64m 67108864
		1.5g 1610612736
		0.25G 268435456
		2_GiB 2147483648
		1t 1099511627776
		1.5T 1649267441664
		1p 1125899906842624
		9223372036854775807 9223372036854775807
	END
}

@test "update: a value that is none is named with its flag, and nothing happens" {
	local flag value
	running c1
	while read -r flag value; do
		fails update "$flag" "$value" c1
		has "$error" "invalid value \"$value\" for flag $flag: "
		equal "$output" ""
	done <<-'END'
		--blkio-weight heavy
		--blkio-weight -1
		--cpu-period 1s
		--cpu-period -5
		--cpu-quota 1.5
		--cpu-quota -
		--cpu-burst 0x10
		--cpu-share 99999999999999999999
		--cpu-idle yes
		--cpu-rt-period x
		--memory lots
		--memory 12q
		--memory 1.
		--memory -2
		--memory 1mm
		--memory 9223372036854775808
		--memory 8192p
		--memory-reservation k
		--memory-swap --
		--pids-limit many
	END
	equal "$(state_of c1)" running
}

@test "update: what cgroup v2 or kin does not have is said" {
	running c1
	fails update --cpu-rt-period 1000 c1
	has "$error" "--cpu-rt-period"
	has "$error" "real-time"
	fails update --cpu-rt-runtime 1000 c1
	has "$error" "--cpu-rt-runtime"
	fails update --l3-cache-schema L3:0=f c1
	has "$error" "the container has no class of service: its configuration has no linux.intelRdt"
	fails update --mem-bw-schema MB:0=50 c1
	has "$error" "the container has no class of service"
}

@test "update: a file, standard input, and flags that win over them" {
	running c1
	printf %s '{ "pids": { "limit": 5 }, "memory": {"limit": 1, "swap": 2}, "cpu": null, "x": [1, {"a": "\u0001\""}, true] }' \
		>"$T/r.json"
	document --resources "$T/r.json"
	equal "$document" "$(<"$T/r.json")" # as it is
	document -r "$T/r.json" --memory 64m --cpu-share 10 --cpuset-cpus '"'
	same '{"pids":{"limit":5},"memory":{"swap":2,"limit":67108864},"cpu":{"shares":10,"cpus":"\""},"x":[1,{"a":"\u0001\""},true]}'
	"$KIN" --root "$ROOT" --debug update -r - --pids-limit 7 c1 <"$T/r.json" >/dev/null 2>"$T/err" || :
	document=$(sed -n 's/^resources: //p' "$T/err")
	equal "$(jq -c .pids <<<"$document")" '{"limit":7}'
	cat "$T/r.json" | "$KIN" --root "$ROOT" --debug update --resources=- c1 >/dev/null 2>"$T/err" || :
	equal "$(sed -n 's/^resources: //p' "$T/err")" "$(<"$T/r.json")"
}

@test "update: files that are none" {
	running c1
	fails update -r "$T/nope" c1
	has "$error" "no such file or directory"
	fails update -r "$T" c1
	mkfifo "$T/fifo"
	fails update -r "$T/fifo" c1
	fails update -r - c1 # empty
	echo '{"memory":' >"$T/r"
	fails update -r "$T/r" c1
	fails update -r "$T/r" --pids-limit 3 c1
	echo '[]' >"$T/r"
	fails update -r "$T/r" c1
	fails update -r "$T/r" --pids-limit 3 c1
	echo '{"memory":{"limit":"64m"}}' >"$T/r"
	fails update -r "$T/r" c1
	has "$error" "/memory/limit"
	equal "$(state_of c1)" running
}

@test "update: standard input without an end is refused at 16 MiB" {
	running c1
	local rc=0
	head -c 17000000 /dev/zero | tr '\0' ' ' | timeout 20 "$KIN" --root "$ROOT" update -r - c1 2>"$T/err" || rc=$?
	equal "$rc" 1
	has "$(<"$T/err")" "larger than the limit of 16777216 bytes"
}

# bats test_tags=root
@test "update: a limit whose controller is missing is an error with its name; what asks for nothing is none" {
	running c1
	if grep -qw memory /sys/fs/cgroup/cgroup.controllers; then skip "there is a memory controller"; fi
	fails update --memory 64m c1
	has "$error" "memory"
	has "$error" "controller"
	fails update --pids-limit 10 c1
	has "$error" "pids"
	ok update --memory 0 --pids-limit 0 c1
	ok update c1
	equal "$(state_of c1)" running
}

# bats test_tags=smoke,root
@test "update: huge pages, through a document" {
	running c1
	local file=/sys/fs/cgroup/kin-c1/hugetlb.2MB.max
	grep -qw hugetlb /sys/fs/cgroup/cgroup.controllers || skip "there is no hugetlb controller"
	printf '{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}' >"$T/r"
	# cgroup-v2.rst, "No Internal Process Constraint": the hierarchy's own root, which has no cgroup.type, is exempt.
	if [ -e /sys/fs/cgroup/cgroup.type ] && [ -n "$(</sys/fs/cgroup/cgroup.procs)" ]; then
		fails update -r "$T/r" c1
		has "$error" '/hugepageLimits/0/limit: cgroup controller "hugetlb" cannot be enabled'
		return
	fi
	ok update -r "$T/r" c1
	equal "$output$error" ""
	equal "$(<"$file")" 4194304
	# All or nothing: the second limit cannot be set, so the first is not, either.
	printf '{"hugepageLimits":[{"pageSize":"2MB","limit":2097152}],"unified":{"memory.max":"1048576"}}' >"$T/r"
	if ! grep -qw memory /sys/fs/cgroup/cgroup.controllers; then
		fails update -r "$T/r" c1
		equal "$(<"$file")" 4194304
	fi
}

@test "update: no container, a stopped one" {
	fails update --pids-limit 5 nope
	has "$error" "container does not exist"
	fails update
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	fails update --pids-limit 5 c1
	has "$error" "container not running"
}
