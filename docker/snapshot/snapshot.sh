#!/bin/sh
# remuster snapshot: what the servers on this host really have, as one JSON document on standard output. Read only: it
# changes nothing, starts no service and asks no supervisor. It needs sh, /proc, cat, tr and ls; run it as root, since other
# users' environments and sockets cannot be read otherwise. Values of variables leave only as a salted hash (hidden where
# there is no sha256sum). A hash of a weak secret can be guessed: treat the document like a configuration file.
#   sh snapshot.sh [SERVICE] > snapshot.json      SERVICE: a part of the unit's name or of the command line
set -u
LC_ALL=C
export LC_ALL
umask 077
wanted=${1-}
salt=
[ -r /proc/sys/kernel/random/uuid ] && read -r salt </proc/sys/kernel/random/uuid
hashing=hidden
# Processes come and go while this runs: a file of /proc that is gone is no news.
[ -r /proc/1/environ ] || echo 'snapshot: not run as root: what other users run cannot be seen' >&2
exec 2>/dev/null
[ -n "$salt" ] && command -v sha256sum >/dev/null 2>&1 && hashing=sha256
newline='
'
# The characters in which arguments and assignments are cut, and what stands for a newline inside of one.
cut=$(printf '\001') && line_feed=$(printf '\002')

# JSON text: quotes and backslashes get a backslash; other control characters were made into blanks before.
text() {
  rest=$1 out=
  while :; do
    case $rest in
    *[\\\"]*)
      head=${rest%%[\\\"]*} && rest=${rest#"$head"} && tail=${rest#?}
      out=$out$head\\${rest%"$tail"} && rest=$tail
      ;;
    *) break ;;
    esac
  done
  printf '"%s%s"' "$out" "$rest"
}

# The name of something secret?
secret() {
  case $(printf %s "$1" | tr '[:lower:]' '[:upper:]') in
  *PASS* | *PWD | *SECRET* | *TOKEN* | *KEY* | *CREDENTIAL* | *AUTH* | *DSN*) return 0 ;;
  esac
  return 1
}

# A line of text or an argument with what looks like a credential taken out, to its end.
masked() {
  case $1 in
  *://*:*@*) printf '%s://***' "${1%%://*}" && return ;;
  *=*) secret "${1%%=*}" && printf '%s=***' "${1%%=*}" && return ;;
  esac
  # A line that sets several things (Environment=A=1 SECRET=2, a Ruby hash) may name a secret further on.
  case $1 in
  *[=\>:\ ]*) secret "$1" && case $1 in *=*) printf '%s=***' "${1%%=*}" && return ;; esac ;;
  esac
  printf %s "$1"
}

blank() { tr '\001-\011\013-\037\177' ' '; }

hash_of() {
  if [ "$hashing" = hidden ]; then
    printf hidden
  else
    sum=$(printf '%s%s' "$salt" "$1" | sha256sum) && sum=${sum%% *}
    printf 'sha256:%.16s' "$sum"
  fi
}

# argv_of PID -> JSON list. The argument after `--password` is a secret too.
argv_of() {
  printf '['
  comma= after=
  all=$(tr '\000\n' '\001\002' </proc/"$1"/cmdline)
  while [ -n "$all" ]; do
    word=${all%%"$cut"*}
    case $all in *"$cut"*) all=${all#*"$cut"} ;; *) all= ;; esac
    shown=$(masked "$(printf %s "$word" | blank)")
    [ -n "$after" ] && case $word in -*) ;; *) shown='***' ;; esac
    after=
    case $word in -*=*) ;; -*) secret "$word" && after=1 ;; esac
    printf '%s' "$comma" && text "$shown"
    comma=,
  done
  printf ']'
}

env_of() {
  printf '{'
  comma=
  all=$(tr '\000\n' '\001\002' </proc/"$1"/environ)
  while [ -n "$all" ]; do
    word=${all%%"$cut"*}
    case $all in *"$cut"*) all=${all#*"$cut"} ;; *) all= ;; esac
    case $word in [A-Za-z_]*=*) ;; *) continue ;; esac
    value=$(printf %s "${word#*=}" | tr '\002' '\n'; printf x) && value=${value%x}
    printf '%s' "$comma" && text "$(printf %s "${word%%=*}" | blank)" && printf ':' && text "$(hash_of "$value")"
    comma=,
  done
  printf '}'
}

# link_of PATH -> where a symbolic link of /proc points to; readlink(1) is not everywhere.
link_of() {
  listed=$(ls -ld "$1" | blank) || return 0
  case $listed in *' -> '*) printf %s "${listed#* -> }" ;; esac
}

field() { # field NAME FILE: the first value of "Name: value"
  while read -r name value _; do [ "$name" = "$1:" ] && printf %s "$value" && return; done <"$2"
}

