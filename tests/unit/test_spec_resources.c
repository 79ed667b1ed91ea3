/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources in config.json: every resource in the words of cgroup v2, and each thing that is wrong. */
#include "spec_refusal.h"

#include "spec/cpu_weight.h"
#include "spec_limits.h"

/* Nothing is asked for, so nothing is written and no controller is needed. */
static const char *const nothing[] = {
	"",
	"'memory':null,'cpu':null,'pids':null,'blockIO':null,'hugepageLimits':null,'rdma':null,'network':null,"
	"'unified':null,'devices':null",
	"'memory':{},'cpu':{},'pids':{},'blockIO':{},'hugepageLimits':[],'rdma':{},'network':{},'unified':{},'devices':"
	"[]",
	"'memory':{'limit':0,'reservation':0,'swap':0,'kernel':0,'kernelTCP':0,'swappiness':0,'disableOOMKiller':"
	"false}",
	"'memory':{'limit':-1,'reservation':-1,'swap':-1,'kernel':-1,'kernelTCP':-1,'swappiness':null}",
	"'memory':{'limit':null,'reservation':null,'swap':null,'checkBeforeUpdate':null,'useHierarchy':null}",
	"'memory':{'swappiness':18446744073709551615}", /* -1 without a sign */
	"'memory':{'swappiness':60,'kernel':5,'kernelTCP':6,'disableOOMKiller':true,'useHierarchy':true}",
	"'cpu':{'shares':0,'quota':0,'period':0,'burst':0,'idle':0,'cpus':'','mems':''}",
	"'cpu':{'shares':null,'quota':null,'period':null,'burst':null,'idle':null,'cpus':null,'mems':null}",
	"'cpu':{'quota':-1}",
	"'cpu':{'quota':-7,'period':5000}", /* runc and crun: below zero is none */
	"'cpu':{'realtimeRuntime':0,'realtimePeriod':null}",
	"'cpu':{'realtimeRuntime':950000,'realtimePeriod':1000000}",
	"'pids':{'limit':0}",
	"'pids':{'limit':-1}",
	"'pids':{'limit':-4}",
	"'pids':{'limit':null}",
	"'blockIO':{'weight':0,'leafWeight':0,'weightDevice':[],'throttleReadBpsDevice':null}",
	"'blockIO':{'weight':null,'leafWeight':500}",
	"'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':0},{'major':8,'minor':0,'weight':0,'leafWeight':10},"
	"{'major':8,'minor':0,'weight':null,'leafWeight':0}]}",
	"'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':0}],"
	"'throttleWriteIOPSDevice':[{'major':8,'minor':0,'rate':-1}]}",
	"'hugepageLimits':[{'pageSize':'2MB','limit':0},{'pageSize':'1GB','limit':0},{'pageSize':'64KB','limit':-1}]",
	"'rdma':{'mlx5_1':{'hcaHandles':0},'mlx5_2':{'hcaObjects':-1},'mlx5_4':null}",
	"'network':{'classID':7,'priorities':[{'name':'eth0','priority':5}]}",
	"'unified':{'memory.high':'','io.weight':null}",
	"'future':{'limit':5}",
};

static void asks_for_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(nothing); i++)
		config_limits(nothing[i], "");
}

static void memory(void **state)
{
	(void)state;
	config_limits("'memory':{'limit':1073741824}", "memory/limit:memory.max=1073741824");
	config_limits("'memory':{'limit':9223372036854775807}", "memory/limit:memory.max=9223372036854775807");
	config_limits("'memory':{'reservation':5}", "memory/reservation:memory.low=5");
	config_limits("'memory':{'limit':100,'swap':300}",
		      "memory/swap:memory.swap.max=200, memory/limit:memory.max=100");
	config_limits("'memory':{'limit':100,'swap':100}",
		      "memory/swap:memory.swap.max=0 optional, memory/limit:memory.max=100");
	config_limits("'memory':{'limit':100,'swap':-1}", "memory/limit:memory.max=100");
	config_limits("'memory':{'limit':9,'reservation':8,'swap':10}",
		      "memory/swap:memory.swap.max=1, memory/limit:memory.max=9, memory/reservation:memory.low=8");
}

