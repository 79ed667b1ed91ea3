/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.json: every value arrives where it belongs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/sched.h>
#include <sys/resource.h>

#include "spec/spec.h"
#include "spec_text.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

static struct spec decode(struct arena *a, const struct pieces *pieces)
{
	char *made = config_text(pieces), *text = arena_strdup(a, made);
	struct lct_err err = { 0 };
	struct spec s;

	free(made);
	if (spec_decode(a, text, strlen(text), &s, NULL, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return s;
}

static struct spec decode_linux(struct arena *a, const char *members)
{
	return decode(a, &(struct pieces){ .linux_ = members });
}

static void is_strings(char *const *got, size_t n, const char *const *want)
{
	size_t i;

	for (i = 0; want[i]; i++)
		assert_string_equal(got[i], want[i]);
	assert_int_equal(n, i);
	assert_null(got[i]);
}
#define IS_STRINGS(got, n, ...) is_strings(got, n, (const char *const[]){ __VA_ARGS__, NULL })

static void least_config(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode(&a, &(struct pieces){ 0 });

	(void)state;
	assert_string_equal(s.oci_version, "1.2.0");
	assert_string_equal(s.root.path, "rootfs");
	assert_false(s.root.readonly);
	assert_null(s.hostname);
	assert_null(s.domainname);
	assert_true(s.process.present);
	assert_false(s.process.terminal || s.process.has_console_size || s.process.has_oom_score_adj ||
		     s.process.caps.present || s.process.user.has_umask || s.process.no_new_privileges);
	assert_null(s.process.env);
	assert_int_equal(s.process.user.uid + s.process.user.gid, 0);
	assert_int_equal(s.n_mounts + s.n_annotations + s.n_devices + s.resources.n_limits +
				 s.resources.n_device_rules + s.n_sysctl,
			 0);
	assert_true(s.has_linux);
	assert_false(s.seccomp.present || s.has_time_offsets);
	assert_null(s.hooks_json);
	assert_null(s.cgroups_path);
	assert_null(s.rootfs_propagation);
}

static void process(void **state)
{
	static const char text[] =
		"'terminal':true,'consoleSize':{'height':50,'width':132},"
		"'user':{'uid':1000,'gid':100,'umask':18,'additionalGids':[5,4294967294]},"
		"'args':['/bin/sh','-c','echo \\u00e9'],'env':['A=1','B='],'cwd':'/tmp',"
		"'capabilities':{'bounding':['CAP_CHOWN','CAP_CHECKPOINT_RESTORE','CAP_FROM_THE_FUTURE','cap_kill','5']"
		","
		"'effective':['CAP_KILL'],'inheritable':[],'permitted':['CAP_KILL','CAP_KILL','CAP_BPF'],'ambient':['"
		"CAP_SYS_ADMIN']},"
		"'rlimits':[{'type':'RLIMIT_NOFILE','hard':18446744073709551615,'soft':1024},"
		"{'type':'RLIMIT_RTTIME','hard':7,'soft':6}],'noNewPrivileges':true,'oomScoreAdj':-999";
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode(&a, &(struct pieces){ .process = text });
	const struct spec_process *p = &s.process;

	(void)state;
	assert_true(p->terminal && p->has_console_size && p->no_new_privileges);
	assert_int_equal(p->console_height, 50);
	assert_int_equal(p->console_width, 132);
	assert_int_equal(p->user.uid, 1000);
	assert_int_equal(p->user.gid, 100);
	assert_true(p->user.has_umask);
	assert_int_equal(p->user.umask, 022);
	assert_int_equal(p->user.n_additional_gids, 2);
	assert_int_equal(p->user.additional_gids[0], 5);
	assert_true(p->user.additional_gids[1] == 4294967294);
	IS_STRINGS(p->args, p->n_args, "/bin/sh", "-c", "echo \xc3\xa9");
	IS_STRINGS(p->env, p->n_env, "A=1", "B=");
	assert_string_equal(p->cwd, "/tmp");
	assert_true(p->caps.present);
	assert_true(p->caps.bounding == (UINT64_C(1) | UINT64_C(1) << 40));
	assert_true(p->caps.effective == 1 << 5);
	assert_true(p->caps.inheritable == 0);
	assert_true(p->caps.permitted == (UINT64_C(1) << 5 | UINT64_C(1) << 39));
	assert_true(p->caps.ambient == 1 << 21);
	assert_int_equal(p->n_rlimits, 2);
	assert_int_equal(p->rlimits[0].resource, RLIMIT_NOFILE);
	assert_true(p->rlimits[0].hard == UINT64_MAX && p->rlimits[0].soft == 1024);
	assert_int_equal(p->rlimits[1].resource, RLIMIT_RTTIME);
	assert_true(p->has_oom_score_adj);
	assert_int_equal(p->oom_score_adj, -999);
}

static void zero_is_not_absent(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode(
		&a, &(struct pieces){ .process = PROCESS_PIECE ",'oomScoreAdj':0,'user':{'umask':0},"
							       "'capabilities':{},'consoleSize':{'height':0,'width':0}",
				      .more = "'hooks':{'poststop':[{'path':'/a','env':[]},{'path':'/b'}]}" });

	(void)state;
	assert_true(s.process.has_oom_score_adj);
	assert_true(s.process.user.has_umask);
	assert_true(s.process.caps.present);
	assert_false(s.process.has_console_size); /* a terminal of no size is none given */
	assert_true(s.hooks[SPEC_HOOK_POSTSTOP].v[0].has_env);
	assert_false(s.hooks[SPEC_HOOK_POSTSTOP].v[1].has_env);
}

static void mounts_and_annotations(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode(
		&a, &(struct pieces){
			    .root = "{'path':'/r','readonly':true}",
			    .more = "'hostname':'h','domainname':'d','mounts':[{'destination':'/proc','type':'proc',"
				    "'source':'proc'},{'destination':'a/b','options':['rbind','ro','size=5']},"
				    "{'destination':'/','type':'','source':'','options':[]}],"
				    "'annotations':{'z':'1','a':'2','m/n':''}" });

	(void)state;
	assert_string_equal(s.root.path, "/r");
	assert_true(s.root.readonly);
	assert_string_equal(s.hostname, "h");
	assert_string_equal(s.domainname, "d");
	assert_int_equal(s.n_mounts, 3);
	assert_string_equal(s.mounts[0].destination, "/proc");
	assert_string_equal(s.mounts[0].type, "proc");
	assert_string_equal(s.mounts[0].source, "proc");
	assert_int_equal(s.mounts[0].n_options, 0);
	assert_string_equal(s.mounts[1].destination, "/a/b");
	assert_null(s.mounts[1].type);
	assert_null(s.mounts[1].source);
	IS_STRINGS(s.mounts[1].options, s.mounts[1].n_options, "rbind", "ro", "size=5");
	assert_null(s.mounts[2].type);
	assert_null(s.mounts[2].source);
	assert_int_equal(s.n_annotations, 3);
	assert_string_equal(s.annotations[0].key, "a");
	assert_string_equal(s.annotations[0].value, "2");
	assert_string_equal(s.annotations[1].key, "m/n");
	assert_string_equal(s.annotations[2].key, "z");
	assert_string_equal(s.annotations[2].value, "1");
}

static void hooks(void **state)
{
	static const char *const names[] = { "prestart",       "createRuntime", "createContainer",
					     "startContainer", "poststart",	"poststop" };
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < SPEC_HOOK_KINDS; i++) {
		char *more = arena_printf(&a,
					  "'hooks' : {'%s':[{'path':'/h','args':['h','x'],'env':['E=1'],'timeout':9},"
					  "{'path':'/i'}]}",
					  names[i]);
		struct spec s = decode(&a, &(struct pieces){ .more = more });
		struct spec_hooks alone[SPEC_HOOK_KINDS];

		assert_string_equal(spec_hook_name(i), names[i]);
		for (size_t kind = 0; kind < SPEC_HOOK_KINDS; kind++)
			assert_int_equal(s.hooks[kind].n, kind == i ? 2 : 0);
		assert_string_equal(s.hooks[i].v[0].path, "/h");
		IS_STRINGS(s.hooks[i].v[0].args, s.hooks[i].v[0].n_args, "h", "x");
		IS_STRINGS(s.hooks[i].v[0].env, s.hooks[i].v[0].n_env, "E=1");
		assert_int_equal(s.hooks[i].v[0].timeout_s, 9);
		assert_string_equal(s.hooks[i].v[1].path, "/i");
		assert_int_equal(s.hooks[i].v[1].n_args, 0);
		assert_int_equal(s.hooks[i].v[1].timeout_s, 0);

		/* the slice is what spec_decode_hooks takes */
		assert_int_equal(spec_decode_hooks(&a, s.hooks_json, s.hooks_json_len, alone, NULL), 0);
		for (size_t kind = 0; kind < SPEC_HOOK_KINDS; kind++)
			assert_int_equal(alone[kind].n, s.hooks[kind].n);
		assert_string_equal(alone[i].v[1].path, "/i");
	}
}

static void hooks_alone(void **state)
{
	static const char bad[] = "{\"poststop\":[{\"path\":\"x\"}]}", no_object[] = "[]";
	struct spec_hooks h[SPEC_HOOK_KINDS];
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };

	(void)state;
	assert_int_equal(spec_decode_hooks(&a, "{}", 2, h, &err), 0);
	assert_int_equal(spec_decode_hooks(&a, bad, sizeof(bad) - 1, h, &err), -EINVAL);
	assert_string_equal(err.text, "/poststop/0/path: \"x\" is not an absolute path");
	assert_int_equal(spec_decode_hooks(&a, no_object, 2, h, &err), -EINVAL);
	assert_string_equal(err.text, "hooks must be a JSON object");
}

static void process_alone(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{'args':['a'],'cwd':'/'}", "" },
		{ "{'args':['a'],'cwd':'/','apparmorProfile':1}", "/apparmorProfile: must be a string" },
		{ "{'args':['a'],'cwd':'x'}", "/cwd: \"x\" is not an absolute path" },
		{ "{'args':['a']}", "/cwd: required" },
		{ "{'cwd':'/'}", "/args: required" },
		{ "{'args':['a'],'cwd':'/','user':{'uid':4294967296}}",
		  "/user/uid: 4294967296 is above the maximum 4294967295" },
		{ "{'args':['a'],'cwd':'/','env':['x']}", "/env/0: \"x\" is not NAME=value" },
		{ "{'args':['a'],'cwd':'/','rlimits':[{'type':'RLIMIT_AS','soft':2,'hard':1}]}",
		  "/rlimits/0/soft: 2 is above the hard limit 1" },
		{ "'x'", "process.json must be a JSON object" },
		{ "{'args'", "process.json: line 1, column 8: premature EOF" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		char *text = quoted(arena_strdup(&a, cases[i].text));
		struct lct_err err = { 0 };
		struct spec_process p;

		assert_int_equal(spec_decode_process(&a, text, strlen(text), &p, &err), *cases[i].want ? -EINVAL : 0);
		assert_string_equal(err.text, cases[i].want);
		if (!*cases[i].want)
			assert_true(p.present && p.n_args == 1);
	}
}