user_of() { # user_of UID
  while IFS=: read -r name _ id _; do [ "$id" = "$1" ] && printf %s "$name" && return; done </etc/passwd
  printf %s "$1"
}

parent_of() { field PPid "/proc/$1/status"; }
command_of() { tr '\000\n' '  ' </proc/"$1"/cmdline | blank; }

rlimits_of() { # "Max open files   1024   4096   files" -> "open files":"1024/4096"
  while read -r word rest; do
    [ "$word" = Max ] && printf '%s\n' "$rest"
  done <"/proc/$1/limits" | {
    printf '{'
    comma=
    while IFS= read -r line; do
      name=${line%%  *}
      set -- ${line#"$name"}
      printf '%s' "$comma" && text "$name" && printf ':' && text "${1-}/${2-}"
      comma=,
    done
    printf '}'
  }
}

cgroup_path() { # the last one: version 2, or systemd's own hierarchy
  found=
  while IFS=: read -r _ controllers path; do
    case $controllers in '' | name=systemd) found=$path ;; esac
  done <"/proc/$1/cgroup"
  printf %s "$found"
}

limits_of() { # limits of its cgroup, version 1 and 2
  while IFS=: read -r _ controllers path; do
    case ,$controllers, in
    ,,) printf '%s\n' "$path/memory.max" "$path/cpu.max" "$path/pids.max" ;;
    *,memory,*) printf '%s\n' "/memory$path/memory.limit_in_bytes" ;;
    *,pids,*) printf '%s\n' "/pids$path/pids.max" ;;
    esac
  done <"/proc/$1/cgroup" | {
    printf '{'
    comma=
    while read -r file; do
      value=
      [ -r "/sys/fs/cgroup$file" ] && read -r value <"/sys/fs/cgroup$file"
      [ -n "$value" ] || continue
      printf '%s' "$comma" && text "${file##*/}" && printf ':' && text "$value"
      comma=,
    done
    printf '}'
  }
}

# Which supervisor looks after PID: the nearest ancestor that is one, else one that finds its servers by a pid file.
# Sets: supervisor, its pid and what tells where its configuration is.
find_supervisor() {
  supervisor=unknown supervisor_pid= unit=
  path=$(cgroup_path "$1")
  case $path in *.service*) unit=${path%.service*}.service && unit=${unit##*/} ;; esac
  pid=$1
  while pid=$(parent_of "$pid") && [ -n "$pid" ] && [ "$pid" -gt 1 ]; do
    known "$(command_of "$pid")" && supervisor_pid=$pid && return
  done
  for file in /proc/[0-9]*; do
    pid=${file#/proc/}
    line=$(command_of "$pid")
    case $line in
    bluepilld* | *bin/monit\ * | monit\ * | god\ * | */god\ *) known "$line" && supervisor_pid=$pid && return ;;
    esac
  done
  init=$(command_of 1)
  case $init in
  *systemd* | /sbin/init*) [ -n "$unit" ] && supervisor=systemd && supervisor_pid=1 ;;
  *docker-init* | *tini* | *containerd-shim*) supervisor=docker ;;
  *) known "$init" && supervisor_pid=1 ;;
  esac
  [ "$1" = 1 ] && supervisor=docker
}

known() {
  case $1 in
  bluepilld*) supervisor=bluepill ;;
  runsv\ *) supervisor=runit ;;
  s6-supervise\ *) supervisor=s6 ;;
  *supervisord*) supervisor=supervisord ;;
  *bin/monit\ * | monit\ *) supervisor=monit ;;
  PM2\ * | *'God Daemon'* | *pm2-runtime*) supervisor=pm2 ;;
  god\ * | */god\ *) supervisor=god ;;
  *containerd-shim*) supervisor=docker ;;
  *) return 1 ;;
  esac
}

