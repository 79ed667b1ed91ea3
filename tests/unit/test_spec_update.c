/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resources of an update: what takes a limit away, what counts from the one in force, and what is wrong. */
#include "spec_limits.h"

#include "base/buf.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

static const struct spec_in_force unlimited = { -1, -1, -1, -1 };
static const struct spec_in_force no_quota = { -1, -1, -1, 100000 };
static const struct spec_in_force limited = {
	.memory_max = 1000, .memory_swap_max = 500, .cpu_quota = 30000, .cpu_period = 60000
};

static int update(struct arena *a, const char *members, const struct spec_in_force *now, struct spec_resources *ret,
		  struct lct_err *err)
{
	char *text = quoted(arena_printf(a, "{%s}", members));

	return spec_decode_resources(a, text, strlen(text), now, ret, err);
}

static void becomes(const char *members, const struct spec_in_force *now, const char *want)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	struct spec_resources res;
	const char *got;

	if (update(&a, members, now, &res, &err) < 0)
		fail_msg("%s: %s", members, err.text);
	got = limits_text(&a, &res, "/");
	if (strcmp(got, want) != 0)
		fail_msg("%s\n  gives \"%s\"\n  not   \"%s\"", members, got, want);
}

static void refused(const char *members, const struct spec_in_force *now, const char *want)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	struct spec_resources res;

	if (update(&a, members, now, &res, &err) != -EINVAL)
		fail_msg("%s is not refused", members);
	if (strcmp(err.text, want) != 0)
		fail_msg("%s\n  gives \"%s\"\n  not   \"%s\"", members, err.text, want);
	assert_int_equal(err.code, LCT_E_CONFIG);
	assert_int_equal(strncmp(err.text, err.where, strlen(err.where)), 0);
}

/* What is zero, empty or null is not given, as runc has it: callers send whole structs of Go. */
static void nothing(void **state)
{
	static const char *const cases[] = {
		"",
		"'memory':null,'cpu':null,'pids':null,'blockIO':null,'hugepageLimits':null,'rdma':null,'network':null,"
		"'unified':null,'devices':null",
		"'memory':{},'cpu':{},'pids':{},'blockIO':{},'hugepageLimits':[],'rdma':{},'network':{},'unified':{}",
		"'memory':{'limit':0,'reservation':0,'swap':0,'kernel':0,'kernelTCP':0}",
		"'memory':{'limit':null,'reservation':null,'swap':null,'swappiness':5}",
		"'cpu':{'shares':0,'quota':0,'period':0,'cpus':'','mems':'','realtimeRuntime':0,'realtimePeriod':0}",
		"'cpu':{'idle':null,'burst':null,'realtimeRuntime':-1}",
		"'pids':{'limit':0}",
		"'blockIO':{'weight':0,'weightDevice':[{'major':8,'minor':0,'weight':0}],"
		"'throttleReadBpsDevice':[]}",
		"'hugepageLimits':[]",
		"'rdma':{'n':null}",
		"'unified':{'memory.high':''}",
		"'future':[1]",
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		becomes(cases[i], &unlimited, "");
		becomes(cases[i], &limited, "");
	}
}

static void memory(void **state)
{
	(void)state;
	becomes("'memory':{'limit':5000}", &limited, "memory/limit:memory.max=5000");
	becomes("'memory':{'reservation':7}", &limited, "memory/reservation:memory.low=7");
	/* memory and swap are one limit in v1: it cannot be below memory's, so it goes with it */
	becomes("'memory':{'limit':-1}", &limited,
		"memory/limit:memory.swap.max=max optional reset, memory/limit:memory.max=max reset");
	becomes("'memory':{'limit':-1,'swap':-1,'reservation':-1}", &limited,
		"memory/swap:memory.swap.max=max optional reset, memory/limit:memory.max=max reset, "
		"memory/reservation:memory.low=0 reset");
	becomes("'memory':{'swap':-1}", &unlimited, "memory/swap:memory.swap.max=max optional reset");
	becomes("'memory':{'swap':-1,'limit':4}", &limited,
		"memory/swap:memory.swap.max=max optional reset, memory/limit:memory.max=4");
	becomes("'memory':{'swap':1500}", &limited, "memory/swap:memory.swap.max=500");
	becomes("'memory':{'swap':1000}", &limited, "memory/swap:memory.swap.max=0 optional");
	becomes("'memory':{'swap':1500,'limit':1400}", &limited,
		"memory/swap:memory.swap.max=100, memory/limit:memory.max=1400");
	becomes("'memory':{'swap':1500,'limit':1400}", &unlimited,
		"memory/swap:memory.swap.max=100, memory/limit:memory.max=1400");
	refused("'memory':{'swap':1500}", &unlimited, "/memory/swap: a swap limit needs a memory limit");
	refused("'memory':{'swap':1500,'limit':-1}", &limited, "/memory/swap: a swap limit needs a memory limit");
	refused("'memory':{'swap':999}", &limited,
		"/memory/swap: memory and swap together (999) must not be below the memory limit 1000");
	refused("'memory':{'swap':999,'limit':1001}", &unlimited,
		"/memory/swap: memory and swap together (999) must not be below the memory limit 1001");
}

