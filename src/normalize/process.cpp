// SPDX-License-Identifier: Apache-2.0
// The process family: exec (with its failures), fork and exit where rules see them, crashes.
// Facts used (kernel.md 1.5, measured on 2.6.32 to 6.18): SYSCALL carries the ids after the call, comm and exe of the
// new image after success and of the caller after failure; a failed exec has no EXECVE record; PROCTITLE is stale and
// cut, so it is never a command line; PATH items are the file, then the interpreter, then the loader.
#include <cerrno>

#include "audit/record_types.h"
#include "base/limits.h"
#include "base/text.h"
#include "decode/fields.h"
#include "normalize/family.h"
#include "normalize/parts.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using event::EventType;
using event::FieldId;

namespace {

void read_inode(const Record* path, Result& result) {
  if (!path) return;
  uint64_t owner = 0, group = 0;
  const audit::Field* dev = path->find(Key::dev);
  result.exec.has_inode = decode::number_of(path->find(Key::inode), result.exec.inode) && octal_of(path->find(Key::mode), result.exec.mode) &&
                     decode::number_of(path->find(Key::ouid), owner) && decode::number_of(path->find(Key::ogid), group) && dev;
  result.exec.owner = static_cast<uint32_t>(owner);
  result.exec.group = static_cast<uint32_t>(group);
  if (dev) result.exec.dev = dev->raw;
}

bool is_loader(std::string_view path) {
  const std::string_view name = base::base_name(path);
  return base::starts_with(name, "ld-") || base::starts_with(name, "ld.so") || base::starts_with(name, "ld64.so");
}

/// For a #! file the kernel runs the interpreter (the next PATH item) with argv = interpreter, [argument], file (item 0).
bool is_script(std::string_view file, std::string_view interpreter, const decode::Argv& argv) {
  if (file.empty() || interpreter.empty() || is_loader(interpreter) || argv.arguments.size() < 2) return false;
  if (argv.arguments[0].text != interpreter) return false;
  for (size_t i = 1; i < argv.arguments.size() && i <= 2; ++i)
    if (argv.arguments[i].text == file) return true;
  return false;
}

struct InlineRow {
  std::string_view interpreter;  ///< base name, version digits removed
  std::string_view options;      ///< single letters that take code
  std::string_view valued;       ///< letters that take the rest of their word, or the next word
  std::string_view attached;     ///< letters that take the rest of their word only
};
constexpr InlineRow kInline[] = {
    {"sh", "c", "oO", ""},     {"bash", "c", "oO", ""},   {"dash", "c", "o", ""},    {"ash", "c", "o", ""},    {"ksh", "c", "o", ""},
    {"mksh", "c", "o", ""},    {"zsh", "c", "o", ""},     {"fish", "c", "", ""},     {"csh", "c", "", ""},     {"tcsh", "c", "", ""},
    {"busybox", "c", "o", ""}, {"python", "c", "WX", ""}, {"pypy", "c", "WX", ""},   {"perl", "eE", "I", "MmiFx"},
    {"ruby", "e", "rICE", "iFKWTx"}, {"php", "r", "dczS", ""}, {"node", "ep", "r", ""}, {"nodejs", "ep", "r", ""},
    {"lua", "e", "l", ""},     {"luajit", "e", "l", ""},
};

/// Code that stands on the command line of a known interpreter: what follows its first -c (or -e, -r), also in a
/// bundle of letters (-lc). Options end at "--" or at the first argument that is none.
std::string_view inline_code(std::string_view image, const decode::Argv& argv) {
  std::string_view name = base::base_name(image);
  while (!name.empty() && ((name.back() >= '0' && name.back() <= '9') || name.back() == '.')) name.remove_suffix(1);
  const InlineRow* row = nullptr;
  for (const InlineRow& r : kInline)
    if (r.interpreter == name) row = &r;
  if (!row) return {};
  const auto in = [](char c, std::string_view letters) { return letters.find(c) != std::string_view::npos; };
  for (size_t i = 1; i + 1 < argv.arguments.size(); ++i) {
    const std::string_view a = argv.arguments[i].text;
    if (name == "busybox" && i == 1 && !a.empty() && a[0] != '-') continue;  // the applet
    if (a.size() < 2 || (a[0] != '-' && a[0] != '+') || a == "--") return {};
    if (a[1] == '-') continue;
    for (size_t k = 1; k < a.size(); ++k) {
      if (in(a[k], row->options)) return argv.arguments[i + 1].text;
      if (a[k] == 'm' && in('W', row->valued)) return {};  // python -m: what follows belongs to the module
      if (in(a[k], row->attached)) break;
      if (!in(a[k], row->valued)) continue;
      i += k + 1 == a.size();
      break;
    }
  }
  return {};
}

void read_arguments(const decode::Argv& argv, event::ExecDetails& out) {
  if (argv.arguments.empty()) return;
  out.argument_zero = argv.arguments[0].text;
  for (size_t i = 1; i < argv.arguments.size(); ++i) {
    const std::string_view a = argv.arguments[i].text;
    if (a.size() < 2 || a[0] != '-') {
      out.has_operand = out.has_operand || (!a.empty() && a != "-");
      continue;
    }
    if (!out.has_operand && a[1] != '-' && a.find('i') != std::string_view::npos) out.is_interactive = true;
  }
}

void write_command_line(Source& in, event::Event& out) {
  bool cut = in.argv.truncated;
  const std::string_view line = decode::command_line(in.argv, limits::kCommandLineBytes, in.audit.arena, cut);
  out.set_text(FieldId::cmdline, line);
  if (cut) out.set_bool(FieldId::cmdline_truncated, true);
}

/// The item after the image's. A kernel that has to look for a name twice tells it twice, the second time as item 1, and goes on
/// with item 2: every exec of a file that it did not have at hand (seen with 5.10).
const Record* item_after(const audit::AuditEvent& e, const Record* image) {
  const Record* next = path_item(e, "1");
  if (!image || !next) return next;
  for (const Key key : {Key::name, Key::inode, Key::dev}) {
    const audit::Field *a = image->find(key), *b = next->find(key);
    if (!a || !b || a->raw != b->raw) return next;
  }
  return path_item(e, "2");
}

/// Fields of the image from its item (for a script: the one after it) and exe=.
void write_image(Source& in, std::string_view cwd, event::Event& out, Result& result) {
  base::Arena& arena = in.audit.arena;
  const Record* file = path_item(in.audit, "0");
  const Record* interpreter = item_after(in.audit, file);
  const std::string_view image_name = path_name(file, arena);
  const std::string_view interpreter_name = path_name(interpreter, arena);
  const bool script = is_script(image_name, interpreter_name, in.argv);
  if (script) result.exec.script = absolute_path(image_name, cwd, arena);
  std::string_view exe = result.syscall.exe;
  result.exec.image_deleted = base::ends_with(exe, kDeleted);
  if (result.exec.image_deleted) exe.remove_suffix(kDeleted.size());
  const std::string_view called = script ? interpreter_name : image_name;
  const bool by_descriptor = called.empty() || base::starts_with(called, "/proc/self/fd/") || base::starts_with(called, "/dev/fd/");
  std::string_view path = by_descriptor ? exe : absolute_path(called, cwd, arena);
  if (path.empty()) path = exe;
  result.exec.image_fileless = base::starts_with(exe, "/memfd:") || base::starts_with(exe, "/dev/shm/") || (by_descriptor && !called.empty());
  read_inode(script ? interpreter : file, result);
  out.set_text_if(FieldId::proc_file_path, path);
  out.set_text_if(FieldId::proc_file_name, base::base_name(path));
  out.set_text_if(FieldId::proc_file_tgt_path, exe);
  out.set_text_if(FieldId::proc_file_tgt_name, base::base_name(exe));
}

/// A shell tries every directory of PATH: its ENOENTs are noise. An absolute path outside of that search is not, but
/// can not be told from it here, so failures other than "not there" are kept, and "not there" only where the caller
/// named a path with a directory that no PATH search would try.
bool is_search_noise(int64_t exit, std::string_view name) {
  if (exit != -ENOENT && exit != -ENOTDIR) return false;
  if (name.empty() || name[0] != '/') return false;
  const std::string_view dir = name.substr(0, name.rfind('/'));
  for (const std::string_view d : {"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/games",
                                   "/usr/local/games", "/snap/bin"})
    if (dir == d) return true;
  return base::ends_with(dir, "/bin") || base::ends_with(dir, "/sbin");
}

void exec_failed(Source& in, std::string_view cwd, event::Event& out, Result& result) {
  base::Arena& arena = in.audit.arena;
  const Record* file = path_item(in.audit, "0");
  const std::string_view name = path_name(file, arena);
  if (is_search_noise(result.syscall.exit, name)) return;
  out.clear(EventType::process_create_fail);
  result.has_event = true;
  write_operation(result.syscall, out);
  const std::string_view path = absolute_path(name, cwd, arena);
  out.set_text_if(FieldId::proc_file_path, path);
  out.set_text_if(FieldId::proc_file_name, base::base_name(path));
}

void write_capabilities(const audit::AuditEvent& e, event::Event& out) {
  const Record* r = e.find(audit::type::kBprmFcaps);
  if (!r) return;
  auto set = [&](Key key, Key alias, FieldId field) {
    uint64_t mask = 0;
    const audit::Field* f = r->find(key);
    if (!f) f = r->find(alias);  // before 4.x: new_pp; after: pp
    if (decode::hex_of(f, mask)) out.set_number(field, mask);
  };
  set(Key::pp, Key::new_pp, FieldId::proc_cap_pp);
  set(Key::pe, Key::new_pe, FieldId::proc_cap_pe);
  set(Key::old_pp, Key::old_pp, FieldId::proc_cap_pp_old);
  set(Key::old_pe, Key::old_pe, FieldId::proc_cap_pe_old);
}

}  // namespace