/* The slice of /process, too, is a document. */
static void process_slice(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode(&a, &(struct pieces){ .process = "'args':['a','}'],'cwd':'/x' , 'env' : [ 'A=}' ] " });
	struct spec_process p;

	(void)state;
	assert_memory_equal(s.process_json, "{\"args\":[", 9);
	assert_int_equal(s.process_json[s.process_json_len - 1], '}');
	assert_int_equal(spec_decode_process(&a, s.process_json, s.process_json_len, &p, NULL), 0);
	assert_string_equal(p.cwd, "/x");
	IS_STRINGS(p.env, p.n_env, "A=}");
}

static void namespaces(void **state)
{
	static const struct {
		const char *name;
		uint64_t flag;
		const char *file;
	} kinds[] = {
		{ "mount", CLONE_NEWNS, "mnt" },	 { "pid", CLONE_NEWPID, "pid" },
		{ "network", CLONE_NEWNET, "net" },	 { "ipc", CLONE_NEWIPC, "ipc" },
		{ "uts", CLONE_NEWUTS, "uts" },		 { "user", CLONE_NEWUSER, "user" },
		{ "cgroup", CLONE_NEWCGROUP, "cgroup" }, { "time", CLONE_NEWTIME, "time" },
	};
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	assert_int_equal(N(kinds), SPEC_NS_KINDS);
	for (size_t i = 0; i < N(kinds); i++) {
		struct spec s = decode_linux(&a,
					     arena_printf(&a, "'namespaces':[{'type':'%s','path':'/p'},{'type':'%s'}]",
							  kinds[i].name, kinds[(i + 1) % 8].name));

		assert_string_equal(spec_ns_name(i), kinds[i].name);
		assert_true(spec_ns_flag(i) == kinds[i].flag);
		assert_string_equal(spec_ns_file(i), kinds[i].file);
		for (size_t k = 0; k < SPEC_NS_KINDS; k++)
			assert_int_equal(s.ns[k].listed, k == i || k == (i + 1) % 8);
		assert_string_equal(s.ns[i].path, "/p");
		assert_int_equal(s.ns[i].index, 0);
		assert_null(s.ns[(i + 1) % 8].path);
		assert_int_equal(s.ns[(i + 1) % 8].index, 1);
	}
}