static void cpu(void **state)
{
	(void)state;
	config_limits("'cpu':{'shares':1024}", "");
	config_limits("'cpu':{'shares':1025}", "cpu/shares:cpu.weight=101");
	config_limits("'cpu':{'shares':18446744073709551615}", "cpu/shares:cpu.weight=10000");
	config_limits("'cpu':{'quota':50000}", "cpu/quota:cpu.max=50000 100000");
	config_limits("'cpu':{'quota':1000,'period':1000}", "cpu/quota:cpu.max=1000 1000");
	config_limits("'cpu':{'quota':5000000,'period':1000000}", "cpu/quota:cpu.max=5000000 1000000");
	config_limits("'cpu':{'quota':50000,'period':20000,'burst':50000}",
		      "cpu/quota:cpu.max=50000 20000, cpu/burst:cpu.max.burst=50000");
	config_limits("'cpu':{'burst':7}", "cpu/burst:cpu.max.burst=7");
	config_limits("'cpu':{'idle':1}", "cpu/idle:cpu.idle=1");
	config_limits("'cpu':{'idle':0,'shares':2}", "cpu/shares:cpu.weight=1");
	/* the kernel takes no weight for an idle cgroup */
	config_limits("'cpu':{'idle':1,'shares':2}", "cpu/idle:cpu.idle=1");
	config_limits("'cpu':{'cpus':'0-3,7','mems':'0'}", "cpu/cpus:cpuset.cpus=0-3,7, cpu/mems:cpuset.mems=0");
	config_limits("'cpu':{'cpus':'0-31:1/4, N','mems':'all'}",
		      "cpu/cpus:cpuset.cpus=0-31:1/4, N, cpu/mems:cpuset.mems=all");
}

static void block_io(void **state)
{
	(void)state;
	config_limits("'blockIO':{'weight':10}", "blockIO/weight:io.bfq.weight=10 or io.weight=1");
	config_limits("'blockIO':{'weight':100}", "blockIO/weight:io.bfq.weight=100 or io.weight=910");
	config_limits("'blockIO':{'weight':1000,'leafWeight':10}",
		      "blockIO/weight:io.bfq.weight=1000 or io.weight=10000");
	config_limits("'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':0},"
		      "{'major':4095,'minor':1048575,'weight':500,'leafWeight':11}]}",
		      "blockIO/weightDevice/1/weight:io.bfq.weight=4095:1048575 500 or io.weight=4095:1048575 4950");
	config_limits(
		"'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':1},{'major':8,'minor':16,'rate':2}],"
		"'throttleWriteBpsDevice':[{'major':8,'minor':0,'rate':18446744073709551615}],"
		"'throttleReadIOPSDevice':[{'major':8,'minor':0,'rate':0},{'major':0,'minor':0,'rate':4}],"
		"'throttleWriteIOPSDevice':[{'major':8,'minor':0,'rate':5}]}",
		"blockIO/throttleReadBpsDevice/0/rate:io.max=8:0 rbps=1, "
		"blockIO/throttleReadBpsDevice/1/rate:io.max=8:16 rbps=2, "
		"blockIO/throttleWriteBpsDevice/0/rate:io.max=8:0 wbps=18446744073709551615, "
		"blockIO/throttleReadIOPSDevice/1/rate:io.max=0:0 riops=4, "
		"blockIO/throttleWriteIOPSDevice/0/rate:io.max=8:0 wiops=5");
}