void exec_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.pid || in.audit.notes & audit::AuditEvent::kLate) return;
  const std::string_view cwd = working_directory(in.audit);
  if (!result.syscall.success) {
    exec_failed(in, cwd, out, result);
  } else {
    out.clear(EventType::process_create);
    result.has_event = result.is_exec = true;
    write_operation(result.syscall, out);
    out.set_bool(FieldId::proc_issnapshot, false);
    if (decode::collect_argv(in.audit, in.argv)) {
      write_command_line(in, out);
      read_arguments(in.argv, result.exec);
    } else {
      in.argv.arguments.clear();
      out.set_bool(FieldId::event_incomplete, true);
    }
    write_image(in, cwd, out, result);
    write_capabilities(in.audit, out);
    const std::string_view image = result.syscall.exe.empty() ? out.text(FieldId::proc_file_path) : result.syscall.exe;
    result.exec.inline_code = inline_code(image, in.argv);
    if (result.exec.inline_code.empty()) result.exec.inline_code = inline_code(out.text(FieldId::proc_file_path), in.argv);
  }
  if (!result.has_event) return;
  out.set_text_if(FieldId::proc_cwd, cwd);
  write_subject(*in.syscall, in.audit.arena, out);
}

void fork_family(Source&, event::Event&, Result& result) {
  result.is_fork = result.syscall.success && result.syscall.has_exit && result.syscall.exit > 0;
}

void exit_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.pid) return;
  out.clear(EventType::process_exit);
  result.has_event = true;
  write_operation(result.syscall, out);
  out.remove(FieldId::op_status);
  out.set_integer(FieldId::op_exit, static_cast<int64_t>(result.syscall.a0 & 0xFF));
  write_subject(*in.syscall, in.audit.arena, out);
}

void crash_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(audit::type::kAnomAbend);
  uint64_t pid = 0, signal = 0;
  if (!r || !decode::number_of(r->find(Key::pid), pid)) return;
  begin_record_act(*r, in, out, result, EventType::process_crash);
  if (decode::number_of(r->find(Key::sig), signal)) out.set_number(FieldId::op_signal, signal);
}

}  // namespace aurochs::normalize
