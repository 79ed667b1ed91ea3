# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The oracle: what the machine looks like, as lines of text, so that two looks can be compared.  A container runtime
# must leave none of this behind: processes, mounts, cgroups, records, sockets, keyrings, files, the host's name.

# Everything that is to be seen, except what belongs to the one who looks: builtins only, before the first fork.
oracle_processes() {
	local p line rest self=$BASHPID
	local -A parent=() text=()
	for p in /proc/[0-9]*; do
		p=${p#/proc/}
		{ read -r line <"/proc/$p/stat"; } 2>/dev/null || continue
		rest=${line##*) }
		[ "${rest%% *}" != Z ] && [ "${rest%% *}" != X ] || continue
		# shellcheck disable=SC2086 # fields
		set -- $rest
		# Without a pid namespace the kernel's threads are there (PF_KTHREAD), and come and go.
		(($7 & 0x200000)) && continue
		parent[$p]=$2
		text[$p]="process $p started ${20}: ${line%) *}"
		text[$p]="${text[$p]/"$p ("/}"
	done
	# Without a pid namespace of our own only what descends from the one that collects the orphans is ours.
	for p in "${!text[@]}"; do
		[ "$p" != "$self" ] || continue
		if [ -z "${KIN_VIEW-}" ]; then
			rest=$p
			while [ -n "${parent[$rest]-}" ] && [ "$rest" != "${KIN_REAPER-0}" ]; do rest=${parent[$rest]}; done
			[ "$rest" = "${KIN_REAPER-0}" ] || continue
		fi
		echo "${text[$p]}"
	done
}

# oracle_look: all of it.  $OUT: a directory whose content must never change; $ROOT: the state directory.
# Few programs: each takes its time where a processor is emulated, and this is done twice for each test.  And without bats'
# traps, which are executed after each of a shell's steps: seconds instead of tenths of one.
oracle_look() (
	trap - DEBUG ERR
	set +ET
	oracle_see
)
oracle_see() {
	oracle_processes
	local line name=_ses
	local -a lines
	mapfile -t lines </proc/self/mountinfo
	for line in "${lines[@]}"; do
		line=${line#* }
		echo "mount ${line#* }"
	done
	read -r line </proc/sys/kernel/hostname && echo "hostname $line"
	read -r line </proc/sys/kernel/domainname && echo "domainname $line"
	if [ -n "${KIN_VIEW-}" ]; then
		find /sys/fs/cgroup -type d -printf 'cgroup %p\n' 2>/dev/null || :
		find /run /dev/shm /tmp /var/tmp -xdev \( -path '/tmp/*' -o -path '/var/tmp/*' \) -printf 'entry %p\n' -prune -o \
			-type d -printf 'directory %p\n' -o -printf 'file %p %s\n' 2>/dev/null || :
		mapfile -t lines </proc/net/unix
		for line in "${lines[@]}"; do
			[[ $line != *' '[/@]* ]] || echo "socket ${line##* }"
		done
	else
		find "$ROOT" -printf 'record %p\n' 2>/dev/null || :
	fi
	# Keyrings have no namespace but the user's: root's are everybody's, so there only names that no other test has.
	[ "$EUID" != 0 ] || [ "${KIN_MODE-}" != root ] || name=_ses.kin-oracle-
	{ mapfile -t lines </proc/keys; } 2>/dev/null || lines=()
	for line in "${lines[@]}"; do
		[[ $line == *keyring*" $name"* ]] || continue
		line=${line#*" $name"}
		echo "keyring $name${line%% *}"
	done
	[ ! -d "${OUT-}" ] || find "$OUT" ${ROOT:+"$ROOT"} -path "${ROOT-}" -o -path "${ROOT-}/*" -printf 'record %P\n' -o \
		-printf 'outside %p %y %m %U %G %s %T@ %l\n' 2>/dev/null || :
}

# $ORACLE_LATE: an extended regular expression of lines that a daemon of the test comes to in its own time.
# A keyring is collected some time after the last process that had it: one that goes is no difference.
oracle_differences() {
	diff "$ORACLE/before.sorted" "$ORACLE/after.sorted" |
		{ [ -z "${ORACLE_LATE-}" ] && cat || grep -vE "$ORACLE_LATE"; } |
		sed -n -e '/^< keyring/d' -e 's/^< /  gone: /p' -e 's/^> /  left: /p'
}

# oracle_scorch: for the sake of the next test: what is left is ended and removed, roughly.
oracle_scorch() {
	local kind what
	[ -n "${KIN_VIEW-}" ] || return 0
	comm -13 "$ORACLE/before.sorted" "$ORACLE/after.sorted" | tac | while read -r kind what _; do
		case $kind in
		process) kill -9 "$what" 2>/dev/null ;;
		cgroup) { echo 1 >"$what/cgroup.kill"; } 2>/dev/null ;;
		esac
	done
	sleep 0.1
	comm -13 "$ORACLE/before.sorted" "$ORACLE/after.sorted" | sed -n 's/^cgroup //p' | sort -r | while read -r what; do
		rmdir "$what" 2>/dev/null
	done
	comm -13 "$ORACLE/before.sorted" "$ORACLE/after.sorted" | awk '$1 == "mount" { print $4 }' | tac | while read -r what; do
		umount -l "$what" 2>/dev/null
	done
	return 0
}

oracle_before() {
	oracle_look >"$ORACLE/before"
}

# oracle_after: waits (at most ORACLE_SETTLE seconds, thrice that in the virtual machine) for the look of before; else says what
# differs first.
oracle_after() {
	local patience=${ORACLE_SETTLE:-10} end
	[ -z "${KIN_VM-}" ] || patience=$((patience * 3))
	end=$((SECONDS + patience))
	while :; do
		oracle_look >"$ORACLE/after"
		[ "$(<"$ORACLE/before")" != "$(<"$ORACLE/after")" ] || return 0
		sort "$ORACLE/before" >"$ORACLE/before.sorted"
		sort "$ORACLE/after" >"$ORACLE/after.sorted"
		[ -n "$(oracle_differences)" ] || return 0
		((SECONDS < end)) || break
		sleep 0.1
	done
	echo "the oracle: something is different from before:"
	oracle_differences | head -n 20
	return 1
}
