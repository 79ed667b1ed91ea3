# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034 # the variables are the tests'
#
# What every bats file loads: a bundle for each test, kin with a state directory of its own, and the oracle after it.
#
#   $T        the test's directory        $ROOT    the state directory (--root)
#   $BUNDLE   the bundle                  $OUT     a directory outside of it that must never change
#   $KIN      the program                 $KIN_MODE  root, user, plain, userns (see tests/bats)
#   k ARGS    runs kin: $status, $output (stdout), $error (stderr); never waits for what stays behind
#   ok ARGS   k, and fails the test unless status is 0;  fails ARGS: unless it is 1, with one line on stderr

: "${KIN_SRC:=$(cd "$BATS_TEST_DIRNAME/.." && pwd)}"
: "${KIN_BUILD:=$KIN_SRC/build}" "${KIN_MODE:=$([ "$(id -u)" = 0 ] && echo root || echo plain)}"
: "${KIN:=$KIN_BUILD/kin}"
HELPERS=$KIN_BUILD/tests/helpers
# shellcheck source=tests/helpers/oracle.bash
source "$KIN_SRC/tests/helpers/oracle.bash"

APPLETS="sh ls cat echo true false sleep id hostname ps mount grep head test touch mkdir rm ln stat pwd env kill sed
	awk readlink dd stty tty wc od find cut sort umount chmod chown mknod nproc uname ip ifconfig date tr seq sync cmp
	mkfifo printf setsid timeout domainname basename dirname cp mv usleep ulimit which whoami groups df du nc xargs tail"

# ---- bundles ----------------------------------------------------------------------------------------------------------
# The rootfs of one bats file; tests get it by hard links.
rootfs_make() { # DIR
	mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp,root,usr/bin,var/tmp,run}
	cp "$(busybox_path)" "$1/bin/busybox"
	# Its own shell needs no program for ln: seventy of them take seconds where a processor is emulated.
	# shellcheck disable=SC2016,SC2086 # the inner shell's; a list
	"$(busybox_path)" sh -c 'cd "$1/bin" && shift && for a; do ln -s busybox "$a"; done' sh "$1" $APPLETS
	ln -s ../../bin/busybox "$1/usr/bin/only-in-usr-bin"
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$1/etc/group"
	chmod 1777 "$1/tmp"
}
busybox_path() {
	local b
	for b in /bin/busybox /usr/bin/busybox; do [ -x "$b" ] && echo "$b" && return; done
	echo "busybox-static is missing" >&2
	return 1
}

# The configuration that `spec` of a runtime gives, without terminal, for the mode the tests run in.
config_base() {
	local caps='["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"]'
	jq -n --argjson caps "$caps" '{
	ociVersion: "1.2.0",
	process: {
		terminal: false, user: {uid: 0, gid: 0}, args: ["sh"], cwd: "/",
		env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
		capabilities: {bounding: $caps, effective: $caps, permitted: $caps, ambient: $caps},
		rlimits: [{type: "RLIMIT_NOFILE", hard: 1024, soft: 1024}], noNewPrivileges: true
	},
	root: {path: "rootfs", readonly: true},
	hostname: "kin",
	mounts: [
		{destination: "/proc", type: "proc", source: "proc"},
		{destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid","strictatime","mode=755","size=65536k"]},
		{destination: "/dev/pts", type: "devpts", source: "devpts",
		 options: ["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},
		{destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid","noexec","nodev","mode=1777","size=65536k"]},
		{destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid","noexec","nodev"]},
		{destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid","noexec","nodev","ro"]},
		{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid","noexec","nodev","relatime","ro"]}
	],
	linux: {
		resources: {devices: [{allow: false, access: "rwm"}]},
		namespaces: [{type: "pid"}, {type: "network"}, {type: "ipc"}, {type: "uts"}, {type: "mount"}, {type: "cgroup"}],
		maskedPaths: ["/proc/acpi","/proc/asound","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list",
			"/proc/timer_stats","/proc/sched_debug","/sys/firmware","/proc/scsi"],
		readonlyPaths: ["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]
	}}' | case $KIN_MODE in
	user) jq --argjson uid "$(id -u)" --argjson gid "$(id -g)" \
		--argjson su "$(sed -n "s/^$(id -un):\([0-9]*\):.*/\1/p" /etc/subuid | head -n 1)" \
		--argjson sg "$(sed -n "s/^$(id -un):\([0-9]*\):.*/\1/p" /etc/subgid | head -n 1)" '
		.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $uid, size: 1}, {containerID: 1, hostID: $su, size: 65535}] |
		.linux.gidMappings = [{containerID: 0, hostID: $gid, size: 1}, {containerID: 1, hostID: $sg, size: 65535}]' ;;
	plain) jq --argjson uid "$(id -u)" --argjson gid "$(id -g)" '
		.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $uid, size: 1}] |
		.linux.gidMappings = [{containerID: 0, hostID: $gid, size: 1}] |
		(.mounts[] | select(.type == "devpts").options) -= ["gid=5"]' ;;
	*) cat ;;
	esac
}

