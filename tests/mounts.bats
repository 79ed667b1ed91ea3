#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# kin mounts: into a container that lives, and out of it.
load helpers/kin

prepare() {
	mkdir -p "$T/vol/sub"
	echo content >"$T/vol/file"
	config '.root.readonly = false'
}
# file OBJECT...: $T/mounts.json with these
file() {
	local IFS=,
	printf '[%s]\n' "$*" >"$T/mounts.json"
}
bind() { # SOURCE DESTINATION OPTION...: such an object
	jq -nc '{destination: $d, type: "bind", source: $s, options: $ARGS.positional}' --arg s "$1" --arg d "$2" --args -- "${@:3}"
}
tmpfs() { # DESTINATION OPTION...
	jq -nc '{destination: $d, type: "tmpfs", source: "tmpfs", options: $ARGS.positional}' --arg d "$1" --args -- "${@:2}"
}
table() { # ID: the container's mounts, as it sees them; sets $table
	table=$(sed 's/^[0-9]* [0-9]* //' "/proc/$(pid_of "$1")/mountinfo")
}
unchanged() { # ID: since the last table
	local before=$table
	table "$1"
	equal "$table" "$before" "the container's mounts"
}
userns() { # a user namespace, of which the bundle is
	config '.linux.namespaces |= (map(select(.type != "user")) + [{type: "user"}]) |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
}

# bats test_tags=smoke
@test "mounts: a file, a directory read-only and a tmpfs, and all of them off again" {
	running c1
	table c1
	file "$(bind "$T/vol/file" /etc/one bind)" "$(bind "$T/vol" /new/vol rbind ro)" "$(tmpfs /scratch size=64k mode=700 noexec)"
	ok mounts add c1 "$T/mounts.json"
	equal "$output$error" ""
	ok exec c1 sh -c 'cat /etc/one /new/vol/file; touch /new/vol/x 2>&1; stat -c %a /scratch; grep " /scratch " /proc/mounts'
	like "$output" $'^content\ncontent\n.*Read-only file system\n700\ntmpfs /scratch tmpfs .*noexec.*size=64k'
	# For the processes that were there, too, and not on the host.
	equal "$(<"/proc/$(pid_of c1)/root/new/vol/file")" content
	grep -q "$BUNDLE/rootfs" /proc/self/mountinfo && fail "mounted on the host"
	equal "$(jq -r '.mounts | length' "$BUNDLE/config.json")" 7
	[ ! -s "$BUNDLE/rootfs/etc/one" ] && [ -d "$BUNDLE/rootfs/new/vol" ]
	ok mounts remove c1 "$T/mounts.json"
	ok exec c1 sh -c 'cat /etc/one; ls /new/vol; grep -c scratch /proc/mounts || :'
	equal "$output" 0
	ok exec c1 sh -c 'touch /new/vol/x'
	[ ! -e "$T/vol/x" ]
}

@test "mounts: standard input, a created container, and the program finds it there" {
	script 'cat /vol/file'
	create c1
	bind "$T/vol" /vol bind | jq -s . | "$KIN" --root "$ROOT" mounts add c1 -
	ok start c1
	wait_state c1 stopped
	equal "$(said c1)" content
}

@test "mounts: options of all kinds" {
	mkdir "$BUNDLE/data"
	echo rel >"$BUNDLE/data/f"
	running c1
	file '{"destination":"/rel","source":"data","options":["bind","ro","nosuid","nodev"]}' \
		'{"destination":"flat","source":"data","options":["bind","rro","private"]}' \
		"$(tmpfs /etc ro tmpcopyup)" "$(tmpfs /tmp size=40k)" '{"destination":"/q","type":"mqueue","source":"q","options":["noexec"]}' \
		'{"destination":"/mnt/pts","type":"devpts","source":"devpts","options":["newinstance","ptmxmode=0666"]}'
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 sh -c 'cat /rel/f /flat/f; grep -c root /etc/passwd; touch /etc/x 2>&1; stat -c %a /tmp; ls -d /mnt/pts/ptmx; cat /proc/mounts'
	like "$output" $'^rel\nrel\n1\n.*Read-only file system\n1777\n/mnt/pts/ptmx\n'
	like "$output" ' /rel [a-z0-9]+ ro,nosuid,nodev'
	like "$output" ' /flat [a-z0-9]+ ro,'
	like "$output" 'q /q mqueue rw,noexec'
	ok mounts remove c1 "$T/mounts.json"
	ok exec c1 sh -c 'touch /etc/x; grep -cE " /(rel|flat|q|etc|tmp|mnt/pts) " /proc/mounts || :'
	equal "$output" 0
}

