#!lua name=fixed_window___RUN__
-- At most ARGV[2] requests in each window of ARGV[1] milliseconds, for the caller KEYS[1]. Returns 1 if it may pass, else 0.
redis.register_function('fixed_window___RUN__', function(keys, args)
  local count = redis.call('INCR', keys[1])
  if count == 1 then
    redis.call('PEXPIRE', keys[1], args[1])
  end
  return count <= tonumber(args[2]) and 1 or 0
end)
