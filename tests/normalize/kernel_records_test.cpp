// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

namespace {

std::string call(int number, const std::string& comm = "x", const std::string& exe = "/usr/bin/x", const std::string& how = "success=yes exit=0") {
  return "SYSCALL arch=c000003e syscall=" + std::to_string(number) + " " + how +
         " a0=4 a1=7ffe a2=3c a3=0 items=0 ppid=9 pid=10 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm=\"" + comm +
         "\" exe=\"" + exe + "\" key=(null)";
}
EventType type_of(const Lines& lines) {
  const Normalized n(lines);
  return n.result.has_event ? n.type() : EventType::count_;
}
constexpr EventType kNone = EventType::count_;
constexpr int kWrite = 1, kSendto = 44, kFinit = 313, kBpf = 321, kAdjtimex = 159;

}  // namespace

TEST_SUITE("normalize") {
  TEST_CASE("AuditConfigChangeNix, AuditRuleRemovedNix: rules of others, ours only where another took them away") {
    const auto change = [](const std::string& op, const std::string& key) { return "CONFIG_CHANGE auid=1000 ses=3 op=" + op + " key=" + key + " list=4 res=1"; };
    CHECK(type_of({change("add_rule", "\"theirs\"")}) == EventType::audit_config_change);
    CHECK(type_of({change("\"add rule\"", "(null)")}) == EventType::audit_config_change);
    CHECK(type_of({change("remove_rule", "\"theirs\"")}) == EventType::audit_rule_removed);
    CHECK(type_of({change("\"remove rule\"", "(null)")}) == EventType::audit_rule_removed);
    CHECK(type_of({change("add_rule", "\"aurochs-exec\"")}) == kNone);
    CHECK(type_of({change("remove_rule", "\"aurochs-exec\"")}) == kNone);
    CHECK(type_of({change("remove_rule", "\"aurochs-exec\""), call(kSendto, "aurochsd", "/usr/sbin/aurochsd")}) == kNone);
    const Normalized n({change("remove_rule", "\"aurochs-exec\""), call(kSendto, "auditctl", "/usr/sbin/auditctl")});
    CHECK(n.type() == EventType::audit_rule_removed);
    CHECK(n.text(F::audit_key) == "aurochs-exec");
    CHECK(n.text(F::proc_comm) == "auditctl");
    CHECK(n.text(F::op_value) == "exit");
    CHECK(n.text(F::audit_record) == "CONFIG_CHANGE");
    CHECK(n.number(F::proc_id) == 10);
  }
  TEST_CASE("AuditDisabledNix, AuditPidTakeoverNix: settings") {
    CHECK(type_of({"CONFIG_CHANGE audit_enabled=0 old=1 auid=0 ses=1 res=1"}) == EventType::audit_disabled);
    CHECK(type_of({"CONFIG_CHANGE op=set audit_enabled=0 old=0 auid=0 ses=1 res=1"}) == EventType::audit_config_change);
    CHECK(type_of({"CONFIG_CHANGE audit_enabled=1 old=0 auid=0 ses=1 res=1"}) == EventType::audit_config_change);
    CHECK(type_of({"CONFIG_CHANGE audit_pid=0 old=77 auid=0 ses=1 res=1"}) == EventType::audit_config_change);
    const Normalized n({"CONFIG_CHANGE op=set audit_pid=78 old=77 auid=0 ses=1 res=0"});
    CHECK(n.type() == EventType::audit_pid_takeover);
    CHECK(n.number(F::tgt_proc_id) == 78);
    CHECK(n.number(F::audit_res) == 0);
    CHECK(n.text(F::op_value_old) == "77");
  }
  TEST_CASE("ProcessSeccompViolationNix: action, signal, call") {
    const Normalized n({"SECCOMP auid=1000 uid=33 gid=33 ses=2 pid=5 comm=\"d\" exe=\"/usr/bin/d\" sig=31 arch=c000003e syscall=41 compat=0 ip=0x7f code=0x80000000"});
    CHECK(n.text(F::op_name) == "kill_process");
    CHECK(n.text(F::op_syscall) == "socket");
    CHECK(n.number(F::op_signal) == 31);
    CHECK(n.number(F::op_status) == 0);
    CHECK(n.number(F::proc_usr_r_id) == 33);
    CHECK(Normalized({"SECCOMP pid=5 sig=0 arch=c000003e syscall=9999 code=0x50001"}).text(F::op_name) == "errno");
    CHECK_FALSE(Normalized({"SECCOMP pid=5 sig=0 arch=zz syscall=x code=7"}).has(F::op_name));
  }
  TEST_CASE("SelinuxDeniedNix, ApparmorDeniedNix: one record type, four writers") {
    CHECK(type_of({"AVC avc:  denied  { read } for  pid=1 comm=\"x\" scontext=a tcontext=b tclass=file"}) == EventType::selinux_denied);
    CHECK(type_of({"AVC avc:  granted  { read } for  pid=1 comm=\"x\" scontext=a tcontext=b tclass=file"}) == kNone);
    CHECK(type_of({"AVC apparmor=\"DENIED\" operation=\"open\" profile=\"p\" name=\"/x\" pid=1 comm=\"x\""}) == EventType::apparmor_denied);
    CHECK(type_of({"AVC apparmor=\"ALLOWED\" operation=\"open\" profile=\"p\" name=\"/x\" pid=1 comm=\"x\""}) == EventType::apparmor_allowed);
    CHECK(type_of({"AVC apparmor=\"STATUS\" operation=\"profile_load\" profile=\"unconfined\" name=\"p\" pid=1 comm=\"x\""}) == EventType::apparmor_profile);
    CHECK(type_of({"AVC apparmor=\"HINT\" operation=\"x\" pid=1"}) == kNone);
    CHECK(type_of({"APPARMOR_DENIED type=1503 operation=\"capable\" name=\"setuid\" pid=3 profile=\"/bin/ping\""}) == EventType::apparmor_denied);
    CHECK(type_of({"APPARMOR_ALLOWED operation=\"exec\" name=\"/bin/sh\" pid=3 profile=\"x\""}) == EventType::apparmor_allowed);
    CHECK(type_of({"AVC lsm=SMACK fn=smack_inode_permission action=denied subject=\"a\" object=\"_\" requested=w pid=1 comm=\"x\""}) == kNone);
    for (const char* junk : {"AVC ", "AVC avc:", "AVC avc: denied", "AVC avc: denied } { for", "AVC {", "AVC apparmor=", "AVC apparmor=\"DENIED\""}) {
      CAPTURE(junk);
      const EventType t = type_of({junk});
      CHECK((t == kNone || t == EventType::selinux_denied));
    }
  }
  TEST_CASE("SelinuxDeniedNix: permissive is a pass, key= is no key of a rule, name= alone is no path") {
    const Normalized n({"AVC avc:  denied  { unix_write read } for  pid=1 comm=\"x\" key=1291864389 scontext=a tcontext=b tclass=sem permissive=1"});
    CHECK(n.text(F::mac_op) == "unix_write read");
    CHECK(n.number(F::op_status) == 1);
    CHECK_FALSE(n.has(F::audit_key));
    const Normalized f({"AVC avc:  denied  { read } for  pid=1 comm=\"x\" name=\"secret\" dev=\"dm-0\" ino=7 scontext=a tcontext=b tclass=file permissive=0"});
    CHECK_FALSE(f.has(F::file_path));
    CHECK(f.text(F::file_name) == "secret");
    CHECK(f.number(F::file_inode) == 7);
    CHECK(f.number(F::op_status) == 0);
  }
  TEST_CASE("SelinuxUserAvcNix: the object manager is the actor by the kernel's pid") {
    const Normalized n({"USER_AVC pid=815 uid=81 auid=4294967295 ses=4294967295 msg='avc:  denied  { status } for auid=1000 uid=0 gid=0 cmdline=\"x\" scontext=a tcontext=b tclass=system exe=\"/usr/lib/systemd/systemd\" sauid=0'"});
    CHECK(n.type() == EventType::selinux_user_avc);
    CHECK(n.number(F::proc_id) == 815);
    CHECK(n.number(F::proc_usr_r_id) == 81);
    CHECK_FALSE(n.has(F::proc_usr_audit_id));
    CHECK(n.text(F::mac_class) == "system");
    CHECK(type_of({"USER_AVC pid=1 uid=0 msg='avc:  received setenforce notice (enforcing=0)  exe=\"/usr/bin/dbus-daemon\"'"}) == kNone);
    CHECK(type_of({"USER_AVC pid=1 uid=0 msg='apparmor=\"DENIED\" operation=\"dbus_signal\" label=\"a\" peer_label=\"b\"'"}) == EventType::apparmor_denied);
  }
  TEST_CASE("RoleChangeNix: only where the role is another one") {
    CHECK(type_of({"USER_ROLE_CHANGE pid=1 uid=0 msg='pam: default-context=a selected-context=a exe=\"/usr/sbin/sshd\" res=success'"}) == kNone);
    const Normalized n({"USER_ROLE_CHANGE pid=1 uid=0 msg='newrole: old-context=a new-context=b: exe=\"/usr/bin/newrole\" (hostname=?, addr=?, terminal=/dev/pts/1 res=success)'"});
    CHECK(n.text(F::op_value) == "b");
    CHECK(n.text(F::op_value_old) == "a");
    CHECK(n.text(F::auth_op) == "newrole");
    CHECK(n.number(F::op_status) == 1);
    CHECK(n.text(F::auth_term_name) == "pts/1");
  }
  TEST_CASE("KernelModuleLoadNix, BpfProgramLoadNix, TimeAdjustNix: the record is silent where the call itself is told") {
    CHECK(type_of({"KERN_MODULE name=\"m\""}) == EventType::kernel_module_load);
    CHECK(type_of({"BPF prog-id=7 op=LOAD"}) == EventType::bpf_program_load);
    CHECK(type_of({"BPF prog-id=7 op=UNLOAD"}) == kNone);
    CHECK(type_of({"TIME_ADJNTPVAL op=freq old=1 new=2"}) == EventType::time_adjust);
    Normalized module({"KERN_MODULE name=\"m\"", call(kFinit)});
    CHECK((!module.again() && (!module.result.has_event || module.text(F::audit_record) != "KERN_MODULE")));
    Normalized bpf({"BPF prog-id=7 op=LOAD", call(kBpf)});
    CHECK((!bpf.again() && (!bpf.result.has_event || bpf.text(F::audit_record) != "BPF")));
    Normalized clock({"TIME_ADJNTPVAL op=freq old=1 new=2", call(kAdjtimex)});
    CHECK((!clock.again() && (!clock.result.has_event || clock.text(F::audit_record) != "TIME_ADJNTPVAL")));
    CHECK(Normalized({"TIME_INJOFFSET sec=-1 nsec=5"}).text(F::op_value) == "-1.000000005");
    CHECK(type_of({"TIME_INJOFFSET sec=x nsec=5"}) == kNone);
  }
  TEST_CASE("NetworkFirewallChangeNix: one event a transaction, the handle is not part of the name") {
    const Normalized n({"NETFILTER_CFG table=t:7 family=1 entries=1 op=nft_register_table pid=5 comm=\"nft\"", "NETFILTER_CFG table=t:7 family=1 entries=2 op=nft_register_chain pid=5 comm=\"nft\"",
                        "NETFILTER_CFG table=t:7 family=1 entries=2 op=nft_register_chain pid=5 comm=\"nft\"", call(46, "nft", "/usr/sbin/nft")});
    CHECK(n.text(F::audit_table) == "inet t");
    CHECK(n.text(F::audit_op) == "nft_register_table|nft_register_chain");
    CHECK(n.number(F::proc_id) == 10);
    CHECK(Normalized({"NETFILTER_CFG table=filter family=10 entries=0"}).text(F::audit_table) == "ip6 filter");
    CHECK(Normalized({"NETFILTER_CFG table= family=77"}).text(F::audit_table).empty());
  }
  TEST_CASE("IntegrityViolationNix: what was well is no violation") {
    CHECK(type_of({"INTEGRITY_STATUS pid=1 uid=0 op=policy_update cause=completed comm=\"systemd\" res=1"}) == kNone);
    CHECK(type_of({"INTEGRITY_DATA pid=1 uid=0 op=appraise_data cause=invalid-hash comm=\"x\" name=\"/a\" ino=1 res=0"}) == EventType::integrity_violation);
    CHECK(type_of({"INTEGRITY_PCR pid=1 uid=0 op=invalid_pcr cause=ToMToU comm=\"x\" name=\"/a\" res=1"}) == EventType::integrity_violation);
    CHECK(type_of({"INTEGRITY_RULE file=\"/a\" hash=\"sha256:0\" pid=1"}) == kNone);
  }
  TEST_CASE("FileLinkAnomalyNix: the path of the record, or that of the PATH which is no parent") {
    CHECK(Normalized({"ANOM_LINK op=follow_link ppid=1 pid=2 uid=5 comm=\"x\" exe=\"/bin/x\" res=0 path=\"/tmp/l\""}).text(F::file_path) == "/tmp/l");
    const Normalized n({"ANOM_LINK op=linkat ppid=1 pid=2 uid=5 comm=\"x\" exe=\"/bin/x\" res=0", call(265, "ln", "/usr/bin/ln", "success=no exit=-1"), "CWD cwd=\"/tmp\"",
                        "PATH item=0 name=\"d/../l\" nametype=NORMAL", "PATH item=1 name=\"/tmp\" nametype=PARENT"});
    CHECK(n.text(F::file_path) == "/tmp/l");
    CHECK(n.number(F::op_status) == 0);
  }
  TEST_CASE("FanotifyDecisionNix, DeviceMapperNix, AuditFeatureChangeNix, UsbGuardDecisionNix") {
    CHECK(Normalized({"FANOTIFY resp=1"}).text(F::op_value) == "allow");
    CHECK(Normalized({"FANOTIFY resp=18 fan_type=1 fan_info=A subj_trust=2 obj_trust=2", call(kWrite)}).text(F::op_value) == "deny");
    CHECK(Normalized({"DM_EVENT module=integrity op=integrity-checksum dev=254:3 sector=9 res=0"}).text(F::dev_path) == "/sys/dev/block/254:3");
    CHECK(Normalized({"DM_CTRL module=crypt op=ctr ppid=1 pid=2 dev=254:3 error_msg='Bad thing' res=0"}).text(F::op_value) == "Bad thing");
    CHECK(Normalized({"FEATURE_CHANGE pid=1 feature=only_unset_loginuid old=0 new=1 old_lock=0 new_lock=0 res=1"}).text(F::op_name) == "only_unset_loginuid");
    const Normalized usb({"USER_DEVICE pid=1 uid=0 msg='op=\"x\" device=\"/devices/a\" target=\"allow\" exe=\"/usr/sbin/usbguard-daemon\" res=success'"});
    CHECK(usb.type() == EventType::usb_guard_decision);
    CHECK(usb.text(F::dev_path) == "/sys/devices/a");
  }
  TEST_CASE("AuditDaemonStateNix: with op= and in the words of old daemons") {
    CHECK(Normalized({"DAEMON_START op=start ver=3.0 auid=0 pid=5 uid=0 ses=1 res=success"}).text(F::audit_op) == "start");
    const Normalized n({"DAEMON_END auditd normal halt, sending auid=? pid=? subj=? res=success"});
    CHECK(n.text(F::audit_op) == "end");
    CHECK_FALSE(n.has(F::proc_id));
  }
  TEST_CASE("an AVC before a call of a rule is a second event of the same act") {
    Normalized n({"AVC avc:  denied  { read } for  pid=10 comm=\"x\" scontext=a tcontext=b tclass=file", call(kWrite)});
    CHECK(n.type() == EventType::selinux_denied);
    CHECK_FALSE(n.again());
  }
}