@test "mounts: what shows a namespace shows the container's" {
	running c1
	file '{"destination":"/mnt/proc","type":"proc","source":"proc"}' '{"destination":"/mnt/sys","type":"sysfs","source":"sysfs","options":["ro"]}' \
		'{"destination":"/mnt/cg","type":"cgroup","source":"cgroup","options":["ro"]}'
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 sh -c 'cd /mnt/proc && cat 1/comm; ls -d [0-9]* | wc -l; ls /mnt/sys/class/net; stat -c %i /mnt/cg /sys/fs/cgroup'
	equal "$(sed -n 1p <<<"$output")" sleep
	[ "$(sed -n 2p <<<"$output")" -lt 8 ] || fail "other processes than the container's: $output"
	equal "$(sed -n 3p <<<"$output")" lo
	equal "$(sed -n 4p <<<"$output")" "$(sed -n 5p <<<"$output")"
	ok mounts remove c1 "$T/mounts.json"
}

@test "mounts: when the last one fails nothing is left" {
	running c1
	table c1
	echo x >"$BUNDLE/rootfs/afile"
	# By a source, by a destination, by an option, in and before the container.
	local bad
	for bad in "$(bind "$T/gone" /d bind)" "$(bind "$T/vol" /afile bind)" "$(tmpfs /d size=lots)" "$(tmpfs /afile)" \
		"$(bind "$T/vol/file" /etc bind)" '{"destination":"/d","type":"nosuchfs","source":"x"}'; do
		file "$(bind "$T/vol" /a rbind)" "$(tmpfs /a/sub)" "$(bind "$T/vol/file" /a/sub/f bind)" "$(tmpfs /b)" "$bad"
		fails mounts add c1 "$T/mounts.json"
		like "$error" '^[^ ]*/4( \(|/)'
		unchanged c1
		fails mounts remove c1 "$T/mounts.json"
		unchanged c1
	done
	file "$(bind "$T/vol" /a rbind)" "$(bind "$T/vol/file" /a/file2 bind)"
	ok mounts add c1 "$T/mounts.json"
	ok mounts remove c1 "$T/mounts.json"
	unchanged c1
}

@test "mounts: errors name the place in the list, before anything is done" {
	running c1
	table c1
	local object where what
	while IFS='|' read -r object where what; do
		file "$(tmpfs /first)" "$object"
		fails mounts add c1 "$T/mounts.json"
		has "$error" "$where"
		has "$error" "$what"
		unchanged c1
	done <<-'END'
		{"type":"tmpfs"}|/1/destination|required
		{"destination":"/a","source":"/","options":["bind",7]}|/1/options/1|must be a string
		{"destination":"/a","options":["bind"]}|/1/source|required for a bind mount
		{"destination":"/a"}|/1/type|required unless it is a bind mount
		{"destination":"/a","source":"/","options":["bind","size=3"]}|/1/options/1|unknown option for a bind mount
		{"destination":"/a","source":"/tmp","options":["bind","tmpcopyup"]}|/1/options|tmpcopyup is for tmpfs only
		{"destination":"/a","source":"/tmp","options":["ro","bind","remount"]}|/1/options/2|a remount is no mount
		{"destination":"/a","source":"/tmp","options":["bind","copy-symlink"]}|/1/options/1|no mount
		{"destination":"/x/..","type":"tmpfs","source":"x"}|/1/destination|root of the container
		{"destination":"/proc","type":"proc","source":"proc"}|/1/destination|masks
		{"destination":"/proc/kcore","source":"/tmp","options":["bind"]}|/1/destination|inside /proc
	END
	echo '{"destination":"/a"}' >"$T/mounts.json"
	fails mounts add c1 "$T/mounts.json"
	has "$error" "must be a JSON array"
	echo '[{"destination":"/a"' >"$T/mounts.json"
	fails mounts add c1 "$T/mounts.json"
	jq -n '[range(257) | {destination: "/tmp/\(.)", type: "tmpfs", source: "x"}]' >"$T/mounts.json"
	fails mounts add c1 "$T/mounts.json"
	has "$error" "257 mounts are more than the 256"
	fails mounts add c1 "$T/nofile"
	fails mounts put c1 "$T/mounts.json"
	has "$error" "neither add nor remove"
	echo '[]' >"$T/mounts.json"
	ok mounts add c1 "$T/mounts.json"
	ok mounts remove c1 "$T/mounts.json"
	unchanged c1
}