static void other_controllers(void **state)
{
	(void)state;
	config_limits("'pids':{'limit':32}", "pids/limit:pids.max=32");
	config_limits("'hugepageLimits':[{'pageSize':'1GB','limit':0},{'pageSize':'2MB','limit':18446744073709551615}]",
		      "hugepageLimits/1/limit:hugetlb.2MB.max=18446744073709551615, "
		      "hugepageLimits/1/limit:hugetlb.2MB.rsvd.max=18446744073709551615 optional");
	config_limits("'rdma':{'mlx5_1':{'hcaHandles':3,'hcaObjects':2147483647},'ocrdma1':{'hcaObjects':1},"
		      "'a/b':{'hcaHandles':2,'hcaObjects':-1}}",
		      "rdma/mlx5_1:rdma.max=mlx5_1 hca_handle=3 hca_object=2147483647, "
		      "rdma/ocrdma1:rdma.max=ocrdma1 hca_object=1, rdma/a~1b:rdma.max=a/b hca_handle=2");
	config_limits("'unified':{'memory.high':'10M','io.weight':'','x.y':'1\\n2'}",
		      "unified/memory.high:memory.high=10M, unified/x.y:x.y=1\n2");
	/* No limit at all, which needs no controller either; but only where that is what the value says. */
	config_limits("'unified':{'memory.max':'max','cpu.max':'max','hugetlb.2MB.max':'max','memory.min':'0'}",
		      "unified/memory.max:memory.max=max reset, unified/cpu.max:cpu.max=max reset, "
		      "unified/hugetlb.2MB.max:hugetlb.2MB.max=max reset, unified/memory.min:memory.min=0 reset");
	config_limits("'unified':{'pids.max':'0','memory.low':'max','nosuch.max':'max','hugetlb.max':'max'}",
		      "unified/pids.max:pids.max=0, unified/memory.low:memory.low=max, "
		      "unified/nosuch.max:nosuch.max=max, unified/hugetlb.max:hugetlb.max=max");
}

static void order(void **state)
{
	(void)state;
	config_limits(
		"'unified':{'a.b':'1'},'rdma':{'m':{'hcaHandles':1}},'hugepageLimits':[{'pageSize':'2MB','limit':1}],"
		"'blockIO':{'weight':10},'pids':{'limit':1},'cpu':{'cpus':'0','mems':'0','burst':1,'quota':1000,"
		"'shares':2},'memory':{'limit':1,'reservation':1,'swap':2}",
		"memory/swap:memory.swap.max=1, memory/limit:memory.max=1, memory/reservation:memory.low=1, "
		"cpu/shares:cpu.weight=1, cpu/quota:cpu.max=1000 100000, cpu/burst:cpu.max.burst=1, "
		"cpu/cpus:cpuset.cpus=0, cpu/mems:cpuset.mems=0, pids/limit:pids.max=1, "
		"blockIO/weight:io.bfq.weight=10 or io.weight=1, "
		"hugepageLimits/0/limit:hugetlb.2MB.max=1, hugepageLimits/0/limit:hugetlb.2MB.rsvd.max=1 optional, "
		"rdma/m:rdma.max=m hca_handle=1, unified/a.b:a.b=1");
}

static void many_unified(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct spec_resources res;

	(void)state;
	buf_str(&text, "'unified':{");
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "%s'x.%d':'%d'", i ? "," : "", i, i);
	buf_str(&text, "}");
	buf_char(&text, '\0');
	assert_true(buf_ok(&text));
	res = config_resources(&a, text.data);
	assert_int_equal(res.n_limits, 1000);
	for (int i = 0; i < 1000; i++)
		assert_string_equal(res.limits[i].value, res.limits[i].file + 2);
}

static void rules_and_check(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec_resources res = config_resources(&a, "'memory':{'checkBeforeUpdate':true},'devices':[]");

	(void)state;
	assert_true(res.check_before_update && res.has_device_rules);
	assert_int_equal(res.n_device_rules, 0);
	res = config_resources(&a, "'memory':{'checkBeforeUpdate':false},'devices':null");
	assert_false(res.check_before_update || res.has_device_rules);
	res = config_resources(&a, "'devices':[{'allow':true}]");
	assert_true(res.has_device_rules && res.n_device_rules == 1);
}

#define RES(members, want) LINUX("'resources':{" members "}", want)
#define AT		   "/linux/resources/"
#define DEVICE(list, more) "'blockIO':{'" list "':[{" more "}]}"