static void ids_and_clocks(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode_linux(
		&a, "'uidMappings':[{'containerID':0,'hostID':1000,'size':1},{'containerID':1,'hostID':100000,'size':"
		    "65536}],"
		    "'gidMappings':[{'containerID':5,'hostID':6,'size':7}],"
		    "'timeOffsets':{'monotonic':{'secs':-172800,'nanosecs':3},'boottime':{'secs':604800}}");

	(void)state;
	assert_int_equal(s.n_uid_mappings, 2);
	assert_int_equal(s.uid_mappings[1].container_id, 1);
	assert_int_equal(s.uid_mappings[1].host_id, 100000);
	assert_int_equal(s.uid_mappings[1].size, 65536);
	assert_int_equal(s.n_gid_mappings, 1);
	assert_int_equal(s.gid_mappings[0].container_id * 100 + s.gid_mappings[0].host_id * 10 + s.gid_mappings[0].size,
			 567);
	assert_true(s.has_time_offsets);
	assert_int_equal(s.time_offset_monotonic_s, -172800);
	assert_int_equal(s.time_offset_monotonic_ns, 3);
	assert_int_equal(s.time_offset_boottime_s, 604800);
	assert_int_equal(s.time_offset_boottime_ns, 0);
	assert_false(decode_linux(&a, "'timeOffsets':{}").has_time_offsets);
}

