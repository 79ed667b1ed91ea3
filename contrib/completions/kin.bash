# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of kin's command line for bash; written by contrib/generate, do not edit.

_kin() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' kind='' words=''
	local options='' ids='' verbs='' option i
	local -a globals=()
	COMPREPLY=()
	# bash makes a word of its own of the sign in --option=value
	[ "$cur" = = ] && cur=''
	[ "$prev" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--root | --log | --log-format | --log-level | --cgroup-manager | --rootless | --dump-options)
			option=${COMP_WORDS[i]}
			i=$((i + 1))
			[ "${COMP_WORDS[i]}" = = ] && i=$((i + 1))
			[ "$option" = --root ] && globals=(--root "${COMP_WORDS[i]}")
			;;
		-*) ;;
		*) command=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $command in
	'') options='--root --log --log-format --log-level --debug --systemd-cgroup --cgroup-manager --rootless --version --help' ;;
	create) options='--bundle --config --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --no-subreaper --preserve-fds --help' ;;
	start) options='--help' ids=1 ;;
	run) options='--bundle --config --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --no-subreaper --preserve-fds --detach --keep --help' ;;
	exec) options='--process --cwd --env --tty --user --additional-gids --cap --no-new-privs --detach --pid-file --console-socket --pidfd-socket --preserve-fds --cgroup --ignore-paused --no-new-keyring --apparmor --process-label --help' ids=1 ;;
	kill) options='--all --regex --wait --help' ids=1 ;;
	pause) options='--timeout --help' ids=1 ;;
	resume) options='--timeout --help' ids=1 ;;
	update) options='--resources --blkio-weight --cpu-period --cpu-quota --cpu-burst --cpu-share --cpu-idle --cpu-rt-period --cpu-rt-runtime --cpuset-cpus --cpuset-mems --memory --memory-reservation --memory-swap --pids-limit --l3-cache-schema --mem-bw-schema --help' ids=1 ;;
	mounts) options='--help' ids=1 verbs='add remove' ;;
	checkpoint) options='--image-path --work-path --tcp-established --ext-unix-sk --shell-job --file-locks --auto-dedup --lazy-pages --empty-ns --manage-cgroups-mode --network-lock --leave-running --pre-dump --parent-path --tcp-skip-in-flight --link-remap --page-server --status-fd --help' ids=1 ;;
	restore) options='--image-path --work-path --tcp-established --ext-unix-sk --shell-job --file-locks --auto-dedup --lazy-pages --empty-ns --manage-cgroups-mode --network-lock --bundle --config --console-socket --pid-file --detach --no-pivot --no-subreaper --tcp-close --lsm-profile --lsm-mount-context --help' ;;
	delete) options='--force --regex --help' ids=1 ;;
	state) options='--help' ids=1 ;;
	list) options='--format --quiet --help' ;;
	ps) options='--format --help' ids=1 ;;
	events) options='--interval --stats --help' ids=1 ;;
	stats) options='--no-stream --format --interval --help' ids=1 ;;
	wait) options='--timeout --format --help' ids=1 ;;
	plan) options='--bundle --config --help' ;;
	spec) options='--bundle --file --rootless --help' ;;
	features) options='--help' ;;
	esac
	case $command:$prev in
	:--root) kind='directory' ;;
	:--log) kind='file' ;;
	:--log-format) words='text json' ;;
	:--log-level) words='error warning info debug' ;;
	:--cgroup-manager) words='cgroupfs systemd disabled' ;;
	:--rootless) words='auto true false' ;;
	create:--bundle | create:-b) kind='directory' ;;
	create:--config | create:-f) kind='file' ;;
	create:--console-socket) kind='file' ;;
	create:--pidfd-socket) kind='file' ;;
	create:--pid-file) kind='file' ;;
	create:--preserve-fds) kind='none' ;;
	run:--bundle | run:-b) kind='directory' ;;
	run:--config | run:-f) kind='file' ;;
	run:--console-socket) kind='file' ;;
	run:--pidfd-socket) kind='file' ;;
	run:--pid-file) kind='file' ;;
	run:--preserve-fds) kind='none' ;;
	exec:--process | exec:-p) kind='file' ;;
	exec:--cwd) kind='none' ;;
	exec:--env | exec:-e) kind='none' ;;
	exec:--user | exec:-u) kind='none' ;;
	exec:--additional-gids | exec:-g) kind='none' ;;
	exec:--cap | exec:-c) kind='none' ;;
	exec:--pid-file) kind='file' ;;
	exec:--console-socket) kind='file' ;;
	exec:--pidfd-socket) kind='file' ;;
	exec:--preserve-fds) kind='none' ;;
	exec:--cgroup) kind='none' ;;
	exec:--apparmor) kind='none' ;;
	exec:--process-label) kind='none' ;;
	pause:--timeout | pause:-t) kind='none' ;;
	resume:--timeout | resume:-t) kind='none' ;;
	update:--resources | update:-r) kind='file' ;;
	update:--blkio-weight) kind='none' ;;
	update:--cpu-period) kind='none' ;;
	update:--cpu-quota) kind='none' ;;
	update:--cpu-burst) kind='none' ;;
	update:--cpu-share) kind='none' ;;
	update:--cpu-idle) kind='none' ;;
	update:--cpu-rt-period) kind='none' ;;
	update:--cpu-rt-runtime) kind='none' ;;
	update:--cpuset-cpus) kind='none' ;;
	update:--cpuset-mems) kind='none' ;;
	update:--memory | update:-m) kind='none' ;;
	update:--memory-reservation) kind='none' ;;
	update:--memory-swap) kind='none' ;;
	update:--pids-limit) kind='none' ;;
	update:--l3-cache-schema) kind='none' ;;
	update:--mem-bw-schema) kind='none' ;;
	checkpoint:--image-path) kind='directory' ;;
	checkpoint:--work-path) kind='directory' ;;
	checkpoint:--empty-ns) kind='none' ;;
	checkpoint:--manage-cgroups-mode) kind='none' ;;
	checkpoint:--network-lock) kind='none' ;;
	checkpoint:--parent-path) kind='directory' ;;
	checkpoint:--page-server) kind='none' ;;
	checkpoint:--status-fd) kind='none' ;;
	restore:--image-path) kind='directory' ;;
	restore:--work-path) kind='directory' ;;
	restore:--empty-ns) kind='none' ;;
	restore:--manage-cgroups-mode) kind='none' ;;
	restore:--network-lock) kind='none' ;;
	restore:--bundle | restore:-b) kind='directory' ;;
	restore:--config | restore:-f) kind='file' ;;
	restore:--console-socket) kind='file' ;;
	restore:--pid-file) kind='file' ;;
	restore:--lsm-profile) kind='none' ;;
	restore:--lsm-mount-context) kind='none' ;;
	list:--format | list:-f) words='table json' ;;
	ps:--format | ps:-f) words='table json' ;;
	events:--interval) kind='none' ;;
	stats:--format | stats:-f) words='table json' ;;
	stats:--interval | stats:-i) kind='none' ;;
	wait:--timeout | wait:-t) kind='none' ;;
	wait:--format | wait:-f) words='status json' ;;
	plan:--bundle | plan:-b) kind='directory' ;;
	plan:--config | plan:-f) kind='file' ;;
	spec:--bundle | spec:-b) kind='directory' ;;
	spec:--file | spec:-f) kind='file' ;;
	esac
	case $kind in
	file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	directory) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	none) return ;;
	esac
	if [ -z "$words" ]; then
		if [[ $cur == -* ]]; then
			words=$options
		elif [ -z "$command" ]; then
			words='create start run exec kill pause resume update mounts checkpoint restore delete state list ps events stats wait plan spec features help'
		elif [ -n "$verbs" ] && [ "$prev" = "$command" ]; then
			words=$verbs
		elif [ -n "$ids" ] && [[ -z $verbs || " $verbs " == *" $prev "* ]]; then
			words=$("${COMP_WORDS[0]}" "${globals[@]}" list -q 2>/dev/null)
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _kin kin
