// SPDX-License-Identifier: Apache-2.0
#include "capture/audit_control.h"

#include <doctest/doctest.h>

#include "support/fake_kernel.h"

using namespace aurochs;
using namespace aurochs::capture;
using test::FakeKernel;

namespace {

std::string any_rule(char name = 'x') {
  RuleHead head;
  head.flags = rule_list::kExit;
  head.field_count = 1;
  head.fields[0] = rule_field::kKey;
  head.operators[0] = rule_operator::kEqual;
  head.values[0] = head.strings_bytes = 1;
  return std::string(reinterpret_cast<const char*>(&head), sizeof head) + name;
}

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("status takes the answer of every kernel, short or long") {
    FakeKernel kernel;
    kernel.status.backlog_limit = 64;
    kernel.status.backlog_wait_time_actual = 7;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    for (size_t bytes : {32u, 36u, 40u, 44u, 60u}) {
      kernel.status_bytes = bytes;
      const auto status = control.status();
      REQUIRE(status);
      CHECK(status->backlog_limit == 64);
      CHECK(status->backlog_wait_time_actual == (bytes >= 44 ? 7 : 0));
    }
  }
  TEST_CASE("an answer may overtake its acknowledgement") {
    FakeKernel kernel;
    kernel.ack_last = true;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    CHECK(control.status());
    CHECK(control.set_enabled(1));
    CHECK(control.status()->enabled == 1);
    CHECK(control.list_rules());
  }
  TEST_CASE("only the kernel is believed, and only the answer to our question") {
    FakeKernel kernel;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    const std::string refusal = std::string("\xFF\xFF\xFF\xFF", 4) + std::string(16, '\0');
    kernel.interleave_before_ack(FakeKernel::record(NLMSG_ERROR, refusal, 36, 1), 4711);  // a forger
    kernel.interleave_before_ack(FakeKernel::record(NLMSG_ERROR, refusal, 36, 99));   // an answer to another question
    kernel.interleave_before_ack(FakeKernel::record(1300, "audit(1.000:1): a", 17));  // a record, whose length lies
    CHECK(control.set_enabled(1));
    const auto strays = control.take_strays();
    REQUIRE(strays.size() == 1);
    CHECK(strays[0].substr(16) == "audit(1.000:1): a");
  }
  TEST_CASE("a silent kernel is an error, not a hang") {
    FakeKernel kernel;
    kernel.answers = false;
    const auto socket = kernel.socket();
    AuditControl control(*socket, 50);
    const auto status = control.status();
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ETIMEDOUT);
    CHECK(status.error().message.find("AUDIT_GET") != std::string::npos);
  }
  TEST_CASE("an interrupted wait goes on, an overrun one asks again") {
    FakeKernel kernel;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    socket->fail_next_recv(EINTR);
    CHECK(control.status());
    CHECK(kernel.questions == 1);
    socket->fail_next_recv(ENOBUFS);
    const auto added = control.add_rule(any_rule());
    REQUIRE(added);
    CHECK(*added == RuleAnswer::done);  // and not "unchanged", though the second question met the rule of the first
    CHECK(kernel.questions == 3);
    socket->fail_next_recv(EIO);
    CHECK_FALSE(control.status());
  }
  TEST_CASE("rules that exist already or no more are values") {
    FakeKernel kernel;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    CHECK(*control.delete_rule(any_rule()) == RuleAnswer::unchanged);
    CHECK(*control.add_rule(any_rule()) == RuleAnswer::done);
    CHECK(*control.add_rule(any_rule()) == RuleAnswer::unchanged);
    CHECK(*control.add_rule(any_rule('y')) == RuleAnswer::done);
    CHECK(control.list_rules()->size() == 2);
    CHECK(*control.delete_rule(any_rule()) == RuleAnswer::done);
    CHECK(control.add_rule("too short").error().code == EINVAL);
    kernel.immutable();
    CHECK(*control.add_rule(any_rule()) == RuleAnswer::refused);
  }
  TEST_CASE("the holder of the stream keeps it") {
    FakeKernel kernel;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    CHECK(*control.set_pid(100) == PidAnswer::done);
    CHECK(*control.set_pid(0) == PidAnswer::done);
    kernel.other_auditd(321);
    CHECK(*control.set_pid(100) == PidAnswer::held);
    CHECK(*control.set_pid(0) == PidAnswer::not_ours);
    kernel.can_control = false;
    CHECK(*control.set_pid(100) == PidAnswer::refused);
    CHECK(kernel.status.pid == 321);
  }
  TEST_CASE("a refusal says which right is missing") {
    FakeKernel kernel;
    kernel.can_control = kernel.can_write = false;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    CHECK(control.status().error().message.find("CAP_AUDIT_CONTROL") != std::string::npos);
    CHECK(control.send_user_message(1121, "x").error().message.find("CAP_AUDIT_WRITE") != std::string::npos);
  }
  TEST_CASE("a stalled task is counted when the holder does not read") {
    FakeKernel kernel;
    kernel.status.enabled = 1;
    kernel.status.backlog_limit = 2;
    const auto socket = kernel.socket(), group = kernel.group_socket();
    AuditControl control(*socket);
    REQUIRE(control.set_pid(100));
    for (int i = 0; i < 5; ++i) kernel.emit(1300, "audit(1.000:1): a");
    CHECK(kernel.stalled_tasks() == 2);
    CHECK(group->queue.size() == 5);
  }
}