static void cpu(void **state)
{
	(void)state;
	becomes("'cpu':{'shares':1024}", &limited, "cpu/shares:cpu.weight=100 reset");
	becomes("'cpu':{'quota':50000}", &limited, "cpu/quota:cpu.max=50000 60000");
	becomes("'cpu':{'quota':50000}", &unlimited, "cpu/quota:cpu.max=50000 100000");
	becomes("'cpu':{'quota':50000,'period':20000}", &limited, "cpu/quota:cpu.max=50000 20000");
	becomes("'cpu':{'period':20000}", &limited, "cpu/period:cpu.max=30000 20000");
	becomes("'cpu':{'period':20000}", &no_quota, "cpu/period:cpu.max=max 20000 reset");
	becomes("'cpu':{'quota':-1}", &limited, "cpu/quota:cpu.max=max 60000 reset");
	becomes("'cpu':{'quota':-1}", &unlimited, "cpu/quota:cpu.max=max 100000 reset");
	becomes("'cpu':{'quota':-1,'period':20000}", &limited, "cpu/quota:cpu.max=max 20000 reset");
	becomes("'cpu':{'burst':30000}", &limited, "cpu/burst:cpu.max.burst=30000");
	becomes("'cpu':{'burst':0}", &limited, "cpu/burst:cpu.max.burst=0 reset");
	becomes("'cpu':{'quota':40000,'burst':40000}", &limited,
		"cpu/quota:cpu.max=40000 60000, cpu/burst:cpu.max.burst=40000");
	becomes("'cpu':{'idle':0}", &limited, "cpu/idle:cpu.idle=0 reset");
	becomes("'cpu':{'idle':1}", &limited, "cpu/idle:cpu.idle=1");
	becomes("'cpu':{'idle':0,'shares':2}", &limited, "cpu/idle:cpu.idle=0 reset, cpu/shares:cpu.weight=1");
	becomes("'cpu':{'idle':1,'shares':2}", &limited, "cpu/idle:cpu.idle=1");
	becomes("'cpu':{'cpus':'1','mems':'0'}", &limited, "cpu/cpus:cpuset.cpus=1, cpu/mems:cpuset.mems=0");
	refused("'cpu':{'quota':10}", &limited, "/cpu/quota: 10 us are below the kernel's minimum 1000");
	refused("'cpu':{'period':10}", &unlimited, "/cpu/period: 10 us are below the kernel's minimum 1000");
	refused("'cpu':{'quota':-1,'period':2000000}", &limited,
		"/cpu/period: 2000000 us are above the kernel's maximum 1000000");
	refused("'cpu':{'burst':30001}", &limited, "/cpu/burst: 30001 is above the quota 30000");
	refused("'cpu':{'realtimeRuntime':5}", &limited, "/cpu/realtimeRuntime: cgroup v2 has no realtime limits");
	refused("'cpu':{'realtimePeriod':5}", &limited, "/cpu/realtimePeriod: cgroup v2 has no realtime limits");
}

