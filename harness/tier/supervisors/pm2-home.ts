// Commands of pm2 find their daemon by its home folder, which is that of the user who started it: in an image with USER it
// is not root's, as whom they run here, and root's pm2 would start a second daemon. Read for pm2.ts.

/** The daemon's title names its home (lib/Daemon.js); pm2-runtime, its own daemon, has it from its variables. */
const WITH_HOME = `
for folder in /proc/[0-9]*; do
  line=$(tr '\\0' ' ' 2>/dev/null <"$folder/cmdline") || continue
  case $line in
  "PM2 v"*": God Daemon ("*)
    home=\${line##*God Daemon (}
    home=\${home%)*}
    ;;
  node\\ */pm2-runtime* | /*node\\ */pm2-runtime*)
    home=$(tr '\\0' '\\n' <"$folder/environ" | sed -n 's/^PM2_HOME=//p')
    [ -n "$home" ] || home=$(tr '\\0' '\\n' <"$folder/environ" | sed -n 's/^HOME=//p')/.pm2
    ;;
  *) continue ;;
  esac
  export PM2_HOME="$home"
  break
done
exec "$@"
`;

/** The command, run against the daemon that is there. */
export function atItsHome(argv: readonly string[]): readonly string[] {
  return ['sh', '-c', WITH_HOME, 'pm2-home', ...argv];
}