static const struct refusal wrong[] = {
	LINUX("'resources':null", NULL),
	LINUX("'resources':[]", "/linux/resources: must be an object"),
	RES("'memory':[]", AT "memory: must be an object"),
	RES("'memory':{'limit':-2}", AT "memory/limit: -2 is below the minimum -1"),
	RES("'memory':{'limit':9223372036854775808}",
	    AT "memory/limit: 9223372036854775808 is above the maximum 9223372036854775807"),
	RES("'memory':{'limit':'1g'}", AT "memory/limit: must be an integer"),
	RES("'memory':{'limit':1e6}", AT "memory/limit: 1e6 is not an integer in plain digits"),
	RES("'memory':{'reservation':-2}", AT "memory/reservation: -2 is below the minimum -1"),
	RES("'memory':{'swap':-2}", AT "memory/swap: -2 is below the minimum -1"),
	RES("'memory':{'swap':5}", AT "memory/swap: a swap limit needs a memory limit"),
	RES("'memory':{'swap':5,'limit':-1}", AT "memory/swap: a swap limit needs a memory limit"),
	RES("'memory':{'swap':5,'limit':6}",
	    AT "memory/swap: memory and swap together (5) must not be below the memory limit 6"),
	RES("'memory':{'kernel':'x'}", AT "memory/kernel: must be an integer"),
	RES("'memory':{'kernelTCP':-2}", AT "memory/kernelTCP: -2 is below the minimum -1"),
	RES("'memory':{'swappiness':18446744073709551614}",
	    AT "memory/swappiness: 18446744073709551614 is above the maximum 100"),
	RES("'memory':{'swappiness':'x'}", AT "memory/swappiness: must be an integer"),
	RES("'memory':{'disableOOMKiller':1}", AT "memory/disableOOMKiller: must be true or false"),
	RES("'memory':{'checkBeforeUpdate':'yes'}", AT "memory/checkBeforeUpdate: must be true or false"),
	RES("'cpu':'0'", AT "cpu: must be an object"),
	RES("'cpu':{'shares':-1}", AT "cpu/shares: -1 is below the minimum 0"),
	RES("'cpu':{'quota':999}", AT "cpu/quota: 999 us are below the kernel's minimum 1000"),
	RES("'cpu':{'quota':1.5}", AT "cpu/quota: 1.5 is not an integer in plain digits"),
	RES("'cpu':{'quota':1000,'period':999}", AT "cpu/period: 999 us are below the kernel's minimum 1000"),
	RES("'cpu':{'quota':1000,'period':1000001}",
	    AT "cpu/period: 1000001 us are above the kernel's maximum 1000000"),
	RES("'cpu':{'period':-1}", AT "cpu/period: -1 is below the minimum 0"),
	RES("'cpu':{'quota':1000,'burst':1001}", AT "cpu/burst: 1001 is above the quota 1000"),
	RES("'cpu':{'burst':-1}", AT "cpu/burst: -1 is below the minimum 0"),
	RES("'cpu':{'idle':2}", AT "cpu/idle: 2 is above the maximum 1"),
	RES("'cpu':{'idle':-1}", AT "cpu/idle: -1 is below the minimum 0"),
	RES("'cpu':{'idle':true}", AT "cpu/idle: must be an integer"),
	RES("'cpu':{'cpus':0}", AT "cpu/cpus: must be a string"),
	RES("'cpu':{'cpus':'0\\n1'}", AT "cpu/cpus: \"0?1\" is not a list of numbers as \"0-3,7\""),
	RES("'cpu':{'cpus':' '}", AT "cpu/cpus: \" \" is not a list of numbers as \"0-3,7\""),
	RES("'cpu':{'mems':'x'}", AT "cpu/mems: \"x\" is not a list of numbers as \"0-3,7\""),
	RES("'cpu':{'realtimeRuntime':'x'}", AT "cpu/realtimeRuntime: must be an integer"),
	RES("'cpu':{'realtimePeriod':-1}", AT "cpu/realtimePeriod: -1 is below the minimum 0"),
	RES("'pids':5", AT "pids: must be an object"),
	RES("'pids':{'limit':1.5}", AT "pids/limit: 1.5 is not an integer in plain digits"),
	RES("'pids':{'limit':'max'}", AT "pids/limit: must be an integer"),
	RES("'blockIO':[]", AT "blockIO: must be an object"),
	RES("'blockIO':{'weight':9}", AT "blockIO/weight: 9 is below the minimum 10"),
	RES("'blockIO':{'weight':1001}", AT "blockIO/weight: 1001 is above the maximum 1000"),
	RES("'blockIO':{'weight':-1}", AT "blockIO/weight: -1 is below the minimum 0"),
	RES("'blockIO':{'leafWeight':65536}", AT "blockIO/leafWeight: 65536 is above the maximum 1000"),
	RES("'blockIO':{'weightDevice':{}}", AT "blockIO/weightDevice: must be an array"),
	RES(DEVICE("weightDevice", "'major':8,'weight':10"), AT "blockIO/weightDevice/0/minor: required"),
	RES(DEVICE("weightDevice", "'minor':8,'weight':10"), AT "blockIO/weightDevice/0/major: required"),
	RES(DEVICE("weightDevice", "'major':8,'minor':0,'weight':1"),
	    AT "blockIO/weightDevice/0/weight: 1 is below the minimum 10"),
	RES(DEVICE("weightDevice", "'major':4096,'minor':0,'weight':10"),
	    AT "blockIO/weightDevice/0/major: 4096 is above the maximum 4095"),
	RES(DEVICE("throttleReadBpsDevice", "'major':8,'minor':1048576,'rate':1"),
	    AT "blockIO/throttleReadBpsDevice/0/minor: 1048576 is above the maximum 1048575"),
	RES(DEVICE("throttleWriteBpsDevice", "'major':-1,'minor':0,'rate':1"),
	    AT "blockIO/throttleWriteBpsDevice/0/major: -1 is below the minimum 0"),
	RES(DEVICE("throttleReadIOPSDevice", "'major':8,'minor':0,'rate':-2"),
	    AT "blockIO/throttleReadIOPSDevice/0/rate: -2 is below the minimum -1"),
	RES(DEVICE("throttleWriteIOPSDevice", "'major':8,'minor':0,'rate':'1m'"),
	    AT "blockIO/throttleWriteIOPSDevice/0/rate: must be an integer"),
	RES("'blockIO':{'throttleWriteIOPSDevice':[8]}", AT "blockIO/throttleWriteIOPSDevice/0: must be an object"),
	RES("'hugepageLimits':{}", AT "hugepageLimits: must be an array"),
	RES("'hugepageLimits':[{'limit':1}]", AT "hugepageLimits/0/pageSize: required"),
	RES("'hugepageLimits':[{'pageSize':'','limit':1}]", AT "hugepageLimits/0/pageSize: required (it is empty)"),
#define SIZE(size)                                                                                                     \
	RES("'hugepageLimits':[{'pageSize':'" size "','limit':0}]",                                                    \
	    AT "hugepageLimits/0/pageSize: \"" size "\" is not the size of a page as \"2MB\"")
	SIZE("2M"),
	SIZE("02MB"),
	SIZE("0KB"),
	SIZE("2Mi"),
	SIZE("2TB"),
	SIZE("2MBs"),
	SIZE("MB"),
	SIZE("2"),
	SIZE("-2MB"),
	SIZE("../2MB"),
	RES("'hugepageLimits':[{'pageSize':'2MB','limit':-2}]",
	    AT "hugepageLimits/0/limit: -2 is below the minimum -1"),
	RES("'hugepageLimits':[{'pageSize':'2MB','limit':18446744073709551616}]",
	    AT "hugepageLimits/0/limit: 18446744073709551616 is above the maximum 18446744073709551615"),
	RES("'hugepageLimits':[{'pageSize':'2MB','limit':5},{'pageSize':'1GB','limit':0},{'pageSize':'2MB','limit':5}]",
	    AT "hugepageLimits/2/pageSize: duplicate page size 2MB"),
	RES("'rdma':[]", AT "rdma: must be an object"),
	RES("'rdma':{'m':3}", AT "rdma/m: must be an object"),
	RES("'rdma':{'m':{'hcaHandles':2147483648}}",
	    AT "rdma/m/hcaHandles: 2147483648 is above the maximum 2147483647"),
	RES("'rdma':{'m':{'hcaObjects':-2}}", AT "rdma/m/hcaObjects: -2 is below the minimum -1"),
	RES("'rdma':{'':{'hcaObjects':2}}", AT "rdma/: not the name of an RDMA device"),
	RES("'rdma':{'a b':{'hcaObjects':2}}", AT "rdma/a b: not the name of an RDMA device"),
	RES("'network':[]", AT "network: must be an object"),
	RES("'network':{'classID':4294967296}", AT "network/classID: 4294967296 is above the maximum 4294967295"),
	RES("'network':{'priorities':[{'name':5,'priority':1}]}", AT "network/priorities/0/name: must be a string"),
	RES("'unified':[]", AT "unified: must be an object"),
	RES("'unified':{'memory.high':5}", AT "unified/memory.high: must be a string"),
#define UNIFIED(name, shown)                                                                                           \
	RES("'unified':{'" name "':'5'}",                                                                              \
	    AT "unified/" shown ": must be the name of a cgroup v2 file, as \"memory.high\"")
	UNIFIED("../x.y", "..~1x.y"),
	UNIFIED("a.b/c", "a.b~1c"),
	UNIFIED("..", ".."),
	UNIFIED(".x.y", ".x.y"),
	UNIFIED("memory", "memory"),
	UNIFIED("", ""),
#define OURS(name)                                                                                                     \
	RES("'unified':{'" name "':'1'}",                                                                              \
	    AT "unified/" name ": cannot be set: the processes of the container are the runtime's")
	OURS("cgroup.procs"),
	OURS("cgroup.threads"),
	OURS("cgroup.kill"),
	OURS("cgroup.freeze"),
	OURS("cgroup.type"),
	RES("'unified':{'cgroup.max.depth':'2','cgroup.pressure':'0'}", NULL),
	RES("'devices':[{'allow':true,'type':'c','major':1,'minor':null,'access':'rw'}]", NULL),
	RES("'devices':[{'allow':true,'type':'','access':''}]", NULL),
	RES("'devices':[{'access':'rwm'}]", AT "devices/0/allow: required"),
	RES("'devices':[{'allow':true,'access':'rx'}]",
	    AT "devices/0/access: access \"rx\" has other letters than \"rwm\""),
	RES("'devices':[{'allow':true,'type':'z'}]",
	    AT "devices/0/type: device type \"z\" is not one letter of \"abc\""),
	RES("'devices':[{'allow':true,'major':-2}]", AT "devices/0/major: -2 is below the minimum -1"),
	RES("'devices':{}", AT "devices: must be an array"),
};
TABLE_TEST(wrong)