@test "mounts: as many as there can be at once" {
	running c1
	table c1
	jq -n '[range(256) | {destination: "/tmp/\(.)", type: "tmpfs", source: "x"}]' >"$T/mounts.json"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 grep -c '^x /tmp' /proc/mounts
	equal "$output" 256
	ok mounts remove c1 "$T/mounts.json"
	unchanged c1
}

@test "mounts: a destination behind links that lead out of the root stays inside" {
	ln -s "$OUT/dir" "$BUNDLE/rootfs/abs"
	ln -s ../../../../../../../../../../../..$OUT/dir "$BUNDLE/rootfs/rel"
	ln -s /proc/1/root "$BUNDLE/rootfs/magic"
	ln -s / "$BUNDLE/rootfs/toroot"
	running c1
	file "$(bind "$T/vol" /abs bind)" "$(bind "$T/vol/file" /rel/f bind)" "$(tmpfs /abs/sub/t)"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 cat /abs/file
	equal "$output" content
	[ -d "$BUNDLE/rootfs$OUT/dir" ] || fail "the mount point is not inside"
	ok mounts remove c1 "$T/mounts.json"
	table c1
	file "$(tmpfs /toroot)"
	fails mounts add c1 "$T/mounts.json"
	has "$error" "/0 (/toroot)"
	file "$(bind "$T/vol" /magic/tmp bind)"
	fails mounts add c1 "$T/mounts.json"
	unchanged c1
}

@test "mounts: remove takes what was added, wherever the container has turned the path to" {
	mkdir -p "$BUNDLE/rootfs/data/deep" "$BUNDLE/rootfs/secret/deep"
	echo hidden >"$BUNDLE/rootfs/secret/deep/key"
	config '.linux.maskedPaths += ["/secret/deep"]'
	running c1
	file "$(bind "$T/vol" /data/deep bind)"
	ok mounts add c1 "$T/mounts.json"
	# A mount point cannot be renamed, what is above it can.
	ok exec c1 sh -c 'mv /data /elsewhere && ln -s /secret /data && ls /data/deep'
	table c1
	fails mounts remove c1 "$T/mounts.json"
	has "$error" "/0 (/data/deep)"
	has "$error" "not the mount that was added"
	unchanged c1
	ok exec c1 sh -c 'rm /data && mv /secret /data'
	fails mounts remove c1 "$T/mounts.json"
	has "$error" "not the mount that was added"
	ok exec c1 sh -c 'ls /data/deep; mv /data /secret && mv /elsewhere /data'
	equal "$output" ""
	ok mounts remove c1 "$T/mounts.json"
	ok exec c1 sh -c 'ls /data/deep'
	equal "$output" ""
}

@test "mounts: while the container exchanges directories for links, nothing leaves it" {
	args sh -c 'mkdir -p /d/real; while :; do mv /d/real /d/kept; ln -s /../..'"$OUT"'/dir /d/real; rm /d/real; mv /d/kept /d/real; done'
	create c1
	ok start c1
	local i n=0
	file "$(bind "$T/vol" /d/real/mnt bind)" "$(tmpfs /d/real/mnt/sub)"
	for ((i = 0; i < 20; i++)); do
		k mounts add c1 "$T/mounts.json"
		if [ "$status" = 0 ]; then
			n=$((n + 1))
			grep -q '/mnt/sub ' "/proc/$(pid_of c1)/mountinfo" || fail "mounted elsewhere"
			k mounts remove c1 "$T/mounts.json"
		fi
	done
	[ "$n" -gt 0 ] || fail "not one could be added: $error"
	[ ! -e "$OUT/dir/mnt" ]
	grep -q "$OUT" /proc/self/mountinfo && fail "mounted outside"
	ok delete -f c1
}

@test "mounts: links that are meant themselves" {
	ln -s file "$T/vol/link"
	ln -s /etc/passwd "$BUNDLE/rootfs/l"
	running c1
	table c1
	file "$(bind "$T/vol/link" /l bind src-nofollow dest-nofollow)"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 readlink /l
	equal "$output" file
	ok mounts remove c1 "$T/mounts.json"
	ok exec c1 readlink /l
	equal "$output" /etc/passwd
	unchanged c1
}

@test "mounts: remove of what is none, of the configuration's, and twice" {
	config '.mounts += [{destination: "/cfg", type: "bind", source: $s, options: ["bind"]}]' --arg s "$T/vol"
	running c1
	table c1
	local d
	for d in /tmp /cfg /proc /proc/kcore /dev/shm / /nothing /etc/passwd; do
		file "$(tmpfs "$d")"
		fails mounts remove c1 "$T/mounts.json"
		has "$error" "/0/destination"
		unchanged c1
	done
	file "$(tmpfs /scratch)"
	ok mounts add c1 "$T/mounts.json"
	table c1
	# One that is not there, after one that is: both stay as they are.
	file "$(tmpfs /scratch)" "$(tmpfs /tmp)"
	fails mounts remove c1 "$T/mounts.json"
	unchanged c1
	file "$(tmpfs /scratch)"
	ok mounts remove c1 "$T/mounts.json"
	fails mounts remove c1 "$T/mounts.json"
	has "$error" "/0/destination"
}