static void devices(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode_linux(
		&a,
		"'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229,'fileMode':8630,'uid':1,'gid':2},"
		"{'path':'/dev/pipe','type':'p'}],'resources':{'devices':[{'allow':false,'access':'rwm'},"
		"{'allow':true,'type':'c','major':10,'minor':229,'access':'mr'},{'allow':true,'type':'b','major':-1,"
		"'minor':null,'access':''}]}");

	(void)state;
	assert_int_equal(s.n_devices, 2);
	assert_string_equal(s.devices[0].path, "/dev/fuse");
	assert_int_equal(s.devices[0].type, 'c');
	assert_int_equal(s.devices[0].major, 10);
	assert_int_equal(s.devices[0].minor, 229);
	assert_true(s.devices[0].has_mode);
	assert_int_equal(s.devices[0].mode, 0666);
	assert_int_equal(s.devices[0].uid, 1);
	assert_int_equal(s.devices[0].gid, 2);
	assert_int_equal(s.devices[1].type, 'p');
	assert_false(s.devices[1].has_mode);
	assert_int_equal(s.resources.n_device_rules, 3);
	assert_false(s.resources.device_rules[0].allow);
	assert_int_equal(s.resources.device_rules[0].type, 'a');
	assert_int_equal(s.resources.device_rules[0].major, -1);
	assert_int_equal(s.resources.device_rules[0].minor, -1);
	assert_int_equal(s.resources.device_rules[0].access, 7);
	assert_true(s.resources.device_rules[1].allow);
	assert_int_equal(s.resources.device_rules[1].type, 'c');
	assert_int_equal(s.resources.device_rules[1].major, 10);
	assert_int_equal(s.resources.device_rules[1].minor, 229);
	assert_int_equal(s.resources.device_rules[1].access, 1 | 4);
	assert_int_equal(s.resources.device_rules[2].type, 'b');
	assert_int_equal(s.resources.device_rules[2].minor, -1);
	assert_int_equal(s.resources.device_rules[2].access, 7);
}

static void paths_and_sysctls(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode_linux(&a, "'maskedPaths':['/a','/b'],'readonlyPaths':['/c'],'cgroupsPath':'/x/y',"
					 "'rootfsPropagation':'rslave','sysctl':{'net.b':'1','net/a':''}");

	(void)state;
	IS_STRINGS(s.masked_paths, s.n_masked_paths, "/a", "/b");
	IS_STRINGS(s.readonly_paths, s.n_readonly_paths, "/c");
	assert_string_equal(s.cgroups_path, "/x/y");
	assert_string_equal(s.rootfs_propagation, "rslave");
	assert_int_equal(s.n_sysctl, 2);
	assert_string_equal(s.sysctl[0].key, "net.b");
	assert_string_equal(s.sysctl[0].value, "1");
	assert_string_equal(s.sysctl[1].key, "net/a");
	assert_string_equal(s.sysctl[1].value, "");
	s = decode_linux(&a, "'cgroupsPath':'','rootfsPropagation':''");
	assert_null(s.cgroups_path);
	assert_null(s.rootfs_propagation);
}

static void sysctl_paths(void **state)
{
	static const char *const cases[][2] = {
		{ "net.ipv4.ip_forward", "net/ipv4/ip_forward" },
		{ "net/ipv4/ip_forward", "net/ipv4/ip_forward" },
		{ "net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding" },
		{ "net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding" },
		{ "kernel", "kernel" },
		{ "", "" },
	};
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(spec_sysctl_path(&a, cases[i][0]), cases[i][1]);
}