static void others(void **state)
{
	(void)state;
	becomes("'pids':{'limit':9}", &limited, "pids/limit:pids.max=9");
	becomes("'pids':{'limit':-1}", &limited, "pids/limit:pids.max=max reset");
	becomes("'pids':{'limit':-3}", &limited, "pids/limit:pids.max=max reset");
	becomes("'blockIO':{'weight':500}", &limited, "blockIO/weight:io.bfq.weight=500 or io.weight=4950");
	becomes("'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':0}],"
		"'throttleWriteIOPSDevice':[{'major':8,'minor':0,'rate':-1},{'major':8,'minor':1,'rate':3}]}",
		&limited,
		"blockIO/throttleReadBpsDevice/0/rate:io.max=8:0 rbps=max reset, "
		"blockIO/throttleWriteIOPSDevice/0/rate:io.max=8:0 wiops=max reset, "
		"blockIO/throttleWriteIOPSDevice/1/rate:io.max=8:1 wiops=3");
	becomes("'hugepageLimits':[{'pageSize':'2MB','limit':0},{'pageSize':'1GB','limit':-1},"
		"{'pageSize':'64KB','limit':65536}]",
		&limited,
		"hugepageLimits/0/limit:hugetlb.2MB.max=0, "
		"hugepageLimits/0/limit:hugetlb.2MB.rsvd.max=0 optional, "
		"hugepageLimits/1/limit:hugetlb.1GB.max=max reset, "
		"hugepageLimits/1/limit:hugetlb.1GB.rsvd.max=max optional reset, "
		"hugepageLimits/2/limit:hugetlb.64KB.max=65536, "
		"hugepageLimits/2/limit:hugetlb.64KB.rsvd.max=65536 optional");
	becomes("'rdma':{'a':{'hcaHandles':-1},'b':{'hcaHandles':-1,'hcaObjects':0}}", &limited,
		"rdma/a:rdma.max=a hca_handle=max reset, rdma/b:rdma.max=b hca_handle=max hca_object=0");
	becomes("'unified':{'memory.high':'max','cpuset.cpus':'0'},'pids':{'limit':1}", &limited,
		"pids/limit:pids.max=1, unified/memory.high:memory.high=max reset, unified/cpuset.cpus:cpuset.cpus=0");
}

static void rules_and_check(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec_resources res;

	(void)state;
	assert_int_equal(update(&a, "'pids':{}", &limited, &res, NULL), 0);
	assert_false(res.has_device_rules || res.check_before_update);
	assert_int_equal(update(&a, "'devices':null", &limited, &res, NULL), 0);
	assert_false(res.has_device_rules);
	assert_int_equal(update(&a, "'devices':[]", &limited, &res, NULL), 0);
	assert_true(res.has_device_rules && res.n_device_rules == 0);
	assert_int_equal(update(&a,
				"'devices':[{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':1}],"
				"'memory':{'limit':5,'checkBeforeUpdate':true}",
				&limited, &res, NULL),
			 0);
	assert_true(res.has_device_rules && res.n_device_rules == 2 && res.check_before_update);
	assert_int_equal(res.device_rules[1].major, 1);
}

/* The pointers are relative to the resources. */
static void wrong(void **state)
{
	(void)state;
	refused("'memory':{'limit':'1g'}", &limited, "/memory/limit: must be an integer");
	refused("'memory':{'limit':-2}", &limited, "/memory/limit: -2 is below the minimum -1");
	refused("'memory':5", &limited, "/memory: must be an object");
	refused("'cpu':{'cpus':0}", &limited, "/cpu/cpus: must be a string");
	refused("'blockIO':{'weight':5}", &limited, "/blockIO/weight: 5 is below the minimum 10");
	refused("'hugepageLimits':[{'pageSize':'2','limit':1}]", &limited,
		"/hugepageLimits/0/pageSize: \"2\" is not the size of a page as \"2MB\"");
	refused("'rdma':{'m':{'hcaHandles':-2}}", &limited, "/rdma/m/hcaHandles: -2 is below the minimum -1");
	refused("'unified':{'cgroup.procs':'1'}", &limited,
		"/unified/cgroup.procs: cannot be set: the processes of the container are the runtime's");
	refused("'devices':[{'access':'r'}]", &limited, "/devices/0/allow: required");
}

static void no_object(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "[]", "resources must be a JSON object" },
		{ "null", "resources must be a JSON object" },
		{ "", "resources:" },
		{ "{", "resources:" },
		{ "{\"pids\":{},\"pids\":{}}", "resources:" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		struct lct_err err = { 0 };
		struct spec_resources res;

		assert_int_equal(spec_decode_resources(&a, cases[i].text, strlen(cases[i].text), &limited, &res, &err),
				 -EINVAL);
		if (!strstr(err.text, cases[i].want))
			fail_msg("%s gives \"%s\"", cases[i].text, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),   cmocka_unit_test(memory),		cmocka_unit_test(cpu),
		cmocka_unit_test(others),    cmocka_unit_test(rules_and_check), cmocka_unit_test(wrong),
		cmocka_unit_test(no_object),
	};

	return cmocka_run_group_tests_name("spec update", tests, NULL, NULL);
}