@test "mounts: one over the other goes in the reverse order, and what the container mounted below, too" {
	config '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	running c1
	table c1
	file "$(tmpfs /a mode=701)" "$(bind "$T/vol" /a/b bind)" "$(tmpfs /a mode=702)" "$(bind "$T/vol" /a/b bind)"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 stat -c %a /a
	equal "$output" 702
	ok mounts remove c1 "$T/mounts.json"
	unchanged c1
	# One after the other: the latest first.
	file "$(tmpfs /a mode=701)"
	ok mounts add c1 "$T/mounts.json"
	file "$(tmpfs /a mode=702)"
	ok mounts add c1 "$T/mounts.json"
	ok mounts remove c1 "$T/mounts.json"
	ok exec c1 stat -c %a /a
	equal "$output" 701
	ok mounts remove c1 "$T/mounts.json"
	unchanged c1
	# What lies over it is the container's own, and not ours to take.
	ok mounts add c1 "$T/mounts.json"
	ok exec --cap CAP_SYS_ADMIN c1 mount -t tmpfs over /a
	fails mounts remove c1 "$T/mounts.json"
	has "$error" "not the mount that was added"
	ok exec --cap CAP_SYS_ADMIN c1 sh -c 'umount /a; mkdir /a/below; mount -t tmpfs below /a/below'
	ok mounts remove c1 "$T/mounts.json"
	unchanged c1
}

@test "mounts: stopped, unknown, without the arguments" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	file "$(tmpfs /a)"
	local verb
	for verb in add remove; do
		fails mounts $verb c1 "$T/mounts.json"
		has "$error" "container not running"
		fails mounts $verb nobody "$T/mounts.json"
		has "$error" "container does not exist"
		fails mounts $verb c1
		has "$error" "requires exactly 3 argument(s)"
	done
}

# bats test_tags=root
@test "mounts: a paused container gets them all at once, and stays paused" {
	running c1
	ok pause c1
	file "$(bind "$T/vol" /vol bind)" "$(tmpfs /a)"
	ok mounts add c1 "$T/mounts.json"
	equal "$(state_of c1)" paused
	ok resume c1
	ok exec c1 cat /vol/file
	equal "$output" content
	ok pause c1
	ok mounts remove c1 "$T/mounts.json"
	ok resume c1
}

@test "mounts: a root that is read-only has no new mount points, and its own do" {
	config '.root.readonly = true'
	running c1
	table c1
	file "$(tmpfs /tmp)" "$(tmpfs /new)"
	fails mounts add c1 "$T/mounts.json"
	has "$error" "/1 (/new): mount tmpfs: destination: read-only file system"
	unchanged c1
	file "$(tmpfs /tmp)" "$(tmpfs /tmp/new)" "$(bind "$T/vol" /var/tmp bind)"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 cat /var/tmp/file
	equal "$output" content
}

# bats test_tags=root
@test "mounts: nothing comes back to the host, and rslave lets the host's in" {
	mount --bind "$T/vol" "$T/vol"
	mount --make-shared "$T/vol"
	config '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	local ns seen
	for ns in none user; do
		[ $ns = none ] || userns
		running c-$ns
		file "$(bind "$T/vol" /vol rbind)" "$(bind "$T/vol" /shared rbind rshared)" "$(bind "$T/vol" /priv rbind rprivate)"
		ok mounts add c-$ns "$T/mounts.json"
		mount -t tmpfs late "$T/vol/sub"
		ok exec c-$ns sh -c 'grep -c "^late /vol/" /proc/mounts; grep -c "^late /priv/" /proc/mounts; :'
		equal "$output" $'1\n0'
		umount "$T/vol/sub"
		ok exec --cap CAP_SYS_ADMIN c-$ns sh -c 'for d in /vol /shared /priv; do mkdir -p $d/in 2>/dev/null; mount -t tmpfs inner $d/sub; done'
		seen=$(grep -c " $T/vol/sub " /proc/self/mountinfo || :)
		equal "$seen" 0
		ok delete -f c-$ns
	done
	umount "$T/vol"
}