static void seccomp(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = decode_linux(
		&a,
		"'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,'architectures':['SCMP_ARCH_X86'],"
		"'flags':[],'syscalls':[{'names':['a','b'],'action':'SCMP_ACT_ALLOW'},{'names':['c'],"
		"'action':'SCMP_ACT_ERRNO','errnoRet':0,'args':[{'index':1,'value':18446744073709551615,'valueTwo':2,"
		"'op':'SCMP_CMP_MASKED_EQ'}]}]}");
	const struct spec_seccomp *f = &s.seccomp;

	(void)state;
	assert_true(f->present && f->has_default_errno && f->has_flags);
	assert_string_equal(f->default_action, "SCMP_ACT_ERRNO");
	assert_int_equal(f->default_errno, 38);
	IS_STRINGS(f->architectures, f->n_architectures, "SCMP_ARCH_X86");
	assert_int_equal(f->n_flags, 0);
	assert_int_equal(f->n_rules, 2);
	IS_STRINGS(f->rules[0].names, f->rules[0].n_names, "a", "b");
	assert_string_equal(f->rules[0].action, "SCMP_ACT_ALLOW");
	assert_false(f->rules[0].has_errno);
	assert_true(f->rules[1].has_errno);
	assert_int_equal(f->rules[1].errno_ret, 0);
	assert_int_equal(f->rules[1].n_args, 1);
	assert_int_equal(f->rules[1].args[0].index, 1);
	assert_true(f->rules[1].args[0].value == UINT64_MAX);
	assert_int_equal(f->rules[1].args[0].value_two, 2);
	assert_string_equal(f->rules[1].args[0].op, "SCMP_CMP_MASKED_EQ");
	assert_false(decode_linux(&a, "'seccomp':{'defaultAction':'SCMP_ACT_LOG'}").seccomp.has_flags);
	assert_false(decode_linux(&a, "'seccomp':{'defaultAction':'SCMP_ACT_LOG','flags':null}").seccomp.has_flags);
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static void names(void **state)
{
	(void)state;
	assert_int_equal(spec_capability("CAP_CHOWN"), 0);
	assert_int_equal(spec_capability("CAP_SYS_ADMIN"), 21);
	assert_int_equal(spec_capability("CAP_CHECKPOINT_RESTORE"), 40);
	assert_int_equal(spec_capability("cap_chown"), -ENOENT);
	assert_int_equal(spec_capability("CHOWN"), -ENOENT);
	assert_int_equal(spec_capability(""), -ENOENT);
	for (int i = 0; i <= 40; i++)
		assert_int_equal(spec_capability(spec_capability_name(i)), i);
	assert_null(spec_capability_name(41));
	assert_null(spec_capability_name(-1));
	for (int i = 0; i < 16; i++)
		assert_int_equal(spec_rlimit_resource(spec_rlimit_name(i)), i);
	assert_null(spec_rlimit_name(16));
	assert_null(spec_rlimit_name(-1));
	assert_int_equal(spec_rlimit_resource("RLIMIT_NOFILE"), RLIMIT_NOFILE);
	assert_int_equal(spec_rlimit_resource("NOFILE"), -ENOENT);
}

static void sub_cgroups(void **state)
{
	static const struct {
		const char *given, *want;
	} cases[] = {
		{ "container", "container" },
		{ "a/b", "a/b" },
		{ "//a/./b/", "a/b" },
		{ "..a/.b", "..a/.b" },
		{ "", NULL },
		{ ".", NULL },
		{ "/", NULL },
		{ "./.", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		const char *text = arena_printf(&a,
						"'annotations':{'run.oci.systemd.subgroup':'%s',"
						"'run.oci.delegate-cgroup':'%s'}",
						cases[i].given, i ? cases[i - 1].given : "x");
		struct spec s = decode(&a, &(struct pieces){ .more = text });

		if (cases[i].want)
			assert_string_equal(s.subgroup, cases[i].want);
		else
			assert_null(s.subgroup);
		if (!i)
			assert_string_equal(s.delegate_cgroup, "x");
		else if (cases[i - 1].want)
			assert_string_equal(s.delegate_cgroup, cases[i - 1].want);
		else
			assert_null(s.delegate_cgroup);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(least_config),
		cmocka_unit_test(sub_cgroups),
		cmocka_unit_test(process),
		cmocka_unit_test(zero_is_not_absent),
		cmocka_unit_test(mounts_and_annotations),
		cmocka_unit_test(hooks),
		cmocka_unit_test(hooks_alone),
		cmocka_unit_test(process_alone),
		cmocka_unit_test(process_slice),
		cmocka_unit_test(namespaces),
		cmocka_unit_test(ids_and_clocks),
		cmocka_unit_test(devices),
		cmocka_unit_test(paths_and_sysctls),
		cmocka_unit_test(sysctl_paths),
		cmocka_unit_test(seccomp),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("spec values", tests, NULL, NULL);
}