# The texts that tell the supervisor what to run, where they can be read.
configuration() {
  case $supervisor in
  systemd)
    for folder in /etc/systemd/system /run/systemd/system /lib/systemd/system /usr/lib/systemd/system; do
      printf '%s\n' "$folder/$unit" "$folder/$unit.d"/*.conf
    done
    ;;
  bluepill) printf '%s\n' /etc/bluepill/*.pill /etc/bluepill/*/*.pill /etc/bluepill/*/*.rb ;;
  runit) cwd=$(link_of "/proc/$supervisor_pid/cwd") && printf '%s\n' "$cwd/run" "$cwd/finish" ;;
  s6) cwd=$(link_of "/proc/$supervisor_pid/cwd") && printf '%s\n' "$cwd/run" "$cwd/finish" ;;
  supervisord) printf '%s\n' /etc/supervisor/supervisord.conf /etc/supervisord.conf /etc/supervisor/conf.d/*.conf ;;
  monit) printf '%s\n' /etc/monit/monitrc /etc/monitrc /etc/monit/conf.d/* /etc/monit/conf-enabled/* ;;
  esac
}

files() {
  printf '['
  comma=
  configuration | while IFS= read -r file; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    printf '%s{"path":' "$comma" && text "$file" && printf ',"lines":['
    comma=, inner=
    blank <"$file" | while IFS= read -r line || [ -n "$line" ]; do
      printf '%s' "$inner" && text "$(masked "$line")"
      inner=,
    done
    printf ']}'
  done
  printf ']'
}

version_of() { # version_of NAME COMMAND...: the first line of what it says
  name=$1 && shift
  command -v "$1" >/dev/null 2>&1 || return 0
  said=$("$@" 2>&1 </dev/null | blank) && said=${said%%"$newline"*}
  printf ',' && text "$name" && printf ':' && text "$said"
}

versions() {
  read -r _ _ kernel _ </proc/version
  printf '{"kernel":' && text "$kernel"
  os=$(while IFS== read -r name value; do [ "$name" = PRETTY_NAME ] && printf %s "$value" | tr -d '"'; done </etc/os-release)
  [ -n "$os" ] && printf ',"os":' && text "$os"
  version_of libc ldd --version
  version_of ruby ruby --version
  version_of python python3 --version
  version_of node node --version
  printf '}'
}

# Listening sockets as "inode address:port in hexadecimal", one a line.
listening() {
  for file in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$file" ] || continue
    while read -r _ local _ state _ _ _ _ _ inode _; do
      [ "$state" = 0A ] && printf '%s %s\n' "$inode" "$local"
    done <"$file"
  done
}

holders=
holds() { case "$newline$holders" in *"$newline$1 $2 "*) return 0 ;; esac; return 1; }

# "pid inode port" of every process that holds a listening socket.
collect() {
  sockets=$newline$(listening)$newline
  for folder in /proc/[0-9]*/fd; do
    pid=${folder#/proc/} && pid=${pid%/fd}
    listed=$(ls -l "$folder") || continue
    while :; do
      case $listed in *'socket:['*) ;; *) break ;; esac
      listed=${listed#*'socket:['} && inode=${listed%%]*}
      case $sockets in
      *"$newline$inode "*)
        local=${sockets#*"$newline$inode "} && local=${local%%"$newline"*}
        holds "$pid" "$inode" || holders="$holders$pid $inode $((0x${local##*:}))$newline"
        ;;
      esac
    done
  done
}

ports_of() { # ports_of PID -> 8080,8081
  comma=
  printf %s "$holders" | while read -r pid _ port; do
    [ "$pid" = "$1" ] && printf '%s%s' "$comma" "$port" && comma=,
  done
}

service() { # service PID
  find_supervisor "$1"
  uid=$(field Uid "/proc/$1/status")
  parent=$(parent_of "$1")
  [ -n "$uid" ] && [ -n "$parent" ] || return 1
  line=$(command_of "$1")
  case "$unit $line" in *"$wanted"*) ;; *) return 1 ;; esac
  printf '{"supervisor":{"kind":' && text "$supervisor"
  [ -n "$supervisor_pid" ] && printf ',"pid":%s,"argv":' "$supervisor_pid" && argv_of "$supervisor_pid"
  [ -n "$unit" ] && printf ',"unit":' && text "$unit"
  printf '},"master":{"pid":%s,"parent":%s,"argv":' "$1" "$parent" && argv_of "$1"
  printf ',"env":' && env_of "$1"
  printf ',"cwd":' && text "$(link_of "/proc/$1/cwd")"
  printf ',"uid":%s,"user":' "$uid" && text "$(user_of "$uid")"
  printf ',"umask":' && text "$(field Umask "/proc/$1/status")"
  printf ',"rlimits":' && rlimits_of "$1"
  printf ',"cgroup":' && limits_of "$1"
  printf ',"output":' && text "$(link_of "/proc/$1/fd/1")"
  printf '},"ports":[%s],"files":' "$(ports_of "$1")" && files
  printf '}'
}

collect
printf '{"schemaVersion":1,"kind":"remuster-snapshot","salt":' && text "$salt"
printf ',"hashing":' && text "$hashing"
printf ',"versions":' && versions
printf ',"services":['
printf %s "$holders" | {
  comma= seen=' '
  while read -r pid inode _; do
    # Only the topmost holder of a socket is the server; the others have it from there.
    holds "$(parent_of "$pid")" "$inode" && continue
    case $seen in *" $pid "*) continue ;; esac
    seen="$seen$pid "
    found=$(service "$pid") || continue
    printf '%s%s' "$comma" "$found"
    comma=",$newline"
  done
}
printf ']}\n'
