// The agent: a shell loop kept open in a node. It needs only sh and /proc (ls, cat and tr for the rare questions), so it
// works in anybody's image. One command a line: `<number> <command> <arguments>`; the answer ends with `=END <number>`.
// It ends when its standard input closes. Field numbers of /proc/PID/stat are those of proc(5).

export const AGENT_SCRIPT = String.raw`
while read -r number order a b c; do
  case $order in
  scan)
    pid=
    [ -n "$a" ] && read -r pid _ <"$a"
    echo "P $pid"
    for file in /proc/[0-9]*/stat; do read -r line <"$file" && echo "$line"; done
    ;;
  kill)
    # Field 22, the start time, is the 20th after the name; a reused pid has another one.
    if read -r line <"/proc/$a/stat"; then
      set -- "$a" "$b" "$c" x \${line##*) }
      shift 4
      if [ "\${20}" = "$b" ] && kill -"$c" "$a"; then echo ok; else echo no; fi
    else
      echo no
    fi
    ;;
  who)
    for p in $a $b $c; do
      echo "@$p"
      while read -r name value _; do [ "$name" = Uid: ] && echo "U $value" && break; done <"/proc/$p/status"
      tr '\000\n' '\n ' <"/proc/$p/cmdline"
      echo
    done
    ;;
  net) cat /proc/net/tcp /proc/net/tcp6 ;;
  fds)
    for p in $a $b $c; do
      echo "@$p"
      ls -l "/proc/$p/fd" 2>&1
    done
    ;;
  snapshot)
    echo '@cmdline' && tr '\000\n' '\n ' <"/proc/$a/cmdline" && echo
    echo '@environ' && tr '\000\n' '\n ' <"/proc/$a/environ" && echo
    echo '@cwd' && readlink "/proc/$a/cwd"
    echo '@status' && cat "/proc/$a/status"
    echo '@limits' && cat "/proc/$a/limits"
    echo '@cgroup' && cat "/proc/$a/cgroup"
    ;;
  limits)
    # a: folder of a cgroup; b: names, separated by commas.
    for name in $(echo "$b" | tr , ' '); do [ -r "$a/$name" ] && echo "$name $(cat "$a/$name")"; done
    ;;
  esac 2>/dev/null
  echo "=END $number"
done
`.replaceAll('\\$', '$');