# bats test_tags=root
@test "mounts: a container with a user namespace: sources that its root cannot reach, and a tmpfs that is its own" {
	userns
	running c1
	mkdir -m 700 "$T/closed"
	echo deep >"$T/closed/f"
	file "$(bind "$T/closed/f" /deep bind)" "$(tmpfs /scratch)" '{"destination":"/mnt/proc","type":"proc","source":"proc"}'
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 sh -c 'cat /deep; touch /scratch/x; stat -c %u /scratch /scratch/x; cat /mnt/proc/1/comm'
	equal "$output" $'deep\n0\n0\nsleep'
	ok mounts remove c1 "$T/mounts.json"
}

# bats test_tags=root
@test "mounts: ids are mapped" {
	rm -r "$T"/vol/*
	mappable "$T/vol"
	touch "$T/vol/file"
	chown 5:7 "$T/vol/file"
	local maps='{"uidMappings":[{"containerID":0,"hostID":1000,"size":100}],"gidMappings":[{"containerID":0,"hostID":2000,"size":100}]}'
	running c1
	file "$(bind "$T/vol" /vol bind | jq -c ". + $maps")" "$(bind "$T/vol" /two bind 'idmap=uids=0-3000-9;gids=0-4000-9')"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 stat -c '%u %g' /vol/file /two/file
	equal "$output" $'1005 2007\n3005 4007'
	userns
	running c2
	file "$(bind "$T/vol" /vol bind idmap)" "$(bind "$T/vol" /two bind 'idmap=uids=@0-4-20;gids=@0-1-20')"
	ok mounts add c2 "$T/mounts.json"
	ok exec c2 stat -c '%u %g' /vol/file /two/file
	equal "$output" $'5 7\n9 8'
	table c2
	file "$(tmpfs /a)" "$(bind /sys/kernel /vol2 bind idmap)"
	fails mounts add c2 "$T/mounts.json"
	has "$error" "/1"
	has "$error" "sysfs cannot have idmapped mounts"
	unchanged c2
}

# bats test_tags=root
@test "mounts: an overlay: its directories are the host's" {
	mkdir "$T"/{low,up,work}
	echo below >"$T/low/f"
	mount -t tmpfs space "$T/work"
	mkdir "$T"/work/{up,work}
	running c1
	file "$(jq -nc '{destination: "/over", type: "overlay", source: "overlay", options: ["lowerdir=\($t)/low", "upperdir=\($t)/work/up", "workdir=\($t)/work/work"]}' --arg t "$T")"
	ok mounts add c1 "$T/mounts.json"
	ok exec c1 sh -c 'cat /over/f; echo new >/over/g'
	equal "$output" below
	equal "$(<"$T/work/up/g")" new
	ok mounts remove c1 "$T/mounts.json"
	umount "$T/work"
}

# bats test_tags=rootless
@test "mounts: an ordinary user: what cannot be had is said, and nothing is left" {
	running c1
	table c1
	[ "$KIN_MODE" = userns ] || {
		file "$(tmpfs /a)" "$(bind "$T/vol" /vol bind idmap)"
		fails mounts add c1 "$T/mounts.json"
		has "$error" "/1/options/1"
		has "$error" "CAP_SYS_ADMIN"
		unchanged c1
	}
	mkdir -m 000 "$T/closed"
	file "$(tmpfs /a)" "$(bind "$T/closed/x" /vol bind)"
	[ "$KIN_MODE" = userns ] || {
		fails mounts add c1 "$T/mounts.json"
		has "$error" "/1 (/vol)"
		unchanged c1
	}
}

@test "mounts: one who is killed half-way leaves none, or all" {
	running c1
	table c1
	local before=$table i n p
	file "$(bind "$T/vol" /a rbind)" "$(tmpfs /b)" "$(tmpfs /c)" "$(bind "$T/vol" /d rbind)"
	for ((i = 0; i < 25; i++)); do
		"$KIN" --root "$ROOT" mounts add c1 "$T/mounts.json" >/dev/null 2>&1 &
		p=$!
		sleep "0.00$((i % 10))"
		kill -9 $p 2>/dev/null || :
		wait $p 2>/dev/null || :
		# Who takes them back lives a moment longer.
		for ((n = 0; n < 100; n++)); do
			table c1
			case $(grep -cE ' /[abcd] ' <<<"$table") in
			0) break ;;
			4) if [ "$n" -gt 20 ]; then break; fi ;;
			esac
			sleep 0.01
		done
		[ "$table" != "$before" ] || continue
		equal "$(grep -cE ' /[abcd] ' <<<"$table")" 4 "mounts left"
		ok mounts remove c1 "$T/mounts.json"
		table c1
		equal "$table" "$before"
	done
}
