# What bluepill says, seen from inside a node; given to `ruby -e`, so that it works in any image that has bluepill.
#   status SOCKET            prints one answer and ends
#   watch SOCKET LOG SECONDS prints answers (S) and lines of the log (L) as they change, until standard input closes
# It asks on bluepilld's own socket (the gem's lib/bluepill/socket.rb: a line in, a marshalled value out): that costs next
# to nothing, where `bluepill status` loads half of Rails each time.
require 'socket'

# The answer in one line; nil when there was none in time. bluepilld answers nobody while it starts or stops a process.
def ask(socket_path, seconds)
  UNIXSocket.open(socket_path) do |socket|
    socket.puts 'status'
    return nil unless IO.select([socket], nil, nil, seconds)

    # Not until the end of the connection: a helper that bluepilld forked meanwhile may hold it open for ever.
    Marshal.load(socket).join(' ').strip
  end
rescue SystemCallError => e
  "unreachable: #{e.message}"
rescue ArgumentError, TypeError, EOFError
  'unreachable: the connection ended without an answer'
end

def tell(letter, text)
  $stdout.write("#{letter} #{text}\n")
end

def watch_status(socket_path, seconds, again)
  last = nil
  loop do
    now = ask(socket_path, seconds) || "unreachable: no answer in #{seconds.to_i} s"
    last = nil if again.pop(true) rescue nil
    tell('S', now) if now != last
    last = now
    sleep 0.25
  end
end

# Left out: blank lines (a look at memory ends in a second line feed), what is meant for programmers, and the complaint
# about a dead pid which comes with each of its looks.
NOISE = /\A\s*\z|\AD, |Failed to signal process|Saved pg?id/.freeze

def watch_log(path, again)
  sleep 0.1 until File.exist?(path)
  File.open(path) do |log|
    log.seek(0, IO::SEEK_END)
    loop do
      line = log.gets
      next sleep(0.1) unless line
      next if line.match?(NOISE)

      tell('L', line.chomp)
      # The reader draws conclusions from such a line; the next answer may correct them, so it is told even if it is an old one.
      again << true if line =~ /Going from|Executing|dispatched/
    end
  end
end

mode, socket_path, log_path, seconds = ARGV
$stdout.sync = true
if mode == 'status'
  puts ask(socket_path, 10) || 'unreachable: no answer in 10 s'
  exit
end
again = Queue.new
Thread.new { watch_status(socket_path, seconds.to_f, again) }
Thread.new { watch_log(log_path, again) }
$stdin.read
exit!