# bundle_make DIR: a bundle with a fresh rootfs and the base configuration.
bundle_make() {
	mkdir -p "$1"
	cp -al "$BATS_FILE_TMPDIR/rootfs" "$1/rootfs"
	cp "$BATS_FILE_TMPDIR/config.json" "$1/config.json"
}

# config FILTER [jq arguments]: changes the bundle's configuration.
config() {
	local filter=$1
	shift
	jq "$@" "$filter" "$BUNDLE/config.json" >"$T/config.new"
	mv "$T/config.new" "$BUNDLE/config.json"
}
# args WORDS...: what the container executes; script TEXT: with sh -c
args() {
	jq '.process.args = $ARGS.positional' "$BUNDLE/config.json" --args -- "$@" >"$T/config.new"
	mv "$T/config.new" "$BUNDLE/config.json"
}
script() {
	args sh -c "$1"
}

# ---- running kin ------------------------------------------------------------------------------------------------------
KIN_TIMEOUT=${KIN_TIMEOUT-60}
k() {
	io=$T/io.$((++io_count))
	status=0
	timeout --foreground -k 5 "$KIN_TIMEOUT" "$KIN" --root "$ROOT" "$@" </dev/null >"$io.out" 2>"$io.err" || status=$?
	output=$(<"$io.out") error=$(<"$io.err")
	if [ "$status" = 124 ] || [ "$status" = 137 ] && [ -z "${may_be_killed-}" ]; then
		fail "kin $* did not end within $KIN_TIMEOUT s (or was killed): $status $output $error"
	fi
	# Signals are never right: 139 is a crash.
	[ "$status" != 139 ] && [ "$status" != 134 ] || fail "kin $* crashed: $status $error"
}
ok() {
	k "$@"
	[ "$status" = 0 ] || fail "kin $* ended with $status: $output $error"
}
fails() {
	k "$@"
	[ "$status" = 1 ] || fail "kin $* should have failed with 1, and ended with $status: $output $error"
	[ -n "$error" ] || fail "kin $* failed without a word"
	[ "$(wc -l <"$io.err")" = 1 ] || fail "kin $* failed with more than one line: $error"
}
# create ID [FLAGS...], run ID: with the test's bundle.  What the container prints later: said ID.
create() {
	local id=$1
	shift
	ok create --bundle "$BUNDLE" "$@" "$id"
	eval "io_${id//[^A-Za-z0-9]/_}=\$io"
}
said() {
	local v=io_${1//[^A-Za-z0-9]/_}
	cat "${!v}.out" "${!v}.err"
}
# run_c WORDS...: runs the bundle in the foreground under a fresh id; $output is what it printed.
run_c() {
	CT=run-$((++ct_count))
	ok run --bundle "$BUNDLE" "$CT"
}
runs() { # SCRIPT: the bundle with that script; sets $output
	script "$1"
	run_c
}
# running ID: a container that runs until it is killed
running() {
	args sleep 1000
	create "$1"
	ok start "$1"
}
state_of() {
	k state "$1"
	if [ "$status" = 0 ]; then jq -r .status <<<"$output"; else echo none; fi
}
pid_of() {
	ok state "$1"
	jq -r .pid <<<"$output"
}
wait_state() { # ID STATE
	local i s
	for ((i = 0; i < 100; i++)); do
		s=$(state_of "$1")
		[ "$s" != "$2" ] || return 0
		sleep 0.05
	done
	fail "$1 did not become $2, it is $s"
}
wait_for() { # COMMAND...: until it succeeds, at most 5 s
	local i
	for ((i = 0; i < 100; i++)); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.05
	done
	fail "did not happen within 5 s: $*"
}

# ---- what kernels can -------------------------------------------------------------------------------------------------
kernel_is() { # MAJOR MINOR: that or a newer one
	local major minor
	IFS=. read -r major minor _ <<<"$(uname -r)"
	((major > $1 || (major == $1 && minor >= $2)))
}
# tells_ends: it tells anybody how a process has ended (pidfd_info.exit_code), not its parent alone
tells_ends() {
	kernel_is 6 15
}
# mappable DIR: DIR, which is empty, is on a file system whose mounts may have mapped ids: tmpfs's may since Linux 6.3
mappable() {
	! kernel_is 6 3 && root_mode || return 0
	oracle_before # for the teardown of who is skipped before the first look
	truncate -s 16M "$T/ext4"
	modprobe -aq loop ext4 || :
	/sbin/mkfs.ext4 -q "$T/ext4" && mount -o loop "$T/ext4" "$1" || skip "tmpfs cannot, and there is no other file system"
	rmdir "$1/lost+found"
	oracle_before # it is there when the teardown looks, too
	mappable=$1
}
# waited ID STATUS: kin wait tells it; where only the parent could have, that it is not known
waited() {
	k wait "$1"
	answered "$status $output$error" "$2"
}
answered() { # ANSWER STATUS: kin wait's own status, and what it has said
	if tells_ends || [[ $1 != *"its exit status is not known"* ]]; then
		equal "$1" "0 $2"
	else
		equal "${1%% *}" 1
	fi
}

# ---- assertions ---------------------------------------------------------------------------------------------------------
fail() {
	echo "$*"
	return 1
}
equal() { # GOT WANTED [WHAT]
	[ "$1" = "$2" ] || fail "${3-}: got \"$1\", wanted \"$2\""
}
has() { # TEXT PART
	[[ $1 == *"$2"* ]] || fail "\"$1\" does not contain \"$2\""
}
hasnt() {
	[[ $1 != *"$2"* ]] || fail "\"$1\" contains \"$2\""
}
like() { # TEXT REGEX
	[[ $1 =~ $2 ]] || fail "\"$1\" is not like $2"
}
root_mode() {
	[ "$KIN_MODE" = root ]
}
# clean: nothing is left right now, although nothing was deleted.
clean() {
	oracle_after
}

# ---- around each test -----------------------------------------------------------------------------------------------
setup_file() {
	# Made once in a run of bats; a copy for each file, whose tests may write into theirs.
	local common=${BATS_RUN_TMPDIR:-$BATS_FILE_TMPDIR}/kin # the kill sweep is no run of bats
	if [ ! -e "$common/config.json" ]; then
		rootfs_make "$common/rootfs"
		config_base >"$common/config.new"
		mv "$common/config.new" "$common/config.json"
	fi
	cp -a "$common/rootfs" "$BATS_FILE_TMPDIR/rootfs"
	cp "$common/config.json" "$BATS_FILE_TMPDIR/config.json"
}
setup() {
	T=$BATS_TEST_TMPDIR
	ROOT=$T/state BUNDLE=$T/bundle OUT=$T/outside ORACLE=$T/oracle
	io_count=0 ct_count=0
	mkdir -p "$OUT/dir" "$ORACLE"
	echo marker >"$OUT/file"
	echo marker >"$OUT/dir/ptmx"
	chmod 0640 "$OUT/file"
	bundle_make "$BUNDLE"
	export XDG_CACHE_HOME=$T/cache
	if [ "$(type -t prepare)" = function ]; then prepare; fi
	oracle_before
}
teardown() {
	local id rc=0 job
	# What the test left to the teardown: force must be able to remove it, and must say the truth.
	if [ -d "$ROOT" ]; then
		for id in $(ls -A "$ROOT" 2>/dev/null); do
			k delete --force "$id"
			[ "$status" = 0 ] || { echo "delete --force $id: $status $error" && rc=1; }
		done
	fi
	for job in $(jobs -p); do kill -9 "$job" 2>/dev/null; done
	wait 2>/dev/null
	if [ "$(type -t tidy)" = function ]; then tidy; fi
	oracle_after || { rc=1; oracle_scorch; }
	[ -z "${mappable-}" ] || umount "$mappable"
	return $rc
}
