// The agent: a shell loop kept open in a node. It needs only sh and /proc, so it works in anybody's image; shell.ts
// starts it and speaks with it. One order a line on standard input; it ends when that closes.
import { randomBytes } from 'node:crypto';

/**
 * Each order is `<number> <order> <arguments>`, each answer ends with `<end mark> <number>`. What it is built on:
 * - Nothing is forked for `scan`, `titles`, `sockets` and `kill` in bash. Other shells read /proc one byte at a time,
 *   where one `cat` is cheaper (18 processes: bash 0.5 ms, dash 3.1 ms, cat 1.3 ms).
 * - /proc/net/tcp lists listening sockets first (tcp_ipv4.c, tcp_get_idx), but to find their end the kernel walks the
 *   table of connections of the whole machine: about 10 ms for both files. So `listen` is rare, and `sockets`, which
 *   only tells whether a process has opened or closed one, stands in for it while a server starts.
 * - bash goes back to the end of each line that it has read, and the kernel makes the file anew from there. /proc/PID/status grows
 *   and shrinks by a character with the state in it, and then a line is missed (one look in eight at a process that sleeps often):
 *   it is read in one go, by cat.
 * - A process chooses its name and arguments: lines of free text have a prefix or come last, and NUL and newline in
 *   them become 1 and 2. The name in /proc/PID/stat is not escaped: scan.ts puts such lines together again.
 * - `echo` of dash interprets backslashes, hence printf.
 */
const SCRIPT = String.raw`
export LC_ALL=C
end=$1
lf='
'
while read -r number order a rest; do
  case $order in
  hello)
    # The page size: the unit of the resident memory in stat.
    while read -r name value _; do
      [ "$name" = KernelPageSize: ] && printf '%s\n' "$value" && break
    done </proc/self/smaps
    ;;
  scan)
    # rest: the pid file.
    rest="$a\${rest:+ $rest}"
    pid=
    [ -f "$rest" ] && read -r pid _ <"$rest"
    answer="P $pid$lf"
    if [ -n "$BASH_VERSION" ]; then
      for file in /proc/[0-9]*/stat; do
        while IFS= read -r line; do answer=$answer$line$lf; done <"$file"
      done
      printf %s "$answer"
    else
      printf %s "$answer"
      cat /proc/[0-9]*/stat
    fi
    ;;
  listen)
    # a: the port in hexadecimal.
    for file in /proc/net/tcp /proc/net/tcp6; do
      while read -r _ local _ state _ _ _ _ _ inode _; do
        case $state$local in
        0A*:"$a") echo "$inode" ;;
        0A* | st*) ;;
        *) break ;;
        esac
      done <"$file"
    done
    ;;
  unix)
    # a: the path. proc(5): flags 00010000 mark one that listens; a path comes last, and may have blanks.
    rest="$a\${rest:+ $rest}"
    while read -r _ _ _ flags _ _ inode path; do
      [ "$path" = "$rest" ] && [ "$flags" = 00010000 ] && echo "$inode"
    done </proc/net/unix
    ;;
  sockets)
    for p in $a $rest; do
      open=
      for file in /proc/$p/fd/*; do [ -S "$file" ] && open="$open,\${file##*/}"; done
      echo "$p$open"
    done
    ;;
  kill)
    # a: the pid, rest: its start time and the signal. A reused pid has another start time, which is field 22.
    line=
    while IFS= read -r part; do line="$line$part "; done <"/proc/$a/stat"
    set -- $rest \${line##*) }
    if [ -z "$line" ]; then
      echo 'no: gone'
    elif [ "\${22}" != "$1" ]; then
      echo 'no: another process has this pid now'
    elif [ "$3" = Z ] || [ "$3" = X ]; then
      echo 'no: already dead'
    elif kill "-$2" "$a"; then
      echo ok
    else
      echo 'no: refused'
    fi
    ;;
  who)
    for p in $a $rest; do
      uid=$(cat "/proc/$p/status" | while read -r name value _; do [ "$name" = Uid: ] && echo "$value" && break; done)
      printf '%s %s ' "$p" "\${uid:--}"
      tr '\000\n' '\001\002' <"/proc/$p/cmdline"
      echo
    done
    ;;
  titles)
    # Command lines without their NULs, which read drops: enough to see that one was rewritten.
    for p in $a $rest; do
      line=
      read -r line <"/proc/$p/cmdline"
      printf '%s %s\n' "$p" "$line"
    done
    ;;
  fds)
    # One ls for all; with two folders or more it says which one it lists.
    folders=/proc/self/fd
    for p in $a $rest; do folders="$folders /proc/$p/fd"; done
    ls -l $folders 2>&1
    ;;
  snapshot)
    printf 'A '; tr '\000\n' '\001\002' <"/proc/$a/cmdline"; echo
    printf 'E '; tr '\000\n' '\001\002' <"/proc/$a/environ" && printf '\003'; echo
    cwd=$(readlink "/proc/$a/cwd" && echo x) && printf 'C %s\n' "$(printf %s "\${cwd%??}" | tr '\n' '\002')"
    cat "/proc/$a/status" | while read -r name value _; do
      case $name in Uid: | Gid: | Umask:) printf 'S %s %s\n' "$name" "$value" ;; esac
    done
    while read -r line; do printf 'M %s\n' "$line"; done <"/proc/$a/limits"
    while read -r line; do printf 'G %s\n' "$line"; done <"/proc/$a/cgroup"
    cat "/proc/$a/stat"
    ;;
  limits)
    # a: where the hierarchy is mounted, rest: names and the cgroup. The mount may show only the container's own part
    # of the hierarchy: then leading folders of the path do not exist here.
    folder=\${rest#* }
    while :; do
      found=
      for name in $(printf %s "\${rest%% *}" | tr , ' '); do
        read -r value <"$a$folder/$name" && found=1 && printf '%s %s\n' "$name" "$value"
      done
      if [ -n "$found" ] || [ -z "$folder" ]; then break; fi
      folder=\${folder#/}
      case $folder in */*) folder=/\${folder#*/} ;; *) folder= ;; esac
    done
    ;;
  esac 2>/dev/null
  printf '%s %s\n' "$end" "$number"
done
`.replaceAll('\\$', '$');

/** bash where there is one, since it reads /proc in blocks. Files that shells read at start are not wanted. */
const LAUNCH =
  'unset BASH_ENV ENV; if command -v bash >/dev/null 2>&1; then exec bash -c "$0" agent "$1"; fi; eval "$0"';

/** The command of one agent, and the mark that ends its answers: nobody in the node can guess it. */
export function agentCommand(): { readonly argv: readonly string[]; readonly endMark: string } {
  const endMark = `=END.${randomBytes(6).toString('hex')}`;
  return { argv: ['sh', '-c', LAUNCH, SCRIPT, endMark], endMark };
}
