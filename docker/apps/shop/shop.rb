# shop: the sample application of remuster, a plain Rack application with the knobs that restart tests need.
# It is copied into nodes when they start; every knob is an environment variable, set by harness/tier/apps/shop.ts.
require 'json'
require 'rack'
require 'socket'

# Who answers: pid, start time and exec generation of a process, as the agent of remuster reads them (proc(5), fields
# 22 and 26, 28, 48, 50 of stat).
module Identity
  module_function

  def key(pid)
    # The name in parentheses may itself hold spaces and parentheses; the fields follow the last one.
    fields = File.read("/proc/#{pid}/stat").rpartition(')').last.split
    start = fields[19]
    exec = [23, 25, 45, 47].map { |index| fields[index].to_i }.reduce(:^) & 0xffffffff
    "#{pid}.#{start}.#{exec.to_s(36)}"
  rescue SystemCallError
    "#{pid}.0.0"
  end
end

# Memory kept for each request and for how long, as a cache that lives for some seconds would.
class Keeper
  def initialize(kib, keep_ms)
    @bytes = kib * 1024
    @keep_s = keep_ms / 1000.0
    @kept = []
    @for_good = []
    @mutex = Mutex.new
    @pid = nil
  end

  def keep
    return if @bytes.zero?

    shed_while_idle
    now = monotonic
    @mutex.synchronize do
      shed(now)
      @kept << [now + @keep_s, 'x' * @bytes]
    end
  end

  # 'x' * n writes every page, so the memory is resident at once.
  def grow(bytes)
    @for_good << ('x' * bytes)
  end

  private

  # A thread does not survive a fork, so each worker starts its own at its first request.
  def shed_while_idle
    return if @pid == Process.pid

    @pid = Process.pid
    Thread.new do
      loop do
        sleep 0.5
        @mutex.synchronize { shed(monotonic) }
      end
    end
  end

  # String#clear gives the memory back now; the garbage collector would make it a matter of luck.
  def shed(now)
    @kept.shift.last.clear while @kept.any? && @kept.first.first <= now
  end

  def monotonic
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end

# A service that the shop asks, in redis's own protocol. At boot it is a hard dependency: without an answer there is no
# shop. With each request it is a soft one: without an answer the page comes without it.
class Needed
  def initialize(address, cost_ms, timeout_ms)
    @host, @port = address.split(':')
    @cost_ms = cost_ms
    @timeout_s = timeout_ms / 1000.0
  end

  # A script that takes its time keeps redis busy for everybody else, as a heavy query keeps a database; also when whoever
  # asked has gone away meanwhile.
  def ask!
    Socket.tcp(@host, @port.to_i, connect_timeout: @timeout_s) do |socket|
      socket.write(command)
      raise IOError, "no answer in #{@timeout_s} s" unless IO.select([socket], nil, nil, @timeout_s)

      said = socket.gets.to_s.chomp
      raise IOError, "answered #{said.inspect}" unless said.start_with?('+', ':')
    end
  rescue SystemCallError, SocketError, IOError => e
    raise "#{@host}:#{@port} is needed: #{e.message}"
  end

  private

  def command
    return "PING\r\n" unless @cost_ms.positive?

    script = "local t = redis.call('TIME') local till = t[1] * 1000000 + t[2] + #{@cost_ms.to_i} * 1000 " \
             "repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] >= till return 1"
    parts = ['EVAL', script, '0']
    "*3\r\n#{parts.map { |part| "$#{part.bytesize}\r\n#{part}\r\n" }.join}"
  end
end

# A cart that must not lose what it accepted: written and synced before the answer.
class Cart
  FILE = '/var/lib/shop/cart.log'.freeze

  def add(item)
    File.open(FILE, File::WRONLY | File::APPEND | File::CREAT, 0o644) do |file|
      file.write("#{item.delete("\n")}\n")
      file.fsync
    end
  end

  def items
    File.exist?(FILE) ? File.readlines(FILE, chomp: true) : []
  end
end

# What a process says of itself with each answer. Worked out once per process, when the application is loaded, and again
# in a worker that is forked after that. The parent is the one at that first moment, so that a worker which outlives its
# master still names the old one, also if it has not answered before.
class Generation
  FIRST_ANSWERS = '/var/log/shop/first-answers.log'.freeze

  def initialize
    @mutex = Mutex.new
    here
  end

  def text
    here.fetch(:text)
  end

  # A line for the first answer of each process, written right before the answer is handed to the server.
  def answered
    mine = here
    return if mine[:answered]

    now_ms = Process.clock_gettime(Process::CLOCK_REALTIME, :float_millisecond)
    @mutex.synchronize do
      return if mine[:answered]

      mine[:answered] = true
      line = JSON.generate(at_wall_ms: now_ms.round(1), key: mine[:own], pid: Process.pid)
      File.open(FIRST_ANSWERS, File::WRONLY | File::APPEND | File::CREAT, 0o644) { |file| file.write("#{line}\n") }
    end
  end

  def answered?
    found = @here
    !found.nil? && found[:pid] == Process.pid && found[:answered]
  end

  private

  # Threads of one server ask at the same time, so it is handed over whole.
  def here
    found = @here
    return found if found && found[:pid] == Process.pid

    @mutex.synchronize do
      return @here if @here && @here[:pid] == Process.pid

      own = Identity.key(Process.pid)
      @here = { pid: Process.pid, own: own, text: "#{own}/#{Identity.key(Process.ppid)}", answered: false }
    end
  end
