// SPDX-License-Identifier: Apache-2.0
// Every bound of the program, one line each, with its arithmetic. A bound that is reached is counted and
// reported as a loss event; none is silent.
#pragma once
#include <cstddef>
#include <cstdint>

namespace aurochs::limits {

// --- capture
inline constexpr size_t kSocketBufferBytes = 8u << 20;    // asked by SO_RCVBUFFORCE; ~986 bytes of it a record: 17 000 records
inline constexpr size_t kRecordBytes = 16u << 10;         // one datagram; the kernel's largest text is 8970 bytes
inline constexpr size_t kLineBytes = 64u << 10;           // one line of a log file, enriched part included
inline constexpr size_t kRingBytes = 4u << 20;            // capture to core: 700 execs of 6 KB (8 records + /proc snapshot)
inline constexpr int64_t kRingPatienceUs = 50000;         // a full ring: records wait in the socket, 1000 at 20 000/s, of 8500 to its half
inline constexpr size_t kEnvironBytes = 32u << 10;        // of /proc/PID/environ
inline constexpr size_t kProcFileBytes = 8u << 10;        // of /proc/PID/{stat,status,cgroup}
inline constexpr uint32_t kSnapshotBudgetUsPerSecond = 400000;  // /proc reading of the capture thread: 40 % of one core
inline constexpr unsigned kExecWatchCpus = 8;             // more CPUs: no ExecWatch; every message would be copied to each of its sockets
inline constexpr size_t kExecWatchRingBytes = 512u << 10; // of one CPU: 80 looks of 6 KB
inline constexpr uint32_t kBacklogLimit = 8192;           // kernel queue in records, only ever raised
inline constexpr int kProbeTimeoutMs = 1000;              // functional probe of the multicast group

inline constexpr int64_t kRulePollMs = 5000;              // between two looks at the kernel's rules without a sign of change; 40 us for 100 rules
inline constexpr int64_t kRestoreMs = 200;                // after a sign of change: a reload of the site's rules is one change, not a hundred
inline constexpr int kRestores = 6;                       // times within kRestoreWindowMs that our rules are put back; then somebody fights us
inline constexpr int64_t kRestoreWindowMs = 60000;        // see kRestores
inline constexpr int64_t kTruceMs = 300000;               // a fight: not tried again for so long, twice as long each time, at most an hour
inline constexpr int64_t kRefusedRetryMs = 300000;        // rules whose directory was not there are tried again
inline constexpr size_t kRelayBytes = 1u << 20;           // in aurochs-audisp, while the sensor does not read: 2 000 records
inline constexpr size_t kRelayClients = 4;                // connections to the relay's socket
inline constexpr size_t kTailBytes = 1u << 20;            // of the log of auditd in one go
inline constexpr int64_t kTailPollMs = 250;               // between two looks at it where inotify is not to be had
inline constexpr int kCanaryMissed = 2;                   // acts of our own in a row that do not come back: blind
inline constexpr int64_t kCanaryPatienceMs = 5000;        // until one counts as missed; longer while the kernel's queue is not empty
inline constexpr size_t kBlindProcesses = 64;             // processes older than audit, named in a report

// --- reassemble
inline constexpr size_t kInFlightEvents = 1024;           // audit events under assembly
inline constexpr size_t kInFlightBytes = 16u << 20;       // their texts together
inline constexpr size_t kEventBytes = 6u << 20;           // one audit event: ARG_MAX 2 MiB is 4 MiB in hex
inline constexpr size_t kEventRecords = 4096;             // 3000 arguments of 100 bytes are 44 records
inline constexpr int64_t kEventAgeMs = 5000;              // event clock; auparse's 2 s split events under load
inline constexpr int64_t kSoftEndMs = 200;                // event clock, after PROCTITLE or the last announced PATH
inline constexpr int64_t kQuietMs = 300;                  // wall clock without any record: what waits is complete
inline constexpr size_t kDoneStamps = 4096;               // finished stamps remembered, to know late records
inline constexpr uint32_t kSerialWindow = 1024;           // serials; a hole is a loss when it leaves the window
inline constexpr size_t kIdleBytes = 4u << 20;            // of blocks between two events that need them
inline constexpr size_t kArenaKeepBytes = 4u << 10;       // an idle event keeps so much and shares the rest

// --- decode
inline constexpr size_t kOpBytes = 256;                   // op= of a record of user space; a few words
inline constexpr size_t kFields = 8192;                   // fields of one record
inline constexpr size_t kArguments = 1000000;             // argv entries believed from argc

// --- events
inline constexpr size_t kCommandLineBytes = 512u << 10;   // cmdline; 3000 arguments of 100 bytes are 300 KB
inline constexpr size_t kFieldBytes = 64u << 10;          // any other text field

// --- state
inline constexpr size_t kProcesses = 32768;               // process table entries, live and remembered
inline constexpr size_t kProcessTextBytes = 8u << 20;     // their strings
inline constexpr size_t kTableCommandLineBytes = 1024;    // of a command line kept for children
inline constexpr size_t kPendingUrgent = 1024;            // of their urgent parts: 3.5 KB each with a long environment
inline constexpr size_t kWaitingExits = 4096;             // ends told before their exec's audit event
inline constexpr int64_t kExitWaitMs = 10000;             // so long; kauditd may lag by seconds on a busy host
inline constexpr size_t kMountInfoBytes = 4u << 20;       // 20000 mounts of 200 bytes; more is not searched
inline constexpr size_t kIdChanges = 512;                  // changes of ids told before their audit record: 48 bytes each
inline constexpr size_t kPendingSnapshots = 768;           // /proc snapshots waiting for their audit event: 2.5 KB each
inline constexpr size_t kAncestors = 8;                   // nearest first
inline constexpr size_t kSavedProcesses = 4096;           // process table entries on disk: about 1.5 MB
inline constexpr size_t kGoneProcesses = 8192;            // of those in the table, remembered after their end

// --- enrich
inline constexpr size_t kUsers = 65536;                   // cached names of users, and of groups
inline constexpr size_t kNameCache = 4096;                // names on the core, of users and as many of groups
inline constexpr size_t kHashCache = 8192;                // digests by (dev, inode, ctime, size)
inline constexpr uint64_t kHashFileBytes = 100u << 20;    // larger images are not hashed
inline constexpr size_t kContainers = 512;                // running containers remembered
inline constexpr size_t kJobs = 256;                      // worker queue
inline constexpr size_t kKnownFiles = 2048;               // images whose first bytes and flags are remembered: 300 bytes each
inline constexpr size_t kMagicBytes = 20;                 // first bytes of a file
inline constexpr size_t kHeadBytes = 265;                 // first bytes of a file that was written: to the mark of tar at 257
inline constexpr size_t kFileDataBytes = 48;              // of them shown as text
inline constexpr size_t kParameterBytes = 256;            // value of a kernel parameter
inline constexpr size_t kHeldFiles = 512;                 // events that wait until their file is written: 2 KB each
inline constexpr int64_t kSettleMs = 600;                 // so long after the open
inline constexpr int64_t kFileHashWaitMs = 1500;          // and so long after that for its digests

// --- watch
inline constexpr size_t kWatchPatterns = 4096;            // of the table, braces written out: 150 bytes each
inline constexpr size_t kWatchRows = 1024;                // of the table
inline constexpr size_t kWatchDepth = 16;                 // directories of a pattern before its glob; the catalogue needs 8
inline constexpr size_t kHomes = 1024;                    // home directories of /etc/passwd
inline constexpr size_t kPasswdBytes = 4u << 20;          // of /etc/passwd: 40 000 accounts
inline constexpr size_t kWatchFiles = 64;                 // files of one pattern that get a kernel rule of their own
inline constexpr size_t kWatchEntries = 4096;             // directory entries looked at for one pattern

// --- net
inline constexpr int kSocketAnswerMs = 50;                // the kernel answers a question about sockets at once, or it is given up
inline constexpr size_t kSocketAnswerBytes = 32u << 10;   // one datagram of its answer, as the kernel cuts dumps
inline constexpr size_t kSocketRows = 8192;               // sockets looked at for one question of the core: 2 ms
inline constexpr int64_t kSocketBudgetUsPerSecond = 100000;  // for such questions: 10 % of one core; then local ends stay unknown
inline constexpr size_t kProcNetBytes = 512u << 10;       // of one file of /proc/PID/net: 3 400 sockets of another namespace

inline constexpr size_t kResolvConfBytes = 16u << 10;     // of one resolv.conf
inline constexpr size_t kHostsBytes = 64u << 10;          // of /etc/hosts: 1 600 names
inline constexpr size_t kDnsNames = 8192;                 // addresses whose name was asked for: 130 bytes each, 1 MB
inline constexpr size_t kForeignServers = 512;            // process and name server, so that each is told once an hour
inline constexpr size_t kScanProcesses = 128;             // processes whose targets are remembered: 1.1 KB each
inline constexpr size_t kScanTargets = 128;               // of one process, the latest

inline constexpr size_t kLogonsHeld = 512;                // logons that wait for what else tells of them: 3 KB each
inline constexpr size_t kLogonFailures = 16384;           // failed logons within the window, 48 bytes each
inline constexpr size_t kLogonKeys = 32768;               // users and addresses whose logons are counted
inline constexpr size_t kLogonBursts = 256;               // bursts that were told and whose window is not over
inline constexpr size_t kDifferences = 128;               // events that wait for what another source says: about 1 KB each

// --- observe
inline constexpr size_t kConnections = 65536;              // TCP connections whose age is watched: 60 bytes each, 4 MB
inline constexpr size_t kPorts = 16384;                    // listening sockets of one look: 56 bytes each
inline constexpr size_t kObserverRingBytes = 1u << 20;     // observer to core: 1 000 events of 1 KB
inline constexpr int kObserverSocketBytes = 1 << 20;       // of each netlink or packet socket: 800 links, 1 000 small packets
inline constexpr size_t kObserverMessageBytes = 32u << 10; // one netlink datagram; NLMSG_GOODSIZE of a dump is at most 32 KB
inline constexpr size_t kLinks = 4096;                    // interfaces known: 200 bytes each
inline constexpr size_t kLinkAddresses = 16384;           // their addresses: 100 bytes each
inline constexpr size_t kNeighbours = 8192;               // hosts of the links: 150 bytes each; another makes room, its next change is unseen
inline constexpr size_t kKernelRecordBytes = 16u << 10;    // of /dev/kmsg; the kernel's largest is 8 KB and some escapes
inline constexpr size_t kDnsPacketBytes = 8192;           // of a packet; EDNS asks for 4096 at most in practice
inline constexpr size_t kDnsQuestions = 16;               // of one message; one in unicast, some in multicast
inline constexpr size_t kDnsRecords = 256;                // of one answer that are looked at
inline constexpr size_t kDnsQuestionsWaiting = 1024;      // for their answer: 300 bytes each; 100 a second for 10 s
inline constexpr int64_t kDnsQuestionMs = 10000;          // two attempts of a resolver of 5 s
inline constexpr size_t kDnsDomains = 256;                // counted at a time
inline constexpr size_t kDnsNamesCounted = 16384;         // their different names together: 40 bytes each
inline constexpr int64_t kDnsWindowMs = 20000;            // iodine and dnscat2 ask tens of names a second
inline constexpr size_t kDnsTunnelNames = 50;             // different names below a domain in the window: no page needs so many
inline constexpr size_t kOwnerLinksPerSecond = 20000;     // of /proc/PID/fd read for owners of sockets: 1.5 us each, 3 % of a core
inline constexpr size_t kOwnersKept = 32;                 // processes that asked lately
inline constexpr size_t kSocketTableBytes = 2u << 20;     // of /proc/net/{udp,tcp}: 14 000 sockets
inline constexpr size_t kDevices = 1024;                  // USB devices and disks described for their removal; beyond, it says what the kernel says
inline constexpr size_t kDeviceTextBytes = 4096;          // one attribute in /sys: a page
inline constexpr size_t kAccounts = 16384;                // accounts, and as many groups: about 5 MB each
inline constexpr size_t kAccountFileBytes = 8u << 20;     // passwd, shadow, group, gshadow
inline constexpr size_t kGroupMembers = 4096;             // of one group
inline constexpr size_t kGroupsText = 4096;               // usr_tgt_groups
inline constexpr int64_t kDays = 2932896;                 // since 1970 at the end of the year 9999
inline constexpr int64_t kAccountLockMs = 3000;           // a lock file of shadow-utils is waited for so long
inline constexpr size_t kSudoersFiles = 64;               // sudoers and files of sudoers.d
inline constexpr size_t kSudoersBytes = 256u << 10;       // of one
inline constexpr size_t kSudoersRules = 1024;             // of one
inline constexpr size_t kSudoersText = 4096;              // of one rule, and of sudoers_rule
inline constexpr size_t kMounts = 16384;                  // lines of mountinfo: about 4 MB
inline constexpr size_t kMountinfoBytes = 8u << 20;       // the whole
inline constexpr size_t kPackageLogBytes = 256u << 10;    // of one log in one look, at most every second: 4 000 lines
inline constexpr size_t kPackageLine = 4096;              // one line
inline constexpr size_t kPackagesBegun = 8192;            // begun and not finished: a release upgrade is 3 000
inline constexpr size_t kSysctlBytes = 1024;              // of one value
inline constexpr size_t kModules = 4096;                  // loaded at a time
inline constexpr size_t kScannedProcesses = 32768;        // processes remembered between two looks: 48 bytes each
inline constexpr size_t kScanMapsBytes = 1u << 20;        // of /proc/PID/maps: 10 000 mappings
inline constexpr int64_t kScanSliceUs = 2000;             // CPU time of one slice, ten slices in observe.scan_s
inline constexpr size_t kScanNumbers = 1024;              // PIDs asked for between two looks at the clock
inline constexpr size_t kHiddenProcesses = 64;            // told at a time

inline constexpr uint64_t kUtmpBytes = 64u << 20;          // of wtmp or btmp, its newest records: 174 000
inline constexpr size_t kUtmpNowBytes = 1u << 20;          // utmp: 2 700 lines
inline constexpr size_t kLogonSessions = 4096;             // sessions open in wtmp
inline constexpr size_t kLogonNames = 16384;               // users, and as many addresses, counted in wtmp
inline constexpr size_t kLogLineBytes = 8u << 10;          // one line of the log; rsyslog cuts at as much
inline constexpr size_t kLogReadBytes = 256u << 10;        // of a log at one look: 5 000 lines a second

// --- govern
inline constexpr size_t kTelemetryRules = 256;            // rules of the policy
inline constexpr uint64_t kPolicyNumber = 1000000;        // seconds, samples, events a minute in the policy
inline constexpr size_t kFoldWindows = 2048;              // equal events: windows that run at once
inline constexpr size_t kFoldBytes = 2u << 20;            // their events: 1 500 of 1.3 KB
inline constexpr uint32_t kBurstProcesses = 200;          // equal children of one parent within 10 s
inline constexpr uint32_t kBurstFiles = 200;              // files changed by one process within 10 s
inline constexpr size_t kBurstRows = 1024;                // processes whose rate is counted

inline constexpr size_t kOrders = 256;                    // frames of main for the core at a time
inline constexpr int64_t kProfileHoldMs = 300000;         // another load profile stays at least so long
inline constexpr int kProfileOverMinutes = 2;             // minutes in a row above the budget before it is picked
inline constexpr int kProfileUnderMinutes = 10;           // and minutes in a row well below it before the default comes back
inline constexpr size_t kPolledConnections = 16384;       // of one look: 64 bytes each
inline constexpr size_t kCriticalFiles = 16384;           // files that are looked at in the high-file profile: 150 bytes each; a desktop has 7 300
inline constexpr size_t kControlBytes = 4096;             // one request
inline constexpr size_t kControlClients = 8;              // at a time
inline constexpr int64_t kControlMs = 2000;               // for a request and its answer

// --- deliver
inline constexpr size_t kOutboxBytes = 4u << 20;          // JSON waiting for the writer: 1 600 events of 2.5 KB, 0.3 s of 2 500 execs/s
inline constexpr int64_t kOutboxPatienceMs = 250;          // the core waits so long for a full outbox, while the ring is less than half full

// --- config
inline constexpr size_t kConfigBytes = 1u << 20;          // one configuration or rule file
inline constexpr size_t kRules = 512;                     // kernel rules of ours

}  // namespace aurochs::limits
