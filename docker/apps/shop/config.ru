# The sample application of remuster. See shop.rb.
require_relative 'shop'
run Shop.new