end

class Shop
  def initialize
    $stdout.sync = true
    @service_s = number('SHOP_SERVICE_MS') / 1000.0
    @log_bytes = number('SHOP_LOG_BYTES').to_i
    @sick_after = number('SHOP_SICK_AFTER').to_i
    @keeper = Keeper.new(number('SHOP_KEEP_KIB').to_i, number('SHOP_KEEP_FOR_MS'))
    @cart = Cart.new
    @generation = Generation.new
    @requests = 0
    spoil_with_each_start
    sleep(number('SHOP_BOOT_MS') / 1000.0)
    if (address = ENV.fetch('SHOP_NEEDS', nil))
      @needed = Needed.new(address, number('SHOP_NEEDS_COST_MS'), number('SHOP_NEEDS_TIMEOUT_MS'))
      @asks_always = ENV.fetch('SHOP_NEEDS_AT') == 'request'
      @needed.ask! unless @asks_always
    end
    drain_s = number('SHOP_DRAIN_MS') / 1000.0
    # Whoever served takes its time to leave; where the application was loaded before the fork, the master did not.
    at_exit { sleep(drain_s) if drain_s.positive? && @generation.answered? }
  end

  def call(env)
    status, type, body = answer(env)
    headers = { 'content-type' => type, 'content-length' => body.bytesize.to_s, 'x-generation' => @generation.text }
    @generation.answered
    [status, headers, [body]]
  end

  private

  # Negative controls of drift: what is worse with each start of the service, which the launcher counts.
  def spoil_with_each_start
    more_mib = number('SHOP_MORE_MIB_EACH_START')
    more_ms = number('SHOP_MORE_BOOT_MS_EACH_START')
    return unless more_mib.positive? || more_ms.positive?

    starts = File.read('/var/lib/shop/starts').to_i
    @keeper.grow((more_mib * starts).to_i * 1024 * 1024)
    sleep(more_ms * starts / 1000.0)
  end

  def answer(env)
    path = env['PATH_INFO']
    return [200, 'text/plain', "ok\n"] if path == '/health' && !sick?
    return grow(env) if path == '/__grow'
    return [500, 'text/plain', "sick\n"] if sick?

    @requests += 1
    work(env)
    page(env, path)
  end

  def page(env, path)
    case path
    when '/' then [200, 'text/html', "<html><body><h1>shop</h1>#{'.' * 2000}</body></html>\n"]
    when '/search' then [200, 'text/html', "<html><body><p>#{Rack::Utils.escape_html(env['QUERY_STRING'])}</p>#{'.' * 1000}</body></html>\n"]
    when '/cart' then cart(env)
    else [404, 'text/plain', "no such page\n"]
    end
  end

  def cart(env)
    return [200, 'application/json', JSON.generate(@cart.items)] unless env['REQUEST_METHOD'] == 'POST'

    item = env['rack.input'].read(1024).to_s
    @cart.add(item)
    [201, 'application/json', JSON.generate(added: item)]
  end

  # What a request costs: time, memory for a while, and a line of log on standard output.
  def work(env)
    sleep(@service_s) if @service_s.positive?
    ask if @asks_always
    @keeper.keep
    log(env) if @log_bytes.positive?
  end

  def ask
    @needed.ask!
  rescue RuntimeError
    nil # The page comes without it.
  end

  def log(env)
    line = { at: Time.now.to_f.round(3), method: env['REQUEST_METHOD'], path: env['PATH_INFO'], pid: Process.pid, status: 200 }
    line[:agent] = 'x' * [@log_bytes - JSON.generate(line).bytesize - 12, 0].max
    $stdout.write("#{JSON.generate(line)}\n")
  end

  def grow(env)
    mib = env['QUERY_STRING'][/mib=(\d+)/, 1].to_i
    @keeper.grow(mib * 1024 * 1024)
    [200, 'text/plain', "kept #{mib} MiB more in pid #{Process.pid}\n"]
  end

  def sick?
    @sick_after.positive? && @requests >= @sick_after
  end

  def number(name)
    ENV.fetch(name, '0').to_f
  end
end
