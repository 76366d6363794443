# Runs inside a node: prints what bluepilld says of the process (S) and what it logs (L), as it changes. It asks through
# bluepilld's own socket (the gem's lib/bluepill/socket.rb: a line in, a marshalled value out), which costs next to
# nothing, where `bluepill status` starts a Ruby each time. Ends when its standard input closes.
require 'socket'
require 'timeout'

SOCKET, LOG = ARGV
$stdout.sync = true

# A blocked bluepilld (start grace, stop grace) answers late; that is not news, so nothing is printed then.
def ask
  UNIXSocket.open(SOCKET) do |socket|
    socket.puts 'status'
    Timeout.timeout(30) { Marshal.load(socket.read) }.join(' | ')
  end
rescue SystemCallError => e
  "unreachable #{e.class.name.split('::').last}"
rescue EOFError, Timeout::Error, TypeError, ArgumentError
  nil
end

Thread.new do
  last = nil
  loop do
    now = ask
    if now && now != last
      puts "S #{now}"
      last = now
    end
    sleep 0.25
  end
end

Thread.new do
  sleep 0.1 until File.exist?(LOG)
  File.open(LOG) do |log|
    log.seek(0, IO::SEEK_END)
    loop do
      line = log.gets
      line ? puts("L #{line.chomp}") : sleep(0.1)
    end
  end
end

$stdin.read
exit!