static void too_many_page_sizes(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	char *list = arena_strdup(&a, "");
	struct refusal refusals[2] = { { { 0 }, NULL },
				       { { 0 }, AT "hugepageLimits: 65 page sizes are above the maximum 64" } };

	(void)state;
	for (int i = 1; i <= 65; i++) {
		list = arena_printf(&a, "%s%s{'pageSize':'%dKB','limit':1}", list, i > 1 ? "," : "", i);
		if (i >= 64)
			refusals[i - 64].pieces.linux_ = arena_printf(
				&a, NAMESPACES_PIECE ",'resources':{'hugepageLimits':[%s]}", list);
	}
	run(refusals, 2);
}

/* ceil(10^((l^2 + 125 l) / 612 - 7 / 34)), calculated with libm. */
static void cpu_weights(void **state)
{
	static const uint64_t cases[][2] = {
		{ 0, 0 },	  { 1, 1 },	    { 2, 1 },	       { 3, 2 },	  { 10, 4 },
		{ 100, 17 },	  { 128, 21 },	    { 512, 59 },       { 1000, 99 },	  { 1023, 100 },
		{ 1024, 100 },	  { 1025, 101 },    { 2048, 174 },     { 10240, 639 },	  { 100000, 4340 },
		{ 196547, 7781 }, { 230091, 8925 }, { 262143, 10000 }, { 262144, 10000 }, { UINT64_MAX, 10000 },
	};
	uint64_t last = 0;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(spec_cpu_weight(cases[i][0]), cases[i][1]);
	for (uint64_t shares = 0; shares <= 262144; shares++) {
		uint64_t weight = spec_cpu_weight(shares);

		assert_true(weight >= last && weight <= 10000);
		last = weight;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_nothing),
		cmocka_unit_test(memory),
		cmocka_unit_test(cpu),
		cmocka_unit_test(block_io),
		cmocka_unit_test(other_controllers),
		cmocka_unit_test(order),
		cmocka_unit_test(many_unified),
		cmocka_unit_test(rules_and_check),
		cmocka_unit_test(refuses_wrong),
		cmocka_unit_test(too_many_page_sizes),
		cmocka_unit_test(cpu_weights),
	};

	return cmocka_run_group_tests_name("spec resources", tests, NULL, NULL);
}
